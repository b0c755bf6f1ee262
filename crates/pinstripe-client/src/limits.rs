//! Stripe's limits, kept: so many requests a second, and so many at once, for the account and for
//! each endpoint. It never sends, and never asks again ([`crate::retry`]).
//!
//! A request's turn comes when it is free at both levels: first the endpoint's, then the account's,
//! so that a slow endpoint does not hold up the others. Read next: `level.rs` for the waiting,
//! `pace.rs` for the rate and what a refusal does to it.
//!
//! Source: docs.stripe.com/rate-limits (2026): 100 a second live, 25 in test mode, 25 for each
//! endpoint, 20 for files and for Search.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::key::Mode;
use crate::level::Level;
pub use crate::level::Turn;

/// Stripe's limit for an account's live data, requests a second.
const LIVE_PER_SECOND: f64 = 100.0;
/// And for its test data.
const TEST_PER_SECOND: f64 = 25.0;
/// For one endpoint.
const ENDPOINT_PER_SECOND: f64 = 25.0;
/// For files, and for all of Search together.
const SLOW_ENDPOINT_PER_SECOND: f64 = 20.0;
/// Requests under way at once. Stripe's limits on these have no published number: these are beyond
/// what the rates need as long as an answer takes less than 3 seconds.
const ACCOUNT_IN_FLIGHT: usize = 300;
const ENDPOINT_IN_FLIGHT: usize = 100;

/// What is left of a list is not known when it is said to take so long.
const UNKNOWN_SECONDS: f64 = 1e9;

const SEARCH: &str = "/v1/*/search";

/// Caps the user sets on requests a second. `None` is Stripe's own limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct MaxRate {
    /// For the account. Beyond Stripe's usual 100 each endpoint's limit is raised in proportion, as
    /// Stripe's are; below an endpoint's limit, it caps the endpoint too.
    pub account_per_second: Option<f64>,
    /// For each endpoint, exactly.
    pub endpoint_per_second: Option<f64>,
    /// The share of every limit that is left to the account's own production traffic: from 0 up to
    /// but not including 1.
    pub headroom: f64,
}

impl MaxRate {
    fn account(&self, mode: Mode) -> f64 {
        let documented = match mode {
            Mode::Live => LIVE_PER_SECOND,
            Mode::Test => TEST_PER_SECOND,
        };
        self.account_per_second.unwrap_or(documented) * (1.0 - self.headroom)
    }

    fn endpoint(&self, endpoint: &str) -> f64 {
        let documented = match endpoint {
            SEARCH => SLOW_ENDPOINT_PER_SECOND,
            path if path == "/v1/files" || path.starts_with("/v1/files/") => SLOW_ENDPOINT_PER_SECOND,
            _ => ENDPOINT_PER_SECOND,
        };
        let rate = match (self.endpoint_per_second, self.account_per_second) {
            (Some(rate), _) => rate,
            (None, Some(account)) if account > LIVE_PER_SECOND => documented * account / LIVE_PER_SECOND,
            (None, Some(account)) => documented.min(account),
            (None, None) => documented,
        };
        rate * (1.0 - self.headroom)
    }
}

/// The limits of one account, shared by everything this process asks of it.
#[derive(Debug)]
pub struct Limits {
    account: Arc<Level>,
    endpoints: Mutex<HashMap<String, Arc<Level>>>,
    max_rate: MaxRate,
}

impl Limits {
    pub fn new(mode: Mode, max_rate: MaxRate) -> Limits {
        // Programs that are started together do not come together.
        let start = fastrand::f64() / 4.0;
        Limits {
            account: Arc::new(Level::new(max_rate.account(mode), start, ACCOUNT_IN_FLIGHT)),
            endpoints: Mutex::default(),
            max_rate,
        }
    }

