//! What a sandbox in a process of its own saw and holds, asked over its control paths.
//!
//! Plain HTTP over a socket of this machine, so that the chores need no HTTP client. It never asks
//! Stripe's own paths, which would be counted. Read next: `crates/pinstripe-sandbox/src/control.rs`.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::process::Sandbox;

/// Totals of a large business take a while to count.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a sandbox was asked.
#[derive(Debug, Deserialize)]
pub struct Counts {
    pub requests: u64,
    pub refused: u64,
    pub now_seconds: f64,
    pub endpoints: BTreeMap<String, EndpointCounts>,
}

#[derive(Debug, Deserialize)]
pub struct EndpointCounts {
    pub total: u64,
}

/// What a sandbox holds of one kind.
#[derive(Debug, Deserialize)]
pub struct Totals {
    pub count: u64,
    /// By currency, how many and the sum of their amounts.
    pub by_currency: BTreeMap<String, (u64, i64)>,
    pub by_status: BTreeMap<String, u64>,
}

impl Sandbox {
    pub fn counts(&self) -> Result<Counts> {
        get(&self.url, &self.secret_key, "/_sandbox/counts")
    }

    /// `object` as objects name themselves: `charge`, `balance_transaction`.
    pub fn totals(&self, object: &str) -> Result<Totals> {
        get(&self.url, &self.secret_key, &format!("/_sandbox/totals/{object}"))
    }
}

fn get<T: DeserializeOwned>(url: &str, key: &str, path: &str) -> Result<T> {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).with_context(|| format!("no sandbox at {url}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).with_context(|| format!("{path}: the sandbox did not answer"))?;
    let (head, body) = answer.split_once("\r\n\r\n").with_context(|| format!("{path}: no answer"))?;
    let status = head.lines().next().unwrap_or_default();
    ensure!(status.starts_with("HTTP/1.1 200"), "{path}: {status}: {body}");
    serde_json::from_str(body).with_context(|| format!("{path}: {body}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn answered(answer: &'static str) -> Result<Totals> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                asked.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(asked).unwrap()
        });
        let totals = get(&url, "sk_test_1", "/_sandbox/totals/charge");
        let asked = server.join().unwrap();
        assert!(
            asked.starts_with("GET /_sandbox/totals/charge HTTP/1.1\r\n")
                && asked.contains("Bearer sk_test_1\r\n")
        );
        totals
    }

    #[test]
    fn an_answer_is_read() {
        let body = r#"{"count": 3, "by_currency": {"usd": [2, 500]}, "by_status": {}}"#;
        let totals =
            answered(Box::leak(format!("HTTP/1.1 200 OK\r\nserver: x\r\n\r\n{body}").into_boxed_str()))
                .unwrap();
        assert_eq!((totals.count, totals.by_currency["usd"]), (3, (2, 500)));
    }

    #[test]
    fn a_refusal_is_an_error() {
        let error = answered("HTTP/1.1 401 Unauthorized\r\n\r\n{}").unwrap_err();
        assert_eq!(error.to_string(), "/_sandbox/totals/charge: HTTP/1.1 401 Unauthorized: {}");
    }
}
