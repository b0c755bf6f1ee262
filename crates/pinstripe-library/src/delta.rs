//! A frame as a Delta table: one commit puts a whole import in place, older versions stay readable.
//!
//! Readers see the frame before or after a commit, never between (promise 2). Files are moved into
//! the table's folder before the commit names them; until then no reader looks at them.
//!
//! A file in a folder such as `account=acct_1` is of that partition, as every reader of Delta Lake has
//! it; its rows have the column all the same, for readers of Parquet alone (docs/decisions/008).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::prelude::SessionContext;
use deltalake::delta_datafusion::{DeltaScanConfig, DeltaScanNext};
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::kernel::{Action, Add, StructType};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::SaveMode;
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use url::Url;

use crate::error::LibraryError;

/// Imports of one frame that end at the same moment come one after the other.
const COMMIT_TRIES_MAX: u32 = 10;

/// A Parquet file that stands in the table's folder already.
#[derive(Debug, Clone)]
pub struct DataFile {
    /// In the table's folder; `account=acct_1/rows.parquet` is in a partition.
    pub name: String,
    pub rows: u64,
    pub bytes: u64,
}

impl DataFile {
    /// The column of its partition, and the one value of it that its rows have.
    fn partition(&self) -> Option<(&str, &str)> {
        self.name.split_once('/')?.0.split_once('=')
    }
}

/// What made a version. The commit says it in its own words: `import`, `sql`, `restore`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Import,
    Sql,
    Restore,
}

impl Operation {
    pub fn as_str(self) -> &'static str {
        match self {
            Operation::Import => "import",
            Operation::Sql => "sql",
            Operation::Restore => "restore",
        }
    }
}

pub(crate) const RUN_NOTE: &str = "pinstripe.run";
pub(crate) const OPERATION_NOTE: &str = "pinstripe.operation";

/// Replaces all rows of a table by these files, in one commit; makes the table where there is
/// none. `run_id` is written into the commit, so that a run can be found again in the log.
pub async fn commit(
    folder: &Path,
    frame: &str,
    schema: &Schema,
    files: &[DataFile],
    run_id: &str,
) -> Result<i64, LibraryError> {
    commit_as(Operation::Import, folder, frame, schema, files, run_id).await
}

/// The same, for rows that no import brought.
pub(crate) async fn commit_as(
    operation: Operation,
    folder: &Path,
    frame: &str,
    schema: &Schema,
    files: &[DataFile],
    run_id: &str,
) -> Result<i64, LibraryError> {
    let failed = LibraryError::delta("commit", frame);
    let columns: StructType = schema.try_into_kernel().map_err(|source| failed(source.into()))?;
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let adds = files.iter().map(|file| {
        Action::Add(Add {
            path: file.name.clone(),
            partition_values: file
                .partition()
                .map(|(column, value)| (column.to_owned(), Some(value.to_owned())))
                .into_iter()
                .collect(),
            size: i64::try_from(file.bytes).unwrap_or(i64::MAX),
            modification_time: now_ms,
            data_change: true,
            stats: Some(format!("{{\"numRecords\":{}}}", file.rows)),
            ..Add::default()
        })
    });
    let note = [
        (RUN_NOTE.to_owned(), serde_json::Value::from(run_id)),
        (OPERATION_NOTE.to_owned(), serde_json::Value::from(operation.as_str())),
    ];
    let replace = CreateBuilder::new()
        .with_location(table_url(folder, frame)?)
        .with_table_name(frame)
        .with_columns(columns.fields().cloned())
        .with_partition_columns(files.first().and_then(DataFile::partition).map(|(column, _)| column))
        .with_save_mode(SaveMode::Overwrite)
        .with_actions(adds)
        .with_commit_properties(CommitProperties::default().with_metadata(note));
    let mut tries = 1;
    let table = loop {
        match replace.clone().await {
            Ok(table) => break table,
            // Another import of the same frame was first; ours replaces what it made.
            Err(error) if is_conflict(&error) && tries < COMMIT_TRIES_MAX => tries += 1,
            Err(error) => return Err(failed(error)),
        }
    };
    table.version().map(|version| version as i64).ok_or_else(|| failed(DeltaTableError::NotInitialized))
}

fn is_conflict(error: &DeltaTableError) -> bool {
    matches!(error, DeltaTableError::VersionAlreadyExists(_) | DeltaTableError::Transaction { .. })
}

