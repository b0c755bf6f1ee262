//! The folder of a run under way: its definition, its journal, its Parquet files. It goes when the
//! run ends well. A run that failed or was killed leaves its journal, and the next import of the
//! same thing takes the folder over (promise 4); what nobody can take over is swept away.
//!
//! Whether a run is still alive is told by a lock that its process holds: the system lets go of it
//! however the process ends.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pinstripe_query::RequestPlan;
use serde::{Deserialize, Serialize};

use crate::error::LibraryError;
use crate::under_way::{LastSeen, forget, last_seen};

const LOCK: &str = ".lock";
const DEFINITION: &str = "run.json";
/// A folder this young may be about to get its lock.
const YOUNG: Duration = Duration::from_secs(60);
/// What came longer ago is not gone on with: rows may have changed since.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;
/// Another program that sweeps holds a lock for a moment only.
const LOCK_TRIES: u32 = 5;

/// What a run is to bring, as far as another run must agree with it to go on with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub frame: String,
    pub frame_id: Option<i64>,
    /// `Client::identity`: the server and the key, without the key.
    pub connection: String,
    /// Unix seconds at which the first run of this plan began.
    pub started_at: i64,
    pub plan: RequestPlan,
}

/// The folder of one run, locked as long as this lives.
#[derive(Debug)]
pub(crate) struct Staging {
    path: PathBuf,
    kept: bool,
    _lock: File,
}

/// A folder that was taken over.
pub(crate) struct TakenOver {
    pub staging: Staging,
    pub definition: Definition,
    /// The run that left it.
    pub run_id: String,
    /// How far that run was.
    pub seen: Option<LastSeen>,
}

impl Definition {
    fn is_of_frame(&self, other: &Definition) -> bool {
        match (self.frame_id, other.frame_id) {
            (Some(one), Some(other)) => one == other,
            _ => self.frame.eq_ignore_ascii_case(&other.frame),
        }
    }

    /// Whether a run of this definition may go on with what `earlier` left.
    fn may_go_on_with(&self, earlier: &Definition) -> bool {
        self.is_of_frame(earlier)
            && self.frame_id == earlier.frame_id
            && self.connection == earlier.connection
            && self.plan.asks_the_same_as(&earlier.plan)
            && self.started_at - earlier.started_at < KEPT_SECONDS
    }

    fn read(folder: &Path) -> Option<Definition> {
        serde_json::from_slice(&fs::read(folder.join(DEFINITION)).ok()?).ok()
    }
}

impl Staging {
    pub fn create(root: &Path, run_id: &str, definition: &Definition) -> Result<Staging, LibraryError> {
        let path = root.join("staging").join(run_id);
        fs::create_dir_all(&path).map_err(LibraryError::file("make", &path))?;
        // Locked before it has its name: whoever finds it by name finds it locked.
        let unnamed = path.join(".locking");
        let lock = File::create(&unnamed).map_err(LibraryError::file("make", &unnamed))?;
        lock.lock().map_err(LibraryError::file("lock", &unnamed))?;
        fs::rename(&unnamed, path.join(LOCK)).map_err(LibraryError::file("make", &unnamed))?;
        let staging = Staging { path, kept: false, _lock: lock };
        let text =
            serde_json::to_vec(definition).map_err(|error| LibraryError::Internal(error.to_string()))?;
        let file = staging.path.join(DEFINITION);
        fs::write(&file, text).map_err(LibraryError::file("write", &file))?;
        Ok(staging)
    }

