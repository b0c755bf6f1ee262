//! Conditions on rows, tried on the values of columns: which rows of a batch meet all of them.
//!
//! As in SQL, a missing value meets none but `is_null`. Lists, maps and other JSON are compared as
//! their text. Read next: [`crate::row_filter`] for the words, `row_order.rs` for who asks.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, Scalar, StringArray,
    TimestampMicrosecondArray,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::kernels::cast_utils::parse_decimal;
use arrow::compute::kernels::cmp;
use arrow::compute::{is_not_null, is_null};
use arrow::datatypes::{DataType, Decimal128Type};
use arrow::error::ArrowError;

use crate::cell::Cell;
use crate::column::{plain_type, type_of};
use crate::error::LibraryError;
use crate::flatten::FlatColumn;
use crate::frame_version::FrameVersion;
use crate::row_filter::{Filter, FilterOp};

/// Most values of one `in`: more is a join, not a condition.
const VALUES_MAX: usize = 1_000;

/// Conditions that fit the columns of one frame version.
pub(crate) struct Conditions<'a> {
    /// The columns they look at, each once.
    pub columns: Vec<&'a FlatColumn>,
    tests: Vec<(usize, Test)>,
}

enum Test {
    IsNull,
    NotNull,
    Compare(FilterOp, Scalar<ArrayRef>),
    OneOf(Vec<Scalar<ArrayRef>>),
    /// From the first up to, without, the second.
    Between(Scalar<ArrayRef>, Scalar<ArrayRef>),
    /// In lower case.
    Contains(String),
}

impl<'a> Conditions<'a> {
    pub fn new(version: &'a FrameVersion, filters: &[Filter]) -> Result<Conditions<'a>, LibraryError> {
        let mut conditions = Conditions { columns: Vec::new(), tests: Vec::new() };
        for filter in filters {
            let column = &version.columns[version.column(&filter.column)?];
            let test = test(column, filter)?;
            let known = conditions.columns.iter().position(|known| known.name == column.name);
            let place = known.unwrap_or_else(|| {
                conditions.columns.push(column);
                conditions.columns.len() - 1
            });
            conditions.tests.push((place, test));
        }
        Ok(conditions)
    }

    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// Which rows meet all conditions; `arrays` are the values of [`Conditions::columns`].
    pub fn met(&self, arrays: &[ArrayRef], rows: usize) -> Result<BooleanBuffer, LibraryError> {
        let mut met = BooleanBuffer::new_set(rows);
        for (place, test) in &self.tests {
            let outcome = test.try_on(&arrays[*place]).map_err(LibraryError::arrow)?;
            met = &met & &outcome;
        }
        Ok(met)
    }
}

impl Test {
    fn try_on(&self, array: &ArrayRef) -> Result<BooleanBuffer, ArrowError> {
        let outcome = match self {
            Test::IsNull => is_null(array)?,
            Test::NotNull => is_not_null(array)?,
            Test::Compare(op, value) => compare(*op, array, value)?,
            Test::OneOf(values) => {
                let mut found = BooleanBuffer::new_unset(array.len());
                for value in values {
                    found = &found | &true_ones(&cmp::eq(array, value)?);
                }
                return Ok(found);
            }
            Test::Between(from, until) => {
                return Ok(&true_ones(&cmp::gt_eq(array, from)?) & &true_ones(&cmp::lt(array, until)?));
            }
            Test::Contains(needle) => contains(array, needle),
        };
        Ok(true_ones(&outcome))
    }
}

fn compare(op: FilterOp, array: &ArrayRef, value: &Scalar<ArrayRef>) -> Result<BooleanArray, ArrowError> {
    match op {
        FilterOp::Ne => cmp::neq(array, value),
        FilterOp::Gt => cmp::gt(array, value),
        FilterOp::Gte => cmp::gt_eq(array, value),
        FilterOp::Lt => cmp::lt(array, value),
        FilterOp::Lte => cmp::lt_eq(array, value),
        _ => cmp::eq(array, value),
    }
}

fn true_ones(outcome: &BooleanArray) -> BooleanBuffer {
    match outcome.nulls() {
        Some(nulls) => outcome.values() & nulls.inner(),
        None => outcome.values().clone(),
    }
}

fn contains(array: &ArrayRef, needle: &str) -> BooleanArray {
    let Some(texts) = array.as_string_opt::<i32>() else {
        return BooleanArray::new(BooleanBuffer::new_unset(array.len()), None);
    };
    let ascii = needle.is_ascii();
    let holds = |text: &str| {
        if ascii && text.is_ascii() {
            let (text, needle) = (text.as_bytes(), needle.as_bytes());
            needle.is_empty() || text.windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle))
        } else {
            text.to_lowercase().contains(needle)
        }
    };
    texts.iter().map(|text| Some(text.is_some_and(holds))).collect()
}

