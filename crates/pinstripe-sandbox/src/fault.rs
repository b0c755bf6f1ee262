//! What goes wrong on purpose: by script (the nth request of a path) and by chance (percent of all requests).
//!
//! This file only decides; `server.rs` and `answer.rs` carry it out. Faults never change data: an OAuth answer that is
//! lost or spoilt on its way was carried out, one that a fault refuses was not. Read next: `answer.rs`.

use crate::config::SandboxError;
use crate::dice::{Topic, throw};

/// One thing that can go wrong with an answer.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// 429 with `Stripe-Rate-Limited-Reason`.
    RateLimited {
        #[serde(default = "global_rate")]
        reason: String,
    },
    /// 429 with code `lock_timeout`, no reason, `Stripe-Should-Retry: true`.
    LockTimeout,
    /// 409, as when another request holds the object.
    Conflict,
    /// 403 as for a key that lost its permission meanwhile.
    PermissionLost,
    /// A 5xx with Stripe's `api_error` body.
    ServerError {
        #[serde(default = "internal")]
        status: u16,
    },
    /// The connection is reset before any byte of the answer.
    Reset,
    /// The answer has the full `Content-Length`, its body only this share of the bytes.
    CutBody {
        #[serde(default = "half")]
        percent: u8,
    },
    /// A body of more than so many bytes is cut there, a smaller one comes whole.
    CutOver { bytes: usize },
    /// The body comes in 16 pieces with this pause before each.
    SlowBody {
        #[serde(default = "pause")]
        pause_ms: u64,
    },
    /// 200 with a page of HTML, as a proxy in between sends.
    Html,
    /// 200 with JSON that is no list: `{"object":"maintenance"}`.
    NotAList,
    /// 401 as for a key that was revoked meanwhile.
    ExpiredKey,
    /// 400 `invalid_grant` as for a grant that was revoked meanwhile; only OAuth servers answer so.
    InvalidGrant,
    /// This much later than usual, else as usual.
    Latency { ms: u64 },
}

fn global_rate() -> String {
    "global-rate".to_owned()
}
fn internal() -> u16 {
    500
}
fn half() -> u8 {
    50
}
fn pause() -> u64 {
    50
}

/// A fault by script: requests `nth`, `nth + 1`, ... `nth + times - 1` of a path get it.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Fault {
    /// The path without the query, exact; or ending in `*`, a prefix. Absent: every path.
    #[serde(default)]
    pub path: Option<String>,
    /// Counted from 1, from the moment at which the fault was set, among the requests that its path matches.
    #[serde(default = "first")]
    pub nth: u64,
    #[serde(default = "first")]
    pub times: u64,
    #[serde(flatten)]
    pub kind: FaultKind,
}

fn first() -> u64 {
    1
}

impl Fault {
    pub fn on(path: &str, nth: u64, kind: FaultKind) -> Self {
        Self { path: Some(path.to_owned()), nth, times: 1, kind }
    }

    fn matches(&self, path: &str) -> bool {
        match &self.path {
            None => true,
            Some(wanted) => match wanted.strip_suffix('*') {
                Some(prefix) => path.starts_with(prefix),
                None => path == wanted,
            },
        }
    }
}

/// Percent of all requests, by seed: the same requests in the same order meet the same faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default)]
pub struct FaultRates {
    pub rate_limited: f64,
    pub server_error: f64,
    pub reset: f64,
    pub cut_body: f64,
    pub slow_body: f64,
    pub html: f64,
    pub not_a_list: f64,
}

impl FaultRates {
    pub const NAMES: [&str; 7] =
        ["rate_limited", "server_error", "reset", "cut_body", "slow_body", "html", "not_a_list"];

    /// Reads `rate_limited=5,reset=4`; what is not named does not happen.
    pub fn parse(text: &str) -> Result<Self, SandboxError> {
        let mut rates = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let unknown = || SandboxError::FaultName { found: part.to_owned() };
            let (name, percent) = part.split_once('=').ok_or_else(unknown)?;
            let place = Self::NAMES.iter().position(|known| *known == name.trim()).ok_or_else(unknown)?;
            let rate = percent.trim().parse().map_err(|_| SandboxError::FaultPercent {
                name: Self::NAMES[place],
                found: percent.trim().to_owned(),
            })?;
            *rates.places()[place] = rate;
        }
        rates.check()?;
        Ok(rates)
    }

    /// In the order of their names.
    fn places(&mut self) -> [&mut f64; 7] {
        [
            &mut self.rate_limited,
            &mut self.server_error,
            &mut self.reset,
            &mut self.cut_body,
            &mut self.slow_body,
            &mut self.html,
            &mut self.not_a_list,
        ]
    }

    fn all(&self) -> [(f64, FaultKind); 7] {
        [
            (self.rate_limited, FaultKind::RateLimited { reason: global_rate() }),
            (self.server_error, FaultKind::ServerError { status: 500 }),
            (self.reset, FaultKind::Reset),
            (self.cut_body, FaultKind::CutBody { percent: 50 }),
            (self.slow_body, FaultKind::SlowBody { pause_ms: 50 }),
            (self.html, FaultKind::Html),
            (self.not_a_list, FaultKind::NotAList),
        ]
    }

    pub fn check(&self) -> Result<(), SandboxError> {
        let rates = self.all();
        let bad = rates.iter().map(|(rate, _)| *rate).find(|rate| !(0.0..=100.0).contains(rate));
        let sum: f64 = rates.iter().map(|(rate, _)| *rate).sum();
        match bad {
            Some(found) => Err(SandboxError::FaultRates { found }),
            None if sum > 100.0 => Err(SandboxError::FaultRates { found: sum }),
            None => Ok(()),
        }
    }

    fn pick(&self, seed: u64, nth: u64) -> Option<FaultKind> {
        let mut place = (throw(seed, Topic::Fault, nth) >> 11) as f64 / (1u64 << 53) as f64 * 100.0;
        for (rate, kind) in self.all() {
            if place < rate {
                return Some(kind);
            }
            place -= rate;
        }
        None
    }
}

