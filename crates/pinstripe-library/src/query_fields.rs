//! What a custom query can name, for completion: the columns of a data type and the parameters of
//! its list, with what may stand behind them and who tests it.

use std::collections::HashSet;

use pinstripe_arrow::{Column, RowSchema};
use pinstripe_catalog::{DataType, FieldKind, ParameterKind, catalog};
use pinstripe_query::find_column;
use pinstripe_query::parameters::parameter_at;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::LibraryError;

/// One field that a condition can be about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueryField {
    /// As it is written: `billing_details.address.city`, `types[]`.
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: &'static str,
    /// `=` and those in brackets, as they are written.
    pub operators: Vec<&'static str>,
    /// What is documented to stand there; Stripe may know more.
    pub values: Option<Vec<String>>,
    pub exact_at: ExactAt,
    pub description: Option<String>,
    /// Stripe refuses to list without it.
    pub required: bool,
}

/// Who tests a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExactAt {
    /// Stripe's list takes it as a parameter.
    Stripe,
    /// It is tested on the rows that came.
    Here,
}

const ALL: [&str; 5] = ["=", "[gt]", "[gte]", "[lt]", "[lte]"];
const BOUNDS: [&str; 4] = ["[gt]", "[gte]", "[lt]", "[lte]"];
const EQUAL: [&str; 1] = ["="];

/// Everything a custom query on a data type can name: what Stripe tests first.
pub fn query_fields(data_type: &DataType) -> Result<Vec<QueryField>, LibraryError> {
    let row_schema = RowSchema::new(catalog(), &data_type.schema, &[])
        .map_err(|error| LibraryError::Internal(error.to_string()))?;
    let mut fields = Vec::new();
    for parameter in &data_type.parameters {
        add_parameter(&parameter.name, &parameter.kind, parameter.required, &mut fields);
    }
    let mut known: HashSet<String> = fields.iter().map(|field| field.name.clone()).collect();
    // Rows of some variants only come last: there are hundreds.
    let columns = row_schema.columns();
    let (usual, rare): (Vec<&Column>, Vec<&Column>) = columns.iter().partition(|column| !column.sparse);
    for column in usual.into_iter().chain(rare) {
        let path: Vec<String> = column.path.split('.').map(str::to_owned).collect();
        // A list has an `object` of its own, which conditions do not mean by that name.
        let askable = find_column(catalog(), data_type, &path, &[])
            .is_ok_and(|found| values(&found.kind) == values(&column.kind));
        if let Some(field) = fields.iter_mut().find(|field| field.name == column.path) {
            // The column documents what the parameter may be.
            field.values = field.values.take().or_else(|| values(&column.kind));
        } else if askable && parameter_at(data_type, &path).is_none() && known.insert(column.path.clone()) {
            fields.push(of_column(column));
        }
    }
    fields.push(setting("limit", "integer", "at most this many rows, the newest"));
    if data_type.expand {
        fields.push(setting("expand[]", "text", "an id that is to come as the whole object: data.customer"));
    }
    Ok(fields)
}

fn of_column(column: &Column) -> QueryField {
    let operators: &[&'static str] = match column.kind {
        FieldKind::Integer | FieldKind::Timestamp | FieldKind::Number | FieldKind::Decimal => &ALL,
        _ => &EQUAL,
    };
    let description = match (&column.kind, &column.currency) {
        (FieldKind::Map(_), _) => Some(format!("written {}[key]=value", column.path)),
        (_, Some(currency)) => Some(format!("in the smallest unit of {currency}")),
        _ if column.in_list.is_some() => Some("for any entry of the list".to_owned()),
        _ => None,
    };
    QueryField {
        name: column.path.clone(),
        data_type: column.kind.type_name(),
        operators: operators.to_vec(),
        values: values(&column.kind),
        exact_at: ExactAt::Here,
        description,
        required: false,
    }
}

fn values(kind: &FieldKind) -> Option<Vec<String>> {
    match kind {
        FieldKind::Enum(values) => Some(values.clone()),
        FieldKind::Boolean => Some(["true", "false"].map(str::to_owned).to_vec()),
        _ => None,
    }
}

