//! Expansion: references, nested lists, what is refused, and lists that are cut at ten.

use crate::client::{Client, id};
use serde_json::Value;

#[tokio::test]
async fn references_become_objects() {
    let client = Client::usual();
    let query = "expand[]=data.customer&expand[]=data.balance_transaction.source&expand[0]=data.payment_intent.customer";
    let page = client.get(&format!("/v1/charges?limit=100&{query}")).await;
    let plain = client.get("/v1/charges?limit=100").await;
    for (charge, plain) in page.data().iter().zip(plain.data()) {
        assert_eq!(charge["customer"]["id"], plain["customer"]);
        assert_eq!(charge["payment_intent"]["object"], "payment_intent");
        if !plain["balance_transaction"].is_null() {
            assert_eq!(charge["balance_transaction"]["id"], plain["balance_transaction"]);
            assert_eq!(charge["balance_transaction"]["source"]["id"], charge["id"]);
        }
    }
    assert!(page.data().iter().any(|charge| charge["payment_intent"]["customer"]["object"] == "customer"));
}

#[tokio::test]
async fn refunds_are_there_only_when_expanded() {
    let client = Client::usual();
    let refund = client.get("/v1/refunds?limit=1").await.data()[0].clone();
    let charge = refund["charge"].as_str().unwrap();
    let plain = client.get(&format!("/v1/charges/{charge}")).await;
    assert!(plain.json.get("refunds").is_none());
    let expanded = client.get(&format!("/v1/charges/{charge}?expand[]=refunds")).await;
    assert_eq!(expanded.json["refunds"]["url"], format!("/v1/charges/{charge}/refunds"));
    assert_eq!(id(&expanded.json["refunds"]["data"][0]), id(&refund));
}

#[tokio::test]
async fn bad_paths() {
    let client = Client::small();
    for (path, message) in [
        (
            "charges?expand[]=customer",
            "This property cannot be expanded (customer). You may want to try expanding 'data.customer' instead.",
        ),
        ("charges?expand[]=data.bogus", "This property cannot be expanded (data.bogus)."),
        ("charges?expand[]=bogus", "This property cannot be expanded (bogus)."),
        ("charges/ch_missing?expand[]=bogus", "This property cannot be expanded (bogus)."),
        ("charges?expand[]=data.amount&wat=1", "This property cannot be expanded (data.amount)."),
    ] {
        let reply = client.get(&format!("/v1/{path}")).await;
        assert_eq!((reply.status, reply.message(), reply.code()), (400, message, None));
    }
    assert_eq!(client.get("/v1/charges?expand[]=data").await.status, 200);
    assert_eq!(client.get("/v1/charges?expand[]=data.billing_details").await.status, 200);
    let deep = client.get("/v1/charges?expand[]=data.payment_intent.customer.default_source.x").await;
    assert_eq!(deep.status, 400);
}

/// Follows a nested list to its end.
async fn complete(client: &Client, list: &Value, count: usize) {
    assert_eq!(list["data"].as_array().unwrap().len(), 10);
    assert_eq!(list["has_more"], true);
    let all = client.all(list["url"].as_str().unwrap()).await;
    assert_eq!(all.len(), count);
    assert_eq!(&all[..10], list["data"].as_array().unwrap().as_slice());
}

#[tokio::test]
async fn nested_lists_are_cut_at_ten() {
    let client = Client::usual();
    let cut = |list: &Value| list["has_more"] == true;
    let subscriptions = client.all("/v1/subscriptions?status=all").await;
    let many: Vec<&Value> = subscriptions.iter().filter(|it| cut(&it["items"])).collect();
    assert!(many.len() >= 2, "{}", many.len());
    let url = format!("/v1/subscription_items?subscription={}", id(many[0]));
    assert_eq!(many[0]["items"]["url"], url);
    complete(&client, &many[0]["items"], 14).await;
    let transfers = client.all("/v1/transfers").await;
    let many = transfers.iter().find(|it| cut(&it["reversals"])).unwrap();
    complete(&client, &many["reversals"], 12).await;
    let charges = client.all("/v1/charges?expand[]=data.refunds").await;
    let many: Vec<&Value> = charges.iter().filter(|it| cut(&it["refunds"])).collect();
    assert!(many.len() >= 2);
    assert_eq!(many[0]["refunds"]["total_count"], 12);
    assert!(subscriptions[0]["items"].get("total_count").is_none());
    complete(&client, &many[0]["refunds"], 12).await;
    let invoices = client.all("/v1/invoices").await;
    let many = invoices.iter().find(|it| cut(&it["lines"])).unwrap();
    complete(&client, &many["lines"], 14).await;
}

#[tokio::test]
async fn lists_below_customers() {
    let client = Client::usual();
    let subscription = client.get("/v1/subscriptions?limit=1&expand[]=data.customer.subscriptions").await;
    let subscription = &subscription.data()[0];
    let list = &subscription["customer"]["subscriptions"];
    assert_eq!(list["data"][0]["id"], subscription["id"]);
    let found = client.get(list["url"].as_str().unwrap()).await;
    assert_eq!(found.ids(), [id(subscription)]);
    let missing = client.get("/v1/charges/ch_x/refunds").await;
    assert_eq!((missing.status, missing.message()), (404, "No such charge: 'ch_x'"));
}
