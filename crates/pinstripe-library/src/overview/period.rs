//! The days that an overview is about, as instants of its time zone, and the steps they are cut in.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::OverviewRequest;
use crate::chart::{Bucket, buckets};
use crate::error::LibraryError;

/// Steps at most: ten years of days.
const STEPS_MAX: usize = 3_700;

pub(super) struct Period {
    /// The first day.
    pub from: Date,
    /// The last day, which is in.
    pub to: Date,
    pub interval: Bucket,
    pub zone_name: String,
    pub now: Timestamp,
    zone: TimeZone,
    first_instant: Timestamp,
    until_instant: Timestamp,
    previous_instant: Timestamp,
}

impl Period {
    /// Without dates, twelve months, the current one among them.
    pub fn new(request: &OverviewRequest, now: Timestamp) -> Result<Period, LibraryError> {
        let (zone_name, zone) = buckets::zone(&request.time_zone)?;
        let interval = request.interval.unwrap_or(Bucket::Month);
        if interval == Bucket::Hour {
            return Err(LibraryError::question("expected steps of a day or longer", None));
        }
        let to = match &request.to {
            Some(text) => day(text)?,
            None => now.to_zoned(zone.clone()).date(),
        };
        let from = match &request.from {
            Some(text) => day(text)?,
            None => to.first_of_month().saturating_sub(11.months()),
        };
        if from > to {
            return Err(LibraryError::question(
                format!("the period begins ({from}) after it ends ({to})"),
                None,
            ));
        }
        let beyond = || LibraryError::question("expected days between the years 1 and 9998", None);
        let start =
            |day: Date| buckets::day_start(day, &zone).map(|start| start.timestamp()).ok_or_else(beyond);
        let days = from.until(to).map_err(|_| beyond())?.get_days() + 1;
        let previous = from.checked_sub(days.days()).map_err(|_| beyond())?;
        let after = to.tomorrow().map_err(|_| beyond())?;
        let period = Period {
            first_instant: start(from)?,
            until_instant: start(after)?,
            previous_instant: start(previous)?,
            from,
            to,
            interval,
            zone_name,
            zone,
            now,
        };
        if period.all_steps().is_none() {
            return Err(LibraryError::question(
                format!("the period has more than {STEPS_MAX} steps"),
                Some("choose longer steps, or fewer days"),
            ));
        }
        Ok(period)
    }

    pub fn first_instant(&self) -> Timestamp {
        self.first_instant
    }

    /// The first instant after the period.
    pub fn until_instant(&self) -> Timestamp {
        self.until_instant
    }

    /// The first instant of as many days before the period.
    pub fn previous_instant(&self) -> Timestamp {
        self.previous_instant
    }

    /// The first day of each step.
    pub fn steps(&self) -> Vec<String> {
        self.all_steps().unwrap_or_default()
    }

    fn all_steps(&self) -> Option<Vec<String>> {
        let start = |day: Date| buckets::day_start(first_day(self.interval, day), &self.zone);
        let all = self.interval.all(&start(self.from)?, &start(self.to)?, STEPS_MAX)?;
        Some(all.iter().map(|step| step.date().to_string()).collect())
    }

    /// An instant for people.
    pub fn said(&self, second: i64) -> String {
        Timestamp::from_second(second).map_or_else(
            |_| second.to_string(),
            |instant| instant.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
        )
    }
}

/// The first day of the step that a day is in.
fn first_day(interval: Bucket, day: Date) -> Date {
    match interval {
        Bucket::Hour | Bucket::Day => day,
        Bucket::Week => day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days()),
        Bucket::Month => day.first_of_month(),
        Bucket::Quarter => {
            let months = i64::from((day.month() - 1) % 3);
            day.first_of_month().saturating_sub(months.months())
        }
        Bucket::Year => day.first_of_year(),
    }
}

fn day(text: &str) -> Result<Date, LibraryError> {
    text.trim().parse().map_err(|_| {
        LibraryError::question(format!("expected a day such as 2026-11-03, found `{text}`"), None)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str, interval: Bucket, zone: &str) -> Period {
        let request = OverviewRequest {
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
            interval: Some(interval),
            time_zone: zone.to_owned(),
            ..OverviewRequest::default()
        };
        Period::new(&request, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn days_are_local_and_the_last_one_is_in() {
        let march = period("2026-03-01", "2026-03-31", Bucket::Week, "Europe/Oslo");
        assert_eq!(march.first_instant().to_string(), "2026-02-28T23:00:00Z");
        assert_eq!(march.until_instant().to_string(), "2026-03-31T22:00:00Z");
        assert_eq!(march.previous_instant().to_string(), "2026-01-28T23:00:00Z");
        assert_eq!(
            march.steps(),
            ["2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
        );
        assert_eq!(period("2026-02-10", "2026-08-01", Bucket::Quarter, "UTC").steps().len(), 3);
    }

    #[test]
    fn without_dates_it_is_twelve_months() {
        let now: Timestamp = "2026-11-23T01:00:00Z".parse().unwrap();
        let request =
            OverviewRequest { time_zone: "America/New_York".to_owned(), ..OverviewRequest::default() };
        let period = Period::new(&request, now).unwrap();
        assert_eq!(
            (period.from.to_string(), period.to.to_string()),
            ("2025-12-01".into(), "2026-11-22".into())
        );
        assert_eq!(period.steps().len(), 12);
    }
}
