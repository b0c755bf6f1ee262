//! A server that refuses, breaks or slows down: whole or failed, and the earlier frame stands.

use pinstripe_sandbox::{EXPIRED_KEY, Fault, FaultKind, Sandbox};
use serde_json::Value;

use super::harness::{Cli, assert_says, config, sandbox};

const CHARGES: &str = "/v1/charges";

/// A user who has imported all charges once.
fn with_charges(sandbox: &Sandbox) -> Cli {
    let cli = Cli::new(sandbox);
    assert_eq!(cli.json(&["import", "charges"])["rows"], 300);
    sandbox.forget_requests();
    cli
}

/// The earlier rows are there, nothing of the failed run is, and the history tells of it.
fn assert_unharmed(cli: &Cli, error: &str) {
    assert_eq!(cli.sql("select count(distinct id) as n from charges")[0]["n"], 300);
    assert_eq!(cli.json(&["frames"])[0]["version"], 0);
    let last = &cli.json(&["history", "charges"])[0];
    assert_eq!((&last["state"], &last["version"]), (&"failed".into(), &Value::Null));
    assert!(last["finished_at"].is_i64());
    assert!(last["error"].as_str().unwrap().contains(error), "{last}");
}

#[test]
fn a_wrong_key_is_refused_once_and_never_shown() {
    let sandbox = sandbox(config(30));
    let mut cli = with_charges(&sandbox);
    cli.key = "sk_test_SeCrEtSeCrEtSeCrEtSeCrEt".to_owned();
    let said = cli.run(&["import", "charges", "-vv"]).failed(1);
    assert!(!said.contains("SeCrEtSeCrEt"), "{said}");
    let quiet = cli.run(&["import", "charges"]).failed(1);
    assert_says!(cli, quiet, @"
    error: stripe answered GET /v1/charges with 401 invalid_request_error: Invalid API Key provided: sk_test_********************CrEt (request [request])

    note: `charges` is as it was before, with 300 rows; the next import begins anew
    hint: check the key against https://dashboard.stripe.com/apikeys (test and live keys differ); `pinstripe doctor` tries every key there is
    ");
    assert_eq!(sandbox.requests().len(), 2);
    assert_unharmed(&cli, "Invalid API Key");
}

#[test]
fn an_expired_key_is_refused() {
    let sandbox = sandbox(config(30));
    let mut cli = with_charges(&sandbox);
    cli.key = EXPIRED_KEY.to_owned();
    let said = cli.run(&["import", "charges"]).failed(1);
    assert_says!(cli, said, @"
    error: stripe answered GET /v1/charges with 401 api_key_expired: Expired API Key provided: rk_test_***********ired (request [request])

    note: `charges` is as it was before, with 300 rows; the next import begins anew
    hint: check the key against https://dashboard.stripe.com/apikeys (test and live keys differ); `pinstripe doctor` tries every key there is
    ");
    assert_unharmed(&cli, "Expired API Key");
}

#[test]
fn a_key_that_expires_on_the_way_leaves_no_short_table() {
    let sandbox = sandbox(config(30));
    let cli = with_charges(&sandbox);
    sandbox.add_fault(Fault::on(CHARGES, 3, FaultKind::ExpiredKey));
    cli.run(&["import", "charges"]).failed(1);
    assert_eq!(sandbox.requests().len(), 3);
    assert_unharmed(&cli, "Expired API Key");
}

#[test]
fn a_missing_permission_is_named() {
    let sandbox = sandbox(config(30));
    let mut cli = with_charges(&sandbox);
    cli.key = "rk_test_without_charge_read".to_owned();
    let said = cli.run(&["import", "charges"]).failed(1);
    assert_says!(cli, said, @"
    error: stripe answered GET /v1/charges with 403 invalid_request_error: The provided key 'rk_test_***************read' does not have the required permissions for this endpoint on account 'acct_1ykjrDfnj8tB7WZ'. Having the 'rak_charge_read' permission would allow this request to continue (request [request])

    note: `charges` is as it was before, with 300 rows; the next import begins anew
    hint: give the key the permission rak_charge_read at https://dashboard.stripe.com/apikeys, then run the same command again
    ");
    assert_unharmed(&cli, "permission");
    // What the key may read, it reads.
    assert_eq!(cli.json(&["import", "customers"])["rows"], 30);
}

#[test]
fn each_of_the_ten_types_names_its_own_missing_permission() {
    let sandbox = sandbox(config(3));
    let mut cli = Cli::new(&sandbox);
    cli.key = "rk_test_only_nothing".to_owned();
    for (frame, _, _) in super::business::TEN {
        let said = cli.run(&["import", frame]).failed(1);
        let named = said.split_once("give the key the permission ").map(|(_, rest)| rest);
        assert!(named.is_some_and(|rest| rest.contains("_read at https://")), "{frame}: {said}");
    }
    assert_eq!(cli.json(&["frames"]).as_array().unwrap().len(), 0);
}

#[test]
fn what_fails_now_and_then_is_asked_again_and_comes_whole() {
    let sandbox = sandbox(config(40));
    let cli = Cli::new(&sandbox);
    let faults = [
        FaultKind::CutBody { percent: 50 },
        FaultKind::RateLimited { reason: "global-rate".to_owned() },
        FaultKind::ServerError { status: 500 },
        FaultKind::Reset,
        FaultKind::LockTimeout,
        FaultKind::Html,
        FaultKind::NotAList,
        FaultKind::ServerError { status: 503 },
        FaultKind::CutBody { percent: 99 },
    ];
    // The second, third and fourth page fail once each; the repeated request succeeds.
    for three in faults.chunks(3) {
        for (page, fault) in (1..).zip(three) {
            sandbox.add_fault(Fault::on(CHARGES, 2 * page, fault.clone()));
        }
        let report = cli.json(&["import", "charges"]);
        assert_eq!((&report["rows"], &report["retries"]), (&400.into(), &3.into()), "{three:?}: {report}");
        // A page that takes long makes room for others beside it, some of which may find nothing.
        assert!((7..=10).contains(&report["requests"].as_u64().unwrap()), "{three:?}: {report}");
        assert_eq!(cli.sql("select count(distinct id) as n from charges")[0]["n"], 400);
        sandbox.clear_faults();
    }
    assert!(cli.staged().is_empty());
}

#[test]
fn a_limiter_that_refuses_is_counted() {
    let sandbox = sandbox(config(30));
    let cli = Cli::new(&sandbox);
    sandbox.add_fault(Fault::on(CHARGES, 2, FaultKind::RateLimited { reason: "endpoint-rate".to_owned() }));
    let report = cli.json(&["import", "charges"]);
    assert_eq!((&report["rows"], &report["refused"]), (&300.into(), &1.into()), "{report}");
    assert_eq!(report["requests"], sandbox.requests().len());
}

#[test]
fn slow_answers_are_waited_for() {
    let sandbox = sandbox(config(10));
    let cli = Cli::new(&sandbox);
    sandbox.add_fault(Fault::on(CHARGES, 1, FaultKind::SlowBody { pause_ms: 20 }));
    let report = cli.json(&["import", "charges"]);
    assert_eq!((&report["rows"], &report["retries"]), (&100.into(), &0.into()));
}

#[test]
fn a_request_that_is_refused_is_not_repeated() {
    let sandbox = sandbox(config(30));
    let cli = with_charges(&sandbox);
    let said = cli.run(&["import", "charges", "--query", "customer=cus_nobody"]).failed(1);
    assert_eq!(sandbox.requests().len(), 1);
    assert_unharmed(&cli, "No such customer");
    assert_says!(cli, said, @"
    error: stripe answered GET /v1/charges with 400 resource_missing: No such customer: 'cus_nobody' (request [request])

    note: `charges` is as it was before, with 300 rows; the next import begins anew
    ");
}

#[test]
fn a_server_that_cannot_be_reached_is_given_up_soon() {
    // A port that was free a moment ago and that nobody listens to now.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let cli = Cli::at(&url, "sk_test_1");
    let started = std::time::Instant::now();
    let said = cli.run(&["import", "charges"]).failed(2);
    assert!(started.elapsed().as_secs() < 10);
    assert_says!(cli, said, @"
    error: the server cannot be reached (GET /v1/charges at [server]), after 3 tries
    caused by: error sending request
    caused by: client error (Connect)
    caused by: tcp connect error
    caused by: Connection refused (os error [number])

    note: `charges` was not made; the next import begins anew
    hint: check that [server] can be reached from here, then run the same command again
    ");
    assert!(cli.staged().is_empty());
    assert_eq!(cli.json(&["frames"]), serde_json::json!([]));
}
