//! From a request to an answer: the order in which Stripe looks at things.
//!
//! The order: key, version, URL, limits, permission, `expand`, parameters, objects. Limits are counted as a request
//! comes in, before its latency. Read next: `endpoint.rs`, `lists.rs`, `render.rs`, `writes.rs`, `search.rs`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, Response};

use crate::accounts::Party;
use crate::answer::{self, Answer};
use crate::auth::Caller;
use crate::changes::View;
use crate::endpoint::{Endpoint, endpoint};
use crate::error::ApiError;
use crate::fault::FaultKind;
use crate::json::Json;
use crate::kind::Kind;
use crate::limits::InFlight;
use crate::lists::{self, ListQuery};
use crate::oauth;
use crate::params::Params;
use crate::render;
use crate::server::API_VERSION;
use crate::state::{RequestRecord, State};
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

/// A request, as far as the answers depend on it.
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub params: Params,
    pub raw: String,
    pub request_id: String,
    pub idempotency_key: Option<String>,
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
    let arrived = Arrived::new(state, &parts.method, &path, &parts.headers);
    let fault = arrived.fault.clone();
    let name = arrived.name.clone();
    let mut latency = state.config.latency_ms;
    if let Some(FaultKind::Latency { ms }) = &fault {
        latency += ms;
    }
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
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
    let answer = match oauth::serves(&path) {
        true => oauth::answer(state, &parts.headers, fault.as_ref(), &asked),
        false => answer_to(state, &parts.headers, arrived, &asked),
    };
    record(answer.status);
    let version = header(&parts.headers, "stripe-version").unwrap_or(API_VERSION);
    answer::respond(answer, &request_id, Some(version), state.config.livemode, fault.as_ref())
}

/// What is settled as a request comes in, before its latency has passed.
struct Arrived {
    endpoint: Option<Endpoint>,
    name: String,
    caller: Result<(Caller, Result<Party, ApiError>), ApiError>,
    fault: Option<FaultKind>,
    admitted: Result<Option<InFlight>, &'static str>,
}

impl Arrived {
    fn new(state: &State, method: &Method, path: &str, headers: &HeaderMap) -> Self {
        let fault = state.next_fault(path);
        let (endpoint, name) = match endpoint(method, path) {
            Some((endpoint, name)) => (Some(endpoint), name),
            None if oauth::serves(path) => (None, format!("{method} {path}")),
            None => (None, format!("{method} (unrecognized)")),
        };
        state.count(&name);
        let caller = state.caller(header(headers, "authorization")).map(|caller| {
            let party = party(state, headers, &caller);
            (caller, party)
        });
        // Who is not known and what is not there count for nobody; what is refused counts for the key's own account.
        let admitted = match (&endpoint, &caller) {
            (Some(_), Ok((caller, party))) => {
                state.admit(*party.as_ref().unwrap_or(&caller.party), &name).map(Some)
            }
            _ => Ok(None),
        };
        Self { endpoint, name, caller, fault, admitted }
    }
}

fn answer_to(state: &State, headers: &HeaderMap, arrived: Arrived, asked: &Asked) -> Answer {
    // The log is that of the account whose key it is.
    let party = arrived.caller.as_ref().map_or(Party::Own, |(caller, _)| caller.party);
    let account = state.account_id(party);
    match decide(state, headers, arrived, asked) {
        Ok(answer) => answer,
        Err(error) => {
            let test = if state.config.livemode { "" } else { "/test" };
            let url = format!(
                "https://dashboard.stripe.com/{account}{test}/workbench/logs?object={}",
                asked.request_id
            );
            Answer::error(&error, Some(&url))
        }
    }
}

fn decide(state: &State, headers: &HeaderMap, arrived: Arrived, asked: &Asked) -> Result<Answer, ApiError> {
    let (caller, party) = arrived.caller?;
    let refused = |reason: &str| ApiError::rate_limited(reason, state.config.livemode);
    match &arrived.fault {
        Some(FaultKind::RateLimited { reason }) => return Err(refused(reason)),
        Some(FaultKind::LockTimeout) => return Err(ApiError::lock_timeout()),
        Some(FaultKind::Conflict) => return Err(ApiError::conflict()),
        Some(FaultKind::PermissionLost) => {
            let account = state.account_id(caller.party);
            return Err(ApiError::missing_permission(
                &caller.masked,
                &account,
                "charge_read",
                "Charges Read",
            ));
        }
        Some(FaultKind::ServerError { status }) => return Err(ApiError::server(*status)),
        Some(FaultKind::ExpiredKey) => return Err(ApiError::expired_key(&caller.masked)),
        _ => {}
    }
    if let Some(version) = header(headers, "stripe-version").filter(|version| !is_version(version)) {
        return Err(ApiError::invalid_version(version));
    }
    let Some(endpoint) = arrived.endpoint else {
        return Err(ApiError::unknown_url(asked.method.as_str(), &asked.path));
    };
    // Held until the answer is made.
    let _in_flight = arrived.admitted.map_err(refused)?;
    if let (Endpoint::Search(_), Some(version)) = (&endpoint, header(headers, "stripe-version"))
        && version < OLDEST_SEARCH
    {
        return Err(ApiError::search_too_old(version));
    }
    let books = state.books(party?);
    let account = books.world.account_id();
    match endpoint {
        Endpoint::Create(kind) | Endpoint::Update(kind, _) | Endpoint::Delete(kind, _) => {
            caller.check(kind, true, &account)?;
            writes::answer(state, &books, &endpoint, asked)
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

/// Whose data a request is about: that of the key, or that of the account it names.
fn party(state: &State, headers: &HeaderMap, caller: &Caller) -> Result<Party, ApiError> {
    let named = header(headers, "stripe-context").or_else(|| header(headers, "stripe-account"));
    let Some(account) = named else { return Ok(caller.party) };
    match state.party(account) {
        Some(party) if party == caller.party => Ok(party),
        Some(party) if !caller.application && !state.is_revoked(party) => Ok(party),
        _ if state.config.accounts == 0 => Err(ApiError::not_a_platform()),
        _ => Err(ApiError::no_access(&caller.masked, account)),
    }
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
            if *kind == Kind::Account && found.is_some_and(|index| view.changes.revoked.contains_key(&index))
            {
                return Err(ApiError::no_access(&caller.masked, id));
            }
            let index = found.ok_or_else(|| ApiError::no_such(*kind, id, kind.names().param, true))?;
            Ok(whole(|json| render::object(json, view, *kind, index, &expand)))
        }
        Endpoint::OwnAccount => {
            caller.check_own_account(&account)?;
            Ok(whole(|json| render::account::own(json, view)))
        }
        Endpoint::Balance => {
            caller.check(Kind::BalanceTransaction, false, &account)?;
            Ok(whole(|json| render::account::balance(json, view)))
        }
        Endpoint::NotSetUp(product) => Err(ApiError::not_set_up(product)),
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
