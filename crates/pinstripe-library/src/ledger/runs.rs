//! Reading runs: of a frame, under way, just ended; and the name of the connection that they came by.
//! Writing them is `ledger.rs`'s.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::{Ledger, RunRecord, run_record};
use crate::error::LibraryError;
use crate::under_way::LastSeen;

impl Ledger {
    /// Notes that a run's process ended before the run did, and how far it was seen to be.
    pub fn note_killed(&self, run_id: &str, seen: Option<&LastSeen>) -> Result<(), LibraryError> {
        let failed = LibraryError::ledger("note the end of a run");
        let ended = self.connection.execute(
            "update runs set state = 'failed', error = 'the program was ended in the middle of it'
             where id = ?1 and state = 'running'",
            [run_id],
        );
        let ended = ended.map_err(failed)?;
        let Some(LastSeen { at, progress }) = seen.filter(|_| ended > 0) else { return Ok(()) };
        let noted = self.connection.execute(
            "update runs set finished_at = ?2, rows = ?3, requests = ?4, retries = ?5, refused = ?6, bytes = ?7,
                 seconds = ?8, kept_rows = ?9, objects = ?10
             where id = ?1",
            params![
                run_id,
                at,
                progress.rows,
                progress.requests,
                progress.retries,
                progress.refused,
                progress.bytes,
                (progress.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
                progress.kept_rows,
                progress.objects
            ],
        );
        noted.map(drop).map_err(LibraryError::ledger("note the end of a run"))
    }

    /// Calls the connection of this identity by its new name, wherever rows came from it.
    pub fn rename_connection(&self, account: &str, name: &str) -> Result<(), LibraryError> {
        for table in ["frames", "runs"] {
            let sql =
                format!("update {table} set connection = ?2 where account = ?1 and connection is not ?2");
            let done = self.connection.execute(&sql, params![account, name]);
            done.map_err(LibraryError::ledger("rename a connection"))?;
        }
        Ok(())
    }

    pub fn runs(&self, frame_id: Option<i64>) -> Result<Vec<RunRecord>, LibraryError> {
        let read = || -> rusqlite::Result<Vec<RunRecord>> {
            let mut statement = self.connection.prepare(
                "select * from runs where ?1 is null or frame_id = ?1 order by started_at desc, rowid desc",
            )?;
            let rows = statement.query_map([frame_id], run_record)?;
            rows.collect()
        };
        read().map_err(LibraryError::ledger("read the runs"))
    }

    pub fn run(&self, id: &str) -> Result<Option<RunRecord>, LibraryError> {
        let found =
            self.connection.query_row("select * from runs where id = ?1", [id], run_record).optional();
        found.map_err(LibraryError::ledger("read a run"))
    }

    /// The newest run of each frame, by the frame's number.
    pub fn newest_runs(&self) -> Result<HashMap<i64, RunRecord>, LibraryError> {
        let read = || -> rusqlite::Result<HashMap<i64, RunRecord>> {
            let mut statement = self.connection.prepare(
                "select * from runs where rowid in (
                     select first_value(rowid) over (partition by frame_id order by started_at desc, rowid desc)
                     from runs where frame_id is not null
                 )",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get("frame_id")?, run_record(row)?)))?;
            rows.collect()
        };
        read().map_err(LibraryError::ledger("read the runs"))
    }

    /// Runs that did not note their end.
    pub fn running(&self) -> Result<Vec<RunRecord>, LibraryError> {
        let read = || -> rusqlite::Result<Vec<RunRecord>> {
            let mut statement = self
                .connection
                .prepare("select * from runs where state = 'running' order by started_at desc, rowid desc")?;
            let rows = statement.query_map([], run_record)?;
            rows.collect()
        };
        read().map_err(LibraryError::ledger("read the runs"))
    }

    /// Runs that ended at this second or later, newest first.
    pub fn ended_since(&self, second: i64) -> Result<Vec<RunRecord>, LibraryError> {
        let read = || -> rusqlite::Result<Vec<RunRecord>> {
            let mut statement = self
                .connection
                .prepare("select * from runs where finished_at >= ?1 order by started_at desc, rowid desc")?;
            let rows = statement.query_map([second], run_record)?;
            rows.collect()
        };
        read().map_err(LibraryError::ledger("read the runs"))
    }

    /// Differs when anything was written since, by this program or by another.
    pub fn changes(&self) -> Result<(i64, u64), LibraryError> {
        let by_others = self.connection.query_row("pragma data_version", [], |row| row.get(0));
        let by_others = by_others.map_err(LibraryError::ledger("read the definitions"))?;
        Ok((by_others, self.connection.total_changes()))
    }
}
