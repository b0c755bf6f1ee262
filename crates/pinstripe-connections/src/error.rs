//! What can go wrong with connections, with what the user can do about it. No error holds a secret.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use pinstripe_client::{ClientError, ErrorKind};

type Source = Box<dyn Error + Send + Sync>;

#[derive(Debug)]
pub enum ConnectionError {
    /// No connection has this name.
    Unknown {
        name: String,
        known: Vec<String>,
    },
    /// The name is another connection's.
    Taken {
        name: String,
    },
    BadName {
        name: String,
        expected: &'static str,
    },
    /// Several connections are there, and none was named.
    Ambiguous {
        known: Vec<String>,
    },
    /// The secret is for one server, and another was named.
    OtherServer {
        name: String,
        server: String,
        found: String,
    },
    /// A new key for a connection belongs to another account.
    OtherAccount {
        name: String,
        account: String,
        found: String,
    },
    /// The key of the connection may not be used from here, or not at all any more.
    KeyRefused {
        message: String,
        hint: String,
    },
    /// A place for secrets cannot be used.
    Vault {
        what: String,
        source: Source,
        hint: String,
    },
    /// The secret of a connection is not where it was put.
    SecretGone {
        name: String,
        kept_in: &'static str,
    },
    /// The file of secrets is locked by a passphrase, and none was given, or another.
    Passphrase {
        given: bool,
    },
    File {
        what: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    Register {
        what: &'static str,
        source: rusqlite::Error,
    },
    Client(ClientError),
    OAuth(crate::oauth::OAuthError),
}

impl ConnectionError {
    pub(crate) fn register(what: &'static str) -> impl Fn(rusqlite::Error) -> ConnectionError {
        move |source| ConnectionError::Register { what, source }
    }

    pub(crate) fn file(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> ConnectionError {
        let path = path.into();
        move |source| ConnectionError::File { what, path, source }
    }

    pub fn kind(&self) -> ErrorKind {
        match self {
            ConnectionError::Unknown { .. } => ErrorKind::NotFound,
            ConnectionError::Taken { .. } => ErrorKind::Exists,
            ConnectionError::BadName { .. } | ConnectionError::OtherServer { .. } => ErrorKind::Input,
            ConnectionError::Ambiguous { .. }
            | ConnectionError::OtherAccount { .. }
            | ConnectionError::SecretGone { .. }
            | ConnectionError::Passphrase { .. } => ErrorKind::Key,
            ConnectionError::KeyRefused { .. } => ErrorKind::KeyRefused,
            ConnectionError::Vault { .. }
            | ConnectionError::File { .. }
            | ConnectionError::Register { .. } => ErrorKind::LibraryUnusable,
            ConnectionError::Client(error) => error.kind(),
            ConnectionError::OAuth(error) => error.kind(),
        }
    }

    pub fn hint(&self) -> Option<String> {
        Some(match self {
            ConnectionError::Unknown { known, .. } if known.is_empty() => "pinstripe connect NAME".to_owned(),
            ConnectionError::Unknown { known, .. } => format!("there is {}", listed(known)),
            ConnectionError::Taken { name } => {
                format!(
                    "choose another name, or give it a new key: pinstripe connect {} --replace",
                    quoted(name)
                )
            }
            ConnectionError::Ambiguous { known } => {
                format!("--connection {}", known.first().map_or(String::new(), |name| quoted(name)))
            }
            ConnectionError::OtherServer { server, .. } => {
                format!("leave --api-base and STRIPE_API_BASE out, or set them to {server}")
            }
            ConnectionError::OtherAccount { .. } => {
                "add it as a connection of its own: pinstripe connect NAME".to_owned()
            }
            ConnectionError::SecretGone { name, .. } => {
                format!("give it a key again: pinstripe connect {} --replace", quoted(name))
            }
            ConnectionError::Passphrase { .. } => {
                "set PINSTRIPE_PASSPHRASE to the passphrase that it was locked with".to_owned()
            }
            ConnectionError::KeyRefused { hint, .. } | ConnectionError::Vault { hint, .. } => hint.clone(),
            ConnectionError::Client(error) => return error.hint(),
            ConnectionError::OAuth(error) => return error.hint(),
            ConnectionError::BadName { .. }
            | ConnectionError::File { .. }
            | ConnectionError::Register { .. } => return None,
        })
    }
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// As a shell takes it.
pub(crate) fn quoted(name: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { format!("\"{name}\"") }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectionError::Unknown { name, .. } => write!(formatter, "there is no connection `{name}`"),
            ConnectionError::Taken { name } => {
                write!(formatter, "a connection called `{name}` exists already")
            }
            ConnectionError::BadName { name, expected } => {
                write!(formatter, "`{name}` cannot name a connection: expected {expected}")
            }
            ConnectionError::Ambiguous { known } => {
                write!(formatter, "no connection is named, and there are several: {}", listed(known))
            }
            ConnectionError::OtherServer { name, server, found } => {
                write!(formatter, "the connection `{name}` is for {server}, its key is not sent to {found}")
            }
            ConnectionError::OtherAccount { name, account, found } => write!(
                formatter,
                "`{name}` reaches the account {account}, and this key is of {found}: \
                 data frames of one would be filled with rows of the other"
            ),
            ConnectionError::KeyRefused { message, .. } => formatter.write_str(message),
            ConnectionError::Vault { what, .. } => formatter.write_str(what),
            ConnectionError::SecretGone { name, kept_in } => {
                write!(formatter, "the key of `{name}` is not in the {kept_in} any more")
            }
            ConnectionError::Passphrase { given: false } => {
                formatter.write_str("the keys are locked by a passphrase, and none was given")
            }
            ConnectionError::Passphrase { given: true } => {
                formatter.write_str("this is not the passphrase that the keys are locked with")
            }
            ConnectionError::File { what, path, .. } => write!(formatter, "cannot {what} {}", path.display()),
            ConnectionError::Register { what, .. } => write!(formatter, "cannot {what}"),
            ConnectionError::Client(error) => error.fmt(formatter),
            ConnectionError::OAuth(error) => error.fmt(formatter),
        }
    }
}

impl Error for ConnectionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ConnectionError::Vault { source, .. } => Some(source.as_ref()),
            ConnectionError::File { source, .. } => Some(source),
            ConnectionError::Register { source, .. } => Some(source),
            ConnectionError::Client(error) => error.source(),
            ConnectionError::OAuth(error) => error.source(),
            _ => None,
        }
    }
}

impl From<ClientError> for ConnectionError {
    fn from(error: ClientError) -> ConnectionError {
        ConnectionError::Client(error)
    }
}

impl From<crate::oauth::OAuthError> for ConnectionError {
    fn from(error: crate::oauth::OAuthError) -> ConnectionError {
        ConnectionError::OAuth(error)
    }
}
