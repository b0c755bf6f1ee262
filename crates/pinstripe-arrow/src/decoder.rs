//! Pages in, record batches out.
//!
//! A page is taken whole or not at all: when it is refused, or a nested list in it is cut off, the
//! decoder holds the rows it held before, and nothing else. Does no I/O: fetching, and fetching
//! again, is the caller's. Read next: `envelope.rs` (the list around the rows), `walk.rs` (a row),
//! `assemble.rs` (the batch).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use crate::assemble::{NullArrays, empty_columns, present, record_batch};
use crate::buffer::{ColumnBuffer, Values};
use crate::envelope::{Envelope, end_of_body};
use crate::error::{DecodeError, Parsed};
use crate::fields::EXTRA_COLUMN;
use crate::guesses::Guesses;
use crate::leftover::{LeftoverCounts, count, render};
use crate::nodes::{NodeId, ROOT, Storage};
use crate::row_schema::RowSchema;
use crate::scan::skip_blanks;
use crate::shape::ShapeMemory;
use crate::sparse::SparseFields;
use crate::splice::IncompleteList;
use crate::walk::{RowNotes, Walk, rewind};

const MICROSECONDS: i64 = 1_000_000;

/// What became of a page.
#[derive(Debug)]
pub enum PageOutcome {
    Complete(PageSummary),
    /// Nothing was taken: these lists must be completed first (`complete_lists`).
    Incomplete(Vec<IncompleteList>),
}

/// What a page said besides its rows, and what paging needs of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageSummary {
    pub rows: usize,
    /// The decoder's rows that are this page's, for `PageDecoder::ids`.
    pub range: Range<usize>,
    pub first_id: Option<String>,
    pub last_id: Option<String>,
    pub has_more: bool,
    /// The cursor of a Search.
    pub next_page: Option<String>,
    /// Unix seconds, of the rows that have `created`.
    pub oldest_created: Option<i64>,
    pub newest_created: Option<i64>,
    /// That of the last row.
    pub last_created: Option<i64>,
    /// Fields that the catalog does not know, by dotted path: in how many rows.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Fields whose value did not fit their column, by dotted path: in how many rows.
    pub mismatches: BTreeMap<String, u64>,
}

/// Rows of one request plan on their way to a batch.
#[derive(Debug)]
pub struct PageDecoder {
    schema: Arc<RowSchema>,
    columns: Vec<ColumnBuffer>,
    id: Option<NodeId>,
    extra: ColumnBuffer,
    shape: ColumnBuffer,
    rows: usize,
    /// Bytes of the bodies taken since the last batch: no column of text can be longer.
    taken: usize,
    guesses: Guesses,
    notes: RowNotes,
    shapes: ShapeMemory,
    /// The schema of the last batch, to share it with the next.
    last_schema: Option<(SparseFields, SchemaRef)>,
    nulls: NullArrays,
    misfits: Misfits,
}

/// Rows, and which sparse columns they have.
#[derive(Debug, Clone)]
pub struct DecodedBatch {
    /// Its schema is `RowSchema::schema_with(present)`.
    pub batch: RecordBatch,
    pub present: SparseFields,
    pub misfits: Misfits,
}

/// What the rows of a batch have in `extra`, by that column's text: so it can be counted when some
/// of the rows were left out.
#[derive(Debug, Clone, Default)]
pub struct Misfits(HashMap<Vec<u8>, LeftoverCounts>);

impl Misfits {
    /// Counts those of a batch of the same rows, or of some of them: fields that the catalog does not
    /// know, and fields whose value did not fit their column, by dotted path, each with its rows.
    pub fn add_to(
        &self,
        batch: &RecordBatch,
        unknown_fields: &mut BTreeMap<String, u64>,
        mismatches: &mut BTreeMap<String, u64>,
    ) {
        let texts = batch.column_by_name(EXTRA_COLUMN).and_then(|column| column.as_string_opt::<i32>());
        for text in texts.filter(|_| !self.0.is_empty()).into_iter().flatten().flatten() {
            let Some(counts) = self.0.get(text.as_bytes()) else { continue };
            for (notes, found) in
                [(&mut *unknown_fields, &counts.unknown), (&mut *mismatches, &counts.mismatches)]
            {
                for (field, rows) in found {
                    *notes.entry(field.clone()).or_default() += rows;
                }
            }
        }
    }
}

