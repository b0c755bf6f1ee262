//! Connections: keys come in and never go out (promise 7).

use pinstripe_client::ApiBase;
use pinstripe_sandbox::{EXPIRED_KEY, Sandbox, SandboxConfig};
use pinstripe_workbench::{Accounts, Setup};
use serde_json::json;

use crate::harness::{Page, client};

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
    let path = format!("/api/connections/{}", first["id"].as_str().unwrap());
    assert_eq!(page.delete(&path).await.status.as_u16(), 204);
    assert_eq!(page.delete(&path).await.error(404)["kind"], "not found");
    assert_eq!(page.get("/api/connections").await.json(200), json!([]));
}

#[tokio::test]
async fn a_key_is_tried_before_it_is_taken_and_never_shown_again() {
    let sandbox = Sandbox::start(SandboxConfig { customers: 2, ..SandboxConfig::default() }).await.unwrap();
    let page = page_at(&sandbox).await;
    let secret = sandbox.secret_key().to_owned();
    let added = page.post("/api/connections", json!({"name": "Shop", "key": format!(" {secret}\n")})).await;
    let info = added.json(200);
    assert_eq!(
        (&info["name"], &info["kind"], &info["stored"]),
        (&"Shop".into(), &"key".into(), &false.into())
    );
    let hint = info["key_hint"].as_str().unwrap();
    assert!(hint.starts_with("sk_test_…") && secret.ends_with(&hint[hint.len() - 4..]), "{hint}");
    let listed = page.get("/api/connections").await;
    assert_eq!(listed.json(200).as_array().unwrap().len(), 2);
    for answer in [added, listed] {
        assert!(!answer.text().contains(&secret) && !answer.text().contains(sandbox.restricted_key()));
    }
    let same_name = page.post("/api/connections", json!({"name": "stripe_api_key", "key": secret})).await;
    assert_eq!(same_name.error(409)["field"], "name");
}

#[tokio::test]
async fn keys_that_are_none_or_unknown_are_refused_where_they_were_typed() {
    let sandbox = Sandbox::start(SandboxConfig { customers: 2, ..SandboxConfig::default() }).await.unwrap();
    let page = page_at(&sandbox).await;
    for (key, status, kind) in [
        ("", 400, "key"),
        ("pk_test_0123456789", 400, "key"),
        ("rk_test_ 1", 400, "key"),
        ("sk_test_0123456789abcdef", 401, "key refused"),
        (EXPIRED_KEY, 401, "key refused"),
    ] {
        let answer = page.post("/api/connections", json!({"name": "", "key": key})).await;
        let error = answer.error(status);
        assert_eq!((&error["kind"], &error["field"]), (&kind.into(), &"connection".into()), "{key}");
        assert!(key.is_empty() || !answer.text().contains(key), "{}", answer.text());
    }
    assert_eq!(page.get("/api/connections").await.json(200).as_array().unwrap().len(), 1);
    let offline = Page::new().await;
    let answer =
        offline.post("/api/connections", json!({"name": "", "key": "sk_test_0123456789abcdef"})).await;
    assert_eq!(answer.error(502)["kind"], "connection");
}
