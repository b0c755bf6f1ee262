//! Taking frames out of the library, and putting them back: a removed frame's folder and its row of
//! the ledger wait in `trash/` until somebody wants them again. Nothing is erased here.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::LibraryError;
use crate::ledger::FrameRecord;
use crate::library::{Library, unused_path};

/// The frame's row, beside the frame's files.
const ROW: &str = "frame.json";

/// A frame that was taken out.
#[derive(Debug)]
pub struct Removed {
    /// Where its files are now.
    pub folder: PathBuf,
    /// Brings it back: the folder's name.
    pub undo: String,
}

impl Library {
    /// Takes a frame out of the library. Its folder moves to `trash/`; nothing is erased.
    pub fn remove(&self, name: &str) -> Result<Removed, LibraryError> {
        let _lock = self.lock_changes()?;
        let frame = self.frame(name)?;
        let trash = self.root().join("trash");
        fs::create_dir_all(&trash).map_err(LibraryError::file("make", &trash))?;
        let source = self.frame_path(&frame);
        let folder = unused_path(&trash, &frame.folder);
        let row = self.ledger().take_frame(frame.id)?;
        if source.exists() {
            fs::rename(&source, &folder).map_err(LibraryError::file("move", &source))?;
        } else {
            // A view has no files.
            fs::create_dir_all(&folder).map_err(LibraryError::file("make", &folder))?;
        }
        let file = folder.join(ROW);
        fs::write(&file, row.to_string()).map_err(LibraryError::file("write", &file))?;
        let undo = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Removed { folder, undo })
    }

    /// Puts a removed frame back under its own name, with its versions and runs.
    pub fn restore_removed(&self, undo: &str) -> Result<FrameRecord, LibraryError> {
        let _lock = self.lock_changes()?;
        let gone = || LibraryError::NotInTrash { undo: undo.to_owned() };
        // It comes from outside, and must name a folder of the trash, nothing above or below it.
        if Path::new(undo).components().count() != 1 || undo.starts_with('.') {
            return Err(gone());
        }
        let folder = self.root().join("trash").join(undo);
        let text = fs::read(folder.join(ROW)).map_err(|_| gone())?;
        let row: Value = serde_json::from_slice(&text).map_err(|_| gone())?;
        let frames = self.root().join("frames");
        let wanted = row["folder"].as_str().ok_or_else(gone)?.to_owned();
        let target = unused_path(&frames, &wanted);
        let name = row["name"].as_str().ok_or_else(gone)?.to_owned();
        if let Some(other) = self.ledger().frame(&name)? {
            return Err(LibraryError::FrameExists { name: other.name });
        }
        fs::rename(&folder, &target).map_err(LibraryError::file("move", &folder))?;
        let _ = fs::remove_file(target.join(ROW));
        let folder_name =
            target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or(wanted);
        self.ledger().put_frame(&row, &folder_name)?;
        self.frame(&name)
    }
}