fn test(column: &FlatColumn, filter: &Filter) -> Result<Test, LibraryError> {
    let refuse = |problem: String| LibraryError::Filter { column: column.name.clone(), problem };
    let plain = plain_type(column.field.data_type());
    let scalar = |cell: &Cell| {
        value(&plain, cell).map_err(|expected| {
            refuse(format!(
                "it is of type {}, expected {expected}, found {}",
                type_of(column).as_str(),
                shown(cell)
            ))
        })
    };
    let one = || {
        let cell = filter.value.as_ref().filter(|cell| !cell.is_null());
        cell.ok_or_else(|| refuse("expected a value to compare with, found none".to_owned()))
    };
    let several = || {
        let cells = filter.values.as_deref().unwrap_or_default();
        if cells.is_empty() || cells.len() > VALUES_MAX {
            return Err(refuse(format!("expected 1 to {VALUES_MAX} values, found {}", cells.len())));
        }
        cells.iter().map(scalar).collect::<Result<Vec<_>, _>>()
    };
    let ordered = !column.is_nested() && plain != DataType::Boolean;
    Ok(match filter.op {
        FilterOp::IsNull => Test::IsNull,
        FilterOp::NotNull => Test::NotNull,
        FilterOp::Eq | FilterOp::Ne => Test::Compare(filter.op, scalar(one()?)?),
        FilterOp::In => Test::OneOf(several()?),
        FilterOp::Contains if plain == DataType::Utf8 => match one()? {
            Cell::Text(text) => Test::Contains(text.to_lowercase()),
            other => return Err(refuse(format!("expected text to look for, found {}", shown(other)))),
        },
        FilterOp::Contains => {
            return Err(refuse(format!("{} is no text that could contain some", type_of(column).as_str())));
        }
        _ if !ordered => {
            return Err(refuse(format!("{} has no order to compare by", type_of(column).as_str())));
        }
        FilterOp::Between => match several()?.as_slice() {
            [from, until] => Test::Between(from.clone(), until.clone()),
            other => return Err(refuse(format!("expected two ends, found {}", other.len()))),
        },
        op => Test::Compare(op, scalar(one()?)?),
    })
}

/// A value in the type of its column, or what was expected of it.
fn value(plain: &DataType, cell: &Cell) -> Result<Scalar<ArrayRef>, &'static str> {
    let array: ArrayRef = match plain {
        DataType::Boolean => match cell {
            Cell::Boolean(value) => Arc::new(BooleanArray::from(vec![*value])),
            _ => return Err("true or false"),
        },
        DataType::Int64 => Arc::new(Int64Array::from(vec![integer(cell).ok_or("a whole number")?])),
        DataType::Float64 => Arc::new(Float64Array::from(vec![match cell {
            Cell::Integer(value) => *value as f64,
            Cell::Number(value) => *value,
            _ => return Err("a number"),
        }])),
        DataType::Decimal128(precision, scale) => {
            let text = match cell {
                Cell::Integer(value) => value.to_string(),
                Cell::Number(value) => value.to_string(),
                Cell::Text(text) => text.clone(),
                _ => return Err("a number"),
            };
            let value = parse_decimal::<Decimal128Type>(&text, *precision, *scale).map_err(|_| "a number")?;
            let array = Decimal128Array::from(vec![value]).with_precision_and_scale(*precision, *scale);
            Arc::new(array.map_err(|_| "a number")?)
        }
        DataType::Timestamp(_, _) => {
            let microsecond = cell.text().and_then(instant).ok_or("a time such as 2026-01-31T00:00:00Z")?;
            Arc::new(TimestampMicrosecondArray::from(vec![microsecond]).with_timezone("UTC"))
        }
        _ => match cell {
            Cell::Text(text) => Arc::new(StringArray::from(vec![text.as_str()])),
            _ => return Err("text"),
        },
    };
    Ok(Scalar::new(array))
}

fn integer(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Integer(value) => Some(*value),
        Cell::Number(value) if value.fract() == 0.0 && value.abs() < 2f64.powi(53) => Some(*value as i64),
        Cell::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// RFC 3339, or a day, which begins in UTC.
fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_microsecond());
    }
    let day = text.parse::<jiff::civil::Date>().ok()?;
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

fn shown(cell: &Cell) -> String {
    let text = serde_json::to_string(cell).unwrap_or_default();
    if text.chars().count() <= 60 { text } else { text.chars().take(59).chain(['…']).collect() }
}
