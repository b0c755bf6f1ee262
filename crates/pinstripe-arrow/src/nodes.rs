//! The catalog's fields as one flat tree: what the walk, the buffers and the Arrow schema share.
//!
//! Every node is one column or one level of nesting. The children of a node stand side by side, so
//! that a child is its first sibling's number plus its place. Built once per request plan; never
//! looks at data. Read next: `walk.rs` (bytes to buffers), `assemble.rs` (buffers to arrays).

use pinstripe_catalog::{Catalog, Field, FieldKind};

use crate::expand::ExpandTree;
use crate::keys::KeyTable;

pub(crate) type NodeId = u32;

/// The row itself.
pub(crate) const ROOT: NodeId = 0;

/// How a node's values are read and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    Text,
    /// Any JSON as its text.
    Json,
    Integer,
    Timestamp,
    Number,
    Decimal,
    Boolean,
    Struct,
    /// One child: the element.
    List,
    /// Two children: the key and the value.
    Map,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub storage: Storage,
    /// What the catalog calls it, an expanded field being the object and a cut recursion JSON.
    pub kind: FieldKind,
    pub name: String,
    /// From the row, with dots; the same for all elements of a list.
    pub path: String,
    pub parent: NodeId,
    pub first_child: NodeId,
    pub child_count: u32,
    /// An Arrow null stands for a field that was left out, not for a JSON null.
    pub null_is_absent: bool,
    pub sparse: bool,
    /// A value that does not fit must fail the page: ids, creation times, money.
    pub strict: bool,
    /// Holds the id of an object that may come expanded all the same.
    pub expandable: bool,
    pub currency_field: Option<String>,
    /// How many lists and maps enclose it: the length of its trail.
    pub trail_length: u32,
    /// `"name":` as it stands in a body.
    pub key: Vec<u8>,
    /// For structs: names to children.
    pub keys: KeyTable,
    /// For structs: children whose absence is a deviation, as bits by place.
    pub expected: Vec<u64>,
    pub expected_count: u32,
    /// For the struct of a nested list: places of `data`, `has_more` and `url`.
    pub list_object: Option<ListObject>,
}

/// Children of a nested list's struct.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListObject {
    pub data: NodeId,
    pub has_more: NodeId,
    pub url: NodeId,
}

impl Node {
    pub(crate) fn children(&self) -> std::ops::Range<NodeId> {
        self.first_child..self.first_child + self.child_count
    }

    fn new(name: &str, path: String, kind: FieldKind, storage: Storage, parent: NodeId) -> Node {
        Node {
            storage,
            kind,
            name: name.to_owned(),
            path,
            parent,
            first_child: 0,
            child_count: 0,
            null_is_absent: false,
            sparse: false,
            strict: false,
            expandable: false,
            currency_field: None,
            trail_length: 0,
            key: format!("\"{name}\":").into_bytes(),
            keys: KeyTable::default(),
            expected: Vec::new(),
            expected_count: 0,
            list_object: None,
        }
    }
}

/// Builds the tree of a row.
pub(crate) struct Planter<'a> {
    catalog: &'a Catalog,
    nodes: Vec<Node>,
    /// Schemas from the row down to here: the specification is recursive, columns are not.
    ancestry: Vec<String>,
}

impl<'a> Planter<'a> {
    pub(crate) fn plant(catalog: &'a Catalog, schema: &str, expand: &ExpandTree) -> Vec<Node> {
        let kind = FieldKind::Object(schema.to_owned());
        let root = Node::new("", String::new(), kind, Storage::Struct, ROOT);
        let mut planter = Planter { catalog, nodes: vec![root], ancestry: Vec::new() };
        planter.object(ROOT, schema, expand);
        mark_strict(&mut planter.nodes);
        planter.nodes
    }

    /// The fields of a schema as the children of `parent`.
    fn object(&mut self, parent: NodeId, schema: &str, expand: &ExpandTree) {
        let catalog = self.catalog;
        self.ancestry.push(schema.to_owned());
        self.fields(parent, &catalog.schema(schema).fields, expand);
        self.ancestry.pop();
    }

    fn fields(&mut self, parent: NodeId, fields: &[Field], expand: &ExpandTree) {
        // A struct of nothing cannot be stored, so one that has only sparse fields keeps them.
        let keeps_others = fields.iter().any(|field| !field.sparse);
        let first = self.nodes.len() as NodeId;
        for field in fields {
            let path = join(&self.nodes[parent as usize].path, &field.name);
            let mut node = Node::new(&field.name, path, field.kind.clone(), Storage::Json, parent);
            node.sparse = field.sparse && keeps_others;
            node.null_is_absent = !field.nullable || field.sparse;
            node.currency_field.clone_from(&field.currency_field);
            node.trail_length = self.nodes[parent as usize].trail_length;
            self.nodes.push(node);
        }
        self.seal(parent, first, fields.len());
        for (id, field) in (first..).zip(fields) {
            self.settle(id, &field.kind, expand.get(&field.name));
        }
    }

