//! A file that is made to be handed out once, and is gone when whoever holds it lets go.
//!
//! It stands in the library's own `exports/`, readable by nobody else: it holds customers' data.

use std::path::PathBuf;

use super::{FileFormat, PartialFile, Readers, View};
use crate::error::LibraryError;
use crate::frame_cache::sweep_old;
use crate::ledger::FrameRecord;
use crate::library::{Library, private_folder};

/// A finished file.
#[derive(Debug)]
pub struct Download {
    pub path: PathBuf,
    /// What to call it: the frame's name and the format's ending.
    pub file_name: String,
    pub media_type: &'static str,
    pub bytes: u64,
    pub rows: u64,
}

impl Drop for Download {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl FileFormat {
    pub fn ending(self) -> &'static str {
        match self {
            FileFormat::Csv => "csv",
            FileFormat::Xlsx => "xlsx",
            FileFormat::Json => "json",
            FileFormat::JsonLines => "jsonl",
            FileFormat::Parquet => "parquet",
            FileFormat::Arrow => "arrow",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            FileFormat::Csv => "text/csv; charset=utf-8",
            FileFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            FileFormat::Json => "application/json",
            FileFormat::JsonLines => "application/x-ndjson",
            FileFormat::Parquet => "application/vnd.apache.parquet",
            FileFormat::Arrow => "application/vnd.apache.arrow.file",
        }
    }
}

impl Library {
    /// Makes a file of a view of a frame, for handing out.
    pub async fn download(
        &self,
        frame: &FrameRecord,
        format: FileFormat,
        view: View,
    ) -> Result<Download, LibraryError> {
        let folder = self.root().join("exports");
        private_folder(&folder).map_err(LibraryError::file("make", &folder))?;
        sweep_old(&folder);
        let path = folder.join(format!("{}.{}", uuid::Uuid::new_v4(), format.ending()));
        let partial = PartialFile::create(&path, Readers::Owner)?;
        let (partial, rows) = self.write(frame, format, view, partial).await?;
        let bytes = partial.keep()?;
        let file_name = format!("{}.{}", frame.name, format.ending());
        Ok(Download { path, file_name, media_type: format.media_type(), bytes, rows })
    }
}
