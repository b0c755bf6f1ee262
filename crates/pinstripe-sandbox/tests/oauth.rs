//! The authorize URLs of both OAuth servers: the consent page, what is refused, where the browser is sent.
//!
//! Read next: `granting.rs`, `tokens.rs`.

use std::time::Duration;

use crate::client::{Client, config, raw};
use crate::granting::*;
use pinstripe_sandbox::{OAuthServer, Sandbox, SandboxConfig};

#[tokio::test]
async fn the_consent_page() {
    let client = Client::small();
    let page = client.with_key("").get(&ask_path(&client, OAuthServer::Connect, "")).await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let accounts = client.all("/v1/accounts").await;
    for account in &accounts {
        assert!(page.text.contains(&format!("<option value=\"{}\">", text(account, "id"))));
    }
    for part in [
        "<html lang=\"en\">",
        "<strong>Sandbox</strong>",
        "<label for=\"account\">",
        ">Connect</button>",
        ">Deny</button>",
        "color-scheme:light dark",
        "&quot;Kiosk&quot;",
        BACK,
        "change nothing",
    ] {
        assert!(page.text.contains(part), "{part}");
    }
    assert!(!page.text.contains("<script") && !page.text.contains("s 1&x"));
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    assert!(page.header("access-control-allow-origin").is_none(), "no other site may read it");
    let writes = client.with_key("").get(&ask_path(&client, OAuthServer::Connect, "&scope=read_write")).await;
    assert!(writes.text.contains("read and change"));
    let app = client.with_key("").get(&ask_path(&client, OAuthServer::App, "")).await;
    assert!(app.text.contains("<li>Charges and Refunds Read (<code>charge_read</code>)</li>"));
    assert!(app.text.contains(&format!("<option value=\"{}\">Lumen Works", client.world().account_id())));
}

