//! Formats that keep nesting: JSON lines (the objects as Stripe sent them), Parquet, Arrow IPC.

use std::io::Write;
use std::sync::Arc;

use arrow::ipc::writer::FileWriter;
use datafusion::dataframe::DataFrame;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use futures::TryStreamExt;
use pinstripe_arrow::JsonEncoder;

use super::{PartialFile, visible};
use crate::error::LibraryError;

pub(super) async fn write_json_lines(rows: DataFrame, file: &PartialFile) -> Result<u64, LibraryError> {
    let encoder = JsonEncoder::new(rows.schema().as_arrow())
        .map_err(|error| LibraryError::Internal(error.to_string()))?;
    let mut output = file.open()?;
    let mut written = 0;
    let mut line = Vec::new();
    let mut stream = rows.execute_stream().await.map_err(LibraryError::sql)?;
    while let Some(batch) = stream.try_next().await.map_err(LibraryError::sql)? {
        for row in 0..batch.num_rows() {
            line.clear();
            encoder
                .write_row(&batch, row, &mut line)
                .map_err(|error| LibraryError::Internal(error.to_string()))?;
            line.push(b'\n');
            output.write_all(&line).map_err(file.failed())?;
        }
        written += batch.num_rows() as u64;
    }
    output.flush().map_err(file.failed())?;
    Ok(written)
}

pub(super) async fn write_parquet(rows: DataFrame, file: &PartialFile) -> Result<u64, LibraryError> {
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let schema = rows.schema().as_arrow();
    let columns = visible(schema);
    let schema = Arc::new(schema.project(&columns).map_err(LibraryError::arrow)?);
    let parquet_failed = |source: datafusion::parquet::errors::ParquetError| LibraryError::Export {
        problem: format!("the Parquet file cannot be written: {source}"),
        hint: None,
    };
    let mut writer = ArrowWriter::try_new(file.open()?, schema, Some(properties)).map_err(parquet_failed)?;
    let mut written = 0;
    let mut stream = rows.execute_stream().await.map_err(LibraryError::sql)?;
    while let Some(batch) = stream.try_next().await.map_err(LibraryError::sql)? {
        let batch = batch.project(&columns).map_err(LibraryError::arrow)?;
        writer.write(&batch).map_err(parquet_failed)?;
        if writer.in_progress_size() > 64 << 20 {
            writer.flush().map_err(parquet_failed)?;
        }
        written += batch.num_rows() as u64;
    }
    let mut output = writer.into_inner().map_err(parquet_failed)?;
    output.flush().map_err(file.failed())?;
    Ok(written)
}

pub(super) async fn write_arrow(rows: DataFrame, file: &PartialFile) -> Result<u64, LibraryError> {
    let schema = rows.schema().as_arrow();
    let columns = visible(schema);
    let schema = schema.project(&columns).map_err(LibraryError::arrow)?;
    let mut writer = FileWriter::try_new(file.open()?, &schema).map_err(LibraryError::arrow)?;
    let mut written = 0;
    let mut stream = rows.execute_stream().await.map_err(LibraryError::sql)?;
    while let Some(batch) = stream.try_next().await.map_err(LibraryError::sql)? {
        let batch = batch.project(&columns).map_err(LibraryError::arrow)?;
        writer.write(&batch).map_err(LibraryError::arrow)?;
        written += batch.num_rows() as u64;
    }
    let mut output = writer.into_inner().map_err(LibraryError::arrow)?;
    output.flush().map_err(file.failed())?;
    Ok(written)
}
