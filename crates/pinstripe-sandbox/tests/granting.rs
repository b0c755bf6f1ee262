//! The way through an OAuth server, as a browser and a program walk it: consent page, code, token.
//!
//! No test is here. Read next: `oauth.rs`, `tokens.rs`.

use serde_json::Value;

use crate::client::{Client, Reply};
use pinstripe_sandbox::{OAuthClient, OAuthServer};

pub const BACK: &str = "http://127.0.0.1:8765/oauth/callback";
pub const BACK_ENCODED: &str = "http%3A%2F%2F127.0.0.1%3A8765%2Foauth%2Fcallback";

pub fn of(client: &Client, server: OAuthServer) -> OAuthClient {
    let both = client.state.oauth_clients();
    match server {
        OAuthServer::Connect => both.connect,
        OAuthServer::App => both.app,
    }
}

pub fn ask_path(client: &Client, server: OAuthServer, more: &str) -> String {
    let of = of(client, server);
    format!(
        "{}?client_id={}&response_type=code&redirect_uri={BACK_ENCODED}&state=s%201%26x{more}",
        of.authorize_path, of.client_id
    )
}

pub fn request_id(page: &Reply) -> String {
    assert_eq!(page.status, 200, "{}", page.text);
    page.text.split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

pub fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    let found = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_owned())
}

/// Answers a consent page as a person does, and gives the place that the browser is sent to.
pub async fn answered(client: &Client, server: OAuthServer, page: &Reply, choice: &str) -> String {
    let form = format!("request={}&{choice}", request_id(page));
    let reply = client.with_key("").send("POST", of(client, server).authorize_path, &form).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    reply.header("location").unwrap().to_owned()
}

pub async fn code(client: &Client, server: OAuthServer, account: &str, more: &str) -> String {
    let page = client.with_key("").get(&ask_path(client, server, more)).await;
    let url = answered(client, server, &page, &format!("decision=connect&account={account}")).await;
    parameter(&url, "code").unwrap()
}

pub async fn token(client: &Client, server: OAuthServer, form: &str) -> Reply {
    client.send("POST", of(client, server).token_path, form).await
}

pub async fn exchange(client: &Client, server: OAuthServer, code: &str) -> Reply {
    token(client, server, &format!("grant_type=authorization_code&code={code}")).await
}

pub async fn renew(client: &Client, server: OAuthServer, refresh: &str) -> Reply {
    token(client, server, &format!("grant_type=refresh_token&refresh_token={refresh}")).await
}

/// The answer of the token endpoint after the whole way.
pub async fn granted(client: &Client, server: OAuthServer, account: &str, more: &str) -> Value {
    let code = code(client, server, account, more).await;
    let reply = exchange(client, server, &code).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json
}

pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

pub fn flat(reply: &Reply, status: u16, error: &str) {
    assert_eq!((reply.status, reply.json["error"].as_str()), (status, Some(error)), "{}", reply.text);
    assert!(!text(&reply.json, "error_description").is_empty());
}

pub async fn seller(client: &Client, place: usize) -> String {
    client.get("/v1/accounts").await.ids()[place].clone()
}
