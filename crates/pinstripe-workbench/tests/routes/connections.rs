//! Connections: keys are tried, kept, replaced and removed; they come in and never go out (promise 7).

use pinstripe_client::ApiBase;
use pinstripe_sandbox::{EXPIRED_KEY, IP_RESTRICTED_KEY, Sandbox, SandboxConfig};
use pinstripe_workbench::{Accounts, Setup};
use serde_json::{Value, json};

use crate::harness::{Page, client, request};

const ONLY_CHARGES: &str = "rk_test_only_charge_read";

async fn small_sandbox() -> Sandbox {
    Sandbox::start(SandboxConfig { customers: 2, ..SandboxConfig::default() }).await.unwrap()
}

/// A page whose typed keys are for this sandbox.
async fn page_at(sandbox: &Sandbox) -> Page {
    let (url, environment) = (sandbox.url().to_owned(), client(sandbox));
    Page::with(move |setup| Setup {
        accounts: Accounts {
            api_base: ApiBase::parse(&url).unwrap(),
            environment: Some(("STRIPE_API_KEY".to_owned(), environment)),
            ..setup.accounts
        },
        ..setup
    })
    .await
}

impl Page {
    async fn add(&self, name: &str, key: &str) -> Value {
        self.post("/api/connections", json!({"name": name, "key": key, "data_types": null})).await.json(200)
    }
}

fn path(connection: &Value) -> String {
    format!("/api/connections/{}", connection["id"].as_str().unwrap())
}

/// What trying a connection said of a data type.
fn access<'a>(connection: &'a Value, data_type: &str) -> &'a Value {
    let all = connection["access"].as_array().unwrap();
    all.iter().find(|one| one["data_type"] == data_type).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn the_sandbox_is_started_once_and_can_be_forgotten() {
    let page = Page::new().await;
    assert_eq!(page.get("/api/connections").await.json(200), json!([]));
    let first = page.sandbox(5).await;
    assert_eq!(
        (&first["name"], &first["kind"], &first["mode"]),
        (&"Sandbox".into(), &"sandbox".into(), &"sandbox".into())
    );
    assert_eq!(page.sandbox(7).await["id"], first["id"]);
    assert_eq!(page.get("/api/connections").await.json(200), json!([first]));
    page.delete(&path(&first)).await.json(200);
    assert_eq!(page.delete(&path(&first)).await.error(404)["kind"], "not found");
    assert_eq!(page.get("/api/connections").await.json(200), json!([]));
}

#[tokio::test]
async fn a_key_is_tried_and_kept_and_never_shown_again() {
    let sandbox = small_sandbox().await;
    let page = page_at(&sandbox).await;
    let secret = sandbox.secret_key().to_owned();
    let info = page.add("Shop", &format!(" {secret}\n")).await;
    assert_eq!(
        (&info["name"], &info["kind"], &info["mode"], &info["stored"], &info["may_write"]),
        (&"Shop".into(), &"key".into(), &"sandbox".into(), &true.into(), &true.into())
    );
    assert_eq!(info["account"], sandbox.account_id());
    assert_eq!(access(&info, "charges")["access"], "readable");
    let hint = info["key_hint"].as_str().unwrap();
    assert!(hint.starts_with("sk_test_…") && secret.ends_with(&hint[hint.len() - 4..]), "{hint}");
    assert!(info["protection"].as_str().unwrap().contains("encrypted file"), "{info}");
    assert_eq!(page.get("/api/connections").await.json(200).as_array().unwrap().len(), 2);
    let taken = json!({"name": "stripe_api_key", "key": secret, "data_types": null});
    assert_eq!(page.post("/api/connections", taken).await.error(409)["field"], "name");
    let again = json!({"name": "SHOP", "key": secret, "data_types": null});
    let error = page.post("/api/connections", again).await.error(409);
    assert_eq!((&error["field"], &error["hint"]), (&"name".into(), &"choose another name".into()));
}

