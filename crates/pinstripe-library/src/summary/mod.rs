//! A frame column by column, as cards for people: how many values are missing and distinct, the
//! least, the greatest, the mean, the median, the most frequent ones, a histogram; of amounts, the
//! same for each currency, and never a sum over several.
//!
//! Each column is read once, on all cores, and what it takes to work on it is bounded: up to four
//! million values everything is exact; beyond, medians and histograms come from a sample and
//! distinct values are estimated, and the card says so. Read next: `column_scan.rs` for one column's
//! way, `numbers.rs`, `texts.rs`, `bins.rs`.

mod bins;
mod calendar;
mod column_scan;
mod distinct;
mod money;
mod numbers;
mod texts;

use std::sync::Arc;
use std::time::Instant;

use arrow::buffer::BooleanBuffer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cell::Cell;
use crate::column::{Column, ColumnType, describe_columns};
use crate::cores::{blocking, on_all_cores};
use crate::error::LibraryError;
use crate::frame_cache::OpenVersion;
use crate::frame_version::FrameVersion;
use crate::ledger::FrameRecord;
use crate::library::Library;
use crate::row_filter::Filter;
use crate::row_order::met_rows;
use crate::row_pages::chosen;

pub use money::MoneyStats;

/// What to sum up.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SummaryRequest {
    pub filters: Vec<Filter>,
    /// All where there are none.
    pub columns: Option<Vec<String>>,
    /// The last one where none is named.
    pub version: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Summary {
    /// Rows that meet the filters.
    pub rows: u64,
    pub columns: Vec<ColumnSummary>,
    /// How long it took to make.
    pub seconds: f64,
}

/// One column of a frame.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ColumnSummary {
    pub column: String,
    #[serde(rename = "type")]
    pub data_type: ColumnType,
    pub rows: u64,
    pub missing: u64,
    /// Of amounts, distinct with their currency. `null` for lists and maps.
    pub distinct: Option<u64>,
    /// Else within about one per cent.
    pub distinct_exact: bool,
    /// The median and the histogram come from a sample.
    pub sampled: bool,
    /// Of amounts in several currencies there is none, as of the next three.
    pub min: Cell,
    pub max: Cell,
    pub mean: Option<f64>,
    pub median: Cell,
    /// The most frequent values of texts and booleans, most frequent first.
    pub top: Vec<ValueCount>,
    /// Rows with a value that is none of those.
    pub other: u64,
    /// Of numbers and times.
    pub histogram: Vec<Bin>,
    /// Of amounts, by currency, the most used one first.
    pub money: Option<Vec<MoneyStats>>,
}

/// How many rows have a value.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ValueCount {
    pub value: Cell,
    pub count: u64,
    /// The value is longer: this is its beginning, and no row equals it.
    pub cut: bool,
}

/// Rows with a value from the first up to, without, the second.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Bin {
    pub from: Cell,
    pub to: Cell,
    pub count: u64,
}

impl Library {
    /// Every flat column of a frame, in order.
    pub async fn summary(&self, name: &str) -> Result<Summary, LibraryError> {
        let frame = self.frame(name)?;
        self.summary_of(&frame, &SummaryRequest::default()).await
    }

    /// The columns and rows that are asked for. That of all rows is remembered.
    pub async fn summary_of(
        &self,
        frame: &FrameRecord,
        request: &SummaryRequest,
    ) -> Result<Summary, LibraryError> {
        let version = self.open_version(frame, request.version).await?;
        let files = &version.files;
        let described = describe_columns(&files.columns, Some(&frame.data_type), &frame.plan.expand);
        let (cache, request) = (Arc::clone(&self.cache), request.clone());
        blocking(move || {
            let columns = chosen(&version.files, request.columns.as_deref())?;
            let make = |columns: &[usize]| summarize(&version, &described, columns, &request.filters);
            if !request.filters.is_empty() {
                return make(&columns);
            }
            let every: Vec<usize> = (0..described.len()).collect();
            let whole = cache.summary(&version, || make(&every))?;
            let columns = columns.iter().filter_map(|column| whole.columns.get(*column).cloned()).collect();
            Ok(Summary { columns, ..Summary::clone(&whole) })
        })
        .await
    }
}

fn summarize(
    version: &OpenVersion,
    described: &[Column],
    columns: &[usize],
    filters: &[Filter],
) -> Result<Summary, LibraryError> {
    let begun = Instant::now();
    let files = &version.files;
    let met = met_rows(files, filters)?;
    let rows = match &met {
        Some(met) => met.iter().map(|group| group.count_set_bits() as u64).sum(),
        None => files.rows,
    };
    let scope = Scope { files, described, met: met.as_deref(), rows };
    // The heaviest first, so that no core ends with it alone.
    let mut parts = parts(files, columns);
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    let done = on_all_cores(parts.len(), |part| column_scan::run(&scope, &parts[part].columns))?;
    let mut by_column: Vec<Option<ColumnSummary>> = described.iter().map(|_| None).collect();
    for (part, summaries) in parts.iter().zip(done) {
        for (column, summary) in part.columns.iter().zip(summaries) {
            by_column[*column] = Some(summary);
        }
    }
    let columns = columns.iter().filter_map(|column| by_column[*column].clone()).collect();
    Ok(Summary { rows, columns, seconds: begun.elapsed().as_secs_f64() })
}

/// What every column's scan works on.
struct Scope<'a> {
    files: &'a FrameVersion,
    described: &'a [Column],
    /// The rows of each row group that are looked at; all where there are none.
    met: Option<&'a [BooleanBuffer]>,
    rows: u64,
}

/// Columns that are read together: the keys of one map, else one by one.
struct Part {
    columns: Vec<usize>,
    bytes: u64,
}

fn parts(files: &FrameVersion, columns: &[usize]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut distinct = columns.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    for column in distinct {
        let flat = &files.columns[column];
        let joins = parts.last().and_then(|part| part.columns.last()).is_some_and(|last| {
            let last = &files.columns[*last];
            flat.is_map_key() && last.is_map_key() && last.stored_path() == flat.stored_path()
        });
        match parts.last_mut().filter(|_| joins) {
            Some(part) => part.columns.push(column),
            None => parts.push(Part { columns: vec![column], bytes: files.stored_bytes(flat) }),
        }
    }
    parts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
