//! `pinstripe export`.

use crate::arguments::ExportArguments;
use crate::failure::Failure;
use crate::report::{self, bytes, grouped};
use crate::settings::Settings;

pub async fn run(arguments: &ExportArguments, settings: &Settings) -> Result<(), Failure> {
    let export = settings.open_library()?.export(&arguments.name, &arguments.file).await?;
    if settings.json {
        return report::json(&export);
    }
    report::talk(&format!(
        "{} rows of `{}` are in {} ({})",
        grouped(export.rows),
        export.frame,
        export.file.display(),
        bytes(export.bytes)
    ));
    Ok(())
}
