//! `pinstripe preview`: the first rows and the columns, with nothing stored.

use pinstripe_arrow::JsonEncoder;
use pinstripe_import::{CancellationToken, Preview, preview};
use pinstripe_library::column::ColumnType;
use pinstripe_library::flatten::{flat_columns, flatten, map_keys_of};

use crate::account::client;
use crate::arguments::PreviewArguments;
use crate::commands::import::stop_on_ctrl_c;
use crate::failure::Failure;
use crate::report::{self, grouped};
use crate::settings::{Settings, client_of_account, request_plan};
use crate::table::{self, Amounts};

pub async fn run(arguments: &PreviewArguments, settings: &Settings) -> Result<(), Failure> {
    let plan = request_plan(&arguments.plan.data_type, &arguments.plan.rows)?;
    let client = client_of_account(client(&arguments.connection, settings)?, &arguments.accounts)?;
    let cancel = CancellationToken::new();
    stop_on_ctrl_c(&cancel);
    let preview = preview(&client, &plan, arguments.rows, &cancel).await?;
    if settings.json {
        return print_json(&preview, &plan.sentence());
    }
    let columns = flat_columns(&preview.batch.schema(), &|name| Some(map_keys_of(&preview.batch, name)));
    let flat = flatten(&preview.batch, &columns)?;
    let drawn = table::draw(&flat, &table::column_order(&flat), Amounts::MajorUnits, false)?;
    report::data(&drawn.text);
    let types: Vec<String> = flat
        .schema()
        .fields()
        .iter()
        .zip(flat.columns())
        .filter(|(_, column)| column.null_count() < column.len())
        .map(|(field, _)| format!("{} {}", field.name(), ColumnType::of(field.data_type()).as_str()))
        .collect();
    report::talk(&format!("{}: {}", looked_at(&preview), plan.sentence()));
    if !types.is_empty() {
        report::talk(&format!("columns with values: {}", types.join(", ")));
    }
    if drawn.converted && flat.num_rows() > 0 {
        report::talk("amounts are shown in major units; SQL and files hold Stripe's smallest unit");
    }
    Ok(())
}

/// How much was looked at for these rows.
fn looked_at(preview: &Preview) -> String {
    let rows = grouped(preview.batch.num_rows() as u64);
    let objects = grouped(preview.objects);
    match (preview.has_more, preview.batch.num_rows() as u64 == preview.objects) {
        (true, true) => format!("the first {rows} rows, there are more"),
        (false, true) => format!("{rows} rows, these are all"),
        (true, false) if preview.batch.num_rows() == 0 => {
            format!(
                "none of the first {objects} objects meets the conditions; the list goes on, an import reads all of it"
            )
        }
        (true, false) => format!(
            "the first {rows} rows that meet the conditions, among {objects} objects; the list goes on"
        ),
        (false, false) => format!("{rows} rows that meet the conditions, among all {objects} objects"),
    }
}

/// The objects as Stripe sent them, with the columns they become.
fn print_json(preview: &Preview, sentence: &str) -> Result<(), Failure> {
    let batch = &preview.batch;
    let encoder = JsonEncoder::new(&batch.schema()).map_err(|error| Failure::internal(error.to_string()))?;
    let mut rows = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let mut text = Vec::new();
        encoder.write_row(batch, row, &mut text).map_err(|error| Failure::internal(error.to_string()))?;
        let value: serde_json::Value =
            serde_json::from_slice(&text).map_err(|error| Failure::internal(error.to_string()))?;
        rows.push(value);
    }
    let columns: Vec<serde_json::Value> = flat_columns(&batch.schema(), &|name| {
        Some(map_keys_of(batch, name))
    })
    .iter()
    .map(|column| serde_json::json!({"name": column.name, "type": ColumnType::of(column.field.data_type()).as_str()}))
    .collect();
    report::json(&serde_json::json!({
        "rows": rows,
        "objects": preview.objects,
        "has_more": preview.has_more,
        "columns": columns,
        "plan": sentence,
    }))
}
