//! Every answer that is no success: a `Failure` as JSON, with the status that the table of errors
//! gives its kind.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pinstripe_library::Failure;
use serde::Serialize;
use utoipa::ToSchema;

/// What the page is told of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiError {
    pub error: ErrorInfo,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorInfo {
    /// As in the table of errors: `input`, `not found`, ...
    pub kind: &'static str,
    pub message: String,
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// What state things are in now.
    pub state: Option<String>,
    /// The input it is about.
    #[schema(value_type = Option<FieldName>)]
    pub field: Option<&'static str>,
    /// Where in the SQL it is.
    pub position: Option<TextPosition>,
}

/// An input of the import dialog or of a form.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "only its names are of use, in the schema")]
pub enum FieldName {
    Name,
    Connection,
    DataType,
    DateRange,
    Value,
    TimeZone,
    Query,
}

/// A place in a text; both count from 1.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextPosition {
    pub line: u64,
    pub column: u64,
}

/// A route's answer when it does not do what was asked. Any error of ours becomes one with `?`.
#[derive(Debug)]
pub struct Refusal {
    pub failure: Failure,
    status: Option<StatusCode>,
}

impl Refusal {
    /// Another status than the table gives: for what HTTP itself has a word for.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Refusal {
        self.status = Some(status);
        self
    }

    fn status(&self) -> StatusCode {
        let by_table = || StatusCode::from_u16(self.failure.kind.row().http_status);
        self.status.or_else(|| by_table().ok()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl<E: Into<Failure>> From<E> for Refusal {
    fn from(error: E) -> Refusal {
        Refusal { failure: error.into(), status: None }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> ApiError {
        ApiError {
            error: ErrorInfo {
                kind: failure.kind.row().name,
                hint: failure.hint.filter(|hint| !is_for_the_command_line(hint)),
                message: failure.message,
                causes: failure.causes,
                state: failure.state,
                field: failure.field.map(|field| field.as_str()),
                position: failure
                    .position
                    .map(|position| TextPosition { line: position.line, column: position.column }),
            },
        }
    }
}

/// Whether a hint is a command or a flag, which the page has no use for.
fn is_for_the_command_line(hint: &str) -> bool {
    hint.starts_with("pinstripe ") || hint.starts_with("--") || hint.contains(" --")
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::warn!(message = %self.failure.message, "a request of the page failed");
        }
        (status, Json(ApiError::from(self.failure))).into_response()
    }
}
