//! Several accounts of a platform in one data frame: each row says whose it is, no account is missing
//! without being named, and what ends early is gone on with account by account.

use std::collections::BTreeMap;
use std::process::Stdio;

use pinstripe_sandbox::{Fault, FaultKind, Sandbox, SandboxConfig};
use serde_json::{Value, json};

use super::harness::{Cli, assert_says, config, sandbox, wait_until};
use super::raw_http::Api;

const CHARGES: &str = "/v1/charges";
const REVOKED: &str = "acct_1revoked";

/// The connected accounts of a sandbox, in order of their ids.
fn connected(sandbox: &Sandbox) -> Vec<String> {
    let accounts = Api::of(sandbox).all("/v1/accounts");
    sandbox.forget_requests();
    let mut ids: Vec<String> =
        accounts.iter().map(|account| account["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// How often each account was asked for charges.
fn asked(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for request in sandbox.requests().iter().filter(|request| request.path == CHARGES) {
        *asked.entry(request.stripe_account.clone().unwrap_or_default()).or_default() += 1;
    }
    asked
}

/// Rows and distinct ids of each account in a frame.
#[track_caller]
fn rows(cli: &Cli, frame: &str) -> BTreeMap<String, u64> {
    let counts = cli.sql(&format!(
        "select account, count(*) as n, count(distinct id) as ids from {frame} group by account"
    ));
    let each = |row: &Value| {
        assert_eq!(row["n"], row["ids"], "{row}");
        (row["account"].as_str().unwrap().to_owned(), row["n"].as_u64().unwrap())
    };
    counts.iter().map(each).collect()
}

#[test]
fn every_account_comes_whole_and_each_row_says_whose_it_is() {
    let sandbox = sandbox(config(30));
    let cli = Cli::new(&sandbox);
    let ids = connected(&sandbox);
    let report = cli.json(&["import", "charges", "--accounts", "all,self"]);
    assert_eq!((&report["accounts"], &report["missing_accounts"]), (&json!(ids.len() + 1), &json!([])));
    assert_eq!(report["requests"], sandbox.requests().len());
    let found = rows(&cli, "charges");
    assert_eq!(found[sandbox.account_id()], 300);
    assert_eq!(found.len(), ids.len() + 1);
    assert!(ids.iter().all(|id| found[id] > 0), "{found:?}");
    let asked = asked(&sandbox);
    // The platform's own account is asked without being named.
    assert!(ids.iter().all(|id| asked[id] == 1) && asked[""] >= 3, "{asked:?}");
    // What an account's rows are, one by one.
    let sent = cli.json(&["preview", "charges", "--account", &ids[0], "--rows", "100"])["rows"].clone();
    let mut of_first = cli.objects("charges");
    of_first.retain(|row| row["account"] == ids[0].as_str());
    for row in &mut of_first {
        row.as_object_mut().unwrap().remove("account");
    }
    assert_eq!(sent, Value::Array(of_first));
}

#[test]
fn the_account_is_the_first_column_and_the_others_are_as_ever() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    cli.json(&["import", "charges", "--accounts", "self", "--as", "own"]);
    cli.json(&[
        "import",
        "charges",
        "--accounts",
        "self",
        "--as",
        "none",
        "--query",
        "transfer_group=nobody",
    ]);
    let columns = |frame: &str| cli.sql(&format!("describe {frame}"));
    let own = columns("own");
    assert_eq!(own[0], json!({"column_name": "account", "data_type": "Utf8", "is_nullable": "NO"}));
    assert_eq!(own[1..], columns("charges")[..]);
    assert_eq!(columns("none")[0], own[0]);
    assert_eq!(cli.sql("select account, amount from none"), Vec::<Value>::new());
    let summary = cli.json(&["summary", "own"]);
    assert_eq!((&summary[0]["column"], &summary[0]["missing"]), (&json!("account"), &json!(0)));
    let shown = cli.run(&["show", "own", "--rows", "1"]).ok().stdout;
    assert!(shown.trim_start().starts_with("account"), "{shown}");
}

#[test]
fn a_data_type_with_an_account_of_its_own_keeps_it() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let first = connected(&sandbox).remove(0);
    cli.json(&["import", "events", "--account", &first]);
    let found = cli.sql("select connected_account, count(account) as own from events group by 1");
    assert_eq!(found, [json!({"connected_account": first, "own": 0})]);
}

#[test]
fn queries_choose_accounts_like_any_other_rows() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let ids = connected(&sandbox)[..3].join(",");
    cli.json(&["import", "charges", "--account", &ids]);
    let first = &ids[..ids.find(',').unwrap()];
    for (query, expected) in [
        ("select account from charges limit 2", 2),
        ("select 1 as one from charges limit 3", 3),
        (&format!("select account from charges where account = '{first}' limit 4"), 4),
        (&format!("select id from charges where account <> '{first}' and amount >= 0 limit 5"), 5),
    ] {
        assert_eq!(cli.sql(query).len(), expected, "{query}");
    }
    cli.json(&["sql", "select * from charges", "--save", "kept"]);
    assert_eq!(rows(&cli, "kept"), rows(&cli, "charges"));
}

