//! Search: seven endpoints, one query language, pages by an opaque token.
//!
//! The language is parsed by `search/query.rs`. Objects are compared as they are written, so a field means in a query
//! what it means in an answer. What Stripe indexes late is found at once here. Read next: `search/query.rs`.

mod query;

use serde_json::Value;

use crate::changes::View;
use crate::error::ApiError;
use crate::expand::{Expand, NOTHING};
use crate::json::Json;
use crate::kind::Kind;
use crate::lists;
use crate::params::Params;
use crate::render;
use query::{Clause, Query};

pub const KINDS: [Kind; 7] = [
    Kind::Charge,
    Kind::Customer,
    Kind::Invoice,
    Kind::PaymentIntent,
    Kind::Price,
    Kind::Product,
    Kind::Subscription,
];

/// Stripe's count is accurate only up to here.
const MOST_COUNTED: usize = 10_000;

pub fn answer(view: View<'_>, kind: Kind, params: &Params, path: &str) -> Result<Vec<u8>, ApiError> {
    let expand = lists::expansions(kind, true, params)?;
    lists::refuse_unknown(params, &|name| matches!(name, "query" | "limit" | "page" | "expand"))?;
    let text = params.text("query")?.ok_or_else(|| ApiError::missing_parameter("query"))?;
    let query = Query::parse(kind, text).map_err(|message| ApiError::bad_request(message).param("query"))?;
    let limit = lists::limit(params)?;
    let from = match params.text("page")? {
        None => None,
        Some(token) => {
            let id = token.strip_prefix("page_").map(backwards);
            let index = id.and_then(|id| view.find(kind, &id));
            let refused = || ApiError::bad_request(format!("Invalid page: {token}")).param("page");
            Some(index.ok_or_else(refused)?)
        }
    };
    let counted = expand.get("total_count").is_some();
    let found = find(view, kind, &query, from, limit + 1);
    let total = counted.then(|| find(view, kind, &query, None, MOST_COUNTED).len());
    Ok(write(view, (kind, path), &found, limit, total, expand.data()))
}

/// An opaque token must not look like an id.
fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

fn find(view: View<'_>, kind: Kind, query: &Query, from: Option<u64>, most: usize) -> Vec<u64> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(index) = view.below(kind, at) {
        at = Some(index);
        if !view.exists(kind, index) || view.deleted(kind, index) || surely_not(view, kind, index, query) {
            continue;
        }
        let mut json = Json::with_capacity(6_000);
        render::object(&mut json, view, kind, index, &NOTHING);
        let object: Value = serde_json::from_slice(&json.bytes).unwrap_or_default();
        if query.matches(&object) {
            found.push(index);
            if found.len() == most {
                break;
            }
        }
    }
    found
}

/// Cheap tests that spare writing and reading an object; they only look at clauses that all must hold.
fn surely_not(view: View<'_>, kind: Kind, index: u64, query: &Query) -> bool {
    if query.any {
        return false;
    }
    query.clauses.iter().filter(|clause| !clause.negated).any(|clause| {
        let number = match (clause.field.as_str(), kind) {
            ("created", _) => Some(view.created(kind, index)),
            ("amount", Kind::Charge | Kind::PaymentIntent) => view.world.sale(index).map(|sale| sale.amount),
            _ => None,
        };
        if let Some(number) = number {
            return !clause.compares(number as f64);
        }
        match (clause.field.as_str(), kind) {
            ("currency", Kind::Charge | Kind::PaymentIntent | Kind::Invoice) => {
                view.world.sale(index).is_some_and(|sale| !clause.is_exactly(sale.currency().code))
            }
            ("status", Kind::Charge) => {
                view.world.sale(index).is_some_and(|sale| !clause.is_exactly(render::charge::status(&sale)))
            }
            ("status", Kind::Subscription) => {
                !clause.is_exactly(render::subscription::state(view, index).name())
            }
            ("customer", Kind::Charge | Kind::PaymentIntent) => view.world.sale(index).is_some_and(|sale| {
                sale.customer.is_some_and(|owner| !clause.is_exactly(&view.id(Kind::Customer, owner)))
            }),
            _ => lacks_metadata(view, kind, index, clause),
        }
    })
}

fn lacks_metadata(view: View<'_>, kind: Kind, index: u64, clause: &Clause) -> bool {
    let unchanged =
        !view.changes.charges.contains_key(&index) && !view.changes.customers.contains_key(&index);
    let Some(key) = clause.metadata_key().filter(|_| unchanged && !clause.is_null()) else { return false };
    match kind {
        Kind::Charge => view
            .world
            .sale(index)
            .is_some_and(|sale| !render::charge::metadata_of(&sale).iter().any(|(known, _)| *known == key)),
        Kind::Customer => !render::customer::metadata_of(index).iter().any(|(known, _)| *known == key),
        _ => false,
    }
}

fn write(
    view: View<'_>,
    (kind, path): (Kind, &str),
    found: &[u64],
    limit: usize,
    total: Option<usize>,
    expand: &Expand,
) -> Vec<u8> {
    let page = &found[..limit.min(found.len())];
    let has_more = found.len() > limit;
    let mut json = Json::with_capacity(page.len() * 5_200 + 256);
    json.open_object();
    json.plain("object", "search_result");
    json.array("data", |json| {
        for index in page {
            json.element();
            render::object(json, view, kind, *index, expand);
        }
    });
    json.bool("has_more", has_more);
    let next =
        page.last().filter(|_| has_more).map(|index| format!("page_{}", backwards(&view.id(kind, *index))));
    json.plain_or_null("next_page", next.as_deref());
    if let Some(total) = total {
        json.int("total_count", total as i64);
    }
    json.plain("url", path);
    json.close_object();
    json.bytes.push(b'\n');
    json.bytes
}
