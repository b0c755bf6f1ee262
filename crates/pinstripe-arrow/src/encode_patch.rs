//! The columns `extra` and `_shape` of one row, read so that they can be laid over its columns.
//!
//! `extra` is read one level at a time: what is under a name stays text until the encoder comes to
//! that name. Read next: `leftover.rs` and `shape.rs`, which write these texts.

use crate::envelope::fields;
use crate::scan::{Unescaped, compact_value, skip_blanks, unescape};

/// One level of `extra`.
#[derive(Debug, Default)]
pub(crate) struct Patch<'a> {
    pub entries: Vec<PatchEntry<'a>>,
}

#[derive(Debug)]
pub(crate) struct PatchEntry<'a> {
    /// The name, unescaped; none where half of a surrogate pair is in it.
    name: Option<String>,
    /// The name as it is written, quotes left out.
    pub key: &'a [u8],
    /// JSON text.
    pub value: &'a str,
}

impl<'a> Patch<'a> {
    /// None where the text is not a JSON object.
    pub(crate) fn parse(text: &'a str) -> Option<Patch<'a>> {
        let body = text.as_bytes();
        let start = skip_blanks(body, 0);
        if body.get(start) != Some(&b'{') {
            return None;
        }
        let mut entries: Vec<PatchEntry<'a>> = Vec::new();
        let mut scratch = Vec::new();
        let end = fields(body, start, &mut |key, at| {
            scratch.clear();
            let end = compact_value(body, at, &mut scratch)?;
            let mut name = Vec::new();
            let whole = unescape(key, 0, key.len(), &mut name)?;
            let name = String::from_utf8(name).ok().filter(|_| whole == Unescaped::Whole);
            let value = text.get(at..end).unwrap_or_default();
            entries.push(PatchEntry { name, key, value });
            Ok(end)
        });
        let end = end.ok()?;
        (skip_blanks(body, end) == body.len()).then_some(Patch { entries })
    }

    /// What stands under a name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.entries.iter().rev().find(|entry| entry.name.as_deref() == Some(name)).map(|entry| entry.value)
    }
}

impl PatchEntry<'_> {
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }
}

/// One level of `_shape`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Shape<'a> {
    pub left_out: Vec<&'a str>,
    pub null: Vec<&'a str>,
    inside: Vec<(&'a str, Shape<'a>)>,
}

impl<'a> Shape<'a> {
    /// None where the text is not a shape.
    pub(crate) fn parse(text: &'a str) -> Option<Shape<'a>> {
        let mut rest = text;
        let shape = Shape::level(&mut rest, 0)?;
        rest.is_empty().then_some(shape)
    }

    fn level(rest: &mut &'a str, depth: usize) -> Option<Shape<'a>> {
        // The catalog never nests as deep; a damaged text must not choose how deep the stack goes.
        if depth > 128 {
            return None;
        }
        let mut shape = Shape::default();
        loop {
            let end = rest.find(['(', ')', ',']).unwrap_or(rest.len());
            let (item, after) = rest.split_at(end);
            *rest = after;
            if let Some(name) = item.strip_prefix('-') {
                shape.left_out.push(name);
            } else if let Some(name) = item.strip_prefix('~') {
                shape.null.push(name);
            } else {
                *rest = rest.strip_prefix('(')?;
                shape.inside.push((item, Shape::level(rest, depth + 1)?));
                *rest = rest.strip_prefix(')')?;
            }
            match rest.strip_prefix(',') {
                Some(after) => *rest = after,
                None => return Some(shape),
            }
        }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Shape<'a>> {
        self.inside.iter().find(|(field, _)| *field == name).map(|(_, shape)| shape)
    }

    /// The shape of an element of a list, or of the value of a map's entry, by number.
    pub(crate) fn element(&self, index: usize) -> Option<&Shape<'a>> {
        let holds = |range: &str| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            first.parse().is_ok_and(|first: usize| first <= index)
                && last.parse().is_ok_and(|last: usize| index <= last)
        };
        self.inside.iter().find(|(range, _)| holds(range)).map(|(_, shape)| shape)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Patch, Shape};

    #[test]
    fn shapes_are_read_by_level() {
        let shape = Shape::parse("-a,~b,c(-d),lines(data(0-2(-x),4(~y)))").unwrap();
        assert_eq!((shape.left_out.as_slice(), shape.null.as_slice()), (&["a"][..], &["b"][..]));
        assert_eq!(shape.field("c").unwrap().left_out, ["d"]);
        let data = shape.field("lines").unwrap().field("data").unwrap();
        assert_eq!(data.element(1).unwrap().left_out, ["x"]);
        assert_eq!(data.element(3), None);
        assert_eq!(data.element(4).unwrap().null, ["y"]);
        for damaged in ["(", "a", "a(", "a()", "-a)", "a(-b", ",", "-a,"] {
            assert_eq!(Shape::parse(damaged), None, "{damaged}");
        }
        assert_eq!(Shape::parse(&"a(".repeat(100_000)), None);
    }

    #[test]
    fn a_patch_gives_text_by_name() {
        let patch = Patch::parse(r#"{"a":{"b":[1, 2]},"\u0063":1e2,"d":"x"}"#).unwrap();
        assert_eq!(patch.get("a"), Some(r#"{"b":[1, 2]}"#));
        assert_eq!(patch.get("c"), Some("1e2"));
        assert_eq!(patch.get("e"), None);
        for damaged in ["", "[]", "{", "{}x", "{\"a\"}"] {
            assert!(Patch::parse(damaged).is_none(), "{damaged}");
        }
    }
}
