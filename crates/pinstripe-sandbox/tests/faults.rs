//! Faults on the socket, the control paths, starting and stopping.

use std::time::Instant;

use crate::client::{Client, config, raw};
use pinstripe_sandbox::{Fault, FaultKind, FaultRates, Sandbox, SandboxConfig, SandboxError};

async fn start(faults: Vec<Fault>) -> Sandbox {
    Sandbox::start(SandboxConfig { customers: 60, faults, ..config() }).await.unwrap()
}

fn body(answer: &[u8]) -> &[u8] {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    &answer[head + 4..]
}

fn promised(answer: &[u8]) -> usize {
    let text = String::from_utf8_lossy(answer).to_lowercase();
    text.split("content-length: ").nth(1).unwrap().lines().next().unwrap().trim().parse().unwrap()
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let sandbox = start(vec![Fault::on("/v1/charges", 1, FaultKind::Reset)]).await;
    let error = raw(&sandbox, "/v1/charges").await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(raw(&sandbox, "/v1/charges").await.unwrap().starts_with(b"HTTP/1.1 200"));
    assert_eq!(sandbox.requests().len(), 2);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_cut_body_is_shorter_than_promised() {
    let sandbox = start(vec![Fault::on("/v1/charges", 1, FaultKind::CutBody { percent: 40 })]).await;
    let answer = raw(&sandbox, "/v1/charges?limit=100").await.unwrap();
    let whole = raw(&sandbox, "/v1/charges?limit=100").await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    assert_eq!(promised(&answer), body(&whole).len());
    assert_eq!(body(&answer).len(), body(&whole).len() * 40 / 100);
    sandbox.stop().await;
}

#[tokio::test]
async fn slow_html_and_no_list() {
    let faults = vec![
        Fault::on("/v1/charges", 1, FaultKind::SlowBody { pause_ms: 5 }),
        Fault::on("/v1/charges", 2, FaultKind::Html),
        Fault::on("/v1/charges", 3, FaultKind::NotAList),
    ];
    let sandbox = start(faults).await;
    let begun = Instant::now();
    let slow = raw(&sandbox, "/v1/charges").await.unwrap();
    assert!(begun.elapsed().as_millis() >= 60);
    assert_eq!(promised(&slow), body(&slow).len());
    let html = raw(&sandbox, "/v1/charges").await.unwrap();
    assert!(html.starts_with(b"HTTP/1.1 200") && body(&html).starts_with(b"<!DOCTYPE html>"));
    let other = raw(&sandbox, "/v1/charges").await.unwrap();
    assert!(
        other.starts_with(b"HTTP/1.1 200") && body(&other).starts_with(b"{\n  \"object\": \"maintenance\"")
    );
    sandbox.stop().await;
}

#[tokio::test]
async fn errors_by_script() {
    let faults = vec![
        Fault { times: 2, ..Fault::on("/v1/ch*", 2, FaultKind::ServerError { status: 503 }) },
        Fault::on("/v1/customers", 1, FaultKind::RateLimited { reason: "global-concurrency".to_owned() }),
        Fault::on("/v1/customers", 2, FaultKind::LockTimeout),
    ];
    let client = Client::new(SandboxConfig { customers: 20, faults, ..config() });
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(client.get("/v1/charges").await.status);
    }
    assert_eq!(statuses, [200, 503, 503, 200]);
    let limited = client.get("/v1/customers").await;
    assert_eq!(limited.header("stripe-rate-limited-reason"), Some("global-concurrency"));
    let locked = client.get("/v1/customers").await;
    assert_eq!((locked.status, locked.code()), (429, Some("lock_timeout")));
    assert_eq!(locked.header("stripe-should-retry"), Some("true"));
    assert!(locked.header("stripe-rate-limited-reason").is_none());
}

