//! One request's way to Stripe and back: its turn under the limits, the exchange, and the meaning of
//! the status. It never asks again, which is the caller's choice ([`crate::retry`]).
//!
//! Read next: [`crate::exchange`] for the wire, [`crate::limits`] for the turn.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap};
use tokio::time::Instant;

use crate::api_base::ApiBase;
use crate::error::{ClientError, StripeError};
use crate::error_kind::ErrorKind;
use crate::exchange::{Answer, BODY_LIMIT_BYTES, Exchange, ExchangeFailure};
use crate::http::HttpExchange;
use crate::key::{ApiKey, KeySource, redacted};
use crate::limits::{Limits, MaxRate};

/// How to reach one account.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    pub api_base: ApiBase,
    pub key: ApiKey,
    /// Where the key comes from that is sent, where it changes with time; `key` then tells its mode.
    pub key_source: Option<Arc<dyn KeySource>>,
    /// What the connection is known by for ever, where its key may be replaced by another.
    pub identity: Option<String>,
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
            key_source: None,
            identity: None,
            max_rate: MaxRate::default(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(120),
        }
    }
}

/// A client of one account. Cheap to clone; clones share connections, limits and counts.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
    account: Arc<Account>,
    traffic: Arc<Traffic>,
}

/// What clients of one key share, whichever account they ask about.
#[derive(Debug)]
struct Shared {
    exchange: Arc<dyn Exchange>,
    options: ClientOptions,
    /// Connected accounts that were asked about, by id: each is asked under one set of limits.
    connected: Mutex<HashMap<String, Arc<Account>>>,
}

/// What is known of one account: Stripe limits each by itself.
#[derive(Debug)]
struct Account {
    /// Of a connected account; the key's own has none here.
    id: Option<String>,
    limits: Limits,
    /// The least `created` of an object that anybody has noted, Unix seconds.
    oldest: AtomicI64,
    /// The least second of a list that was read to its end.
    start: AtomicI64,
}

impl Account {
    fn new(id: Option<String>, options: &ClientOptions) -> Arc<Account> {
        let limits = Limits::new(options.key.mode(), options.max_rate);
        Arc::new(Account { id, limits, oldest: AtomicI64::new(i64::MAX), start: AtomicI64::new(i64::MAX) })
    }
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
    /// From its turn to its last byte; the wait for the turn is not in it.
    pub took: Duration,
}

impl Client {
    /// A client over HTTP. Fails where the HTTP client cannot be set up.
    pub fn new(options: ClientOptions) -> Result<Client, ClientError> {
        let exchange = Arc::new(HttpExchange::new(options.clone())?);
        Ok(Client::with_exchange(options, exchange))
    }

    /// A client whose requests go another way than HTTP, under the same limits.
    pub fn with_exchange(options: ClientOptions, exchange: Arc<dyn Exchange>) -> Client {
        let account = Account::new(None, &options);
        let shared = Arc::new(Shared { exchange, options, connected: Mutex::default() });
        Client { shared, account, traffic: Arc::default() }
    }

    /// A client of a connected account: the same key and connections, and the same count of traffic.
    /// Limits and what is known of the account are its own, shared by all that ask about it.
    pub fn for_account(&self, id: &str) -> Client {
        let mut connected = self.shared.connected.lock().unwrap_or_else(PoisonError::into_inner);
        let account = connected
            .entry(id.to_owned())
            .or_insert_with(|| Account::new(Some(id.to_owned()), &self.shared.options));
        Client { account: Arc::clone(account), ..self.clone() }
    }

    /// The connected account it asks about; `None` for the key's own.
    pub fn account(&self) -> Option<&str> {
        self.account.id.as_deref()
    }

    /// A clone that shares connections, key and limits but counts its own traffic: several imports
    /// run over one client, and each reports its own requests.
    pub fn with_own_traffic(&self) -> Client {
        Client { traffic: Arc::default(), ..self.clone() }
    }

    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    pub fn api_base(&self) -> &ApiBase {
        &self.shared.options.api_base
    }

    pub fn key(&self) -> &ApiKey {
        &self.shared.options.key
    }

    /// Names the connection, or else the server and the key without telling the key, and the connected
    /// account: what one client has read, another of the same identity may go on reading. Stable from
    /// run to run.
    pub fn identity(&self) -> String {
        let options = &self.shared.options;
        let connection = options.identity.clone();
        let connection = connection.unwrap_or_else(|| options.key.fingerprint(&self.api_base().to_string()));
        match self.account() {
            None => connection,
            Some(account) => format!("{connection}/{account}"),
        }
    }

