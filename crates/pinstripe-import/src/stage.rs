//! Decoded rows -> Parquet files in the staging folder, with memory bounded by one row group.
//!
//! Files may leave out union variants that no row has had yet. When a variant appears, the open
//! file is closed and the next one has it; at the end files that lack one are written anew, so
//! that every file of a frame has the same columns and any reader can read them. The files of
//! several accounts are brought to the same columns in the same way ([`unite`]).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use pinstripe_arrow::{DecodedBatch, RowSchema, SparseFields};

use crate::account_column::{named, with_account_field};
use crate::error::ImportError;
use crate::left_out::without;
use crate::widen::widen;

/// Rows gathered before they are handed to the Parquet writer.
const CHUNK_ROWS: usize = 4_096;
const ROW_GROUP_ROWS: usize = 131_072;
/// The writer's buffers are flushed beyond this, however few rows they hold.
const ROW_GROUP_BYTES: usize = 32 * 1024 * 1024;
/// A file is closed beyond this, so that readers can share the work.
const FILE_BYTES: usize = 256 * 1024 * 1024;

/// A finished Parquet file in the staging folder.
#[derive(Debug, Clone)]
pub struct StagedFile {
    pub path: PathBuf,
    pub rows: u64,
    pub bytes: u64,
    /// The account whose rows it holds, where accounts were chosen.
    pub account: Option<String>,
    present: SparseFields,
}

/// What the rows of one stager have in common.
#[derive(Debug, Clone)]
pub(crate) struct RowsOf {
    pub row_schema: Arc<RowSchema>,
    /// Columns that are not kept.
    pub left_out: Vec<String>,
    /// The column of the account and the account's id, where accounts were chosen.
    pub account: Option<(Field, String)>,
}

impl RowsOf {
    /// The columns that come from Stripe.
    fn schema(&self, present: &SparseFields) -> SchemaRef {
        without(&self.row_schema.schema_with(present), &self.left_out)
    }

    /// The columns of a file.
    fn file_schema(&self, present: &SparseFields) -> SchemaRef {
        with_account_field(&self.schema(present), self.account.as_ref().map(|(field, _)| field))
    }
}

/// Writes the files of one run. Synchronous: it runs on a thread of its own.
pub(crate) struct Stager {
    folder: PathBuf,
    rows_of: RowsOf,
    /// The sparse fields that rows have had so far.
    present: SparseFields,
    waiting: Vec<RecordBatch>,
    waiting_rows: usize,
    open: Option<OpenFile>,
    files: Vec<StagedFile>,
    next_number: usize,
}

struct OpenFile {
    path: PathBuf,
    schema: SchemaRef,
    present: SparseFields,
    writer: ArrowWriter<File>,
    rows: u64,
}

impl Stager {
    pub fn new(folder: PathBuf, rows_of: RowsOf) -> Self {
        Stager {
            folder,
            rows_of,
            present: SparseFields::default(),
            waiting: Vec::new(),
            waiting_rows: 0,
            open: None,
            files: Vec::new(),
            next_number: 0,
        }
    }

    pub fn push(&mut self, decoded: DecodedBatch) -> Result<(), ImportError> {
        // Rows that wait came with narrower columns; they fit the wider ones as well.
        self.present.union(&decoded.present);
        self.waiting_rows += decoded.batch.num_rows();
        self.waiting.push(decoded.batch);
        if self.waiting_rows >= CHUNK_ROWS { self.write_waiting() } else { Ok(()) }
    }

    /// The columns of a file whose rows have what rows have had so far.
    fn schema(&self) -> SchemaRef {
        self.rows_of.file_schema(&self.present)
    }

    /// Closes the last file and brings every file to the same columns.
    pub fn finish(mut self) -> Result<(Vec<StagedFile>, SchemaRef), ImportError> {
        self.write_waiting()?;
        if self.open.is_none() && self.files.is_empty() {
            // No rows: one empty file still carries the columns to every reader.
            self.open = Some(self.create()?);
        }
        self.close()?;
        let schema = self.schema();
        let files = std::mem::take(&mut self.files);
        for file in files {
            if file.present == self.present {
                self.files.push(file);
            } else {
                self.rewrite(file)?;
            }
        }
        Ok((self.files, schema))
    }

