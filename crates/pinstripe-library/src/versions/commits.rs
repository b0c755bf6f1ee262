//! The log of a frame's Delta table: one file a version, of which each names all of the version's
//! files, since every version of ours replaces all rows.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::delta::{DataFile, OPERATION_NOTE, RUN_NOTE};
use crate::error::LibraryError;

/// What one commit made.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub version: i64,
    pub committed_ms: i64,
    pub run_id: Option<String>,
    pub operation: String,
    pub files: Vec<DataFile>,
}

/// A line of the log, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    add: Option<Add>,
    commit_info: Option<serde_json::Map<String, Value>>,
}

#[derive(Deserialize)]
struct Add {
    path: String,
    size: u64,
    stats: Option<String>,
}

/// The commits of a table, oldest first.
pub(super) fn read(folder: &Path) -> Result<Vec<Commit>, LibraryError> {
    let log = folder.join("_delta_log");
    let entries = match fs::read_dir(&log) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(LibraryError::file("read", &log)(error)),
    };
    let mut commits = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        if let (Some(version), Some("json")) = (number, path.extension().and_then(|ending| ending.to_str())) {
            let text = fs::read_to_string(&path).map_err(LibraryError::file("read", &path))?;
            commits.push(commit(version, &text));
        }
    }
    commits.sort_by_key(|commit| commit.version);
    Ok(commits)
}

fn commit(version: i64, text: &str) -> Commit {
    let mut commit =
        Commit { version, committed_ms: 0, run_id: None, operation: "import".to_owned(), files: Vec::new() };
    for line in text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
        if let Some(add) = line.add {
            commit.files.push(DataFile { rows: rows(add.stats.as_deref()), name: add.path, bytes: add.size });
        }
        if let Some(info) = line.commit_info {
            let text = |name: &str| info.get(name).and_then(Value::as_str).map(str::to_owned);
            commit.committed_ms = info.get("timestamp").and_then(Value::as_i64).unwrap_or(0);
            commit.run_id = text(RUN_NOTE);
            commit.operation = text(OPERATION_NOTE).unwrap_or(commit.operation);
        }
    }
    commit.files.sort_by(|one, other| one.name.cmp(&other.name));
    commit
}

fn rows(stats: Option<&str>) -> u64 {
    let stats: Option<Value> = stats.and_then(|stats| serde_json::from_str(stats).ok());
    stats.and_then(|stats| stats.get("numRecords")?.as_u64()).unwrap_or(0)
}
