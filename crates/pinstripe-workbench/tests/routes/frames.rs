//! The list of frames, names, removal and its undoing.

use serde_json::{Value, json};

use crate::harness::{Page, request};

async fn with_charges() -> (Page, Value) {
    let page = Page::new().await;
    let sandbox = page.sandbox(5).await;
    let asked = request("charges", &sandbox);
    page.import(&asked).await;
    (page, asked)
}

#[tokio::test]
async fn a_frame_tells_what_made_it() {
    let (page, asked) = with_charges().await;
    let frames = page.get("/api/frames").await.json(200);
    let frame = frames[0].clone();
    assert_eq!(frame, page.get("/api/frames/CHARGES").await.json(200));
    assert_eq!(
        (&frame["name"], &frame["kind"], &frame["state"]),
        (&"charges".into(), &"import".into(), &"ready".into())
    );
    assert_eq!((&frame["rows"], &frame["data_type_label"]), (&50.into(), &"Charges".into()));
    assert_eq!((&frame["connection"], &frame["sandbox"]), (&"Sandbox".into(), &true.into()));
    assert_eq!(frame["request"], asked);
    assert!(frame["columns"].as_u64().unwrap() > 50, "{}", frame["columns"]);
    assert_eq!(page.get("/api/frames/refunds").await.error(404)["kind"], "not found");
}

#[tokio::test]
async fn frames_are_renamed_and_names_are_checked() {
    let (page, asked) = with_charges().await;
    let renamed = page.patch("/api/frames/charges", json!({"name": "Sales 2026"})).await.json(200);
    assert_eq!(renamed["name"], "Sales 2026");
    assert_eq!(page.get("/api/frames/Sales%202026").await.json(200)["rows"], 50);
    assert_eq!(page.get("/api/runs?frame=Sales%202026").await.json(200).as_array().unwrap().len(), 1);
    page.import(&asked).await;
    let taken = page.patch("/api/frames/charges", json!({"name": "sales 2026"})).await.error(409);
    assert_eq!((&taken["kind"], &taken["field"]), (&"exists".into(), &"name".into()));
    let bad = page.patch("/api/frames/charges", json!({"name": "../up"})).await.error(400);
    assert_eq!(bad["field"], "name");
}

#[tokio::test]
async fn a_removed_frame_comes_back_whole() {
    let (page, asked) = with_charges().await;
    let before = page.get("/api/frames/charges").await.json(200);
    let undo = page.delete("/api/frames/charges").await.json(200)["undo"].as_str().unwrap().to_owned();
    assert_eq!(page.get("/api/frames").await.json(200), json!([]));
    let restored = page.post(&format!("/api/trash/{undo}/restore"), json!({})).await.json(200);
    assert_eq!(restored, before);
    assert_eq!(page.get("/api/runs?frame=charges").await.json(200).as_array().unwrap().len(), 1);
    let rows = page.workbench.library.sql_json("select count(*) as n from charges").await.unwrap();
    assert_eq!(rows[0]["n"], 50);
    // It can be gone on with as if nothing had been.
    page.import(&asked).await;
    assert_eq!(page.get("/api/frames/charges").await.json(200)["version"], 1);
    assert_eq!(
        page.post(&format!("/api/trash/{undo}/restore"), json!({})).await.error(404)["kind"],
        "not found"
    );
}

#[tokio::test]
async fn a_frame_made_anew_has_no_runs_of_the_removed_one() {
    let (page, asked) = with_charges().await;
    let undo = page.delete("/api/frames/charges").await.json(200)["undo"].as_str().unwrap().to_owned();
    page.import(&asked).await;
    assert_eq!(page.get("/api/runs?frame=charges").await.json(200).as_array().unwrap().len(), 1);
    let taken = page.post(&format!("/api/trash/{undo}/restore"), json!({})).await.error(409);
    assert_eq!(taken["field"], "name");
    page.patch("/api/frames/charges", json!({"name": "newer"})).await.json(200);
    page.post(&format!("/api/trash/{undo}/restore"), json!({})).await.json(200);
    assert_eq!(page.get("/api/frames").await.json(200).as_array().unwrap().len(), 2);
    assert_eq!(page.get("/api/runs?frame=newer").await.json(200).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_trash_gives_back_nothing_but_frames() {
    let page = Page::new().await;
    for undo in ["..", ".", "..%2Fframes", "%2Fetc", "nothing", ".lock"] {
        let answer = page.post(&format!("/api/trash/{undo}/restore"), json!({})).await;
        assert_eq!(answer.status.as_u16(), 404, "{undo} {}", answer.text());
    }
}
