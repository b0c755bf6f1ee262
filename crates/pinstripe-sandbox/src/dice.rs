//! Dice: numbers that depend on the seed, a topic and an index, and on nothing else.
//!
//! There is no generator with a state here, so any object can be computed alone, in any order, on any thread.
//! Read next: `world.rs`, which throws them.

/// What a throw is about; two topics never share a throw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Topic {
    Block = 1,
    Customer,
    Person,
    Sale,
    Lifetime,
    Shuffle,
    Second,
    Hour,
    Card,
    Identifier,
    File,
    Account,
    Fault,
    Request,
    Secret,
    OAuth,
}

/// Spreads a number over 64 bits; a bijection.
#[inline]
pub fn spread(mut x: u64) -> u64 {
    x ^= x >> 32;
    x = x.wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^= x >> 32;
    x = x.wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ (x >> 32)
}

/// The inverse of `spread`.
#[inline]
pub fn gather(mut x: u64) -> u64 {
    const INVERSE: u64 = 0xcfee_444d_8b59_a89b;
    x ^= x >> 32;
    x = x.wrapping_mul(INVERSE);
    x ^= x >> 32;
    x = x.wrapping_mul(INVERSE);
    x ^ (x >> 32)
}

#[inline]
pub fn throw(seed: u64, topic: Topic, index: u64) -> u64 {
    spread(
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add((topic as u64).wrapping_mul(0xd1b5_4a32_d192_ed03))
            .wrapping_add(index.wrapping_mul(0xa076_1d64_78bd_642f)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gather_undoes_spread() {
        for index in (0..100_000u64).chain([u64::MAX, u64::MAX - 1, 1 << 40]) {
            assert_eq!(gather(spread(index)), index);
        }
    }

    #[test]
    fn throws_are_even_enough() {
        let mut counts = [0u32; 16];
        for index in 0..16_000 {
            counts[(throw(7, Topic::Sale, index) % 16) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }
}
