//! Which rows of a frame version meet the conditions, and in which order: a list of positions.
//!
//! Only the columns of the conditions and of the order are read, once, row group by row group on
//! all cores. Missing values come last either way; texts are ordered by their bytes. Rows that are
//! equal come newest first, as all rows do where no order is asked for. Read next: `row_pages.rs`.

use arrow::array::{ArrayRef, AsArray, StringArray};
use arrow::buffer::BooleanBuffer;
use arrow::compute::filter;
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, Rows, SortField};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::column::plain_type;
use crate::conditions::Conditions;
use crate::cores::on_all_cores;
use crate::error::LibraryError;
use crate::flatten::FlatColumn;
use crate::frame_version::{FrameVersion, GroupRead};
use crate::row_filter::Filter;

/// One column of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    pub column: String,
    pub descending: bool,
}

/// Texts are ordered by so many of their first bytes: keys of all rows are held at once.
const TEXT_KEY_BYTES: usize = 256;
/// Positions are held in four bytes each.
const ROWS_MAX: u64 = u32::MAX as u64;

/// A row's place in the order: the first bytes of its key, which nearly always decide, and where
/// the whole key is.
struct Entry {
    prefix: u128,
    group: u32,
    row: u32,
    position: u32,
}

/// The rows of a group that meet the conditions, in order, with their whole keys.
struct SortedGroup {
    entries: Vec<Entry>,
    keys: Option<Rows>,
}

/// The positions of the rows that meet the filters, in order.
pub(crate) fn positions(
    version: &FrameVersion,
    filters: &[Filter],
    sort: &[Sort],
) -> Result<Vec<u32>, LibraryError> {
    if version.rows > ROWS_MAX {
        return Err(LibraryError::Internal(format!("{} rows are too many to be ordered", version.rows)));
    }
    let conditions = Conditions::new(version, filters)?;
    let keys = keys(version, sort)?;
    if conditions.is_empty() && keys.is_empty() {
        return Ok((0..version.rows as u32).collect());
    }
    let columns: Vec<&FlatColumn> =
        conditions.columns.iter().copied().chain(keys.iter().map(|(column, _)| *column)).collect();
    let order = Order { conditions: &conditions, keys: &keys, columns: &columns };
    let groups = on_all_cores(version.groups.len(), |group| order.of_group(version, group))?;
    Ok(merge(groups))
}

/// Which rows of each group meet the conditions; all where there are none.
pub(crate) fn met_rows(
    version: &FrameVersion,
    filters: &[Filter],
) -> Result<Option<Vec<BooleanBuffer>>, LibraryError> {
    let conditions = Conditions::new(version, filters)?;
    if conditions.is_empty() {
        return Ok(None);
    }
    let of_group = |group: usize| {
        let group = &version.groups[group];
        let mut met = arrow::array::BooleanBufferBuilder::new(group.rows);
        let read = GroupRead { group, selection: None, coded: false };
        for arrays in version.read(read, &conditions.columns)? {
            let arrays = arrays?;
            let rows = arrays.first().map_or(0, |array| array.len());
            met.append_buffer(&conditions.met(&arrays, rows)?);
        }
        Ok(met.finish())
    };
    on_all_cores(version.groups.len(), of_group).map(Some)
}

/// The columns of an order, and newest first where they say no more.
fn keys<'a>(
    version: &'a FrameVersion,
    sort: &[Sort],
) -> Result<Vec<(&'a FlatColumn, SortField)>, LibraryError> {
    let field = |column: &FlatColumn, descending: bool| {
        let options = arrow::compute::SortOptions { descending, nulls_first: false };
        SortField::new_with_options(plain_type(column.field.data_type()), options)
    };
    let mut keys = Vec::new();
    for by in sort {
        let column = &version.columns[version.column(&by.column)?];
        keys.push((column, field(column, by.descending)));
    }
    let created = version.columns.iter().find(|column| column.name == "created");
    if let Some(created) = created
        && version.newest_first
        && !sort.iter().any(|by| by.column == "created")
    {
        keys.push((created, field(created, true)));
    }
    Ok(keys)
}

