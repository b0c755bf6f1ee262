//! What runs here.

use crate::harness::Page;

#[tokio::test]
async fn the_status_names_the_library_and_the_time_zones() {
    let page = Page::new().await;
    let status = page.get("/api/status").await.json(200);
    assert_eq!(status["library"], page.workbench.library.root().display().to_string());
    assert_eq!(status["api_version"], pinstripe_catalog::api_version());
    assert_eq!(status["demo"], false);
    let zones = status["time_zones"].as_array().unwrap();
    for zone in ["Asia/Tokyo", "Europe/Oslo", "UTC"] {
        assert!(zones.contains(&zone.into()), "{zone}");
    }
}

#[tokio::test]
async fn a_route_that_is_not_there_is_an_error_like_any_other() {
    let page = Page::new().await;
    let error = page.get("/api/nothing").await.error(404);
    assert_eq!(
        (&error["kind"], &error["message"]),
        (&"not found".into(), &"there is no route /nothing".into())
    );
}
