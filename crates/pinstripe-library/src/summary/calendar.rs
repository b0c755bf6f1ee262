//! Edges of a histogram of times, where people look for them: hours, days, weeks, months, years, in
//! UTC.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use super::bins::BINS_MAX;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * 3_600 * SECOND;
/// 1970-01-05, a Monday.
const MONDAY: i64 = 4 * DAY;

/// Steps of a fixed length, in seconds, the shortest first.
const SECONDS: [i64; 10] = [1, 5, 15, 60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600, 7 * 24 * 3_600];
/// Steps in months, each a part of a year or whole years.
const MONTHS: [i64; 12] = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000];

/// Edges for instants from `min` to `max`, in microseconds. Empty where no calendar has them.
pub(super) fn edges(min: i64, max: i64) -> Vec<i64> {
    for seconds in SECONDS {
        let step = seconds * SECOND;
        let origin = if step == 7 * DAY { MONDAY } else { 0 };
        let (Some(from), Some(until)) = (min.checked_sub(origin), max.checked_sub(origin)) else { break };
        let (first, last) = (from.div_euclid(step), until.div_euclid(step));
        if i128::from(last) - i128::from(first) < BINS_MAX {
            let edge = |number: i64| number.checked_mul(step)?.checked_add(origin);
            return (first..=last + 1).map(edge).collect::<Option<Vec<i64>>>().unwrap_or_default();
        }
    }
    let (Some(first), Some(last)) = (month(min), month(max)) else { return Vec::new() };
    for step in MONTHS {
        let (first, last) = (first.div_euclid(step), last.div_euclid(step));
        if i128::from(last - first) < BINS_MAX {
            let edges: Option<Vec<i64>> = (first..=last + 1).map(|number| start_of(number * step)).collect();
            return edges.unwrap_or_default();
        }
    }
    Vec::new()
}

/// Months since the year 0.
fn month(microsecond: i64) -> Option<i64> {
    let instant = jiff::Timestamp::from_microsecond(microsecond).ok()?;
    let day: Date = instant.to_zoned(TimeZone::UTC).date();
    Some(i64::from(day.year()) * 12 + i64::from(day.month()) - 1)
}

fn start_of(month: i64) -> Option<i64> {
    let year = i16::try_from(month.div_euclid(12)).ok().filter(|year| (-9_999..=9_999).contains(year))?;
    let first = date(year, i8::try_from(month.rem_euclid(12)).ok()? + 1, 1);
    Some(first.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    fn shown(min: &str, max: &str) -> Vec<String> {
        let edges = edges(at(min), at(max));
        edges.iter().map(|edge| jiff::Timestamp::from_microsecond(*edge).unwrap().to_string()).collect()
    }

    #[test]
    fn edges_are_where_a_calendar_has_them() {
        let days = shown("2026-01-30T10:00:00Z", "2026-02-02T23:59:59Z");
        assert_eq!((days[0].as_str(), days.len()), ("2026-01-30T06:00:00Z", 16));
        let weeks = shown("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z");
        assert_eq!((weeks[0].as_str(), weeks[1].as_str()), ("2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"));
        let months = shown("2024-02-29T00:00:00Z", "2026-01-31T00:00:00Z");
        assert_eq!((months[0].as_str(), months.len()), ("2024-02-01T00:00:00Z", 25));
        let quarters = shown("2015-05-05T00:00:00Z", "2021-01-01T00:00:00Z");
        assert_eq!(quarters[0], "2015-04-01T00:00:00Z");
        let years = shown("2000-05-05T00:00:00Z", "2026-01-01T00:00:00Z");
        assert_eq!((years[0].as_str(), years.len()), ("2000-01-01T00:00:00Z", 28));
        assert_eq!(shown("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z").len(), 2);
    }

    #[test]
    fn instants_of_no_calendar_do_no_harm() {
        for (min, max) in [(i64::MIN, i64::MAX), (0, i64::MAX), (i64::MIN, i64::MIN + 5)] {
            let edges = edges(min, max);
            assert!(edges.len() <= 31);
        }
    }
}
