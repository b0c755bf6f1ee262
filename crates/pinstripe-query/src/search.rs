//! Filters -> a query for Stripe's Search, where it can say them. Only when Search is asked for:
//! it lags behind the lists. Its rows pass the same filters here, since its idea of equal is
//! wider than ours (case, word order).
//!
//! Source: docs.stripe.com/search (fields, operators, at most ten clauses).

use pinstripe_catalog::{DataType, SearchFieldKind};

use crate::QueryError;
use crate::columns::Step;
use crate::filter::{Filter, Test};
use crate::query_string::Operator;
use crate::value::Value;

const CLAUSES_MAX: usize = 10;

/// The search query for all filters, or why there is none.
pub fn search_query(data_type: &DataType, filters: &[Filter]) -> Result<String, QueryError> {
    if data_type.search_path.is_none() {
        return Err(QueryError::new(format!("Stripe has no Search for {}", data_type.label))
            .with_hint("leave --search out; the conditions are then tested here"));
    }
    if filters.is_empty() {
        return Err(QueryError::new("Search needs at least one condition")
            .with_hint("--query \"status=succeeded\" --search"));
    }
    let mut clauses = Vec::new();
    for filter in filters {
        clauses.extend(clauses_of(data_type, filter)?);
    }
    if clauses.len() > CLAUSES_MAX {
        return Err(QueryError::new(format!(
            "Search takes {CLAUSES_MAX} conditions, found {}",
            clauses.len()
        ))
        .with_hint("leave --search out; the conditions are then tested here"));
    }
    Ok(clauses.join(" AND "))
}

fn clauses_of(data_type: &DataType, filter: &Filter) -> Result<Vec<String>, QueryError> {
    let unsaid = |why: &str| {
        QueryError::new(format!("Search cannot say `{}`: {why}", filter.text))
            .with_hint("leave --search out; the condition is then tested here")
    };
    let (name, field, key) = names(&filter.steps).ok_or_else(|| unsaid("it knows no lists"))?;
    let known = data_type.search_fields.iter().find(|known| known.name == name);
    let kind = known.ok_or_else(|| unsaid(&format!("it does not know `{field}`")))?.kind;
    if (name == "metadata") != key {
        return Err(unsaid("it asks metadata by key only"));
    }
    match &filter.test {
        Test::OneOf { values, null: true } if values.is_empty() => Ok(vec![format!("{field}:null")]),
        Test::OneOf { values, null: false } => match values.as_slice() {
            [value] => Ok(vec![format!("{field}:{}", literal(value))]),
            _ => Err(unsaid("it cannot mix either with and")),
        },
        Test::OneOf { .. } => Err(unsaid("it cannot mix either with and")),
        Test::Compare { operator, value } if kind == SearchFieldKind::Numeric => {
            Ok(vec![format!("{field}{}{}", sign(*operator), literal(value))])
        }
        Test::Within { from, until } if kind == SearchFieldKind::Numeric => {
            Ok(vec![format!("{field}>={from}"), format!("{field}<{until}")])
        }
        _ => Err(unsaid("it compares numbers only")),
    }
}

/// The name in Search's table, the field as Search writes it, and whether it is a key of a map.
fn names(steps: &[Step]) -> Option<(String, String, bool)> {
    let mut names: Vec<&str> = Vec::new();
    for step in steps {
        match step {
            Step::Field(name) => names.push(name),
            Step::Key(key) => {
                let name = names.join(".");
                let field = format!("{name}[{}]", quoted(key));
                return Some((name, field, true));
            }
            Step::Entries => return None,
        }
    }
    let name = names.join(".");
    Some((name.clone(), name, false))
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => ":",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Integer(number) | Value::Time(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Decimal(units) => units.clone(),
        Value::Boolean(flag) => quoted(if *flag { "true" } else { "false" }),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
