//! Tokens of both OAuth servers: who gets them, what they open, how they end.
//!
//! Read next: `granting.rs`, `oauth.rs`.

use std::time::Duration;

use base64::Engine;
use serde_json::Value;

use crate::client::{Client, config};
use crate::granting::*;
use pinstripe_sandbox::{Fault, FaultKind, OAuthServer, SandboxConfig};

#[tokio::test]
async fn connect_from_consent_to_data() {
    let client = Client::small();
    let account = seller(&client, 3).await;
    let page = client.with_key("").get(&ask_path(&client, OAuthServer::Connect, "")).await;
    let choice = format!("decision=connect&account={account}");
    let url = answered(&client, OAuthServer::Connect, &page, &choice).await;
    assert!(
        url.starts_with(&format!("{BACK}?scope=read_only&code=ac_")) && url.ends_with("&state=s%201%26x")
    );
    let reply = exchange(&client, OAuthServer::Connect, &parameter(&url, "code").unwrap()).await;
    let grant = &reply.json;
    let names: Vec<&str> = grant.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "access_token",
            "livemode",
            "refresh_token",
            "scope",
            "stripe_publishable_key",
            "stripe_user_id",
            "token_type"
        ]
    );
    assert_eq!((text(grant, "stripe_user_id"), text(grant, "scope")), (account.as_str(), "read_only"));
    assert!(text(grant, "access_token").starts_with("sk_test_51") && grant["livemode"] == false);
    assert!(text(grant, "refresh_token").starts_with("rt_"));
    let token = client.with_key(text(grant, "access_token"));
    assert_eq!(token.get("/v1/account").await.json["id"].as_str(), Some(account.as_str()));
    let through_the_platform = client.with_header("stripe-account", &account).get("/v1/charges").await;
    assert_eq!(token.get("/v1/charges").await.ids(), through_the_platform.ids());
    assert_eq!(token.with_header("stripe-account", &account).get("/v1/charges").await.status, 200);
    let other = token.with_header("stripe-account", &client.world().account_id()).get("/v1/charges").await;
    assert_eq!((other.status, other.code()), (403, Some("account_invalid")));
    let written = token.send("POST", "/v1/customers", "name=x").await;
    assert_eq!((written.status, written.code()), (403, Some("more_permissions_required_for_application")));
    assert_eq!(token.get("/_sandbox/oauth").await.status, 401, "it steers nothing");
    // It does not end by itself.
    client.state.advance_oauth_clock(Duration::from_secs(10 * 365 * 86_400));
    assert_eq!(token.get("/v1/charges").await.status, 200);
}

#[tokio::test]
async fn who_may_ask_for_tokens() {
    let client = Client::small();
    let account = seller(&client, 0).await;
    let secret = &client.key;
    let connect = OAuthServer::Connect;
    let nobody = client.with_key("");
    flat(&exchange(&nobody, connect, "ac_x").await, 401, "invalid_client");
    flat(&exchange(&client.with_key("sk_test_wrong"), connect, "ac_x").await, 401, "invalid_client");
    flat(
        &exchange(&client.with_key(&client.state.keys.restricted), connect, "ac_x").await,
        401,
        "invalid_client",
    );
    flat(&exchange(&client.with_key("sk_live_51other"), connect, "ac_x").await, 400, "invalid_grant");
    let code = code(&client, connect, &account, "").await;
    let form = format!("grant_type=authorization_code&code={code}&client_secret={secret}");
    let wrong = format!("{form}&client_id=ca_other");
    flat(&token(&nobody, connect, &wrong).await, 401, "invalid_client");
    assert_eq!(token(&nobody, connect, &form).await.status, 200);
    // Apps take the header only.
    flat(&token(&nobody, OAuthServer::App, &form).await, 401, "invalid_client");
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{secret}:"));
    let basic = nobody.with_header("authorization", &format!("Basic {basic}"));
    flat(&exchange(&basic, OAuthServer::App, "ac_x").await, 400, "invalid_grant");
}

