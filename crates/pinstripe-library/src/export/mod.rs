//! A frame as a file: CSV, Excel, JSON lines, Parquet or Arrow, by the file's ending.
//!
//! The file appears under its name only when it is whole. Rows come newest first where they have
//! a `created`. Read next: `tabular` (CSV), `workbook` (Excel), `nested` (the other three).

mod nested;
mod tabular;
mod workbook;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Schema};
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::col;
use futures::TryStreamExt;

use crate::error::LibraryError;
use crate::flatten::{FlatColumn, flat_columns};
use crate::library::Library;

/// The kinds of file a frame can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    Csv,
    Xlsx,
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
            Some("jsonl" | "ndjson") => FileFormat::JsonLines,
            Some("parquet") => FileFormat::Parquet,
            Some("arrow" | "ipc" | "feather") => FileFormat::Arrow,
            _ => {
                return Err(LibraryError::Export {
                    problem: format!("`{}` does not say what kind of file it is", path.display()),
                    hint: Some("end the name with .csv, .xlsx, .jsonl, .parquet or .arrow".to_owned()),
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
        let rows = newest_first(self.frame_rows(&frame).await?)?;
        let partial = PartialFile::create(path)?;
        let written = match format {
            FileFormat::Csv => tabular::write(rows, &partial).await?,
            FileFormat::Xlsx => workbook::write(rows, &partial, &frame).await?,
            FileFormat::JsonLines => nested::write_json_lines(rows, &partial).await?,
            FileFormat::Parquet => nested::write_parquet(rows, &partial).await?,
            FileFormat::Arrow => nested::write_arrow(rows, &partial).await?,
        };
        let bytes = partial.keep()?;
        Ok(ExportReport { frame: frame.name, file: path.to_owned(), rows: written, bytes })
    }
}

pub(crate) fn newest_first(rows: DataFrame) -> Result<DataFrame, LibraryError> {
    if rows.schema().as_arrow().column_with_name("created").is_none() {
        return Ok(rows);
    }
    let by = [("created", true), ("id", true)];
    let known = rows.schema().as_arrow().clone();
    let by = by.iter().filter(|(name, _)| known.column_with_name(name).is_some());
    let order = by.map(|(name, descending)| col(*name).sort(!descending, false)).collect();
    rows.sort(order).map_err(LibraryError::sql)
}

/// The flat columns of a frame, after a look at which keys its maps have.
async fn columns_of(rows: &DataFrame) -> Result<Vec<FlatColumn>, LibraryError> {
    let schema = rows.schema().as_arrow().clone();
    let mut found = Vec::new();
    for field in schema.fields() {
        if let DataType::Map(_, _) = field.data_type() {
            found.push((field.name().clone(), map_keys(rows, field.name()).await?));
        }
    }
    Ok(flat_columns(&schema, &|name| found.iter().find(|(map, _)| map == name).map(|(_, keys)| keys.clone())))
}

/// Most keys that become columns: more would be no table any more.
const MAP_KEYS_MAX: usize = 200;

async fn map_keys(rows: &DataFrame, column: &str) -> Result<Vec<String>, LibraryError> {
    let selected = rows.clone().select_columns(&[column]).map_err(LibraryError::sql)?;
    let mut stream = selected.execute_stream().await.map_err(LibraryError::sql)?;
    let mut keys = BTreeSet::new();
    while let Some(batch) = stream.try_next().await.map_err(LibraryError::sql)? {
        let map = batch.column(0).as_map();
        let names = map.keys().as_string::<i32>();
        for row in 0..map.len() {
            for entry in map.offsets()[row]..map.offsets()[row + 1] {
                let name = names.value(entry as usize);
                if !keys.contains(name) {
                    keys.insert(name.to_owned());
                }
            }
        }
    }
    if keys.len() > MAP_KEYS_MAX {
        return Err(LibraryError::Export {
            problem: format!("`{column}` has {} keys, too many for columns of their own", keys.len()),
            hint: Some("export to .jsonl or .parquet, which keep it whole".to_owned()),
        });
    }
    Ok(keys.into_iter().collect())
}

/// A file under another name until it is whole.
struct PartialFile {
    path: PathBuf,
    target: PathBuf,
    kept: bool,
}

impl PartialFile {
    fn create(target: &Path) -> Result<PartialFile, LibraryError> {
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let path = target.with_file_name(format!(".{name}.partial-{}", std::process::id()));
        File::create(&path).map_err(LibraryError::file("write", target))?;
        Ok(PartialFile { path, target: target.to_owned(), kept: false })
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

/// The visible part of a frame's schema.
fn visible(schema: &Schema) -> Vec<usize> {
    (0..schema.fields().len()).filter(|index| schema.field(*index).name() != "_shape").collect()
}
