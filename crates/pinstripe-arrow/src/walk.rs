//! One row's JSON straight into the column buffers, in one pass and without a tree.
//!
//! The walk descends the catalog's nodes and the body together. It guesses the next field from
//! the one that followed last time, so that a known order costs one comparison a field. What does
//! not fit goes to the row's leftovers, what is unusual to its deviations. Depth is bounded by the
//! catalog, not by the body. Read next: `plain.rs` for values without fields, `buffer.rs`.

use crate::buffer::{ColumnBuffer, Values};
use crate::error::{DecodeError, Parsed};
use crate::guesses::{Guesses, NONE};
use crate::leftover::{Leftover, TrailStep};
use crate::nested_list::ListMarks;
use crate::nodes::{Node, NodeId, ROOT, Storage};
use crate::scan::{compact_value, literal_end, skip_blanks, string_end};
use crate::shape::{Deviation, Deviations};
use crate::splice::IncompleteList;

/// What is noted about the row at hand besides its columns.
#[derive(Debug, Default)]
pub(crate) struct RowNotes {
    pub deviations: Deviations,
    pub leftovers: Vec<Leftover>,
    /// Where the walk is in the enclosing lists and maps.
    pub trail: Vec<TrailStep>,
    /// For each open object, a bit for each field that it had so far.
    seen: Vec<u64>,
}

impl RowNotes {
    pub(crate) fn clear(&mut self) {
        self.deviations.clear();
        self.leftovers.clear();
        self.trail.clear();
        self.seen.clear();
    }
}

pub(crate) struct Walk<'a> {
    pub body: &'a [u8],
    pub at: usize,
    pub nodes: &'a [Node],
    pub columns: &'a mut [ColumnBuffer],
    pub guesses: &'a mut Guesses,
    pub notes: &'a mut RowNotes,
    pub incomplete: &'a mut Vec<IncompleteList>,
    /// The field of a row that every row must have, if its kind has ids.
    pub id: Option<NodeId>,
}

/// How far the notes had come at some moment, to take back what followed.
#[derive(Clone, Copy)]
struct NotesMark {
    deviations: usize,
    leftovers: usize,
}

