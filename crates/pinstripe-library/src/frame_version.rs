//! One version of a frame as its Parquet files hold it: rows by position, columns by flat name.
//!
//! A row's position is its number in the version: files in the order of their names, which is the
//! order they were written in, then rows in the file. It never changes, so that a page, an object
//! and an order of rows can speak of the same row. Only the columns and rows asked for are read.
//! Read next: `row_order.rs` for which rows, `row_pages.rs` for their values.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection,
};
use datafusion::parquet::file::metadata::PageIndexPolicy;
use deltalake::DeltaTableError;
use pinstripe_catalog::nearest_names;

use crate::column_cells::plain;
use crate::error::LibraryError;
use crate::flatten::{FlatColumn, flat_array, flat_columns};
use crate::map_keys;

/// Rows decoded at once.
const BATCH_ROWS: usize = 16_384;

#[derive(Debug)]
pub(crate) struct FrameVersion {
    frame: String,
    files: Vec<VersionFile>,
    /// The row groups of all files, by position.
    pub groups: Vec<RowGroup>,
    /// Every column as it is stored, `_shape` among them.
    pub schema: SchemaRef,
    /// Every flat column, with those of the maps' keys.
    pub columns: Vec<FlatColumn>,
    pub rows: u64,
    /// Rows are looked at newest first, not as they stand in the files: those of a query keep the
    /// query's order.
    pub newest_first: bool,
    /// What goes with it: the folder of files that were made for it alone.
    pub made_for_it: Option<MadeFolder>,
}

/// A folder that is removed when it is let go of.
#[derive(Debug)]
pub(crate) struct MadeFolder(pub PathBuf);

impl Drop for MadeFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[derive(Debug)]
struct VersionFile {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    /// The same, with texts of few values read as dictionaries.
    coded: ArrowReaderMetadata,
}

/// What is read as a whole: some hundred thousand rows of one file.
#[derive(Debug)]
pub(crate) struct RowGroup {
    file: usize,
    number: usize,
    /// Position of its first row.
    pub first: u64,
    pub rows: usize,
}

/// Which part of a row group to read, and how.
pub(crate) struct GroupRead<'a> {
    pub group: &'a RowGroup,
    /// All rows where there is none.
    pub selection: Option<RowSelection>,
    /// Texts of few values come as dictionaries.
    pub coded: bool,
}

