//! Column buffers to Arrow arrays.
//!
//! Buffers move into arrays without a copy. A column that no row had is made of nulls that all
//! such columns of a batch share; one of a sparse field is not made at all. Knows nothing of JSON.
//! Read next: `fields.rs`, whose schema this follows.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array, ListArray, MapArray,
    StringArray, StructArray, TimestampMicrosecondArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, MutableBuffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, FieldRef, Fields, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::buffer::{ColumnBuffer, TextValues, Validity, Values};
use crate::fields::{DECIMAL_PRECISION, DECIMAL_SCALE};
use crate::nodes::{Node, NodeId, ROOT, Storage};
use crate::sparse::SparseFields;

/// One empty buffer a node.
pub(crate) fn empty_columns(nodes: &[Node]) -> Vec<ColumnBuffer> {
    let values = |node: &Node| match node.storage {
        Storage::Text | Storage::Json => Values::Text(TextValues::default()),
        Storage::Integer | Storage::Timestamp => Values::Integer(Vec::new()),
        Storage::Number => Values::Number(Vec::new()),
        Storage::Decimal => Values::Decimal(Vec::new()),
        Storage::Boolean => Values::Boolean(Vec::new()),
        Storage::Struct => Values::Struct,
        Storage::List | Storage::Map => Values::Offsets(Vec::new()),
    };
    nodes.iter().map(|node| ColumnBuffer::new(values(node))).collect()
}

/// The sparse fields that have a value.
pub(crate) fn present(nodes: &[Node], columns: &[ColumnBuffer]) -> SparseFields {
    let mut fields = SparseFields::default();
    for (node, _) in nodes.iter().zip(columns).filter(|(node, column)| node.sparse && column.len() > 0) {
        fields.insert(&node.path);
    }
    fields
}

/// Takes the columns' rows into a batch of this schema.
pub(crate) fn record_batch(
    nodes: &[Node],
    schema: SchemaRef,
    columns: &mut [ColumnBuffer],
    system: [&mut ColumnBuffer; 2],
    rows: usize,
    nulls: &mut NullArrays,
) -> Result<RecordBatch, ArrowError> {
    nulls.begin(&schema, nodes.len());
    let mut assembly = Assembly { nodes, columns, zeros: Zeros::default(), made: nulls };
    let own = schema.fields().len() - system.len();
    let fields = &schema.fields()[..own];
    let mut arrays = assembly.children(ROOT, fields, rows)?;
    for column in system {
        let valid = assembly.zeros.pad(column, rows);
        arrays.push(text_array(column, valid, rows)?);
    }
    assembly.columns[ROOT as usize].clear();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, arrays, &options)
}

struct Assembly<'a> {
    nodes: &'a [Node],
    columns: &'a mut [ColumnBuffer],
    zeros: Zeros,
    made: &'a mut NullArrays,
}

/// Columns of nulls made for the batch before: the next one mostly needs the same.
#[derive(Debug, Default)]
pub(crate) struct NullArrays {
    schema: Option<SchemaRef>,
    by_node: Vec<Option<ArrayRef>>,
}

impl NullArrays {
    /// Another schema has other arrays.
    fn begin(&mut self, schema: &SchemaRef, nodes: usize) {
        if !self.schema.as_ref().is_some_and(|held| Arc::ptr_eq(held, schema)) {
            self.schema = Some(Arc::clone(schema));
            self.by_node.clear();
            self.by_node.resize(nodes, None);
        }
    }
}

