//! `pinstripe sandbox`: a local Stripe, until it is stopped.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use pinstripe_client::{ApiBase, ApiKey, Client, ClientOptions, MaxRate};
use pinstripe_connections::oauth::OAuthKind;
use pinstripe_sandbox::{Distribution, FaultRates, Sandbox, SandboxConfig};
use pinstripe_workbench::{SandboxOAuth, StartSandbox, StartedSandbox};
use serde_json::json;

use crate::arguments::{SandboxArguments, SandboxDistribution};
use crate::failure::{self, Failure};
use crate::report;
use crate::settings::Settings;

/// Where OAuth's answers come back to, unless another program has it.
const REDIRECT_PORT: u16 = 8765;

pub async fn run(arguments: &SandboxArguments, settings: &Settings) -> Result<(), Failure> {
    let config = SandboxConfig {
        port: arguments.port,
        seed: arguments.seed,
        customers: arguments.customers,
        charges: arguments.charges,
        accounts: arguments.accounts.unwrap_or(SandboxConfig::default().accounts),
        latency_ms: arguments.latency_ms,
        rate: arguments.rate,
        concurrency: arguments.concurrency,
        livemode: arguments.live,
        now: arguments.now,
        distribution: distribution(arguments.distribution),
        fault_rates: fault_rates(&arguments.faults)?,
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start(config).await.map_err(failure::of_sandbox)?;
    if settings.json {
        report::json(&json!({
            "url": sandbox.url(),
            "secret_key": sandbox.secret_key(),
            "restricted_key": sandbox.restricted_key(),
            "account": sandbox.account_id(),
            "oauth_clients": sandbox.oauth_clients(),
        }))?;
    } else {
        report::data(&format!(
            "a local Stripe answers at {url}\n\n  export STRIPE_API_BASE={url}\n  export STRIPE_API_KEY={key}\n  \
             pinstripe import charges\n\nits keys open nothing but this sandbox; Ctrl-C ends it",
            url = sandbox.url(),
            key = sandbox.restricted_key(),
        ));
    }
    let stopped = tokio::signal::ctrl_c().await;
    sandbox.stop().await;
    stopped.map_err(|error| Failure::internal(error.to_string()))
}

/// A client of a sandbox that runs in this program.
pub fn client_of(sandbox: &Sandbox) -> Result<Client, Failure> {
    let mut options =
        ClientOptions::new(ApiBase::parse(sandbox.url())?, ApiKey::parse(sandbox.restricted_key())?);
    // Stripe's limits are for Stripe; the sandbox is ours and this program its only client.
    options.max_rate =
        MaxRate { account_per_second: Some(1e6), endpoint_per_second: Some(1e6), headroom: 0.0 };
    Ok(Client::new(options)?)
}

/// How the workbench starts a sandbox in this program.
pub fn starter() -> StartSandbox {
    Arc::new(|customers| {
        Box::pin(async move {
            let sandbox = Sandbox::start(config_of(customers)).await.map_err(failure::of_sandbox)?;
            started(&Arc::new(sandbox))
        })
    })
}

/// A sandbox for the workbench. Its OAuth servers send people back to a port that is free.
pub fn config_of(customers: u64) -> SandboxConfig {
    let mut config = SandboxConfig { customers, ..SandboxConfig::default() };
    if TcpListener::bind((Ipv4Addr::LOCALHOST, REDIRECT_PORT)).is_err()
        && let Ok(port) = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr())
    {
        config.oauth_redirects.insert(0, format!("http://{port}/oauth/callback"));
    }
    config
}

/// A sandbox as the workbench knows it.
pub fn started(sandbox: &Arc<Sandbox>) -> Result<StartedSandbox, Failure> {
    let clients = sandbox.oauth_clients();
    let mut oauth = Vec::new();
    for (kind, client) in [(OAuthKind::Connect, clients.connect), (OAuthKind::App, clients.app)] {
        let Some(redirect_uri) = client.redirect_uris.into_iter().next() else { continue };
        let secret = ApiKey::parse(&client.secret)?;
        oauth.push(SandboxOAuth { kind, client_id: client.client_id, secret, redirect_uri });
    }
    Ok(StartedSandbox { client: client_of(sandbox)?, oauth, running: Box::new(Arc::clone(sandbox)) })
}

fn distribution(named: SandboxDistribution) -> Distribution {
    match named {
        SandboxDistribution::Business => Distribution::Business,
        SandboxDistribution::Even => Distribution::Even,
        SandboxDistribution::Spike => Distribution::Spike,
        SandboxDistribution::SameSecond => Distribution::SameSecond,
        SandboxDistribution::Sparse => Distribution::Sparse,
    }
}

fn fault_rates(text: &str) -> Result<FaultRates, Failure> {
    FaultRates::parse(text).map_err(|error| {
        Failure::user(format!("`--faults {text}`: {error}"))
            .with_hint("--faults rate_limited=5,server_error=5,reset=4,cut_body=4")
    })
}
