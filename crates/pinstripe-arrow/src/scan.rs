//! JSON's small parts: blanks, strings, escapes, numbers, and whole values kept as text.
//!
//! Works on the bytes of a body and a place in it; knows nothing of columns. Never recurses, so
//! that a body cannot choose how deep the stack goes. UTF-8 is checked once for a whole body
//! before any of this runs. Read next: `walk.rs`.

use crate::error::{DecodeError, Parsed};
use crate::lanes::{LANES, first_not_blank, first_string_stop, lanes};

/// How deep values may nest that no column describes.
const MAX_DEPTH: usize = 128;

/// The place of the next byte that is no blank.
#[inline(always)]
pub(crate) fn skip_blanks(body: &[u8], start: usize) -> usize {
    let mut at = start;
    if body.get(at).is_some_and(|byte| *byte > b' ') {
        return at;
    }
    while let Some(chunk) = lanes(body, at) {
        let blanks = first_not_blank(chunk);
        at += blanks;
        if blanks < LANES {
            return at;
        }
    }
    while matches!(body.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// Where the string ends that begins after the quote before `start`: the place of its closing
/// quote, and whether there are escapes in it.
#[inline]
pub(crate) fn string_end(body: &[u8], start: usize) -> Parsed<(usize, bool)> {
    let mut at = start;
    let mut escaped = false;
    loop {
        while let Some(chunk) = lanes(body, at) {
            let stop = first_string_stop(chunk);
            at += stop;
            if stop < LANES {
                break;
            }
        }
        match body.get(at) {
            Some(b'"') => return Ok((at, escaped)),
            Some(b'\\') if at + 1 < body.len() => {
                escaped = true;
                at += 2;
            }
            None | Some(b'\\') => {
                return Err(DecodeError::unexpected(
                    "the end of a string",
                    "the end of the body",
                    body.len(),
                ));
            }
            Some(byte) if *byte < 0x20 => {
                return Err(DecodeError::unexpected(
                    "an escape for a control character",
                    "the character itself",
                    at,
                ));
            }
            Some(_) => at += 1,
        }
    }
}

/// What unescaping came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unescaped {
    Whole,
    /// Half of a surrogate pair: JSON allows it, no text can hold it.
    LoneSurrogate,
}

/// Appends the text that `body[start..end]`, the inside of a string, stands for.
pub(crate) fn unescape(body: &[u8], start: usize, end: usize, out: &mut Vec<u8>) -> Parsed<Unescaped> {
    let mut whole = Unescaped::Whole;
    let mut at = start;
    while at < end {
        let rest = &body[at..end];
        let plain = rest.iter().position(|byte| *byte == b'\\').unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        at += plain;
        if at == end {
            break;
        }
        let simple = match body[at + 1] {
            letter @ (b'"' | b'\\' | b'/') => letter,
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let (character, length) = unicode_escape(body, at, end)?;
                match character {
                    Some(character) => {
                        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    None => whole = Unescaped::LoneSurrogate,
                }
                at += length;
                continue;
            }
            _ => return Err(DecodeError::unexpected("an escape of json", "another character", at + 1)),
        };
        out.push(simple);
        at += 2;
    }
    Ok(whole)
}

/// The character of the `\uXXXX` at `at`, or of a pair of them, and how many bytes it takes.
fn unicode_escape(body: &[u8], at: usize, end: usize) -> Parsed<(Option<char>, usize)> {
    let first = hex(body, at, end)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((Some(character), 6));
    }
    let is_pair = first < 0xDC00 && body[at + 6..end].starts_with(b"\\u");
    if is_pair {
        let second = hex(body, at + 6, end)?;
        if (0xDC00..0xE000).contains(&second) {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Ok((char::from_u32(code), 12));
        }
    }
    Ok((None, 6))
}

fn hex(body: &[u8], at: usize, end: usize) -> Parsed<u32> {
    let digits = body.get(at + 2..at + 6).filter(|_| at + 6 <= end);
    let value = digits.and_then(|digits| {
        digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
    });
    value.ok_or_else(|| DecodeError::unexpected("four hexadecimal digits", "other text", at + 2))
}

