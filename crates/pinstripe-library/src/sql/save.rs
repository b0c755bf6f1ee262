//! Queries that are kept: as a frame of their rows (a Delta table like any other, which can be made
//! anew from the query), or as a view (the query alone, which runs whenever it is read).

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef, TimeUnit};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use futures::TryStreamExt;
use pinstripe_query::RequestPlan;
use uuid::Uuid;

use super::QueryResult;
use crate::delta::{DataFile, Operation, commit_as};
use crate::error::LibraryError;
use crate::flatten::flat_columns;
use crate::frame_name::FrameName;
use crate::ledger::{FrameKind, FrameRecord, ROWS_OF, RunRecord, RunState, Source};
use crate::library::Library;
use crate::staging::{Definition, Staging};

/// A file is closed beyond this, so that readers can share the work.
const FILE_ROWS: u64 = 2_000_000;

impl Library {
    /// Keeps a query's rows as a frame. A frame of that name is replaced only when told to, and its
    /// earlier versions stay.
    pub async fn save_as_frame(
        &self,
        query: &str,
        name: &FrameName,
        replace: bool,
    ) -> Result<FrameRecord, LibraryError> {
        let query = one_statement(query);
        let existing = self.replaceable(name, replace)?;
        let mut within = Vec::new();
        if existing.as_ref().is_none_or(|frame| frame.kind == FrameKind::View) {
            within.push(name.as_str().to_owned());
        }
        let (frame, tables) = self.plan_within(query, None, &mut within).await?;
        if tables.iter().any(|table| table.eq_ignore_ascii_case(name.as_str())) {
            return Err(LibraryError::question(
                format!("`{name}` would be made of its own rows"),
                Some("save it under another name"),
            ));
        }
        self.write_query(query, name, super::rows_of(frame, &tables).await?).await
    }

    /// Makes the rows of a frame anew from its query.
    pub async fn refresh_query(&self, name: &str) -> Result<FrameRecord, LibraryError> {
        let frame = self.frame(name)?;
        let Some(query) = frame.sql.filter(|_| frame.kind == FrameKind::Sql) else {
            return Err(LibraryError::question(format!("`{}` was not made by a query", frame.name), None));
        };
        let result = self.sql(&query, None).await?;
        self.write_query(&query, &FrameName::parse(&frame.name)?, result).await
    }

    /// Keeps a query under a name, for other queries to read. It must run, and not read itself.
    pub async fn save_as_view(
        &self,
        query: &str,
        name: &FrameName,
        replace: bool,
    ) -> Result<FrameRecord, LibraryError> {
        let query = one_statement(query);
        let existing = self.replaceable(name, replace)?;
        let mut within = vec![name.as_str().to_owned()];
        let (frame, tables) = self.plan_within(query, None, &mut within).await?;
        if tables.iter().any(|table| table.eq_ignore_ascii_case(name.as_str())) {
            return Err(LibraryError::question(
                format!("the view `{name}` would read the data frame that it replaces"),
                Some("save it under another name"),
            ));
        }
        let columns = flat_columns(frame.schema().as_arrow(), &|_| None).len() as u64;
        let rows = frame.count().await.map_err(LibraryError::sql)? as u64;
        if existing.is_some_and(|frame| frame.kind != FrameKind::View) {
            self.remove(name.as_str())?;
        }
        let _lock = self.changes_locked().await?;
        let found = self.ledger().frame(name.as_str())?;
        let folder = match found {
            Some(view) if view.kind == FrameKind::View => view.folder,
            Some(other) => return Err(LibraryError::FrameExists { name: other.name }),
            None => self.unused_view_folder(name)?,
        };
        let now = jiff::Timestamp::now().as_second();
        let record = query_record(name.as_str(), folder, FrameKind::View, query, (rows, columns), 0, now);
        self.ledger().keep_query(&record, None)?;
        self.frame(name.as_str())
    }

    /// The frame that stands in the way of a name, where it may be replaced.
    fn replaceable(&self, name: &FrameName, replace: bool) -> Result<Option<FrameRecord>, LibraryError> {
        match self.ledger().frame(name.as_str())? {
            Some(existing) if !replace => Err(LibraryError::FrameExists { name: existing.name }),
            existing => Ok(existing),
        }
    }

