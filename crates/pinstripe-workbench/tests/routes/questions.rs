//! Charts, SQL, versions and the payments overview, over frames of a sandbox; what charts and tiles
//! say is what SQL says.

use pinstripe_sandbox::{Kind, SandboxConfig, World};
use serde_json::{Value, json};

use crate::harness::{NOW, Page, request};

const CUSTOMERS: u64 = 60;

/// A page with a sandbox and these data types imported.
async fn page_of(data_types: &[&str]) -> (Page, Value) {
    let page = Page::new().await;
    let connection = page.sandbox(CUSTOMERS).await;
    for data_type in data_types {
        page.import(&request(data_type, &connection)).await;
    }
    (page, connection)
}

fn world() -> World {
    let config = SandboxConfig { customers: CUSTOMERS, now: Some(NOW), ..SandboxConfig::default() };
    World::new(&config, NOW)
}

impl Page {
    async fn rows(&self, sql: &str) -> Vec<Value> {
        let answer = self.post("/api/sql", json!({"sql": sql, "limit": 10_000})).await.json(200);
        assert_eq!(answer["truncated"], false);
        answer["rows"].as_array().unwrap().clone()
    }

    async fn chart(&self, frame: &str, settings: Value) -> Value {
        self.post(&format!("/api/frames/{frame}/chart"), settings).await.json(200)
    }
}

fn sum_of(series: &Value) -> i64 {
    series["points"].as_array().unwrap().iter().map(|point| point[1].as_i64().unwrap()).sum()
}

fn settings(kind: &str, x: &str, bucket: Option<&str>, aggregate: &str, y: Option<&str>) -> Value {
    json!({
        "kind": kind, "x": {"column": x, "bucket": bucket}, "y": {"column": y, "aggregate": aggregate},
        "color": null, "split": null, "pivot_columns": null, "filters": [], "time_zone": "Europe/Oslo",
        "currency": null, "stacked": false, "limit": 20,
    })
}

#[tokio::test]
async fn the_first_chart_adds_up_to_the_business_own_sums_and_is_kept_when_changed() {
    let (page, _) = page_of(&["charges", "customers", "subscriptions"]).await;
    let mut first = page.get("/api/frames/charges/chart").await.json(200);
    assert_eq!(first["x"], json!({"column": "created", "bucket": "month"}));
    assert_eq!(first["filters"][0]["value"], "succeeded");
    first["filters"] = json!([]);
    let chart = page.chart("charges", first.clone()).await;
    assert_eq!(chart["x_type"], "time");
    let totals = world().totals(Kind::Charge);
    assert_eq!(chart["rows"], totals.count);
    assert_eq!(chart["series"].as_array().unwrap().len(), totals.by_currency.len());
    for series in chart["series"].as_array().unwrap() {
        let (_, sum) = totals.by_currency[series["currency"].as_str().unwrap()];
        assert_eq!(sum_of(series), sum, "{}", series["name"]);
    }
    assert_eq!(page.get("/api/frames/customers/chart").await.json(200)["y"]["aggregate"], "count");
    assert_eq!(page.get("/api/frames/subscriptions/chart").await.json(200)["x"]["column"], "status");

    first["kind"] = "line".into();
    assert_eq!(page.put("/api/frames/charges/chart", first.clone()).await.json(200), first);
    assert_eq!(page.get("/api/frames/charges/chart").await.json(200), first);
}

#[tokio::test]
async fn a_charts_sql_gives_what_the_chart_shows() {
    let (page, _) = page_of(&["charges"]).await;
    for aggregate in ["count", "sum", "mean", "median", "min", "max", "distinct"] {
        for bucket in ["hour", "day", "week", "month", "quarter", "year"] {
            let y = if aggregate == "count" { None } else { Some("amount") };
            let asked = settings("bar", "created", Some(bucket), aggregate, y);
            let chart = page.chart("charges", asked).await;
            let rows = page.rows(chart["sql"].as_str().unwrap()).await;
            let mut said: Vec<Value> =
                rows.iter().map(|row| row.as_array().unwrap().last().unwrap().clone()).collect();
            let series = chart["series"].as_array().unwrap();
            let points = series.iter().flat_map(|series| series["points"].as_array().unwrap().clone());
            let nothing = if matches!(aggregate, "count" | "sum") { json!(0) } else { Value::Null };
            let mut shown: Vec<Value> = points.map(|point| point[1].clone()).collect();
            shown.retain(|value| *value != nothing);
            said.retain(|value| *value != nothing);
            let text = |values: &mut Vec<Value>| {
                values.sort_by(|one, other| one.as_f64().unwrap().total_cmp(&other.as_f64().unwrap()));
                format!("{values:?}")
            };
            assert_eq!(text(&mut shown), text(&mut said), "{aggregate} {bucket}");
        }
    }
}

