//! Histograms: how many rows have a number in each bin. Bins are as wide as round numbers are;
//! amounts have bins of their own for each currency.

use std::collections::BTreeMap;

use super::grouped::Names;
use super::question::Question;
use super::{ChartResult, ChartSeries, XType};
use crate::cell::Cell;
use crate::conditions_sql::{ColumnSql, quoted_text};
use crate::error::LibraryError;

/// Bins at most, in each series.
const BINS_MAX: f64 = 40.0;

/// Where the bins of one series lie.
struct Bins {
    currency: Option<String>,
    first: f64,
    last: f64,
    width: f64,
}

pub(super) async fn answer(mut question: Question<'_>) -> Result<ChartResult, LibraryError> {
    let Some(x) = question.settings.x.clone() else {
        return Err(LibraryError::question("expected a column of numbers for the histogram", None));
    };
    let column = question.column(&x.column)?;
    if !column.is_number() {
        return Err(LibraryError::question(
            format!("`{}` holds no numbers", column.name),
            Some("a bar chart counts texts and times"),
        ));
    }
    let currency = amounts(&mut question, &column).await?;
    question.conditions.push(format!("{} is not null", column.sql));
    let bins = bins(&question, &column, currency.as_ref()).await?;
    let sql = sql(&question, &column, currency.as_ref(), &bins);
    let rows = question.run(&sql).await?;
    let series = bins.iter().map(|bins| series(bins, currency.is_some(), &column, &rows)).collect();
    question.currencies = bins.iter().filter_map(|bins| bins.currency.clone()).collect();
    Ok(ChartResult { series, ..question.answer(Some(XType::Number), sql) })
}

/// The currency column of an amount; rows of other currencies than the chosen one are left out.
async fn amounts(question: &mut Question<'_>, column: &ColumnSql) -> Result<Option<ColumnSql>, LibraryError> {
    let Some(currency) = column.currency.as_ref().filter(|_| column.money) else { return Ok(None) };
    let currency = question.column(currency)?;
    match &question.settings.currency {
        Some(chosen) => question.conditions.push(format!("{} = {}", currency.sql, quoted_text(chosen))),
        None => question.conditions.push(format!("{} is not null", currency.sql)),
    }
    Ok(Some(currency))
}

async fn bins(
    question: &Question<'_>,
    column: &ColumnSql,
    currency: Option<&ColumnSql>,
) -> Result<Vec<Bins>, LibraryError> {
    let mut columns = Vec::new();
    let mut rest = String::new();
    if let Some(currency) = currency {
        columns.push(currency.sql.clone());
        rest = "group by 1\norder by count(*) desc, 1".to_owned();
    }
    for end in ["min", "max"] {
        columns.push(format!("cast({end}({}) as double)", column.sql));
    }
    let rows = question.run(&question.select(&columns, &rest)).await?;
    let whole = column.data_type.is_integer();
    let bins = rows.into_iter().filter_map(|row| {
        let mut cells = row.into_iter();
        let currency = if currency.is_some() { cells.next()?.text().map(str::to_owned) } else { None };
        let (least, greatest) = (number(&cells.next()?)?, number(&cells.next()?)?);
        let width = round_width((greatest - least) / BINS_MAX, whole);
        let floor = |value: f64| (value / width).floor() * width;
        Some(Bins { currency, first: floor(least), last: floor(greatest), width })
    });
    Ok(bins.collect())
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Integer(value) => Some(*value as f64),
        Cell::Number(value) => Some(*value),
        _ => None,
    }
}

/// The next of 1, 2, 5, 10, 20, 50, ... (or 0.1, 0.2, ...).
fn round_width(least: f64, whole: bool) -> f64 {
    if least <= 0.0 || !least.is_finite() {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    let width = steps.into_iter().find(|width| *width >= least * (1.0 - 1e-9)).unwrap_or(steps[3]);
    if whole { width.max(1.0).round() } else { width }
}

fn sql(question: &Question<'_>, column: &ColumnSql, currency: Option<&ColumnSql>, bins: &[Bins]) -> String {
    let widths: Vec<f64> = bins.iter().map(|bins| bins.width).collect();
    let same = widths.windows(2).all(|pair| pair[0] == pair[1]);
    let width = match currency.filter(|_| !same) {
        None => widths.first().copied().unwrap_or(1.0).to_string(),
        Some(currency) => {
            let cases: Vec<String> = bins
                .iter()
                .filter_map(|bins| Some((quoted_text(bins.currency.as_ref()?), bins.width)))
                .map(|(code, width)| format!("when {code} then {width}"))
                .collect();
            format!("case {} {} end", currency.sql, cases.join(" "))
        }
    };
    let whole = if column.data_type.is_integer() { "bigint" } else { "double" };
    let start = format!("cast(floor(cast({} as double) / {width}) * {width} as {whole})", column.sql);
    let mut names = Names::default();
    let mut columns = Vec::new();
    if let Some(currency) = currency {
        columns.push(names.named(&currency.sql, currency.short_name()));
    }
    columns.push(names.named(&start, &format!("{}_from", column.short_name())));
    columns.push(names.named("count(*)", "rows"));
    let rest = if currency.is_some() { "group by 1, 2\norder by 1, 2" } else { "group by 1\norder by 1" };
    question.select(&columns, rest)
}

fn series(bins: &Bins, by_currency: bool, column: &ColumnSql, rows: &[Vec<Cell>]) -> ChartSeries {
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    let place = |start: f64| ((start - bins.first) / bins.width).round() as i64;
    for row in rows {
        let (key, rest) = if by_currency { row.split_at(1.min(row.len())) } else { row.split_at(0) };
        if by_currency && key.first().and_then(Cell::text) != bins.currency.as_deref() {
            continue;
        }
        if let [start, Cell::Integer(count)] = rest
            && let Some(start) = number(start)
        {
            *counts.entry(place(start)).or_default() += count;
        }
    }
    let whole = column.data_type.is_integer();
    let cell = |start: f64| if whole { Cell::Integer(start as i64) } else { Cell::Number(start) };
    let points = (0..=place(bins.last))
        .map(|place| {
            let start = bins.first + place as f64 * bins.width;
            (cell(start), Cell::Integer(counts.get(&place).copied().unwrap_or(0)))
        })
        .collect();
    ChartSeries {
        name: bins.currency.as_ref().map_or_else(|| "rows".to_owned(), |code| code.to_uppercase()),
        color: None,
        split: None,
        currency: bins.currency.clone(),
        bin_width: Some(bins.width),
        points,
    }
}

#[cfg(test)]
mod tests {
    use super::round_width;

    #[test]
    fn bins_are_round_numbers_wide() {
        for (least, whole, width) in [
            (0.03, false, 0.05),
            (0.3, true, 1.0),
            (7.0, true, 10.0),
            (10.0, true, 10.0),
            (260.0, true, 500.0),
        ] {
            assert!((round_width(least, whole) - width).abs() < 1e-9, "{least}");
        }
        assert!((round_width(0.0, false) - 1.0).abs() < 1e-9);
    }
}
