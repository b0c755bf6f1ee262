//! What is a page and what is not, what a page says, and that it is taken whole or not at all.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Int64Type};
use pinstripe_arrow::{DecodeError, PageDecoder, PageOutcome, RowSchema, SparseFields};
use pinstripe_catalog::{FieldKind, catalog};
use serde_json::{Value, json};

use crate::json::{assert_same, complete, decode, decoder, encode, page};

fn charge(id: &str, created: i64) -> Value {
    json!({"id": id, "object": "charge", "amount": 100, "currency": "jpy", "created": created,
        "metadata": {}, "customer": null, "description": "a"})
}

fn refused(body: &[u8]) -> String {
    let mut decoder = decoder("charge", &[]);
    decoder.page(body).err().unwrap_or_else(|| panic!("taken: {}", String::from_utf8_lossy(body))).to_string()
}

#[test]
fn what_is_not_a_whole_list_is_refused_promise_1() {
    for (body, reason) in [
        (&b""[..], "expected a list object, found the end of the body at byte 0"),
        (b"<html>502</html>", "expected a list object, found text that is not json at byte 0"),
        (b"[]", "expected a list object, found an array at byte 0"),
        (br#"{"error":{"type":"api_error"}}"#, "found an error object"),
        (br#"{"object":"charge","id":"ch_1"}"#, "expected a list object, found another object"),
        (br#"{"object":"list","has_more":false}"#, "expected `data` of a list object"),
        (br#"{"object":"list","data":{},"has_more":false}"#, "expected an array as `data`, found an object"),
        (br#"{"object":"list","data":[]}"#, "expected `has_more` of a list object"),
        (
            br#"{"object":"list","data":[],"has_more":null}"#,
            "expected true or false as `has_more`, found null",
        ),
        (br#"{"data":[],"has_more":false}"#, "expected `object` of a list object"),
        (
            br#"{"object":"list","data":[],"has_more":false} {}"#,
            "expected the end of the body, found an object",
        ),
        (br#"{"object":"list","data":[],"data":[],"has_more":false}"#, "expected `data` once"),
        (br#"{"object":"list","data":[1],"has_more":false}"#, "expected an object as a row, found a number"),
        (br#"{"object":"list","data":[{}],"has_more":false}"#, "expected a string as `id` of each row"),
        (br#"{"object":"list","data":[{"id":"a"},],"has_more":false}"#, "expected an object as a row"),
        (
            b"{\"object\":\"list\",\"data\":[],\"x\":\"\xFF\",\"has_more\":false}",
            "expected utf-8, found other bytes",
        ),
        (b"{\"object\":\"list\",\"data\":[],\"x\":\"\n\",\"has_more\":false}", "control character"),
    ] {
        let error = refused(body);
        assert!(error.contains(reason), "{error} for {}", String::from_utf8_lossy(body));
    }
}

#[test]
fn money_ids_and_times_that_do_not_fit_fail_the_page() {
    for (field, value) in [
        ("amount", json!("100")),
        ("amount", json!(1.5)),
        ("amount", json!({})),
        ("amount_refunded", json!("1")),
        ("currency", json!(5)),
        ("created", json!("2026-01-01")),
        ("created", json!(9_300_000_000_000_i64)),
        ("id", json!(7)),
        ("id", json!(null)),
    ] {
        let mut row = charge("ch_1", 5);
        row[field] = value;
        let error = decoder("charge", &[]).page(&page(&[row], true)).unwrap_err();
        let DecodeError::Unexpected { path, .. } = &error else { panic!("{error}") };
        assert_eq!(path, field);
    }
}

#[test]
fn errors_do_not_tell_values() {
    let mut row = charge("ch_1", 5);
    row["amount"] = json!("secret@example.com");
    let error = decoder("charge", &[]).page(&page(&[row], true)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

#[test]
fn a_page_says_what_paging_needs() {
    let mut decoder = decoder("charge", &[]);
    let mut rows = [charge("ch_3", 30), charge("ch_2", 40), charge("ch_1", 10)];
    rows[1]["brand_new"] = json!({"deep": 1});
    rows[2]["brand_new"] = json!(null);
    rows[2]["description"] = json!(["not", "text"]);
    let body =
        json!({"object": "search_result", "data": rows, "has_more": true, "next_page": "abc", "url": "/x"});
    let summary = complete(decoder.page(body.to_string().as_bytes()).unwrap());
    assert_eq!((summary.rows, summary.range.clone(), summary.has_more), (3, 0..3, true));
    assert_eq!(summary.next_page.as_deref(), Some("abc"));
    assert_eq!((summary.first_id.as_deref(), summary.last_id.as_deref()), (Some("ch_3"), Some("ch_1")));
    assert_eq!(summary.oldest_created, Some(10));
    assert_eq!(summary.newest_created, Some(40));
    assert_eq!(summary.last_created, Some(10));
    assert_eq!(Vec::from_iter(summary.unknown_fields), [("brand_new".to_owned(), 2)]);
    assert_eq!(Vec::from_iter(summary.mismatches), [("description".to_owned(), 1)]);
    let ids: Vec<_> = decoder.ids(1..3).map(Option::unwrap).collect();
    assert_eq!(ids, ["ch_2", "ch_1"]);
    assert_same(&rows, &encode(&decoder.finish().unwrap().batch), "charges");
}

#[test]
fn no_rows_give_every_column_promise_6() {
    let mut decoder = decoder("charge", &[]);
    let summary = complete(decoder.page(&page(&[], true)).unwrap());
    assert_eq!((summary.rows, summary.has_more), (0, false));
    let empty = decoder.finish().unwrap();
    assert_eq!((empty.batch.num_rows(), empty.present.len()), (0, 0));
    let (full, _) = decode("charge", &[charge("ch_1", 1)]);
    assert_eq!(empty.batch.schema(), full.batch.schema());
}

#[test]
fn a_refused_page_leaves_no_trace() {
    let mut touched = decoder("charge", &[]);
    let mut untouched = decoder("charge", &[]);
    let mut rich = charge("ch_9", 9);
    rich["level3"] = json!({"merchant_reference": "m", "line_items": [{"product_code": "p"}]});
    rich["metadata"] = json!({"a": "b", "c": "d"});
    rich["news"] = json!(1);
    rich["refunds"] =
        json!({"object": "list", "has_more": false, "url": "/r", "data": [{"id": "re_1", "amount": 5}]});
    let good = page(&[charge("ch_1", 1), charge("ch_2", 2)], true);
    let bad = page(&[rich.clone(), charge("ch_8", 8)], true);
    for decoder in [&mut touched, &mut untouched] {
        complete(decoder.page(&good).unwrap());
    }
    for cut in 0..bad.len() {
        assert!(touched.page(&bad[..cut]).is_err(), "cut at {cut}");
    }
    assert_eq!((touched.rows(), touched.size_bytes()), (untouched.rows(), untouched.size_bytes()));
    for decoder in [&mut touched, &mut untouched] {
        complete(decoder.page(&good).unwrap());
    }
    let (one, other) = (touched.finish().unwrap(), untouched.finish().unwrap());
    assert_eq!((one.batch, one.present), (other.batch, other.present));
    // Nothing of the rows before is left in the next batch either.
    complete(touched.page(&bad).unwrap());
    let batch = touched.finish().unwrap();
    assert_eq!(Vec::<String>::from(batch.present.clone()), ["level3"]);
    assert_same(&[rich, charge("ch_8", 8)], &encode(&batch.batch), "charges");
}

#[test]
fn one_object_is_one_row() {
    let mut decoder = decoder("charge", &[]);
    let row = charge("ch_1", 1);
    let summary = complete(decoder.object(row.to_string().as_bytes()).unwrap());
    assert_eq!((summary.rows, summary.last_id.as_deref()), (1, Some("ch_1")));
    assert!(decoder.object(br#"{"error":{"message":"no"}}"#).is_err());
    assert!(decoder.object(br#"{"id":"ch_2"}x"#).is_err());
    assert_eq!(decoder.rows(), 1);
}

#[test]
fn a_field_that_comes_twice_counts_the_last_time() {
    let body = br#"{"object":"list","has_more":false,"data":[
        {"id":"ch_1","billing_details":{"name":1,"email":null},"level3":null,"customer":null,"metadata":{"a":"b"},
         "description":"x","id":"ch_2","billing_details":{"name":"n"},"level3":{"merchant_reference":"m"},
         "customer":"cus_1","metadata":{},"description":null}]}"#;
    let mut decoder = decoder("charge", &[]);
    complete(decoder.page(body).unwrap());
    let expected = json!({"id":"ch_2","billing_details":{"name":"n"},"level3":{"merchant_reference":"m"},
        "customer":"cus_1","metadata":{},"description":null});
    assert_same(&[expected], &encode(&decoder.finish().unwrap().batch), "charge");
}

#[test]
fn unusual_text_is_kept() {
    let text = r#"{"object":"list","has_more":false,"data":[{"id":"ch_1","description":"a\u0000\ud83d\ude00\"\\\/\b\f\n\r\t\u00e9",
        "metadata":{"k\u0041\"":"v","":""},"receipt_email":"\ud800","statement_descriptor":"é😀\u2028"}]}"#;
    let mut decoder = decoder("charge", &[]);
    let summary = complete(decoder.page(text.as_bytes()).unwrap());
    assert_eq!(summary.mismatches.get("receipt_email"), Some(&1));
    let batch = decoder.finish().unwrap().batch;
    let extra = batch.column_by_name("extra").unwrap().as_string::<i32>().value(0).to_owned();
    assert_eq!(extra, r#"{"receipt_email":"\ud800"}"#);
    let description = batch.column_by_name("description").unwrap().as_string::<i32>().value(0).to_owned();
    assert_eq!(description, "a\0😀\"\\/\u{8}\u{c}\n\r\té");
    // A key with half a surrogate pair: the whole map is kept beside its column.
    let text = br#"{"object":"list","has_more":false,"data":[{"id":"c","metadata":{"a":"b","\udc00":"c"}}]}"#;
    let summary = complete(decoder.page(text).unwrap());
    assert_eq!(summary.mismatches.get("metadata"), Some(&1));
    assert!(decoder.finish().unwrap().batch.column_by_name("metadata").unwrap().is_null(0));
}

#[test]
fn an_object_in_place_of_an_id_keeps_the_id_in_its_column() {
    let mut row = charge("ch_1", 1);
    row["customer"] = json!({"object": "customer", "x": [1, {"id": "no"}], "id": "cus_1"});
    let (decoded, summary) = decode("charge", std::slice::from_ref(&row));
    assert_eq!(summary.mismatches.get("customer"), Some(&1));
    let customers = decoded.batch.column_by_name("customer").unwrap().as_string::<i32>();
    assert_eq!(customers.value(0), "cus_1");
    assert_same(&[row], &encode(&decoded.batch), "charge");
}

#[test]
fn decimals_written_in_another_way_keep_value_and_writing() {
    let row = json!({"id": "price_1", "unit_amount_decimal": "2000.50", "currency": "usd"});
    let (decoded, summary) = decode("price", std::slice::from_ref(&row));
    assert!(summary.mismatches.is_empty());
    let column = decoded.batch.column_by_name("unit_amount_decimal").unwrap();
    let value = column.as_primitive::<arrow::datatypes::Decimal128Type>().value(0);
    assert_eq!(value, 2_000_500_000_000_000);
    assert_same(&[row], &encode(&decoded.batch), "price");
}

#[test]
fn whole_numbers_may_be_written_as_fractions() {
    let body =
        br#"{"object":"list","has_more":false,"data":[{"id":"c","amount":1e3,"amount_refunded":2.0}]}"#;
    let mut decoder = decoder("charge", &[]);
    complete(decoder.page(body).unwrap());
    let batch = decoder.finish().unwrap().batch;
    assert_eq!(batch.column_by_name("amount").unwrap().as_primitive::<Int64Type>().value(0), 1000);
    assert_eq!(batch.column_by_name("amount_refunded").unwrap().as_primitive::<Int64Type>().value(0), 2);
}

#[test]
fn nesting_has_an_end() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!(r#"{{"object":"list","has_more":false,"data":[{{"id":"c","news":{deep}}}]}}"#);
    assert!(refused(body.as_bytes()).contains("at most 128 levels"));
    let fits = format!("{}{}", "[".repeat(128), "]".repeat(128));
    let body = format!(r#"{{"object":"list","has_more":false,"data":[{{"id":"c","news":{fits}}}]}}"#);
    complete(decoder("charge", &[]).page(body.as_bytes()).unwrap());
}

#[test]
fn expansion_is_by_the_plan() {
    let schema = |expand: &[&str]| {
        let expand: Vec<String> = expand.iter().map(|path| (*path).to_owned()).collect();
        RowSchema::new(catalog(), "charge", &expand)
    };
    let plain = schema(&[]).unwrap().full_schema();
    assert_eq!(plain.field_with_name("customer").unwrap().data_type(), &DataType::Utf8);
    let expanded =
        schema(&["customer", "payment_intent.customer", "refunds.data.charge", "refunds"]).unwrap();
    let full = expanded.full_schema();
    assert!(matches!(full.field_with_name("customer").unwrap().data_type(), DataType::Struct(_)));
    let columns = expanded.columns();
    let kind =
        |path: &str| columns.iter().find(|column| column.path == path).map(|column| column.kind.clone());
    assert_eq!(kind("refunds.data.charge"), Some(FieldKind::Json), "a charge in a charge is cut");
    assert_eq!(kind("payment_intent.customer.email"), Some(FieldKind::String));
    for path in ["nothing", "amount", "amount.x", "customer.nothing", "refunds.charge", ""] {
        assert!(schema(&[path]).is_err(), "{path}");
    }
    assert!(RowSchema::new(catalog(), "nothing", &[]).is_err());
}

#[test]
fn columns_are_described_for_filters() {
    let schema = RowSchema::new(catalog(), "balance_transaction", &[]).unwrap();
    let columns = schema.columns();
    let column = |path: &str| columns.iter().find(|column| column.path == path).unwrap();
    assert_eq!(column("amount").currency.as_deref(), Some("currency"));
    assert_eq!(column("fee_details.amount").currency.as_deref(), Some("fee_details.currency"));
    assert_eq!(column("fee_details.amount").in_list.as_deref(), Some("fee_details"));
    let subscription = RowSchema::new(catalog(), "subscription", &[]).unwrap().columns();
    let price = subscription.iter().find(|column| column.path == "items.data.price.unit_amount").unwrap();
    assert_eq!(price.in_list.as_deref(), Some("items.data"));
    assert_eq!(price.currency.as_deref(), Some("items.data.price.currency"));
    assert!(!columns.iter().any(|column| column.path == "extra" || column.path == "_shape"));
    let charge = RowSchema::new(catalog(), "charge", &[]).unwrap().columns();
    assert!(charge.iter().any(|column| column.path.starts_with("payment_method_details.") && column.sparse));
    let status = charge.iter().find(|column| column.path == "status").unwrap();
    assert!(status.values.contains(&"succeeded".to_owned()));
}

#[test]
fn sparse_columns_come_and_go_with_the_rows() {
    let schema = RowSchema::new(catalog(), "charge", &[]).unwrap();
    let mut rich = charge("ch_1", 1);
    rich["payment_method_details"] = json!({"type": "alipay", "alipay": {"fingerprint": "f"}});
    let (batch, _) = decode("charge", &[rich, charge("ch_2", 2)]);
    assert!(batch.present.contains("payment_method_details.alipay"), "{:?}", batch.present);
    assert_eq!(batch.batch.schema(), schema.schema_with(&batch.present));
    let mut decoder = decoder("charge", &[]);
    complete(decoder.page(&page(&[charge("ch_3", 3)], false)).unwrap());
    let wide = decoder.finish_with(&batch.present).unwrap();
    assert_eq!(wide.batch.schema(), batch.batch.schema());
    let mut union = SparseFields::default();
    assert!(union.union(&wide.present));
    assert!(!union.union(&batch.present));
}

#[test]
fn every_data_type_has_columns() {
    for data_type in &catalog().data_types {
        let schema = std::sync::Arc::new(RowSchema::new(catalog(), &data_type.schema, &[]).unwrap());
        let mut decoder = PageDecoder::new(schema);
        let body = format!(
            r#"{{"object":"list","has_more":false,"data":[{{"id":"x_1","new_{}":[0]}}]}}"#,
            data_type.name
        );
        assert!(matches!(decoder.page(body.as_bytes()), Ok(PageOutcome::Complete(_))), "{}", data_type.name);
        let batch = decoder.finish().unwrap().batch;
        let rows = encode(&batch);
        assert_eq!(rows[0].as_object().unwrap().len(), 2, "{}: {}", data_type.name, rows[0]);
        let paths: Vec<String> = decoder.schema().columns().into_iter().map(|column| column.path).collect();
        let mut unique = paths.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), paths.len(), "{}", data_type.name);
    }
}
