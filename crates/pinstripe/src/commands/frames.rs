//! `pinstripe frames`: what is in the library.

use pinstripe_import::MissingAccount;
use pinstripe_library::FrameKind;
use serde_json::json;

use crate::failure::Failure;
use crate::report::{self, grouped};
use crate::settings::Settings;
use crate::table;

pub fn run(settings: &Settings) -> Result<(), Failure> {
    let library = settings.open_library()?;
    let frames = library.frames()?;
    if settings.json {
        let documents: Vec<serde_json::Value> = frames
            .iter()
            .map(|frame| {
                json!({
                    "frame": frame.name,
                    "kind": frame.kind,
                    "data_type": frame.data_type,
                    "rows": frame.rows,
                    "version": frame.version,
                    "imported_at": instant(frame.imported_at),
                    "folder": library.frame_path(frame),
                    "plan": frame.plan,
                    "accounts": frame.accounts,
                    "missing_accounts": frame.missing_accounts,
                })
            })
            .collect();
        return report::json(&documents);
    }
    if frames.is_empty() {
        report::talk(
            "the library holds no data frames yet\n\nhint: pinstripe import charges, or `pinstripe demo`",
        );
        return Ok(());
    }
    let rows = frames.iter().map(|frame| {
        vec![
            frame.name.clone(),
            match frame.kind {
                FrameKind::Import => frame.data_type.clone(),
                FrameKind::Sql => "(a query's rows)".to_owned(),
                FrameKind::View => "(a view)".to_owned(),
            },
            grouped(frame.rows),
            instant(frame.imported_at),
            library.frame_path(frame).display().to_string(),
        ]
    });
    report::data(&table::list(&["frame", "data type", "rows", "imported", "folder"], rows.collect()));
    for frame in &frames {
        let accounts = frame.accounts.unwrap_or_default();
        if let Some(missing) = MissingAccount::sentence(&frame.missing_accounts, accounts) {
            report::talk(&format!("note: `{}`: {missing}", frame.name));
        }
    }
    Ok(())
}

/// Unix seconds as RFC 3339.
pub fn instant(second: i64) -> String {
    jiff::Timestamp::from_second(second).map_or_else(|_| second.to_string(), |instant| instant.to_string())
}