    /// Waits for this request's turn at the endpoint, first come, first served, and at the account,
    /// where the endpoint with most work left goes first (`set_seconds_left`). Dropping the future gives up the place in the queue; dropping the turn ends the request.
    pub async fn turn(&self, path: &str) -> Turn {
        let endpoint = self.endpoint(path);
        let _first = endpoint.first(0.0).await;
        loop {
            endpoint.free().await;
            let _first_of_all = self.account.first(self.urgency(&endpoint)).await;
            self.account.free().await;
            // A refusal meanwhile may have put the endpoint's turn off.
            if let Some(turn) = Turn::take(&endpoint, &self.account) {
                return turn;
            }
        }
    }

    /// How long a request made now would wait: zero when its turn is free, `Duration::MAX` while as
    /// many requests are under way as may be.
    pub fn wait_for_turn(&self, path: &str) -> Duration {
        let now = Instant::now();
        let endpoint = self.endpoint(path);
        endpoint.wait(now, 0.0).max(self.account.wait(now, self.urgency(&endpoint)))
    }

    /// Requests a second that an endpoint is allowed when nothing is wrong.
    pub fn endpoint_rate(&self, path: &str) -> f64 {
        self.max_rate.endpoint(&endpoint(path))
    }

    /// Requests a second that an endpoint may count on while others are busy too: what the account
    /// allows beyond those that need longer, shared with those that need as long. 0 where they need all of it.
    pub fn share(&self, path: &str) -> f64 {
        let now = Instant::now();
        let rate = |level: &Level| 1.0 / level.spacing(now).as_secs_f64().max(f64::MIN_POSITIVE);
        let own = self.endpoint(path);
        let own_urgency = self.urgency(&own);
        let mut taken = 0.0;
        let mut alike = 1.0;
        for other in self.busy().iter().filter(|other| !Arc::ptr_eq(other, &own)) {
            let urgency = self.urgency(other);
            if urgency > own_urgency {
                taken += rate(other);
            } else if urgency == own_urgency {
                alike += 1.0;
            }
        }
        ((rate(&self.account) - taken) / alike).clamp(0.0, rate(&own))
    }

    /// How long the account's other endpoints will be busy, as far as is known, in seconds: the longest
    /// of them at its own pace, or all of them and this one at the account's. `None` where this one is
    /// alone, or nothing is known.
    pub fn others_seconds(&self, path: &str) -> Option<f64> {
        let now = Instant::now();
        let own = self.endpoint(path);
        let busy = self.busy();
        let known: Vec<(&Arc<Level>, f64)> = busy
            .iter()
            .map(|level| (level, level.urgency()))
            .filter(|(_, seconds)| *seconds < UNKNOWN_SECONDS)
            .collect();
        let others = known.iter().filter(|(level, _)| !Arc::ptr_eq(level, &own));
        let longest = others.map(|(_, seconds)| *seconds).reduce(f64::max)?;
        let requests = known.iter().map(|(level, seconds)| seconds / level.spacing(now).as_secs_f64());
        let together = requests.sum::<f64>() * self.account.spacing(now).as_secs_f64();
        Some(longest.max(together))
    }

    /// Says how long an endpoint is believed to be busy at its own pace. Of several, the one with most
    /// left goes first at the account, so that all end together. One that nobody speaks for goes
    /// before all: somebody waits for each of its answers.
    pub fn set_seconds_left(&self, path: &str, seconds: Option<f64>) {
        self.endpoint(path).set_urgency(seconds.unwrap_or(f64::INFINITY));
    }

    /// The even time between two requests at the pace of now, the slower of the two levels'.
    pub fn spacing(&self, path: &str) -> Duration {
        let now = Instant::now();
        self.endpoint(path).spacing(now).max(self.account.spacing(now))
    }

    /// A request was answered, well or not, and not refused by a limit.
    pub fn answered(&self, path: &str) {
        self.endpoint(path).answered();
        self.account.answered();
    }

    /// A limit refused a request: what `reason` (`Stripe-Rate-Limited-Reason`) names slows down. A
    /// reason that is missing or new is taken for the endpoint's rate. A lock timeout is none.
    pub fn refused(&self, path: &str, reason: Option<&str>) {
        match reason {
            Some("global-rate") => self.account.refused_rate(),
            Some("global-concurrency") => self.account.refused_concurrency(),
            Some("endpoint-concurrency") => self.endpoint(path).refused_concurrency(),
            _ => self.endpoint(path).refused_rate(),
        }
    }

