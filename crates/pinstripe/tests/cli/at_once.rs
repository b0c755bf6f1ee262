//! Several programs at the same library at the same time.

use std::process::{Child, Stdio};

use pinstripe_sandbox::SandboxConfig;
use serde_json::Value;

use super::harness::{Cli, config, sandbox, wait_until};

fn start(cli: &Cli, arguments: &[&str]) -> Child {
    let mut command = cli.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
fn report(child: Child) -> Value {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn readers_see_the_frame_as_it_was_until_the_import_ends() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 150, ..config(100) });
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges", "--query", "limit=42"]);
    sandbox.forget_requests();
    let mut import = start(&cli, &["import", "charges", "--json"]);
    let mut seen = Vec::new();
    while import.try_wait().unwrap().is_none() {
        seen.push(cli.sql("select count(*) as n from charges")[0]["n"].as_u64().unwrap());
    }
    assert_eq!(report(import)["rows"], 1_000);
    seen.push(cli.sql("select count(*) as n from charges")[0]["n"].as_u64().unwrap());
    seen.dedup();
    assert_eq!(seen, [42, 1_000]);
}

#[test]
fn different_frames_can_be_imported_at_the_same_time() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 50, ..config(60) });
    let cli = Cli::new(&sandbox);
    let frames = ["charges", "customers", "events", "payouts"];
    let running = frames.map(|frame| start(&cli, &["import", frame, "--json"]));
    for (frame, child) in frames.into_iter().zip(running) {
        let rows = report(child)["rows"].clone();
        assert_eq!(cli.sql(&format!("select count(distinct id) as n from {frame}"))[0]["n"], rows);
    }
    assert_eq!(cli.json(&["frames"]).as_array().unwrap().len(), 4);
    assert!(cli.staged().is_empty());
}

#[test]
fn the_same_frame_imported_twice_at_once_is_whole_in_the_end() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 100, ..config(60) });
    let cli = Cli::new(&sandbox);
    let first = start(&cli, &["import", "charges", "--json"]);
    wait_until("the first page was sent", || !sandbox.requests().is_empty());
    let second = start(&cli, &["import", "charges", "--json"]);
    let outputs = [first, second].map(|child| child.wait_with_output().unwrap());
    // One may win over the other, and the loser says so; the frame is whole in any case.
    assert!(outputs.iter().any(|output| output.status.success()), "{outputs:?}");
    for output in outputs {
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.is_empty() || said.starts_with("{\"error\":"), "{said}");
    }
    assert_eq!(cli.sql("select count(*) as n from charges")[0]["n"], 600);
    assert_eq!(cli.sql("select count(distinct id) as n from charges")[0]["n"], 600);
    assert_eq!(cli.json(&["frames"])[0]["rows"], 600);
    assert_eq!(cli.json(&["import", "charges"])["rows"], 600);
    assert!(cli.staged().is_empty());
}
