//! `cargo xtask bench [NAME]`: measurements, each beside something measured in the same run.
//!
//! `decode`: pages to Arrow, against arrow-json and simd-json. `startup`: the program's start and
//! a small query, against an empty program. `memory`: imports of two sizes from the sandbox, to
//! see that memory does not grow with the rows. `import`: imports under Stripe's limits, against
//! the time that the limits alone would take. `frames`: a frame in the workbench, against plain
//! scans. Read next: `cases.rs`, `process.rs`.

mod cases;
mod control;
mod frames;
mod import;
mod process;
mod truth;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail, ensure};

use self::process::{Sandbox, program};
use crate::test::cargo;

/// More than any machine does: what is measured here is not the waiting.
const NO_LIMIT: [&str; 2] = ["--max-rate", "1000000"];

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    match arguments.first().map(String::as_str) {
        Some("decode") => decode(root),
        Some("startup") => startup(root),
        Some("memory") => memory(root),
        Some("frames") => frames::run(root, arguments.get(1..).unwrap_or_default()),
        Some("import") => import::run(root, arguments.get(1..).unwrap_or_default()),
        None => {
            decode(root)?;
            startup(root)?;
            memory(root)?;
            frames::run(root, &[])?;
            import::run(root, &[])
        }
        Some(other) => bail!("`{other}` is no benchmark: expected decode, startup, memory, frames or import"),
    }
}

fn decode(root: &Path) -> Result<()> {
    cargo(root, &["bench", "--package", "pinstripe-arrow", "--bench", "decode"])
}

fn startup(root: &Path) -> Result<()> {
    let program = program(root)?;
    let empty = median_ms(|| Command::new("true").status())?;
    let help = median_ms(|| Command::new(&program).arg("--help").stdout(Stdio::null()).status())?;
    let library = tempfile::tempdir()?;
    let sandbox = Sandbox::start(&program, &["--customers", "100"])?;
    sandbox.import(&program, library.path(), &[&NO_LIMIT[..], &["charges"]].concat())?;
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
    let program = program(root)?;
    let mut peaks = Vec::new();
    for charges in [100_000_u64, 1_000_000] {
        let library = tempfile::tempdir()?;
        let sandbox = Sandbox::start(&program, &["--charges", &charges.to_string()])?;
        let (used, reports) =
            sandbox.import(&program, library.path(), &[&NO_LIMIT[..], &["charges"]].concat())?;
        let rows: u64 = reports.iter().filter_map(|report| report["rows"].as_u64()).sum();
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