    /// A view has no folder, but its record needs a name for one that no other record has.
    fn unused_view_folder(&self, name: &FrameName) -> Result<String, LibraryError> {
        let taken: HashSet<String> = self.frames()?.into_iter().map(|frame| frame.folder).collect();
        let mut folder = format!("{}.view", name.folder());
        while taken.contains(&folder) {
            folder.push('_');
        }
        Ok(folder)
    }

    async fn write_query(
        &self,
        query: &str,
        name: &FrameName,
        result: QueryResult,
    ) -> Result<FrameRecord, LibraryError> {
        let started = Instant::now();
        let now = jiff::Timestamp::now().as_second();
        let run_id = Uuid::new_v4().simple().to_string();
        let definition = Definition {
            frame: name.as_str().to_owned(),
            frame_id: None,
            connection: String::new(),
            started_at: now,
            plan: RequestPlan::nothing(now),
        };
        let staging = Staging::create(self.root(), &run_id, &definition)?;
        let (schema, files) = write_files(result, staging.path()).await?;

        let _lock = self.changes_locked().await?;
        let existing = self.ledger().frame(name.as_str())?;
        let kept = existing.as_ref().filter(|frame| frame.kind != FrameKind::View);
        let folder = kept.map_or_else(|| self.unused_folder(name), |frame| frame.folder.clone());
        let target = self.root().join("frames").join(&folder);
        let named = move_files(&target, &run_id, staging.path(), &files)?;
        let committed = commit_as(Operation::Sql, &target, name.as_str(), &schema, &named, &run_id).await;
        if committed.is_err() {
            for file in &named {
                let _ = fs::remove_file(target.join(&file.name));
            }
        }
        let version = committed?;
        let rows = named.iter().map(|file| file.rows).sum();
        let columns = flat_columns(&schema, &|_| None).len() as u64;
        let shown = existing.map_or_else(|| name.as_str().to_owned(), |frame| frame.name);
        let record = query_record(&shown, folder, FrameKind::Sql, query, (rows, columns), version, now);
        let run = RunRecord {
            state: RunState::Done,
            started_at: now,
            finished_at: Some(jiff::Timestamp::now().as_second()),
            rows,
            seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            version: Some(version),
            about: Some(format!("{ROWS_OF}{query}")),
            ..RunRecord::begun(run_id, shown, record.plan.clone(), Source::default())
        };
        self.ledger().keep_query(&record, Some(&run))?;
        self.frame(name.as_str())
    }
}

/// A query without the semicolon that ends it.
fn one_statement(query: &str) -> &str {
    query.trim().trim_end_matches(';').trim_end()
}

fn query_record(
    name: &str,
    folder: String,
    kind: FrameKind,
    query: &str,
    (rows, columns): (u64, u64),
    version: i64,
    now: i64,
) -> FrameRecord {
    FrameRecord {
        id: 0,
        name: name.to_owned(),
        folder,
        data_type: String::new(),
        rows,
        columns,
        version,
        imported_at: now,
        plan: RequestPlan::nothing(now),
        source: Source::default(),
        kind,
        sql: Some(query.to_owned()),
        accounts: None,
        missing_accounts: Vec::new(),
    }
}

/// Moves staged files into a table's folder, under names that tell the run.
fn move_files(
    target: &Path,
    run_id: &str,
    staging: &Path,
    files: &[DataFile],
) -> Result<Vec<DataFile>, LibraryError> {
    fs::create_dir_all(target).map_err(LibraryError::file("make", target))?;
    let mut moved = Vec::with_capacity(files.len());
    for file in files {
        let name = format!("{run_id}-{}", file.name);
        let path = target.join(&name);
        fs::rename(staging.join(&file.name), &path).map_err(LibraryError::file("move rows to", &path))?;
        moved.push(DataFile { name, ..file.clone() });
    }
    Ok(moved)
}