struct Order<'a> {
    conditions: &'a Conditions<'a>,
    keys: &'a [(&'a FlatColumn, SortField)],
    /// Those of the conditions, then those of the keys.
    columns: &'a [&'a FlatColumn],
}

impl Order<'_> {
    fn of_group(&self, version: &FrameVersion, number: usize) -> Result<SortedGroup, LibraryError> {
        let group = &version.groups[number];
        let converter = RowConverter::new(self.keys.iter().map(|(_, field)| field.clone()).collect())
            .map_err(LibraryError::arrow)?;
        let mut rows = converter.empty_rows(0, 0);
        let mut met_positions = Vec::new();
        let mut first = group.first;
        let read = GroupRead { group, selection: None, coded: false };
        for arrays in version.read(read, self.columns)? {
            let arrays = arrays?;
            let count = arrays.first().map_or(0, |array| array.len());
            let (tested, keyed) = arrays.split_at(self.conditions.columns.len());
            let met = self.conditions.met(tested, count)?;
            met_positions.extend(met.set_indices().map(|row| (first + row as u64) as u32));
            first += count as u64;
            if !self.keys.is_empty() {
                let met = arrow::array::BooleanArray::new(met, None);
                let keyed = keyed
                    .iter()
                    .map(|array| filter(&shortened(array), &met))
                    .collect::<Result<Vec<ArrayRef>, _>>()
                    .map_err(LibraryError::arrow)?;
                converter.append(&mut rows, &keyed).map_err(LibraryError::arrow)?;
            }
        }
        let has_keys = !self.keys.is_empty();
        let entry = |(row, position): (usize, u32)| Entry {
            prefix: if has_keys { prefix(rows.row(row).as_ref()) } else { 0 },
            group: number as u32,
            row: row as u32,
            position,
        };
        let mut entries: Vec<Entry> = met_positions.into_iter().enumerate().map(entry).collect();
        entries.sort_unstable_by(|left, right| {
            let whole = || {
                if !has_keys {
                    return std::cmp::Ordering::Equal;
                }
                rows.row(left.row as usize).cmp(&rows.row(right.row as usize))
            };
            left.prefix.cmp(&right.prefix).then_with(whole).then(left.position.cmp(&right.position))
        });
        Ok(SortedGroup { entries, keys: has_keys.then_some(rows) })
    }
}

/// Long texts by their beginnings.
fn shortened(array: &ArrayRef) -> ArrayRef {
    let long = |text: &str| text.len() > TEXT_KEY_BYTES;
    match (array.data_type(), array.as_string_opt::<i32>()) {
        (DataType::Utf8, Some(texts)) if texts.iter().flatten().any(long) => {
            let cut = |text: &str| text[..text.floor_char_boundary(TEXT_KEY_BYTES)].to_owned();
            std::sync::Arc::new(texts.iter().map(|text| text.map(cut)).collect::<StringArray>())
        }
        _ => array.clone(),
    }
}

fn prefix(key: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let length = key.len().min(16);
    bytes[..length].copy_from_slice(&key[..length]);
    u128::from_be_bytes(bytes)
}

/// Sorted groups into one order. A stable sort finds the runs that are sorted already.
fn merge(groups: Vec<SortedGroup>) -> Vec<u32> {
    let keys: Vec<Option<Rows>> = groups.iter().map(|_| None).collect();
    let mut all = Vec::with_capacity(groups.iter().map(|group| group.entries.len()).sum());
    let mut keys = keys;
    for (number, group) in groups.into_iter().enumerate() {
        keys[number] = group.keys;
        all.extend(group.entries);
    }
    let whole = |entry: &Entry| keys[entry.group as usize].as_ref().map(|rows| rows.row(entry.row as usize));
    all.sort_by(|left, right| {
        left.prefix
            .cmp(&right.prefix)
            .then_with(|| whole(left).cmp(&whole(right)))
            .then(left.position.cmp(&right.position))
    });
    all.into_iter().map(|entry| entry.position).collect()
}
