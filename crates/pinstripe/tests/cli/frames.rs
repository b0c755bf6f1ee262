//! What becomes of frames: replaced at once, kept in the history, renamed, removed, shown.

use serde_json::Value;

use super::business::business;
use super::harness::{Cli, assert_says, config, sandbox};
use super::raw_http::Api;

fn history(cli: &Cli, frame: &str) -> Vec<(String, u64, Value)> {
    let runs = cli.json(&["history", frame]);
    let run = |run: &Value| {
        (run["state"].as_str().unwrap().to_owned(), run["rows"].as_u64().unwrap(), run["version"].clone())
    };
    runs.as_array().unwrap().iter().map(run).collect()
}

#[test]
fn importing_again_replaces_the_rows_and_keeps_the_history() {
    let sandbox = sandbox(config(10));
    let cli = Cli::new(&sandbox);
    let first = cli.json(&["import", "customers"]);
    assert_eq!((&first["rows"], &first["version"]), (&10.into(), &0.into()));
    let api = Api::of(&sandbox);
    let gone = api.get("/v1/customers?limit=1")["data"][0]["id"].as_str().unwrap().to_owned();
    api.delete(&format!("/v1/customers/{gone}"));
    let new = [api.post("/v1/customers", &[("name", "Ada")]), api.post("/v1/customers", &[("name", "Bob")])];

    let second = cli.json(&["import", "customers"]);
    assert_eq!((&second["rows"], &second["version"]), (&11.into(), &1.into()));
    let rows = cli.sql("select id, name from customers");
    assert_eq!(rows.len(), 11);
    assert!(rows.iter().all(|row| row["id"] != gone.as_str()));
    for customer in new {
        assert!(rows.iter().any(|row| row["id"] == customer["id"] && row["name"] == customer["name"]));
    }
    let done = |rows: u64, version: u64| ("done".to_owned(), rows, Value::from(version));
    assert_eq!(history(&cli, "customers"), [done(11, 1), done(10, 0)]);
    assert_eq!(cli.json(&["frames"])[0]["version"], 1);
    assert!(cli.staged().is_empty());
}

#[test]
fn a_frame_may_become_another_query_of_the_same_type_and_even_another_type() {
    let sandbox = sandbox(config(10));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges", "--as", "mine"]);
    cli.json(&["import", "charges", "--as", "mine", "--query", "limit=7"]);
    assert_eq!(cli.sql("select id from mine").len(), 7);
    cli.json(&["import", "customers", "--as", "Mine"]);
    let rows = cli.sql("select id, email from mine");
    assert_eq!(rows.len(), 10);
    assert!(rows.iter().all(|row| row["id"].as_str().unwrap().starts_with("cus_")));
    let frames = cli.json(&["frames"]);
    assert_eq!(frames.as_array().unwrap().len(), 1);
    assert_eq!((&frames[0]["frame"], &frames[0]["data_type"]), (&"mine".into(), &"customers".into()));
    assert_eq!(history(&cli, "mine").len(), 3);
}

