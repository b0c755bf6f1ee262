//! Builds the page of `ui/` with npm, in this build's own folder, and writes the table of its files
//! that `src/page.rs` holds. Runs again only when `ui/` changes; npm installs again only when the
//! lock file does. It never writes into `ui/`.
//!
//! `PINSTRIPE_PAGE=folder` takes a ready-made page instead; without the feature `page` there is none.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What the page's own tools want.
const NODE_MAJOR_MIN: u32 = 20;
/// Kept in the build's folder from one build to the next, or made there.
const MADE_HERE: [&str; 3] = ["node_modules", "dist", "installed-lock.json"];
/// Not part of the page.
const NOT_COPIED: [&str; 5] = ["node_modules", "dist", "tests", "test-results", "playwright-report"];
/// Compressed as they are.
const PACKED: [&str; 6] = ["png", "woff2", "woff", "webp", "jpg", "ico"];

const WAYS_OUT: &str = "install Node 20 or newer with npm from https://nodejs.org, or set PINSTRIPE_PAGE to the folder of a \
     ready-made page, or build without the page: cargo build --no-default-features";

type Outcome<T> = Result<T, String>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    println_cargo("rerun-if-env-changed=PINSTRIPE_PAGE");
    println_cargo("rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|error| error.to_string())?);
    let page = match env::var_os("PINSTRIPE_PAGE").filter(|folder| !folder.is_empty()) {
        _ if env::var_os("CARGO_FEATURE_PAGE").is_none() => None,
        Some(folder) => Some(ready_made(Path::new(&folder))?),
        None => Some(build_page(&out)?),
    };
    let files = page.map_or_else(|| Ok(Vec::new()), |page| pack(&page, &out.join("page")))?;
    write_table(&files, &out.join("page_files.rs"))
}

/// Cargo reads what a build script prints.
fn println_cargo(line: &str) {
    let _ = writeln!(std::io::stdout(), "cargo::{line}");
}

fn ready_made(folder: &Path) -> Outcome<PathBuf> {
    if !folder.join("index.html").is_file() {
        return Err(format!(
            "PINSTRIPE_PAGE names {}, which holds no index.html; expected the absolute path of a built page",
            folder.display()
        ));
    }
    println_cargo(&format!("rerun-if-changed={}", folder.display()));
    Ok(folder.to_owned())
}

fn build_page(out: &Path) -> Outcome<PathBuf> {
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?;
    let source = Path::new(&manifest).join("../../ui");
    if !source.join("package-lock.json").is_file() {
        return Err(format!("the page's sources are not in {}; {WAYS_OUT}", source.display()));
    }
    for name in names(&source)? {
        println_cargo(&format!("rerun-if-changed={}", source.join(name).display()));
    }
    check_node()?;
    let work = out.join("ui");
    copy(&source, &work)?;
    let lock = read(&work.join("package-lock.json"))?;
    let installed = work.join("installed-lock.json");
    if fs::read(&installed).ok().as_ref() != Some(&lock) {
        let _ = fs::remove_file(&installed);
        npm(&["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], &work)?;
        write(&installed, &lock)?;
    }
    npm(&["run", "build"], &work)?;
    let page = work.join("dist");
    if page.join("index.html").is_file() {
        return Ok(page);
    }
    Err("npm run build ended well and left no dist/index.html".to_owned())
}

fn check_node() -> Outcome<()> {
    let output = Command::new("node").arg("--version").output();
    let output = output
        .map_err(|error| format!("the page is built with Node, which cannot be run ({error}); {WAYS_OUT}"))?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => Err(format!(
            "the page is built with Node {NODE_MAJOR_MIN} or newer, found `{version}`; {WAYS_OUT}"
        )),
    }
}

/// Runs npm; what it says is shown when it fails.
fn npm(arguments: &[&str], folder: &Path) -> Outcome<()> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    // Cargo's own variables mean other things to Node's tools.
    for name in ["DEBUG", "TARGET", "HOST", "PROFILE", "NODE_ENV", "NUM_JOBS", "PINSTRIPE_UI_OUT"] {
        command.env_remove(name);
    }
    let output = command.output().map_err(|error| format!("npm cannot be run ({error}); {WAYS_OUT}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "npm {} failed in {} ({})\n{}{}",
        arguments.join(" "),
        folder.display(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// Names in `ui/` that the page is made of.
fn names(folder: &Path) -> Outcome<Vec<String>> {
    let mut names: Vec<String> =
        entries(folder)?.into_iter().filter(|name| !NOT_COPIED.contains(&name.as_str())).collect();
    names.sort();
    Ok(names)
}

fn entries(folder: &Path) -> Outcome<Vec<String>> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

/// Makes `target` hold what `source` holds; what is the same already is left alone.
fn copy(source: &Path, target: &Path) -> Outcome<()> {
    fs::create_dir_all(target).map_err(|error| format!("cannot make {}: {error}", target.display()))?;
    let wanted: BTreeSet<String> = names(source)?.into_iter().collect();
    for name in entries(target)? {
        let stale = target.join(&name);
        if wanted.contains(&name) || MADE_HERE.contains(&name.as_str()) {
            continue;
        }
        let removed = if stale.is_dir() { fs::remove_dir_all(&stale) } else { fs::remove_file(&stale) };
        removed.map_err(|error| format!("cannot remove {}: {error}", stale.display()))?;
    }
    for name in wanted {
        let (from, to) = (source.join(&name), target.join(&name));
        if from.is_dir() {
            copy(&from, &to)?;
            continue;
        }
        let text = read(&from)?;
        if fs::read(&to).ok().as_ref() != Some(&text) {
            write(&to, &text)?;
        }
    }
    Ok(())
}

/// A file of the page: its path below the page's folder, where its bytes are, whether gzip made them.
struct Packed {
    path: String,
    file: PathBuf,
    gzip: bool,
}

/// Compresses what gains by it.
fn pack(page: &Path, target: &Path) -> Outcome<Vec<Packed>> {
    let _ = fs::remove_dir_all(target);
    fs::create_dir_all(target).map_err(|error| format!("cannot make {}: {error}", target.display()))?;
    let mut paths = Vec::new();
    find_files(page, "", &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for (number, path) in paths.into_iter().enumerate() {
        let gzip = !PACKED.contains(&path.rsplit('.').next().unwrap_or_default());
        let (from, file) = (page.join(&path), target.join(number.to_string()));
        let bytes = read(&from)?;
        if gzip {
            let made =
                File::create(&file).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
            let mut encoder = GzEncoder::new(made, Compression::best());
            let written = encoder.write_all(&bytes).and_then(|()| encoder.finish());
            written.map_err(|error| format!("cannot write {}: {error}", file.display()))?;
        } else {
            write(&file, &bytes)?;
        }
        files.push(Packed { path, file, gzip });
    }
    Ok(files)
}

fn find_files(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Outcome<()> {
    for name in entries(folder)? {
        let path = folder.join(&name);
        if path.is_dir() {
            find_files(&path, &format!("{prefix}{name}/"), found)?;
        } else {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

fn write_table(files: &[Packed], table: &Path) -> Outcome<()> {
    let mut text = String::from("&[\n");
    for Packed { path, file, gzip } in files {
        text.push_str(&format!(
            "    PageFile {{ path: {path:?}, gzip: {gzip}, bytes: include_bytes!({:?}) }},\n",
            file.display().to_string()
        ));
    }
    text.push_str("]\n");
    write(table, text.as_bytes())
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
