//! Documents speak of what is there: every path, crate and test they name exists.

use std::path::Path;

use anyhow::Result;

use super::{Finding, tracked_files};

/// Documents whose backquoted paths are checked.
const MAPS: [&str; 3] = ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"];

/// The table that names a test for each fault.
const FAULTS: &str = "docs/reference/import-faults.md";

pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for map in MAPS {
        let Ok(text) = std::fs::read_to_string(root.join(map)) else {
            findings.push(Finding::new(map, "this document is missing"));
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for name in quoted(line).filter(|name| looks_like_path(name)) {
                if !exists(root, name) {
                    findings.push(Finding::new(
                        format!("{map}:{}", number + 1),
                        format!("`{name}` does not exist"),
                    ));
                }
            }
        }
    }
    let files = tracked_files(root)?;
    for document in files.iter().filter(|name| name.ends_with(".md")) {
        findings.extend(broken_links(root, document)?);
    }
    findings.extend(missing_tests(root, &files)?);
    Ok(findings)
}

/// Tests that the table of faults names in its last column must be there.
fn missing_tests(root: &Path, files: &[String]) -> Result<Vec<Finding>> {
    let mut sources = String::new();
    for file in files.iter().filter(|name| name.starts_with("crates/") && name.ends_with(".rs")) {
        sources.push_str(&std::fs::read_to_string(root.join(file))?);
    }
    let table = std::fs::read_to_string(root.join(FAULTS))?;
    let rows = table.lines().enumerate().filter(|(_, line)| line.starts_with("| ") && line.contains('`'));
    let named = rows.filter_map(|(number, line)| Some((number, quoted(line).last()?)));
    Ok(named
        .filter(|(_, test)| !sources.contains(&format!("fn {test}()")))
        .map(|(number, test)| {
            Finding::new(format!("{FAULTS}:{}", number + 1), format!("there is no test `{test}`"))
        })
        .collect())
}

fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn looks_like_path(name: &str) -> bool {
    let first = name.split('/').next().unwrap_or_default();
    name.contains('/')
        && !name.contains([' ', '*', '<', '{', '$', ':'])
        && matches!(first, "crates" | "xtask" | "docs" | "ui" | ".ci" | ".cargo" | "tests")
        || name.starts_with("pinstripe-")
            && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
}

fn exists(root: &Path, name: &str) -> bool {
    root.join(name).exists() || root.join("crates").join(name).exists()
}

fn broken_links(root: &Path, document: &str) -> Result<Vec<Finding>> {
    let text = std::fs::read_to_string(root.join(document))?;
    let folder = Path::new(document).parent().unwrap_or(Path::new(""));
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            if !root.join(folder).join(path).exists() {
                findings.push(Finding::new(
                    format!("{document}:{}", number + 1),
                    format!("the link {target} leads nowhere"),
                ));
            }
        }
    }
    Ok(findings)
}
