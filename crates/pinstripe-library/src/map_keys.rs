//! The keys that occur in a map column, such as `metadata`: each becomes a column for people.
//!
//! Read from the dictionaries of the Parquet files, which hold each key once, so that no row is
//! looked at; only where a dictionary is not complete the rows are.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::Arc;

use arrow::array::AsArray;
use datafusion::parquet::column::page::{Page, PageReader};
use datafusion::parquet::file::serialized_reader::SerializedPageReader;

use crate::coded_text::all_in_dictionary;
use crate::error::LibraryError;
use crate::flatten::FlatColumn;
use crate::frame_version::{FrameVersion, GroupRead, Nested};

/// Most keys that become columns: more would be no table any more.
const KEYS_MAX: usize = 200;

/// The keys of a map in all rows, sorted; `None` where they are too many to be columns.
pub(crate) fn of(version: &FrameVersion, map: &FlatColumn) -> Result<Option<Vec<String>>, LibraryError> {
    let mut keys = BTreeSet::new();
    let key_leaf = [map.path(), &["key_value".to_owned(), "key".to_owned()]].concat();
    let mut chunks = version.leaf_chunks(&key_leaf).peekable();
    let known = chunks.peek().is_some();
    let mut read_rows = !known;
    for (path, chunk, rows) in chunks {
        let nulls = chunk.statistics().and_then(|statistics| statistics.null_count_opt());
        if nulls == Some(chunk.num_values().unsigned_abs()) {
            continue;
        }
        if !all_in_dictionary(chunk) {
            read_rows = true;
            break;
        }
        let file = Arc::new(File::open(path).map_err(LibraryError::file("read", path))?);
        let page = SerializedPageReader::new(file, chunk, rows, None)
            .and_then(|mut pages| pages.get_next_page())
            .map_err(|source| version.failed(source.into()))?;
        match page {
            Some(Page::DictionaryPage { buf, num_values, .. }) => {
                if texts(&buf, num_values, &mut keys).is_none() {
                    read_rows = true;
                    break;
                }
            }
            _ => read_rows = true,
        }
        if keys.len() > KEYS_MAX {
            return Ok(None);
        }
    }
    if read_rows && !keys_of_rows(version, map, &mut keys)? {
        return Ok(None);
    }
    Ok(Some(keys.into_iter().collect()))
}

/// A dictionary page: each value's length in four bytes, then the value.
fn texts(mut bytes: &[u8], count: u32, keys: &mut BTreeSet<String>) -> Option<()> {
    for _ in 0..count {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let text = std::str::from_utf8(rest.get(..length)?).ok()?;
        if !keys.contains(text) {
            keys.insert(text.to_owned());
        }
        bytes = rest.get(length..)?;
    }
    Some(())
}

/// Looks at every row; `false` as soon as the keys are too many.
fn keys_of_rows(
    version: &FrameVersion,
    map: &FlatColumn,
    keys: &mut BTreeSet<String>,
) -> Result<bool, LibraryError> {
    for group in &version.groups {
        let read = GroupRead { group, selection: None, coded: false };
        for batch in version.read_nested(read, &Nested::Of(&[map]))? {
            let batch = batch?;
            let array = crate::flatten::nested_array(&batch, map).map_err(LibraryError::arrow)?;
            let Some(array) = array.as_map_opt() else { return Ok(false) };
            let Some(names) = array.keys().as_string_opt::<i32>() else { return Ok(false) };
            for row in 0..array.offsets().len() - 1 {
                for entry in array.offsets()[row]..array.offsets()[row + 1] {
                    let name = names.value(entry as usize);
                    if !keys.contains(name) {
                        keys.insert(name.to_owned());
                    }
                }
            }
            if keys.len() > KEYS_MAX {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
