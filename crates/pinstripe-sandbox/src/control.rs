//! `/_sandbox/...`: steers a running sandbox over HTTP, with the secret key. Not a part of Stripe's API.
//!
//! `GET counts`, `GET requests`, `DELETE requests` (both), `GET faults`, `POST faults` (one fault, a list, or
//! `{"rates": {...}}`), `DELETE faults`, `GET totals/{object}`, `GET accounts`, `GET oauth`, and what `control/access.rs`
//! changes. Read next: `fault.rs`.

mod access;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::fault::{Fault, FaultRates};
use crate::kind::Kind;
use crate::state::State;

pub fn handle(state: &State, method: &Method, path: &str, key: Option<&str>, body: &[u8]) -> Response<Body> {
    let (status, value) = match state.caller(key) {
        Ok(caller) if caller.is_secret() => answer(state, method, path, body),
        _ => (StatusCode::UNAUTHORIZED, json!({"error": "expected the secret key of this sandbox"})),
    };
    let mut text = serde_json::to_vec_pretty(&value).unwrap_or_default();
    text.push(b'\n');
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn answer(state: &State, method: &Method, path: &str, body: &[u8]) -> (StatusCode, Value) {
    let done = || json!({"ok": true});
    let said = match (method.as_str(), path.trim_start_matches("/_sandbox/")) {
        ("GET", "counts") => Ok(json!(state.summary())),
        ("GET", "requests") => Ok(json!({"counts": state.counts(), "requests": state.requests()})),
        ("DELETE", "requests") => {
            state.forget_requests();
            Ok(done())
        }
        ("GET", "faults") => Ok(json!(state.change_faults(|plan| plan.scripted()))),
        ("POST", "faults") => set_faults(state, body).map(|()| done()),
        ("DELETE", "faults") => {
            state.change_faults(crate::fault::FaultPlan::clear);
            Ok(done())
        }
        ("GET", "accounts") => Ok(json!({"accounts": state.account_notes()})),
        ("GET", "oauth") => Ok(json!({"clients": state.oauth_clients(), "grants": state.grant_notes()})),
        ("POST", other) if other.starts_with("accounts/") || other.starts_with("oauth/") => {
            match access::change(state, other, body) {
                Some(changed) => changed,
                None => return unknown(method, path),
            }
        }
        ("GET", other) => match other.strip_prefix("totals/").and_then(Kind::from_object) {
            Some(kind) => Ok(totals(state, kind)),
            None => return unknown(method, path),
        },
        _ => return unknown(method, path),
    };
    match said {
        Ok(value) => (StatusCode::OK, value),
        Err(message) => (StatusCode::BAD_REQUEST, json!({"error": message})),
    }
}

fn unknown(method: &Method, path: &str) -> (StatusCode, Value) {
    (StatusCode::NOT_FOUND, json!({"error": format!("expected a control path, found {method} {path}")}))
}

fn totals(state: &State, kind: Kind) -> Value {
    let totals = state.main.world.totals(kind);
    let (by_currency, by_status) = (totals.by_currency, totals.by_status);
    json!({"count": totals.count, "by_currency": by_currency, "by_status": by_status})
}

fn set_faults(state: &State, body: &[u8]) -> Result<(), String> {
    let value: Value = serde_json::from_slice(body).map_err(|error| format!("expected JSON: {error}"))?;
    if let Some(rates) = value.get("rates") {
        let rates: FaultRates = serde_json::from_value(rates.clone()).map_err(|error| error.to_string())?;
        rates.check().map_err(|error| error.to_string())?;
        state.change_faults(|plan| plan.set_rates(rates));
        return Ok(());
    }
    let list = if value.is_array() { value } else { Value::Array(vec![value]) };
    let faults: Vec<Fault> = serde_json::from_value(list).map_err(|error| error.to_string())?;
    state.change_faults(|plan| faults.into_iter().for_each(|fault| plan.add(fault)));
    Ok(())
}
