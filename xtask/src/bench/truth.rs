//! Whether frames hold what the sandbox holds, and how many requests that takes at least.
//!
//! The sandbox counts its business, the program its frames, in SQL; this compares. Read next:
//! `cases.rs` for the bars.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::control::{Counts, Totals};
use super::process::Sandbox;

const PAGE_ROWS: u64 = 100;
/// Stripe's limit for one endpoint, and for files.
const ENDPOINT_PER_SECOND: f64 = 25.0;
const FILES_PER_SECOND: f64 = 20.0;

/// Data types as reports name them, the objects in them, and whether these have an amount.
const DATA_TYPES: [(&str, &str, bool); 10] = [
    ("balance_transactions", "balance_transaction", true),
    ("charges", "charge", true),
    ("customers", "customer", false),
    ("disputes", "dispute", true),
    ("events", "event", false),
    ("files", "file", false),
    ("payouts", "payout", true),
    ("refunds", "refund", true),
    ("transfers", "transfer", true),
    ("subscriptions", "subscription", false),
];

/// The requests that no import can do without, by endpoint.
#[derive(Debug, Default)]
pub struct Needed {
    by_endpoint: BTreeMap<String, u64>,
}

impl Needed {
    pub fn add(&mut self, endpoint: &str, requests: u64) {
        *self.by_endpoint.entry(endpoint.to_owned()).or_default() += requests;
    }

    pub fn requests(&self) -> u64 {
        self.by_endpoint.values().sum()
    }

    /// How long they take when a limit is the only thing that is waited for.
    pub fn ideal_seconds(&self, account_per_second: f64) -> f64 {
        let one_endpoint = |(endpoint, requests): (&String, &u64)| {
            let limit = if endpoint == "/v1/files" { FILES_PER_SECOND } else { ENDPOINT_PER_SECOND };
            *requests as f64 / limit.min(account_per_second)
        };
        let slowest = self.by_endpoint.iter().map(one_endpoint).fold(0.0, f64::max);
        slowest.max(self.requests() as f64 / account_per_second)
    }
}

/// What was compared.
#[derive(Debug, Default)]
pub struct Truth {
    pub needed: Needed,
    /// What a frame lacks or has too much, in words.
    pub wrong: Vec<String>,
}

/// A frame as the program counts it.
#[derive(Debug, Deserialize)]
struct FrameTotals {
    n: u64,
    ids: u64,
    amount: Option<i64>,
}

/// Compares the frames of these reports with the sandbox. Call it with what the sandbox was asked
/// until the import ended.
pub fn compare(
    sandbox: &Sandbox,
    program: &Path,
    library: &Path,
    (asked, reports): (&[&str], &[Value]),
    counts: &Counts,
) -> Result<Truth> {
    let mut truth = Truth::default();
    ensure!(
        reports.len() == asked.len(),
        "expected {} reports, found {}: {reports:?}",
        asked.len(),
        reports.len()
    );
    let mut seen = Vec::new();
    for report in reports {
        let text = |name: &str| report[name].as_str().with_context(|| format!("no {name} in {report}"));
        let (data_type, frame) = (text("data_type")?, text("frame")?);
        ensure!(!seen.contains(&data_type), "{data_type} is reported twice");
        seen.push(data_type);
        let known = DATA_TYPES.iter().find(|(name, _, _)| *name == data_type);
        let (_, object, has_amount) = known.with_context(|| format!("nothing is known of {data_type}"))?;
        let totals = sandbox.totals(object)?;
        let rows = listed(data_type, &totals);
        truth.needed.add(&format!("/v1/{data_type}"), rows.div_ceil(PAGE_ROWS).max(1));
        let found = frame_totals(program, library, frame, *has_amount)?;
        let amount = has_amount.then(|| totals.by_currency.values().map(|(_, sum)| sum).sum());
        let reported = report["rows"].as_u64();
        truth.wrong.extend(differences(frame, (rows, amount), reported, &found));
    }
    // How many of these requests were waste cannot be known from outside.
    for (endpoint, counted) in counts.endpoints.iter().filter(|(endpoint, _)| holds_rests(endpoint)) {
        truth.needed.add(endpoint.trim_start_matches("GET "), counted.total);
    }
    Ok(truth)
}

