//! What no column can hold, kept for the column `extra`.
//!
//! Fields that the catalog does not know, and values that do not fit their column, with the way to
//! them: names inside objects, numbers inside lists. At the end of a row they become one JSON
//! object that mirrors the nesting. Values are kept as they came, without blanks; numbers keep
//! every digit. Nothing here runs for a row that has no such thing. Read next: `walk.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::nodes::{Node, NodeId, ROOT, Storage, join};
use crate::scan::unescape;

/// A place in an enclosing list, or a key of an enclosing map.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TrailStep {
    pub index: u32,
    /// Of a map: where its key stands in the body, quotes left out.
    pub key: (usize, usize),
}

#[derive(Debug)]
pub(crate) struct Leftover {
    /// The column that the value does not fit, or the struct that has no such field.
    pub node: NodeId,
    /// The unknown field's name in the body, quotes left out.
    pub unknown: Option<(usize, usize)>,
    pub trail: Vec<TrailStep>,
    /// JSON without blanks.
    pub value: Vec<u8>,
    /// The column holds the value all the same, only not as it was written.
    pub in_column: bool,
}

/// How many rows had something that no column holds, by dotted path.
#[derive(Debug, Default, Clone)]
pub(crate) struct LeftoverCounts {
    pub unknown: BTreeMap<String, u64>,
    pub mismatches: BTreeMap<String, u64>,
}

/// Keys stand as they are written in JSON, without quotes.
#[derive(Debug)]
enum Tree {
    Value(Vec<u8>),
    Object(Vec<(Vec<u8>, Tree)>),
}

/// One row's leftovers as a JSON object.
pub(crate) fn render(nodes: &[Node], body: &[u8], leftovers: &[Leftover]) -> Vec<u8> {
    let mut root = Tree::Object(Vec::new());
    for leftover in leftovers {
        let mut at = &mut root;
        for key in keys(nodes, body, leftover) {
            at = at.child(key);
        }
        *at = Tree::Value(leftover.value.clone());
    }
    let mut text = Vec::new();
    root.write(&mut text);
    text
}

/// Adds one row's leftovers to the counts: a path counts once a row.
pub(crate) fn count(nodes: &[Node], body: &[u8], leftovers: &[Leftover], counts: &mut LeftoverCounts) {
    let mut paths = BTreeSet::new();
    for leftover in leftovers.iter().filter(|leftover| !leftover.in_column) {
        let path = &nodes[leftover.node as usize].path;
        paths.insert(match leftover.unknown {
            None => (false, path.clone()),
            Some((start, end)) => {
                let mut name = Vec::new();
                // A name with half a surrogate pair is shown without it; `extra` has all of it.
                let _ = unescape(body, start, end, &mut name);
                (true, join(path, &String::from_utf8_lossy(&name)))
            }
        });
    }
    for (is_unknown, path) in paths {
        let map = if is_unknown { &mut counts.unknown } else { &mut counts.mismatches };
        *map.entry(path).or_insert(0) += 1;
    }
}

/// The way from the row to a leftover.
fn keys(nodes: &[Node], body: &[u8], leftover: &Leftover) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    if let Some((start, end)) = leftover.unknown {
        keys.push(body[start..end].to_vec());
    }
    let mut trail = leftover.trail.iter().rev();
    let mut at = leftover.node;
    while at != ROOT {
        let node = &nodes[at as usize];
        keys.push(match (nodes[node.parent as usize].storage, &mut trail) {
            (Storage::List, trail) => {
                trail.next().map(|step| step.index.to_string().into_bytes()).unwrap_or_default()
            }
            (Storage::Map, trail) => {
                trail.next().map(|step| body[step.key.0..step.key.1].to_vec()).unwrap_or_default()
            }
            _ => node.name.clone().into_bytes(),
        });
        at = node.parent;
    }
    keys.reverse();
    keys
}

impl Tree {
    fn child(&mut self, key: Vec<u8>) -> &mut Tree {
        if let Tree::Value(_) = self {
            // The same key twice, once as a plain value: the last one wins.
            *self = Tree::Object(Vec::new());
        }
        let Tree::Object(children) = self else { return self };
        let place = children.iter().position(|(name, _)| *name == key).unwrap_or_else(|| {
            children.push((key, Tree::Object(Vec::new())));
            children.len() - 1
        });
        &mut children[place].1
    }

    fn write(&self, text: &mut Vec<u8>) {
        match self {
            Tree::Value(value) => text.extend_from_slice(value),
            Tree::Object(children) => {
                text.push(b'{');
                for (place, (key, child)) in children.iter().enumerate() {
                    if place > 0 {
                        text.push(b',');
                    }
                    text.push(b'"');
                    text.extend_from_slice(key);
                    text.extend_from_slice(b"\":");
                    child.write(text);
                }
                text.push(b'}');
            }
        }
    }
}
