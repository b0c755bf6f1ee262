//! The accounts the workbench can reach: the built-in sandbox, the key of the environment, and the
//! connections that are stored. Keys stay inside their clients and where they are kept; the page is
//! shown how one begins and ends, never more (promise 7).
//!
//! Read next: [`info`] for what the page is shown, [`stored`] for adding, trying, replacing and
//! removing, `grants` for OAuth.

pub(crate) mod info;
mod problem;
pub(crate) mod stored;

use std::any::Any;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use pinstripe_client::{ApiBase, ApiKey, Client, ErrorKind, MaxRate};
use pinstripe_connections::oauth::OAuthKind;
use pinstripe_connections::{ConnectionRecord, Connections as Stored};
use pinstripe_library::{Failure, Field, Source};

use crate::imports::blocking;
use info::{ConnectionInfo, ConnectionKind};
pub(crate) use problem::failure;

/// The name people know the sandbox by.
pub const SANDBOX: &str = "Sandbox";

/// Starts a sandbox of so many customers. The program that has one hands this in: the workbench
/// knows Stripe, not the sandbox.
pub type StartSandbox = Arc<dyn Fn(u64) -> BoxFuture<'static, Result<StartedSandbox, Failure>> + Send + Sync>;

/// A sandbox that answers.
pub struct StartedSandbox {
    /// With limits that suit it.
    pub client: Client,
    /// What a team would have registered with its OAuth servers.
    pub oauth: Vec<SandboxOAuth>,
    /// Held so that it goes on answering.
    pub running: Box<dyn Any + Send + Sync>,
}

/// A platform or an app that the sandbox knows.
#[derive(Debug, Clone)]
pub struct SandboxOAuth {
    pub kind: OAuthKind,
    pub client_id: String,
    pub secret: ApiKey,
    /// One that leads back to this machine.
    pub redirect_uri: String,
}

/// How accounts are reached.
pub struct Accounts {
    /// The server that typed keys are for.
    pub api_base: ApiBase,
    /// The name and the client of the key that the environment holds.
    pub environment: Option<(String, Client)>,
    /// Those that are kept from day to day, beside the library.
    pub stored: Stored,
    /// For clients of stored connections.
    pub max_rate: MaxRate,
    /// Starts the built-in sandbox, where the program has one.
    pub start_sandbox: Option<StartSandbox>,
    /// One that answers already.
    pub sandbox: Option<StartedSandbox>,
}

pub(crate) struct Connections {
    pub api_base: ApiBase,
    pub stored: Stored,
    max_rate: MaxRate,
    start_sandbox: Option<StartSandbox>,
    /// Those of this process: the sandbox and the environment's key.
    known: Mutex<Vec<Connection>>,
    /// Of stored connections, made when first used: one each, so that limits are shared.
    clients: tokio::sync::Mutex<HashMap<String, (u64, Client)>>,
    /// Held while a sandbox is started, so that there is one.
    starting: tokio::sync::Mutex<()>,
    /// How often this program has changed the list.
    changes: AtomicU64,
}

/// One account that can be reached.
#[derive(Clone)]
pub(crate) struct Connection {
    pub info: ConnectionInfo,
    pub client: Client,
    oauth: Vec<SandboxOAuth>,
    _running: Option<Arc<dyn Any + Send + Sync>>,
}

impl Connection {
    fn new(name: String, kind: ConnectionKind, client: Client) -> Connection {
        let info = ConnectionInfo::of_client(name, kind, &client);
        Connection { info, client, oauth: Vec::new(), _running: None }
    }

