//! Amounts of one column, each currency for itself: nothing here adds yen to dollars.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray};
use arrow::datatypes::{Int32Type, Int64Type};
use serde::Serialize;
use utoipa::ToSchema;

use super::numbers::Numbers;
use super::{Bin, bins};
use crate::cell::Cell;

/// Most currencies that are told apart; Stripe has half as many.
const CURRENCIES_MAX: usize = 300;

/// The amounts of one currency, in its smallest unit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MoneyStats {
    /// As Stripe writes it, in lower case; empty for amounts whose row has none.
    pub currency: String,
    pub count: u64,
    /// A number, or text where a page's numbers cannot hold it.
    pub sum: Cell,
    pub min: Cell,
    pub max: Cell,
    pub mean: f64,
    pub median: Cell,
    pub histogram: Vec<Bin>,
}

/// Takes a column's amounts with their currencies.
#[derive(Default)]
pub(super) struct Amounts {
    by_currency: Vec<(String, Numbers<i64>, i128)>,
    places: HashMap<String, usize>,
}

/// What there is to tell of a column's amounts.
pub(super) struct AmountStats {
    pub distinct: u64,
    pub exact: bool,
    pub money: Vec<MoneyStats>,
}

impl Amounts {
    pub fn add(&mut self, amounts: &PrimitiveArray<Int64Type>, currencies: &ArrayRef) {
        if let Some(coded) = currencies.as_dictionary_opt::<Int32Type>() {
            let names = coded.values().as_string_opt::<i32>();
            let Some(names) = names else { return };
            let places: Vec<Option<usize>> = (0..names.len())
                .map(|name| names.is_valid(name).then(|| self.place(names.value(name))))
                .collect();
            let none = if coded.null_count() > 0 { Some(self.place("")) } else { None };
            for (row, key) in coded.keys().iter().enumerate().filter(|(row, _)| amounts.is_valid(*row)) {
                let place = key.and_then(|key| places.get(key as usize).copied().flatten()).or(none);
                self.push(place, amounts.value(row));
            }
            return;
        }
        let Some(names) = currencies.as_string_opt::<i32>() else { return };
        for row in (0..amounts.len()).filter(|row| amounts.is_valid(*row)) {
            let place = self.place(if names.is_valid(row) { names.value(row) } else { "" });
            self.push(Some(place), amounts.value(row));
        }
    }

    fn push(&mut self, place: Option<usize>, amount: i64) {
        if let Some((_, numbers, sum)) = place.and_then(|place| self.by_currency.get_mut(place)) {
            numbers.push(amount);
            *sum += i128::from(amount);
        }
    }

    /// Where a currency's amounts are; out of bounds when there are too many.
    fn place(&mut self, currency: &str) -> usize {
        if let Some(place) = self.places.get(currency) {
            return *place;
        }
        if self.by_currency.len() == CURRENCIES_MAX {
            return usize::MAX;
        }
        self.by_currency.push((currency.to_owned(), Numbers::new(), 0));
        self.places.insert(currency.to_owned(), self.by_currency.len() - 1);
        self.by_currency.len() - 1
    }

    pub fn finish(self) -> AmountStats {
        let mut stats = AmountStats { distinct: 0, exact: true, money: Vec::new() };
        for (currency, numbers, sum) in self.by_currency {
            let Some(numbers) = numbers.finish() else { continue };
            stats.distinct += numbers.distinct;
            stats.exact &= numbers.exact;
            let edges = bins::whole_edges(i128::from(numbers.min), i128::from(numbers.max), 1);
            let counts = numbers.counts(&edges, |value, edge| i128::from(*value) < *edge);
            stats.money.push(MoneyStats {
                currency,
                count: numbers.count,
                sum: whole(sum),
                min: Cell::Integer(numbers.min),
                max: Cell::Integer(numbers.max),
                mean: sum as f64 / numbers.count as f64,
                median: middle(numbers.middle),
                histogram: super::column_scan::bins_of(&edges, &counts, |edge| whole(*edge)),
            });
        }
        stats.money.sort_by(|left, right| {
            right.count.cmp(&left.count).then_with(|| left.currency.cmp(&right.currency))
        });
        stats
    }
}

/// A whole number as a cell, whatever its size.
pub(super) fn whole(value: i128) -> Cell {
    match i64::try_from(value) {
        Ok(value) => Cell::Integer(value),
        Err(_) => Cell::Text(value.to_string()),
    }
}

/// Half the way between two whole numbers.
pub(super) fn middle((low, high): (i64, i64)) -> Cell {
    let sum = i128::from(low) + i128::from(high);
    if sum % 2 == 0 { whole(sum / 2) } else { Cell::Number(sum as f64 / 2.0) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{DictionaryArray, Int64Array, StringArray};

    use super::*;

    #[test]
    fn currencies_are_never_mixed() {
        let amounts = Int64Array::from(vec![Some(100), Some(300), None, Some(7), Some(1)]);
        let names = vec![Some("usd"), Some("usd"), Some("usd"), Some("jpy"), None];
        let plain: ArrayRef = Arc::new(StringArray::from(names.clone()));
        let coded: ArrayRef = Arc::new(names.into_iter().collect::<DictionaryArray<Int32Type>>());
        for currencies in [plain, coded] {
            let mut taken = Amounts::default();
            taken.add(&amounts, &currencies);
            let stats = taken.finish();
            let told: Vec<(&str, u64, Cell, Cell)> = stats
                .money
                .iter()
                .map(|money| (money.currency.as_str(), money.count, money.sum.clone(), money.median.clone()))
                .collect();
            assert_eq!(
                told,
                [
                    ("usd", 2, Cell::Integer(400), Cell::Integer(200)),
                    ("", 1, Cell::Integer(1), Cell::Integer(1)),
                    ("jpy", 1, Cell::Integer(7), Cell::Integer(7)),
                ]
            );
            assert_eq!(stats.distinct, 4);
            assert_eq!(stats.money[0].histogram.iter().map(|bin| bin.count).sum::<u64>(), 2);
        }
    }
}
