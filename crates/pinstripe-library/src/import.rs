//! An import from plan to frame: note the run, fetch and stage, move the files, commit, note the
//! end. The command line calls [`import_frame`]; the workbench notes the run first and lets it go on
//! by itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use pinstripe_client::Client;
use pinstripe_import::{
    CancellationToken, ImportError, Imported, MissingAccount, Notes, Progress, account_field,
};
use pinstripe_query::RequestPlan;
use serde::Serialize;
use uuid::Uuid;

use crate::delta::{DataFile, commit};
use crate::error::LibraryError;
use crate::flatten::flat_columns;
use crate::frame_name::FrameName;
use crate::ledger::{FrameRecord, RunRecord, RunState, Source};
use crate::library::Library;
use crate::staging::{Definition, Staging};
use crate::under_way::show_and_listen;

/// What a finished import did. The fields are those of `import --json`.
#[derive(Debug, Serialize)]
pub struct ImportReport {
    pub frame: String,
    pub data_type: String,
    pub rows: u64,
    /// Rows among them that an earlier run, which did not come to its end, had brought.
    pub kept_rows: u64,
    /// Objects that Stripe sent; more than the rows where conditions were tested here.
    pub objects: u64,
    pub requests: u64,
    pub retries: u64,
    pub refused: u64,
    pub bytes: u64,
    pub seconds: f64,
    /// What was asked of Stripe and what was filtered here.
    pub plan: String,
    /// The beginning of the date range, RFC 3339; `null` means everything.
    pub from: Option<String>,
    /// Rows created up to here are in, RFC 3339.
    pub to: String,
    /// Version of the Delta table.
    pub version: i64,
    /// What is worth knowing about the rows, in sentences.
    pub notes: Vec<String>,
    /// Accounts that were chosen, where accounts were; `null` else.
    pub accounts: Option<u64>,
    /// Accounts among them whose rows are not in the frame.
    pub missing_accounts: Vec<MissingAccount>,
}

/// What is to be imported, and into which frame.
#[derive(Debug, Clone)]
pub struct NewImport {
    pub plan: RequestPlan,
    pub name: FrameName,
    /// Begin anew, even where an earlier run of the same could be gone on with.
    pub restart: bool,
    /// The name people know the connection by.
    pub connection: Option<String>,
    pub from_command_line: bool,
}

/// An import that is noted and has its folder, and has asked for nothing yet.
#[derive(Debug)]
pub struct BegunImport {
    staging: Staging,
    run: RunRecord,
    existing: Option<FrameRecord>,
    name: FrameName,
    started: Instant,
}

