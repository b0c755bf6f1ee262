//! Date ranges as people say them -> the instants they mean, in a named time zone.
//!
//! Days begin at local midnight, never at midnight UTC, and nothing is guessed: a value that could
//! be read in two ways is refused. The rules are in docs/guides/date-ranges.md.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use crate::{Input, QueryError};

/// A date range as it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateRange {
    #[default]
    All,
    /// From local midnight of this date on, the date included.
    After(Date),
    /// This many whole units and the current one so far.
    Last { count: u32, unit: Unit },
    /// Both dates included, whole days.
    Between(Date, Date),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

/// The instants of a date range: `from` is included, `until` is not. Unix seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    pub from: Option<i64>,
    pub until: Option<i64>,
}

impl DateRange {
    /// `--after`: one date, `YYYY-MM-DD`. An empty value means everything.
    pub fn parse_after(value: &str, today: Date) -> Result<DateRange, QueryError> {
        if value.trim().is_empty() {
            return Ok(DateRange::All);
        }
        Ok(DateRange::After(parse_date(value, today)?))
    }

    /// `--last`: a whole number and a unit, such as `30 days`. An empty value means everything.
    pub fn parse_last(value: &str) -> Result<DateRange, QueryError> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(DateRange::All);
        }
        let digits = value.len() - value.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, unit) = value.split_at(digits);
        let unit = parse_unit(unit.trim())
            .filter(|_| digits > 0)
            .ok_or_else(|| expected_last(value, "a whole number of hours, days, weeks, months or years"))?;
        DateRange::last(number, unit)
    }

    /// Last N of a unit, N as typed.
    pub fn last(number: &str, unit: Unit) -> Result<DateRange, QueryError> {
        let number = number.trim();
        if number.is_empty() {
            return Ok(DateRange::All);
        }
        let count: u32 = match number.parse() {
            Ok(count) if number.bytes().all(|byte| byte.is_ascii_digit()) => count,
            _ => return Err(expected_last(number, "a positive whole number")),
        };
        // A hundred thousand of the smallest unit is eleven years, of the others beyond any date.
        if count == 0 || count > 100_000 {
            return Err(expected_last(number, "a whole number from 1 to 100000"));
        }
        Ok(DateRange::Last { count, unit })
    }

    /// `--between A B`: two dates, both included.
    pub fn parse_between(from: &str, to: &str, today: Date) -> Result<DateRange, QueryError> {
        let from = parse_date(from, today)?;
        let to = parse_date(to, today)?;
        if to < from {
            return Err(wrong_value(format!("the date range ends ({to}) before it begins ({from})"))
                .with_hint(format!("--between {to} {from}")));
        }
        Ok(DateRange::Between(from, to))
    }

    /// The instants, at the moment `now` (which carries the time zone).
    pub fn resolve(&self, now: &Zoned) -> Result<TimeRange, QueryError> {
        let zone = now.time_zone();
        Ok(match self {
            DateRange::All => TimeRange::default(),
            DateRange::After(date) => TimeRange { from: Some(midnight(*date, zone)?), until: None },
            DateRange::Between(from, to) => {
                let day_after = to.checked_add(1.day()).map_err(|_| out_of_range(*to))?;
                TimeRange { from: Some(midnight(*from, zone)?), until: Some(midnight(day_after, zone)?) }
            }
            DateRange::Last { count, unit: Unit::Hours } => {
                let from = now.timestamp().as_second() - i64::from(*count) * 3600;
                TimeRange { from: Some(from), until: None }
            }
            DateRange::Last { count, unit } => {
                // Months and years clamp: 31 March - 1 month = 28 or 29 February.
                let date = now.date().saturating_sub(unit.span(*count));
                TimeRange {
                    from: (date.year() >= 1970).then(|| midnight(date, zone)).transpose()?,
                    until: None,
                }
            }
        })
    }
}

impl Unit {
    fn span(self, count: u32) -> Span {
        let count = i64::from(count);
        match self {
            Unit::Hours => count.hours(),
            Unit::Days => count.days(),
            Unit::Weeks => (count * 7).days(),
            // jiff's limit on years is 19,998; no more than that can matter.
            Unit::Months => count.min(100_000).months(),
            Unit::Years => count.min(10_000).years(),
        }
    }
}

