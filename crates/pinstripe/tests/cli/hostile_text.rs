//! Text that would break tables, files or terminals: kept to the letter, shown harmless.

use serde_json::Value;

use super::harness::{Cli, config, sandbox};
use super::raw_http::Api;

const NAMES: [&str; 9] = [
    "<script>alert('x')</script>",
    "\u{202e}gnirts desrever \u{2066}isolated\u{2069}\u{200f}",
    "first\nsecond\r\nthird\ttabbed",
    "\u{1b}[2J\u{1b}[31mred\u{7}\u{8}\u{9b}1m",
    "\"quoted\", 'single', back\\slash, \u{0}, nul",
    "=HYPERLINK(\"http://example.com\")",
    "'; drop table customers; --",
    "ギフト 🎁 e\u{301} \u{feff}\u{200b}",
    "a,b;c|d",
];

fn business_with_hostile_names() -> (pinstripe_sandbox::Sandbox, Cli, Vec<Value>) {
    let sandbox = sandbox(config(2));
    let cli = Cli::new(&sandbox);
    let api = Api::of(&sandbox);
    let long = "long ".repeat(1_000);
    let made = NAMES
        .iter()
        .chain([&long.as_str()])
        .map(|name| api.post("/v1/customers", &[("name", name), ("metadata[%3Cb%3E]", name)]))
        .collect();
    cli.json(&["import", "customers"]);
    (sandbox, cli, made)
}

#[test]
fn hostile_text_survives_in_json_lines_and_in_sql() {
    let (_sandbox, cli, made) = business_with_hostile_names();
    let found = cli.objects("customers");
    let names = cli.sql("select id, name from customers");
    for customer in &made {
        assert!(found.contains(customer), "{customer}");
        let row = names.iter().find(|row| row["id"] == customer["id"]).unwrap();
        assert_eq!(row["name"], customer["name"]);
    }
    for (customer, name) in made.iter().zip(NAMES) {
        assert_eq!(customer["name"], name);
    }
}

#[test]
fn hostile_text_survives_in_csv() {
    let (_sandbox, cli, made) = business_with_hostile_names();
    cli.json(&["export", "customers", "--to", "customers.csv"]);
    let text = std::fs::read_to_string(cli.folder().join("customers.csv")).unwrap();
    for customer in &made {
        let name = customer["name"].as_str().unwrap();
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let plain = !name.contains(['"', ',', '\n', '\r']);
        assert!(text.contains(&quoted) || (plain && text.contains(name)), "{name:?}");
    }
    assert!(text.lines().next().unwrap().contains("metadata.<b>"));
}

#[test]
fn no_control_character_reaches_the_terminal() {
    let (_sandbox, cli, _) = business_with_hostile_names();
    for command in [
        &["show", "customers", "--rows", "100"][..],
        &["show", "customers", "--columns", "name,metadata"],
        &["sql", "select name, metadata from customers"],
        &["summary", "customers"],
        &["preview", "customers"],
        &["frames"],
        &["history"],
    ] {
        let output = cli.run(command).ok();
        let text = output.stdout + &output.stderr;
        let hostile = |letter: &char| {
            (letter.is_control() && *letter != '\n')
                || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(text.chars().find(hostile), None, "{command:?}: {text:?}");
        assert!(!text.contains("second\n"), "{command:?}: {text}");
    }
}

#[test]
fn hostile_arguments_are_not_printed_raw_either() {
    let cli = Cli::at("http://127.0.0.1:9", "sk_test_1");
    for command in [
        &["import", "\u{1b}[31mcharges"][..],
        &["show", "\u{1b}[31mcharges"],
        &["import", "charges", "--as", "\u{1b}[31m"],
        &["import", "charges", "--after", "\u{1b}[31m"],
        &["import", "charges", "--query", "\u{1b}[31m=1"],
    ] {
        let said = cli.run(command).failed(1);
        assert!(!said.contains('\u{1b}'), "{command:?}: {said:?}");
    }
}
