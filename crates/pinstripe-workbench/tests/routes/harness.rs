//! A workbench over a library in a folder of its own, and its page: requests as a browser that was
//! let in sends them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use pinstripe_client::{ApiBase, ApiKey, Client, ClientOptions, MaxRate};
use pinstripe_connections::oauth::OAuthKind;
use pinstripe_connections::{Connections, Keeper, Places};
use pinstripe_library::{Failure, Library};
use pinstripe_sandbox::{Sandbox, SandboxConfig};
use pinstripe_workbench::{Accounts, SandboxOAuth, Setup, StartSandbox, StartedSandbox, Workbench, app};
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
    /// Everything that was ever answered, headers and bodies.
    answered: Mutex<String>,
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
        let accounts = Accounts {
            api_base: ApiBase::parse("http://127.0.0.1:9").unwrap(),
            environment: None,
            stored: stored(folder.path()),
            max_rate: MaxRate::default(),
            start_sandbox: Some(start_sandbox()),
            sandbox: None,
        };
        let setup = Setup { library, port: PORT, demo: false, accounts };
        let workbench = Workbench::new(change(setup));
        let router = app(Arc::clone(&workbench));
        let mut page = Page { workbench, folder, router, cookie: String::new(), answered: Mutex::default() };
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

    /// Everything that was ever answered.
    pub fn answered(&self) -> String {
        self.answered.lock().unwrap().clone()
    }

    /// Every byte of every file that the workbench has left, one after another.
    pub fn left_behind(&self) -> Vec<u8> {
        let (mut bytes, mut folders) = (Vec::new(), vec![self.folder.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    bytes.extend(std::fs::read(path).unwrap());
                }
            }
        }
        bytes
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
        let text = format!("{:?}\n{}\n", parts.headers, String::from_utf8_lossy(&body));
        self.answered.lock().unwrap().push_str(&text);
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

    /// A stream that the page follows.
    pub async fn stream(&self, path: &str) -> Body {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.into_body()
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
            Ok::<_, Failure>(started(sandbox))
        })
    })
}

/// A sandbox as the program hands it in, its OAuth clients with it.
pub fn started(sandbox: Sandbox) -> StartedSandbox {
    let clients = sandbox.oauth_clients();
    let oauth =
        [(OAuthKind::Connect, clients.connect), (OAuthKind::App, clients.app)].map(|(kind, client)| {
            SandboxOAuth {
                kind,
                client_id: client.client_id,
                secret: ApiKey::parse(&client.secret).unwrap(),
                redirect_uri: client.redirect_uris[0].clone(),
            }
        });
    StartedSandbox { client: client(&sandbox), oauth: oauth.into(), running: Box::new(sandbox) }
}

/// Connections in a folder of their own, their secrets in its encrypted file.
pub fn stored(folder: &std::path::Path) -> Connections {
    let (library, config) = (folder.join("library"), folder.join("config"));
    Connections::open(Places { library, config, passphrase: None, keeper: Some(Keeper::File) }).unwrap()
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

/// What the import dialog sends when only a data type was chosen.
pub fn request(data_type: &str, connection: &Value) -> Value {
    serde_json::json!({
        "data_type": data_type, "connection": connection["id"], "date_range": {"range": "all"},
        "time_zone": "UTC", "query": "", "search": false, "columns_left_out": [],
        "accounts": [],
    })
}

impl Page {
    /// Starts a sandbox of so many customers, each with ten charges.
    pub async fn sandbox(&self, customers: u64) -> Value {
        self.post("/api/sandbox", serde_json::json!({"customers": customers})).await.json(200)
    }

    /// Begins an import into a frame named as its data type.
    pub async fn start(&self, request: &Value) -> Value {
        self.start_as(request["data_type"].as_str().unwrap(), request).await
    }

    async fn start_as(&self, name: &str, request: &Value) -> Value {
        let body = serde_json::json!({"name": name, "request": request, "replace": true, "restart": false});
        self.post("/api/imports", body).await.json(202)
    }

    /// The run of an id, as soon as it is in one of these states.
    pub async fn run_in(&self, run: &Value, states: &[&str]) -> Value {
        for _ in 0..1_500 {
            let runs = self.get("/api/runs").await.json(200);
            let found = runs.as_array().unwrap().iter().find(|known| known["id"] == run["run_id"]);
            if let Some(found) = found.filter(|found| states.iter().any(|state| found["state"] == *state)) {
                return found.clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("waited in vain for {run} to be {states:?}");
    }

    /// Imports everything of a data type.
    pub async fn import(&self, request: &Value) -> Value {
        self.import_as(request["data_type"].as_str().unwrap(), request).await
    }

    /// The same, into a frame of this name.
    pub async fn import_as(&self, name: &str, request: &Value) -> Value {
        let started = self.start_as(name, request).await;
        let run = self.run_in(&started, &["done", "failed", "stopped"]).await;
        assert_eq!(run["state"], "done", "{run}");
        run
    }
}
