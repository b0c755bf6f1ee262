//! Bars, lines, areas and pies: one group of rows for each x, colour, split and currency.

use std::collections::HashMap;

use jiff::Zoned;

use super::buckets::{self, Bucket};
use super::categories::{Categories, shown_as};
use super::question::Question;
use super::{ChartKind, ChartResult, ChartSeries, POINTS_MAX, XType};
use crate::cell::Cell;
use crate::conditions_sql::{ColumnSql, quoted_name};
use crate::error::LibraryError;

/// Values of a number that are an axis of their own; beyond, bars show the greatest only.
const NUMBER_BARS_MAX: usize = 200;

/// What runs along x.
enum Axis {
    Nothing,
    Time(Bucket),
    Number,
    Category(Categories),
}

/// One row of the answer.
struct Group {
    x: Cell,
    color: Cell,
    split: Cell,
    currency: Cell,
    value: Cell,
}

pub(super) async fn answer(mut question: Question<'_>) -> Result<ChartResult, LibraryError> {
    let is_pie = question.settings.kind == ChartKind::Pie;
    if is_pie {
        question.settings.color = None;
        question.settings.split = None;
        one_currency(&mut question, "A pie cannot add currencies");
    }
    let x = question.settings.x.clone();
    let x_column = x.as_ref().map(|x| question.column(&x.column)).transpose()?;
    let axis = match (&x_column, x) {
        (Some(column), Some(mut x)) => {
            let axis = axis(&mut question, column, x.bucket).await?;
            x.bucket = if let Axis::Time(bucket) = &axis { Some(*bucket) } else { None };
            question.settings.x = Some(x);
            axis
        }
        _ => Axis::Nothing,
    };
    let (color, split) = (question.settings.color.clone(), question.settings.split.clone());
    let color = categories(&mut question, color).await?;
    let split = categories(&mut question, split).await?;
    let sql = sql(&question, &axis, x_column.as_ref(), color.as_ref(), split.as_ref());
    let rows = question.run(&sql).await?;
    let groups = read(&question, &axis, color.is_some(), split.is_some(), rows);
    if groups.len() > POINTS_MAX {
        return Err(LibraryError::question(
            format!("this chart would have {} points", groups.len()),
            Some("choose a longer step of time, fewer colours, or conditions"),
        ));
    }
    let x_type = match axis {
        Axis::Nothing => None,
        Axis::Time(_) => Some(XType::Time),
        Axis::Number => Some(XType::Number),
        Axis::Category(_) => Some(XType::Category),
    };
    let series = series(&mut question, &axis, color.as_ref(), split.as_ref(), groups);
    Ok(ChartResult { series, ..question.answer(x_type, sql) })
}

/// Leaves only the most used currency, where there are several and none was chosen.
pub(super) fn one_currency(question: &mut Question<'_>, why: &str) {
    let [first, others @ ..] = question.currencies.as_slice() else { return };
    if others.is_empty() || question.settings.currency.is_some() {
        return;
    }
    let (first, left_out) = (first.clone(), others.join(", ").to_uppercase());
    question.notes.push(format!("{why}: this is {} only, without {left_out}.", first.to_uppercase()));
    question.only_currency(&first);
}

async fn axis(
    question: &mut Question<'_>,
    column: &ColumnSql,
    bucket: Option<Bucket>,
) -> Result<Axis, LibraryError> {
    if let Some(bucket) = question.bucket(column, bucket).await? {
        say_missing(question, column).await?;
        return Ok(Axis::Time(bucket));
    }
    if column.is_number() && question.settings.kind != ChartKind::Pie {
        let distinct = question.select(&[format!("count(distinct {})", column.sql)], "");
        let rows = question.run(&distinct).await?;
        let few = matches!(
            rows.first().and_then(|row| row.first()),
            Some(Cell::Integer(count)) if *count <= NUMBER_BARS_MAX as i64
        );
        if few || question.settings.kind != ChartKind::Bar {
            say_missing(question, column).await?;
            return Ok(Axis::Number);
        }
    }
    let limit = question.settings.limit;
    Ok(Axis::Category(Categories::of(question, column, limit).await?))
}