/// Writes a query's rows as Parquet, in types that every reader of Delta Lake knows.
pub(crate) async fn write_files(
    mut result: QueryResult,
    folder: &Path,
) -> Result<(SchemaRef, Vec<DataFile>), LibraryError> {
    let schema = storable_schema(&result.schema);
    let mut files: Vec<DataFile> = Vec::new();
    let mut writer: Option<ArrowWriter<File>> = None;
    while let Some(batch) = result.stream.try_next().await.map_err(LibraryError::sql)? {
        let columns = batch.columns().iter().zip(schema.fields());
        let stored: Result<Vec<ArrayRef>, _> =
            columns.map(|(column, field)| cast(column, field.data_type())).collect();
        let stored = RecordBatch::try_new(schema.clone(), stored.map_err(LibraryError::arrow)?)
            .map_err(LibraryError::arrow)?;
        if writer.is_none() {
            let name = format!("{:05}.parquet", files.len());
            let path = folder.join(&name);
            let file = File::create(&path).map_err(LibraryError::file("make", &path))?;
            let opened = ArrowWriter::try_new(file, schema.clone(), Some(writer_properties()));
            writer = Some(opened.map_err(written(folder))?);
            files.push(DataFile { name, rows: 0, bytes: 0 });
        }
        let (Some(open), Some(file)) = (writer.as_mut(), files.last_mut()) else { continue };
        open.write(&stored).map_err(written(folder))?;
        file.rows += stored.num_rows() as u64;
        if file.rows >= FILE_ROWS {
            close(writer.take(), folder)?;
        }
    }
    close(writer, folder)?;
    for file in &mut files {
        file.bytes = fs::metadata(folder.join(&file.name)).map_or(0, |metadata| metadata.len());
    }
    Ok((schema, files))
}

fn close(writer: Option<ArrowWriter<File>>, folder: &Path) -> Result<(), LibraryError> {
    match writer {
        Some(writer) => writer.close().map(drop).map_err(written(folder)),
        None => Ok(()),
    }
}

fn written(folder: &Path) -> impl FnOnce(datafusion::parquet::errors::ParquetError) -> LibraryError {
    let folder = folder.to_owned();
    move |error| LibraryError::file("write rows to", &folder)(std::io::Error::other(error))
}

fn writer_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(131_072))
        .set_created_by(concat!("pinstripe ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}

/// Names that need no quotes in SQL, and types that Delta Lake has.
fn storable_schema(schema: &Schema) -> SchemaRef {
    let mut taken: HashSet<String> = HashSet::new();
    let fields: Vec<FieldRef> = schema
        .fields()
        .iter()
        .map(|field| {
            let plain = plain_name(field.name());
            let mut name = plain.clone();
            let mut number = 2;
            while !taken.insert(name.to_lowercase()) {
                name = format!("{plain}_{number}");
                number += 1;
            }
            let stored = Field::new(name, storable_type(field.data_type()), true);
            Arc::new(stored.with_metadata(field.metadata().clone()))
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// `sum(amount)` -> `sum_amount`, `billing_details.address.city` -> `billing_details_address_city`.
fn plain_name(name: &str) -> String {
    let mut plain = String::new();
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            plain.push(letter);
        } else if !plain.ends_with('_') && !plain.is_empty() {
            plain.push('_');
        }
    }
    let trimmed = plain.trim_end_matches('_');
    if trimmed.is_empty() { "column".to_owned() } else { trimmed.to_owned() }
}

fn storable_type(data_type: &DataType) -> DataType {
    let named = |field: &Field, name: &str, nullable: bool| {
        let stored = Field::new(name, storable_type(field.data_type()), nullable);
        Arc::new(stored.with_metadata(field.metadata().clone()))
    };
    match data_type {
        DataType::Dictionary(_, values) => storable_type(values),
        integer if integer.is_integer() && *integer != DataType::UInt64 => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        float if float.is_floating() => DataType::Float64,
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Decimal256(_, scale) => DataType::Decimal128(38, *scale),
        kept @ (DataType::Boolean | DataType::Decimal128(_, _) | DataType::Date32) => kept.clone(),
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Struct(fields) => {
            let stored: Fields =
                fields.iter().map(|field| named(field, field.name(), field.is_nullable())).collect();
            DataType::Struct(stored)
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            DataType::List(named(item, "element", true))
        }
        DataType::Map(entries, sorted) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 => {
                let stored: Fields =
                    vec![named(&pair[0], "key", false), named(&pair[1], "value", true)].into();
                DataType::Map(Arc::new(Field::new("key_value", DataType::Struct(stored), false)), *sorted)
            }
            _ => DataType::Utf8,
        },
        _ => DataType::Utf8,
    }
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn stored_columns_need_no_quotes() {
        for (given, stored) in [
            ("amount", "amount"),
            ("sum(amount)", "sum_amount"),
            ("count(*)", "count"),
            ("billing_details.address.city", "billing_details_address_city"),
            ("売上", "売上"),
            ("*", "column"),
        ] {
            assert_eq!(plain_name(given), stored);
        }
    }
}
