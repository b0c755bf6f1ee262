//! `cargo xtask bench import [CASE...]`: imports from a sandbox with Stripe's limits, against the
//! time that the limits alone would take, and against the sandbox's own count of what it holds.
//!
//! It judges only after every case has run. Read next: `cases.rs` for the bars, `truth.rs` for what
//! is whole.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use super::cases::{CASES, Case, Measured, Way};
use super::control::Counts;
use super::process::{Import, Sandbox, Used, program};
use super::truth;

const KILLS: u64 = 3;
const KILL_SEED: u64 = 1;
/// The part of an import that is measured as steady: after the first rounds of pages, and before the
/// last ones.
const STEADY: [Duration; 2] = [Duration::from_secs(15), Duration::from_secs(60)];

pub fn run(root: &Path, names: &[String]) -> Result<()> {
    let cases = chosen(names)?;
    let program = program(root)?;
    crate::say(&format!("\n{} with", program.display()));
    for case in &cases {
        for line in commands(case) {
            crate::say(&line);
        }
    }
    crate::say(&format!(
        "\n{:<13}{:>8}{:>9}{:>7}  {:<5}{:>8}{:>10}{:>8}{:>9}{:>9}",
        "case", "wall s", "ideal s", "ratio", "bar", "CPU s", "requests", "needed", "refused", "peak MB"
    ));
    let mut failed = Vec::new();
    for case in &cases {
        match measure(&program, case) {
            Ok(true) => {}
            Ok(false) => failed.push(case.name),
            Err(error) => {
                crate::say(&format!("{:<13} failed: {error:#}", case.name));
                failed.push(case.name);
            }
        }
    }
    ensure!(failed.is_empty(), "over their bars, not whole, or failed: {}", failed.join(", "));
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<Case>> {
    if let Some(unknown) = names.iter().find(|name| CASES.iter().all(|case| case.name != name.as_str())) {
        let known: Vec<&str> = CASES.iter().map(|case| case.name).collect();
        bail!("`{unknown}` is no case: expected {}", known.join(", "));
    }
    let wanted = |case: &Case| names.is_empty() || names.iter().any(|name| name == case.name);
    Ok(CASES.into_iter().filter(wanted).collect())
}

/// What is run, so that it can be run by hand.
fn commands(case: &Case) -> Vec<String> {
    let quoted = |word: &&str| if word.contains(' ') { format!("\"{word}\"") } else { (*word).to_owned() };
    let line = |words: &[&str]| words.iter().map(quoted).collect::<Vec<_>>().join(" ");
    let killed = match case.way {
        Way::Killed => {
            let moments = kill_moments().map(|after| format!("{:.2} s", after.as_secs_f64()));
            format!(", killed after {}, and once more", moments.join(", "))
        }
        Way::Once | Way::Steady => String::new(),
    };
    vec![
        format!("{}:", case.name),
        format!("  pinstripe sandbox --json --port 0 {}", line(case.sandbox)),
        format!("  pinstripe import --json {}{killed}", line(case.imported)),
    ]
}

/// Runs one case, prints its line, and says whether all is well.
fn measure(program: &Path, case: &Case) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let library = folder.path().join("library");
    let sandbox = Sandbox::start(program, case.sandbox)?;
    let run = Run { case, program, library: &library, sandbox: &sandbox };
    let ended = match case.way {
        Way::Once | Way::Steady => run.once()?,
        Way::Killed => run.killed()?,
    };
    // Before anything is compared: from here on nothing more is asked.
    let counts = sandbox.counts()?;
    let truth = truth::compare(&sandbox, program, &library, (case.imported, &ended.reports), &counts)?;
    let measured = Measured {
        wall_seconds: ended.used.seconds,
        needed: truth.needed,
        requests: counts.requests,
        refused: counts.refused,
        steady_per_second: steady_per_second(&ended.at_steady),
    };
    let mut misses = truth.wrong;
    misses.extend(case.misses(&measured));
    let ideal = measured.needed.ideal_seconds(case.rate_per_second);
    crate::say(&format!(
        "{:<13}{:>8.2}{:>9.2}{:>7.3}  {:<5}{:>8.2}{:>10}{:>8}{:>9}{:>9.0}",
        case.name,
        measured.wall_seconds,
        ideal,
        measured.wall_seconds / ideal,
        if misses.is_empty() { "pass" } else { "over" },
        ended.used.cpu_seconds,
        measured.requests,
        measured.needed.requests(),
        measured.refused,
        ended.used.peak_mb
    ));
    if let Some(steady) = measured.steady_per_second {
        let [from, until] = STEADY.map(|moment| moment.as_secs());
        crate::say(&format!("  {steady:.1} requests a second from {from} s to {until} s"));
    }
    for line in ended.notes.iter().chain(&misses) {
        crate::say(&format!("  {line}"));
    }
    Ok(misses.is_empty())
}