/// Rows without an x have no place on an axis.
async fn say_missing(question: &mut Question<'_>, column: &ColumnSql) -> Result<(), LibraryError> {
    let missing = [format!("{} is null", column.sql)];
    let rows = question.run(&question.select_where(&["count(*)".to_owned()], &missing, "")).await?;
    if let Some(Cell::Integer(count @ 1..)) = rows.first().and_then(|row| row.first()) {
        let rows = if *count == 1 { "row" } else { "rows" };
        question.notes.push(format!("{count} {rows} without `{}` are not shown.", column.name));
        question.conditions.push(format!("{} is not null", column.sql));
    }
    Ok(())
}

async fn categories(
    question: &mut Question<'_>,
    name: Option<String>,
) -> Result<Option<Categories>, LibraryError> {
    let Some(name) = name else { return Ok(None) };
    let column = question.column(&name)?;
    let limit = question.settings.limit;
    Categories::of(question, &column, limit).await.map(Some)
}

fn sql(
    question: &Question<'_>,
    axis: &Axis,
    x: Option<&ColumnSql>,
    color: Option<&Categories>,
    split: Option<&Categories>,
) -> String {
    let settings = &question.settings;
    let mut names = Names::default();
    let mut columns = Vec::new();
    let mut conditions = Vec::new();
    let last_part = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    if let Some(x) = x {
        let (sql, name) = match axis {
            Axis::Time(bucket) => (bucket.sql(x, &settings.time_zone), bucket.as_str().to_owned()),
            Axis::Category(categories) => {
                conditions.extend(categories.conditions.clone());
                (categories.sql.clone(), x.short_name().to_owned())
            }
            _ => (x.sql.clone(), x.short_name().to_owned()),
        };
        columns.push(names.named(&sql, &name));
    }
    for (categories, name) in [(color, &settings.color), (split, &settings.split)] {
        if let (Some(categories), Some(name)) = (categories, name) {
            conditions.extend(categories.conditions.clone());
            columns.push(names.named(&categories.sql, &last_part(name)));
        }
    }
    if let Some(currency) = question.currency_column() {
        columns.push(names.named(&currency.sql, currency.short_name()));
    }
    let groups = columns.len();
    columns.push(names.named(&question.measure.sql(), &question.measure.name()));
    let numbers =
        |from: usize, to: usize| (from..=to).map(|number| number.to_string()).collect::<Vec<_>>().join(", ");
    let rest = match (groups, axis) {
        (0, _) => String::new(),
        (_, Axis::Category(_)) => format!(
            "group by {}\norder by {} desc nulls last, {}",
            numbers(1, groups),
            groups + 1,
            numbers(1, groups)
        ),
        _ => format!("group by {0}\norder by {0}", numbers(1, groups)),
    };
    question.select_where(&columns, &conditions, &rest)
}

/// Names of a result's columns, each given once.
#[derive(Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// `sql as name`, or `sql` alone where it is called so anyway.
    pub fn named(&mut self, sql: &str, name: &str) -> String {
        let mut free = name.to_lowercase();
        let mut number = 2;
        while self.0.contains(&free) {
            free = format!("{}_{number}", name.to_lowercase());
            number += 1;
        }
        let quoted = quoted_name(&free);
        self.0.push(free);
        if sql == quoted { sql.to_owned() } else { format!("{sql} as {quoted}") }
    }
}

fn read(question: &Question<'_>, axis: &Axis, color: bool, split: bool, rows: Vec<Vec<Cell>>) -> Vec<Group> {
    let has_currency = question.currency_column().is_some();
    let has_x = !matches!(axis, Axis::Nothing);
    rows.into_iter()
        .map(|row| {
            let mut cells = row.into_iter();
            let mut take = |there: bool| if there { cells.next().unwrap_or_default() } else { Cell::Null };
            Group {
                x: take(has_x),
                color: take(color),
                split: take(split),
                currency: take(has_currency),
                value: take(true),
            }
        })
        .collect()
}

/// Everything along x, in order: how a group finds its place, and what the page is told.
struct Places {
    cells: Vec<Cell>,
    of_text: HashMap<String, usize>,
}

fn places(question: &mut Question<'_>, axis: &Axis, groups: &[Group], series: usize) -> Places {
    let mut seen: Vec<&Cell> = Vec::new();
    let mut known: HashMap<String, ()> = HashMap::new();
    for group in groups {
        if known.insert(shown_as(&group.x), ()).is_none() {
            seen.push(&group.x);
        }
    }
    match axis {
        Axis::Time(bucket) => time_places(question, *bucket, &seen, series),
        Axis::Category(categories) => {
            let mut cells: Vec<Cell> = seen.into_iter().cloned().collect();
            cells.sort_by_key(|cell| categories.rank(cell));
            named_places(cells)
        }
        _ => named_places(seen.into_iter().cloned().collect()),
    }
}

