//! Pages of rows against a plain reading of the same rows.

use std::cmp::Ordering;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::frame_fixture::{Fixture, Row};
use crate::row_filter::FilterOp;

const COLUMNS: [&str; 11] = [
    "id",
    "amount",
    "currency",
    "created",
    "paid",
    "rate",
    "share",
    "address.city",
    "tags",
    "metadata.order",
    "nothing",
];

/// A value as the test itself thinks of it.
#[derive(Debug, Clone, PartialEq)]
enum Plain {
    Null,
    Text(String),
    Number(f64),
    Flag(bool),
}

fn plain(row: &Row, column: &str) -> Plain {
    let text = |text: Option<String>| text.map_or(Plain::Null, Plain::Text);
    let number = |number: Option<f64>| number.map_or(Plain::Null, Plain::Number);
    match column {
        "id" => Plain::Text(row.id.clone()),
        "amount" => number(row.amount.map(|amount| amount as f64)),
        "currency" => text(row.currency.clone()),
        "created" => number(row.created.map(|created| created as f64)),
        "paid" => row.paid.map_or(Plain::Null, Plain::Flag),
        "rate" => number(row.rate),
        "share" => number(row.share.map(|share| share as f64 / 1e12)),
        "address.city" => text(row.city.clone()),
        "tags" => text(row.tags.as_ref().map(|tags| serde_json::to_string(tags).unwrap())),
        "metadata.order" => text(row.order.clone()),
        _ => Plain::Null,
    }
}

