//! Limits: a token bucket for the account and one for each endpoint, and how many requests may be under way at once.
//!
//! It refuses and says why; it never delays. What is not configured is not limited. Read next: `routes.rs`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Stripe's limit for one endpoint.
const ENDPOINT: f64 = 25.0;
/// And for files, and for all of Search together.
const SLOW_ENDPOINT: f64 = 20.0;

/// All that a request can be refused for.
pub struct Limits {
    rates: Option<Mutex<Limiter>>,
    concurrency: Option<u32>,
    in_flight: Arc<AtomicU32>,
}

/// A request that was let in; it is under way until this is dropped, also when its client has gone.
pub struct InFlight(Arc<AtomicU32>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Limits {
    pub fn new(rate: Option<u32>, concurrency: Option<u32>, now: Instant) -> Self {
        let rates = rate.map(|rate| Mutex::new(Limiter::new(rate, now)));
        Self { rates, concurrency, in_flight: Arc::default() }
    }

    /// Lets a request in as it comes, or gives the value of `Stripe-Rate-Limited-Reason`.
    pub fn admit(&self, endpoint: &str, now: Instant) -> Result<InFlight, &'static str> {
        // The guard first: whatever is refused below gives its place back by being dropped.
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let admitted = InFlight(Arc::clone(&self.in_flight));
        if self.concurrency.is_some_and(|most| before >= most) {
            return Err("global-concurrency");
        }
        if let Some(rates) = &self.rates {
            rates.lock().unwrap_or_else(PoisonError::into_inner).take(endpoint, now)?;
        }
        Ok(admitted)
    }
}

struct Bucket {
    tokens: f64,
    rate: f64,
    filled: Instant,
}

impl Bucket {
    fn new(rate: f64, now: Instant) -> Self {
        Self { tokens: rate, rate, filled: now }
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(self.rate);
        self.filled = now;
    }
}

struct Limiter {
    account: Bucket,
    endpoints: HashMap<String, Bucket>,
    rate: f64,
}

impl Limiter {
    fn new(rate: u32, now: Instant) -> Self {
        Self { account: Bucket::new(f64::from(rate), now), endpoints: HashMap::new(), rate: f64::from(rate) }
    }

    /// Takes a token for a request, or says whose bucket is empty.
    fn take(&mut self, endpoint: &str, now: Instant) -> Result<(), &'static str> {
        let search = endpoint.ends_with("/search");
        let most = if search || endpoint.contains("/v1/files") { SLOW_ENDPOINT } else { ENDPOINT };
        let rate = most.min(self.rate);
        let name = if search { "search" } else { endpoint };
        let bucket = self.endpoints.entry(name.to_owned()).or_insert_with(|| Bucket::new(rate, now));
        bucket.fill(now);
        self.account.fill(now);
        if self.account.tokens < 1.0 {
            return Err("global-rate");
        }
        if bucket.tokens < 1.0 {
            return Err("endpoint-rate");
        }
        bucket.tokens -= 1.0;
        self.account.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_account_and_each_endpoint_have_a_bucket() {
        let start = Instant::now();
        let mut limiter = Limiter::new(100, start);
        for _ in 0..25 {
            assert_eq!(limiter.take("GET /v1/charges", start), Ok(()));
        }
        assert_eq!(limiter.take("GET /v1/charges", start), Err("endpoint-rate"));
        for _ in 0..20 {
            assert_eq!(limiter.take("GET /v1/files", start), Ok(()));
        }
        assert_eq!(limiter.take("GET /v1/files", start), Err("endpoint-rate"));
        assert_eq!(limiter.take("GET /v1/charges", start + Duration::from_millis(41)), Ok(()));
    }

    #[test]
    fn a_small_account_runs_dry_first() {
        let start = Instant::now();
        let mut limiter = Limiter::new(3, start);
        for path in ["a", "b", "c"] {
            assert_eq!(limiter.take(path, start), Ok(()));
        }
        assert_eq!(limiter.take("d", start), Err("global-rate"));
        assert_eq!(limiter.take("d", start + Duration::from_secs(1)), Ok(()));
    }
    #[test]
    fn no_more_at_once_than_allowed() {
        let now = Instant::now();
        let limits = Limits::new(None, Some(2), now);
        let first = limits.admit("a", now);
        let second = limits.admit("b", now);
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(limits.admit("c", now).err(), Some("global-concurrency"));
        assert_eq!(limits.admit("c", now).err(), Some("global-concurrency"));
        drop(first);
        assert!(limits.admit("c", now).is_ok());
    }

    #[test]
    fn who_is_refused_for_the_rate_is_not_under_way() {
        let now = Instant::now();
        let limits = Limits::new(Some(1), Some(1), now);
        drop(limits.admit("a", now));
        assert_eq!(limits.admit("a", now).err(), Some("global-rate"));
        assert_eq!(limits.admit("a", now).err(), Some("global-rate"));
    }
}
