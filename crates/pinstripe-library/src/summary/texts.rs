//! Texts of one column: how often each of the first several thousand different ones occurs, and of
//! the others, how many there are.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use super::ValueCount;
use super::distinct::Sketch;
use super::numbers::VALUES_MAX;
use crate::cell::Cell;

/// Different texts that are counted one by one, and the room they may take.
const COUNTED_MAX: usize = 16_384;
const COUNTED_BYTES_MAX: usize = 4 << 20;
/// Characters of a value that are sent to a page.
const SHOWN_MAX: usize = 200;
const TOP_MAX: usize = 10;

/// Hashes are hashes already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Takes a column's texts. Two texts are the same when their 64-bit hashes are.
pub(super) struct Texts {
    hasher: foldhash::quality::RandomState,
    counted: HashMap<u64, (Box<str>, u64), BuildHasherDefault<AsItIs>>,
    counted_bytes: usize,
    /// Of texts that came when no more could be counted.
    others: Vec<u64>,
    others_max: usize,
    sketch: Option<Sketch>,
    present: u64,
    least: Option<Box<str>>,
    greatest: Option<Box<str>>,
}

/// What there is to tell of a column's texts.
pub(super) struct TextStats {
    pub distinct: u64,
    pub exact: bool,
    pub least: Option<Box<str>>,
    pub greatest: Option<Box<str>>,
    pub top: Vec<ValueCount>,
    pub other: u64,
}

impl Texts {
    pub fn new() -> Texts {
        Texts::holding(VALUES_MAX)
    }

    pub fn holding(others_max: usize) -> Texts {
        Texts {
            hasher: foldhash::quality::RandomState::default(),
            counted: HashMap::default(),
            counted_bytes: 0,
            others: Vec::new(),
            others_max,
            sketch: None,
            present: 0,
            least: None,
            greatest: None,
        }
    }

    /// Takes a text that occurs so many times.
    pub fn add(&mut self, text: &str, times: u64) {
        self.present += times;
        let hash = self.hasher.hash_one(text);
        if let Some((_, count)) = self.counted.get_mut(&hash) {
            *count += times;
            return;
        }
        if self.least.as_deref().is_none_or(|least| text < least) {
            self.least = Some(text.into());
        }
        if self.greatest.as_deref().is_none_or(|greatest| text > greatest) {
            self.greatest = Some(text.into());
        }
        if self.counted.len() < COUNTED_MAX && self.counted_bytes + text.len() <= COUNTED_BYTES_MAX {
            self.counted_bytes += text.len();
            self.counted.insert(hash, (text.into(), times));
            return;
        }
        if let Some(sketch) = &mut self.sketch {
            sketch.insert(hash);
            return;
        }
        self.others.extend((0..times).map(|_| hash));
        if self.others.len() > self.others_max {
            let mut sketch = Sketch::new();
            self.others.iter().for_each(|hash| sketch.insert(*hash));
            self.others = Vec::new();
            self.sketch = Some(sketch);
        }
    }

    /// Puts the others in order: for [`Texts::frequent_others`].
    pub fn settle(&mut self) {
        self.others.sort_unstable();
    }

    /// Of the others, those that occur more often than what was counted: which text they are is
    /// still to be found.
    pub fn frequent_others(&self) -> HashSet<u64> {
        let mut counts: Vec<u64> = self.counted.values().map(|(_, count)| *count).collect();
        counts.sort_unstable_by_key(|count| std::cmp::Reverse(*count));
        let enough = counts.get(TOP_MAX - 1).copied().unwrap_or(0).max(1);
        let runs = self.others.chunk_by(|left, right| left == right);
        let mut frequent: Vec<(usize, u64)> =
            runs.filter(|run| run.len() as u64 > enough).map(|run| (run.len(), run[0])).collect();
        frequent.sort_unstable_by_key(|(count, _)| std::cmp::Reverse(*count));
        frequent.into_iter().take(TOP_MAX).map(|(_, hash)| hash).collect()
    }

