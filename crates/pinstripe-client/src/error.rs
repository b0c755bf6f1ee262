//! What can go wrong between us and Stripe, as types, with what the user can do about it.

use std::error::Error;
use std::fmt;

use serde::Deserialize;

use crate::error_kind::ErrorKind;
use crate::exchange::ConnectionProblem;

/// An error that Stripe answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripeError {
    pub method: &'static str,
    pub path: String,
    pub status: u16,
    /// `invalid_request_error`, `api_error`, ...
    pub error_type: Option<String>,
    pub code: Option<String>,
    pub param: Option<String>,
    pub message: String,
    pub request_id: Option<String>,
    /// `Stripe-Rate-Limited-Reason` of a 429.
    pub rate_limited_reason: Option<String>,
    /// `Stripe-Should-Retry`, where it was sent.
    pub should_retry: Option<bool>,
}

#[derive(Debug)]
pub enum ClientError {
    KeyMissing,
    KeyPublishable,
    KeyMalformed {
        expected: &'static str,
    },
    /// What is to be an account's id cannot be sent as one.
    AccountMalformed,
    /// The grant that the key comes from has ended, or could not be renewed.
    GrantEnded {
        message: String,
        hint: String,
    },
    InvalidApiBase {
        text: String,
        problem: String,
    },
    /// The HTTP client itself could not be set up (certificates, say).
    Setup(reqwest::Error),
    /// No answer, or one that broke off.
    Connection {
        server: String,
        path: String,
        problem: ConnectionProblem,
        /// What the connection said, without the address.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An error of Stripe's.
    Stripe(Box<StripeError>),
    /// An answer that Stripe would not give.
    NotStripe {
        server: String,
        path: String,
        status: u16,
        found: String,
    },
    /// A body beyond what any page of Stripe's can be.
    BodyTooLarge {
        path: String,
        limit_bytes: usize,
    },
}

/// The body of an error answer of Stripe's.
#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorObject,
}

#[derive(Deserialize)]
struct ErrorObject {
    #[serde(rename = "type")]
    error_type: Option<String>,
    code: Option<String>,
    param: Option<String>,
    message: Option<String>,
}

impl StripeError {
    /// Reads an error answer; `None` where the body is not one of Stripe's.
    pub(crate) fn read(method: &'static str, path: &str, status: u16, body: &[u8]) -> Option<StripeError> {
        let body: ErrorBody = serde_json::from_slice(body).ok()?;
        Some(StripeError {
            method,
            path: path.to_owned(),
            status,
            error_type: body.error.error_type,
            code: body.error.code,
            param: body.error.param,
            message: body.error.message.unwrap_or_default(),
            request_id: None,
            rate_limited_reason: None,
            should_retry: None,
        })
    }

    /// The cursor of a page names an object that is no longer there.
    pub fn is_cursor_gone(&self) -> bool {
        self.code.as_deref() == Some("resource_missing")
            && matches!(self.param.as_deref(), Some("starting_after" | "ending_before"))
    }

    /// The permission that Stripe says is missing, such as `rak_charge_read`.
    pub fn missing_permission(&self) -> Option<&str> {
        let quoted = self.message.split('\'').skip(1).step_by(2);
        quoted.into_iter().find(|text| text.ends_with("_read") || text.ends_with("_write"))
    }

    /// The key has no access to the account that was named: it was revoked, or there is none.
    pub fn is_account_refused(&self) -> bool {
        self.status == 403 && self.code.as_deref() == Some("account_invalid")
    }

    fn kind(&self) -> ErrorKind {
        match self.status {
            401 => ErrorKind::KeyRefused,
            403 => ErrorKind::Permission,
            429 if self.code.as_deref() == Some("lock_timeout") => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            409 | 424 => ErrorKind::Conflict,
            _ if self.is_cursor_gone() => ErrorKind::CursorGone,
            500.. => ErrorKind::StripeFailed,
            _ => ErrorKind::RequestRefused,
        }
    }
}

