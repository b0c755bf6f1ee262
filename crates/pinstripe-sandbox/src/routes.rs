//! From a request to an answer: the order in which Stripe looks at things, and the table of URLs.
//!
//! The order: key, version, URL, rate limit, permission, `expand`, parameters, objects. Read next: `lists.rs`,
//! `render.rs`, `writes.rs`, `search.rs`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, Response};

use crate::answer::{self, Answer};
use crate::auth::Caller;
use crate::changes::View;
use crate::error::ApiError;
use crate::fault::FaultKind;
use crate::json::Json;
use crate::kind::Kind;
use crate::lists::{self, ListQuery};
use crate::params::Params;
use crate::render;
use crate::server::API_VERSION;
use crate::state::{Books, RequestRecord, State};
use crate::{control, search, writes};

const MOST_BODY: usize = 1 << 20;
/// Search came with this version.
const OLDEST_SEARCH: &str = "2020-08-27";

/// The sandbox as a router; it needs no socket.
pub fn app(state: Arc<State>) -> Router {
    Router::new().fallback(move |request: Request<Body>| {
        let state = Arc::clone(&state);
        async move { handle(&state, request).await }
    })
}

/// What an URL asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Endpoint {
    List(Kind),
    Retrieve(Kind, String),
    Search(Kind),
    /// A list below an object: refunds of a charge, reversals of a transfer, lines of an invoice, and so on.
    Nested(Kind, String, Kind),
    OwnAccount,
    Balance,
    Create(Kind),
    Update(Kind, String),
    Delete(Kind, String),
}

/// A request, as far as the answers depend on it.
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub params: Params,
    pub raw: String,
    pub request_id: String,
    pub idempotency_key: Option<String>,
}

fn collection(name: &str) -> Option<Kind> {
    Some(match name {
        "accounts" => Kind::Account,
        "balance_transactions" => Kind::BalanceTransaction,
        "charges" => Kind::Charge,
        "coupons" => Kind::Coupon,
        "customers" => Kind::Customer,
        "disputes" => Kind::Dispute,
        "events" => Kind::Event,
        "files" => Kind::File,
        "invoices" => Kind::Invoice,
        "payment_intents" => Kind::PaymentIntent,
        "payment_methods" => Kind::PaymentMethod,
        "payouts" => Kind::Payout,
        "plans" => Kind::Plan,
        "prices" => Kind::Price,
        "products" => Kind::Product,
        "refunds" => Kind::Refund,
        "subscriptions" => Kind::Subscription,
        "subscription_items" => Kind::SubscriptionItem,
        "transfers" => Kind::Transfer,
        _ => return None,
    })
}

