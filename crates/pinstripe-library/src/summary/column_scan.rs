//! One way through one column (or the keys of one map): values in, a card out.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, PrimitiveArray};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::parquet::arrow::arrow_reader::RowSelection;

use super::money::{self, Amounts, MoneyStats};
use super::numbers::{NumberStats, Numbers};
use super::texts::{Texts, shown};
use super::{Bin, ColumnSummary, Scope, ValueCount, bins, calendar};
use crate::cell::Cell;
use crate::column::{Column, plain_type};
use crate::column_cells::{decimal_cell, instant_cell};
use crate::error::LibraryError;
use crate::flatten::{FlatColumn, nested_array};
use crate::frame_version::{GroupRead, Nested, RowGroup};

/// What is gathered of a column's values.
enum Gathered {
    Booleans {
        yes: u64,
        no: u64,
    },
    Integers(Numbers<i64>),
    Instants(Numbers<i64>),
    Numbers(Numbers<f64>),
    Decimals(Numbers<i128>, i8),
    Amounts(Amounts),
    Texts(Box<Texts>),
    /// Lists and maps are only counted.
    Nested,
}

/// Sums up columns that are read together.
pub(super) fn run(scope: &Scope<'_>, columns: &[usize]) -> Result<Vec<ColumnSummary>, LibraryError> {
    let flat: Vec<&FlatColumn> = columns.iter().map(|column| &scope.files.columns[*column]).collect();
    let described: Vec<&Column> = columns.iter().map(|column| &scope.described[*column]).collect();
    if let ([column], [described]) = (flat.as_slice(), described.as_slice()) {
        if column.is_nested() {
            let present = count_nested(scope, column)?;
            return Ok(vec![card(described, scope.rows, present, Gathered::Nested)]);
        }
        if scope.files.is_empty(column) == Some(true) {
            return Ok(vec![card(described, scope.rows, 0, gathered(column, None))]);
        }
    }
    let currency = match (described.as_slice(), columns) {
        ([described], [_]) => currency_column(scope, described),
        _ => None,
    };
    let mut read: Vec<&FlatColumn> = flat.clone();
    read.extend(currency);
    let mut scans: Vec<(u64, Gathered)> = flat.iter().map(|column| (0, gathered(column, currency))).collect();
    for_batches(scope, &read, |arrays| {
        for (place, (present, gathered)) in scans.iter_mut().enumerate() {
            let array = &arrays[place];
            *present += (array.len() - array.logical_null_count()) as u64;
            gathered.add(array, arrays.last());
        }
        true
    })?;
    second_look(scope, &flat, &mut scans)?;
    let cards = described.into_iter().zip(scans);
    Ok(cards.map(|(column, (present, gathered))| card(column, scope.rows, present, gathered)).collect())
}

fn currency_column<'a>(scope: &Scope<'a>, described: &Column) -> Option<&'a FlatColumn> {
    let name = described.money.as_ref()?.currency_column.as_ref()?;
    let files = scope.files;
    files.columns.iter().find(|column| column.name == *name)
}

fn gathered(column: &FlatColumn, currency: Option<&FlatColumn>) -> Gathered {
    match plain_type(column.field.data_type()) {
        DataType::Int64 if currency.is_some() => Gathered::Amounts(Amounts::default()),
        DataType::Boolean => Gathered::Booleans { yes: 0, no: 0 },
        DataType::Int64 => Gathered::Integers(Numbers::new()),
        DataType::Float64 => Gathered::Numbers(Numbers::new()),
        DataType::Decimal128(_, scale) => Gathered::Decimals(Numbers::new(), scale),
        DataType::Timestamp(_, _) => Gathered::Instants(Numbers::new()),
        _ => Gathered::Texts(Box::new(Texts::new())),
    }
}

