//! A frame's row out of the ledger and back again, as JSON: whatever columns it has now or gets
//! later, they all come along.

use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{OptionalExtension, params_from_iter};
use serde_json::{Map, Value};

use super::{Ledger, write_transaction};
use crate::error::LibraryError;

impl Ledger {
    /// Takes a frame's row out, and gives it.
    pub fn take_frame(&mut self, id: i64) -> Result<Value, LibraryError> {
        let mut take = || -> rusqlite::Result<Value> {
            let transaction = write_transaction(&mut self.connection)?;
            let row = transaction.query_row("select * from frames where id = ?1", [id], |row| {
                let mut fields = Map::new();
                for (place, name) in row.as_ref().column_names().enumerate() {
                    fields.insert(name.to_owned(), to_json(row.get_ref(place)?));
                }
                Ok(Value::Object(fields))
            })?;
            transaction.execute("delete from frames where id = ?1", [id])?;
            transaction.commit()?;
            Ok(row)
        };
        take().map_err(LibraryError::ledger("remove a data frame"))
    }

    /// Puts a row back that [`Ledger::take_frame`] gave, for a frame that is now in this folder.
    pub fn put_frame(&mut self, row: &Value, folder: &str) -> Result<(), LibraryError> {
        let mut put = || -> rusqlite::Result<()> {
            let transaction = write_transaction(&mut self.connection)?;
            let known: Vec<String> = {
                let mut statement = transaction.prepare("select name from pragma_table_info('frames')")?;
                statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
            };
            let id = row["id"].as_i64().unwrap_or_default();
            let taken: Option<i64> = transaction
                .query_row("select id from frames where id = ?1", [id], |row| row.get(0))
                .optional()?;
            let fields: Vec<(&String, SqlValue)> = row
                .as_object()
                .into_iter()
                .flatten()
                // Its old number may be another frame's by now; the runs stay with the number.
                .filter(|(name, _)| known.contains(name) && (taken.is_none() || *name != "id"))
                .map(|(name, value)| match name.as_str() {
                    "folder" => (name, SqlValue::from(folder.to_owned())),
                    _ => (name, to_sql(value)),
                })
                .collect();
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            let places = vec!["?"; fields.len()].join(", ");
            let insert = format!("insert into frames ({}) values ({places})", names.join(", "));
            transaction.execute(&insert, params_from_iter(fields.iter().map(|(_, value)| value)))?;
            transaction.commit()
        };
        put().map_err(LibraryError::ledger("restore a data frame"))
    }
}

fn to_json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => Value::from(number),
        ValueRef::Text(text) => Value::from(String::from_utf8_lossy(text).into_owned()),
    }
}

fn to_sql(value: &Value) -> SqlValue {
    match value {
        Value::Bool(flag) => SqlValue::Integer(i64::from(*flag)),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => SqlValue::Integer(whole),
            (None, real) => real.map_or(SqlValue::Null, SqlValue::Real),
        },
        Value::String(text) => SqlValue::Text(text.clone()),
        _ => SqlValue::Null,
    }
}
