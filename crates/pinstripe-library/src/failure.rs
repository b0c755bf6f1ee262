//! Any error of ours in one shape: what failed, what caused it, what to do, which input it is about.
//! The command line prints it, the workbench answers with it; the table of kinds is in
//! `pinstripe_client::error_kind`.

use std::error::Error;

use pinstripe_client::{ClientError, ErrorKind};
use pinstripe_connections::ConnectionError;
use pinstripe_import::ImportError;
use pinstripe_query::{Input, QueryError};

use crate::error::LibraryError;

/// Something that was not done, as people and programs are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: ErrorKind,
    pub message: String,
    pub causes: Vec<String>,
    /// What state things are in now.
    pub state: Option<Box<str>>,
    pub hint: Option<String>,
    /// The input it is about, where there is one.
    pub field: Option<Field>,
    /// Where in a text of several lines, SQL say, it is.
    pub position: Option<Position>,
}

/// An input of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    Connection,
    DataType,
    DateRange,
    Value,
    TimeZone,
    Query,
}

impl Field {
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::Connection => "connection",
            Field::DataType => "data_type",
            Field::DateRange => "date_range",
            Field::Value => "value",
            Field::TimeZone => "time_zone",
            Field::Query => "query",
        }
    }
}

/// A place in a text; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: u64,
    pub column: u64,
}

impl Failure {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            causes: Vec::new(),
            state: None,
            hint: None,
            field: None,
            position: None,
        }
    }

    /// Something the user typed.
    pub fn user(message: impl Into<String>) -> Failure {
        Failure::new(ErrorKind::Input, message)
    }

    pub fn internal(message: impl Into<String>) -> Failure {
        Failure::new(ErrorKind::Internal, message)
    }

    /// An error with all that caused it.
    pub fn of(kind: ErrorKind, error: &dyn Error) -> Failure {
        Failure { causes: causes(error), ..Failure::new(kind, error.to_string()) }
    }

    /// Says what is saved and what the next run will do.
    pub fn with_state(mut self, state: impl Into<String>) -> Failure {
        self.state = Some(state.into().into_boxed_str());
        self
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    pub fn about(mut self, field: Field) -> Failure {
        self.field = Some(field);
        self
    }

    pub fn exit_code(&self) -> u8 {
        self.kind.row().exit_code
    }
}

/// The chain of causes below an error, each said once.
fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !causes.iter().any(|known| known.contains(&text)) {
            causes.push(text);
        }
        source = cause.source();
    }
    causes
}

/// Keys are what these are about, wherever they come from.
fn connection_field(kind: ErrorKind) -> Option<Field> {
    matches!(kind, ErrorKind::Key | ErrorKind::KeyRefused | ErrorKind::Permission)
        .then_some(Field::Connection)
}

impl From<LibraryError> for Failure {
    fn from(error: LibraryError) -> Failure {
        let position = error.place().map(|(line, column)| Position { line, column });
        let field = match &error {
            LibraryError::FrameName { .. } | LibraryError::FrameExists { .. } => Some(Field::Name),
            other => connection_field(other.kind()),
        };
        Failure { hint: error.hint(), field, position, ..Failure::of(error.kind(), &error) }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Failure {
        let field = connection_field(error.kind());
        Failure { hint: error.hint(), field, ..Failure::of(error.kind(), &error) }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        let field = connection_field(error.kind());
        Failure { hint: error.hint(), field, ..Failure::of(error.kind(), &error) }
    }
}

impl From<ConnectionError> for Failure {
    fn from(error: ConnectionError) -> Failure {
        let field = match &error {
            ConnectionError::Taken { .. } | ConnectionError::BadName { .. } => Some(Field::Name),
            _ => connection_field(error.kind()),
        };
        Failure { hint: error.hint(), field, ..Failure::of(error.kind(), &error) }
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Failure {
        let field = match error.input() {
            Input::DataType => Field::DataType,
            Input::DateRange => Field::DateRange,
            Input::Value => Field::Value,
            Input::TimeZone => Field::TimeZone,
            Input::Query => Field::Query,
            Input::Accounts => Field::Connection,
        };
        let hint = error.hint().map(str::to_owned);
        Failure { hint, ..Failure::user(error.to_string()).about(field) }
    }
}

impl From<arrow::error::ArrowError> for Failure {
    fn from(error: arrow::error::ArrowError) -> Failure {
        Failure::internal(error.to_string())
    }
}
