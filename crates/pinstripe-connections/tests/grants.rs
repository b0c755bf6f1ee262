//! OAuth from the consent page to a connection, with a browser that is played here.

use std::sync::Arc;
use std::time::Duration;

use pinstripe_client::{ApiKey, Client, MaxRate};
use pinstripe_connections::Connections;
use pinstripe_connections::oauth::{Code, Consent, Listening, OAuthApp, OAuthError, OAuthKind};
use pinstripe_connections::{ConnectionError, ConnectionKind, ConnectionRecord, Keeper};
use pinstripe_sandbox::SandboxConfig;
use url::Url;

use super::World;

/// What a person chooses on the consent page.
#[derive(Clone, Copy)]
pub enum Decision<'a> {
    Connect(&'a str),
    Deny,
}

/// Opens the consent page, chooses, and gives the address that the browser is led to.
pub async fn decide(consent: &Url, decision: Decision<'_>) -> Url {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let page = http.get(consent.clone()).send().await.unwrap().text().await.unwrap();
    let request = page.split("name=\"request\" value=\"").nth(1).expect(&page).split('"').next().unwrap();
    let mut form = vec![("request", request)];
    match decision {
        Decision::Connect(account) => form.extend([("decision", "connect"), ("account", account)]),
        Decision::Deny => form.push(("decision", "deny")),
    }
    let mut action = consent.clone();
    action.set_query(None);
    let answer = http.post(action).form(&form).send().await.unwrap();
    let location = answer.headers().get("location").expect("a redirect").to_str().unwrap();
    Url::parse(location).unwrap()
}

/// A platform or app of the sandbox, with a redirect on a port that is free.
pub async fn with_app(kind: OAuthKind) -> (World, Connections) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let redirect = format!("http://127.0.0.1:{port}/oauth/callback");
    let world =
        World::new(SandboxConfig { oauth_redirects: vec![redirect.clone()], ..SandboxConfig::default() })
            .await;
    let connections = world.connections();
    let clients = world.sandbox.oauth_clients();
    let client = if kind == OAuthKind::Connect { clients.connect } else { clients.app };
    let app = OAuthApp {
        kind,
        client_id: client.client_id,
        redirect_uri: redirect,
        api_base: world.sandbox.url().to_owned(),
        connect_base: None,
        live: true,
        key_hint: None,
        kept_in: Keeper::Keychain,
    };
    let app = connections.set_oauth_app(app, &ApiKey::parse(&client.secret).unwrap()).unwrap();
    assert!(!app.live && app.kept_in == Keeper::File && app.comes_back_here());
    (world, connections)
}

pub fn account(world: &World) -> String {
    world.sandbox.accounts()[0].id.clone()
}

/// The whole way, with a pasted address.
pub async fn connected(world: &World, connections: &Connections, kind: OAuthKind) -> ConnectionRecord {
    let account = match kind {
        OAuthKind::Connect => account(world),
        OAuthKind::App => world.sandbox.account_id().to_owned(),
    };
    let (_, consent) = connections.begin_grant(kind).await.unwrap();
    let returned = decide(&consent.address, Decision::Connect(&account)).await;
    let code = consent.pasted(returned.as_str()).unwrap();
    let grant = connections.end_grant(kind, &code).await.unwrap();
    let record = connections.add("Granted", &world.api_base(), &grant, None).unwrap();
    assert_eq!(record.account.as_deref(), Some(account.as_str()));
    record
}

async fn charges_of(client: &Client) -> String {
    let page = client.get("/v1/charges", &[("limit".to_owned(), "1".to_owned())]).await.unwrap();
    String::from_utf8(page.body).unwrap()
}

#[tokio::test]
async fn a_platforms_grant_reads_the_account_that_was_chosen() {
    let (world, connections) = with_app(OAuthKind::Connect).await;
    let record = connected(&world, &connections, OAuthKind::Connect).await;
    assert_eq!((record.kind, record.live, record.may_write), (ConnectionKind::Connect, false, true));
    let client = Client::new(connections.options(&record, MaxRate::default()).unwrap()).unwrap();
    let own = ApiKey::parse(world.sandbox.secret_key()).unwrap();
    let own = Client::new(pinstripe_client::ClientOptions::new(world.api_base(), own)).unwrap();
    assert_ne!(charges_of(&client).await, charges_of(&own).await);

    let removed = connections.remove("granted").await.unwrap();
    assert!(removed.not_given_back.is_none(), "{:?}", removed.not_given_back);
    assert!(client.get("/v1/charges", &[]).await.is_err());
}

