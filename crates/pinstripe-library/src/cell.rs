//! One value as pages of the workbench get it: `null`, a boolean, a number or text. Integers and
//! decimals that a JavaScript number cannot hold exactly are text. It knows nothing of columns.
//!
//! Read next: [`crate::row_filter`], whose values are cells.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// The greatest whole number that a JavaScript number holds exactly, with all below it.
pub const EXACT_INTEGER_MAX: i64 = (1 << 53) - 1;

#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    #[default]
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}

impl Cell {
    pub fn is_null(&self) -> bool {
        *self == Cell::Null
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Null => serializer.serialize_none(),
            Cell::Boolean(value) => serializer.serialize_bool(*value),
            Cell::Integer(value) if value.unsigned_abs() <= EXACT_INTEGER_MAX as u64 => {
                serializer.serialize_i64(*value)
            }
            Cell::Integer(value) => serializer.collect_str(value),
            Cell::Number(value) if value.is_finite() => serializer.serialize_f64(*value),
            // JSON has neither infinities nor NaN.
            Cell::Number(value) => serializer.collect_str(value),
            Cell::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// By way of a JSON value: numbers of any length come to serde in a form that only it reads.
impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde_json::Value;
        let expected = "expected null, a boolean, a number or text";
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Cell::Null,
            Value::Bool(value) => Cell::Boolean(value),
            Value::String(text) => Cell::Text(text),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => Cell::Integer(integer),
                (None, Some(number)) => Cell::Number(number),
                (None, None) => return Err(D::Error::custom(expected)),
            },
            Value::Array(_) | Value::Object(_) => return Err(D::Error::custom(expected)),
        })
    }
}

impl utoipa::PartialSchema for Cell {
    fn schema() -> RefOr<Schema> {
        let any = [Type::Null, Type::Boolean, Type::String, Type::Number];
        RefOr::T(Schema::Object(Object::with_type(SchemaType::from_iter(any))))
    }
}

impl ToSchema for Cell {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Cell;

    #[test]
    fn cells_are_plain_json_and_great_integers_stay_exact() {
        for (cell, json) in [
            (Cell::Null, "null"),
            (Cell::Boolean(true), "true"),
            (Cell::Integer(9_007_199_254_740_991), "9007199254740991"),
            (Cell::Integer(-9_007_199_254_740_992), "\"-9007199254740992\""),
            (Cell::Integer(i64::MIN), "\"-9223372036854775808\""),
            (Cell::Number(0.5), "0.5"),
            (Cell::Number(f64::NAN), "\"NaN\""),
            (Cell::Text("a\"b".to_owned()), "\"a\\\"b\""),
        ] {
            assert_eq!(serde_json::to_string(&cell).unwrap(), json);
        }
        let read: Vec<Cell> = serde_json::from_str("[null, false, 7, 7.5, \"7\"]").unwrap();
        assert_eq!(
            read,
            [
                Cell::Null,
                Cell::Boolean(false),
                Cell::Integer(7),
                Cell::Number(7.5),
                Cell::Text("7".to_owned())
            ]
        );
    }
}
