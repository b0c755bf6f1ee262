//! Filters: each against a filter of the whole list.

use crate::client::{Client, id};
use serde_json::Value;

/// The list with a query holds exactly the objects of the whole list that pass.
async fn same(
    client: &Client,
    path: &str,
    all: &[Value],
    query: &str,
    passes: impl Fn(&Value) -> bool,
) -> usize {
    let join = if path.contains('?') { '&' } else { '?' };
    let found = client.all(&format!("{path}{join}{query}")).await;
    let found: Vec<&str> = found.iter().map(id).collect();
    let wanted: Vec<&str> = all.iter().filter(|object| passes(object)).map(id).collect();
    assert_eq!(found, wanted, "{path} {query}");
    found.len()
}

#[tokio::test]
async fn balance_transactions() {
    let client = Client::usual();
    let path = "/v1/balance_transactions";
    let all = client.all(path).await;
    for kind in ["refund", "payout", "adjustment", "transfer_refund"] {
        assert!(same(&client, path, &all, &format!("type={kind}"), |entry| entry["type"] == kind).await > 0);
    }
    assert!(same(&client, path, &all, "currency=jpy", |entry| entry["currency"] == "jpy").await > 0);
    for source in ["ch_3", "re_3", "po_1", "tr_3", "trr_1", "pyr_1"] {
        let entry = all.iter().find(|entry| entry["source"].as_str().unwrap().starts_with(source)).unwrap();
        let query = format!("source={}", entry["source"].as_str().unwrap());
        assert!(same(&client, path, &all, &query, |other| other["source"] == entry["source"]).await >= 1);
    }
    assert_eq!(client.get(&format!("{path}?type=bogus")).await.data().len(), 0);
    assert_eq!(client.get(&format!("{path}?source=ch_nope")).await.data().len(), 0);
    let dispute = client.get("/v1/disputes?limit=1").await.ids().remove(0);
    assert_eq!(client.get(&format!("{path}?source={dispute}")).await.data().len(), 0);
}

#[tokio::test]
async fn the_balance_transactions_of_a_payout() {
    let client = Client::usual();
    for payout in client.get("/v1/payouts?limit=20").await.data() {
        let entries = client.all(&format!("/v1/balance_transactions?payout={}", id(payout))).await;
        let (own, paid): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry["source"] == payout["id"]);
        assert_eq!(own.len(), 1);
        let nets: i64 = paid.iter().map(|entry| entry["net"].as_i64().unwrap()).sum();
        assert_eq!(nets, payout["amount"].as_i64().unwrap());
        assert!(paid.iter().all(|entry| entry["currency"] == payout["currency"]));
    }
}

#[tokio::test]
async fn charges_and_what_hangs_on_them() {
    let client = Client::usual();
    let charges = client.all("/v1/charges").await;
    let refunds = client.all("/v1/refunds").await;
    let disputes = client.all("/v1/disputes").await;
    let transfers = client.all("/v1/transfers").await;
    let customer = charges.iter().find_map(|charge| charge["customer"].as_str()).unwrap();
    assert!(
        same(&client, "/v1/charges", &charges, &format!("customer={customer}"), |it| it["customer"]
            == customer)
        .await
            > 0
    );
    let intent = charges[7]["payment_intent"].as_str().unwrap();
    let query = format!("payment_intent={intent}");
    assert_eq!(same(&client, "/v1/charges", &charges, &query, |it| it["payment_intent"] == intent).await, 1);
    let group = charges.iter().find_map(|charge| charge["transfer_group"].as_str()).unwrap();
    let query = format!("transfer_group={group}");
    assert_eq!(same(&client, "/v1/charges", &charges, &query, |it| it["transfer_group"] == group).await, 1);
    assert_eq!(
        same(&client, "/v1/transfers", &transfers, &query, |it| it["transfer_group"] == group).await,
        1
    );
    assert_eq!(client.get("/v1/charges?transfer_group=nope").await.data().len(), 0);
    for refund in refunds.iter().step_by(97) {
        let charge = refund["charge"].as_str().unwrap();
        assert!(
            same(&client, "/v1/refunds", &refunds, &format!("charge={charge}"), |it| it["charge"] == charge)
                .await
                > 0
        );
        let intent = refund["payment_intent"].as_str().unwrap();
        let query = format!("payment_intent={intent}");
        assert!(
            same(&client, "/v1/refunds", &refunds, &query, |it| it["payment_intent"] == intent).await > 0
        );
    }
    let charge = disputes[0]["charge"].as_str().unwrap();
    assert_eq!(
        same(&client, "/v1/disputes", &disputes, &format!("charge={charge}"), |it| it["charge"] == charge)
            .await,
        1
    );
    let account = transfers[0]["destination"].as_str().unwrap();
    let query = format!("destination={account}");
    assert!(same(&client, "/v1/transfers", &transfers, &query, |it| it["destination"] == account).await > 0);
    assert_eq!(client.get("/v1/transfers?destination=acct_nope").await.status, 400);
}

