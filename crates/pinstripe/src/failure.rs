//! Errors as the command line says them: `error:`, `caused by:`, `hint:`, and the exit code. The
//! table of kinds is in `pinstripe_client::error_kind`.

use pinstripe_client::{ClientError, ErrorKind};
use pinstripe_import::ImportError;
use pinstripe_library::LibraryError;
use pinstripe_query::QueryError;

/// A command that did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    pub kind: ErrorKind,
    pub message: String,
    pub causes: Vec<String>,
    /// What state things are in now.
    pub state: Option<String>,
    pub hint: Option<String>,
    pub exit_code: u8,
}

impl Failure {
    fn new(kind: ErrorKind, message: String, causes: Vec<String>, hint: Option<String>) -> Failure {
        Failure { kind, message, causes, state: None, hint, exit_code: kind.row().exit_code }
    }

    /// Something the user typed.
    pub fn user(message: impl Into<String>) -> Failure {
        Failure::new(ErrorKind::Input, message.into(), Vec::new(), None)
    }

    pub fn internal(message: impl Into<String>) -> Failure {
        Failure::new(ErrorKind::Internal, message.into(), Vec::new(), None)
    }

    /// Says what is saved and what the next run will do.
    pub fn with_state(mut self, state: impl Into<String>) -> Failure {
        self.state = Some(state.into());
        self
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }
}

/// The chain of causes below an error, each said once.
fn causes(error: &dyn std::error::Error) -> Vec<String> {
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

impl From<LibraryError> for Failure {
    fn from(error: LibraryError) -> Failure {
        Failure::new(error.kind(), error.to_string(), causes(&error), error.hint())
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Failure {
        Failure::new(error.kind(), error.to_string(), causes(&error), error.hint())
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        Failure::new(error.kind(), error.to_string(), causes(&error), error.hint())
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Failure {
        Failure::new(ErrorKind::Input, error.to_string(), Vec::new(), error.hint().map(str::to_owned))
    }
}

impl From<arrow::error::ArrowError> for Failure {
    fn from(error: arrow::error::ArrowError) -> Failure {
        Failure::internal(error.to_string())
    }
}

impl From<pinstripe_sandbox::SandboxError> for Failure {
    fn from(error: pinstripe_sandbox::SandboxError) -> Failure {
        let causes = causes(&error);
        Failure::new(ErrorKind::Input, error.to_string(), causes, None)
    }
}