fn named_places(cells: Vec<Cell>) -> Places {
    let of_text = cells.iter().enumerate().map(|(place, cell)| (shown_as(cell), place)).collect();
    Places { cells, of_text }
}

/// Every bucket from the first to the last, those without rows too.
fn time_places(question: &mut Question<'_>, bucket: Bucket, seen: &[&Cell], series: usize) -> Places {
    let starts: Vec<(String, Zoned)> = seen
        .iter()
        .filter_map(|cell| {
            Some((cell.text()?.to_owned(), buckets::parse_start(cell.text()?, &question.zone)?))
        })
        .collect();
    let first = starts.iter().map(|(_, start)| start).min().cloned();
    let last = starts.iter().map(|(_, start)| start).max().cloned();
    let most = POINTS_MAX / series.max(1);
    let mut all = match (first, last) {
        (Some(first), Some(last)) => bucket.all(&first, &last, most).unwrap_or_else(|| {
            question.notes.push(format!("Of every {}, only those with rows are shown.", bucket.as_str()));
            Vec::new()
        }),
        _ => Vec::new(),
    };
    all.extend(starts.iter().map(|(_, start)| start.clone()));
    all.sort();
    all.dedup();
    let by_start: HashMap<&Zoned, usize> =
        all.iter().enumerate().map(|(place, start)| (start, place)).collect();
    let of_text =
        starts.iter().filter_map(|(text, start)| Some((text.clone(), *by_start.get(start)?))).collect();
    Places { cells: all.iter().map(|start| Cell::Text(buckets::written(start))).collect(), of_text }
}

fn series(
    question: &mut Question<'_>,
    axis: &Axis,
    color: Option<&Categories>,
    split: Option<&Categories>,
    groups: Vec<Group>,
) -> Vec<ChartSeries> {
    let key = |group: &Group| (shown_as(&group.currency), shown_as(&group.split), shown_as(&group.color));
    let mut of_key: HashMap<_, usize> = HashMap::new();
    let mut parts: Vec<Vec<Group>> = Vec::new();
    let number = groups.iter().map(key).collect::<std::collections::HashSet<_>>().len();
    let places = places(question, axis, &groups, number);
    for group in groups {
        let place = *of_key.entry(key(&group)).or_insert_with(|| {
            parts.push(Vec::new());
            parts.len() - 1
        });
        parts[place].push(group);
    }
    let rank =
        |categories: Option<&Categories>, value: &Cell| categories.map_or(0, |known| known.rank(value));
    parts.sort_by_key(|part| {
        let first = &part[0];
        let currency = first.currency.text().map(str::to_owned);
        (
            question.currencies.iter().position(|known| Some(known) == currency.as_ref()),
            rank(split, &first.split),
            rank(color, &first.color),
        )
    });
    let fills = matches!(axis, Axis::Time(_) | Axis::Category(_));
    parts.into_iter().map(|part| one_series(question, &places, fills, color, split, part)).collect()
}

fn one_series(
    question: &Question<'_>,
    places: &Places,
    fills: bool,
    color: Option<&Categories>,
    split: Option<&Categories>,
    part: Vec<Group>,
) -> ChartSeries {
    let first = &part[0];
    let currency = first.currency.text().map(str::to_owned);
    let mut names = Vec::new();
    if color.is_some() {
        names.push(shown_as(&first.color));
    }
    if split.is_some() {
        names.push(shown_as(&first.split));
    }
    names.extend(currency.as_ref().map(|currency| currency.to_uppercase()));
    if names.is_empty() {
        names.push(question.measure.name());
    }
    let color = color.map(|_| shown_as(&first.color));
    let split = split.map(|_| shown_as(&first.split));
    let points = if fills {
        let mut values = vec![question.measure.of_nothing(); places.cells.len()];
        for group in part {
            if let Some(place) = places.of_text.get(&shown_as(&group.x)) {
                values[*place] = group.value;
            }
        }
        places.cells.iter().cloned().zip(values).collect()
    } else {
        part.into_iter().map(|group| (group.x, group.value)).collect()
    };
    ChartSeries { name: names.join(" · "), color, split, currency, bin_width: None, points }
}
