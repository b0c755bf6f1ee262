//! `pinstripe import`: a data type into a data frame.

use std::sync::Arc;

use pinstripe_client::Client;
use pinstripe_import::{CancellationToken, Progress};
use pinstripe_library::import::{ImportReport, import_frame};
use pinstripe_library::{FrameName, Library};
use pinstripe_query::RequestPlan;

use crate::arguments::ImportArguments;
use crate::failure::Failure;
use crate::progress_bar::ProgressLine;
use crate::report::{self, bytes, grouped};
use crate::settings::{Settings, client, request_plan};

pub async fn run(arguments: &ImportArguments, settings: &Settings) -> Result<(), Failure> {
    let plan = request_plan(&arguments.plan)?;
    let name = FrameName::parse(arguments.name.as_deref().unwrap_or(&plan.data_type))?;
    let client = client(&arguments.connection)?;
    let library = settings.open_library()?;
    if settings.interactive {
        report::talk(&format!("importing {} into `{name}`: {}", plan.data_type, plan.sentence()));
    }
    let cancel = CancellationToken::new();
    stop_on_ctrl_c(&cancel);
    let imported = watched_import(&library, &client, &plan, &name, &cancel, settings.interactive).await?;
    if settings.json {
        return report::json(&imported);
    }
    say(&imported);
    Ok(())
}

/// Imports with a line of progress, where somebody watches.
pub async fn watched_import(
    library: &Library,
    client: &Client,
    plan: &RequestPlan,
    name: &FrameName,
    cancel: &CancellationToken,
    watched: bool,
) -> Result<ImportReport, Failure> {
    let progress = Arc::new(Progress::default());
    let line = ProgressLine::follow(name.as_str(), progress.clone(), client.clone(), watched);
    let outcome = import_frame(library, client, plan, name, &progress, cancel).await;
    drop(line);
    outcome.map_err(|error| Failure::from(error).with_state(state_after_failure(library, name)))
}

/// What a failed import left behind: nothing of its own.
fn state_after_failure(library: &Library, name: &FrameName) -> String {
    match library.frame(name.as_str()) {
        Ok(frame) => format!(
            "`{}` is as it was before, with {} rows; the next import begins anew",
            frame.name,
            grouped(frame.rows)
        ),
        Err(_) => format!("`{name}` was not made; the next import begins anew"),
    }
}

/// What an import did, for people.
pub fn say(imported: &ImportReport) {
    report::talk(&format!(
        "`{}` holds {} rows ({} requests, {}, {:.1} s)",
        imported.frame,
        grouped(imported.rows),
        grouped(imported.requests),
        bytes(imported.bytes),
        imported.seconds
    ));
    for note in &imported.notes {
        report::talk(&format!("note: {note}"));
    }
}

/// Ctrl-C, or the system's request to end, ends the run in order; a second one ends the program.
pub fn stop_on_ctrl_c(cancel: &CancellationToken) {
    let cancel = cancel.clone();
    tokio::spawn(async move {
        stop_asked().await;
        cancel.cancel();
        stop_asked().await;
        std::process::exit(130);
    });
}

#[cfg(unix)]
async fn stop_asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn stop_asked() {
    let _ = tokio::signal::ctrl_c().await;
}
