//! Definitions and runs, in SQLite: what each frame is, which request plan made it, and every run
//! with its outcome. No rows of Stripe's and no keys are ever in here.

mod accounts;
mod migrations;
mod questions;
mod removal;
mod runs;

use std::path::Path;
use std::time::Duration;

use pinstripe_import::MissingAccount;
use pinstripe_query::RequestPlan;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use serde::Serialize;

use crate::error::LibraryError;

/// A data frame and the import definition that made it.
#[derive(Debug, Clone, Serialize)]
pub struct FrameRecord {
    #[serde(skip)]
    pub id: i64,
    pub name: String,
    /// Name of the folder below `frames/`.
    pub folder: String,
    pub data_type: String,
    pub rows: u64,
    /// Flat columns, each map counted once; 0 where an earlier version made the frame.
    pub columns: u64,
    /// Version of the Delta table that the last import made.
    pub version: i64,
    /// Unix seconds of the last import's end.
    pub imported_at: i64,
    /// Of a frame that a query made, a plan that asks for nothing.
    pub plan: RequestPlan,
    #[serde(flatten)]
    pub source: Source,
    pub kind: FrameKind,
    /// The query of a view, or of a frame that a query made.
    pub sql: Option<String>,
    /// Accounts that were chosen, where accounts were.
    pub accounts: Option<u64>,
    /// Accounts among them whose rows are not here.
    pub missing_accounts: Vec<MissingAccount>,
}

/// Where rows came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The name people know the connection by; none in libraries of earlier versions.
    pub connection: Option<String>,
    /// `Client::identity`: the server and the key, without the key.
    #[serde(skip)]
    pub account: Option<String>,
    /// Not Stripe itself, but a server that answers like it.
    pub sandbox: bool,
}

/// Where a frame's rows come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameKind {
    /// Imported from Stripe.
    Import,
    /// Made by a query, once.
    Sql,
    /// A query that runs whenever it is read. It has no rows of its own.
    View,
}

impl FrameKind {
    pub fn as_str(self) -> &'static str {
        match self {
            FrameKind::Import => "import",
            FrameKind::Sql => "sql",
            FrameKind::View => "view",
        }
    }

    fn parse(text: &str) -> FrameKind {
        match text {
            "sql" => FrameKind::Sql,
            "view" => FrameKind::View,
            _ => FrameKind::Import,
        }
    }
}

/// One run of an import.
#[derive(Debug, Clone, Serialize)]
pub struct RunRecord {
    pub id: String,
    pub frame: String,
    pub state: RunState,
    /// Unix seconds.
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub rows: u64,
    pub requests: u64,
    pub retries: u64,
    pub refused: u64,
    pub bytes: u64,
    pub seconds: f64,
    /// Version of the Delta table it made, when it succeeded.
    pub version: Option<i64>,
    pub error: Option<String>,
    /// What to do about the error.
    pub hint: Option<String>,
    /// Rows among `rows` that an earlier run had brought.
    pub kept_rows: u64,
    /// Objects that Stripe sent; more than the rows where conditions were tested here.
    pub objects: u64,
    /// What is worth knowing about the rows, in sentences.
    pub notes: Vec<String>,
    /// Whether it was begun at a terminal.
    pub from_command_line: bool,
    pub plan: RequestPlan,
    #[serde(flatten)]
    pub source: Source,
    /// What it did, where it was no import: a query, or an earlier version restored.
    pub about: Option<String>,
    /// Accounts that were chosen, where accounts were.
    pub accounts: Option<u64>,
    /// Accounts among them whose rows are not here.
    pub missing_accounts: Vec<MissingAccount>,
}

/// How a run that keeps a query's rows tells of itself.
pub(crate) const ROWS_OF: &str = "the rows of ";

impl RunRecord {
    /// A run that begins now.
    pub(crate) fn begun(id: String, frame: String, plan: RequestPlan, source: Source) -> RunRecord {
        RunRecord {
            id,
            frame,
            state: RunState::Running,
            started_at: jiff::Timestamp::now().as_second(),
            finished_at: None,
            rows: 0,
            requests: 0,
            retries: 0,
            refused: 0,
            bytes: 0,
            seconds: 0.0,
            version: None,
            error: None,
            hint: None,
            kept_rows: 0,
            objects: 0,
            notes: Vec::new(),
            from_command_line: false,
            plan,
            source,
            about: None,
            accounts: None,
            missing_accounts: Vec::new(),
        }
    }

    /// The query whose rows it kept, where it did that.
    pub fn query(&self) -> Option<&str> {
        self.about.as_deref()?.strip_prefix(ROWS_OF)
    }

