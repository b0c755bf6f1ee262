//! Why an import did not bring every row. Whatever it is, the frame is as it was before.

use std::fmt;
use std::path::PathBuf;

use pinstripe_arrow::{DecodeError, RowSchemaError};
use pinstripe_client::{ClientError, ErrorKind};

use crate::accounts::{MissingAccount, list};

#[derive(Debug)]
pub enum ImportError {
    /// The request plan does not fit the catalog.
    Plan(RowSchemaError),
    /// Stripe or the way to it failed, after every try that could help.
    Request {
        attempts: u32,
        permission: Option<String>,
        source: Box<ClientError>,
    },
    /// An answer that is not a page of the list, however often it was asked for.
    Page {
        path: String,
        request_id: Option<String>,
        attempts: u32,
        source: Box<DecodeError>,
    },
    /// The server's pages contradict each other, so rows may be missing or double.
    Inconsistent {
        path: String,
        problem: String,
    },
    /// Staged files cannot be written or read.
    Staging {
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    Parquet {
        action: &'static str,
        source: parquet::errors::ParquetError,
    },
    /// One account of several, of which the import cannot do without.
    OfAccount {
        account: String,
        source: Box<ImportError>,
    },
    /// None of the accounts that were chosen can be read; the first's failure stands for all.
    NoAccount {
        missing: Vec<MissingAccount>,
        source: Box<ImportError>,
    },
    /// All connected accounts were chosen, and there are none.
    NoConnectedAccounts,
    /// The connected accounts cannot be listed.
    AccountList {
        source: Box<ImportError>,
    },
    /// The id of the key's own account is not to be found.
    OwnAccount {
        source: Box<ImportError>,
    },
    Stopped,
    Internal(String),
}

impl ImportError {
    pub fn kind(&self) -> ErrorKind {
        match self {
            ImportError::Plan(_) => ErrorKind::Input,
            ImportError::Request { source, .. } => source.kind(),
            ImportError::Page { .. } | ImportError::Inconsistent { .. } => ErrorKind::NotStripe,
            ImportError::Staging { .. } | ImportError::Parquet { .. } => ErrorKind::LibraryUnusable,
            ImportError::OfAccount { source, .. }
            | ImportError::NoAccount { source, .. }
            | ImportError::AccountList { source }
            | ImportError::OwnAccount { source } => source.kind(),
            ImportError::NoConnectedAccounts => ErrorKind::NotFound,
            ImportError::Stopped => ErrorKind::Stopped,
            ImportError::Internal(_) => ErrorKind::Internal,
        }
    }

    pub fn hint(&self) -> Option<String> {
        Some(match self {
            ImportError::Request { source, permission, .. } => {
                return match (source.kind(), source.as_ref(), permission) {
                    (ErrorKind::Permission, ClientError::Stripe(error), Some(permission))
                        if error.missing_permission().is_none() && !error.is_account_refused() =>
                    {
                        Some(format!(
                            "give the key the permission {permission} at https://dashboard.stripe.com/apikeys, \
                             then run the same command again"
                        ))
                    }
                    _ => source.hint(),
                };
            }
            ImportError::Page { .. } => {
                "check that the server is Stripe's API and that no proxy answers in its place".to_owned()
            }
            ImportError::Inconsistent { .. } => "run the same command again; nothing was changed".to_owned(),
            ImportError::Staging { .. } | ImportError::Parquet { .. } => {
                "make room on the disk or name another folder with --library; the frame is as it was"
                    .to_owned()
            }
            ImportError::OfAccount { source, .. } | ImportError::NoAccount { source, .. } => {
                return source.hint();
            }
            ImportError::NoConnectedAccounts => {
                "leave --accounts out to import the key's own account, or name accounts: --account acct_..."
                    .to_owned()
            }
            ImportError::AccountList { source } if source.kind() == ErrorKind::Permission => format!(
                "{}; or name the accounts: --account acct_...",
                source.hint().unwrap_or_else(|| "give the key the permission to read accounts".to_owned())
            ),
            ImportError::AccountList { source } => return source.hint(),
            ImportError::OwnAccount { .. } => {
                "name it by its id, from https://dashboard.stripe.com/settings/account: --account acct_..."
                    .to_owned()
            }
            ImportError::Plan(_) | ImportError::Stopped | ImportError::Internal(_) => return None,
        })
    }

    pub(crate) fn parquet(action: &'static str) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        move |source| ImportError::Parquet { action, source }
    }

    pub(crate) fn internal(error: impl fmt::Display) -> Self {
        ImportError::Internal(error.to_string())
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = |formatter: &mut fmt::Formatter<'_>, attempts: &u32| match attempts {
            0 | 1 => Ok(()),
            many => write!(formatter, ", after {many} tries"),
        };
        match self {
            ImportError::Plan(error) => error.fmt(formatter),
            ImportError::Request { attempts, source, .. } => {
                source.fmt(formatter)?;
                after(formatter, attempts)
            }
            ImportError::Page { path, request_id, attempts, .. } => {
                write!(formatter, "the answer to GET {path} is no page of Stripe's")?;
                if let Some(request_id) = request_id {
                    write!(formatter, " (request {request_id})")?;
                }
                after(formatter, attempts)
            }
            ImportError::Inconsistent { path, problem } => {
                write!(formatter, "the pages of GET {path} contradict each other: {problem}")
            }
            ImportError::Staging { action, path, .. } => {
                write!(formatter, "cannot {action} {}", path.display())
            }
            ImportError::Parquet { action, .. } => {
                write!(formatter, "cannot {action} the rows that were fetched")
            }
            ImportError::OfAccount { account, source } => write!(formatter, "account {account}: {source}"),
            ImportError::NoAccount { missing, .. } => {
                write!(formatter, "none of the {} accounts can be read: {}", missing.len(), list(missing))
            }
            ImportError::NoConnectedAccounts => formatter.write_str("there are no connected accounts"),
            ImportError::AccountList { .. } => formatter.write_str("the connected accounts cannot be listed"),
            ImportError::OwnAccount { .. } => {
                formatter.write_str("the id of the key's own account cannot be found")
            }
            ImportError::Stopped => formatter.write_str("stopped"),
            ImportError::Internal(problem) => write!(formatter, "this should not happen: {problem}"),
        }
    }
}

impl std::error::Error for ImportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ImportError::Request { source, .. } => std::error::Error::source(source.as_ref()),
            ImportError::Page { source, .. } => Some(source.as_ref()),
            ImportError::Staging { source, .. } => Some(source),
            ImportError::Parquet { source, .. } => Some(source),
            ImportError::OfAccount { source, .. } => std::error::Error::source(source.as_ref()),
            ImportError::NoAccount { source, .. }
            | ImportError::AccountList { source }
            | ImportError::OwnAccount { source } => Some(source.as_ref()),
            _ => None,
        }
    }
}
