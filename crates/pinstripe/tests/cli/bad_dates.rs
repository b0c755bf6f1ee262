//! Dates that are refused: before any request, with what was expected, and with nothing lost.

use super::harness::{Cli, assert_says, config, sandbox};

/// Imports with each of these; every one must be refused without a request. Gives what was said.
fn refusals(flag: &[&str], values: &[&[&str]]) -> (Cli, String) {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    let mut said = String::new();
    for value in values {
        let arguments = [&["import", "charges"], flag, value].concat();
        let text = cli.run(&arguments).failed(1);
        said.push_str(&format!("{}\n{text}\n", arguments[2..].join(" ")));
    }
    assert_eq!(sandbox.requests(), []);
    assert!(!cli.library.exists());
    (cli, said)
}

#[test]
fn a_date_that_is_no_date_or_could_be_misread_is_refused() {
    let values: &[&[&str]] =
        &[&["11/03/2015"], &["20151103"], &["2015-02-30"], &["abc"], &["2999-01-01"], &["1969-12-31"]];
    let (cli, said) = refusals(&["--after"], values);
    assert_says!(cli, said, @r"
    --after 11/03/2015
    error: `11/03/2015` is no date: expected YYYY-MM-DD

    hint: write the date as year-month-day, such as `[today]`

    --after 20151103
    error: `20151103` is no date: expected YYYY-MM-DD

    hint: write the date as year-month-day, such as `[today]`

    --after 2015-02-30
    error: `2015-02-30` is not in the calendar: expected YYYY-MM-DD

    hint: write the date as year-month-day, such as `[today]`

    --after abc
    error: `abc` is no date: expected YYYY-MM-DD

    hint: write the date as year-month-day, such as `[today]`

    --after 2999-01-01
    error: 2999-01-01 is in the future, expected a date up to today ([today])

    --after 1969-12-31
    error: 1969-12-31 is before 1970, expected a date from 1970 to today ([today])
    ");
}

#[test]
fn a_last_that_is_no_positive_whole_number_is_refused() {
    let values: &[&[&str]] =
        &[&["-1"], &["0"], &["1.5"], &["abc"], &["-1 days"], &["0 days"], &["1.5 months"], &["5 quarters"]];
    let (cli, said) = refusals(&["--last"], values);
    assert_says!(cli, said, @r#"
    --last -1
    error: `-1` cannot be used for `last`: expected a whole number of hours, days, weeks, months or years

    hint: --last "30 days"

    --last 0
    error: `0` cannot be used for `last`: expected a whole number of hours, days, weeks, months or years

    hint: --last "30 days"

    --last 1.5
    error: `1.5` cannot be used for `last`: expected a whole number of hours, days, weeks, months or years

    hint: --last "30 days"

    --last abc
    error: `abc` cannot be used for `last`: expected a whole number of hours, days, weeks, months or years

    hint: --last "30 days"

    --last -1 days
    error: `-1 days` cannot be used for `last`: expected a whole number of hours, days, weeks, months or years

    hint: --last "30 days"

    --last 0 days
    error: `0` cannot be used for `last`: expected a whole number from 1 to 100000

    hint: --last "30 days"

    --last 1.5 months
    error: `1.5 months` cannot be used for `last`: expected a whole number of hours, days, weeks, months or years

    hint: --last "30 days"

    --last 5 quarters
    error: `5 quarters` cannot be used for `last`: expected a whole number of hours, days, weeks, months or years

    hint: --last "30 days"
    "#);
}

#[test]
fn a_range_that_ends_before_it_begins_is_refused() {
    let values: &[&[&str]] =
        &[&["2025-02-01", "2025-01-01"], &["2025-02-01", "2025-13-01"], &["2025-02-01", "2999-01-01"]];
    let (cli, said) = refusals(&["--between"], values);
    assert_says!(cli, said, @r"
    --between 2025-02-01 2025-01-01
    error: the date range ends (2025-01-01) before it begins (2025-02-01)

    hint: --between 2025-01-01 2025-02-01

    --between 2025-02-01 2025-13-01
    error: `2025-13-01` is not in the calendar: expected YYYY-MM-DD

    hint: write the date as year-month-day, such as `[today]`

    --between 2025-02-01 2999-01-01
    error: 2999-01-01 is in the future, expected a date up to today ([today])
    ");
}

#[test]
fn a_time_zone_that_does_not_exist_is_refused() {
    let (cli, said) = refusals(&["--time-zone"], &[&["Europe/Olso"], &["+25:00"]]);
    assert_says!(cli, said, @r"
    --time-zone Europe/Olso
    error: `Europe/Olso` is no time zone

    hint: expected a name of the IANA database, such as `Europe/Oslo`, `Asia/Tokyo` or `UTC`

    --time-zone +25:00
    error: `+25:00` is no time zone

    hint: expected a name of the IANA database, such as `Europe/Oslo`, `Asia/Tokyo` or `UTC`
    ");
}

#[test]
fn two_ranges_at_once_are_refused() {
    let (_, said) = refusals(&["--after", "2025-01-01"], &[&["--last", "3 days"]]);
    assert!(said.contains("cannot be used with"), "{said}");
}

#[test]
fn an_empty_value_means_everything() {
    let sandbox = sandbox(config(3));
    let cli = Cli::new(&sandbox);
    for range in [["--after", ""], ["--after", "  "], ["--last", ""]] {
        let report = cli.json(&[&["import", "charges"], range.as_slice()].concat());
        assert_eq!(report["rows"], 30, "{range:?}");
        assert_eq!(report["from"], serde_json::Value::Null, "{range:?}");
    }
    assert!(sandbox.requests().iter().all(|request| request.query == "limit=100"));
}

#[test]
fn a_range_that_holds_nothing_is_an_empty_frame_and_no_error() {
    let sandbox = sandbox(config(3));
    let cli = Cli::new(&sandbox);
    let report = cli.json(&["import", "charges", "--between", "1970-01-01", "1970-01-01"]);
    assert_eq!(report["rows"], 0);
    assert_eq!(sandbox.requests()[0].query, "limit=100&created%5Bgte%5D=0&created%5Blt%5D=86400");
    assert_eq!(cli.sql("select * from charges"), Vec::<serde_json::Value>::new());
}
