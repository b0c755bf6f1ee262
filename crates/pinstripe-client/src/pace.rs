//! One pace: when the next request may go, evenly, and how fast, as the answers teach.
//!
//! It never waits and reads no clock; the times are given. Read next: [`crate::level`], which waits.
//!
//! Turns are spaced evenly rather than let through in bursts, and no window of a second holds more
//! than the rate and one: Stripe's limiters count seconds, and where theirs begin is not known here.
//!
//! Two kinds of refusal are told apart. A few, whatever the rate (a neighbour's bursts), lower it a
//! little and soon pass. More than chance explains mean that the limit itself is lower than the one
//! allowed here: the rate falls to what was let through, and a ceiling holds it near there and feels
//! its way up. The constants are tuned to what `tests/limits_hold.rs` asks for.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// A little more room between requests than the rate asks for: an even pace would put one request
/// too many into some second, since both its ends count, and the way to Stripe is not even.
const SPACING: f64 = 1.008;
/// No more turns than the rate, and one, in any such window. The one makes up for turns that were
/// missed; a limiter that keeps no store of turns refuses it at worst once, and then it is given up.
const WINDOW: Duration = Duration::from_millis(1_008);
/// Beyond this rate a timer's millisecond is coarser than the spacing: turns are let through as they
/// fall due, and no window is kept.
const RATE_FINE_MAX: f64 = 1_000.0;
/// At a slower rate one more turn would be a large part of it.
const RATE_ONE_MORE_MIN: f64 = 10.0;
/// Turns missed in so long an idle time are made up for,
const CATCH_UP: Duration = Duration::from_millis(300);
/// and this much of the even spacing lies between them at least.
const CATCH_UP_SPACING: f64 = 0.25;
/// Never slower than one request in five seconds: the retry waits do the rest.
const RATE_MIN: f64 = 0.2;
/// What a rate of nothing is taken for.
const RATE_LEAST: f64 = 0.001;
/// Each answer leaves this share of what the earlier ones count for.
const REMEMBERED: f64 = 63.0 / 64.0;
/// The rate is clearly too high when more than this share of the answers are refusals,
const CLEAR_SHARE: f64 = 0.1;
/// and so many more, which chance does not explain.
const CLEAR_REFUSALS: f64 = 5.0;
/// A refusal lowers the rate by this share; a clear one by the share that is refused,
const LOWERED_BY: f64 = 0.04;
/// up to this.
const LOWERED_BY_MAX: f64 = 0.7;
/// Requests already under way are refused together: one lowering for all of them.
const LOWERED_EVERY: Duration = Duration::from_millis(500);
/// Each second gives back this share of the allowed rate, up to the ceiling.
const RAISED_PER_SECOND: f64 = 0.08;
/// The ceiling grows by this share of itself a second,
const CEILING_RAISED_PER_SECOND: f64 = 0.01;
/// as much again for every so many seconds since the last refusal,
const CEILING_PATIENCE_SECONDS: f64 = 10.0;
/// and falls, when more than this share is refused, by as much as it is more,
const CEILING_SHARE: f64 = 0.03;
/// down to this share of the rate that was found when it was last clearly too high.
const CEILING_LEAST: f64 = 0.9;
/// A share of fewer answers says nothing yet.
const ANSWERS_LEAST: f64 = 16.0;

#[derive(Debug)]
pub(crate) struct Pace {
    /// Requests a second that are allowed when nothing is wrong.
    allowed: f64,
    rate: f64,
    /// What the rate may rise to for now,
    ceiling: f64,
    /// and what the ceiling does not fall below: all of the allowed rate, until it was clearly refused.
    ceiling_min: f64,
    /// Answers, and the refusals among them; the older, the less they count.
    answers: f64,
    refusals: f64,
    /// When the first turn is, as a share of the even spacing after it is first asked for.
    start: f64,
    first: Option<Instant>,
    last: Option<Taken>,
    /// The latest turns, as many as one window may hold.
    window: VecDeque<Instant>,
    raised: Instant,
    refused: Option<Instant>,
    lowered: Option<Instant>,
    cleared: Option<Instant>,
}

/// The latest turn.
#[derive(Debug, Clone, Copy)]
struct Taken {
    at: Instant,
    /// When it would have been at an even pace: behind `at` while turns are made up for.
    due: Instant,
}

impl Pace {
    /// `start`, from 0 to 1, is how much of one spacing the first turn is put off.
    pub fn new(rate: f64, start: f64, now: Instant) -> Pace {
        // `max` takes the other side of what is no number, too.
        let rate = rate.max(RATE_LEAST);
        Pace {
            allowed: rate,
            rate,
            ceiling: rate,
            ceiling_min: rate,
            answers: 0.0,
            refusals: 0.0,
            start,
            first: None,
            last: None,
            window: VecDeque::new(),
            raised: now,
            refused: None,
            lowered: None,
            cleared: None,
        }
    }