    /// What was asked for, in a sentence.
    pub fn sentence(&self) -> String {
        self.about.clone().unwrap_or_else(|| self.plan.sentence())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Running,
    Done,
    Failed,
    Stopped,
}

impl RunState {
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Done => "done",
            RunState::Failed => "failed",
            RunState::Stopped => "stopped",
        }
    }

    fn parse(text: &str) -> RunState {
        match text {
            "done" => RunState::Done,
            "failed" => RunState::Failed,
            "stopped" => RunState::Stopped,
            _ => RunState::Running,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Ledger {
    connection: Connection,
}

impl Ledger {
    pub fn open(path: &Path) -> Result<Ledger, LibraryError> {
        let failed = LibraryError::ledger;
        let mut connection = Connection::open(path).map_err(failed("open the definitions"))?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(failed("read the definitions"))?;
        use_write_ahead_log(&connection).map_err(failed("read the definitions"))?;
        connection.pragma_update(None, "synchronous", "normal").map_err(failed("read the definitions"))?;
        migrations::migrate(&mut connection).map_err(failed("update the definitions"))?;
        Ok(Ledger { connection })
    }

    pub fn frames(&self) -> Result<Vec<FrameRecord>, LibraryError> {
        let read = || -> rusqlite::Result<Vec<FrameRecord>> {
            let mut statement =
                self.connection.prepare("select * from frames order by name collate nocase")?;
            let rows = statement.query_map([], frame_record)?;
            rows.collect()
        };
        read().map_err(LibraryError::ledger("read the data frames"))
    }

    pub fn frame(&self, name: &str) -> Result<Option<FrameRecord>, LibraryError> {
        let found = self
            .connection
            .query_row("select * from frames where name = ?1", [name], frame_record)
            .optional();
        found.map_err(LibraryError::ledger("read a data frame"))
    }

    pub fn frame_by_id(&self, id: i64) -> Result<Option<FrameRecord>, LibraryError> {
        let found =
            self.connection.query_row("select * from frames where id = ?1", [id], frame_record).optional();
        found.map_err(LibraryError::ledger("read a data frame"))
    }

    pub fn rename_frame(&self, id: i64, name: &str) -> Result<(), LibraryError> {
        let done = self.connection.execute("update frames set name = ?2 where id = ?1", params![id, name]);
        done.map(drop).map_err(LibraryError::ledger("rename a data frame"))
    }

    /// Notes that a run has begun.
    pub fn begin_run(&self, run: &RunRecord, frame_id: Option<i64>) -> Result<(), LibraryError> {
        let done = self.connection.execute(
            "insert into runs (id, frame_id, frame, state, started_at, plan, connection, account, sandbox, from_command_line)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                run.id,
                frame_id,
                run.frame,
                run.state.as_str(),
                run.started_at,
                plan_text(&run.plan)?,
                run.source.connection,
                run.source.account,
                run.source.sandbox,
                run.from_command_line
            ],
        );
        done.map(drop).map_err(LibraryError::ledger("note a run"))
    }

    /// Notes how a run ended; when it made a version, the frame's definition with it.
    pub fn end_run(
        &mut self,
        run: &RunRecord,
        folder: &str,
        columns: u64,
    ) -> Result<FrameOrNone, LibraryError> {
        let plan = plan_text(&run.plan)?;
        let notes = serde_json::Value::from(run.notes.clone()).to_string();
        let missing = accounts::text(&run.missing_accounts);
        let mut write = || {
            let transaction = write_transaction(&mut self.connection)?;
            let mut frame_id: Option<i64> = transaction
                .query_row("select id from frames where name = ?1", [&run.frame], |row| row.get(0))
                .optional()?;
            if let (RunState::Done, Some(version)) = (run.state, run.version) {
                transaction.execute(
                    // A number that a removed frame had would bring that frame's runs along.
                    "insert into frames (id, name, folder, data_type, rows, version, imported_at, plan, connection, account, sandbox, columns,
                         accounts, missing_accounts)
                     values ((select 1 + max((select coalesce(max(id), 0) from frames), (select coalesce(max(frame_id), 0) from runs))),
                         ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                     on conflict (name) do update set data_type = ?3, rows = ?4, version = ?5, imported_at = ?6, plan = ?7,
                         connection = ?8, account = ?9, sandbox = ?10, columns = ?11, kind = 'import', sql = null,
                         accounts = ?12, missing_accounts = ?13",
                    params![
                        run.frame, folder, run.plan.data_type, run.rows, version, run.finished_at, plan,
                        run.source.connection, run.source.account, run.source.sandbox,
                        columns, run.accounts, missing
                    ],
                )?;
                frame_id = Some(transaction.query_row(
                    "select id from frames where name = ?1",
                    [&run.frame],
                    |row| row.get(0),
                )?);
            }
            transaction.execute(
                "update runs set frame_id = coalesce(?2, frame_id), state = ?3, finished_at = ?4, rows = ?5, requests = ?6,
                     retries = ?7, refused = ?8, bytes = ?9, seconds = ?10, version = ?11, error = ?12, hint = ?13,
                     kept_rows = ?14, objects = ?15, notes = ?16, accounts = ?17, missing_accounts = ?18
                 where id = ?1",
                params![
                    run.id, frame_id, run.state.as_str(), run.finished_at, run.rows, run.requests, run.retries,
                    run.refused, run.bytes, run.seconds, run.version, run.error, run.hint, run.kept_rows,
                    run.objects, notes, run.accounts, missing
                ],
            )?;
            transaction.commit()?;
            Ok(frame_id)
        };
        write().map_err(LibraryError::ledger("note the end of a run"))
    }
}

/// The switch wants the database for itself and does not wait: of programs that open a new library
/// at once, the later ones try again.
fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let mut tries = 1;
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && tries < 100 =>
            {
                tries += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            outcome => return outcome,
        }
    }
}

