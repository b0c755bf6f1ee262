//! `pinstripe types`: what can be imported.

use pinstripe_catalog::{DataType, catalog};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{report, table};

pub fn run(settings: &Settings) -> Result<(), Failure> {
    if settings.json {
        let types: Vec<serde_json::Value> = catalog().data_types.iter().map(as_json).collect();
        return report::json(&types);
    }
    let rows = catalog()
        .data_types
        .iter()
        .map(|data_type| vec![data_type.name.clone(), data_type.label.clone(), remark(data_type)]);
    report::data(&table::list(&["type", "label", "rows"], rows.collect()));
    report::talk("\npinstripe describe TYPE shows the columns and filters of one");
    Ok(())
}

fn remark(data_type: &DataType) -> String {
    let required: Vec<&str> =
        data_type.required_parameters().map(|parameter| parameter.name.as_str()).collect();
    if required.is_empty() {
        data_type.description.clone()
    } else {
        format!("{} Only for one {}, given in --query.", data_type.description, required.join(" and "))
    }
}

fn as_json(data_type: &DataType) -> serde_json::Value {
    serde_json::json!({
        "name": data_type.name,
        "label": data_type.label,
        "aliases": data_type.aliases,
        "description": data_type.description,
        "path": data_type.path,
        "required": data_type.required_parameters().map(|parameter| &parameter.name).collect::<Vec<_>>(),
    })
}
