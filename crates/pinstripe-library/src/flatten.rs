//! Nested columns -> flat ones with dotted names (`billing_details.address.city`,
//! `metadata.order_id`), as people see them in tables, CSV and Excel. Lists become JSON text.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, MapArray, RecordBatch, RecordBatchOptions, StringBuilder, UInt64Array,
};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use pinstripe_arrow::JsonEncoder;

/// One flat column: where it comes from, and its name.
#[derive(Debug, Clone)]
pub struct FlatColumn {
    pub name: String,
    /// Field names from the root; the last may be a key of a map.
    path: Vec<String>,
    pub field: Field,
    kind: FlatKind,
    is_map: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FlatKind {
    Plain,
    MapKey,
    /// A list or a map that is written as JSON text.
    Json,
}

impl FlatColumn {
    /// Field names from the root.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// Whether the column is the text of a list or a map.
    pub fn is_nested(&self) -> bool {
        self.kind == FlatKind::Json
    }

    /// Whether the column is the text of a map.
    pub(crate) fn is_map(&self) -> bool {
        self.kind == FlatKind::Json && self.is_map
    }

    /// Whether the column is one key of a map.
    pub(crate) fn is_map_key(&self) -> bool {
        self.kind == FlatKind::MapKey
    }

    /// Field names from the root, of what is stored: of a map's key, the map.
    pub(crate) fn stored_path(&self) -> &[String] {
        match self.kind {
            FlatKind::MapKey => &self.path[..self.path.len() - 1],
            FlatKind::Plain | FlatKind::Json => &self.path,
        }
    }
}

/// The keys that occur in a map column of a batch.
pub fn map_keys_of(batch: &RecordBatch, name: &str) -> Vec<String> {
    let Some(map) = batch.column_by_name(name).and_then(|column| column.as_map_opt()) else {
        return Vec::new();
    };
    let Some(names) = map.keys().as_string_opt::<i32>() else { return Vec::new() };
    let mut keys: Vec<String> = names.iter().flatten().map(str::to_owned).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The flat columns of a schema. `map_keys` gives the keys that occur in each map column, by its
/// dotted name; a map of which they are not known is one column of JSON text.
pub fn flat_columns(schema: &Schema, map_keys: &dyn Fn(&str) -> Option<Vec<String>>) -> Vec<FlatColumn> {
    let mut columns = Vec::new();
    for field in schema.fields().iter().filter(|field| field.name() != "_shape") {
        flatten_field(field, &mut Vec::new(), map_keys, &mut columns);
    }
    columns
}

fn flatten_field(
    field: &Arc<Field>,
    path: &mut Vec<String>,
    map_keys: &dyn Fn(&str) -> Option<Vec<String>>,
    columns: &mut Vec<FlatColumn>,
) {
    path.push(field.name().clone());
    let name = path.join(".");
    match field.data_type() {
        DataType::Struct(children) => {
            for child in children {
                flatten_field(child, path, map_keys, columns);
            }
        }
        DataType::Map(entries, _) => {
            let value = map_value(entries);
            let keys = map_keys(&name).filter(|_| !value.is_nested());
            let kind = if keys.is_none() { FlatKind::Json } else { FlatKind::MapKey };
            if kind == FlatKind::Json {
                let field = Field::new(&name, DataType::Utf8, true).with_metadata(field.metadata().clone());
                columns.push(FlatColumn { name, path: path.clone(), field, kind, is_map: true });
            } else {
                for key in keys.unwrap_or_default() {
                    let mut path = path.clone();
                    path.push(key.clone());
                    let name = format!("{name}.{key}");
                    let field = Field::new(&name, value.clone(), true);
                    columns.push(FlatColumn { name, path, field, kind, is_map: true });
                }
            }
        }
        data_type => {
            let kind = if data_type.is_nested() { FlatKind::Json } else { FlatKind::Plain };
            let flat_type = if kind == FlatKind::Json { DataType::Utf8 } else { data_type.clone() };
            let field = Field::new(&name, flat_type, true).with_metadata(field.metadata().clone());
            columns.push(FlatColumn { name, path: path.clone(), field, kind, is_map: false });
        }
    }
    path.pop();
}

fn map_value(entries: &Field) -> DataType {
    match entries.data_type() {
        DataType::Struct(fields) if fields.len() == 2 => fields[1].data_type().clone(),
        other => other.clone(),
    }
}

/// The schema of flat columns.
pub fn flat_schema(columns: &[FlatColumn]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|column| column.field.clone()).collect::<Vec<_>>()))
}