    /// Endpoints that somebody reads to their end.
    fn busy(&self) -> Vec<Arc<Level>> {
        let endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        endpoints.values().filter(|level| level.urgency().is_finite()).cloned().collect()
    }

    /// An endpoint of which nobody knows how long it will take is taken for as long as the longest.
    fn urgency(&self, endpoint: &Level) -> f64 {
        match endpoint.urgency() {
            unknown if unknown.is_finite() && unknown >= UNKNOWN_SECONDS => {
                let known = self.busy().into_iter().map(|level| level.urgency());
                known.filter(|seconds| *seconds < UNKNOWN_SECONDS).reduce(f64::max).unwrap_or(unknown)
            }
            known => known,
        }
    }

    fn endpoint(&self, path: &str) -> Arc<Level> {
        let name = endpoint(path);
        let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(level) = endpoints.get(&name) {
            return Arc::clone(level);
        }
        let level = Arc::new(Level::new(self.max_rate.endpoint(&name), 0.0, ENDPOINT_IN_FLIGHT));
        endpoints.insert(name, Arc::clone(&level));
        level
    }
}

/// The endpoint a path belongs to: without its query, ids replaced. All of Search is one. The
/// method is not part of it, since nothing but GET is sent.
fn endpoint(path: &str) -> String {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    if path.ends_with("/search") {
        return SEARCH.to_owned();
    }
    let mut endpoint = String::with_capacity(path.len());
    for (depth, segment) in path.trim_start_matches('/').split('/').enumerate() {
        // Names of Stripe's are lower case and without digits, but for the version in front.
        let is_id = |segment: &str| segment.bytes().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        endpoint.push('/');
        endpoint.push_str(if depth > 0 && is_id(segment) { "*" } else { segment });
    }
    endpoint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_no_part_of_an_endpoint() {
        for (path, expected) in [
            ("/v1/charges", "/v1/charges"),
            ("/v1/invoices/in_1AbC/lines", "/v1/invoices/*/lines"),
            ("/v1/invoices/in_2/lines?limit=100", "/v1/invoices/*/lines"),
            ("/v1/customers/cus_Ab/payment_methods", "/v1/customers/*/payment_methods"),
            ("/v1/checkout/sessions/cs_test_a1/line_items", "/v1/checkout/sessions/*/line_items"),
            ("/v1/charges/search", SEARCH),
            ("/v1/invoices/search?query=total>5", SEARCH),
            ("/v2/core/events", "/v2/core/events"),
        ] {
            assert_eq!(endpoint(path), expected, "{path}");
        }
    }

    #[test]
    fn caps_and_headroom_move_the_documented_rates() {
        let cap = |account_per_second, endpoint_per_second, headroom| MaxRate {
            account_per_second,
            endpoint_per_second,
            headroom,
        };
        for (cap, account, charges, search) in [
            (cap(None, None, 0.0), 100.0, 25.0, 20.0),
            (cap(Some(50.0), None, 0.0), 50.0, 25.0, 20.0),
            (cap(Some(10.0), None, 0.0), 10.0, 10.0, 10.0),
            (cap(Some(400.0), None, 0.0), 400.0, 100.0, 80.0),
            (cap(Some(400.0), Some(30.0), 0.0), 400.0, 30.0, 30.0),
            (cap(None, None, 0.25), 75.0, 18.75, 15.0),
            (cap(Some(400.0), None, 0.5), 200.0, 50.0, 40.0),
        ] {
            let rates = (cap.account(Mode::Live), cap.endpoint("/v1/charges"), cap.endpoint(SEARCH));
            assert_eq!(rates, (account, charges, search), "{cap:?}");
        }
        assert_eq!(MaxRate::default().account(Mode::Test), 25.0);
        assert_eq!(MaxRate::default().endpoint("/v1/files"), 20.0);
        assert_eq!(MaxRate::default().endpoint("/v1/file_links"), 25.0);
    }
}
