//! `cargo xtask bench [NAME]`: measurements, each beside something measured in the same run.
//!
//! `decode`: pages to Arrow, against arrow-json and simd-json. `startup`: the program's start and
//! a small query, against an empty program. `memory`: imports of two sizes from the sandbox, to
//! see that memory does not grow with the rows. The program is built in the release profile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::test::{cargo, target_folder};

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    match arguments.first().map(String::as_str) {
        Some("decode") => decode(root),
        Some("startup") => startup(root),
        Some("memory") => memory(root),
        None => {
            decode(root)?;
            startup(root)?;
            memory(root)
        }
        Some(other) => bail!("`{other}` is no benchmark: expected decode, startup or memory"),
    }
}

fn decode(root: &Path) -> Result<()> {
    cargo(root, &["bench", "--package", "pinstripe-arrow", "--bench", "decode"])
}

fn startup(root: &Path) -> Result<()> {
    let program = release_program(root)?;
    let empty = median_ms(|| Command::new("true").status())?;
    let help = median_ms(|| Command::new(&program).arg("--help").stdout(Stdio::null()).status())?;
    let library = tempfile::tempdir()?;
    let sandbox = Sandbox::start(&program, &["--customers", "100"])?;
    sandbox.import(&program, library.path(), &["charges"])?;
    let query = median_ms(|| {
        Command::new(&program)
            .args(["sql", "select currency, sum(amount) from charges group by 1", "--format", "json"])
            .env("PINSTRIPE_LIBRARY", library.path())
            .stdout(Stdio::null())
            .status()
    })?;
    crate::say(&format!("an empty program {empty:.1} ms"));
    crate::say(&format!("pinstripe --help {help:.1} ms, {:.1} times an empty program", help / empty));
    crate::say(&format!("sql on a frame of 1,000 rows {query:.1} ms, {:.1} times --help", query / help));
    Ok(())
}

fn memory(root: &Path) -> Result<()> {
    let program = release_program(root)?;
    let mut peaks = Vec::new();
    for charges in [100_000_u64, 1_000_000] {
        let library = tempfile::tempdir()?;
        let sandbox = Sandbox::start(&program, &["--charges", &charges.to_string()])?;
        let used = sandbox.import(&program, library.path(), &["charges"])?;
        let rows = used.report["rows"].as_u64().unwrap_or_default();
        ensure!(rows == charges, "expected {charges} rows, found {rows}");
        crate::say(&format!(
            "{charges} charges: peak {:.0} MB, {:.1} s, {:.1} CPU seconds ({:.1} for a million)",
            used.peak_mb,
            used.seconds,
            used.cpu_seconds,
            used.cpu_seconds * 1e6 / charges as f64
        ));
        peaks.push(used.peak_mb);
    }
    if let [small, large] = peaks.as_slice() {
        crate::say(&format!("ten times the rows take {:.2} times the memory", large / small));
    }
    Ok(())
}

fn release_program(root: &Path) -> Result<PathBuf> {
    cargo(root, &["build", "--release", "--locked", "--package", "pinstripe"])?;
    Ok(target_folder(root).join("release/pinstripe"))
}

/// Median wall time of eleven runs after one that does not count.
fn median_ms(mut run: impl FnMut() -> std::io::Result<std::process::ExitStatus>) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..12 {
        let start = Instant::now();
        ensure!(run()?.success(), "a measured command failed");
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.remove(0);
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// The program's own sandbox, in a process of its own.
struct Sandbox {
    process: Child,
    url: String,
    key: String,
}

/// What an import took.
struct Used {
    report: Value,
    peak_mb: f64,
    cpu_seconds: f64,
    seconds: f64,
}

impl Sandbox {
    fn start(program: &Path, arguments: &[&str]) -> Result<Sandbox> {
        let mut process = Command::new(program)
            .args(["sandbox", "--json", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().context("the sandbox has no stdout")?;
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)?;
        let said: Value = serde_json::from_str(&line)?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        Ok(Sandbox { process, url: text("url"), key: text("restricted_key") })
    }

    /// Imports without a limit on the rate, watching the process from outside.
    fn import(&self, program: &Path, library: &Path, arguments: &[&str]) -> Result<Used> {
        let start = Instant::now();
        let output = library.join("report.json");
        let mut import = Command::new(program)
            .args(["import", "--json", "--max-rate", "1000000"])
            .args(arguments)
            .env("STRIPE_API_BASE", &self.url)
            .env("STRIPE_API_KEY", &self.key)
            .env("PINSTRIPE_LIBRARY", library)
            .stdout(fs::File::create(&output)?)
            .spawn()?;
        let (mut peak_mb, mut cpu_seconds) = (0.0, 0.0);
        let status = loop {
            // The kernel keeps the peak itself; the last look before the end is what counts.
            if let Some((peak, cpu)) = usage(import.id()) {
                (peak_mb, cpu_seconds) = (peak, cpu);
            }
            if let Some(status) = import.try_wait()? {
                break status;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        ensure!(status.success(), "the import failed");
        let report = serde_json::from_str(&fs::read_to_string(&output)?)?;
        Ok(Used { report, peak_mb, cpu_seconds, seconds: start.elapsed().as_secs_f64() })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
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
