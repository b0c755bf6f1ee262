//! What a caller may ask of a sandbox, and what is refused.
//!
//! Nothing is read from the environment or from a file. Read next: `world.rs` for what the numbers mean, `fault.rs`.

use crate::fault::{Fault, FaultRates};

/// The most charges that a sandbox serves.
pub const MOST_CHARGES: u64 = 10_000_000;
/// The most customers that a sandbox serves.
pub const MOST_CUSTOMERS: u64 = 5_000_000;
/// Charges for each customer, unless `charges` says otherwise.
pub const CHARGES_PER_CUSTOMER: u64 = 10;

/// How `created` is spread over the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Growth, quiet weekends and nights, some batches that share a second.
    #[default]
    Business,
    /// The same in every hour.
    Even,
    /// 95% in one day.
    Spike,
    /// Thousands of objects share a second.
    SameSecond,
    /// One object a year (at most 45 years).
    Sparse,
}

impl Distribution {
    pub const ALL: [Distribution; 5] =
        [Self::Business, Self::Even, Self::Spike, Self::SameSecond, Self::Sparse];
}

#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// 0 takes any free port. The address is always loopback.
    pub port: u16,
    pub seed: u64,
    pub customers: u64,
    /// Instead of the number that follows from `customers`.
    pub charges: Option<u64>,
    pub latency_ms: u64,
    /// Requests a second for the account; each endpoint gets at most 25 of them, files and Search 20. `None` is unlimited.
    pub rate: Option<u32>,
    /// Requests that are answered at one time; more are refused. `None` is unlimited.
    pub concurrency: Option<u32>,
    /// Keys and objects are those of live mode.
    pub livemode: bool,
    /// A fixed end of the history, in unix seconds; else the clock at the start.
    pub now: Option<i64>,
    /// What goes wrong by script, in this order of preference.
    pub faults: Vec<Fault>,
    /// What goes wrong by chance.
    pub fault_rates: FaultRates,
    pub distribution: Distribution,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 1,
            customers: 2_000,
            charges: None,
            latency_ms: 0,
            rate: None,
            concurrency: None,
            livemode: false,
            now: None,
            faults: Vec::new(),
            fault_rates: FaultRates::default(),
            distribution: Distribution::default(),
        }
    }
}

impl SandboxConfig {
    pub fn charge_count(&self) -> u64 {
        self.charges.unwrap_or(self.customers.saturating_mul(CHARGES_PER_CUSTOMER))
    }

    pub fn check(&self) -> Result<(), SandboxError> {
        if self.charge_count() > MOST_CHARGES {
            return Err(SandboxError::TooMany {
                what: "charges",
                most: MOST_CHARGES,
                found: self.charge_count(),
            });
        }
        if self.customers > MOST_CUSTOMERS {
            return Err(SandboxError::TooMany {
                what: "customers",
                most: MOST_CUSTOMERS,
                found: self.customers,
            });
        }
        if self.rate == Some(0) {
            return Err(SandboxError::Zero { what: "rate" });
        }
        if self.concurrency == Some(0) {
            return Err(SandboxError::Zero { what: "concurrency" });
        }
        // Three years of history must fit after the year 2001, so that every id and every date stays believable.
        if let Some(now) = self.now
            && !(1_100_000_000..=4_102_444_800).contains(&now)
        {
            return Err(SandboxError::Now { found: now });
        }
        self.fault_rates.check()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("expected at most {most} {what}, found {found}")]
    TooMany { what: &'static str, most: u64, found: u64 },
    #[error("expected {what} above 0, found 0")]
    Zero { what: &'static str },
    #[error("expected a unix time in seconds between 2004-11-09 and 2100-01-01, found {found}")]
    Now { found: i64 },
    #[error("expected fault rates that are each in 0..=100 and together at most 100, found {found}")]
    FaultRates { found: f64 },
    #[error("expected `name=percent` with a name of {names}, found `{found}`", names = FaultRates::NAMES.join(", "))]
    FaultName { found: String },
    #[error("expected a percentage for `{name}`, found `{found}`")]
    FaultPercent { name: &'static str, found: String },
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        port: u16,
        #[source]
        source: std::io::Error,
    },
    #[error("the sandbox stopped serving")]
    Serve {
        #[source]
        source: std::io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_it_cannot_serve() {
        assert!(SandboxConfig::default().check().is_ok());
        let big = SandboxConfig { charges: Some(MOST_CHARGES + 1), ..SandboxConfig::default() };
        assert!(matches!(big.check(), Err(SandboxError::TooMany { what: "charges", .. })));
        let many = SandboxConfig { customers: u64::MAX, charges: Some(1), ..SandboxConfig::default() };
        assert!(matches!(many.check(), Err(SandboxError::TooMany { what: "customers", .. })));
        let none = SandboxConfig { rate: Some(0), ..SandboxConfig::default() };
        assert!(matches!(none.check(), Err(SandboxError::Zero { .. })));
        let alone = SandboxConfig { concurrency: Some(0), ..SandboxConfig::default() };
        assert!(matches!(alone.check(), Err(SandboxError::Zero { what: "concurrency" })));
        let past = SandboxConfig { now: Some(5), ..SandboxConfig::default() };
        assert!(matches!(past.check(), Err(SandboxError::Now { .. })));
    }
}
