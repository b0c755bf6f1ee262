//! Pages of a frame's rows, as a table that scrolls over millions of them asks for: any columns,
//! any conditions, any order, from any row on; and a row's object as Stripe sent it.
//!
//! Values are read in blocks of rows of the order, a column at a time, and lately read ones are
//! kept, so that scrolling on, and back, reads little. Read next: `row_order.rs`, `frame_cache.rs`.

use std::num::NonZero;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::compute::{concat, take};
use pinstripe_arrow::JsonEncoder;
use pinstripe_import::is_account_field;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cell::Cell;
use crate::column::{Column, describe_columns};
use crate::column_cells::plain_cell;
use crate::cores::{blocking, on_all_cores};
use crate::error::LibraryError;
use crate::flatten::FlatColumn;
use crate::frame_cache::{FrameCache, OpenVersion, RowOrder, lock};
use crate::frame_version::{FrameVersion, GroupRead, Nested, selection_of};
use crate::ledger::FrameRecord;
use crate::library::Library;
use crate::row_filter::Filter;
use crate::row_order::Sort;

/// Most rows of one page.
pub const PAGE_ROWS_MAX: u64 = 1_000;
/// Rows that are read together: pages that follow are there already.
const BLOCK_ROWS: usize = 1_024;

/// Which rows and columns are wanted.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowsRequest {
    /// All where there are none.
    pub columns: Option<Vec<String>>,
    pub filters: Vec<Filter>,
    /// Newest first where there is none.
    pub sort: Vec<Sort>,
    pub offset: u64,
    /// At most 1,000.
    pub limit: u64,
    /// The last one where none is named.
    pub version: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowsResult {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// The number of each row in this version of the frame.
    pub positions: Vec<u64>,
    /// Rows that meet the filters.
    pub total: u64,
}

impl Library {
    /// The flat columns of a frame's version.
    pub async fn columns(
        &self,
        frame: &FrameRecord,
        version: Option<i64>,
    ) -> Result<Vec<Column>, LibraryError> {
        let version = self.open_version(frame, version).await?;
        let files = &version.files;
        let mut columns =
            describe_columns(&files.columns, Some(frame.data_type.as_str()), &frame.plan.expand);
        for (column, flat) in columns.iter_mut().zip(&files.columns) {
            column.empty = files.is_empty(flat);
        }
        Ok(columns)
    }

    /// A page of a frame's rows.
    pub async fn rows(&self, frame: &FrameRecord, request: RowsRequest) -> Result<RowsResult, LibraryError> {
        if request.limit > PAGE_ROWS_MAX {
            let problem = format!("a page holds at most {PAGE_ROWS_MAX} rows, found {}", request.limit);
            return Err(LibraryError::Page { problem });
        }
        let version = self.open_version(frame, request.version).await?;
        let cache = Arc::clone(&self.cache);
        blocking(move || page(&cache, &version, &request)).await
    }

    /// A row's object, exactly as Stripe sent it.
    pub async fn object(
        &self,
        frame: &FrameRecord,
        position: u64,
        version: Option<i64>,
    ) -> Result<String, LibraryError> {
        let version = self.open_version(frame, version).await?;
        let (name, of_accounts) = (frame.name.clone(), frame.plan.accounts.is_some());
        blocking(move || {
            let files = &version.files;
            let missing = || LibraryError::NoSuchRow { frame: name.clone(), position };
            let group = files.group_of(position).ok_or_else(missing)?;
            let selection = Some(selection_of(group, &[position]));
            let mut rows = files.read_nested(GroupRead { group, selection, coded: false }, &Nested::All)?;
            let batch = rows.next().ok_or_else(missing)??;
            // The account is not Stripe's to send: which one is asked is how it is known.
            let sent: Vec<usize> = (0..batch.num_columns())
                .filter(|place| !(of_accounts && is_account_field(batch.schema_ref().field(*place))))
                .collect();
            let batch = batch.project(&sent).map_err(LibraryError::arrow)?;
            let internal = |error: &dyn std::fmt::Display| LibraryError::Internal(error.to_string());
            let encoder = JsonEncoder::new(&batch.schema()).map_err(|error| internal(&error))?;
            let mut text = Vec::new();
            encoder.write_row(&batch, 0, &mut text).map_err(|error| internal(&error))?;
            String::from_utf8(text).map_err(|error| internal(&error))
        })
        .await
    }
}