impl fmt::Display for StripeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "stripe answered {} {} with {}", self.method, self.path, self.status)?;
        if let Some(code) = self.code.as_ref().or(self.error_type.as_ref()) {
            write!(formatter, " {code}")?;
        }
        if !self.message.is_empty() {
            write!(formatter, ": {}", self.message.trim_end_matches('.'))?;
        }
        if let Some(request_id) = &self.request_id {
            write!(formatter, " (request {request_id})")?;
        }
        Ok(())
    }
}

impl ClientError {
    pub fn kind(&self) -> ErrorKind {
        match self {
            ClientError::KeyMissing | ClientError::KeyPublishable | ClientError::KeyMalformed { .. } => {
                ErrorKind::Key
            }
            ClientError::AccountMalformed | ClientError::InvalidApiBase { .. } => ErrorKind::Input,
            ClientError::GrantEnded { .. } => ErrorKind::KeyRefused,
            ClientError::Setup(_) => ErrorKind::Internal,
            ClientError::Connection { .. } => ErrorKind::Connection,
            ClientError::Stripe(error) => error.kind(),
            ClientError::NotStripe { status: 500.., .. } => ErrorKind::StripeFailed,
            ClientError::NotStripe { status: 429, .. } => ErrorKind::RateLimited,
            ClientError::NotStripe { .. } | ClientError::BodyTooLarge { .. } => ErrorKind::NotStripe,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            ClientError::KeyMissing => {
                "keep a key with `pinstripe connect NAME`, or set STRIPE_API_KEY to a restricted \
                 key (https://dashboard.stripe.com/apikeys/create), or try `pinstripe demo`, which needs none"
                    .to_owned()
            }
            ClientError::KeyPublishable => {
                "use a restricted key (rk_...) from https://dashboard.stripe.com/apikeys".to_owned()
            }
            ClientError::KeyMalformed { expected } => format!("expected {expected}"),
            ClientError::AccountMalformed => "expected acct_...".to_owned(),
            ClientError::GrantEnded { hint, .. } => hint.clone(),
            ClientError::InvalidApiBase { .. } => "--api-base https://api.stripe.com".to_owned(),
            ClientError::Connection { server, .. } => {
                format!("check that {server} can be reached from here, then run the same command again")
            }
            ClientError::Stripe(error) => return stripe_hint(error),
            ClientError::NotStripe { server, .. } => {
                format!("check that {server} is Stripe's API and that no proxy answers in its place")
            }
            ClientError::Setup(_) | ClientError::BodyTooLarge { .. } => return None,
        })
    }

    /// Whether an answer began and its body broke off or fell silent: a smaller page may come whole.
    pub fn is_cut_body(&self) -> bool {
        matches!(self, ClientError::Connection { problem: ConnectionProblem::CutBody, .. })
    }

    pub fn request_id(&self) -> Option<&str> {
        match self {
            ClientError::Stripe(error) => error.request_id.as_deref(),
            _ => None,
        }
    }
}

