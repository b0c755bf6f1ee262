//! `pinstripe summary`: a frame column by column.

use crate::failure::Failure;
use crate::report::{self, grouped};
use crate::settings::Settings;
use crate::table;

pub async fn run(name: &str, settings: &Settings) -> Result<(), Failure> {
    let library = settings.open_library()?;
    let frame = library.frame(name)?;
    let columns = library.summary(name).await?;
    if settings.json {
        return report::json(&columns);
    }
    let (filled, empty): (Vec<_>, Vec<_>) =
        columns.into_iter().partition(|column| column.missing < frame.rows);
    let rows = filled.iter().map(|column| {
        let missing = column.missing as f64 * 100.0 / frame.rows.max(1) as f64;
        vec![
            column.column.clone(),
            column.data_type.clone(),
            format!("{missing:.0} %"),
            grouped(column.distinct),
            column.min.clone().map(shortened).unwrap_or_default(),
            column.max.clone().map(shortened).unwrap_or_default(),
            column.mean.map(|mean| format!("{mean:.2}")).unwrap_or_default(),
        ]
    });
    let header = ["column", "type", "missing", "distinct", "least", "greatest", "mean"];
    report::data(&table::list(&header, rows.collect()));
    report::talk(&format!(
        "\n{} rows, {} columns with values, {} without",
        grouped(frame.rows),
        filled.len(),
        empty.len()
    ));
    Ok(())
}

fn shortened(text: String) -> String {
    if text.chars().count() <= 32 { text } else { text.chars().take(31).chain(['…']).collect() }
}
