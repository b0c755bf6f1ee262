//! Rows of a batch back to the JSON that Stripe sent.
//!
//! Works from a schema and its metadata alone, so that frames outlive the catalog they were
//! imported with: no catalog, no decoder. Columns that a file left out, other string and list
//! layouts (as query engines make them) and batches without metadata are taken as they are.
//! Read next: `encode_value.rs` (a value), `encode_patch.rs` (`extra` and `_shape`).

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, Field, Fields, Schema};
use arrow::record_batch::RecordBatch;

use crate::encode_patch::{Patch, Shape};
use crate::encode_value::text_at;
use crate::error::EncodeError;
use crate::fields::{ELEMENT, EXTRA_COLUMN, KIND, NULL, SHAPE_COLUMN};

/// Writes rows of one schema as JSON objects.
#[derive(Debug)]
pub struct JsonEncoder {
    row: Vec<FieldPlan>,
    extra: Option<usize>,
    shape: Option<usize>,
}

/// One column that is written under its name.
#[derive(Debug)]
pub(crate) struct FieldPlan {
    /// Its place among its siblings' arrays.
    pub column: usize,
    pub name: String,
    /// `"name":`, escaped.
    pub key: Vec<u8>,
    /// A null is a field that was left out.
    pub null_is_absent: bool,
    pub value: ValuePlan,
}

/// How the values of an array are written.
#[derive(Debug)]
pub(crate) enum ValuePlan {
    Text,
    /// Text that is JSON already.
    Json,
    Integer,
    /// Divided by this, whole seconds come out.
    Timestamp(i64),
    Number,
    /// A string; the scale.
    Decimal(i8),
    Boolean,
    Struct(Vec<FieldPlan>),
    List(Box<ValuePlan>),
    Map(Box<ValuePlan>),
}

impl JsonEncoder {
    pub fn new(schema: &Schema) -> Result<JsonEncoder, EncodeError> {
        let system = |name: &str, kind: &str| {
            schema.fields().iter().position(|field| match field.metadata().get(KIND) {
                Some(found) => found == kind,
                // A schema without metadata: the names are all there is.
                None => field.name() == name && is_text(field.data_type()),
            })
        };
        let extra = system(EXTRA_COLUMN, "extra");
        let shape = system(SHAPE_COLUMN, "shape");
        let mut row = fields(schema.fields(), "")?;
        row.retain(|field| Some(field.column) != extra && Some(field.column) != shape);
        Ok(JsonEncoder { row, extra, shape })
    }

    /// Appends one row as a JSON object, without blanks and without a line feed.
    pub fn write_row(&self, batch: &RecordBatch, row: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if row >= batch.num_rows() {
            return Err(EncodeError::NoSuchRow { row, rows: batch.num_rows() });
        }
        let columns = batch.columns();
        let extra = system_text(columns, self.extra, row)?;
        let shape = system_text(columns, self.shape, row)?;
        let patch = match extra {
            Some(text) => Some(Patch::parse(text).ok_or_else(|| damaged(EXTRA_COLUMN, "a json object"))?),
            None => None,
        };
        let shape = match shape {
            Some(text) => Some(Shape::parse(text).ok_or_else(|| damaged(SHAPE_COLUMN, "a shape"))?),
            None => None,
        };
        let length = out.len();
        let written =
            crate::encode_value::object(&self.row, columns, row, patch.as_ref(), shape.as_ref(), out);
        if written.is_err() {
            out.truncate(length);
        }
        written
    }
}

fn damaged(column: &str, expected: &'static str) -> EncodeError {
    EncodeError::DamagedColumn { column: column.to_owned(), expected }
}

fn system_text(columns: &[ArrayRef], column: Option<usize>, row: usize) -> Result<Option<&str>, EncodeError> {
    let Some(column) = column else { return Ok(None) };
    let array = columns
        .get(column)
        .ok_or_else(|| EncodeError::OtherColumns { found: format!("{} columns", columns.len()) })?;
    if array.is_null(row) { Ok(None) } else { text_at(array.as_ref(), row).map(Some) }
}

fn fields(fields: &Fields, path: &str) -> Result<Vec<FieldPlan>, EncodeError> {
    let plan = |(column, field): (usize, &std::sync::Arc<Field>)| {
        let mut key = Vec::new();
        crate::encode_value::string(field.name(), &mut key);
        key.push(b':');
        Ok(FieldPlan {
            column,
            name: field.name().clone(),
            key,
            null_is_absent: field.metadata().get(NULL).is_some_and(|null| null == "absent"),
            value: value(field, None, &crate::nodes::join(path, field.name()))?,
        })
    };
    fields.iter().enumerate().map(plan).collect()
}

/// `kind` is what the enclosing list or map says of its elements, for where they cannot say so.
fn value(field: &Field, kind: Option<&str>, path: &str) -> Result<ValuePlan, EncodeError> {
    let kind = field.metadata().get(KIND).map(String::as_str).or(kind);
    let element_kind = field.metadata().get(ELEMENT).map(String::as_str);
    let data_type = match field.data_type() {
        DataType::Dictionary(_, values) => values.as_ref(),
        other => other,
    };
    Ok(match data_type {
        text if is_text(text) => {
            if kind == Some("json") {
                ValuePlan::Json
            } else {
                ValuePlan::Text
            }
        }
        DataType::Int64 => ValuePlan::Integer,
        DataType::Timestamp(unit, _) => ValuePlan::Timestamp(match unit {
            arrow::datatypes::TimeUnit::Second => 1,
            arrow::datatypes::TimeUnit::Millisecond => 1_000,
            arrow::datatypes::TimeUnit::Microsecond => 1_000_000,
            arrow::datatypes::TimeUnit::Nanosecond => 1_000_000_000,
        }),
        DataType::Float64 => ValuePlan::Number,
        DataType::Decimal128(_, scale) => ValuePlan::Decimal(*scale),
        DataType::Boolean => ValuePlan::Boolean,
        DataType::Struct(inner) => ValuePlan::Struct(fields(inner, path)?),
        DataType::List(element)
        | DataType::LargeList(element)
        | DataType::ListView(element)
        | DataType::LargeListView(element) => ValuePlan::List(Box::new(value(element, element_kind, path)?)),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(inner) if inner.len() == 2 && is_text(inner[0].data_type()) => {
                ValuePlan::Map(Box::new(value(&inner[1], element_kind, path)?))
            }
            _ => return Err(unsupported(path, field)),
        },
        _ => return Err(unsupported(path, field)),
    })
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        other => matches!(other, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
    }
}

fn unsupported(path: &str, field: &Field) -> EncodeError {
    EncodeError::UnsupportedType { path: path.to_owned(), found: field.data_type().to_string() }
}
