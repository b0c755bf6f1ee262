//! A frame of a million charges as the workbench shows it: its summary, pages of its rows, other
//! orders, conditions. Each beside a plain scan of the same columns by SQL, in the same run.
//!
//! The workbench is a process of its own, asked as its page asks. Read next: `process.rs`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::NO_LIMIT;
use super::process::{Sandbox, program};

/// Longer than anything that is measured here may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// The columns that a screen shows.
const SHOWN: [&str; 12] = [
    "id",
    "amount",
    "currency",
    "created",
    "status",
    "paid",
    "refunded",
    "customer",
    "description",
    "billing_details.email",
    "payment_method_details.type",
    "outcome.risk_level",
];
const ROWS: &str = "1000000";

/// `arguments` may name another number of rows.
pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let rows = arguments.first().map_or(ROWS, String::as_str);
    let program = program(root)?;
    let library = tempfile::tempdir()?;
    let sandbox = Sandbox::start(&program, &["--charges", rows])?;
    sandbox.import(&program, library.path(), &[&NO_LIMIT[..], &["charges"]].concat())?;
    drop(sandbox);
    let mut page = Page::open(&program, library.path())?;
    let columns = page.get("/api/frames/charges/columns")?;
    let filled: Vec<&str> = columns
        .as_array()
        .context("no columns")?
        .iter()
        .filter(|column| column["empty"] == false)
        .filter_map(|column| column["name"].as_str())
        .collect();
    crate::say(&format!("{rows} charges, {} columns with values", filled.len()));

    let scan = scan_seconds(&program, library.path(), &filled)?;
    crate::say(&format!("a plain scan of these columns {scan:.2} s"));
    let said = |what: &str, seconds: f64| {
        crate::say(&format!("{what} {seconds:.3} s, {:.2} of the scan", seconds / scan));
    };
    let first = page_of(&json!(null), &json!([]), &json!([]), 0);
    said("first page, all columns", page.post("/api/frames/charges/rows", &first)?.0);
    said("the same page again", page.post("/api/frames/charges/rows", &first)?.0);
    let mut next = Vec::new();
    for number in 1..=20 {
        let request = page_of(&json!(SHOWN), &json!([]), &json!([]), number * 1_024);
        next.push(page.post("/api/frames/charges/rows", &request)?.0);
    }
    next.sort_by(f64::total_cmp);
    said("a next page, median", next[next.len() / 2]);
    said("a next page, slowest", next[next.len() - 1]);
    for column in ["amount", "id", "billing_details.email"] {
        let sort = json!([{"column": column, "descending": false}]);
        let request = page_of(&json!(["id"]), &json!([]), &sort, 0);
        said(&format!("first page by {column}"), page.post("/api/frames/charges/rows", &request)?.0);
        let request = page_of(&json!(SHOWN), &json!([]), &sort, 500_000);
        said(&format!("the middle by {column}"), page.post("/api/frames/charges/rows", &request)?.0);
    }
    let failed = json!([{"column": "status", "op": "eq", "value": "failed"}]);
    said(
        "first page of failed charges",
        page.post("/api/frames/charges/rows", &page_of(&json!(SHOWN), &failed, &json!([]), 0))?.0,
    );
    let part = json!([{"column": "description", "op": "contains", "value": "RDER"}]);
    said(
        "first page by a part of a text",
        page.post("/api/frames/charges/rows", &page_of(&json!(SHOWN), &part, &json!([]), 0))?.0,
    );
    let whole = json!({"columns": null, "filters": [], "version": null});
    said("summary of all columns", page.post("/api/frames/charges/summary", &whole)?.0);
    said("the same summary again", page.post("/api/frames/charges/summary", &whole)?.0);
    let some = json!({"columns": null, "filters": failed, "version": null});
    said("summary of failed charges", page.post("/api/frames/charges/summary", &some)?.0);
    Ok(())
}

fn page_of(columns: &Value, filters: &Value, sort: &Value, offset: u64) -> Value {
    json!({"columns": columns, "filters": filters, "sort": sort, "offset": offset, "limit": 200, "version": null})
}

/// How long SQL takes to look at every value once.
fn scan_seconds(program: &Path, library: &Path, columns: &[&str]) -> Result<f64> {
    let counts: Vec<String> = columns
        .iter()
        .map(|name| match name.strip_prefix("metadata.") {
            Some(key) => format!("count(metadata['{key}'])"),
            None => format!("count({name})"),
        })
        .collect();
    let query = format!("select {} from charges", counts.join(", "));
    let mut best = f64::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        let status = Command::new(program)
            .args(["sql", &query, "--format", "json"])
            .env("PINSTRIPE_LIBRARY", library)
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "the scan failed: {query}");
        best = best.min(begun.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// A workbench, and a page that was let in.
struct Page {
    process: Child,
    address: String,
    cookie: String,
}

impl Page {
    fn open(program: &Path, library: &Path) -> Result<Page> {
        let mut process = Command::new(program)
            .args(["workbench", "--json", "--no-open", "--port", "0"])
            .env("PINSTRIPE_LIBRARY", library)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().context("the workbench has no stdout")?;
        let mut page = Page { process, address: String::new(), cookie: String::new() };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).context("the workbench did not start")?;
        let url = said["address"].as_str().unwrap_or_default().trim_start_matches("http://");
        let (address, token) = url.split_once('/').context("the workbench has no address")?;
        page.address = address.to_owned();
        let (head, _) = page.ask(&format!("GET /{token}"), None)?;
        let cookie = head.lines().find_map(|line| line.split_once("set-cookie: "));
        let (_, cookie) = cookie.context("the workbench gave no cookie")?;
        page.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(page)
    }

    fn get(&self, path: &str) -> Result<Value> {
        let (_, body) = self.ask(&format!("GET {path}"), None)?;
        serde_json::from_str(&body).context("no JSON")
    }

    /// How long the answer took, and the answer.
    fn post(&mut self, path: &str, body: &Value) -> Result<(f64, Value)> {
        let begun = Instant::now();
        let (head, body) = self.ask(&format!("POST {path}"), Some(body))?;
        let seconds = begun.elapsed().as_secs_f64();
        ensure!(head.starts_with("HTTP/1.1 200"), "{path}: {body}");
        Ok((seconds, serde_json::from_str(&body).context("no JSON")?))
    }

    fn ask(&self, what: &str, body: Option<&Value>) -> Result<(String, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let body = body.map(Value::to_string).unwrap_or_default();
        let (address, cookie) = (&self.address, &self.cookie);
        write!(
            stream,
            "{what} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("the workbench broke off")?;
        Ok((head.to_owned(), body.to_owned()))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
