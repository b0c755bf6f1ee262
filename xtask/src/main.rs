//! `cargo xtask`: the project's own chores, in Rust so that they run wherever the project builds.
//!
//! Nothing here is part of the program a user runs.

mod bench;
mod catalog;
mod guide;
mod openapi;
mod page;
mod sim;
mod test;
mod tidy;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const USAGE: &str = "\
usage: cargo xtask <chore>

  test                       set up what is needed and run every test
  sim [--seeds N | --seed n] simulate more imports than the tests do, or one again
  tidy                       check the rules of the house
  catalog SPEC... [--check]  regenerate the catalog from Stripe's OpenAPI file
  guide [--check]            regenerate the tables of the guide to custom queries
  pictures                   take the README's pictures again, of the demo in a browser
  openapi                    write down the workbench's routes, for the page's types
  bench [NAME]               measure, each as a ratio to something measured in the same run
  bench import [CASE...]     measure imports at Stripe's limits; fails when one is over its bar
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let root = workspace_root()?;
    let (chore, rest) = match arguments.split_first() {
        Some((chore, rest)) => (chore.as_str(), rest),
        None => bail!("no chore named\n\n{USAGE}"),
    };
    match chore {
        "test" => test::run(&root),
        "pictures" => page::pictures(&root),
        "sim" => sim::run(&root, rest),
        "tidy" => tidy::run(&root),
        "guide" => guide::run(&root, rest),
        "openapi" => openapi::run(&root),
        "bench" => bench::run(&root, rest),
        "catalog" => catalog::run(&root, rest),
        _ => bail!("`{chore}` is no chore\n\n{USAGE}"),
    }
}

fn workspace_root() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(manifest.parent().context("xtask stands in the workspace")?.to_owned())
}

/// Chores talk on stderr, like the program: stdout is for data.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
