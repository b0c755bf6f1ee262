//! The description of the routes is the one the page's types are made from.

use std::path::Path;

#[test]
fn the_committed_description_is_what_the_routes_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let text = format!("{}\n", pinstripe_workbench::openapi().to_pretty_json().unwrap());
    if std::env::var_os("PINSTRIPE_WRITE_OPENAPI").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == text, "openapi.json is stale: run `cargo xtask openapi`");
}
