//! What is known of a connection. All of it may be shown: no secret is in it, nor anything a secret
//! could be computed from.

use pinstripe_client::{ApiBase, Mode};
use serde::{Deserialize, Serialize};

use crate::tried::TypeAccess;
use crate::vault::Keeper;

/// A way to reach one account, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRecord {
    /// 32 hexadecimal digits; frames and runs know the connection by it, whatever its name or key.
    pub id: String,
    /// The name people know it by; upper and lower case are alike.
    pub name: String,
    pub kind: ConnectionKind,
    /// The server its secret is for, and is sent to: https://api.stripe.com, unless it is a sandbox.
    pub api_base: String,
    pub live: bool,
    /// The account's id, `acct_...`, where Stripe has told it.
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub account_name: Option<String>,
    /// How the key begins and ends.
    #[serde(default)]
    pub key_hint: Option<String>,
    /// Whether the key may do more than read, as far as its form tells.
    #[serde(default)]
    pub may_write: bool,
    pub kept_in: Keeper,
    /// Unix seconds.
    pub added_at: i64,
    #[serde(default)]
    pub tried_at: Option<i64>,
    /// What it could read when it was tried.
    #[serde(default)]
    pub access: Vec<TypeAccess>,
}

/// What the secret of a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    /// A restricted or secret key.
    Key,
    /// A grant to the team's own Connect platform.
    Connect,
    /// A grant to the team's own Stripe App.
    App,
}

impl ConnectionKind {
    /// As people are shown it.
    pub fn label(self) -> &'static str {
        match self {
            ConnectionKind::Key => "key",
            ConnectionKind::Connect => "OAuth, Connect platform",
            ConnectionKind::App => "OAuth, Stripe App",
        }
    }
}

impl ConnectionRecord {
    /// Whether its server is Stripe itself; any other is a sandbox.
    pub fn is_stripe(&self) -> bool {
        ApiBase::parse(&self.api_base).is_ok_and(|server| server.is_stripe())
    }

    pub fn mode(&self) -> Mode {
        if self.live { Mode::Live } else { Mode::Test }
    }
}
