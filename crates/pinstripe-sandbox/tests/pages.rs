//! Pages: limits, cursors, order, the envelope, and the form of the text.

use crate::client::{Client, config, id, int};
use pinstripe_sandbox::{Distribution, Kind, SandboxConfig};

const LISTS: [(&str, Kind); 13] = [
    ("balance_transactions", Kind::BalanceTransaction),
    ("charges", Kind::Charge),
    ("customers", Kind::Customer),
    ("disputes", Kind::Dispute),
    ("events", Kind::Event),
    ("files", Kind::File),
    ("invoices", Kind::Invoice),
    ("payment_intents", Kind::PaymentIntent),
    ("payouts", Kind::Payout),
    ("prices", Kind::Price),
    ("refunds", Kind::Refund),
    ("transfers", Kind::Transfer),
    ("products", Kind::Product),
];

#[tokio::test]
async fn the_envelope_has_four_members_in_order() {
    let client = Client::small();
    for (path, _) in LISTS {
        let page = client.get(&format!("/v1/{path}?limit=1&created[gte]=5")).await;
        assert!(page.text.starts_with("{\n  \"object\": \"list\",\n  \"data\": ["), "{}", page.text);
        let tail = format!("\n  ],\n  \"has_more\": {},\n  \"url\": \"/v1/{path}\"\n}}\n", page.has_more());
        assert!(page.text.ends_with(&tail), "{}", page.text);
    }
}

#[tokio::test]
async fn the_text_is_indented_by_two() {
    let client = Client::small();
    for path in
        ["charges", "customers", "events", "disputes", "subscriptions", "invoices", "transfers", "files"]
    {
        let page = client.get(&format!("/v1/{path}?limit=100")).await;
        let again = serde_json::to_string_pretty(&page.json).unwrap() + "\n";
        // serde_json sorts members here, so compare lengths and the set of lines.
        let lines = |text: &str| {
            let mut lines: Vec<String> =
                text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
            lines.sort();
            lines
        };
        assert!(lines(&page.text) == lines(&again), "{path}");
    }
}

#[tokio::test]
async fn a_walk_finds_each_object_once_and_newest_first() {
    let client = Client::usual();
    for (path, kind) in LISTS {
        let all = client.all(&format!("/v1/{path}")).await;
        assert_eq!(all.len() as u64, client.world().count(kind), "{path}");
        let mut ids: Vec<&str> = all.iter().map(id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.len(), "{path}");
        assert!(all.windows(2).all(|pair| int(&pair[0], "created") >= int(&pair[1], "created")), "{path}");
    }
    let all = client.all("/v1/subscriptions?status=all").await;
    assert_eq!(all.len() as u64, client.world().count(Kind::Subscription));
}

