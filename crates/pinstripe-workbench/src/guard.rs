//! Who is let in (promise 9), asked of every request before any route: the host by which we were
//! called, the page that calls, the session's cookie, and JSON for whatever changes something.
//! And the headers that every answer carries.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use pinstripe_client::ErrorKind;
use pinstripe_library::Failure;

use crate::page;
use crate::refusal::Refusal;
use crate::workbench::Workbench;

/// Scripts only from files of our own. Styles may also be set by script and attribute, as the
/// page's components place and size what they show: docs/decisions/006.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; \
     worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const PROTECTION: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

const NOT_LET_IN: &str = "the session is not known here; open the address that the terminal printed";

/// Lets a request in, or answers it here.
pub(crate) async fn admit(State(workbench): State<Arc<Workbench>>, request: Request, next: Next) -> Response {
    let session = &workbench.session;
    let headers = request.headers();
    let host =
        text(headers, header::HOST.as_str()).or_else(|| request.uri().authority().map(|host| host.as_str()));
    if !host.is_some_and(|host| session.is_own_host(host)) {
        return refuse(StatusCode::MISDIRECTED_REQUEST, "the workbench is reached at its own address only");
    }
    let foreign_origin = headers
        .get_all(header::ORIGIN)
        .into_iter()
        .any(|origin| !origin.to_str().is_ok_and(|origin| session.is_own_origin(origin)));
    if foreign_origin {
        return refuse(StatusCode::FORBIDDEN, "another page may not talk to the workbench");
    }
    if text(headers, "sec-fetch-site") == Some("cross-site") {
        return closed(&request, StatusCode::FORBIDDEN, "another page may not talk to the workbench");
    }
    let known = session.is_known(headers);
    if let Some((token, clean)) = (request.method() == Method::GET).then(|| token(request.uri())).flatten() {
        if session.is_token(&token) {
            return enter(&clean, &session.set_cookie());
        }
        if !known {
            return closed(&request, StatusCode::UNAUTHORIZED, NOT_LET_IN);
        }
    }
    // Another port of this machine is the same site, and still another page.
    if text(headers, "sec-fetch-site") == Some("same-site") {
        return closed(&request, StatusCode::FORBIDDEN, "another page may not talk to the workbench");
    }
    if !known {
        return closed(&request, StatusCode::UNAUTHORIZED, NOT_LET_IN);
    }
    // What has no body no form of another page could send either.
    let changes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    if changes && !is_json(headers) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected the content type application/json");
    }
    next.run(request).await
}

/// Adds the headers that protect the page.
pub(crate) async fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in PROTECTION {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn text<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// The token in an address, and the address without it.
fn token(uri: &Uri) -> Option<(String, String)> {
    let query = uri.query()?;
    let mut found = None;
    let mut rest = Vec::new();
    for pair in query.split('&') {
        match pair.strip_prefix("token=") {
            Some(token) => found = Some(token.to_owned()),
            None => rest.push(pair),
        }
    }
    // An address that begins with two slashes would lead to another host.
    let path = format!("/{}", uri.path().trim_start_matches(['/', '\\']));
    let clean = if rest.is_empty() { path } else { format!("{path}?{}", rest.join("&")) };
    found.map(|token| (token, clean))
}

/// Hands out the cookie, and the address without the token, so that the token stays in no history.
fn enter(clean: &str, cookie: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, clean), (header::SET_COOKIE, cookie)]).into_response()
}

/// What an opener without the session is told: a page for people, JSON for the page's own requests.
fn closed(request: &Request, status: StatusCode, message: &str) -> Response {
    match request.uri().path().starts_with("/api/") {
        true => refuse(status, message),
        false => page::closed(status),
    }
}

fn refuse(status: StatusCode, message: &str) -> Response {
    Refusal::from(Failure::new(ErrorKind::Input, message)).with_status(status).into_response()
}
