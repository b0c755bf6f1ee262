//! When a failed request is sent again, and after how long.
//!
//! Only what can pass by itself is asked again (the error table says what). Waits double from a
//! quarter of a second, or from a tenth where a connection broke or a limit refused, with jitter, so
//! that many workers do not come back at once; in all they last some fifty seconds. Stripe sends no
//! Retry-After, so none is read (docs.stripe.com/rate-limits).
//! Nothing waits here; the caller does.

use std::time::Duration;

use crate::error::ClientError;
use crate::error_kind::ErrorKind;
use crate::exchange::ConnectionProblem;

/// How often and how long. Plain data, so that tests can make it quick.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Tries of one request when Stripe or the network fails.
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

impl RetryPolicy {
    /// How long to wait before try number `attempt + 1`, or `None` to give up. `attempt` counts
    /// from 1; `jitter` is from 0 to 1.
    pub fn wait(&self, attempt: u32, error: &ClientError, jitter: f64) -> Option<Duration> {
        let kind = error.kind();
        let asked = match error {
            ClientError::Stripe(stripe) => stripe.should_retry,
            _ => None,
        };
        let retried = kind.row().retried && kind != ErrorKind::CursorGone;
        // A limiter's refusal may say "do not retry" to SDKs that would hammer; we slow down first.
        if !(retried || asked == Some(true)) || (asked == Some(false) && kind != ErrorKind::RateLimited) {
            return None;
        }
        let first = match error {
            ClientError::Connection {
                problem: ConnectionProblem::Broken | ConnectionProblem::CutBody,
                ..
            } => self.wait_first_short,
            // The limits have slowed down already; this request takes its turn among the others.
            _ if kind == ErrorKind::RateLimited => self.wait_first_short,
            _ => self.wait_first,
        };
        self.doubled(first, attempt, kind, jitter)
    }

    /// The same for a page that arrived but cannot be read.
    pub fn wait_for(&self, attempt: u32, kind: ErrorKind, jitter: f64) -> Option<Duration> {
        self.doubled(self.wait_first, attempt, kind, jitter)
    }

    fn doubled(&self, first: Duration, attempt: u32, kind: ErrorKind, jitter: f64) -> Option<Duration> {
        let attempts_max = match kind {
            ErrorKind::RateLimited => self.rate_limited_attempts_max,
            _ => self.attempts_max,
        };
        if attempt >= attempts_max {
            return None;
        }
        let doubled = first.saturating_mul(1 << (attempt - 1).min(16));
        Some(doubled.min(self.wait_max).mul_f64(0.5 + jitter / 2.0))
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
            let wait = policy.wait(1, &stripe(status, should_retry), 0.5);
            assert_eq!(wait.is_some(), again, "{status} {should_retry:?}");
        }
    }

    #[test]
    fn waits_double_and_end() {
        let policy = RetryPolicy::default();
        let waits: Vec<u64> = (1..9)
            .filter_map(|attempt| policy.wait(attempt, &stripe(500, None), 1.0))
            .map(|wait| wait.as_millis() as u64)
            .collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 16000, 20000]);
        assert!(policy.wait(9, &stripe(500, None), 1.0).is_none());
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
            let wait_ms = |attempt| policy.wait(attempt, &error, 1.0).map(|wait| wait.as_millis());
            assert_eq!([wait_ms(1), wait_ms(2)], [Some(first_ms), Some(2 * first_ms)], "{problem:?}");
            assert_eq!((wait_ms(8).is_some(), wait_ms(9)), (true, None), "{problem:?}");
        }
    }
}
