//! What can befall an import, one test a row of `docs/reference/import-faults.md`: it comes whole
//! all the same, or it fails and says what is kept. Faults of the key are in `server_failures.rs`,
//! servers that contradict themselves in `crooked_pages.rs` and `impostors.rs`.

use std::io::Write;
use std::net::TcpListener;
use std::process::Command;

use pinstripe_sandbox::{Fault, FaultKind, Sandbox};

use super::harness::{Cli, config, read, sandbox};

const CHARGES: &str = "/v1/charges";

fn always(kind: FaultKind) -> Fault {
    Fault { path: Some(CHARGES.to_owned()), nth: 1, times: u64::MAX, kind }
}

#[track_caller]
fn assert_whole(cli: &Cli, rows: u64) {
    let found = &cli.sql("select count(*) as n, count(distinct id) as ids from charges")[0];
    assert_eq!((&found["n"], &found["ids"]), (&rows.into(), &rows.into()));
}

/// Sums of all rows, to be sure that smaller pages are the same pages.
fn sums(sandbox: &Sandbox, faults: &[Fault]) -> Vec<serde_json::Value> {
    let cli = Cli::new(sandbox);
    for fault in faults {
        sandbox.add_fault(fault.clone());
    }
    cli.json(&["import", "charges"]);
    sandbox.clear_faults();
    cli.sql(
        "select currency, count(distinct id) as n, sum(amount) as amount from charges group by 1 order by 1",
    )
}

#[test]
fn refusals_of_every_reason_are_waited_out() {
    let sandbox = sandbox(config(60));
    let cli = Cli::new(&sandbox);
    let reasons =
        ["global-rate", "global-concurrency", "endpoint-rate", "endpoint-concurrency", "resource-specific"];
    for (page, reason) in (1..).zip(reasons) {
        let refusal = FaultKind::RateLimited { reason: reason.to_owned() };
        sandbox.add_fault(Fault::on(CHARGES, 2 * page, refusal));
    }
    let report = cli.json(&["import", "charges"]);
    assert_eq!((&report["rows"], &report["refused"]), (&600.into(), &5.into()), "{report}");
    assert_whole(&cli, 600);
}

#[test]
fn a_conflict_and_a_held_object_are_asked_for_again() {
    let sandbox = sandbox(config(30));
    let cli = Cli::new(&sandbox);
    sandbox.add_fault(Fault::on(CHARGES, 1, FaultKind::Conflict));
    sandbox.add_fault(Fault::on(CHARGES, 3, FaultKind::LockTimeout));
    let report = cli.json(&["import", "charges"]);
    assert_eq!((&report["rows"], &report["retries"]), (&300.into(), &2.into()), "{report}");
    assert_whole(&cli, 300);
}

#[test]
fn a_page_that_is_cut_again_and_again_is_asked_for_smaller() {
    let sandbox = sandbox(config(30));
    let whole = sums(&sandbox, &[]);
    sandbox.forget_requests();
    // A page of 100 charges takes some 330 kB.
    assert_eq!(sums(&sandbox, &[always(FaultKind::CutOver { bytes: 120_000 })]), whole);
    let sizes: Vec<String> = sandbox
        .requests()
        .iter()
        .filter_map(|request| {
            request.query.split('&').find(|part| part.starts_with("limit=")).map(str::to_owned)
        })
        .collect();
    assert_eq!(sizes[..5], ["limit=100", "limit=100", "limit=50", "limit=50", "limit=25"]);
    assert!(sizes.len() < 40, "{sizes:?}");
}

#[test]
fn a_permission_that_is_lost_on_the_way_keeps_what_had_come() {
    let sandbox = sandbox(config(60));
    let cli = Cli::new(&sandbox);
    sandbox.add_fault(Fault::on(CHARGES, 4, FaultKind::PermissionLost));
    let said = cli.run(&["import", "charges"]).failed(1);
    assert!(said.contains("the 300 rows that had come are kept"), "{said}");
    assert!(said.contains("hint: give the key the permission rak_charge_read"), "{said}");
    sandbox.clear_faults();
    let report = cli.json(&["import", "charges"]);
    assert_eq!((&report["rows"], &report["kept_rows"]), (&600.into(), &300.into()));
    assert_whole(&cli, 600);
}

#[test]
fn a_name_that_nobody_knows_is_given_up_soon() {
    let cli = Cli::at("https://api.stripe.invalid", "sk_test_1");
    let said = cli.run(&["import", "charges"]).failed(2);
    assert!(said.starts_with("error: the server cannot be reached (GET /v1/charges at https://"), "{said}");
    assert!(said.contains("caused by: dns error"), "{said}");
}

#[test]
fn a_server_without_tls_is_given_up_soon() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.map(|mut stream| stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
        }
    });
    let cli = Cli::at(&url, "sk_test_1");
    let said = cli.run(&["import", "charges"]).failed(2);
    assert!(said.starts_with("error: the server cannot be reached (GET /v1/charges at https://"), "{said}");
    assert_eq!(cli.json(&["frames"]), serde_json::json!([]));
}

/// A file that may not grow fails as a full disk does, in the middle of a write.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_keeps_what_was_written_before() {
    let sandbox = sandbox(config(60));
    let cli = Cli::new(&sandbox);
    let program = env!("CARGO_BIN_EXE_pinstripe");
    let limited = |blocks: u32| {
        let like = cli.command(&["import", "charges"]);
        let mut command = Command::new("sh");
        command.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec {program} import charges")]);
        command.env_clear().current_dir(cli.folder());
        command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
        read(command)
    };
    let said = limited(160).failed(1);
    assert!(said.starts_with("error: cannot write "), "{said}");
    assert!(said.contains("; the rows that had been written are kept, and the same command"), "{said}");
    let report = cli.json(&["import", "charges"]);
    assert_eq!(report["rows"], 600);
    assert!(report["kept_rows"].as_u64().is_some_and(|kept| (100..600).contains(&kept)), "{report}");
    assert_whole(&cli, 600);
    assert!(cli.staged().is_empty());
}
