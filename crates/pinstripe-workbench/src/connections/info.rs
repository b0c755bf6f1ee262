//! What the page is shown of a connection. No key is in it, nor can it be: it is made of what may be
//! known by everybody. Read next: [`super`].

use pinstripe_catalog::catalog;
use pinstripe_client::{Client, Mode};
use pinstripe_connections::record::ConnectionKind as StoredKind;
use pinstripe_connections::{Access, ConnectionRecord, Connections as Stored, TypeAccess};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectionKind {
    Sandbox,
    Environment,
    Key,
    /// An OAuth grant to the team's own Connect platform.
    Connect,
    /// An OAuth grant to the team's own Stripe App.
    App,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectionMode {
    Sandbox,
    Test,
    Live,
}

/// What the page is shown of a connection: never the key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ConnectionInfo {
    pub id: String,
    pub name: String,
    pub kind: ConnectionKind,
    pub mode: ConnectionMode,
    /// The server that is asked.
    pub server: String,
    /// How the key begins and ends.
    pub key_hint: Option<String>,
    /// Whether it outlives the process.
    pub stored: bool,
    /// `acct_...`, where Stripe has told it.
    pub account: Option<String>,
    pub account_name: Option<String>,
    /// Whether the key may do more than read.
    pub may_write: bool,
    /// Where the secret is.
    pub kept_in: Option<String>,
    /// What that place protects from, in a sentence.
    pub protection: Option<String>,
    pub tried_at: Option<String>,
    /// What it could read when it was tried.
    pub access: Vec<TypeAccessInfo>,
}

/// A data type, and what a key may do with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TypeAccessInfo {
    pub data_type: String,
    pub label: String,
    pub access: AccessName,
    /// The permission that the key lacks.
    pub permission: Option<String>,
    /// Stripe's own words, or the parameter that it wants.
    pub message: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccessName {
    Readable,
    NotPermitted,
    NotEnabled,
    NeedsParameter,
    Failed,
}

impl ConnectionInfo {
    /// Of a connection that lives as long as this process.
    pub fn of_client(name: String, kind: ConnectionKind, client: &Client) -> ConnectionInfo {
        let key = client.key();
        let is_environment = kind == ConnectionKind::Environment;
        ConnectionInfo {
            id: client.identity(),
            name,
            kind,
            mode: mode(client.api_base().is_stripe(), key.mode()),
            server: client.api_base().to_string(),
            key_hint: key.hint().filter(|_| kind != ConnectionKind::Sandbox),
            stored: false,
            account: None,
            account_name: None,
            may_write: is_environment && key.may_write(),
            kept_in: is_environment.then(|| "environment".to_owned()),
            protection: is_environment.then(|| {
                "the key is in the environment that this program was started with, and never stored"
                    .to_owned()
            }),
            tried_at: None,
            access: Vec::new(),
        }
    }

    pub fn of_record(stored: &Stored, record: &ConnectionRecord) -> ConnectionInfo {
        ConnectionInfo {
            id: record.id.clone(),
            name: record.name.clone(),
            kind: match record.kind {
                StoredKind::Key => ConnectionKind::Key,
                StoredKind::Connect => ConnectionKind::Connect,
                StoredKind::App => ConnectionKind::App,
            },
            mode: mode(record.is_stripe(), record.mode()),
            server: record.api_base.clone(),
            key_hint: record.key_hint.clone(),
            stored: true,
            account: record.account.clone(),
            account_name: record.account_name.clone(),
            may_write: record.may_write,
            kept_in: Some(record.kept_in.label().to_owned()),
            protection: Some(stored.protection(record)),
            tried_at: record.tried_at.map(instant),
            access: record.access.iter().map(TypeAccessInfo::of).collect(),
        }
    }
}

/// Whatever is not Stripe itself is a sandbox, whose data are made up.
pub(crate) fn mode(is_stripe: bool, mode: Mode) -> ConnectionMode {
    match mode {
        _ if !is_stripe => ConnectionMode::Sandbox,
        Mode::Test => ConnectionMode::Test,
        Mode::Live => ConnectionMode::Live,
    }
}

impl TypeAccessInfo {
    fn of(tried: &TypeAccess) -> TypeAccessInfo {
        let known = catalog().data_type(&tried.data_type).ok();
        let (access, permission, message) = match &tried.access {
            Access::Readable => (AccessName::Readable, None, None),
            Access::NotPermitted { permission } => (AccessName::NotPermitted, permission.clone(), None),
            Access::NotEnabled { message } => (AccessName::NotEnabled, None, Some(message.clone())),
            Access::NeedsParameter { parameter } => {
                (AccessName::NeedsParameter, None, Some(parameter.clone()))
            }
            Access::Failed { message } => (AccessName::Failed, None, Some(message.clone())),
        };
        TypeAccessInfo {
            data_type: tried.data_type.clone(),
            label: known.map_or_else(|| tried.data_type.clone(), |data_type| data_type.label.clone()),
            access,
            permission,
            message,
        }
    }
}
