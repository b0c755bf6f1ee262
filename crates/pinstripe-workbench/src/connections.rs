//! The accounts the workbench can reach: the built-in sandbox, the key of the environment, keys that
//! were typed in. Keys stay in memory, inside their clients; the page is shown how one begins and
//! ends, never more (promise 7).

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use pinstripe_client::{ApiBase, ApiKey, Client, ClientOptions, ErrorKind, Mode};
use pinstripe_library::{Failure, Field, Source};
use serde::Serialize;
use utoipa::ToSchema;

/// The name people know the sandbox by.
pub const SANDBOX: &str = "Sandbox";

/// Starts a sandbox of so many customers. The program that has one hands this in: the workbench
/// knows Stripe, not the sandbox.
pub type StartSandbox = Arc<dyn Fn(u64) -> BoxFuture<'static, Result<StartedSandbox, Failure>> + Send + Sync>;

/// A sandbox that answers.
pub struct StartedSandbox {
    /// With limits that suit it.
    pub client: Client,
    /// Held so that it goes on answering.
    pub running: Box<dyn Any + Send + Sync>,
}

/// How accounts are reached.
pub struct Accounts {
    /// The server that typed keys are for.
    pub api_base: ApiBase,
    /// The name and the client of the key that the environment holds.
    pub environment: Option<(String, Client)>,
    /// Starts the built-in sandbox, where the program has one.
    pub start_sandbox: Option<StartSandbox>,
    /// One that answers already.
    pub sandbox: Option<StartedSandbox>,
}

pub(crate) struct Connections {
    api_base: ApiBase,
    start_sandbox: Option<StartSandbox>,
    known: Mutex<Vec<Connection>>,
    /// Held while a sandbox is started, so that there is one.
    starting: tokio::sync::Mutex<()>,
    /// How often the list has changed.
    changes: AtomicU64,
}

/// One account that can be reached.
#[derive(Clone)]
pub(crate) struct Connection {
    pub info: ConnectionInfo,
    pub client: Client,
    _running: Option<Arc<dyn Any + Send + Sync>>,
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

impl Connection {
    fn new(name: String, kind: ConnectionKind, client: Client) -> Connection {
        let mode = match client.key().mode() {
            _ if !client.api_base().is_stripe() => ConnectionMode::Sandbox,
            Mode::Test => ConnectionMode::Test,
            Mode::Live => ConnectionMode::Live,
        };
        let key_hint = client.key().hint().filter(|_| kind != ConnectionKind::Sandbox);
        let info = ConnectionInfo { id: client.identity(), name, kind, mode, key_hint, stored: false };
        Connection { info, client, _running: None }
    }

    fn of_sandbox(started: StartedSandbox) -> Connection {
        let connection = Connection::new(SANDBOX.to_owned(), ConnectionKind::Sandbox, started.client);
        Connection { _running: Some(Arc::from(started.running)), ..connection }
    }
}

impl Connections {
    pub fn new(accounts: Accounts) -> Connections {
        let sandbox = accounts.sandbox.map(Connection::of_sandbox);
        let environment = accounts
            .environment
            .map(|(name, client)| Connection::new(name, ConnectionKind::Environment, client));
        Connections {
            api_base: accounts.api_base,
            start_sandbox: accounts.start_sandbox,
            known: Mutex::new(sandbox.into_iter().chain(environment).collect()),
            starting: tokio::sync::Mutex::default(),
            changes: AtomicU64::new(0),
        }
    }

    fn known(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn list(&self) -> Vec<ConnectionInfo> {
        self.known().iter().map(|connection| connection.info.clone()).collect()
    }

    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    /// The connection that was chosen in a dialog.
    pub fn chosen(&self, id: Option<&str>) -> Result<Connection, Failure> {
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            return Err(Failure::new(ErrorKind::Key, "no connection is chosen")
                .about(Field::Connection)
                .with_hint("choose one, add a key, or start the sandbox"));
        };
        let found = self.known().iter().find(|connection| connection.info.id == id).cloned();
        found.ok_or_else(|| {
            Failure::new(ErrorKind::NotFound, "this connection is not there any more")
                .about(Field::Connection)
        })
    }

    /// The connection that rows came from. A sandbox is the same business at every start.
    pub fn of(&self, source: &Source) -> Result<Connection, Failure> {
        let known = self.known();
        let same = known.iter().find(|connection| Some(&connection.info.id) == source.account.as_ref());
        let sandbox =
            || known.iter().find(|known| source.sandbox && known.info.kind == ConnectionKind::Sandbox);
        same.or_else(sandbox).cloned().ok_or_else(|| {
            let name = source.connection.as_deref().unwrap_or("it was imported with");
            let failure = Failure::new(ErrorKind::Key, format!("the connection `{name}` is not there"));
            failure.about(Field::Connection).with_hint(match source.sandbox {
                true => "start the sandbox on the page of connections",
                false => "add its key on the page of connections",
            })
        })
    }

    /// Adds a key that Stripe knows.
    pub async fn add(&self, name: &str, key: &str) -> Result<ConnectionInfo, Failure> {
        let key = ApiKey::parse(key)?;
        let client = Client::new(ClientOptions::new(self.api_base.clone(), key))?;
        let name = match name.trim() {
            "" => client.key().hint().map_or_else(|| "Stripe".to_owned(), |hint| format!("Stripe {hint}")),
            name => name.to_owned(),
        };
        let added = Connection::new(name, ConnectionKind::Key, client);
        self.check_name(&added)?;
        test(&added.client).await?;
        let mut known = self.known();
        known.retain(|connection| connection.info.id != added.info.id);
        known.push(added.clone());
        drop(known);
        self.changed();
        Ok(added.info)
    }

    fn check_name(&self, added: &Connection) -> Result<(), Failure> {
        let known = self.known();
        let taken = known.iter().any(|known| {
            known.info.name.eq_ignore_ascii_case(&added.info.name) && known.info.id != added.info.id
        });
        if !taken {
            return Ok(());
        }
        let message = format!("a connection called `{}` exists already", added.info.name);
        Err(Failure::new(ErrorKind::Exists, message).about(Field::Name).with_hint("choose another name"))
    }

    /// Forgets a connection; imports under way go on.
    pub fn remove(&self, id: &str) -> Result<(), Failure> {
        let mut known = self.known();
        let before = known.len();
        known.retain(|connection| connection.info.id != id);
        if known.len() == before {
            return Err(Failure::new(ErrorKind::NotFound, "there is no such connection"));
        }
        drop(known);
        self.changed();
        Ok(())
    }

    /// The built-in sandbox, started where it is not running yet.
    pub async fn sandbox(&self, customers: u64) -> Result<ConnectionInfo, Failure> {
        let _starting = self.starting.lock().await;
        let running = self.known().iter().find(|known| known.info.kind == ConnectionKind::Sandbox).cloned();
        if let Some(running) = running {
            return Ok(running.info);
        }
        let start = self.start_sandbox.as_ref();
        let start = start.ok_or_else(|| Failure::new(ErrorKind::NotFound, "this program has no sandbox"))?;
        let started = Connection::of_sandbox(start(customers).await?);
        let info = started.info.clone();
        self.known().insert(0, started);
        self.changed();
        Ok(info)
    }
}

/// One cheap request. A key that may not read charges is a key all the same.
async fn test(client: &Client) -> Result<(), Failure> {
    let limit = [("limit".to_owned(), "1".to_owned())];
    match client.get("/v1/charges", &limit).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::Permission => Ok(()),
        Err(error) => Err(Failure::from(error).about(Field::Connection)),
    }
}
