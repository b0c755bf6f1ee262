//! `cargo xtask tidy`: the rules of the house, each finding as `file:line: problem`.
//!
//! The same checks run as tests, so a broken rule fails the build. Read next: `files` (what a
//! source file must be), `layers` (which crate may use which), `documents` (what docs name exists).

mod documents;
mod files;
mod layers;

use std::path::Path;

use anyhow::{Result, bail};

/// A broken rule.
#[derive(Debug)]
pub struct Finding {
    pub place: String,
    pub problem: String,
}

impl Finding {
    fn new(place: impl Into<String>, problem: impl Into<String>) -> Finding {
        Finding { place: place.into(), problem: problem.into() }
    }
}

pub fn run(root: &Path) -> Result<()> {
    let mut findings = files::check(root)?;
    findings.extend(layers::check(root)?);
    findings.extend(documents::check(root)?);
    for finding in &findings {
        crate::say(&format!("{}: {}", finding.place, finding.problem));
    }
    match findings.len() {
        0 => Ok(()),
        count => bail!("{count} rules are broken"),
    }
}

/// Files that git knows or would add, below a folder.
fn tracked_files(root: &Path) -> Result<Vec<String>> {
    let output = std::process::Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().filter(|name| root.join(name).is_file()).map(str::to_owned).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        let root = crate::workspace_root().unwrap();
        super::run(&root).unwrap();
    }
}
