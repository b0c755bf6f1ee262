//! How many requests may be under way at once at one level.
//!
//! It never waits and reads no clock; the times are given. Read next: [`crate::level`], which waits.

use std::time::Duration;

use tokio::time::Instant;

/// After a refusal this share of what is under way stays allowed,
const LOWERED_TO: f64 = 0.7;
/// once for all those that are refused together.
const LOWERED_EVERY: Duration = Duration::from_millis(500);
/// Each second gives back so many requests,
const RAISED_PER_SECOND: f64 = 1.0;
/// and this share of the limit of now.
const RAISED_SHARE_PER_SECOND: f64 = 0.05;

#[derive(Debug)]
pub(crate) struct Concurrency {
    /// Requests under way at once that are allowed when nothing is wrong.
    allowed: f64,
    limit: f64,
    in_flight: usize,
    raised: Instant,
    lowered: Option<Instant>,
}

/// Whether one more request may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Free,
    /// None until one ends, or until the limit has risen.
    FullUntil(Instant),
    /// None until one ends.
    Full,
}

impl Concurrency {
    pub fn new(allowed: usize, now: Instant) -> Concurrency {
        let allowed = allowed as f64;
        Concurrency { allowed, limit: allowed, in_flight: 0, raised: now, lowered: None }
    }

    pub fn room(&mut self, now: Instant) -> Room {
        self.raise(now);
        let missing = self.in_flight as f64 + 1.0 - self.limit;
        if missing <= 0.0 {
            Room::Free
        } else if self.limit + missing > self.allowed {
            Room::Full
        } else {
            // A little later than exact, so that rounding does not ask twice.
            Room::FullUntil(now + Duration::from_secs_f64(missing / self.raised_per_second() + 0.001))
        }
    }

    pub fn take(&mut self) {
        self.in_flight += 1;
    }

    pub fn give_back(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Too many were under way, the refused one counted.
    pub fn refused(&mut self, now: Instant) {
        if self.lowered.is_some_and(|lowered| now.saturating_duration_since(lowered) < LOWERED_EVERY) {
            return;
        }
        self.raise(now);
        self.lowered = Some(now);
        self.limit = (self.in_flight as f64 * LOWERED_TO).floor().clamp(1.0, self.limit);
    }

    fn raise(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.raised).as_secs_f64();
        self.raised = now;
        self.limit = (self.limit + seconds * self.raised_per_second()).min(self.allowed);
    }

    fn raised_per_second(&self) -> f64 {
        RAISED_PER_SECOND + RAISED_SHARE_PER_SECOND * self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_leaves_seven_of_ten_and_time_gives_back() {
        let start = Instant::now();
        let mut concurrency = Concurrency::new(100, start);
        for _ in 0..10 {
            assert_eq!(concurrency.room(start), Room::Free);
            concurrency.take();
        }
        concurrency.refused(start);
        concurrency.refused(start + Duration::from_millis(499));
        assert_eq!(concurrency.limit.floor(), 7.0);
        for _ in 0..3 {
            assert!(matches!(concurrency.room(start), Room::FullUntil(_)));
            concurrency.give_back();
        }
        // Seven are under way; in a second the limit rises by 1 and 5 % of 7.
        assert_eq!(concurrency.room(start + Duration::from_secs(1)), Room::Free);
        for second in 2..60 {
            concurrency.room(start + Duration::from_secs(second));
        }
        assert_eq!(concurrency.limit, 100.0);
    }

    #[test]
    fn one_request_may_always_be_under_way() {
        let start = Instant::now();
        let mut concurrency = Concurrency::new(100, start);
        concurrency.take();
        concurrency.refused(start);
        concurrency.give_back();
        assert_eq!(concurrency.room(start), Room::Free);
    }

    #[test]
    fn at_the_allowed_limit_only_an_end_makes_room() {
        let start = Instant::now();
        let mut concurrency = Concurrency::new(1, start);
        concurrency.take();
        assert_eq!(concurrency.room(start + Duration::from_secs(9)), Room::Full);
    }
}
