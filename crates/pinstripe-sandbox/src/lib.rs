//! A faithful local Stripe: for the demo, for tests and for benchmarks.
//!
//! It serves a believable business of any size over Stripe's own API, the same for the same seed, and computes each
//! object when it is asked for. It never talks to the network beyond loopback and uses no other crate of this
//! workspace, so that a wrong idea cannot hide in both. What it does as Stripe does, and on whose word, is listed in
//! its fidelity table. Read next: `config.rs`, then `world.rs` for the data and `routes.rs` for the answers.

mod accounts;
mod answer;
mod auth;
mod calendar;
mod changes;
mod config;
mod control;
mod dice;
mod endpoint;
mod error;
mod expand;
mod fault;
mod filters;
mod ident;
mod json;
mod kind;
mod limits;
mod lists;
mod oauth;
mod params;
mod render;
mod routes;
mod search;
mod server;
mod state;
mod world;
mod writes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use accounts::{AccountNote, Party};
pub use auth::{EXPIRED_KEY, IP_RESTRICTED_KEY, permissions};
pub use config::{
    CHARGES_PER_CUSTOMER, Distribution, MOST_ACCOUNTS, MOST_CHARGES, MOST_CUSTOMERS, SandboxConfig,
    SandboxError,
};
pub use fault::{Fault, FaultKind, FaultRates};
pub use kind::Kind;
pub use oauth::{GrantNote, OAuthClient, OAuthClients, OAuthServer};
pub use routes::app;
pub use server::API_VERSION;
pub use state::{Counts, RequestRecord, State, Summary};
pub use world::{Totals, World};

/// A sandbox that is serving.
pub struct Sandbox {
    state: Arc<State>,
    url: String,
    account_id: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Sandbox {
    /// Binds to loopback and serves on the current tokio runtime.
    pub async fn start(config: SandboxConfig) -> Result<Sandbox, SandboxError> {
        let state = Arc::new(State::new(config)?);
        let (listener, address) = server::listen(state.config.port).await?;
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(server::serve(listener, app(Arc::clone(&state)), stopped));
        let account_id = state.main.world.account_id();
        Ok(Sandbox { state, url: format!("http://{address}"), account_id, stop, serving })
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// May read and write everything.
    pub fn secret_key(&self) -> &str {
        &self.state.keys.secret
    }

    /// May read everything and write nothing.
    pub fn restricted_key(&self) -> &str {
        &self.state.keys.restricted
    }

    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// The newest 10,000 requests, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.state.requests()
    }

    /// Requests by endpoint, such as `GET /v1/charges/{id}`.
    pub fn counts(&self) -> BTreeMap<String, Counts> {
        self.state.counts()
    }

    pub fn forget_requests(&self) {
        self.state.forget_requests();
    }

    /// Adds a fault by script while the sandbox runs.
    pub fn add_fault(&self, fault: Fault) {
        self.state.change_faults(|plan| plan.add(fault));
    }

    pub fn set_fault_rates(&self, rates: FaultRates) -> Result<(), SandboxError> {
        rates.check()?;
        self.state.change_faults(|plan| plan.set_rates(rates));
        Ok(())
    }

    pub fn clear_faults(&self) {
        self.state.change_faults(fault::FaultPlan::clear);
    }

    /// The connected accounts, the oldest first, also those that have withdrawn.
    pub fn accounts(&self) -> Vec<AccountNote> {
        self.state.account_notes()
    }

    /// A connected account withdraws its access: requests for it are refused, its OAuth tokens too. `still_listed` leaves
    /// it in `GET /v1/accounts`, as for whoever read that list a moment ago. `false` when the id names no such account.
    pub fn revoke_account(&self, id: &str, still_listed: bool) -> bool {
        self.state.revoke_account(id, still_listed)
    }

    /// Gives a connected account's access back; OAuth tokens of before stay dead.
    pub fn restore_account(&self, id: &str) -> bool {
        self.state.restore_account(id)
    }

    /// Client ids, secrets and redirect URIs of both OAuth servers.
    pub fn oauth_clients(&self) -> OAuthClients {
        self.state.oauth_clients()
    }

    /// What was granted since the start, the oldest first.
    pub fn oauth_grants(&self) -> Vec<GrantNote> {
        self.state.grant_notes()
    }

    /// As when the owner of an account removes the platform or the app. `false` when there was nothing to remove.
    pub fn revoke_grant(&self, server: OAuthServer, account: &str) -> bool {
        self.state.revoke_grant(server, account)
    }

    /// Ends access tokens now: all, or those of one server or account; with `refresh` their refresh tokens as well.
    pub fn expire_tokens(&self, server: Option<OAuthServer>, account: Option<&str>, refresh: bool) -> usize {
        self.state.expire_tokens(server, account, refresh)
    }

    /// Lets time pass for OAuth's codes and tokens, and for nothing else.
    pub fn advance_oauth_clock(&self, by: Duration) {
        self.state.advance_oauth_clock(by);
    }

    /// The computed business, for exact counts and sums.
    pub fn world(&self) -> &World {
        &self.state.main.world
    }

    /// Closes the port and all connections.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.serving.await;
    }

    /// Serves until it fails or the future is dropped.
    pub async fn wait(self) -> Result<(), SandboxError> {
        let Sandbox { serving, stop, .. } = self;
        let ended = serving.await;
        drop(stop);
        match ended {
            Ok(served) => served.map_err(|source| SandboxError::Serve { source }),
            Err(joined) => Err(SandboxError::Serve { source: std::io::Error::other(joined) }),
        }
    }
}
