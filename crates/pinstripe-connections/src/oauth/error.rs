//! What can go wrong on the way to a grant.

use std::error::Error;
use std::fmt;

use pinstripe_client::ErrorKind;

#[derive(Debug)]
pub enum OAuthError {
    /// The team's own settings cannot be used.
    Settings(String),
    /// No platform or app of the team's own was set.
    NoApp { kind: &'static str },
    /// The person said no.
    Denied { description: String },
    /// The answer is not of this request: an old page, or somebody else's.
    WrongState,
    /// What was pasted is neither a code nor an address with one.
    NoCode,
    /// Nobody answered in time.
    TimedOut { minutes: u64 },
    /// The redirect's port is taken.
    Port { port: u16, source: std::io::Error },
    /// Stripe refused, in OAuth's own words.
    Refused { error: String, description: String },
    /// The grant is for the other mode than the secret.
    Mode { live: bool },
    /// No whole answer.
    Connection { server: String, source: Box<dyn Error + Send + Sync> },
    /// An answer that Stripe would not give.
    NotStripe { server: String, status: u16 },
}

impl OAuthError {
    pub fn kind(&self) -> ErrorKind {
        match self {
            OAuthError::Settings(_) | OAuthError::NoApp { .. } | OAuthError::NoCode => ErrorKind::Input,
            OAuthError::WrongState | OAuthError::Port { .. } => ErrorKind::Input,
            OAuthError::Denied { .. } => ErrorKind::Permission,
            OAuthError::TimedOut { .. } => ErrorKind::Stopped,
            OAuthError::Refused { .. } | OAuthError::Mode { .. } => ErrorKind::KeyRefused,
            OAuthError::Connection { .. } => ErrorKind::Connection,
            OAuthError::NotStripe { status: 500.., .. } => ErrorKind::StripeFailed,
            OAuthError::NotStripe { .. } => ErrorKind::NotStripe,
        }
    }

    /// Whether the grant itself has ended, so that asking again is of no use.
    pub(crate) fn ends_grant(&self) -> bool {
        matches!(self, OAuthError::Refused { error, .. } if error == "invalid_grant")
    }

    pub fn hint(&self) -> Option<String> {
        Some(match self {
            OAuthError::Settings(_) => {
                "the client id and the redirect addresses are on the platform's or app's OAuth page of the dashboard"
                    .to_owned()
            }
            OAuthError::NoApp { kind } => format!("pinstripe oauth-app {kind} --client-id ca_..."),
            OAuthError::Denied { .. } => "connect again and choose to allow it".to_owned(),
            OAuthError::WrongState => "begin again, and use the newest page alone".to_owned(),
            OAuthError::NoCode => {
                "paste the whole address of the page that Stripe led to, or the code (ac_...) on it".to_owned()
            }
            OAuthError::TimedOut { .. } => "begin again".to_owned(),
            OAuthError::Port { .. } => {
                "end the other program, or register another redirect address and set it with `pinstripe oauth-app`"
                    .to_owned()
            }
            OAuthError::Refused { error, .. } => match error.as_str() {
                "invalid_grant" => "codes work once and for five minutes: begin again".to_owned(),
                "invalid_client" => {
                    "check that the client id and the secret are of the same platform or app".to_owned()
                }
                "invalid_redirect_uri" | "invalid_request" => {
                    "register the redirect address with Stripe exactly as it is set here".to_owned()
                }
                _ => return None,
            },
            OAuthError::Mode { live: true } => {
                "the grant is for live data: set the live secret, or connect in test mode".to_owned()
            }
            OAuthError::Mode { live: false } => {
                "the grant is for test data: set the test secret, or connect in live mode".to_owned()
            }
            OAuthError::Connection { server, .. } | OAuthError::NotStripe { server, .. } => {
                format!("check that {server} can be reached from here, then begin again")
            }
        })
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OAuthError::Settings(text) => formatter.write_str(text),
            OAuthError::NoApp { kind } => {
                let article = if *kind == "app" { "Stripe App" } else { "Connect platform" };
                write!(formatter, "no {article} of your own is set, and OAuth needs one")
            }
            OAuthError::Denied { description } if description.is_empty() => {
                formatter.write_str("access was denied on Stripe's page")
            }
            OAuthError::Denied { description } => {
                write!(formatter, "access was denied on Stripe's page: {description}")
            }
            OAuthError::WrongState => formatter.write_str("the answer does not belong to this request"),
            OAuthError::NoCode => formatter.write_str("there is no code in what was pasted"),
            OAuthError::TimedOut { minutes } => write!(formatter, "no answer came within {minutes} minutes"),
            OAuthError::Port { port, .. } => {
                write!(formatter, "port {port}, where Stripe's answer would come back, cannot be used")
            }
            OAuthError::Refused { error, description } if description.is_empty() => {
                write!(formatter, "stripe refused the grant: {error}")
            }
            OAuthError::Refused { error, description } => {
                write!(formatter, "stripe refused the grant: {error}: {}", description.trim_end_matches('.'))
            }
            OAuthError::Mode { live } => {
                let (got, wanted) = if *live { ("live", "test") } else { ("test", "live") };
                write!(formatter, "the grant is for {got} data, and the secret is a {wanted} one")
            }
            OAuthError::Connection { server, .. } => write!(formatter, "{server} gave no whole answer"),
            OAuthError::NotStripe { server, status } => {
                write!(formatter, "{server} answered with {status} and no OAuth answer")
            }
        }
    }
}

impl Error for OAuthError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            OAuthError::Port { source, .. } => Some(source),
            OAuthError::Connection { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}
