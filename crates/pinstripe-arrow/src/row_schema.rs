//! The columns that one request plan gives: from the catalog and the plan, never from the data.
//!
//! The same plan gives the same columns with a million rows and with none (promise 6). Files may
//! leave out sparse fields that no row has; this still knows them. Read next: `nodes.rs` for how
//! the tree is planted, `fields.rs` for the Arrow side, `decoder.rs` for filling it.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use pinstripe_catalog::{Catalog, FieldKind};

use crate::error::RowSchemaError;
use crate::expand::ExpandTree;
use crate::fields::{Width, struct_fields, system_fields};
use crate::nodes::{Node, NodeId, Planter, ROOT, Storage, join};
use crate::sparse::SparseFields;

#[derive(Debug)]
pub struct RowSchema {
    pub(crate) nodes: Vec<Node>,
    full: SchemaRef,
}

/// A leaf, as describe, filters and flat files see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Dotted path from the row: `billing_details.address.city`.
    pub path: String,
    /// An expanded field shows its object's fields; a recursion that was cut is `Json`. Lists of
    /// plain values (`Array`) and maps are leaves.
    pub kind: FieldKind,
    /// It, or something that encloses it, may be missing from files whose rows do not have it.
    pub sparse: bool,
    /// Path of the innermost list that encloses it: `fee_details`, `items.data`.
    pub in_list: Option<String>,
    /// For an amount: the dotted path of the column that holds its currency.
    pub currency: Option<String>,
    /// What Stripe documents an enum to hold; it may send others.
    pub values: Vec<String>,
}

impl RowSchema {
    /// `expand` holds paths inside a row (`customer`, `items.data.price.product`), without the
    /// `data.` that Stripe's lists want in front. Each must lead to something that holds an object.
    pub fn new(catalog: &Catalog, schema: &str, expand: &[String]) -> Result<RowSchema, RowSchemaError> {
        if !catalog.schemas.contains_key(schema) {
            return Err(RowSchemaError::UnknownSchema(schema.to_owned()));
        }
        let tree = ExpandTree::new(catalog, schema, expand)?;
        let nodes = Planter::plant(catalog, schema, &tree);
        let full = arrow_schema(&nodes, Width::Full);
        Ok(RowSchema { nodes, full })
    }

    /// Every column, all sparse fields included.
    pub fn full_schema(&self) -> SchemaRef {
        Arc::clone(&self.full)
    }

    /// The columns of a file whose rows have only these sparse fields.
    pub fn schema_with(&self, present: &SparseFields) -> SchemaRef {
        arrow_schema(&self.nodes, Width::Present(present))
    }

    /// All leaves, in the order of the columns; `extra` and `_shape` are not among them.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        self.leaves(ROOT, false, None, &mut columns);
        columns
    }

    fn leaves(&self, parent: NodeId, sparse: bool, in_list: Option<&str>, columns: &mut Vec<Column>) {
        for id in self.node(parent).children() {
            let node = self.node(id);
            let sparse = sparse || node.sparse;
            match node.storage {
                Storage::Struct => self.leaves(id, sparse, in_list, columns),
                Storage::List if self.node(node.first_child).storage == Storage::Struct => {
                    self.leaves(node.first_child, sparse, Some(&node.path), columns);
                }
                _ => columns.push(Column {
                    path: node.path.clone(),
                    kind: node.kind.clone(),
                    sparse,
                    in_list: in_list.map(str::to_owned),
                    currency: node.currency_field.as_deref().and_then(|name| self.currency_path(id, name)),
                    values: match &node.kind {
                        FieldKind::Enum(values) => values.clone(),
                        _ => Vec::new(),
                    },
                }),
            }
        }
    }

    /// Looks for the currency beside an amount, then in the objects around it.
    fn currency_path(&self, amount: NodeId, name: &str) -> Option<String> {
        let mut at = amount;
        while at != ROOT {
            at = self.node(at).parent;
            let node = self.node(at);
            let found = node.storage == Storage::Struct
                && node.children().any(|child| {
                    let child = self.node(child);
                    child.name == name && child.storage == Storage::Text
                });
            if found {
                return Some(join(&node.path, name));
            }
        }
        None
    }

    /// A field of the row itself.
    pub(crate) fn top(&self, name: &str) -> Option<NodeId> {
        let root = self.node(ROOT);
        root.keys.place(name.as_bytes()).map(|place| root.first_child + place)
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }
}

fn arrow_schema(nodes: &[Node], width: Width<'_>) -> SchemaRef {
    let mut fields = struct_fields(nodes, ROOT, width);
    fields.extend(system_fields());
    Arc::new(Schema::new(fields))
}
