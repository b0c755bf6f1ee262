//! `--leave-out`: columns that a frame does without.

use serde_json::Value;

use super::harness::{Cli, assert_says, config, sandbox};

fn columns(cli: &Cli, frame: &str) -> Vec<String> {
    let file = cli.folder().join(format!("{frame}.csv"));
    cli.json(&["export", frame, "--to", file.to_str().unwrap()]);
    let text = std::fs::read_to_string(&file).unwrap();
    text.lines().next().unwrap().split(',').map(str::to_owned).collect()
}

#[test]
fn columns_are_left_out_at_any_depth_and_conditions_still_test_them() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let all = cli.json(&["import", "charges", "--query", "currency=jpy", "--as", "whole"]);
    let arguments = [
        "import",
        "charges",
        "--query",
        "currency=jpy",
        "--leave-out",
        "currency,billing_details.address",
        "--leave-out",
        "metadata",
    ];
    let report = cli.json(&arguments);
    assert_eq!(report["rows"], all["rows"]);
    assert!(
        report["plan"].as_str().unwrap().ends_with("without billing_details.address, currency, metadata")
    );
    let (whole, narrow) = (columns(&cli, "whole"), columns(&cli, "charges"));
    let gone = |name: &str| {
        name == "currency" || name.starts_with("billing_details.address.") || name.starts_with("metadata")
    };
    let expected: Vec<&String> = whole.iter().filter(|name| !gone(name)).collect();
    assert_eq!(narrow.iter().collect::<Vec<_>>(), expected);
    assert!(cli.run(&["sql", "select currency from charges"]).code != 0);
    let object = cli.objects("charges")[0].clone();
    assert!(object["currency"].is_null() && object["billing_details"]["name"] != Value::Null, "{object}");
}

#[test]
fn the_columns_are_the_same_with_no_rows() {
    let sandbox = sandbox(config(5));
    let cli = Cli::new(&sandbox);
    let leave_out = ["--leave-out", "amount,billing_details.email"];
    cli.json(&[&["import", "charges", "--query", "amount=-5", "--as", "none"][..], &leave_out].concat());
    let none = columns(&cli, "none");
    assert!(!none.contains(&"amount".to_owned()) && !none.contains(&"billing_details.email".to_owned()));
    assert!(none.contains(&"billing_details.name".to_owned()) && none.contains(&"id".to_owned()));
}

#[test]
fn an_import_of_other_columns_does_not_go_on_with_this_one() {
    let sandbox = sandbox(config(20));
    let cli = Cli::new(&sandbox);
    let preview = cli.json(&["preview", "charges", "--leave-out", "amount"]);
    let named =
        |name: &str| preview["columns"].as_array().unwrap().iter().any(|column| column["name"] == name);
    assert!(named("currency") && !named("amount"));
    let plans = [&["plan", "charges"][..], &["plan", "charges", "--leave-out", "amount"]];
    let plans = plans.map(|arguments| cli.json(arguments));
    assert_ne!(plans[0]["plan"], plans[1]["plan"]);
}

#[test]
fn what_cannot_be_left_out_is_refused_before_any_request() {
    let sandbox = sandbox(config(5));
    let cli = Cli::new(&sandbox);
    let mut said = String::new();
    for columns in ["id", "ammount", "metadata.order", "billing_details.adress"] {
        said.push_str(&cli.run(&["import", "charges", "--leave-out", columns]).failed(1));
    }
    assert!(sandbox.requests().is_empty());
    assert_says!(cli, said, @r"
    error: `id` cannot be left out: it tells rows apart

    hint: leave out other columns
    error: `charges` has no field `ammount`

    hint: did you mean `amount` or `amount_captured` or `amount_refunded`?
    error: `metadata.order` is inside a map, which is one column

    hint: leave out all of `metadata`, or keep it
    error: `charges` has no field `billing_details.adress`

    hint: did you mean `billing_details.address`?
    ");
}