/// The endpoint of a URL, and its name in the counters.
pub fn endpoint(method: &Method, path: &str) -> Option<(Endpoint, String)> {
    let path = path.strip_prefix("/v1/")?;
    // The older name of the same list.
    let renamed = path.strip_prefix("balance/history").map(|rest| format!("balance_transactions{rest}"));
    let path = renamed.as_deref().unwrap_or(path);
    let segments: Vec<&str> = path.split('/').collect();
    let name = |pattern: String| format!("{method} /v1/{pattern}");
    let own = |id: &&str| (*id).to_owned();
    Some(match (method.as_str(), segments.as_slice()) {
        ("GET", ["account"]) => (Endpoint::OwnAccount, name("account".to_owned())),
        ("GET", ["balance"]) => (Endpoint::Balance, name("balance".to_owned())),
        ("GET", [list]) => (Endpoint::List(collection(list)?), name((*list).to_owned())),
        ("GET", [list, "search"]) => {
            let kind = collection(list).filter(|kind| search::KINDS.contains(kind))?;
            (Endpoint::Search(kind), name(format!("{list}/search")))
        }
        ("GET", [_, ""]) => return None,
        ("GET", [list, id]) => {
            (Endpoint::Retrieve(collection(list)?, own(id)), name(format!("{list}/{{id}}")))
        }
        ("GET", [list, id, below]) => {
            let parent = collection(list)?;
            let child = match (parent, *below) {
                (Kind::Charge, "refunds") => Kind::Refund,
                (Kind::Transfer, "reversals") => Kind::TransferReversal,
                (Kind::Invoice, "lines") => Kind::LineItem,
                (Kind::Customer, "subscriptions") => Kind::Subscription,
                (Kind::Customer, "payment_methods") => Kind::PaymentMethod,
                _ => return None,
            };
            (Endpoint::Nested(parent, own(id), child), name(format!("{list}/{{id}}/{below}")))
        }
        ("POST", [list @ ("customers" | "refunds")]) => {
            (Endpoint::Create(collection(list)?), name((*list).to_owned()))
        }
        ("POST", [list @ ("customers" | "charges"), id]) if !id.is_empty() => {
            (Endpoint::Update(collection(list)?, own(id)), name(format!("{list}/{{id}}")))
        }
        ("DELETE", [list @ ("customers" | "subscriptions"), id]) if !id.is_empty() => {
            (Endpoint::Delete(collection(list)?, own(id)), name(format!("{list}/{{id}}")))
        }
        _ => return None,
    })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

async fn handle(state: &State, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    if path.starts_with("/_sandbox/") {
        let body = to_bytes(body, MOST_BODY).await.unwrap_or_default();
        return control::handle(state, &parts.method, &path, header(&parts.headers, "authorization"), &body);
    }
    let request_id = state.next_request_id();
    let fault = state.next_fault(&path);
    let mut latency = state.config.latency_ms;
    if let Some(FaultKind::Latency { ms }) = &fault {
        latency += ms;
    }
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let found = endpoint(&parts.method, &path);
    let name = match &found {
        Some((_, name)) => name.clone(),
        None => format!("{} (unrecognized)", parts.method),
    };
    let record = |status: u16| {
        let record = RequestRecord {
            method: parts.method.to_string(),
            path: path.clone(),
            query: query.clone(),
            status,
            request_id: request_id.clone(),
            stripe_account: header(&parts.headers, "stripe-account").map(str::to_owned),
            stripe_version: header(&parts.headers, "stripe-version").map(str::to_owned),
            fault: fault.clone(),
        };
        state.record(&name, record);
    };
    if fault == Some(FaultKind::Reset) {
        record(0);
        return answer::reset();
    }
    let raw = match parts.method {
        Method::GET | Method::HEAD => query.clone(),
        _ => {
            let body = to_bytes(body, MOST_BODY).await.unwrap_or_default();
            let body = String::from_utf8_lossy(&body);
            if query.is_empty() { body.into_owned() } else { format!("{query}&{body}") }
        }
    };
    let asked = Asked {
        method: parts.method.clone(),
        path: path.clone(),
        params: Params::parse(&raw),
        raw,
        request_id: request_id.clone(),
        idempotency_key: header(&parts.headers, "idempotency-key").map(str::to_owned),
    };
    let answer = answer_to(state, &parts.headers, found, &asked, fault.as_ref());
    record(answer.status);
    let version = header(&parts.headers, "stripe-version").unwrap_or(API_VERSION);
    answer::respond(answer, &request_id, Some(version), fault.as_ref())
}

fn answer_to(
    state: &State,
    headers: &HeaderMap,
    found: Option<(Endpoint, String)>,
    asked: &Asked,
    fault: Option<&FaultKind>,
) -> Answer {
    let account = state.main.world.account_id();
    match decide(state, headers, found, asked, fault) {
        Ok(answer) => answer,
        Err(error) => {
            let url = format!(
                "https://dashboard.stripe.com/{account}/test/workbench/logs?object={}",
                asked.request_id
            );
            Answer::error(&error, Some(&url))
        }
    }
}

fn decide(
    state: &State,
    headers: &HeaderMap,
    found: Option<(Endpoint, String)>,
    asked: &Asked,
    fault: Option<&FaultKind>,
) -> Result<Answer, ApiError> {
    let caller = state.keys.caller(header(headers, "authorization"))?;
    match fault {
        Some(FaultKind::RateLimited { reason }) => return Err(ApiError::rate_limited(reason)),
        Some(FaultKind::LockTimeout) => return Err(ApiError::lock_timeout()),
        Some(FaultKind::ServerError { status }) => return Err(ApiError::server(*status)),
        Some(FaultKind::ExpiredKey) => return Err(ApiError::expired_key(&caller.masked)),
        _ => {}
    }
    if let Some(version) = header(headers, "stripe-version").filter(|version| !is_version(version)) {
        return Err(ApiError::invalid_version(version));
    }
    let Some((endpoint, name)) = found else {
        return Err(ApiError::unknown_url(asked.method.as_str(), &asked.path));
    };
    state.take_token(&name).map_err(ApiError::rate_limited)?;
    if let (Endpoint::Search(_), Some(version)) = (&endpoint, header(headers, "stripe-version"))
        && version < OLDEST_SEARCH
    {
        return Err(ApiError::search_too_old(version));
    }
    let books = books(state, headers, &caller)?;
    let account = books.world.account_id();
    match endpoint {
        Endpoint::Create(kind) | Endpoint::Update(kind, _) | Endpoint::Delete(kind, _) => {
            caller.check(kind, true, &account)?;
            writes::answer(state, books, &endpoint, asked)
        }
        _ => books.read(|view| read(view, &endpoint, &caller, asked)).map(Answer::ok),
    }
}

/// `2024-06-20`, `2026-07-29.dahlia`
fn is_version(text: &str) -> bool {
    let (date, name) = text.split_once('.').unwrap_or((text, "x"));
    date.len() == 10
        && date
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn books<'a>(state: &'a State, headers: &HeaderMap, caller: &Caller) -> Result<&'a Books, ApiError> {
    let named = header(headers, "stripe-context").or_else(|| header(headers, "stripe-account"));
    let Some(account) = named.filter(|account| *account != state.main.world.account_id()) else {
        return Ok(&state.main);
    };
    state
        .main
        .world
        .find(Kind::Account, account)
        .and_then(|index| state.connected(index))
        .ok_or_else(|| ApiError::no_access(&caller.masked, account))
}

