//! Which field followed which, the last time, and whether it does again.
//!
//! Stripe writes the fields of one kind of object in one order, so nearly every name is the one
//! that is guessed, and sixteen or thirty-two bytes compared as numbers settle it. Never decides
//! alone: a wrong guess is looked up in `keys.rs`. Read next: `walk.rs`.

use crate::lanes::{LANES, lanes};
use crate::nodes::{Node, NodeId, Storage};

pub(crate) const NONE: NodeId = NodeId::MAX;

/// By node, in one cache line each: its name, and what followed it.
#[derive(Debug)]
pub(crate) struct Guesses {
    by_node: Vec<Guess>,
}

#[derive(Debug)]
#[repr(align(64))]
struct Guess {
    /// The first sixteen bytes of `"name":`, zeros where it is shorter.
    head: u128,
    /// Ones where `head` has bytes of it.
    mask: u128,
    /// The last sixteen bytes of a longer one.
    tail: u128,
    length: u32,
    /// Of a field: the field after it.
    next: NodeId,
    /// Of a struct: its first field.
    first: NodeId,
}

impl Guesses {
    /// Before anything was seen, the catalog's order is the best guess.
    pub(crate) fn new(nodes: &[Node]) -> Guesses {
        let mut guesses = Guesses { by_node: nodes.iter().map(|node| Guess::new(&node.key)).collect() };
        for (id, node) in nodes.iter().enumerate().filter(|(_, node)| node.storage == Storage::Struct) {
            guesses.by_node[id].first = node.first_child;
            for child in node.children().skip(1) {
                guesses.by_node[child as usize - 1].next = child;
            }
        }
        guesses
    }

    /// The field that is expected after `previous`, or first.
    #[inline]
    pub(crate) fn after(&self, owner: NodeId, previous: NodeId) -> NodeId {
        if previous == NONE {
            self.by_node[owner as usize].first
        } else {
            self.by_node[previous as usize].next
        }
    }

    pub(crate) fn learn(&mut self, owner: NodeId, previous: NodeId, found: NodeId) {
        if previous == NONE {
            self.by_node[owner as usize].first = found;
        } else {
            self.by_node[previous as usize].next = found;
        }
    }

    /// The place after a field's name and colon, if they stand at `at`.
    #[inline]
    pub(crate) fn matches(&self, node: &Node, id: NodeId, body: &[u8], at: usize) -> Option<usize> {
        let guess = &self.by_node[id as usize];
        let length = guess.length as usize;
        if (number(lanes(body, at)?) ^ guess.head) & guess.mask != 0 {
            return None;
        }
        if length > LANES {
            let is_tail = number(lanes(body, at + length - LANES)?) == guess.tail;
            let is_middle = length <= 2 * LANES
                || body[at + LANES..at + length - LANES] == node.key[LANES..length - LANES];
            if !(is_tail && is_middle) {
                return None;
            }
        }
        Some(at + length)
    }
}

impl Guess {
    fn new(key: &[u8]) -> Guess {
        let width = key.len().min(LANES);
        let mut head = [0; LANES];
        let mut mask = [0; LANES];
        head[..width].copy_from_slice(&key[..width]);
        mask[..width].fill(0xFF);
        let tail = key.last_chunk().copied().unwrap_or_default();
        let length = key.len() as u32;
        Guess {
            head: number(&head),
            mask: number(&mask),
            tail: number(&tail),
            length,
            next: NONE,
            first: NONE,
        }
    }
}

#[inline]
fn number(bytes: &[u8; LANES]) -> u128 {
    u128::from_le_bytes(*bytes)
}

#[cfg(test)]
mod tests {
    use super::{Guess, Guesses};
    use crate::nodes::{Node, Planter};

    #[test]
    fn a_guess_holds_for_its_own_name_only() {
        let tree = crate::expand::ExpandTree::default();
        let nodes = Planter::plant(pinstripe_catalog::catalog(), "charge", &tree);
        let guesses = Guesses::new(&nodes);
        let body = |node: &Node| [&node.key[..], b" 0, and some more text"].concat();
        for (id, node) in nodes.iter().enumerate() {
            let mut text = body(node);
            assert_eq!(guesses.matches(node, id as u32, &text, 0), Some(node.key.len()), "{}", node.path);
            for place in 0..node.key.len() {
                text[place] ^= 1;
                assert_eq!(guesses.matches(node, id as u32, &text, 0), None, "{} at {place}", node.path);
                text[place] ^= 1;
            }
            assert_eq!(guesses.matches(node, id as u32, &node.key[..node.key.len() - 1], 0), None);
        }
        assert_eq!(size_of::<Guess>(), 64);
    }
}