    /// Takes over the folder of an earlier run that brought a part of the same. Folders of the same
    /// frame that are not gone on with are of no use to anybody, and go. `None` where there is none.
    pub fn take_over(root: &Path, run_id: &str, wanted: &Definition, restart: bool) -> Option<TakenOver> {
        let mut candidates: Vec<(u64, PathBuf, Definition, File)> = Vec::new();
        for path in folders(root) {
            let Some(definition) = Definition::read(&path).filter(|found| found.is_of_frame(wanted)) else {
                continue;
            };
            let Some(lock) = lock_abandoned(&path) else { continue };
            if !restart && wanted.may_go_on_with(&definition) && pinstripe_import::has_journal(&path) {
                candidates.push((pinstripe_import::journal_bytes(&path), path, definition, lock));
            } else {
                let _ = fs::remove_dir_all(&path);
            }
        }
        candidates.sort_by_key(|(bytes, ..)| *bytes);
        let (_, found, definition, lock) = candidates.pop()?;
        for (_, path, ..) in candidates {
            let _ = fs::remove_dir_all(&path);
        }
        let earlier = found.file_name()?.to_string_lossy().into_owned();
        let path = root.join("staging").join(run_id);
        fs::rename(&found, &path).ok()?;
        // Whatever fails from here on, what the earlier run had brought is not lost with it.
        let staging = Staging { path, kept: true, _lock: lock };
        staging.remove_files();
        let seen = last_seen(&staging.path);
        forget(&staging.path);
        Some(TakenOver { staging, definition, run_id: earlier, seen })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the journal behind for the next run.
    pub fn keep(&mut self) {
        self.kept = true;
        self.remove_files();
    }

    /// Nobody is to go on with this run: the folder goes.
    pub fn discard(&mut self) {
        self.kept = false;
    }

    /// Parquet files are written anew from the journal.
    fn remove_files(&self) {
        let folders = pinstripe_import::run_folders(&self.path);
        let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
        for entry in entries.flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "parquet") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Takes away what nobody can go on with, and returns the ids of all runs that nobody holds, with how
/// far each was.
pub(crate) fn sweep(root: &Path, now: i64) -> Vec<(String, Option<LastSeen>)> {
    let mut ended = Vec::new();
    for path in folders(root) {
        let Some(_lock) = lock_abandoned(&path) else { continue };
        let useful = pinstripe_import::has_journal(&path)
            && Definition::read(&path).is_some_and(|found| now - found.started_at < KEPT_SECONDS);
        let seen = last_seen(&path);
        if useful || fs::remove_dir_all(&path).is_ok() {
            ended.extend(path.file_name().map(|name| (name.to_string_lossy().into_owned(), seen)));
        }
    }
    ended
}

/// Whether a living run holds a folder.
pub(crate) fn is_held(root: &Path, run_id: &str) -> bool {
    let Ok(lock) = File::open(root.join("staging").join(run_id).join(LOCK)) else { return false };
    // Asked for with others, so that two that look at the same time do not take each other for it.
    matches!(lock.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock))
}

/// Whether a run that ended early left what another one can go on with.
pub(crate) fn is_left(root: &Path, run_id: &str, now: i64) -> bool {
    let folder = root.join("staging").join(run_id);
    let definition = Definition::read(&folder);
    pinstripe_import::has_journal(&folder)
        && definition.is_some_and(|found| now - found.started_at < KEPT_SECONDS)
        && !is_held(root, run_id)
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root.join("staging")) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// The lock of a folder that no living run holds.
fn lock_abandoned(path: &Path) -> Option<File> {
    let Ok(lock) = File::open(path.join(LOCK)) else {
        let made = path.metadata().and_then(|metadata| metadata.modified());
        let old = made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age > YOUNG));
        return if old { File::create(path.join(LOCK)).ok() } else { None };
    };
    for _ in 0..LOCK_TRIES {
        if lock.try_lock().is_ok() {
            // It may have been taken over, and moved, while this waited.
            return path.join(LOCK).exists().then_some(lock);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use pinstripe_catalog::catalog;
    use pinstripe_query::{PlanRequest, plan};

    fn definition(query: &str, started_at: i64) -> Definition {
        let request = PlanRequest { data_type: "charges", query, ..PlanRequest::default() };
        let now = jiff::Timestamp::from_second(started_at).unwrap();
        let plan = plan(catalog(), &request, now).unwrap();
        Definition { frame: "Charges".into(), frame_id: None, connection: "key".into(), started_at, plan }
    }

    fn abandon(root: &Path, run_id: &str, definition: &Definition) {
        let mut staging = Staging::create(root, run_id, definition).unwrap();
        fs::write(staging.path().join("journal"), run_id).unwrap();
        fs::write(staging.path().join("00000.parquet"), "rows").unwrap();
        staging.keep();
    }

    #[test]
    fn only_what_nobody_holds_and_nobody_can_use_is_swept() {
        let root = tempfile::tempdir().unwrap();
        let now = 1_800_000_000;
        let alive = Staging::create(root.path(), "alive", &definition("", now)).unwrap();
        let dead = root.path().join("staging/dead");
        fs::create_dir_all(&dead).unwrap();
        File::create(dead.join(LOCK)).unwrap();
        abandon(root.path(), "useful", &definition("", now));
        abandon(root.path(), "ancient", &definition("", now - KEPT_SECONDS));
        fs::create_dir_all(root.path().join("staging/young")).unwrap();
        let ended = sweep(root.path(), now);
        let mut ended: Vec<String> = ended.into_iter().map(|(run, _)| run).collect();
        ended.sort();
        assert_eq!(ended, ["ancient", "dead", "useful"]);
        let mut left: Vec<_> =
            folders(root.path()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        left.sort();
        assert_eq!(left, ["alive", "useful", "young"]);
        drop(alive);
        assert!(!root.path().join("staging/alive").exists());
    }

    #[test]
    fn the_same_import_takes_over_and_another_one_does_not() {
        let now = 1_800_000_000;
        for (earlier, wanted, restart, taken) in [
            (definition("", now), definition("", now + 60), false, true),
            (definition("", now), definition("", now + 60), true, false),
            (definition("currency=jpy", now), definition("currency=eur", now), false, false),
            (definition("", now), definition("", now + KEPT_SECONDS), false, false),
            (
                definition("", now),
                Definition { connection: "other".into(), ..definition("", now) },
                false,
                false,
            ),
            (definition("", now), Definition { frame_id: Some(1), ..definition("", now) }, false, false),
        ] {
            let root = tempfile::tempdir().unwrap();
            abandon(root.path(), "earlier", &earlier);
            let found = Staging::take_over(root.path(), "later", &wanted, restart);
            assert_eq!(found.is_some(), taken, "{wanted:?}");
            assert!(!root.path().join("staging/earlier").exists());
            if let Some(found) = found {
                assert_eq!(found.definition.plan.cut_off, earlier.plan.cut_off);
                assert!(!found.staging.path().join("00000.parquet").exists());
                assert!(Staging::take_over(root.path(), "third", &wanted, false).is_none());
            }
        }
    }

    #[test]
    fn another_frame_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        abandon(root.path(), "earlier", &definition("", 1_800_000_000));
        let other = Definition { frame: "refunds".into(), ..definition("", 1_800_000_000) };
        assert!(Staging::take_over(root.path(), "later", &other, true).is_none());
        assert!(root.path().join("staging/earlier").exists());
    }
}
