//! Pages that overlap, go in circles, stop early or hold something else: rows are never lost or
//! doubled in silence (promises 1 and 3).

use super::harness::Cli;
use super::impostors::{Impostor, answer, customers};

fn page(has_more: &str, ids: &[&str]) -> String {
    answer("200 OK", "application/json", &customers(has_more, ids))
}

fn gone(id: &str) -> String {
    let body = format!(
        r#"{{"error":{{"code":"resource_missing","message":"No such customer: '{id}'","param":"starting_after","type":"invalid_request_error"}}}}"#
    );
    answer("400 Bad Request", "application/json", &body)
}

fn rows(server: &Impostor) -> (serde_json::Value, serde_json::Value) {
    let cli = Cli::at(&server.url, "sk_test_1");
    let report = cli.json(&["import", "customers"]);
    let ids = cli.sql("select count(distinct id) as n from customers")[0]["n"].clone();
    (report["rows"].clone(), ids)
}

#[test]
fn pages_that_overlap_are_a_contradiction() {
    let server =
        Impostor::in_turn(vec![page("true", &["cus_4", "cus_3"]), page("false", &["cus_4", "cus_2"])]);
    let (_, said) = server.refused(2, 2);
    assert!(said.contains("a row came twice"), "{said}");
}

#[test]
fn a_page_that_repeats_its_own_row_is_a_contradiction() {
    let (_, said) = Impostor::in_turn(vec![page("false", &["cus_4", "cus_4"])]).refused(2, 1);
    assert!(said.contains("a row came twice"), "{said}");
}

#[test]
fn pages_that_go_in_circles_end() {
    let turns = [&["cus_4", "cus_3"], &["cus_2", "cus_1"], &["cus_4", "cus_3"]];
    let server = Impostor::in_turn(turns.iter().map(|ids| page("true", *ids)).collect());
    let (_, said) = server.refused(2, 3);
    assert!(said.contains("contradict each other"), "{said}");
}

#[test]
fn an_empty_page_that_was_promised_rows_is_asked_for_again() {
    let glitch = Impostor::in_turn(vec![
        page("true", &["cus_4", "cus_3"]),
        page("false", &[]),
        page("false", &["cus_2"]),
    ]);
    assert_eq!(rows(&glitch), (3.into(), 3.into()));
    let deleted =
        Impostor::in_turn(vec![page("true", &["cus_4", "cus_3"]), page("false", &[]), page("false", &[])]);
    assert_eq!(rows(&deleted), (2.into(), 2.into()));
}

#[test]
fn a_walk_whose_cursor_is_gone_goes_on_from_the_row_before() {
    let server = Impostor::in_turn(vec![
        page("true", &["cus_4", "cus_3", "cus_2"]),
        gone("cus_2"),
        gone("cus_3"),
        page("false", &["cus_1"]),
    ]);
    assert_eq!(rows(&server), (4.into(), 4.into()));
    let again = Impostor::in_turn(vec![
        page("true", &["cus_4", "cus_3", "cus_2"]),
        gone("cus_2"),
        page("false", &["cus_2", "cus_1"]),
    ]);
    assert_eq!(rows(&again), (4.into(), 4.into()));
}

#[test]
fn a_page_of_something_else_is_refused() {
    let body = customers("false", &["cus_1"]).replace(r#""object":"customer""#, r#""object":"charge""#);
    let (_, said) = Impostor::in_turn(vec![answer("200 OK", "application/json", &body)]).refused(2, 1);
    assert!(said.contains("expected objects of the kind customer"), "{said}");
}