#[tokio::test]
async fn what_the_token_endpoint_refuses() {
    let client = Client::small();
    let account = seller(&client, 0).await;
    for server in [OAuthServer::Connect, OAuthServer::App] {
        flat(&token(&client, server, "").await, 400, "invalid_request");
        flat(&token(&client, server, "grant_type=authorization_code").await, 400, "invalid_request");
        flat(&token(&client, server, "grant_type=password").await, 400, "unsupported_grant_type");
        let unknown = exchange(&client, server, "ac_x").await;
        flat(&unknown, 400, "invalid_grant");
        assert_eq!(text(&unknown.json, "error_description"), "Authorization code does not exist: ac_x");
        flat(&renew(&client, server, "rt_x").await, 400, "invalid_grant");
        let late = code(&client, server, &account, "").await;
        client.state.advance_oauth_clock(Duration::from_secs(300));
        flat(&exchange(&client, server, &late).await, 400, "invalid_grant");
    }
    // The code of one server is nothing to the other.
    let code = code(&client, OAuthServer::App, &account, "").await;
    flat(&exchange(&client, OAuthServer::Connect, &code).await, 400, "invalid_grant");
    assert_eq!(exchange(&client, OAuthServer::App, &code).await.status, 200);
    assert_eq!(client.send("GET", "/oauth/token", "").await.status, 404);
}

#[tokio::test]
async fn a_code_works_once() {
    let client = Client::small();
    let account = seller(&client, 0).await;
    for server in [OAuthServer::Connect, OAuthServer::App] {
        let code = code(&client, server, &account, "").await;
        let first = exchange(&client, server, &code).await;
        let again = exchange(&client, server, &code).await;
        flat(&again, 400, "invalid_grant");
        assert!(
            text(&again.json, "error_description")
                .starts_with("This authorization code has already been used.")
        );
        let token = client.with_key(text(&first.json, "access_token"));
        assert_eq!(token.get("/v1/charges").await.status, 200, "what was granted goes on");
    }
}

#[tokio::test]
async fn an_app_has_the_permissions_of_its_manifest() {
    let app_permissions = vec!["charge_read".to_owned(), "customer_read".to_owned()];
    let client = Client::new(SandboxConfig { customers: 60, app_permissions, ..config() });
    let own = client.world().account_id();
    let grant = granted(&client, OAuthServer::App, &own, "").await;
    assert_eq!((text(&grant, "scope"), text(&grant, "stripe_user_id")), ("stripe_apps", own.as_str()));
    assert!(grant.get("expires_in").is_none());
    let token = client.with_key(text(&grant, "access_token"));
    assert_eq!(token.get("/v1/charges").await.ids(), client.get("/v1/charges").await.ids());
    let refused = token.get("/v1/payouts").await;
    assert_eq!((refused.status, refused.code()), (403, Some("more_permissions_required_for_application")));
    let text = format!("does not have the required permissions for this endpoint on account '{own}'.");
    assert!(refused.message().ends_with(&text));
    assert_eq!(token.get("/v1/account").await.status, 403);
    assert_eq!(token.send("POST", "/v1/customers", "name=x").await.status, 403);
}

#[tokio::test]
async fn an_apps_tokens_end_and_roll() {
    let client = Client::new(SandboxConfig { customers: 20, app_token_seconds: 60, ..config() });
    let own = client.world().account_id();
    let first = granted(&client, OAuthServer::App, &own, "").await;
    let token = client.with_key(text(&first, "access_token"));
    client.state.advance_oauth_clock(Duration::from_secs(58));
    assert_eq!(token.get("/v1/charges").await.status, 200);
    client.state.advance_oauth_clock(Duration::from_secs(2));
    let expired = token.get("/v1/charges").await;
    assert_eq!((expired.status, expired.code()), (401, Some("api_key_expired")));
    assert!(expired.message().starts_with("Expired API Key provided: sk_test_***"));
    let second = renew(&client, OAuthServer::App, text(&first, "refresh_token")).await;
    assert_eq!(second.status, 200);
    assert_ne!(text(&second.json, "refresh_token"), text(&first, "refresh_token"));
    let token = client.with_key(text(&second.json, "access_token"));
    assert_eq!(token.get("/v1/charges").await.status, 200);
    flat(&renew(&client, OAuthServer::App, text(&first, "refresh_token")).await, 400, "invalid_grant");
    // A year after it was rolled, not after the grant.
    let year = Duration::from_secs(365 * 86_400);
    client.state.advance_oauth_clock(year - Duration::from_secs(60));
    let third = renew(&client, OAuthServer::App, text(&second.json, "refresh_token")).await;
    assert_eq!(third.status, 200);
    client.state.advance_oauth_clock(year);
    flat(&renew(&client, OAuthServer::App, text(&third.json, "refresh_token")).await, 400, "invalid_grant");
}

