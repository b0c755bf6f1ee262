//! Keys, permissions, connected accounts, rate limits.

use crate::client::{Client, config};
use pinstripe_sandbox::{EXPIRED_KEY, IP_RESTRICTED_KEY, Kind, SandboxConfig, permissions};

#[tokio::test]
async fn keys_that_are_refused() {
    let client = Client::small();
    let reply = client.with_key("").get("/v1/charges").await;
    assert_eq!(reply.status, 401);
    assert!(reply.message().starts_with("You did not provide an API key."));
    let reply = client.with_key("sk_test_this_is_not_here").get("/v1/charges").await;
    assert_eq!((reply.status, reply.message()), (401, "Invalid API Key provided: sk_test_************here"));
    assert!(reply.json["error"].get("request_log_url").is_none());
    let reply = client.with_key("whatever").get("/v1/charges").await;
    assert_eq!(reply.message(), "Invalid API Key provided: whatever");
    let reply = client.with_key(EXPIRED_KEY).get("/v1/charges").await;
    assert_eq!((reply.status, reply.code()), (401, Some("api_key_expired")));
    let reply = client.with_key("pk_test_123456789").get("/v1/charges").await;
    assert_eq!((reply.status, reply.code()), (401, Some("secret_key_required")));
    let reply = client.with_key(IP_RESTRICTED_KEY).get("/v1/charges").await;
    assert_eq!(
        (reply.status, reply.message()),
        (403, "The API key provided does not allow requests from your IP address.")
    );
}

#[tokio::test]
async fn each_permission_can_be_left_out() {
    let client = Client::small();
    let kinds = [
        "accounts",
        "balance_transactions",
        "charges",
        "coupons",
        "customers",
        "disputes",
        "events",
        "files",
        "invoices",
        "payment_intents",
        "payment_methods",
        "payouts",
        "prices",
        "products",
        "subscriptions",
        "transfers",
        "account",
    ];
    let all = permissions();
    assert_eq!(all.len(), kinds.len());
    for permission in all {
        let narrow = client.with_key(&format!("rk_test_without_{permission}"));
        let mut refused = Vec::new();
        for kind in kinds {
            let reply = narrow.get(&format!("/v1/{kind}?limit=1")).await;
            if reply.status == 403 {
                assert!(reply.message().contains(permission), "{}", reply.message());
                refused.push(kind);
            }
        }
        assert_eq!(refused.len(), 1, "{permission}: {refused:?}");
    }
}

#[tokio::test]
async fn the_account_of_the_key_has_its_own_permission() {
    let client = Client::small();
    let narrow = client.with_key("rk_test_without_accounts_kyc_basic_read");
    let reply = narrow.get("/v1/account").await;
    let account = client.world().account_id();
    assert_eq!((reply.status, reply.code()), (403, None));
    assert!(reply.message().contains(&format!("on account '{account}'")));
    assert!(reply.message().contains("Having the 'rak_accounts_kyc_basic_read' permission"));
    assert_eq!(narrow.get("/v1/accounts").await.status, 200);
    assert_eq!(
        client.with_key("rk_test_without_connected_account_read").get("/v1/account").await.status,
        200
    );
}

#[tokio::test]
async fn a_product_that_the_account_is_not_set_up_for() {
    let client = Client::small();
    let text = "Your account is not set up to use Issuing. Please visit https://dashboard.stripe.com/issuing/overview to \
                get started.";
    for list in ["authorizations", "cards", "transactions"] {
        let reply = client.get(&format!("/v1/issuing/{list}?limit=1")).await;
        assert_eq!((reply.status, reply.code(), reply.message()), (400, None, text));
    }
    let reply = client.get("/v1/treasury/financial_accounts").await;
    assert_eq!(reply.status, 404);
    assert!(reply.message().starts_with("Unrecognized request URL (GET: /v1/treasury/financial_accounts)."));
}

#[tokio::test]
async fn a_key_without_a_permission() {
    let client = Client::small();
    let narrow = client.with_key("rk_test_without_charge_read__plan_read");
    assert_eq!(narrow.get("/v1/customers").await.status, 200);
    let reply = narrow.get("/v1/charges").await;
    let account = client.world().account_id();
    let text = format!(
        "The provided key 'rk_test_**************************read' does not have the required permissions for this endpoint \
         on account '{account}'. Having the 'rak_charge_read' permission would allow this request to continue."
    );
    assert_eq!((reply.status, reply.message(), reply.code()), (403, text.as_str(), None));
    let reply = narrow.get("/v1/prices").await;
    assert!(reply.message().starts_with("Permission denied. The provided key"), "{}", reply.message());
    assert!(reply.message().contains("Enabling \"Prices Read\" ('plan_read') permissions on this key"));
    let restricted = client.with_key(&client.state.keys.restricted);
    assert_eq!(restricted.get("/v1/charges").await.status, 200);
    assert_eq!(restricted.send("POST", "/v1/customers", "name=x").await.status, 403);
}

