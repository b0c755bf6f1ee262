//! Steps of time, from hours to years, in a named time zone: as SQL, as instants, as labels.
//!
//! Days begin at local midnight (or, where the clocks skip it, right after), weeks on Monday. Local
//! dates are what rows are grouped by, so that no change of the clocks splits or joins a day; hours
//! are grouped as instants, so that the hour that comes twice a year is two.

use datafusion::arrow::datatypes::DataType;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit, Zoned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::conditions_sql::{ColumnSql, quoted_text};
use crate::error::LibraryError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Bucket {
    pub fn as_str(self) -> &'static str {
        match self {
            Bucket::Hour => "hour",
            Bucket::Day => "day",
            Bucket::Week => "week",
            Bucket::Month => "month",
            Bucket::Quarter => "quarter",
            Bucket::Year => "year",
        }
    }

    /// One that makes a readable number of steps of the time between two instants.
    pub fn suiting(seconds: i64) -> Bucket {
        const DAY: i64 = 24 * 3600;
        match seconds / DAY {
            ..=3 => Bucket::Hour,
            4..=92 => Bucket::Day,
            93..=400 => Bucket::Week,
            401..=3_000 => Bucket::Month,
            3_001..=9_000 => Bucket::Quarter,
            _ => Bucket::Year,
        }
    }

    /// The bucket of a column's value, in SQL: a date, or of hours an instant.
    pub(crate) fn sql(self, column: &ColumnSql, zone: &str) -> String {
        let sql = &column.sql;
        let name = self.as_str();
        match &column.data_type {
            DataType::Timestamp(_, Some(_)) if self == Bucket::Hour => {
                format!("date_trunc('hour', {sql} at time zone {})", quoted_text(zone))
            }
            DataType::Timestamp(_, Some(_)) if zone != "UTC" => {
                let local = format!("to_local_time({sql} at time zone {})", quoted_text(zone));
                format!("cast(date_trunc('{name}', {local}) as date)")
            }
            _ if self == Bucket::Hour => format!("date_trunc('hour', {sql})"),
            _ => format!("cast(date_trunc('{name}', {sql}) as date)"),
        }
    }

    /// The bucket that comes next.
    fn next(self, start: &Zoned) -> Option<Zoned> {
        if self == Bucket::Hour {
            let later = start.checked_add(1.hour()).ok()?;
            // Where the clocks change by half an hour, hours begin anew.
            let minutes = i64::from(later.minute()) * 60 + i64::from(later.second());
            return later.checked_sub(minutes.seconds()).ok().filter(|next| next > start).or(Some(later));
        }
        let day = start.date();
        let next = match self {
            Bucket::Hour | Bucket::Day => day.checked_add(1.day()),
            Bucket::Week => day.checked_add(1.week()),
            Bucket::Month => day.checked_add(1.month()),
            Bucket::Quarter => day.checked_add(3.months()),
            Bucket::Year => day.checked_add(1.year()),
        };
        day_start(next.ok()?, start.time_zone())
    }

    /// For people: `2026`, `2026-Q1`, `2026-03`, `2026-03-29`, `2026-03-29 13:00`.
    pub fn label(self, start: &Zoned) -> String {
        match self {
            Bucket::Hour => start.strftime("%Y-%m-%d %H:%M").to_string(),
            Bucket::Day | Bucket::Week => start.date().to_string(),
            Bucket::Month => start.strftime("%Y-%m").to_string(),
            Bucket::Quarter => format!("{}-Q{}", start.year(), (start.month() + 2) / 3),
            Bucket::Year => start.year().to_string(),
        }
    }

    /// All buckets from the first to the last, both included; `None` where they are more than wanted.
    pub fn all(self, first: &Zoned, last: &Zoned, most: usize) -> Option<Vec<Zoned>> {
        let mut all = vec![first.clone()];
        while let Some(next) = all.last().filter(|at| *at < last).and_then(|at| self.next(at)) {
            if all.len() >= most {
                return None;
            }
            all.push(next);
        }
        // The last one stands in the data; a step may have gone over it.
        while all.len() > 1 && all.last().is_some_and(|at| at > last) {
            all.pop();
        }
        Some(all)
    }
}

/// The first instant of a day.
pub fn day_start(day: Date, zone: &TimeZone) -> Option<Zoned> {
    zone.to_ambiguous_zoned(day.to_datetime(jiff::civil::Time::midnight())).compatible().ok()
}

/// A bucket as SQL gives it: a date, a local time, or an instant.
pub fn parse_start(text: &str, zone: &TimeZone) -> Option<Zoned> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.to_zoned(zone.clone()));
    }
    if text.len() == 10 {
        return day_start(text.parse().ok()?, zone);
    }
    let local: DateTime = text.parse().ok()?;
    zone.to_ambiguous_zoned(local).compatible().ok()
}

