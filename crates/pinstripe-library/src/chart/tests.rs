//! Charts of frames of known rows: sums per currency whatever the settings, days and hours where the
//! clocks change, the rest of many categories.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::frame_fixture::{Fixture, Row};
use crate::row_filter::FilterOp;

async fn fixture(rows: Vec<Row>) -> Fixture {
    let fixture = Fixture::of(rows, 300, 100).await;
    fixture.library.ledger().keep_query(&fixture.frame, None).unwrap();
    fixture
}

fn settings(kind: ChartKind, x: &str, bucket: Option<Bucket>, aggregate: Aggregate) -> ChartSettings {
    let amount = (aggregate != Aggregate::Count).then(|| "amount".to_owned());
    ChartSettings {
        kind,
        x: Some(ChartColumn { column: x.to_owned(), bucket }),
        y: ChartMeasure { column: amount, aggregate },
        color: None,
        split: None,
        pivot_columns: None,
        filters: Vec::new(),
        time_zone: "Europe/Oslo".to_owned(),
        currency: None,
        stacked: false,
        limit: 3,
    }
}

fn whole(cell: &Cell) -> i64 {
    match cell {
        Cell::Integer(value) => *value,
        Cell::Null => 0,
        other => panic!("expected a whole number, found {other:?}"),
    }
}

/// Whatever x, colour, split, zone and step, the points of a currency add up to the rows' amounts.
#[tokio::test]
async fn series_add_up_to_the_amounts_of_their_currency() {
    let rows = Fixture::some_rows(700);
    let fixture = fixture(rows).await;
    for (x, bucket) in [
        ("created", Some(Bucket::Hour)),
        ("created", Some(Bucket::Day)),
        ("created", Some(Bucket::Week)),
        ("created", None),
        ("address.city", None),
        ("metadata.order", None),
        ("paid", None),
        ("rate", None),
    ] {
        for (color, split) in
            [(None, None), (Some("metadata.order"), None), (Some("paid"), Some("address.city"))]
        {
            let mut asked = settings(ChartKind::Bar, x, bucket, Aggregate::Sum);
            asked.color = color.map(str::to_owned);
            asked.split = split.map(str::to_owned);
            let chart = fixture.library.chart("charges", &asked).await.unwrap();
            let mut shown: BTreeMap<String, i64> = BTreeMap::new();
            for series in &chart.series {
                let sum: i64 = series.points.iter().map(|(_, value)| whole(value)).sum();
                *shown.entry(series.currency.clone().unwrap()).or_default() += sum;
            }
            let mut expected: BTreeMap<String, i64> = BTreeMap::new();
            let placed = |row: &&Row| match x {
                "created" => row.created.is_some(),
                "rate" => row.rate.is_some(),
                _ => true,
            };
            for row in fixture.rows.iter().filter(placed) {
                if let Some(currency) = &row.currency {
                    *expected.entry(currency.clone()).or_default() += row.amount.unwrap_or(0);
                }
            }
            assert_eq!(shown, expected, "{x} {bucket:?} {color:?} {split:?}\n{}", chart.sql);
        }
    }
}

fn at(instant: &str) -> Row {
    let second = instant.parse::<Timestamp>().unwrap().as_second();
    Row { id: instant.to_owned(), created: Some(second), ..Row::default() }
}

fn shown(chart: &ChartResult) -> Vec<(String, i64)> {
    let points = chart.series.first().map(|series| series.points.clone()).unwrap_or_default();
    points.iter().map(|(x, y)| (x.text().unwrap().to_owned(), whole(y))).collect()
}

