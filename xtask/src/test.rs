//! `cargo xtask test`: everything that is checked, with all it needs set up first.
//!
//! Rust tests, then the programs of others: Stripe's official SDK against the sandbox, readers of
//! Delta tables and Parquet against frames, and the workbench in a browser. What they need is set up
//! in the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

pub fn run(root: &Path) -> Result<()> {
    cargo(root, &["test", "--workspace", "--locked"])?;
    let python = python_environment(root)?;
    let program = program(root)?;
    for script in ["tests/interop/stripe_sdk.py", "tests/interop/frame_readers.py"] {
        crate::say(&format!("running {script}"));
        let status = Command::new(&python).arg(root.join(script)).arg(&program).current_dir(root).status();
        let status = status.with_context(|| format!("cannot run {}", python.display()))?;
        ensure!(status.success(), "{script} failed");
    }
    crate::page::test(root, &program)
}

pub fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    cargo_with(root, arguments, &[])
}

/// The same with variables of the environment.
pub fn cargo_with(root: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    crate::say(&format!("cargo {}", arguments.join(" ")));
    let mut command = Command::new(env!("CARGO"));
    // What the outer cargo says of this program would make build scripts that look at it run again,
    // and DataFusion with them.
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        let of_a_package =
            ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name_text.starts_with(prefix));
        if of_a_package
            || matches!(&*name_text, "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE")
        {
            command.env_remove(&name);
        }
    }
    let status = command.args(arguments).envs(variables.iter().copied()).current_dir(root).status()?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}

/// The program that `cargo test` built for its own tests: building it apart would choose other
/// features and compile DataFusion once more.
pub fn program(root: &Path) -> Result<PathBuf> {
    let path = target_folder(root).join("debug").join(format!("pinstripe{}", std::env::consts::EXE_SUFFIX));
    ensure!(path.is_file(), "cargo test left no program at {}", path.display());
    Ok(path)
}

pub fn target_folder(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}

/// A Python of our own with the packages of `tests/interop/requirements.txt`, made once.
fn python_environment(root: &Path) -> Result<PathBuf> {
    let requirements = root.join("tests/interop/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements)?;
    let folder = target_folder(root).join("python");
    let python = folder.join("bin/python");
    let marker = folder.join("installed.txt");
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    crate::say("setting up Python packages for the interoperability tests");
    let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).status();
    let made = made.context("python3 is needed for the interoperability tests")?;
    ensure!(made.success(), "python3 -m venv failed (on Debian: apt-get install python3-venv)");
    let installed =
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(&requirements).status()?;
    ensure!(installed.success(), "pip install failed");
    std::fs::write(&marker, wanted)?;
    Ok(python)
}
