//! The tables of `library.sqlite3`, step by step from the first version on. A step that has been
//! released is never changed; another one follows it.

use rusqlite::Connection;

use super::{accounts, questions, write_transaction};

const MIGRATIONS: [&str; 4] = [
    "
    create table frames (
        id integer primary key,
        name text not null unique collate nocase,
        folder text not null unique,
        data_type text not null,
        rows integer not null,
        version integer not null,
        imported_at integer not null,
        plan text not null
    );
    create table runs (
        id text primary key,
        frame_id integer,
        frame text not null,
        state text not null,
        started_at integer not null,
        finished_at integer,
        rows integer not null default 0,
        requests integer not null default 0,
        retries integer not null default 0,
        refused integer not null default 0,
        bytes integer not null default 0,
        seconds real not null default 0,
        version integer,
        error text,
        plan text not null
    );
    create index runs_by_frame on runs (frame_id, started_at);
",
    "
    alter table frames add column connection text;
    alter table frames add column account text;
    alter table frames add column sandbox integer not null default 0;
    alter table frames add column columns integer not null default 0;
    alter table runs add column connection text;
    alter table runs add column account text;
    alter table runs add column sandbox integer not null default 0;
    alter table runs add column hint text;
    alter table runs add column kept_rows integer not null default 0;
    alter table runs add column objects integer not null default 0;
    alter table runs add column notes text not null default '[]';
    alter table runs add column from_command_line integer not null default 1;
",
    questions::MIGRATION,
    accounts::MIGRATION,
];

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection.query_row("pragma user_version", [], |row| row.get(0))
}

/// Brings a database to the newest step. One that a newer program made is left as it is.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    if version(connection)? >= MIGRATIONS.len() {
        return Ok(());
    }
    // Of two processes that open a new library at once, one makes it, the other finds it made.
    let transaction = write_transaction(connection)?;
    let version = version(&transaction)?;
    for migration in MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len().max(version))?;
    transaction.commit()
}
