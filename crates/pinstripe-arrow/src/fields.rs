//! Nodes to Arrow fields, with the metadata that lets a schema explain itself.
//!
//! The names inside lists and maps are the ones Delta Lake's Parquet files have (`element`,
//! `key_value`), so that a table reads back with the schema it was written with. Everything is
//! nullable but the keys of maps. Read next: `encoder.rs`, which reads this metadata.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields, TimeUnit};
use pinstripe_catalog::FieldKind;

use crate::nodes::{Node, NodeId, Storage};
use crate::sparse::SparseFields;

/// What a field is to Stripe: `string`, `enum`, `currency`, `integer`, `timestamp`, `number`,
/// `decimal`, `boolean`, `json`, `object`, `map`, `array`, `nested_list`, `expandable`; and of ours
/// `extra` and `shape`.
pub const KIND: &str = "pinstripe.kind";
/// `absent` where an Arrow null means that the field was left out; else it is a JSON null.
pub const NULL: &str = "pinstripe.null";
/// Of an amount: the field that holds its currency, in this object or an enclosing one.
pub const CURRENCY: &str = "pinstripe.currency";
/// The kind of a list's elements or a map's values, on the list or map itself: Delta Lake has no
/// metadata below it.
pub const ELEMENT: &str = "pinstripe.element";

/// Fields that no column has, and values that do not fit theirs, as a JSON object.
pub const EXTRA_COLUMN: &str = "extra";
/// Where an object differs from what its kind always has, as short text.
pub const SHAPE_COLUMN: &str = "_shape";

pub(crate) const DECIMAL_PRECISION: u8 = 38;
pub(crate) const DECIMAL_SCALE: i8 = 12;

/// Which columns to make.
#[derive(Clone, Copy)]
pub(crate) enum Width<'a> {
    Full,
    Present(&'a SparseFields),
}

impl Width<'_> {
    pub(crate) fn holds(self, node: &Node) -> bool {
        match self {
            Width::Full => true,
            Width::Present(present) => !node.sparse || present.contains(&node.path),
        }
    }
}

pub(crate) fn struct_fields(nodes: &[Node], parent: NodeId, width: Width<'_>) -> Vec<FieldRef> {
    let children = nodes[parent as usize].children();
    children.filter(|id| width.holds(&nodes[*id as usize])).map(|id| field(nodes, id, width)).collect()
}

fn field(nodes: &[Node], id: NodeId, width: Width<'_>) -> FieldRef {
    let node = &nodes[id as usize];
    let mut metadata = HashMap::from([(KIND.to_owned(), kind_name(&node.kind).to_owned())]);
    if node.null_is_absent {
        metadata.insert(NULL.to_owned(), "absent".to_owned());
    }
    if let Some(currency) = &node.currency_field {
        metadata.insert(CURRENCY.to_owned(), currency.clone());
    }
    let element = match node.storage {
        Storage::List => Some(node.first_child),
        Storage::Map => Some(node.first_child + 1),
        _ => None,
    };
    if let Some(element) = element {
        metadata.insert(ELEMENT.to_owned(), kind_name(&nodes[element as usize].kind).to_owned());
    }
    let nullable = !is_map_key(nodes, id);
    Arc::new(Field::new(&node.name, data_type(nodes, id, width), nullable).with_metadata(metadata))
}

fn is_map_key(nodes: &[Node], id: NodeId) -> bool {
    let parent = &nodes[nodes[id as usize].parent as usize];
    parent.storage == Storage::Map && parent.first_child == id
}

fn data_type(nodes: &[Node], id: NodeId, width: Width<'_>) -> DataType {
    let node = &nodes[id as usize];
    match node.storage {
        Storage::Text | Storage::Json => DataType::Utf8,
        Storage::Integer => DataType::Int64,
        Storage::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Storage::Number => DataType::Float64,
        Storage::Decimal => DataType::Decimal128(DECIMAL_PRECISION, DECIMAL_SCALE),
        Storage::Boolean => DataType::Boolean,
        Storage::Struct => DataType::Struct(struct_fields(nodes, id, width).into()),
        Storage::List => DataType::List(field(nodes, node.first_child, width)),
        Storage::Map => {
            let entries: Fields =
                vec![field(nodes, node.first_child, width), field(nodes, node.first_child + 1, width)].into();
            DataType::Map(Arc::new(Field::new("key_value", DataType::Struct(entries), false)), false)
        }
    }
}

/// The two columns that every batch ends with.
pub(crate) fn system_fields() -> [FieldRef; 2] {
    let field = |name: &str, kind: &str| {
        let metadata =
            HashMap::from([(KIND.to_owned(), kind.to_owned()), (NULL.to_owned(), "absent".to_owned())]);
        Arc::new(Field::new(name, DataType::Utf8, true).with_metadata(metadata))
    };
    [field(EXTRA_COLUMN, "extra"), field(SHAPE_COLUMN, "shape")]
}

fn kind_name(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::String => "string",
        FieldKind::Enum(_) => "enum",
        FieldKind::Currency => "currency",
        FieldKind::Integer => "integer",
        FieldKind::Timestamp => "timestamp",
        FieldKind::Number => "number",
        FieldKind::Decimal => "decimal",
        FieldKind::Boolean => "boolean",
        FieldKind::Json => "json",
        FieldKind::Object(_) => "object",
        FieldKind::Map(_) => "map",
        FieldKind::Array(_) => "array",
        FieldKind::NestedList(_) => "nested_list",
        FieldKind::Expandable(_) => "expandable",
    }
}
