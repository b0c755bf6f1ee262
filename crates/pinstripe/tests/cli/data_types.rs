//! The ten data types come whole: rows, ids and sums are those of the business.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::business::{TEN, business};
use super::harness::Cli;
use super::raw_http::Api;

fn ids(objects: &[Value]) -> BTreeSet<&str> {
    objects.iter().map(|object| object["id"].as_str().unwrap()).collect()
}

/// Rows and sums by currency, as the frame says.
fn sums_in_frame(cli: &Cli, frame: &str) -> BTreeMap<String, (u64, i64)> {
    let query =
        format!("select currency, count(*) as n, sum(amount) as total from {frame} group by currency");
    let rows = cli.sql(&query);
    let sum = |row: &Value| {
        let currency = row["currency"].as_str().unwrap().to_owned();
        (currency, (row["n"].as_u64().unwrap(), row["total"].as_i64().unwrap()))
    };
    rows.iter().map(sum).collect()
}

#[test]
fn each_type_has_every_row_once() {
    let business = business();
    let api = Api::of(&business.sandbox);
    for (frame, path, kind) in TEN {
        let sent = api.all(path);
        let found = &business.cli.sql(&format!(
            "select count(*) as n, count(distinct id) as ids, min(id) as first, max(id) as last from {frame}"
        ))[0];
        let known = ids(&sent);
        assert!(!known.is_empty(), "{frame}");
        assert_eq!(found["n"], known.len(), "{frame}");
        assert_eq!(found["ids"], known.len(), "{frame}");
        assert_eq!(found["first"].as_str(), known.first().copied(), "{frame}");
        assert_eq!(found["last"].as_str(), known.last().copied(), "{frame}");
        assert_eq!(business.reports[frame]["rows"], known.len(), "{frame}");
        if frame != "subscriptions" {
            assert_eq!(business.sandbox.world().count(kind), known.len() as u64, "{frame}");
        }
    }
}

#[test]
fn amounts_add_up_to_the_business_own_sums() {
    let business = business();
    let mut currencies = BTreeSet::new();
    for (frame, _, kind) in TEN {
        let totals = business.sandbox.world().totals(kind);
        if totals.by_currency.is_empty() {
            continue;
        }
        assert_eq!(sums_in_frame(&business.cli, frame), totals.by_currency, "{frame}");
        currencies.extend(totals.by_currency.into_keys());
    }
    assert!(currencies.contains("jpy") && currencies.contains("usd"), "{currencies:?}");
}

#[test]
fn fees_and_nets_of_the_balance_history_add_up() {
    let business = business();
    let sent = Api::of(&business.sandbox).all("/v1/balance_transactions");
    let sum = |field: &str| sent.iter().map(|entry| entry[field].as_i64().unwrap()).sum::<i64>();
    let found =
        &business.cli.sql("select sum(amount) a, sum(fee) f, sum(net) n from balance_transactions")[0];
    assert_eq!((&found["a"], &found["f"]), (&Value::from(sum("amount")), &Value::from(sum("fee"))));
    assert_eq!(found["n"].as_i64().unwrap(), sum("amount") - sum("fee"));
}

#[test]
fn times_are_those_that_were_sent() {
    let business = business();
    let sent = Api::of(&business.sandbox).all("/v1/charges");
    let created = sent.iter().map(|charge| charge["created"].as_i64().unwrap());
    let (oldest, newest) = (created.clone().min().unwrap(), created.max().unwrap());
    let found = &business.cli.sql(
        "select cast(extract(epoch from min(created)) as bigint) a, \
         cast(extract(epoch from max(created)) as bigint) b from charges",
    )[0];
    assert_eq!((&found["a"], &found["b"]), (&Value::from(oldest), &Value::from(newest)));
}

#[test]
fn canceled_subscriptions_come_only_when_asked_for() {
    let business = business();
    let totals = business.sandbox.world().totals(pinstripe_sandbox::Kind::Subscription);
    let canceled = totals.by_status["canceled"];
    assert!(canceled > 0);
    let default = &business.reports["subscriptions"];
    assert_eq!(default["rows"], totals.count - canceled);
    let statuses = business.cli.sql("select distinct status from subscriptions");
    assert!(statuses.iter().all(|row| row["status"] != "canceled"), "{statuses:?}");

    let cli = Cli::new(&business.sandbox);
    cli.json(&["import", "subscriptions", "--query", "status=all", "--as", "every subscription"]);
    let rows = cli.sql("select status, count(*) as n from \"every subscription\" group by status");
    let found: BTreeMap<String, u64> =
        rows.iter().map(|row| (row["status"].as_str().unwrap().into(), row["n"].as_u64().unwrap())).collect();
    assert_eq!(found, totals.by_status);
}