fn stripe_hint(error: &StripeError) -> Option<String> {
    if error.is_account_refused() {
        return Some("ask the account's owner to connect it again, or leave the account out".to_owned());
    }
    Some(match error.kind() {
        ErrorKind::KeyRefused => {
            "check the key against https://dashboard.stripe.com/apikeys (test and live keys differ); \
             `pinstripe doctor` tries every key there is"
                .to_owned()
        }
        ErrorKind::Permission if error.code.as_deref() == Some("account_invalid") => {
            "the account has taken its access back, or was never connected: connect it again".to_owned()
        }
        ErrorKind::Permission => match error.missing_permission() {
            Some(permission) => format!(
                "give the key the permission {permission} at https://dashboard.stripe.com/apikeys, \
                 then run the same command again"
            ),
            None => {
                "give the key read permission for this at https://dashboard.stripe.com/apikeys".to_owned()
            }
        },
        ErrorKind::RateLimited => "run the same command again later, or with a lower --max-rate".to_owned(),
        ErrorKind::StripeFailed | ErrorKind::Conflict => {
            "run the same command again; https://status.stripe.com tells of outages".to_owned()
        }
        _ => return None,
    })
}

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::KeyMissing => formatter.write_str("no Stripe key is set"),
            ClientError::KeyPublishable => {
                formatter.write_str("this is a publishable key (pk_...), expected a secret or restricted key")
            }
            ClientError::KeyMalformed { .. } => formatter.write_str("this is not the form of a Stripe key"),
            ClientError::AccountMalformed => formatter.write_str("this is not the id of an account"),
            ClientError::GrantEnded { message, .. } => formatter.write_str(message),
            ClientError::InvalidApiBase { text, problem } => {
                write!(formatter, "`{text}` cannot be used as the server: {problem}")
            }
            ClientError::Setup(_) => formatter.write_str("the HTTP client cannot be set up"),
            ClientError::Connection { server, path, problem, source } => {
                let problem = connection_problem(*problem, source.as_ref());
                write!(formatter, "{problem} (GET {path} at {server})")
            }
            ClientError::Stripe(error) => error.fmt(formatter),
            ClientError::NotStripe { server, path, status, found } => {
                write!(
                    formatter,
                    "{server} answered GET {path} with {status} and {found}, expected Stripe's JSON"
                )
            }
            ClientError::BodyTooLarge { path, limit_bytes } => {
                write!(formatter, "the answer to GET {path} is larger than {} MB", limit_bytes / 1_000_000)
            }
        }
    }
}

fn connection_problem(problem: ConnectionProblem, source: &(dyn Error + 'static)) -> &'static str {
    match problem {
        ConnectionProblem::TimedOut => "the server did not answer in time",
        ConnectionProblem::CutBody if is_timeout(source) => "the server did not answer in time",
        ConnectionProblem::CutBody => "the answer broke off",
        ConnectionProblem::Unreachable => "the server cannot be reached",
        ConnectionProblem::Broken => "the connection broke",
    }
}

/// Whether this error, or one that caused it, is of waiting too long.
fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.into_iter().any(|error| match error.downcast_ref::<reqwest::Error>() {
        Some(error) => error.is_timeout(),
        None => error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut),
    })
}

impl Error for ClientError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ClientError::Setup(error) => Some(error),
            ClientError::Connection { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> StripeError {
        StripeError::read("GET", "/v1/charges", status, body.as_bytes()).unwrap()
    }

    #[test]
    fn both_forms_of_a_missing_permission_are_understood() {
        let first = read(
            403,
            r#"{"error":{"message":"The provided key 'rk_live_*****abcd' does not have the required permissions for this endpoint on account 'acct_1'. Having the 'rak_charge_read' permission would allow this request to continue.","type":"invalid_request_error"}}"#,
        );
        assert_eq!(first.missing_permission(), Some("rak_charge_read"));
        let second = read(
            403,
            r#"{"error":{"message":"Permission denied. The provided key 'rk_live_***j' does not have the required permissions for this endpoint on account 'acct_1'. Enabling \"Prices Read\" ('plan_read') permissions on this key would allow this request to continue."}}"#,
        );
        assert_eq!(second.missing_permission(), Some("plan_read"));
    }

    #[test]
    fn answers_become_kinds() {
        let gone = r#"{"error":{"code":"resource_missing","message":"No such charge: 'ch_1'","param":"starting_after"}}"#;
        assert_eq!(read(400, gone).kind(), ErrorKind::CursorGone);
        assert_eq!(read(429, r#"{"error":{"code":"rate_limit"}}"#).kind(), ErrorKind::RateLimited);
        assert_eq!(read(429, r#"{"error":{"code":"lock_timeout"}}"#).kind(), ErrorKind::Conflict);
        assert_eq!(read(500, r#"{"error":{"type":"api_error"}}"#).kind(), ErrorKind::StripeFailed);
        assert_eq!(read(400, r#"{"error":{"code":"parameter_unknown"}}"#).kind(), ErrorKind::RequestRefused);
        assert!(StripeError::read("GET", "/", 502, b"<html>").is_none());
    }
}