/// Hands the rows that are looked at to `take`, batch by batch, until it wants no more.
fn for_batches(
    scope: &Scope<'_>,
    columns: &[&FlatColumn],
    mut take: impl FnMut(&[ArrayRef]) -> bool,
) -> Result<(), LibraryError> {
    for (group, selection) in groups(scope) {
        for arrays in scope.files.read(GroupRead { group, selection, coded: true }, columns)? {
            if !take(&arrays?) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn groups<'a>(scope: &Scope<'a>) -> impl Iterator<Item = (&'a RowGroup, Option<RowSelection>)> + use<'a> {
    let met = scope.met;
    scope.files.groups.iter().enumerate().filter_map(move |(number, group)| {
        let Some(rows) = met.and_then(|met| met.get(number)) else { return Some((group, None)) };
        if rows.count_set_bits() == 0 {
            return None;
        }
        Some((group, Some(RowSelection::from_filters(&[BooleanArray::new(rows.clone(), None)]))))
    })
}

fn count_nested(scope: &Scope<'_>, column: &FlatColumn) -> Result<u64, LibraryError> {
    let mut present = 0;
    for (group, selection) in groups(scope) {
        let read = GroupRead { group, selection, coded: false };
        for batch in scope.files.read_nested(read, &Nested::Presence(column))? {
            let array = nested_array(&batch?, column).map_err(LibraryError::arrow)?;
            present += (array.len() - array.null_count()) as u64;
        }
    }
    Ok(present)
}

/// Where a frequent text came too late to be counted, looks for which one it is.
fn second_look(
    scope: &Scope<'_>,
    columns: &[&FlatColumn],
    scans: &mut [(u64, Gathered)],
) -> Result<(), LibraryError> {
    for (column, (_, gathered)) in columns.iter().zip(scans) {
        let Gathered::Texts(texts) = gathered else { continue };
        texts.settle();
        let mut wanted: HashSet<u64> = texts.frequent_others();
        if wanted.is_empty() {
            continue;
        }
        for_batches(scope, std::slice::from_ref(column), |arrays| {
            !each_text(&arrays[0], |text| texts.found(text, &mut wanted))
        })?;
    }
    Ok(())
}

/// Hands over each text until `take` has enough; whether it had.
fn each_text(array: &ArrayRef, mut take: impl FnMut(&str) -> bool) -> bool {
    let values = match array.as_dictionary_opt::<Int32Type>() {
        Some(coded) => coded.values(),
        None => array,
    };
    values.as_string_opt::<i32>().is_some_and(|texts| texts.iter().flatten().any(&mut take))
}

impl Gathered {
    fn add(&mut self, array: &ArrayRef, currencies: Option<&ArrayRef>) {
        match self {
            Gathered::Booleans { yes, no } => {
                let values = array.as_boolean();
                *yes += values.true_count() as u64;
                *no += values.false_count() as u64;
            }
            Gathered::Integers(numbers) => numbers.extend(present::<Int64Type>(array)),
            Gathered::Instants(numbers) => numbers.extend(present::<TimestampMicrosecondType>(array)),
            Gathered::Numbers(numbers) => {
                numbers.extend(present::<Float64Type>(array).filter(|number| number.is_finite()));
            }
            Gathered::Decimals(numbers, _) => numbers.extend(present::<Decimal128Type>(array)),
            Gathered::Amounts(amounts) => {
                if let Some(currencies) = currencies {
                    amounts.add(array.as_primitive::<Int64Type>(), currencies);
                }
            }
            Gathered::Texts(texts) => add_texts(texts, array),
            Gathered::Nested => {}
        }
    }
}

fn present<T: ArrowPrimitiveType>(array: &ArrayRef) -> impl Iterator<Item = T::Native> + '_ {
    let array: &PrimitiveArray<T> = array.as_primitive::<T>();
    let nulls = array.nulls();
    array
        .values()
        .iter()
        .enumerate()
        .filter(move |(row, _)| nulls.is_none_or(|nulls| nulls.is_valid(*row)))
        .map(|(_, value)| *value)
}

fn add_texts(texts: &mut Texts, array: &ArrayRef) {
    if let Some(coded) = array.as_dictionary_opt::<Int32Type>() {
        let Some(values) = coded.values().as_string_opt::<i32>() else { return };
        let mut counts = vec![0_u64; values.len()];
        for key in coded.keys().iter().flatten() {
            counts[key as usize] += 1;
        }
        for (value, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            if values.is_valid(value) {
                texts.add(values.value(value), count);
            }
        }
    } else if let Some(values) = array.as_string_opt::<i32>() {
        values.iter().flatten().for_each(|text| texts.add(text, 1));
    }
}

fn card(column: &Column, rows: u64, present: u64, gathered: Gathered) -> ColumnSummary {
    let mut card = ColumnSummary {
        column: column.name.clone(),
        data_type: column.data_type,
        rows,
        missing: rows.saturating_sub(present),
        distinct: Some(0),
        distinct_exact: true,
        sampled: false,
        min: Cell::Null,
        max: Cell::Null,
        mean: None,
        median: Cell::Null,
        top: Vec::new(),
        other: 0,
        histogram: Vec::new(),
        money: None,
    };
    match gathered {
        Gathered::Nested => card.distinct = None,
        Gathered::Booleans { yes, no } => {
            card.top = [(true, yes), (false, no)]
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(value, count)| ValueCount { value: Cell::Boolean(value), count, cut: false })
                .collect();
            card.top.sort_by_key(|value| std::cmp::Reverse(value.count));
            card.distinct = Some(card.top.len() as u64);
        }
        Gathered::Texts(texts) => {
            let stats = texts.finish();
            card.distinct = Some(stats.distinct);
            card.distinct_exact = stats.exact;
            card.min = stats.least.map_or(Cell::Null, |text| shown(&text).0);
            card.max = stats.greatest.map_or(Cell::Null, |text| shown(&text).0);
            card.top = stats.top;
            card.other = stats.other;
        }
        Gathered::Amounts(amounts) => {
            let stats = amounts.finish();
            card.distinct = Some(stats.distinct);
            card.distinct_exact = stats.exact;
            card.sampled = !stats.exact;
            if let [only] = stats.money.as_slice() {
                of_one_currency(&mut card, only);
            }
            card.money = Some(stats.money);
        }
        Gathered::Integers(numbers) => {
            if let Some(stats) = numbers.finish() {
                integers(&mut card, &stats);
            }
        }
        Gathered::Instants(numbers) => {
            if let Some(stats) = numbers.finish() {
                instants(&mut card, &stats);
            }
        }
        Gathered::Numbers(numbers) => {
            if let Some(stats) = numbers.finish() {
                floats(&mut card, &stats);
            }
        }
        Gathered::Decimals(numbers, scale) => {
            if let Some(stats) = numbers.finish() {
                decimals(&mut card, &stats, scale);
            }
        }
    }
    card
}

fn of_one_currency(card: &mut ColumnSummary, only: &MoneyStats) {
    card.min = only.min.clone();
    card.max = only.max.clone();
    card.mean = Some(only.mean);
    card.median = only.median.clone();
    card.histogram.clone_from(&only.histogram);
}

fn counted<N>(card: &mut ColumnSummary, stats: &NumberStats<N>) {
    card.distinct = Some(stats.distinct);
    card.distinct_exact = stats.exact;
    card.sampled = !stats.exact;
}

fn integers(card: &mut ColumnSummary, stats: &NumberStats<i64>) {
    counted(card, stats);
    card.min = Cell::Integer(stats.min);
    card.max = Cell::Integer(stats.max);
    card.mean = Some(stats.sum / stats.count as f64);
    card.median = money::middle(stats.middle);
    let edges = bins::whole_edges(i128::from(stats.min), i128::from(stats.max), 1);
    let counts = stats.counts(&edges, |value, edge| i128::from(*value) < *edge);
    card.histogram = bins_of(&edges, &counts, |edge| money::whole(*edge));
}

fn instants(card: &mut ColumnSummary, stats: &NumberStats<i64>) {
    counted(card, stats);
    card.min = instant_cell(stats.min);
    card.max = instant_cell(stats.max);
    let (low, high) = stats.middle;
    card.median = instant_cell(((i128::from(low) + i128::from(high)) / 2) as i64);
    let edges = calendar::edges(stats.min, stats.max);
    let counts = stats.counts(&edges, |value, edge| value < edge);
    card.histogram = bins_of(&edges, &counts, |edge| instant_cell(*edge));
}

fn floats(card: &mut ColumnSummary, stats: &NumberStats<f64>) {
    counted(card, stats);
    card.min = Cell::Number(stats.min);
    card.max = Cell::Number(stats.max);
    card.mean = Some(stats.sum / stats.count as f64).filter(|mean| mean.is_finite());
    card.median = Cell::Number(f64::midpoint(stats.middle.0, stats.middle.1));
    let edges = bins::number_edges(stats.min, stats.max);
    let counts = stats.counts(&edges, |value, edge| value < edge);
    card.histogram = bins_of(&edges, &counts, |edge| Cell::Number(*edge));
}

fn decimals(card: &mut ColumnSummary, stats: &NumberStats<i128>, scale: i8) {
    counted(card, stats);
    card.min = decimal_cell(stats.min, scale);
    card.max = decimal_cell(stats.max, scale);
    card.mean = Some(stats.sum / stats.count as f64 / 10f64.powi(i32::from(scale)));
    let (low, high) = stats.middle;
    card.median = decimal_cell(low + (high - low) / 2, scale);
    let one = 10_i128.checked_pow(u32::from(scale.unsigned_abs())).unwrap_or(1);
    let edges = bins::whole_edges(stats.min, stats.max, if scale > 0 { one } else { 1 });
    let counts = stats.counts(&edges, |value, edge| value < edge);
    card.histogram = bins_of(&edges, &counts, |edge| decimal_cell(*edge, scale));
}

/// Bins between neighbouring edges.
pub(super) fn bins_of<E>(edges: &[E], counts: &[u64], cell: impl Fn(&E) -> Cell) -> Vec<Bin> {
    let pairs = edges.windows(2).zip(counts);
    pairs.map(|(pair, count)| Bin { from: cell(&pair[0]), to: cell(&pair[1]), count: *count }).collect()
}