/// Where the number ends that begins at `start`, and whether it is digits only.
pub(crate) fn number_end(body: &[u8], start: usize) -> Parsed<(usize, bool)> {
    let digits = |mut at: usize| {
        while body.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let fail = |at: usize| Err(DecodeError::at(body, at, "a digit"));
    let first = start + usize::from(body.get(start) == Some(&b'-'));
    let mut at = digits(first);
    if at == first {
        return fail(at);
    }
    if body[first] == b'0' && at > first + 1 {
        return Err(DecodeError::unexpected("a number", "a number with a leading zero", first));
    }
    let mut whole = true;
    if body.get(at) == Some(&b'.') {
        whole = false;
        let fraction = at + 1;
        at = digits(fraction);
        if at == fraction {
            return fail(at);
        }
    }
    if matches!(body.get(at), Some(b'e' | b'E')) {
        whole = false;
        let sign = at + 1;
        let exponent = sign + usize::from(matches!(body.get(sign), Some(b'+' | b'-')));
        at = digits(exponent);
        if at == exponent {
            return fail(at);
        }
    }
    Ok((at, whole))
}

/// Checks `true`, `false` or `null` and gives its end.
pub(crate) fn literal_end(body: &[u8], at: usize, literal: &'static str) -> Parsed<usize> {
    if body.get(at..).is_some_and(|rest| rest.starts_with(literal.as_bytes())) {
        Ok(at + literal.len())
    } else {
        Err(DecodeError::unexpected(literal, "other text", at))
    }
}

/// Appends the value at `at` without its blanks, checked to be JSON, and gives the place after it.
pub(crate) fn compact_value(body: &[u8], at: usize, out: &mut Vec<u8>) -> Parsed<usize> {
    // One bit a level, the innermost lowest: whether it is an object.
    let mut levels = 0_u128;
    let mut depth = 0;
    let mut at = skip_blanks(body, at);
    loop {
        // A value is due at `at`.
        match body.get(at) {
            Some(open @ (b'{' | b'[')) => {
                let is_object = *open == b'{';
                out.push(*open);
                at = skip_blanks(body, at + 1);
                let is_empty = body.get(at) == Some(if is_object { &b'}' } else { &b']' });
                if !is_empty {
                    if depth == MAX_DEPTH {
                        return Err(DecodeError::unexpected(
                            "at most 128 levels of nesting",
                            "more of them",
                            at,
                        ));
                    }
                    depth += 1;
                    levels = levels << 1 | u128::from(is_object);
                    if is_object {
                        at = compact_key(body, at, out)?;
                    }
                    continue;
                }
                out.push(if is_object { b'}' } else { b']' });
                at += 1;
            }
            _ => at = compact_plain(body, at, out)?,
        }
        // A value ended at `at`: close what ends with it.
        loop {
            if depth == 0 {
                return Ok(at);
            }
            at = skip_blanks(body, at);
            let in_object = levels & 1 == 1;
            match body.get(at) {
                Some(b',') => {
                    out.push(b',');
                    at = skip_blanks(body, at + 1);
                    if in_object {
                        at = compact_key(body, at, out)?;
                    }
                    break;
                }
                Some(close @ (b'}' | b']')) if (*close == b'}') == in_object => {
                    out.push(*close);
                    at += 1;
                    depth -= 1;
                    levels >>= 1;
                }
                _ => {
                    let expected = if in_object {
                        "a comma or the end of the object"
                    } else {
                        "a comma or the end of the array"
                    };
                    return Err(DecodeError::at(body, at, expected));
                }
            }
        }
    }
}

/// A key and its colon; gives the place of the value.
fn compact_key(body: &[u8], at: usize, out: &mut Vec<u8>) -> Parsed<usize> {
    if body.get(at) != Some(&b'"') {
        return Err(DecodeError::at(body, at, "a field name"));
    }
    let at = skip_blanks(body, compact_string(body, at, out)?);
    if body.get(at) != Some(&b':') {
        return Err(DecodeError::at(body, at, "a colon"));
    }
    out.push(b':');
    Ok(skip_blanks(body, at + 1))
}

fn compact_string(body: &[u8], at: usize, out: &mut Vec<u8>) -> Parsed<usize> {
    let (end, escaped) = string_end(body, at + 1)?;
    if escaped {
        unescape(body, at + 1, end, &mut Vec::new())?;
    }
    out.extend_from_slice(&body[at..=end]);
    Ok(end + 1)
}

fn compact_plain(body: &[u8], at: usize, out: &mut Vec<u8>) -> Parsed<usize> {
    let end = match body.get(at) {
        Some(b'"') => return compact_string(body, at, out),
        Some(b't') => literal_end(body, at, "true")?,
        Some(b'f') => literal_end(body, at, "false")?,
        Some(b'n') => literal_end(body, at, "null")?,
        Some(b'-' | b'0'..=b'9') => number_end(body, at)?.0,
        _ => return Err(DecodeError::at(body, at, "a value")),
    };
    out.extend_from_slice(&body[at..end]);
    Ok(end)
}
