//! `pinstripe summary`: a frame column by column.

use pinstripe_import::MissingAccount;
use pinstripe_library::Cell;

use crate::failure::Failure;
use crate::report::{self, grouped};
use crate::settings::Settings;
use crate::table;

pub async fn run(name: &str, settings: &Settings) -> Result<(), Failure> {
    let library = settings.open_library()?;
    let frame = library.frame(name)?;
    let summary = library.summary(name).await?;
    if settings.json {
        return report::json(&summary.columns);
    }
    let (filled, empty): (Vec<_>, Vec<_>) =
        summary.columns.into_iter().partition(|column| column.missing < frame.rows);
    let rows = filled.iter().map(|column| {
        let missing = column.missing as f64 * 100.0 / frame.rows.max(1) as f64;
        vec![
            column.column.clone(),
            column.data_type.as_str().to_owned(),
            format!("{missing:.0} %"),
            column.distinct.map(grouped).unwrap_or_default(),
            text(&column.min),
            text(&column.max),
            column.mean.map(|mean| format!("{mean:.2}")).unwrap_or_default(),
        ]
    });
    let header = ["column", "type", "missing", "distinct", "least", "greatest", "mean"];
    report::data(&table::list(&header, rows.collect()));
    let amounts = filled.iter().filter(|column| column.money.as_ref().is_some_and(|money| money.len() > 1));
    let amounts = amounts.count();
    if amounts > 0 {
        report::talk(&format!(
            "\n{amounts} columns hold amounts in several currencies; --json tells of each currency"
        ));
    }
    report::talk(&format!(
        "\n{} rows, {} columns with values, {} without",
        grouped(frame.rows),
        filled.len(),
        empty.len()
    ));
    let accounts = frame.accounts.unwrap_or_default();
    if let Some(missing) = MissingAccount::sentence(&frame.missing_accounts, accounts) {
        report::talk(&format!("note: {missing}"));
    }
    Ok(())
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => value.to_string(),
        Cell::Text(text) => shortened(text.clone()),
    }
}

fn shortened(text: String) -> String {
    if text.chars().count() <= 32 { text } else { text.chars().take(31).chain(['…']).collect() }
}
