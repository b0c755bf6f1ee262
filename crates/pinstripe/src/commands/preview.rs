//! `pinstripe preview`: the first rows and the columns, with nothing stored.

use arrow::array::RecordBatch;
use pinstripe_arrow::JsonEncoder;
use pinstripe_import::{CancellationToken, preview};
use pinstripe_library::flatten::{flat_columns, flatten, map_keys_of};
use pinstripe_library::summary::type_name;

use crate::arguments::PreviewArguments;
use crate::commands::import::stop_on_ctrl_c;
use crate::failure::Failure;
use crate::report;
use crate::settings::{Settings, client, request_plan};
use crate::table::{self, Amounts};

pub async fn run(arguments: &PreviewArguments, settings: &Settings) -> Result<(), Failure> {
    let plan = request_plan(&arguments.plan)?;
    let client = client(&arguments.connection)?;
    let cancel = CancellationToken::new();
    stop_on_ctrl_c(&cancel);
    let preview = preview(&client, &plan, arguments.rows, &cancel).await?;
    if settings.json {
        return print_json(&preview.batch, preview.has_more);
    }
    let columns = flat_columns(&preview.batch.schema(), &|name| map_keys_of(&preview.batch, name));
    let flat = flatten(&preview.batch, &columns)?;
    let drawn = table::draw(&flat, &table::column_order(&flat), Amounts::MajorUnits, false)?;
    report::data(&drawn.text);
    let types: Vec<String> = flat
        .schema()
        .fields()
        .iter()
        .zip(flat.columns())
        .filter(|(_, column)| column.null_count() < column.len())
        .map(|(field, _)| format!("{} {}", field.name(), type_name(field.data_type())))
        .collect();
    let more = if preview.has_more { "there are more" } else { "these are all" };
    report::talk(&format!("{} rows, {more}: {}", flat.num_rows(), plan.sentence()));
    report::talk(&format!("columns with values: {}", types.join(", ")));
    if drawn.converted {
        report::talk("amounts are shown in major units; SQL and files hold Stripe's smallest unit");
    }
    Ok(())
}

/// The objects as Stripe sent them, with the columns they become.
fn print_json(batch: &RecordBatch, has_more: bool) -> Result<(), Failure> {
    let encoder = JsonEncoder::new(&batch.schema()).map_err(|error| Failure::internal(error.to_string()))?;
    let mut rows = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let mut text = Vec::new();
        encoder.write_row(batch, row, &mut text).map_err(|error| Failure::internal(error.to_string()))?;
        let value: serde_json::Value =
            serde_json::from_slice(&text).map_err(|error| Failure::internal(error.to_string()))?;
        rows.push(value);
    }
    let columns: Vec<serde_json::Value> = flat_columns(&batch.schema(), &|name| map_keys_of(batch, name))
        .iter()
        .map(|column| serde_json::json!({"name": column.name, "type": type_name(column.field.data_type())}))
        .collect();
    report::json(&serde_json::json!({"rows": rows, "has_more": has_more, "columns": columns}))
}