    /// The even time between two turns at the rate of now.
    pub fn spacing(&mut self, now: Instant) -> Duration {
        self.raise(now);
        Duration::from_secs_f64(SPACING / self.rate)
    }

    /// When the next turn is; not after `now` means that it is free.
    pub fn earliest(&mut self, now: Instant) -> Instant {
        let spacing = self.spacing(now);
        let Some(last) = self.last else {
            let start = self.start;
            return *self.first.get_or_insert_with(|| now + spacing.mul_f64(start));
        };
        let due = last.due + spacing;
        if self.rate > RATE_FINE_MAX {
            return due;
        }
        let full = turns_in_window(self.rate).and_then(|turns| self.window.len().checked_sub(turns));
        let room = full.map_or(due, |oldest| self.window[oldest] + WINDOW);
        due.max(last.at + spacing.mul_f64(CATCH_UP_SPACING)).max(room)
    }

    /// Takes the turn that is free now.
    pub fn take(&mut self, now: Instant) {
        let due = match self.last {
            Some(last) => {
                let due = last.due + self.spacing(now);
                now.checked_sub(CATCH_UP).map_or(due, |least| due.max(least))
            }
            None => now,
        };
        self.last = Some(Taken { at: now, due });
        self.window.push_back(now);
        // The rate may rise again: the window holds what the allowed rate would need.
        while self.window.len() > turns_in_window(self.allowed).unwrap_or(0) {
            self.window.pop_front();
        }
    }

    /// An answer that this limit let through.
    pub fn answered(&mut self, now: Instant) {
        self.count(0.0, now);
    }

    /// An answer that this limit refused: slower from now on.
    pub fn refused(&mut self, now: Instant) {
        self.raise(now);
        self.count(1.0, now);
        self.refused = Some(now);
        if is_recent(self.lowered, now) {
            return;
        }
        self.lowered = Some(now);
        let clear = self.refusals > CLEAR_SHARE * self.answers + CLEAR_REFUSALS;
        let by = if clear { (self.refusals / self.answers).min(LOWERED_BY_MAX) } else { LOWERED_BY };
        self.rate = (self.rate * (1.0 - by)).max(RATE_MIN.min(self.allowed));
        if clear {
            self.ceiling = self.rate;
            self.ceiling_min = CEILING_LEAST * self.rate;
            // What the old rate met says nothing of the new one.
            (self.answers, self.refusals) = (0.0, 0.0);
            self.cleared = Some(now);
        }
        // What was missed so far is not made up for: it would be refused.
        if let Some(last) = &mut self.last {
            last.due = last.at;
        }
    }

    fn count(&mut self, refused: f64, now: Instant) {
        // Answers to what was sent at the old rate.
        if is_recent(self.cleared, now) {
            return;
        }
        self.answers = self.answers * REMEMBERED + 1.0;
        self.refusals = self.refusals * REMEMBERED + refused;
    }

    fn raise(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.raised).as_secs_f64();
        self.raised = now;
        let share = self.refusals / self.answers.max(ANSWERS_LEAST);
        let quiet = self.refused.map_or(0.0, |refused| now.saturating_duration_since(refused).as_secs_f64());
        let eager = 1.0 + quiet / CEILING_PATIENCE_SECONDS - share / CEILING_SHARE;
        let ceiling = self.ceiling * (1.0 + CEILING_RAISED_PER_SECOND * eager * seconds);
        self.ceiling = ceiling.max(self.ceiling_min).min(self.allowed);
        if self.ceiling >= self.allowed {
            self.ceiling_min = self.allowed;
        }
        self.rate = (self.rate + RAISED_PER_SECOND * self.allowed * seconds).min(self.ceiling);
    }
}

/// How many turns one window may hold; `None` where none is kept.
fn turns_in_window(rate: f64) -> Option<usize> {
    // Not one more for what rounding adds to a whole number.
    let whole = ((rate - 1e-6).ceil() as usize).max(1);
    (rate <= RATE_FINE_MAX).then_some(if rate < RATE_ONE_MORE_MIN { whole } else { whole + 1 })
}

/// Whether this was so lately that answers to earlier requests still come.
fn is_recent(lowered: Option<Instant>, now: Instant) -> bool {
    lowered.is_some_and(|lowered| now.saturating_duration_since(lowered) < LOWERED_EVERY)
}
