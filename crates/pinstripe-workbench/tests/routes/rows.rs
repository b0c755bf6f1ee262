//! What a frame's page looks at: columns, rows, objects, the summary, files to keep.

use serde_json::{Value, json};

use crate::harness::{Page, request};

async fn with_charges() -> Page {
    let page = Page::new().await;
    let sandbox = page.sandbox(20).await;
    page.import(&request("charges", &sandbox)).await;
    page
}

fn all() -> Value {
    json!({"columns": null, "filters": [], "sort": [], "offset": 0, "limit": 1000, "version": null})
}

/// The request for all rows, with something else in it.
fn with(name: &str, value: Value) -> Value {
    let mut request = all();
    request[name] = value;
    request
}

fn column<'a>(columns: &'a Value, name: &str) -> &'a Value {
    columns.as_array().unwrap().iter().find(|column| column["name"] == name).unwrap()
}

#[tokio::test]
async fn columns_say_what_they_hold() {
    let page = with_charges().await;
    let columns = page.get("/api/frames/charges/columns").await.json(200);
    let amount = column(&columns, "amount");
    assert_eq!(amount["money"], json!({"currency_column": "currency", "currency": null}));
    assert_eq!((&amount["type"], &amount["empty"]), (&json!("integer"), &json!(false)));
    assert_eq!(column(&columns, "customer")["link"], "customers");
    assert_eq!(column(&columns, "status")["values"], json!(["failed", "pending", "succeeded"]));
    assert_eq!(column(&columns, "billing_details.address.city")["leaf_of"], "billing_details");
    assert_eq!(column(&columns, "created")["type"], "timestamp");
    let names: Vec<&str> =
        columns.as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    assert!(!names.contains(&"_shape"), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("metadata.")), "{names:?}");
    assert_eq!(page.get("/api/frames/charges/columns?version=0").await.json(200), columns);
    assert_eq!(page.get("/api/frames/charges/columns?version=9").await.error(404)["kind"], "not found");
}

#[tokio::test]
async fn rows_come_newest_first_and_objects_are_what_stripe_sent() {
    let page = with_charges().await;
    let rows = page.post("/api/frames/charges/rows", all()).await.json(200);
    assert_eq!((&rows["total"], rows["rows"].as_array().unwrap().len()), (&json!(200), 200));
    let places: Vec<&str> =
        rows["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let created = places.iter().position(|name| *name == "created").unwrap();
    let times: Vec<&str> =
        rows["rows"].as_array().unwrap().iter().map(|row| row[created].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|left, right| left >= right), "{times:?}");

    let frame = page.workbench.library.frame("charges").unwrap();
    let objects = page.workbench.library.newest_json(&frame, 3).await.unwrap();
    for (row, object) in objects.iter().enumerate() {
        let position = &rows["positions"][row];
        let answer = page.get(&format!("/api/frames/charges/objects/{position}")).await;
        assert_eq!(&answer.text(), object);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json(200)["object"], "charge");
    }
    assert_eq!(page.get("/api/frames/charges/objects/200").await.error(404)["kind"], "not found");
}

#[tokio::test]
async fn conditions_and_orders_are_those_that_were_asked_for() {
    let page = with_charges().await;
    let mut asked = with("columns", json!(["amount", "currency"]));
    asked["filters"] = json!([
        {"column": "amount", "op": "gte", "value": 1000},
        {"column": "currency", "op": "in", "values": ["usd", "eur"]},
    ]);
    asked["sort"] = json!([{"column": "amount", "descending": true}]);
    let rows = page.post("/api/frames/charges/rows", asked.clone()).await.json(200);
    let amounts: Vec<i64> =
        rows["rows"].as_array().unwrap().iter().map(|row| row[0].as_i64().unwrap()).collect();
    assert!(!amounts.is_empty() && amounts.is_sorted_by(|left, right| left >= right), "{amounts:?}");
    assert!(amounts.iter().all(|amount| *amount >= 1000));
    asked["offset"] = json!(2);
    asked["limit"] = json!(3);
    let some = page.post("/api/frames/charges/rows", asked).await.json(200);
    assert_eq!(some["positions"].as_array().unwrap()[..], rows["positions"].as_array().unwrap()[2..5]);
    assert_eq!(some["total"], rows["total"]);
    for (refused, part) in [
        (with("limit", json!(1001)), "at most 1000 rows"),
        (with("columns", json!(["amuont"])), "no column `amuont`"),
        (with("filters", json!([{"column": "amount", "op": "eq", "value": "x"}])), "expected a whole number"),
        (with("filters", json!([{"column": "amount", "op": "like", "value": 1}])), "cannot be read"),
    ] {
        let error = page.post("/api/frames/charges/rows", refused).await.error(400);
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
    }
    assert_eq!(page.post("/api/frames/refunds/rows", all()).await.error(404)["kind"], "not found");
}