fn order(left: &Plain, right: &Plain) -> Ordering {
    match (left, right) {
        (Plain::Number(left), Plain::Number(right)) => left.total_cmp(right),
        (Plain::Text(left), Plain::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Plain::Flag(left), Plain::Flag(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}

fn cell(value: &Plain, column: &str) -> Cell {
    match value {
        Plain::Null => Cell::Null,
        Plain::Text(text) => Cell::Text(text.clone()),
        Plain::Flag(flag) => Cell::Boolean(*flag),
        Plain::Number(second) if column == "created" => {
            Cell::Text(jiff::Timestamp::from_second(*second as i64).unwrap().to_string())
        }
        Plain::Number(number) if column == "amount" => Cell::Integer(*number as i64),
        Plain::Number(number) if column == "share" && number.fract() == 0.0 => Cell::Integer(*number as i64),
        Plain::Number(number) => Cell::Number(*number),
    }
}

fn meets(row: &Row, filter: &Filter, value: &Plain, until: &Plain) -> bool {
    let found = plain(row, &filter.column);
    let compared = order(&found, value);
    match (filter.op, &found) {
        (FilterOp::IsNull, found) => *found == Plain::Null,
        (_, Plain::Null) => false,
        (FilterOp::NotNull, _) => true,
        (FilterOp::Eq, _) => compared.is_eq(),
        (FilterOp::Ne, _) => compared.is_ne(),
        (FilterOp::Gt, _) => compared.is_gt(),
        (FilterOp::Gte, _) => compared.is_ge(),
        (FilterOp::Lt, _) => compared.is_lt(),
        (FilterOp::Lte, _) => compared.is_le(),
        (FilterOp::In, found) => found == value || found == until,
        (FilterOp::Between, found) => compared.is_ge() && order(found, until).is_lt(),
        (FilterOp::Contains, Plain::Text(text)) => match value {
            Plain::Text(part) => text.to_lowercase().contains(&part.to_lowercase()),
            _ => false,
        },
        (FilterOp::Contains, _) => false,
    }
}

/// Positions of the rows as a patient person would find them.
fn naive(rows: &[Row], filters: &[(Filter, Plain, Plain)], sort: &[Sort]) -> Vec<u64> {
    let met = |row: &&(usize, &Row)| {
        filters.iter().all(|(filter, value, until)| meets(row.1, filter, value, until))
    };
    let numbered: Vec<(usize, &Row)> = rows.iter().enumerate().collect();
    let mut found: Vec<&(usize, &Row)> = numbered.iter().filter(met).collect();
    let mut by: Vec<(String, bool)> = sort.iter().map(|by| (by.column.clone(), by.descending)).collect();
    if !by.iter().any(|(column, _)| column == "created") {
        by.push(("created".to_owned(), true));
    }
    found.sort_by(|left, right| {
        for (column, descending) in &by {
            let (left, right) = (plain(left.1, column), plain(right.1, column));
            let compared = match (left == Plain::Null, right == Plain::Null) {
                (false, false) if *descending => order(&right, &left),
                (false, false) => order(&left, &right),
                (left, right) => left.cmp(&right),
            };
            if compared.is_ne() {
                return compared;
            }
        }
        Ordering::Equal
    });
    found.into_iter().map(|(position, _)| *position as u64).collect()
}

fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| runtime().block_on(Fixture::of(Fixture::some_rows(1_500), 600, 250)))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// A condition that suits its column, with a value that some row has, more often than not.
fn any_filter() -> impl Strategy<Value = (Filter, Plain, Plain)> {
    use FilterOp::{Between, Contains, Eq, Gt, Gte, In, IsNull, Lt, Lte, Ne, NotNull};
    let ops = [Eq, Ne, Gt, Gte, Lt, Lte, Contains, In, IsNull, NotNull, Between];
    (0..COLUMNS.len(), 0..ops.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
        move |(column, op, one, other)| {
            let column = COLUMNS[column];
            let rows = &fixture().rows;
            let some = |index: prop::sample::Index| {
                let values: Vec<Plain> =
                    rows.iter().map(|row| plain(row, column)).filter(|value| *value != Plain::Null).collect();
                if values.is_empty() { Plain::Text("x".to_owned()) } else { index.get(&values).clone() }
            };
            let (value, until) = (some(one), some(other));
            let text = matches!(value, Plain::Text(_));
            let ordered = !matches!(value, Plain::Flag(_)) && column != "tags";
            let op = match ops[op] {
                Gt | Gte | Lt | Lte | Between if !ordered => Ne,
                Contains if !text => Eq,
                other => other,
            };
            // A part of a text, in another case.
            let value = match (&value, op) {
                (Plain::Text(text), Contains) => {
                    Plain::Text(text.chars().skip(1).take(3).collect::<String>().to_uppercase())
                }
                _ => value,
            };
            let several = matches!(op, In | Between);
            let filter = Filter {
                column: column.to_owned(),
                op,
                value: (!several).then(|| cell(&value, column)),
                values: several.then(|| vec![cell(&value, column), cell(&until, column)]),
            };
            (filter, value, until)
        },
    )
}

fn any_sort() -> impl Strategy<Value = Sort> {
    (0..COLUMNS.len(), any::<bool>())
        .prop_map(|(column, descending)| Sort { column: COLUMNS[column].to_owned(), descending })
}

async fn rows(fixture: &Fixture, request: RowsRequest) -> Result<RowsResult, LibraryError> {
    fixture.library.rows(&fixture.frame, request).await
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn pages_together_are_the_rows_that_a_patient_person_would_find(
        filters in prop::collection::vec(any_filter(), 0..3),
        sort in prop::collection::vec(any_sort(), 0..3),
        limits in prop::collection::vec(1_u64..900, 1..4),
    ) {
        let fixture = fixture();
        let expected = naive(&fixture.rows, &filters, &sort);
        let request = RowsRequest {
            filters: filters.iter().map(|(filter, ..)| filter.clone()).collect(),
            sort,
            ..RowsRequest::default()
        };
        let (mut positions, mut values) = (Vec::new(), Vec::new());
        for limit in limits.iter().cycle() {
            let page = RowsRequest { offset: positions.len() as u64, limit: *limit, ..request.clone() };
            let page = runtime().block_on(rows(fixture, page)).unwrap();
            prop_assert_eq!(page.total, expected.len() as u64);
            prop_assert_eq!(page.rows.len(), page.positions.len());
            prop_assert_eq!(&page.columns, &COLUMNS);
            if page.rows.is_empty() {
                break;
            }
            positions.extend(page.positions);
            values.extend(page.rows);
        }
        prop_assert_eq!(&positions, &expected);
        for (position, found) in positions.iter().zip(values) {
            let row = &fixture.rows[*position as usize];
            let wanted: Vec<Cell> = COLUMNS.iter().map(|column| cell(&plain(row, column), column)).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}

#[tokio::test]
async fn a_page_has_the_columns_that_were_asked_for_from_any_row_on() {
    let fixture = Fixture::of(Fixture::some_rows(50), 20, 10).await;
    let request = RowsRequest {
        columns: Some(vec!["amount".to_owned(), "id".to_owned()]),
        sort: vec![Sort { column: "id".to_owned(), descending: true }],
        offset: 48,
        limit: 10,
        ..RowsRequest::default()
    };
    let page = rows(&fixture, request.clone()).await.unwrap();
    assert_eq!(
        (page.columns.as_slice(), page.total),
        (["amount".to_owned(), "id".to_owned()].as_slice(), 50)
    );
    assert_eq!(page.positions, [1, 0]);
    assert_eq!(page.rows[1][1], Cell::Text("ch_0000".to_owned()));
    let beyond = rows(&fixture, RowsRequest { offset: u64::MAX, ..request }).await.unwrap();
    assert_eq!((beyond.rows.len(), beyond.total), (0, 50));
}

#[tokio::test]
async fn no_rows_are_a_page_too() {
    let fixture = Fixture::of(Vec::new(), 10, 10).await;
    let page = rows(&fixture, RowsRequest { limit: 10, ..RowsRequest::default() }).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (0, 0));
    assert!(page.columns.contains(&"address.city".to_owned()));
    assert!(fixture.library.object(&fixture.frame, 0, None).await.is_err());
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_words() {
    let fixture = Fixture::of(Fixture::some_rows(5), 5, 5).await;
    let refused = async |filter: serde_json::Value| {
        let filters = vec![serde_json::from_value(filter).unwrap()];
        let request = RowsRequest { filters, limit: 1, ..RowsRequest::default() };
        rows(&fixture, request).await.unwrap_err().to_string()
    };
    for (filter, expected) in [
        (
            serde_json::json!({"column": "amount", "op": "eq", "value": "much"}),
            "`amount` cannot be filtered so: it is of type integer, expected a whole number, found \"much\"",
        ),
        (
            serde_json::json!({"column": "created", "op": "gte", "value": 5}),
            "`created` cannot be filtered so: it is of type timestamp, expected a time such as 2026-01-31T00:00:00Z, found 5",
        ),
        (
            serde_json::json!({"column": "tags", "op": "lt", "value": "x"}),
            "`tags` cannot be filtered so: list has no order to compare by",
        ),
        (
            serde_json::json!({"column": "paid", "op": "contains", "value": "x"}),
            "`paid` cannot be filtered so: boolean is no text that could contain some",
        ),
        (
            serde_json::json!({"column": "amount", "op": "between", "values": [1]}),
            "`amount` cannot be filtered so: expected two ends, found 1",
        ),
        (
            serde_json::json!({"column": "id", "op": "eq"}),
            "`id` cannot be filtered so: expected a value to compare with, found none",
        ),
        (serde_json::json!({"column": "amuont", "op": "is_null"}), "`charges` has no column `amuont`"),
    ] {
        assert_eq!(refused(filter).await, expected);
    }
    let request = RowsRequest { limit: 1_001, ..RowsRequest::default() };
    assert!(rows(&fixture, request).await.is_err());
    let request = RowsRequest { limit: 1, version: Some(7), ..RowsRequest::default() };
    assert_eq!(rows(&fixture, request).await.unwrap_err().to_string(), "`charges` has no version 7");
}

#[tokio::test]
async fn texts_of_ten_thousand_letters_are_ordered_and_shown() {
    let long = |number: usize| Row {
        id: format!("{}{number}", "x".repeat(10_000)),
        created: Some(number as i64),
        ..Row::default()
    };
    let fixture = Fixture::of((0..20).map(long).collect(), 7, 7).await;
    let request = RowsRequest {
        sort: vec![Sort { column: "id".to_owned(), descending: false }],
        limit: 20,
        ..RowsRequest::default()
    };
    let page = rows(&fixture, request).await.unwrap();
    // As far as keys go they are equal, so the newest come first.
    assert_eq!(page.positions, (0..20).rev().collect::<Vec<u64>>());
    assert_eq!(page.rows[0][0].text().map(str::len), Some(10_002));
}

#[tokio::test]
async fn a_column_without_values_is_known_without_reading() {
    let fixture = Fixture::of(Fixture::some_rows(50), 20, 10).await;
    let columns = fixture.library.columns(&fixture.frame, None).await.unwrap();
    let empty = |name: &str| columns.iter().find(|column| column.name == name).unwrap().empty;
    assert_eq!(columns.len(), COLUMNS.len());
    assert_eq!(
        (empty("nothing"), empty("amount"), empty("metadata.order")),
        (Some(true), Some(false), Some(false))
    );
}
