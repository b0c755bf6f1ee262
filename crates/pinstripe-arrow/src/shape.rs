//! Where an object differs from what its kind always has, as text for the column `_shape`.
//!
//! A null in a column says one thing for all rows: this field is null, or this field was left out
//! (`fields::NULL`). Where Stripe did the other, the row's shape says so: `-name` for a nullable
//! field that was left out, `~name` for a null in a field that is otherwise left out, nested by
//! `name(...)`; elements of lists stand under their number or a range of them: `lines(data(0-9(-x)))`.
//! Rows of one list nearly all have the same shape, so a text is made once and found again.
//! Never holds values. Read next: `encode_patch.rs`, which reads it.

use std::collections::HashMap;

use crate::nodes::{Node, NodeId, ROOT, Storage};

/// Texts kept before starting over: rows with free-form nesting could make any number.
const REMEMBERED: usize = 1024;

/// How one field of one object differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deviation {
    /// A nullable field was left out.
    LeftOut,
    /// A field that is left out when it has no value was null.
    Null,
}

/// The deviations of the row at hand: a code for the field, then its place in each enclosing list.
#[derive(Debug, Default)]
pub(crate) struct Deviations {
    codes: Vec<u32>,
}

impl Deviations {
    pub(crate) fn push(&mut self, node: NodeId, deviation: Deviation, trail: impl Iterator<Item = u32>) {
        self.codes.push(node << 1 | u32::from(deviation == Deviation::Null));
        self.codes.extend(trail);
    }

    pub(crate) fn len(&self) -> usize {
        self.codes.len()
    }

    pub(crate) fn clear(&mut self) {
        self.codes.clear();
    }

    /// Forgets what was said from `start` on about fields that `about` picks.
    pub(crate) fn retract(&mut self, nodes: &[Node], start: usize, about: impl Fn(NodeId) -> bool) {
        let said = self.codes.split_off(start);
        let mut at = 0;
        while at < said.len() {
            let node = said[at] >> 1;
            let next = at + 1 + nodes[node as usize].trail_length as usize;
            if !about(node) {
                self.codes.extend_from_slice(&said[at..next]);
            }
            at = next;
        }
    }
}

/// Texts of shapes that came before.
#[derive(Debug, Default)]
pub(crate) struct ShapeMemory {
    last: Vec<u32>,
    last_text: String,
    texts: HashMap<Vec<u32>, String>,
}

impl ShapeMemory {
    /// The text of a row's deviations, of which there is one at least.
    pub(crate) fn text(&mut self, nodes: &[Node], deviations: &Deviations) -> &str {
        if self.last != deviations.codes {
            self.last.clone_from(&deviations.codes);
            if self.texts.len() == REMEMBERED {
                self.texts.clear();
            }
            let text = match self.texts.get(&self.last) {
                Some(text) => text,
                None => {
                    self.texts.entry(self.last.clone()).or_insert_with(|| render(nodes, &deviations.codes))
                }
            };
            self.last_text.clone_from(text);
        }
        &self.last_text
    }
}

/// One object's deviations and those of the objects in it.
#[derive(Debug, Default, PartialEq)]
struct Branch {
    here: Vec<(char, String)>,
    inside: Vec<(Step, Branch)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Field(String),
    Element(u32),
}

fn render(nodes: &[Node], codes: &[u32]) -> String {
    let mut root = Branch::default();
    let mut at = 0;
    while at < codes.len() {
        let node = codes[at] >> 1;
        let mark = if codes[at] & 1 == 1 { '~' } else { '-' };
        let trail_end = at + 1 + nodes[node as usize].trail_length as usize;
        let steps = steps(nodes, nodes[node as usize].parent, &codes[at + 1..trail_end]);
        let branch = steps.into_iter().fold(&mut root, Branch::inside);
        branch.here.push((mark, nodes[node as usize].name.clone()));
        at = trail_end;
    }
    let mut text = String::new();
    write(&root, &mut text);
    text
}

/// The way from the row to a struct.
fn steps(nodes: &[Node], node: NodeId, trail: &[u32]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut trail = trail.iter().rev();
    let mut at = node;
    while at != ROOT {
        let node = &nodes[at as usize];
        let in_list = matches!(nodes[node.parent as usize].storage, Storage::List | Storage::Map);
        steps.push(match if in_list { trail.next() } else { None } {
            Some(index) => Step::Element(*index),
            None => Step::Field(node.name.clone()),
        });
        at = node.parent;
    }
    steps.reverse();
    steps
}

impl Branch {
    fn inside(&mut self, step: Step) -> &mut Branch {
        let place = self.inside.iter().position(|(other, _)| *other == step).unwrap_or_else(|| {
            self.inside.push((step, Branch::default()));
            self.inside.len() - 1
        });
        &mut self.inside[place].1
    }
}

fn write(branch: &Branch, text: &mut String) {
    let mut separate = false;
    for (mark, name) in &branch.here {
        if std::mem::replace(&mut separate, true) {
            text.push(',');
        }
        text.push(*mark);
        text.push_str(name);
    }
    let mut inside = branch.inside.iter().peekable();
    while let Some((step, below)) = inside.next() {
        if std::mem::replace(&mut separate, true) {
            text.push(',');
        }
        match step {
            Step::Field(name) => text.push_str(name),
            Step::Element(first) => {
                // Neighbours in a list mostly differ in the same way.
                let mut last = *first;
                while inside
                    .next_if(|(step, other)| *step == Step::Element(last + 1) && other == below)
                    .is_some()
                {
                    last += 1;
                }
                text.push_str(&first.to_string());
                if last > *first {
                    text.push('-');
                    text.push_str(&last.to_string());
                }
            }
        }
        text.push('(');
        write(below, text);
        text.push(')');
    }
}
