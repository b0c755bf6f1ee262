//! What an import that ended early leaves, and what the next one makes of it (promise 4): nothing is
//! fetched twice that had come, and the rows are those of the first run's cut-off.

use std::process::{Child, Stdio};

use pinstripe_sandbox::{EXPIRED_KEY, Fault, FaultKind, Sandbox, SandboxConfig};
use serde_json::Value;

use super::harness::{Cli, config, sandbox, wait_until};

const CHARGES: &str = "/v1/charges";

fn slow() -> Sandbox {
    sandbox(SandboxConfig { latency_ms: 100, ..config(300) })
}

fn start(cli: &Cli, arguments: &[&str]) -> Child {
    cli.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Kills an import, as `kill -9` does, when the server has seen so many requests.
fn kill_after(cli: &Cli, sandbox: &Sandbox, requests: usize) {
    let mut child = start(cli, &["import", "charges"]);
    wait_until("some pages were sent", || sandbox.requests().len() >= requests);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[track_caller]
fn assert_whole(cli: &Cli, rows: u64) {
    let found = &cli.sql("select count(*) as n, count(distinct id) as ids from charges")[0];
    assert_eq!((&found["n"], &found["ids"]), (&rows.into(), &rows.into()));
}

/// With a limit of rows one window is read, page after page: when one fails, none other is under way.
const ONE_BY_ONE: [&str; 4] = ["import", "charges", "--query", "limit=1000"];

#[test]
fn a_killed_import_is_gone_on_with() {
    let sandbox = slow();
    let cli = Cli::new(&sandbox);
    kill_after(&cli, &sandbox, 15);
    let interrupted = cli.json(&["history"]);
    assert_eq!(interrupted[0]["state"], "failed");
    let before = sandbox.requests().len();
    let first_cut_off = interrupted[0]["plan"]["cut_off"].as_i64().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let output = cli.run(&["import", "charges"]).ok();
    assert!(
        output.stderr.contains("of them an earlier import had read before it ended early"),
        "{}",
        output.stderr
    );
    assert_whole(&cli, 3_000);
    // 30 pages, those under way at the kill once more, and some that were not full.
    assert!(sandbox.requests().len() <= 45, "{before} then {}", sandbox.requests().len());
    assert!(cli.staged().is_empty());
    let runs = cli.json(&["history"]);
    assert_eq!(runs.as_array().unwrap().len(), 2);
    assert_eq!((&runs[0]["state"], &runs[1]["state"]), (&"done".into(), &"failed".into()));
    assert!(runs[0]["plan"]["cut_off"].as_i64().unwrap() - first_cut_off <= 1, "{runs}");
}

#[test]
fn a_killed_import_is_noted_with_how_far_it_was() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 400, ..config(300) });
    let cli = Cli::new(&sandbox);
    let mut child = start(&cli, &["import", "charges"]);
    let shown = || -> u64 {
        // There is no folder before the import has begun.
        let folders = std::fs::read_dir(cli.library.join("staging")).into_iter().flatten().flatten();
        let files = folders.map(|folder| folder.path().join("progress.json"));
        let texts = files.filter_map(|file| std::fs::read_to_string(file).ok());
        let rows = |text: String| serde_json::from_str::<Value>(&text).ok()?["rows"].as_u64();
        texts.filter_map(rows).next().unwrap_or(0)
    };
    wait_until("it said how far it is", || shown() > 0);
    child.kill().unwrap();
    child.wait().unwrap();
    let run = cli.json(&["history"])[0].clone();
    assert_eq!((&run["state"], &run["rows"]), (&"failed".into(), &shown().into()));
    for known in ["requests", "bytes", "objects", "finished_at"] {
        assert!(run[known].as_u64().unwrap_or(0) > 0, "{known}: {run}");
    }
    assert!(run["seconds"].as_f64().unwrap() > 0.0, "{run}");
}

#[test]
fn killed_again_and_again_it_still_comes_whole() {
    let sandbox = slow();
    let cli = Cli::new(&sandbox);
    for requests in [3, 12, 22] {
        kill_after(&cli, &sandbox, requests);
    }
    let report = cli.json(&["import", "charges"]);
    assert_eq!(report["rows"], 3_000);
    assert!(report["kept_rows"].as_u64().unwrap() > 0, "{report}");
    assert_whole(&cli, 3_000);
    assert!(sandbox.requests().len() <= 60, "{}", sandbox.requests().len());
}

#[test]
fn told_to_restart_it_begins_anew() {
    let sandbox = slow();
    let cli = Cli::new(&sandbox);
    kill_after(&cli, &sandbox, 10);
    let report = cli.json(&["import", "charges", "--restart"]);
    assert_eq!((&report["rows"], &report["kept_rows"]), (&3_000.into(), &0.into()));
    assert!(cli.staged().is_empty());
}

#[test]
fn another_request_begins_anew_and_sweeps_what_the_first_left() {
    let sandbox = slow();
    let cli = Cli::new(&sandbox);
    kill_after(&cli, &sandbox, 10);
    // Reading the library takes nothing away.
    cli.json(&["frames"]);
    assert_eq!(cli.staged().len(), 1);
    let report = cli.json(&["import", "charges", "--query", "currency=jpy"]);
    assert_eq!(report["kept_rows"], 0);
    assert!(cli.staged().is_empty());
    let whole = cli.json(&["import", "charges"]);
    assert_eq!((&whole["rows"], &whole["kept_rows"]), (&3_000.into(), &0.into()));
}

#[test]
fn another_key_begins_anew() {
    let sandbox = slow();
    let mut cli = Cli::new(&sandbox);
    kill_after(&cli, &sandbox, 10);
    cli.key = sandbox.restricted_key().to_owned();
    let report = cli.json(&["import", "charges"]);
    assert_eq!((&report["rows"], &report["kept_rows"]), (&3_000.into(), &0.into()));
}

