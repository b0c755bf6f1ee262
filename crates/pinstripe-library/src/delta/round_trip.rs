//! Promise 5, to the end: JSON to Arrow to a Delta table and back, with nothing lost. For Stripe's
//! own sample objects where they are at hand, and always for objects of the sandbox.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::SessionContext;
use pinstripe_arrow::{JsonEncoder, PageDecoder, PageOutcome, RowSchema};
use pinstripe_catalog::catalog;
use serde_json::{Value, json};

use super::{DataFile, commit, provider};

/// Writes one object to a Delta table of its own and reads it back.
async fn through_delta(folder: &Path, schema: &str, object: &Value) -> Value {
    let row_schema = Arc::new(RowSchema::new(catalog(), schema, &[]).unwrap());
    let mut decoder = PageDecoder::new(row_schema);
    let page = json!({"object": "list", "data": [object], "has_more": false, "url": "/v1/objects"});
    let outcome = decoder.page(&serde_json::to_vec_pretty(&page).unwrap()).unwrap();
    assert!(matches!(outcome, PageOutcome::Complete(_)), "{schema}");
    let batch = decoder.finish().unwrap().batch;
    let path = folder.join("rows.parquet");
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let file = DataFile { name: "rows.parquet".to_owned(), rows: 1, bytes: path.metadata().unwrap().len() };
    commit(folder, "object", &batch.schema(), &[file], "run").await.unwrap();

    let context = SessionContext::new();
    let table = provider(&context, folder, "object", 0).await.unwrap();
    let batches = context.read_table(table).unwrap().collect().await.unwrap();
    assert_eq!(batches.len(), 1, "{schema}");
    let mut text = Vec::new();
    JsonEncoder::new(&batches[0].schema()).unwrap().write_row(&batches[0], 0, &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// Samples hold lists that say they go on; an import completes those before it keeps them.
fn complete(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("object") == Some(&json!("list")) {
                fields.insert("has_more".to_owned(), json!(false));
            }
            fields.values_mut().for_each(complete);
        }
        Value::Array(entries) => entries.iter_mut().for_each(complete),
        _ => {}
    }
}

fn samples() -> Option<Value> {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "../../../shared/stripe/fixtures3.json"].iter().collect();
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

#[tokio::test]
async fn zero_false_null_missing_and_empty_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    let charge = json!({
        "id": "ch_1", "object": "charge", "amount": 0, "captured": false, "created": 1_700_000_000,
        "currency": "jpy", "customer": null, "description": "", "metadata": {}, "fraud_details": {},
        "billing_details": {"address": null, "email": ""}, "refunded": true, "livemode": null,
        "payment_method_details": {"type": "konbini", "konbini": {"store": {"chain": null}}},
        "refunds": {"object": "list", "data": [], "has_more": false, "url": "/v1/charges/ch_1/refunds"},
        "not_in_the_catalog": {"deep": [0, null, "", {}]}
    });
    assert_eq!(through_delta(folder.path(), "charge", &charge).await, charge);
}

#[tokio::test]
async fn every_sample_object_that_has_a_list_survives() {
    let Some(samples) = samples() else { return };
    let mut seen = 0;
    for data_type in &catalog().data_types {
        let Some(sample) = samples["resources"].get(&data_type.schema) else { continue };
        let mut object = sample.clone();
        complete(&mut object);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            through_delta(folder.path(), &data_type.schema, &object).await,
            object,
            "{}",
            data_type.name
        );
        seen += 1;
    }
    assert!(seen >= 80, "expected most data types to have a sample, found {seen}");
}