    /// How long a request for `path` made now would wait for its turn: zero when its turn is free,
    /// `Duration::MAX` while as many requests are under way as may be.
    pub fn wait_for_turn(&self, path: &str) -> Duration {
        self.account.limits.wait_for_turn(path)
    }

    /// The even time between two requests for `path` at the pace of now, the slower of the
    /// account's and the endpoint's.
    pub fn spacing(&self, path: &str) -> Duration {
        self.account.limits.spacing(path)
    }

    /// How many requests for `path` must be under way so that no turn is missed, where an answer takes
    /// so long; fewer where other paths are busy too.
    pub fn requests_at_once(&self, path: &str, latency: Duration) -> f64 {
        self.account.limits.requests_at_once(path, latency)
    }

    /// Says how many requests for `path` are believed to be left: `f64::INFINITY` while that is not
    /// known, `None` where nobody reads it to its end. Several paths share a limit in proportion.
    pub fn set_requests_left(&self, path: &str, requests: Option<f64>) {
        self.account.limits.set_requests_left(path, requests);
    }

    /// Notes that the account has an object of this second, Unix time: how far back an account goes is
    /// much of what can be known of a list before it has been read.
    /// `is_end` where that object's list has none that is older.
    pub fn note_oldest(&self, created: i64, is_end: bool) {
        self.account.oldest.fetch_min(created, Ordering::Relaxed);
        if is_end {
            self.account.start.fetch_min(created, Ordering::Relaxed);
        }
    }

    /// The least second that was noted.
    pub fn oldest(&self) -> Option<i64> {
        Some(self.account.oldest.load(Ordering::Relaxed)).filter(|oldest| *oldest < i64::MAX)
    }

    /// The least second of the lists that were read to their end: when the account began, about.
    pub fn start(&self) -> Option<i64> {
        Some(self.account.start.load(Ordering::Relaxed)).filter(|start| *start < i64::MAX)
    }

    /// GETs a path below the server's address, once, when its turn has come. Any answer but a whole
    /// one of status 200 is an error; [`crate::retry`] says which may pass. Dropping the future gives
    /// up the turn.
    pub async fn get(&self, path: &str, parameters: &[(String, String)]) -> Result<Page, ClientError> {
        // Held until the answer is whole: it is under way that long.
        let _turn = self.account.limits.turn(path).await;
        self.traffic.requests.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let outcome = match self.shared.exchange.send(self.account(), path, parameters).await {
            Ok(answer) => self.page(path, answer, started.elapsed()),
            Err(failure) => Err(self.broken(path, failure)),
        };
        match &outcome {
            Ok(page) => tracing::debug!(
                path,
                bytes = page.body.len(),
                elapsed_ms = page.took.as_millis() as u64,
                "page"
            ),
            Err(error) => tracing::debug!(path, %error, "request failed"),
        }
        outcome
    }

    fn page(&self, path: &str, answer: Answer, took: Duration) -> Result<Page, ClientError> {
        let Answer { status, headers, body } = answer;
        self.traffic.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        if status == 200 {
            self.account.limits.answered(path);
            return Ok(Page {
                body,
                request_id: text(&headers, "request-id"),
                date: text(&headers, DATE.as_str()),
                took,
            });
        }
        let error = self.failure(path, status, &headers, &body);
        if status == 429 {
            self.traffic.refused.fetch_add(1, Ordering::Relaxed);
        }
        // A lock timeout is a 429 too, but going slower would not end it.
        if error.kind() == ErrorKind::RateLimited {
            self.account.limits.refused(path, text(&headers, "stripe-rate-limited-reason").as_deref());
        } else {
            self.account.limits.answered(path);
        }
        Err(error)
    }

    fn broken(&self, path: &str, failure: ExchangeFailure) -> ClientError {
        let path = path.to_owned();
        match failure {
            ExchangeFailure::Broken { problem, source } => {
                ClientError::Connection { server: self.api_base().to_string(), path, problem, source }
            }
            ExchangeFailure::NoKey(error) => *error,
            ExchangeFailure::TooLarge => ClientError::BodyTooLarge { path, limit_bytes: BODY_LIMIT_BYTES },
            ExchangeFailure::Account => ClientError::AccountMalformed,
            ExchangeFailure::Key => {
                ClientError::KeyMalformed { expected: "letters, digits and underscores without spaces" }
            }
        }
    }

