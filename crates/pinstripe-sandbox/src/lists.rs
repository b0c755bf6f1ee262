//! Lists: which parameters each has, which objects it holds, and where a page begins and ends.
//!
//! Filters that name another object go through the arithmetic of `world.rs`; the others walk the index space. Nothing
//! is written here. Read next: `filters.rs`, `render.rs`.

use crate::changes::View;
use crate::error::ApiError;
use crate::expand::Expand;
use crate::filters::{Filter, candidates, matches, parse, possible};
use crate::kind::Kind;
use crate::params::{Interval, Params};
use crate::render::subscription;
use crate::world::ADDED;
use crate::world::membership::State;

const MOST: i64 = 100;
const USUAL: i64 = 10;

/// A request for a page, checked.
pub struct ListQuery {
    pub kind: Kind,
    pub limit: usize,
    pub expand: Expand,
    created: Interval,
    filters: Vec<Filter>,
    cursor: Option<Cursor>,
    /// The whole list, where the parent knows it.
    known: Option<Vec<u64>>,
}

#[derive(Clone, Copy)]
enum Cursor {
    After(u64),
    Before(u64),
}

/// What a page holds: indexes in the order of the answer, and whether there is more in the direction of travel.
#[derive(Debug, PartialEq)]
pub struct Page {
    pub indexes: Vec<u64>,
    pub has_more: bool,
}

/// Clamped as on the wire, where the documentation says that it would be refused.
pub fn limit(params: &Params) -> Result<usize, ApiError> {
    Ok(params.int("limit")?.unwrap_or(USUAL).clamp(1, MOST) as usize)
}

pub fn expansions(kind: Kind, list: bool, params: &Params) -> Result<Expand, ApiError> {
    let paths = params.array("expand")?;
    Expand::parse(Some(kind), list, &paths).map_err(ApiError::bad_request)
}

