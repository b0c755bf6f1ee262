//! The newest rows of a frame, for looking at: flat for people, as Stripe's JSON for programs.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::json::WriterBuilder;
use arrow::json::writer::JsonArray;
use pinstripe_arrow::JsonEncoder;
use pinstripe_catalog::nearest_names;

use crate::cores::blocking;
use crate::error::LibraryError;
use crate::flatten::{FlatColumn, flat_columns, flatten, map_keys_of};
use crate::ledger::FrameRecord;
use crate::library::Library;
use crate::ordered_rows::OrderedRows;

impl Library {
    /// The newest rows with dotted columns: all of them, or those named.
    pub async fn newest_flat(
        &self,
        frame: &FrameRecord,
        rows: u64,
        columns: &[String],
    ) -> Result<RecordBatch, LibraryError> {
        let batch = self.newest(frame, rows).await?;
        let all = flat_columns(&batch.schema(), &|name| Some(map_keys_of(&batch, name)));
        let chosen = choose(frame, all, columns)?;
        flatten(&batch, &chosen).map_err(LibraryError::arrow)
    }

    /// The newest rows as the JSON objects that Stripe sent.
    pub async fn newest_json(&self, frame: &FrameRecord, rows: u64) -> Result<Vec<String>, LibraryError> {
        let batch = self.newest(frame, rows).await?;
        let internal = |error: &dyn std::fmt::Display| LibraryError::Internal(error.to_string());
        let encoder = JsonEncoder::new(&batch.schema()).map_err(|error| internal(&error))?;
        let mut objects = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let mut text = Vec::new();
            encoder.write_row(&batch, row, &mut text).map_err(|error| internal(&error))?;
            objects.push(String::from_utf8(text).map_err(|error| internal(&error))?);
        }
        Ok(objects)
    }

    /// The rows of a query as one JSON array of objects.
    pub async fn sql_json(&self, query: &str) -> Result<serde_json::Value, LibraryError> {
        let mut text = Vec::new();
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(&mut text);
        for batch in self.sql_rows(query).await? {
            writer.write(&batch).map_err(LibraryError::arrow)?;
        }
        writer.finish().map_err(LibraryError::arrow)?;
        serde_json::from_slice(&text).map_err(|error| LibraryError::Internal(error.to_string()))
    }

    async fn newest(&self, frame: &FrameRecord, rows: u64) -> Result<RecordBatch, LibraryError> {
        let version = self.open_version(frame, None).await?;
        let cache = Arc::clone(&self.cache);
        blocking(move || {
            let order = cache.order(&version, &[], &[])?;
            let some = usize::try_from(rows).unwrap_or(usize::MAX).min(order.positions.len());
            let newest = OrderedRows::new(&version.files, &order.positions[..some], None)?;
            let batches = newest.objects().collect::<Result<Vec<_>, _>>()?;
            concat_batches(&newest.object_schema()?, &batches).map_err(LibraryError::arrow)
        })
        .await
    }
}

fn choose(
    frame: &FrameRecord,
    all: Vec<FlatColumn>,
    wanted: &[String],
) -> Result<Vec<FlatColumn>, LibraryError> {
    if wanted.is_empty() {
        return Ok(all);
    }
    let mut chosen = Vec::new();
    for name in wanted.iter().map(|name| name.trim()) {
        let inside = format!("{name}.");
        let found: Vec<&FlatColumn> =
            all.iter().filter(|column| column.name == name || column.name.starts_with(&inside)).collect();
        if found.is_empty() {
            return Err(LibraryError::NoSuchColumn {
                frame: frame.name.clone(),
                column: name.to_owned(),
                nearest: nearest_names(name, all.iter().map(|column| column.name.as_str())),
            });
        }
        chosen.extend(found.into_iter().cloned());
    }
    Ok(chosen)
}