/// Whether the rest of lists that Stripe cut is there. That of a subscription's items has no path of
/// its own.
fn holds_rests(endpoint: &str) -> bool {
    endpoint.contains("/{id}/") || endpoint == "GET /v1/subscription_items"
}

/// The rows that a list gives when nothing is asked of it: canceled subscriptions are left out.
fn listed(data_type: &str, totals: &Totals) -> u64 {
    match data_type {
        "subscriptions" => totals.count - totals.by_status.get("canceled").copied().unwrap_or_default(),
        _ => totals.count,
    }
}

fn frame_totals(program: &Path, library: &Path, frame: &str, has_amount: bool) -> Result<FrameTotals> {
    let amount = if has_amount { "sum(amount)" } else { "null" };
    let query =
        format!("select count(*) as n, count(distinct id) as ids, {amount} as amount from \"{frame}\"");
    let output = Command::new(program)
        .args(["sql", &query, "--json"])
        .env("PINSTRIPE_LIBRARY", library)
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{query}: {}", String::from_utf8_lossy(&output.stderr));
    let rows: Vec<FrameTotals> = serde_json::from_str(&said).with_context(|| format!("{query}: {said}"))?;
    rows.into_iter().next().with_context(|| format!("{query}: no row"))
}

fn differences(
    frame: &str,
    (rows, amount): (u64, Option<i64>),
    reported: Option<u64>,
    found: &FrameTotals,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if reported != Some(rows) {
        wrong.push(format!("`{frame}`: expected {rows} rows in the report, found {reported:?}"));
    }
    if found.n != rows {
        wrong.push(format!("`{frame}`: expected {rows} rows, found {}", found.n));
    }
    if found.ids != rows {
        wrong.push(format!("`{frame}`: expected {rows} ids, found {}", found.ids));
    }
    if amount.is_some() && found.amount != amount {
        wrong.push(format!("`{frame}`: expected amounts of {amount:?}, found {:?}", found.amount));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_limit_says_what_is_ideal() {
        let mut needed = Needed::default();
        needed.add("/v1/charges", 200);
        assert_eq!(needed.ideal_seconds(25.0), 8.0);
        assert_eq!(needed.ideal_seconds(100.0), 8.0);
        needed.add("/v1/files", 180);
        assert_eq!(needed.ideal_seconds(100.0), 9.0);
        for path in ["/v1/customers", "/v1/events", "/v1/payouts", "/v1/transfers/{id}/reversals"] {
            needed.add(path, 155);
        }
        assert_eq!((needed.requests(), needed.ideal_seconds(100.0)), (1_000, 10.0));
    }

    #[test]
    fn a_frame_that_differs_is_said() {
        let frame = |n, ids, amount| FrameTotals { n, ids, amount };
        let told = |reported, found| differences("charges", (3, Some(7)), Some(reported), &found);
        assert!(told(3, frame(3, 3, Some(7))).is_empty());
        assert_eq!(told(3, frame(3, 2, Some(7))), ["`charges`: expected 3 ids, found 2"]);
        assert_eq!(told(2, frame(2, 2, None)).len(), 4);
        let none: [String; 0] = [];
        assert_eq!(differences("events", (3, None), Some(3), &frame(3, 3, None)), none);
    }

    #[test]
    fn the_rest_of_a_list_is_needed_too() {
        assert!(holds_rests("GET /v1/transfers/{id}/reversals"));
        assert!(holds_rests("GET /v1/subscription_items"));
        assert!(!holds_rests("GET /v1/charges") && !holds_rests("GET /v1/charges/{id}"));
    }

    #[test]
    fn canceled_subscriptions_are_not_listed() {
        let by_status = BTreeMap::from([("canceled".to_owned(), 2), ("active".to_owned(), 5)]);
        let totals = Totals { count: 7, by_currency: BTreeMap::new(), by_status };
        assert_eq!((listed("subscriptions", &totals), listed("charges", &totals)), (5, 7));
    }
}
