//! `cargo xtask sim [--seeds N] [--seed n]`: simulated imports, more of them than `cargo test` tries,
//! or one again. What a seed means stands in `crates/pinstripe-import/src/simulation`; nothing here
//! knows.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::test::cargo_with;

/// Seeds where none is named: some minutes.
const SEEDS: u64 = 20_000;

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let number = |text: &str| -> Result<u64> {
        text.parse().with_context(|| format!("expected a whole number, found `{text}`"))
    };
    let (name, value) = match arguments {
        [] => ("PINSTRIPE_SIM_SEEDS", SEEDS),
        [flag, text] if flag == "--seeds" => ("PINSTRIPE_SIM_SEEDS", number(text)?),
        [flag, text] if flag == "--seed" => ("PINSTRIPE_SIM_SEED", number(text)?),
        _ => bail!("expected --seeds N or --seed n, found `{}`", arguments.join(" ")),
    };
    // The whole workspace, so that features are those of `cargo test`, and nothing is built anew.
    let test = ["test", "--workspace", "--lib", "--locked", "simulation::"];
    cargo_with(root, &test, &[(name, &value.to_string())])
}
