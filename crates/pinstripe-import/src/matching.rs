//! Filters of a request plan, tested on decoded columns.
//!
//! The meaning is the one `pinstripe_query::Filter` spells out on plain JSON; a property test holds
//! the two together. A row with something in `extra` (a value its column could not hold) is given
//! back as JSON and tested there, so that no condition misses it.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, ListArray, MapArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use pinstripe_arrow::JsonEncoder;
use pinstripe_query::{Filter, Operator, Step, Test, Value};

use crate::error::ImportError;

/// The rows that meet all filters.
pub fn matching_rows(batch: &RecordBatch, filters: &[Filter]) -> Result<RecordBatch, ImportError> {
    if filters.is_empty() || batch.num_rows() == 0 {
        return Ok(batch.clone());
    }
    let mut kept = vec![true; batch.num_rows()];
    for filter in filters {
        let found = match filter.steps.split_first() {
            Some((Step::Field(name), rest)) => match batch.column_by_name(name) {
                Some(column) => matches(column, rest, &filter.test),
                None => vec![filter.test.matches(&serde_json::Value::Null); batch.num_rows()],
            },
            _ => return Err(ImportError::Internal(format!("the filter `{}` names no column", filter.text))),
        };
        for (kept, found) in kept.iter_mut().zip(found) {
            *kept &= found;
        }
    }
    test_leftovers(batch, filters, &mut kept)?;
    filter_record_batch(batch, &BooleanArray::from(kept)).map_err(ImportError::internal)
}

/// Rows whose columns do not hold everything are tested on their JSON.
fn test_leftovers(batch: &RecordBatch, filters: &[Filter], kept: &mut [bool]) -> Result<(), ImportError> {
    let Some(extra) = batch.column_by_name("extra").filter(|extra| extra.null_count() < extra.len()) else {
        return Ok(());
    };
    let encoder = JsonEncoder::new(&batch.schema()).map_err(ImportError::internal)?;
    let mut text = Vec::new();
    for row in (0..batch.num_rows()).filter(|row| extra.is_valid(*row)) {
        text.clear();
        encoder.write_row(batch, row, &mut text).map_err(ImportError::internal)?;
        let json: serde_json::Value = serde_json::from_slice(&text).map_err(ImportError::internal)?;
        kept[row] = filters.iter().all(|filter| filter.matches(&json));
    }
    Ok(())
}

/// Whether each value of an array meets a test at the end of the steps.
fn matches(array: &ArrayRef, steps: &[Step], test: &Test) -> Vec<bool> {
    let when_missing = test.matches(&serde_json::Value::Null);
    let Some((step, rest)) = steps.split_first() else { return leaf(array, test) };
    match (step, array.data_type()) {
        (Step::Field(name), DataType::Struct(_)) => {
            let parent = array.as_struct();
            let mut found = match parent.column_by_name(name) {
                Some(child) => matches(child, rest, test),
                // A variant that no row of this batch has.
                None => vec![when_missing; array.len()],
            };
            for (row, found) in found.iter_mut().enumerate() {
                if parent.is_null(row) {
                    *found = when_missing;
                }
            }
            found
        }
        (Step::Entries, DataType::List(_)) => {
            let list: &ListArray = array.as_list();
            let entries = matches(list.values(), rest, test);
            (0..list.len())
                .map(|row| match list.is_null(row) {
                    true => when_missing,
                    false => range(list.offsets(), row).any(|entry| entries[entry]),
                })
                .collect()
        }
        (Step::Key(key), DataType::Map(_, _)) => {
            let map: &MapArray = array.as_map();
            let keys = map.keys().as_string::<i32>();
            let values = matches(map.values(), rest, test);
            (0..map.len())
                .map(|row| {
                    let mut entries = range(map.offsets(), row).filter(|_| map.is_valid(row));
                    // Stripe's JSON has each key once; of two the last would count, as in JSON.
                    entries
                        .rfind(|entry| keys.value(*entry) == key)
                        .map_or(when_missing, |entry| values[entry])
                })
                .collect()
        }
        _ => vec![when_missing; array.len()],
    }
}

fn range(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    offsets[row] as usize..offsets[row + 1] as usize
}

