//! Plans and previews: what is typed wrong is said where it was typed, and before any request.

use serde_json::{Value, json};

use crate::harness::{Page, request};

fn with(changes: Value) -> Value {
    let mut request = request("charges", &json!({"id": null}));
    for (name, value) in changes.as_object().unwrap() {
        request[name] = value.clone();
    }
    request
}

#[tokio::test]
async fn a_plan_says_what_is_asked_and_what_is_filtered_here() {
    let page = Page::new().await;
    let asked = with(json!({
        "query": "currency=jpy&amount[gt]=100000&customer=cus_1", "time_zone": "Asia/Tokyo",
        "date_range": {"range": "between", "value": "2026-01-01", "until": "2026-01-31"},
    }));
    let plan = page.post("/api/plan", asked).await.json(200);
    assert_eq!(plan["filtered_here"], json!(["currency=jpy", "amount[gt]=100000"]));
    assert_eq!(plan["sent"], json!(["created[gte]=1767193200", "created[lt]=1769871600", "customer=cus_1"]));
    assert_eq!(
        (&plan["from"], &plan["to"]),
        (&"2025-12-31T15:00:00Z".into(), &"2026-01-31T15:00:00Z".into())
    );
    assert_eq!(plan["from_text"], "2026-01-01 00:00 Asia/Tokyo");
    assert_eq!((&plan["estimated_requests"], &plan["estimate_basis"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn an_empty_value_is_everything() {
    let page = Page::new().await;
    for range in ["after", "last_hours", "last_days", "last_weeks", "last_months", "last_years"] {
        let plan = page.post("/api/plan", with(json!({"date_range": {"range": range, "value": ""}}))).await;
        assert_eq!(plan.json(200)["from"], Value::Null, "{range}");
    }
    let between = json!({"date_range": {"range": "between", "value": "", "until": ""}});
    assert_eq!(page.post("/api/plan", with(between)).await.json(200)["from"], Value::Null);
}

#[tokio::test]
async fn what_is_wrong_is_said_where_it_was_typed() {
    let page = Page::new().await;
    for (changes, field) in [
        (json!({"data_type": "chrages"}), "data_type"),
        (json!({"date_range": {"range": "after", "value": "11/03/2015"}}), "value"),
        (json!({"date_range": {"range": "after", "value": "2999-01-01"}}), "value"),
        (json!({"date_range": {"range": "last_days", "value": "-3"}}), "value"),
        (json!({"date_range": {"range": "last_days", "value": "many"}}), "value"),
        (json!({"date_range": {"range": "between", "value": "2026-02-01", "until": "2026-01-01"}}), "value"),
        (json!({"time_zone": "Europe/Nowhere"}), "time_zone"),
        (json!({"query": "amonut=5"}), "query"),
        (json!({"query": "amount=many"}), "query"),
        (json!({"query": "starting_after=ch_1"}), "query"),
    ] {
        for path in ["/api/plan", "/api/preview"] {
            let error = page.post(path, with(changes.clone())).await.error(400);
            assert_eq!(
                (&error["kind"], &error["field"]),
                (&"input".into(), &field.into()),
                "{path} {changes}"
            );
        }
        let new = json!({"name": "x", "request": with(changes.clone()), "replace": false, "restart": false});
        assert_eq!(page.post("/api/imports", new).await.error(400)["field"], field, "{changes}");
    }
    let hint = page.post("/api/plan", with(json!({"query": "amonut=5"}))).await.error(400)["hint"].clone();
    assert!(hint.as_str().unwrap().starts_with("did you mean `amount`"), "{hint}");
    let error = page.post("/api/preview", with(json!({}))).await.error(400);
    assert_eq!((&error["kind"], &error["field"]), (&"key".into(), &"connection".into()));
    let error = page.post("/api/plan", json!({"data_type": 5})).await.error(400);
    assert_eq!(error["kind"], "input");
}

#[tokio::test]
async fn a_preview_shows_the_first_rows_and_stores_nothing() {
    let page = Page::new().await;
    let sandbox = page.sandbox(50).await;
    let mut asked = request("charges", &sandbox);
    asked["columns_left_out"] = json!(["description"]);
    let seen = page.post("/api/preview", asked.clone()).await.json(200);
    let columns = seen["columns"].as_array().unwrap();
    let place = |name: &str| columns.iter().position(|column| column["name"] == name).unwrap();
    assert_eq!(seen["rows"].as_array().unwrap().len(), 100);
    assert_eq!(
        (&seen["objects"], &seen["has_more"], &seen["requests"]),
        (&100.into(), &true.into(), &1.into())
    );
    assert_eq!(columns[place("amount")]["type"], "integer");
    assert_eq!(columns[place("amount")]["money"]["currency_column"], "currency");
    assert_eq!(columns[place("created")]["type"], "timestamp");
    assert_eq!(columns[place("metadata")]["type"], "map");
    assert_eq!(columns[place("customer")]["link"], "customers");
    // What is left out can be taken in again.
    place("description");
    let first = &seen["rows"][0];
    assert!(first[place("id")].as_str().unwrap().starts_with("ch_"));
    assert!(first[place("amount")].is_i64());
    assert!(first[place("created")].as_str().unwrap().ends_with('Z'), "{first}");
    assert_eq!(page.get("/api/frames").await.json(200), json!([]));
    // How close together they were tells how many a date range holds.
    asked["date_range"] = json!({"range": "last_years", "value": "5"});
    let plan = page.post("/api/plan", asked).await.json(200);
    assert_eq!(plan["estimate_basis"], "from the last preview");
    assert!(plan["estimated_requests"].as_u64().unwrap() > 1, "{plan}");
}

#[tokio::test]
async fn conditions_that_are_tested_here_are_met_by_every_row_of_a_preview() {
    let page = Page::new().await;
    let sandbox = page.sandbox(50).await;
    let mut asked = request("charges", &sandbox);
    asked["query"] = "currency=jpy&amount[gt]=1000".into();
    let seen = page.post("/api/preview", asked).await.json(200);
    let columns = seen["columns"].as_array().unwrap();
    let currency = columns.iter().position(|column| column["name"] == "currency").unwrap();
    let rows = seen["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row[currency] == "jpy"));
    assert!(seen["objects"].as_u64().unwrap() > rows.len() as u64);
    assert_eq!(seen["plan"]["estimated_rows"], Value::Null);
}

#[tokio::test]
async fn a_preview_looks_on_while_no_row_was_found_and_not_for_ever() {
    let page = Page::new().await;
    let sandbox = page.sandbox(400).await;
    let mut asked = request("charges", &sandbox);
    asked["query"] = "amount[gt]=999999999".into();
    let seen = page.post("/api/preview", asked).await.json(200);
    assert_eq!((&seen["objects"], &seen["has_more"]), (&3_000.into(), &true.into()));
    assert_eq!(seen["rows"], json!([]));
}

#[tokio::test]
async fn a_frame_of_the_same_account_tells_how_many_there_are() {
    let page = Page::new().await;
    let sandbox = page.sandbox(30).await;
    let asked = request("charges", &sandbox);
    page.import(&asked).await;
    let plan = page.post("/api/plan", asked.clone()).await.json(200);
    assert_eq!(plan["estimate_basis"], "judging by the data frame `charges`");
    assert_eq!((&plan["estimated_rows"], &plan["estimated_requests"]), (&300.into(), &3.into()));
    let mut later = asked;
    later["date_range"] = json!({"range": "last_months", "value": "6"});
    let fewer = page.post("/api/plan", later).await.json(200)["estimated_rows"].as_u64().unwrap();
    assert!(fewer > 0 && fewer < 300, "{fewer}");
}
