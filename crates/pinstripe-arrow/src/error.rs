//! What can go wrong between bytes and columns.
//!
//! A message names what was expected, what was found, where and in which field. It never holds a
//! value of a row: rows are about people, and errors end in logs. Read next: `walk.rs`, where most
//! of these are made.

use std::borrow::Cow;

use arrow::error::ArrowError;

/// A body that cannot become rows. The decoder is as it was before the call.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("expected {expected}, found {found} at byte {offset}{}", InField(path))]
    Unexpected {
        expected: Cow<'static, str>,
        found: Cow<'static, str>,
        /// Where in the body.
        offset: usize,
        /// The dotted path of the field inside a row; empty outside of rows.
        path: String,
    },
    #[error("expected at most 2 GiB of rows in one batch, found more after {rows} rows")]
    BatchTooLarge { rows: usize },
    #[error("expected {expected} of the nested list `{path}`, found {found}")]
    NestedList { path: String, expected: &'static str, found: Cow<'static, str> },
    #[error("the columns do not fit together")]
    Arrow(#[from] ArrowError),
}

/// The catalog cannot give columns for this request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowSchemaError {
    #[error("expected a schema of the catalog, found `{0}`")]
    UnknownSchema(String),
    #[error("expected a field that can be expanded, found `{path}`: {reason}")]
    NotExpandable { path: String, reason: String },
}

/// A batch that does not look like rows of this crate.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error("expected a type that pinstripe writes, found {found} in `{path}`")]
    UnsupportedType { path: String, found: String },
    #[error("expected the columns the encoder was made for, found {found}")]
    OtherColumns { found: String },
    #[error("expected row below {rows}, found {row}")]
    NoSuchRow { row: usize, rows: usize },
    #[error("expected {expected} in column `{column}`, found other text")]
    DamagedColumn { column: String, expected: &'static str },
}

/// Faults travel boxed, so that the result of every step of the walk stays small.
pub(crate) type Parsed<T> = Result<T, Box<DecodeError>>;

struct InField<'a>(&'a str);

impl std::fmt::Display for InField<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(formatter, " in `{}`", self.0) }
    }
}

impl DecodeError {
    #[cold]
    pub(crate) fn unexpected(
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
        offset: usize,
    ) -> Box<DecodeError> {
        let (expected, found) = (expected.into(), found.into());
        Box::new(DecodeError::Unexpected { expected, found, offset, path: String::new() })
    }

    /// Expected something else than what stands at `offset`.
    #[cold]
    pub(crate) fn at(body: &[u8], offset: usize, expected: impl Into<Cow<'static, str>>) -> Box<DecodeError> {
        DecodeError::unexpected(expected, describe(body, offset), offset)
    }

    /// Names the field, unless a deeper one is named already.
    #[cold]
    pub(crate) fn in_field(mut self: Box<Self>, field: &str) -> Box<Self> {
        if let DecodeError::Unexpected { path, .. } = self.as_mut()
            && path.is_empty()
        {
            field.clone_into(path);
        }
        self
    }
}

/// What kind of thing stands at a place of a body, without telling its value.
pub(crate) fn describe(body: &[u8], offset: usize) -> &'static str {
    match body.get(offset) {
        None => "the end of the body",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        Some(b'-' | b'0'..=b'9') => "a number",
        Some(b'}' | b']' | b',' | b':') => "punctuation",
        Some(_) => "text that is not json",
    }
}
