//! Objects that come, change and go while their list is read: no row twice, none lost.

use std::collections::BTreeSet;
use std::process::Stdio;

use pinstripe_sandbox::{Fault, FaultKind, Sandbox};
use serde_json::Value;

use super::harness::{Cli, config, sandbox, wait_until};
use super::raw_http::Api;

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

/// Imports a list and makes a change between its first page and its second, which is late.
fn import_and_change(cli: &Cli, sandbox: &Sandbox, frame: &str, change: impl FnOnce()) -> BTreeSet<String> {
    sandbox.forget_requests();
    let late = FaultKind::Latency { ms: 1_500 };
    sandbox.add_fault(Fault { path: Some(format!("/v1/{frame}")), nth: 2, times: 2, kind: late });
    let mut import = cli.command(&["import", frame]);
    let mut child = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the first page was sent", || !sandbox.requests().is_empty());
    change();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let rows = cli.sql(&format!("select id from {frame}"));
    let found: BTreeSet<String> = rows.iter().map(id).collect();
    assert_eq!(found.len(), rows.len(), "a row came twice");
    found
}

#[test]
fn customers_that_come_and_go_do_not_shift_the_others() {
    let sandbox = sandbox(config(350));
    let cli = Cli::new(&sandbox);
    let api = Api::of(&sandbox);
    let before: Vec<String> = api.all("/v1/customers").iter().map(id).collect();
    let mut made = String::new();
    let found = import_and_change(&cli, &sandbox, "customers", || {
        // One that was brought already, the cursor itself, and one that is still to come.
        for gone in [20, 99, 150] {
            api.delete(&format!("/v1/customers/{}", before[gone]));
        }
        made = id(&api.post("/v1/customers", &[("name", "New")]));
    });
    assert!(!found.contains(&made) && !found.contains(&before[150]));
    let lost = before.iter().filter(|known| !found.contains(*known)).count();
    assert_eq!(lost, 1);
}

#[test]
fn a_cursor_that_is_refused_is_gone_on_from_by_time() {
    let sandbox = sandbox(config(450));
    let cli = Cli::new(&sandbox);
    let api = Api::of(&sandbox);
    let before: Vec<String> = api.all("/v1/subscriptions").iter().map(id).collect();
    assert!(before.len() > 200);
    let found = import_and_change(&cli, &sandbox, "subscriptions", || {
        api.delete(&format!("/v1/subscriptions/{}", before[99]));
    });
    let refused = sandbox.requests().iter().filter(|request| request.status == 400).count();
    assert_eq!(refused, 1, "the cursor was never missing");
    let lost: Vec<&String> = before.iter().filter(|known| !found.contains(*known)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}
