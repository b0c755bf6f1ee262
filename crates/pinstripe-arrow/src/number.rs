//! Numbers as text to the numbers that columns hold, exactly or not at all.
//!
//! Every function says `None` where a column could not give the same number back. Texts come here
//! after `scan.rs` found them to be JSON numbers (or the inside of a string, for decimals). No
//! rounding anywhere. Read next: `walk.rs`.

use crate::fields::DECIMAL_SCALE;

/// A number in exponent notation that is a whole one is taken for that (`1.0`, `1e3`).
pub(crate) fn exact_integer(text: &str) -> Option<i64> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let (negative, digits, exponent) = normal_form(text)?;
    if digits.is_empty() {
        return Some(0);
    }
    if !(0..=18).contains(&exponent) || digits.len() + exponent as usize > 19 {
        return None;
    }
    let sign = if negative { "-" } else { "" };
    format!("{sign}{digits}{}", "0".repeat(exponent as usize)).parse().ok()
}

/// The float that prints as this number again.
pub(crate) fn exact_float(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    // Fifteen digits always survive; Stripe's numbers have fewer.
    if text.len() <= 15 && !text.contains(['e', 'E']) {
        return Some(value);
    }
    (value.is_finite() && normal_form(text)? == normal_form(&format!("{value:e}"))?).then_some(value)
}

/// Sign, significant digits without zeros at either end, and the power of ten of the last digit.
fn normal_form(text: &str) -> Option<(bool, String, i64)> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(place) => (&text[..place], text[place + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let trailing = digits.len() - significant.len();
    let exponent = i64::from(exponent) - fraction.len() as i64 + trailing as i64;
    let significant = significant.trim_start_matches('0');
    // There is one zero only.
    Some(if significant.is_empty() {
        (false, String::new(), 0)
    } else {
        (negative, significant.to_owned(), exponent)
    })
}

/// A decimal and whether its text is the one that the decimal is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// In units of 10^-12.
    pub value: i128,
    pub canonical: bool,
}

/// Reads `-12.5`, `2000`, `2000.0` (not canonical). No exponents, no spaces, at most 12 decimals.
pub(crate) fn exact_decimal(text: &[u8]) -> Option<Decimal> {
    const SCALE: usize = DECIMAL_SCALE as usize;
    let (negative, text) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    let point = text.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = match point {
        Some(point) => (&text[..point], &text[point + 1..]),
        None => (text, &text[text.len()..]),
    };
    let all_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if whole.is_empty()
        || (point.is_some() && fraction.is_empty())
        || !all_digits(whole)
        || !all_digits(fraction)
    {
        return None;
    }
    let zeros = fraction.iter().rev().take_while(|byte| **byte == b'0').count();
    let significant = &fraction[..fraction.len() - zeros];
    if significant.len() > SCALE || whole.len() > 38 - SCALE {
        return None;
    }
    let mut value = 0_i128;
    for digit in whole.iter().chain(significant) {
        value = value * 10 + i128::from(digit - b'0');
    }
    value *= 10_i128.pow((SCALE - significant.len()) as u32);
    let canonical = zeros == 0 && (whole.len() == 1 || whole[0] != b'0') && !(negative && value == 0);
    Some(Decimal { value: if negative { -value } else { value }, canonical })
}

/// The canonical text of a decimal.
pub(crate) fn decimal_text(value: i128, scale: i8) -> String {
    let places = usize::try_from(scale).unwrap_or(0);
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::{decimal_text, exact_decimal, exact_float, exact_integer};

    #[test]
    fn whole_numbers_are_taken_however_they_are_written() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("1.0", Some(1)),
            ("1e3", Some(1000)),
            ("1.5e1", Some(15)),
            ("0.0", Some(0)),
            ("0e999999999", Some(0)),
            ("100e-2", Some(1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("-9.223372036854775808e18", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1.5", None),
            ("1e-1", None),
            ("1e19", None),
            ("1e99999999999", None),
        ] {
            assert_eq!(exact_integer(text), expected, "{text}");
        }
    }

    #[test]
    fn floats_are_taken_only_when_they_keep_every_digit() {
        for text in ["0.1", "23.875", "-1e-7", "1.7976931348623157e308", "100", "0.000000", "5e-324", "1E5"] {
            assert_eq!(exact_float(text), text.parse().ok(), "{text}");
        }
        for text in
            ["0.1000000000000000055511151231257827", "1e400", "12345678901234567890.5", "9007199254740993"]
        {
            assert_eq!(exact_float(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_keep_their_value_and_say_when_their_text_is_unusual() {
        for text in
            ["0", "2000", "0.5", "-12.25", "0.000000000001", "99999999999999999999999999.999999999999"]
        {
            let decimal = exact_decimal(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert!(decimal.canonical, "{text}");
            assert_eq!(decimal_text(decimal.value, 12), text);
        }
        for (text, value) in
            [("2000.0", "2000"), ("007", "7"), ("-0", "0"), ("1.50", "1.5"), ("0.0000000000000", "0")]
        {
            let decimal = exact_decimal(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert!(!decimal.canonical, "{text}");
            assert_eq!(decimal_text(decimal.value, 12), value);
        }
        for text in ["", "-", ".5", "5.", "1e3", " 1", "0.0000000000001", "100000000000000000000000000", "x"]
        {
            assert_eq!(exact_decimal(text.as_bytes()), None, "{text}");
        }
    }
}
