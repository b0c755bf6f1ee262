//! Rate limits: a token bucket for the account and one for each endpoint.
//!
//! It refuses and says why; it never delays. Without a configured rate nothing is limited. Read next: `routes.rs`.

use std::collections::HashMap;
use std::time::Instant;

/// Stripe's limit for one endpoint.
const ENDPOINT: f64 = 25.0;
/// And for files, and for all of Search together.
const SLOW_ENDPOINT: f64 = 20.0;

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

pub struct Limiter {
    account: Bucket,
    endpoints: HashMap<String, Bucket>,
    rate: f64,
}

impl Limiter {
    pub fn new(rate: u32, now: Instant) -> Self {
        Self { account: Bucket::new(f64::from(rate), now), endpoints: HashMap::new(), rate: f64::from(rate) }
    }

    /// Takes a token for a request, or gives the value of `Stripe-Rate-Limited-Reason`.
    pub fn take(&mut self, endpoint: &str, now: Instant) -> Result<(), &'static str> {
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
}
