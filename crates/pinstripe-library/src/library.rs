//! The folder that holds everything: `frames/` (Delta tables), `staging/` (runs under way),
//! `trash/` (removed frames), `library.sqlite3` (definitions and runs).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pinstripe_catalog::{catalog, nearest_names};

use crate::error::LibraryError;
use crate::frame_cache::FrameCache;
use crate::frame_name::FrameName;
use crate::ledger::{FrameRecord, Ledger, RunRecord};
use crate::staging;

/// An open library. Several processes may have the same one open.
#[derive(Debug)]
pub struct Library {
    root: PathBuf,
    ledger: Mutex<Ledger>,
    pub(crate) cache: Arc<FrameCache>,
}

impl Library {
    /// Opens the library in a folder, making it where there is none.
    pub fn open(root: &Path) -> Result<Library, LibraryError> {
        if root.exists() && !root.is_dir() {
            return Err(LibraryError::folder(root, "it is a file, expected a folder", None));
        }
        for folder in ["frames", "staging"] {
            private_folder(&root.join(folder)).map_err(|source| {
                let problem = match source.kind() {
                    std::io::ErrorKind::PermissionDenied => "no right to write there",
                    std::io::ErrorKind::StorageFull => "the disk is full",
                    std::io::ErrorKind::NotADirectory => "a file is in the way",
                    _ => "it cannot be made",
                };
                LibraryError::folder(root, problem, Some(source))
            })?;
        }
        check_writable(root)?;
        let ledger = Ledger::open(&root.join("library.sqlite3"))?;
        for (run, seen) in staging::sweep(root, jiff::Timestamp::now().as_second()) {
            ledger.note_killed(&run, seen.as_ref())?;
        }
        Ok(Library { root: root.to_owned(), ledger: Mutex::new(ledger), cache: Arc::default() })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every frame, by name.
    pub fn frames(&self) -> Result<Vec<FrameRecord>, LibraryError> {
        self.ledger().frames()
    }

    /// The frame of a name, whatever its case.
    pub fn frame(&self, name: &str) -> Result<FrameRecord, LibraryError> {
        if let Some(frame) = self.ledger().frame(name.trim())? {
            return Ok(frame);
        }
        let frames = self.frames()?;
        let nearest = nearest_names(name, frames.iter().map(|frame| frame.name.as_str()));
        let data_type = catalog().data_type(name).ok().map(|data_type| data_type.name.clone());
        Err(LibraryError::NoSuchFrame { name: name.to_owned(), nearest, data_type })
    }

    /// Where a frame's Delta table is.
    pub fn frame_path(&self, frame: &FrameRecord) -> PathBuf {
        self.root.join("frames").join(&frame.folder)
    }

    /// Runs of a frame, newest first; of all frames where none is named.
    pub fn runs(&self, frame: Option<&FrameRecord>) -> Result<Vec<RunRecord>, LibraryError> {
        self.ledger().runs(frame.map(|frame| frame.id))
    }

    /// Held while names, folders and versions change, so that programs on one library do so one
    /// after the other. Reading needs it not.
    pub(crate) fn lock_changes(&self) -> Result<fs::File, LibraryError> {
        lock_changes(&self.root)
    }

    /// The same, without holding up other imports of this program while it waits.
    pub(crate) async fn changes_locked(&self) -> Result<fs::File, LibraryError> {
        let root = self.root.clone();
        let waiting = tokio::task::spawn_blocking(move || lock_changes(&root));
        waiting.await.map_err(|error| LibraryError::Internal(error.to_string()))?
    }

    /// Gives a frame another name. Its folder stays where it is, so open readers go on.
    pub fn rename(&self, name: &str, new_name: &FrameName) -> Result<FrameRecord, LibraryError> {
        let _lock = self.lock_changes()?;
        let frame = self.frame(name)?;
        let ledger = self.ledger();
        if let Some(other) = ledger.frame(new_name.as_str())?
            && other.id != frame.id
        {
            return Err(LibraryError::FrameExists { name: other.name });
        }
        ledger.rename_frame(frame.id, new_name.as_str())?;
        Ok(FrameRecord { name: new_name.as_str().to_owned(), ..frame })
    }

    /// Calls a connection by its new name in all that was imported with it. `account` is its
    /// `Client::identity`.
    pub fn note_connection_name(&self, account: &str, name: &str) -> Result<(), LibraryError> {
        let _lock = self.lock_changes()?;
        self.ledger().rename_connection(account, name)
    }

    /// A folder name for a new frame that no other folder has.
    pub(crate) fn unused_folder(&self, name: &FrameName) -> String {
        let path = unused_path(&self.root.join("frames"), &name.folder());
        path.file_name().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_else(|| name.folder())
    }
}

/// Makes a folder, and what is missing above it, for this user alone: it holds customers' data.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn lock_changes(root: &Path) -> Result<fs::File, LibraryError> {
    let path = root.join("changes.lock");
    let file = fs::File::create(&path).map_err(LibraryError::file("make", &path))?;
    file.lock().map_err(LibraryError::file("lock", &path))?;
    Ok(file)
}

pub(crate) fn unused_path(parent: &Path, name: &str) -> PathBuf {
    let mut path = parent.join(name);
    let mut number = 2;
    while path.exists() {
        path = parent.join(format!("{name}-{number}"));
        number += 1;
    }
    path
}

/// Finds out now, not at the end of an import, that nothing can be written.
fn check_writable(root: &Path) -> Result<(), LibraryError> {
    let probe = root.join("staging").join(format!(".probe-{}", std::process::id()));
    let outcome = fs::write(&probe, b"probe").and_then(|()| fs::remove_file(&probe));
    outcome.map_err(|source| {
        let problem = match source.kind() {
            std::io::ErrorKind::StorageFull => "the disk is full",
            _ => "no right to write there",
        };
        LibraryError::folder(root, problem, Some(source))
    })
}