#[test]
fn rows_made_after_the_first_run_began_are_not_in() {
    let sandbox = slow();
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "customers", "--query", "limit=1"]);
    let mut child = start(&cli, &["import", "customers"]);
    wait_until("the first page was sent", || sandbox.requests().len() >= 3);
    child.kill().unwrap();
    child.wait().unwrap();
    super::raw_http::Api::of(&sandbox).post("/v1/customers", &[("email", "later@example.com")]);
    assert_eq!(cli.json(&["import", "customers"])["rows"], 300);
    assert_eq!(cli.sql("select count(*) as n from customers where email = 'later@example.com'")[0]["n"], 0);
    assert_eq!(cli.json(&["import", "customers"])["rows"], 301);
}

#[test]
fn a_failure_on_the_way_keeps_what_had_come() {
    let sandbox = sandbox(config(100));
    let cli = Cli::new(&sandbox);
    sandbox.add_fault(Fault::on(CHARGES, 5, FaultKind::ExpiredKey));
    let said = cli.run(&ONE_BY_ONE).failed(1);
    assert!(
        said.contains("; the 400 rows that had come are kept, and the same command goes on from there"),
        "{said}"
    );
    sandbox.clear_faults();
    sandbox.forget_requests();
    let report = cli.json(&ONE_BY_ONE);
    assert_eq!(
        (&report["rows"], &report["kept_rows"], &report["requests"]),
        (&1_000.into(), &400.into(), &6.into())
    );
    assert_eq!(sandbox.requests().len(), 6);
    assert_whole(&cli, 1_000);
    assert!(EXPIRED_KEY.starts_with("rk_") || EXPIRED_KEY.starts_with("sk_"));
}

#[test]
fn a_torn_journal_costs_what_was_torn_and_no_more() {
    let sandbox = sandbox(config(100));
    let cli = Cli::new(&sandbox);
    sandbox.add_fault(Fault::on(CHARGES, 6, FaultKind::ExpiredKey));
    cli.run(&ONE_BY_ONE).failed(1);
    let journal = cli.staged()[0].join("journal");
    let bytes = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &bytes[..bytes.len() - 7]).unwrap();
    sandbox.clear_faults();
    let report = cli.json(&ONE_BY_ONE);
    assert_eq!((&report["rows"], &report["kept_rows"]), (&1_000.into(), &400.into()));
    assert_whole(&cli, 1_000);
}

#[test]
fn several_data_types_are_imported_at_once() {
    let sandbox = slow();
    let cli = Cli::new(&sandbox);
    let reports = cli.json(&["import", "charges", "customers", "refunds", "charges"]);
    let types: Vec<&str> =
        reports.as_array().unwrap().iter().map(|report| report["data_type"].as_str().unwrap()).collect();
    assert_eq!(types, ["charges", "customers", "refunds"]);
    let asked: u64 =
        reports.as_array().unwrap().iter().map(|report| report["requests"].as_u64().unwrap()).sum();
    assert_eq!(asked, sandbox.requests().len() as u64);
    assert_whole(&cli, 3_000);
}

#[test]
fn of_several_data_types_one_that_fails_does_not_stop_the_others() {
    let sandbox = sandbox(config(30));
    let mut cli = Cli::new(&sandbox);
    cli.key = "rk_test_only_charge_read".to_owned();
    let output = cli.run(&["import", "charges", "customers", "--json"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    let reports: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((reports.as_array().unwrap().len(), &reports[0]["rows"]), (1, &300.into()));
    assert!(output.stderr.contains("rak_customer_read"), "{}", output.stderr);
    let named = cli.run(&["import", "charges", "customers", "--as", "both"]).failed(1);
    insta::assert_snapshot!(named, @"
    error: `--as both` names one data frame, and there are several data types

    hint: import them one by one, or leave --as out: each frame gets its data type's name
    ");
}

/// A test account that was cleared and filled anew between two runs: not a mixture of both.
#[test]
fn data_that_were_replaced_meanwhile_are_read_anew() {
    let before = slow();
    let mut cli = Cli::new(&before);
    kill_after(&cli, &before, 10);
    let after = sandbox(SandboxConfig { seed: 2, ..config(200) });
    // Only the server's address tells the two apart here, so the journal is given the new one.
    let definition = cli.staged()[0].join("run.json");
    let text = std::fs::read_to_string(&definition).unwrap();
    cli.url = after.url().to_owned();
    cli.key = after.secret_key().to_owned();
    let mut probe = start(&cli, &["import", "charges", "--as", "probe", "--max-rate", "1"]);
    wait_until("the probe has its folder", || cli.staged().len() == 2);
    let probe_definition =
        cli.staged().into_iter().map(|folder| folder.join("run.json")).find(|file| *file != definition);
    let connection =
        |text: &str| text.split("\"connection\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    wait_until("the probe has written it", || {
        std::fs::read_to_string(probe_definition.as_ref().unwrap())
            .is_ok_and(|text| text.contains("connection"))
    });
    let probed = std::fs::read_to_string(probe_definition.unwrap()).unwrap();
    probe.kill().unwrap();
    probe.wait().unwrap();
    std::fs::write(&definition, text.replace(&connection(&text), &connection(&probed))).unwrap();
    let said = cli.run(&["import", "charges"]).failed(2);
    assert!(said.contains("what an earlier run had read last is no longer there"), "{said}");
    assert!(said.contains("the next import begins anew"), "{said}");
    assert_eq!(cli.json(&["import", "charges"])["kept_rows"], 0);
    assert_whole(&cli, 2_000);
}
