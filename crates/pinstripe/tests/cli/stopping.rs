//! Ctrl-C: the program ends at once, in order, with nothing half done. What the next run makes of it
//! is in `resuming.rs`.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pinstripe_sandbox::{Sandbox, SandboxConfig};

use super::harness::{Cli, config, sandbox, wait_until};

fn slow(latency_ms: u64) -> Sandbox {
    sandbox(SandboxConfig { latency_ms, ..config(200) })
}

fn start(cli: &Cli, arguments: &[&str]) -> Child {
    cli.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What Ctrl-C at a terminal sends.
fn interrupt(child: &Child) {
    let sent = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

/// Stops an import in the middle, which must end at once. Gives what it said.
fn stop_in_the_middle(cli: &Cli, sandbox: &Sandbox) -> String {
    sandbox.forget_requests();
    let child = start(cli, &["import", "charges"]);
    wait_until("some pages were sent", || sandbox.requests().len() >= 3);
    let asked = Instant::now();
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stdout.is_empty());
    assert!(sandbox.requests().len() < 20);
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_stopped_import_leaves_no_frame_and_is_noted() {
    let sandbox = slow(150);
    let cli = Cli::new(&sandbox);
    let said = stop_in_the_middle(&cli, &sandbox);
    let (before, after) = said.split_once("; the ").unwrap();
    assert_eq!(before, "error: stopped\n\nnote: `charges` was not made");
    assert!(after.ends_with(
        " rows that had come are kept, and the same command goes on from there (--restart begins anew)\n"
    ));
    assert_eq!(cli.json(&["frames"]), serde_json::json!([]));
    let runs = cli.json(&["history"]);
    assert_eq!(runs.as_array().unwrap().len(), 1);
    assert_eq!((&runs[0]["state"], &runs[0]["frame"]), (&"stopped".into(), &"charges".into()));
    assert!(runs[0]["finished_at"].is_i64());
    assert!(cli.run(&["history"]).ok().stdout.contains("stopped"));
}

#[test]
fn a_stopped_import_leaves_the_earlier_frame_as_it_was() {
    let sandbox = slow(100);
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges", "--query", "limit=42"]);
    stop_in_the_middle(&cli, &sandbox);
    assert_eq!(cli.sql("select count(*) as n from charges")[0]["n"], 42);
    let states = cli.json(&["history", "charges"]);
    assert_eq!((&states[0]["state"], &states[1]["state"]), (&"stopped".into(), &"done".into()));
    // The same command works afterwards.
    assert_eq!(cli.json(&["import", "charges"])["rows"], 2_000);
}

#[test]
fn an_import_that_waits_to_ask_again_can_be_stopped_too() {
    let sandbox = slow(0);
    let fault = pinstripe_sandbox::FaultKind::ServerError { status: 500 };
    sandbox.add_fault(pinstripe_sandbox::Fault { path: None, nth: 1, times: 1_000, kind: fault });
    let cli = Cli::new(&sandbox);
    let child = start(&cli, &["import", "charges"]);
    // After the fourth failure the program waits for two seconds and more.
    wait_until("four requests failed", || sandbox.requests().len() >= 4);
    let asked = Instant::now();
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(cli.json(&["history"])[0]["state"], "stopped");
}

#[test]
fn a_killed_import_does_no_harm_to_the_next() {
    let sandbox = slow(100);
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges", "--query", "limit=42"]);
    sandbox.forget_requests();
    let mut child = start(&cli, &["import", "charges"]);
    wait_until("some pages were sent", || sandbox.requests().len() >= 3);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(cli.sql("select count(*) as n from charges")[0]["n"], 42);
    assert_eq!(cli.json(&["import", "charges"])["rows"], 2_000);
    assert_eq!(cli.sql("select count(distinct id) as n from charges")[0]["n"], 2_000);
}
