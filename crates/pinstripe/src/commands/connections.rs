//! `pinstripe connections`: what connections there are and what they can read; test, rename, remove.
//! It never shows a key, only how one begins and ends.

use pinstripe_connections::{Access, ConnectionRecord, Connections, TypeAccess};
use serde_json::{Value, json};

use crate::arguments::{ConnectionsAction, ConnectionsArguments};
use crate::commands::connect::data_types;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{report, table};

pub async fn run(arguments: &ConnectionsArguments, settings: &Settings) -> Result<(), Failure> {
    match &arguments.action {
        None => list(settings),
        Some(ConnectionsAction::Test { name, data_types: named, all_types }) => {
            let data_types = data_types(named, *all_types)?;
            let connections = settings.connections()?;
            let (record, tried) = connections.try_again(&connections.find(name)?, &data_types).await?;
            if settings.json {
                return report::json(&json!({"connection": as_json(&record), "tried": tried}));
            }
            report::data(&said(&record));
            say_access(&tried.access);
            Ok(())
        }
        Some(ConnectionsAction::Rename { name, new_name }) => {
            let record = settings.connections()?.rename(name, new_name)?;
            // What was imported with it carries its name.
            settings.open_library()?.note_connection_name(&record.id, &record.name)?;
            done(settings, &record, &format!("the connection is called `{}` now", record.name))
        }
        Some(ConnectionsAction::Remove { name, yes }) => remove(name, *yes, settings).await,
    }
}

fn list(settings: &Settings) -> Result<(), Failure> {
    let connections = settings.known_connections()?;
    let records = connections.as_ref().map(Connections::list).transpose()?.unwrap_or_default();
    if settings.json {
        return report::json(&records.iter().map(as_json).collect::<Vec<_>>());
    }
    if records.is_empty() {
        report::talk("no connections yet\n\nhint: pinstripe connect NAME");
        return Ok(());
    }
    let rows = records.iter().map(|record| {
        vec![
            record.name.clone(),
            record.kind.label().to_owned(),
            mode(record).to_owned(),
            account(record),
            record.key_hint.clone().unwrap_or_default(),
            record.kept_in.to_string(),
            readable(record),
        ]
    });
    report::data(&table::list(
        &["name", "kind", "mode", "account", "key", "kept in", "can read"],
        rows.collect(),
    ));
    Ok(())
}

/// A connection that data frames use is not taken away by a slip.
async fn remove(name: &str, yes: bool, settings: &Settings) -> Result<(), Failure> {
    let connections = settings.connections()?;
    let record = connections.find(name)?;
    let library = settings.open_library()?;
    let frames: Vec<String> = library
        .frames()?
        .into_iter()
        .filter(|frame| frame.source.account.as_deref() == Some(record.id.as_str()))
        .map(|frame| frame.name)
        .collect();
    if !frames.is_empty() && !yes {
        return Err(Failure::user(format!(
            "`{}` brings the rows of {}: without it they cannot be imported again",
            record.name,
            frames.iter().map(|frame| format!("`{frame}`")).collect::<Vec<_>>().join(", ")
        ))
        .with_hint(format!(
            "to remove it all the same, data frames stay: pinstripe connections remove \"{}\" --yes",
            record.name
        )));
    }
    let removed = connections.remove(name).await?;
    if let Some(error) = removed.not_given_back {
        report::talk(&format!(
            "warning: Stripe could not be told ({error}); take the access back at \
             https://dashboard.stripe.com/settings/apps"
        ));
    }
    done(settings, &removed.record, &format!("the connection `{}` and its key are gone", removed.record.name))
}

fn done(settings: &Settings, record: &ConnectionRecord, sentence: &str) -> Result<(), Failure> {
    if settings.json {
        return report::json(&as_json(record));
    }
    report::talk(sentence);
    Ok(())
}

/// A connection, for programs.
pub fn as_json(record: &ConnectionRecord) -> Value {
    let mut document = serde_json::to_value(record).unwrap_or_default();
    document["mode"] = json!(mode(record));
    document
}

/// A connection, in a sentence.
pub fn said(record: &ConnectionRecord) -> String {
    format!("`{}` reaches {} with {} ({})", record.name, account(record), record.kind.label(), mode(record))
}

/// What a key can read, one line a data type.
pub fn say_access(access: &[TypeAccess]) {
    let rows = access.iter().map(|one| vec![one.data_type.clone(), in_words(&one.access)]);
    report::data(&table::list(&["type", "access"], rows.collect()));
}

fn in_words(access: &Access) -> String {
    match access {
        Access::Readable => "readable".to_owned(),
        Access::NotPermitted { permission: Some(permission) } => format!("not permitted: needs {permission}"),
        Access::NotPermitted { permission: None } => "not permitted".to_owned(),
        Access::NotEnabled { message } => format!("not enabled: {message}"),
        Access::NeedsParameter { parameter } => {
            format!("not tried: Stripe lists it only for one {parameter}")
        }
        Access::Failed { message } => format!("failed: {message}"),
    }
}

fn readable(record: &ConnectionRecord) -> String {
    if record.access.is_empty() {
        return "not tried".to_owned();
    }
    let readable = record.access.iter().filter(|one| one.access == Access::Readable).count();
    format!("{readable} of {} tried", record.access.len())
}

fn mode(record: &ConnectionRecord) -> &'static str {
    match (record.is_stripe(), record.live) {
        (false, _) => "sandbox",
        (true, true) => "live",
        (true, false) => "test",
    }
}

fn account(record: &ConnectionRecord) -> String {
    match (&record.account_name, &record.account) {
        (Some(name), Some(id)) => format!("{name} ({id})"),
        (None, Some(id)) => id.clone(),
        (Some(name), None) => name.clone(),
        (None, None) => "an account that Stripe does not name".to_owned(),
    }
}
