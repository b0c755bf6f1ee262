//! The key of a grant, fresh at every request: renewed before it ends, by one program at a time, and
//! kept before anybody uses it. Stripe rolls the refresh token with each use, so a grant whose new
//! token is lost is lost.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use pinstripe_client::{ApiKey, ClientError, ConnectionProblem, KeySource};
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::grant::Grant;
use super::token::refresh;
use super::{OAuthApp, OAuthError};
use crate::alone::locked;
use crate::error::{ConnectionError, quoted};
use crate::record::ConnectionRecord;
use crate::vault::{Keeper, Vault};

/// The grant of one connection, as this program knows it.
pub(crate) struct Renewal {
    vault: Arc<Vault>,
    app: OAuthApp,
    id: String,
    name: String,
    kept_in: Keeper,
    /// Held by the program that renews.
    lock: PathBuf,
    held: Mutex<Held>,
}

struct Held {
    grant: Grant,
    /// The vault did not take it yet.
    unkept: bool,
}

impl fmt::Debug for Renewal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Renewal").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Renewal {
    pub fn new(
        vault: Arc<Vault>,
        app: OAuthApp,
        record: &ConnectionRecord,
        lock: PathBuf,
        grant: Grant,
    ) -> Renewal {
        let held = Mutex::new(Held { grant, unkept: false });
        let (id, name) = (record.id.clone(), record.name.clone());
        Renewal { vault, app, id, name, kept_in: record.kept_in, lock, held }
    }

    async fn current(&self, refused: Option<&ApiKey>) -> Result<ApiKey, ClientError> {
        let mut held = self.held.lock().await;
        if held.unkept {
            held.unkept = !self.keep(&held.grant).await;
        }
        let now = jiff::Timestamp::now().as_second();
        // Another request of this program may have renewed it since that one was sent.
        let refused = refused.filter(|key| held.grant.is(key));
        if refused.is_none() && !held.grant.ends_soon(now) {
            return held.grant.key();
        }
        match self.renewed(&held.grant, refused, now).await {
            Ok((grant, kept)) => *held = Held { grant, unkept: !kept },
            // It is good for a while yet; the next request tries again.
            Err(error) if refused.is_none() && !held.grant.has_ended(now) && !error.is_final() => {
                tracing::warn!(connection = self.name, %error, "the grant could not be renewed yet");
            }
            Err(error) => return Err(self.client_error(error)),
        }
        held.grant.key()
    }

    /// The grant that another program put into the vault meanwhile, or a renewed one, and whether the
    /// vault has it.
    async fn renewed(
        &self,
        old: &Grant,
        refused: Option<&ApiKey>,
        now: i64,
    ) -> Result<(Grant, bool), RenewalError> {
        let lock = self.lock.clone();
        let _alone = blocking(move || locked(&lock)).await?;
        let kept = self.kept().await?.unwrap_or_else(|| old.clone());
        let another = !old.key().is_ok_and(|key| kept.is(&key));
        if another && !kept.ends_soon(now) && !refused.is_some_and(|key| kept.is(key)) {
            return Ok((kept, true));
        }
        let secret = self.app_secret().await?;
        let grant = refresh(&self.app, &secret, &kept, now).await.map_err(RenewalError::OAuth)?;
        tracing::info!(connection = self.name, "the grant was renewed");
        let kept = self.keep(&grant).await;
        Ok((grant, kept))
    }

    async fn kept(&self) -> Result<Option<Grant>, RenewalError> {
        let (vault, id, kept_in) = (Arc::clone(&self.vault), self.id.clone(), self.kept_in);
        let kept = blocking(move || vault.get(kept_in, &id)).await?;
        Ok(kept.as_ref().and_then(Grant::of_kept))
    }

    async fn app_secret(&self) -> Result<SecretString, RenewalError> {
        let (vault, kept_in) = (Arc::clone(&self.vault), self.app.kept_in);
        let id = OAuthApp::secret_id(self.app.kind);
        let secret = blocking(move || vault.get(kept_in, &id)).await?;
        secret.ok_or(RenewalError::OAuth(OAuthError::NoApp { kind: self.app.kind.as_str() }))
    }

    /// Whether the vault took it. It is used all the same, and offered again at the next request.
    async fn keep(&self, grant: &Grant) -> bool {
        let (vault, id, kept_in) = (Arc::clone(&self.vault), self.id.clone(), self.kept_in);
        let secret = grant.kept();
        match blocking(move || vault.put(kept_in, &id, &secret)).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(connection = self.name, %error, "the renewed grant could not be kept");
                false
            }
        }
    }

    fn client_error(&self, error: RenewalError) -> ClientError {
        let message = format!("the grant of `{}` could not be renewed: {error}", self.name);
        match error {
            RenewalError::OAuth(OAuthError::Connection { server, source }) => ClientError::Connection {
                server,
                path: "the token address".to_owned(),
                problem: ConnectionProblem::Broken,
                source,
            },
            RenewalError::OAuth(OAuthError::NotStripe { server, status }) => ClientError::NotStripe {
                server,
                path: "the token address".to_owned(),
                status,
                found: "no OAuth answer".to_owned(),
            },
            RenewalError::OAuth(error) if error.ends_grant() => ClientError::GrantEnded {
                message: format!("the grant of `{}` has ended: {error}", self.name),
                hint: format!(
                    "pinstripe connect {} --oauth {} --replace",
                    quoted(&self.name),
                    self.app.kind.as_str()
                ),
            },
            RenewalError::OAuth(error) => {
                ClientError::GrantEnded { message, hint: error.hint().unwrap_or_default() }
            }
            RenewalError::Kept(error) => {
                ClientError::GrantEnded { message, hint: error.hint().unwrap_or_default() }
            }
        }
    }
}

impl KeySource for Renewal {
    fn key<'a>(&'a self, refused: Option<&'a ApiKey>) -> BoxFuture<'a, Result<ApiKey, ClientError>> {
        Box::pin(self.current(refused))
    }
}

#[derive(Debug)]
enum RenewalError {
    OAuth(OAuthError),
    Kept(ConnectionError),
}

impl RenewalError {
    fn is_final(&self) -> bool {
        matches!(self, RenewalError::OAuth(error) if error.ends_grant())
    }
}

impl fmt::Display for RenewalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenewalError::OAuth(error) => error.fmt(formatter),
            RenewalError::Kept(error) => error.fmt(formatter),
        }
    }
}

/// Files and keychains block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ConnectionError> + Send + 'static,
) -> Result<T, RenewalError> {
    let ended = |error: tokio::task::JoinError| {
        RenewalError::Kept(ConnectionError::Vault {
            what: "the keys could not be read".to_owned(),
            source: Box::new(error),
            hint: String::new(),
        })
    };
    tokio::task::spawn_blocking(work).await.map_err(ended)?.map_err(RenewalError::Kept)
}
