//! Stripe's two OAuth servers: Connect (really at connect.stripe.com) and Stripe Apps (marketplace.stripe.com and the
//! token endpoint of the API).
//!
//! A consent page, codes that work once, tokens that work as keys. Both belong to the sandbox's own account, so its secret
//! key is the client secret of both. Nothing is kept on disk, and no token opens anything outside of the sandbox. Read
//! next: `oauth/authorize.rs`, `oauth/token.rs`, `oauth/grants.rs`.

mod authorize;
mod grants;
mod page;
mod token;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::accounts::Party;
use crate::answer::Answer;
use crate::auth::{self, Caller, Permissions, mask};
use crate::config::SandboxConfig;
use crate::dice::{Topic, throw};
use crate::error::ApiError;
use crate::fault::FaultKind;
use crate::ident::letters;
use crate::routes::Asked;
use crate::state::{State, lock};
use grants::{Grants, Lifetimes, Scope};

pub use grants::GrantNote;

const CONNECT_AUTHORIZE: &str = "/oauth/authorize";
const CONNECT_TOKEN: &str = "/oauth/token";
const CONNECT_DEAUTHORIZE: &str = "/oauth/deauthorize";
const APP_AUTHORIZE: &str = "/oauth/v2/authorize";
const APP_TOKEN: &str = "/v1/oauth/token";
const APP_DEAUTHORIZE: &str = "/v1/oauth/deauthorize";
/// Each use of a refresh token begins a new year.
const REFRESH_SECONDS: u64 = 365 * 86_400;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OAuthServer {
    /// An account joins a platform; its token does not end by itself.
    Connect,
    /// An account installs an app; its token ends after an hour and is refreshed.
    App,
}

/// What a team would find in its Stripe settings, to be used as it is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OAuthClient {
    pub server: OAuthServer,
    /// `ca_...`
    pub client_id: String,
    /// The secret key of the account that owns the platform or the app.
    pub secret: String,
    /// Exact; the first is used when a request names none.
    pub redirect_uris: Vec<String>,
    /// Paths below the sandbox's address.
    pub authorize_path: &'static str,
    pub token_path: &'static str,
    pub deauthorize_path: &'static str,
}

/// The clients of both servers.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OAuthClients {
    pub connect: OAuthClient,
    pub app: OAuthClient,
}

pub struct OAuth {
    begun: Instant,
    grants: Mutex<Grants>,
    advanced: Mutex<Duration>,
}

impl OAuth {
    pub fn new(config: &SandboxConfig) -> Self {
        // With a fixed clock everything is the same at each run. Else the tokens of an earlier run must not open this one.
        let salt = match config.now {
            Some(_) => 0,
            None => std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |passed| passed.as_nanos() as u64),
        };
        let grants = Grants::new(throw(config.seed, Topic::OAuth, salt), config.livemode);
        Self { begun: Instant::now(), grants: Mutex::new(grants), advanced: Mutex::default() }
    }

    /// Tokens age by a clock of their own, which goes on where the sandbox's stands still.
    fn now(&self) -> Duration {
        self.begun.elapsed() + *lock(&self.advanced)
    }
}

/// An error of an OAuth server: flat, unlike those of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FlatError {
    status: u16,
    error: &'static str,
    description: String,
}

impl FlatError {
    fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }

    fn grant(description: impl Into<String>) -> Self {
        Self::new(400, "invalid_grant", description)
    }

    fn client(description: impl Into<String>) -> Self {
        Self::new(401, "invalid_client", description)
    }

    fn request(description: impl Into<String>) -> Self {
        Self::new(400, "invalid_request", description)
    }

    fn answer(&self) -> Answer {
        json_answer(self.status, &json!({"error": self.error, "error_description": self.description}))
    }
}

fn json_answer(status: u16, value: &Value) -> Answer {
    let mut body = serde_json::to_vec_pretty(value).unwrap_or_default();
    body.push(b'\n');
    Answer { status, ..Answer::ok(body) }
}

/// Whether a path is one of the OAuth servers'.
pub fn serves(path: &str) -> bool {
    [CONNECT_AUTHORIZE, CONNECT_TOKEN, CONNECT_DEAUTHORIZE, APP_AUTHORIZE, APP_TOKEN, APP_DEAUTHORIZE]
        .contains(&path)
}

/// A 5xx, a 429 and the like come before anything is done; what a fault does to the body comes after.
pub fn answer(state: &State, headers: &HeaderMap, fault: Option<&FaultKind>, asked: &Asked) -> Answer {
    if let Some(refused) = refused(state, fault) {
        return refused;
    }
    let params = &asked.params;
    let done = match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", CONNECT_AUTHORIZE) => Ok(authorize::ask(state, OAuthServer::Connect, params)),
        ("GET", APP_AUTHORIZE) => Ok(authorize::ask(state, OAuthServer::App, params)),
        ("POST", CONNECT_AUTHORIZE) => Ok(authorize::decide(state, OAuthServer::Connect, params)),
        ("POST", APP_AUTHORIZE) => Ok(authorize::decide(state, OAuthServer::App, params)),
        ("POST", CONNECT_TOKEN) => token::token(state, OAuthServer::Connect, headers, params),
        ("POST", APP_TOKEN) => token::token(state, OAuthServer::App, headers, params),
        ("POST", CONNECT_DEAUTHORIZE) => token::deauthorize(state, OAuthServer::Connect, headers, params),
        ("POST", APP_DEAUTHORIZE) => token::deauthorize(state, OAuthServer::App, headers, params),
        (method, path) => Ok(Answer::error(&ApiError::unknown_url(method, path), None)),
    };
    done.unwrap_or_else(|error| error.answer())
}