#[tokio::test]
async fn every_distribution_can_be_walked() {
    for distribution in
        [Distribution::Even, Distribution::Spike, Distribution::SameSecond, Distribution::Sparse]
    {
        let client = Client::new(SandboxConfig { customers: 80, distribution, ..config() });
        for (path, kind) in LISTS {
            assert_eq!(
                client.all(&format!("/v1/{path}")).await.len() as u64,
                client.world().count(kind),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn the_other_name_of_balance_transactions() {
    let client = Client::small();
    let new = client.get("/v1/balance_transactions").await;
    let old = client.get("/v1/balance/history").await;
    assert_eq!(new.ids(), old.ids());
    assert_eq!(old.json["url"], "/v1/balance/history");
    let one = client.get(&format!("/v1/balance/history/{}", new.ids()[0])).await;
    assert_eq!(one.json, new.data()[0]);
}

#[tokio::test]
async fn limits_are_clamped() {
    let client = Client::usual();
    for (limit, found) in [("0", 1), ("-1", 1), ("101", 100), ("200", 100), ("7", 7)] {
        assert_eq!(client.get(&format!("/v1/charges?limit={limit}")).await.data().len(), found);
    }
    assert_eq!(client.get("/v1/charges").await.data().len(), 10);
}

#[tokio::test]
async fn cursors_are_exclusive_and_go_both_ways() {
    let client = Client::usual();
    for path in ["charges", "customers", "balance_transactions", "subscriptions", "events", "payouts"] {
        let first = client.get(&format!("/v1/{path}?limit=30")).await.ids();
        let older = client.get(&format!("/v1/{path}?limit=10&starting_after={}", first[9])).await;
        assert_eq!(older.ids(), first[10..20], "{path}");
        assert!(older.has_more());
        let newer = client.get(&format!("/v1/{path}?limit=5&ending_before={}", first[15])).await;
        assert_eq!(newer.ids(), first[10..15], "{path}");
        assert!(newer.has_more());
        let newest = client.get(&format!("/v1/{path}?limit=100&ending_before={}", first[15])).await;
        assert_eq!(newest.ids(), first[..15], "{path}");
        assert!(!newest.has_more());
        let top = client.get(&format!("/v1/{path}?ending_before={}", first[0])).await;
        assert!(top.ids().is_empty() && !top.has_more());
    }
}

#[tokio::test]
async fn a_full_last_page_has_no_more() {
    let client = Client::small();
    let all = client.all("/v1/transfers").await;
    let cursor = id(&all[all.len() - 11]);
    let last = client.get(&format!("/v1/transfers?limit=10&starting_after={cursor}")).await;
    assert_eq!(last.data().len(), 10);
    assert!(!last.has_more());
}

#[tokio::test]
async fn created_narrows_exactly() {
    let client = Client::usual();
    for path in ["charges", "customers", "refunds", "events", "balance_transactions", "invoices"] {
        let all = client.all(&format!("/v1/{path}")).await;
        let (from, to) = (int(&all[all.len() * 2 / 3], "created"), int(&all[all.len() / 3], "created"));
        for (query, within) in [
            (format!("created[gte]={from}&created[lt]={to}"), from..to),
            (format!("created[gt]={from}&created[lte]={to}"), from + 1..to + 1),
            (format!("created={from}"), from..from + 1),
        ] {
            let wanted: Vec<&str> =
                all.iter().filter(|object| within.contains(&int(object, "created"))).map(id).collect();
            let found = client.all(&format!("/v1/{path}?{query}")).await;
            assert_eq!(found.iter().map(id).collect::<Vec<_>>(), wanted, "{path} {query}");
            let oldest = format!("/v1/{path}?{query}&limit=3&ending_before={}", id(all.last().unwrap()));
            let oldest = client.get(&oldest).await.ids();
            let tail: Vec<&&str> = wanted.iter().rev().take(3).rev().collect();
            assert_eq!(
                oldest.iter().map(String::as_str).collect::<Vec<_>>(),
                tail.iter().map(|it| **it).collect::<Vec<_>>()
            );
        }
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_answer() {
    let (one, other) = (Client::small(), Client::small());
    let different = Client::new(SandboxConfig { seed: 2, customers: 120, ..config() });
    for (path, _) in LISTS {
        let path = format!("/v1/{path}?limit=100");
        assert_eq!(one.get(&path).await.text, other.get(&path).await.text);
        assert_ne!(one.get(&path).await.text, different.get(&path).await.text);
    }
    // Another clock moves only times and the window of events.
    let later = Client::new(SandboxConfig {
        customers: 120,
        now: Some(crate::client::NOW + 86_400 * 40),
        ..config()
    });
    assert_eq!(one.get("/v1/charges").await.ids(), later.get("/v1/charges").await.ids());
}

#[tokio::test]
async fn ten_million_charges_are_listed_at_once() {
    let client = Client::new(SandboxConfig { customers: 1_000_000, charges: Some(10_000_000), ..config() });
    let page = client.get("/v1/charges?limit=100").await;
    assert_eq!(page.data().len(), 100);
    let middle = int(&page.data()[0], "created") - 500 * 86_400;
    let page = client.get(&format!("/v1/charges?limit=100&created[lte]={middle}")).await;
    assert_eq!(page.data().len(), 100);
    let customer = page.data().iter().find_map(|charge| charge["customer"].as_str()).unwrap();
    let own = client.get(&format!("/v1/charges?customer={customer}&limit=100")).await;
    assert!(own.data().iter().all(|charge| charge["customer"] == customer) && !own.data().is_empty());
    let payouts = client.get("/v1/payouts?limit=3").await;
    let paid = client.get(&format!("/v1/balance_transactions?payout={}&limit=100", payouts.ids()[0])).await;
    assert_eq!(paid.data().len(), 100);
}
