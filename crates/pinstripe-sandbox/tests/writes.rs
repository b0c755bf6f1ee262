//! Writes while others read: objects come, change and go, and make events.

use crate::client::{Client, id, int};

#[tokio::test]
async fn a_customer_comes_changes_and_goes() {
    let client = Client::small();
    let before = client.get("/v1/customers?limit=3").await.ids();
    let made = client
        .send("POST", "/v1/customers", "name=N%C3%BA%22%C3%B1ez&email=n%40example.com&metadata[k]=v")
        .await;
    assert_eq!((made.status, made.json["name"].as_str()), (200, Some("Nú\"ñez")));
    assert_eq!(made.header("stripe-should-retry"), Some("false"));
    let customer = id(&made.json).to_owned();
    assert_eq!(
        client.get("/v1/customers?limit=4").await.ids(),
        [std::slice::from_ref(&customer), before.as_slice()].concat()
    );
    assert_eq!(
        client.get(&format!("/v1/customers?ending_before={}", before[0])).await.ids(),
        [customer.as_str()]
    );
    let path = format!("/v1/customers/{customer}");
    let changed = client.send("POST", &path, "name=New&metadata[k]=&metadata[j]=1").await;
    assert_eq!(changed.json["metadata"], serde_json::json!({"j": "1"}));
    assert_eq!(client.get("/v1/customers?email=n%40example.com").await.ids(), [customer.as_str()]);
    let gone = client.send("DELETE", &path, "").await;
    assert_eq!(gone.json, serde_json::json!({"id": customer, "object": "customer", "deleted": true}));
    assert_eq!(client.get(&path).await.json, gone.json);
    assert_eq!(client.get("/v1/customers?limit=3").await.ids(), before);
    // Still a position.
    assert_eq!(client.get(&format!("/v1/customers?limit=3&starting_after={customer}")).await.ids(), before);
    assert_eq!(client.send("POST", &path, "name=x").await.status, 404);
    let events = client.get("/v1/events?limit=3").await;
    let kinds: Vec<&str> = events.data().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["customer.deleted", "customer.updated", "customer.created"]);
    let previous = &events.data()[1]["data"]["previous_attributes"];
    assert_eq!(*previous, serde_json::json!({"name": "Nú\"ñez", "metadata": {"k": "v", "j": null}}));
}

#[tokio::test]
async fn an_old_customer_is_deleted() {
    let client = Client::small();
    let list = client.get("/v1/customers?limit=100").await;
    let middle = list.ids()[50].clone();
    client.send("DELETE", &format!("/v1/customers/{middle}"), "").await;
    let after = client.get(&format!("/v1/customers?limit=10&starting_after={middle}")).await;
    assert_eq!(after.ids(), list.ids()[51..61]);
    assert_eq!(client.all("/v1/customers").await.len(), 119);
    let charges = client.get(&format!("/v1/charges?customer={middle}&expand[]=data.customer")).await;
    assert!(charges.data().iter().all(|charge| charge["customer"]["deleted"] == true));
}

#[tokio::test]
async fn a_refund_is_booked() {
    let client = Client::small();
    let charges = client.all("/v1/charges").await;
    let earned = |charge: &&serde_json::Value| {
        charge["balance_transaction"].is_string() && charge["amount_refunded"] == 0
    };
    let charge = charges.iter().find(earned).unwrap();
    let (charge_id, amount) = (id(charge), int(charge, "amount"));
    let part = amount / 4;
    let made = client.send("POST", "/v1/refunds", &format!("charge={charge_id}&amount={part}")).await;
    assert_eq!((made.status, int(&made.json, "amount")), (200, part));
    assert_eq!(client.get("/v1/refunds?limit=1").await.ids(), [id(&made.json)]);
    assert_eq!(client.get(&format!("/v1/refunds?charge={charge_id}")).await.ids(), [id(&made.json)]);
    let now = client.get(&format!("/v1/charges/{charge_id}")).await;
    assert_eq!(int(&now.json, "amount_refunded"), part);
    let entry = client.get("/v1/balance_transactions?limit=1").await;
    assert_eq!(entry.data()[0]["source"], made.json["id"]);
    assert_eq!(entry.data()[0]["id"], made.json["balance_transaction"]);
    let too_much = client.send("POST", "/v1/refunds", &format!("charge={charge_id}&amount={amount}")).await;
    assert_eq!((too_much.status, too_much.param()), (400, Some("amount")));
    let rest = client.send("POST", "/v1/refunds", &format!("charge={charge_id}")).await;
    assert_eq!(int(&rest.json, "amount"), amount - part);
    let again = client.send("POST", "/v1/refunds", &format!("charge={charge_id}")).await;
    assert_eq!(again.code(), Some("charge_already_refunded"));
    assert_eq!(client.get(&format!("/v1/charges/{charge_id}")).await.json["refunded"], true);
}

#[tokio::test]
async fn a_subscription_is_canceled_while_somebody_pages() {
    let client = Client::usual();
    let first = client.get("/v1/subscriptions?limit=10").await.ids();
    let path = format!("/v1/subscriptions/{}", first[9]);
    let canceled = client.send("DELETE", &path, "").await;
    assert_eq!(canceled.json["status"], "canceled");
    let next = client.get(&format!("/v1/subscriptions?limit=10&starting_after={}", first[9])).await;
    assert_eq!(
        (next.status, next.code(), next.param()),
        (400, Some("resource_missing"), Some("starting_after"))
    );
    let next = client.get(&format!("/v1/subscriptions?status=all&starting_after={}", first[9])).await;
    assert_eq!(next.status, 200);
    assert_eq!(client.get("/v1/events?limit=1").await.data()[0]["type"], "customer.subscription.deleted");
    assert_eq!(client.send("DELETE", &path, "").await.status, 404);
}

#[tokio::test]
async fn a_charge_is_described_anew() {
    let client = Client::small();
    let charge = client.get("/v1/charges?limit=1").await.ids().remove(0);
    let path = format!("/v1/charges/{charge}");
    let changed = client.send("POST", &path, "description=Better&metadata[a]=b").await;
    assert_eq!(
        (changed.json["description"].as_str(), changed.json["metadata"]["a"].as_str()),
        (Some("Better"), Some("b"))
    );
    let event = client.get("/v1/events?limit=1").await;
    assert_eq!(event.data()[0]["type"], "charge.updated");
    assert_eq!(event.data()[0]["data"]["object"]["description"], "Better");
    assert_eq!(client.send("POST", &path, "amount=5").await.code(), Some("parameter_unknown"));
}

#[tokio::test]
async fn idempotency_keys() {
    let client = Client::small().with_header("idempotency-key", "abc");
    let one = client.send("POST", "/v1/customers", "name=A").await;
    let same = client.send("POST", "/v1/customers", "name=A").await;
    assert_eq!(one.text, same.text);
    assert_eq!(same.header("idempotent-replayed"), Some("true"));
    assert_eq!(same.header("original-request"), one.header("request-id"));
    let other = client.send("POST", "/v1/customers", "name=B").await;
    assert_eq!((other.status, other.json["error"]["type"].as_str()), (400, Some("idempotency_error")));
}
