//! Servers that are not Stripe, or contradict themselves: an error that says so, and no rows.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::harness::{Cli, assert_says};

/// Answers requests in turn, the last answer for ever. Ends with the test's process.
pub(super) struct Impostor {
    pub url: String,
    requests: Arc<AtomicUsize>,
}

impl Impostor {
    fn answering(status: &str, content_type: &str, body: &str) -> Impostor {
        Impostor::in_turn(vec![answer(status, content_type, body)])
    }

    pub(super) fn in_turn(answers: Vec<String>) -> Impostor {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    head.push(byte[0]);
                }
                let turn = counted.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
                let _ = stream.write_all(answers[turn].as_bytes());
            }
        });
        Impostor { url, requests }
    }

    fn json(body: &str) -> Impostor {
        Impostor::answering("200 OK", "application/json", body)
    }

    /// Imports from this server, which must fail so and leave nothing. Gives what was said.
    #[track_caller]
    pub(super) fn refused(&self, code: i32, requests: usize) -> (Cli, String) {
        let cli = Cli::at(&self.url, "sk_test_SeCrEt");
        let said = cli.run(&["import", "customers"]).failed(code);
        assert_eq!(self.requests.load(Ordering::SeqCst), requests, "{said}");
        assert!(cli.staged().is_empty());
        assert_eq!(cli.json(&["frames"]), serde_json::json!([]));
        assert_eq!(cli.json(&["history"])[0]["state"], "failed");
        (cli, said)
    }
}