impl PageDecoder {
    pub fn new(schema: Arc<RowSchema>) -> PageDecoder {
        PageDecoder {
            columns: empty_columns(&schema.nodes),
            id: schema.top("id"),
            extra: ColumnBuffer::text(),
            shape: ColumnBuffer::text(),
            rows: 0,
            taken: 0,
            guesses: Guesses::new(&schema.nodes),
            notes: RowNotes::default(),
            shapes: ShapeMemory::default(),
            last_schema: None,
            nulls: NullArrays::default(),
            misfits: Misfits::default(),
            schema,
        }
    }

    pub fn schema(&self) -> &Arc<RowSchema> {
        &self.schema
    }

    /// Appends the rows of a list or search result. On an error and on `Incomplete` the decoder
    /// holds what it held before.
    pub fn page(&mut self, body: &[u8]) -> Result<PageOutcome, DecodeError> {
        self.take(body, |decoder, counts, incomplete| {
            Envelope::read(body, &mut |body, at| decoder.entries(body, at, counts, incomplete))
        })
    }

    /// Appends one object, as a request by id gives it.
    pub fn object(&mut self, body: &[u8]) -> Result<PageOutcome, DecodeError> {
        self.take(body, |decoder, counts, incomplete| {
            if let Err(fault) = simdutf8::compat::from_utf8(body) {
                return Err(DecodeError::unexpected("utf-8", "other bytes", fault.valid_up_to()));
            }
            let start = skip_blanks(body, 0);
            let end = decoder.entry(body, start, counts, incomplete)?;
            end_of_body(body, end)?;
            Ok(Envelope::default())
        })
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// About how much memory the rows take.
    pub fn size_bytes(&self) -> usize {
        self.columns.iter().chain([&self.extra, &self.shape]).map(ColumnBuffer::size_bytes).sum()
    }

    /// The ids of rows, such as those of `PageSummary::range`; none for objects without ids.
    pub fn ids(&self, rows: Range<usize>) -> impl Iterator<Item = Option<&str>> {
        rows.map(move |row| self.id.and_then(|id| self.columns[id as usize].text_at(row)))
    }

    /// Takes what was decoded; the decoder starts anew.
    pub fn finish(&mut self) -> Result<DecodedBatch, DecodeError> {
        self.finish_with(&SparseFields::default())
    }

    /// The same with columns for these sparse fields too, so that several batches fit one file.
    pub fn finish_with(&mut self, wanted: &SparseFields) -> Result<DecodedBatch, DecodeError> {
        let mut present = present(&self.schema.nodes, &self.columns);
        present.union(wanted);
        let schema = match self.last_schema.take() {
            Some((fields, schema)) if fields == present => schema,
            _ => self.schema.schema_with(&present),
        };
        self.last_schema = Some((present.clone(), Arc::clone(&schema)));
        let rows = std::mem::take(&mut self.rows);
        self.taken = 0;
        let system = [&mut self.extra, &mut self.shape];
        let batch =
            record_batch(&self.schema.nodes, schema, &mut self.columns, system, rows, &mut self.nulls)?;
        Ok(DecodedBatch { batch, present, misfits: std::mem::take(&mut self.misfits) })
    }

    fn take(
        &mut self,
        body: &[u8],
        read: impl FnOnce(&mut Self, &mut LeftoverCounts, &mut Vec<IncompleteList>) -> Parsed<Envelope>,
    ) -> Result<PageOutcome, DecodeError> {
        let before = self.rows;
        if self.taken + body.len() > i32::MAX as usize {
            return Err(DecodeError::BatchTooLarge { rows: before });
        }
        let mut counts = LeftoverCounts::default();
        let mut incomplete = Vec::new();
        let outcome = match read(self, &mut counts, &mut incomplete) {
            Ok(envelope) if incomplete.is_empty() && self.system_columns_fit() => {
                self.taken += body.len();
                return Ok(PageOutcome::Complete(self.summary(before, envelope, counts)));
            }
            Ok(_) if incomplete.is_empty() => Err(DecodeError::BatchTooLarge { rows: before }),
            Ok(_) => Ok(PageOutcome::Incomplete(incomplete)),
            Err(fault) => Err(*fault),
        };
        self.roll_back(before);
        outcome
    }

    fn entries(
        &mut self,
        body: &[u8],
        start: usize,
        counts: &mut LeftoverCounts,
        incomplete: &mut Vec<IncompleteList>,
    ) -> Parsed<usize> {
        let mut at = skip_blanks(body, start + 1);
        if body.get(at) == Some(&b']') {
            return Ok(at + 1);
        }
        loop {
            at = self.entry(body, at, counts, incomplete)?;
            at = skip_blanks(body, at);
            match body.get(at) {
                Some(b',') => at = skip_blanks(body, at + 1),
                Some(b']') => return Ok(at + 1),
                _ => return Err(DecodeError::at(body, at, "a comma or the end of the array")),
            }
        }
    }

    /// Reads one row; gives the place after it.
    fn entry(
        &mut self,
        body: &[u8],
        at: usize,
        counts: &mut LeftoverCounts,
        incomplete: &mut Vec<IncompleteList>,
    ) -> Parsed<usize> {
        let nodes = &self.schema.nodes;
        self.notes.clear();
        let mut walk = Walk {
            body,
            at,
            nodes,
            columns: &mut self.columns,
            guesses: &mut self.guesses,
            notes: &mut self.notes,
            incomplete,
            id: self.id,
        };
        walk.row(self.rows)?;
        let end = walk.at;
        if self.notes.deviations.len() > 0 {
            let text = self.shapes.text(nodes, &self.notes.deviations);
            self.shape.push_text(self.rows, text.as_bytes());
        }
        if !self.notes.leftovers.is_empty() {
            count(nodes, body, &self.notes.leftovers, counts);
            let text = render(nodes, body, &self.notes.leftovers);
            self.extra.push_text(self.rows, &text);
            let mut of_row = LeftoverCounts::default();
            count(nodes, body, &self.notes.leftovers, &mut of_row);
            self.misfits.0.insert(text, of_row);
        }
        self.rows += 1;
        Ok(end)
    }

    fn summary(&self, before: usize, envelope: Envelope, counts: LeftoverCounts) -> PageSummary {
        let id = |row: usize| self.ids(row..row + 1).next().flatten().map(str::to_owned);
        let mut summary = PageSummary {
            rows: self.rows - before,
            range: before..self.rows,
            has_more: envelope.has_more,
            next_page: envelope.next_page,
            unknown_fields: counts.unknown,
            mismatches: counts.mismatches,
            ..PageSummary::default()
        };
        if summary.rows == 0 {
            return summary;
        }
        summary.first_id = id(before);
        summary.last_id = id(self.rows - 1);
        let created =
            self.schema.top("created").filter(|id| self.schema.node(*id).storage == Storage::Timestamp);
        if let Some(created) = created {
            let column = &self.columns[created as usize];
            let at = |row: usize| column.integer_at(row).map(|micros| micros / MICROSECONDS);
            summary.oldest_created = summary.range.clone().filter_map(at).min();
            summary.newest_created = summary.range.clone().filter_map(at).max();
            summary.last_created = at(self.rows - 1);
        }
        summary
    }

    /// What this crate writes itself can be longer than the body it comes from.
    fn system_columns_fit(&self) -> bool {
        [&self.extra, &self.shape].iter().all(|column| match &column.values {
            Values::Text(text) => text.bytes.len() <= i32::MAX as usize,
            _ => true,
        })
    }

    fn roll_back(&mut self, rows: usize) {
        self.rows = rows;
        rewind(&self.schema.nodes, &mut self.columns, ROOT, rows);
        self.extra.truncate(rows);
        self.shape.truncate(rows);
    }
}
