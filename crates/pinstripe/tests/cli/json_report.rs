//! What programs read: `--json` prints one document and nothing else, with the documented keys.

use serde_json::Value;

use super::business::{TEN, business};
use super::harness::{Cli, config, sandbox};

const DOCUMENTED: [&str; 9] =
    ["frame", "rows", "requests", "retries", "bytes", "seconds", "from", "to", "version"];

#[test]
fn an_import_reports_the_documented_keys() {
    for (frame, _, _) in TEN {
        let report = business().reports[frame].as_object().unwrap();
        for key in DOCUMENTED {
            assert!(report.contains_key(key), "{key}: {report:?}");
        }
        for number in ["rows", "requests", "retries", "refused", "bytes", "version"] {
            assert!(report[number].is_u64(), "{number}: {report:?}");
        }
        assert!(report["seconds"].is_f64());
        assert_eq!((&report["frame"], &report["data_type"]), (&frame.into(), &frame.into()));
        assert_eq!(report["from"], Value::Null);
        assert_eq!(report["version"], 0);
        let to: jiff::Timestamp = report["to"].as_str().unwrap().parse().unwrap();
        assert!(to.as_second() >= super::harness::NOW);
    }
}

#[test]
fn requests_and_retries_are_those_that_the_server_saw() {
    let sandbox = sandbox(config(30));
    let cli = Cli::new(&sandbox);
    let report = cli.json(&["import", "charges"]);
    assert_eq!(report["rows"], 300);
    assert_eq!(report["requests"], sandbox.requests().len());
    assert_eq!(report["requests"], 3);
    assert_eq!(report["retries"], 0);
    let sent: Vec<String> = sandbox.requests().iter().map(|request| request.query.clone()).collect();
    assert_eq!(sent[0], "limit=100");
    assert!(sent[1].starts_with("limit=100&starting_after=ch_"), "{sent:?}");
}

#[test]
fn every_command_prints_one_json_document() {
    let cli = Cli::new(&business().sandbox);
    cli.json(&["import", "refunds", "--query", "limit=5"]);
    for command in [
        &["types"][..],
        &["describe", "charges"],
        &["preview", "charges"],
        &["frames"],
        &["show", "refunds"],
        &["summary", "refunds"],
        &["sql", "select 1 as one"],
        &["history"],
        &["history", "refunds"],
        &["export", "refunds", "--to", "refunds.csv"],
        &["rename", "refunds", "money back"],
        &["remove", "money back"],
    ] {
        let document = cli.json(command);
        assert!(document.is_array() || document.is_object(), "{command:?}: {document}");
    }
}

#[test]
fn a_failure_is_one_json_document_on_stderr() {
    let cli = Cli::new(&business().sandbox);
    let said = cli.run(&["import", "chrages", "--json"]).failed(1);
    let document: Value = serde_json::from_str(&said).unwrap();
    insta::assert_snapshot!(document, @r#"{"error":{"causes":[],"exit_code":1,"hint":"did you mean `charges`?","kind":"input","message":"`chrages` is no data type","state":null}}"#);
}

#[test]
fn a_preview_shows_the_newest_objects_and_stores_nothing() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let preview = cli.json(&["preview", "customers", "--rows", "7"]);
    let sent = super::raw_http::Api::of(&sandbox).get("/v1/customers?limit=7");
    assert_eq!(preview["rows"], sent["data"]);
    assert_eq!(preview["has_more"], true);
    assert!(preview["columns"].as_array().unwrap().iter().any(|column| column["name"] == "address.city"));
    assert!(!cli.library.exists());
    let shown = cli.run(&["preview", "customers", "--rows", "2"]).ok();
    assert!(shown.stdout.contains(sent["data"][1]["id"].as_str().unwrap()));
    assert!(shown.stderr.contains("2 rows, there are more"), "{}", shown.stderr);
}

#[test]
fn the_limit_caps_the_rows_and_the_requests() {
    let sandbox = sandbox(config(30));
    let cli = Cli::new(&sandbox);
    let report = cli.json(&["import", "charges", "--query", "limit=150"]);
    assert_eq!((&report["rows"], &report["requests"]), (&150.into(), &2.into()));
    assert_eq!(sandbox.requests()[1].query.split('&').next(), Some("limit=50"));
}