#[test]
fn a_renamed_frame_keeps_its_rows_and_its_history() {
    let sandbox = sandbox(config(2));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    cli.json(&["import", "customers"]);
    let output = cli.run(&["rename", "charges", "money in"]).ok();
    assert_eq!(
        (output.stdout.as_str(), output.stderr.as_str()),
        ("", "`charges` is now called `money in`\n")
    );
    assert_eq!(cli.sql("select id from \"money in\"").len(), 20);
    assert_eq!(history(&cli, "money in").len(), 1);
    // The old name is free, and is a frame of its own from now on.
    assert_eq!(cli.json(&["import", "charges", "--query", "limit=4"])["version"], 0);
    assert_eq!(cli.sql("select id from \"money in\"").len(), 20);
    assert_eq!(cli.sql("select id from charges").len(), 4);
    let said = cli.run(&["rename", "charges", "Customers"]).failed(1);
    assert_says!(cli, said, @r"
    error: a data frame called `customers` exists already

    hint: choose another name, or `pinstripe remove customers` first
    ");
    assert_eq!(cli.json(&["rename", "customers", "CUSTOMERS"])["frame"], "CUSTOMERS");
}

#[test]
fn a_removed_frame_is_gone_but_its_files_are_kept() {
    let sandbox = sandbox(config(2));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    let removed = cli.json(&["remove", "charges"]);
    let kept = std::path::Path::new(removed["moved_to"].as_str().unwrap());
    assert!(kept.starts_with(cli.library.join("trash")) && kept.join("_delta_log").is_dir());
    assert_eq!(cli.json(&["frames"]), Value::Array(vec![]));
    cli.run(&["show", "charges"]).failed(1);
    cli.run(&["sql", "select * from charges"]).failed(1);
    assert_eq!(cli.json(&["history"]).as_array().unwrap().len(), 1);
    // The name can be used again, and removed again.
    assert_eq!(cli.json(&["import", "charges"])["rows"], 20);
    let again = cli.json(&["remove", "charges"]);
    assert_ne!(again["moved_to"], removed["moved_to"]);
}

#[test]
fn an_unknown_frame_is_met_with_the_nearest() {
    let sandbox = sandbox(config(2));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    let mut said = String::new();
    for command in [
        &["show", "chrages"][..],
        &["summary", "customers"],
        &["export", "nothing at all", "--to", "x.csv"],
        &["rename", "chargse", "x"],
        &["remove", "../charges"],
        &["history", "charge"],
    ] {
        said.push_str(&format!("{}\n{}\n", command.join(" "), cli.run(command).failed(1)));
    }
    assert_eq!(cli.sql("select id from charges").len(), 20);
    assert_says!(cli, said, @r"
    show chrages
    error: no data frame is called `chrages`

    hint: did you mean `charges`?

    summary customers
    error: no data frame is called `customers`

    hint: pinstripe import customers

    export nothing at all --to x.csv
    error: no data frame is called `nothing at all`

    hint: pinstripe frames

    rename chargse x
    error: no data frame is called `chargse`

    hint: did you mean `charges`?

    remove ../charges
    error: no data frame is called `../charges`

    hint: did you mean `charges`?

    history charge
    error: no data frame is called `charge`

    hint: did you mean `charges`?
    ");
}

#[test]
fn an_empty_library_says_what_to_do() {
    let cli = Cli::at("http://127.0.0.1:9", "");
    for command in ["frames", "history"] {
        let output = cli.run(&[command]).ok();
        assert_eq!(output.stdout, "");
        assert!(output.stderr.contains("hint: pinstripe import charges"), "{}", output.stderr);
    }
}

#[test]
fn frames_and_history_are_shown_as_tables() {
    let sandbox = sandbox(config(150));
    let cli = Cli::new(&sandbox);
    let said = cli.run(&["import", "charges"]).ok();
    assert_eq!(said.stdout, "");
    assert!(said.stderr.starts_with("`charges` holds 1,500 rows (15 requests, "), "{}", said.stderr);
    let frames = cli.run(&["frames"]).ok().stdout;
    assert!(frames.contains("1,500") && frames.contains("charges"), "{frames}");
    let history = cli.run(&["history"]).ok().stdout;
    assert!(history.contains("done") && history.contains("1,500"), "{history}");
}

#[test]
fn show_prints_the_newest_rows_with_amounts_in_major_units() {
    let business = business();
    let newest = &Api::of(&business.sandbox).get("/v1/charges?limit=100")["data"];
    let yen = newest.as_array().unwrap().iter().find(|charge| charge["currency"] == "jpy").unwrap();
    let dollars = newest.as_array().unwrap().iter().find(|charge| charge["currency"] == "usd").unwrap();
    let arguments = ["show", "charges", "--rows", "100", "--columns", "id,amount,currency"];
    let output = business.cli.run(&arguments).ok();
    let line_of = |charge: &Value| {
        let id = charge["id"].as_str().unwrap();
        output.stdout.lines().find(|line| line.contains(id)).unwrap().to_owned()
    };
    let cents = dollars["amount"].as_i64().unwrap();
    assert!(line_of(yen).contains(&format!(" {} ", yen["amount"])), "{}", line_of(yen));
    assert!(
        line_of(dollars).contains(&format!(" {}.{:02} ", cents / 100, cents % 100)),
        "{}",
        line_of(dollars)
    );
    assert!(output.stderr.starts_with("100 of 1,200 rows, imported "), "{}", output.stderr);
    // Charges of the same second may come in another order.
    let rows = business.cli.json(&["show", "charges", "--rows", "100"]);
    let created = |rows: &Value| -> Vec<i64> {
        rows.as_array().unwrap().iter().map(|charge| charge["created"].as_i64().unwrap()).collect()
    };
    assert_eq!(created(&rows), created(newest));
    assert!(
        rows.as_array().unwrap().iter().filter(|row| newest.as_array().unwrap().contains(row)).count() >= 95
    );
}

#[test]
fn show_names_columns_and_refuses_those_that_do_not_exist() {
    let cli = &business().cli;
    let shown =
        cli.run(&["show", "charges", "--rows", "1", "--columns", "billing_details.address.city"]).ok();
    assert!(shown.stdout.contains("billing_details.address.city"));
    let said = cli.run(&["show", "charges", "--columns", "id,amuont"]).failed(1);
    assert_says!(cli, said, @r"
    error: `charges` has no column `amuont`

    hint: did you mean `amount` or `amount_captured` or `amount_refunded`?
    ");
    let said = cli.run(&["show", "charges", "--columns", "zzz"]).failed(1);
    assert_says!(cli, said, @r"
    error: `charges` has no column `zzz`

    hint: pinstripe summary charges --json lists them all
    ");
}

#[test]
fn a_summary_counts_what_is_missing_and_what_differs() {
    let business = business();
    let sent = Api::of(&business.sandbox).all("/v1/charges");
    let summary = business.cli.json(&["summary", "charges"]);
    let column = |name: &str| {
        summary.as_array().unwrap().iter().find(|column| column["column"] == name).unwrap().clone()
    };
    // Amounts of different currencies are never put together.
    let amount = column("amount");
    assert_eq!((&amount["min"], &amount["mean"]), (&Value::Null, &Value::Null));
    let money = amount["money"].as_array().unwrap();
    assert!(money.len() > 1);
    for stats in money {
        let of_currency = sent.iter().filter(|charge| charge["currency"] == stats["currency"]);
        let amounts: Vec<i64> = of_currency.map(|charge| charge["amount"].as_i64().unwrap()).collect();
        assert_eq!(stats["count"], amounts.len());
        assert_eq!(stats["sum"], amounts.iter().sum::<i64>());
        assert_eq!(stats["min"], *amounts.iter().min().unwrap());
        assert_eq!(stats["max"], *amounts.iter().max().unwrap());
        let mean = amounts.iter().sum::<i64>() as f64 / amounts.len() as f64;
        assert!((stats["mean"].as_f64().unwrap() - mean).abs() < 1e-6);
    }
    assert_eq!(column("id")["distinct"], sent.len());
    assert_eq!(column("id")["missing"], 0);
    let without_customer = sent.iter().filter(|charge| charge["customer"].is_null()).count();
    assert_eq!(column("customer")["missing"], without_customer);
    let table = business.cli.run(&["summary", "charges"]).ok();
    assert!(table.stderr.contains("1,200 rows, "), "{}", table.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut command = business().cli.command(&["sql", "select * from events", "--format", "csv"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
