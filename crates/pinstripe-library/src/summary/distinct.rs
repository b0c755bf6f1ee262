//! How many different values there were, estimated in 16 KiB whatever their number (HyperLogLog).

const INDEX_BITS: u32 = 14;
const REGISTERS: usize = 1 << INDEX_BITS;

/// Takes hashes; tells within about one per cent how many different ones it was given.
pub(super) struct Sketch {
    registers: Vec<u8>,
}

impl Sketch {
    pub fn new() -> Sketch {
        Sketch { registers: vec![0; REGISTERS] }
    }

    pub fn insert(&mut self, hash: u64) {
        let index = (hash >> (64 - INDEX_BITS)) as usize;
        let rank = ((hash << INDEX_BITS) | (1 << (INDEX_BITS - 1))).leading_zeros() as u8 + 1;
        self.registers[index] = self.registers[index].max(rank);
    }

    pub fn estimate(&self) -> u64 {
        let count = REGISTERS as f64;
        let sum: f64 = self.registers.iter().map(|rank| 0.5f64.powi(i32::from(*rank))).sum();
        let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / sum;
        let unused = self.registers.iter().filter(|rank| **rank == 0).count();
        let small = raw <= 2.5 * count && unused > 0;
        let estimate = if small { count * (count / unused as f64).ln() } else { raw };
        estimate.round() as u64
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::Sketch;

    #[test]
    fn estimates_are_near() {
        let hasher = foldhash::quality::FixedState::with_seed(7);
        for count in [10_u64, 10_000, 1_000_000] {
            let mut sketch = Sketch::new();
            for value in (0..count).chain(0..count / 2) {
                sketch.insert(hasher.hash_one(value));
            }
            let share = sketch.estimate() as f64 / count as f64;
            assert!((0.97..1.03).contains(&share), "{count}: {share}");
        }
    }
}
