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
    error: the query cannot be run
    caused by: Schema error: No field named amuont. Did you mean 'charges.amount'?
    Valid fields are charges.id, charges.object, charges.amount, charges.amount_captured, charges.amount_refunded, charges.application, charges.application_fee, charges.application_fee_amount, charges.authorization_code, charges.balance_transaction, charges.billing_details, charges.calculated_statement_descriptor, charges.captured, charges.created, charges.currency, charges.customer, charges.description, charges.disputed, charges.failure_balance_transaction, charges.failure_code, charges.failure_message, charges.fraud_details, charges.livemode, charges.metadata, charges.on_behalf_of, charges.outcome, charges.paid, charges.payment_intent, charges.payment_method, charges.payment_method_details, charges.presentment_details, charges.radar_options, charges.receipt_email, charges.receipt_number, charges.receipt_url, charges.refunded, charges.refunds, charges.review, charges.shipping, charges.source_transfer, charges.statement_descriptor, charges.statement_descriptor_suffix, charges.status, charges.transfer, charges.transfer_data, charges.transfer_group, charges.extra.

    hint: pinstripe describe TYPE lists the columns; nested ones are written `billing_details.address.city`

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
