//! `pinstripe sandbox`: a local Stripe, until it is stopped.

use pinstripe_sandbox::{Sandbox, SandboxConfig};
use serde_json::json;

use crate::arguments::SandboxArguments;
use crate::failure::Failure;
use crate::report;
use crate::settings::Settings;

pub async fn run(arguments: &SandboxArguments, settings: &Settings) -> Result<(), Failure> {
    let config = SandboxConfig {
        port: arguments.port,
        seed: arguments.seed,
        customers: arguments.customers,
        charges: arguments.charges,
        latency_ms: arguments.latency_ms,
        rate: arguments.rate,
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start(config).await?;
    if settings.json {
        report::json(&json!({
            "url": sandbox.url(),
            "secret_key": sandbox.secret_key(),
            "restricted_key": sandbox.restricted_key(),
            "account": sandbox.account_id(),
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
