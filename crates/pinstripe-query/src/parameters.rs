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

/// A condition as a parameter of the list. Ranges are gathered by [`range_bounds`] instead.
pub fn sent_parameters(
    kind: &ParameterKind,
    condition: &Condition,
) -> Result<Vec<SentParameter>, QueryError> {
    let name = bracketed(&condition.path);
    match kind {
        ParameterKind::Range { .. } => Ok(Vec::new()),
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

/// Bounds on whole numbers or times: the first is included, the second is not.
pub type Bounds = (Option<i64>, Option<i64>);

/// What a condition on a range parameter leaves.
pub fn range_bounds(condition: &Condition, unix_time: bool, zone: &TimeZone) -> Result<Bounds, QueryError> {
    let name = format!("{}{}", bracketed(&condition.path), condition.operator.suffix());
    let (start, end) = if unix_time {
        match parse_moment(&name, &condition.value, zone)? {
            Moment::Instant(second) => (second, second.saturating_add(1)),
            Moment::Day { start, end } => (start, end),
        }
    } else {
        let value: i64 = condition.value.parse().map_err(|_| {
            QueryError::new(format!("`{name}={}`: expected a whole number", condition.value))
                .with_hint(format!("{name}=100000"))
        })?;
        (value, value.saturating_add(1))
    };
    Ok(match condition.operator {
        Operator::Equal => (Some(start), Some(end)),
        Operator::Greater => (Some(end), None),
        Operator::GreaterOrEqual => (Some(start), None),
        Operator::Less => (None, Some(start)),
        Operator::LessOrEqual => (None, Some(end)),
    })
}

/// Both bounds together.
pub fn intersection(first: Bounds, second: Bounds) -> Bounds {
    (first.0.into_iter().chain(second.0).max(), first.1.into_iter().chain(second.1).min())
}

/// Bounds as Stripe takes them: at most one of each kind, since of two it would heed one.
pub fn sent_bounds(name: &str, (from, until): Bounds, exact: bool) -> Vec<SentParameter> {
    if let (Some(from), Some(until), true) = (from, until, exact)
        && from.checked_add(1) == Some(until)
    {
        return vec![(name.to_owned(), from.to_string())];
    }
    let from = from.map(|from| (format!("{name}[gte]"), from.to_string()));
    from.into_iter().chain(until.map(|until| (format!("{name}[lt]"), until.to_string()))).collect()
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