#[tokio::test]
async fn the_rest_of_many_categories_is_other_and_exact() {
    let (page, _) = page_of(&["charges"]).await;
    let mut asked = settings("bar", "customer", None, "count", None);
    asked["limit"] = 5.into();
    let chart = page.chart("charges", asked.clone()).await;
    let points = chart["series"][0]["points"].as_array().unwrap();
    assert_eq!(points.len(), 6);
    assert_eq!(points[5][0], "Other");
    assert_eq!(sum_of(&chart["series"][0]) as u64, chart["rows"].as_u64().unwrap());
    asked["y"] = json!({"column": "amount", "aggregate": "mean"});
    asked["currency"] = "usd".into();
    let chart = page.chart("charges", asked).await;
    assert_eq!(chart["series"][0]["points"].as_array().unwrap().len(), 5);
    assert!(chart["note"].as_str().unwrap().contains("Only the 5 most frequent"));
}

#[tokio::test]
async fn pies_pivots_histograms_and_scatters_never_mix_currencies() {
    let (page, _) = page_of(&["charges"]).await;
    let totals = world().totals(Kind::Charge);
    let pie = page.chart("charges", settings("pie", "status", None, "sum", Some("amount"))).await;
    assert_eq!(pie["series"].as_array().unwrap().len(), 1);
    let currency = pie["settings"]["currency"].as_str().unwrap();
    assert_eq!(sum_of(&pie["series"][0]), totals.by_currency[currency].1);
    assert!(pie["note"].as_str().unwrap().contains("A pie cannot add currencies"));

    let mut asked = settings("pivot", "status", None, "sum", Some("amount"));
    asked["pivot_columns"] = json!({"column": "created", "bucket": "year"});
    let pivot = page.chart("charges", asked).await["pivot"].clone();
    for (currency, (_, sum)) in &totals.by_currency {
        let of = pivot["rows"].as_array().unwrap().iter().filter(|row| row["currency"] == currency.as_str());
        let cells = of.flat_map(|row| row["cells"].as_array().unwrap().clone());
        assert_eq!(cells.map(|cell| cell.as_i64().unwrap()).sum::<i64>(), *sum, "{currency}");
    }

    let histogram = page.chart("charges", settings("histogram", "amount", None, "count", None)).await;
    for series in histogram["series"].as_array().unwrap() {
        let (count, _) = totals.by_currency[series["currency"].as_str().unwrap()];
        assert_eq!(sum_of(series) as u64, count);
        assert!(series["points"].as_array().unwrap().len() <= 42, "{series}");
    }

    let scatter = page.chart("charges", settings("scatter", "created", None, "sum", Some("amount"))).await;
    assert_eq!(scatter["sampled"], false);
    let dots = scatter["series"].as_array().unwrap();
    assert_eq!(dots.len(), totals.by_currency.len());
    assert_eq!(
        dots.iter().map(|it| it["points"].as_array().unwrap().len() as u64).sum::<u64>(),
        totals.count
    );
}