fn refused(state: &State, fault: Option<&FaultKind>) -> Option<Answer> {
    let error = match fault? {
        FaultKind::RateLimited { reason } => ApiError::rate_limited(reason, state.config.livemode),
        FaultKind::LockTimeout => ApiError::lock_timeout(),
        FaultKind::Conflict => ApiError::conflict(),
        FaultKind::ServerError { status } => ApiError::server(*status),
        FaultKind::InvalidGrant | FaultKind::PermissionLost => {
            return Some(FlatError::grant("This grant has been revoked.").answer());
        }
        FaultKind::ExpiredKey => return Some(FlatError::client("Expired API Key provided.").answer()),
        _ => return None,
    };
    Some(Answer::error(&error, None))
}

impl State {
    /// Who asks: by a token of an OAuth server, or by a key.
    pub fn caller(&self, header: Option<&str>) -> Result<Caller, ApiError> {
        let found = header.and_then(auth::key_in).and_then(|key| {
            let access = lock(&self.oauth.grants).access(&key, self.oauth.now())?;
            Some((key, access))
        });
        let Some((key, access)) = found else { return self.keys.caller(header) };
        let masked = mask(&key);
        if access.revoked {
            return Err(ApiError::no_access(&masked, &self.account_id(access.party)));
        }
        if access.expired {
            return Err(ApiError::expired_key(&masked));
        }
        let permissions = match access.scope {
            Scope::ReadOnly => Permissions::Read,
            Scope::ReadWrite => Permissions::All,
            Scope::StripeApps => Permissions::Only(self.config.app_permissions.clone()),
        };
        Ok(Caller { masked, party: access.party, application: true, permissions })
    }

    /// The clients of both OAuth servers; they follow from the seed.
    pub fn oauth_clients(&self) -> OAuthClients {
        OAuthClients { connect: self.client(OAuthServer::Connect), app: self.client(OAuthServer::App) }
    }

    fn client(&self, server: OAuthServer) -> OAuthClient {
        let (index, authorize_path, token_path, deauthorize_path) = match server {
            OAuthServer::Connect => (0, CONNECT_AUTHORIZE, CONNECT_TOKEN, CONNECT_DEAUTHORIZE),
            OAuthServer::App => (1, APP_AUTHORIZE, APP_TOKEN, APP_DEAUTHORIZE),
        };
        let name = letters(throw(self.config.seed, Topic::OAuth, u64::MAX - index), 32);
        let allowed = |uri: &&String| authorize::allowed(server, self.config.livemode, uri);
        OAuthClient {
            server,
            client_id: format!("ca_{name}"),
            secret: self.keys.secret.clone(),
            redirect_uris: self.config.oauth_redirects.iter().filter(allowed).cloned().collect(),
            authorize_path,
            token_path,
            deauthorize_path,
        }
    }

    /// As when the account's owner removes the platform or the app. `false` when nothing was granted.
    pub fn revoke_grant(&self, server: OAuthServer, account: &str) -> bool {
        let Some(party) = self.party(account) else { return false };
        match (server, party) {
            (OAuthServer::Connect, Party::Own) => false,
            (OAuthServer::Connect, _) if self.is_revoked(party) => false,
            (OAuthServer::Connect, _) => self.revoke_account(account, false),
            (OAuthServer::App, _) => self.end_grants(server, party),
        }
    }

    /// Ends what was granted; whether there was anything.
    pub fn end_grants(&self, server: OAuthServer, party: Party) -> bool {
        lock(&self.oauth.grants).revoke(server, party)
    }

    /// Ends access tokens now, of one server or of one account where these are named; with `refresh` their refresh tokens
    /// as well. How many access tokens there were.
    pub fn expire_tokens(&self, server: Option<OAuthServer>, account: Option<&str>, refresh: bool) -> usize {
        let party = match account.map(|id| self.party(id)) {
            Some(None) => return 0,
            Some(found) => found,
            None => None,
        };
        lock(&self.oauth.grants).expire(server, party, refresh, self.oauth.now())
    }

    /// Lets time pass for codes and tokens, and for nothing else.
    pub fn advance_oauth_clock(&self, by: Duration) {
        let mut advanced = lock(&self.oauth.advanced);
        *advanced = advanced.saturating_add(by).min(Duration::from_secs(1 << 40));
    }

    /// What was granted since the start, the oldest first.
    pub fn grant_notes(&self) -> Vec<GrantNote> {
        lock(&self.oauth.grants).notes(|party| self.account_id(party))
    }

    fn lifetimes(&self, server: OAuthServer) -> Lifetimes {
        match server {
            OAuthServer::Connect => Lifetimes { access: None, refresh: None, rolls: false },
            OAuthServer::App => Lifetimes {
                access: Some(Duration::from_secs(self.config.app_token_seconds)),
                refresh: Some(Duration::from_secs(REFRESH_SECONDS)),
                rolls: true,
            },
        }
    }
}