/// The faults that are set now, and how far each has counted.
#[derive(Debug, Default)]
pub struct FaultPlan {
    scripted: Vec<(Fault, u64)>,
    rates: FaultRates,
    requests: u64,
}

impl FaultPlan {
    pub fn new(faults: Vec<Fault>, rates: FaultRates) -> Self {
        Self { scripted: faults.into_iter().map(|fault| (fault, 0)).collect(), rates, requests: 0 }
    }

    pub fn add(&mut self, fault: Fault) {
        self.scripted.push((fault, 0));
    }

    pub fn set_rates(&mut self, rates: FaultRates) {
        self.rates = rates;
    }

    pub fn clear(&mut self) {
        *self = Self { requests: self.requests, ..Self::default() };
    }

    pub fn scripted(&self) -> Vec<Fault> {
        self.scripted.iter().map(|(fault, _)| fault.clone()).collect()
    }

    /// Counts a request and says what befalls it.
    pub fn next(&mut self, seed: u64, path: &str) -> Option<FaultKind> {
        self.requests += 1;
        let mut found = None;
        for (fault, count) in &mut self.scripted {
            if !fault.matches(path) {
                continue;
            }
            *count += 1;
            if found.is_none() && *count >= fault.nth && *count - fault.nth < fault.times {
                found = Some(fault.kind.clone());
            }
        }
        found.or_else(|| self.rates.pick(seed, self.requests))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_request_of_a_path() {
        let mut plan =
            FaultPlan::new(vec![Fault::on("/v1/charges", 2, FaultKind::Reset)], FaultRates::default());
        assert_eq!(plan.next(1, "/v1/charges"), None);
        assert_eq!(plan.next(1, "/v1/customers"), None);
        assert_eq!(plan.next(1, "/v1/charges"), Some(FaultKind::Reset));
        assert_eq!(plan.next(1, "/v1/charges"), None);
    }

    #[test]
    fn rates_come_out() {
        let rates = FaultRates { server_error: 10.0, reset: 5.0, ..FaultRates::default() };
        let mut plan = FaultPlan::new(Vec::new(), rates);
        let faults = (0..10_000).filter(|_| plan.next(1, "/v1/charges").is_some()).count();
        assert!((1_400..1_600).contains(&faults), "{faults}");
        assert!(FaultRates { reset: 60.0, html: 60.0, ..rates }.check().is_err());
    }

    #[test]
    fn reads_rates() {
        let rates = FaultRates::parse("rate_limited=5, reset=0.5,cut_body=4").unwrap();
        assert_eq!(
            rates,
            FaultRates { rate_limited: 5.0, reset: 0.5, cut_body: 4.0, ..FaultRates::default() }
        );
        assert_eq!(FaultRates::parse("").unwrap(), FaultRates::default());
        for name in FaultRates::NAMES {
            let rates = serde_json::to_value(FaultRates::parse(&format!("{name}=7")).unwrap()).unwrap();
            assert_eq!(rates[name], 7.0);
        }
        let said = |text: &str| FaultRates::parse(text).unwrap_err().to_string();
        assert_eq!(
            said("rest=5"),
            "expected `name=percent` with a name of rate_limited, server_error, reset, cut_body, slow_body, html, \
             not_a_list, found `rest=5`"
        );
        assert_eq!(said("reset=often"), "expected a percentage for `reset`, found `often`");
        for bad in ["reset", "reset=101", "reset=NaN", "reset=60,html=60"] {
            assert!(FaultRates::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn reads_a_script() {
        let fault: Fault =
            serde_json::from_str(r#"{"path":"/v1/charges*","nth":3,"kind":"cut_body"}"#).unwrap();
        assert_eq!(fault.kind, FaultKind::CutBody { percent: 50 });
        assert!(fault.matches("/v1/charges/search"));
    }
}
