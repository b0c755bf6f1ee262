//! An import from plan to frame: note the run, fetch and stage, move the files, commit, note the
//! end. The command line and the workbench both call [`import_frame`].

use std::fs;
use std::time::Instant;

use pinstripe_client::Client;
use pinstripe_import::{CancellationToken, ImportError, Imported, Notes, Progress};
use pinstripe_query::RequestPlan;
use serde::Serialize;
use uuid::Uuid;

use crate::delta::{DataFile, commit};
use crate::error::LibraryError;
use crate::frame_name::FrameName;
use crate::ledger::{FrameRecord, RunRecord, RunState};
use crate::library::Library;
use crate::staging::Staging;

/// What a finished import did. The fields are those of `import --json`.
#[derive(Debug, Serialize)]
pub struct ImportReport {
    pub frame: String,
    pub data_type: String,
    pub rows: u64,
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
}

/// Imports a request plan into a frame, replacing what the frame held.
pub async fn import_frame(
    library: &Library,
    client: &Client,
    plan: &RequestPlan,
    name: &FrameName,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<ImportReport, LibraryError> {
    let existing = library.ledger().frame(name.as_str())?;
    let frame = existing.as_ref().map_or_else(|| name.as_str().to_owned(), |frame| frame.name.clone());
    let mut run = begin(library, plan, &frame, existing.as_ref())?;
    let staging = Staging::create(library.root(), &run.id)?;
    let before = Counts::of(client, progress);
    let started = Instant::now();

    let fetched = pinstripe_import::import(client, plan, staging.path(), progress, cancel).await;

    let spent = Counts::of(client, progress).since(&before);
    (run.requests, run.retries, run.refused, run.bytes) =
        (spent.requests, spent.retries, spent.refused, spent.bytes);
    run.rows = progress.rows();
    let outcome = match fetched {
        Ok(imported) => land(library, existing.as_ref(), name, &mut run, &imported, started).await,
        Err(error) => Err(LibraryError::Import(Box::new(error))),
    };
    if let Err(error) = &outcome {
        let stopped = matches!(error, LibraryError::Import(inner) if matches!(**inner, ImportError::Stopped));
        run.state = if stopped { RunState::Stopped } else { RunState::Failed };
        run.error = Some(error.to_string());
        end(&mut run, started);
        // The run's own failure is what the user must hear of, not that it could not be noted.
        if let Err(unnoted) = library.ledger().end_run(&run, "") {
            tracing::warn!(%unnoted, "the end of the run could not be noted");
        }
    }
    outcome
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
    let _lock = library.lock_changes()?;
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
    run.plan.cut_off = imported.cut_off;
    end(run, started);
    library.ledger().end_run(run, &folder)?;
    Ok(report(run, imported, version))
}

fn begin(
    library: &Library,
    plan: &RequestPlan,
    frame: &str,
    existing: Option<&FrameRecord>,
) -> Result<RunRecord, LibraryError> {
    let run = RunRecord {
        id: Uuid::new_v4().simple().to_string(),
        frame: frame.to_owned(),
        state: RunState::Running,
        started_at: jiff::Timestamp::now().as_second(),
        finished_at: None,
        rows: 0,
        requests: 0,
        retries: 0,
        refused: 0,
        bytes: 0,
        seconds: 0.0,
        version: None,
        error: None,
        plan: plan.clone(),
    };
    library.ledger().begin_run(&run, existing.map(|frame| frame.id))?;
    Ok(run)
}

async fn commit_files(
    library: &Library,
    folder: &str,
    run: &RunRecord,
    imported: &Imported,
) -> Result<i64, LibraryError> {
    let target = library.root().join("frames").join(folder);
    fs::create_dir_all(&target).map_err(LibraryError::file("make", &target))?;
    let mut files = Vec::with_capacity(imported.files.len());
    for staged in &imported.files {
        // The run's id keeps files of different runs apart in the same folder.
        let number =
            staged.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let file_name = format!("{}-{number}", run.id);
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
        notes: notes(&imported.notes, &run.plan),
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

/// Counts of a client, which several imports may share.
struct Counts {
    requests: u64,
    retries: u64,
    refused: u64,
    bytes: u64,
}

impl Counts {
    fn of(client: &Client, progress: &Progress) -> Counts {
        let traffic = client.traffic();
        Counts {
            requests: traffic.requests(),
            retries: progress.retries(),
            refused: traffic.refused(),
            bytes: traffic.bytes(),
        }
    }

    fn since(&self, before: &Counts) -> Counts {
        Counts {
            requests: self.requests - before.requests,
            retries: self.retries - before.retries,
            refused: self.refused - before.refused,
            bytes: self.bytes - before.bytes,
        }
    }
}
