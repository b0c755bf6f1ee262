//! The `expand` paths of a request plan as a tree, and the check that each names something.
//!
//! Never decides what Stripe allows (its limit of four levels is Stripe's to refuse); only that a
//! path leads to a field of the catalog that holds an object. Read next: `nodes.rs`, which asks
//! this tree at every field.

use pinstripe_catalog::{Catalog, FieldKind};

use crate::error::RowSchemaError;

/// Expansions below one object.
#[derive(Debug, Default)]
pub(crate) struct ExpandTree {
    fields: Vec<(String, ExpandTree)>,
}

impl ExpandTree {
    pub(crate) fn new(
        catalog: &Catalog,
        schema: &str,
        paths: &[String],
    ) -> Result<ExpandTree, RowSchemaError> {
        let mut tree = ExpandTree::default();
        for path in paths {
            check(catalog, schema, path)?;
            let mut at = &mut tree;
            for part in path.split('.') {
                at = at.child(part);
            }
        }
        Ok(tree)
    }

    /// The expansions below a field, when it is expanded or something below it is.
    pub(crate) fn get(&self, field: &str) -> Option<&ExpandTree> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, tree)| tree)
    }

    fn child(&mut self, part: &str) -> &mut ExpandTree {
        let place = self.fields.iter().position(|(name, _)| name == part).unwrap_or_else(|| {
            self.fields.push((part.to_owned(), ExpandTree::default()));
            self.fields.len() - 1
        });
        &mut self.fields[place].1
    }
}

/// Walks a path through the catalog. Stripe takes embedded objects in `expand` as no-ops, so only
/// plain values and unknown names are refused.
fn check(catalog: &Catalog, schema: &str, path: &str) -> Result<(), RowSchemaError> {
    let refuse = |reason: String| Err(RowSchemaError::NotExpandable { path: path.to_owned(), reason });
    let mut at = Some(schema.to_owned());
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let Some(name) = at.take() else {
            return refuse(format!("nothing is known below `{part}`"));
        };
        let Some(field) = catalog.schema(&name).field(part) else {
            return refuse(format!("`{name}` has no field `{part}`"));
        };
        let mut kind = &field.kind;
        if let FieldKind::NestedList(entry) = kind {
            // The entries of a list object are reached through its `data`.
            if parts.peek().is_some() && parts.next() != Some("data") {
                return refuse(format!("the entries of the list `{part}` are under `{part}.data`"));
            }
            at = Some(entry.clone());
            continue;
        }
        while let FieldKind::Array(inner) | FieldKind::Map(inner) = kind {
            kind = inner;
        }
        match kind {
            FieldKind::Object(inner) | FieldKind::Expandable(inner) => at = Some(inner.clone()),
            FieldKind::Json => return Ok(()),
            _ => return refuse(format!("`{part}` holds a plain value")),
        }
    }
    Ok(())
}