fn add_parameter(name: &str, kind: &ParameterKind, required: bool, fields: &mut Vec<QueryField>) {
    let mut add = |name: String, data_type, operators: &[&'static str], values: Option<Vec<String>>| {
        let exact_at = ExactAt::Stripe;
        let operators = operators.to_vec();
        fields.push(QueryField { name, data_type, operators, values, exact_at, description: None, required });
    };
    match kind {
        ParameterKind::String => add(name.to_owned(), "text", &EQUAL, None),
        ParameterKind::Integer => add(name.to_owned(), "integer", &EQUAL, None),
        ParameterKind::Number => add(name.to_owned(), "number", &EQUAL, None),
        ParameterKind::Boolean => {
            add(name.to_owned(), "boolean", &EQUAL, values(&FieldKind::Boolean));
        }
        ParameterKind::Enum(values) => add(name.to_owned(), "text", &EQUAL, Some(values.clone())),
        ParameterKind::Range { exact, unix_time } => {
            let data_type = if *unix_time { "timestamp" } else { "integer" };
            add(name.to_owned(), data_type, if *exact { &ALL } else { &BOUNDS }, None);
        }
        ParameterKind::List(element) => {
            let values = match element.as_ref() {
                ParameterKind::Enum(values) => Some(values.clone()),
                _ => None,
            };
            add(format!("{name}[]"), "text", &EQUAL, values);
        }
        ParameterKind::Object(members) => {
            for (member, kind) in members {
                add_parameter(&format!("{name}.{member}"), kind, required, fields);
            }
        }
    }
}

fn setting(name: &str, data_type: &'static str, description: &str) -> QueryField {
    QueryField {
        name: name.to_owned(),
        data_type,
        operators: EQUAL.to_vec(),
        values: None,
        exact_at: ExactAt::Stripe,
        description: Some(description.to_owned()),
        required: false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::Timestamp;
    use pinstripe_query::{PlanRequest, plan};

    use super::*;

    fn sample(field: &QueryField) -> Option<String> {
        let value = match (field.data_type, &field.values) {
            ("map" | "object" | "list" | "json", _) => return None,
            (_, Some(values)) => values.first()?.clone(),
            ("boolean", None) => "true".to_owned(),
            ("timestamp" | "integer" | "number" | "decimal", None) => "1700000000".to_owned(),
            (_, None) if field.name == "expand[]" => return None,
            (_, None) if field.name.ends_with("currency") => "usd".to_owned(),
            (_, None) => "x".to_owned(),
        };
        let operator = field.operators.first().filter(|operator| **operator != "=").unwrap_or(&"");
        Some(format!("{}{operator}={value}", field.name))
    }

    #[test]
    fn whatever_is_offered_is_taken() {
        let mut refused = Vec::new();
        for data_type in catalog().featured() {
            let fields = query_fields(data_type).unwrap();
            let names: HashSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            assert_eq!(names.len(), fields.len(), "{}", data_type.name);
            for query in fields.iter().filter_map(sample) {
                let request = PlanRequest { data_type: &data_type.name, query: &query, ..Default::default() };
                if let Err(error) =
                    plan(catalog(), &request, Timestamp::UNIX_EPOCH + jiff::Span::new().hours(600_000))
                {
                    refused.push(format!("{} {query}: {error}", data_type.name));
                }
            }
        }
        assert!(refused.is_empty(), "{}", refused.join("\n"));
    }

    #[test]
    fn who_tests_a_condition_is_said() {
        let charges = query_fields(catalog().data_type("charges").unwrap()).unwrap();
        let field = |name: &str| charges.iter().find(|field| field.name == name).unwrap();
        assert_eq!(field("customer").exact_at, ExactAt::Stripe);
        assert_eq!(field("amount").exact_at, ExactAt::Here);
        assert_eq!(field("amount").operators, ALL);
        assert!(field("status").values.as_ref().unwrap().contains(&"succeeded".to_owned()));
    }
}
