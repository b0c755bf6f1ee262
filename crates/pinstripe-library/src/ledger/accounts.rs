//! What is kept of the accounts of a platform that a frame or a run is of: how many were chosen, and
//! which of them are missing. Nothing where none were chosen.

use pinstripe_import::MissingAccount;
use rusqlite::Row;

/// The ledger's fourth state.
pub(super) const MIGRATION: &str = "
    alter table frames add column accounts integer;
    alter table frames add column missing_accounts text not null default '[]';
    alter table runs add column accounts integer;
    alter table runs add column missing_accounts text not null default '[]';
";

pub(super) fn text(missing: &[MissingAccount]) -> String {
    serde_json::to_string(missing).unwrap_or_else(|_| "[]".to_owned())
}

pub(super) fn missing(row: &Row<'_>) -> rusqlite::Result<Vec<MissingAccount>> {
    let text: String = row.get("missing_accounts")?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}