#[tokio::test]
async fn the_browser_brings_the_answer_back() {
    for kind in [OAuthKind::Connect, OAuthKind::App] {
        let (world, connections) = with_app(kind).await;
        let (app, consent) = connections.begin_grant(kind).await.unwrap();
        let consent = Arc::new(consent);
        let listening = Listening::new(&app).await.unwrap();
        let taken = Listening::new(&app).await.unwrap_err();
        assert!(matches!(taken, OAuthError::Port { .. }), "{taken}");
        let waiting = tokio::spawn(listening.answer(Arc::clone(&consent), Duration::from_secs(30)));

        let http = reqwest::Client::new();
        let mut wrong = Url::parse(&app.redirect_uri).unwrap();
        wrong.set_query(Some("code=ac_stolen&state=guessed"));
        assert_eq!(http.get(wrong).send().await.unwrap().status(), 400);
        let elsewhere = Url::parse(&app.redirect_uri).unwrap().join("/favicon.ico").unwrap();
        assert_eq!(http.get(elsewhere).send().await.unwrap().status(), 404);

        let account = world.sandbox.account_id().to_owned();
        let account = if kind == OAuthKind::App { account } else { self::account(&world) };
        let returned = decide(&consent.address, Decision::Connect(&account)).await;
        let page = http.get(returned.clone()).send().await.unwrap();
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        assert!(page.contains("Authorized") && !page.contains("ac_"), "{page}");
        let code = waiting.await.unwrap().unwrap();
        assert!(connections.end_grant(kind, &code).await.is_ok());
        // A code works once.
        let again = connections.end_grant(kind, &code).await.err().unwrap();
        assert!(
            matches!(&again, ConnectionError::OAuth(OAuthError::Refused { error, .. }) if error == "invalid_grant")
        );
    }
}

#[tokio::test]
async fn a_no_is_a_no_and_silence_ends() {
    let (world, connections) = with_app(OAuthKind::Connect).await;
    let (app, consent) = connections.begin_grant(OAuthKind::Connect).await.unwrap();
    let returned = decide(&consent.address, Decision::Deny).await;
    let consent: Arc<Consent> = Arc::new(consent);
    let listening = Listening::new(&app).await.unwrap();
    let waiting = tokio::spawn(listening.answer(Arc::clone(&consent), Duration::from_secs(30)));
    let page = reqwest::get(returned).await.unwrap().text().await.unwrap();
    assert!(page.contains("Not authorized"), "{page}");
    assert!(matches!(waiting.await.unwrap(), Err(OAuthError::Denied { .. })));

    let listening = Listening::new(&app).await.unwrap();
    let silence = listening.answer(consent, Duration::from_millis(50)).await;
    assert!(matches!(silence, Err(OAuthError::TimedOut { .. })));
    drop(world);
}

#[tokio::test]
async fn settings_that_stripe_would_refuse_are_refused_here() {
    let (world, connections) = with_app(OAuthKind::Connect).await;
    assert!(matches!(
        connections.begin_grant(OAuthKind::App).await,
        Err(ConnectionError::OAuth(OAuthError::NoApp { kind: "app" }))
    ));
    let app = connections.oauth_app(OAuthKind::Connect).unwrap().unwrap();
    let secret = ApiKey::parse(world.sandbox.secret_key()).unwrap();
    for (client_id, redirect_uri) in [("acct_1", "http://127.0.0.1:1/x"), ("ca_1", "http://example.com/x")] {
        let app = OAuthApp {
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            ..app.clone()
        };
        assert!(connections.set_oauth_app(app, &secret).is_err());
    }
    // A secret of another platform.
    let wrong = ApiKey::parse("sk_test_0123456789abcdefghijkl").unwrap();
    connections.set_oauth_app(app, &wrong).unwrap();
    let (_, consent) = connections.begin_grant(OAuthKind::Connect).await.unwrap();
    let returned = decide(&consent.address, Decision::Connect(&account(&world))).await;
    let code: Code = consent.pasted(returned.as_str()).unwrap();
    let error = connections.end_grant(OAuthKind::Connect, &code).await.err().unwrap();
    assert!(matches!(error, ConnectionError::OAuth(OAuthError::Refused { .. })), "{error}");
    assert!(!world.holds(world.sandbox.secret_key()));
    assert!(world.sandbox.oauth_grants().is_empty());
}
