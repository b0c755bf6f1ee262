//! Whether a server is Stripe and can be reached from here: one request without any key, for the
//! doctor. It never sends a secret, and judges nothing but what came back.

use std::time::{Duration, Instant};

use reqwest::header::DATE;

use crate::api_base::ApiBase;
use crate::error::{ClientError, StripeError};
use crate::exchange::ConnectionProblem;
use crate::http::http_client;

const TIMEOUT: Duration = Duration::from_secs(15);
const PATH: &str = "/v1/charges";

/// A server that answered as Stripe does.
#[derive(Debug, Clone)]
pub struct Reached {
    /// Its clock, as its `Date` header writes it.
    pub date: Option<String>,
    pub elapsed: Duration,
    /// `HTTP/1.1`, `HTTP/2.0`
    pub version: String,
}

/// Asks for a list without a key: Stripe refuses that in its own JSON, and nothing else does.
pub async fn reach(server: &ApiBase) -> Result<Reached, ClientError> {
    let http = http_client(server).connect_timeout(TIMEOUT).timeout(TIMEOUT).build();
    let http = http.map_err(ClientError::Setup)?;
    let started = Instant::now();
    let broken = |problem: ConnectionProblem, error: reqwest::Error| ClientError::Connection {
        server: server.to_string(),
        path: PATH.to_owned(),
        problem,
        source: Box::new(error.without_url()),
    };
    let sent = http.get(server.address(PATH, &[])).send().await;
    let answer = sent.map_err(|error| {
        let problem = match (error.is_timeout(), error.is_connect()) {
            (true, _) => ConnectionProblem::TimedOut,
            (_, true) => ConnectionProblem::Unreachable,
            _ => ConnectionProblem::Broken,
        };
        broken(problem, error)
    })?;
    let status = answer.status().as_u16();
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
    let version = format!("{:?}", answer.version());
    let body = answer.bytes().await.map_err(|error| broken(ConnectionProblem::CutBody, error))?;
    let elapsed = started.elapsed();
    match StripeError::read("GET", PATH, status, &body) {
        Some(_) => Ok(Reached { date, elapsed, version }),
        None => Err(ClientError::NotStripe {
            server: server.to_string(),
            path: PATH.to_owned(),
            status,
            found: "no error of Stripe's for a request without a key".to_owned(),
        }),
    }
}
