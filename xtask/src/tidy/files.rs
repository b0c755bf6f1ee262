//! What a source file must be: opened by what it is for, of a size that can be read, and called by
//! a name that says something.

use std::path::Path;

use anyhow::Result;

use super::{Finding, tracked_files};

const FILE_LINES_MAX: usize = 480;
const FUNCTION_LINES_MAX: usize = 80;
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "common", "helpers", "helper", "manager"];

pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in tracked_files(root)? {
        let stem = Path::new(&name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if EMPTY_NAMES.contains(&stem) {
            findings.push(Finding::new(&name, "expected a name that says what is inside"));
        }
        if name.ends_with(".rs") {
            let text = std::fs::read_to_string(root.join(&name))?;
            findings.extend(check_source(&name, &text));
        }
    }
    Ok(findings)
}

fn check_source(name: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !text.starts_with("//!") {
        findings.push(Finding::new(format!("{name}:1"), "expected a `//!` line: what the file is for"));
    }
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        findings.push(Finding::new(name, format!("{lines} lines, expected at most {FILE_LINES_MAX}")));
    }
    for (line, length) in functions(text) {
        if length > FUNCTION_LINES_MAX {
            let problem = format!("a function of {length} lines, expected at most {FUNCTION_LINES_MAX}");
            findings.push(Finding::new(format!("{name}:{line}"), problem));
        }
    }
    findings
}

/// Line and length of every function, by rustfmt's indentation: a function ends at the closing
/// brace that stands as far in as its `fn`.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let is_function = code.starts_with("fn ") || code.contains(" fn ") && code.starts_with("pub");
        let is_function = is_function || code.starts_with("async fn ");
        if !is_function || code.starts_with("//") {
            continue;
        }
        let indent = &line[..line.len() - code.len()];
        let end = lines[start..].iter().position(|later| *later == format!("{indent}}}"));
        if let Some(length) = end {
            found.push((start + 1, length + 1));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{check_source, functions};

    #[test]
    fn a_file_without_a_purpose_is_found() {
        assert_eq!(check_source("a.rs", "fn a() {}\n").len(), 1);
        assert!(check_source("a.rs", "//! For a.\n").is_empty());
    }

    #[test]
    fn functions_are_measured_to_their_closing_brace() {
        let text = "//! x\nimpl A {\n    pub fn a() {\n        b();\n    }\n}\n";
        assert_eq!(functions(text), [(3, 3)]);
    }
}
