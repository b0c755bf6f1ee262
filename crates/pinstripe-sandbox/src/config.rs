//! What a caller may ask of a sandbox, and what is refused.
//!
//! Nothing is read from the environment or from a file. Read next: `world.rs` for what the numbers mean, `fault.rs`.

use crate::auth::permissions;
use crate::fault::{Fault, FaultRates};

/// The most charges that a sandbox serves.
pub const MOST_CHARGES: u64 = 10_000_000;
/// The most customers that a sandbox serves.
pub const MOST_CUSTOMERS: u64 = 5_000_000;
/// The most connected accounts that a sandbox serves.
pub const MOST_ACCOUNTS: u64 = 1_000;
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
    /// Connected accounts, each with its own small business. With 0 the sandbox is no Connect platform.
    pub accounts: u64,
    /// Places (from 0) of connected accounts that no longer give access, and are no longer listed.
    pub revoked_accounts: Vec<u64>,
    /// The same, but `GET /v1/accounts` still lists them: whoever read the list a moment ago meets such accounts.
    pub revoked_but_listed: Vec<u64>,
    pub latency_ms: u64,
    /// Requests a second for each account, connected ones too; each endpoint gets at most 25 of them, files and Search 20.
    /// `None` is unlimited.
    pub rate: Option<u32>,
    /// Requests that are answered at one time for each account; more are refused. `None` is unlimited.
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
    /// Registered with both OAuth servers, exact; the first is used when a request names none. Live mode takes HTTPS only.
    pub oauth_redirects: Vec<String>,
    /// A code of an OAuth server is good for so long.
    pub oauth_code_seconds: u64,
    /// An app's access token is good for so long; a Connect token does not end by itself.
    pub app_token_seconds: u64,
    /// What the Stripe App may, by Stripe's names without `rak_`.
    pub app_permissions: Vec<String>,
    /// Connect grants `read_only`, as it does to extensions of before 2022; else `read_write` is all there is.
    pub connect_read_only: bool,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 1,
            customers: 2_000,
            charges: None,
            accounts: 24,
            revoked_accounts: Vec::new(),
            revoked_but_listed: Vec::new(),
            latency_ms: 0,
            rate: None,
            concurrency: None,
            livemode: false,
            now: None,
            faults: Vec::new(),
            fault_rates: FaultRates::default(),
            distribution: Distribution::default(),
            oauth_redirects: [
                "http://127.0.0.1:8765/oauth/callback",
                "http://localhost:8765/oauth/callback",
                "https://example.com/oauth/callback",
            ]
            .map(str::to_owned)
            .to_vec(),
            oauth_code_seconds: 300,
            app_token_seconds: 3_600,
            app_permissions: permissions().into_iter().map(str::to_owned).collect(),
            connect_read_only: true,
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
        if self.accounts > MOST_ACCOUNTS {
            return Err(SandboxError::TooMany {
                what: "connected accounts",
                most: MOST_ACCOUNTS,
                found: self.accounts,
            });
        }
        if let Some(found) = self.oauth_redirects.iter().find(|uri| !is_redirect(uri)) {
            return Err(SandboxError::Redirect { found: found.clone() });
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

/// What can stand in a `Location` header as it is.
fn is_redirect(uri: &str) -> bool {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with(['/', '?', ':'])
            && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
    })
}

/// Whether an `http://` URI stays on this machine.
pub fn is_loopback(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    // A port is digits behind the last colon; `[::1]` has colons of its own.
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("expected at most {most} {what}, found {found}")]
    TooMany { what: &'static str, most: u64, found: u64 },
    #[error("expected {what} above 0, found 0")]
    Zero { what: &'static str },
    #[error("expected a redirect URI with https:// or http:// and no fragment, found `{found}`")]
    Redirect { found: String },
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
    fn loopback_is_this_machine_only() {
        for uri in ["http://localhost/x", "http://127.0.0.1:8765/", "http://[::1]:80/x", "http://[::1]"] {
            assert!(is_loopback(uri), "{uri}");
        }
        for uri in [
            "https://localhost/",
            "http://localhost.example/",
            "http://127.0.0.1@a.example/",
            "http://a.example:80/",
        ] {
            assert!(!is_loopback(uri), "{uri}");
        }
    }

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
        let accounts = SandboxConfig { accounts: MOST_ACCOUNTS + 1, ..SandboxConfig::default() };
        assert!(matches!(accounts.check(), Err(SandboxError::TooMany { what: "connected accounts", .. })));
        for uri in [
            "ftp://example.com",
            "https://",
            "http:///x",
            "https://a.example/x#y",
            "https://a.example/\r\nx: y",
        ] {
            let odd = SandboxConfig { oauth_redirects: vec![uri.to_owned()], ..SandboxConfig::default() };
            assert!(matches!(odd.check(), Err(SandboxError::Redirect { .. })), "{uri}");
        }
        let past = SandboxConfig { now: Some(5), ..SandboxConfig::default() };
        assert!(matches!(past.check(), Err(SandboxError::Now { .. })));
    }
}
