//! Which conditions a list of Stripe's takes as its own parameters, and whether the values fit.

use jiff::tz::TimeZone;
use pinstripe_catalog::{DataType, ParameterKind, nearest_names};

use crate::QueryError;
use crate::query_string::{Condition, Operator};
use crate::value::{Moment, parse_moment};

/// A condition as it goes into the request: name in Stripe's brackets, value as text.
pub type SentParameter = (String, String);

/// Whether a list has a parameter at this path, and what it takes.
pub fn parameter_at<'catalog>(
    data_type: &'catalog DataType,
    path: &[String],
) -> Option<&'catalog ParameterKind> {
    let (first, rest) = path.split_first()?;
    let mut kind = &data_type.parameter(first)?.kind;
    for key in rest {
        let ParameterKind::Object(members) = kind else { return None };
        kind = members.iter().find(|(member, _)| member == key).map(|(_, kind)| kind)?;
    }
    Some(kind)
}

/// A condition as parameters of the list: one, or the two ends of a day.
pub fn sent_parameters(
    kind: &ParameterKind,
    condition: &Condition,
    zone: &TimeZone,
) -> Result<Vec<SentParameter>, QueryError> {
    let name = bracketed(&condition.path);
    match kind {
        ParameterKind::Range { exact, unix_time } => range(condition, &name, *exact, *unix_time, zone),
        ParameterKind::List(element) => {
            check_operator(condition, &name)?;
            check_value(&name, element, &condition.value)?;
            Ok(vec![(format!("{name}[]"), condition.value.clone())])
        }
        ParameterKind::Object(members) => {
            let names: Vec<String> = members.iter().map(|(member, _)| format!("{name}[{member}]")).collect();
            Err(QueryError::new(format!(
                "`{name}` takes no value of its own: expected {}",
                names.join(" or ")
            ))
            .with_hint(format!(
                "{}={}",
                names.first().map_or("", String::as_str),
                condition.value
            )))
        }
        plain => {
            check_operator(condition, &name)?;
            check_value(&name, plain, &condition.value)?;
            Ok(vec![(name, condition.value.clone())])
        }
    }
}

/// `automatic_tax.enabled` as Stripe writes it: `automatic_tax[enabled]`.
fn bracketed(path: &[String]) -> String {
    let mut name = path.first().cloned().unwrap_or_default();
    for key in path.iter().skip(1) {
        name.push_str(&format!("[{key}]"));
    }
    name
}

fn range(
    condition: &Condition,
    name: &str,
    exact: bool,
    unix_time: bool,
    zone: &TimeZone,
) -> Result<Vec<SentParameter>, QueryError> {
    let bound = |operator: Operator, value: i64| (format!("{name}{}", operator.suffix()), value.to_string());
    if !unix_time {
        let value: i64 = condition.value.parse().map_err(|_| {
            QueryError::new(format!("`{name}={}`: expected a whole number", condition.value))
                .with_hint(format!("{name}{}=100000", condition.operator.suffix()))
        })?;
        return exact_or_bound(condition, name, exact, value);
    }
    match parse_moment(&format!("{name}{}", condition.operator.suffix()), &condition.value, zone)? {
        Moment::Instant(value) => exact_or_bound(condition, name, exact, value),
        Moment::Day { start, end } => Ok(match condition.operator {
            Operator::Equal => vec![bound(Operator::GreaterOrEqual, start), bound(Operator::Less, end)],
            Operator::Greater => vec![bound(Operator::GreaterOrEqual, end)],
            Operator::GreaterOrEqual => vec![bound(Operator::GreaterOrEqual, start)],
            Operator::Less => vec![bound(Operator::Less, start)],
            Operator::LessOrEqual => vec![bound(Operator::Less, end)],
        }),
    }
}

fn exact_or_bound(
    condition: &Condition,
    name: &str,
    exact: bool,
    value: i64,
) -> Result<Vec<SentParameter>, QueryError> {
    if condition.operator == Operator::Equal && !exact {
        return Err(QueryError::new(format!(
            "`{name}` takes no exact value: expected [gt], [gte], [lt] or [lte]"
        )));
    }
    Ok(vec![(format!("{name}{}", condition.operator.suffix()), value.to_string())])
}

fn check_operator(condition: &Condition, name: &str) -> Result<(), QueryError> {
    if condition.operator == Operator::Equal {
        return Ok(());
    }
    Err(not_comparable(name, condition))
}

/// The error for `[gt]` and the like on something without an order.
pub fn not_comparable(name: &str, condition: &Condition) -> QueryError {
    QueryError::new(format!(
        "`{name}` has no order, so {} says nothing about it",
        condition.operator.suffix()
    ))
    .with_hint(format!("{name}={}", condition.value))
}

fn check_value(name: &str, kind: &ParameterKind, value: &str) -> Result<(), QueryError> {
    let wrong = |expected: &str, example: &str| {
        Err(QueryError::new(format!("`{name}={value}`: expected {expected}"))
            .with_hint(format!("{name}={example}")))
    };
    match kind {
        _ if value.is_empty() => Err(QueryError::new(format!("`{name}=` has no value"))
            .with_hint("leave the condition out, or give it a value")),
        ParameterKind::Integer if value.parse::<i64>().is_err() => wrong("a whole number", "10"),
        ParameterKind::Number if value.parse::<f64>().is_err() => wrong("a number", "1.5"),
        ParameterKind::Boolean if !matches!(value, "true" | "false") => wrong("true or false", "true"),
        ParameterKind::Enum(values) if !values.iter().any(|known| known == value) => {
            let nearest = nearest_names(value, values.iter().map(String::as_str));
            let nearest: Vec<String> = nearest.iter().map(|value| format!("{name}={value}")).collect();
            Err(QueryError::new(format!("`{name}={value}`: expected one of {}", values.join(", ")))
                .with_nearest(&nearest, format!("{name}={}", values.first().map_or("", String::as_str))))
        }
        _ => Ok(()),
    }
}