/// Imports a request plan into a frame, replacing what the frame held. Goes on with what an earlier
/// run of the same import left, with that run's cut-off, unless told to restart. The client's
/// traffic is taken for this import's: let each have its own (`Client::with_own_traffic`).
pub async fn import_frame(
    library: &Library,
    client: &Client,
    import: &NewImport,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<ImportReport, LibraryError> {
    begin_import(library, client, import)?.run(library, client, progress, cancel).await
}

/// Notes an import, so that everybody sees it from here on.
pub fn begin_import(
    library: &Library,
    client: &Client,
    import: &NewImport,
) -> Result<BegunImport, LibraryError> {
    let existing = library.ledger().frame(import.name.as_str())?;
    let run_id = Uuid::new_v4().simple().to_string();
    let (staging, plan) = stage(library, client, import, existing.as_ref(), &run_id)?;
    let frame = existing.as_ref().map_or(import.name.as_str(), |frame| frame.name.as_str());
    let source = Source {
        connection: import.connection.clone(),
        account: Some(client.identity()),
        sandbox: !client.api_base().is_stripe(),
    };
    let mut run = RunRecord::begun(run_id, frame.to_owned(), plan, source);
    run.from_command_line = import.from_command_line;
    library.ledger().begin_run(&run, existing.as_ref().map(|frame| frame.id))?;
    Ok(BegunImport { staging, run, existing, name: import.name.clone(), started: Instant::now() })
}

impl BegunImport {
    pub fn run_id(&self) -> &str {
        &self.run.id
    }

    /// The name of the frame, as it is written where it exists already.
    pub fn frame(&self) -> &str {
        &self.run.frame
    }

    /// Fetches, stages and commits. Meanwhile other programs see how far it is, and may stop it.
    pub async fn run(
        self,
        library: &Library,
        client: &Client,
        progress: &Progress,
        cancel: &CancellationToken,
    ) -> Result<ImportReport, LibraryError> {
        let BegunImport { mut staging, mut run, existing, name, started } = self;
        let importing = pinstripe_import::import(client, &run.plan, staging.path(), progress, cancel);
        let fetched = tokio::select! {
            fetched = importing => fetched,
            never = show_and_listen(staging.path(), client, progress, cancel) => match never {},
        };
        let traffic = client.traffic();
        (run.requests, run.refused, run.bytes) = (traffic.requests(), traffic.refused(), traffic.bytes());
        (run.rows, run.retries) = (progress.rows(), progress.retries());
        (run.kept_rows, run.objects) = (progress.kept_rows(), progress.objects());
        let outcome = match fetched {
            Ok(imported) => land(library, existing.as_ref(), &name, &mut run, &imported, started).await,
            Err(error) => Err(LibraryError::Import(Box::new(error))),
        };
        match &outcome {
            Ok(_) => staging.discard(),
            Err(error) => {
                if !error.keeps_pages() {
                    staging.discard();
                } else if progress.pages() > 0 {
                    staging.keep();
                }
                note_failure(library, &mut run, error, started);
            }
        }
        outcome
    }
}

fn note_failure(library: &Library, run: &mut RunRecord, error: &LibraryError, started: Instant) {
    let stopped = matches!(error, LibraryError::Import(inner) if matches!(**inner, ImportError::Stopped));
    run.state = if stopped { RunState::Stopped } else { RunState::Failed };
    run.error = Some(error.to_string());
    run.hint = error.hint();
    end(run, started);
    // The run's own failure is what the user must hear of, not that it could not be noted.
    if let Err(unnoted) = library.ledger().end_run(run, "", 0) {
        tracing::warn!(%unnoted, "the end of the run could not be noted");
    }
}

/// The folder for a run, and the plan it follows: that of the run it goes on with, else its own.
fn stage(
    library: &Library,
    client: &Client,
    import: &NewImport,
    existing: Option<&FrameRecord>,
    run_id: &str,
) -> Result<(Staging, RequestPlan), LibraryError> {
    let wanted = Definition {
        frame: import.name.as_str().to_owned(),
        frame_id: existing.map(|frame| frame.id),
        connection: client.identity(),
        started_at: jiff::Timestamp::now().as_second(),
        plan: import.plan.clone(),
    };
    if let Some(taken) = Staging::take_over(library.root(), run_id, &wanted, import.restart) {
        library.ledger().note_killed(&taken.run_id, taken.seen.as_ref())?;
        if let Some(frame) = existing {
            remove_unnamed_files(&library.frame_path(frame), &taken.run_id);
        }
        tracing::info!(run = taken.run_id, "going on with what an earlier run left");
        return Ok((taken.staging, taken.definition.plan));
    }
    Ok((Staging::create(library.root(), run_id, &wanted)?, wanted.plan))
}

/// Takes away the files of a run that was killed between moving them and committing them: none of
/// the table's commits names that run.
fn remove_unnamed_files(table: &Path, run_id: &str) {
    let read = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let partitions = read(table).filter(|path| path.to_string_lossy().contains('=') && path.is_dir());
    let names_run = |path: &PathBuf| fs::read_to_string(path).map_or(true, |text| text.contains(run_id));
    let is_commit = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
    let is_file = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{run_id}-")))
    };
    let left: Vec<PathBuf> =
        read(table).chain(partitions.flat_map(|folder| read(&folder))).filter(is_file).collect();
    if left.is_empty() || read(&table.join("_delta_log")).filter(is_commit).any(|path| names_run(&path)) {
        return;
    }
    for path in left {
        let _ = fs::remove_file(path);
    }
}

fn end(run: &mut RunRecord, started: Instant) {
    run.finished_at = Some(jiff::Timestamp::now().as_second());
    run.seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
}

/// Puts fetched rows in place: files, Delta commit, definition. Nothing else changes the library
/// meanwhile, and a frame that was renamed or removed during the fetch is followed or refused.
async fn land(
    library: &Library,
    existing: Option<&FrameRecord>,
    name: &FrameName,
    run: &mut RunRecord,
    imported: &Imported,
    started: Instant,
) -> Result<ImportReport, LibraryError> {
    let _lock = library.changes_locked().await?;
    let now = match existing {
        Some(frame) => {
            let now = library.ledger().frame_by_id(frame.id)?;
            Some(now.ok_or_else(|| LibraryError::FrameGone { name: frame.name.clone() })?)
        }
        None => library.ledger().frame(name.as_str())?,
    };
    let folder = now.as_ref().map_or_else(|| library.unused_folder(name), |frame| frame.folder.clone());
    run.frame = now.map_or_else(|| name.as_str().to_owned(), |frame| frame.name);
    let version = commit_files(library, &folder, run, imported).await?;
    run.state = RunState::Done;
    run.rows = imported.rows;
    run.version = Some(version);
    (run.kept_rows, run.objects) = (imported.kept_rows, imported.objects);
    run.accounts = imported.accounts;
    run.missing_accounts = imported.missing_accounts.clone();
    run.plan.cut_off = imported.cut_off;
    run.notes = notes(&imported.notes, &run.plan);
    end(run, started);
    let columns = flat_columns(&imported.schema, &|_| None).len() as u64;
    library.ledger().end_run(run, &folder, columns)?;
    Ok(report(run, imported, version))
}

