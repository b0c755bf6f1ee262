//! The workbench's page, checked: its own lints and tests, that its types are those of the server,
//! and the whole program in a real browser. Everything that npm installs goes into the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::test::target_folder;

/// Where a browser that Playwright can drive is found, first come.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/// Not part of what is checked, and slow to copy.
const NOT_COPIED: [&str; 3] = ["node_modules", "dist", "test-results"];

/// Lints, types and tests that need no browser, then the browser tests with `program`.
pub fn test(root: &Path, program: &Path) -> Result<()> {
    let work = prepare(root)?;
    npm(&work, &["run", "lint"], &[])?;
    npm(&work, &["run", "check"], &[])?;
    let described = root.join("crates/pinstripe-workbench/openapi.json");
    let generated = root.join("ui/src/api/schema.ts");
    node(&work, &[Path::new("scripts/types.mjs"), &described, &generated, Path::new("--check")])?;
    npm(&work, &["test"], &[])?;
    browse(&work, program, "test:browser", &[])
}

/// Takes the pictures of the README again.
pub fn pictures(root: &Path) -> Result<()> {
    crate::test::cargo(root, &["test", "--workspace", "--locked", "--no-run"])?;
    let program = crate::test::program(root)?;
    let work = prepare(root)?;
    let folder = root.join("docs/pictures");
    std::fs::create_dir_all(&folder)?;
    browse(&work, &program, "pictures", &[("PINSTRIPE_PICTURES", folder.as_path())])
}

fn browse(work: &Path, program: &Path, script: &str, more: &[(&str, &Path)]) -> Result<()> {
    let browser = browser()?;
    let mut variables = vec![("PINSTRIPE_PROGRAM", program), ("CHROMIUM", browser.as_path())];
    variables.extend(more);
    npm(work, &["run", script], &variables)
}

/// A copy of `ui/` with its packages, those of the tests included, in the target folder: building
/// and testing leave the sources as they are.
fn prepare(root: &Path) -> Result<PathBuf> {
    let (source, work) = (root.join("ui"), target_folder(root).join("page"));
    std::fs::create_dir_all(&work)?;
    clear(&source, &work)?;
    copy(&source, &work)?;
    let lock = std::fs::read(source.join("package-lock.json"))?;
    let marker = work.join("node_modules/.installed-lock.json");
    if !std::fs::read(&marker).is_ok_and(|installed| installed == lock) {
        npm(&work, &["ci", "--no-audit", "--no-fund", "--loglevel=error"], &[])?;
        std::fs::write(&marker, lock)?;
    }
    Ok(work)
}

/// Removes what the sources no longer have.
fn clear(source: &Path, work: &Path) -> Result<()> {
    for entry in std::fs::read_dir(work)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        if NOT_COPIED.iter().any(|kept| name == *kept) {
            continue;
        }
        let original = source.join(&name);
        if path.is_dir() && original.is_dir() {
            clear(&original, &path)?;
        } else if path.is_dir() {
            std::fs::remove_dir_all(&path)?;
        } else if !original.is_file() {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn copy(source: &Path, work: &Path) -> Result<()> {
    for entry in std::fs::read_dir(source)? {
        let entry = entry?;
        let name = entry.file_name();
        if NOT_COPIED.iter().any(|left| name == *left) {
            continue;
        }
        let target = work.join(&name);
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn npm(work: &Path, arguments: &[&str], variables: &[(&str, &Path)]) -> Result<()> {
    let line = format!("npm {}", arguments.join(" "));
    crate::say(&line);
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let status =
        Command::new(program).args(arguments).envs(variables.iter().copied()).current_dir(work).status();
    let status = status.context("npm is needed for the page: install Node 20 or newer")?;
    ensure!(status.success(), "{line} failed");
    Ok(())
}

fn node(work: &Path, arguments: &[&Path]) -> Result<()> {
    let status =
        Command::new("node").args(arguments).current_dir(work).status().context("node cannot be run")?;
    ensure!(status.success(), "the page's types are not the server's: run `npm run types` in ui/");
    Ok(())
}

/// The browser named by `CHROMIUM`, else one that is installed, else Debian's, installed now.
fn browser() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").filter(|named| !named.is_empty()) {
        return Ok(PathBuf::from(named));
    }
    if let Some(found) = installed_browser() {
        return Ok(found);
    }
    crate::say("installing Chromium for the browser tests");
    let installed = apt_get(&["update", "-q"]) && apt_get(&["install", "-y", "-q", "chromium"]);
    match installed_browser() {
        Some(found) if installed => Ok(found),
        _ => bail!(
            "no Chromium for the browser tests: install it, or name one with CHROMIUM=/path/to/chromium"
        ),
    }
}

fn installed_browser() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let candidates = BROWSERS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|path| path.is_file())
}

fn apt_get(arguments: &[&str]) -> bool {
    let mut command = if is_root() { Command::new("apt-get") } else { Command::new("sudo") };
    if !is_root() {
        command.args(["-n", "apt-get"]);
    }
    command.args(arguments).status().is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output();
    user.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
