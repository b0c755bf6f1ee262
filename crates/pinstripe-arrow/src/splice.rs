//! Nested lists that Stripe cut at 10 entries: what is missing, and putting it in.
//!
//! A page that holds such a list is not decoded. The caller fetches the rest of each list and
//! gives its pages back; they are spliced in as text, so that the decoder only ever sees whole
//! objects (promise 5). No I/O here. Read next: `decoder.rs`.

use crate::envelope::{Entries, Envelope};
use crate::error::DecodeError;

/// A list inside a row that says that it has more entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncompleteList {
    /// Dotted path inside the row, the same for every row: `refunds`, `lines`.
    pub path: String,
    /// Where Stripe serves the whole list.
    pub url: String,
    /// The cursor for the next page (`starting_after`); none when the list came empty.
    pub last_id: Option<String>,
    /// The id of the row it is in.
    pub row_id: Option<String>,
    /// Where the closing bracket of `data` is.
    pub(crate) data_end: usize,
    /// Whether entries stand before it.
    pub(crate) has_entries: bool,
    /// Where the `true` of `has_more` begins.
    pub(crate) has_more: usize,
}

/// Puts fetched entries into a page and sets `has_more` to false, so that `PageDecoder::page`
/// finds whole lists. Each list comes with the bodies of all its further pages, in order; the last
/// must say that there is no more.
pub fn complete_lists(body: &[u8], lists: &[(IncompleteList, Vec<Vec<u8>>)]) -> Result<Vec<u8>, DecodeError> {
    let mut edits: Vec<(usize, usize, Vec<u8>)> = Vec::with_capacity(lists.len() * 2);
    for (list, pages) in lists {
        let belongs = body.get(list.data_end) == Some(&b']')
            && body.get(list.has_more..).is_some_and(|rest| rest.starts_with(b"true"));
        if !belongs {
            return Err(refuse(list, "the body that it was found in", "another body"));
        }
        edits.push((list.data_end, list.data_end, entries(list, pages)?));
        edits.push((list.has_more, list.has_more + "true".len(), b"false".to_vec()));
    }
    edits.sort_by_key(|(start, ..)| *start);
    let added: usize = edits.iter().map(|(.., text)| text.len()).sum();
    let mut whole = Vec::with_capacity(body.len() + added);
    let mut at = 0;
    for (start, end, text) in edits {
        let Some(before) = body.get(at..start) else {
            return Err(DecodeError::NestedList {
                path: String::new(),
                expected: "each list once",
                found: "one list twice".into(),
            });
        };
        whole.extend_from_slice(before);
        whole.extend_from_slice(&text);
        at = end;
    }
    whole.extend_from_slice(&body[at..]);
    Ok(whole)
}

/// The entries of the further pages, with commas where they are needed.
fn entries(list: &IncompleteList, pages: &[Vec<u8>]) -> Result<Vec<u8>, DecodeError> {
    let mut text = Vec::new();
    let mut has_entries = list.has_entries;
    let mut has_more = true;
    for page in pages {
        if !has_more {
            return Err(refuse(list, "no page after the last one", "another page"));
        }
        let mut found = None;
        let envelope = Envelope::read(page, &mut |body, at| {
            let entries = Entries::read(body, at)?;
            let end = entries.end;
            found = Some(entries);
            Ok(end)
        })
        .map_err(|fault| *fault.in_field(&list.path))?;
        if let Some(entries) = found.filter(|entries| entries.count > 0) {
            if std::mem::replace(&mut has_entries, true) {
                text.push(b',');
            }
            text.extend_from_slice(&page[entries.first..entries.last]);
        }
        has_more = envelope.has_more;
    }
    if has_more {
        return Err(refuse(list, "all further pages", "a last page that says has_more"));
    }
    Ok(text)
}

fn refuse(list: &IncompleteList, expected: &'static str, found: &'static str) -> DecodeError {
    DecodeError::NestedList { path: list.path.clone(), expected, found: found.into() }
}
