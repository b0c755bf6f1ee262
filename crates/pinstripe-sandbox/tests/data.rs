//! The business: money adds up, everything refers to something, all states and scripts occur.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::client::{Client, id, int};
use pinstripe_sandbox::Kind;
use serde_json::Value;

fn by_id(objects: &[Value]) -> HashMap<&str, &Value> {
    objects.iter().map(|object| (id(object), object)).collect()
}

#[tokio::test]
async fn balance_transactions_add_up() {
    let client = Client::usual();
    let entries = client.all("/v1/balance_transactions").await;
    let charges = client.all("/v1/charges").await;
    let known = by_id(&entries);
    for entry in &entries {
        assert_eq!(int(entry, "net"), int(entry, "amount") - int(entry, "fee"));
        let fees: i64 = entry["fee_details"].as_array().unwrap().iter().map(|fee| int(fee, "amount")).sum();
        assert_eq!(fees, int(entry, "fee"));
    }
    for charge in &charges {
        let booked = charge["balance_transaction"].as_str();
        assert_eq!(booked.is_some(), charge["status"] == "succeeded" && charge["captured"] == true);
        if let Some(booked) = booked {
            let entry = known[booked];
            assert_eq!(entry["source"], charge["id"]);
            assert_eq!(int(entry, "created"), int(charge, "created"));
            if entry["exchange_rate"].is_null() {
                assert_eq!(entry["amount"], charge["amount"]);
                assert_eq!(entry["currency"], charge["currency"]);
            }
        }
    }
    let kinds: BTreeSet<&str> = entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    for kind in [
        "charge",
        "payment",
        "refund",
        "payment_refund",
        "adjustment",
        "payout",
        "payout_failure",
        "transfer",
    ] {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }
    assert!(entries.iter().any(|entry| entry["exchange_rate"].is_f64()));
}

#[tokio::test]
async fn refunds_add_up() {
    let client = Client::usual();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for refund in client.all("/v1/refunds").await {
        *sums.entry(refund["charge"].as_str().unwrap().to_owned()).or_default() += int(&refund, "amount");
    }
    let charges = client.all("/v1/charges").await;
    for charge in &charges {
        let refunded = int(charge, "amount_refunded");
        assert_eq!(sums.remove(id(charge)).unwrap_or_default(), refunded);
        assert_eq!(charge["refunded"] == true, refunded == int(charge, "amount"));
    }
    assert!(sums.is_empty());
    assert!(charges.iter().any(|charge| charge["refunded"] == true));
}

#[tokio::test]
async fn the_world_knows_what_the_api_serves() {
    let client = Client::usual();
    for (path, kind) in [("charges", Kind::Charge), ("refunds", Kind::Refund), ("payouts", Kind::Payout)] {
        let mut sums: BTreeMap<String, (u64, i64)> = BTreeMap::new();
        for object in client.all(&format!("/v1/{path}")).await {
            let sum = sums.entry(object["currency"].as_str().unwrap().to_owned()).or_default();
            sum.0 += 1;
            sum.1 += int(&object, "amount");
        }
        assert_eq!(client.world().totals(kind).by_currency, sums, "{path}");
    }
}

