//! Formats that keep nesting: JSON (the objects as Stripe sent them), Parquet, Arrow IPC.

use std::io::Write;

use arrow::ipc::writer::FileWriter;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use pinstripe_arrow::JsonEncoder;

use super::PartialFile;
use crate::error::LibraryError;
use crate::ordered_rows::OrderedRows;

pub(super) fn write_json_lines(rows: &OrderedRows<'_>, file: &PartialFile) -> Result<u64, LibraryError> {
    let mut output = file.open()?;
    let written = each_object(rows, |_, object| {
        object.push(b'\n');
        output.write_all(object).map_err(file.failed())
    })?;
    output.flush().map_err(file.failed())?;
    Ok(written)
}

/// An array with an object a line.
pub(super) fn write_json(rows: &OrderedRows<'_>, file: &PartialFile) -> Result<u64, LibraryError> {
    let mut output = file.open()?;
    let written = each_object(rows, |number, object| {
        let before: &[u8] = if number == 0 { b"[\n" } else { b",\n" };
        output.write_all(before).and_then(|()| output.write_all(object)).map_err(file.failed())
    })?;
    let end: &[u8] = if written == 0 { b"[]\n" } else { b"\n]\n" };
    output.write_all(end).and_then(|()| output.flush()).map_err(file.failed())?;
    Ok(written)
}

fn each_object(
    rows: &OrderedRows<'_>,
    mut take: impl FnMut(u64, &mut Vec<u8>) -> Result<(), LibraryError>,
) -> Result<u64, LibraryError> {
    let internal = |error: pinstripe_arrow::EncodeError| LibraryError::Internal(error.to_string());
    let schema = rows.object_schema()?;
    let encoder = JsonEncoder::new(&schema).map_err(internal)?;
    let mut written = 0;
    let mut object = Vec::new();
    for batch in rows.objects() {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            object.clear();
            encoder.write_row(&batch, row, &mut object).map_err(internal)?;
            take(written, &mut object)?;
            written += 1;
        }
    }
    Ok(written)
}

pub(super) fn write_parquet(rows: &OrderedRows<'_>, file: &PartialFile) -> Result<u64, LibraryError> {
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let parquet_failed = |source: datafusion::parquet::errors::ParquetError| LibraryError::Export {
        problem: format!("the Parquet file cannot be written: {source}"),
        hint: None,
    };
    let mut writer = ArrowWriter::try_new(file.open()?, rows.nested_schema()?, Some(properties))
        .map_err(parquet_failed)?;
    let mut written = 0;
    for batch in rows.nested() {
        let batch = batch?;
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

pub(super) fn write_arrow(rows: &OrderedRows<'_>, file: &PartialFile) -> Result<u64, LibraryError> {
    let schema = rows.nested_schema()?;
    let mut writer = FileWriter::try_new(file.open()?, &schema).map_err(LibraryError::arrow)?;
    let mut written = 0;
    for batch in rows.nested() {
        let batch = batch?;
        writer.write(&batch).map_err(LibraryError::arrow)?;
        written += batch.num_rows() as u64;
    }
    let mut output = writer.into_inner().map_err(LibraryError::arrow)?;
    output.flush().map_err(file.failed())?;
    Ok(written)
}