#[tokio::test]
async fn of_two_who_refresh_at_once_one_succeeds() {
    let client = Client::new(SandboxConfig { customers: 20, latency_ms: 5, ..config() });
    let own = client.world().account_id();
    let grant = granted(&client, OAuthServer::App, &own, "").await;
    let once = async || renew(&client, OAuthServer::App, text(&grant, "refresh_token")).await.status;
    let (one, other) = tokio::join!(once(), once());
    assert_eq!([one.min(other), one.max(other)], [200, 400]);
}

#[tokio::test]
async fn a_connect_refresh_narrows_only() {
    let client = Client::small();
    let account = seller(&client, 1).await;
    let grant = granted(&client, OAuthServer::Connect, &account, "&scope=read_write").await;
    let refresh = text(&grant, "refresh_token");
    let form = |scope: &str| format!("grant_type=refresh_token&refresh_token={refresh}&scope={scope}");
    let wide = client.with_key(text(&grant, "access_token"));
    assert_eq!(wide.send("POST", "/v1/customers", "name=x").await.status, 200);
    let narrow = token(&client, OAuthServer::Connect, &form("read_only")).await;
    assert_eq!((text(&narrow.json, "scope"), text(&narrow.json, "refresh_token")), ("read_only", refresh));
    let narrow = client.with_key(text(&narrow.json, "access_token"));
    assert_eq!(narrow.send("POST", "/v1/customers", "name=x").await.status, 403);
    assert_eq!(wide.get("/v1/charges").await.status, 200, "the first token goes on");
    flat(&token(&client, OAuthServer::Connect, &form("bogus")).await, 400, "invalid_scope");
    let reader = granted(&client, OAuthServer::Connect, &account, "").await;
    let form =
        format!("grant_type=refresh_token&scope=read_write&refresh_token={}", text(&reader, "refresh_token"));
    flat(&token(&client, OAuthServer::Connect, &form).await, 400, "invalid_scope");
}

#[tokio::test]
async fn deauthorize() {
    let client = Client::small();
    let account = seller(&client, 2).await;
    for server in [OAuthServer::Connect, OAuthServer::App] {
        let own = of(&client, server);
        let grant = granted(&client, server, &account, "").await;
        let path = own.deauthorize_path;
        let form = format!("client_id={}&stripe_user_id={account}", own.client_id);
        flat(&client.with_key("").send("POST", path, &form).await, 401, "invalid_client");
        flat(&client.send("POST", path, "client_id=ca_x&stripe_user_id=acct_x").await, 401, "invalid_client");
        flat(
            &client.send("POST", path, &format!("client_id={}", own.client_id)).await,
            400,
            "invalid_request",
        );
        let done = client.send("POST", path, &form).await;
        assert_eq!((done.status, text(&done.json, "stripe_user_id")), (200, account.as_str()));
        let again = client.send("POST", path, &form).await;
        flat(&again, 401, "invalid_client");
        assert!(text(&again.json, "error_description").contains("is not connected to stripe account"));
        let refused = client.with_key(text(&grant, "access_token")).get("/v1/charges").await;
        assert_eq!((refused.status, refused.code()), (403, Some("account_invalid")));
        assert!(refused.message().contains("Application access may have been revoked."));
        flat(&renew(&client, server, text(&grant, "refresh_token")).await, 400, "invalid_grant");
    }
    // Who left the platform is not listed until it joins again; the old token stays dead.
    assert!(!client.all("/v1/accounts").await.iter().any(|found| text(found, "id") == account));
    granted(&client, OAuthServer::Connect, &account, "").await;
    assert!(client.all("/v1/accounts").await.iter().any(|found| text(found, "id") == account));
}

