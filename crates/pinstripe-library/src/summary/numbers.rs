//! Numbers of one column: all of them up to a bound, then an even sample of them.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use super::distinct::Sketch;

/// Most values that are held of a column.
pub(super) const VALUES_MAX: usize = 4 << 20;

/// What a column's numbers are.
pub(super) trait Number: Copy + Default {
    fn order(&self, other: &Self) -> Ordering;
    fn add(&self, to: f64) -> f64;
    fn bits(&self) -> u64;
}

impl Number for i64 {
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
    fn add(&self, to: f64) -> f64 {
        to + *self as f64
    }
    fn bits(&self) -> u64 {
        *self as u64
    }
}

impl Number for i128 {
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
    fn add(&self, to: f64) -> f64 {
        to + *self as f64
    }
    fn bits(&self) -> u64 {
        (*self as u64) ^ ((*self >> 64) as u64).rotate_left(32)
    }
}

impl Number for f64 {
    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }
    fn add(&self, to: f64) -> f64 {
        to + self
    }
    fn bits(&self) -> u64 {
        self.to_bits()
    }
}

/// Takes a column's numbers.
pub(super) struct Numbers<N> {
    values: Vec<N>,
    values_max: usize,
    /// Once values are left out, what must be told of all of them.
    beyond: Option<Beyond<N>>,
}

struct Beyond<N> {
    /// Every so many values one is held.
    stride: u64,
    seen: u64,
    min: N,
    max: N,
    sum: f64,
    sketch: Sketch,
    hasher: foldhash::quality::FixedState,
}

/// What there is to tell of a column's numbers; at least one.
pub(super) struct NumberStats<N> {
    pub count: u64,
    pub distinct: u64,
    /// All values were held.
    pub exact: bool,
    pub min: N,
    pub max: N,
    pub sum: f64,
    /// The two in the middle, or the one, twice.
    pub middle: (N, N),
    /// The values that were held, in order.
    pub sorted: Vec<N>,
}

impl<N: Number> Numbers<N> {
    pub fn new() -> Numbers<N> {
        Numbers::holding(VALUES_MAX)
    }

    pub fn holding(values_max: usize) -> Numbers<N> {
        Numbers { values: Vec::new(), values_max, beyond: None }
    }

    pub fn extend(&mut self, values: impl Iterator<Item = N>) {
        match &mut self.beyond {
            None => {
                self.values.extend(values);
                if self.values.len() > self.values_max {
                    self.go_beyond();
                }
            }
            Some(beyond) => {
                for value in values {
                    if beyond.note(value) {
                        self.values.push(value);
                    }
                }
                while self.values.len() > self.values_max {
                    beyond.stride *= 2;
                    every_other(&mut self.values);
                }
            }
        }
    }

    pub fn push(&mut self, value: N) {
        self.extend(std::iter::once(value));
    }

    fn go_beyond(&mut self) {
        let Some(first) = self.values.first() else { return };
        let mut beyond = Beyond {
            stride: 1,
            seen: 0,
            min: *first,
            max: *first,
            sum: 0.0,
            sketch: Sketch::new(),
            hasher: foldhash::quality::FixedState::with_seed(1),
        };
        for value in &self.values {
            beyond.note(*value);
        }
        while self.values.len() > self.values_max {
            beyond.stride *= 2;
            every_other(&mut self.values);
        }
        self.beyond = Some(beyond);
    }

    pub fn finish(mut self) -> Option<NumberStats<N>> {
        self.values.sort_unstable_by(N::order);
        let sorted = self.values;
        let (first, last) = (*sorted.first()?, *sorted.last()?);
        let middle = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(match self.beyond {
            Some(beyond) => NumberStats {
                count: beyond.seen,
                distinct: beyond.sketch.estimate().min(beyond.seen),
                exact: false,
                min: beyond.min,
                max: beyond.max,
                sum: beyond.sum,
                middle,
                sorted,
            },
            None => {
                let changes = sorted.windows(2).filter(|pair| pair[0].order(&pair[1]).is_ne()).count();
                NumberStats {
                    count: sorted.len() as u64,
                    distinct: changes as u64 + 1,
                    exact: true,
                    min: first,
                    max: last,
                    sum: sorted.iter().fold(0.0, |sum, value| value.add(sum)),
                    middle,
                    sorted,
                }
            }
        })
    }
}

impl<N: Number> Beyond<N> {
    /// Whether this value is one of the sample.
    fn note(&mut self, value: N) -> bool {
        if value.order(&self.min).is_lt() {
            self.min = value;
        }
        if value.order(&self.max).is_gt() {
            self.max = value;
        }
        self.sum = value.add(self.sum);
        self.sketch.insert(self.hasher.hash_one(value.bits()));
        self.seen += 1;
        (self.seen - 1).is_multiple_of(self.stride)
    }
}

fn every_other<N>(values: &mut Vec<N>) {
    let mut number = 0_usize;
    values.retain(|_| {
        number += 1;
        number % 2 == 1
    });
}

impl<N: Number> NumberStats<N> {
    /// Rows in each bin between neighbouring edges; `below` says whether a value is below an edge.
    pub fn counts<E>(&self, edges: &[E], below: impl Fn(&N, &E) -> bool) -> Vec<u64> {
        let places: Vec<usize> =
            edges.iter().map(|edge| self.sorted.partition_point(|value| below(value, edge))).collect();
        let share = self.count as f64 / self.sorted.len() as f64;
        places
            .windows(2)
            .map(|pair| {
                let held = (pair[1] - pair[0]) as u64;
                if self.exact { held } else { (held as f64 * share).round() as u64 }
            })
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn few_numbers_are_told_exactly() {
        let mut numbers = Numbers::new();
        numbers.extend([5_i64, 1, 5, 9].into_iter());
        let stats = numbers.finish().unwrap();
        assert_eq!((stats.count, stats.distinct, stats.min, stats.max), (4, 3, 1, 9));
        assert_eq!((stats.sum, stats.middle), (20.0, (5, 5)));
        assert_eq!(stats.counts(&[0, 5, 10], |value, edge| value < edge), [1, 3]);
        assert!(Numbers::<f64>::new().finish().is_none());
    }

    #[test]
    fn of_many_numbers_a_sample_is_held_and_the_rest_is_counted() {
        let mut numbers = Numbers::holding(1_000);
        for start in (0..100_000).step_by(500) {
            numbers.extend(start..start + 500_i64);
        }
        let stats = numbers.finish().unwrap();
        assert!(!stats.exact && stats.sorted.len() <= 1_000);
        assert_eq!((stats.count, stats.min, stats.max), (100_000, 0, 99_999));
        assert_eq!(stats.sum, 4_999_950_000.0);
        assert!((stats.middle.0 - 50_000).abs() < 1_000, "{:?}", stats.middle);
        let counts = stats.counts(&[0, 25_000, 100_000], |value, edge| value < edge);
        assert!((24_000..26_000).contains(&counts[0]), "{counts:?}");
        assert!((97_000..103_000).contains(&stats.distinct));
    }
}
