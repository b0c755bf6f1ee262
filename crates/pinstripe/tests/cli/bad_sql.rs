//! Queries that cannot be run, or that would do more than read.

use super::harness::{Cli, assert_says, config, sandbox};

#[test]
fn sql_that_cannot_be_run_is_refused_with_a_hint() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    sandbox.forget_requests();
    let mut said = String::new();
    for query in [
        "select amuont from charges",
        "select * from chrages",
        "select * form charges",
        "",
        "drop table charges",
        "insert into charges select * from charges",
        "create external table t stored as csv location '/etc/passwd'",
        "copy charges to 'stolen.csv'",
    ] {
        said.push_str(&format!("{query}\n{}\n", cli.run(&["sql", query]).failed(1)));
    }
    assert_eq!(sandbox.requests(), []);
    assert!(!cli.folder().join("stolen.csv").exists());
    assert_eq!(cli.sql("select count(*) as n from charges")[0]["n"], 10);
    assert_says!(cli, said, @r#"
    select amuont from charges
    error: there is no column `amuont`

    hint: did you mean `amount` or `amount_captured` or `amount_refunded`?

    select * from chrages
    error: no data frame is called `chrages`

    hint: did you mean `charges`?

    select * form charges
    error: the query cannot be run
    caused by: SQL error: ParserError("Expected: end of statement, found: form at Line: 1, Column: 10")
    caused by: sql parser error: Expected: end of statement, found: form at Line: 1, Column: 10


    error: the query cannot be run
    caused by: Error during planning: No SQL statements were provided in the query string

    drop table charges
    error: SQL here only reads, expected a query, found `drop table`

    hint: begin with `select` or `with`; frames are changed by imports and by saving a query

    insert into charges select * from charges
    error: SQL here only reads, expected a query, found `insert into`

    hint: begin with `select` or `with`; frames are changed by imports and by saving a query

    create external table t stored as csv location '/etc/passwd'
    error: SQL here only reads, expected a query, found `create external`

    hint: begin with `select` or `with`; frames are changed by imports and by saving a query

    copy charges to 'stolen.csv'
    error: SQL here only reads, expected a query, found `copy charges`

    hint: begin with `select` or `with`; frames are changed by imports and by saving a query
    "#);
}
