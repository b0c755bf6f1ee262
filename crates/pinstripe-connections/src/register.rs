//! What is known of connections and of the team's own OAuth apps, in a SQLite file in the library.
//! Secrets never come here; they are in the [`crate::vault`].

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ConnectionError;
use crate::oauth::{OAuthApp, OAuthKind};
use crate::record::ConnectionRecord;

#[derive(Debug)]
pub(crate) struct Register {
    database: Mutex<Connection>,
}

const TABLES: &str = "
    create table if not exists connections (
        id text primary key,
        name text not null unique collate nocase,
        record text not null
    ) strict;
    create table if not exists oauth_apps (kind text primary key, record text not null) strict;
";

impl Register {
    pub fn open(path: &Path) -> Result<Register, ConnectionError> {
        let open = || {
            let database = Connection::open(path)?;
            database.busy_timeout(Duration::from_secs(10))?;
            // Small and seldom written: one file that is whole after every change.
            database.pragma_update(None, "synchronous", "full")?;
            let made = database.prepare("select record from oauth_apps").is_ok();
            if !made {
                database.execute_batch(TABLES)?;
            }
            Ok(Register { database: Mutex::new(database) })
        };
        open().map_err(ConnectionError::register("open the list of connections"))
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By name.
    pub fn connections(&self) -> Result<Vec<ConnectionRecord>, ConnectionError> {
        let read = || -> rusqlite::Result<Vec<ConnectionRecord>> {
            let database = self.database();
            let mut statement =
                database.prepare("select record from connections order by name collate nocase")?;
            let records = statement.query_map([], |row| parsed(row.get(0)?))?;
            records.collect()
        };
        read().map_err(ConnectionError::register("read the list of connections"))
    }

    pub fn connection(&self, id: &str) -> Result<Option<ConnectionRecord>, ConnectionError> {
        self.one("select record from connections where id = ?1", id)
    }

    pub fn named(&self, name: &str) -> Result<Option<ConnectionRecord>, ConnectionError> {
        self.one("select record from connections where name = ?1", name)
    }

    fn one<T: DeserializeOwned>(&self, sql: &str, value: &str) -> Result<Option<T>, ConnectionError> {
        let found = self.database().query_row(sql, [value], |row| parsed(row.get(0)?)).optional();
        found.map_err(ConnectionError::register("read the list of connections"))
    }

    /// Adds a connection, or refuses a name that is taken.
    pub fn add(&self, record: &ConnectionRecord) -> Result<(), ConnectionError> {
        let written = self.database().execute(
            "insert into connections (id, name, record) values (?1, ?2, ?3)",
            (&record.id, &record.name, text(record)),
        );
        self.unless_taken(written, record).map(|_| ())
    }

    /// Writes what changed; `false` where the connection is not there any more.
    pub fn update(&self, record: &ConnectionRecord) -> Result<bool, ConnectionError> {
        let written = self.database().execute(
            "update connections set name = ?2, record = ?3 where id = ?1",
            (&record.id, &record.name, text(record)),
        );
        self.unless_taken(written, record).map(|rows| rows > 0)
    }

    fn unless_taken(
        &self,
        written: rusqlite::Result<usize>,
        record: &ConnectionRecord,
    ) -> Result<usize, ConnectionError> {
        written.map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => {
                ConnectionError::Taken { name: record.name.clone() }
            }
            _ => ConnectionError::Register { what: "write the list of connections", source: error },
        })
    }

    pub fn remove(&self, id: &str) -> Result<(), ConnectionError> {
        let written = self.database().execute("delete from connections where id = ?1", [id]);
        written.map(|_| ()).map_err(ConnectionError::register("write the list of connections"))
    }

    pub fn oauth_app(&self, kind: OAuthKind) -> Result<Option<OAuthApp>, ConnectionError> {
        self.one("select record from oauth_apps where kind = ?1", kind.as_str())
    }

    pub fn set_oauth_app(&self, app: &OAuthApp) -> Result<(), ConnectionError> {
        let written = self.database().execute(
            "insert into oauth_apps (kind, record) values (?1, ?2)
             on conflict (kind) do update set record = ?2",
            (app.kind.as_str(), text(app)),
        );
        written.map(|_| ()).map_err(ConnectionError::register("write the OAuth app"))
    }

    pub fn remove_oauth_app(&self, kind: OAuthKind) -> Result<(), ConnectionError> {
        let written = self.database().execute("delete from oauth_apps where kind = ?1", [kind.as_str()]);
        written.map(|_| ()).map_err(ConnectionError::register("remove the OAuth app"))
    }
}

fn text(record: &impl Serialize) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

fn parsed<T: DeserializeOwned>(text: String) -> rusqlite::Result<T> {
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::record::ConnectionKind;
    use crate::vault::Keeper;

    fn record(id: &str, name: &str) -> ConnectionRecord {
        ConnectionRecord {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: ConnectionKind::Key,
            api_base: "https://api.stripe.com".to_owned(),
            live: true,
            account: None,
            account_name: None,
            key_hint: None,
            may_write: false,
            kept_in: Keeper::File,
            added_at: 1,
            tried_at: None,
            access: Vec::new(),
        }
    }

    #[test]
    fn names_are_taken_once_whatever_their_case() {
        let folder = tempfile::tempdir().unwrap();
        let register = Register::open(&folder.path().join("connections.sqlite")).unwrap();
        register.add(&record("1", "Shop")).unwrap();
        register.add(&record("2", "Other")).unwrap();
        assert!(matches!(register.add(&record("3", "shop")), Err(ConnectionError::Taken { .. })));
        assert!(matches!(register.update(&record("2", "SHOP")), Err(ConnectionError::Taken { .. })));
        assert_eq!(register.named("SHOP").unwrap().unwrap().id, "1");
        assert!(register.update(&record("1", "shop")).unwrap());
        assert!(!register.update(&record("9", "gone")).unwrap());
        register.remove("1").unwrap();
        let names: Vec<String> = register.connections().unwrap().into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["Other"]);
    }
}