fn leaf(array: &ArrayRef, test: &Test) -> Vec<bool> {
    let when_null = test.matches(&serde_json::Value::Null);
    let each = |meets: &dyn Fn(usize) -> bool| {
        (0..array.len()).map(|row| if array.is_null(row) { when_null } else { meets(row) }).collect()
    };
    match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            each(&|row| {
                test_ordered(test, |value| match value {
                    Value::Text(text) => Some(texts.value(row).cmp(text)),
                    _ => None,
                })
            })
        }
        DataType::Boolean => {
            let flags = array.as_boolean();
            each(&|row| {
                test_ordered(test, |value| match value {
                    Value::Boolean(flag) => Some(flags.value(row).cmp(flag)),
                    _ => None,
                })
            })
        }
        DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>();
            each(&|row| {
                test_ordered(test, |value| integer(value).map(|wanted| numbers.value(row).cmp(&wanted)))
            })
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let times = array.as_primitive::<TimestampMicrosecondType>();
            each(&|row| {
                let second = times.value(row).div_euclid(1_000_000);
                test_ordered(test, |value| integer(value).map(|wanted| second.cmp(&wanted)))
            })
        }
        DataType::Float64 => {
            let numbers = array.as_primitive::<Float64Type>();
            each(&|row| {
                test_ordered(test, |value| match value {
                    Value::Number(wanted) => numbers.value(row).partial_cmp(wanted),
                    _ => None,
                })
            })
        }
        DataType::Decimal128(_, _) => {
            let numbers = array.as_primitive::<Decimal128Type>();
            each(&|row| {
                test_ordered(test, |value| match value {
                    Value::Decimal(units) => {
                        units.parse::<i128>().ok().map(|wanted| numbers.value(row).cmp(&wanted))
                    }
                    _ => None,
                })
            })
        }
        // Objects and lists are only ever asked whether they are null.
        _ => each(&|_| false),
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) | Value::Time(number) => Some(*number),
        _ => None,
    }
}