/// The rows of one version of a table, read as the session says.
pub async fn provider(
    session: &SessionContext,
    folder: &Path,
    frame: &str,
    version: i64,
) -> Result<Arc<dyn TableProvider>, LibraryError> {
    let table = open(folder, frame, version).await?;
    let state = session.state();
    table.update_datafusion_session(&state).map_err(LibraryError::delta("read", frame))?;
    let snapshot = table.snapshot().map_err(LibraryError::delta("read", frame))?.snapshot().clone();
    // Text like any other, not a dictionary, as a partition's column is by default.
    let config = DeltaScanConfig::new_from_session(&state).with_wrap_partition_values(false);
    Ok(Arc::new(DeltaScanNext::new(snapshot, config).map_err(LibraryError::sql)?))
}

/// The columns of one version of a table, and its files by name.
pub(crate) async fn files(
    folder: &Path,
    frame: &str,
    version: i64,
) -> Result<(SchemaRef, Vec<PathBuf>), LibraryError> {
    let table = open(folder, frame, version).await?;
    let state = table.snapshot().map_err(LibraryError::delta("read", frame))?;
    let mut names: Vec<String> = state.log_data().iter().map(|file| file.path().into_owned()).collect();
    names.sort_unstable();
    let schema = state.snapshot().arrow_schema();
    Ok((schema, names.into_iter().map(|name| folder.join(name)).collect()))
}

pub(crate) async fn open(folder: &Path, frame: &str, version: i64) -> Result<DeltaTable, LibraryError> {
    let url = Url::parse(&table_url(folder, frame)?)
        .map_err(|error| LibraryError::Internal(format!("{}: {error}", folder.display())))?;
    let builder = DeltaTableBuilder::from_url(url).map_err(LibraryError::delta("open", frame))?;
    let version = u64::try_from(version).unwrap_or(0);
    builder.with_version(version).load().await.map_err(LibraryError::delta("open", frame))
}

fn table_url(folder: &Path, frame: &str) -> Result<String, LibraryError> {
    let absolute = std::path::absolute(folder).map_err(LibraryError::file("find", folder))?;
    Url::from_directory_path(&absolute).map(String::from).map_err(|()| {
        LibraryError::Internal(format!("the folder of `{frame}` has no address: {}", folder.display()))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod round_trip;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, StructArray};
    use arrow::datatypes::{DataType, Field, Fields};
    use datafusion::parquet::arrow::ArrowWriter;

    fn write(folder: &Path, name: &str, amounts: Vec<i64>) -> (Schema, DataFile) {
        let city: ArrayRef = Arc::new(StringArray::from(vec![Some("Oslo"); amounts.len()]));
        let rows = amounts.len() as u64;
        let fields = Fields::from(vec![Field::new("city", DataType::Utf8, true)]);
        let metadata = [("pinstripe.kind".to_owned(), "object".to_owned())].into();
        let schema = Schema::new(vec![
            Field::new("amount", DataType::Int64, true),
            Field::new("address", DataType::Struct(fields.clone()), true).with_metadata(metadata),
        ]);
        let columns: Vec<ArrayRef> =
            vec![Arc::new(Int64Array::from(amounts)), Arc::new(StructArray::new(fields, vec![city], None))];
        let batch = RecordBatch::try_new(Arc::new(schema.clone()), columns).unwrap();
        let path = folder.join(name);
        let mut writer =
            ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let bytes = path.metadata().unwrap().len();
        (schema, DataFile { name: name.to_owned(), rows, bytes })
    }

    async fn sum(folder: &Path, version: i64) -> i64 {
        let context = SessionContext::new();
        context.register_table("frame", provider(&context, folder, "frame", version).await.unwrap()).unwrap();
        let batches = context
            .sql("select sum(amount) from frame where address.city = 'Oslo'")
            .await
            .unwrap()
            .collect()
            .await
            .unwrap();
        batches[0].column(0).as_any().downcast_ref::<Int64Array>().unwrap().value(0)
    }

    #[tokio::test]
    async fn a_commit_replaces_all_rows_and_keeps_the_version_before() {
        let folder = tempfile::tempdir().unwrap();
        let (schema, first) = write(folder.path(), "a.parquet", vec![1, 2]);
        assert_eq!(commit(folder.path(), "frame", &schema, &[first], "run-1").await.unwrap(), 0);
        let (schema, second) = write(folder.path(), "b.parquet", vec![5]);
        assert_eq!(commit(folder.path(), "frame", &schema, &[second], "run-2").await.unwrap(), 1);
        assert_eq!(sum(folder.path(), 1).await, 5);
        assert_eq!(sum(folder.path(), 0).await, 3);
    }

    #[tokio::test]
    async fn fields_keep_what_they_say_of_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let (schema, file) = write(folder.path(), "a.parquet", vec![1]);
        commit(folder.path(), "frame", &schema, &[file], "run").await.unwrap();
        let provider = provider(&SessionContext::new(), folder.path(), "frame", 0).await.unwrap();
        let read = provider.schema();
        assert_eq!(read.field_with_name("address").unwrap().metadata()["pinstripe.kind"], "object");
    }
}
