//! Errors, text by text, and the headers of all answers.

use crate::client::{Client, Reply};

fn error(reply: &Reply, status: u16, code: Option<&str>, message: &str, param: Option<&str>) {
    assert_eq!((reply.status, reply.code(), reply.message(), reply.param()), (status, code, message, param));
    assert_eq!(reply.json["error"]["type"], "invalid_request_error");
    if let Some(code) = code {
        let url = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
        assert_eq!(reply.json["error"]["doc_url"], url);
    }
}

#[tokio::test]
async fn unknown_parameters() {
    let client = Client::small();
    let reply = client.get("/v1/customers?wat=1").await;
    error(&reply, 400, Some("parameter_unknown"), "Received unknown parameter: wat", Some("wat"));
    let keys: Vec<&str> =
        reply.text.lines().filter_map(|line| line.trim().strip_prefix('"')?.split('"').next()).collect();
    assert_eq!(keys, ["error", "code", "doc_url", "message", "param", "request_log_url", "type"]);
    let reply = client.get("/v1/balance_transactions?billing_details=1&available_on=2").await;
    assert_eq!(reply.message(), "Received unknown parameters: billing_details, available_on");
    let reply = client.get("/v1/charges?created[nope]=1").await;
    error(
        &reply,
        400,
        Some("parameter_unknown"),
        "Received unknown parameter: created[nope]",
        Some("created[nope]"),
    );
    // A list that has no such filter, although the object has the field.
    let reply = client.get("/v1/charges?currency=jpy").await;
    assert_eq!(reply.code(), Some("parameter_unknown"));
    let reply = client.get("/v1/subscription_items?created[gte]=1").await;
    assert_eq!(reply.param(), Some("created"));
}

#[tokio::test]
async fn bad_values() {
    let client = Client::small();
    let reply = client.get("/v1/charges?limit=abc").await;
    error(&reply, 400, Some("parameter_invalid_integer"), "Invalid integer: abc", Some("limit"));
    let reply = client.get("/v1/charges?created[gte]=1.782e%2B09").await;
    error(&reply, 400, Some("parameter_invalid_integer"), "Invalid integer: 1.782e+09", Some("created[gte]"));
    let reply = client.get("/v1/payouts?status=bogus").await;
    let text = "Invalid status: must be one of paid, pending, in_transit, canceled, or failed";
    error(&reply, 400, None, text, Some("status"));
    let reply = client.get("/v1/subscription_items").await;
    error(
        &reply,
        400,
        Some("parameter_missing"),
        "Missing required param: subscription.",
        Some("subscription"),
    );
    let reply = client.get("/v1/charges?customer[0]=wrong&customer[1]=type").await;
    assert_eq!(reply.message(), r#"Invalid string: {"0":"wrong","1":"type"}"#);
    assert_eq!(client.get("/v1/charges?expand=data.customer").await.message(), "Invalid array");
}

#[tokio::test]
async fn cursors() {
    let client = Client::small();
    let reply = client.get("/v1/customers?starting_after=cus_aaa").await;
    error(&reply, 400, Some("resource_missing"), "No such customer: 'cus_aaa'", Some("starting_after"));
    let known = client.get("/v1/customers").await.ids();
    let both =
        client.get(&format!("/v1/customers?starting_after={}&ending_before={}", known[0], known[1])).await;
    let text = "Received both starting_after and ending_before parameters. Please pass in only one.";
    error(&both, 400, None, text, None);
    // Looked up before both are refused.
    let one = client.get(&format!("/v1/customers?starting_after={}&ending_before=cus_x", known[0])).await;
    error(&one, 400, Some("resource_missing"), "No such customer: 'cus_x'", Some("ending_before"));
}

#[tokio::test]
async fn a_canceled_subscription_is_no_cursor_for_the_usual_list() {
    let client = Client::usual();
    let canceled = client.get("/v1/subscriptions?status=canceled&limit=1").await.ids().remove(0);
    let reply = client.get(&format!("/v1/subscriptions?starting_after={canceled}")).await;
    let text = format!("No such subscription: '{canceled}'");
    error(&reply, 400, Some("resource_missing"), &text, Some("starting_after"));
    let reply = client.get(&format!("/v1/subscriptions?status=all&starting_after={canceled}")).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn missing_objects() {
    let client = Client::small();
    for (path, message, param) in [
        ("customers/cus_x", "No such customer: 'cus_x'", "id"),
        ("charges/ch_x", "No such charge: 'ch_x'", "id"),
        ("balance_transactions/txn_x", "No such balance transaction: 'txn_x'", "id"),
        ("payment_intents/pi_x", "No such payment_intent: 'pi_x'", "intent"),
        ("payment_methods/pm_x", "No such PaymentMethod: 'pm_x'", "payment_method"),
        ("prices/price_x", "No such price: 'price_x'", "price"),
    ] {
        let reply = client.get(&format!("/v1/{path}")).await;
        error(&reply, 404, Some("resource_missing"), message, Some(param));
    }
    let reply = client.get("/v1/balance_transactions?payout=po_nope").await;
    error(&reply, 400, Some("resource_missing"), "No such payout: 'po_nope'", Some("payout"));
    let reply = client.get("/v1/charges?customer=cus_nope").await;
    error(&reply, 400, Some("resource_missing"), "No such customer: 'cus_nope'", Some("customer"));
}

#[tokio::test]
async fn unknown_urls() {
    let client = Client::small();
    let reply = client.get("/v1/missing").await;
    let text = "Unrecognized request URL (GET: /v1/missing). Please see https://stripe.com/docs or we can help at \
                https://support.stripe.com/.";
    error(&reply, 404, None, text, None);
    let reply = client.get("/v1/subscriptions/").await;
    assert!(reply.message().starts_with(
        "Unrecognized request URL (GET: /v1/subscriptions/). If you are trying to list objects, remove the trailing slash."
    ));
    assert_eq!(client.send("PUT", "/v1/charges", "").await.status, 404);
}

#[tokio::test]
async fn versions() {
    let client = Client::small();
    let reply = client.with_header("stripe-version", "not-a-real-version").get("/v1/charges").await;
    assert_eq!((reply.status, reply.message()), (400, "Invalid Stripe API version: not-a-real-version"));
    assert_eq!(reply.header("stripe-version"), Some("not-a-real-version"));
    assert!(reply.json["error"].get("request_log_url").is_none());
    let reply = client.with_header("stripe-version", "2024-06-20").get("/v1/charges").await;
    assert_eq!((reply.status, reply.header("stripe-version")), (200, Some("2024-06-20")));
}

#[tokio::test]
async fn headers() {
    let client = Client::small();
    let reply = client.get("/v1/charges").await;
    assert_eq!(reply.header("stripe-version"), Some(pinstripe_sandbox::API_VERSION));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("server"), Some("nginx"));
    let request_id = reply.header("request-id").unwrap();
    assert!(request_id.starts_with("req_") && request_id.len() == 18);
    assert!(reply.header("retry-after").is_none() && reply.header("stripe-should-retry").is_none());
    let reply = client.get("/v1/charges?limit=x").await;
    let url = reply.json["error"]["request_log_url"].as_str().unwrap();
    assert!(
        url.starts_with("https://dashboard.stripe.com/acct_1")
            && url.contains("/test/workbench/logs?object=req_")
    );
    assert!(reply.header("stripe-should-retry").is_none());
}
