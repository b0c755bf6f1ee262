//! Conditions on columns -> filters that are tested here, and the check that they leave anything.

use jiff::tz::TimeZone;
use pinstripe_catalog::FieldKind;

use crate::QueryError;
use crate::columns::ColumnRef;
use crate::filter::{Filter, Test};
use crate::parameters::not_comparable;
use crate::query_string::{Condition, Operator};
use crate::value::{Moment, Value, parse_moment, parse_value};

/// The filter for conditions on one column: several values for one field mean either.
pub fn filter(column: &ColumnRef, conditions: &[&Condition], zone: &TimeZone) -> Result<Filter, QueryError> {
    let text = conditions.iter().map(|condition| written(condition)).collect::<Vec<_>>().join(" or ");
    let test = match conditions {
        [single] => single_test(column, single, zone)?,
        several => either(column, several, zone)?,
    };
    Ok(Filter { text, steps: column.steps.clone(), test })
}

/// A condition as people write it.
pub fn written(condition: &Condition) -> String {
    format!("{}{}={}", condition.field(), condition.operator.suffix(), condition.value)
}

fn single_test(column: &ColumnRef, condition: &Condition, zone: &TimeZone) -> Result<Test, QueryError> {
    let field = condition.field();
    if condition.value == "null" {
        if condition.operator != Operator::Equal {
            return Err(QueryError::new(format!("`{}`: null has no order", written(condition)))
                .with_hint(format!("{field}=null")));
        }
        return Ok(Test::OneOf { values: Vec::new(), null: true });
    }
    let ordered = matches!(
        column.kind,
        FieldKind::Integer | FieldKind::Number | FieldKind::Decimal | FieldKind::Timestamp
    );
    if condition.operator != Operator::Equal && !ordered {
        return Err(not_comparable(&field, condition));
    }
    if column.kind == FieldKind::Timestamp {
        let asked = format!("{field}{}", condition.operator.suffix());
        return moment_test(parse_moment(&asked, &condition.value, zone)?, condition.operator);
    }
    let asked = format!("{field}{}", condition.operator.suffix());
    let value = parse_value(&column.kind, &asked, &condition.value)?;
    Ok(match condition.operator {
        Operator::Equal => Test::OneOf { values: vec![value], null: false },
        operator => Test::Compare { operator, value },
    })
}

fn moment_test(moment: Moment, operator: Operator) -> Result<Test, QueryError> {
    let compare = |operator, second| Test::Compare { operator, value: Value::Time(second) };
    Ok(match (moment, operator) {
        (Moment::Instant(second), Operator::Equal) => {
            Test::OneOf { values: vec![Value::Time(second)], null: false }
        }
        (Moment::Instant(second), operator) => compare(operator, second),
        (Moment::Day { start, end }, Operator::Equal) => Test::Within { from: start, until: end },
        (Moment::Day { end, .. }, Operator::Greater) => compare(Operator::GreaterOrEqual, end),
        (Moment::Day { start, .. }, Operator::GreaterOrEqual) => compare(Operator::GreaterOrEqual, start),
        (Moment::Day { start, .. }, Operator::Less) => compare(Operator::Less, start),
        (Moment::Day { end, .. }, Operator::LessOrEqual) => compare(Operator::Less, end),
    })
}

fn either(column: &ColumnRef, conditions: &[&Condition], zone: &TimeZone) -> Result<Test, QueryError> {
    let (mut all, mut any_null) = (Vec::new(), false);
    for condition in conditions {
        match single_test(column, condition, zone)? {
            Test::OneOf { values, null } => {
                all.extend(values);
                any_null |= null;
            }
            _ => {
                return Err(QueryError::new(format!(
                    "`{}` is given as several days, which cannot be combined",
                    condition.field()
                ))
                .with_hint(format!("{0}[gte]=...&{0}[lte]=...", condition.field())));
            }
        }
    }
    Ok(Test::OneOf { values: all, null: any_null })
}

/// Refuses conditions on one column that no value can meet. Columns inside lists are left alone:
/// different entries may meet them.
pub fn check_contradictions(filters: &[Filter]) -> Result<(), QueryError> {
    for (position, first) in filters.iter().enumerate() {
        for second in &filters[position + 1..] {
            if first.steps == second.steps && !first.any_entry() && excludes(&first.test, &second.test) {
                return Err(QueryError::new(format!(
                    "`{}` and `{}` cannot both be true",
                    first.text, second.text
                ))
                .with_hint("leave one of them out; several values for one field mean either"));
            }
        }
    }
    Ok(())
}

fn excludes(first: &Test, second: &Test) -> bool {
    match (first, second) {
        (Test::OneOf { values, null: false }, other) | (other, Test::OneOf { values, null: false }) => {
            !values.iter().any(|value| other.matches(&as_json(value)))
        }
        (Test::OneOf { values, null: true }, Test::Compare { .. } | Test::Within { .. })
        | (Test::Compare { .. } | Test::Within { .. }, Test::OneOf { values, null: true }) => {
            values.is_empty()
        }
        (Test::OneOf { .. }, Test::OneOf { .. }) => false,
        (first, second) => {
            let (low, low_open) = highest(lower(first), lower(second));
            let (high, high_open) = lowest(upper(first), upper(second));
            low > high || (low == high && (low_open || high_open))
        }
    }
}

fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Integer(number) | Value::Time(number) => (*number).into(),
        Value::Number(number) => (*number).into(),
        Value::Boolean(flag) => (*flag).into(),
        Value::Decimal(units) => {
            // Units of 10^-12 back to a decimal number.
            let digits = units.trim_start_matches('-');
            let padded = format!("{digits:0>13}");
            let (whole, fraction) = padded.split_at(padded.len() - 12);
            let sign = if units.starts_with('-') { "-" } else { "" };
            format!("{sign}{whole}.{fraction}").into()
        }
    }
}

/// A bound and whether it is excluded.
type Bound = (f64, bool);

fn number(value: &Value) -> f64 {
    match value {
        Value::Integer(number) | Value::Time(number) => *number as f64,
        Value::Number(number) => *number,
        Value::Decimal(units) => units.parse().unwrap_or(f64::NAN),
        Value::Text(_) | Value::Boolean(_) => f64::NAN,
    }
}

fn lower(test: &Test) -> Bound {
    match test {
        Test::Compare { operator: Operator::Greater, value } => (number(value), true),
        Test::Compare { operator: Operator::GreaterOrEqual, value } => (number(value), false),
        Test::Within { from, .. } => (*from as f64, false),
        _ => (f64::NEG_INFINITY, false),
    }
}

fn upper(test: &Test) -> Bound {
    match test {
        Test::Compare { operator: Operator::Less, value } => (number(value), true),
        Test::Compare { operator: Operator::LessOrEqual, value } => (number(value), false),
        Test::Within { until, .. } => (*until as f64, true),
        _ => (f64::INFINITY, false),
    }
}

fn highest(first: Bound, second: Bound) -> Bound {
    if first.0 > second.0 || (first.0 == second.0 && first.1) { first } else { second }
}

fn lowest(first: Bound, second: Bound) -> Bound {
    if first.0 < second.0 || (first.0 == second.0 && first.1) { first } else { second }
}