#[tokio::test]
async fn tokens_that_a_fault_spoils() {
    let on = |nth, kind| Fault::on("/v1/oauth/token", nth, kind);
    let faults = vec![
        on(2, FaultKind::ServerError { status: 500 }),
        on(3, FaultKind::InvalidGrant),
        on(5, FaultKind::Html),
        on(7, FaultKind::NotAList),
    ];
    let client = Client::new(SandboxConfig { customers: 20, faults, ..config() });
    let own = client.world().account_id();
    let grant = granted(&client, OAuthServer::App, &own, "").await;
    let refresh = text(&grant, "refresh_token");
    let failed = renew(&client, OAuthServer::App, refresh).await;
    assert_eq!((failed.status, failed.json["error"]["type"].as_str()), (500, Some("api_error")));
    flat(&renew(&client, OAuthServer::App, refresh).await, 400, "invalid_grant");
    // Both came before anything was done.
    let second = renew(&client, OAuthServer::App, refresh).await;
    assert_eq!(second.status, 200);
    // What was spoilt on its way was done: the old token is used up, the new one lost.
    let html = renew(&client, OAuthServer::App, text(&second.json, "refresh_token")).await;
    assert!(html.status == 200 && html.text.starts_with("<!DOCTYPE html>"));
    flat(&renew(&client, OAuthServer::App, text(&second.json, "refresh_token")).await, 400, "invalid_grant");
    let odd = renew(&client, OAuthServer::App, "rt_x").await;
    assert_eq!((odd.status, odd.json["object"].as_str()), (200, Some("maintenance")));
    assert_eq!(client.state.counts()["POST /v1/oauth/token"].total, 7);
}

#[tokio::test]
async fn control_of_grants_and_tokens() {
    let client = Client::small();
    let account = seller(&client, 0).await;
    let connect = granted(&client, OAuthServer::Connect, &account, "").await;
    let app = granted(&client, OAuthServer::App, &account, "").await;
    let seen = client.get("/_sandbox/oauth").await.json;
    assert_eq!(seen["clients"]["app"]["token_path"], "/v1/oauth/token");
    assert_eq!(text(&seen["clients"]["connect"], "secret"), client.key);
    assert_eq!(seen["grants"].as_array().unwrap().len(), 2);
    assert_eq!(
        (text(&seen["grants"][1], "server"), text(&seen["grants"][1], "account")),
        ("app", account.as_str())
    );
    assert_eq!(client.with_key("").get("/_sandbox/oauth").await.status, 401);
    let reads =
        async |grant: &Value| client.with_key(text(grant, "access_token")).get("/v1/charges").await.status;
    let change =
        async |path: &str, body: &str| client.send("POST", &format!("/_sandbox/oauth/{path}"), body).await;

    assert_eq!(change("expire", r#"{"server": "app"}"#).await.json["expired"], 1);
    assert_eq!((reads(&connect).await, reads(&app).await), (200, 401));
    let app = renew(&client, OAuthServer::App, text(&app, "refresh_token")).await.json;
    assert_eq!(change("advance", r#"{"seconds": 3600}"#).await.status, 200);
    assert_eq!((reads(&connect).await, reads(&app).await), (200, 401));
    let app = renew(&client, OAuthServer::App, text(&app, "refresh_token")).await.json;
    assert_eq!(change("expire", r#"{"refresh": true}"#).await.json["expired"], 2);
    flat(&renew(&client, OAuthServer::App, text(&app, "refresh_token")).await, 400, "invalid_grant");

    let app = granted(&client, OAuthServer::App, &account, "").await;
    let connect = granted(&client, OAuthServer::Connect, &account, "").await;
    let body = |server: &str| format!(r#"{{"server": "{server}", "account": "{account}"}}"#);
    assert_eq!(change("revoke", &body("connect")).await.status, 200);
    assert_eq!((reads(&connect).await, reads(&app).await), (403, 200));
    assert_eq!(change("revoke", &body("app")).await.status, 200);
    assert_eq!(reads(&app).await, 403);
    assert_eq!(change("revoke", &body("app")).await.status, 400);
    assert_eq!(change("revoke", r#"{"server": "both"}"#).await.status, 400);
    assert_eq!(change("nonsense", "").await.status, 404);
}
