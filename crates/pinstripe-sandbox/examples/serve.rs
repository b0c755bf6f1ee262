//! Runs a sandbox by hand: `cargo run --release -p pinstripe-sandbox --example serve -- [customers] [port] [charges]`.
//!
//! It prints the address and the keys to stderr and serves until it is interrupted. Read next: `../src/lib.rs`.

use std::io::Write;

use pinstripe_sandbox::{Sandbox, SandboxConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let mut next = || numbers.next().transpose();
    let customers = next()?.unwrap_or(2_000);
    let port = u16::try_from(next()?.unwrap_or(12_111))?;
    let charges = next()?;
    let sandbox =
        Sandbox::start(SandboxConfig { customers, port, charges, ..SandboxConfig::default() }).await?;
    writeln!(std::io::stderr(), "{}\n{}\n{}", sandbox.url(), sandbox.secret_key(), sandbox.restricted_key())?;
    tokio::select! {
        ended = sandbox.wait() => ended?,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}