#[tokio::test]
async fn customers_files_payouts_events() {
    let client = Client::usual();
    let customers = client.all("/v1/customers").await;
    let email = customers.iter().find_map(|it| it["email"].as_str()).unwrap();
    assert_eq!(
        same(&client, "/v1/customers", &customers, &format!("email={email}"), |it| it["email"] == email)
            .await,
        1
    );
    assert_eq!(client.get(&format!("/v1/customers?email={}", email.to_uppercase())).await.data().len(), 0);
    let files = client.all("/v1/files").await;
    let purpose = |it: &Value| it["purpose"] == "dispute_evidence";
    assert!(same(&client, "/v1/files", &files, "purpose=dispute_evidence", purpose).await > 0);
    let payouts = client.all("/v1/payouts").await;
    for status in ["paid", "failed"] {
        assert!(
            same(&client, "/v1/payouts", &payouts, &format!("status={status}"), |it| it["status"] == status)
                .await
                > 0
        );
    }
    let arrival = payouts[40]["arrival_date"].as_i64().unwrap();
    let query = format!("arrival_date[gte]={arrival}");
    assert!(
        same(&client, "/v1/payouts", &payouts, &query, |it| it["arrival_date"].as_i64().unwrap() >= arrival)
            .await
            > 0
    );
    let bank = payouts[0]["destination"].as_str().unwrap();
    let query = format!("destination={bank}");
    assert!(same(&client, "/v1/payouts", &payouts, &query, |it| it["destination"] == bank).await > 0);
    let events = client.all("/v1/events").await;
    let kind = |event: &Value| event["type"].as_str().unwrap().to_owned();
    same(&client, "/v1/events", &events, "type=refund.created", |it| kind(it) == "refund.created").await;
    same(&client, "/v1/events", &events, "type=charge.*", |it| kind(it).starts_with("charge.")).await;
    let both = |it: &Value| kind(it) == "payout.paid" || kind(it) == "customer.created";
    same(&client, "/v1/events", &events, "types[]=payout.paid&types[]=customer.created", both).await;
    let waiting = |it: &Value| it["pending_webhooks"] != 0;
    assert!(same(&client, "/v1/events", &events, "delivery_success=false", waiting).await > 0);
    assert_eq!(client.get("/v1/events?type=a&types[]=b").await.status, 400);
}

#[tokio::test]
async fn subscriptions() {
    let client = Client::usual();
    let all = client.all("/v1/subscriptions?status=all").await;
    let status = |it: &Value| it["status"].as_str().unwrap().to_owned();
    same(&client, "/v1/subscriptions", &all, "limit=100", |it| status(it) != "canceled").await;
    for wanted in
        ["active", "past_due", "unpaid", "canceled", "incomplete", "incomplete_expired", "trialing", "paused"]
    {
        let query = format!("status={wanted}");
        assert!(
            same(&client, "/v1/subscriptions", &all, &query, |it| status(it) == wanted).await > 0,
            "{wanted}"
        );
    }
    let ended = |it: &Value| status(it) == "canceled" || status(it) == "incomplete_expired";
    same(&client, "/v1/subscriptions", &all, "status=ended", ended).await;
    let price = all[3]["items"]["data"][0]["price"]["id"].as_str().unwrap();
    let has =
        |it: &Value| it["items"]["data"].as_array().unwrap().iter().any(|item| item["price"]["id"] == price);
    for name in ["price", "plan"] {
        let query = format!("status=all&{name}={price}");
        assert!(same(&client, "/v1/subscriptions", &all, &query, has).await > 0);
    }
    let customer = all[5]["customer"].as_str().unwrap();
    let query = format!("status=all&customer={customer}");
    assert_eq!(same(&client, "/v1/subscriptions", &all, &query, |it| it["customer"] == customer).await, 1);
    let sends = |it: &Value| it["collection_method"] == "send_invoice";
    assert!(
        same(&client, "/v1/subscriptions", &all, "status=all&collection_method=send_invoice", sends).await
            > 0
    );
    let end = all[9]["items"]["data"][0]["current_period_end"].as_i64().unwrap();
    let query = format!("status=all&current_period_end[gt]={end}");
    let later = |it: &Value| it["items"]["data"][0]["current_period_end"].as_i64().unwrap() > end;
    same(&client, "/v1/subscriptions", &all, &query, later).await;
}

#[tokio::test]
async fn prices_and_products() {
    let client = Client::small();
    let prices = client.all("/v1/prices").await;
    assert!(same(&client, "/v1/prices", &prices, "currency=jpy", |it| it["currency"] == "jpy").await > 0);
    assert!(same(&client, "/v1/prices", &prices, "type=one_time", |it| it["type"] == "one_time").await > 0);
    assert!(same(&client, "/v1/prices", &prices, "active=false", |it| it["active"] == false).await > 0);
    let key = prices.iter().find_map(|it| it["lookup_key"].as_str()).unwrap();
    let query = format!("lookup_keys[]={key}");
    assert_eq!(same(&client, "/v1/prices", &prices, &query, |it| it["lookup_key"] == key).await, 1);
    let products = client.all("/v1/products").await;
    let product = id(&products[2]);
    let query = format!("product={product}");
    assert!(same(&client, "/v1/prices", &prices, &query, |it| it["product"] == product).await > 0);
    assert_eq!(
        same(&client, "/v1/products", &products, &format!("ids[]={product}"), |it| id(it) == product).await,
        1
    );
}