/// The time zone of a name such as `Europe/Oslo`, or the system's.
pub fn time_zone(name: Option<&str>) -> Result<TimeZone, QueryError> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        return Ok(TimeZone::system());
    };
    TimeZone::get(name).map_err(|_| {
        QueryError::new(format!("`{name}` is no time zone"))
            .about(Input::TimeZone)
            .with_hint("expected a name of the IANA database, such as `Europe/Oslo`, `Asia/Tokyo` or `UTC`")
    })
}

/// The name people know a zone by.
pub fn zone_name(zone: &TimeZone) -> String {
    match zone.iana_name() {
        None | Some("Etc/UTC" | "Etc/UCT" | "Etc/Zulu" | "Zulu" | "UCT") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
    }
}

fn midnight(date: Date, zone: &TimeZone) -> Result<i64, QueryError> {
    // Where daylight saving begins at midnight the day starts at one o'clock; jiff's default
    // disambiguation gives that first instant of the day.
    let start = zone.to_ambiguous_zoned(date.at(0, 0, 0, 0)).compatible().map_err(|_| out_of_range(date))?;
    Ok(start.timestamp().as_second())
}

/// One date, `YYYY-MM-DD` and nothing else, from 1970 to today.
fn parse_date(value: &str, today: Date) -> Result<Date, QueryError> {
    let value = value.trim();
    let well_formed = value.len() == 10
        && value.bytes().enumerate().all(|(position, byte)| match position {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let date: Option<Date> = if well_formed { value.parse().ok() } else { None };
    let Some(date) = date else {
        let problem = if well_formed { "is not in the calendar" } else { "is no date" };
        return Err(wrong_value(format!("`{value}` {problem}: expected YYYY-MM-DD"))
            .with_hint(format!("write the date as year-month-day, such as `{today}`")));
    };
    if date.year() < 1970 {
        return Err(wrong_value(format!(
            "{date} is before 1970, expected a date from 1970 to today ({today})"
        )));
    }
    if date > today {
        return Err(wrong_value(format!("{date} is in the future, expected a date up to today ({today})")));
    }
    Ok(date)
}

fn parse_unit(text: &str) -> Option<Unit> {
    let unit = text.to_lowercase();
    Some(match unit.strip_suffix('s').unwrap_or(&unit) {
        "hour" | "h" => Unit::Hours,
        "day" | "d" => Unit::Days,
        "week" | "w" => Unit::Weeks,
        "month" => Unit::Months,
        "year" | "y" => Unit::Years,
        _ => return None,
    })
}

fn expected_last(value: &str, expected: &str) -> QueryError {
    wrong_value(format!("`{value}` cannot be used for `last`: expected {expected}"))
        .with_hint("--last \"30 days\"")
}

fn out_of_range(date: Date) -> QueryError {
    wrong_value(format!("{date} is outside the dates that can be used"))
}

fn wrong_value(message: String) -> QueryError {
    QueryError::new(message).about(Input::Value)
}

impl TimeRange {
    /// "created from 2026-10-23 00:00 Europe/Oslo to 2026-11-22 14:03", as instants of that zone.
    pub fn sentence(&self, field: &str, cut_off: i64, zone: &TimeZone) -> String {
        let name = zone_name(zone);
        let text = |second: i64, offset: bool| match Timestamp::from_second(second) {
            Ok(instant) => {
                let local = instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
                if offset { format!("{local} {name}") } else { local }
            }
            Err(_) => second.to_string(),
        };
        match (self.from, self.until) {
            (None, None) => format!("everything up to {}", text(cut_off, true)),
            // Other times may lie in the future, so an open range of theirs has no end.
            (Some(from), None) if field != "created" => format!("{field} from {} on", text(from, true)),
            (Some(from), None) => format!("{field} from {} to {}", text(from, true), text(cut_off, false)),
            (Some(from), Some(until)) if until <= cut_off || field != "created" => {
                format!("{field} from {} to before {}", text(from, true), text(until, false))
            }
            (Some(from), Some(_)) => format!("{field} from {} to {}", text(from, true), text(cut_off, false)),
            (None, Some(until)) => format!("{field} before {}", text(until, true)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 23);

    fn cut_offs(now: &str, range: &DateRange) -> String {
        let now: Zoned = now.parse().unwrap();
        let resolved = range.resolve(&now).unwrap();
        resolved.sentence("created", now.timestamp().as_second(), now.time_zone())
    }

    #[test]
    fn cut_offs_are_local_midnights_at_chosen_nows() {
        let nows = [
            "2026-11-23T07:40:00+09:00[Asia/Tokyo]",
            "2026-11-22T14:40:00-08:00[America/Los_Angeles]",
            "2026-03-29T12:00:00+02:00[Europe/Oslo]",
            "2026-11-22T23:59:59+05:45[Asia/Kathmandu]",
            "2024-02-29T00:00:00+00:00[UTC]",
            "2026-03-31T10:00:00+00:00[UTC]",
        ];
        let last = |count, unit| DateRange::Last { count, unit };
        let ranges = [
            DateRange::All,
            DateRange::After(date(2015, 11, 3)),
            last(1, Unit::Days),
            last(30, Unit::Days),
            last(2, Unit::Weeks),
            last(1, Unit::Months),
            last(1, Unit::Years),
            last(36, Unit::Hours),
            DateRange::Between(date(2025, 12, 31), date(2026, 1, 1)),
        ];
        let mut table = String::new();
        for now in nows {
            table.push_str(&format!("{now}\n"));
            for range in &ranges {
                table.push_str(&format!("  {range:?}: {}\n", cut_offs(now, range)));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn last_one_day_in_tokyo_is_not_off_by_nine_hours() {
        let now: Zoned = "2026-11-23T07:40:00+09:00[Asia/Tokyo]".parse().unwrap();
        let range = DateRange::parse_last("1 day").unwrap().resolve(&now).unwrap();
        let expected: Timestamp = "2026-11-22T00:00:00+09:00".parse().unwrap();
        assert_eq!(range.from, Some(expected.as_second()));
    }

    #[test]
    fn a_day_that_has_no_midnight_begins_at_its_first_instant() {
        // Chile's clocks go from 23:59:59 to 01:00 on 6 September 2026.
        let now: Zoned = "2026-09-10T12:00:00[America/Santiago]".parse().unwrap();
        let range = DateRange::After(date(2026, 9, 6)).resolve(&now).unwrap();
        let expected: Timestamp = "2026-09-06T01:00:00-03:00".parse().unwrap();
        assert_eq!(range.from, Some(expected.as_second()));
    }

    #[test]
    fn dates_that_could_be_misread_are_refused() {
        for value in [
            "11/03/2015",
            "20151103",
            "2015-02-30",
            "abc",
            "2015-11-03junk",
            "2015-11-03 23:59",
            "0011-03-20",
            "2027-01-01",
            "-2015-11-03",
            "2015-1-3",
            "２０１５-11-03",
        ] {
            let error = DateRange::parse_after(value, TODAY).unwrap_err();
            assert!(error.to_string().contains("expected"), "{value}: {error}");
        }
    }

    #[test]
    fn an_empty_value_means_everything() {
        assert_eq!(DateRange::parse_after(" ", TODAY), Ok(DateRange::All));
        assert_eq!(DateRange::parse_last(""), Ok(DateRange::All));
    }

    #[test]
    fn last_takes_positive_whole_numbers_only() {
        for value in [
            "-1 days",
            "0 days",
            "1.5 months",
            "days",
            "many days",
            "1e3 days",
            "99999999999 days",
            "5",
            "5 quarters",
        ] {
            let error = DateRange::parse_last(value).unwrap_err();
            assert!(error.to_string().contains("expected"), "{value}: {error}");
        }
        for value in ["30 days", "30days", "1 Day", " 2 weeks ", "100000 years"] {
            let range = DateRange::parse_last(value).unwrap();
            range.resolve(&Zoned::now()).unwrap();
        }
    }

    #[test]
    fn no_cut_off_is_ever_written_in_scientific_notation() {
        // 2026-06-21 00:00 UTC is 1782000000: four significant digits.
        let now: Zoned = "2026-07-21T12:00:00+00:00[UTC]".parse().unwrap();
        let range = DateRange::parse_last("1 months").unwrap().resolve(&now).unwrap();
        assert_eq!(range.from.unwrap().to_string(), "1782000000");
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_refused() {
        assert!(DateRange::parse_between("2026-02-01", "2026-01-01", TODAY).is_err());
        assert!(DateRange::parse_between("2026-02-01", "2026-02-01", TODAY).is_ok());
    }
}