/// Whether a value that is there meets a test, given how it compares with a wanted one.
fn test_ordered(test: &Test, compare: impl Fn(&Value) -> Option<std::cmp::Ordering>) -> bool {
    let holds = |operator: Operator, value: &Value| compare(value).is_some_and(|order| operator.holds(order));
    match test {
        Test::OneOf { values, .. } => values.iter().any(|value| holds(Operator::Equal, value)),
        Test::Compare { operator, value } => holds(*operator, value),
        Test::Within { from, until } => {
            holds(Operator::GreaterOrEqual, &Value::Time(*from))
                && holds(Operator::Less, &Value::Time(*until))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use pinstripe_arrow::{PageDecoder, PageOutcome, RowSchema};
    use pinstripe_catalog::catalog;
    use pinstripe_query::{PlanRequest, plan};
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::*;

    const QUERIES: [&str; 26] = [
        "amount=0",
        "amount[gt]=0",
        "amount[gte]=-5&amount[lt]=100",
        "amount[lte]=9223372036854775807",
        "application_fee_amount=null",
        "application_fee_amount[gt]=3",
        "application_fee_amount=0&application_fee_amount=null",
        "currency=jpy",
        "currency=jpy&currency=usd",
        "description=",
        "description=null",
        "description=café",
        "description=Café&description=%F0%9F%99%82",
        "refunded=true",
        "refunded=false",
        "customer=null",
        "customer=cus_1&customer=cus_2",
        "metadata[order]=6735",
        "metadata[order]=null",
        "metadata[a.b]=x",
        "billing_details.address.country=JP",
        "billing_details.address.country=null",
        "payment_method_details.card.exp_year[gte]=2030",
        "payment_method_details.konbini.store.chain=lawson",
        "expand[]=data.refunds&refunds.data.amount[gt]=5",
        "outcome=null",
    ];

    fn text() -> impl Strategy<Value = Json> {
        prop_oneof![
            Just(Json::Null),
            Just(json!("")),
            Just(json!("café")),
            Just(json!("Café")),
            Just(json!("🙂")),
            Just(json!("JP")),
            Just(json!("6735")),
            Just(json!("lawson")),
            Just(json!("cus_1")),
            "\\PC{0,4}".prop_map(Json::from),
        ]
    }

    fn integer() -> impl Strategy<Value = Json> {
        prop_oneof![
            Just(json!(0)),
            Just(json!(i64::MAX)),
            Just(json!(i64::MIN)),
            (-10_i64..10).prop_map(Json::from),
            (2025_i64..2035).prop_map(Json::from),
        ]
    }

    /// A whole number that a column may not be able to hold.
    fn any_number() -> impl Strategy<Value = Json> {
        prop_oneof![integer(), Just(Json::Null), Just(json!(u64::MAX))]
    }

    fn maybe(object: &mut Json, name: &str, value: Option<Json>) {
        if let Some(value) = value {
            object[name] = value;
        }
    }

    prop_compose! {
        fn charge()(
            amount in integer(),
            fee in prop::option::of(prop_oneof![(-10_i64..10).prop_map(Json::from), Just(Json::Null)]),
            currency in prop_oneof![Just("jpy"), Just("usd"), Just("eur")],
            description in prop::option::of(text()),
            refunded in prop::option::of(any::<bool>().prop_map(Json::from)),
            customer in prop::option::of(text()),
            metadata in prop::option::of(prop::collection::btree_map("order|a\\.b|[a-c]", text().prop_map(|text| if text.is_null() { json!("x") } else { text }), 0..3)),
            country in prop::option::of(text()),
            details in 0..4,
            year in prop::option::of(any_number()),
            refunds in prop::option::of(prop::collection::vec(integer(), 0..3)),
            outcome in prop::option::of(prop_oneof![Just(Json::Null), Just(json!({})), Just(json!({"type": "authorized"}))]),
            unknown in prop::option::of(text()),
        ) -> Json {
            let mut row = json!({"object": "charge", "created": 1_700_000_000, "amount": amount, "currency": currency});
            maybe(&mut row, "application_fee_amount", fee);
            maybe(&mut row, "description", description);
            maybe(&mut row, "refunded", refunded);
            maybe(&mut row, "customer", customer);
            maybe(&mut row, "metadata", metadata.map(|keys| json!(keys)));
            maybe(&mut row, "outcome", outcome);
            maybe(&mut row, "not_in_the_catalog", unknown);
            if let Some(country) = country {
                row["billing_details"] = json!({"address": {"country": country}});
            }
            match details {
                1 => row["payment_method_details"] = Json::Null,
                2 => row["payment_method_details"] = json!({"type": "konbini", "konbini": {"store": {"chain": "lawson"}}}),
                3 => {
                    row["payment_method_details"] = json!({"type": "card", "card": {}});
                    maybe(&mut row["payment_method_details"]["card"], "exp_year", year);
                }
                _ => {}
            }
            if let Some(amounts) = refunds {
                let data: Vec<Json> = amounts.iter().enumerate()
                    .map(|(place, amount)| json!({"id": format!("re_{place}"), "object": "refund", "amount": amount, "currency": "usd", "created": 1_700_000_000}))
                    .collect();
                row["refunds"] = json!({"object": "list", "data": data, "has_more": false, "url": "/v1/refunds"});
            }
            row
        }
    }

    fn ids(batch: &RecordBatch) -> Vec<String> {
        batch
            .column_by_name("id")
            .unwrap()
            .as_string::<i32>()
            .iter()
            .map(|id| id.unwrap().to_owned())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn columns_and_plain_json_agree_on_every_condition(rows in prop::collection::vec(charge(), 1..12)) {
            let rows: Vec<Json> = rows.into_iter().enumerate().map(|(place, mut row)| {
                row["id"] = json!(format!("ch_{place}"));
                row
            }).collect();
            let page = json!({"object": "list", "data": rows, "has_more": false, "url": "/v1/charges"});
            for query in QUERIES {
                let request = PlanRequest { data_type: "charges", query, time_zone: Some("UTC"), ..PlanRequest::default() };
                let plan = plan(catalog(), &request, Timestamp::from_second(1_795_000_000).unwrap()).unwrap();
                let schema = RowSchema::new(catalog(), "charge", &plan.expand).unwrap();
                let mut decoder = PageDecoder::new(Arc::new(schema));
                let outcome = decoder.page(&serde_json::to_vec(&page).unwrap()).unwrap();
                prop_assert!(matches!(outcome, PageOutcome::Complete(_)));
                let batch = decoder.finish().unwrap().batch;
                let by_columns = ids(&matching_rows(&batch, &plan.filters).unwrap());
                let by_json: Vec<String> = rows.iter()
                    .filter(|row| plan.filters.iter().all(|filter| filter.matches(row)))
                    .map(|row| row["id"].as_str().unwrap().to_owned())
                    .collect();
                prop_assert_eq!(by_columns, by_json, "{}", query);
            }
        }
    }
}
