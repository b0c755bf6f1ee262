//! One user at a terminal: a folder of their own, a server, a key, and the program to run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use pinstripe_sandbox::{Sandbox, SandboxConfig};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The moment at which every sandbox's history ends: 2025-06-15 15:06:40 UTC.
pub const NOW: i64 = 1_750_000_000;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// A business of `customers` and ten times as many charges.
pub fn config(customers: u64) -> SandboxConfig {
    SandboxConfig { customers, now: Some(NOW), ..SandboxConfig::default() }
}

pub fn sandbox(config: SandboxConfig) -> Sandbox {
    RUNTIME.block_on(Sandbox::start(config)).unwrap()
}

/// What a run of the program came to.
#[derive(Debug)]
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// The run must have succeeded.
    #[track_caller]
    pub fn ok(self) -> Output {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The run must have failed in this way; data was not printed. Gives what it said.
    #[track_caller]
    pub fn failed(self, code: i32) -> String {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "", "{}", self.stderr);
        self.stderr
    }
}

pub struct Cli {
    pub library: PathBuf,
    pub url: String,
    pub key: String,
    folder: TempDir,
}

impl Cli {
    /// A new user of a sandbox, with its secret key and no library yet.
    pub fn new(sandbox: &Sandbox) -> Cli {
        Cli::at(sandbox.url(), sandbox.secret_key())
    }

    /// A new user of any server.
    pub fn at(url: &str, key: &str) -> Cli {
        Cli::within(&std::env::temp_dir(), url, key)
    }

    /// A new user whose folder is in this one.
    pub fn within(parent: &Path, url: &str, key: &str) -> Cli {
        let folder = tempfile::tempdir_in(parent).unwrap();
        let library = folder.path().join("library");
        Cli { library, url: url.to_owned(), key: key.to_owned(), folder }
    }

    /// A folder that is this user's alone.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with a fixed environment: nothing of the caller's gets in.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pinstripe"));
        command.args(arguments).current_dir(self.folder()).stdin(Stdio::null()).env_clear();
        // Windows cannot open a socket without it.
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        command
            .env("HOME", self.folder())
            .env("TZ", "UTC")
            .env("COLUMNS", "120")
            .env("PINSTRIPE_LIBRARY", &self.library)
            .env("STRIPE_API_BASE", &self.url)
            .env("STRIPE_API_KEY", &self.key);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        read(self.command(arguments))
    }

    /// Runs a command that must succeed with one JSON document on stdout and say nothing else.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat()).ok();
        assert_eq!(output.stderr, "");
        serde_json::from_str(&output.stdout).unwrap()
    }

    /// The rows of a query.
    #[track_caller]
    pub fn sql(&self, query: &str) -> Vec<Value> {
        match self.json(&["sql", query]) {
            Value::Array(rows) => rows,
            other => panic!("expected an array of rows, found {other}"),
        }
    }

    /// The objects of a frame, as `export` writes them.
    #[track_caller]
    pub fn objects(&self, frame: &str) -> Vec<Value> {
        let file = self.folder().join(format!("{frame}.jsonl"));
        self.json(&["export", frame, "--to", file.to_str().unwrap()]);
        let text = std::fs::read_to_string(&file).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What is left of runs under way: nothing, when none is.
    pub fn staged(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.library.join("staging")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Text without this user's folder and server.
    pub fn steady(&self, text: &str) -> String {
        let text = text.replace(self.folder().to_str().unwrap(), "[folder]");
        text.replace(&self.url, "[server]")
    }
}

pub fn read(mut command: Command) -> Output {
    let output = command.output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Waits until something holds; a test that waits in vain fails.
#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("waited ten seconds in vain until {what}");
}

/// A snapshot of what the program said, with what differs from run to run left out.
macro_rules! assert_says {
    ($cli:expr, $text:expr, @$expected:literal) => {
        insta::with_settings!({filters => crate::cli::harness::FILTERS}, {
            insta::assert_snapshot!($cli.steady(&$text), @$expected)
        })
    };
}
pub(crate) use assert_says;

/// What differs from run to run, as patterns.
pub const FILTERS: [(&str, &str); 4] = [
    (r"req_[A-Za-z0-9]+", "[request]"),
    (r"today \(20\d\d-\d\d-\d\d\)", "today ([today])"),
    (r"such as `20\d\d-\d\d-\d\d`", "such as `[today]`"),
    (r"os error \d+", "os error [number]"),
];
