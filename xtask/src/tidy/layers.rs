//! Which crate may use which, and that Arrow, Parquet, DataFusion and Delta Lake are in the tree once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Finding;

/// Crates that each crate may use, from the top of the house to the ground. The sandbox uses
/// nothing, so that a wrong idea of Stripe cannot hide on both sides.
const ALLOWED: [(&str, &[&str]); 11] = [
    (
        "pinstripe",
        &[
            "pinstripe-workbench",
            "pinstripe-library",
            "pinstripe-connections",
            "pinstripe-import",
            "pinstripe-query",
            "pinstripe-arrow",
            "pinstripe-client",
            "pinstripe-catalog",
            "pinstripe-sandbox",
        ],
    ),
    (
        "pinstripe-workbench",
        &[
            "pinstripe-library",
            "pinstripe-connections",
            "pinstripe-import",
            "pinstripe-query",
            "pinstripe-client",
            "pinstripe-catalog",
        ],
    ),
    (
        "pinstripe-library",
        &[
            "pinstripe-connections",
            "pinstripe-import",
            "pinstripe-query",
            "pinstripe-arrow",
            "pinstripe-client",
            "pinstripe-catalog",
        ],
    ),
    ("pinstripe-connections", &["pinstripe-client", "pinstripe-catalog"]),
    ("pinstripe-import", &["pinstripe-query", "pinstripe-arrow", "pinstripe-client", "pinstripe-catalog"]),
    ("pinstripe-query", &["pinstripe-catalog"]),
    ("pinstripe-arrow", &["pinstripe-catalog"]),
    ("pinstripe-client", &["pinstripe-catalog"]),
    ("pinstripe-catalog", &[]),
    ("pinstripe-sandbox", &[]),
    ("xtask", &["pinstripe-query", "pinstripe-arrow", "pinstripe-catalog"]),
];

/// Only these may name DataFusion or Delta Lake.
const ENGINE_USERS: [&str; 2] = ["pinstripe-library", "pinstripe-import"];
const ENGINE: [&str; 4] = ["datafusion", "deltalake", "deltalake-core", "delta_kernel"];
const ONCE: [&str; 7] =
    ["arrow", "arrow-array", "arrow-schema", "parquet", "datafusion", "deltalake-core", "object_store"];

pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()?;
    anyhow::ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let mut findings = versions(&std::fs::read_to_string(root.join("Cargo.lock"))?)?;
    for package in packages {
        findings.extend(arrows(package));
    }
    Ok(findings)
}

fn arrows(package: &Value) -> Vec<Finding> {
    let name = package["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![Finding::new(name, "this crate has no place in the layers")];
    };
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    // Tests may use what the code may not.
    let used: BTreeSet<&str> = dependencies
        .filter(|dependency| dependency["kind"].is_null())
        .filter_map(|dependency| dependency["name"].as_str())
        .collect();
    let mut findings = Vec::new();
    for other in used.iter().filter(|other| other.starts_with("pinstripe")) {
        if !allowed.contains(other) {
            findings.push(Finding::new(name, format!("may not use {other}")));
        }
    }
    if !ENGINE_USERS.contains(&name) {
        for engine in used.iter().filter(|other| ENGINE.contains(other)) {
            findings.push(Finding::new(
                name,
                format!("may not name {engine}; only {} may", ENGINE_USERS.join(" and ")),
            ));
        }
    }
    findings
}

fn versions(lock: &str) -> Result<Vec<Finding>> {
    let lock: toml::Value = toml::from_str(lock).context("Cargo.lock is not TOML")?;
    let packages = lock["package"].as_array().context("Cargo.lock has no packages")?;
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        if let (Some(name), Some(version)) = (package["name"].as_str(), package["version"].as_str()) {
            found.entry(name).or_default().push(version);
        }
    }
    let twice = ONCE.iter().filter_map(|name| {
        found.get(name).filter(|versions| versions.len() > 1).map(|versions| (name, versions))
    });
    Ok(twice
        .map(|(name, versions)| {
            Finding::new("Cargo.lock", format!("{name} is there in {}", versions.join(" and ")))
        })
        .collect())
}