struct Run<'a> {
    case: &'a Case,
    program: &'a Path,
    library: &'a Path,
    sandbox: &'a Sandbox,
}

/// An import that came to its end, in one run or in several.
#[derive(Default)]
struct Ended {
    used: Used,
    reports: Vec<Value>,
    at_steady: Vec<Counts>,
    notes: Vec<String>,
}

impl Run<'_> {
    fn start(&self) -> Result<Import> {
        Import::start(self.sandbox, self.program, self.library, self.case.imported)
    }

    fn once(&self) -> Result<Ended> {
        let mut ended = Ended::default();
        let mut import = self.start()?;
        let status = import.watch(None, |since_start| {
            let next = STEADY.get(ended.at_steady.len()).filter(|_| self.case.way == Way::Steady);
            if next.is_some_and(|moment| since_start >= *moment) {
                ended.at_steady.push(self.sandbox.counts()?);
            }
            Ok(())
        })?;
        ensure!(status.is_some_and(|status| status.success()), "the import failed");
        ended.reports = import.reports()?;
        ended.used = import.used;
        Ok(ended)
    }

    fn killed(&self) -> Result<Ended> {
        let mut ended = Ended::default();
        // The last run is let be.
        for kill_after in kill_moments().into_iter().map(Some).chain([None]) {
            let mut import = self.start()?;
            let status = import.watch(kill_after, |_| Ok(()))?;
            ended.used.add(import.used);
            let Some(status) = status else {
                ended.notes.push(format!(
                    "{} requests when it was killed after {:.2} s",
                    self.sandbox.counts()?.requests,
                    import.used.seconds
                ));
                continue;
            };
            ensure!(status.success(), "the import failed");
            ensure!(kill_after.is_none(), "the import ended before it could be killed {KILLS} times");
            ended.reports = import.reports()?;
        }
        Ok(ended)
    }
}

/// Between one and three seconds after the start, the same in every run of the bench.
fn kill_moments() -> [Duration; KILLS as usize] {
    std::array::from_fn(|kill| {
        // Any mixing of bits will do.
        let mixed = (KILL_SEED + kill as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let share = (mixed ^ (mixed >> 29)) >> 11;
        Duration::from_secs_f64(1.0 + 2.0 * share as f64 / (1_u64 << 53) as f64)
    })
}

/// Between two moments in the middle, by the sandbox's clock.
fn steady_per_second(moments: &[Counts]) -> Option<f64> {
    let [from, until] = moments else { return None };
    let seconds = until.now_seconds - from.now_seconds;
    (seconds > 0.0).then(|| (until.requests - from.requests) as f64 / seconds)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn cases_are_chosen_by_name() {
        assert_eq!(chosen(&[]).unwrap().len(), CASES.len());
        let two = chosen(&["spike".to_owned(), "kills".to_owned()]).unwrap();
        assert_eq!(two.iter().map(|case| case.name).collect::<Vec<_>>(), ["kills", "spike"]);
        let error = chosen(&["spikes".to_owned()]).err().unwrap().to_string();
        assert!(error.starts_with("`spikes` is no case: expected charges-20k, "), "{error}");
    }

    #[test]
    fn it_is_killed_on_its_way() {
        let moments = kill_moments();
        assert!(moments.iter().all(|after| (1.0..3.0).contains(&after.as_secs_f64())), "{moments:?}");
        // At Stripe's limit there must be something left to do after the last one.
        assert!(moments.iter().sum::<Duration>() < Duration::from_millis(6_500), "{moments:?}");
    }

    #[test]
    fn the_steady_pace_is_that_between_two_moments() {
        let counts =
            |requests, now_seconds| Counts { requests, refused: 0, endpoints: BTreeMap::new(), now_seconds };
        assert_eq!(steady_per_second(&[counts(100, 5.5), counts(200, 9.5)]), Some(25.0));
        assert_eq!(steady_per_second(&[counts(100, 5.5)]), None);
    }

    #[test]
    fn commands_can_be_pasted() {
        let cases = chosen(&["ten-types".to_owned()]).unwrap();
        assert!(commands(&cases[0])[2].starts_with("  pinstripe import --json \"Balance History\" charges "));
    }
}
