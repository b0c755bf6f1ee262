//! A query's rows for a page: flat columns, described; as many rows as wanted, and whether there
//! are more. Dropping the future stops the query.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema};
use futures::TryStreamExt;
use pinstripe_arrow::fields::CURRENCY;
use serde::Serialize;
use utoipa::ToSchema;

use crate::cell::Cell;
use crate::column::{Column, ColumnType, Money, describe_columns};
use crate::column_cells::cells;
use crate::conditions_sql::visible;
use crate::error::LibraryError;
use crate::flatten::{FlatColumn, flat_columns, flatten};
use crate::library::Library;

/// Most rows that one answer holds.
pub const ROWS_MAX: usize = 10_000;

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SqlResult {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// All rows of the query; `null` when it is truncated: how many there are was not counted.
    pub total: Option<usize>,
    /// Whether the query has more rows than were wanted.
    pub truncated: bool,
    pub seconds: f64,
}

/// What completes a query: a table and its columns.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TableSchema {
    pub frame: String,
    pub columns: Vec<SchemaColumn>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SchemaColumn {
    /// Flat dotted name.
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: ColumnType,
}

impl Library {
    /// Every frame and view with its columns. A view that cannot be read has none.
    pub async fn sql_schema(&self) -> Result<Vec<TableSchema>, LibraryError> {
        let mut tables = Vec::new();
        for frame in self.frames()? {
            let schema = match self.frame_rows(&frame).await {
                Ok(rows) => visible(rows.schema().as_arrow()),
                Err(problem) => {
                    tracing::warn!(frame = frame.name, %problem, "its columns cannot be read");
                    Arc::new(Schema::empty())
                }
            };
            let columns = describe_columns(&flat_columns(&schema, &|_| None), None, &[]);
            let columns = columns.into_iter();
            let columns =
                columns.map(|column| SchemaColumn { name: column.name, data_type: column.data_type });
            tables.push(TableSchema { frame: frame.name, columns: columns.collect() });
        }
        Ok(tables)
    }

    /// Runs a query up to a limit of rows.
    pub async fn sql_result(&self, query: &str, limit: usize) -> Result<SqlResult, LibraryError> {
        let started = Instant::now();
        let limit = limit.clamp(1, ROWS_MAX);
        let mut result = self.sql(query, None).await?;
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut rows = 0;
        while rows <= limit {
            let Some(batch) = result.stream.try_next().await.map_err(LibraryError::sql)? else { break };
            rows += batch.num_rows();
            batches.push(batch);
        }
        drop(result.stream);
        let truncated = rows > limit;
        let shown = rows.min(limit);
        let all = concat_batches(&result.schema, &batches).map_err(LibraryError::arrow)?.slice(0, shown);
        let all = with_plain_days(&all)?;
        let flat = flat_columns(&all.schema(), &|_| None);
        let rows_flat = flatten(&all, &flat).map_err(LibraryError::arrow)?;
        Ok(SqlResult {
            columns: described(&flat),
            rows: cells(&rows_flat).map_err(LibraryError::arrow)?,
            total: (!truncated).then_some(rows),
            truncated,
            seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        })
    }
}

impl Library {
    /// All rows of a query as cells: for results that are known to be small.
    pub(crate) async fn sql_cells(&self, query: &str) -> Result<Vec<Vec<Cell>>, LibraryError> {
        let mut rows = Vec::new();
        for batch in self.sql_rows(query).await? {
            rows.extend(cells(&with_plain_days(&batch)?).map_err(LibraryError::arrow)?);
        }
        Ok(rows)
    }
}

/// Dates, and times without a zone, become text: they are no instants, and a page that shows instants
/// in a zone would move them.
fn with_plain_days(batch: &RecordBatch) -> Result<RecordBatch, LibraryError> {
    let zoneless = |data_type: &DataType| {
        matches!(data_type, DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None))
    };
    if !batch.schema().fields().iter().any(|field| zoneless(field.data_type())) {
        return Ok(batch.clone());
    }
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if zoneless(field.data_type()) {
            fields.push(Arc::new(Field::new(field.name(), DataType::Utf8, true)));
            columns.push(cast(column, &DataType::Utf8).map_err(LibraryError::arrow)?);
        } else {
            fields.push(field.clone());
            columns.push(column.clone());
        }
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let schema = Arc::new(Schema::new(fields));
    RecordBatch::try_new_with_options(schema, columns, &options).map_err(LibraryError::arrow)
}

/// What columns say of themselves; the catalog cannot know what a query made.
fn described(flat: &[FlatColumn]) -> Vec<Column> {
    let names: HashSet<&str> = flat.iter().map(|column| column.name.as_str()).collect();
    let mut columns = describe_columns(flat, None, &[]);
    for (column, flat) in columns.iter_mut().zip(flat) {
        let Some(currency) = flat.field.metadata().get(CURRENCY) else { continue };
        // Beside the amount, then in the objects around it.
        let beside = (0..flat.path().len()).rev().map(|depth| {
            let mut path = flat.path()[..depth].to_vec();
            path.push(currency.clone());
            path.join(".")
        });
        let known = beside.into_iter().find(|name| names.contains(name.as_str()));
        column.money = known.map(|name| Money { currency_column: Some(name), currency: None });
    }
    columns
}
