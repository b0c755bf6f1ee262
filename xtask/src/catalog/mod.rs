//! `cargo xtask catalog SPEC...`: Stripe's OpenAPI file and the overlay -> `catalog.json`.
//!
//! With one file, writes the catalog the project commits. With several, the first one is written
//! and the others are put through the same generator, so that a change of format shows up here.
//! `--check` writes nothing and fails when the committed file differs.
//!
//! Read next: `spec` (reading the file), `schemas` (objects), `data_types` (lists), `overlay`.

mod data_types;
mod overlay;
mod schemas;
mod spec;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use pinstripe_catalog::Catalog;

use overlay::Overlay;
use schemas::SchemaCollector;
use spec::Spec;

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let check = arguments.iter().any(|argument| argument == "--check");
    let specs: Vec<PathBuf> =
        arguments.iter().filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    let Some((first, others)) = specs.split_first() else {
        bail!("expected the path of Stripe's OpenAPI file\n\nhint: cargo xtask catalog path/to/spec3.json");
    };
    let folder = root.join("crates/pinstripe-catalog");
    let overlay = Overlay::parse(&std::fs::read_to_string(folder.join("overlay.toml"))?)?;

    let catalog = generate(first, &overlay)?;
    // Older files lack fields the overlay speaks of; the committed one must have them all.
    schemas::check_overlay(&overlay, &catalog.schemas)?;
    say(&catalog, first);
    for other in others {
        say(&generate(other, &overlay)?, other);
    }
    let text = render(&catalog)?;
    let target = folder.join("catalog.json");
    if check {
        let committed = std::fs::read_to_string(&target)?;
        ensure!(committed == text, "catalog.json is stale\n\nhint: cargo xtask catalog {}", first.display());
        return Ok(());
    }
    std::fs::write(&target, text).with_context(|| format!("cannot write {}", target.display()))
}

fn generate(path: &Path, overlay: &Overlay) -> Result<Catalog> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let spec = Spec::parse(&text).with_context(|| format!("cannot use {}", path.display()))?;
    let mut collector = SchemaCollector::new(&spec, overlay);
    let data_types = data_types::data_types(&spec, overlay, &mut collector)?;
    let schemas = collector.finish();
    Ok(Catalog { api_version: spec.version()?.to_owned(), data_types, schemas })
}

fn say(catalog: &Catalog, path: &Path) {
    crate::say(&format!(
        "{}: version {}, {} data types, {} schemas",
        path.display(),
        catalog.api_version,
        catalog.data_types.len(),
        catalog.schemas.len()
    ));
}

/// One data type or schema a line: a change of Stripe's shows as a few changed lines.
fn render(catalog: &Catalog) -> Result<String> {
    let mut text =
        format!("{{\"api_version\":{},\n\"data_types\":[\n", serde_json::to_string(&catalog.api_version)?);
    let lines = catalog.data_types.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    text.push_str(&lines.join(",\n"));
    text.push_str("\n],\n\"schemas\":{\n");
    for (position, (name, schema)) in catalog.schemas.iter().enumerate() {
        let comma = if position + 1 == catalog.schemas.len() { "" } else { "," };
        writeln!(text, "{}:{}{comma}", serde_json::to_string(name)?, serde_json::to_string(schema)?)?;
    }
    text.push_str("}}\n");
    Ok(text)
}
