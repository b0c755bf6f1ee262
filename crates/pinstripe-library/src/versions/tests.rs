//! What versions of small frames changed, by id and by whole rows; versions restored, and gone.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use pinstripe_query::PlanRequest;

use super::*;
use crate::delta::commit;
use crate::ledger::Source;

struct Frame {
    library: Library,
    record: FrameRecord,
    _folder: tempfile::TempDir,
}

type Row<'a> = (Option<&'a str>, i64, Option<&'a str>);

impl Frame {
    fn new() -> Frame {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let request = PlanRequest { data_type: "charges", ..PlanRequest::default() };
        let plan = pinstripe_query::plan(catalog(), &request, jiff::Timestamp::UNIX_EPOCH).unwrap();
        let record = FrameRecord {
            id: 1,
            name: "charges".to_owned(),
            folder: "charges".to_owned(),
            data_type: "charges".to_owned(),
            rows: 0,
            columns: 3,
            version: 0,
            imported_at: 0,
            plan,
            source: Source::default(),
            kind: FrameKind::Import,
            sql: None,
            accounts: None,
            missing_accounts: Vec::new(),
        };
        Frame { library, record, _folder: folder }
    }

    /// Commits a version of these rows; the column `note` is only there where some row has it.
    async fn commit(&mut self, rows: &[Row<'_>]) {
        let run = format!("run-{}", uuid::Uuid::new_v4().simple());
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("id", Arc::new(StringArray::from_iter(rows.iter().map(|(id, ..)| *id)))),
            ("amount", Arc::new(Int64Array::from_iter_values(rows.iter().map(|(_, amount, _)| *amount)))),
        ];
        if rows.iter().any(|(.., note)| note.is_some()) {
            columns.push(("note", Arc::new(StringArray::from_iter(rows.iter().map(|(.., note)| *note)))));
        }
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, column)| (name, column, true)),
        )
        .unwrap();
        let folder = self.library.frame_path(&self.record);
        std::fs::create_dir_all(&folder).unwrap();
        let name = format!("{run}-0.parquet");
        let file = std::fs::File::create(folder.join(&name)).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let bytes = folder.join(&name).metadata().unwrap().len();
        let files = [DataFile { name, rows: rows.len() as u64, bytes }];
        self.record.version = commit(&folder, "charges", &batch.schema(), &files, &run).await.unwrap();
        self.record.rows = rows.len() as u64;
        self.library.ledger().keep_query(&self.record, None).unwrap();
    }

    async fn changes(&self, version: i64) -> VersionChanges {
        self.library.version_changes("charges", version).await.unwrap()
    }
}

#[tokio::test]
async fn rows_of_the_same_id_are_compared_column_by_column() {
    let mut frame = Frame::new();
    frame.commit(&[(Some("a"), 1, None), (Some("b"), 2, None), (Some("c"), 3, None)]).await;
    frame.commit(&[(Some("d"), 4, None), (Some("c"), 3, Some("x")), (Some("b"), 9, Some("y"))]).await;
    frame.commit(&[(Some("b"), 9, Some("y")), (Some("c"), 3, Some("x")), (Some("d"), 4, None)]).await;
    let changes = frame.changes(1).await;
    assert_eq!((changes.added, changes.removed, changes.changed), (1, 1, 2));
    let column = |column: &str, rows| ChangedColumn { column: column.to_owned(), rows };
    assert_eq!(changes.changed_columns, [column("note", 2), column("amount", 1)]);
    assert_eq!(changes.examples.added, ["d"]);
    assert_eq!(changes.examples.removed, ["a"]);
    assert_eq!(changes.examples.changed, ["c", "b"]);
    // Another order is no change, and neither is a column that no row has.
    let same = frame.changes(2).await;
    assert_eq!((same.added, same.removed, same.changed, same.previous), (0, 0, 0, Some(1)));
    assert_eq!((frame.changes(0).await.previous, frame.changes(0).await.added), (None, 3));
}

#[tokio::test]
async fn rows_without_ids_of_their_own_are_counted_whole() {
    let mut frame = Frame::new();
    frame.commit(&[(None, 1, None), (None, 1, None), (None, 2, None)]).await;
    frame.commit(&[(None, 1, None), (None, 2, None), (None, 3, None), (None, 3, None)]).await;
    frame.commit(&[(Some("a"), 1, None), (Some("a"), 2, None)]).await;
    let changes = frame.changes(1).await;
    assert_eq!((changes.added, changes.removed, changes.changed), (2, 1, 0));
    let changes = frame.changes(2).await;
    assert_eq!((changes.added, changes.removed, changes.changed), (2, 4, 0));
}

#[tokio::test]
async fn a_restored_version_has_the_old_files_and_columns() {
    let mut frame = Frame::new();
    frame.commit(&[(Some("a"), 1, Some("x"))]).await;
    frame.commit(&[(Some("a"), 2, None), (Some("b"), 2, None)]).await;
    let restored = frame.library.restore_version("charges", 0).await.unwrap();
    assert_eq!((restored.version, restored.rows), (2, 1));
    let rows = frame.library.sql_cells("select note from charges").await.unwrap();
    assert_eq!(rows, [[crate::cell::Cell::Text("x".to_owned())]]);
    let versions = frame.library.versions("charges").unwrap();
    let operations: Vec<&str> = versions.iter().map(|version| version.operation.as_str()).collect();
    assert_eq!(operations, ["restore", "import", "import"]);
    assert!(frame.library.restore_version("charges", 0).await.is_err());
    assert!(frame.library.restore_version("charges", 7).await.is_err());
    assert_eq!(frame.changes(2).await.removed, 1);

    let old = frame.library.frame_path(&frame.record);
    for file in std::fs::read_dir(&old).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("run-") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    let gone = frame.library.restore_version("charges", 1).await.unwrap_err();
    assert!(matches!(gone, LibraryError::VersionGone { version: 1, .. }), "{gone}");
}

fn catalog() -> &'static pinstripe_catalog::Catalog {
    pinstripe_catalog::catalog()
}
