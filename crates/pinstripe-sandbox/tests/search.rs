//! Search over the router: envelope, tokens, agreement with the lists.

use crate::client::{Client, id};
use serde_json::Value;

async fn all(client: &Client, kind: &str, query: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut page = String::new();
    loop {
        let reply = client.get(&format!("/v1/{kind}/search?limit=100&query={}{page}", encode(query))).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        found.extend(reply.data().iter().cloned());
        match reply.json["next_page"].as_str() {
            Some(token) => page = format!("&page={token}"),
            None => return found,
        }
    }
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn the_envelope() {
    let client = Client::usual();
    let reply = client
        .get(&format!("/v1/charges/search?query={}&expand[]=total_count", encode("currency:\"jpy\"")))
        .await;
    assert_eq!(reply.json["object"], "search_result");
    assert_eq!(reply.json["url"], "/v1/charges/search");
    assert_eq!(reply.data().len(), 10);
    assert!(reply.has_more() && reply.json["next_page"].is_string());
    let totals = client.world().totals(pinstripe_sandbox::Kind::Charge);
    assert_eq!(reply.json["total_count"].as_u64(), Some(totals.by_currency["jpy"].0));
    let none = client.get(&format!("/v1/charges/search?query={}", encode("amount<0"))).await;
    assert!(none.json["next_page"].is_null() && !none.has_more());
    assert!(none.json.get("total_count").is_none());
}

#[tokio::test]
async fn finds_what_the_lists_hold() {
    let client = Client::usual();
    let charges = client.all("/v1/charges").await;
    let compare = |found: &[Value], wanted: &dyn Fn(&Value) -> bool| {
        let wanted: Vec<&str> = charges.iter().filter(|it| wanted(it)).map(id).collect();
        assert_eq!(found.iter().map(id).collect::<Vec<_>>(), wanted);
        assert!(!wanted.is_empty());
    };
    let found = all(&client, "charges", "currency:'jpy' AND amount>20000 AND -status:'failed'").await;
    compare(&found, &|it| {
        it["currency"] == "jpy" && it["amount"].as_i64() > Some(20_000) && it["status"] != "failed"
    });
    let order = charges.iter().find_map(|it| it["metadata"]["order_id"].as_str()).unwrap();
    let found = all(&client, "charges", &format!("metadata[\"order_id\"]:\"{order}\"")).await;
    compare(&found, &|it| it["metadata"]["order_id"] == order);
}

#[tokio::test]
async fn the_other_resources() {
    let client = Client::usual();
    let customers = client.all("/v1/customers").await;
    let email = customers.iter().find_map(|it| it["email"].as_str()).unwrap();
    assert_eq!(all(&client, "customers", &format!("email:'{email}'")).await.len(), 1);
    assert!(!all(&client, "customers", "name~'sato' OR name~'Ødegård'").await.is_empty());
    let trials = all(&client, "subscriptions", "status:'trialing'").await;
    assert!(!trials.is_empty() && trials.iter().all(|it| it["status"] == "trialing"));
    assert!(!all(&client, "prices", "active:'false' currency:'usd'").await.is_empty());
    assert!(!all(&client, "products", "name~'notebook'").await.is_empty());
    assert!(!all(&client, "invoices", "total>100000").await.is_empty());
    let expanded = client
        .get(&format!("/v1/charges/search?query={}&expand[]=data.customer", encode("-customer:null")))
        .await;
    assert_eq!(expanded.data()[0]["customer"]["object"], "customer");
}

#[tokio::test]
async fn what_is_refused() {
    let client = Client::small();
    for (path, param) in [
        ("charges/search", "query"),
        ("charges/search?query=status%3E5", "query"),
        ("charges/search?query=amount%3E5&page=nope", "page"),
    ] {
        let reply = client.get(&format!("/v1/{path}")).await;
        assert_eq!((reply.status, reply.param()), (400, Some(param)));
    }
    let reply = client.get("/v1/charges/search?query=amount%3E5&starting_after=ch_1").await;
    assert_eq!(reply.code(), Some("parameter_unknown"));
    assert_eq!(client.get("/v1/refunds/search?query=amount%3E5").await.status, 404);
    let old =
        client.with_header("stripe-version", "2020-03-02").get("/v1/charges/search?query=amount%3E5").await;
    assert!(old.message().starts_with("Search is not supported on api version 2020-03-02."));
}
