//! One business with all ten data types imported, made once for the tests that only read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pinstripe_sandbox::{Kind, Sandbox};
use serde_json::Value;

use super::harness::{Cli, config, sandbox};

/// A data type of the ten: its frame, where the server lists it, and what the server calls it.
pub const TEN: [(&str, &str, Kind); 10] = [
    ("balance_transactions", "/v1/balance_transactions", Kind::BalanceTransaction),
    ("charges", "/v1/charges", Kind::Charge),
    ("customers", "/v1/customers", Kind::Customer),
    ("disputes", "/v1/disputes", Kind::Dispute),
    ("events", "/v1/events", Kind::Event),
    ("files", "/v1/files", Kind::File),
    ("payouts", "/v1/payouts", Kind::Payout),
    ("refunds", "/v1/refunds", Kind::Refund),
    ("transfers", "/v1/transfers", Kind::Transfer),
    ("subscriptions", "/v1/subscriptions", Kind::Subscription),
];

pub struct Business {
    pub sandbox: Sandbox,
    pub cli: Cli,
    /// What each import reported.
    pub reports: BTreeMap<&'static str, Value>,
}

static BUSINESS: LazyLock<Business> = LazyLock::new(|| {
    let sandbox = sandbox(config(120));
    let cli = Cli::within(&empty_folder(), sandbox.url(), sandbox.secret_key());
    let reports = TEN.map(|(frame, _, _)| (frame, cli.json(&["import", frame])));
    Business { sandbox, cli, reports: reports.into() }
});

pub fn business() -> &'static Business {
    &BUSINESS
}

/// A folder below the target folder: what a static holds is never dropped, so that the next run
/// has to clear what this one leaves.
fn empty_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("business");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
