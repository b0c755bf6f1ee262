//! The list object around rows: `{"object":"list","data":[...],"has_more":...,"url":...}`.
//!
//! Takes the fields in any order and leaves what is in `data` to the caller. An error object, a
//! web page, a single object or a cut body is refused here, so that a bad answer is never an empty
//! page (promise 1). Read next: `decoder.rs` and `splice.rs`, the two readers of lists.

use crate::error::{DecodeError, Parsed, describe};
use crate::scan::{Unescaped, compact_value, literal_end, skip_blanks, string_end, unescape};

#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub has_more: bool,
    pub next_page: Option<String>,
}

impl Envelope {
    /// Reads a whole body. `data` is called once, with the place of the `[`, and gives the place
    /// after the `]`.
    pub(crate) fn read(body: &[u8], data: &mut dyn FnMut(&[u8], usize) -> Parsed<usize>) -> Parsed<Envelope> {
        if let Err(fault) = simdutf8::compat::from_utf8(body) {
            return Err(DecodeError::unexpected("utf-8", "other bytes", fault.valid_up_to()));
        }
        let start = skip_blanks(body, 0);
        if body.get(start) != Some(&b'{') {
            return Err(DecodeError::at(body, start, "a list object"));
        }
        let mut envelope = Envelope::default();
        let (mut is_list, mut has_data, mut knows_more) = (false, false, false);
        let mut scratch = Vec::new();
        let end = fields(body, start, &mut |name, at| match name {
            b"object" => {
                let (object, end) = text(body, at, "the name of a list object")?;
                is_list = matches!(object.as_str(), "list" | "search_result");
                if is_list {
                    Ok(end)
                } else {
                    Err(DecodeError::unexpected("a list object", "another object", at))
                }
            }
            b"data" if !has_data => {
                if body.get(at) != Some(&b'[') {
                    return Err(DecodeError::at(body, at, "an array as `data`"));
                }
                has_data = true;
                data(body, at)
            }
            b"data" => Err(DecodeError::unexpected("`data` once", "another `data`", at)),
            b"has_more" => {
                envelope.has_more = body.get(at) == Some(&b't');
                knows_more = true;
                match body.get(at) {
                    Some(b't') => literal_end(body, at, "true"),
                    Some(b'f') => literal_end(body, at, "false"),
                    _ => Err(DecodeError::at(body, at, "true or false as `has_more`")),
                }
            }
            b"next_page" if body.get(at) == Some(&b'"') => {
                let (page, end) = text(body, at, "a string as `next_page`")?;
                envelope.next_page = Some(page);
                Ok(end)
            }
            b"error" if body.get(at) == Some(&b'{') => {
                Err(DecodeError::unexpected("a list object", "an error object", at))
            }
            _ => {
                scratch.clear();
                compact_value(body, at, &mut scratch)
            }
        })?;
        end_of_body(body, end)?;
        let missing =
            |expected: &'static str| Err(DecodeError::unexpected(expected, "an object without it", start));
        match (is_list, has_data, knows_more) {
            (true, true, true) => Ok(envelope),
            (false, ..) => missing("`object` of a list object"),
            (_, false, _) => missing("`data` of a list object"),
            _ => missing("`has_more` of a list object"),
        }
    }
}

/// Nothing but blanks may follow.
pub(crate) fn end_of_body(body: &[u8], at: usize) -> Parsed<()> {
    let rest = skip_blanks(body, at);
    match body.get(rest) {
        None => Ok(()),
        Some(_) => Err(DecodeError::unexpected("the end of the body", describe(body, rest), rest)),
    }
}

/// Calls `field` with each name and the place of its value; it gives the place after the value.
pub(crate) fn fields<'a>(
    body: &'a [u8],
    start: usize,
    field: &mut dyn FnMut(&'a [u8], usize) -> Parsed<usize>,
) -> Parsed<usize> {
    let mut at = skip_blanks(body, start + 1);
    if body.get(at) == Some(&b'}') {
        return Ok(at + 1);
    }
    loop {
        if body.get(at) != Some(&b'"') {
            return Err(DecodeError::at(body, at, "a field name"));
        }
        let (name_end, escaped) = string_end(body, at + 1)?;
        if escaped {
            unescape(body, at + 1, name_end, &mut Vec::new())?;
        }
        let name = &body[at + 1..name_end];
        let colon = skip_blanks(body, name_end + 1);
        if body.get(colon) != Some(&b':') {
            return Err(DecodeError::at(body, colon, "a colon"));
        }
        let after = field(name, skip_blanks(body, colon + 1))?;
        at = skip_blanks(body, after);
        match body.get(at) {
            Some(b',') => at = skip_blanks(body, at + 1),
            Some(b'}') => return Ok(at + 1),
            _ => return Err(DecodeError::at(body, at, "a comma or the end of the object")),
        }
    }
}

fn text(body: &[u8], at: usize, expected: &'static str) -> Parsed<(String, usize)> {
    if body.get(at) != Some(&b'"') {
        return Err(DecodeError::at(body, at, expected));
    }
    let (end, _) = string_end(body, at + 1)?;
    let mut bytes = Vec::new();
    let whole = unescape(body, at + 1, end, &mut bytes)?;
    match String::from_utf8(bytes) {
        Ok(text) if whole == Unescaped::Whole => Ok((text, end + 1)),
        _ => Err(DecodeError::unexpected(expected, "a string that is not unicode", at)),
    }
}

/// The entries of an array as text.
#[derive(Debug)]
pub(crate) struct Entries {
    pub count: usize,
    /// From the first entry...
    pub first: usize,
    /// ...to after the last one.
    pub last: usize,
    /// After the closing bracket.
    pub end: usize,
}

impl Entries {
    /// Reads the array at `start`, each entry of which must be an object.
    pub(crate) fn read(body: &[u8], start: usize) -> Parsed<Entries> {
        let mut at = skip_blanks(body, start + 1);
        let mut entries = Entries { count: 0, first: at, last: at, end: at + 1 };
        if body.get(at) == Some(&b']') {
            return Ok(entries);
        }
        let mut scratch = Vec::new();
        loop {
            if body.get(at) != Some(&b'{') {
                return Err(DecodeError::at(body, at, "an object in `data`"));
            }
            scratch.clear();
            entries.last = compact_value(body, at, &mut scratch)?;
            entries.count += 1;
            at = skip_blanks(body, entries.last);
            match body.get(at) {
                Some(b',') => at = skip_blanks(body, at + 1),
                Some(b']') => {
                    entries.end = at + 1;
                    return Ok(entries);
                }
                _ => return Err(DecodeError::at(body, at, "a comma or the end of the array")),
            }
        }
    }
}
