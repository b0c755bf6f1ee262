//! `pinstripe history`: every run, with what it asked for and what came of it.

use pinstripe_import::MissingAccount;
use pinstripe_library::versions::VersionChanges;
use pinstripe_library::{LibraryError, RunRecord};
use serde_json::json;

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
            what(run),
        ]
    });
    let header = ["started", "frame", "state", "rows", "requests", "retries", "took", "version", "what"];
    report::data(&table::list(&header, rows.collect()));
    Ok(())
}

/// What went wrong, what is missing, or what was asked for.
fn what(run: &RunRecord) -> String {
    let missing = MissingAccount::sentence(&run.missing_accounts, run.accounts.unwrap_or_default());
    match (&run.error, missing) {
        (Some(error), _) => error.clone(),
        (None, Some(missing)) => format!("{missing}; {}", run.sentence()),
        (None, None) => run.sentence(),
    }
}

/// The versions of a frame, and what each changed of the one before it.
pub async fn versions(name: &str, settings: &Settings) -> Result<(), Failure> {
    let library = settings.open_library()?;
    let mut documents = Vec::new();
    let mut rows = Vec::new();
    for version in library.versions(name)? {
        // Files of old versions may have been taken away; the others are told of all the same.
        let changes = match library.version_changes(name, version.version).await {
            Ok(changes) => Some(changes),
            Err(LibraryError::VersionGone { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let count = |of: fn(&VersionChanges) -> u64| {
            changes.as_ref().map_or_else(|| "files are gone".to_owned(), |changes| grouped(of(changes)))
        };
        rows.push(vec![
            version.version.to_string(),
            version.committed_at.clone(),
            version.operation.clone(),
            grouped(version.rows),
            count(|changes| changes.added),
            count(|changes| changes.removed),
            count(|changes| changes.changed),
        ]);
        documents.push(json!({"version": version, "changes": changes}));
    }
    if settings.json {
        return report::json(&documents);
    }
    let header = ["version", "made", "by", "rows", "added", "removed", "changed"];
    report::data(&table::list(&header, rows));
    Ok(())
}
