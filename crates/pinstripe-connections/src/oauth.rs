//! OAuth, for teams that own a Connect platform or a Stripe App: both of Stripe's servers want the
//! owner's secret at their token address, so the team's own client id and secret are given once.
//! Everybody else uses a restricted key (docs.stripe.com/connect/oauth-reference,
//! docs.stripe.com/stripe-apps/api-authentication/oauth).
//!
//! Read next: [`consent`] for what is asked of a person, [`redirect`] for how the answer comes back,
//! [`token`] for what is asked of Stripe, [`grant`] for what is kept, [`renewal`] for how it is kept fresh.

pub mod consent;
mod error;
pub mod grant;
pub mod redirect;
pub(crate) mod renewal;
pub(crate) mod token;

use pinstripe_client::ApiBase;
use serde::{Deserialize, Serialize};
use url::Url;

pub use consent::{Code, Consent};
pub use error::OAuthError;
pub use redirect::Listening;

use crate::vault::Keeper;

/// Which of Stripe's two servers a grant comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OAuthKind {
    /// A Connect platform: connect.stripe.com.
    Connect,
    /// A Stripe App: marketplace.stripe.com.
    App,
}

impl OAuthKind {
    pub fn as_str(self) -> &'static str {
        match self {
            OAuthKind::Connect => "connect",
            OAuthKind::App => "app",
        }
    }

    /// As people are shown it.
    pub fn label(self) -> &'static str {
        match self {
            OAuthKind::Connect => "Connect platform",
            OAuthKind::App => "Stripe App",
        }
    }
}

/// The team's own platform or app, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthApp {
    pub kind: OAuthKind,
    /// `ca_...`
    pub client_id: String,
    /// Where Stripe sends the person back to; registered with Stripe letter by letter.
    pub redirect_uri: String,
    pub api_base: String,
    /// Another server than Stripe's for the consent page and Connect's tokens.
    #[serde(default)]
    pub connect_base: Option<String>,
    pub live: bool,
    /// How the secret begins and ends.
    pub key_hint: Option<String>,
    pub kept_in: Keeper,
}

/// Where one goes with a platform or app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    pub authorize: Url,
    pub token: Url,
    pub deauthorize: Url,
}

impl OAuthApp {
    /// The name of its secret in the vault.
    pub(crate) fn secret_id(kind: OAuthKind) -> String {
        format!("oauth-{}", kind.as_str())
    }

    /// Whether the answer can come back to this machine by itself: a page of HTTPS elsewhere shows a
    /// code instead, which is pasted.
    pub fn comes_back_here(&self) -> bool {
        Url::parse(&self.redirect_uri).is_ok_and(|redirect| {
            let loopback = matches!(redirect.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            redirect.scheme() == "http" && loopback && redirect.port().is_some()
        })
    }

    pub fn endpoints(&self) -> Result<Endpoints, OAuthError> {
        let api = ApiBase::parse(&self.api_base).map_err(|error| OAuthError::Settings(error.to_string()))?;
        let (connect, marketplace) = match (&self.connect_base, api.is_stripe()) {
            (Some(base), _) => (base.clone(), base.clone()),
            (None, true) => {
                ("https://connect.stripe.com".to_owned(), "https://marketplace.stripe.com".to_owned())
            }
            (None, false) => (api.to_string(), api.to_string()),
        };
        let at = |base: &str, path: &str| {
            Url::parse(&format!("{}{path}", base.trim_end_matches('/')))
                .map_err(|_| OAuthError::Settings(format!("`{base}` is no address")))
        };
        Ok(match self.kind {
            OAuthKind::Connect => Endpoints {
                authorize: at(&connect, "/oauth/authorize")?,
                token: at(&connect, "/oauth/token")?,
                deauthorize: at(&connect, "/oauth/deauthorize")?,
            },
            OAuthKind::App => Endpoints {
                authorize: at(&marketplace, "/oauth/v2/authorize")?,
                token: at(&api.to_string(), "/v1/oauth/token")?,
                deauthorize: at(&api.to_string(), "/v1/oauth/deauthorize")?,
            },
        })
    }

    /// Refuses what Stripe would refuse, before anybody is sent there.
    pub(crate) fn check(&self) -> Result<(), OAuthError> {
        let settings = |text: String| Err(OAuthError::Settings(text));
        if !self.client_id.starts_with("ca_") || self.client_id.contains(char::is_whitespace) {
            return settings(format!(
                "`{}` is no client id: expected one that begins with ca_",
                self.client_id
            ));
        }
        let Ok(redirect) = Url::parse(&self.redirect_uri) else {
            return settings(format!("`{}` is no redirect address", self.redirect_uri));
        };
        if redirect.fragment().is_some() || (redirect.scheme() != "https" && !self.comes_back_here()) {
            return settings(format!(
                "`{redirect}` cannot be a redirect address: expected https, or http on localhost with a port"
            ));
        }
        if self.live && redirect.scheme() != "https" {
            return settings(format!(
                "`{redirect}` is no redirect address for live data: Stripe wants https there, \
                 and the code it shows is pasted here"
            ));
        }
        self.endpoints().map(|_| ())
    }
}
