//! Imports from the page: begun, followed, stopped, gone on with; and what the stream of events says
//! meanwhile.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use pinstripe_client::ApiBase;
use pinstripe_sandbox::{Sandbox, SandboxConfig};
use pinstripe_workbench::{Accounts, Setup};
use serde_json::{Value, json};

use crate::harness::{NOW, Page, client, request, started};

/// A page of a sandbox that takes its time, with its connection.
async fn slow(customers: u64) -> (Page, Value) {
    let config = SandboxConfig { customers, latency_ms: 60, now: Some(NOW), ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.unwrap();
    let started = started(sandbox);
    let page = Page::with(move |setup| Setup {
        accounts: Accounts {
            api_base: ApiBase::stripe(),
            start_sandbox: None,
            sandbox: Some(started),
            ..setup.accounts
        },
        ..setup
    })
    .await;
    let connections = page.get("/api/connections").await.json(200);
    (page, connections[0].clone())
}

#[tokio::test]
async fn an_import_answers_at_once_and_is_followed_to_its_end() {
    let (page, sandbox) = slow(100).await;
    let started = page.start(&request("charges", &sandbox)).await;
    assert_eq!(started["frame"], "charges");
    let running = page.run_in(&started, &["running"]).await;
    assert_eq!((&running["can_cancel"], &running["can_continue"]), (&true.into(), &false.into()));
    assert_eq!(running["from_command_line"], false);
    let coming = page.get("/api/frames").await.json(200);
    assert_eq!((&coming[0]["state"], &coming[0]["imported_at"]), (&"importing".into(), &Value::Null));
    assert_eq!(page.get("/api/frames/charges").await.json(200), coming[0]);
    let done = page.run_in(&started, &["done"]).await;
    assert_eq!((&done["rows"], &done["version"], &done["error"]), (&1_000.into(), &0.into(), &Value::Null));
    assert!(done["requests"].as_u64().unwrap() >= 10 && done["seconds"].as_f64().unwrap() > 0.0, "{done}");
    assert_eq!(page.get("/api/frames/charges").await.json(200)["state"], "ready");
}

#[tokio::test]
async fn a_stopped_import_is_gone_on_with() {
    // Long enough that a busy machine stops it before it is through.
    let (page, sandbox) = slow(1_000).await;
    let started = page.start(&request("charges", &sandbox)).await;
    let started_rows = async {
        loop {
            let run = page.run_in(&started, &["running"]).await;
            if run["rows"].as_u64().unwrap() > 0 {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let running = started_rows.await;
    assert!(running["rows_per_second"].as_f64().unwrap() > 0.0, "{running}");
    let path = format!("/api/runs/{}", started["run_id"].as_str().unwrap());
    assert_eq!(page.post(&format!("{path}/cancel"), json!({})).await.status.as_u16(), 202);
    let stopped = page.run_in(&started, &["stopped"]).await;
    assert_eq!((&stopped["can_continue"], &stopped["can_cancel"]), (&true.into(), &false.into()));
    let kept = stopped["rows"].as_u64().unwrap();
    assert!(kept > 0 && kept < 10_000, "{stopped}");
    let next = page.post(&format!("{path}/continue"), json!({})).await.json(202);
    let done = page.run_in(&next, &["done"]).await;
    assert_eq!((&done["rows"], &done["kept_rows"]), (&10_000.into(), &kept.into()));
    // What was gone on with cannot be once more.
    let runs = page.get("/api/runs").await.json(200);
    assert!(runs.as_array().unwrap().iter().all(|run| run["can_continue"] == false), "{runs}");
    assert_eq!(
        page.post(&format!("/api/runs/{}/cancel", "nothing"), json!({})).await.error(404)["kind"],
        "not found"
    );
}

#[tokio::test]
async fn a_frame_is_replaced_only_when_it_may_be_and_by_one_import_at_a_time() {
    let (page, sandbox) = slow(300).await;
    let asked = request("charges", &sandbox);
    page.import(&asked).await;
    let again = |name: &str| json!({"name": name, "request": asked, "replace": false, "restart": false});
    let error = page.post("/api/imports", again("CHARGES")).await.error(409);
    assert_eq!((&error["kind"], &error["field"]), (&"exists".into(), &"name".into()));
    assert_eq!(page.post("/api/imports", again("../x")).await.error(400)["field"], "name");
    let refreshed = page.post("/api/frames/charges/refresh", json!({})).await.json(202);
    let second = page.post("/api/frames/charges/refresh", json!({})).await.error(409);
    assert_eq!(second["message"], "`charges` is being imported already");
    assert_eq!(page.run_in(&refreshed, &["done"]).await["version"], 1);
}

#[tokio::test]
async fn columns_that_are_left_out_are_not_in_the_frame_and_conditions_still_test_them() {
    let (page, sandbox) = slow(30).await;
    let mut asked = request("charges", &sandbox);
    asked["query"] = "currency=jpy".into();
    asked["columns_left_out"] = json!(["currency", "billing_details.address.city", "metadata"]);
    let run = page.import(&asked).await;
    assert!(run["rows"].as_u64().unwrap() > 0 && run["rows"].as_u64().unwrap() < 300, "{run}");
    let rows = page.workbench.library.sql_json("select * from charges limit 1").await.unwrap();
    let row = rows[0].as_object().unwrap();
    assert!(!row.contains_key("currency") && !row.contains_key("metadata") && row.contains_key("amount"));
    let address = row["billing_details"]["address"].as_object().unwrap();
    assert!(!address.contains_key("city") && address.contains_key("country"));
    assert_eq!(
        page.get("/api/frames/charges").await.json(200)["request"]["columns_left_out"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    asked["columns_left_out"] = json!(["id"]);
    assert!(page.post("/api/plan", asked).await.error(400)["message"].as_str().unwrap().contains("`id`"));
}

#[tokio::test]
async fn a_failed_import_says_why_and_what_to_do() {
    let (page, sandbox) = slow(20).await;
    let path = format!("/api/connections/{}", sandbox["id"].as_str().unwrap());
    let asked = request("charges", &sandbox);
    page.import(&asked).await;
    page.delete(&path).await;
    let error = page.post("/api/frames/charges/refresh", json!({})).await.error(400);
    assert_eq!((&error["kind"], &error["field"]), (&"key".into(), &"connection".into()));
    assert!(error["hint"].as_str().unwrap().contains("sandbox"), "{error}");
}

/// Reads a stream of events until one of a name says what is waited for.
async fn event(body: &mut Body, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut text = String::new();
    let reading = async {
        loop {
            let frame = body.frame().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
            while let Some((event, rest)) = text.split_once("\n\n") {
                let data =
                    event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or("null").to_owned();
                let named = event.lines().any(|line| line == format!("event: {name}"));
                text = rest.to_owned();
                let data: Value = serde_json::from_str(&data).unwrap();
                if named && wanted(&data) {
                    return data;
                }
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap()
}

#[tokio::test]
async fn events_tell_of_runs_frames_and_connections() {
    // Longer than the library is left unwatched: a shorter run may only be told of when it has ended.
    let (page, sandbox) = slow(1_000).await;
    let mut body = page.stream("/api/events").await;
    assert_eq!(event(&mut body, "runs", |_| true).await, json!([]));
    let started = page.start(&request("charges", &sandbox)).await;
    let is_run = |run: &Value, state: &str| run["id"] == started["run_id"] && run["state"] == state;
    let running =
        event(&mut body, "runs", |runs| runs.as_array().unwrap().iter().any(|run| is_run(run, "running")));
    running.await;
    let done =
        event(&mut body, "runs", |runs| runs.as_array().unwrap().iter().any(|run| is_run(run, "done")));
    assert_eq!(done.await[0]["rows"], 10_000);
    // Whatever changes the library is told, whoever did it.
    page.workbench.library.remove("charges").unwrap();
    event(&mut body, "frames", |_| true).await;
    page.delete(&format!("/api/connections/{}", sandbox["id"].as_str().unwrap())).await;
    event(&mut body, "connections", |_| true).await;
}

#[tokio::test]
async fn a_frame_of_accounts_keeps_them_when_it_is_imported_once_more() {
    let sandbox = Sandbox::start(SandboxConfig { customers: 20, now: Some(NOW), ..SandboxConfig::default() });
    let sandbox = sandbox.await.unwrap();
    let listed = client(&sandbox).get("/v1/accounts", &[("limit".into(), "2".into())]).await.unwrap();
    let listed: Value = serde_json::from_slice(&listed.body).unwrap();
    let known = listed["data"][0]["id"].as_str().unwrap().to_owned();
    let started = started(sandbox);
    let page = Page::with(move |setup| Setup {
        accounts: Accounts { sandbox: Some(started), ..setup.accounts },
        ..setup
    })
    .await;
    let connection = page.get("/api/connections").await.json(200)[0].clone();
    let mut asked = request("charges", &connection);
    asked["accounts"] = json!([known, "acct_1revoked"]);
    let run = page.start(&asked).await;
    let run = page.run_in(&run, &["done"]).await;
    let missing = json!([{
        "account": "acct_1revoked",
        "reason": "access revoked, or no such account",
        "hint": "ask the account's owner to connect it again, or leave the account out",
    }]);
    assert_eq!((&run["accounts"], &run["missing_accounts"]), (&json!(2), &missing));
    assert!(run["notes"][0].as_str().unwrap().starts_with("1 of 2 accounts is not in this frame"), "{run}");
    let frame = page.get("/api/frames/charges").await.json(200);
    assert_eq!((&frame["accounts"], &frame["missing_accounts"]), (&json!(2), &missing));
    let chosen: Vec<&Value> = frame["request"]["accounts"].as_array().unwrap().iter().collect();
    assert!(chosen.contains(&&json!(known)) && chosen.len() == 2, "{frame}");

    let again = page.post("/api/frames/charges/refresh", json!({})).await.json(202);
    let again = page.run_in(&again, &["done"]).await;
    assert_eq!((&again["accounts"], &again["version"]), (&json!(2), &json!(1)));
    // The object is Stripe's: the account is ours to know.
    let object = page.get("/api/frames/charges/objects/0").await.json(200);
    assert!(object["account"].is_null() && object["object"] == "charge", "{object}");
    assert_eq!(page.post("/api/preview", asked.clone()).await.error(400)["field"], "connection");
    asked["accounts"] = json!([known]);
    assert!(!page.post("/api/preview", asked).await.json(200)["rows"].as_array().unwrap().is_empty());
}
