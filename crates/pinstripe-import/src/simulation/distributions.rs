//! How the objects of an account lie in time: the shapes that a list is tried with.
//!
//! Everything comes from the generator that is given. Nothing here knows windows or servers; the
//! simulation and the tests of `windows` both draw from it.

use fastrand::Rng;

pub(crate) const DAY: i64 = 86_400;
const YEAR: i64 = 365 * DAY;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distribution {
    /// Three years, as many rows in one second as in another.
    Even,
    /// Three years of growth, with weekends and nights, and groups of rows in one second.
    Business,
    /// All rows in the last thirty days.
    MonthOld,
    /// Nineteen rows of twenty in one day.
    Spike,
    /// A few seconds hold all rows.
    SameSecond,
    /// A year between two rows.
    Sparse,
    /// Two hours that are full, days that are empty.
    Bursts,
    /// Ten minutes after each midnight of three years.
    Nightly,
    /// The first hour of each month of three years, twice as much in the last as in the first.
    Monthly,
    /// As `Business`, and four times some hundredth of all rows in one second.
    Batches,
}

impl Distribution {
    /// Those that seeds of the simulation draw from: another one would give every seed another world.
    pub const OF_SEEDS: &[Distribution] = Self::ALL.split_at(7).0;

    pub const ALL: [Distribution; 10] = [
        Distribution::Even,
        Distribution::Business,
        Distribution::MonthOld,
        Distribution::Spike,
        Distribution::SameSecond,
        Distribution::Sparse,
        Distribution::Bursts,
        Distribution::Nightly,
        Distribution::Monthly,
        Distribution::Batches,
    ];

    /// The `created` of so many rows up to `end`, newest first.
    pub fn draw(self, rows: usize, end: i64, rng: &mut Rng) -> Vec<i64> {
        let mut seconds: Vec<i64> = match self {
            Distribution::Even => (0..rows).map(|_| end - rng.i64(0..3 * YEAR)).collect(),
            Distribution::Business => business(rows, end, rng),
            Distribution::MonthOld => (0..rows).map(|_| end - rng.i64(0..30 * DAY)).collect(),
            Distribution::Spike => (0..rows)
                .map(|_| match rng.u8(0..20) {
                    0 => end - rng.i64(0..3 * YEAR),
                    _ => end - 400 * DAY + rng.i64(0..DAY),
                })
                .collect(),
            Distribution::SameSecond => {
                let seconds = rng.i64(1..=5);
                (0..rows).map(|_| end - rng.i64(0..seconds) * 40 * DAY).collect()
            }
            Distribution::Sparse => (0..rows.min(45)).map(|row| end - row as i64 * YEAR).collect(),
            Distribution::Bursts => bursts(rows, end, rng),
            Distribution::Nightly => {
                (0..rows).map(|_| end - rng.i64(0..3 * 365) * DAY - rng.i64(0..600)).collect()
            }
            Distribution::Batches => {
                let batch = rows / 110;
                let mut seconds = business(rows - 4 * batch, end, rng);
                for quarter in 0..4 {
                    seconds.extend(std::iter::repeat_n(end - (quarter * 273 + 50) * DAY, batch));
                }
                seconds
            }
            Distribution::Monthly => {
                let month = |rng: &mut Rng| (36.0 * (2.0 - (4.0 - 3.0 * rng.f64()).sqrt())) as i64;
                (0..rows).map(|_| end - month(rng) * 30 * DAY - rng.i64(0..3_600)).collect()
            }
        };
        seconds.sort_unstable_by(|one, next| next.cmp(one));
        seconds
    }
}

fn business(rows: usize, end: i64, rng: &mut Rng) -> Vec<i64> {
    let days = 3 * 365;
    let mut total = 0.0;
    let up_to_day: Vec<f64> = (0..days)
        .map(|day| {
            let growth = (f64::from(day) / f64::from(days) * 3.0).exp();
            let weekend = if day % 7 >= 5 { 0.35 } else { 1.0 };
            total += growth * weekend * (0.7 + 0.6 * rng.f64());
            total
        })
        .collect();
    let mut seconds: Vec<i64> = Vec::with_capacity(rows);
    while seconds.len() < rows {
        if rng.u8(0..20) == 0
            && let Some(last) = seconds.last()
        {
            seconds.push(*last);
            continue;
        }
        let point = rng.f64() * total;
        let day = up_to_day.partition_point(|sum| *sum < point) as i64;
        let second = rng.i64(0..DAY);
        let awake = (8..20).contains(&(second / 3600));
        if awake || rng.u8(0..100) < 15 {
            seconds.push(end - i64::from(days) * DAY + day * DAY + second);
        }
    }
    seconds
}

fn bursts(rows: usize, end: i64, rng: &mut Rng) -> Vec<i64> {
    let mut seconds = Vec::with_capacity(rows);
    let mut at = end;
    while seconds.len() < rows {
        at -= rng.i64(1..20 * DAY);
        let burst = rng.usize(1..(rows / 20).max(2)).min(rows - seconds.len());
        seconds.extend((0..burst).map(|_| at - rng.i64(0..7_200)));
    }
    seconds
}
