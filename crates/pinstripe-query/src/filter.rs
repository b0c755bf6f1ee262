//! Conditions that are tested here, on rows that Stripe sent: typed, serialisable, and with their
//! meaning spelled out on plain JSON. `pinstripe-import` tests the same on columns; a property test
//! holds the two together.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::columns::Step;
use crate::query_string::Operator;
use crate::value::{Value, decimal_units};

/// A condition on one column. A null or missing value meets no condition but `= null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// As it was written, for people.
    pub text: String,
    pub steps: Vec<Step>,
    /// The type of the column is a timestamp: JSON holds Unix seconds.
    pub test: Test,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// One of these; `null` stands for null or missing.
    OneOf {
        values: Vec<Value>,
        null: bool,
    },
    Compare {
        operator: Operator,
        value: Value,
    },
    /// From this second to before that one.
    Within {
        from: i64,
        until: i64,
    },
}

impl Filter {
    /// Whether a row meets the condition, read naively from its JSON.
    pub fn matches(&self, row: &Json) -> bool {
        matches_at(row, &self.steps, &self.test)
    }

    /// Whether the path leads through a list, so that any entry may meet it.
    pub fn any_entry(&self) -> bool {
        self.steps.contains(&Step::Entries)
    }
}

fn matches_at(value: &Json, steps: &[Step], test: &Test) -> bool {
    let Some((step, rest)) = steps.split_first() else { return test.matches(value) };
    match step {
        Step::Field(name) | Step::Key(name) => match value.get(name) {
            Some(inner) => matches_at(inner, rest, test),
            None => test.matches(&Json::Null),
        },
        Step::Entries => match value.as_array() {
            Some(entries) => entries.iter().any(|entry| matches_at(entry, rest, test)),
            None => test.matches(&Json::Null),
        },
    }
}

impl Test {
    /// Whether a JSON value meets the test.
    pub fn matches(&self, found: &Json) -> bool {
        match self {
            Test::OneOf { values, null } => {
                if found.is_null() {
                    *null
                } else {
                    values.iter().any(|value| compare(found, value) == Some(0))
                }
            }
            Test::Compare { operator, value } => {
                compare(found, value).is_some_and(|order| operator.holds(order.cmp(&0)))
            }
            Test::Within { from, until } => {
                let from = compare(found, &Value::Time(*from));
                let until = compare(found, &Value::Time(*until));
                from.is_some_and(|order| order >= 0) && until.is_some_and(|order| order < 0)
            }
        }
    }
}

impl Operator {
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Operator::Equal => order.is_eq(),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
        }
    }
}

/// -1, 0 or 1 as the found value is less than, equal to or greater than the wanted one; `None`
/// where they cannot be compared.
fn compare(found: &Json, wanted: &Value) -> Option<i8> {
    let order = match wanted {
        Value::Text(text) => found.as_str().map(|found| found.cmp(text.as_str())),
        Value::Boolean(flag) => found.as_bool().map(|found| found.cmp(flag)),
        Value::Integer(number) | Value::Time(number) => compare_integer(found, *number),
        Value::Number(number) => found.as_f64().and_then(|found| found.partial_cmp(number)),
        Value::Decimal(units) => {
            let wanted: i128 = units.parse().ok()?;
            match found {
                Json::String(text) => decimal_units(text).map(|found| found.cmp(&wanted)),
                Json::Number(number) => decimal_units(&number.to_string()).map(|found| found.cmp(&wanted)),
                _ => None,
            }
        }
    };
    order.map(|order| order as i8)
}

fn compare_integer(found: &Json, wanted: i64) -> Option<std::cmp::Ordering> {
    if let Some(found) = found.as_i64() {
        return Some(found.cmp(&wanted));
    }
    if found.is_u64() {
        return Some(std::cmp::Ordering::Greater);
    }
    // Beyond 64 bits only the size can be told, which is enough.
    found.as_f64().and_then(|found| found.partial_cmp(&(wanted as f64)))
}