#[tokio::test]
async fn what_the_authorize_url_refuses() {
    let client = Client::small().with_key("");
    let connect = of(&client, OAuthServer::Connect);
    let app = of(&client, OAuthServer::App);
    let start = format!("{}?client_id={}", connect.authorize_path, connect.client_id);
    for (path, message) in [
        (format!("{}?response_type=code", connect.authorize_path), "No application matches"),
        (
            format!("{}?client_id={}&response_type=code", connect.authorize_path, app.client_id),
            "No application",
        ),
        (format!("{start}&response_type=code&redirect_uri={BACK_ENCODED}%2F"), "Invalid redirect URI"),
        (
            format!("{start}&response_type=code&redirect_uri=https%3A%2F%2Fevil.example"),
            "Ensure this uri exactly",
        ),
    ] {
        let reply = client.get(&path).await;
        assert_eq!(reply.status, 400);
        assert!(reply.message().contains(message) && reply.header("location").is_none(), "{}", reply.text);
    }
    for (query, error) in [
        ("&state=z", "invalid_request"),
        ("&state=z&response_type=token", "unsupported_response_type"),
        ("&state=z&response_type=code&scope=everything", "invalid_scope"),
    ] {
        let reply = client.get(&format!("{start}{query}")).await;
        let url = reply.header("location").unwrap();
        // Without a redirect URI the first registered one is meant.
        assert!(
            reply.status == 303 && url.starts_with(&format!("{BACK}?error={error}&error_description=")),
            "{url}"
        );
        assert!(url.ends_with("&state=z"));
    }
    // As Stripe's own install links, which name no response type.
    let reply = client.get(&format!("{}?client_id={}&state=z", app.authorize_path, app.client_id)).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_platform_without_read_only() {
    let client = Client::new(SandboxConfig { customers: 20, connect_read_only: false, ..config() });
    let reply = client.get(&ask_path(&client, OAuthServer::Connect, "&scope=read_only")).await;
    assert!(reply.header("location").unwrap().contains("error=invalid_scope"));
    let page = client.get(&ask_path(&client, OAuthServer::Connect, "")).await;
    assert!(page.text.contains("read and change"));
}

#[tokio::test]
async fn deny() {
    let client = Client::small();
    for server in [OAuthServer::Connect, OAuthServer::App] {
        let page = client.get(&ask_path(&client, server, "")).await;
        let url = answered(&client, server, &page, "decision=deny").await;
        let denied =
            "?error=access_denied&error_description=The%20user%20denied%20your%20request&state=s%201%26x";
        assert_eq!(url, format!("{BACK}{denied}"));
    }
}

#[tokio::test]
async fn a_consent_page_is_answered_once() {
    let client = Client::small();
    let account = seller(&client, 0).await;
    let path = of(&client, OAuthServer::Connect).authorize_path;
    let page = client.get(&ask_path(&client, OAuthServer::Connect, "")).await;
    let form = format!("request={}&decision=connect&account={account}", request_id(&page));
    assert_eq!(client.send("POST", path, &form).await.status, 303);
    let again = client.send("POST", path, &form).await;
    assert_eq!(again.status, 400);
    assert!(again.text.contains("This request is over") && again.header("location").is_none());
    for form in ["request=made-up&decision=connect", ""] {
        assert_eq!(client.send("POST", path, form).await.status, 400);
    }
    // Neither an unknown account, nor the platform itself, nor the page of the other server.
    let own = client.world().account_id();
    for choice in ["acct_x".to_owned(), own] {
        let page = client.get(&ask_path(&client, OAuthServer::Connect, "")).await;
        let form = format!("request={}&decision=connect&account={choice}", request_id(&page));
        assert_eq!(client.send("POST", path, &form).await.status, 400);
    }
    let page = client.get(&ask_path(&client, OAuthServer::App, "")).await;
    let form = format!("request={}&decision=deny", request_id(&page));
    assert_eq!(client.send("POST", path, &form).await.status, 400);
    let late = client.get(&ask_path(&client, OAuthServer::Connect, "")).await;
    client.state.advance_oauth_clock(Duration::from_secs(3_600));
    let form = format!("request={}&decision=deny", request_id(&late));
    assert_eq!(client.send("POST", path, &form).await.status, 400);
}

#[tokio::test]
async fn live_mode_is_redirected_by_https_only() {
    let client = Client::new(SandboxConfig { customers: 20, livemode: true, ..config() });
    for server in [OAuthServer::Connect, OAuthServer::App] {
        let own = of(&client, server);
        assert_eq!(own.redirect_uris, ["https://example.com/oauth/callback"]);
        let reply = client.get(&ask_path(&client, server, "")).await;
        assert_eq!(reply.message(), "Livemode requests must always be redirected via HTTPS.");
        let path = format!("{}?client_id={}&response_type=code&state=z", own.authorize_path, own.client_id);
        let page = client.get(&path).await;
        let account = seller(&client, 0).await;
        let url = answered(&client, server, &page, &format!("decision=connect&account={account}")).await;
        assert!(url.starts_with("https://example.com/oauth/callback?scope="));
        let grant = exchange(&client, server, &parameter(&url, "code").unwrap()).await.json;
        assert!(grant["livemode"] == true && text(&grant, "access_token").starts_with("sk_live_51"));
    }
}

#[tokio::test]
async fn redirects_are_those_of_the_configuration() {
    let oauth_redirects = vec!["http://shop.test/back?a=1".to_owned(), "https://shop.test/back".to_owned()];
    let client = Client::new(SandboxConfig { customers: 20, oauth_redirects, ..config() });
    let connect = of(&client, OAuthServer::Connect);
    let path = format!("{}?client_id={}&response_type=code", connect.authorize_path, connect.client_id);
    let page = client.get(&path).await;
    let url = answered(&client, OAuthServer::Connect, &page, "decision=deny").await;
    assert!(url.starts_with("http://shop.test/back?a=1&error=access_denied&") && !url.contains("state="));
    // An app's redirect is HTTPS, or leads to this machine.
    assert_eq!(of(&client, OAuthServer::App).redirect_uris, ["https://shop.test/back"]);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_clients() {
    let (one, other) = (Client::small(), Client::small());
    assert_eq!(one.state.oauth_clients(), other.state.oauth_clients());
    let client = one.state.oauth_clients();
    assert!(client.connect.client_id.starts_with("ca_") && client.connect.client_id != client.app.client_id);
    let elsewhere = Client::new(SandboxConfig { seed: 2, ..config() });
    assert_ne!(elsewhere.state.oauth_clients().app.client_id, client.app.client_id);
}

#[tokio::test]
async fn over_a_socket() {
    let sandbox = Sandbox::start(SandboxConfig { customers: 20, ..config() }).await.unwrap();
    let clients = sandbox.oauth_clients();
    let path = format!("{}?client_id={}", clients.app.authorize_path, clients.app.client_id);
    let page = String::from_utf8(raw(&sandbox, &path).await.unwrap()).unwrap();
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("action=\"/oauth/v2/authorize\""));
    assert_eq!(clients.app.secret, sandbox.secret_key());
    let account = sandbox.accounts()[0].id.clone();
    assert!(sandbox.oauth_grants().is_empty() && !sandbox.revoke_grant(OAuthServer::App, &account));
    // All connected accounts are with the platform from the start.
    assert!(sandbox.revoke_grant(OAuthServer::Connect, &account));
    assert!(!sandbox.revoke_grant(OAuthServer::Connect, &account));
    assert_eq!(sandbox.expire_tokens(None, None, true), 0);
    sandbox.advance_oauth_clock(Duration::from_secs(1));
    sandbox.stop().await;
}
