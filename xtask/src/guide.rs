//! `cargo xtask guide`: the tables of `docs/guides/custom-query.md`, from the catalog. With
//! `--check` nothing is written; a stale guide is an error, and a test says so as well.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use pinstripe_arrow::{Column, RowSchema};
use pinstripe_catalog::{Catalog, DataType, FieldKind, ParameterKind, catalog};
use pinstripe_query::find_column;
use pinstripe_query::parameters::parameter_at;

const GUIDE: &str = "docs/guides/custom-query.md";
const MARKER: &str = "<!-- What follows is made by `cargo xtask guide`. -->\n";

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let path = root.join(GUIDE);
    let committed = std::fs::read_to_string(&path)?;
    let (prose, _) = committed.split_once(MARKER).with_context(|| format!("{GUIDE} has lost its marker"))?;
    let text = format!("{prose}{MARKER}{}", tables(catalog())?);
    if arguments.iter().any(|argument| argument == "--check") {
        ensure!(text == committed, "{GUIDE} is stale\n\nhint: cargo xtask guide");
        return Ok(());
    }
    std::fs::write(&path, text).with_context(|| format!("cannot write {GUIDE}"))
}

fn tables(catalog: &Catalog) -> Result<String> {
    let mut text = String::new();
    for data_type in catalog.data_types.iter().filter(|data_type| data_type.featured) {
        let columns = RowSchema::new(catalog, &data_type.schema, &[])?.columns();
        writeln!(text, "\n### {} (`{}`)\n", data_type.label, data_type.name)?;
        writeln!(text, "| field | type | where |\n|---|---|---|")?;
        for column in columns.iter().filter(|column| !column.sparse) {
            let (kind, place) = (type_name(&column.kind), place(catalog, data_type, column));
            writeln!(text, "| `{}` | {kind} | {place} |", column.path)?;
        }
        for (variant, fields) in variants(&columns) {
            writeln!(text, "| `{variant}`: {} | rarer variant | here |", fields.join(", "))?;
        }
        for (name, kind) in parameters_without_a_field(data_type, &columns) {
            writeln!(text, "| `{name}` | {kind} | Stripe |")?;
        }
    }
    Ok(text)
}

fn place(catalog: &Catalog, data_type: &DataType, column: &Column) -> &'static str {
    let path: Vec<String> = column.path.split('.').map(str::to_owned).collect();
    if parameter_at(data_type, &path).is_some() {
        return "Stripe";
    }
    match (find_column(catalog, data_type, &path, &[]), &column.in_list) {
        (Err(_), _) => "here, with `expand[]`, any entry",
        (Ok(found), _) if matches!(found.kind, FieldKind::Json) => "here, only whether it is null",
        (Ok(found), _) if found.in_list => "here, any entry",
        (Ok(_), _) => "here",
    }
}

/// Fields of rarer variants, by the variant: `payment_method_details.konbini` and its fields.
fn variants(columns: &[Column]) -> Vec<(String, Vec<String>)> {
    let mut variants: Vec<(String, Vec<String>)> = Vec::new();
    for column in columns.iter().filter(|column| column.sparse) {
        let depth = column.path.split('.').count().min(2);
        let root: Vec<&str> = column.path.split('.').take(depth).collect();
        let root = root.join(".");
        let rest = column.path.strip_prefix(&format!("{root}.")).unwrap_or("the value itself").to_owned();
        match variants.iter_mut().find(|(known, _)| *known == root) {
            Some((_, fields)) => fields.push(rest),
            None => variants.push((root, vec![rest])),
        }
    }
    variants
}

fn parameters_without_a_field(data_type: &DataType, columns: &[Column]) -> Vec<(String, &'static str)> {
    let is_field = |name: &str| {
        let inside = format!("{name}.");
        columns.iter().any(|column| column.path == name || column.path.starts_with(&inside))
    };
    data_type
        .parameters
        .iter()
        .filter(|parameter| !is_field(&parameter.name))
        .map(|parameter| match parameter.kind {
            ParameterKind::List(_) => (format!("{}[]", parameter.name), "several values"),
            ParameterKind::Boolean => (parameter.name.clone(), "boolean"),
            ParameterKind::Range { .. } => (parameter.name.clone(), "timestamp"),
            _ => (parameter.name.clone(), "text"),
        })
        .collect()
}

fn type_name(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Enum(_) => "one of its values",
        FieldKind::Expandable(_) => "id",
        FieldKind::Json => "JSON text",
        FieldKind::Map(_) => "map, by key",
        plain => plain.type_name(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    #[test]
    fn the_guide_says_what_the_planner_does() {
        let root = crate::workspace_root().unwrap();
        super::run(&root, &["--check".to_owned()]).unwrap();
    }
}
