//! The processes that are measured: the program's own sandbox, and imports watched from outside.
//!
//! Nothing here knows what is a good number. Read next: `control.rs`, which asks a sandbox what it saw.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::test::{cargo, target_folder};

/// The program to measure: the one that PINSTRIPE_PROGRAM names, or else the release profile's.
pub fn program(root: &Path) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("PINSTRIPE_PROGRAM").filter(|named| !named.is_empty()) {
        let named = root.join(named);
        ensure!(named.is_file(), "PINSTRIPE_PROGRAM: there is no program at {}", named.display());
        return Ok(named);
    }
    cargo(root, &["build", "--release", "--locked", "--package", "pinstripe"])?;
    Ok(target_folder(root).join("release/pinstripe"))
}

/// The program's own sandbox, in a process of its own.
pub struct Sandbox {
    process: Child,
    pub url: String,
    pub secret_key: String,
    restricted_key: String,
}

/// What runs of the program took.
#[derive(Debug, Default, Clone, Copy)]
pub struct Used {
    pub peak_mb: f64,
    pub cpu_seconds: f64,
    pub seconds: f64,
}

impl Used {
    /// One run after the other.
    pub fn add(&mut self, later: Used) {
        self.peak_mb = self.peak_mb.max(later.peak_mb);
        self.cpu_seconds += later.cpu_seconds;
        self.seconds += later.seconds;
    }
}

impl Sandbox {
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Sandbox> {
        let mut process = Command::new(program)
            .args(["sandbox", "--json", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().context("the sandbox has no stdout")?;
        let mut sandbox =
            Sandbox { process, url: String::new(), secret_key: String::new(), restricted_key: String::new() };
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)?;
        let said: Value = serde_json::from_str(&line).context("the sandbox did not start")?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        sandbox.url = text("url");
        sandbox.secret_key = text("secret_key");
        sandbox.restricted_key = text("restricted_key");
        Ok(sandbox)
    }

    /// An import that must succeed, and its reports: one for each data type.
    pub fn import(&self, program: &Path, library: &Path, arguments: &[&str]) -> Result<(Used, Vec<Value>)> {
        let mut import = Import::start(self, program, library, arguments)?;
        let status = import.watch(None, |_| Ok(()))?;
        ensure!(status.is_some_and(|status| status.success()), "the import failed");
        Ok((import.used, import.reports()?))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An import under way.
pub struct Import {
    process: Child,
    begun: Instant,
    pub used: Used,
}

impl Import {
    pub fn start(sandbox: &Sandbox, program: &Path, library: &Path, arguments: &[&str]) -> Result<Import> {
        let begun = Instant::now();
        let process = Command::new(program)
            .args(["import", "--json"])
            .args(arguments)
            .env("STRIPE_API_BASE", &sandbox.url)
            .env("STRIPE_API_KEY", &sandbox.restricted_key)
            .env("PINSTRIPE_LIBRARY", library)
            // Reports are small: they wait in the pipe until the end.
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Import { process, begun, used: Used::default() })
    }

    /// Watches until the import ends, or until it is killed after so long; then there is no status.
    /// `look` is called again and again with the time since the start.
    pub fn watch(
        &mut self,
        kill_after: Option<Duration>,
        mut look: impl FnMut(Duration) -> Result<()>,
    ) -> Result<Option<ExitStatus>> {
        loop {
            // The kernel keeps the peak itself; the last look before the end is what counts.
            if let Some((peak, cpu)) = usage(self.process.id()) {
                (self.used.peak_mb, self.used.cpu_seconds) = (peak, cpu);
            }
            let ended = self.process.try_wait()?;
            self.used.seconds = self.begun.elapsed().as_secs_f64();
            if ended.is_some() {
                return Ok(ended);
            }
            if kill_after.is_some_and(|after| self.begun.elapsed() >= after) {
                self.process.kill()?;
                self.process.wait()?;
                return Ok(None);
            }
            look(self.begun.elapsed())?;
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it printed, once it has ended.
    pub fn reports(&mut self) -> Result<Vec<Value>> {
        let mut said = String::new();
        self.process.stdout.take().context("the import has no stdout")?.read_to_string(&mut said)?;
        let reports = serde_json::from_str(&said).with_context(|| format!("no report in `{said}`"))?;
        // One data type is reported as an object, several as an array.
        Ok(match reports {
            Value::Array(reports) => reports,
            report => vec![report],
        })
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        // Only an import that nobody waited for is still there.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Peak memory in MB and CPU seconds of a running process, as Linux tells.
fn usage(process: u32) -> Option<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak_kb: f64 = peak.trim().trim_end_matches(" kB").parse().ok()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    // Fields 14 and 15 of the line, in ticks of which Linux has 100 a second.
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some((peak_kb / 1024.0, ticks / 100.0))
}
