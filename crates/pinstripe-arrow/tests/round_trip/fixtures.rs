//! Stripe's own sample objects, where they are at hand.

use std::collections::BTreeSet;

use pinstripe_catalog::catalog;
use serde_json::{Map, Value};

use crate::json::{assert_same, complete, decoder, encode, page};

fn fixtures() -> Option<Map<String, Value>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/stripe/fixtures3.json");
    let text = std::fs::read_to_string(path).ok()?;
    let mut file: Value = serde_json::from_str(&text).unwrap();
    match file["resources"].take() {
        Value::Object(resources) => Some(resources),
        other => panic!("expected samples by name, found {other}"),
    }
}

/// A sample that says that more entries exist is not whole; here they need not be.
fn make_whole(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("object") == Some(&Value::from("list")) {
                fields.insert("has_more".to_owned(), false.into());
            }
            fields.values_mut().for_each(make_whole);
        }
        Value::Array(values) => values.iter_mut().for_each(make_whole),
        _ => {}
    }
}

#[test]
fn stripes_samples_come_back_equal_promise_5() {
    let Some(fixtures) = fixtures() else { return };
    let mut seen = BTreeSet::new();
    for (name, sample) in &fixtures {
        if !catalog().schemas.contains_key(name) {
            continue;
        }
        let mut sample = sample.clone();
        make_whole(&mut sample);
        for pretty in [true, false] {
            let mut decoder = decoder(name, &[]);
            let rows = vec![sample.clone(), sample.clone()];
            let body = page(&rows, pretty);
            let outcome = decoder.page(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
            let summary = complete(outcome);
            let batch = decoder.finish().unwrap();
            assert_same(&rows, &encode(&batch.batch), name);
            assert!(summary.unknown_fields.is_empty(), "{name}: {:?}", summary.unknown_fields);
        }
        seen.insert(name.clone());
    }
    for data_type in catalog().data_types.iter().filter(|data_type| data_type.featured) {
        assert!(seen.contains(&data_type.schema), "no sample of {}", data_type.name);
    }
}
