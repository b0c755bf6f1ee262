//! A batch whose columns are some of a wider schema's -> that wider schema, the rest null. Columns
//! that the schema does not have (those a plan leaves out) go.
//!
//! Files of a frame must all have the same columns, and which variants of a union occur is known
//! only when the last row has come.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, ListArray, MapArray, RecordBatch, RecordBatchOptions, StructArray,
    new_null_array,
};
use arrow::datatypes::{DataType, Field, Fields, SchemaRef};
use arrow::error::ArrowError;

/// Brings a batch to `schema`, at any depth.
pub fn widen(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    if batch.schema_ref() == schema {
        return Ok(batch.clone());
    }
    let rows = batch.num_rows();
    let columns = schema
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) => widen_array(column, field),
            None => Ok(new_null_array(field.data_type(), rows)),
        })
        .collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new_with_options(
        schema.clone(),
        columns,
        &RecordBatchOptions::new().with_row_count(Some(rows)),
    )
}

fn widen_array(array: &ArrayRef, field: &Field) -> Result<ArrayRef, ArrowError> {
    if array.data_type() == field.data_type() {
        return Ok(array.clone());
    }
    match (array.data_type(), field.data_type()) {
        (DataType::Struct(_), DataType::Struct(fields)) => widen_struct(array.as_struct(), fields),
        (DataType::List(_), DataType::List(element)) => {
            let list: &ListArray = array.as_list();
            let values = widen_array(list.values(), element)?;
            Ok(Arc::new(ListArray::try_new(
                element.clone(),
                list.offsets().clone(),
                values,
                list.nulls().cloned(),
            )?))
        }
        (DataType::Map(_, _), DataType::Map(entries_field, sorted)) => {
            let map: &MapArray = array.as_map();
            let entries: ArrayRef = Arc::new(map.entries().clone());
            let entries = widen_array(&entries, entries_field)?;
            let entries = entries.as_struct().clone();
            Ok(Arc::new(MapArray::try_new(
                entries_field.clone(),
                map.offsets().clone(),
                entries,
                map.nulls().cloned(),
                *sorted,
            )?))
        }
        (found, wanted) => Err(ArrowError::SchemaError(format!(
            "the column `{}` cannot become another type: expected {wanted}, found {found}",
            field.name()
        ))),
    }
}

fn widen_struct(array: &StructArray, fields: &Fields) -> Result<ArrayRef, ArrowError> {
    let columns = fields
        .iter()
        .map(|field| match array.column_by_name(field.name()) {
            Some(column) => widen_array(column, field),
            None => Ok(new_null_array(field.data_type(), array.len())),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(StructArray::try_new(fields.clone(), columns, array.nulls().cloned())?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use arrow::array::{Int64Array, StringArray};
    use arrow::buffer::OffsetBuffer;
    use arrow::datatypes::Schema;

    fn int(name: &str) -> Field {
        Field::new(name, DataType::Int64, true)
    }

    #[test]
    fn fields_appear_at_any_depth_and_rows_stay_as_they_are() {
        let narrow = Fields::from(vec![int("a")]);
        let wide = Fields::from(vec![int("a"), Field::new("b", DataType::Utf8, true)]);
        let element =
            |fields: &Fields| Arc::new(Field::new("element", DataType::Struct(fields.clone()), true));
        let structs: ArrayRef =
            Arc::new(StructArray::new(narrow.clone(), vec![Arc::new(Int64Array::from(vec![1, 2, 3]))], None));
        let list = ListArray::new(element(&narrow), OffsetBuffer::from_lengths([2, 0, 1]), structs, None);
        let batch = RecordBatch::try_from_iter(vec![
            ("id", Arc::new(StringArray::from(vec!["x", "y", "z"])) as ArrayRef),
            ("items", Arc::new(list) as ArrayRef),
        ])
        .unwrap();
        let schema: SchemaRef = Arc::new(Schema::new(vec![
            Field::new("id", DataType::Utf8, true),
            Field::new("items", DataType::List(element(&wide)), true),
            int("new"),
        ]));
        let widened = widen(&batch, &schema).unwrap();
        assert_eq!(widened.schema(), schema);
        assert_eq!(widened.column(2).null_count(), 3);
        let items: &ListArray = widened.column(1).as_list();
        assert_eq!(items.value_length(0), 2);
        assert_eq!(
            items.value(2).as_struct().column(0).as_primitive::<arrow::datatypes::Int64Type>().value(0),
            3
        );
        assert_eq!(items.value(0).as_struct().column(1).null_count(), 2);
    }
}
