//! The accounts the workbench can reach: the built-in sandbox, the key of the environment, keys that
//! were typed in. Keys stay in memory, in `ApiKey`s, and only their last letters are ever shown.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use pinstripe_client::Client;
use pinstripe_library::Failure;
use serde::Serialize;
use utoipa::ToSchema;

/// Starts a sandbox of so many customers. The program that has one hands this in: the workbench
/// knows Stripe, not the sandbox.
pub type StartSandbox = Arc<dyn Fn(u64) -> BoxFuture<'static, Result<StartedSandbox, Failure>> + Send + Sync>;

/// A sandbox that answers.
pub struct StartedSandbox {
    /// With limits that suit it.
    pub client: Client,
    /// Held so that it goes on answering.
    pub running: Box<dyn std::any::Any + Send + Sync>,
}

pub(crate) struct Connections {
    start_sandbox: Option<StartSandbox>,
    known: Mutex<Vec<Connection>>,
}

/// One account that can be reached.
#[derive(Clone)]
pub(crate) struct Connection {
    pub info: ConnectionInfo,
    pub client: Client,
    _running: Option<Arc<dyn std::any::Any + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectionKind {
    Sandbox,
    Environment,
    Key,
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
    /// How the key begins and ends.
    pub key_hint: Option<String>,
    /// Whether it outlives the process.
    pub stored: bool,
}

impl Connections {
    pub fn new(start_sandbox: Option<StartSandbox>) -> Connections {
        Connections { start_sandbox, known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