async fn commit_files(
    library: &Library,
    folder: &str,
    run: &RunRecord,
    imported: &Imported,
) -> Result<i64, LibraryError> {
    let target = library.root().join("frames").join(folder);
    fs::create_dir_all(&target).map_err(LibraryError::file("make", &target))?;
    let partition = account_field(&run.plan);
    let mut files = Vec::with_capacity(imported.files.len());
    for staged in &imported.files {
        // The run's id keeps files of different runs apart in the same folder.
        let number =
            staged.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut file_name = format!("{}-{number}", run.id);
        if let (Some(column), Some(account)) = (&partition, &staged.account) {
            let folder = format!("{}={account}", column.name());
            let path = target.join(&folder);
            fs::create_dir_all(&path).map_err(LibraryError::file("make", &path))?;
            file_name = format!("{folder}/{file_name}");
        }
        let path = target.join(&file_name);
        fs::rename(&staged.path, &path).map_err(LibraryError::file("move rows to", &path))?;
        files.push(DataFile { name: file_name, rows: staged.rows, bytes: staged.bytes });
    }
    let version = commit(&target, &run.frame, &imported.schema, &files, &run.id).await;
    if version.is_err() {
        // Files that no commit names are of no use to anybody.
        for file in &files {
            let _ = fs::remove_file(target.join(&file.name));
        }
    }
    version
}

fn report(run: &RunRecord, imported: &Imported, version: i64) -> ImportReport {
    let instant = |second: i64| {
        jiff::Timestamp::from_second(second)
            .map(|instant| instant.to_string())
            .unwrap_or_else(|_| second.to_string())
    };
    // A range with an end is complete up to that end, or up to now where the end is still to come.
    let until = run.plan.dates.until.or(run.plan.range.until);
    let end = until.map_or(imported.cut_off, |until| (until - 1).min(imported.cut_off));
    ImportReport {
        frame: run.frame.clone(),
        data_type: run.plan.data_type.clone(),
        rows: run.rows,
        kept_rows: imported.kept_rows,
        objects: imported.objects,
        requests: run.requests,
        retries: run.retries,
        refused: run.refused,
        bytes: run.bytes,
        seconds: run.seconds,
        plan: run.plan.sentence(),
        from: run.plan.dates.from.or(run.plan.range.from).map(instant),
        to: instant(end),
        version,
        notes: run.notes.clone(),
        accounts: run.accounts,
        missing_accounts: run.missing_accounts.clone(),
    }
}

fn notes(notes: &Notes, plan: &RequestPlan) -> Vec<String> {
    let mut sentences = Vec::new();
    let listed = |fields: &std::collections::BTreeMap<String, u64>| {
        let named: Vec<String> =
            fields.iter().take(5).map(|(field, rows)| format!("{field} ({rows} rows)")).collect();
        let more = fields.len().saturating_sub(5);
        if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
    };
    if !notes.unknown_fields.is_empty() {
        sentences.push(format!(
            "fields the catalog does not know are kept in `extra`: {}",
            listed(&notes.unknown_fields)
        ));
    }
    if !notes.mismatches.is_empty() {
        sentences.push(format!(
            "values that do not fit their column are kept in `extra`: {}",
            listed(&notes.mismatches)
        ));
    }
    if notes.completed_lists > 0 {
        sentences.push(format!("{} nested lists that Stripe had cut were completed", notes.completed_lists));
    }
    if let Ok(data_type) = pinstripe_catalog::catalog().data_type(&plan.data_type) {
        for note in &data_type.completeness {
            let given = plan.parameters.iter().any(|(name, _)| *name == note.parameter);
            if !given {
                let way = match &note.value {
                    Some(value) => format!("; --query \"{}={value}\" brings them", note.parameter),
                    None => String::new(),
                };
                sentences.push(format!("{}{way}", note.note));
            }
        }
    }
    sentences
}