fn page(
    cache: &FrameCache,
    version: &OpenVersion,
    request: &RowsRequest,
) -> Result<RowsResult, LibraryError> {
    let files = &version.files;
    let columns = chosen(files, request.columns.as_deref())?;
    let order = cache.order(version, &request.filters, &request.sort)?;
    let total = order.positions.len();
    let from = usize::try_from(request.offset).unwrap_or(usize::MAX).min(total);
    let until = from.saturating_add(request.limit as usize).min(total);
    let mut rows: Vec<Vec<Cell>> = Vec::with_capacity(until - from);
    let mut at = from;
    while at < until {
        let number = at / BLOCK_ROWS;
        let start = number * BLOCK_ROWS;
        let end = until.min(start + BLOCK_ROWS);
        let arrays = block(cache, files, &order, number, &columns)?;
        rows.extend(
            (at - start..end - start).map(|row| arrays.iter().map(|array| plain_cell(array, row)).collect()),
        );
        at = end;
    }
    Ok(RowsResult {
        columns: columns.iter().map(|index| files.columns[*index].name.clone()).collect(),
        rows,
        positions: order.positions[from..until].iter().map(|position| u64::from(*position)).collect(),
        total: total as u64,
    })
}

/// The columns of a view, by their places.
pub(crate) fn chosen(files: &FrameVersion, names: Option<&[String]>) -> Result<Vec<usize>, LibraryError> {
    match names {
        None => Ok((0..files.columns.len()).collect()),
        Some(names) => names.iter().map(|name| files.column(name)).collect(),
    }
}

/// The values of a block of an order's rows, as far as they are not kept, from the files.
fn block(
    cache: &FrameCache,
    files: &FrameVersion,
    order: &RowOrder,
    number: usize,
    columns: &[usize],
) -> Result<Vec<ArrayRef>, LibraryError> {
    let mut arrays: Vec<Option<ArrayRef>> = {
        let mut blocks = lock(&cache.blocks);
        columns.iter().map(|column| blocks.get(&(order.id, number, *column))).collect()
    };
    let missing: Vec<usize> = (0..columns.len()).filter(|place| arrays[*place].is_none()).collect();
    if !missing.is_empty() {
        let start = number * BLOCK_ROWS;
        let end = order.positions.len().min(start + BLOCK_ROWS);
        let wanted: Vec<&FlatColumn> = missing.iter().map(|place| &files.columns[columns[*place]]).collect();
        let read = read_rows(files, &order.positions[start..end], &wanted)?;
        let mut blocks = lock(&cache.blocks);
        for (place, array) in missing.into_iter().zip(read) {
            let weight = array.get_array_memory_size();
            blocks.put((order.id, number, columns[place]), array.clone(), weight);
            arrays[place] = Some(array);
        }
    }
    Ok(arrays.into_iter().flatten().collect())
}

/// The values of rows, in the order of their positions as given.
pub(crate) fn read_rows(
    files: &FrameVersion,
    positions: &[u32],
    columns: &[&FlatColumn],
) -> Result<Vec<ArrayRef>, LibraryError> {
    let parts = Parts::of(files, positions);
    // Each core takes a share of the columns of a row group.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = columns.len().div_ceil(cores).max(1);
    let shares: Vec<&[&FlatColumn]> = columns.chunks(share).collect();
    let read = on_all_cores(parts.groups.len() * shares.len(), |part| {
        let (group, rows) = &parts.groups[part / shares.len()];
        let share = shares[part % shares.len()];
        let group = &files.groups[*group];
        let selection = Some(selection_of(group, rows));
        let batches = files.read(GroupRead { group, selection, coded: false }, share)?;
        batches.collect::<Result<Vec<_>, _>>()
    })?;
    let mut arrays = Vec::with_capacity(columns.len());
    for (number, share_columns) in shares.iter().enumerate() {
        for place in 0..share_columns.len() {
            let of_groups = read.iter().skip(number).step_by(shares.len());
            let pieces: Vec<&dyn Array> = of_groups.flatten().map(|batch| batch[place].as_ref()).collect();
            let array = if pieces.is_empty() {
                let plain = crate::column::plain_type(share_columns[place].field.data_type());
                arrow::array::new_empty_array(&plain)
            } else {
                let whole = concat(&pieces).map_err(LibraryError::arrow)?;
                take(&whole, &parts.places, None).map_err(LibraryError::arrow)?
            };
            arrays.push(array);
        }
    }
    Ok(arrays)
}

/// Positions in ascending order by row group, and where each row of the wanted order is in them.
pub(crate) struct Parts {
    pub groups: Vec<(usize, Vec<u64>)>,
    pub places: UInt32Array,
}

impl Parts {
    pub fn of(files: &FrameVersion, positions: &[u32]) -> Parts {
        let mut ascending: Vec<(u32, u32)> =
            positions.iter().enumerate().map(|(place, position)| (*position, place as u32)).collect();
        ascending.sort_unstable();
        let mut places = vec![0; positions.len()];
        let mut groups: Vec<(usize, Vec<u64>)> = Vec::new();
        for (row, (position, place)) in ascending.iter().enumerate() {
            places[*place as usize] = row as u32;
            let position = u64::from(*position);
            let group = files.groups.partition_point(|group| group.first + group.rows as u64 <= position);
            match groups.last_mut() {
                Some((last, rows)) if *last == group => rows.push(position),
                _ => groups.push((group, vec![position])),
            }
        }
        Parts { groups, places: UInt32Array::from(places) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
