//! Batches that went through a file or a query engine still give the JSON that came in.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatchOptions};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::json::{assert_same, complete, decode, decoder, encode, page};

fn through_parquet(batch: &RecordBatch) -> RecordBatch {
    let file = tempfile();
    let mut writer = ArrowWriter::try_new(file.try_clone().unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let schema = Arc::clone(builder.schema());
    let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
    concat_batches(&schema, &batches).unwrap()
}

/// A file that is gone when it is closed.
fn tempfile() -> std::fs::File {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("pinstripe-arrow-{}-{number}", std::process::id()));
    let file =
        std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file
}

fn rows() -> Vec<Value> {
    vec![
        json!({"id": "ch_1", "amount": 0, "currency": "jpy", "created": 1_700_000_000, "metadata": {"a": "", "b": "c"},
            "billing_details": {"address": {"city": "京都", "line1": null}, "email": ""},
            "refunds": {"object": "list", "data": [{"id": "re_1", "amount": 5, "next": [1]}, {"id": "re_2"}],
                "has_more": false, "url": "/r"},
            "payment_method_details": {"type": "klarna", "klarna": {"preferred_locale": null}},
            "shipping": {}, "fraud_details": {}, "news": {"k": [1.50, null]}}),
        json!({"id": "ch_2", "metadata": {}, "refunds": {"object": "list", "data": [], "has_more": false, "url": ""},
            "amount": -5, "billing_details": null, "level3": null, "description": ""}),
        json!({"id": "ch_3", "outcome": {"rule": "r_1", "type": null}}),
    ]
}

#[test]
fn parquet_keeps_everything() {
    let rows = rows();
    let (decoded, _) = decode("charge", &rows);
    let back = through_parquet(&decoded.batch);
    assert_eq!(back.schema().fields(), decoded.batch.schema().fields());
    assert_same(&rows, &encode(&back), "charges");
    let price = vec![json!({"id": "price_1", "unit_amount_decimal": "0.000000000001", "currency": "usd",
        "currency_options": {"eur": {"unit_amount": 5, "unit_amount_decimal": "5", "tiers": [{"up_to": null}]}}})];
    let (decoded, _) = decode("price", &price);
    assert_same(&price, &encode(&through_parquet(&decoded.batch)), "prices");
}

#[test]
fn parquet_keeps_a_table_without_rows() {
    for schema in ["charge", "invoice", "customer", "event", "price", "terminal.reader"] {
        let mut decoder = decoder(schema, &[]);
        complete(decoder.page(&page(&[], true)).unwrap());
        let decoded = decoder.finish().unwrap();
        let back = through_parquet(&decoded.batch);
        assert_eq!(back.num_rows(), 0);
        assert_eq!(back.schema().fields(), decoded.batch.schema().fields(), "{schema}");
    }
}

/// As query engines hand batches back: other text layouts, and no metadata inside of lists.
#[test]
fn other_layouts_are_read_too() {
    let rows = rows();
    let (decoded, _) = decode("charge", &rows);
    let batch = &decoded.batch;
    let texts = [
        DataType::LargeUtf8,
        DataType::Utf8View,
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
    ];
    for text in texts {
        let recast = |(field, array): (&Arc<Field>, &ArrayRef)| {
            let (data_type, array) = match array.data_type() {
                DataType::Utf8 => (text.clone(), cast(array, &text).unwrap()),
                DataType::List(element) => {
                    let large = DataType::LargeList(Arc::clone(element));
                    (large.clone(), cast(array, &large).unwrap())
                }
                other => (other.clone(), Arc::clone(array)),
            };
            (Arc::new(field.as_ref().clone().with_data_type(data_type)), array)
        };
        let schema = batch.schema();
        let (fields, arrays): (Vec<_>, Vec<_>) =
            schema.fields().iter().zip(batch.columns()).map(recast).unzip();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let other =
            RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).unwrap();
        assert_same(&rows, &encode(&other), &text.to_string());
    }
}

#[test]
fn slices_are_read_where_they_are() {
    let rows = rows();
    let (decoded, _) = decode("charge", &rows);
    assert_same(&rows[1..], &encode(&decoded.batch.slice(1, 2)), "charges");
}

#[test]
fn text_columns_of_lists_say_whether_they_are_json_without_their_own_metadata() {
    let schema = pinstripe_arrow::RowSchema::new(pinstripe_catalog::catalog(), "charge", &[]).unwrap();
    let full = schema.full_schema();
    let metadata = full.field_with_name("metadata").unwrap();
    assert_eq!(metadata.metadata()["pinstripe.element"], "string");
    assert_eq!(metadata.metadata()["pinstripe.kind"], "map");
    assert_eq!(full.field_with_name("amount").unwrap().metadata()["pinstripe.currency"], "currency");
    assert_eq!(full.field_with_name("amount").unwrap().metadata()["pinstripe.null"], "absent");
    assert!(!full.field_with_name("customer").unwrap().metadata().contains_key("pinstripe.null"));
    assert_eq!(full.fields()[full.fields().len() - 2].name(), "extra");
}