fn read(view: View<'_>, endpoint: &Endpoint, caller: &Caller, asked: &Asked) -> Result<Vec<u8>, ApiError> {
    let account = view.world.account_id();
    let params = &asked.params;
    match endpoint {
        Endpoint::List(kind) => {
            caller.check(*kind, false, &account)?;
            let query = ListQuery::new(view, *kind, params)?;
            Ok(list(view, &query, &asked.path))
        }
        Endpoint::Nested(parent, id, child) => {
            caller.check(*child, false, &account)?;
            nested(view, (*parent, id), *child, asked)
        }
        Endpoint::Search(kind) => {
            caller.check(*kind, false, &account)?;
            search::answer(view, *kind, params, &asked.path)
        }
        Endpoint::Retrieve(kind, id) => {
            caller.check(*kind, false, &account)?;
            let expand = lists::expansions(*kind, false, params)?;
            lists::refuse_unknown(params, &|name| name == "expand")?;
            let found = view.find(*kind, id);
            if *kind == Kind::Account && *id == account {
                return Ok(whole(|json| render::account::own(json, view)));
            }
            let index = found.ok_or_else(|| ApiError::no_such(*kind, id, kind.names().param, true))?;
            Ok(whole(|json| render::object(json, view, *kind, index, &expand)))
        }
        Endpoint::OwnAccount => {
            caller.check(Kind::Account, false, &account)?;
            Ok(whole(|json| render::account::own(json, view)))
        }
        Endpoint::Balance => {
            caller.check(Kind::BalanceTransaction, false, &account)?;
            Ok(whole(render::account::balance))
        }
        Endpoint::Create(_) | Endpoint::Update(..) | Endpoint::Delete(..) => {
            Err(ApiError::unknown_url(asked.method.as_str(), &asked.path))
        }
    }
}

/// One object as the whole body.
pub fn whole(write: impl FnOnce(&mut Json)) -> Vec<u8> {
    let mut json = Json::with_capacity(8 * 1024);
    write(&mut json);
    json.bytes.push(b'\n');
    json.bytes
}

fn list(view: View<'_>, query: &ListQuery, path: &str) -> Vec<u8> {
    let page = query.page(view);
    // A charge is 4 to 5 kB; growing a buffer of half a megabyte by doubling would copy it several times.
    let mut json = Json::with_capacity(page.indexes.len() * 5_200 + 256);
    let below = query.expand.data();
    json.open_object();
    json.plain("object", "list");
    json.array("data", |json| {
        for index in &page.indexes {
            json.element();
            render::object(json, view, query.kind, *index, below);
        }
    });
    json.bool("has_more", page.has_more);
    json.plain("url", path);
    json.close_object();
    json.bytes.push(b'\n');
    json.bytes
}

/// The list of a parent's children is the children's list with a filter, or is computed from the parent.
fn nested(
    view: View<'_>,
    (parent, id): (Kind, &str),
    child: Kind,
    asked: &Asked,
) -> Result<Vec<u8>, ApiError> {
    let mut params = asked.params.clone();
    // Their own filters are not parameters of the nested lists.
    lists::expansions(child, true, &params)?;
    lists::refuse_unknown(&params, &|name| {
        matches!(name, "limit" | "starting_after" | "ending_before" | "expand" | "status")
    })?;
    let Some(index) = view.find(parent, id) else {
        return Err(ApiError::no_such(parent, id, parent.names().param, true));
    };
    params.0.push(crate::params::Param {
        name: match (parent, child) {
            (Kind::Transfer, _) => "transfer",
            (Kind::Invoice, _) => "invoice",
            (Kind::Charge, _) => "charge",
            _ => "customer",
        }
        .to_owned(),
        path: Vec::new(),
        value: id.to_owned(),
    });
    let query = match (parent, child) {
        (Kind::Transfer, _) => {
            ListQuery::of(view, child, &params, render::later::reversals(view.world, index))?
        }
        (Kind::Invoice, _) => ListQuery::of(view, child, &params, render::invoice::lines(view, index))?,
        _ => ListQuery::new(view, child, &params)?,
    };
    Ok(list(view, &query, &asked.path))
}