#[tokio::test]
async fn days_and_hours_are_local_where_the_clocks_change() {
    let rows = [
        "2026-10-24T21:59:59Z", // 23:59 on the 24th, summer time
        "2026-10-24T22:00:00Z", // midnight
        "2026-10-25T00:30:00Z", // 02:30, summer time
        "2026-10-25T01:30:00Z", // 02:30 again
        "2026-10-25T22:59:59Z", // the last second of a day of 25 hours
        "2026-10-26T23:00:00Z", // midnight of the 27th, with nothing on the 26th
    ];
    let fixture = fixture(rows.into_iter().map(at).collect()).await;
    let asked = settings(ChartKind::Bar, "created", Some(Bucket::Day), Aggregate::Count);
    let days = fixture.library.chart("charges", &asked).await.unwrap();
    let expected = [
        ("2026-10-24T00:00:00+02:00", 1),
        ("2026-10-25T00:00:00+02:00", 4),
        ("2026-10-26T00:00:00+01:00", 0),
        ("2026-10-27T00:00:00+01:00", 1),
    ];
    assert_eq!(shown(&days), expected.map(|(day, count)| (day.to_owned(), count)), "{}", days.sql);

    let mut asked = settings(ChartKind::Bar, "created", Some(Bucket::Hour), Aggregate::Count);
    asked.filters.push(Filter {
        column: "created".to_owned(),
        op: FilterOp::Between,
        value: None,
        values: Some(vec![
            Cell::Text("2026-10-25T00:00:00Z".to_owned()),
            Cell::Text("2026-10-25T12:00:00Z".to_owned()),
        ]),
    });
    let hours = fixture.library.chart("charges", &asked).await.unwrap();
    let expected = [("2026-10-25T02:00:00+02:00", 1), ("2026-10-25T02:00:00+01:00", 1)];
    assert_eq!(shown(&hours), expected.map(|(hour, count)| (hour.to_owned(), count)), "{}", hours.sql);
    assert_eq!(hours.rows, 2);
}

#[tokio::test]
async fn weeks_begin_on_monday_and_empty_steps_have_no_mean() {
    let mut rows = vec![at("2026-03-01T12:00:00Z"), at("2026-03-02T12:00:00Z"), at("2026-03-17T12:00:00Z")];
    for row in &mut rows {
        row.amount = Some(10);
        row.rate = Some(1.5);
    }
    let fixture = fixture(rows).await;
    let mut asked = settings(ChartKind::Line, "created", Some(Bucket::Week), Aggregate::Mean);
    asked.y.column = Some("rate".to_owned());
    let weeks = fixture.library.chart("charges", &asked).await.unwrap();
    let starts: Vec<&str> = weeks.series[0].points.iter().map(|(x, _)| &x.text().unwrap()[..10]).collect();
    assert_eq!(starts, ["2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16"]);
    assert_eq!(weeks.series[0].points[2].1, Cell::Null);
    assert_eq!(weeks.series[0].points[3].1, Cell::Number(1.5));
}

#[tokio::test]
async fn conditions_in_sql_keep_the_rows_that_the_table_keeps() {
    let fixture = fixture(Fixture::some_rows(400)).await;
    let filter = |column: &str, op: FilterOp, value: Cell| Filter {
        column: column.to_owned(),
        op,
        value: Some(value),
        values: None,
    };
    let text = |text: &str| Cell::Text(text.to_owned());
    for filter in [
        filter("amount", FilterOp::Gte, Cell::Integer(10)),
        filter("amount", FilterOp::Ne, Cell::Integer(10)),
        filter("address.city", FilterOp::Eq, text("a,\"b\"\n=1+1")),
        filter("address.city", FilterOp::Contains, text("OSL")),
        filter("address.city", FilterOp::IsNull, Cell::Null),
        filter("metadata.order", FilterOp::Eq, text("order-3")),
        filter("paid", FilterOp::Eq, Cell::Boolean(true)),
        filter("rate", FilterOp::Lt, Cell::Number(0.5)),
        filter("share", FilterOp::Gt, Cell::Number(60.5)),
        filter("created", FilterOp::Lt, text("2023-11-20T00:00:00Z")),
        filter("id", FilterOp::Eq, text("x' or '1'='1")),
        Filter {
            column: "currency".to_owned(),
            op: FilterOp::In,
            value: None,
            values: Some(vec![text("usd"), text("eur")]),
        },
    ] {
        let mut asked = settings(ChartKind::Bar, "paid", None, Aggregate::Count);
        asked.filters.push(filter.clone());
        let chart = fixture.library.chart("charges", &asked).await.unwrap();
        let page = crate::row_pages::RowsRequest {
            columns: Some(vec!["id".to_owned()]),
            filters: vec![filter.clone()],
            sort: Vec::new(),
            offset: 0,
            limit: 1,
            version: None,
        };
        let rows = fixture.library.rows(&fixture.frame, page).await.unwrap();
        assert_eq!(chart.rows, rows.total, "{filter:?}\n{}", chart.sql);
    }
}

#[tokio::test]
async fn names_that_sql_has_words_for_are_quoted() {
    for (name, quoted) in [
        ("amount", "amount"),
        ("type", "type"),
        ("select", "\"select\""),
        ("order", "\"order\""),
        ("Amount", "\"Amount\""),
        ("a\"b", "\"a\"\"b\""),
        ("my charges", "\"my charges\""),
    ] {
        assert_eq!(crate::conditions_sql::quoted_name(name), quoted);
    }
}
