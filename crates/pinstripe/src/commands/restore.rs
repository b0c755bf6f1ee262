//! `pinstripe restore`: an earlier version of a frame in place again.

use serde_json::json;

use crate::failure::Failure;
use crate::report::{self, grouped};
use crate::settings::Settings;

pub async fn run(name: &str, version: i64, settings: &Settings) -> Result<(), Failure> {
    let frame = settings.open_library()?.restore_version(name, version).await?;
    if settings.json {
        return report::json(&json!({"frame": frame.name, "rows": frame.rows, "version": frame.version}));
    }
    report::talk(&format!(
        "`{}` holds the {} rows of version {version} again, as version {}",
        frame.name,
        grouped(frame.rows),
        frame.version
    ));
    Ok(())
}
