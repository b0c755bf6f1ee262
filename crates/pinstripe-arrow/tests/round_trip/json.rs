//! What the tests share: making pages of values, and comparing values as JSON means them.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use pinstripe_arrow::{DecodedBatch, JsonEncoder, PageDecoder, PageOutcome, PageSummary, RowSchema};
use pinstripe_catalog::catalog;
use serde_json::{Value, json};

pub fn decoder(schema: &str, expand: &[&str]) -> PageDecoder {
    let expand: Vec<String> = expand.iter().map(|path| (*path).to_owned()).collect();
    PageDecoder::new(Arc::new(RowSchema::new(catalog(), schema, &expand).unwrap()))
}

/// A list of these rows as Stripe sends it, or on one line.
pub fn page(rows: &[Value], pretty: bool) -> Vec<u8> {
    let page = json!({"object": "list", "data": rows, "has_more": false, "url": "/v1/things"});
    if pretty { serde_json::to_vec_pretty(&page).unwrap() } else { serde_json::to_vec(&page).unwrap() }
}

pub fn complete(outcome: PageOutcome) -> PageSummary {
    match outcome {
        PageOutcome::Complete(summary) => summary,
        PageOutcome::Incomplete(lists) => panic!("incomplete: {lists:?}"),
    }
}

pub fn decode(schema: &str, rows: &[Value]) -> (DecodedBatch, PageSummary) {
    let mut decoder = decoder(schema, &[]);
    let summary = complete(decoder.page(&page(rows, true)).unwrap());
    (decoder.finish().unwrap(), summary)
}

pub fn encode(batch: &RecordBatch) -> Vec<Value> {
    let encoder = JsonEncoder::new(&batch.schema()).unwrap();
    let row = |row| {
        let mut text = Vec::new();
        encoder.write_row(batch, row, &mut text).unwrap();
        let value = serde_json::from_slice(&text);
        value.unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&text)))
    };
    (0..batch.num_rows()).map(row).collect()
}

/// Where two values differ, numbers compared by what they are worth.
pub fn difference(left: &Value, right: &Value) -> Option<String> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
            names.into_iter().find_map(|name| match (left.get(name), right.get(name)) {
                (Some(left), Some(right)) => difference(left, right).map(|rest| format!("{name}.{rest}")),
                (left, right) => Some(format!("{name}: {left:?} or {right:?}")),
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            left.iter().zip(right).enumerate().find_map(|(place, (left, right))| {
                difference(left, right).map(|rest| format!("{place}.{rest}"))
            })
        }
        (Value::Number(one), Value::Number(other)) if digits(one) == digits(other) => None,
        (left, right) if left == right => None,
        (left, right) => Some(format!(": {left} or {right}")),
    }
}

/// Sign, digits without zeros at the ends, and the power of ten of the last.
fn digits(number: &serde_json::Number) -> (bool, String, i64) {
    let text = number.to_string().to_lowercase();
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let unsigned = mantissa.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all = format!("{whole}{fraction}");
    let trimmed = all.trim_end_matches('0');
    let exponent: i64 = exponent.parse().unwrap();
    let last = exponent - fraction.len() as i64 + (all.len() - trimmed.len()) as i64;
    let significant = trimmed.trim_start_matches('0').to_owned();
    if significant.is_empty() {
        (false, significant, 0)
    } else {
        (mantissa.starts_with('-'), significant, last)
    }
}

pub fn assert_same(expected: &[Value], actual: &[Value], about: &str) {
    assert_eq!(expected.len(), actual.len(), "rows of {about}");
    for (place, (expected, actual)) in expected.iter().zip(actual).enumerate() {
        if let Some(difference) = difference(expected, actual) {
            panic!("{about}, row {place}: {difference}");
        }
    }
}
