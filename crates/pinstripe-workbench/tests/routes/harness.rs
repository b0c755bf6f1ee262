//! A workbench over a library in a folder of its own, and its page: requests as a browser that was
//! let in sends them.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use pinstripe_client::{ApiBase, ApiKey, Client, ClientOptions, MaxRate};
use pinstripe_library::{Failure, Library};
use pinstripe_sandbox::{Sandbox, SandboxConfig};
use pinstripe_workbench::{Setup, StartSandbox, StartedSandbox, Workbench, app};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

/// 2026-11-20, for a business that is the same in every run.
pub const NOW: i64 = 1_795_132_800;
pub const PORT: u16 = 4321;
pub const HOST: &str = "127.0.0.1:4321";

pub struct Page {
    pub workbench: Arc<Workbench>,
    pub folder: TempDir,
    router: Router,
    cookie: String,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The JSON of an answer of this status.
    #[track_caller]
    pub fn json(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The error of an answer of this status.
    #[track_caller]
    pub fn error(&self, status: u16) -> Value {
        self.json(status)["error"].clone()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Page {
    pub async fn new() -> Page {
        Page::with(|setup| setup).await
    }

    /// A page of a workbench that is set up in another way.
    pub async fn with(change: impl FnOnce(Setup) -> Setup) -> Page {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(&folder.path().join("library")).unwrap());
        let setup = Setup { library, port: PORT, demo: false, start_sandbox: Some(start_sandbox()) };
        let workbench = Workbench::new(change(setup));
        let router = app(Arc::clone(&workbench));
        let mut page = Page { workbench, folder, router, cookie: String::new() };
        let entered = page.send(Request::get(page.token_path()).header("host", HOST)).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER);
        page.cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
        page
    }

    /// The path of the address that the terminal prints.
    pub fn token_path(&self) -> String {
        let address = self.workbench.address();
        address.strip_prefix(&format!("http://{HOST}")).unwrap().to_owned()
    }

    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// A request without a body, exactly as it is.
    pub async fn send(&self, request: axum::http::request::Builder) -> Answer {
        self.send_body(request, Body::empty()).await
    }

    pub async fn send_body(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A request that the page itself would send.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST)
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.change("POST", path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.change("PUT", path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.change("PATCH", path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.change("DELETE", path, Value::Null).await
    }

    async fn change(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = self
            .request(method, path)
            .header("origin", format!("http://{HOST}"))
            .header("content-type", "application/json");
        self.send_body(request, Body::from(body.to_string())).await
    }
}

/// The sandbox as the program starts it: in this process, without limits.
pub fn start_sandbox() -> StartSandbox {
    Arc::new(|customers| {
        Box::pin(async move {
            let config = SandboxConfig { customers, now: Some(NOW), ..SandboxConfig::default() };
            let sandbox = Sandbox::start(config).await.unwrap();
            let client = client(&sandbox);
            Ok::<_, Failure>(StartedSandbox { client, running: Box::new(sandbox) })
        })
    })
}

pub fn client(sandbox: &Sandbox) -> Client {
    let mut options = ClientOptions::new(
        ApiBase::parse(sandbox.url()).unwrap(),
        ApiKey::parse(sandbox.restricted_key()).unwrap(),
    );
    options.max_rate =
        MaxRate { account_per_second: Some(1e6), endpoint_per_second: Some(1e6), headroom: 0.0 };
    Client::new(options).unwrap()
}
