//! Summaries against a plain reckoning over the same rows.

use std::collections::BTreeMap;

use super::*;
use crate::frame_fixture::{Fixture, Row};
use crate::row_filter::FilterOp;

async fn summary(fixture: &Fixture, filters: Vec<Filter>) -> Summary {
    let request = SummaryRequest { filters, ..SummaryRequest::default() };
    fixture.library.summary_of(&fixture.frame, &request).await.unwrap()
}

fn card<'a>(summary: &'a Summary, name: &str) -> &'a ColumnSummary {
    summary.columns.iter().find(|column| column.column == name).unwrap()
}

fn paid() -> Filter {
    Filter { column: "paid".to_owned(), op: FilterOp::Eq, value: Some(Cell::Boolean(true)), values: None }
}

/// What a text column's card is to say, counted by hand.
fn frequent(values: impl Iterator<Item = String>) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    counts
}

fn told(card: &ColumnSummary) -> Vec<(String, u64)> {
    let text = |value: &ValueCount| value.value.text().unwrap_or_default().to_owned();
    card.top.iter().map(|value| (text(value), value.count)).collect()
}

#[tokio::test]
async fn cards_say_what_counting_by_hand_says_with_filters_and_without() {
    let fixture = Fixture::of(Fixture::some_rows(700), 300, 100).await;
    for filters in [Vec::new(), vec![paid()]] {
        let rows: Vec<&Row> =
            fixture.rows.iter().filter(|row| filters.is_empty() || row.paid == Some(true)).collect();
        let found = summary(&fixture, filters).await;
        assert_eq!(found.rows, rows.len() as u64);

        let city = card(&found, "address.city");
        let by_hand = frequent(rows.iter().filter_map(|row| row.city.clone()));
        assert_eq!(told(city), by_hand);
        assert_eq!(city.missing, rows.iter().filter(|row| row.city.is_none()).count() as u64);
        assert_eq!((city.distinct, city.distinct_exact, city.other), (Some(8), true, 0));
        assert_eq!(city.min, Cell::Text(String::new()));

        let order = card(&found, "metadata.order");
        assert_eq!(told(order), frequent(rows.iter().filter_map(|row| row.order.clone())));

        let mut rates: Vec<f64> = rows.iter().filter_map(|row| row.rate).collect();
        rates.sort_by(f64::total_cmp);
        let rate = card(&found, "rate");
        assert_eq!((&rate.min, &rate.max), (&Cell::Number(rates[0]), &Cell::Number(rates[rates.len() - 1])));
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        assert!((rate.mean.unwrap() - mean).abs() < 1e-9);
        let middle = (rates[(rates.len() - 1) / 2] + rates[rates.len() / 2]) / 2.0;
        assert_eq!(rate.median, Cell::Number(middle));

        let created = card(&found, "created");
        let times = rows.iter().filter(|row| row.created.is_some()).count() as u64;
        for (card, present) in [(rate, rates.len() as u64), (created, times)] {
            assert_eq!(card.histogram.iter().map(|bin| bin.count).sum::<u64>(), present, "{}", card.column);
            assert!((1..=30).contains(&card.histogram.len()));
        }
        let tags = card(&found, "tags");
        assert_eq!(tags.missing, rows.iter().filter(|row| row.tags.is_none()).count() as u64);
        assert_eq!(tags.distinct, None);
        assert_eq!(card(&found, "nothing").missing, found.rows);
        assert_eq!(card(&found, "id").top, []);
    }
}

#[tokio::test]
async fn amounts_are_told_by_currency_and_never_together() {
    let fixture = Fixture::of(Fixture::some_rows(500), 200, 64).await;
    let found = summary(&fixture, Vec::new()).await;
    let amount = card(&found, "amount");
    assert_eq!((amount.mean, &amount.min, &amount.median), (None, &Cell::Null, &Cell::Null));
    let money = amount.money.as_ref().unwrap();
    assert_eq!(money.len(), 4, "three currencies, and rows without one");
    for stats in money {
        let mut amounts: Vec<i64> = fixture
            .rows
            .iter()
            .filter(|row| row.currency.as_deref().unwrap_or_default() == stats.currency)
            .filter_map(|row| row.amount)
            .collect();
        amounts.sort_unstable();
        assert_eq!(stats.count, amounts.len() as u64);
        assert_eq!(stats.sum, Cell::Integer(amounts.iter().sum()));
        assert_eq!(stats.min, Cell::Integer(amounts[0]));
        assert_eq!(stats.histogram.iter().map(|bin| bin.count).sum::<u64>(), stats.count);
    }
}

#[tokio::test]
async fn a_bin_is_a_condition_that_finds_its_rows() {
    let fixture = Fixture::of(Fixture::some_rows(300), 300, 64).await;
    let found = summary(&fixture, Vec::new()).await;
    for name in ["rate", "created", "share"] {
        for bin in &card(&found, name).histogram {
            let filter = Filter {
                column: name.to_owned(),
                op: FilterOp::Between,
                value: None,
                values: Some(vec![bin.from.clone(), bin.to.clone()]),
            };
            let rows = summary(&fixture, vec![filter]).await.rows;
            assert_eq!(rows, bin.count, "{name} {bin:?}");
        }
    }
}

#[tokio::test]
async fn long_texts_are_cut_and_say_so() {
    let rows: Vec<Row> = (0..30)
        .map(|number| Row {
            id: "é".repeat(10_000),
            city: Some("Oslo".into()),
            has_address: true,
            amount: Some(number),
            ..Row::default()
        })
        .collect();
    let fixture = Fixture::of(rows, 10, 10).await;
    let found = summary(&fixture, Vec::new()).await;
    let id = card(&found, "id");
    assert_eq!((id.top.len(), id.top[0].count, id.top[0].cut), (1, 30, true));
    assert_eq!(id.top[0].value.text().map(|text| text.chars().count()), Some(201));
    assert!(!card(&found, "address.city").top[0].cut);
    // One currency, here none, is no mixture.
    assert_eq!(card(&found, "amount").median, Cell::Number(14.5));
}

#[tokio::test]
async fn a_frame_without_rows_has_a_summary() {
    let fixture = Fixture::of(Vec::new(), 1, 1).await;
    let found = summary(&fixture, Vec::new()).await;
    assert_eq!(found.rows, 0);
    assert!(found.columns.iter().all(|column| column.missing == 0 && column.histogram.is_empty()));
    let chosen = SummaryRequest { columns: Some(vec!["amount".to_owned()]), ..SummaryRequest::default() };
    let some = fixture.library.summary_of(&fixture.frame, &chosen).await.unwrap();
    assert_eq!(some.columns.len(), 1);
}