/// The columns that `select *` gives, as the header of a CSV.
fn columns(cli: &Cli, frame: &str) -> Vec<String> {
    let query = format!("select * from {frame} limit 0");
    let header = cli.run(&["sql", &query, "--format", "csv"]).ok().stdout;
    assert_eq!(header.lines().count(), 1, "{frame}");
    header.trim_end().split(',').map(str::to_owned).collect()
}

/// Columns of variants that a frame has only where a row has them.
fn sparse_columns(cli: &Cli, frame: &str) -> BTreeSet<String> {
    let described = cli.json(&["describe", frame]);
    let columns = described["columns"].as_array().unwrap().iter().filter(|column| column["sparse"] == true);
    columns.map(|column| column["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_frame_without_rows_has_the_same_columns() {
    let business = business();
    let cli = Cli::new(&business.sandbox);
    for (frame, _, _) in TEN {
        let report = cli.json(&["import", frame, "--between", "1999-01-01", "1999-12-31"]);
        assert_eq!(report["rows"], 0, "{frame}");
        let (empty, full) = (columns(&cli, frame), columns(&business.cli, frame));
        assert!(empty.contains(&"id".to_owned()), "{frame}: {empty:?}");
        let sparse = sparse_columns(&cli, frame);
        let always: Vec<&String> = full.iter().filter(|column| !sparse.contains(*column)).collect();
        assert_eq!(empty.iter().collect::<Vec<_>>(), always, "{frame}");
    }
}

#[test]
fn variants_that_no_row_has_can_be_asked_for_all_the_same() {
    let business = business();
    let cli = Cli::new(&business.sandbox);
    cli.json(&["import", "charges", "--between", "1999-01-01", "1999-12-31"]);
    let (empty, full) = (columns(&cli, "charges"), columns(&business.cli, "charges"));
    let occurring: Vec<String> = full.into_iter().filter(|column| !empty.contains(column)).collect();
    assert!(occurring.iter().any(|column| column.contains(".bancontact.")), "{occurring:?}");
    let query = format!("select {} from charges", occurring.join(", "));
    assert_eq!(cli.sql(&query), Vec::<Value>::new());
    assert_eq!(business.cli.sql(&query).len(), 1_200);
    let never = "select count(payment_method_details.wechat_pay.fingerprint) as n from charges";
    assert_eq!(cli.sql(never)[0]["n"], 0);
    assert_eq!(business.cli.sql(never)[0]["n"], 0);
}

#[test]
fn a_date_range_brings_the_rows_of_those_days_in_that_time_zone() {
    let business = business();
    let cli = Cli::new(&business.sandbox);
    let sent = Api::of(&business.sandbox).all("/v1/charges");
    // Midnights in Tokyo are at 15:00 UTC of the day before.
    let (from, until) = (1_743_433_200, 1_746_025_200);
    let inside = |charge: &&Value| (from..until).contains(&charge["created"].as_i64().unwrap());
    let expected = sent.iter().filter(inside).count();
    assert!(expected > 0 && expected < sent.len());
    let dates = ["--between", "2025-04-01", "2025-04-30", "--time-zone", "Asia/Tokyo"];
    let report = cli.json(&[&["import", "charges"], dates.as_slice()].concat());
    assert_eq!(report["rows"], expected);
    assert_eq!(report["from"], "2025-03-31T15:00:00Z");
    assert_eq!(report["to"], "2025-04-30T14:59:59Z");
}

#[test]
fn names_that_people_use_find_their_type() {
    let cli = Cli::new(&business().sandbox);
    for (name, frame) in [("Balance History", "balance_transactions"), ("file_uploads", "files")] {
        assert_eq!(cli.json(&["import", name, "--query", "limit=3"])["frame"], frame);
    }
    assert_eq!(cli.sql("select * from files").len(), 3);
}