#[tokio::test]
async fn what_a_key_may_not_read_is_named() {
    let sandbox = small_sandbox().await;
    let page = page_at(&sandbox).await;
    let types = json!(["charges", "customers"]);
    let new = json!({"name": "Shop", "key": ONLY_CHARGES, "data_types": types});
    let info = page.post("/api/connections", new).await.json(200);
    assert_eq!((&info["may_write"], info["access"].as_array().unwrap().len()), (&false.into(), 2));
    assert_eq!(access(&info, "charges")["access"], "readable");
    let customers = access(&info, "customers");
    assert_eq!((&customers["access"], &customers["label"]), (&"not_permitted".into(), &"Customers".into()));
    assert_eq!(customers["permission"], "rak_customer_read");
    // More can be asked about later; what was asked before stays.
    let more = page.post(&format!("{}/try", path(&info)), json!({"data_types": ["payouts"]})).await.json(200);
    assert_eq!(access(&more, "payouts")["access"], "not_permitted");
    assert_eq!(access(&more, "charges")["access"], "readable");
    let same = page.post(&format!("{}/try", path(&info)), json!({"data_types": null})).await.json(200);
    assert_eq!(same["access"].as_array().unwrap().len(), 3);
    let unknown = json!({"name": "X", "key": ONLY_CHARGES, "data_types": ["nothing"]});
    assert_eq!(page.post("/api/connections", unknown).await.error(404)["field"], "data_type");
}

#[tokio::test]
async fn keys_that_are_none_or_unknown_are_refused_where_they_were_typed() {
    let sandbox = small_sandbox().await;
    let page = page_at(&sandbox).await;
    let mut messages = Vec::new();
    for (key, status, kind) in [
        ("", 400, "key"),
        ("pk_test_0123456789", 400, "key"),
        ("rk_test_ 1", 400, "key"),
        ("sk_test_0123456789abcdef", 401, "key refused"),
        (EXPIRED_KEY, 401, "key refused"),
        (IP_RESTRICTED_KEY, 401, "key refused"),
    ] {
        let answer =
            page.post("/api/connections", json!({"name": "Shop", "key": key, "data_types": null})).await;
        let error = answer.error(status);
        assert_eq!((&error["kind"], &error["field"]), (&kind.into(), &"connection".into()), "{key}");
        assert!(key.is_empty() || !answer.text().contains(key), "{}", answer.text());
        messages.push(format!("{} {}", error["message"], error["hint"]));
    }
    let all = messages.len();
    messages.dedup();
    assert_eq!(messages.len(), all, "each has a message of its own: {messages:?}");
    assert_eq!(page.get("/api/connections").await.json(200).as_array().unwrap().len(), 1);
    let bad_name = json!({"name": "rk_test_0123456789", "key": "", "data_types": null});
    let answer = page.post("/api/connections", bad_name).await;
    assert_eq!(answer.error(400)["field"], "name");
    assert!(!answer.text().contains("0123456789"));
    let offline = Page::new().await;
    let new = json!({"name": "Shop", "key": "sk_test_0123456789abcdef", "data_types": null});
    assert_eq!(offline.post("/api/connections", new).await.error(502)["kind"], "connection");
}

#[tokio::test]
async fn frames_go_on_when_the_key_is_replaced_and_the_connection_renamed() {
    let sandbox = small_sandbox().await;
    let page = page_at(&sandbox).await;
    let added = page.add("Shop", ONLY_CHARGES).await;
    page.import(&request("charges", &added)).await;
    let replaced = page
        .put(&format!("{}/key", path(&added)), json!({"key": sandbox.secret_key(), "data_types": null}))
        .await
        .json(200);
    assert_eq!((&replaced["id"], &replaced["name"]), (&added["id"], &"Shop".into()));
    assert_ne!(replaced["key_hint"], added["key_hint"]);
    // The client of now has the new key: it reads what the old one could not.
    page.import(&request("payouts", &replaced)).await;
    let renamed = page.patch(&path(&added), json!({"name": "Corner shop"})).await.json(200);
    assert_eq!((&renamed["id"], &renamed["name"]), (&added["id"], &"Corner shop".into()));
    let frame = page.get("/api/frames/charges").await.json(200);
    assert_eq!((&frame["connection"], &frame["sandbox"]), (&"Corner shop".into(), &true.into()));
    assert_eq!(frame["request"]["connection"], added["id"]);
    let again = page.post("/api/frames/charges/refresh", json!({})).await.json(202);
    assert_eq!(page.run_in(&again, &["done", "failed"]).await["state"], "done");
    assert_eq!(page.patch(&path(&added), json!({"name": " "})).await.error(400)["field"], "name");
    assert_eq!(
        page.patch(&path(&added), json!({"name": "STRIPE_API_KEY"})).await.error(409)["field"],
        "name"
    );
}