    fn write_waiting(&mut self) -> Result<(), ImportError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let schema = self.rows_of.schema(&self.present);
        let widened = self.waiting.iter().map(|batch| widen(batch, &schema)).collect::<Result<Vec<_>, _>>();
        let chunk =
            widened.and_then(|batches| concat_batches(&schema, &batches)).map_err(ImportError::internal)?;
        let chunk = match &self.rows_of.account {
            None => chunk,
            Some((field, id)) => named(&chunk, field, id).map_err(ImportError::internal)?,
        };
        self.waiting.clear();
        self.waiting_rows = 0;
        let schema = self.schema();
        if self.open.as_ref().is_some_and(|open| open.schema != schema) {
            self.close()?;
        }
        self.write(&chunk)
    }

    fn write(&mut self, chunk: &RecordBatch) -> Result<(), ImportError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.create()?,
        };
        open.writer.write(chunk).map_err(ImportError::parquet("write"))?;
        open.rows += chunk.num_rows() as u64;
        if open.writer.in_progress_size() > ROW_GROUP_BYTES {
            open.writer.flush().map_err(ImportError::parquet("write"))?;
        }
        let full = open.writer.bytes_written() > FILE_BYTES;
        self.open = Some(open);
        if full { self.close() } else { Ok(()) }
    }

    fn create(&mut self) -> Result<OpenFile, ImportError> {
        let path = self.folder.join(format!("{:05}.parquet", self.next_number));
        self.next_number += 1;
        let file = File::create(&path).map_err(|source| ImportError::Staging {
            action: "write",
            path: path.clone(),
            source,
        })?;
        let schema = self.schema();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(writer_properties()))
            .map_err(ImportError::parquet("write"))?;
        Ok(OpenFile { path, schema, present: self.present.clone(), writer, rows: 0 })
    }

    fn close(&mut self) -> Result<(), ImportError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let file = open.writer.into_inner().map_err(ImportError::parquet("finish"))?;
        let durable = file.sync_all().and_then(|()| file.metadata());
        let bytes = durable
            .map_err(|source| ImportError::Staging { action: "finish", path: open.path.clone(), source })?
            .len();
        self.files.push(StagedFile {
            path: open.path,
            rows: open.rows,
            bytes,
            account: self.rows_of.account.as_ref().map(|(_, id)| id.clone()),
            present: open.present,
        });
        Ok(())
    }

    fn rewrite(&mut self, file: StagedFile) -> Result<(), ImportError> {
        let schema = self.schema();
        let source = File::open(&file.path).map_err(|source| ImportError::Staging {
            action: "read",
            path: file.path.clone(),
            source,
        })?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(source)
            .and_then(|builder| builder.with_batch_size(CHUNK_ROWS).build())
            .map_err(ImportError::parquet("read"))?;
        for batch in reader {
            let batch = batch.and_then(|batch| widen(&batch, &schema)).map_err(ImportError::internal)?;
            self.write(&batch)?;
        }
        self.close()?;
        remove_file(&file.path)
    }
}

/// Brings the files of several stagers to the same columns. Those without rows go, as long as one
/// is left to carry the columns. `go_on` is asked before each file; there may be many.
pub(crate) fn unite(
    staged: Vec<(RowsOf, Vec<StagedFile>)>,
    go_on: impl Fn() -> Result<(), ImportError>,
) -> Result<(Vec<StagedFile>, SchemaRef), ImportError> {
    let mut present = SparseFields::default();
    for file in staged.iter().flat_map(|(_, files)| files) {
        present.union(&file.present);
    }
    let some_rows = staged.iter().flat_map(|(_, files)| files).any(|file| file.rows > 0);
    let mut united: Vec<StagedFile> = Vec::new();
    let mut schema = None;
    for (rows_of, files) in staged {
        schema.get_or_insert_with(|| rows_of.file_schema(&present));
        let next_number = files.iter().filter_map(|file| number(&file.path)).max().map_or(0, |last| last + 1);
        let mut stager: Option<Stager> = None;
        for file in files {
            go_on()?;
            if file.rows == 0 && (some_rows || !united.is_empty()) {
                remove_file(&file.path)?;
            } else if file.present == present {
                united.push(file);
            } else {
                let folder = file.path.parent().map(Path::to_owned).unwrap_or_default();
                let stager = stager.get_or_insert_with(|| Stager {
                    present: present.clone(),
                    next_number,
                    ..Stager::new(folder, rows_of.clone())
                });
                stager.rewrite(file)?;
                united.append(&mut stager.files);
            }
        }
    }
    let schema = schema.ok_or_else(|| ImportError::Internal("no account has any columns".to_owned()))?;
    Ok((united, schema))
}

/// The number in a staged file's name.
fn number(path: &Path) -> Option<usize> {
    path.file_stem()?.to_str()?.parse().ok()
}

fn remove_file(path: &Path) -> Result<(), ImportError> {
    std::fs::remove_file(path).map_err(|source| ImportError::Staging {
        action: "remove",
        path: path.to_owned(),
        source,
    })
}

fn writer_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("pinstripe ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}