/// A batch as its flat columns.
pub fn flatten(batch: &RecordBatch, columns: &[FlatColumn]) -> Result<RecordBatch, ArrowError> {
    let arrays = columns.iter().map(|column| flat_array(batch, column)).collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(flat_schema(columns), arrays, &options)
}

/// The values of one flat column.
pub(crate) fn flat_array(batch: &RecordBatch, column: &FlatColumn) -> Result<ArrayRef, ArrowError> {
    let (array, field) = stored_array(batch, column)?;
    match (column.kind, column.path.last()) {
        (FlatKind::MapKey, Some(key)) => map_key(array.as_map_opt().ok_or_else(|| missing(column))?, key),
        (FlatKind::Json, _) => json_text(&array, &field),
        _ => Ok(array),
    }
}

/// What a flat column is made of: the list or map itself, not its text.
pub(crate) fn nested_array(batch: &RecordBatch, column: &FlatColumn) -> Result<ArrayRef, ArrowError> {
    stored_array(batch, column).map(|(array, _)| array)
}

fn stored_array(batch: &RecordBatch, column: &FlatColumn) -> Result<(ArrayRef, Field), ArrowError> {
    let (first, rest) = column.stored_path().split_first().ok_or_else(|| missing(column))?;
    let schema = batch.schema_ref();
    let mut field = schema.field_with_name(first)?.clone();
    let mut array = batch.column_by_name(first).ok_or_else(|| missing(column))?.clone();
    for name in rest {
        let parent = array.as_struct_opt().ok_or_else(|| missing(column))?;
        let child = parent.column_by_name(name).ok_or_else(|| missing(column))?;
        let child_field =
            parent.fields().iter().find(|field| field.name() == name).ok_or_else(|| missing(column))?;
        field = child_field.as_ref().clone();
        array = masked(child, parent)?;
    }
    Ok((array, field))
}

fn missing(column: &FlatColumn) -> ArrowError {
    ArrowError::SchemaError(format!("the batch has no column `{}`", column.name))
}

/// A child of a null struct is null, whatever its own buffer says.
fn masked(child: &ArrayRef, parent: &dyn Array) -> Result<ArrayRef, ArrowError> {
    match parent.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => Ok(child.clone()),
        Some(nulls) => {
            let is_null = arrow::array::BooleanArray::new(!nulls.inner(), None);
            if child.data_type().is_nested() {
                let rows: UInt64Array =
                    (0..child.len()).map(|row| nulls.is_valid(row).then_some(row as u64)).collect();
                return take(child, &rows, None);
            }
            arrow::compute::nullif(child, &is_null)
        }
    }
}

fn map_key(map: &MapArray, key: &str) -> Result<ArrayRef, ArrowError> {
    let keys = map.keys().as_string::<i32>();
    let offsets = map.offsets();
    let positions: UInt64Array = (0..map.len())
        .map(|row| {
            let (start, end) = (offsets[row] as usize, offsets[row + 1] as usize);
            if map.is_null(row) {
                None
            } else {
                (start..end).find(|entry| keys.value(*entry) == key).map(|entry| entry as u64)
            }
        })
        .collect();
    take(map.values(), &positions, None)
}

fn json_text(array: &ArrayRef, field: &Field) -> Result<ArrayRef, ArrowError> {
    // An object with this one member, of which the member's value is taken.
    let schema = Arc::new(Schema::new(vec![field.clone().with_name("v")]));
    let batch = RecordBatch::try_new(schema.clone(), vec![array.clone()])?;
    let failed = |error: pinstripe_arrow::EncodeError| ArrowError::JsonError(error.to_string());
    let encoder = JsonEncoder::new(&schema).map_err(failed)?;
    let mut texts = StringBuilder::with_capacity(array.len(), array.len() * 16);
    let mut object = Vec::new();
    for row in 0..array.len() {
        if array.is_null(row) {
            texts.append_null();
            continue;
        }
        object.clear();
        encoder.write_row(&batch, row, &mut object).map_err(failed)?;
        let value =
            object.strip_prefix(b"{\"v\":").and_then(|rest| rest.strip_suffix(b"}")).unwrap_or_default();
        texts.append_value(String::from_utf8_lossy(value));
    }
    Ok(Arc::new(texts.finish()))
}
