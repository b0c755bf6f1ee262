//! Nothing is dropped: what is exported as JSON lines is what the server sent.

use std::collections::BTreeMap;

use serde_json::Value;

use super::business::{TEN, business};
use super::raw_http::Api;

fn by_id(objects: Vec<Value>) -> BTreeMap<String, Value> {
    objects.into_iter().map(|object| (object["id"].as_str().unwrap().to_owned(), object)).collect()
}

#[test]
fn exported_objects_are_those_that_were_sent() {
    let business = business();
    let api = Api::of(&business.sandbox);
    let mut completed = 0;
    for (frame, path, _) in TEN {
        let found = by_id(business.cli.objects(frame));
        let mut sent = by_id(api.all(path));
        for object in sent.values_mut() {
            completed += api.complete(object);
        }
        assert_eq!(found.len(), sent.len(), "{frame}");
        for (id, object) in &sent {
            assert_eq!(&found[id], object, "{frame} {id}");
        }
    }
    // Without a list that was cut, the completion would not have been looked at.
    assert!(completed > 0);
}

#[test]
fn lists_that_were_cut_at_ten_are_whole_and_the_report_says_so() {
    let business = business();
    let api = Api::of(&business.sandbox);
    let mut cut = BTreeMap::new();
    for (frame, path, _) in TEN {
        let count: usize = api.all(path).iter_mut().map(|object| api.complete(object)).sum();
        let said = business.reports[frame]["notes"].to_string();
        assert_eq!(said.contains("nested lists"), count > 0, "{frame}: {said}");
        if count > 0 {
            assert!(
                said.contains(&format!("{count} nested lists that Stripe had cut were completed")),
                "{said}"
            );
            cut.insert(frame, count);
        }
    }
    assert!(!cut.is_empty());
}

#[test]
fn rows_are_exported_newest_first() {
    let business = business();
    for frame in ["charges", "events"] {
        let created: Vec<i64> =
            business.cli.objects(frame).iter().map(|object| object["created"].as_i64().unwrap()).collect();
        assert!(created.is_sorted_by(|newer, older| newer >= older), "{frame}");
    }
}

#[test]
fn an_expanded_field_is_the_object_and_not_its_id() {
    let business = business();
    let cli = super::harness::Cli::new(&business.sandbox);
    cli.json(&["import", "charges", "--query", "expand[]=data.customer&limit=40"]);
    let found = cli.objects("charges");
    let api = Api::of(&business.sandbox);
    let sent = api.get("/v1/charges?limit=40&expand[]=data.customer");
    let newest = by_id(found);
    let mut objects = 0;
    for charge in sent["data"].as_array().unwrap() {
        assert_eq!(&newest[charge["id"].as_str().unwrap()], charge);
        objects += usize::from(charge["customer"].is_object());
    }
    assert!(objects > 0);
}
