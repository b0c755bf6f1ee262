//! Pivot tables: a row for each x (and currency), a column for each value of another column.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Zoned;

use super::buckets::{self, Bucket};
use super::categories::{Categories, shown_as};
use super::grouped::Names;
use super::question::Question;
use super::{ChartColumn, ChartResult, Pivot, PivotRow, XType};
use crate::cell::Cell;
use crate::conditions_sql::ColumnSql;
use crate::error::LibraryError;

/// Steps of time at most, along either side.
const STEPS_MAX: usize = 1_000;

/// One side of the table.
struct Side {
    column: ColumnSql,
    sql: String,
    name: String,
    kind: SideKind,
}

enum SideKind {
    Time(Bucket),
    Category(Categories),
}

pub(super) async fn answer(mut question: Question<'_>) -> Result<ChartResult, LibraryError> {
    let Some(x) = question.settings.x.clone() else {
        return Err(LibraryError::question("expected a column for the rows of the pivot table", None));
    };
    let rows = side(&mut question, x).await?;
    let columns = match question.settings.pivot_columns.clone() {
        Some(column) => Some(side(&mut question, column).await?),
        None => None,
    };
    if let SideKind::Time(bucket) = rows.kind {
        question.settings.x = Some(ChartColumn { column: rows.column.name.clone(), bucket: Some(bucket) });
    }
    if let Some(Side { kind: SideKind::Time(bucket), column, .. }) = &columns {
        let chosen = ChartColumn { column: column.name.clone(), bucket: Some(*bucket) };
        question.settings.pivot_columns = Some(chosen);
    }
    let sql = sql(&question, &rows, columns.as_ref());
    let found = question.run(&sql).await?;
    let pivot = pivot(&question, &rows, columns.as_ref(), found);
    Ok(ChartResult { pivot: Some(pivot), ..question.answer(Some(XType::Category), sql) })
}

async fn side(question: &mut Question<'_>, wanted: ChartColumn) -> Result<Side, LibraryError> {
    let column = question.column(&wanted.column)?;
    if let Some(bucket) = question.bucket(&column, wanted.bucket).await? {
        question.conditions.push(format!("{} is not null", column.sql));
        let sql = bucket.sql(&column, &question.settings.time_zone);
        return Ok(Side { sql, name: bucket.as_str().to_owned(), kind: SideKind::Time(bucket), column });
    }
    let limit = question.settings.limit;
    let categories = Categories::of(question, &column, limit).await?;
    question.conditions.extend(categories.conditions.clone());
    let name = column.short_name().to_owned();
    Ok(Side { sql: categories.sql.clone(), name, kind: SideKind::Category(categories), column })
}

fn sql(question: &Question<'_>, rows: &Side, columns: Option<&Side>) -> String {
    let mut names = Names::default();
    let mut selected = vec![names.named(&rows.sql, &rows.name)];
    if let Some(columns) = columns {
        selected.push(names.named(&columns.sql, &columns.name));
    }
    if let Some(currency) = question.currency_column() {
        selected.push(names.named(&currency.sql, currency.short_name()));
    }
    let groups: Vec<String> = (1..=selected.len()).map(|number| number.to_string()).collect();
    selected.push(names.named(&question.measure.sql(), &question.measure.name()));
    let groups = groups.join(", ");
    question.select(&selected, &format!("group by {groups}\norder by {groups}"))
}

fn pivot(question: &Question<'_>, rows: &Side, columns: Option<&Side>, found: Vec<Vec<Cell>>) -> Pivot {
    let by_currency = question.currency_column().is_some();
    let mut row_keys = Vec::new();
    let mut column_keys = Vec::new();
    let mut values: HashMap<(String, String, String), Cell> = HashMap::new();
    for row in found {
        let mut cells = row.into_iter();
        let row = cells.next().unwrap_or_default();
        let column = if columns.is_some() { cells.next().unwrap_or_default() } else { Cell::Null };
        let currency = if by_currency { cells.next().unwrap_or_default() } else { Cell::Null };
        let key = (shown_as(&row), shown_as(&column), shown_as(&currency));
        row_keys.push(row);
        column_keys.push(column);
        values.insert(key, cells.next().unwrap_or_default());
    }
    let row_heads = heads(question, rows, row_keys);
    let column_heads = match columns {
        Some(side) => heads(question, side, column_keys),
        None => vec![(shown_as(&Cell::Null), question.measure.name())],
    };
    let mut currencies: Vec<Option<String>> = question.currencies.iter().cloned().map(Some).collect();
    if let Some(chosen) = &question.settings.currency {
        currencies.retain(|currency| currency.as_ref() == Some(chosen));
    }
    if !by_currency {
        currencies = vec![None];
    }
    let mut table =
        Pivot { columns: column_heads.iter().map(|(_, label)| label.clone()).collect(), rows: Vec::new() };
    for (row, label) in &row_heads {
        for currency in &currencies {
            let code = currency.clone().unwrap_or_else(|| shown_as(&Cell::Null));
            let cell = |column: &String| values.get(&(row.clone(), column.clone(), code.clone())).cloned();
            let found: Vec<Option<Cell>> = column_heads.iter().map(|(column, _)| cell(column)).collect();
            // A currency that a row has nothing of is no row of its own.
            if currency.is_some() && found.iter().all(Option::is_none) {
                continue;
            }
            let cells = found.into_iter().map(|cell| cell.unwrap_or_else(|| question.measure.of_nothing()));
            table.rows.push(PivotRow {
                name: label.clone(),
                currency: currency.clone(),
                cells: cells.collect(),
            });
        }
    }
    table
}

/// The heads of one side in their order: as the query gives them, and for people.
fn heads(question: &Question<'_>, side: &Side, keys: Vec<Cell>) -> Vec<(String, String)> {
    match &side.kind {
        SideKind::Category(categories) => {
            let mut seen = HashSet::new();
            let mut cells: Vec<Cell> = keys.into_iter().filter(|key| seen.insert(shown_as(key))).collect();
            cells.sort_by_key(|cell| categories.rank(cell));
            cells.iter().map(|cell| (shown_as(cell), shown_as(cell))).collect()
        }
        SideKind::Time(bucket) => {
            let starts: BTreeMap<Zoned, String> = keys
                .iter()
                .filter_map(|key| {
                    Some((buckets::parse_start(key.text()?, &question.zone)?, key.text()?.to_owned()))
                })
                .collect();
            let ends = starts.keys().next().zip(starts.keys().next_back());
            let all = ends.and_then(|(first, last)| bucket.all(first, last, STEPS_MAX)).unwrap_or_default();
            let mut every: Vec<Zoned> = all.into_iter().chain(starts.keys().cloned()).collect();
            every.sort();
            every.dedup();
            let head = |start: Zoned| {
                let key = starts.get(&start).cloned().unwrap_or_default();
                (key, bucket.label(&start))
            };
            every.into_iter().map(head).collect()
        }
    }
}
