//! An answer on its way out: status, headers as Stripe sends them, and what a fault does to the body.
//!
//! It decides nothing about content. Stripe sends no `Retry-After`, so neither does this. Read next: `server.rs`.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use hyper::body::{Frame, SizeHint};

use crate::error::ApiError;
use crate::fault::FaultKind;

/// A body that is JSON, and the headers that depend on what was asked.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub reason: Option<String>,
    pub should_retry: Option<bool>,
    pub extra: Vec<(&'static str, String)>,
    /// A page for a browser, not JSON for a program.
    pub page: bool,
}

impl Answer {
    pub fn ok(body: Vec<u8>) -> Self {
        Self { status: 200, body, reason: None, should_retry: None, extra: Vec::new(), page: false }
    }

    pub fn page(status: u16, html: String) -> Self {
        Self { status, page: true, ..Self::ok(html.into_bytes()) }
    }

    pub fn error(error: &ApiError, log_url: Option<&str>) -> Self {
        Self {
            status: error.status,
            body: error.body(log_url),
            reason: error.reason.clone(),
            should_retry: error.should_retry,
            extra: Vec::new(),
            page: false,
        }
    }
}

/// A response with this is not sent: `server.rs` resets the connection instead.
#[derive(Clone, Copy, Debug)]
pub struct ResetConnection;

const FIXED: [(&str, &str); 10] = [
    ("server", "nginx"),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "GET, HEAD, PUT, PATCH, POST, DELETE"),
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, \
         X-Stripe-Privileged-Session-Required",
    ),
    ("access-control-max-age", "300"),
    ("cache-control", "no-cache, no-store"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
    ("vary", "Origin"),
    ("x-stripe-priority-routing-enabled", "true"),
];

/// Instead of these, for pages: no other site may read or frame them.
const FIXED_PAGE: [(&str, &str); 6] = [
    ("server", "nginx"),
    ("cache-control", "no-cache, no-store"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// The response, with the fault carried out that concerns the body.
pub fn respond(
    answer: Answer,
    request_id: &str,
    version: Option<&str>,
    livemode: bool,
    fault: Option<&FaultKind>,
) -> Response<Body> {
    let Answer { mut status, mut body, reason, should_retry, extra, page } = answer;
    let (mut content_type, fixed): (_, &[_]) = match page {
        true => ("text/html; charset=utf-8", &FIXED_PAGE),
        false => ("application/json", &FIXED),
    };
    match fault {
        Some(FaultKind::Html) => {
            (status, content_type) = (200, "text/html; charset=utf-8");
            body = b"<!DOCTYPE html>\n<html><head><title>Scheduled maintenance</title></head><body>Back soon</body></html>\n"
                .to_vec();
        }
        Some(FaultKind::NotAList) => {
            (status, content_type) = (200, "application/json");
            body = b"{\n  \"object\": \"maintenance\"\n}\n".to_vec();
        }
        _ => {}
    }
    let body = match fault {
        Some(FaultKind::CutBody { percent }) => Body::new(Cut::new(body, *percent)),
        Some(FaultKind::CutOver { bytes }) if body.len() > *bytes => {
            let percent = bytes * 100 / body.len();
            Body::new(Cut::new(body, percent as u8))
        }
        Some(FaultKind::SlowBody { pause_ms }) => {
            Body::new(Slow::new(body, Duration::from_millis(*pause_ms)))
        }
        _ => Body::from(body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.reserve(24);
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("request-id", request_id);
    set("x-stripe-routing-context-priority-tier", if livemode { "api-livemode" } else { "api-testmode" });
    if let Some(version) = version {
        set("stripe-version", version);
    }
    if let Some(reason) = &reason {
        set("stripe-rate-limited-reason", reason);
    }
    if let Some(should_retry) = should_retry {
        set("stripe-should-retry", if should_retry { "true" } else { "false" });
    }
    for (name, value) in &extra {
        set(name, value);
    }
    response
}

pub fn reset() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.extensions_mut().insert(ResetConnection);
    response
}

/// Promises the whole body, sends a part, then fails.
struct Cut {
    rest: Option<Bytes>,
    promised: u64,
    /// The failure must not overtake the bytes before it, which the connection has yet to write.
    patience: Pin<Box<tokio::time::Sleep>>,
}

impl Cut {
    fn new(body: Vec<u8>, percent: u8) -> Self {
        let keep = body.len() * usize::from(percent.min(99)) / 100;
        let patience = Box::pin(tokio::time::sleep(Duration::from_millis(20)));
        Self { promised: body.len() as u64, rest: Some(Bytes::from(body).slice(..keep)), patience }
    }
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        if self.patience.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        let cut = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the body is cut on purpose");
        Poll::Ready(Some(Err(cut)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}

/// Sends the body in 16 pieces, with a pause before each.
struct Slow {
    rest: Bytes,
    piece: usize,
    pause: Duration,
    timer: Pin<Box<tokio::time::Sleep>>,
}

impl Slow {
    fn new(body: Vec<u8>, pause: Duration) -> Self {
        Self {
            piece: body.len().div_ceil(16).max(1),
            rest: Bytes::from(body),
            pause,
            timer: Box::pin(tokio::time::sleep(pause)),
        }
    }
}

impl hyper::body::Body for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if self.timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        let next = tokio::time::Instant::now() + self.pause;
        self.timer.as_mut().reset(next);
        let piece = self.piece.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
