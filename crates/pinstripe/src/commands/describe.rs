//! `pinstripe describe`: a data type's columns, types and filters, from the catalog.

use pinstripe_arrow::RowSchema;
use pinstripe_catalog::{DataType, Parameter, ParameterKind, catalog};
use serde_json::json;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{report, table};

pub fn run(name: &str, settings: &Settings) -> Result<(), Failure> {
    let data_type = catalog().data_type(name).map_err(|unknown| {
        let failure = Failure::user(format!("`{}` is no data type", unknown.name));
        match unknown.nearest.first() {
            Some(nearest) => failure.with_hint(format!("pinstripe describe {nearest}")),
            None => failure.with_hint("pinstripe types"),
        }
    })?;
    let row_schema = RowSchema::new(catalog(), &data_type.schema, &[])
        .map_err(|error| Failure::internal(error.to_string()))?;
    let columns = row_schema.columns();
    if settings.json {
        let columns: Vec<serde_json::Value> = columns
            .iter()
            .map(|column| {
                json!({
                    "name": column.path, "type": column.kind.type_name(), "sparse": column.sparse,
                    "in_list": column.in_list, "currency": column.currency, "values": column.values,
                    "filtered_by_stripe": filtered_by_stripe(data_type, &column.path),
                })
            })
            .collect();
        let parameters: Vec<serde_json::Value> = data_type
            .parameters
            .iter()
            .map(|parameter| json!({"name": parameter.name, "takes": takes(&parameter.kind), "required": parameter.required}))
            .collect();
        return report::json(&json!({
            "name": data_type.name, "label": data_type.label, "description": data_type.description,
            "path": data_type.path, "api_version": catalog().api_version, "permission": data_type.permission,
            "search": data_type.search_path, "filters": parameters, "columns": columns,
        }));
    }
    say_head(data_type);
    let rows = columns.iter().filter(|column| !column.sparse).map(|column| {
        let filter = if filtered_by_stripe(data_type, &column.path) { "Stripe" } else { "" };
        vec![column.path.clone(), column.kind.type_name().to_owned(), filter.to_owned(), remark(column)]
    });
    report::data(&table::list(&["column", "type", "filtered by", "values"], rows.collect()));
    let sparse = columns.iter().filter(|column| column.sparse).count();
    if sparse > 0 {
        report::talk(&format!(
            "\n{sparse} more columns belong to rarer variants and appear when a row has them; --json lists them"
        ));
    }
    Ok(())
}

fn say_head(data_type: &DataType) {
    report::data(&format!("{} ({})\n{}", data_type.label, data_type.path, data_type.description));
    if data_type.schema_unknown {
        report::data("This list is newer than the catalog: most of its fields are kept in `extra`.");
    }
    for note in &data_type.completeness {
        report::data(&format!("Unless `{}` is given, {}.", note.parameter, note.note));
    }
    let filters: Vec<String> = data_type.parameters.iter().map(filter).collect();
    if !filters.is_empty() {
        report::data(&format!("\nStripe itself filters by:\n  {}", filters.join("\n  ")));
    }
    report::data("");
}

fn filter(parameter: &Parameter) -> String {
    let required = if parameter.required { " (required)" } else { "" };
    format!("{}: {}{required}", parameter.name, takes(&parameter.kind))
}

fn takes(kind: &ParameterKind) -> String {
    match kind {
        ParameterKind::String => "text".to_owned(),
        ParameterKind::Integer => "a whole number".to_owned(),
        ParameterKind::Number => "a number".to_owned(),
        ParameterKind::Boolean => "true or false".to_owned(),
        ParameterKind::Enum(values) => values.join(", "),
        ParameterKind::Range { exact, unix_time } => {
            let what = if *unix_time { "Unix seconds" } else { "a whole number" };
            let exact = if *exact { "exactly, or " } else { "" };
            format!("{what}, {exact}with [gt] [gte] [lt] [lte]")
        }
        ParameterKind::List(element) => format!("several of: {}", takes(element)),
        ParameterKind::Object(members) => members
            .iter()
            .map(|(name, kind)| format!("[{name}] {}", takes(kind)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn filtered_by_stripe(data_type: &DataType, path: &str) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    match (data_type.parameter(first).map(|parameter| &parameter.kind), rest) {
        (None, _) => false,
        (Some(ParameterKind::Object(members)), Some(rest)) => members.iter().any(|(name, _)| name == rest),
        (Some(_), rest) => rest.is_none(),
    }
}

fn remark(column: &pinstripe_arrow::Column) -> String {
    match (&column.currency, column.values.as_slice()) {
        (Some(currency), _) => format!("smallest unit of {currency}"),
        (None, []) => String::new(),
        (None, values) if values.len() <= 8 => values.join(", "),
        (None, values) => format!("{}, ... ({} values)", values[..6].join(", "), values.len()),
    }
}
