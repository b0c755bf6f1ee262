//! Pages of 100 rows to a record batch, beside arrow-json's reader and simd-json's bare parse.
//!
//! The rows are made from `rows/*.json`, indented as Stripe indents them. arrow-json gets the same
//! rows with the same blanks, one after the other, and the very schema that our batch came out
//! with, less our two own columns; it is spared the list around the rows. simd-json gets the whole
//! page and gives values, no columns; the copy it wants to write into is made outside the clock.
//! Run with `cargo bench -p pinstripe-arrow`.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use arrow::datatypes::{DataType, FieldRef, Fields, Schema, SchemaRef};
use arrow::json::ReaderBuilder;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pinstripe_arrow::{JsonEncoder, PageDecoder, PageOutcome, RowSchema};
use pinstripe_catalog::catalog;

const ROWS: usize = 100;
const TYPES: [&str; 3] = ["charge", "customer", "balance_transaction"];

fn main() {
    divan::main();
}

fn rows(name: &str) -> Vec<String> {
    let template = match name {
        "charge" => include_str!("rows/charge.json"),
        "customer" => include_str!("rows/customer.json"),
        _ => include_str!("rows/balance_transaction.json"),
    };
    let names = ["akira", "berit", "chloe", "dmitri", "eun-ji", "fatima"];
    let row = |number: usize| {
        let id = format!("3Px{:021x}", 0x9E37_79B9_7F4A_7C15_u128 * (number as u128 + 1));
        let filled = template
            .trim()
            .replace("@id@", &id)
            .replace("@number@", &(1000 + number * 37).to_string())
            .replace("@amount@", &(499 + number * 1313).to_string())
            .replace("@created@", &(1_790_000_000 - number * 977).to_string())
            .replace("@currency@", ["usd", "jpy", "eur"][number % 3])
            .replace("@name@", names[number % names.len()]);
        filled.replace('\n', "\n    ")
    };
    (0..ROWS).map(row).collect()
}

fn page(name: &str) -> Vec<u8> {
    let rows = rows(name).join(",\n    ");
    let list = "\n  \"has_more\": true,\n  \"url\": \"/v1/things\"\n}\n";
    format!("{{\n  \"object\": \"list\",\n  \"data\": [\n    {rows}\n  ],{list}").into_bytes()
}

fn decoder(name: &str) -> PageDecoder {
    PageDecoder::new(Arc::new(RowSchema::new(catalog(), name, &[]).unwrap()))
}

fn columns(name: &str) -> SchemaRef {
    let mut decoder = decoder(name);
    assert!(matches!(decoder.page(&page(name)).unwrap(), PageOutcome::Complete(_)));
    let schema = decoder.finish().unwrap().batch.schema();
    let fields = &schema.fields()[..schema.fields().len() - 2];
    Arc::new(Schema::new(fields.iter().map(in_offset_zone).collect::<Fields>()))
}

/// arrow-json knows the zone `UTC` only with a feature that we have no use for.
fn in_offset_zone(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(in_offset_zone).collect()),
        DataType::List(element) => DataType::List(in_offset_zone(element)),
        DataType::Map(entries, sorted) => DataType::Map(in_offset_zone(entries), *sorted),
        other => other.clone(),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

#[divan::bench(args = TYPES)]
fn pinstripe(bencher: Bencher<'_, '_>, name: &str) {
    let page = page(name);
    let mut decoder = decoder(name);
    bencher.counter(BytesCount::new(page.len())).bench_local(move || {
        decoder.page(black_box(&page)).unwrap();
        decoder.finish().unwrap()
    });
}

/// Eighty pages to a batch, as an import does it.
#[divan::bench(args = TYPES, sample_size = 1)]
fn pinstripe_eighty_pages(bencher: Bencher<'_, '_>, name: &str) {
    let page = page(name);
    let mut decoder = decoder(name);
    bencher.counter(BytesCount::new(page.len() * 80)).bench_local(move || {
        for _ in 0..80 {
            decoder.page(black_box(&page)).unwrap();
        }
        decoder.finish().unwrap()
    });
}

#[divan::bench(args = TYPES)]
fn arrow_json(bencher: Bencher<'_, '_>, name: &str) {
    let schema = columns(name);
    let text = rows(name).join("\n").into_bytes();
    let mut decoder = ReaderBuilder::new(schema).with_batch_size(ROWS).build_decoder().unwrap();
    bencher.counter(BytesCount::new(text.len())).bench_local(move || {
        let mut at = 0;
        while at < text.len() {
            at += decoder.decode(black_box(&text[at..])).unwrap();
        }
        let batch = decoder.flush().unwrap().unwrap();
        assert_eq!(batch.num_rows(), ROWS);
        batch
    });
}

#[divan::bench(args = TYPES)]
fn simd_json_to_tape(bencher: Bencher<'_, '_>, name: &str) {
    let page = page(name);
    let mut buffers = simd_json::Buffers::new(page.len());
    bencher.counter(BytesCount::new(page.len())).with_inputs(|| page.clone()).bench_local_refs(move |page| {
        drop(black_box(simd_json::to_tape_with_buffers(page, &mut buffers).unwrap()));
    });
}

#[divan::bench(args = TYPES)]
fn simd_json_to_borrowed_value(bencher: Bencher<'_, '_>, name: &str) {
    let page = page(name);
    let mut buffers = simd_json::Buffers::new(page.len());
    bencher.counter(BytesCount::new(page.len())).with_inputs(|| page.clone()).bench_local_refs(move |page| {
        drop(black_box(simd_json::to_borrowed_value_with_buffers(page, &mut buffers).unwrap()));
    });
}

/// The way back: a batch of 100 rows to JSON lines.
#[divan::bench(args = TYPES)]
fn encode(bencher: Bencher<'_, '_>, name: &str) {
    let mut decoder = decoder(name);
    decoder.page(&page(name)).unwrap();
    let batch = decoder.finish().unwrap().batch;
    let encoder = JsonEncoder::new(&batch.schema()).unwrap();
    let mut out = Vec::new();
    let mut write = move || {
        out.clear();
        for row in 0..ROWS {
            encoder.write_row(black_box(&batch), row, &mut out).unwrap();
        }
        out.len()
    };
    let bytes = write();
    bencher.counter(BytesCount::new(bytes)).bench_local(write);
}