impl FrameVersion {
    pub fn open(
        frame: &str,
        schema: SchemaRef,
        paths: Vec<PathBuf>,
        newest_first: bool,
    ) -> Result<FrameVersion, LibraryError> {
        let failed = LibraryError::delta("read", frame);
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let file = File::open(&path).map_err(LibraryError::file("read", &path))?;
            let options = || ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
            let metadata = ArrowReaderMetadata::load(&file, options())
                .map_err(|source| failed(DeltaTableError::from(source)))?;
            let schema = crate::coded_text::coded_schema(&metadata);
            let coded =
                ArrowReaderMetadata::try_new(metadata.metadata().clone(), options().with_schema(schema))
                    .map_err(|source| failed(DeltaTableError::from(source)))?;
            files.push(VersionFile { path, metadata, coded });
        }
        let mut groups = Vec::new();
        let mut rows = 0;
        for (file, opened) in files.iter().enumerate() {
            for (number, group) in opened.metadata.metadata().row_groups().iter().enumerate() {
                let in_group = usize::try_from(group.num_rows()).unwrap_or(0);
                groups.push(RowGroup { file, number, first: rows, rows: in_group });
                rows += in_group as u64;
            }
        }
        let schema = files.first().map_or(schema, |file| file.metadata.schema().clone());
        let mut version = FrameVersion {
            frame: frame.to_owned(),
            files,
            groups,
            schema,
            columns: Vec::new(),
            rows,
            newest_first,
            made_for_it: None,
        };
        version.columns = version.find_columns()?;
        Ok(version)
    }

    fn find_columns(&self) -> Result<Vec<FlatColumn>, LibraryError> {
        let whole = flat_columns(&self.schema, &|_| None);
        let mut keys = Vec::new();
        for map in whole.iter().filter(|column| column.is_map()) {
            keys.push((map.name.as_str(), map_keys::of(self, map)?));
        }
        let known = |name: &str| keys.iter().find(|(map, _)| *map == name).and_then(|(_, keys)| keys.clone());
        Ok(flat_columns(&self.schema, &known))
    }

    /// The flat column of a name.
    pub fn column(&self, name: &str) -> Result<usize, LibraryError> {
        let found = self.columns.iter().position(|column| column.name == name);
        found.ok_or_else(|| LibraryError::NoSuchColumn {
            frame: self.frame.clone(),
            column: name.to_owned(),
            nearest: nearest_names(name, self.columns.iter().map(|column| column.name.as_str())),
        })
    }

    /// The row group that a row is in.
    pub fn group_of(&self, position: u64) -> Option<&RowGroup> {
        self.groups.get(self.groups.partition_point(|group| group.first + group.rows as u64 <= position))
    }

    /// How much there is to decode in a column, for sharing out the work.
    pub fn stored_bytes(&self, column: &FlatColumn) -> u64 {
        let leaves = self.files.first().map(|file| leaves(file, column)).unwrap_or_default();
        let chunks = self.groups.iter().map(|group| self.group_metadata(group));
        chunks
            .flat_map(|group| leaves.iter().filter_map(|leaf| group.columns().get(*leaf)))
            .map(|chunk| chunk.uncompressed_size().unsigned_abs())
            .sum()
    }

    /// Whether no row has a value, as the files themselves say; `None` where they do not.
    pub fn is_empty(&self, column: &FlatColumn) -> Option<bool> {
        if column.is_map_key() {
            return Some(false);
        }
        for group in self.groups.iter().filter(|group| group.rows > 0) {
            let metadata = self.group_metadata(group);
            for leaf in leaves(&self.files[group.file], column) {
                let chunk = metadata.columns().get(leaf)?;
                let nulls = chunk.statistics()?.null_count_opt()?;
                if nulls < chunk.num_values().unsigned_abs() {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    fn group_metadata(&self, group: &RowGroup) -> &datafusion::parquet::file::metadata::RowGroupMetaData {
        self.files[group.file].metadata.metadata().row_group(group.number)
    }

    /// The batches of a row group's flat columns, with the values in plain types.
    pub fn read<'a>(
        &'a self,
        read: GroupRead<'_>,
        columns: &'a [&'a FlatColumn],
    ) -> Result<impl Iterator<Item = Result<Vec<ArrayRef>, LibraryError>> + 'a, LibraryError> {
        let file = &self.files[read.group.file];
        let indices = columns.iter().flat_map(|column| leaves(file, column));
        let mask = ProjectionMask::leaves(file.metadata.parquet_schema(), indices);
        let coded = read.coded;
        let batches = self.reader(read, mask)?;
        let flatten = move |batch: &RecordBatch| {
            let flat = |column: &&FlatColumn| {
                let array = flat_array(batch, column)?;
                if coded && matches!(array.data_type(), DataType::Dictionary(_, _)) {
                    return Ok(array);
                }
                plain(&array)
            };
            columns.iter().map(flat).collect::<Result<Vec<_>, _>>()
        };
        Ok(batches.map(move |batch| {
            batch.and_then(|batch| flatten(&batch)).map_err(|source| self.failed(source.into()))
        }))
    }

    /// The batches of stored columns, nested as they are.
    pub fn read_nested(
        &self,
        read: GroupRead<'_>,
        columns: &Nested<'_>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, LibraryError>> + '_, LibraryError> {
        let file = &self.files[read.group.file];
        let mask = self.nested_mask(file, columns);
        let batches = self.reader(read, mask)?;
        Ok(batches.map(|batch| batch.map_err(|source| self.failed(source.into()))))
    }

    /// The schema that [`FrameVersion::read_nested`] gives.
    pub fn nested_schema(&self, columns: &Nested<'_>) -> Result<SchemaRef, LibraryError> {
        let Some(group) = self.groups.first() else { return self.schema_without_rows(columns) };
        let file = &self.files[group.file];
        let mask = self.nested_mask(file, columns);
        let read = GroupRead { group, selection: None, coded: false };
        Ok(arrow::array::RecordBatchReader::schema(&self.reader(read, mask)?))
    }

    /// Of files that have no row group to ask: parts of a column are not told apart.
    fn schema_without_rows(&self, columns: &Nested<'_>) -> Result<SchemaRef, LibraryError> {
        let wanted = |name: &String| match columns {
            Nested::All => true,
            Nested::Visible => name != "_shape",
            Nested::Of(flat) => flat.iter().any(|column| column.path().first() == Some(name)),
            Nested::Presence(column) => column.path().first() == Some(name),
        };
        let fields = self.schema.fields().iter().enumerate();
        let places: Vec<usize> =
            fields.filter(|(_, field)| wanted(field.name())).map(|(place, _)| place).collect();
        self.schema.project(&places).map(Arc::new).map_err(LibraryError::arrow)
    }

    fn nested_mask(&self, file: &VersionFile, columns: &Nested<'_>) -> ProjectionMask {
        let schema = file.metadata.parquet_schema();
        match columns {
            Nested::All => ProjectionMask::all(),
            Nested::Visible => {
                let hidden = |index: &usize| schema.column(*index).path().parts()[0] == "_shape";
                ProjectionMask::leaves(schema, (0..schema.num_columns()).filter(|index| !hidden(index)))
            }
            Nested::Of(flat) => {
                ProjectionMask::leaves(schema, flat.iter().flat_map(|column| leaves(file, column)))
            }
            Nested::Presence(column) => {
                // A map is not read without its values.
                let wanted = if column.is_map() { usize::MAX } else { 1 };
                ProjectionMask::leaves(schema, leaves(file, column).into_iter().take(wanted))
            }
        }
    }

    fn reader(
        &self,
        read: GroupRead<'_>,
        mask: ProjectionMask,
    ) -> Result<ParquetRecordBatchReader, LibraryError> {
        let file = &self.files[read.group.file];
        let metadata = if read.coded { &file.coded } else { &file.metadata };
        let mut builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(open(&file.path)?, metadata.clone())
                .with_batch_size(BATCH_ROWS.min(read.group.rows.max(1)))
                .with_row_groups(vec![read.group.number])
                .with_projection(mask);
        if let Some(selection) = read.selection {
            builder = builder.with_row_selection(selection);
        }
        builder.build().map_err(|source| self.failed(source.into()))
    }

    /// For `map_keys.rs`: a leaf of a column, in every file and row group.
    pub fn leaf_chunks<'a>(
        &'a self,
        path: &'a [String],
    ) -> impl Iterator<Item = (&'a Path, &'a datafusion::parquet::file::metadata::ColumnChunkMetaData, usize)> + 'a
    {
        self.groups.iter().filter_map(move |group| {
            let file = &self.files[group.file];
            let schema = file.metadata.parquet_schema();
            let leaf =
                (0..schema.num_columns()).find(|index| schema.column(*index).path().parts() == path)?;
            Some((file.path.as_path(), self.group_metadata(group).columns().get(leaf)?, group.rows))
        })
    }

    pub fn failed(&self, source: DeltaTableError) -> LibraryError {
        LibraryError::delta("read", &self.frame)(source)
    }
}

/// Which stored columns to read.
pub(crate) enum Nested<'a> {
    /// All, also the hidden one: what the exact JSON is made of.
    All,
    Visible,
    /// Those that these flat columns are leaves of.
    Of(&'a [&'a FlatColumn]),
    /// As little of a column as tells which rows have it.
    Presence(&'a FlatColumn),
}

/// Rows of a group, by their positions in ascending order, as a selection.
pub(crate) fn selection_of(group: &RowGroup, positions: &[u64]) -> RowSelection {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for position in positions {
        let row = (position - group.first) as usize;
        match ranges.last_mut() {
            Some(last) if last.end == row => last.end += 1,
            _ => ranges.push(row..row + 1),
        }
    }
    RowSelection::from_consecutive_ranges(ranges.into_iter(), group.rows)
}

fn open(path: &Path) -> Result<File, LibraryError> {
    File::open(path).map_err(LibraryError::file("read", path))
}

/// The stored leaves that a flat column is made of.
fn leaves(file: &VersionFile, column: &FlatColumn) -> Vec<usize> {
    let schema = file.metadata.parquet_schema();
    let stored = column.stored_path();
    (0..schema.num_columns())
        .filter(|index| schema.column(*index).path().parts().starts_with(stored))
        .collect()
}