type FrameOrNone = Option<i64>;

/// A transaction that will write takes its turn at once. One that reads first and writes then is
/// refused without any waiting when another program has written in between.
fn write_transaction(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn plan_text(plan: &RequestPlan) -> Result<String, LibraryError> {
    serde_json::to_string(plan).map_err(|error| LibraryError::Internal(error.to_string()))
}

fn read_plan(row: &Row<'_>) -> rusqlite::Result<RequestPlan> {
    let text: String = row.get("plan")?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}

fn source(row: &Row<'_>) -> rusqlite::Result<Source> {
    Ok(Source {
        connection: row.get("connection")?,
        account: row.get("account")?,
        sandbox: row.get("sandbox")?,
    })
}

fn frame_record(row: &Row<'_>) -> rusqlite::Result<FrameRecord> {
    Ok(FrameRecord {
        id: row.get("id")?,
        name: row.get("name")?,
        folder: row.get("folder")?,
        data_type: row.get("data_type")?,
        rows: row.get("rows")?,
        columns: row.get("columns")?,
        version: row.get("version")?,
        imported_at: row.get("imported_at")?,
        plan: read_plan(row)?,
        source: source(row)?,
        kind: questions::kind(row)?,
        sql: row.get("sql")?,
        accounts: row.get("accounts")?,
        missing_accounts: accounts::missing(row)?,
    })
}

fn run_record(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    let state: String = row.get("state")?;
    Ok(RunRecord {
        id: row.get("id")?,
        frame: row.get("frame")?,
        state: RunState::parse(&state),
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
        rows: row.get("rows")?,
        requests: row.get("requests")?,
        retries: row.get("retries")?,
        refused: row.get("refused")?,
        bytes: row.get("bytes")?,
        seconds: row.get("seconds")?,
        version: row.get("version")?,
        error: row.get("error")?,
        hint: row.get("hint")?,
        kept_rows: row.get("kept_rows")?,
        objects: row.get("objects")?,
        notes: serde_json::from_str(&row.get::<_, String>("notes")?).unwrap_or_default(),
        from_command_line: row.get("from_command_line")?,
        plan: read_plan(row)?,
        source: source(row)?,
        about: row.get("about")?,
        accounts: row.get("accounts")?,
        missing_accounts: accounts::missing(row)?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use pinstripe_query::PlanRequest;

    use super::*;

    fn run(number: usize) -> RunRecord {
        let request = PlanRequest { data_type: "charges", ..PlanRequest::default() };
        let catalog = pinstripe_catalog::catalog();
        RunRecord {
            state: RunState::Done,
            finished_at: Some(1),
            rows: 1,
            requests: 1,
            version: Some(0),
            ..RunRecord::begun(
                format!("run-{number}"),
                "charges".to_owned(),
                pinstripe_query::plan(catalog, &request, jiff::Timestamp::UNIX_EPOCH).unwrap(),
                Source::default(),
            )
        }
    }

    #[test]
    fn many_programs_at_one_database_wait_for_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.sqlite3");
        std::thread::scope(|scope| {
            for program in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    for turn in 0..10 {
                        let mut ledger = Ledger::open(path).unwrap();
                        let run = run(program * 10 + turn);
                        ledger.begin_run(&run, None).unwrap();
                        ledger.end_run(&run, "charges", 1).unwrap();
                    }
                });
            }
        });
        let ledger = Ledger::open(&path).unwrap();
        assert_eq!(ledger.runs(None).unwrap().len(), 80);
        assert_eq!(ledger.frames().unwrap().len(), 1);
    }
}