#[tokio::test]
async fn a_key_of_another_account_is_no_replacement() {
    let (sandbox, other) = (small_sandbox().await, {
        let config = SandboxConfig { customers: 2, seed: 2, ..SandboxConfig::default() };
        Sandbox::start(config).await.unwrap()
    });
    let page = page_at(&sandbox).await;
    let added = page.add("Shop", sandbox.secret_key()).await;
    let key = format!("{}/key", path(&added));
    // The key of the other is not known here.
    let new = json!({"key": other.secret_key(), "data_types": null});
    assert_eq!(page.put(&key, new).await.error(401)["field"], "connection");
    let still = page.post(&format!("{}/try", path(&added)), json!({"data_types": null})).await.json(200);
    assert_eq!(still["account"], sandbox.account_id());
}

#[tokio::test]
async fn a_removed_connection_takes_its_key_with_it_and_leaves_its_frames() {
    let sandbox = small_sandbox().await;
    let page = page_at(&sandbox).await;
    let added = page.add("Shop", sandbox.secret_key()).await;
    page.import(&request("charges", &added)).await;
    assert_eq!(page.delete(&path(&added)).await.json(200)["not_given_back"], Value::Null);
    assert_eq!(page.get("/api/frames/charges").await.json(200)["request"]["connection"], Value::Null);
    let error = page.post("/api/frames/charges/refresh", json!({})).await.error(400);
    assert_eq!((&error["kind"], &error["field"]), (&"key".into(), &"connection".into()));
    for (method, rest) in [("post", "/try"), ("put", "/key")] {
        let body = json!({"key": "rk_test_x", "data_types": null});
        let to = format!("{}{rest}", path(&added));
        let answer = if method == "post" { page.post(&to, body).await } else { page.put(&to, body).await };
        assert_eq!(answer.error(404)["kind"], "not found", "{to}");
    }
}

#[tokio::test]
async fn connections_of_other_programs_are_there_without_being_told() {
    let sandbox = small_sandbox().await;
    let page = page_at(&sandbox).await;
    let elsewhere = crate::harness::stored(page.folder.path());
    let key = pinstripe_client::ApiKey::parse(sandbox.restricted_key()).unwrap();
    let api_base = ApiBase::parse(sandbox.url()).unwrap();
    let secret = pinstripe_connections::connections::NewSecret::Key(key);
    elsewhere.add("From a terminal", &api_base, &secret, None).unwrap();
    let listed = page.get("/api/connections").await.json(200);
    let found = listed.as_array().unwrap().iter().find(|one| one["name"] == "From a terminal").unwrap();
    page.import(&request("charges", found)).await;
}

#[tokio::test]
async fn key_pages_ask_for_reading_alone() {
    let page = Page::new().await;
    let asked = json!({"name": "Shop & co", "data_types": ["charges", "refunds"]});
    let pages = page.post("/api/key-pages", asked).await.json(200);
    let (live, test) = (pages["live"].as_str().unwrap(), pages["test"].as_str().unwrap());
    assert!(live.starts_with("https://dashboard.stripe.com/apikeys/create?name=pinstripe%2C+Shop+%26+co"));
    assert!(test.starts_with("https://dashboard.stripe.com/test/apikeys/create?"), "{test}");
    for permission in pages["permissions"].as_array().unwrap() {
        let permission = permission.as_str().unwrap();
        assert!(permission.ends_with("_read") && live.contains(permission), "{permission}");
    }
}

#[tokio::test]
async fn no_answer_and_no_file_holds_a_key() {
    let sandbox = small_sandbox().await;
    let page = page_at(&sandbox).await;
    let (secret, restricted) = (sandbox.secret_key(), sandbox.restricted_key());
    let added = page.add("Shop", restricted).await;
    page.import(&request("charges", &added)).await;
    page.put(&format!("{}/key", path(&added)), json!({"key": secret, "data_types": null})).await.json(200);
    page.put(&format!("{}/key", path(&added)), json!({"key": format!("{secret}x"), "data_types": null}))
        .await;
    page.post("/api/connections", json!({"name": secret, "key": secret, "data_types": null})).await;
    page.post("/api/connections", json!({"name": "Other", "key": {"of": restricted}})).await;
    page.post(&format!("{}/try", path(&added)), json!({"data_types": null})).await.json(200);
    for path in ["connections", "frames", "runs", "status", "frames/charges/rows", "oauth/apps"] {
        page.get(&format!("/api/{path}")).await;
    }
    let (answered, left) = (page.answered(), page.left_behind());
    for key in [secret, restricted] {
        // The part that makes it a key: what stands before it is its hint.
        let part = &key[key.len() - 40..];
        assert!(!answered.contains(part), "an answer holds a key");
        assert!(!left.windows(part.len()).any(|bytes| bytes == part.as_bytes()), "a file holds a key");
    }
}
