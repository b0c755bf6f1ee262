//! The versions of a frame: what each commit of its Delta table made, what changed from one to the
//! next, and an earlier one put in place again without rewriting a row.
//!
//! Read next: `versions/commits.rs` for the table's log, `versions/changes.rs` for differences.

mod changes;
mod commits;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use changes::{ChangedColumn, Examples, VersionChanges};
use commits::Commit;

use crate::delta::{self, DataFile, Operation, commit_as};
use crate::error::LibraryError;
use crate::flatten::flat_columns;
use crate::ledger::{FrameKind, FrameRecord, RunRecord, RunState};
use crate::library::Library;

/// One version of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VersionInfo {
    pub version: i64,
    /// RFC 3339.
    pub committed_at: String,
    pub rows: u64,
    /// The run that made it, where the commit tells.
    pub run_id: Option<String>,
    /// `import`, `sql` or `restore`.
    pub operation: String,
}

impl Library {
    /// Every version that the table's log still tells of, newest first.
    pub fn versions(&self, name: &str) -> Result<Vec<VersionInfo>, LibraryError> {
        let frame = self.frame(name)?;
        Ok(self.commits(&frame)?.iter().rev().map(Commit::info).collect())
    }

    /// What a version changed of the one before it.
    pub async fn version_changes(&self, name: &str, version: i64) -> Result<VersionChanges, LibraryError> {
        let frame = self.frame(name)?;
        let commits = self.commits(&frame)?;
        let place = place(&frame, &commits, version)?;
        let this = &commits[place];
        this.check_files(&frame, &self.frame_path(&frame))?;
        let Some(before) = place.checked_sub(1).map(|before| &commits[before]) else {
            return Ok(VersionChanges::first(version, this.rows()));
        };
        before.check_files(&frame, &self.frame_path(&frame))?;
        if this.paths() == before.paths() {
            return Ok(VersionChanges {
                previous: Some(before.version),
                ..VersionChanges::first(version, 0)
            });
        }
        let old = self.open_version(&frame, Some(before.version)).await?.files;
        let new = self.open_version(&frame, Some(version)).await?.files;
        let previous = before.version;
        crate::cores::blocking(move || changes::between(&old, &new, version, previous)).await
    }

    /// Puts an earlier version in place again: a new version of the same files. What is known of the
    /// import that made them goes with them.
    pub async fn restore_version(&self, name: &str, version: i64) -> Result<FrameRecord, LibraryError> {
        let started = Instant::now();
        let _lock = self.changes_locked().await?;
        let frame = self.frame(name)?;
        let folder = self.frame_path(&frame);
        let commits = self.commits(&frame)?;
        let wanted = &commits[place(&frame, &commits, version)?];
        wanted.check_files(&frame, &folder)?;
        let now = commits.iter().find(|commit| commit.version == frame.version);
        if version == frame.version || now.is_some_and(|now| now.paths() == wanted.paths()) {
            return Err(LibraryError::question(
                format!("`{}` holds the rows of version {version} already", frame.name),
                None,
            ));
        }
        let run_id = Uuid::new_v4().simple().to_string();
        let (schema, _) = delta::files(&folder, &frame.name, version).await?;
        let files: Vec<DataFile> = wanted.files.clone();
        let made = commit_as(Operation::Restore, &folder, &frame.name, &schema, &files, &run_id).await?;
        let record = self.as_it_was(&frame, wanted, made)?;
        let columns = flat_columns(&schema, &|_| None).len() as u64;
        let record = FrameRecord { columns, ..record };
        let second = jiff::Timestamp::now().as_second();
        let run = RunRecord {
            state: RunState::Done,
            started_at: second,
            finished_at: Some(second),
            rows: record.rows,
            seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            version: Some(made),
            about: Some(format!("version {version} restored")),
            accounts: record.accounts,
            missing_accounts: record.missing_accounts.clone(),
            ..RunRecord::begun(run_id, frame.name.clone(), record.plan.clone(), record.source.clone())
        };
        self.ledger().note_restored(&record, &run)?;
        self.frame(&frame.name)
    }

    /// A frame as it is with an earlier version's rows: made by that version's run, when that was.
    fn as_it_was(
        &self,
        frame: &FrameRecord,
        wanted: &Commit,
        version: i64,
    ) -> Result<FrameRecord, LibraryError> {
        let mut record = FrameRecord { rows: wanted.rows(), version, ..frame.clone() };
        let runs = self.runs(Some(frame))?;
        let Some(run) = runs.into_iter().find(|run| Some(&run.id) == wanted.run_id.as_ref()) else {
            return Ok(record);
        };
        record.imported_at = run.finished_at.unwrap_or(frame.imported_at);
        record.data_type = run.plan.data_type.clone();
        record.source = run.source.clone();
        record.sql = run.query().map(str::to_owned);
        record.kind = if record.sql.is_some() { FrameKind::Sql } else { FrameKind::Import };
        record.plan = run.plan;
        record.accounts = run.accounts;
        record.missing_accounts = run.missing_accounts;
        Ok(record)
    }

    fn commits(&self, frame: &FrameRecord) -> Result<Vec<Commit>, LibraryError> {
        if frame.kind == FrameKind::View {
            return Err(LibraryError::question(
                format!("`{}` is a view: it has no rows of its own, and no versions", frame.name),
                None,
            ));
        }
        commits::read(&self.frame_path(frame))
    }
}

fn place(frame: &FrameRecord, commits: &[Commit], version: i64) -> Result<usize, LibraryError> {
    commits
        .iter()
        .position(|commit| commit.version == version)
        .ok_or_else(|| LibraryError::NoSuchVersion { frame: frame.name.clone(), version })
}

impl Commit {
    fn info(&self) -> VersionInfo {
        let instant = jiff::Timestamp::from_millisecond(self.committed_ms).unwrap_or_default();
        VersionInfo {
            version: self.version,
            committed_at: instant.to_string(),
            rows: self.rows(),
            run_id: self.run_id.clone(),
            operation: self.operation.clone(),
        }
    }

    fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    fn paths(&self) -> BTreeSet<&str> {
        self.files.iter().map(|file| file.name.as_str()).collect()
    }

    /// Says so when a file of the version is gone.
    fn check_files(&self, frame: &FrameRecord, folder: &std::path::Path) -> Result<(), LibraryError> {
        for file in &self.files {
            if let Err(source) = std::fs::metadata(folder.join(&file.name)) {
                return Err(LibraryError::VersionGone {
                    frame: frame.name.clone(),
                    version: self.version,
                    source: Some(source),
                });
            }
        }
        Ok(())
    }
}
