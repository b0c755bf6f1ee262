//! When a failed request is sent again, and after how long.
//!
//! Only what can pass by itself is asked again (the error table says what). Waits double from a
//! quarter of a second, or from a tenth where a connection broke or a limit refused, with jitter, so
//! that many workers do not come back at once; in all they last some fifty seconds. That is for a
//! server that is away. Where most answers come, one that does not is bad luck: waits grow by less
//! than a doubling, by the share of the latest answers that failed, and there are more of them, so
//! that a page is not given up while the rest goes on. What a limit refused is counted apart.
//! Stripe sends no Retry-After, so none is read (docs.stripe.com/rate-limits).
//! Nothing waits here; the caller does.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::ClientError;
use crate::error_kind::ErrorKind;
use crate::exchange::ConnectionProblem;

/// Answers that a server is judged by.
const LATEST_ANSWERS: f64 = 16.0;
/// A wait is this part of a doubling longer than the one before at least.
const DOUBLING_MIN: f64 = 0.25;

/// How often and how long. Plain data, so that tests can make it quick.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Tries of one request when Stripe or the network fails, and nothing else comes either.
    pub attempts_max: u32,
    /// Tries of one request when Stripe only asks to slow down: it will let us in again.
    pub rate_limited_attempts_max: u32,
    pub wait_first: Duration,
    /// The first wait after a connection that broke or a body that was cut, since a new connection is
    /// likely to hold, and after a limit's refusal, since the limits slow down by themselves.
    pub wait_first_short: Duration,
    pub wait_max: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            attempts_max: 9,
            rate_limited_attempts_max: 40,
            wait_first: Duration::from_millis(250),
            wait_first_short: Duration::from_millis(100),
            wait_max: Duration::from_secs(20),
        }
    }
}

/// What one request has met so far.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tries {
    made: u32,
    /// Doublings of the wait: after refusals of a limit, and after everything else.
    refused: f64,
    failed: f64,
}

impl Tries {
    /// Tries that failed.
    pub fn made(&self) -> u32 {
        self.made
    }
}

/// How a server does: the share of its latest answers that were failures. Before the first answer all
/// is taken for one, so that a server that is away is not hurried.
#[derive(Debug)]
pub struct FailingShare(Mutex<f64>);

impl Default for FailingShare {
    fn default() -> Self {
        FailingShare(Mutex::new(1.0))
    }
}

impl FailingShare {
    pub fn note(&self, failed: bool) {
        let mut share = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *share += (f64::from(u8::from(failed)) - *share) / LATEST_ANSWERS;
    }

