//! Which sparse fields some row had.
//!
//! A set of dotted paths, small and in one order everywhere, so that it can stand in a checkpoint
//! and two files of one import can be brought to one schema. Knows nothing of the catalog.
//! Read next: `row_schema.rs`, which turns it into columns.

use std::collections::BTreeSet;

/// Dotted paths of the sparse fields that have a value in some row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SparseFields {
    paths: BTreeSet<String>,
}

impl SparseFields {
    pub fn contains(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// In alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Adds what another batch had. Says whether that was anything new.
    pub fn union(&mut self, other: &SparseFields) -> bool {
        let before = self.paths.len();
        self.paths.extend(other.paths.iter().cloned());
        self.paths.len() > before
    }

    pub(crate) fn insert(&mut self, path: &str) {
        if !self.paths.contains(path) {
            self.paths.insert(path.to_owned());
        }
    }
}

impl FromIterator<String> for SparseFields {
    fn from_iter<T: IntoIterator<Item = String>>(paths: T) -> Self {
        SparseFields { paths: paths.into_iter().collect() }
    }
}

impl From<Vec<String>> for SparseFields {
    fn from(paths: Vec<String>) -> Self {
        paths.into_iter().collect()
    }
}

impl From<SparseFields> for Vec<String> {
    fn from(fields: SparseFields) -> Self {
        fields.paths.into_iter().collect()
    }
}
