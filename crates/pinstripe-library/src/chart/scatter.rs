//! Scatter plots: a point a row. Of many rows, one in so many is shown, in the order of their ids,
//! so that the same rows are shown each time.

use std::collections::HashMap;

use super::categories::shown_as;
use super::grouped::Names;
use super::question::Question;
use super::{ChartResult, ChartSeries, XType};
use crate::cell::Cell;
use crate::error::LibraryError;

const DOTS_MAX: u64 = 5_000;

pub(super) async fn answer(mut question: Question<'_>) -> Result<ChartResult, LibraryError> {
    let (Some(x), Some(y)) = (question.settings.x.clone(), question.measure.column.clone()) else {
        return Err(LibraryError::question("expected two columns of numbers or times", None));
    };
    let x = question.column(&x.column)?;
    if !x.is_number() && !x.is_time() {
        return Err(LibraryError::question(format!("`{}` holds no numbers", x.name), None));
    }
    let color = question.settings.color.clone().map(|name| question.column(&name)).transpose()?;
    for column in [&x, &y] {
        question.conditions.push(format!("{} is not null", column.sql));
    }
    let counted = question.run(&question.select(&["count(*)".to_owned()], "")).await?;
    let dots = match counted.first().and_then(|row| row.first()) {
        Some(Cell::Integer(count)) => u64::try_from(*count).unwrap_or(0),
        _ => 0,
    };
    let mut names = Names::default();
    let mut columns = vec![names.named(&x.sql, x.short_name()), names.named(&y.sql, y.short_name())];
    if let Some(color) = &color {
        columns.push(names.named(&color.sql, color.short_name()));
    }
    // Amounts on either axis make a series a currency.
    let currency = match (question.currency_column().cloned(), x.currency.as_ref().filter(|_| x.money)) {
        (Some(currency), _) => Some(currency),
        (None, Some(name)) => Some(question.column(name)?),
        (None, None) => None,
    };
    if let Some(currency) = &currency {
        columns.push(names.named(&currency.sql, currency.short_name()));
    }
    let step = dots.div_ceil(DOTS_MAX).max(1);
    let sql = if step == 1 { question.select(&columns, "") } else { sampled(&question, &columns, step) };
    let rows = question.run(&sql).await?;
    if step > 1 {
        let note = format!("One in {step} rows is shown: {} of {dots}.", rows.len());
        question.notes.push(note);
    }
    let series = series(&question, color.is_some(), currency.is_some(), rows);
    let x_type = if x.is_time() { XType::Time } else { XType::Number };
    Ok(ChartResult { series, sampled: step > 1, ..question.answer(Some(x_type), sql) })
}

/// One row in so many, evenly.
fn sampled(question: &Question<'_>, columns: &[String], step: u64) -> String {
    let order = question.column("id").map(|id| id.sql).unwrap_or_else(|_| "1, 2".to_owned());
    let all = question
        .select(&[columns, &[format!("row_number() over (order by {order}) as row_number")]].concat(), "");
    let inner = all.replace('\n', "\n  ");
    format!("select * from (\n  {inner}\n)\nwhere row_number % {step} = 1")
}

fn series(question: &Question<'_>, color: bool, currency: bool, rows: Vec<Vec<Cell>>) -> Vec<ChartSeries> {
    let mut of_key: HashMap<(String, String), usize> = HashMap::new();
    let mut all: Vec<ChartSeries> = Vec::new();
    for row in rows {
        let mut cells = row.into_iter();
        let (x, y) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let color = color.then(|| shown_as(&cells.next().unwrap_or_default()));
        let currency =
            if currency { cells.next().unwrap_or_default().text().map(str::to_owned) } else { None };
        let key = (color.clone().unwrap_or_default(), currency.clone().unwrap_or_default());
        let place = *of_key.entry(key).or_insert_with(|| {
            let mut names: Vec<String> = color.iter().cloned().collect();
            names.extend(currency.as_ref().map(|code| code.to_uppercase()));
            if names.is_empty() {
                names.push(question.measure.column.as_ref().map_or_else(String::new, |y| y.name.clone()));
            }
            all.push(ChartSeries {
                name: names.join(" · "),
                color: color.clone(),
                split: None,
                currency: currency.clone(),
                bin_width: None,
                points: Vec::new(),
            });
            all.len() - 1
        });
        all[place].points.push((x, y));
    }
    all.sort_by_key(|series| std::cmp::Reverse(series.points.len()));
    all
}