#[tokio::test]
async fn what_is_referred_to_exists() {
    let client = Client::small();
    let mut asked = BTreeSet::new();
    for list in
        ["charges", "refunds", "disputes", "transfers", "payouts", "subscriptions?status=all", "invoices"]
    {
        for object in client.all(&format!("/v1/{list}")).await {
            for (field, path) in [
                ("balance_transaction", "balance_transactions"),
                ("failure_balance_transaction", "balance_transactions"),
                ("charge", "charges"),
                ("customer", "customers"),
                ("payment_intent", "payment_intents"),
                ("payment_method", "payment_methods"),
                ("default_payment_method", "payment_methods"),
                ("source_transaction", "charges"),
                ("latest_invoice", "invoices"),
            ] {
                if let Some(other) = object[field].as_str() {
                    asked.insert(format!("/v1/{path}/{other}"));
                }
            }
        }
    }
    assert!(asked.len() > 1_000);
    for path in asked {
        let reply = client.get(&path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        assert!(path.ends_with(id(&reply.json)));
    }
}

#[tokio::test]
async fn an_object_is_the_same_alone_and_in_a_list() {
    let client = Client::small();
    for list in
        ["balance_transactions", "charges", "customers", "disputes", "events", "files", "payouts", "refunds"]
            .into_iter()
            .chain([
                "transfers",
                "subscriptions",
                "invoices",
                "prices",
                "products",
                "plans",
                "payment_intents",
                "coupons",
            ])
    {
        for object in client.get(&format!("/v1/{list}?limit=20")).await.data() {
            assert_eq!(&client.get(&format!("/v1/{list}/{}", id(object))).await.json, object);
        }
    }
}

#[tokio::test]
async fn all_states_currencies_and_scripts_occur() {
    let client = Client::usual();
    let charges = client.all("/v1/charges").await;
    let of = |field: &str| -> BTreeSet<String> {
        charges.iter().filter_map(|charge| charge[field].as_str()).map(str::to_owned).collect()
    };
    assert_eq!(of("status").len(), 3);
    for currency in ["usd", "eur", "jpy", "gbp", "nok", "isk", "kwd"] {
        assert!(of("currency").contains(currency));
    }
    for charge in &charges {
        match charge["currency"].as_str().unwrap() {
            "isk" => assert_eq!(int(charge, "amount") % 100, 0),
            "kwd" => assert_eq!(int(charge, "amount") % 10, 0),
            _ => {}
        }
    }
    let texts: String = of("description").into_iter().collect();
    assert!(texts.contains('"') && texts.contains('🎁') && texts.contains('\n') && texts.contains('ギ'));
    assert!(charges.iter().any(|charge| charge["metadata"].as_object().unwrap().is_empty()));
    assert!(charges.iter().any(|charge| charge["customer"].is_null()));
    assert!(charges.iter().any(|charge| id(charge).starts_with("py_")));
    let statuses: BTreeSet<String> =
        client.world().totals(Kind::Subscription).by_status.into_keys().collect();
    assert_eq!(statuses.len(), 8);
    let default = Client::new(crate::client::config());
    let disputes: BTreeSet<String> = default.world().totals(Kind::Dispute).by_status.into_keys().collect();
    assert!(
        disputes.contains("won") && disputes.contains("lost") && disputes.contains("needs_response"),
        "{disputes:?}"
    );
}

#[tokio::test]
async fn events_are_of_the_last_thirty_days() {
    let client = Client::usual();
    let events = client.all("/v1/events").await;
    assert!(events.len() > 1_000, "{}", events.len());
    let oldest = crate::client::NOW - 30 * 86_400;
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for event in &events {
        assert!(int(event, "created") >= oldest);
        let kind = event["type"].as_str().unwrap();
        *kinds.entry(kind).or_default() += 1;
        assert_eq!(event["data"].get("previous_attributes").is_some(), kind.ends_with(".updated"));
        let about = &event["data"]["object"];
        if kind == "charge.succeeded" {
            assert!(about["balance_transaction"].is_null() && about["amount_refunded"] == 0);
        } else if kind == "charge.updated" {
            assert!(about["balance_transaction"].is_string() && about["receipt_url"].is_string());
        }
        let object = event["data"]["object"]["object"].as_str().unwrap();
        assert!(!event["data"]["object"]["livemode"].as_bool().unwrap_or_default(), "{object}");
    }
    for kind in [
        "charge.succeeded",
        "charge.failed",
        "customer.created",
        "refund.created",
        "payout.paid",
        "invoice.paid",
    ] {
        assert!(kinds.contains_key(kind), "{kind}: {kinds:?}");
    }
}
