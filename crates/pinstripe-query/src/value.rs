//! Values of conditions, by the type of the column they are compared with. What does not parse is
//! refused with what was expected; nothing is coerced.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use pinstripe_catalog::{FieldKind, nearest_names};
use serde::{Deserialize, Serialize};

use crate::QueryError;

/// Decimals of Stripe's `*_decimal` strings.
pub const DECIMAL_PLACES: u32 = 12;

/// A value to compare with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Text(String),
    Integer(i64),
    /// Unix seconds.
    Time(i64),
    Number(f64),
    /// In units of 10^-12, as text since JSON has no such integers.
    Decimal(String),
    Boolean(bool),
}

/// A moment or a day: what a person may write for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Instant(i64),
    /// From its first second to before the next day's.
    Day {
        start: i64,
        end: i64,
    },
}

/// Parses a value for a column that is no timestamp.
pub fn parse_value(kind: &FieldKind, field: &str, text: &str) -> Result<Value, QueryError> {
    let wrong = |expected: &str, example: &str| {
        Err(QueryError::new(format!("`{field}={text}`: expected {expected}"))
            .with_hint(format!("{field}={example}")))
    };
    match kind {
        FieldKind::String | FieldKind::Expandable(_) => Ok(Value::Text(text.to_owned())),
        FieldKind::Currency => currency(field, text),
        FieldKind::Enum(values) => enum_value(values, field, text),
        FieldKind::Integer => match text.parse() {
            Ok(number) if is_plain_integer(text) => Ok(Value::Integer(number)),
            _ => wrong("a whole number", "100000"),
        },
        FieldKind::Number => match text.parse::<f64>() {
            Ok(number) if number.is_finite() && is_plain_number(text) => Ok(Value::Number(number)),
            _ => wrong("a number", "12.5"),
        },
        FieldKind::Decimal => match decimal_units(text) {
            Some(units) => Ok(Value::Decimal(units.to_string())),
            None => wrong("a decimal number with at most 12 decimals", "12.5"),
        },
        FieldKind::Boolean => match text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => wrong("true or false", "true"),
        },
        FieldKind::Timestamp => wrong("a date", "2026-01-31"),
        _ => Err(QueryError::new(format!(
            "`{field}` is no single value, it can only be asked whether it is null"
        ))
        .with_hint(format!("{field}=null"))),
    }
}

/// Parses what may be written for a timestamp: Unix seconds, a date, a date and time.
pub fn parse_moment(field: &str, text: &str, zone: &TimeZone) -> Result<Moment, QueryError> {
    let expected = || {
        QueryError::new(format!("`{field}={text}`: expected a date, a date and time, or Unix seconds"))
            .with_hint(format!("{field}=2026-01-31, {field}=2026-01-31T12:00:00Z or {field}=1769860800"))
    };
    if is_plain_integer(text) {
        // 2015, 201511 and 20151103 are a year, a month and a day to a person, and seconds of 1970 to a
        // machine: neither is taken.
        if matches!(text.len(), 4 | 6 | 8) && (text.starts_with("19") || text.starts_with("20")) {
            return Err(expected());
        }
        // Beyond the year 9999 it is milliseconds or a mistake.
        let seconds: i64 = text.parse().map_err(|_| expected())?;
        return if (0..=253_402_300_799).contains(&seconds) {
            Ok(Moment::Instant(seconds))
        } else {
            Err(expected())
        };
    }
    if text.len() == 10
        && let Ok(date) = text.parse::<Date>()
    {
        let start = instant(date.at(0, 0, 0, 0), zone).ok_or_else(expected)?;
        let next = date.checked_add(1.day()).ok().and_then(|next| instant(next.at(0, 0, 0, 0), zone));
        return Ok(Moment::Day { start, end: next.ok_or_else(expected)? });
    }
    let written = text.replacen(' ', "T", 1);
    if written.as_bytes().get(10) != Some(&b'T') {
        return Err(expected());
    }
    if let Ok(found) = written.parse::<Timestamp>() {
        // Stripe counts whole seconds; which one is meant would be a guess.
        return if found.subsec_nanosecond() == 0 {
            Ok(Moment::Instant(found.as_second()))
        } else {
            Err(expected())
        };
    }
    let local: DateTime = written.parse().map_err(|_| expected())?;
    if local.subsec_nanosecond() != 0 {
        return Err(expected());
    }
    instant(local, zone).map(Moment::Instant).ok_or_else(expected)
}

fn instant(local: DateTime, zone: &TimeZone) -> Option<i64> {
    Some(zone.to_ambiguous_zoned(local).compatible().ok()?.timestamp().as_second())
}

fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_plain_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'e' | b'E' | b'+'))
}

/// A decimal number in units of 10^-12; `None` where it is none or has more decimals.
pub fn decimal_units(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let places = DECIMAL_PLACES as usize;
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
        return None;
    }
    if fraction.trim_end_matches('0').len() > places {
        return None;
    }
    let padded = format!("{whole}{:0<places$}", fraction.get(..fraction.len().min(places))?);
    padded.parse::<i128>().ok().map(|units| sign * units)
}

fn currency(field: &str, text: &str) -> Result<Value, QueryError> {
    let well_formed =
        text.len() >= 3 && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !well_formed {
        return Err(QueryError::new(format!("`{field}={text}`: expected a currency code"))
            .with_hint(format!("{field}=jpy")));
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(QueryError::new(format!(
            "`{field}={text}`: expected the code in lower case, as Stripe writes it"
        ))
        .with_hint(format!("{field}={}", text.to_lowercase())));
    }
    Ok(Value::Text(text.to_owned()))
}

fn enum_value(values: &[String], field: &str, text: &str) -> Result<Value, QueryError> {
    if values.iter().any(|known| known == text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let nearest = nearest_names(text, values.iter().map(String::as_str));
    let nearest: Vec<String> = nearest.iter().map(|value| format!("{field}={value}")).collect();
    let shown = values.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
    let more = if values.len() > 12 { ", ..." } else { "" };
    let example = values.first().map_or("", String::as_str);
    Err(QueryError::new(format!("`{field}={text}`: expected one of {shown}{more}"))
        .with_nearest(&nearest, format!("{field}={example}")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal_units("1"), Some(1_000_000_000_000));
        assert_eq!(decimal_units("-0.5"), Some(-500_000_000_000));
        assert_eq!(decimal_units("0.000000000001"), Some(1));
        assert_eq!(decimal_units("0.0000000000010"), Some(1));
        for bad in ["", ".5", "1.", "0.0000000000001", "1e3", "--1", "abc"] {
            assert_eq!(decimal_units(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_date_is_a_day_and_a_time_is_an_instant() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let moment = |text| parse_moment("created", text, &oslo).unwrap();
        assert_eq!(moment("1767225600"), Moment::Instant(1_767_225_600));
        assert_eq!(moment("2026-01-01"), Moment::Day { start: 1_767_222_000, end: 1_767_308_400 });
        assert_eq!(moment("2026-01-01T00:00:00Z"), Moment::Instant(1_767_225_600));
        assert_eq!(moment("2026-01-01 01:00:00"), Moment::Instant(1_767_225_600));
        for bad in [
            "yesterday",
            "11/03/2015",
            "20151103",
            "201511",
            "2015",
            "2015-02-30",
            "-5",
            "1782000000000",
            "1.782e9",
            "",
        ] {
            assert!(parse_moment("created", bad, &oslo).is_err(), "{bad}");
        }
    }
}
