//! The workbench as a program: its address, its port, its end, and the runs of other programs that
//! it shows and stops. What it answers is tested in its own crate.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use pinstripe_sandbox::SandboxConfig;
use serde_json::Value;

use super::harness::{Cli, assert_says, config, sandbox, wait_until};

/// A program that serves a workbench, and a browser that was let in.
struct Served {
    child: Child,
    host: String,
    address: String,
    cookie: String,
}

impl Served {
    fn start(cli: &Cli, arguments: &[&str]) -> Served {
        let mut command = cli.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().to_owned();
        let host = address.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
        let mut served = Served { child, host, address: address.clone(), cookie: String::new() };
        let entered = served.send("GET", address.split_once(&served.host).unwrap().1, "");
        assert!(entered.starts_with("HTTP/1.1 303"), "{entered}");
        let cookie = entered.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        served.cookie = cookie.split(';').next().unwrap().to_owned();
        served
    }

    fn send(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let (host, cookie, length) = (&self.host, &self.cookie, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn json(&self, method: &str, path: &str) -> Value {
        let answer = self.send(method, path, "{}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or(Value::Null)
    }

    fn runs(&self) -> Vec<Value> {
        self.json("GET", "/api/runs").as_array().unwrap().clone()
    }

    /// Ctrl-C.
    #[cfg(unix)]
    fn stop(mut self) -> ExitStatus {
        interrupt(&self.child);
        let asked = Instant::now();
        let status = self.child.wait().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
        status
    }
}

fn interrupt(child: &Child) {
    let sent = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn the_program_alone_opens_the_workbench_and_ctrl_c_ends_it() {
    let cli = Cli::at("http://127.0.0.1:9", "");
    let served = Served::start(&cli, &[]);
    assert!(served.address.starts_with("http://127.0.0.1:"), "{}", served.address);
    let status = served.json("GET", "/api/status");
    assert_eq!(status["library"], cli.library.to_str().unwrap());
    assert_eq!((&status["demo"], &status["time_zone"]), (&false.into(), &"UTC".into()));
    assert!(served.send("GET", "/", "").starts_with("HTTP/1.1 200"));
    // A second one takes the next port.
    let second = Served::start(&cli, &["workbench", "--no-open"]);
    assert_ne!(second.host, served.host);
    assert!(second.stop().success() && served.stop().success());
}

#[test]
fn the_address_is_data_for_programs_too() {
    let cli = Cli::at("http://127.0.0.1:9", "");
    let mut command = cli.command(&["workbench", "--port", "0", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    assert!(said["address"].as_str().unwrap().contains("/?token="), "{said}");
}

#[test]
fn a_port_that_was_named_and_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let cli = Cli::at("http://127.0.0.1:9", "");
    let said = cli.run(&["workbench", "--no-open", "--port", &port]).failed(1).replace(&port, "[port]");
    assert_says!(cli, said, @r"
    error: cannot listen on 127.0.0.1:[port]
    caused by: Address already in use (os error [number])

    hint: leave --port out to take the next free one
    ");
}

#[test]
fn a_key_that_cannot_be_used_is_no_reason_not_to_open() {
    let cli = Cli::at("http://127.0.0.1:9", "pk_test_1");
    let served = Served::start(&cli, &["workbench", "--port", "0", "--no-open"]);
    assert_eq!(served.json("GET", "/api/connections"), serde_json::json!([]));
    assert!(served.stop().success());
}

#[test]
fn a_run_of_the_command_line_is_shown_stopped_and_gone_on_with() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 150, ..config(200) });
    let cli = Cli::new(&sandbox);
    let served = Served::start(&cli, &["workbench", "--port", "0", "--no-open"]);
    let mut command = cli.command(&["import", "charges"]);
    let import = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let has_rows = |run: &Value| run["state"] == "running" && run["rows"].as_u64().unwrap() > 0;
    wait_until("the run is shown", || served.runs().first().is_some_and(has_rows));
    let run = served.runs()[0].clone();
    assert_eq!((&run["frame"], &run["from_command_line"]), (&"charges".into(), &true.into()));
    assert_eq!(run["connection"], "STRIPE_API_KEY");
    let asked = Instant::now();
    served.json("POST", &format!("/api/runs/{}/cancel", run["id"].as_str().unwrap()));
    let output = import.wait_with_output().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let stopped = served.runs()[0].clone();
    assert_eq!((&stopped["state"], &stopped["can_continue"]), (&"stopped".into(), &true.into()));
    served.json("POST", &format!("/api/runs/{}/continue", run["id"].as_str().unwrap()));
    wait_until("the run ends", || served.runs()[0]["state"] == "done");
    let done = served.runs()[0].clone();
    assert_eq!((&done["rows"], &done["kept_rows"]), (&2_000.into(), &stopped["rows"]));
    assert!(served.stop().success());
}

#[test]
fn a_killed_run_is_not_shown_as_running() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 150, ..config(200) });
    let cli = Cli::new(&sandbox);
    let served = Served::start(&cli, &["workbench", "--port", "0", "--no-open"]);
    let mut command = cli.command(&["import", "charges"]);
    let mut import = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the run is shown", || served.runs().first().is_some_and(|run| run["rows"] != 0));
    import.kill().unwrap();
    import.wait().unwrap();
    wait_until("its end is noted", || served.runs()[0]["state"] == "failed");
    assert_eq!(served.runs()[0]["can_continue"], true);
    assert_eq!(served.json("GET", "/api/frames"), serde_json::json!([]));
    assert!(served.stop().success());
}

#[test]
fn an_import_of_the_workbench_is_kept_when_the_program_ends() {
    let sandbox = sandbox(SandboxConfig { latency_ms: 150, ..config(200) });
    let cli = Cli::new(&sandbox);
    let served = Served::start(&cli, &["workbench", "--port", "0", "--no-open"]);
    let connection = served.json("GET", "/api/connections")[0]["id"].clone();
    let new = serde_json::json!({"name": "charges", "replace": false, "restart": false, "request": {
        "data_type": "charges", "connection": connection, "date_range": {"range": "all"}, "time_zone": "UTC",
        "query": "", "search": false, "columns_left_out": [],
    }});
    assert!(served.send("POST", "/api/imports", &new.to_string()).starts_with("HTTP/1.1 202"));
    wait_until("some rows came", || served.runs()[0]["rows"].as_u64().unwrap() > 0);
    assert!(served.stop().success());
    assert_eq!(cli.json(&["history"])[0]["state"], "stopped");
    let report = cli.json(&["import", "charges", "--time-zone", "UTC"]);
    assert_eq!(report["rows"], 2_000);
    assert!(report["kept_rows"].as_u64().unwrap() > 0, "{report}");
}

#[test]
fn the_demo_opens_the_workbench_with_the_sandbox_connected() {
    let cli = Cli::at("http://127.0.0.1:9", "");
    let served = Served::start(&cli, &["demo", "--customers", "5", "--port", "0", "--no-open"]);
    assert_eq!(served.json("GET", "/api/status")["demo"], true);
    assert_eq!(served.json("GET", "/api/connections")[0]["kind"], "sandbox");
    let ready = || {
        let frames = served.json("GET", "/api/frames");
        let frames = frames.as_array().unwrap();
        frames.len() == 5 && frames.iter().all(|frame| frame["state"] == "ready")
    };
    wait_until("its frames are there", ready);
    assert_eq!(served.json("GET", "/api/frames/charges")["rows"], 50);
    assert!(served.stop().success());
}
