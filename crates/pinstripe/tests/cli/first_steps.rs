//! What needs no key: the demo, and the sandbox as a program of its own.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::harness::{Cli, read};

#[test]
fn the_demo_needs_no_key_and_ends_by_itself() {
    let cli = Cli::at("http://127.0.0.1:9", "");
    let mut command = cli.command(&["demo", "--no-workbench", "--customers", "20"]);
    command.env_remove("STRIPE_API_KEY").env_remove("STRIPE_API_BASE");
    let output = read(command).ok();
    assert!(output.stdout.contains("select "), "{}", output.stdout);
    let frames = cli.json(&["frames"]);
    let charges = frames.as_array().unwrap().iter().find(|frame| frame["frame"] == "charges").unwrap();
    assert_eq!(charges["rows"], 200);
    assert!(frames.as_array().unwrap().len() >= 3, "{frames}");
}

#[test]
fn the_demo_speaks_json_too() {
    let cli = Cli::at("http://127.0.0.1:9", "");
    let document = cli.json(&["demo", "--customers", "5"]);
    assert!(document.is_object() || document.is_array(), "{document}");
}

#[test]
fn the_sandbox_program_serves_what_its_first_line_says() {
    let starter = Cli::at("http://127.0.0.1:9", "");
    let mut command =
        starter.command(&["sandbox", "--port", "0", "--customers", "4", "--seed", "7", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let url = said["url"].as_str().unwrap();
    let mut rows = Vec::new();
    for key in ["secret_key", "restricted_key"] {
        let cli = Cli::at(url, said[key].as_str().unwrap());
        rows.push(cli.json(&["import", "charges"])["rows"].clone());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert_eq!(rows, [40, 40]);
}
