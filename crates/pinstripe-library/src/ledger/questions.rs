//! What is kept of questions to a frame: its chart, the query that made it, and that an earlier
//! version was restored.

use rusqlite::types::Value as SqlValue;
use rusqlite::{OptionalExtension, params, params_from_iter};

use super::accounts;
use super::{FrameKind, FrameRecord, Ledger, RunRecord, plan_text, write_transaction};
use crate::error::LibraryError;

/// The ledger's third state.
pub(super) const MIGRATION: &str = "
    alter table frames add column kind text not null default 'import';
    alter table frames add column sql text;
    alter table frames add column chart text;
    alter table runs add column about text;
";

impl Ledger {
    /// The settings of a frame's chart, as they were kept.
    pub fn chart(&self, frame_id: i64) -> Result<Option<String>, LibraryError> {
        let found = self
            .connection
            .query_row("select chart from frames where id = ?1", [frame_id], |row| row.get(0))
            .optional();
        found.map(Option::flatten).map_err(LibraryError::ledger("read a chart"))
    }

    pub fn keep_chart(&self, frame_id: i64, settings: &str) -> Result<(), LibraryError> {
        let done = self
            .connection
            .execute("update frames set chart = ?2 where id = ?1", params![frame_id, settings]);
        done.map(drop).map_err(LibraryError::ledger("keep a chart"))
    }

    /// Writes a frame that a query made, or a view, and the run that made it. A frame of that name is
    /// replaced.
    pub fn keep_query(&mut self, frame: &FrameRecord, run: Option<&RunRecord>) -> Result<(), LibraryError> {
        let plan = plan_text(&frame.plan)?;
        let mut write = || {
            let transaction = write_transaction(&mut self.connection)?;
            transaction.execute(
                // A number that a removed frame had would bring that frame's runs along.
                "insert into frames (id, name, folder, data_type, rows, version, imported_at, plan, kind, sql, columns)
                 values ((select 1 + max((select coalesce(max(id), 0) from frames), (select coalesce(max(frame_id), 0) from runs))),
                     ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 on conflict (name) do update set folder = ?2, data_type = ?3, rows = ?4, version = ?5,
                     imported_at = ?6, plan = ?7, kind = ?8, sql = ?9,
                     connection = null, account = null, sandbox = 0, columns = ?10,
                     accounts = null, missing_accounts = '[]',
                     chart = case when kind = ?8 then chart end",
                params![
                    frame.name,
                    frame.folder,
                    frame.data_type,
                    frame.rows,
                    frame.version,
                    frame.imported_at,
                    plan,
                    frame.kind.as_str(),
                    frame.sql,
                    frame.columns
                ],
            )?;
            if let Some(run) = run {
                let id: i64 =
                    transaction.query_row("select id from frames where name = ?1", [&frame.name], |row| {
                        row.get(0)
                    })?;
                transaction.execute(INSERT_RUN, params_from_iter(run_parameters(run, id, &plan)))?;
            }
            transaction.commit()
        };
        write().map_err(LibraryError::ledger("keep a query"))
    }

    /// Notes that a frame holds an earlier version's rows again.
    pub fn note_restored(&mut self, frame: &FrameRecord, run: &RunRecord) -> Result<(), LibraryError> {
        let plan = plan_text(&frame.plan)?;
        let mut write = || {
            let transaction = write_transaction(&mut self.connection)?;
            transaction.execute(
                "update frames set data_type = ?2, rows = ?3, version = ?4, imported_at = ?5, plan = ?6,
                     kind = ?7, sql = ?8, connection = ?9, account = ?10, sandbox = ?11, columns = ?12,
                     accounts = ?13, missing_accounts = ?14
                 where id = ?1",
                params![
                    frame.id,
                    frame.data_type,
                    frame.rows,
                    frame.version,
                    frame.imported_at,
                    plan,
                    frame.kind.as_str(),
                    frame.sql,
                    frame.source.connection,
                    frame.source.account,
                    frame.source.sandbox,
                    frame.columns,
                    frame.accounts,
                    accounts::text(&frame.missing_accounts)
                ],
            )?;
            transaction.execute(INSERT_RUN, params_from_iter(run_parameters(run, frame.id, &plan)))?;
            transaction.commit()
        };
        write().map_err(LibraryError::ledger("note a restored version"))
    }
}

const INSERT_RUN: &str =
    "insert into runs (id, frame_id, frame, state, started_at, finished_at, rows, seconds, version, plan, about,
         connection, account, sandbox, from_command_line, accounts, missing_accounts)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

fn run_parameters(run: &RunRecord, frame_id: i64, plan: &str) -> Vec<SqlValue> {
    let text = |text: &Option<String>| text.clone().map_or(SqlValue::Null, SqlValue::from);
    let number = |number: Option<i64>| number.map_or(SqlValue::Null, SqlValue::from);
    vec![
        run.id.clone().into(),
        frame_id.into(),
        run.frame.clone().into(),
        run.state.as_str().to_owned().into(),
        run.started_at.into(),
        number(run.finished_at),
        i64::try_from(run.rows).unwrap_or(i64::MAX).into(),
        run.seconds.into(),
        number(run.version),
        plan.to_owned().into(),
        text(&run.about),
        text(&run.source.connection),
        text(&run.source.account),
        run.source.sandbox.into(),
        run.from_command_line.into(),
        number(run.accounts.and_then(|accounts| i64::try_from(accounts).ok())),
        accounts::text(&run.missing_accounts).into(),
    ]
}

pub(super) fn kind(row: &rusqlite::Row<'_>) -> rusqlite::Result<FrameKind> {
    let text: String = row.get("kind")?;
    Ok(FrameKind::parse(&text))
}
