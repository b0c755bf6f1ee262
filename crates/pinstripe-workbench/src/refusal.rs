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
    pub failure: Box<Failure>,
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
        Refusal { failure: Box::new(error.into()), status: None }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> ApiError {
        ApiError {
            error: ErrorInfo {
                kind: failure.kind.row().name,
                hint: failure.hint.as_deref().and_then(for_the_page),
                message: failure.message,
                causes: failure.causes,
                state: failure.state.map(String::from),
                field: failure.field.map(|field| field.as_str()),
                position: failure
                    .position
                    .map(|position| TextPosition { line: position.line, column: position.column }),
            },
        }
    }
}

/// A hint without what only a terminal has a use for: commands and flags. `None` where nothing else
/// is left.
pub(crate) fn for_the_page(hint: &str) -> Option<String> {
    let parts = hint.split([';', ',']).map(str::trim);
    let useful = |part: &&str| !part.starts_with("pinstripe ") && !part.contains("--");
    let kept: Vec<&str> = parts.clone().filter(useful).collect();
    if kept.is_empty() {
        return None;
    }
    let kept_all = kept.len() == parts.count();
    let text = if kept_all { hint.to_owned() } else { kept.join(", ") };
    Some(text.replace("run the same command again", "try again"))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::warn!(message = %self.failure.message, "a request of the page failed");
        }
        (status, Json(ApiError::from(*self.failure))).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::for_the_page;

    #[test]
    fn hints_for_the_page_name_no_commands_and_no_flags() {
        for (hint, shown) in [
            ("did you mean `amount`?", Some("did you mean `amount`?")),
            ("pinstripe types", None),
            ("--last \"30 days\"", None),
            (
                "use letters, digits, `_`, `-` and spaces, such as --as jpy_charges",
                Some("use letters, digits, `_`, `-` and spaces"),
            ),
            ("run the same command again later, or with a lower --max-rate", Some("try again later")),
            ("add `expand[]=data.customer` to the query", Some("add `expand[]=data.customer` to the query")),
        ] {
            assert_eq!(for_the_page(hint).as_deref(), shown, "{hint}");
        }
    }
}
