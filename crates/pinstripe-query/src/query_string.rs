//! The notation `field=value&field[gt]=value` -> conditions, before anything knows what the fields
//! are. Decodes as a person pasting from a browser expects. [`crate::parameters`] gives meaning.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::QueryError;

/// One `field[operator]=value`, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The path of the field: dots and brackets both separate.
    pub path: Vec<String>,
    pub operator: Operator,
    /// `expand[]=x`, `ids[0]=x`: the field was written as a list.
    pub listed: bool,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Operator {
    fn parse(text: &str) -> Option<Operator> {
        Some(match text {
            "gt" => Operator::Greater,
            "gte" => Operator::GreaterOrEqual,
            "lt" => Operator::Less,
            "lte" => Operator::LessOrEqual,
            _ => return None,
        })
    }

    /// As it is written in brackets; empty for equality.
    pub fn suffix(self) -> &'static str {
        match self {
            Operator::Equal => "",
            Operator::Greater => "[gt]",
            Operator::GreaterOrEqual => "[gte]",
            Operator::Less => "[lt]",
            Operator::LessOrEqual => "[lte]",
        }
    }
}

impl Condition {
    /// The field as people write it: `billing_details.address.country`.
    pub fn field(&self) -> String {
        self.path.join(".")
    }
}

/// Splits and decodes a query string. A leading `?` and empty parts are forgiven; `+` stays a plus
/// (`%20` is a space), and `#` is text, since a person writes `description=order #5`.
pub fn parse(text: &str) -> Result<Vec<Condition>, QueryError> {
    let text = text.trim();
    let text = text.strip_prefix('?').unwrap_or(text);
    text.split('&').filter(|part| !part.trim().is_empty()).map(parse_condition).collect()
}

fn parse_condition(part: &str) -> Result<Condition, QueryError> {
    let Some((left, value)) = part.split_once('=') else {
        return Err(QueryError::new(format!("`{part}` is no condition: expected field=value"))
            .with_hint("write conditions as `currency=jpy&amount[gt]=100000`"));
    };
    let left = decode(left.trim(), part)?;
    if left.ends_with(['>', '<', '!']) {
        return Err(QueryError::new(format!(
            "`{left}=` is no operator: expected =, [gt], [gte], [lt] or [lte]"
        ))
        .with_hint(format!("{}[gte]=...", left.trim_end_matches(['>', '<', '!']))));
    }
    let mut path = split_path(&left)?;
    let mut operator = Operator::Equal;
    let mut listed = false;
    if path.len() > 1 {
        let last = path.last().map(String::as_str).unwrap_or_default();
        if left.ends_with(']') && (last.is_empty() || last.bytes().all(|byte| byte.is_ascii_digit())) {
            listed = true;
            path.pop();
        } else if let Some(found) = Operator::parse(last).filter(|_| left.ends_with(']')) {
            operator = found;
            path.pop();
        }
    }
    if path.iter().any(String::is_empty) {
        return Err(QueryError::new(format!("`{left}` names no field")));
    }
    Ok(Condition { path, operator, listed, value: decode(value.trim(), part)? })
}

/// `a.b[c][gt]` -> `a`, `b`, `c`, `gt`. Dots inside brackets belong to the key (`metadata[a.b]`).
fn split_path(left: &str) -> Result<Vec<String>, QueryError> {
    let mismatched = || QueryError::new(format!("`{left}` has brackets that do not match"));
    let (head, mut brackets) = left.split_at(left.find('[').unwrap_or(left.len()));
    let mut path: Vec<String> = head.split('.').map(str::to_owned).collect();
    while !brackets.is_empty() {
        if let Some(rest) = brackets.strip_prefix('[') {
            let (key, rest) = rest.split_once(']').ok_or_else(mismatched)?;
            path.push(key.trim_matches(['"', '\'']).to_owned());
            brackets = rest;
        } else if let Some(rest) = brackets.strip_prefix('.') {
            let end = rest.find(['[', '.']).unwrap_or(rest.len());
            path.push(rest[..end].to_owned());
            brackets = &rest[end..];
        } else {
            return Err(mismatched());
        }
    }
    if head.contains(']') {
        return Err(mismatched());
    }
    Ok(path)
}

fn decode(text: &str, part: &str) -> Result<String, QueryError> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(|text| text.into_owned())
        .map_err(|_| QueryError::new(format!("`{part}` does not decode to UTF-8 text")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn one(text: &str) -> Condition {
        let conditions = parse(text).unwrap();
        assert_eq!(conditions.len(), 1, "{text}");
        conditions.into_iter().next().unwrap()
    }

    #[test]
    fn the_documented_example_parses() {
        let conditions = parse("currency=jpy&amount[gt]=100000").unwrap();
        assert_eq!(conditions[0].field(), "currency");
        assert_eq!(conditions[1].operator, Operator::Greater);
        assert_eq!(conditions[1].value, "100000");
    }

    #[test]
    fn pasting_from_a_browser_works() {
        assert_eq!(one("?currency=jpy").field(), "currency");
        assert_eq!(one("created%5Bgte%5D=1").operator, Operator::GreaterOrEqual);
        assert_eq!(one("description=order #5").value, "order #5");
        assert_eq!(one("email=a+b@example.com").value, "a+b@example.com");
        assert_eq!(one("description=caf%C3%A9%20au%20lait").value, "café au lait");
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn dots_and_brackets_name_nested_fields() {
        assert_eq!(one("billing_details.address.country=JP").path, ["billing_details", "address", "country"]);
        assert_eq!(one("billing_details[address][country]=JP").field(), "billing_details.address.country");
        assert_eq!(one("metadata[order.id]=6735").path, ["metadata", "order.id"]);
        let listed = one("expand[]=data.customer");
        assert!(listed.listed && listed.field() == "expand");
        assert!(one("ids[0]=prod_1").listed);
        assert_eq!(one("items[data][0][price]=x").path, ["items", "data", "0", "price"]);
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in
            ["currency", "=jpy", "amount>=5", "amount[gt=5", "a[b]c=1", "a%ff=1", "a..b=1", "amount]=1"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
