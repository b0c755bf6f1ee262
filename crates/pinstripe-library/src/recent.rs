//! What was used lately, up to a bound: values that can always be made again from the files.

use std::collections::HashMap;
use std::hash::Hash;

/// Holds values up to a total weight; those that were not used for longest go first.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    held: HashMap<K, Held<V>>,
    weight: usize,
    weight_max: usize,
    clock: u64,
}

#[derive(Debug)]
struct Held<V> {
    value: V,
    weight: usize,
    used: u64,
}

impl<K: Hash + Eq + Clone, V: Clone> Recent<K, V> {
    pub fn new(weight_max: usize) -> Recent<K, V> {
        Recent { held: HashMap::new(), weight: 0, weight_max, clock: 0 }
    }

    pub fn get(&mut self, key: &K) -> Option<V> {
        self.clock += 1;
        let held = self.held.get_mut(key)?;
        held.used = self.clock;
        Some(held.value.clone())
    }

    /// Holds a value. One that is heavier than the bound is held alone.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        self.clock += 1;
        if let Some(before) = self.held.insert(key, Held { value, weight, used: self.clock }) {
            self.weight -= before.weight;
        }
        self.weight += weight;
        if self.weight > self.weight_max {
            self.let_go();
        }
    }

    /// Down to three quarters, so that not every value costs a look at all.
    fn let_go(&mut self) {
        let mut by_age: Vec<(u64, K)> =
            self.held.iter().map(|(key, held)| (held.used, key.clone())).collect();
        by_age.sort_unstable_by_key(|(used, _)| *used);
        by_age.pop();
        for (_, key) in by_age {
            if self.weight <= self.weight_max / 4 * 3 {
                break;
            }
            if let Some(gone) = self.held.remove(&key) {
                self.weight -= gone.weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut recent = Recent::new(10);
        for key in 0..10 {
            recent.put(key, key, 1);
        }
        assert_eq!(recent.get(&0), Some(0));
        recent.put(10, 10, 1);
        assert_eq!(recent.get(&1), None);
        assert_eq!(recent.get(&0), Some(0));
        assert_eq!(recent.get(&10), Some(10));
        recent.put(11, 11, 1_000);
        assert_eq!((recent.get(&0), recent.get(&11)), (None, Some(11)));
    }
}
