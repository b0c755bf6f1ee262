//! Which conditions a list of Stripe's takes as its own parameters, and whether the values fit.

use pinstripe_catalog::{DataType, ParameterKind, nearest_names};

use crate::QueryError;
use crate::query_string::{Condition, Operator};

/// A condition as it goes into the request: name in Stripe's brackets, value as text.
pub type SentParameter = (String, String);

/// Turns a condition into the parameter of the list that says the same, checked against the
/// catalog. `Ok(None)`: the list has no such parameter.
pub fn sent_parameter(
    data_type: &DataType,
    condition: &Condition,
) -> Result<Option<SentParameter>, QueryError> {
    let Some((first, rest)) = condition.path.split_first() else { return Ok(None) };
    let Some(parameter) = data_type.parameter(first) else { return Ok(None) };
    let mut kind = &parameter.kind;
    let mut name = first.clone();
    for key in rest {
        let ParameterKind::Object(members) = kind else { return Ok(None) };
        let Some((_, member)) = members.iter().find(|(member, _)| member == key) else { return Ok(None) };
        name = format!("{name}[{key}]");
        kind = member;
    }
    match kind {
        ParameterKind::Range { exact, unix_time } => range(condition, name, *exact, *unix_time).map(Some),
        ParameterKind::List(element) => {
            check_operator(condition, &name)?;
            check_value(&name, element, &condition.value)?;
            Ok(Some((format!("{name}[]"), condition.value.clone())))
        }
        ParameterKind::Object(members) => {
            let names: Vec<String> = members.iter().map(|(member, _)| format!("{name}[{member}]")).collect();
            Err(QueryError::new(format!(
                "`{name}` takes no value of its own: expected {}",
                names.join(" or ")
            )))
        }
        plain => {
            check_operator(condition, &name)?;
            check_value(&name, plain, &condition.value)?;
            Ok(Some((name, condition.value.clone())))
        }
    }
}

/// The error for a field that neither the list nor anything else here knows.
pub fn unknown_field(data_type: &DataType, field: &str) -> QueryError {
    let known = data_type.parameters.iter().map(|parameter| parameter.name.as_str());
    let nearest = nearest_names(field, known.chain(["expand", "limit"]));
    QueryError::new(format!("`{}` has no filter `{field}`", data_type.name))
        .with_nearest(&nearest, format!("pinstripe describe {}", data_type.name))
}

fn range(
    condition: &Condition,
    name: String,
    exact: bool,
    unix_time: bool,
) -> Result<SentParameter, QueryError> {
    if condition.operator == Operator::Equal && !exact {
        return Err(QueryError::new(format!(
            "`{name}` takes no exact value: expected [gt], [gte], [lt] or [lte]"
        )));
    }
    let value: i64 = condition.value.parse().map_err(|_| {
        let expected = if unix_time { "Unix seconds, such as 1767225600" } else { "a whole number" };
        QueryError::new(format!(
            "`{name}{}={}`: expected {expected}",
            condition.operator.suffix(),
            condition.value
        ))
    })?;
    Ok((format!("{name}{}", condition.operator.suffix()), value.to_string()))
}

fn check_operator(condition: &Condition, name: &str) -> Result<(), QueryError> {
    if condition.operator == Operator::Equal {
        return Ok(());
    }
    Err(QueryError::new(format!("`{name}` cannot be compared with {}", condition.operator.suffix()))
        .with_hint(format!("{name}={}", condition.value)))
}

fn check_value(name: &str, kind: &ParameterKind, value: &str) -> Result<(), QueryError> {
    let wrong = |expected: &str| Err(QueryError::new(format!("`{name}={value}`: expected {expected}")));
    match kind {
        _ if value.is_empty() => wrong("a value"),
        ParameterKind::Integer if value.parse::<i64>().is_err() => wrong("a whole number"),
        ParameterKind::Number if value.parse::<f64>().is_err() => wrong("a number"),
        ParameterKind::Boolean if !matches!(value, "true" | "false") => wrong("true or false"),
        ParameterKind::Enum(values) if !values.iter().any(|known| known == value) => {
            let nearest = nearest_names(value, values.iter().map(String::as_str));
            Err(QueryError::new(format!("`{name}={value}`: expected one of {}", values.join(", ")))
                .with_nearest(&nearest, format!("{name}={}", values.first().map_or("", String::as_str))))
        }
        _ => Ok(()),
    }
}
