//! The rest of a nested list that Stripe cut at ten entries (`items`, `lines`, `refunds`, ...).
//!
//! The entries are kept as the JSON they came in; the decoder gets the whole object at once.

use pinstripe_arrow::{DecodeError, IncompleteList};
use pinstripe_client::ClientError;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::ImportError;
use crate::fetch::Fetcher;

/// No object of Stripe's holds more; a list that goes on for ever is a defect of the server.
const PAGES_MAX: usize = 10_000;

#[derive(Deserialize)]
struct ListPage<'body> {
    #[serde(borrow)]
    data: Vec<&'body RawValue>,
    has_more: bool,
}

#[derive(Deserialize)]
struct Entry {
    id: Option<String>,
}

struct PageEnd {
    /// The id of its last entry.
    last: Option<String>,
    more: bool,
}

/// Fetches every further page of a nested list, as bodies. `None` when the object or the entry to go
/// on from is no longer there: the page that told of it is out of date.
pub(crate) async fn fetch_rest(
    fetcher: &Fetcher<'_>,
    list: &IncompleteList,
) -> Result<Option<Vec<Vec<u8>>>, ImportError> {
    let inconsistent =
        |problem: &str| ImportError::Inconsistent { path: list.url.clone(), problem: problem.to_owned() };
    if !list.url.starts_with("/v1/") {
        return Err(inconsistent("the nested list names no path of the API"));
    }
    let mut cursor =
        list.last_id.clone().ok_or_else(|| inconsistent("a cut list whose last entry has no id"))?;
    let mut bodies = Vec::new();
    loop {
        let parameters =
            [("limit".to_owned(), "100".to_owned()), ("starting_after".to_owned(), cursor.clone())];
        let (page, read) = match fetcher.get(&list.url, &parameters, read_page).await {
            Err(error) if is_gone(&error) => return Ok(None),
            answer => answer?,
        };
        bodies.push(page.body);
        if !read.more {
            return Ok(Some(bodies));
        }
        cursor = match read.last {
            Some(last) if last != cursor => last,
            _ => return Err(inconsistent("has_more is true, but its pages do not go on")),
        };
        if bodies.len() >= PAGES_MAX {
            return Err(inconsistent("it does not end"));
        }
    }
}

fn read_page(body: &[u8]) -> Result<PageEnd, DecodeError> {
    let read: ListPage<'_> = serde_json::from_slice(body).map_err(|problem| DecodeError::Unexpected {
        expected: "a page of a nested list".into(),
        found: "something else".into(),
        offset: problem.column(),
        path: String::new(),
    })?;
    let last = read.data.last().and_then(|entry| serde_json::from_str::<Entry>(entry.get()).ok());
    Ok(PageEnd { last: last.and_then(|entry| entry.id), more: read.has_more })
}

fn is_gone(error: &ImportError) -> bool {
    let ImportError::Request { source, .. } = error else { return false };
    matches!(source.as_ref(), ClientError::Stripe(error) if error.code.as_deref() == Some("resource_missing"))
}
