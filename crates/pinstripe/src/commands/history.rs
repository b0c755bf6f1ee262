//! `pinstripe history`: every run, with what it asked for and what came of it.

use crate::commands::frames::instant;
use crate::failure::Failure;
use crate::report::{self, grouped};
use crate::settings::Settings;
use crate::table;

pub fn run(name: Option<&str>, settings: &Settings) -> Result<(), Failure> {
    let library = settings.open_library()?;
    let frame = name.map(|name| library.frame(name)).transpose()?;
    let runs = library.runs(frame.as_ref())?;
    if settings.json {
        return report::json(&runs);
    }
    if runs.is_empty() {
        report::talk("nothing has been imported yet\n\nhint: pinstripe import charges");
        return Ok(());
    }
    let rows = runs.iter().map(|run| {
        vec![
            instant(run.started_at),
            run.frame.clone(),
            run.state.as_str().to_owned(),
            grouped(run.rows),
            grouped(run.requests),
            grouped(run.retries),
            format!("{:.1} s", run.seconds),
            run.version.map(|version| version.to_string()).unwrap_or_default(),
            run.error.clone().unwrap_or_else(|| run.sentence()),
        ]
    });
    let header = ["started", "frame", "state", "rows", "requests", "retries", "took", "version", "what"];
    report::data(&table::list(&header, rows.collect()));
    Ok(())
}
