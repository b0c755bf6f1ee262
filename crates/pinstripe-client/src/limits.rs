//! Stripe's limits, kept: so many requests a second for the account and for each endpoint.
//!
//! Requests are spaced evenly rather than let through in bursts, since Stripe's own buckets count
//! whole seconds. A 429 lowers the rate it names at once; it comes back slowly.
//! Source: docs.stripe.com/rate-limits (2026): 100 a second live, 25 in test mode, 25 for each
//! endpoint, 20 for files and for Search.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::key::Mode;

/// A cap the user sets on requests a second. `None` is Stripe's own limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct MaxRate {
    pub account_per_second: Option<f64>,
    pub endpoint_per_second: Option<f64>,
}

/// The paces of one account, shared by everything this process asks of it.
#[derive(Debug)]
pub struct Limits {
    state: Mutex<State>,
    endpoint_cap: Option<f64>,
}

#[derive(Debug)]
struct State {
    account: Pace,
    endpoints: HashMap<String, Pace>,
}

#[derive(Debug)]
struct Pace {
    /// Requests a second that are allowed when nothing is wrong.
    rate_max: f64,
    rate: f64,
    next: Instant,
    raised: Instant,
}

/// A little more room between requests than the rate asks for: an even pace would put one request
/// too many into some second, since both its ends count.
const SPACING: f64 = 1.02;
/// Never slower than one request in five seconds: the retry waits do the rest.
const RATE_MIN: f64 = 0.2;
/// After a refusal the rate falls by this factor,
const LOWERED_BY: f64 = 0.6;
/// and each second without one gives back this share of the full rate.
const RAISED_PER_SECOND: f64 = 0.05;

impl Limits {
    pub fn new(mode: Mode, max_rate: MaxRate) -> Limits {
        let documented = match mode {
            Mode::Live => 100.0,
            Mode::Test => 25.0,
        };
        let account = max_rate.account_per_second.unwrap_or(documented);
        let endpoint_cap = max_rate.endpoint_per_second.or(max_rate.account_per_second);
        Limits {
            state: Mutex::new(State { account: Pace::new(account), endpoints: HashMap::new() }),
            endpoint_cap,
        }
    }

    /// Waits for this request's turn at the account and at the endpoint.
    pub async fn turn(&self, path: &str) {
        let turn = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let State { account, endpoints } = &mut *state;
            let endpoint = endpoints
                .entry(endpoint(path).to_owned())
                .or_insert_with(|| Pace::new(self.endpoint_rate(path)));
            let turn = account.earliest(now).max(endpoint.earliest(now));
            account.take(turn);
            endpoint.take(turn);
            turn
        };
        tokio::time::sleep_until(turn).await;
    }

    /// Slows down what Stripe's refusal names: `Stripe-Rate-Limited-Reason`.
    pub fn refused(&self, path: &str, reason: Option<&str>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if reason.is_some_and(|reason| reason.starts_with("global")) {
            state.account.lower(now);
        } else if let Some(endpoint) = state.endpoints.get_mut(endpoint(path)) {
            endpoint.lower(now);
        }
    }

    fn endpoint_rate(&self, path: &str) -> f64 {
        let documented = match endpoint(path) {
            "/v1/files" => 20.0,
            path if path.ends_with("/search") => 20.0,
            _ => 25.0,
        };
        self.endpoint_cap.unwrap_or(documented)
    }
}

impl Pace {
    fn new(rate: f64) -> Pace {
        let now = Instant::now();
        Pace { rate_max: rate, rate, next: now, raised: now }
    }

    fn earliest(&mut self, now: Instant) -> Instant {
        let recovered =
            now.saturating_duration_since(self.raised).as_secs_f64() * RAISED_PER_SECOND * self.rate_max;
        if recovered > 0.0 {
            self.rate = (self.rate + recovered).min(self.rate_max);
            self.raised = now;
        }
        self.next.max(now)
    }

    fn take(&mut self, turn: Instant) {
        self.next = turn + Duration::from_secs_f64(SPACING / self.rate);
    }

    fn lower(&mut self, now: Instant) {
        // Requests already under way are refused together: one lowering for all of them.
        if now.saturating_duration_since(self.raised) < Duration::from_millis(200)
            && self.rate < self.rate_max
        {
            return;
        }
        self.rate = (self.rate * LOWERED_BY).max(RATE_MIN);
        self.raised = now;
    }
}

/// The endpoint a path belongs to: ids are not part of it.
fn endpoint(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_endpoint_is_asked_at_most_25_times_a_second() {
        let limits = Limits::new(Mode::Live, MaxRate::default());
        let start = Instant::now();
        for _ in 0..101 {
            limits.turn("/v1/charges").await;
        }
        assert!(start.elapsed() >= Duration::from_millis(3_990), "{:?}", start.elapsed());
        assert!(start.elapsed() <= Duration::from_millis(4_200), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn in_test_mode_the_account_is_asked_at_most_25_times_a_second() {
        let limits = Limits::new(Mode::Test, MaxRate::default());
        let start = Instant::now();
        for turn in 0..51 {
            limits.turn(if turn % 2 == 0 { "/v1/charges" } else { "/v1/refunds" }).await;
        }
        assert!(start.elapsed() >= Duration::from_millis(1_990), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_slows_down_and_time_heals() {
        let limits = Limits::new(Mode::Live, MaxRate::default());
        limits.turn("/v1/charges").await;
        limits.refused("/v1/charges", Some("endpoint-rate"));
        let start = Instant::now();
        for _ in 0..16 {
            limits.turn("/v1/charges").await;
        }
        assert!(start.elapsed() > Duration::from_millis(700), "{:?}", start.elapsed());
        tokio::time::sleep(Duration::from_secs(20)).await;
        let start = Instant::now();
        for _ in 0..26 {
            limits.turn("/v1/charges").await;
        }
        assert!(start.elapsed() <= Duration::from_millis(1_100), "{:?}", start.elapsed());
    }
}