    /// Decides how a node is stored, and plants what is below it.
    fn settle(&mut self, id: NodeId, kind: &FieldKind, expand: Option<&ExpandTree>) {
        let nothing = ExpandTree::default();
        let below = expand.unwrap_or(&nothing);
        let storage = match kind {
            FieldKind::String | FieldKind::Enum(_) | FieldKind::Currency => Storage::Text,
            FieldKind::Integer => Storage::Integer,
            FieldKind::Timestamp => Storage::Timestamp,
            FieldKind::Number => Storage::Number,
            FieldKind::Decimal => Storage::Decimal,
            FieldKind::Boolean => Storage::Boolean,
            FieldKind::Json => Storage::Json,
            FieldKind::Expandable(_) if expand.is_none() => {
                self.nodes[id as usize].expandable = true;
                Storage::Text
            }
            FieldKind::Object(schema) | FieldKind::Expandable(schema) => {
                if self.is_cut(schema) {
                    self.nodes[id as usize].kind = FieldKind::Json;
                    Storage::Json
                } else {
                    self.nodes[id as usize].kind = FieldKind::Object(schema.clone());
                    self.object(id, schema, below);
                    Storage::Struct
                }
            }
            FieldKind::NestedList(schema) if self.is_cut(schema) => {
                self.nodes[id as usize].kind = FieldKind::Json;
                Storage::Json
            }
            FieldKind::NestedList(schema) => {
                self.list_object(id, schema, below);
                Storage::Struct
            }
            FieldKind::Array(element) => {
                self.elements(id, &[("element", element)], expand);
                Storage::List
            }
            FieldKind::Map(value) => {
                self.elements(id, &[("key", &FieldKind::String), ("value", value)], expand);
                Storage::Map
            }
        };
        self.nodes[id as usize].storage = storage;
    }

    /// The children of a list or map. Their paths are their parent's: dots know no elements.
    fn elements(&mut self, parent: NodeId, kinds: &[(&str, &FieldKind)], expand: Option<&ExpandTree>) {
        let first = self.nodes.len() as NodeId;
        for (name, kind) in kinds {
            let owner = &self.nodes[parent as usize];
            let mut node = Node::new(name, owner.path.clone(), (*kind).clone(), Storage::Json, parent);
            node.trail_length = owner.trail_length + 1;
            self.nodes.push(node);
        }
        self.seal(parent, first, kinds.len());
        for (id, (_, kind)) in (first..).zip(kinds) {
            self.settle(id, kind, expand);
        }
    }

    /// A nested list is an object of Stripe's own: `object`, `data`, `has_more`, `url`.
    fn list_object(&mut self, id: NodeId, schema: &str, expand: &ExpandTree) {
        let field = |name: &str, kind: FieldKind| Field {
            name: name.to_owned(),
            kind,
            nullable: false,
            required: true,
            sparse: false,
            currency_field: None,
        };
        let entries = FieldKind::Array(Box::new(FieldKind::Object(schema.to_owned())));
        let mut total_count = field("total_count", FieldKind::Integer);
        total_count.sparse = true;
        let fields = [
            field("object", FieldKind::Enum(vec!["list".to_owned()])),
            field("data", entries),
            field("has_more", FieldKind::Boolean),
            total_count,
            field("url", FieldKind::String),
        ];
        let first = self.nodes.len() as NodeId;
        self.nodes[id as usize].list_object =
            Some(ListObject { data: first + 1, has_more: first + 2, url: first + 4 });
        self.fields(id, &fields, expand);
    }

    fn seal(&mut self, parent: NodeId, first: NodeId, count: usize) {
        let children = &self.nodes[first as usize..];
        let mut expected = vec![0_u64; count.div_ceil(64)];
        for (place, child) in children.iter().enumerate() {
            if !child.null_is_absent {
                expected[place / 64] |= 1 << (place % 64);
            }
        }
        let keys = KeyTable::new(children.iter().map(|child| child.name.as_str()));
        let node = &mut self.nodes[parent as usize];
        node.first_child = first;
        node.child_count = count as u32;
        node.expected_count = expected.iter().map(|word| word.count_ones()).sum();
        node.expected = expected;
        node.keys = keys;
    }

    /// Whether an object of this schema must be kept as text: it encloses itself, or has no fields.
    fn is_cut(&self, schema: &str) -> bool {
        self.ancestry.iter().any(|name| name == schema) || self.catalog.schema(schema).fields.is_empty()
    }
}

/// Money, the currency it is in, and what paging hangs on: at the top level these fit or fail.
fn mark_strict(nodes: &mut [Node]) {
    let top = nodes[ROOT as usize].children();
    let currencies: Vec<String> =
        top.clone().filter_map(|id| nodes[id as usize].currency_field.clone()).collect();
    for id in top {
        let node = &mut nodes[id as usize];
        node.strict = node.currency_field.is_some()
            || matches!(node.name.as_str(), "id" | "created")
            || currencies.contains(&node.name);
    }
}

pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