    fn failure(&self, path: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> ClientError {
        match StripeError::read("GET", path, status, body) {
            Some(mut error) => {
                error.message = redacted(&self.shared.options.key.redact(&error.message));
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
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Mutex;

    use futures::future::BoxFuture;
    use reqwest::header::HeaderValue;

    use super::*;

    /// Gives the same answer to everything, and keeps what was asked.
    #[derive(Debug, Default)]
    struct Fixed {
        status: u16,
        reason: Option<&'static str>,
        body: &'static str,
        asked: Mutex<Vec<String>>,
    }

    impl Exchange for Fixed {
        fn send<'a>(
            &'a self,
            account: Option<&'a str>,
            path: &'a str,
            _: &'a [(String, String)],
        ) -> BoxFuture<'a, Result<Answer, ExchangeFailure>> {
            self.asked.lock().unwrap().push(format!("{}{path}", account.unwrap_or_default()));
            let mut headers = HeaderMap::new();
            if let Some(reason) = self.reason {
                headers.insert("stripe-rate-limited-reason", HeaderValue::from_static(reason));
            }
            let answer = Answer { status: self.status, headers, body: self.body.as_bytes().to_vec() };
            Box::pin(async { Ok(answer) })
        }
    }

    fn client(fixed: Fixed) -> (Client, Arc<Fixed>) {
        let fixed = Arc::new(fixed);
        let key = ApiKey::parse("rk_live_secret").unwrap();
        let options = ClientOptions::new(ApiBase::stripe(), key);
        (Client::with_exchange(options, Arc::clone(&fixed) as Arc<dyn Exchange>), fixed)
    }

    #[tokio::test(start_paused = true)]
    async fn clones_share_limits_and_may_count_for_themselves() {
        let (client, fixed) = client(Fixed { status: 200, body: "{}", ..Fixed::default() });
        let (same, own) = (client.clone(), client.with_own_traffic());
        same.get("/v1/charges", &[]).await.unwrap();
        own.get("/v1/charges", &[]).await.unwrap();
        own.get("/v1/charges", &[]).await.unwrap();
        assert_eq!((client.traffic().requests(), own.traffic().requests()), (1, 2));
        assert_eq!((client.traffic().bytes(), own.traffic().bytes()), (2, 4));
        assert_eq!(fixed.asked.lock().unwrap().len(), 3);
        assert!(client.wait_for_turn("/v1/charges") > Duration::from_millis(35));
        assert!(!format!("{client:?}").contains("secret"));
    }

    #[tokio::test(start_paused = true)]
    async fn each_account_has_its_own_limits_and_all_count_together() {
        let (client, fixed) = client(Fixed { status: 200, body: "{}", ..Fixed::default() });
        let (one, other) = (client.for_account("acct_1"), client.for_account("acct_2"));
        one.get("/v1/charges", &[]).await.unwrap();
        one.note_oldest(7, false);
        let again = other.for_account("acct_1");
        assert!(again.wait_for_turn("/v1/charges") > Duration::from_millis(35));
        assert_eq!((again.oldest(), other.oldest(), client.oldest()), (Some(7), None, None));
        assert!(other.wait_for_turn("/v1/charges") < again.wait_for_turn("/v1/charges"));
        other.get("/v1/charges", &[]).await.unwrap();
        client.get("/v1/charges", &[]).await.unwrap();
        assert_eq!((client.traffic().requests(), one.with_own_traffic().traffic().requests()), (3, 0));
        assert_eq!(*fixed.asked.lock().unwrap(), ["acct_1/v1/charges", "acct_2/v1/charges", "/v1/charges"]);
    }

    #[test]
    fn an_identity_tells_accounts_apart_and_stays() {
        let named = || client(Fixed::default()).0.for_account("acct_1").identity();
        let (client, _) = client(Fixed::default());
        assert_eq!(named(), named());
        assert_eq!(client.for_account("acct_1").with_own_traffic().identity(), named());
        assert_ne!(client.for_account("acct_2").identity(), named());
        assert_ne!(client.identity(), named());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_slows_down_and_a_lock_timeout_does_not() {
        let refusal = r#"{"error":{"code":"rate_limit","type":"invalid_request_error"}}"#;
        let lock = r#"{"error":{"code":"lock_timeout","type":"invalid_request_error"}}"#;
        for (reason, body, status, slower) in [
            (Some("endpoint-rate"), refusal, 429, true),
            (Some("resource-specific"), refusal, 429, true),
            (None, refusal, 429, true),
            (None, "<html>", 429, true),
            (Some("endpoint-concurrency"), refusal, 429, false),
            (None, lock, 429, false),
            (None, refusal, 500, false),
        ] {
            let (client, _) = client(Fixed { status, reason, body, ..Fixed::default() });
            let even = client.spacing("/v1/charges");
            client.get("/v1/charges", &[]).await.unwrap_err();
            assert_eq!(client.spacing("/v1/charges") > even, slower, "{status} {reason:?} {body}");
            assert_eq!(client.traffic().refused(), u64::from(status == 429));
        }
    }
}
