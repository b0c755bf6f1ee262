//! What is wrong with a request as it was typed. Every one is the user's to mend, and none costs
//! a request.

use std::fmt;

/// The input that an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    DataType,
    /// The kind of date range.
    DateRange,
    /// The value of the date range.
    Value,
    TimeZone,
    /// The custom query.
    Query,
    /// The accounts of a platform.
    Accounts,
}

/// A data type, date range, time zone or query string that cannot be used, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    message: String,
    hint: Option<String>,
    input: Input,
}

impl QueryError {
    /// Most of what can be wrong is in the custom query.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        QueryError { message: message.into(), hint: None, input: Input::Query }
    }

    pub(crate) fn about(mut self, input: Input) -> Self {
        self.input = input;
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// "did you mean" with the nearest names, where there are any.
    pub(crate) fn with_nearest(self, nearest: &[String], otherwise: impl Into<String>) -> Self {
        match nearest {
            [] => self.with_hint(otherwise),
            names => {
                let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                self.with_hint(format!("did you mean {}?", quoted.join(" or ")))
            }
        }
    }

    pub fn input(&self) -> Input {
        self.input
    }

    /// What to do about it, often the exact next command.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}