impl Walk<'_> {
    /// Reads the object at hand as row `slot`.
    pub(crate) fn row(&mut self, slot: usize) -> Parsed<()> {
        if self.peek() != Some(b'{') {
            return Err(DecodeError::at(self.body, self.at, "an object as a row"));
        }
        let start = self.at;
        let found = self.incomplete.len();
        self.object(ROOT, slot)?;
        let Some(id) = self.id else { return Ok(()) };
        let column = &self.columns[id as usize];
        if !column.valid.get(slot) {
            let fault = DecodeError::unexpected("a string as `id` of each row", "a row without one", start);
            return Err(fault.in_field("id"));
        }
        for list in &mut self.incomplete[found..] {
            list.row_id = column.text_at(slot).map(str::to_owned);
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    /// Reads the value at hand into a column. Says whether it was null, which is left to the gaps.
    pub(crate) fn value(&mut self, id: NodeId, slot: usize) -> Parsed<bool> {
        if self.columns[id as usize].len() > slot {
            // The same field a second time: the last one wins.
            rewind(self.nodes, self.columns, id, slot);
        }
        let first = self.peek().unwrap_or(0);
        if first == b'n' {
            self.at = literal_end(self.body, self.at, "null")?;
            return Ok(true);
        }
        match (self.nodes[id as usize].storage, first) {
            (Storage::Text, b'"') => self.text(id, slot)?,
            (Storage::Text, b'{') if self.nodes[id as usize].expandable => self.unasked(id, slot)?,
            (Storage::Struct, b'{') => self.object(id, slot)?,
            (Storage::Boolean, b't' | b'f') => self.boolean(id, slot)?,
            (Storage::Integer | Storage::Timestamp | Storage::Number, b'-' | b'0'..=b'9') => {
                self.number(id, slot)?;
            }
            (Storage::Map, b'{') => self.map(id, slot)?,
            (Storage::List, b'[') => self.list(id, slot)?,
            (Storage::Decimal, b'"') => self.decimal(id, slot)?,
            (Storage::Json, _) => self.json(id, slot)?,
            _ => self.mismatch(id)?,
        }
        Ok(false)
    }

    fn object(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let nodes = self.nodes;
        let node = &nodes[id as usize];
        self.columns[id as usize].begin(slot);
        let mark = self.mark();
        let seen = self.notes.seen.len();
        self.notes.seen.resize(seen + node.expected.len(), 0);
        let mut expected = 0;
        let mut marks = ListMarks::default();
        let mut previous = NONE;
        self.at = skip_blanks(self.body, self.at + 1);
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                let Some(child) = self.field(id, previous)? else {
                    if self.next_field(node)? { continue } else { break }
                };
                previous = child;
                let child_node = &nodes[child as usize];
                let place = (child - node.first_child) as usize;
                let word = &mut self.notes.seen[seen + place / 64];
                let is_again = *word >> (place % 64) & 1 == 1;
                *word |= 1 << (place % 64);
                if is_again {
                    self.retract(mark, child);
                } else {
                    expected += u32::from(!child_node.null_is_absent);
                }
                let start = self.at;
                let is_null = self.value(child, slot).map_err(|fault| fault.in_field(&child_node.path))?;
                if is_null && child_node.null_is_absent {
                    self.deviates(child, Deviation::Null);
                }
                if let Some(list) = node.list_object {
                    self.mark_list(list, child, start, &mut marks);
                }
                if !self.next_field(node)? {
                    break;
                }
            }
        }
        if expected != node.expected_count {
            self.left_out(node, seen);
        }
        self.notes.seen.truncate(seen);
        match node.list_object {
            Some(list) => self.check_list(node, list, slot, &marks),
            None => Ok(()),
        }
    }

    /// Reads a field's name up to its value: the guessed one, or whichever stands there. An
    /// unknown field is read whole, and gives none.
    #[inline]
    fn field(&mut self, owner: NodeId, previous: NodeId) -> Parsed<Option<NodeId>> {
        let guess = self.guesses.after(owner, previous);
        if guess != NONE
            && let Some(at) = self.guesses.matches(&self.nodes[guess as usize], guess, self.body, self.at)
        {
            self.at = skip_blanks(self.body, at + usize::from(self.body.get(at) == Some(&b' ')));
            return Ok(Some(guess));
        }
        self.other_field(owner, previous)
    }

    fn other_field(&mut self, owner: NodeId, previous: NodeId) -> Parsed<Option<NodeId>> {
        let node = &self.nodes[owner as usize];
        let fail = |fault: Box<DecodeError>| fault.in_field(&node.path);
        let (start, end) = self.key().map_err(fail)?;
        if let Some(place) = node.keys.place(&self.body[start..end]) {
            let child = node.first_child + place;
            self.guesses.learn(owner, previous, child);
            return Ok(Some(child));
        }
        let mut value = Vec::new();
        self.at = compact_value(self.body, self.at, &mut value).map_err(fail)?;
        let trail = self.notes.trail.clone();
        let unknown = Some((start, end));
        self.notes.leftovers.push(Leftover { node: owner, unknown, trail, value, in_column: false });
        Ok(None)
    }

    /// Reads a name and its colon. Gives where the name is, quotes left out.
    pub(crate) fn key(&mut self) -> Parsed<(usize, usize)> {
        if self.peek() != Some(b'"') {
            return Err(DecodeError::at(self.body, self.at, "a field name"));
        }
        let start = self.at + 1;
        let (end, escaped) = string_end(self.body, start)?;
        if escaped {
            crate::scan::unescape(self.body, start, end, &mut Vec::new())?;
        }
        let colon = skip_blanks(self.body, end + 1);
        if self.body.get(colon) != Some(&b':') {
            return Err(DecodeError::at(self.body, colon, "a colon"));
        }
        self.at = skip_blanks(self.body, colon + 1);
        Ok((start, end))
    }

    /// After a field: whether another follows. Leaves the walk at its name.
    #[inline]
    fn next_field(&mut self, node: &Node) -> Parsed<bool> {
        self.separator(b'}').map_err(|fault| fault.in_field(&node.path))
    }

    /// After a value: a comma, or the end of what encloses it.
    #[inline]
    pub(crate) fn separator(&mut self, close: u8) -> Parsed<bool> {
        let mut at = self.at;
        if self.body.get(at) != Some(&b',') {
            at = skip_blanks(self.body, at);
        }
        match self.body.get(at) {
            Some(b',') => {
                self.at = skip_blanks(self.body, at + 1);
                Ok(true)
            }
            Some(byte) if *byte == close => {
                self.at = at + 1;
                Ok(false)
            }
            _ if close == b'}' => Err(DecodeError::at(self.body, at, "a comma or the end of the object")),
            _ => Err(DecodeError::at(self.body, at, "a comma or the end of the array")),
        }
    }

    pub(crate) fn list(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let element = self.nodes[id as usize].first_child;
        self.columns[id as usize].begin(slot);
        let base = self.columns[id as usize].elements_end();
        let mut count = 0;
        self.at = skip_blanks(self.body, self.at + 1);
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            self.notes.trail.push(TrailStep::default());
            let depth = self.notes.trail.len();
            loop {
                self.notes.trail[depth - 1].index = count as u32;
                self.value(element, base + count)?;
                count += 1;
                if !self.separator(b']')? {
                    break;
                }
            }
            self.notes.trail.pop();
        }
        self.end_elements(id, base + count);
        Ok(())
    }

    pub(crate) fn map(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let start = self.at;
        let mark = self.mark();
        let depth = self.notes.trail.len();
        if !self.entries(id, slot)? {
            // A key that no text can hold: the map is kept as it was written.
            self.notes.trail.truncate(depth);
            self.retract(mark, id);
            rewind(self.nodes, self.columns, id, slot);
            self.at = start;
            self.mismatch(id)?;
        }
        Ok(())
    }

    fn entries(&mut self, id: NodeId, slot: usize) -> Parsed<bool> {
        let key_column = self.nodes[id as usize].first_child;
        self.columns[id as usize].begin(slot);
        let base = self.columns[id as usize].elements_end();
        let mut count = 0;
        self.at = skip_blanks(self.body, self.at + 1);
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            self.notes.trail.push(TrailStep::default());
            let depth = self.notes.trail.len();
            loop {
                let (start, end) = self.key()?;
                if !self.put_text(key_column, base + count, start, end)? {
                    return Ok(false);
                }
                self.notes.trail[depth - 1] = TrailStep { index: count as u32, key: (start, end) };
                self.value(key_column + 1, base + count)?;
                count += 1;
                if !self.separator(b'}')? {
                    break;
                }
            }
            self.notes.trail.pop();
        }
        self.end_elements(id, base + count);
        Ok(true)
    }

    fn end_elements(&mut self, id: NodeId, end: usize) {
        if let Values::Offsets(offsets) = &mut self.columns[id as usize].values {
            if offsets.is_empty() {
                offsets.push(0);
            }
            offsets.push(end as i32);
        }
    }

    fn mark(&self) -> NotesMark {
        NotesMark { deviations: self.notes.deviations.len(), leftovers: self.notes.leftovers.len() }
    }

    /// Takes back what was noted since `mark` about a field and what is below it.
    #[cold]
    fn retract(&mut self, mark: NotesMark, about: NodeId) {
        let nodes = self.nodes;
        self.notes.deviations.retract(nodes, mark.deviations, |id| is_below(nodes, id, about));
        let kept = self.notes.leftovers.split_off(mark.leftovers);
        self.notes
            .leftovers
            .extend(kept.into_iter().filter(|leftover| !is_below(nodes, leftover.node, about)));
    }

    #[cold]
    fn deviates(&mut self, id: NodeId, deviation: Deviation) {
        self.notes.deviations.push(id, deviation, self.notes.trail.iter().map(|step| step.index));
    }

    /// Notes the expected fields that an object did not have.
    #[cold]
    fn left_out(&mut self, node: &Node, seen: usize) {
        for (word, expected) in node.expected.iter().enumerate() {
            let mut missing = expected & !self.notes.seen[seen + word];
            while missing != 0 {
                let place = word as u32 * 64 + missing.trailing_zeros();
                self.deviates(node.first_child + place, Deviation::LeftOut);
                missing &= missing - 1;
            }
        }
    }

    pub(crate) fn child(&self, id: NodeId, name: &[u8]) -> Option<NodeId> {
        let node = &self.nodes[id as usize];
        node.keys.place(name).map(|place| node.first_child + place)
    }
}

fn is_below(nodes: &[Node], mut id: NodeId, ancestor: NodeId) -> bool {
    while id != ancestor && id != ROOT {
        id = nodes[id as usize].parent;
    }
    id == ancestor
}

/// Cuts a column, and everything below it, back to `len` slots.
pub(crate) fn rewind(nodes: &[Node], columns: &mut [ColumnBuffer], id: NodeId, len: usize) {
    let below = columns[id as usize].truncate(len);
    for child in nodes[id as usize].children() {
        rewind(nodes, columns, child, below);
    }
}
