//! When things happen: `created` as a monotone function of a position in the history.
//!
//! A table of weights, one an hour, says how busy the business was; the moment of a position is found by binary search
//! in it. Nothing here knows what happens at a moment. Read next: `world.rs`.

use crate::config::Distribution;
use crate::dice::{Topic, throw};

pub const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

pub struct Calendar {
    start: i64,
    step: i64,
    now: i64,
    /// `sums[i]` is the weight of all steps before step i.
    sums: Vec<f64>,
    /// A step in which everything shares one second.
    bursts: Vec<bool>,
    per_position: f64,
    positions: u64,
    seed: u64,
}

impl Calendar {
    pub fn new(seed: u64, now: i64, positions: u64, distribution: Distribution) -> Self {
        let positions = positions.max(1);
        let (step, steps) = match distribution {
            // One object a year, at most 45 of them, and none before unix time began.
            Distribution::Sparse => {
                let most = (now / (365 * DAY) - 1).clamp(1, 45) as u64;
                (DAY, 365 * positions.clamp(1, most))
            }
            _ => (HOUR, 24 * 365 * 3),
        };
        let start = now - step * steps as i64;
        let mut sums = Vec::with_capacity(steps as usize + 1);
        let mut bursts = Vec::with_capacity(steps as usize);
        let mut sum = 0.0;
        sums.push(sum);
        for index in 0..steps {
            let (weight, burst) = weight(seed, distribution, start, index, steps, positions);
            sum += weight;
            sums.push(sum);
            bursts.push(burst);
        }
        Self { start, step, now, sums, bursts, per_position: sum / positions as f64, positions, seed }
    }

    pub fn start(&self) -> i64 {
        self.start
    }

    /// The second in which position `index` falls. Never decreases with the index, never after now.
    #[inline]
    pub fn at(&self, index: u64) -> i64 {
        let inside = (throw(self.seed, Topic::Second, index) >> 40) as f64 / (1u64 << 24) as f64;
        let place = (index.min(self.positions - 1) as f64 + inside) * self.per_position;
        let found = self.sums.partition_point(|sum| *sum <= place);
        let step = found.saturating_sub(1).min(self.bursts.len() - 1);
        let begin = self.start + self.step * step as i64;
        if self.bursts[step] {
            return begin + self.step / 2;
        }
        let width = self.sums[step + 1] - self.sums[step];
        let part = if width > 0.0 { ((place - self.sums[step]) / width).clamp(0.0, 0.999_999) } else { 0.0 };
        (begin + (part * self.step as f64) as i64).min(self.now)
    }

    /// The first position that is at or after this second (the number of positions if there is none).
    pub fn first_from(&self, second: i64) -> u64 {
        let (mut low, mut high) = (0, self.positions);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle) >= second {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}

fn weight(
    seed: u64,
    distribution: Distribution,
    start: i64,
    index: u64,
    steps: u64,
    positions: u64,
) -> (f64, bool) {
    match distribution {
        Distribution::Even | Distribution::Sparse => (1.0, false),
        Distribution::Spike => {
            // 95% in the 24 hours that begin at 60% of the history.
            let first = steps * 6 / 10;
            let inside = (first..first + 24).contains(&index);
            (if inside { 0.95 / 24.0 } else { 0.05 / (steps - 24) as f64 }, false)
        }
        Distribution::SameSecond => {
            let seconds = (positions / 3_000).clamp(3, steps / 2);
            let busy = index % (steps / seconds) == steps / seconds / 2;
            (f64::from(u8::from(busy)), busy)
        }
        Distribution::Business => business(seed, start, index, steps),
    }
}

/// Growth over the years, quiet weekends and nights, and now and then a batch that falls into one second.
fn business(seed: u64, start: i64, index: u64, steps: u64) -> (f64, bool) {
    const HOURS: [f64; 24] = [
        0.3, 0.2, 0.15, 0.1, 0.1, 0.2, 0.4, 0.7, 1.0, 1.3, 1.5, 1.6, 1.5, 1.4, 1.5, 1.6, 1.5, 1.3, 1.2, 1.3,
        1.4, 1.2, 0.8, 0.5,
    ];
    let moment = start + HOUR * index as i64;
    // 1970-01-01 was a Thursday.
    let weekday = (moment.div_euclid(DAY) + 4).rem_euclid(7);
    let weekend = if weekday == 0 || weekday == 6 { 0.55 } else { 1.0 };
    let hour = HOURS[(moment.rem_euclid(DAY) / HOUR) as usize];
    let growth = 1.0 + 3.0 * index as f64 / steps as f64;
    let dice = throw(seed, Topic::Hour, index);
    if index % (steps / 4) == steps / 5 {
        return (steps as f64 * 0.02, true);
    }
    if dice.is_multiple_of(97) {
        return (growth * 8.0, true);
    }
    (growth * weekend * hour, false)
}

/// Midnight (UTC) of the day of a second.
pub fn midnight(second: i64) -> i64 {
    second - second.rem_euclid(DAY)
}

/// Year, month, day of a unix second.
pub fn date(second: i64) -> (i64, i64, i64) {
    let days = second.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The same moment so many months later, on the last day of the month where the day does not exist.
pub fn add_months(second: i64, months: i64) -> i64 {
    let (year, month, day) = date(second);
    let total = year * 12 + month - 1 + months;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    days(year, month, day.min(last)) * DAY + second.rem_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_392_000;

    #[test]
    fn never_goes_back_and_never_into_the_future() {
        for distribution in Distribution::ALL {
            let calendar = Calendar::new(3, NOW, 5_000, distribution);
            let mut last = 0;
            for index in 0..5_000 {
                let moment = calendar.at(index);
                assert!(moment >= last && moment <= NOW, "{distribution:?} {index}");
                last = moment;
            }
        }
    }

    #[test]
    fn first_from_is_the_inverse() {
        let calendar = Calendar::new(3, NOW, 5_000, Distribution::Business);
        for index in [0, 1, 77, 2_500, 4_999] {
            let first = calendar.first_from(calendar.at(index));
            assert!(first <= index && calendar.at(first) == calendar.at(index));
        }
        assert_eq!(calendar.first_from(NOW + 1), 5_000);
        assert_eq!(calendar.first_from(0), 0);
    }

    #[test]
    fn a_spike_holds_nearly_all_in_a_day() {
        let calendar = Calendar::new(3, NOW, 10_000, Distribution::Spike);
        let middle = calendar.at(5_000);
        let inside = (0..10_000).filter(|index| (calendar.at(*index) - middle).abs() <= DAY).count();
        assert!(inside >= 9_400, "{inside}");
    }

    #[test]
    fn thousands_share_a_second() {
        let calendar = Calendar::new(3, NOW, 20_000, Distribution::SameSecond);
        let mut seconds: Vec<i64> = (0..20_000).map(|index| calendar.at(index)).collect();
        seconds.dedup();
        assert!(seconds.len() < 10, "{}", seconds.len());
        let business = Calendar::new(3, NOW, 20_000, Distribution::Business);
        let mut most = 0;
        let mut index = 0;
        while index < 20_000 {
            let same = business.first_from(business.at(index) + 1) - index;
            most = most.max(same);
            index += same;
        }
        assert!(most > 100, "{most}");
    }

    #[test]
    fn months_clamp() {
        // 2026-01-31 12:00 + 1 month = 2026-02-28 12:00
        assert_eq!(date(1_769_860_800), (2026, 1, 31));
        assert_eq!(date(add_months(1_769_860_800, 1)), (2026, 2, 28));
        assert_eq!(date(add_months(1_769_860_800, 25)), (2028, 2, 29));
    }
}