    pub fn now(&self) -> f64 {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RetryPolicy {
    /// How long to wait before the next try after one that failed so, or `None` to give up. `failing` is
    /// the share of the server's latest answers that failed, `jitter` is from 0 to 1.
    pub fn wait(
        &self,
        tries: &mut Tries,
        error: &ClientError,
        failing: f64,
        jitter: f64,
    ) -> Option<Duration> {
        let kind = error.kind();
        let asked = match error {
            ClientError::Stripe(stripe) => stripe.should_retry,
            _ => None,
        };
        let retried = kind.row().retried && kind != ErrorKind::CursorGone;
        let first = match error {
            ClientError::Connection {
                problem: ConnectionProblem::Broken | ConnectionProblem::CutBody,
                ..
            } => self.wait_first_short,
            // The limits have slowed down already; this request takes its turn among the others.
            _ if kind == ErrorKind::RateLimited => self.wait_first_short,
            _ => self.wait_first,
        };
        let wait = self.doubled(tries, first, kind, failing, jitter);
        // A limiter's refusal may say "do not retry" to SDKs that would hammer; we slow down first.
        let forbidden = asked == Some(false) && kind != ErrorKind::RateLimited;
        wait.filter(|_| (retried || asked == Some(true)) && !forbidden)
    }

    /// The same for a page that arrived but cannot be read.
    pub fn wait_for(
        &self,
        tries: &mut Tries,
        kind: ErrorKind,
        failing: f64,
        jitter: f64,
    ) -> Option<Duration> {
        self.doubled(tries, self.wait_first, kind, failing, jitter)
    }

    fn doubled(
        &self,
        tries: &mut Tries,
        first: Duration,
        kind: ErrorKind,
        failing: f64,
        jitter: f64,
    ) -> Option<Duration> {
        let (doublings, attempts_max) = match kind {
            ErrorKind::RateLimited => (&mut tries.refused, self.rate_limited_attempts_max),
            _ => (&mut tries.failed, self.attempts_max),
        };
        tries.made += 1;
        *doublings += failing.max(DOUBLING_MIN);
        let wait = first.mul_f64((*doublings - 1.0).min(16.0).exp2()).min(self.wait_max);
        (*doublings < f64::from(attempts_max)).then(|| wait.mul_f64(0.5 + jitter / 2.0))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::error::StripeError;

    fn stripe(status: u16, should_retry: Option<bool>) -> ClientError {
        let mut error = StripeError::read("GET", "/v1/charges", status, br#"{"error":{}}"#).unwrap();
        error.should_retry = should_retry;
        ClientError::Stripe(Box::new(error))
    }

    fn milliseconds(wait: Option<Duration>) -> Option<u128> {
        wait.map(|wait| wait.as_millis())
    }

    #[test]
    fn only_what_can_pass_is_asked_again() {
        let policy = RetryPolicy::default();
        for (status, should_retry, again) in [
            (500, None, true),
            (500, Some(false), false),
            (429, None, true),
            (429, Some(false), true),
            (409, None, true),
            (400, None, false),
            (400, Some(true), true),
            (401, None, false),
            (403, None, false),
            (404, None, false),
        ] {
            let mut tries = Tries::default();
            let wait = policy.wait(&mut tries, &stripe(status, should_retry), 1.0, 0.5);
            assert_eq!((wait.is_some(), tries.made()), (again, 1), "{status} {should_retry:?}");
        }
    }

    #[test]
    fn waits_double_and_end() {
        let (policy, mut tries) = (RetryPolicy::default(), Tries::default());
        let mut wait = || milliseconds(policy.wait(&mut tries, &stripe(500, None), 1.0, 1.0));
        for expected in [250, 500, 1000, 2000, 4000, 8000, 16000, 20000] {
            assert_eq!(wait(), Some(expected));
        }
        assert_eq!(wait(), None);
    }

    #[test]
    fn one_failure_among_answers_is_bad_luck() {
        let (policy, mut tries) = (RetryPolicy::default(), Tries::default());
        let mut wait = |failing| milliseconds(policy.wait(&mut tries, &stripe(500, None), failing, 1.0));
        assert_eq!(
            [wait(0.0), wait(0.5), wait(0.25), wait(1.0)],
            [Some(148), Some(210), Some(250), Some(500)]
        );
    }

    #[test]
    fn what_a_limit_refused_does_not_count_as_failed() {
        let (policy, mut tries) = (RetryPolicy::default(), Tries::default());
        for _ in 0..30 {
            policy.wait(&mut tries, &stripe(429, None), 1.0, 1.0).unwrap();
        }
        assert_eq!(milliseconds(policy.wait(&mut tries, &stripe(500, None), 1.0, 1.0)), Some(250));
        assert_eq!(tries.made(), 31);
    }

    #[test]
    fn a_server_is_judged_by_its_latest_answers() {
        let failing = FailingShare::default();
        assert_eq!(failing.now(), 1.0);
        (0..50).for_each(|number| failing.note(number % 5 == 0));
        assert!((0.1..0.3).contains(&failing.now()), "{failing:?}");
        (0..50).for_each(|_| failing.note(true));
        assert!(failing.now() > 0.95, "{failing:?}");
    }

    #[test]
    fn what_broke_is_tried_again_soon_and_what_is_away_later() {
        let policy = RetryPolicy::default();
        // A reset or a cut body is one connection's bad luck; a server that is away or silent needs
        // the longer wait to come back, and has all nine tries.
        for (problem, first_ms) in [
            (ConnectionProblem::Broken, 100),
            (ConnectionProblem::CutBody, 100),
            (ConnectionProblem::Unreachable, 250),
            (ConnectionProblem::TimedOut, 250),
        ] {
            let error = ClientError::Connection {
                server: String::new(),
                path: String::new(),
                problem,
                source: "it broke".into(),
            };
            let mut tries = Tries::default();
            let waits: Vec<_> =
                (0..9).map(|_| milliseconds(policy.wait(&mut tries, &error, 1.0, 1.0))).collect();
            assert_eq!(waits[..2], [Some(first_ms), Some(2 * first_ms)], "{problem:?}");
            assert_eq!((waits[7].is_some(), waits[8]), (true, None), "{problem:?}");
        }
    }
}
