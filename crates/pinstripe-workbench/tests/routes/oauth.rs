//! OAuth through the page's routes, with the sandbox's two servers: consent, its answers good and
//! bad, and grants that are given back. Ports are the system's choice, so that tests run side by side.

use std::net::TcpListener;

use pinstripe_client::ApiBase;
use pinstripe_sandbox::{Sandbox, SandboxConfig};
use pinstripe_workbench::{Accounts, Setup};
use serde_json::{Value, json};

use crate::harness::{Page, request, started};

struct Team {
    page: Page,
    redirect: String,
    account: String,
    secret: String,
}

/// A workbench whose sandbox sends people back to a port of this test's own.
async fn team() -> Team {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    team_at(format!("http://{free}/oauth/callback")).await
}

async fn team_at(redirect: String) -> Team {
    let config = SandboxConfig {
        customers: 20,
        accounts: 2,
        oauth_redirects: vec![redirect.clone()],
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let (account, secret) = (sandbox.accounts()[0].id.clone(), sandbox.secret_key().to_owned());
    let url = sandbox.url().to_owned();
    let page = Page::with(move |setup| Setup {
        accounts: Accounts {
            api_base: ApiBase::parse(&url).unwrap(),
            sandbox: Some(started(sandbox)),
            ..setup.accounts
        },
        ..setup
    })
    .await;
    Team { page, redirect, account, secret }
}

impl Team {
    async fn begin(&self, kind: &str, name: &str) -> Value {
        let asked = json!({"kind": kind, "name": name, "replaces": null});
        self.page.post("/api/oauth/grants", asked).await.json(200)
    }

    /// Answers Stripe's page as a person does, and gives the address that the browser is sent to.
    async fn decide(&self, grant: &Value, decision: &str, account: &str) -> String {
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let address = grant["address"].as_str().unwrap();
        let consent = browser.get(address).send().await.unwrap().text().await.unwrap();
        let field = consent.split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let path = consent.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
        let to = url::Url::parse(address).unwrap().join(path).unwrap();
        let form = [("request", field), ("decision", decision), ("account", account)];
        let answer = browser.post(to).form(&form).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Follows an address as a browser does.
    async fn follow(&self, address: &str) -> String {
        reqwest::get(address).await.unwrap().text().await.unwrap()
    }

    async fn grant_in(&self, grant: &Value, states: &[&str]) -> Value {
        let path = format!("/api/oauth/grants/{}", grant["id"].as_str().unwrap());
        for _ in 0..1_500 {
            let found = self.page.get(&path).await.json(200);
            if states.iter().any(|state| found["state"] == *state) {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("waited in vain for {grant} to be {states:?}");
    }

    async fn use_sandbox(&self, kind: &str) -> Value {
        self.page.post(&format!("/api/oauth/apps/{kind}/sandbox"), json!({})).await.json(200)
    }

    async fn connected(&self, kind: &str, name: &str) -> Value {
        let grant = self.begin(kind, name).await;
        let back = self.decide(&grant, "connect", &self.account).await;
        assert!(self.follow(&back).await.contains("Authorized"));
        self.grant_in(&grant, &["authorized", "failed"]).await
    }

    fn answer_path(grant: &Value) -> String {
        format!("/api/oauth/grants/{}/answer", grant["id"].as_str().unwrap())
    }
}

#[tokio::test]
async fn both_servers_give_a_connection_that_imports() {
    for (kind, label) in [("connect", "Connect platform"), ("app", "Stripe App")] {
        let team = team().await;
        let app = team.use_sandbox(kind).await;
        assert_eq!(
            (&app["label"], &app["mode"], &app["comes_back_here"]),
            (&label.into(), &"sandbox".into(), &true.into())
        );
        let done = team.connected(kind, "Seller").await;
        assert_eq!(done["state"], "authorized", "{done}");
        let connection = &done["connection"];
        assert_eq!((&connection["name"], &connection["kind"]), (&"Seller".into(), &kind.into()));
        assert_eq!(connection["account"], team.account);
        team.page.import(&request("charges", connection)).await;
        // Stripe is told when it goes.
        let path = format!("/api/connections/{}", connection["id"].as_str().unwrap());
        assert_eq!(team.page.delete(&path).await.json(200)["not_given_back"], Value::Null);
        let part = &team.secret[team.secret.len() - 40..];
        assert!(!team.page.answered().contains(part), "an answer holds the secret");
    }
}

#[tokio::test]
async fn a_denial_and_a_cancel_end_the_request() {
    let team = team().await;
    team.use_sandbox("connect").await;
    let grant = team.begin("connect", "Seller").await;
    assert_eq!(grant["state"], "waiting");
    let back = team.decide(&grant, "deny", "").await;
    assert!(team.follow(&back).await.contains("Not authorized"));
    let failed = team.grant_in(&grant, &["failed"]).await;
    assert!(failed["error"]["message"].as_str().unwrap().contains("denied"), "{failed}");
    let grant = team.begin("connect", "Seller").await;
    let path = format!("/api/oauth/grants/{}", grant["id"].as_str().unwrap());
    assert_eq!(team.page.delete(&path).await.json(200)["state"], "cancelled");
    // The port is free again, and a second request puts an end to the one before it.
    let first = team.begin("connect", "Seller").await;
    let second = team.begin("connect", "Seller").await;
    team.grant_in(&first, &["cancelled"]).await;
    team.grant_in(&second, &["waiting"]).await;
    // That the list can show it, the name must be free.
    team.connected("connect", "Seller").await;
    let taken = json!({"kind": "connect", "name": "seller", "replaces": null});
    assert_eq!(team.page.post("/api/oauth/grants", taken).await.error(409)["field"], "name");
}

#[tokio::test]
async fn only_the_answer_to_this_request_is_taken() {
    let team = team().await;
    team.use_sandbox("connect").await;
    let grant = team.begin("connect", "Seller").await;
    let forged = format!("{}?code=ac_forged&state=x", team.redirect);
    assert!(team.follow(&forged).await.contains("Not this request"));
    let path = Team::answer_path(&grant);
    for text in [forged.as_str(), "", "hello", "sk_test_1"] {
        let error = team.page.post(&path, json!({"text": text})).await.error(400);
        assert_eq!(error["field"], "value", "{text}");
    }
    assert_eq!(team.grant_in(&grant, &["waiting"]).await["error"], Value::Null);
    // The address can be pasted where the browser could not come back.
    let back = team.decide(&grant, "connect", &team.account).await;
    team.page.post(&path, json!({"text": back})).await.json(200);
    team.grant_in(&grant, &["authorized"]).await;
    assert_eq!(team.page.post(&path, json!({"text": back})).await.error(400)["field"], "value");
    // A code that was used up is Stripe's to refuse.
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let again = team.begin("connect", "Other").await;
    team.page.post(&Team::answer_path(&again), json!({"text": code})).await.json(200);
    let failed = team.grant_in(&again, &["failed"]).await;
    assert!(failed["error"]["message"].as_str().unwrap().contains("invalid_grant"), "{failed}");
}

#[tokio::test]
async fn a_redirect_elsewhere_is_pasted_and_a_taken_port_is_said_before_anybody_is_asked() {
    let team = team_at("https://example.com/oauth/callback".to_owned()).await;
    assert_eq!(team.use_sandbox("app").await["comes_back_here"], false);
    let grant = team.begin("app", "Seller").await;
    assert_eq!(grant["comes_back_here"], false);
    let back = team.decide(&grant, "connect", &team.account).await;
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    team.page.post(&Team::answer_path(&grant), json!({"text": code})).await.json(200);
    assert_eq!(team.grant_in(&grant, &["authorized", "failed"]).await["state"], "authorized");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let team = team_at(format!("http://{}/x", taken.local_addr().unwrap())).await;
    team.use_sandbox("connect").await;
    let asked = json!({"kind": "connect", "name": "Seller", "replaces": null});
    let error = team.page.post("/api/oauth/grants", asked).await.error(400);
    assert!(error["message"].as_str().unwrap().contains("cannot be used"), "{error}");
    assert!(!error["hint"].as_str().unwrap().contains("pinstripe "), "{error}");
}

#[tokio::test]
async fn settings_are_checked_and_their_secret_is_kept_to_itself() {
    let team = team().await;
    let none = json!({"kind": "connect", "name": "Seller", "replaces": null});
    let error = team.page.post("/api/oauth/grants", none).await.error(400);
    assert_eq!(error["hint"], "set its client id and secret first");
    let own = |client_id: &str, redirect: &str| json!({"client_id": client_id, "secret": team.secret, "redirect_uri": redirect});
    for bad in [own("x", &team.redirect), own("ca_1", "ftp://x"), own("ca_1", "http://example.com/x")] {
        team.page.put("/api/oauth/apps/connect", bad).await.error(400);
    }
    let set = team.page.put("/api/oauth/apps/connect", own(" ca_1 ", &team.redirect)).await.json(200);
    assert_eq!((&set["client_id"], &set["kept_in"]), (&"ca_1".into(), &"encrypted file".into()));
    let apps = team.page.get("/api/oauth/apps").await.json(200);
    assert_eq!((apps["apps"].as_array().unwrap().len(), &apps["sandbox"]), (1, &true.into()));
    let part = &team.secret[team.secret.len() - 40..];
    assert!(!team.page.answered().contains(part));
    assert!(!team.page.left_behind().windows(part.len()).any(|bytes| bytes == part.as_bytes()));
    assert_eq!(team.page.delete("/api/oauth/apps/connect").await.status.as_u16(), 204);
    assert_eq!(team.page.get("/api/oauth/apps").await.json(200)["apps"], json!([]));
}

#[tokio::test]
async fn the_sandbox_never_takes_the_place_of_a_real_platform() {
    let team = team().await;
    let stored = crate::harness::stored(team.page.folder.path());
    let app = pinstripe_connections::oauth::OAuthApp {
        kind: pinstripe_connections::oauth::OAuthKind::Connect,
        client_id: "ca_real".to_owned(),
        redirect_uri: team.redirect.clone(),
        api_base: "https://api.stripe.com".to_owned(),
        connect_base: None,
        live: false,
        key_hint: None,
        kept_in: pinstripe_connections::Keeper::File,
    };
    let secret = pinstripe_client::ApiKey::parse("sk_test_0123456789abcdefghij").unwrap();
    stored.set_oauth_app(app, &secret).unwrap();
    let error = team.page.post("/api/oauth/apps/connect/sandbox", json!({})).await.error(409);
    assert!(error["message"].as_str().unwrap().contains("Connect platform"), "{error}");
}

#[tokio::test]
async fn stripe_that_cannot_be_told_of_a_removal_is_said() {
    let team = team().await;
    team.use_sandbox("connect").await;
    let done = team.connected("connect", "Seller").await;
    let connection = &done["connection"];
    team.page.delete("/api/oauth/apps/connect").await;
    let path = format!("/api/connections/{}", connection["id"].as_str().unwrap());
    let removed = team.page.delete(&path).await.json(200);
    assert!(removed["not_given_back"].as_str().unwrap().contains("Connect platform"), "{removed}");
}
