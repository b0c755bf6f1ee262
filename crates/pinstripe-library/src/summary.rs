//! A frame column by column: type, how many values are missing, how many are distinct, the least,
//! the greatest, the mean. Computed by one query.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::functions::expr_fn::get_field;
use datafusion::functions_aggregate::expr_fn::{approx_distinct, avg, count, count_distinct, max, min};
use datafusion::logical_expr::{Expr, cast, ident};
use serde::Serialize;

use crate::error::LibraryError;
use crate::flatten::{FlatColumn, flat_columns};
use crate::library::Library;

/// One column of a frame.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnSummary {
    pub column: String,
    #[serde(rename = "type")]
    pub data_type: String,
    pub missing: u64,
    /// Exact up to 200,000 rows, then within about two per cent (HyperLogLog).
    pub distinct: u64,
    pub min: Option<String>,
    pub max: Option<String>,
    pub mean: Option<f64>,
}

/// Distinct values of larger frames are estimated: holding them all would not fit in memory.
const EXACT_DISTINCT_ROWS_MAX: u64 = 200_000;
/// Columns computed in one query; wider frames take several.
const COLUMNS_AT_ONCE: usize = 64;

impl Library {
    /// Every flat column of a frame, in order; `column` of lists and maps count as whole values.
    pub async fn summary(&self, name: &str) -> Result<Vec<ColumnSummary>, LibraryError> {
        let frame = self.frame(name)?;
        let rows = self.frame_rows(&frame).await?;
        let schema = rows.schema().as_arrow().clone();
        let columns: Vec<(String, FlatColumn, Expr)> = flat_columns(&schema, &|_| None)
            .into_iter()
            .map(|column| {
                let expression = path_expression(column.path());
                (column.name.clone(), column, expression)
            })
            .collect();
        let mut summaries = Vec::with_capacity(columns.len());
        for some in columns.chunks(COLUMNS_AT_ONCE) {
            let mut aggregates = Vec::new();
            for (position, (_, column, expression)) in some.iter().enumerate() {
                aggregates.extend(aggregates_of(position, column, expression, frame.rows));
            }
            let result = rows.clone().aggregate(vec![], aggregates).map_err(LibraryError::sql)?;
            let batches = result.collect().await.map_err(LibraryError::sql)?;
            let row = batches
                .first()
                .ok_or_else(|| LibraryError::Internal("an aggregate gave no row".to_owned()))?;
            for (position, (name, column, _)) in some.iter().enumerate() {
                summaries.push(read(row, position, name, column, frame.rows)?);
            }
        }
        Ok(summaries)
    }
}

fn path_expression(path: &[String]) -> Expr {
    let mut names = path.iter();
    let first = names.next().map(String::as_str).unwrap_or_default();
    names.fold(ident(first), |parent, name| get_field(parent, name.as_str()))
}

fn aggregates_of(position: usize, flat: &FlatColumn, column: &Expr, rows: u64) -> Vec<Expr> {
    let data_type = flat.field.data_type();
    let named = |expression: Expr, what: &str| expression.alias(format!("{what}_{position}"));
    let mut aggregates = vec![named(count(column.clone()), "count")];
    if flat.is_nested() {
        return aggregates;
    }
    let distinct = if rows <= EXACT_DISTINCT_ROWS_MAX || *data_type == DataType::Boolean {
        cast(count_distinct(column.clone()), DataType::UInt64)
    } else {
        approx_distinct(column.clone())
    };
    aggregates.push(named(distinct, "distinct"));
    if has_order(data_type) {
        aggregates.push(named(min(column.clone()), "min"));
        aggregates.push(named(max(column.clone()), "max"));
    }
    if data_type.is_numeric() {
        aggregates.push(named(avg(cast(column.clone(), DataType::Float64)), "mean"));
    }
    aggregates
}

fn has_order(data_type: &DataType) -> bool {
    data_type.is_numeric() || data_type.is_temporal() || matches!(data_type, DataType::Utf8)
}

fn read(
    row: &RecordBatch,
    position: usize,
    name: &str,
    column: &FlatColumn,
    rows: u64,
) -> Result<ColumnSummary, LibraryError> {
    let find = |what: &str| row.column_by_name(&format!("{what}_{position}"));
    let present = find("count").map_or(0, |counts| counts.as_primitive::<Int64Type>().value(0) as u64);
    let distinct = match find("distinct") {
        Some(counts) => counts.as_primitive::<arrow::datatypes::UInt64Type>().value(0),
        None => 0,
    };
    Ok(ColumnSummary {
        column: name.to_owned(),
        data_type: kind(column).to_owned(),
        missing: rows.saturating_sub(present),
        distinct: distinct.min(present),
        min: text(find("min"))?,
        max: text(find("max"))?,
        mean: find("mean")
            .filter(|mean| mean.is_valid(0))
            .map(|mean| mean.as_primitive::<Float64Type>().value(0)),
    })
}

fn text(value: Option<&ArrayRef>) -> Result<Option<String>, LibraryError> {
    let Some(value) = value.filter(|value| value.is_valid(0)) else { return Ok(None) };
    let value = Arc::clone(value);
    let formatter =
        ArrayFormatter::try_new(&value, &FormatOptions::default()).map_err(LibraryError::arrow)?;
    Ok(Some(formatter.value(0).to_string()))
}

fn kind(column: &FlatColumn) -> &'static str {
    match column.field.metadata().get("pinstripe.kind").map(String::as_str) {
        Some("map") => "map",
        _ if column.is_nested() => "list",
        _ => type_name(column.field.data_type()),
    }
}

/// The name of a column's type, for people.
pub fn type_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Int64 => "integer",
        DataType::Float64 => "number",
        DataType::Decimal128(_, _) => "decimal",
        DataType::Boolean => "boolean",
        DataType::Timestamp(_, _) => "timestamp",
        DataType::List(_) => "list",
        DataType::Map(_, _) => "map",
        DataType::Struct(_) => "object",
        _ => "text",
    }
}
