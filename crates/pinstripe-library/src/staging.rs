//! The folder of a run under way. It goes when the run ends; a run that was killed leaves it behind,
//! and the next program that opens the library takes it away.
//!
//! Whether a run is still alive is told by a lock that its process holds: the system lets go of it
//! however the process ends.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::LibraryError;

const LOCK: &str = ".lock";
/// A folder this young may be about to get its lock.
const YOUNG: Duration = Duration::from_secs(60);

/// The folder of one run, locked as long as this lives.
#[derive(Debug)]
pub(crate) struct Staging {
    path: PathBuf,
    _lock: File,
}

impl Staging {
    pub fn create(root: &Path, run_id: &str) -> Result<Staging, LibraryError> {
        let path = root.join("staging").join(run_id);
        fs::create_dir_all(&path).map_err(LibraryError::file("make", &path))?;
        // Locked before it has its name: whoever finds it by name finds it locked.
        let unnamed = path.join(".locking");
        let lock = File::create(&unnamed).map_err(LibraryError::file("make", &unnamed))?;
        lock.lock().map_err(LibraryError::file("lock", &unnamed))?;
        fs::rename(&unnamed, path.join(LOCK)).map_err(LibraryError::file("make", &unnamed))?;
        Ok(Staging { path, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Takes away what killed runs left behind and returns their ids.
pub(crate) fn sweep(root: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join("staging")) else { return Vec::new() };
    let mut swept = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && is_abandoned(&path) && fs::remove_dir_all(&path).is_ok() {
            swept.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    swept
}

fn is_abandoned(path: &Path) -> bool {
    match File::open(path.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => {
            let made = path.metadata().and_then(|metadata| metadata.modified());
            made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age > YOUNG))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_holds_is_swept() {
        let root = tempfile::tempdir().unwrap();
        let alive = Staging::create(root.path(), "alive").unwrap();
        let dead = root.path().join("staging/dead");
        fs::create_dir_all(&dead).unwrap();
        File::create(dead.join(LOCK)).unwrap();
        fs::write(dead.join("00000.parquet"), b"rows").unwrap();
        fs::create_dir_all(root.path().join("staging/young")).unwrap();
        assert_eq!(sweep(root.path()), ["dead"]);
        assert!(!dead.exists() && alive.path().exists());
        let path = alive.path().to_owned();
        drop(alive);
        assert!(!path.exists());
    }
}
