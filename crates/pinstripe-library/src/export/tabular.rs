//! CSV: flat columns, UTF-8, times in RFC 3339, nulls empty. Amounts stay in the smallest unit, as
//! in Stripe's API.

use std::io::Write;

use arrow::csv::WriterBuilder;

use super::PartialFile;
use crate::error::LibraryError;
use crate::ordered_rows::OrderedRows;

pub(super) fn write(rows: &OrderedRows<'_>, file: &PartialFile) -> Result<u64, LibraryError> {
    let mut output = file.open()?;
    write_header(&mut output, &rows.flat_schema()).map_err(file.failed())?;
    let mut writer = WriterBuilder::new()
        .with_header(false)
        .with_timestamp_format("%Y-%m-%dT%H:%M:%SZ".to_owned())
        .with_timestamp_tz_format("%Y-%m-%dT%H:%M:%SZ".to_owned())
        .build(output);
    let mut written = 0;
    for batch in rows.flat() {
        let batch = batch?;
        writer.write(&batch).map_err(LibraryError::arrow)?;
        written += batch.num_rows() as u64;
    }
    writer.into_inner().flush().map_err(file.failed())?;
    Ok(written)
}

/// The header stands also over no rows; the writer itself would leave it out then.
fn write_header(output: &mut impl Write, schema: &arrow::datatypes::Schema) -> std::io::Result<()> {
    let names: Vec<String> = schema.fields().iter().map(|field| quoted(field.name())).collect();
    writeln!(output, "{}", names.join(","))
}

fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