    fn of_sandbox(started: StartedSandbox) -> Connection {
        let connection = Connection::new(SANDBOX.to_owned(), ConnectionKind::Sandbox, started.client);
        Connection { oauth: started.oauth, _running: Some(Arc::from(started.running)), ..connection }
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
            stored: accounts.stored,
            max_rate: accounts.max_rate,
            start_sandbox: accounts.start_sandbox,
            known: Mutex::new(sandbox.into_iter().chain(environment).collect()),
            clients: tokio::sync::Mutex::default(),
            starting: tokio::sync::Mutex::default(),
            changes: AtomicU64::new(0),
        }
    }

    fn known(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of this process first. Reads a file.
    pub fn list(&self) -> Result<Vec<ConnectionInfo>, Failure> {
        let mut all: Vec<ConnectionInfo> =
            self.known().iter().map(|connection| connection.info.clone()).collect();
        let stored = self.stored.list().map_err(failure)?;
        all.extend(stored.iter().map(|record| ConnectionInfo::of_record(&self.stored, record)));
        Ok(all)
    }

    /// Another number after every change of the list, whichever program made it. Reads a file.
    pub fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.changes.load(Ordering::Relaxed).hash(&mut hasher);
        // A list that cannot be read now is looked at again in a moment.
        for record in self.stored.list().unwrap_or_default() {
            serde_json::to_string(&record).unwrap_or_default().hash(&mut hasher);
        }
        hasher.finish()
    }

    pub fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    fn record(&self, id: &str) -> Result<Option<ConnectionRecord>, Failure> {
        Ok(self.stored.list().map_err(failure)?.into_iter().find(|record| record.id == id))
    }

    /// The connection that was chosen in a dialog.
    pub async fn chosen(&self, id: Option<&str>) -> Result<Connection, Failure> {
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            return Err(Failure::new(ErrorKind::Key, "no connection is chosen")
                .about(Field::Connection)
                .with_hint("choose one, add a key, or start the sandbox"));
        };
        let found = self.known().iter().find(|connection| connection.info.id == id).cloned();
        if let Some(connection) = found {
            return Ok(connection);
        }
        let Some(record) = self.record(id)? else {
            let gone = Failure::new(ErrorKind::NotFound, "this connection is not there any more");
            return Err(gone.about(Field::Connection));
        };
        let info = ConnectionInfo::of_record(&self.stored, &record);
        let client = self.client_of(record).await?;
        Ok(Connection { info, client, oauth: Vec::new(), _running: None })
    }

    /// The client of a stored connection, another one after its key was replaced.
    async fn client_of(&self, record: ConnectionRecord) -> Result<Client, Failure> {
        let mut clients = self.clients.lock().await;
        let mark = key_mark(&record);
        if let Some((_, client)) = clients.get(&record.id).filter(|(known, _)| *known == mark) {
            return Ok(client.clone());
        }
        let (stored, id, max_rate) = (self.stored.clone(), record.id.clone(), self.max_rate);
        // A keychain may ask its owner first.
        let options = blocking(move || stored.options(&record, max_rate).map_err(failure)).await?;
        let client = Client::new(options)?;
        clients.insert(id, (mark, client.clone()));
        Ok(client)
    }

    async fn forget_client(&self, id: &str) {
        self.clients.lock().await.remove(id);
    }

    /// The id and the name of now of the connection that rows came from. A sandbox is the same
    /// business at every start.
    pub fn known_of(&self, source: &Source) -> Option<(String, String)> {
        let named = |info: &ConnectionInfo| (info.id.clone(), info.name.clone());
        let account = source.account.as_deref()?;
        let known = self.known();
        if let Some(same) = known.iter().find(|connection| connection.info.id == account) {
            return Some(named(&same.info));
        }
        let is_sandbox = |known: &&Connection| known.info.kind == ConnectionKind::Sandbox;
        let sandbox = known.iter().find(is_sandbox).map(|sandbox| named(&sandbox.info));
        drop(known);
        if let Ok(Some(record)) = self.record(account) {
            return Some((record.id, record.name));
        }
        // Another name is another sandbox: one of several accounts that were connected to it, say.
        sandbox.filter(|_| source.sandbox && source.connection.as_deref().is_none_or(|name| name == SANDBOX))
    }

    /// The connection that rows came from.
    pub async fn of(&self, source: &Source) -> Result<Connection, Failure> {
        if let Some((id, _)) = self.known_of(source) {
            return self.chosen(Some(&id)).await;
        }
        let name = source.connection.as_deref().unwrap_or("it was imported with");
        let failure = Failure::new(ErrorKind::Key, format!("the connection `{name}` is not there"));
        Err(failure.about(Field::Connection).with_hint(match source.sandbox {
            true => "start the sandbox on the page of connections",
            false => "add its key on the page of connections, and choose it in Edit import",
        }))
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

    /// What the sandbox that runs here has registered with its own OAuth servers, and where they are.
    pub fn sandbox_oauth(&self) -> Option<(ApiBase, Vec<SandboxOAuth>)> {
        let known = self.known();
        let sandbox = known.iter().find(|known| known.info.kind == ConnectionKind::Sandbox)?;
        Some((sandbox.client.api_base().clone(), sandbox.oauth.clone()))
    }
}

/// Tells a connection's key from the one before it, as far as may be seen of keys.
fn key_mark(record: &ConnectionRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&record.key_hint, &record.api_base, &record.account, record.kind.label()).hash(&mut hasher);
    hasher.finish()
}
