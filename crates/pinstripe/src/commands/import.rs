//! `pinstripe import`: data types into data frames, several at the same time.

use std::sync::Arc;

use futures::future::join_all;
use pinstripe_client::{Client, ErrorKind};
use pinstripe_import::{CancellationToken, MissingAccount, Progress};
use pinstripe_library::import::{ImportReport, NewImport, import_frame};
use pinstripe_library::{FrameName, Library, LibraryError};

use crate::account::{Reached, reached};
use crate::arguments::ImportArguments;
use crate::failure::Failure;
use crate::progress_bar::ProgressLine;
use crate::report::{self, bytes, grouped};
use crate::settings::{Settings, accounts, request_plan};

pub async fn run(arguments: &ImportArguments, settings: &Settings) -> Result<(), Failure> {
    let mut imports = imports(arguments)?;
    let Reached { client, connection } = reached(&arguments.connection, settings)?;
    imports.iter_mut().for_each(|import| import.connection = Some(connection.clone()));
    let library = settings.open_library()?;
    if settings.interactive {
        for import in &imports {
            let NewImport { plan, name, .. } = import;
            report::talk(&format!("importing {} into `{name}`: {}", plan.data_type, plan.sentence()));
        }
    }
    let cancel = CancellationToken::new();
    stop_on_ctrl_c(&cancel);
    let watched = settings.interactive;
    let outcomes =
        join_all(imports.iter().map(|import| run_import(import, &library, &client, &cancel, watched))).await;
    say_all(outcomes, settings)
}

/// Every import is checked before the first request of any.
fn imports(arguments: &ImportArguments) -> Result<Vec<NewImport>, Failure> {
    if let ([_, _, ..], Some(name)) = (arguments.data_types.as_slice(), &arguments.name) {
        return Err(Failure::user(format!(
            "`--as {name}` names one data frame, and there are several data types"
        ))
        .with_hint("import them one by one, or leave --as out: each frame gets its data type's name"));
    }
    let accounts = accounts(&arguments.accounts)?;
    let mut imports: Vec<NewImport> = Vec::new();
    for data_type in &arguments.data_types {
        let mut plan = request_plan(data_type, &arguments.rows)?;
        plan.accounts.clone_from(&accounts);
        let name = FrameName::parse(arguments.name.as_deref().unwrap_or(&plan.data_type))?;
        // The same one twice is meant once.
        if imports.iter().all(|known| known.plan.data_type != plan.data_type) {
            imports.push(NewImport {
                plan,
                name,
                restart: arguments.restart,
                connection: None,
                from_command_line: true,
            });
        }
    }
    Ok(imports)
}

/// Imports with a line of progress, where somebody watches.
pub async fn run_import(
    import: &NewImport,
    library: &Library,
    client: &Client,
    cancel: &CancellationToken,
    watched: bool,
) -> Result<ImportReport, Failure> {
    // Each import counts its own requests, and may be stopped by another program alone.
    let (client, cancel) = (client.with_own_traffic(), cancel.child_token());
    let progress = Arc::new(Progress::default());
    let line = ProgressLine::follow(import.name.as_str(), progress.clone(), client.clone(), watched);
    let outcome = import_frame(library, &client, import, &progress, &cancel).await;
    drop(line);
    outcome.map_err(|error| {
        let state = state_after_failure(library, &import.name, &progress, &error);
        Failure::from(error).with_state(state)
    })
}

/// What a failed import left behind, and what the next one will do.
fn state_after_failure(
    library: &Library,
    name: &FrameName,
    progress: &Progress,
    error: &LibraryError,
) -> String {
    let frame = match library.frame(name.as_str()) {
        Ok(frame) => {
            format!("`{}` is as it was before, with {} rows", frame.name, grouped(frame.rows))
        }
        Err(_) => format!("`{name}` was not made"),
    };
    let next = if progress.pages() > 0 && error.keeps_pages() {
        // A disk that is full has not taken all that came.
        let kept = match error.kind() {
            ErrorKind::LibraryUnusable => "the rows that had been written are kept".to_owned(),
            _ => format!("the {} rows that had come are kept", grouped(progress.rows())),
        };
        format!("{kept}, and the same command goes on from there (--restart begins anew)")
    } else {
        "the next import begins anew".to_owned()
    };
    format!("{frame}; {next}")
}

/// Says how each import ended. Of several failures the first is the one that counts.
fn say_all(outcomes: Vec<Result<ImportReport, Failure>>, settings: &Settings) -> Result<(), Failure> {
    let several = outcomes.len() > 1;
    let (mut imported, mut failures) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(report) => imported.push(report),
            Err(failure) => failures.push(failure),
        }
    }
    match (settings.json, imported.as_slice()) {
        (true, [one]) if !several => report::json(one)?,
        (true, []) if !several => {}
        (true, all) => report::json(&all)?,
        (false, all) => all.iter().for_each(say),
    }
    // What is missing of a frame that was made is told like what failed: nobody is to overlook it.
    failures.extend(imported.iter().filter_map(incomplete));
    let mut failures = failures.into_iter();
    let Some(first) = failures.next() else { return Ok(()) };
    for failure in failures {
        report::failure(&failure, settings.json);
    }
    Err(first)
}

/// Accounts that are not in a frame, as a failure: the import did what it could, and not all of it.
fn incomplete(imported: &ImportReport) -> Option<Failure> {
    let accounts = imported.accounts.unwrap_or_default();
    let message = MissingAccount::sentence(&imported.missing_accounts, accounts)?;
    let read = accounts.saturating_sub(imported.missing_accounts.len() as u64);
    let state = format!(
        "`{}` holds the rows of the other {}; the next import tries all of them again",
        imported.frame,
        if read == 1 { "one".to_owned() } else { format!("{} accounts", grouped(read)) }
    );
    let failure = Failure::new(ErrorKind::Permission, message).with_state(state);
    let mut hints: Vec<&String> =
        imported.missing_accounts.iter().filter_map(|missing| missing.hint.as_ref()).collect();
    hints.dedup();
    Some(match hints.first() {
        Some(hint) => failure.with_hint(*hint),
        None => failure,
    })
}

/// What an import did, for people.
pub fn say(imported: &ImportReport) {
    report::talk(&format!(
        "`{}` holds {} rows{} ({} requests, {}, {:.1} s)",
        imported.frame,
        grouped(imported.rows),
        of_accounts(imported.accounts, imported.missing_accounts.len()),
        grouped(imported.requests),
        bytes(imported.bytes),
        imported.seconds
    ));
    if imported.kept_rows > 0 {
        report::talk(&format!(
            "note: {} of them an earlier import had read before it ended early; this one went on from there, \
             and holds what was created up to {}",
            grouped(imported.kept_rows),
            imported.to
        ));
    }
    for note in &imported.notes {
        report::talk(&format!("note: {note}"));
    }
}

/// ` of 3 accounts`, where accounts were chosen.
pub fn of_accounts(chosen: Option<u64>, missing: usize) -> String {
    match chosen.map(|chosen| chosen.saturating_sub(missing as u64)) {
        None => String::new(),
        Some(1) => " of 1 account".to_owned(),
        Some(read) => format!(" of {} accounts", grouped(read)),
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