#[test]
fn a_revoked_account_is_named_and_holds_up_nobody() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let ids = connected(&sandbox);
    let named = [&ids[0], REVOKED, &ids[1]].join(",");
    let import = ["import", "charges", "--account", &named];
    let output = cli.run(&import);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{}", output.stderr);
    let said = output.stderr.split_once('\n').unwrap().1.to_owned();
    assert_says!(cli, said, @"
    error: 1 of 3 accounts is not in this frame: acct_1revoked (access revoked, or no such account)

    note: `charges` holds the rows of the other 2 accounts; the next import tries all of them again
    hint: ask the account's owner to connect it again, or leave the account out
    ");
    assert_eq!(rows(&cli, "charges").keys().collect::<Vec<_>>(), [&ids[0], &ids[1]]);

    let output = cli.run(&[&["--json"], &import[..]].concat());
    assert_eq!(output.code, 1);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let missing = json!([{
        "account": REVOKED,
        "reason": "access revoked, or no such account",
        "hint": "ask the account's owner to connect it again, or leave the account out",
    }]);
    assert_eq!((&report["accounts"], &report["missing_accounts"]), (&json!(3), &missing));
    let error: Value = serde_json::from_str(&output.stderr).unwrap();
    assert_eq!(error["error"]["exit_code"], 1);

    for document in [&cli.json(&["frames"])[0], &cli.json(&["history"])[0]] {
        assert_eq!((&document["accounts"], &document["missing_accounts"]), (&json!(3), &missing));
    }
    assert_eq!(cli.json(&["history"])[0]["state"], "done");
    let told = "1 of 3 accounts is not in this frame: acct_1revoked";
    assert!(cli.run(&["history"]).ok().stdout.contains(told));
    for command in [&["frames"][..], &["show", "charges"], &["summary", "charges"]] {
        assert!(cli.run(command).ok().stderr.contains(told), "{command:?}");
    }
    // A version without it says nothing of it, and the earlier one tells again.
    cli.json(&["import", "charges", "--account", &ids[0]]);
    assert_eq!(cli.json(&["frames"])[0]["missing_accounts"], json!([]));
    cli.run(&["restore", "charges", "--to-version", "1"]).ok();
    assert_eq!(cli.json(&["frames"])[0]["missing_accounts"], missing);
    assert_eq!(rows(&cli, "charges").len(), 2);
}