impl Assembly<'_> {
    /// The arrays of a struct's fields; sparse ones that the schema leaves out are passed over.
    fn children(
        &mut self,
        parent: NodeId,
        fields: &[FieldRef],
        len: usize,
    ) -> Result<Vec<ArrayRef>, ArrowError> {
        let mut arrays = Vec::with_capacity(fields.len());
        let mut ids = self.nodes[parent as usize].children();
        for field in fields {
            let id = ids.find(|id| self.nodes[*id as usize].name == *field.name());
            let id =
                id.ok_or_else(|| ArrowError::SchemaError(format!("no column for `{}`", field.name())))?;
            arrays.push(self.array(id, field.data_type(), len)?);
        }
        Ok(arrays)
    }

    fn array(&mut self, id: NodeId, data_type: &DataType, len: usize) -> Result<ArrayRef, ArrowError> {
        if self.columns[id as usize].len() == 0 {
            return self.nulls_of(id, data_type, len);
        }
        let column = &mut self.columns[id as usize];
        let valid = self.zeros.pad(column, len);
        let array: ArrayRef = match (data_type, &mut column.values) {
            (DataType::Struct(fields), Values::Struct) => {
                column.clear();
                let arrays = self.children(id, fields, len)?;
                Arc::new(StructArray::try_new(fields.clone(), arrays, valid)?)
            }
            (DataType::List(element), Values::Offsets(offsets)) => {
                let offsets = take_offsets(offsets);
                column.clear();
                let end = offsets.last().map_or(0, |end| *end as usize);
                let child = self.nodes[id as usize].first_child;
                let values = self.array(child, element.data_type(), end)?;
                Arc::new(ListArray::try_new(Arc::clone(element), offsets, values, valid)?)
            }
            (DataType::Map(entries, _), Values::Offsets(offsets)) => {
                let offsets = take_offsets(offsets);
                column.clear();
                let end = offsets.last().map_or(0, |end| *end as usize);
                let fields = entry_fields(entries);
                let arrays = self.children(id, &fields, end)?;
                let structs = StructArray::try_new(fields, arrays, None)?;
                Arc::new(MapArray::try_new(Arc::clone(entries), offsets, structs, valid, false)?)
            }
            (_, Values::Text(_)) => text_array(column, valid, len)?,
            (data_type, values) => plain_array(data_type, values, valid, len),
        };
        self.columns[id as usize].clear();
        Ok(array)
    }

    fn nulls_of(&mut self, id: NodeId, data_type: &DataType, len: usize) -> Result<ArrayRef, ArrowError> {
        if let Some(array) = self.made.by_node[id as usize].as_ref().filter(|array| array.len() == len) {
            return Ok(Arc::clone(array));
        }
        let array = self.nulls(data_type, len)?;
        self.made.by_node[id as usize] = Some(Arc::clone(&array));
        Ok(array)
    }

    /// A column of nulls.
    fn nulls(&mut self, data_type: &DataType, len: usize) -> Result<ArrayRef, ArrowError> {
        let nulls = Some(self.zeros.nulls(len));
        Ok(match data_type {
            DataType::Struct(fields) => {
                let mut arrays = Vec::with_capacity(fields.len());
                for field in fields {
                    arrays.push(self.nulls(field.data_type(), len)?);
                }
                Arc::new(StructArray::try_new(fields.clone(), arrays, nulls)?)
            }
            DataType::List(element) => {
                let values = self.nulls(element.data_type(), 0)?;
                Arc::new(ListArray::try_new(Arc::clone(element), self.zeros.offsets(len), values, nulls)?)
            }
            DataType::Map(entries, _) => {
                let fields = entry_fields(entries);
                let mut arrays = Vec::with_capacity(fields.len());
                for field in &fields {
                    arrays.push(self.nulls(field.data_type(), 0)?);
                }
                let structs = StructArray::try_new(fields, arrays, None)?;
                Arc::new(MapArray::try_new(
                    Arc::clone(entries),
                    self.zeros.offsets(len),
                    structs,
                    nulls,
                    false,
                )?)
            }
            DataType::Utf8 => {
                let bytes = Buffer::from_vec(Vec::<u8>::new());
                Arc::new(StringArray::try_new(self.zeros.offsets(len), bytes, nulls)?)
            }
            DataType::Boolean => Arc::new(BooleanArray::new(
                BooleanBuffer::new(self.zeros.bytes(len.div_ceil(8)), 0, len),
                nulls,
            )),
            DataType::Float64 => Arc::new(Float64Array::new(self.zeros.scalars(len), nulls)),
            DataType::Decimal128(..) => Arc::new(decimals(self.zeros.scalars(len), nulls)?),
            DataType::Timestamp(..) => Arc::new(timestamps(self.zeros.scalars(len), nulls)),
            _ => Arc::new(Int64Array::new(self.zeros.scalars(len), nulls)),
        })
    }
}

fn entry_fields(entries: &FieldRef) -> Fields {
    match entries.data_type() {
        DataType::Struct(fields) => fields.clone(),
        _ => Fields::empty(),
    }
}

