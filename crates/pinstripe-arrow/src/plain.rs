//! Values without fields of their own: text, numbers, decimals, booleans, JSON kept as text.
//!
//! A value is stored only if the column can give it back exactly; else it is a mismatch, which
//! keeps it in `extra`, or fails the page where money hangs on it. Read next: `number.rs`.

use crate::buffer::Values;
use crate::envelope::fields;
use crate::error::{DecodeError, Parsed};
use crate::leftover::Leftover;
use crate::nodes::{NodeId, Storage};
use crate::number::{exact_decimal, exact_float, exact_integer};
use crate::scan::{Unescaped, compact_value, literal_end, number_end, string_end, unescape};
use crate::walk::Walk;

const MICROSECONDS: i64 = 1_000_000;

impl Walk<'_> {
    pub(crate) fn text(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let start = self.at + 1;
        let (end, escaped) = string_end(self.body, start)?;
        if !escaped {
            self.at = end + 1;
            let column = &mut self.columns[id as usize];
            column.begin(slot);
            if let Values::Text(text) = &mut column.values {
                text.bytes.extend_from_slice(&self.body[start..end]);
                text.seal();
            }
            return Ok(());
        }
        if self.put_text(id, slot, start, end)? {
            self.at = end + 1;
            Ok(())
        } else {
            self.mismatch(id)
        }
    }

    /// Stores the inside of a string. Says no, and stores nothing, where half of a surrogate pair
    /// is in it.
    pub(crate) fn put_text(&mut self, id: NodeId, slot: usize, start: usize, end: usize) -> Parsed<bool> {
        let column = &mut self.columns[id as usize];
        column.begin(slot);
        let Values::Text(text) = &mut column.values else { return Ok(false) };
        let whole = unescape(self.body, start, end, &mut text.bytes)?;
        text.seal();
        if whole == Unescaped::LoneSurrogate {
            column.truncate(slot);
        }
        Ok(whole == Unescaped::Whole)
    }

    pub(crate) fn boolean(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let value = self.peek() == Some(b't');
        self.at = literal_end(self.body, self.at, if value { "true" } else { "false" })?;
        let column = &mut self.columns[id as usize];
        column.begin(slot);
        if let Values::Boolean(words) = &mut column.values {
            if slot.is_multiple_of(64) {
                words.push(0);
            }
            words[slot / 64] |= u64::from(value) << (slot % 64);
        }
        Ok(())
    }

    pub(crate) fn number(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let storage = self.nodes[id as usize].storage;
        if storage == Storage::Number {
            return self.float(id, slot);
        }
        let (value, end) = match short_integer(self.body, self.at) {
            Some((value, end)) => (Some(value), end),
            None => {
                let (end, _) = number_end(self.body, self.at)?;
                (self.ascii(self.at, end).and_then(exact_integer), end)
            }
        };
        let value = match storage {
            Storage::Timestamp => value.and_then(|seconds| seconds.checked_mul(MICROSECONDS)),
            _ => value,
        };
        let Some(value) = value else { return self.mismatch(id) };
        self.at = end;
        let column = &mut self.columns[id as usize];
        column.begin(slot);
        if let Values::Integer(values) = &mut column.values {
            values.push(value);
        }
        Ok(())
    }

    fn float(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let (end, _) = number_end(self.body, self.at)?;
        let Some(value) = self.ascii(self.at, end).and_then(exact_float) else { return self.mismatch(id) };
        self.at = end;
        let column = &mut self.columns[id as usize];
        column.begin(slot);
        if let Values::Number(values) = &mut column.values {
            values.push(value);
        }
        Ok(())
    }

    pub(crate) fn decimal(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let start = self.at + 1;
        let (end, _) = string_end(self.body, start)?;
        let Some(decimal) = exact_decimal(&self.body[start..end]) else { return self.mismatch(id) };
        if !decimal.canonical {
            // The value is in the column; how it was written is in `extra`.
            let value = self.body[self.at..=end].to_vec();
            let trail = self.notes.trail.clone();
            self.notes.leftovers.push(Leftover { node: id, unknown: None, trail, value, in_column: true });
        }
        self.at = end + 1;
        let column = &mut self.columns[id as usize];
        column.begin(slot);
        if let Values::Decimal(values) = &mut column.values {
            values.push(decimal.value);
        }
        Ok(())
    }

    pub(crate) fn json(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        let column = &mut self.columns[id as usize];
        column.begin(slot);
        if let Values::Text(text) = &mut column.values {
            self.at = compact_value(self.body, self.at, &mut text.bytes)?;
            text.seal();
        }
        Ok(())
    }

    /// An object came where its id was expected: the column has the id, `extra` the object.
    pub(crate) fn unasked(&mut self, id: NodeId, slot: usize) -> Parsed<()> {
        self.mismatch(id)?;
        let Some(leftover) = self.notes.leftovers.last() else { return Ok(()) };
        let object = &leftover.value;
        let mut text = Vec::new();
        fields(object, 0, &mut |name, at| {
            if name == b"id" && object.get(at) == Some(&b'"') {
                let (end, _) = string_end(object, at + 1)?;
                text.clear();
                if unescape(object, at + 1, end, &mut text)? == Unescaped::LoneSurrogate {
                    text.clear();
                }
            }
            compact_value(object, at, &mut Vec::new())
        })?;
        if !text.is_empty() {
            self.columns[id as usize].push_text(slot, &text);
        }
        Ok(())
    }

    /// Reads a value that does not fit its column, and leaves the column null.
    #[cold]
    pub(crate) fn mismatch(&mut self, id: NodeId) -> Parsed<()> {
        let node = &self.nodes[id as usize];
        if node.strict {
            return Err(DecodeError::at(self.body, self.at, wanted(node.storage)));
        }
        let mut value = Vec::new();
        self.at = compact_value(self.body, self.at, &mut value)?;
        let trail = self.notes.trail.clone();
        self.notes.leftovers.push(Leftover { node: id, unknown: None, trail, value, in_column: false });
        Ok(())
    }

    fn ascii(&self, start: usize, end: usize) -> Option<&str> {
        std::str::from_utf8(self.body.get(start..end)?).ok()
    }
}

/// Up to 18 digits, perhaps with a minus: nearly every number there is.
#[inline]
fn short_integer(body: &[u8], start: usize) -> Option<(i64, usize)> {
    let negative = body.get(start) == Some(&b'-');
    let first = start + usize::from(negative);
    let mut value = 0_i64;
    let mut at = first;
    while let Some(digit) = body.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        if at - first == 18 {
            return None;
        }
        value = value * 10 + i64::from(digit);
        at += 1;
    }
    let has_leading_zero = body.get(first) == Some(&b'0') && at > first + 1;
    if at == first || has_leading_zero || matches!(body.get(at), Some(b'.' | b'e' | b'E')) {
        return None;
    }
    Some((if negative { -value } else { value }, at))
}

fn wanted(storage: Storage) -> &'static str {
    match storage {
        Storage::Text => "a string of unicode text",
        Storage::Integer => "a whole number of 64 bits",
        Storage::Timestamp => "a unix time in whole seconds",
        Storage::Number => "a number that 64 bits can hold",
        Storage::Decimal => "a string with a number of at most 12 decimals",
        Storage::Boolean => "true or false",
        Storage::Json => "a value",
        Storage::Struct | Storage::Map => "an object",
        Storage::List => "an array",
    }
}