/// Two hundred, of which some withdrew after they were listed.
#[test]
fn of_many_accounts_those_that_withdrew_are_named() {
    let sandbox =
        sandbox(SandboxConfig { accounts: 200, revoked_but_listed: vec![3, 77, 150], ..config(20) });
    let cli = Cli::new(&sandbox);
    let notes = sandbox.accounts();
    let mut gone: Vec<&str> = [3, 77, 150].map(|place: usize| notes[place].id.as_str()).to_vec();
    gone.sort_unstable();
    let output = cli.run(&["import", "customers", "--accounts", "all", "--json"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let missing: Vec<&str> = report["missing_accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|missing| missing["account"].as_str().unwrap())
        .collect();
    assert_eq!((&report["accounts"], &missing), (&json!(200), &gone));
    assert!(output.stderr.contains("3 of 200 accounts are not in this frame"), "{}", output.stderr);
    let found = rows(&cli, "customers");
    assert_eq!(found.len(), 197);
    assert!(gone.iter().all(|id| !found.contains_key(*id)));
}

#[test]
fn when_no_account_can_be_read_the_import_fails() {
    let sandbox = sandbox(config(20));
    let mut cli = Cli::new(&sandbox);
    let said = cli.run(&["import", "charges", "--account", REVOKED]).failed(1);
    assert_says!(cli, said, @"
    error: account acct_1revoked: stripe answered GET /v1/charges with 403 account_invalid: The provided key 'sk_test_************************************************************************************************IcCT' does not have access to account 'acct_1revoked' (or that account does not exist). Application access may have been revoked (request [request])

    note: `charges` was not made; the next import begins anew
    hint: ask the account's owner to connect it again, or leave the account out
    ");
    cli.key = "rk_test_without_charge_read".to_owned();
    let said = cli.run(&["import", "charges", "--accounts", "all"]).failed(1);
    assert!(said.starts_with("error: none of the 24 accounts can be read: acct_"), "{said}");
    assert!(said.contains("(the key has no permission rak_charge_read for it)"), "{said}");
    assert!(said.contains("hint: give the key the permission rak_charge_read at https://"), "{said}");
    assert_eq!(cli.json(&["frames"]), json!([]));
    assert!(cli.staged().is_empty());
}

#[test]
fn the_list_of_accounts_is_not_to_be_had_without_its_permission() {
    let sandbox = sandbox(config(20));
    let mut cli = Cli::new(&sandbox);
    cli.key = "rk_test_only_charge_read".to_owned();
    let said = cli.run(&["import", "charges", "--accounts", "all"]).failed(1);
    assert!(said.starts_with("error: the connected accounts cannot be listed\ncaused by: stripe"), "{said}");
    let hint = "hint: give the key the permission rak_connected_account_read at \
                https://dashboard.stripe.com/apikeys, then run the same command again; or name the \
                accounts: --account acct_...";
    assert!(said.contains(hint), "{said}");
    // The platform's own account needs no permission to be read about.
    cli.json(&["import", "charges", "--accounts", "self"]);
    assert_eq!(rows(&cli, "charges"), BTreeMap::from([(sandbox.account_id().to_owned(), 200)]));
}

#[test]
fn what_cannot_be_meant_is_refused_before_any_request() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let mut said = String::new();
    for arguments in [
        &["import", "charges", "--account", "cus_1"][..],
        &["import", "charges", "--account", "acct_1,acct_2", "--account", "acct_1"],
        &["import", "charges", "--accounts", "all,acct_1"],
        &["preview", "charges", "--accounts", "all"],
        &["sql", "select 1 from stripe.charges", "--account", "acct_1,acct_2"],
        &["sql", "select 1 as one", "--account", "acct_1"],
    ] {
        said.push_str(&cli.run(arguments).failed(1));
    }
    assert_says!(cli, said, @"
    error: `cus_1` is not the id of an account: expected acct_..., `all` or `self`

    hint: --account acct_1ABCdefGHIjklMNO, or --accounts all
    error: `acct_1` is named twice

    hint: name each account once
    error: `all` reads every connected account, so `acct_1` has no place beside it

    hint: --accounts all, or --account with the ids alone
    error: expected one account, found all connected accounts

    hint: name one: --account acct_...; an import reads several into one data frame
    error: expected one account, found acct_1 and acct_2

    hint: name one: --account acct_...; an import reads several into one data frame
    error: --account is for Stripe's own lists, and this query reads data frames

    hint: leave --account out, and choose rows by their column: where account = 'acct_...'
    ");
    assert_eq!(sandbox.requests().len(), 0);
}

#[test]
fn one_account_is_looked_at_without_an_import() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let first = connected(&sandbox).remove(0);
    let id = cli.json(&["preview", "charges", "--account", &first, "--rows", "1"])["rows"][0]["id"].clone();
    assert_eq!(cli.json(&["sql", "select id from stripe.charges limit 1", "--account", &first])[0]["id"], id);
    assert!(asked(&sandbox).contains_key(&first));
    let said = cli.run(&["preview", "charges", "--account", REVOKED]).failed(1);
    assert!(said.contains("hint: ask the account's owner to connect it again"), "{said}");
}

/// Every one of the 24 accounts has one page.
#[test]
fn killed_it_goes_on_and_reads_no_finished_account_again() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 150, ..config(20) });
    let cli = Cli::new(&sandbox);
    let ids = connected(&sandbox);
    let mut command = cli.command(&["import", "charges", "--accounts", "all"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("some accounts were read", || sandbox.requests().len() >= 14);
    child.kill().unwrap();
    child.wait().unwrap();
    let first_cut_off = cli.json(&["history"])[0]["plan"]["cut_off"].clone();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let report = cli.json(&["import", "charges", "--accounts", "all"]);
    let kept = report["kept_rows"].as_u64().unwrap();
    assert!(kept >= 100 && kept < report["rows"].as_u64().unwrap(), "{report}");
    assert_eq!(rows(&cli, "charges").keys().collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    let asked = asked(&sandbox);
    let again = asked.values().filter(|times| **times > 1).count();
    assert!(again <= 8, "those under way at the kill: {asked:?}");
    let listed = sandbox.requests().iter().filter(|request| request.path == "/v1/accounts").count();
    assert_eq!(listed, 1);
    let cut_off = cli.json(&["history"])[0]["plan"]["cut_off"].as_i64().unwrap();
    assert!(cut_off - first_cut_off.as_i64().unwrap() <= 1);
    assert!(cli.staged().is_empty());
}

#[test]
fn a_failure_that_is_not_the_accounts_ends_the_import_and_keeps_what_had_come() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let ids = connected(&sandbox);
    sandbox.add_fault(Fault::on(CHARGES, 20, FaultKind::ExpiredKey));
    let said = cli.run(&["import", "charges", "--accounts", "all"]).failed(1);
    assert!(said.starts_with("error: account acct_1"), "{said}");
    assert!(said.contains("rows that had come are kept, and the same command goes on from there"), "{said}");
    sandbox.clear_faults();
    let report = cli.json(&["import", "charges", "--accounts", "all"]);
    assert!(report["kept_rows"].as_u64().unwrap() >= 1_000, "{report}");
    assert_eq!(rows(&cli, "charges").len(), ids.len());
    // Other accounts are another import.
    sandbox.add_fault(Fault::on(CHARGES, 2, FaultKind::ExpiredKey));
    cli.run(&["import", "charges", "--accounts", "all", "--as", "again"]).failed(1);
    sandbox.clear_faults();
    let other = cli.json(&["import", "charges", "--account", &ids[0], "--as", "again"]);
    assert_eq!(other["kept_rows"], 0);
}

#[test]
fn versions_with_and_without_accounts_are_told_apart() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let ids = connected(&sandbox);
    cli.json(&["import", "charges", "--account", &ids[0]]);
    cli.json(&["import", "charges", "--account", &ids[..2].join(",")]);
    cli.json(&["import", "charges", "--query", "limit=7"]);
    let versions = cli.json(&["history", "charges", "--versions"]);
    let changes = |place: usize| {
        let changes = &versions[place]["changes"];
        [&changes["added"], &changes["removed"], &changes["changed"]].map(|count| count.as_u64().unwrap())
    };
    assert_eq!(changes(1), [100, 0, 0]);
    // Rows of no named account are other rows than those of one.
    assert_eq!(changes(0), [7, 200, 0]);
    assert_eq!(cli.sql("select * from charges where id = 'x'"), Vec::<Value>::new());
    assert!(cli.run(&["sql", "select account from charges"]).failed(1).contains("account"));
    cli.run(&["restore", "charges", "--to-version", "1"]).ok();
    assert_eq!(rows(&cli, "charges").len(), 2);
}

#[cfg(unix)]
#[test]
fn a_stop_stops_all_accounts() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 300, ..config(20) });
    let cli = Cli::new(&sandbox);
    let mut command = cli.command(&["import", "charges", "--accounts", "all"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("some accounts were asked", || sandbox.requests().len() >= 4);
    let stopped = std::time::Instant::now();
    let sent = std::process::Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(stopped.elapsed() < std::time::Duration::from_secs(2), "{:?}", stopped.elapsed());
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(cli.json(&["history"])[0]["state"], "stopped");
}
