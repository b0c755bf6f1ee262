//! What one version of a frame changed of another: rows that came, rows that went, rows that are not
//! as they were, and in which columns.
//!
//! Rows are known by their `id`, and their account where accounts were chosen, where each has one of
//! its own; else they are counted whole. Rows are
//! compared by hashes of 64 bits over all their values, a value that is missing being the same as a
//! column that is not there: files leave out columns that no row has.

use std::collections::{BTreeSet, HashMap};

use arrow::array::{Array, ArrayRef, AsArray};
use datafusion::common::hash_utils::{RandomState, create_hashes};
use pinstripe_import::is_account_field;
use serde::Serialize;
use utoipa::ToSchema;

use crate::column_cells::plain;
use crate::cores::on_all_cores;
use crate::error::LibraryError;
use crate::flatten::FlatColumn;
use crate::frame_version::{FrameVersion, GroupRead, selection_of};

/// Ids that are named, of each kind of change.
const EXAMPLES: usize = 5;
const SEED: u64 = 0x5_171_9e5;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VersionChanges {
    pub version: i64,
    /// The version before it; none before the first.
    pub previous: Option<i64>,
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    /// Those that differ in some row, most rows first.
    pub changed_columns: Vec<ChangedColumn>,
    pub examples: Examples,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedColumn {
    pub column: String,
    /// Rows in which it differs.
    pub rows: u64,
}

/// Ids of some of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Examples {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

impl VersionChanges {
    /// Of a version before which there is none.
    pub(super) fn first(version: i64, rows: u64) -> VersionChanges {
        VersionChanges {
            version,
            previous: None,
            added: rows,
            removed: 0,
            changed: 0,
            changed_columns: Vec::new(),
            examples: Examples::default(),
        }
    }
}

/// Hashes of a row: of its id, and of all it holds.
#[derive(Clone, Copy)]
struct RowHash {
    id: u64,
    all: u64,
}

/// Where the rows of two versions differ, by their positions, in ascending order of `new`.
#[derive(Default)]
struct Differences {
    added: Vec<u64>,
    removed: Vec<u64>,
    /// Positions in the old and in the new version.
    changed: Vec<(u64, u64)>,
}

pub(super) fn between(
    old: &FrameVersion,
    new: &FrameVersion,
    version: i64,
    previous: i64,
) -> Result<VersionChanges, LibraryError> {
    let (old_rows, new_rows) = (row_hashes(old)?, row_hashes(new)?);
    let base = VersionChanges { previous: Some(previous), ..VersionChanges::first(version, 0) };
    let Some(found) = by_id(&old_rows, &new_rows) else {
        let (added, removed) = by_whole_rows(&old_rows, &new_rows);
        return Ok(VersionChanges { added, removed, ..base });
    };
    drop((old_rows, new_rows));
    let examples = Examples {
        added: ids(new, found.added.iter().copied())?,
        removed: ids(old, found.removed.iter().copied())?,
        changed: ids(new, found.changed.iter().map(|(_, new)| *new))?,
    };
    Ok(VersionChanges {
        added: found.added.len() as u64,
        removed: found.removed.len() as u64,
        changed: found.changed.len() as u64,
        changed_columns: changed_columns(old, new, &found.changed)?,
        examples,
        ..base
    })
}

/// The hashes of all rows in the order of their positions; an id of 0 is none.
fn row_hashes(version: &FrameVersion) -> Result<Vec<RowHash>, LibraryError> {
    let columns: Vec<&FlatColumn> = filled(version).collect();
    let id = columns.iter().position(|column| column.name == "id");
    let account = columns.iter().position(|column| is_account_field(&column.field));
    let groups = on_all_cores(version.groups.len(), |number| {
        let group = &version.groups[number];
        let mut rows = Vec::with_capacity(group.rows);
        let read = GroupRead { group, selection: None, coded: true };
        for batch in version.read(read, &columns)? {
            let arrays = batch?;
            let first = rows.len();
            let length = arrays.first().map_or(0, |array| array.len());
            rows.resize(first + length, RowHash { id: 0, all: 0 });
            let mut accounts = Vec::new();
            for (place, (array, column)) in arrays.iter().zip(&columns).enumerate() {
                let hashes = hashes(array, &column.name)?;
                for (row, hash) in rows[first..].iter_mut().zip(&hashes) {
                    row.all = row.all.wrapping_add(*hash);
                    if Some(place) == id {
                        row.id = *hash;
                    }
                }
                if Some(place) == account {
                    accounts = hashes;
                }
            }
            for (row, account) in rows[first..].iter_mut().zip(accounts).filter(|(row, _)| row.id != 0) {
                row.id = mixed(row.id ^ account).max(1);
            }
        }
        Ok(rows)
    })?;
    Ok(groups.concat())
}

/// The columns in which some row has a value.
fn filled(version: &FrameVersion) -> impl Iterator<Item = &FlatColumn> {
    let hidden = |column: &&FlatColumn| column.path().first().is_some_and(|first| first == "_shape");
    version.columns.iter().filter(move |column| !hidden(column) && version.is_empty(column) != Some(true))
}

/// A hash for each value, which depends on the column's name too. No value has 0.
fn hashes(array: &ArrayRef, column: &str) -> Result<Vec<u64>, LibraryError> {
    let mut hashes = vec![0; array.len()];
    let state = RandomState::with_seed(SEED);
    create_hashes([array], &state, &mut hashes).map_err(LibraryError::sql)?;
    let name = column.bytes().fold(SEED, |hash, byte| mixed(hash ^ u64::from(byte)));
    let nulls = array.logical_nulls();
    for (row, hash) in hashes.iter_mut().enumerate() {
        let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        *hash = if is_null { 0 } else { mixed(*hash ^ name).max(1) };
    }
    Ok(hashes)
}

/// Spreads every bit of a number over all of it (the finalizer of SplitMix64).
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Compares rows of the same id. `None` where some row has no id, or not one of its own.
fn by_id(old: &[RowHash], new: &[RowHash]) -> Option<Differences> {
    let mut known: HashMap<u64, (u64, u64)> = HashMap::with_capacity(old.len());
    for (position, row) in old.iter().enumerate() {
        if row.id == 0 || known.insert(row.id, (row.all, position as u64)).is_some() {
            return None;
        }
    }
    let mut differences = Differences::default();
    let mut seen = std::collections::HashSet::new();
    for (position, row) in new.iter().enumerate() {
        let position = position as u64;
        match known.remove(&row.id) {
            Some((all, _)) if all == row.all => {}
            Some((_, before)) => differences.changed.push((before, position)),
            None => differences.added.push(position),
        }
        if row.id == 0 || !seen.insert(row.id) {
            return None;
        }
    }
    differences.removed = known.into_values().map(|(_, position)| position).collect();
    differences.removed.sort_unstable();
    Some(differences)
}

/// How many whole rows came and went; equal rows count as often as they are there.
fn by_whole_rows(old: &[RowHash], new: &[RowHash]) -> (u64, u64) {
    let mut counts: HashMap<u64, i64> = HashMap::new();
    for row in new {
        *counts.entry(row.all).or_default() += 1;
    }
    for row in old {
        *counts.entry(row.all).or_default() -= 1;
    }
    let sum = |sign: i64| counts.values().map(|count| (count * sign).max(0).unsigned_abs()).sum();
    (sum(1), sum(-1))
}

/// The first few ids of rows.
fn ids(version: &FrameVersion, positions: impl Iterator<Item = u64>) -> Result<Vec<String>, LibraryError> {
    let positions: Vec<u64> = positions.take(EXAMPLES).collect();
    let Ok(place) = version.column("id") else { return Ok(Vec::new()) };
    let column = [&version.columns[place]];
    let mut ids = Vec::new();
    for arrays in read_positions(version, &column, &positions)? {
        let texts = plain(&arrays).map_err(LibraryError::arrow)?;
        ids.extend(texts.as_string::<i32>().iter().flatten().map(str::to_owned));
    }
    Ok(ids)
}

/// One column's values of rows, by positions in ascending order.
fn read_positions(
    version: &FrameVersion,
    column: &[&FlatColumn; 1],
    positions: &[u64],
) -> Result<Vec<ArrayRef>, LibraryError> {
    let mut arrays = Vec::new();
    let mut rest = positions;
    for group in &version.groups {
        let end = group.first + group.rows as u64;
        let (here, later) = rest.split_at(rest.partition_point(|position| *position < end));
        rest = later;
        if here.is_empty() {
            continue;
        }
        let selection = (here.len() < group.rows).then(|| selection_of(group, here));
        for batch in version.read(GroupRead { group, selection, coded: true }, column)? {
            arrays.extend(batch?);
        }
    }
    Ok(arrays)
}

/// In how many of the changed rows each column differs.
fn changed_columns(
    old: &FrameVersion,
    new: &FrameVersion,
    changed: &[(u64, u64)],
) -> Result<Vec<ChangedColumn>, LibraryError> {
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let mut old_positions: Vec<u64> = changed.iter().map(|(old, _)| *old).collect();
    old_positions.sort_unstable();
    let new_positions: Vec<u64> = changed.iter().map(|(_, new)| *new).collect();
    // Where the old row of each new one stands among the old ones that are read.
    let places: Vec<usize> =
        changed.iter().map(|(old, _)| old_positions.partition_point(|position| position < old)).collect();
    let names: Vec<&str> = {
        let all: BTreeSet<&str> = filled(old).chain(filled(new)).map(|column| column.name.as_str()).collect();
        all.into_iter().collect()
    };
    let counts = on_all_cores(names.len(), |number| {
        let name = names[number];
        let before = column_hashes(old, name, &old_positions)?;
        let after = column_hashes(new, name, &new_positions)?;
        let differs = |(place, after): (&usize, &u64)| before[*place] != *after;
        Ok(places.iter().zip(&after).filter(|pair| differs(*pair)).count() as u64)
    })?;
    let mut columns: Vec<ChangedColumn> = names
        .iter()
        .zip(counts)
        .filter(|(_, rows)| *rows > 0)
        .map(|(name, rows)| ChangedColumn { column: (*name).to_owned(), rows })
        .collect();
    columns.sort_by(|one, other| other.rows.cmp(&one.rows).then(one.column.cmp(&other.column)));
    Ok(columns)
}

/// Of a column that a version does not have, all values are missing.
fn column_hashes(version: &FrameVersion, name: &str, positions: &[u64]) -> Result<Vec<u64>, LibraryError> {
    let Some(column) = version.columns.iter().find(|column| column.name == name) else {
        return Ok(vec![0; positions.len()]);
    };
    let mut all = Vec::with_capacity(positions.len());
    for array in read_positions(version, &[column], positions)? {
        all.extend(hashes(&array, name)?);
    }
    Ok(all)
}