/// Refuses what is not in the list of names.
pub fn refuse_unknown(params: &Params, known: &dyn Fn(&str) -> bool) -> Result<(), ApiError> {
    let mut unknown: Vec<String> = Vec::new();
    for name in params.names().filter(|name| !known(name)) {
        if !unknown.iter().any(|seen| seen == name) {
            unknown.push(name.to_owned());
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(ApiError::unknown_parameters(&unknown)) }
}

impl ListQuery {
    pub fn new(view: View<'_>, kind: Kind, params: &Params) -> Result<Self, ApiError> {
        let expand = expansions(kind, true, params)?;
        let filters = crate::filters::of(kind);
        refuse_unknown(params, &|name| {
            matches!(name, "limit" | "starting_after" | "ending_before" | "expand")
                || filters.iter().any(|(known, _)| *known == name)
        })?;
        let limit = limit(params)?;
        let created = match filters.iter().any(|(name, _)| *name == "created") {
            true => params.interval("created")?.unwrap_or(Interval::ALL),
            false => Interval::ALL,
        };
        let filters = parse(view, kind, params)?;
        let cursor = cursor(view, kind, params, &filters)?;
        Ok(Self { kind, limit, expand, created, filters, cursor, known: None })
    }

    /// A list whose elements the parent knows.
    pub fn of(view: View<'_>, kind: Kind, params: &Params, known: Vec<u64>) -> Result<Self, ApiError> {
        Ok(Self {
            kind,
            limit: limit(params)?,
            expand: expansions(kind, true, params)?,
            created: Interval::ALL,
            filters: Vec::new(),
            cursor: cursor(view, kind, params, &[])?,
            known: Some(known),
        })
    }

    pub fn page(&self, view: View<'_>) -> Page {
        match self.known.clone().or_else(|| candidates(view, self.kind, &self.filters)) {
            Some(mut indexes) => {
                indexes.sort_unstable_by(|one, other| other.cmp(one));
                indexes.dedup();
                indexes.retain(|index| self.holds(view, *index));
                self.cut(&indexes)
            }
            None => self.walk(view),
        }
    }

    fn holds(&self, view: View<'_>, index: u64) -> bool {
        self.filters.iter().all(|filter| possible(self.kind, index, filter))
            && view.exists(self.kind, index)
            && (self.created == Interval::ALL || self.created.holds(view.created(self.kind, index)))
            && !view.deleted(self.kind, index)
            && self.filters.iter().all(|filter| matches(view, self.kind, index, filter))
    }

    /// A page of a list that is complete, newest first.
    fn cut(&self, all: &[u64]) -> Page {
        let within: Vec<u64> = match self.cursor {
            None => all.to_vec(),
            Some(Cursor::After(cursor)) => all.iter().copied().filter(|index| *index < cursor).collect(),
            Some(Cursor::Before(cursor)) => all.iter().copied().filter(|index| *index > cursor).collect(),
        };
        let has_more = within.len() > self.limit;
        let indexes = match self.cursor {
            Some(Cursor::Before(_)) => within[within.len().saturating_sub(self.limit)..].to_vec(),
            _ => within[..self.limit.min(within.len())].to_vec(),
        };
        Page { indexes, has_more }
    }

    fn walk(&self, view: View<'_>) -> Page {
        let world = view.world;
        let (low, high) = if self.created == Interval::ALL {
            (0, u64::MAX)
        } else {
            let high = self.created.to.saturating_add(1);
            (world.first_from(self.kind, self.created.from), world.first_from(self.kind, high))
        };
        let low = low.max(world.oldest(self.kind));
        let mut indexes = Vec::with_capacity(self.limit + 1);
        if let Some(Cursor::Before(cursor)) = self.cursor {
            let mut from = if cursor < low { low.checked_sub(1) } else { Some(cursor) };
            while let Some(index) = view.above(self.kind, from) {
                from = Some(index);
                if index >= high && index < ADDED {
                    from = Some(ADDED - 1);
                    continue;
                }
                if self.holds(view, index) {
                    indexes.push(index);
                    if indexes.len() > self.limit {
                        break;
                    }
                }
            }
        } else {
            let mut from = match self.cursor {
                Some(Cursor::After(cursor)) => Some(cursor),
                _ => None,
            };
            while let Some(index) = view.below(self.kind, from) {
                from = Some(index);
                if index < low {
                    break;
                }
                if index >= high && index < ADDED {
                    from = Some(high);
                    continue;
                }
                if self.holds(view, index) {
                    indexes.push(index);
                    if indexes.len() > self.limit {
                        break;
                    }
                }
            }
        }
        let has_more = indexes.len() > self.limit;
        indexes.truncate(self.limit);
        if matches!(self.cursor, Some(Cursor::Before(_))) {
            indexes.reverse();
        }
        Page { indexes, has_more }
    }
}

/// Each cursor is looked up before both together are refused.
fn cursor(
    view: View<'_>,
    kind: Kind,
    params: &Params,
    filters: &[Filter],
) -> Result<Option<Cursor>, ApiError> {
    let resolve = |name: &str| -> Result<Option<u64>, ApiError> {
        let Some(id) = params.text(name)? else { return Ok(None) };
        let found = view.find(kind, id).filter(|index| !hidden(view, kind, *index, filters));
        found.map(Some).ok_or_else(|| ApiError::no_such(kind, id, name, false))
    };
    match (resolve("starting_after")?, resolve("ending_before")?) {
        (Some(_), Some(_)) => Err(ApiError::both_cursors()),
        (Some(index), None) => Ok(Some(Cursor::After(index))),
        (None, Some(index)) => Ok(Some(Cursor::Before(index))),
        (None, None) => Ok(None),
    }
}

/// A canceled subscription is no cursor for the list that leaves canceled ones out.
fn hidden(view: View<'_>, kind: Kind, index: u64, filters: &[Filter]) -> bool {
    kind == Kind::Subscription
        && !filters.iter().any(|filter| filter.explicit && filter.name == "status")
        && subscription::state(view, index) == State::Canceled
}
