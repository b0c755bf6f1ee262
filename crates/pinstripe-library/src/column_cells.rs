//! Arrow values as cells: the exact value where a page's numbers can hold it, else text.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::cell::{Cell, EXACT_INTEGER_MAX};
use crate::column::plain_type;

/// Digits that survive a way through a JavaScript number.
const EXACT_DIGITS: usize = 15;

/// The rows of flat columns, row by row.
pub fn cells(batch: &RecordBatch) -> Result<Vec<Vec<Cell>>, ArrowError> {
    let columns = batch.columns().iter().map(plain).collect::<Result<Vec<_>, _>>()?;
    Ok((0..batch.num_rows())
        .map(|row| columns.iter().map(|column| plain_cell(column, row)).collect())
        .collect())
}

/// An array in the type that its values are worked with in.
pub(crate) fn plain(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let wanted = plain_type(array.data_type());
    if *array.data_type() == wanted {
        return Ok(array.clone());
    }
    if wanted == DataType::Utf8 && !is_text(array.data_type()) {
        let formatter = ArrayFormatter::try_new(array, &FormatOptions::default())?;
        let texts = (0..array.len()).map(|row| array.is_valid(row).then(|| formatter.value(row).to_string()));
        return Ok(std::sync::Arc::new(arrow::array::StringArray::from_iter(texts)));
    }
    cast_with_options(array, &wanted, &CastOptions { safe: true, ..CastOptions::default() })
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        other => matches!(other, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
    }
}

/// One value of an array that [`plain`] made.
pub(crate) fn plain_cell(array: &ArrayRef, row: usize) -> Cell {
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::Boolean => Cell::Boolean(array.as_boolean().value(row)),
        DataType::Int64 => Cell::Integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Cell::Number(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            decimal_cell(array.as_primitive::<Decimal128Type>().value(row), *scale)
        }
        DataType::Timestamp(_, _) => {
            instant_cell(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        _ => match array.as_string_opt::<i32>() {
            Some(texts) => Cell::Text(texts.value(row).to_owned()),
            None => Cell::Null,
        },
    }
}

/// An instant in RFC 3339, UTC; one that no calendar has, as its microseconds.
pub(crate) fn instant_cell(microseconds: i64) -> Cell {
    match jiff::Timestamp::from_microsecond(microseconds) {
        Ok(instant) => Cell::Text(instant.to_string()),
        Err(_) => Cell::Integer(microseconds),
    }
}

/// A decimal as a number where the number says the same, else as exact text.
pub(crate) fn decimal_cell(unscaled: i128, scale: i8) -> Cell {
    let text = decimal_text(unscaled, scale);
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let whole = text.parse::<i64>().ok().filter(|value| value.unsigned_abs() <= EXACT_INTEGER_MAX as u64);
    match (whole, text.parse::<f64>()) {
        (Some(whole), _) => Cell::Integer(whole),
        (None, Ok(number)) if digits <= EXACT_DIGITS && text.contains('.') => Cell::Number(number),
        _ => Cell::Text(text),
    }
}

/// Without zeros that say nothing: `12.5`, not `12.500000000000`.
fn decimal_text(unscaled: i128, scale: i8) -> String {
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = unscaled.unsigned_abs().to_string();
    let Ok(scale @ 1..) = usize::try_from(scale) else {
        let zeros = if unscaled == 0 { 0 } else { usize::from(scale.unsigned_abs()) };
        return format!("{sign}{digits}{}", "0".repeat(zeros));
    };
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Date32Array, Int32Array, StringArray, UInt64Array};

    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (unscaled, scale, cell) in [
            (12_500_000_000_000, 12, Cell::Number(12.5)),
            (-3_000_000_000_000, 12, Cell::Integer(-3)),
            (0, 12, Cell::Integer(0)),
            (1, 12, Cell::Number(0.000_000_000_001)),
            (123_456_789_012_345_678_901_234_567, 12, Cell::Text("123456789012345.678901234567".to_owned())),
            (9_007_199_254_740_993, 0, Cell::Text("9007199254740993".to_owned())),
            (5, -2, Cell::Integer(500)),
        ] {
            assert_eq!(decimal_cell(unscaled, scale), cell, "{unscaled} {scale}");
        }
    }

    #[test]
    fn values_of_any_programs_types_are_cells() {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("int", Arc::new(Int32Array::from(vec![Some(7), None]))),
            ("great", Arc::new(UInt64Array::from(vec![u64::MAX, 1]))),
            ("day", Arc::new(Date32Array::from(vec![0, 1]))),
            ("text", Arc::new(StringArray::from(vec!["a", "<b>"]))),
        ];
        let rows = cells(&RecordBatch::try_from_iter(columns).unwrap()).unwrap();
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(
            rows[0],
            [Cell::Integer(7), text("18446744073709551615"), text("1970-01-01T00:00:00Z"), text("a")]
        );
        assert_eq!(rows[1], [Cell::Null, Cell::Integer(1), text("1970-01-02T00:00:00Z"), text("<b>")]);
    }
}
