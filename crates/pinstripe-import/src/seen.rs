//! The rows that one walk has seen, to find out a server whose pages overlap or go in circles.
//!
//! While rows come in order, newest first, only the latest need to be remembered: a row that comes
//! again has the `created` it had before, so it either lies among those or goes back in time. Rows
//! that are not in order are all remembered, as a hash each.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Rows in order that are remembered.
const REMEMBERED_MAX: usize = 2_000;

#[derive(Debug, Default)]
pub(crate) struct Seen {
    hashes: HashSet<u64>,
    /// The same rows as they came, with `created` in Unix seconds.
    order: VecDeque<(u64, Option<i64>)>,
    /// `created` of the last row that came.
    reached: Option<i64>,
    /// Whether a row came that was newer than the one before it.
    disordered: bool,
    /// `created` of the last row that was forgotten.
    forgotten: Option<i64>,
}

pub(crate) fn id_hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

impl Seen {
    /// Whether every row so far was no newer than the one before it.
    pub fn is_in_order(&self) -> bool {
        !self.disordered
    }

    /// The second of the last row, and the rows of that second, where rows came in order.
    pub fn reached(&self) -> Option<(i64, Vec<u64>)> {
        let reached = self.reached.filter(|_| !self.disordered)?;
        let ids = self.order.iter().rev().take_while(|(_, created)| *created == Some(reached));
        Some((reached, ids.map(|(hash, _)| *hash).collect()))
    }

    /// Notes a row, or says why it cannot be part of the walk.
    pub fn note(&mut self, hash: u64, created: Option<i64>) -> Result<(), &'static str> {
        if !self.hashes.insert(hash) {
            return Err("a row came twice");
        }
        match (created, self.forgotten) {
            (Some(created), Some(forgotten)) if created >= forgotten => {
                return Err("its rows go back in time");
            }
            _ => {}
        }
        self.disordered |= match (created, self.reached) {
            (Some(created), Some(reached)) => created > reached,
            (None, _) => true,
            (Some(_), None) => false,
        };
        self.reached = created.or(self.reached);
        self.order.push_back((hash, created));
        self.forget();
        Ok(())
    }

    /// Forgets the oldest rows in order; never those of the second that was reached.
    fn forget(&mut self) {
        while !self.disordered && self.order.len() > REMEMBERED_MAX {
            let Some((hash, created)) =
                self.order.front().copied().filter(|(_, created)| *created > self.reached)
            else {
                return;
            };
            self.order.pop_front();
            self.hashes.remove(&hash);
            self.forgotten = created;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_order_are_forgotten_and_still_found_out() {
        let mut seen = Seen::default();
        for row in 0..50_000_u64 {
            seen.note(row, Some(1_000_000 - row as i64)).unwrap();
        }
        assert!(seen.order.len() <= REMEMBERED_MAX && seen.hashes.len() == seen.order.len());
        assert_eq!(seen.note(49_999, Some(950_001)), Err("a row came twice"));
        assert_eq!(seen.note(7, Some(999_993)), Err("its rows go back in time"));
    }

    #[test]
    fn many_rows_of_one_second_are_all_remembered() {
        let mut seen = Seen::default();
        for row in 0..30_000_u64 {
            seen.note(row, Some(5)).unwrap();
        }
        assert_eq!(seen.note(0, Some(5)), Err("a row came twice"));
        let (second, ids) = seen.reached().unwrap();
        assert_eq!((second, ids.len()), (5, 30_000));
    }

    #[test]
    fn rows_out_of_order_are_all_remembered() {
        let mut seen = Seen::default();
        seen.note(1, Some(5)).unwrap();
        seen.note(2, Some(6)).unwrap();
        for row in 10..30_000_u64 {
            seen.note(row, Some(100_000 - row as i64)).unwrap();
        }
        assert!(!seen.is_in_order() && seen.reached().is_none());
        assert_eq!(seen.note(1, Some(5)), Err("a row came twice"));
    }
}