#[tokio::test]
async fn a_summary_has_a_card_a_column() {
    let page = with_charges().await;
    let asked = json!({"filters": [], "columns": null, "version": null});
    let summary = page.post("/api/frames/charges/summary", asked).await.json(200);
    assert_eq!(summary["rows"], 200);
    let card = |name: &str| {
        let cards = summary["columns"].as_array().unwrap();
        cards.iter().find(|card| card["column"] == name).unwrap().clone()
    };
    let statuses = card("status")["top"].clone();
    let counted: u64 =
        statuses.as_array().unwrap().iter().map(|value| value["count"].as_u64().unwrap()).sum();
    assert_eq!(counted, 200);
    let filter = json!([{"column": "status", "op": "eq", "value": statuses[0]["value"]}]);
    let some = json!({"filters": filter, "columns": ["amount"], "version": null});
    let some = page.post("/api/frames/charges/summary", some).await.json(200);
    assert_eq!(some["rows"], statuses[0]["count"]);
    assert_eq!(some["columns"].as_array().unwrap().len(), 1);
    assert!(card("amount")["money"].as_array().unwrap().len() > 1);
    assert_eq!(card("amount")["mean"], Value::Null);
    assert!(!card("created")["histogram"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_view_is_a_file_to_keep_and_nothing_stays_behind() {
    let page = with_charges().await;
    page.patch("/api/frames/charges", json!({"name": "Größe 1"})).await.json(200);
    // {"columns":["id","amount"],"sort":[{"column":"amount","descending":false}]}
    let view = "%7B%22columns%22%3A%5B%22id%22%2C%22amount%22%5D%2C%22sort%22%3A%5B%7B%22column%22%3A%22amount%22%2C%22descending%22%3Afalse%7D%5D%7D";
    let base = "/api/frames/Gr%C3%B6%C3%9Fe%201/export";
    let csv = page.get(&format!("{base}?format=csv&view={view}")).await;
    assert_eq!(csv.status, 200, "{}", csv.text());
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"Gr__e 1.csv\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.csv"
    );
    let text = csv.text();
    let amounts: Vec<i64> =
        text.lines().skip(1).map(|line| line.split_once(',').unwrap().1.parse().unwrap()).collect();
    assert_eq!((text.lines().next(), amounts.len()), (Some("id,amount"), 200));
    assert!(amounts.is_sorted());

    let json = page.get(&format!("{base}?format=json")).await.json(200);
    let rows = page.post("/api/frames/Gr%C3%B6%C3%9Fe%201/rows", all()).await.json(200);
    let first = page.get(&format!("/api/frames/Gr%C3%B6%C3%9Fe%201/objects/{}", rows["positions"][0])).await;
    assert_eq!((json.as_array().unwrap().len(), &json[0]), (200, &first.json(200)));
    let narrow = page.get(&format!("{base}?format=json&view={view}")).await.json(200);
    assert_eq!(narrow[0].as_object().unwrap().len(), 2);

    for (format, magic) in [("xlsx", &b"PK"[..]), ("parquet", b"PAR1")] {
        let file = page.get(&format!("{base}?format={format}&view={view}")).await;
        assert!(file.status == 200 && file.body.starts_with(magic), "{format}");
        assert_eq!(file.header("content-length"), file.body.len().to_string());
    }
    let left: Vec<_> = std::fs::read_dir(page.folder.path().join("library/exports")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(page.get(&format!("{base}?format=exe")).await.error(400)["kind"], "input");
    assert_eq!(page.get(&format!("{base}?format=csv&view=nonsense")).await.error(400)["kind"], "input");
}

#[tokio::test]
async fn a_view_is_looked_at_as_a_frame_is_and_follows_what_it_reads() {
    let page = with_charges().await;
    let sql = "select status, count(*) as n from charges group by status order by n desc";
    let save = json!({"sql": sql, "name": "by status", "as": "view", "replace": false});
    page.post("/api/sql/save", save).await.json(200);
    let rows = page.post("/api/frames/by%20status/rows", all()).await.json(200);
    let counts = |rows: &Value| -> Vec<u64> {
        rows["rows"].as_array().unwrap().iter().map(|row| row[1].as_u64().unwrap()).collect()
    };
    // In the query's order.
    assert!(counts(&rows).is_sorted_by(|more, less| more >= less), "{rows}");
    assert_eq!(counts(&rows).iter().sum::<u64>(), 200);
    let asked = json!({"filters": [], "columns": ["status"], "version": null});
    let summary = page.post("/api/frames/by%20status/summary", asked).await.json(200);
    assert_eq!(summary["rows"], rows["total"]);

    let mut fewer = request("charges", &page.get("/api/connections").await.json(200)[0]);
    fewer["query"] = json!("status=succeeded");
    page.import(&fewer).await;
    let rows = page.post("/api/frames/by%20status/rows", all()).await.json(200);
    assert_eq!((&rows["total"], &rows["rows"][0][0]), (&json!(1), &json!("succeeded")));
}
