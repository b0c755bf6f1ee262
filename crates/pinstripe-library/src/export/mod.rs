//! A frame, or a view of it, as a file: CSV, Excel, JSON, Parquet or Arrow, by the file's ending.
//!
//! The file appears under its name only when it is whole. Rows come newest first where no other
//! order is asked for and they have a `created`. What is held of them at once is bounded.
//! Read next: [`crate::ordered_rows`] for the rows, `tabular` (CSV), `workbook` (Excel), `nested` (the
//! others), `download` for files that are handed out and go.

mod download;
mod nested;
mod tabular;
mod workbook;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::cores::blocking;
use crate::error::LibraryError;
use crate::ledger::FrameRecord;
use crate::library::Library;
use crate::ordered_rows::OrderedRows;
use crate::row_filter::Filter;
use crate::row_order::Sort;

pub use download::Download;

/// The kinds of file a frame can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    Csv,
    Xlsx,
    /// One array of objects.
    Json,
    /// An object a line.
    JsonLines,
    Parquet,
    Arrow,
}

impl FileFormat {
    /// The format that a file's ending names.
    pub fn of(path: &Path) -> Result<FileFormat, LibraryError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        Ok(match ending.as_deref() {
            Some("csv") => FileFormat::Csv,
            Some("xlsx") => FileFormat::Xlsx,
            Some("json") => FileFormat::Json,
            Some("jsonl" | "ndjson") => FileFormat::JsonLines,
            Some("parquet") => FileFormat::Parquet,
            Some("arrow" | "ipc" | "feather") => FileFormat::Arrow,
            _ => {
                return Err(LibraryError::Export {
                    problem: format!("`{}` does not say what kind of file it is", path.display()),
                    hint: Some("end the name with .csv, .xlsx, .json, .jsonl, .parquet or .arrow".to_owned()),
                });
            }
        })
    }
}

/// What an export wrote.
#[derive(Debug, serde::Serialize)]
pub struct ExportReport {
    pub frame: String,
    pub file: PathBuf,
    pub rows: u64,
    pub bytes: u64,
}

/// The columns, rows and order that a file is to have.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct View {
    /// All where there are none.
    pub columns: Option<Vec<String>>,
    pub filters: Vec<Filter>,
    pub sort: Vec<Sort>,
    /// The last one where none is named.
    pub version: Option<i64>,
}

impl Library {
    /// Writes a frame to a file, replacing one that is there.
    pub async fn export(&self, name: &str, path: &Path) -> Result<ExportReport, LibraryError> {
        let format = FileFormat::of(path)?;
        let frame = self.frame(name)?;
        if path.is_dir() {
            return Err(LibraryError::Export {
                problem: format!("`{}` is a folder, expected a file", path.display()),
                hint: None,
            });
        }
        let partial = PartialFile::create(path, Readers::AsUsual)?;
        let (partial, rows) = self.write(&frame, format, View::default(), partial).await?;
        let bytes = partial.keep()?;
        Ok(ExportReport { frame: frame.name, file: path.to_owned(), rows, bytes })
    }

    async fn write(
        &self,
        frame: &FrameRecord,
        format: FileFormat,
        view: View,
        partial: PartialFile,
    ) -> Result<(PartialFile, u64), LibraryError> {
        let version = self.open_version(frame, view.version).await?;
        let (cache, name) = (Arc::clone(&self.cache), frame.name.clone());
        blocking(move || {
            let order = cache.order(&version, &view.filters, &view.sort)?;
            let rows = OrderedRows::new(&version.files, &order.positions, view.columns.as_deref())?;
            let written = match format {
                FileFormat::Csv => tabular::write(&rows, &partial)?,
                FileFormat::Xlsx => workbook::write(&rows, &partial, &name)?,
                FileFormat::Json => nested::write_json(&rows, &partial)?,
                FileFormat::JsonLines => nested::write_json_lines(&rows, &partial)?,
                FileFormat::Parquet => nested::write_parquet(&rows, &partial)?,
                FileFormat::Arrow => nested::write_arrow(&rows, &partial)?,
            };
            Ok((partial, written))
        })
        .await
    }
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    AsUsual,
    /// This user alone.
    Owner,
}

/// A file under another name until it is whole.
struct PartialFile {
    path: PathBuf,
    target: PathBuf,
    kept: bool,
}

impl PartialFile {
    fn create(target: &Path, readers: Readers) -> Result<PartialFile, LibraryError> {
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let path = target.with_file_name(format!(".{name}.partial-{}", std::process::id()));
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        if readers == Readers::Owner {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        options.open(&path).map_err(LibraryError::file("write", target))?;
        Ok(PartialFile { path, target: target.to_owned(), kept: false })
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    fn open(&self) -> Result<std::io::BufWriter<File>, LibraryError> {
        let file = File::create(&self.path).map_err(LibraryError::file("write", &self.target))?;
        Ok(std::io::BufWriter::with_capacity(1 << 20, file))
    }

    fn failed(&self) -> impl Fn(std::io::Error) -> LibraryError {
        let target = self.target.clone();
        move |source| LibraryError::File { action: "write", path: target.clone(), source }
    }

    fn keep(mut self) -> Result<u64, LibraryError> {
        let bytes = self.path.metadata().map_err(self.failed())?.len();
        std::fs::rename(&self.path, &self.target).map_err(self.failed())?;
        self.kept = true;
        Ok(bytes)
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