/// A whole HTTP answer.
pub(super) fn answer(status: &str, content_type: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn customers(has_more: &str, rows: &[&str]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|id| format!(r#"{{"id":"{id}","object":"customer","created":1700000000,"metadata":{{}}}}"#))
        .collect();
    format!(r#"{{"object":"list","url":"/v1/customers","has_more":{has_more},"data":[{}]}}"#, rows.join(","))
}

#[test]
fn html_with_status_200_is_not_stripe() {
    let page = "<!doctype html><html><body>Please log in to the hotel's network</body></html>";
    let (cli, said) = Impostor::answering("200 OK", "text/html", page).refused(2, 3);
    assert_says!(cli, said, @"
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected a list object, found text that is not json at byte 0

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place
    ");
}

#[test]
fn html_with_status_404_is_not_stripe() {
    let server = Impostor::answering("404 Not Found", "text/html; charset=utf-8", "<h1>404</h1>");
    let (cli, said) = server.refused(2, 3);
    assert_says!(cli, said, @"
    error: [server] answered GET /v1/customers with 404 and an HTML page, expected Stripe's JSON, after 3 tries

    note: `customers` was not made; the next import begins anew
    hint: check that [server] is Stripe's API and that no proxy answers in its place
    ");
}

#[test]
fn an_error_object_with_status_200_is_no_page() {
    let (cli, said) = Impostor::json(r#"{"error":{"message":"no","type":"api_error"}}"#).refused(2, 3);
    assert_says!(cli, said, @"
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected a list object, found an error object at byte 9

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place
    ");
}

/// What is said of each body, which must be refused after three tries. All at once, since each
/// waits between its tries.
fn refusals_of(bodies: &[&str]) -> Vec<String> {
    let refusal = |body: &&str| {
        let (cli, said) = Impostor::json(body).refused(2, 3);
        format!("{body}\n{}", cli.steady(&said))
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = bodies.iter().map(|body| scope.spawn(move || refusal(body))).collect();
        running.into_iter().map(|said| said.join().unwrap()).collect()
    })
}

#[test]
fn json_that_is_no_list_is_no_page() {
    let bodies =
        ["[]", "null", "{}", "42", "", r#"{"object":"list","has_more":false}"#, r#"{"object":"customer"}"#];
    let texts = refusals_of(&bodies);
    assert_says!(Cli::at("http://none", ""), texts.join("\n"), @r#"
    []
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected a list object, found an array at byte 0

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    null
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected a list object, found null at byte 0

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    {}
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected `object` of a list object, found an object without it at byte 0

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    42
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected a list object, found a number at byte 0

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place


    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected a list object, found the end of the body at byte 0

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    {"object":"list","has_more":false}
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected `data` of a list object, found an object without it at byte 0

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    {"object":"customer"}
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected a list object, found another object at byte 10

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place
    "#);
}

#[test]
fn rows_that_are_no_objects_of_the_type_are_no_page() {
    let texts = refusals_of(&[
        r#"{"object":"list","url":"/v1/customers","has_more":false,"data":[1,2]}"#,
        r#"{"object":"list","url":"/v1/customers","has_more":false,"data":{"id":"cus_1"}}"#,
        r#"{"object":"list","url":"/v1/customers","has_more":"no","data":[]}"#,
        r#"{"object":"list","url":"/v1/customers","data":[]}"#,
        r#"{"object":"list","url":"/v1/customers","has_more":false,"data":[{"id":"cus_1"}]"#,
    ]);
    assert_says!(Cli::at("http://none", ""), texts.join("\n"), @r#"
    {"object":"list","url":"/v1/customers","has_more":false,"data":[1,2]}
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected an object as a row, found a number at byte 64

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    {"object":"list","url":"/v1/customers","has_more":false,"data":{"id":"cus_1"}}
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected an array as `data`, found an object at byte 63

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    {"object":"list","url":"/v1/customers","has_more":"no","data":[]}
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected true or false as `has_more`, found a string at byte 50

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    {"object":"list","url":"/v1/customers","data":[]}
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected `has_more` of a list object, found an object without it at byte 0

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place

    {"object":"list","url":"/v1/customers","has_more":false,"data":[{"id":"cus_1"}]
    error: the answer to GET /v1/customers is no page of Stripe's, after 3 tries
    caused by: expected a comma or the end of the object, found the end of the body at byte 79

    note: `customers` was not made; the next import begins anew
    hint: check that the server is Stripe's API and that no proxy answers in its place
    "#);
}

#[test]
fn pages_that_do_not_go_on_are_a_contradiction() {
    let (cli, said) = Impostor::json(&customers("true", &["cus_2", "cus_1"])).refused(2, 2);
    assert_says!(cli, said, @"
    error: the pages of GET /v1/customers contradict each other: a page came again

    note: `customers` was not made; the next import begins anew
    hint: run the same command again; nothing was changed
    ");
    let (cli, said) = Impostor::json(&customers("true", &[])).refused(2, 1);
    assert_says!(cli, said, @"
    error: the pages of GET /v1/customers contradict each other: has_more is true on a page without rows

    note: `customers` was not made; the next import begins anew
    hint: run the same command again; nothing was changed
    ");
}

#[test]
fn a_redirect_is_not_followed_with_the_key() {
    let thief = Impostor::json(&customers("false", &["cus_1"]));
    let status = format!("302 Found\r\nlocation: {}/v1/customers", thief.url);
    let (cli, said) = Impostor::answering(&status, "text/html", "moved").refused(2, 3);
    assert_eq!(thief.requests.load(Ordering::SeqCst), 0);
    assert_says!(cli, said, @"
    error: [server] answered GET /v1/customers with 302 and an HTML page, expected Stripe's JSON, after 3 tries

    note: `customers` was not made; the next import begins anew
    hint: check that [server] is Stripe's API and that no proxy answers in its place
    ");
}

#[test]
fn an_error_page_that_repeats_the_key_is_not_repeated() {
    let body = r#"{"error":{"message":"bad key sk_test_SeCrEt","type":"invalid_request_error"}}"#;
    let (_, said) = Impostor::answering("400 Bad Request", "application/json", body).refused(1, 1);
    assert!(said.contains("bad key [key]") && !said.contains("SeCrEt"), "{said}");
}

#[test]
fn fields_that_nobody_knows_are_kept_and_named() {
    let body =
        customers("false", &["cus_1"]).replace(r#""metadata""#, r#""loyalty":{"points":7},"metadata""#);
    let cli = Cli::at(&Impostor::json(&body).url, "sk_test_1");
    let report = cli.json(&["import", "customers"]);
    assert_eq!(report["rows"], 1);
    assert!(report["notes"].to_string().contains("loyalty (1 rows)"), "{report}");
    assert_eq!(cli.objects("customers")[0]["loyalty"], serde_json::json!({"points": 7}));
}
