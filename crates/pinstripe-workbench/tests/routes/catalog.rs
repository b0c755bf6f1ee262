//! Data types and what a query on one can name.

use crate::harness::Page;

#[tokio::test]
async fn the_ten_data_types_of_everyday_use_come_first() {
    let page = Page::new().await;
    let types = page.get("/api/data-types").await.json(200);
    let types = types.as_array().unwrap();
    let labels: Vec<&str> = types.iter().take(10).map(|info| info["label"].as_str().unwrap()).collect();
    assert_eq!(
        labels,
        [
            "Balance History",
            "Charges",
            "Customers",
            "Disputes",
            "Events",
            "File Uploads",
            "Payouts",
            "Refunds",
            "Transfers",
            "Subscriptions",
        ]
    );
    assert!(types.iter().take(10).all(|info| info["featured"] == true));
    assert!(types.len() > 50 && types[10]["featured"] == false);
}

#[tokio::test]
async fn fields_tell_operators_values_and_who_tests_them() {
    let page = Page::new().await;
    let fields = page.get("/api/data-types/charges/fields").await.json(200);
    let field =
        |name: &str| fields.as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone();
    assert_eq!(field("amount")["operators"], serde_json::json!(["=", "[gt]", "[gte]", "[lt]", "[lte]"]));
    assert_eq!(
        (&field("amount")["exact_at"], &field("customer")["exact_at"]),
        (&"here".into(), &"stripe".into())
    );
    assert!(field("status")["values"].as_array().unwrap().contains(&"succeeded".into()));
    assert_eq!(page.get("/api/data-types/nothing/fields").await.error(404)["field"], "data_type");
}
