//! One request's way to Stripe and back: its turn under the limits, the headers, the whole body,
//! and the meaning of the status. Asking again is the caller's choice ([`crate::retry`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue};

use crate::api_base::ApiBase;
use crate::error::{ClientError, StripeError};
use crate::key::ApiKey;
use crate::limits::{Limits, MaxRate};

/// No page of Stripe's comes near; a server that sends more is not Stripe.
const BODY_LIMIT_BYTES: usize = 128 * 1024 * 1024;

/// How to reach one account.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    pub api_base: ApiBase,
    pub key: ApiKey,
    pub max_rate: MaxRate,
    pub connect_timeout: Duration,
    /// Longest silence in the middle of an answer.
    pub read_timeout: Duration,
    /// Longest time for a whole answer: pages of large accounts take seconds, not minutes.
    pub timeout: Duration,
}

impl ClientOptions {
    pub fn new(api_base: ApiBase, key: ApiKey) -> Self {
        ClientOptions {
            api_base,
            key,
            max_rate: MaxRate::default(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(120),
        }
    }
}

/// A client of one account. Cheap to clone; clones share limits and counts.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    http: reqwest::Client,
    options: ClientOptions,
    limits: Limits,
    traffic: Traffic,
}

/// What went over the wire, counted as it happens.
#[derive(Debug, Default)]
pub struct Traffic {
    requests: AtomicU64,
    refused: AtomicU64,
    bytes: AtomicU64,
}

impl Traffic {
    /// Requests sent, the repeated ones included.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Answers that asked to slow down.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Bytes of bodies, after decompression.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// A whole successful answer.
#[derive(Debug)]
pub struct Page {
    pub body: Vec<u8>,
    pub request_id: Option<String>,
    /// The server's clock, from its `Date` header.
    pub date: Option<String>,
}

impl Client {
    pub fn new(options: ClientOptions) -> Result<Client, ClientError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("pinstripe/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout)
            .timeout(options.timeout)
            .tcp_nodelay(true)
            // A redirect could carry the key elsewhere; Stripe's API has none.
            .redirect(reqwest::redirect::Policy::none());
        if options.api_base.is_loopback() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(ClientError::Setup)?;
        let limits = Limits::new(options.key.mode(), options.max_rate);
        Ok(Client { shared: Arc::new(Shared { http, options, limits, traffic: Traffic::default() }) })
    }

    pub fn traffic(&self) -> &Traffic {
        &self.shared.traffic
    }

    pub fn api_base(&self) -> &ApiBase {
        &self.shared.options.api_base
    }

    /// GETs a path below the server's address, once, when its turn has come.
    pub async fn get(&self, path: &str, parameters: &[(String, String)]) -> Result<Page, ClientError> {
        self.shared.limits.turn(path).await;
        self.shared.traffic.requests.fetch_add(1, Ordering::Relaxed);
        let started = std::time::Instant::now();
        let outcome = self.exchange(path, parameters).await;
        match &outcome {
            Ok(page) => tracing::debug!(
                path,
                bytes = page.body.len(),
                elapsed_ms = started.elapsed().as_millis() as u64,
                "page"
            ),
            Err(error) => tracing::debug!(path, %error, "request failed"),
        }
        outcome
    }

    async fn exchange(&self, path: &str, parameters: &[(String, String)]) -> Result<Page, ClientError> {
        let options = &self.shared.options;
        let broken = |source: reqwest::Error| ClientError::Connection {
            server: options.api_base.to_string(),
            path: path.to_owned(),
            // The address holds filters a person typed, such as e-mail addresses.
            source: source.without_url(),
        };
        let request =
            self.shared.http.get(options.api_base.address(path, parameters)).headers(self.headers()?);
        let mut response = request.send().await.map_err(broken)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();

        let mut body = Vec::with_capacity(response.content_length().unwrap_or(0).min(8 << 20) as usize);
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > BODY_LIMIT_BYTES {
                return Err(ClientError::BodyTooLarge {
                    path: path.to_owned(),
                    limit_bytes: BODY_LIMIT_BYTES,
                });
            }
            body.extend_from_slice(&chunk);
        }
        self.shared.traffic.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        if status == 200 {
            return Ok(Page {
                body,
                request_id: text(&headers, "request-id"),
                date: text(&headers, DATE.as_str()),
            });
        }
        Err(self.failure(path, status, &headers, &body))
    }

    fn failure(&self, path: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> ClientError {
        if status == 429 {
            let reason = text(headers, "stripe-rate-limited-reason");
            self.shared.traffic.refused.fetch_add(1, Ordering::Relaxed);
            self.shared.limits.refused(path, reason.as_deref());
        }
        match StripeError::read("GET", path, status, body) {
            Some(mut error) => {
                error.message = self.shared.options.key.redact(&error.message);
                error.request_id = text(headers, "request-id");
                error.rate_limited_reason = text(headers, "stripe-rate-limited-reason");
                error.should_retry =
                    text(headers, "stripe-should-retry").and_then(|value| value.parse().ok());
                ClientError::Stripe(Box::new(error))
            }
            None => self.not_stripe(path, status, headers),
        }
    }

    /// An answer that is not Stripe's, described by what it is, never by what it says.
    fn not_stripe(&self, path: &str, status: u16, headers: &HeaderMap) -> ClientError {
        let content_type = text(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
        let found = match content_type.split(';').next().unwrap_or_default() {
            "" => "a body of no type".to_owned(),
            "text/html" => "an HTML page".to_owned(),
            other => other.to_owned(),
        };
        ClientError::NotStripe { server: self.api_base().to_string(), path: path.to_owned(), status, found }
    }

    fn headers(&self) -> Result<HeaderMap, ClientError> {
        let malformed =
            |_| ClientError::KeyMalformed { expected: "letters, digits and underscores without spaces" };
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", self.shared.options.key.expose()))
            .map_err(malformed)?;
        authorization.set_sensitive(true);
        let mut headers = HeaderMap::with_capacity(2);
        headers.insert(AUTHORIZATION, authorization);
        headers.insert("stripe-version", HeaderValue::from_static(pinstripe_catalog::api_version()));
        Ok(headers)
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