    /// A text of a second look: one of the wanted ones is counted from now on. Returns whether none
    /// is wanted any more.
    pub fn found(&mut self, text: &str, wanted: &mut HashSet<u64>) -> bool {
        let hash = self.hasher.hash_one(text);
        if wanted.remove(&hash) {
            let from = self.others.partition_point(|other| *other < hash);
            let until = self.others.partition_point(|other| *other <= hash);
            self.others.drain(from..until);
            self.counted.insert(hash, (text.into(), (until - from) as u64));
        }
        wanted.is_empty()
    }

    pub fn finish(self) -> TextStats {
        let other_distinct = match &self.sketch {
            Some(sketch) => sketch.estimate(),
            None => self.others.chunk_by(|left, right| left == right).count() as u64,
        };
        let distinct = self.counted.len() as u64 + other_distinct;
        let mut counted: Vec<(Box<str>, u64)> = self.counted.into_values().collect();
        counted.sort_unstable_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        counted.truncate(TOP_MAX);
        // Values that are all different have no most frequent ones.
        if distinct > TOP_MAX as u64 && counted.first().is_some_and(|(_, count)| *count == 1) {
            counted.clear();
        }
        let top: Vec<ValueCount> = counted
            .into_iter()
            .map(|(text, count)| {
                let (value, cut) = shown(&text);
                ValueCount { value, count, cut }
            })
            .collect();
        let other = self.present - top.iter().map(|value| value.count).sum::<u64>();
        TextStats {
            distinct,
            exact: self.sketch.is_none(),
            least: self.least,
            greatest: self.greatest,
            top,
            other,
        }
    }
}

/// A text as far as a page is sent it, and whether that is not all of it.
pub(super) fn shown(text: &str) -> (Cell, bool) {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => (Cell::Text(format!("{}…", &text[..end])), true),
        None => (Cell::Text(text.to_owned()), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(stats: &TextStats) -> Vec<(String, u64)> {
        let text = |value: &ValueCount| value.value.text().unwrap_or_default().to_owned();
        stats.top.iter().map(|value| (text(value), value.count)).collect()
    }

    #[test]
    fn the_most_frequent_come_first_and_the_rest_is_counted() {
        let mut texts = Texts::new();
        for (number, times) in (0..20).zip([3_u64, 9, 1, 1, 1].into_iter().cycle()) {
            texts.add(&format!("v{number:02}"), times);
        }
        let stats = texts.finish();
        assert_eq!(top(&stats)[0], ("v01".to_owned(), 9));
        assert_eq!((stats.distinct, stats.exact, stats.top.len()), (20, true, 10));
        assert_eq!(stats.other, 60 - stats.top.iter().map(|value| value.count).sum::<u64>());
        assert_eq!((stats.least.as_deref(), stats.greatest.as_deref()), (Some("v00"), Some("v19")));
    }

    #[test]
    fn a_text_that_comes_late_and_often_is_found() {
        let mut texts = Texts::new();
        let all: Vec<String> = (0..20_000)
            .map(|number| format!("unique {number}"))
            .chain(std::iter::repeat_n("late".to_owned(), 500))
            .collect();
        all.iter().for_each(|text| texts.add(text, 1));
        texts.settle();
        let mut wanted = texts.frequent_others();
        assert_eq!(wanted.len(), 1);
        let found = all.iter().position(|text| texts.found(text, &mut wanted));
        assert_eq!(found, Some(20_000));
        let stats = texts.finish();
        assert_eq!(top(&stats)[0], ("late".to_owned(), 500));
        assert_eq!((stats.distinct, stats.exact), (20_001, true));
    }

    #[test]
    fn great_numbers_of_texts_are_estimated() {
        let mut texts = Texts::holding(1_000);
        (0..200_000).for_each(|number| texts.add(&format!("unique {number}"), 1));
        texts.settle();
        assert!(texts.frequent_others().is_empty());
        let stats = texts.finish();
        assert!(!stats.exact && stats.top.is_empty());
        assert!((194_000..206_000).contains(&stats.distinct), "{}", stats.distinct);
    }

    #[test]
    fn long_texts_are_cut_for_the_page() {
        let long = "é".repeat(10_000);
        let (Cell::Text(text), true) = shown(&long) else { unreachable!("it is long") };
        assert_eq!(text.chars().count(), 201);
        assert_eq!(shown("short"), (Cell::Text("short".to_owned()), false));
    }
}