fn plain_array(data_type: &DataType, values: &mut Values, valid: Option<NullBuffer>, len: usize) -> ArrayRef {
    match values {
        Values::Integer(values) => {
            let values = ScalarBuffer::from(take_keeping_size(values));
            match data_type {
                DataType::Timestamp(..) => Arc::new(timestamps(values, valid)),
                _ => Arc::new(Int64Array::new(values, valid)),
            }
        }
        Values::Number(values) => Arc::new(Float64Array::new(take_keeping_size(values).into(), valid)),
        Values::Decimal(values) => {
            let array = Decimal128Array::new(take_keeping_size(values).into(), valid);
            Arc::new(array.with_data_type(data_type.clone()))
        }
        Values::Boolean(words) => {
            let bits = BooleanBuffer::new(Buffer::from_vec(take_keeping_size(words)), 0, len);
            Arc::new(BooleanArray::new(bits, valid))
        }
        Values::Text(_) | Values::Struct | Values::Offsets(_) => arrow::array::new_null_array(data_type, len),
    }
}

fn text_array(
    column: &mut ColumnBuffer,
    valid: Option<NullBuffer>,
    len: usize,
) -> Result<ArrayRef, ArrowError> {
    let array = match &mut column.values {
        Values::Text(text) => {
            let bytes = Buffer::from_vec(take_keeping_size(&mut text.bytes));
            StringArray::try_new(take_offsets(&mut text.offsets), bytes, valid)?
        }
        _ => StringArray::new_null(len),
    };
    column.clear();
    Ok(Arc::new(array))
}

fn decimals(values: ScalarBuffer<i128>, nulls: Option<NullBuffer>) -> Result<Decimal128Array, ArrowError> {
    Decimal128Array::new(values, nulls).with_precision_and_scale(DECIMAL_PRECISION, DECIMAL_SCALE)
}

fn timestamps(values: ScalarBuffer<i64>, nulls: Option<NullBuffer>) -> TimestampMicrosecondArray {
    TimestampMicrosecondArray::new(values, nulls).with_timezone("UTC")
}

fn take_offsets(offsets: &mut Vec<i32>) -> OffsetBuffer<i32> {
    if offsets.is_empty() {
        offsets.push(0);
    }
    OffsetBuffer::new(take_keeping_size(offsets).into())
}

/// The values themselves; room for as many is left, since the next batch will be much like this one.
fn take_keeping_size<T>(values: &mut Vec<T>) -> Vec<T> {
    let next = Vec::with_capacity(values.len());
    std::mem::replace(values, next)
}

/// One buffer of zeros, long enough for every column of nulls.
#[derive(Default)]
struct Zeros {
    buffer: Option<Buffer>,
}

impl Zeros {
    fn bytes(&mut self, len: usize) -> Buffer {
        let held = self.buffer.as_ref().map_or(0, Buffer::len);
        match &self.buffer {
            Some(buffer) if len <= held => buffer.slice_with_length(0, len),
            _ => {
                let buffer: Buffer = MutableBuffer::from_len_zeroed(len.max(1024).next_power_of_two()).into();
                self.buffer = Some(buffer.clone());
                buffer.slice_with_length(0, len)
            }
        }
    }

    fn scalars<T: arrow::datatypes::ArrowNativeType>(&mut self, len: usize) -> ScalarBuffer<T> {
        ScalarBuffer::new(self.bytes(len * size_of::<T>()), 0, len)
    }

    fn offsets(&mut self, len: usize) -> OffsetBuffer<i32> {
        OffsetBuffer::new(self.scalars(len + 1))
    }

    fn nulls(&mut self, len: usize) -> NullBuffer {
        NullBuffer::new(BooleanBuffer::new(self.bytes(len.div_ceil(8)), 0, len))
    }

    /// Fills a column up, and takes its validity: none where every slot has a value.
    fn pad(&mut self, column: &mut ColumnBuffer, len: usize) -> Option<NullBuffer> {
        column.pad(len);
        let valid: &mut Validity = &mut column.valid;
        if valid.nulls == 0 {
            return None;
        }
        let words = Buffer::from_vec(std::mem::take(&mut valid.words));
        Some(NullBuffer::new(BooleanBuffer::new(words, 0, len)))
    }
}
