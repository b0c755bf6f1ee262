//! All rows of a view in its order, chunk by chunk: a chunk is as many rows as fit into memory well,
//! gathered from wherever in the files they are.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{Field, Schema, SchemaRef};

use crate::column::plain_type;
use crate::cores::on_all_cores;
use crate::error::LibraryError;
use crate::flatten::FlatColumn;
use crate::frame_version::{FrameVersion, GroupRead, Nested, selection_of};
use crate::row_pages::{Parts, chosen, read_rows};

/// Bytes of a chunk's values, as far as the files tell.
const CHUNK_BYTES: u64 = 64 << 20;
/// Bytes that any value takes beside its own.
const VALUE_BYTES: u64 = 8;
const CHUNK_ROWS_MIN: usize = 4_096;

pub(crate) struct OrderedRows<'a> {
    files: &'a FrameVersion,
    positions: &'a [u32],
    columns: Vec<&'a FlatColumn>,
    /// Not all columns are wanted.
    narrowed: bool,
}

impl<'a> OrderedRows<'a> {
    pub fn new(
        files: &'a FrameVersion,
        positions: &'a [u32],
        columns: Option<&[String]>,
    ) -> Result<OrderedRows<'a>, LibraryError> {
        let places = chosen(files, columns)?;
        let narrowed = columns.is_some();
        let columns = places.into_iter().map(|place| &files.columns[place]).collect();
        Ok(OrderedRows { files, positions, columns, narrowed })
    }

    pub fn count(&self) -> u64 {
        self.positions.len() as u64
    }

    pub fn flat_schema(&self) -> SchemaRef {
        let field = |column: &&FlatColumn| {
            Field::new(&column.name, plain_type(column.field.data_type()), true)
                .with_metadata(column.field.metadata().clone())
        };
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// Flat columns, as people see them.
    pub fn flat(&self) -> impl Iterator<Item = Result<RecordBatch, LibraryError>> {
        let schema = self.flat_schema();
        self.positions.chunks(self.chunk_rows()).map(move |positions| {
            let arrays = read_rows(self.files, positions, &self.columns)?;
            RecordBatch::try_new(schema.clone(), arrays).map_err(LibraryError::arrow)
        })
    }

    pub fn nested_schema(&self) -> Result<SchemaRef, LibraryError> {
        let schema = self.files.nested_schema(&self.visible())?;
        self.in_wanted_order(&schema).map(Arc::new)
    }

    /// Stored columns, without those that pinstripe keeps for itself.
    pub fn nested(&self) -> impl Iterator<Item = Result<RecordBatch, LibraryError>> {
        self.chunks(|| self.visible())
    }

    pub fn object_schema(&self) -> Result<SchemaRef, LibraryError> {
        if self.narrowed { self.nested_schema() } else { self.files.nested_schema(&Nested::All) }
    }

    /// What the objects as Stripe sent them are made of; where not all columns are wanted, those.
    pub fn objects(&self) -> impl Iterator<Item = Result<RecordBatch, LibraryError>> {
        self.chunks(|| if self.narrowed { self.visible() } else { Nested::All })
    }

    fn visible(&self) -> Nested<'_> {
        if self.narrowed { Nested::Of(&self.columns) } else { Nested::Visible }
    }

    fn chunks<'b>(
        &'b self,
        columns: impl Fn() -> Nested<'b> + Sync + 'b,
    ) -> impl Iterator<Item = Result<RecordBatch, LibraryError>> + 'b {
        self.positions.chunks(self.chunk_rows()).map(move |positions| self.chunk(positions, &columns()))
    }

    fn chunk(&self, positions: &[u32], columns: &Nested<'_>) -> Result<RecordBatch, LibraryError> {
        let parts = Parts::of(self.files, positions);
        let read = on_all_cores(parts.groups.len(), |part| {
            let (group, rows) = &parts.groups[part];
            let group = &self.files.groups[*group];
            let selection = Some(selection_of(group, rows));
            let batches = self.files.read_nested(GroupRead { group, selection, coded: false }, columns)?;
            batches.collect::<Result<Vec<_>, _>>()
        })?;
        let batches: Vec<RecordBatch> = read.into_iter().flatten().collect();
        let schema = batches.first().map_or_else(|| self.files.schema.clone(), RecordBatch::schema);
        let whole = concat_batches(&schema, &batches).map_err(LibraryError::arrow)?;
        let ordered = take_record_batch(&whole, &parts.places).map_err(LibraryError::arrow)?;
        let wanted = self.wanted_order(&schema);
        ordered.project(&wanted).map_err(LibraryError::arrow)
    }

    fn in_wanted_order(&self, schema: &Schema) -> Result<Schema, LibraryError> {
        schema.project(&self.wanted_order(schema)).map_err(LibraryError::arrow)
    }

    /// The stored columns as the wanted ones come.
    fn wanted_order(&self, schema: &Schema) -> Vec<usize> {
        if !self.narrowed {
            return (0..schema.fields().len()).collect();
        }
        let mut order = Vec::new();
        for column in &self.columns {
            let place = column.path().first().and_then(|name| schema.index_of(name).ok());
            order.extend(place.filter(|place| !order.contains(place)));
        }
        order
    }

    fn chunk_rows(&self) -> usize {
        let stored: u64 = self.columns.iter().map(|column| self.files.stored_bytes(column)).sum();
        let row = stored / self.files.rows.max(1) + VALUE_BYTES * self.columns.len() as u64 + 1;
        usize::try_from(CHUNK_BYTES / row).unwrap_or(usize::MAX).max(CHUNK_ROWS_MIN)
    }
}