#[tokio::test]
async fn a_chart_that_cannot_be_says_why() {
    let (page, _) = page_of(&["customers"]).await;
    let path = "/api/frames/customers/chart";
    for (asked, says) in [
        (settings("bar", "nmae", None, "count", None), "has no column `nmae`"),
        (settings("bar", "created", None, "sum", None), "expected a column to measure"),
        (settings("bar", "created", None, "sum", Some("email")), "holds no numbers"),
        (settings("bar", "metadata", None, "count", None), "lists or objects"),
        (settings("histogram", "email", None, "count", None), "holds no numbers"),
    ] {
        let error = page.post(path, asked).await.error(400);
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
    let mut asked = settings("bar", "created", None, "count", None);
    asked["time_zone"] = "Middle/Earth".into();
    assert!(page.post(path, asked).await.error(400)["message"].as_str().unwrap().contains("no time zone"));
}

#[tokio::test]
async fn sql_answers_with_typed_columns_and_says_where_it_is_wrong() {
    let (page, _) = page_of(&["charges"]).await;
    let asked = json!({"sql": "select id, amount, currency, created, date '2026-03-01' as day from charges", "limit": 3});
    let answer = page.post("/api/sql", asked).await.json(200);
    assert_eq!((&answer["truncated"], &answer["total"]), (&true.into(), &Value::Null));
    assert_eq!(answer["rows"].as_array().unwrap().len(), 3);
    let all =
        page.post("/api/sql", json!({"sql": "select id from charges limit 3", "limit": 3})).await.json(200);
    assert_eq!((&all["truncated"], &all["total"]), (&false.into(), &3.into()));
    assert_eq!(answer["columns"][1]["money"]["currency_column"], "currency");
    assert_eq!(answer["columns"][3]["type"], "timestamp");
    assert_eq!(answer["rows"][0][4], "2026-03-01");
    for (sql, line, column) in [
        ("selec 1", 1, 1),
        ("select id\nfrom charges\nwhere amuont > 1", 3, 7),
        ("select id from chrages", 1, 16),
        ("select foo(id) from charges", 1, 8),
        ("select 1 +", 1, 11),
        ("select 1;\nselect 2", 2, 1),
        ("create table x as select 1", 1, 1),
        (" delete from charges", 1, 2),
    ] {
        let answer = page.post("/api/sql", json!({"sql": sql, "limit": 10})).await;
        let error = answer.json(answer.status.as_u16())["error"].clone();
        assert!(answer.status.is_client_error());
        assert_eq!(error["position"], json!({"line": line, "column": column}), "{sql}: {error}");
    }
    let wrong = async |sql: &str| page.post("/api/sql", json!({"sql": sql, "limit": 1})).await.error(400);
    let error = wrong("select 1; select 2;").await;
    assert_eq!(error["message"], "expected one statement at a time, found 2");
    let error = wrong("select amuont from charges").await;
    assert_eq!((&error["message"], &error["causes"]), (&"there is no column `amuont`".into(), &json!([])));
    assert!(error["hint"].as_str().unwrap().starts_with("did you mean `amount`"), "{error}");
    let error =
        page.post("/api/sql", json!({"sql": "create table x as select 1", "limit": 1})).await.error(400);
    assert!(error["message"].as_str().unwrap().contains("SQL here only reads"), "{error}");
    let schema = page.get("/api/sql/schema").await.json(200);
    assert_eq!(schema[0]["frame"], "charges");
}

#[tokio::test]
async fn queries_are_kept_as_frames_and_views() {
    let (page, _) = page_of(&["charges"]).await;
    let save = |sql: &str, name: &str, kind: &str, replace: bool| json!({"sql": sql, "name": name, "as": kind, "replace": replace});
    let by_currency = "select currency, sum(amount), count(*) from charges group by 1;";
    let frame = page.post("/api/sql/save", save(by_currency, "sums", "frame", false)).await.json(200);
    assert_eq!((&frame["kind"], &frame["rows"], &frame["columns"]), (&"sql".into(), &7.into(), &3.into()));
    assert_eq!(
        page.rows("select sum(count) from sums").await,
        page.rows("select count(*) from charges").await
    );
    let again = save(by_currency, "sums", "frame", false);
    assert_eq!(page.post("/api/sql/save", again).await.error(409)["field"], "name");
    assert_eq!(
        page.post("/api/sql/save", save("select 1", "../x", "view", false)).await.error(400)["field"],
        "name"
    );

    let view = save("select * from sums where currency <> 'usd'", "others", "view", false);
    assert_eq!(page.post("/api/sql/save", view).await.json(200)["kind"], "view");
    let deeper = save("select count(*) as n from others", "deeper", "view", false);
    page.post("/api/sql/save", deeper).await.json(200);
    assert_eq!(page.rows("select n from deeper").await, [json!([6])]);
    let circle = save("select * from deeper", "others", "view", true);
    let error = page.post("/api/sql/save", circle).await.error(400);
    assert!(error["message"].as_str().unwrap().contains("cannot read themselves"), "{error}");

    let refreshed = page.post("/api/frames/sums/refresh", Value::Null).await.json(202);
    assert_eq!(refreshed["frame"], "sums");
    assert_eq!(page.get("/api/frames/sums/versions").await.json(200)[0]["operation"], "sql");
    page.delete("/api/frames/sums").await.json(200);
    let broken = page.post("/api/sql", json!({"sql": "select * from deeper", "limit": 1})).await;
    let error = broken.json(broken.status.as_u16())["error"].clone();
    assert_eq!(error["message"], "the view `deeper` cannot be read");
    assert!(error["causes"].to_string().contains("`others`"), "{error}");
}

#[tokio::test]
async fn versions_tell_what_changed_and_can_be_restored() {
    let (page, connection) = page_of(&["charges"]).await;
    let mut fewer = request("charges", &connection);
    fewer["query"] = "currency=usd".into();
    page.import(&fewer).await;
    let versions = page.get("/api/frames/charges/versions").await.json(200);
    assert_eq!((&versions[0]["version"], &versions[1]["version"]), (&1.into(), &0.into()));
    let (all, usd) = (versions[1]["rows"].as_u64().unwrap(), versions[0]["rows"].as_u64().unwrap());
    let changes = page.get("/api/frames/charges/versions/1/changes").await.json(200);
    assert_eq!(changes["removed"], all - usd);
    assert_eq!((&changes["added"], &changes["changed"]), (&0.into(), &0.into()));
    assert_eq!(changes["examples"]["removed"].as_array().unwrap().len(), 5);
    assert_eq!(page.get("/api/frames/charges/versions/0/changes").await.json(200)["previous"], Value::Null);
    assert_eq!(page.get("/api/frames/charges/versions/9/changes").await.error(404)["kind"], "not found");

    let frame = page.post("/api/frames/charges/versions/0/restore", Value::Null).await.json(200);
    assert_eq!((&frame["rows"], &frame["version"]), (&all.into(), &2.into()));
    assert_eq!(frame["request"]["query"], "");
    assert_eq!(page.rows("select count(*) from charges").await, [json!([all])]);
    let runs = page.get("/api/runs?frame=charges").await.json(200);
    assert_eq!(runs[0]["sentence"], "version 0 restored");
    page.post("/api/frames/charges/versions/2/restore", Value::Null).await.error(400);
    let changes = page.get("/api/frames/charges/versions/2/changes").await.json(200);
    assert_eq!(changes["added"], all - usd);
}

#[tokio::test]
async fn the_overviews_numbers_are_those_of_their_sql_and_of_the_business() {
    let types = ["charges", "refunds", "disputes", "payouts", "balance_transactions", "customers"];
    let (page, _) = page_of(&types).await;
    let path =
        "/api/overview?currency=usd&interval=month&from=2015-01-01&to=2026-12-31&time_zone=Europe/Oslo";
    let overview = page.get(path).await.json(200);
    assert_eq!(overview["currencies"][0], "usd");
    assert_eq!(overview["sandbox"], true);
    for tile in overview["tiles"].as_array().unwrap() {
        assert_eq!(tile["why_missing"], Value::Null, "{tile}");
        let rows = page.rows(tile["sql"].as_str().unwrap()).await;
        assert_eq!(rows[0][0], tile["value"], "{}", tile["key"]);
        if tile["unit"] != "share" {
            let steps = tile["series"].as_array().unwrap().iter().map(|step| step[1].as_i64().unwrap());
            assert_eq!(steps.sum::<i64>(), tile["value"].as_i64().unwrap(), "{}", tile["key"]);
        }
    }
    let value = |key: &str| {
        let tiles = overview["tiles"].as_array().unwrap();
        tiles.iter().find(|tile| tile["key"] == key).unwrap()["value"].clone()
    };
    assert_eq!(value("new_customers"), world().count(Kind::Customer));
    assert!(value("success_rate").as_f64().unwrap() > 0.8);

    let tiles = overview["tiles"].as_array().unwrap();
    let warned = |key: &str| tiles.iter().find(|tile| tile["key"] == key).unwrap()["warning"].to_string();
    assert!(warned("net").contains("which Stripe converted into USD"), "{}", warned("net"));
    assert!(!warned("gross").contains("converted"), "{}", warned("gross"));

    let norway = page.get(&path.replace("usd", "nok")).await.json(200);
    let net = norway["tiles"].as_array().unwrap().iter().find(|tile| tile["key"] == "net").unwrap().clone();
    assert!(net["why_missing"].as_str().unwrap().contains("converts"), "{net}");
}

#[tokio::test]
async fn an_overview_says_what_is_missing_and_what_is_not_whole() {
    let (page, connection) = page_of(&[]).await;
    let mut asked = request("charges", &connection);
    asked["query"] = "amount[gt]=1000".into();
    page.import(&asked).await;
    let overview = page.get("/api/overview?time_zone=UTC").await.json(200);
    let tiles = overview["tiles"].as_array().unwrap();
    let tile = |key: &str| tiles.iter().find(|tile| tile["key"] == key).unwrap();
    assert!(tile("gross")["warning"].as_str().unwrap().contains("amount[gt]=1000"));
    assert_eq!(tile("fees")["why_missing"], "import Balance History to see it");
    assert_eq!(tile("refund_rate")["value"], Value::Null);
    assert_eq!(overview["frames"][0]["frame"], "charges");
    assert_eq!(page.get("/api/overview?from=yesterday").await.error(400)["kind"], "input");
}

#[tokio::test]
async fn an_overview_takes_the_frame_that_holds_the_period_not_the_newest() {
    let (page, connection) = page_of(&["charges"]).await;
    let path = "/api/overview?from=2026-10-01&to=2026-11-30&time_zone=UTC";
    let whole = page.get(path).await.json(200);
    let mut hours = request("charges", &connection);
    hours["date_range"] = json!({"range": "last_hours", "value": "24"});
    page.import_as("q_hours", &hours).await;
    let overview = page.get(path).await.json(200);
    assert_eq!(overview["frames"][0]["frame"], "charges");
    assert_eq!(overview["tiles"], whole["tiles"]);
    assert!(overview["tiles"][0]["value"].as_i64().unwrap() > 0, "{}", overview["tiles"][0]);
}