#[tokio::test]
async fn faults_by_rate_follow_the_seed() {
    let run = async || {
        let fault_rates = FaultRates { server_error: 20.0, rate_limited: 10.0, ..FaultRates::default() };
        let client = Client::new(SandboxConfig { customers: 5, fault_rates, ..config() });
        let mut statuses = Vec::new();
        for _ in 0..200 {
            statuses.push(client.get("/v1/customers?limit=1").await.status);
        }
        statuses
    };
    let statuses = run().await;
    assert_eq!(statuses, run().await);
    let count = |status: u16| statuses.iter().filter(|found| **found == status).count();
    assert!((20..60).contains(&count(500)) && (8..40).contains(&count(429)), "{} {}", count(500), count(429));
}

#[tokio::test]
async fn the_control_paths() {
    let client = Client::small();
    assert_eq!(client.with_key("").get("/_sandbox/requests").await.status, 401);
    let script = r#"[{"path": "/v1/refunds", "kind": "server_error"}, {"nth": 99, "kind": "html"}]"#;
    assert_eq!(client.send("POST", "/_sandbox/faults", script).await.status, 200);
    assert_eq!(client.get("/_sandbox/faults").await.json.as_array().unwrap().len(), 2);
    assert_eq!(client.get("/v1/refunds").await.status, 500);
    assert_eq!(client.get("/v1/refunds").await.status, 200);
    assert_eq!(client.send("DELETE", "/_sandbox/faults", "").await.status, 200);
    assert_eq!(client.send("POST", "/_sandbox/faults", r#"{"rates": {"html": 100}}"#).await.status, 200);
    assert!(client.get("/v1/refunds").await.text.starts_with("<!DOCTYPE"));
    assert_eq!(client.send("POST", "/_sandbox/faults", r#"{"kind": "nonsense"}"#).await.status, 400);
    let seen = client.get("/_sandbox/requests").await;
    assert_eq!(seen.json["counts"]["GET /v1/refunds"]["total"], 3);
    assert_eq!(seen.json["requests"][0]["path"], "/v1/refunds");
    let counts = client.get("/_sandbox/counts").await.json;
    assert_eq!((counts["requests"].as_u64(), counts["failed"].as_u64()), (Some(3), Some(1)));
    assert_eq!(counts["endpoints"]["GET /v1/refunds"]["total"], 3);
    assert!(counts["last_request_seconds"].as_f64() <= counts["now_seconds"].as_f64());
    let totals = client.get("/_sandbox/totals/customer").await;
    assert_eq!(totals.json["count"], 120);
    client.send("DELETE", "/_sandbox/requests", "").await;
    assert!(client.state.requests().is_empty());
}

#[tokio::test]
async fn who_leaves_before_the_answer_is_counted() {
    let client = Client::new(SandboxConfig { customers: 5, latency_ms: 10_000, ..config() });
    let patience = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(patience, client.get("/v1/charges")).await.is_err());
    let counts = client.get("/_sandbox/counts").await.json;
    assert_eq!((counts["requests"].as_u64(), counts["refused"].as_u64()), (Some(1), Some(0)));
    assert!(client.state.requests().is_empty());
}

#[tokio::test]
async fn latency_starts_and_stops() {
    let sandbox = Sandbox::start(SandboxConfig { customers: 5, latency_ms: 40, ..config() }).await.unwrap();
    assert!(sandbox.url().starts_with("http://127.0.0.1:") && sandbox.account_id().starts_with("acct_1"));
    assert!(
        sandbox.secret_key().starts_with("sk_test_51") && sandbox.restricted_key().starts_with("rk_test_51")
    );
    let begun = Instant::now();
    raw(&sandbox, "/v1/charges").await.unwrap();
    assert!(begun.elapsed().as_millis() >= 40);
    let port: u16 = sandbox.url().rsplit(':').next().unwrap().parse().unwrap();
    let taken = Sandbox::start(SandboxConfig { port, ..config() }).await;
    assert!(matches!(taken, Err(SandboxError::Listen { .. })));
    let url = sandbox.url().trim_start_matches("http://").to_owned();
    sandbox.stop().await;
    assert!(tokio::net::TcpStream::connect(url).await.is_err());
}
