//! Lists beyond the ten: every list that needs no parent is a data type like the others.

use std::collections::BTreeMap;

use serde_json::Value;

use super::business::business;
use super::harness::Cli;
use super::raw_http::Api;

#[test]
fn further_lists_come_whole_and_as_they_were_sent() {
    let business = business();
    let cli = Cli::new(&business.sandbox);
    let api = Api::of(&business.sandbox);
    for frame in ["products", "prices", "invoices", "plans", "payment_intents", "coupons"] {
        let mut sent: BTreeMap<String, Value> = api
            .all(&format!("/v1/{frame}"))
            .into_iter()
            .map(|object| (object["id"].as_str().unwrap().to_owned(), object))
            .collect();
        sent.values_mut().for_each(|object| {
            api.complete(object);
        });
        let report = cli.json(&["import", frame]);
        assert!(!sent.is_empty(), "{frame}");
        assert_eq!(report["rows"], sent.len(), "{frame}");
        for object in cli.objects(frame) {
            assert_eq!(Some(&object), sent.get(object["id"].as_str().unwrap()), "{frame}");
        }
    }
}

#[test]
fn a_list_that_the_server_lacks_is_an_error_and_no_empty_frame() {
    let cli = Cli::new(&business().sandbox);
    let said = cli.run(&["import", "quotes"]).failed(1);
    assert!(said.starts_with("error: "), "{said}");
    assert!(said.contains("/v1/quotes") && said.contains("404"), "{said}");
    assert_eq!(cli.json(&["frames"]), serde_json::json!([]));
}

#[test]
fn the_ten_types_come_first_among_all_lists() {
    let types = Cli::at("http://127.0.0.1:9", "").json(&["types"]);
    let types = types.as_array().unwrap();
    let labels: Vec<&str> = types[..10].iter().map(|known| known["label"].as_str().unwrap()).collect();
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
            "Subscriptions"
        ]
    );
    assert!(types.len() >= 97, "{}", types.len());
}