#[tokio::test]
async fn connected_accounts() {
    let client = Client::small();
    let account = client.get("/v1/accounts").await.ids().remove(0);
    let connected = client.with_header("stripe-account", &account);
    let own = connected.get("/v1/charges").await;
    assert_eq!(own.status, 200);
    assert_ne!(own.ids(), client.get("/v1/charges").await.ids());
    let me = client.world().account_id();
    assert_eq!(connected.get("/v1/account").await.json["id"].as_str(), Some(account.as_str()));
    assert_eq!(client.with_header("stripe-account", &me).get("/v1/charges").await.status, 200);
    let reply = client.with_header("stripe-account", "acct_nope").get("/v1/charges").await;
    assert_eq!((reply.status, reply.code()), (403, Some("account_invalid")));
    assert!(
        reply
            .message()
            .contains("does not have access to account 'acct_nope' (or that account does not exist)")
    );
}

#[tokio::test]
async fn the_account_and_its_balance() {
    let client = Client::small();
    let account = client.get("/v1/account").await;
    assert_eq!(account.json["id"].as_str(), Some(client.world().account_id().as_str()));
    assert_eq!(client.get("/v1/balance").await.json["object"], "balance");
    assert_eq!(client.all("/v1/accounts").await.len() as u64, client.world().count(Kind::Account));
}

#[tokio::test]
async fn rates() {
    let client = Client::new(SandboxConfig { customers: 10, rate: Some(100), ..config() });
    let mut refused = None;
    for _ in 0..40 {
        let reply = client.get("/v1/charges?limit=1").await;
        if reply.status == 429 {
            refused = Some(reply);
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.header("stripe-rate-limited-reason"), Some("endpoint-rate"));
    assert_eq!(refused.header("stripe-should-retry"), Some("false"));
    assert_eq!(refused.code(), Some("rate_limit"));
    assert!(refused.header("retry-after").is_none());
    let narrow = Client::new(SandboxConfig { customers: 10, rate: Some(2), ..config() });
    for path in ["charges", "customers"] {
        assert_eq!(narrow.get(&format!("/v1/{path}")).await.status, 200);
    }
    let reply = narrow.get("/v1/refunds").await;
    assert_eq!((reply.status, reply.header("stripe-rate-limited-reason")), (429, Some("global-rate")));
    assert_eq!(narrow.state.counts()["GET /v1/refunds"].refused, 1);
}

#[tokio::test]
async fn the_lines_of_all_invoices_share_a_limit() {
    let client = Client::new(SandboxConfig { customers: 120, rate: Some(100), ..config() });
    let invoices = client.get("/v1/invoices?limit=30").await.ids();
    let mut statuses = Vec::new();
    for invoice in &invoices {
        statuses.push(client.get(&format!("/v1/invoices/{invoice}/lines")).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 25);
    assert_eq!(client.state.counts()["GET /v1/invoices/{id}/lines"].refused, 5);
}

#[tokio::test]
async fn requests_at_once() {
    let client =
        Client::new(SandboxConfig { customers: 10, concurrency: Some(2), latency_ms: 50, ..config() });
    let ask = async || client.get("/v1/charges?limit=1").await;
    let (first, second, third) = tokio::join!(ask(), ask(), ask());
    assert_eq!((first.status, second.status, third.status), (200, 200, 429));
    assert_eq!(third.header("stripe-rate-limited-reason"), Some("global-concurrency"));
    assert_eq!(ask().await.status, 200);
}

#[tokio::test]
async fn live_mode() {
    let client = Client::new(SandboxConfig { livemode: true, rate: Some(1), ..config() });
    assert!(client.key.starts_with("sk_live_51"));
    let reply = client.with_key("sk_test_this_is_not_here").get("/v1/charges").await;
    assert_eq!(reply.status, 401);
    assert_eq!(client.get("/v1/charges").await.status, 200, "a key that is not good takes nobody's turn");
    let refused = client.get("/v1/charges").await;
    assert_eq!(refused.status, 429);
    assert!(refused.message().starts_with("Request rate limit exceeded."));
    let log_url = refused.json["error"]["request_log_url"].as_str().unwrap();
    assert!(!log_url.contains("/test/"), "{log_url}");
    let client = Client::new(SandboxConfig { livemode: true, ..config() });
    for path in ["account", "balance", "charges", "customers", "disputes", "events", "invoices", "payouts"] {
        let reply = client.get(&format!("/v1/{path}")).await;
        assert!(!reply.text.contains("\"livemode\": false"), "{path}");
    }
    assert!(client.get("/v1/charges").await.data().iter().all(|charge| charge["livemode"] == true));
}
