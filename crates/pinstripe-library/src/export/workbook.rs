//! Excel: one sheet, flat columns, real dates (UTC) and numbers. Excel's limits are met before a
//! row is written, not discovered by the reader.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::PartialFile;
use crate::error::LibraryError;
use crate::ordered_rows::OrderedRows;

const ROWS_MAX: u64 = 1_048_575;
const COLUMNS_MAX: usize = 16_384;
/// Characters in a cell.
const TEXT_MAX: usize = 32_767;
/// Whole numbers beyond this lose digits in Excel; they are written as text.
const INTEGER_EXACT_MAX: u64 = 1 << 53;

pub(super) fn write(rows: &OrderedRows<'_>, file: &PartialFile, frame: &str) -> Result<u64, LibraryError> {
    let schema = rows.flat_schema();
    let columns = schema.fields().len();
    if rows.count() > ROWS_MAX || columns > COLUMNS_MAX {
        return Err(LibraryError::Export {
            problem: format!(
                "an Excel sheet holds {ROWS_MAX} rows and {COLUMNS_MAX} columns, `{frame}` has {} rows and {columns} columns",
                rows.count(),
            ),
            hint: Some("export to .csv or .parquet, or choose rows with `pinstripe sql`".to_owned()),
        });
    }
    let mut workbook = Workbook::new();
    // Rows wait in a file before they are packed: it is to be where the finished file is.
    workbook.set_tempdir(file.folder()).map_err(failed)?;
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
    sheet.set_name("rows").map_err(failed)?;
    let bold = Format::new().set_bold();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    for (position, field) in schema.fields().iter().enumerate() {
        sheet.write_string_with_format(0, position as u16, field.name(), &bold).map_err(failed)?;
    }
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    let mut written = 0;
    for batch in rows.flat() {
        let batch = batch?;
        write_batch(sheet, &batch, written as u32 + 1, &date)?;
        written += batch.num_rows() as u64;
    }
    workbook.save(&file.path).map_err(failed)?;
    Ok(written)
}

fn write_batch(
    sheet: &mut Worksheet,
    batch: &RecordBatch,
    first_row: u32,
    date: &Format,
) -> Result<(), LibraryError> {
    // Constant memory needs row by row.
    for row in 0..batch.num_rows() {
        for (position, column) in batch.columns().iter().enumerate() {
            if !column.is_null(row) {
                write_cell(sheet, first_row + row as u32, position as u16, column, row, date)?;
            }
        }
    }
    Ok(())
}

fn write_cell(
    sheet: &mut Worksheet,
    at_row: u32,
    at_column: u16,
    column: &ArrayRef,
    row: usize,
    date: &Format,
) -> Result<(), LibraryError> {
    let done = match column.data_type() {
        DataType::Utf8 => write_text(sheet, at_row, at_column, column.as_string::<i32>().value(row)),
        DataType::Boolean => sheet.write_boolean(at_row, at_column, column.as_boolean().value(row)).map(drop),
        DataType::Int64 => {
            let value = column.as_primitive::<Int64Type>().value(row);
            if value.unsigned_abs() > INTEGER_EXACT_MAX {
                write_text(sheet, at_row, at_column, &value.to_string())
            } else {
                sheet.write_number(at_row, at_column, value as f64).map(drop)
            }
        }
        DataType::Float64 => {
            sheet.write_number(at_row, at_column, column.as_primitive::<Float64Type>().value(row)).map(drop)
        }
        DataType::Decimal128(_, scale) => {
            let value = column.as_primitive::<Decimal128Type>().value(row);
            sheet.write_number(at_row, at_column, value as f64 / 10f64.powi(i32::from(*scale))).map(drop)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let second = column.as_primitive::<TimestampMicrosecondType>().value(row).div_euclid(1_000_000);
            match ExcelDateTime::from_timestamp(second) {
                Ok(moment) => sheet.write_datetime_with_format(at_row, at_column, &moment, date).map(drop),
                // Before 1900 or after 9999: no date in Excel.
                Err(_) => sheet.write_number(at_row, at_column, second as f64).map(drop),
            }
        }
        _ => {
            let formatter =
                ArrayFormatter::try_new(column, &FormatOptions::default()).map_err(LibraryError::arrow)?;
            write_text(sheet, at_row, at_column, &formatter.value(row).to_string())
        }
    };
    done.map_err(failed)
}

/// Text is written as text: a value that begins with `=` is no formula.
fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    if text.encode_utf16().count() <= TEXT_MAX {
        return sheet.write_string(row, column, text).map(drop);
    }
    let mut shortened: String = text.chars().take(TEXT_MAX / 2 - 20).collect();
    shortened.push_str("... [cut for Excel]");
    sheet.write_string(row, column, shortened).map(drop)
}

fn failed(error: XlsxError) -> LibraryError {
    LibraryError::Export { problem: format!("the Excel file cannot be written: {error}"), hint: None }
}
