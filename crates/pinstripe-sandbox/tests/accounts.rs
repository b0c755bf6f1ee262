//! Connected accounts: how many, what they hold, and what becomes of those that withdraw.

use crate::client::{Client, config};
use pinstripe_sandbox::{Kind, Party, Sandbox, SandboxConfig};

#[tokio::test]
async fn as_many_as_are_wanted_each_with_its_own_books() {
    let client = Client::new(SandboxConfig { customers: 120, accounts: 500, ..config() });
    let listed = client.all("/v1/accounts").await;
    assert_eq!(listed.len(), 500);
    assert_eq!(client.world().count(Kind::Account), 500);
    let mut firsts = std::collections::BTreeSet::new();
    for account in listed.iter().step_by(7) {
        let id = account["id"].as_str().unwrap();
        let connected = client.with_header("stripe-account", id);
        firsts.insert(connected.get("/v1/charges?limit=1").await.ids().remove(0));
        let own = connected.get("/v1/account").await.json;
        assert_eq!(own["id"].as_str(), Some(id));
        assert_eq!(own["business_profile"]["name"], account["business_profile"]["name"]);
    }
    assert_eq!(firsts.len(), 500_usize.div_ceil(7), "no two have the same charges");
}

#[tokio::test]
async fn an_account_alone_is_no_platform() {
    let client = Client::new(SandboxConfig { customers: 650, accounts: 0, ..config() });
    assert!(client.get("/v1/accounts").await.ids().is_empty());
    assert!(client.get("/v1/transfers").await.ids().is_empty());
    let reply = client.with_header("stripe-account", "acct_x").get("/v1/charges").await;
    assert_eq!(reply.status, 403);
    assert!(reply.message().starts_with("Only Stripe Connect platforms can work with other accounts."));
    assert_eq!(client.get("/v1/charges").await.status, 200);
}

#[tokio::test]
async fn an_account_that_withdraws() {
    let client = Client::small();
    let ids = client.all("/v1/accounts").await;
    let id = |place: usize| ids[place]["id"].as_str().unwrap().to_owned();
    let (gone, raced) = (id(4), id(9));
    let refused = async |id: &str| {
        let reply = client.with_header("stripe-account", id).get("/v1/charges").await;
        let words =
            format!("does not have access to account '{id}' (or that account does not exist). Application");
        assert!(reply.message().contains(&words), "{}", reply.text);
        assert_eq!((reply.status, reply.code()), (403, Some("account_invalid")));
    };
    let revoke = async |id: &str, body: &str| {
        client.send("POST", &format!("/_sandbox/accounts/{id}/revoke"), body).await.status
    };
    assert_eq!(revoke(&gone, "").await, 200);
    assert_eq!(revoke(&raced, r#"{"still_listed": true}"#).await, 200);
    assert_eq!(revoke("acct_x", "").await, 400);
    assert_eq!(revoke(&client.world().account_id(), "").await, 400);
    for id in [&gone, &raced] {
        refused(id).await;
        assert_eq!(client.get(&format!("/v1/accounts/{id}")).await.status, 403);
    }
    let listed = client.all("/v1/accounts").await;
    let is_listed = |wanted: &str| listed.iter().any(|account| account["id"] == wanted);
    assert_eq!((listed.len(), is_listed(&gone), is_listed(&raced)), (23, false, true));
    // It stays a position for whoever walks the list.
    let after = client.get(&format!("/v1/accounts?limit=1&starting_after={gone}")).await;
    assert_eq!(after.ids(), [id(5)]);
    let notes = client.get("/_sandbox/accounts").await.json["accounts"].clone();
    let note = notes.as_array().unwrap().iter().find(|note| note["id"] == gone.as_str()).unwrap().clone();
    assert_eq!((note["revoked"].as_bool(), note["listed"].as_bool()), (Some(true), Some(false)));
    assert_eq!(client.send("POST", &format!("/_sandbox/accounts/{gone}/restore"), "").await.status, 200);
    assert_eq!(client.with_header("stripe-account", &gone).get("/v1/charges").await.status, 200);
}

#[tokio::test]
async fn accounts_that_withdrew_before_the_start() {
    let settings = SandboxConfig {
        customers: 20,
        revoked_accounts: vec![0, 1],
        revoked_but_listed: vec![2],
        ..config()
    };
    let sandbox = Sandbox::start(settings).await.unwrap();
    let accounts = sandbox.accounts();
    assert_eq!(accounts.iter().filter(|account| account.revoked).count(), 3);
    assert_eq!(accounts.iter().filter(|account| account.listed).count(), 22);
    assert!(sandbox.restore_account(&accounts[0].id) && sandbox.revoke_account(&accounts[5].id, true));
    assert!(!sandbox.revoke_account("acct_x", false));
    assert_eq!(
        sandbox.accounts()[5],
        pinstripe_sandbox::AccountNote { revoked: true, ..accounts[5].clone() }
    );
    sandbox.stop().await;
}

#[tokio::test]
async fn each_account_has_its_own_limits() {
    let client = Client::new(SandboxConfig { customers: 20, rate: Some(3), ..config() });
    let ids: Vec<String> = client.state.account_notes().into_iter().map(|note| note.id).collect();
    for id in &ids[..2] {
        let connected = client.with_header("stripe-account", id);
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(connected.get("/v1/charges?limit=1").await.status);
        }
        assert_eq!(statuses, [200, 200, 200, 429], "{id}");
    }
    assert_eq!(client.get("/v1/charges?limit=1").await.status, 200, "the platform has its own");
    // What is refused counts for who asked.
    let refused = client.with_header("stripe-account", "acct_x");
    assert_eq!(refused.get("/v1/charges").await.status, 403);
    assert_eq!(refused.get("/v1/charges").await.status, 403);
    assert_eq!(client.get("/v1/charges?limit=1").await.status, 429);
}

#[tokio::test]
async fn what_was_written_stays_when_many_accounts_are_read() {
    let client = Client::new(SandboxConfig { customers: 20, accounts: 150, ..config() });
    let ids: Vec<String> = client.state.account_notes().into_iter().map(|note| note.id).collect();
    let first = client.with_header("stripe-account", &ids[0]);
    let made = first.send("POST", "/v1/customers", "name=New").await.json["id"].as_str().unwrap().to_owned();
    for account in 1..150 {
        client.state.books(Party::Connected(account));
    }
    assert_eq!(first.get("/v1/customers?limit=1").await.ids(), [made]);
}
