//! Connections at the command line: keys on stdin, what they can read, how frames go on with them.

use std::io::Write;
use std::process::{Command, Stdio};

use pinstripe_sandbox::Sandbox;
use serde_json::Value;

use super::harness::{Cli, Output, config, read, sandbox, wait_until};

/// A user without a key in the environment, whose secrets go to a file in their own home folder.
fn keyless(sandbox: &Sandbox) -> Cli {
    let mut cli = Cli::new(sandbox);
    cli.key = String::new();
    cli
}

fn command(cli: &Cli, arguments: &[&str]) -> Command {
    let mut command = cli.command(arguments);
    command.env("PINSTRIPE_SECRETS", "file");
    command
}

fn with_input(mut command: Command, input: &str) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever refuses before a key is wanted does not read it.
    match child.stdin.take().unwrap().write_all(input.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    let output = child.wait_with_output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn connect(cli: &Cli, arguments: &[&str], key: &str) -> Output {
    with_input(command(cli, &[&["connect"], arguments].concat()), &format!("{key}\n"))
}

fn run(cli: &Cli, arguments: &[&str]) -> Output {
    read(command(cli, arguments))
}

/// Every file below the user's folder that holds this text.
fn holding(cli: &Cli, text: &str) -> Vec<std::path::PathBuf> {
    let (mut folders, mut found) = (vec![cli.folder().to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path)
                .unwrap()
                .windows(text.len())
                .any(|window| window == text.as_bytes())
            {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn a_pasted_key_is_tried_and_kept_and_imports_go_by_its_name() {
    let sandbox = sandbox(config(5));
    let cli = keyless(&sandbox);
    let missing = run(&cli, &["import", "charges"]).failed(1);
    assert!(missing.contains("pinstripe connect NAME"), "{missing}");
    assert!(!cli.library.exists());

    let added = connect(&cli, &["Shop", "charges", "customers"], "rk_test_without_customer_read").ok();
    assert!(
        added.stdout.contains("readable") && added.stdout.contains("needs rak_customer_read"),
        "{}",
        added.stdout
    );
    assert!(added.stderr.contains("encrypted file"), "{}", added.stderr);

    // The only connection needs no name.
    run(&cli, &["import", "charges"]).ok();
    let refused = run(&cli, &["import", "customers", "--connection", "shop"]).failed(1);
    assert!(refused.contains("rak_customer_read"), "{refused}");
    let history = run(&cli, &["--json", "history", "charges"]).ok();
    assert!(history.stdout.contains("Shop"), "{}", history.stdout);

    // Another key for the same connection: the frame goes on with it, under another name too.
    connect(&cli, &["Shop", "--replace"], sandbox.restricted_key()).ok();
    run(&cli, &["connections", "rename", "Shop", "Our shop"]).ok();
    let history = run(&cli, &["--json", "history", "charges"]).ok();
    assert!(history.stdout.contains("Our shop"), "{}", history.stdout);
    run(&cli, &["import", "customers", "charges", "--connection", "our shop"]).ok();

    let slip = run(&cli, &["connections", "remove", "Our shop"]).failed(1);
    assert!(slip.contains("`charges`") && slip.contains("--yes"), "{slip}");
    run(&cli, &["connections", "remove", "Our shop", "--yes"]).ok();
    run(&cli, &["frames"]).ok();
    let gone = run(&cli, &["import", "charges", "--connection", "Our shop"]).failed(1);
    assert!(gone.contains("there is no connection `Our shop`"), "{gone}");
}

#[test]
fn no_key_is_anywhere_after_a_days_work() {
    let sandbox = sandbox(config(5));
    let cli = keyless(&sandbox);
    let key = sandbox.secret_key();
    let mut said = String::new();
    let mut day = |output: Output| said.push_str(&(output.stdout + &output.stderr));
    day(connect(&cli, &["Shop", "-vv", "--json"], key).ok());
    day(run(&cli, &["-vv", "import", "charges", "events"]).ok());
    day(run(&cli, &["-vv", "preview", "charges"]).ok());
    day(run(&cli, &["-vv", "sql", "select count(*) from stripe.charges"]).ok());
    day(run(&cli, &["connections", "test", "Shop", "-vv"]).ok());
    day(run(&cli, &["connections", "--json"]).ok());
    day(run(&cli, &["doctor", "--json"]));
    let file = cli.folder().join("charges.csv");
    day(run(&cli, &["export", "charges", "--to", file.to_str().unwrap()]).ok());
    day(connect(&cli, &["Other"], "sk_test_0123456789abcdefghijklmn"));
    day(run(&cli, &["connect", "x", "sk_test_typed_as_an_argument"]));
    assert_eq!(holding(&cli, key), Vec::<std::path::PathBuf>::new());
    for secret in [key, "sk_test_0123456789abcdefghijklmn", "typed_as_an_argument"] {
        assert!(!said.contains(secret), "{said}");
    }
    assert!(said.contains("restricted key is safer") || said.contains("may_write"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_would_leave_no_dump_with_keys_in_it() {
    let sandbox = sandbox(config(3));
    let cli = keyless(&sandbox);
    // It waits for a key on stdin, which comes last.
    let mut child = command(&cli, &["connect", "Shop"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let made = cli.library.join("connections.sqlite");
    wait_until("the program runs", || made.exists());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    drop(child.stdin.take());
    assert!(!child.wait().unwrap().success());
}

#[test]
fn keys_that_cannot_be_used_say_why_and_leave_nothing() {
    let sandbox = sandbox(config(3));
    let cli = keyless(&sandbox);
    for (key, expected) in [
        ("", "no key was given"),
        ("pk_test_0123456789", "publishable key"),
        ("whsec_0123456789", "not the form of a Stripe key"),
        ("sk_test_with spaces", "not the form of a Stripe key"),
        ("rk_test_sandbox_expired", "has expired"),
        ("rk_test_sandbox_ip", "from some addresses only"),
        ("sk_test_0123456789abcdef0123", "Stripe does not know this key"),
    ] {
        let said = connect(&cli, &["Shop"], key).failed(1);
        assert!(said.contains(expected), "{key}: {said}");
    }
    assert_eq!(run(&cli, &["connections", "--json"]).ok().stdout.trim(), "[]");
    // A key that may read nothing of what was asked is a key all the same.
    let poor = connect(&cli, &["Shop", "charges"], "rk_test_only_coupon_read").ok();
    assert!(poor.stderr.contains("can read none"), "{}", poor.stderr);
}

#[test]
fn which_connection_is_meant_is_never_guessed() {
    let sandbox = sandbox(config(3));
    let cli = keyless(&sandbox);
    connect(&cli, &["One"], sandbox.restricted_key()).ok();
    let taken = connect(&cli, &["one"], sandbox.restricted_key()).failed(1);
    assert!(taken.contains("exists already") && taken.contains("--replace"), "{taken}");
    connect(&cli, &["Two"], sandbox.secret_key()).ok();
    let several = run(&cli, &["import", "charges"]).failed(1);
    assert!(several.contains("`One`, `Two`") && several.contains("--connection One"), "{several}");
    // A key in the environment is what was always used.
    let mut with_key = command(&cli, &["import", "charges"]);
    with_key.env("STRIPE_API_KEY", sandbox.restricted_key());
    read(with_key).ok();
    // A kept key is sent to its own server alone.
    let mut elsewhere = command(&cli, &["import", "charges", "--connection", "One"]);
    elsewhere.env("STRIPE_API_BASE", "https://api.stripe.com");
    let said = read(elsewhere).failed(1);
    assert!(said.contains("is not sent to https://api.stripe.com"), "{said}");
    // Nor is the key that is to take its place; and without another address it goes to that server.
    let mut elsewhere = command(&cli, &["connect", "One", "--replace"]);
    elsewhere.env("STRIPE_API_BASE", "https://api.stripe.com");
    let said = with_input(elsewhere, &format!("{}\n", sandbox.secret_key())).failed(1);
    assert!(said.contains("is not sent to https://api.stripe.com"), "{said}");
    let mut unnamed = command(&cli, &["connect", "One", "--replace"]);
    unnamed.env_remove("STRIPE_API_BASE");
    with_input(unnamed, &format!("{}\n", sandbox.secret_key())).ok();
    // A name that nobody has makes no library.
    let nobody = keyless(&sandbox);
    let said = run(&nobody, &["import", "charges", "--connection", "Typo"]).failed(1);
    assert!(said.contains("there is no connection `Typo`"), "{said}");
    assert!(!nobody.library.exists());
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let sandbox = sandbox(config(3));
    let cli = keyless(&sandbox);
    let output = run(&cli, &["doctor"]);
    assert_eq!(output.code, 1);
    assert!(
        output.stdout.contains("network: ") && output.stdout.contains("clock: agrees"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.contains("hint: pinstripe connect NAME"), "{}", output.stdout);

    connect(&cli, &["Shop"], "rk_test_without_payout_read").ok();
    let healthy = run(&cli, &["doctor"]).ok();
    assert!(healthy.stdout.contains("can read 9 of the 10"), "{}", healthy.stdout);
    assert!(healthy.stdout.contains("rak_payout_read"), "{}", healthy.stdout);

    let mut dead = command(&cli, &["doctor", "--json"]);
    dead.env("STRIPE_API_BASE", "http://127.0.0.1:9").env("HTTPS_PROXY", "http://me:hidden@proxy:3128");
    let dead = read(dead);
    assert_eq!(dead.code, 1);
    let findings: Value = serde_json::from_str(&dead.stdout).unwrap();
    let of = |about: &str| {
        findings.as_array().unwrap().iter().find(|finding| finding["about"] == about).unwrap().clone()
    };
    assert_eq!(of("network")["state"], "bad");
    assert!(of("proxy")["found"].as_str().unwrap().contains("proxy:3128"));
    assert!(!dead.stdout.contains("hidden"), "{}", dead.stdout);
}