/// RFC 3339 with the offset of the zone.
pub fn written(start: &Zoned) -> String {
    start.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The zone of a name; nothing stands for UTC.
pub fn zone(name: &str) -> Result<(String, TimeZone), LibraryError> {
    let name = name.trim();
    if name.is_empty() || name.eq_ignore_ascii_case("utc") || name == "Etc/UTC" {
        return Ok(("UTC".to_owned(), TimeZone::UTC));
    }
    match TimeZone::get(name) {
        Ok(zone) => Ok((zone.iana_name().unwrap_or(name).to_owned(), zone)),
        Err(_) => Err(LibraryError::question(
            format!("`{name}` is no time zone"),
            Some("a name such as Europe/Oslo or Asia/Tokyo"),
        )),
    }
}

/// Whole seconds between two instants as SQL writes them.
pub fn seconds_between(first: &str, last: &str) -> Option<i64> {
    let instant = |text: &str| parse_start(text, &TimeZone::UTC);
    let span = instant(last)?.timestamp().since((Unit::Second, instant(first)?.timestamp())).ok()?;
    Some(span.get_seconds())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn labels(bucket: Bucket, zone_name: &str, first: &str, last: &str) -> Vec<String> {
        let (_, zone) = zone(zone_name).unwrap();
        let (first, last) = (parse_start(first, &zone).unwrap(), parse_start(last, &zone).unwrap());
        bucket.all(&first, &last, 1_000).unwrap().iter().map(written).collect()
    }

    #[test]
    fn days_begin_at_local_midnight_also_when_clocks_change() {
        assert_eq!(
            labels(Bucket::Day, "Europe/Oslo", "2026-03-28", "2026-03-30"),
            ["2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"]
        );
        // In São Paulo the clocks once skipped midnight.
        assert_eq!(
            labels(Bucket::Day, "America/Sao_Paulo", "2018-11-03", "2018-11-05"),
            ["2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"]
        );
    }

    #[test]
    fn the_hour_that_comes_twice_is_two_and_the_skipped_one_none() {
        assert_eq!(
            labels(Bucket::Hour, "Europe/Oslo", "2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z"),
            [
                "2026-10-25T01:00:00+02:00",
                "2026-10-25T02:00:00+02:00",
                "2026-10-25T02:00:00+01:00",
                "2026-10-25T03:00:00+01:00"
            ]
        );
        assert_eq!(
            labels(Bucket::Hour, "Europe/Oslo", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
            ["2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"]
        );
    }

    #[test]
    fn hours_of_zones_with_odd_offsets_begin_on_the_hour() {
        assert_eq!(
            labels(Bucket::Hour, "Asia/Kolkata", "2026-01-01T18:30:00Z", "2026-01-01T19:30:00Z"),
            ["2026-01-02T00:00:00+05:30", "2026-01-02T01:00:00+05:30"]
        );
        // Lord Howe's clocks change by half an hour.
        let hours =
            labels(Bucket::Hour, "Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-04T17:30:00Z");
        assert_eq!(hours.first().unwrap(), "2026-04-05T00:00:00+11:00");
        assert_eq!(hours.last().unwrap(), "2026-04-05T04:00:00+10:30");
        assert!(hours.iter().all(|hour| hour.contains(":00:00") || hour.contains(":30:00")));
    }

    #[test]
    fn longer_buckets_step_by_the_calendar() {
        assert_eq!(labels(Bucket::Week, "UTC", "2026-02-23", "2026-03-09").len(), 3);
        assert_eq!(labels(Bucket::Month, "Asia/Tokyo", "2025-11-01", "2026-03-01").len(), 5);
        assert_eq!(labels(Bucket::Quarter, "UTC", "2025-10-01", "2026-07-01").len(), 4);
        assert_eq!(labels(Bucket::Year, "UTC", "2020-01-01", "2026-01-01").len(), 7);
        let (_, zone) = zone("UTC").unwrap();
        let start = |day: &str| parse_start(day, &zone).unwrap();
        assert!(Bucket::Hour.all(&start("2000-01-01"), &start("2026-01-01"), 100).is_none());
        assert_eq!(Bucket::Quarter.label(&start("2026-10-01")), "2026-Q4");
    }

    #[test]
    fn zones_have_names() {
        assert_eq!(zone("").unwrap().0, "UTC");
        assert_eq!(zone("Europe/Oslo").unwrap().0, "Europe/Oslo");
        assert!(zone("Middle/Earth").is_err());
    }
}
