//! A small client of the router, and a raw one for the socket.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use pinstripe_sandbox::{Sandbox, SandboxConfig, State, World, app};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

pub const NOW: i64 = 1_795_392_000;

#[derive(Clone)]
pub struct Client {
    pub state: Arc<State>,
    pub key: String,
    pub headers: Vec<(&'static str, String)>,
}

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Reply {
    pub fn message(&self) -> &str {
        self.json["error"]["message"].as_str().unwrap_or_default()
    }

    pub fn code(&self) -> Option<&str> {
        self.json["error"]["code"].as_str()
    }

    pub fn param(&self) -> Option<&str> {
        self.json["error"]["param"].as_str()
    }

    pub fn data(&self) -> &[Value] {
        self.json["data"].as_array().map_or(&[], Vec::as_slice)
    }

    pub fn ids(&self) -> Vec<String> {
        self.data().iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
    }

    pub fn has_more(&self) -> bool {
        self.json["has_more"] == true
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

pub fn config() -> SandboxConfig {
    SandboxConfig { now: Some(NOW), ..SandboxConfig::default() }
}

impl Client {
    pub fn new(config: SandboxConfig) -> Self {
        let state = Arc::new(State::new(config).unwrap());
        let key = state.keys.secret.clone();
        Self { state, key, headers: Vec::new() }
    }

    /// Large enough for everything that is rare: 6,500 charges.
    pub fn usual() -> Self {
        Self::new(SandboxConfig { customers: 650, ..config() })
    }

    pub fn small() -> Self {
        Self::new(SandboxConfig { customers: 120, ..config() })
    }

    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name, value.to_owned()));
        other
    }

    pub fn world(&self) -> &World {
        &self.state.main.world
    }

    pub async fn send(&self, method: &str, path: &str, body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if !self.key.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.key));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = app(Arc::clone(&self.state)).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let json = match parts.headers["content-type"].to_str().unwrap() {
            "application/json" => serde_json::from_str(&text).unwrap(),
            _ => Value::Null,
        };
        Reply { status: parts.status.as_u16(), headers: parts.headers, text, json }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "").await
    }

    /// All objects of a list, page by page, as Stripe's own clients walk it.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        loop {
            let join = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{join}limit=100{cursor}")).await;
            assert_eq!(page.status, 200, "{path}: {}", page.text);
            found.extend(page.data().iter().cloned());
            if !page.has_more() {
                return found;
            }
            cursor = format!("&starting_after={}", page.ids().last().unwrap());
        }
    }
}

pub fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

pub fn int(object: &Value, name: &str) -> i64 {
    object[name].as_i64().unwrap()
}

/// Sends one request over a socket and reads until the connection ends or the answer is whole.
pub async fn raw(sandbox: &Sandbox, path: &str) -> std::io::Result<Vec<u8>> {
    let address = sandbox.url().trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await?;
    let key = sandbox.secret_key();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    loop {
        match stream.read_buf(&mut answer).await {
            Ok(0) => return Ok(answer),
            Ok(_) => {}
            Err(error) if answer.is_empty() => return Err(error),
            Err(_) => return Ok(answer),
        }
    }
}
