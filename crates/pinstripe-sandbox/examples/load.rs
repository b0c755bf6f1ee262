//! Measures pages a second: `cargo run --release -p pinstripe-sandbox --example load -- [charges] [seconds] [clients]`.
//!
//! Each client keeps one connection and walks the list of charges, 100 a page, by `starting_after`; server and clients
//! share the machine. The clients read every byte but parse none of it beyond the last id. Read next: `serve.rs`.

use std::io::Write;
use std::time::{Duration, Instant};

use pinstripe_sandbox::{Sandbox, SandboxConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let mut next = || numbers.next().transpose();
    let charges = next()?.unwrap_or(10_000_000);
    let seconds = next()?.unwrap_or(5);
    let clients = next()?.unwrap_or(4);
    let config =
        SandboxConfig { customers: charges / 10, charges: Some(charges), ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await?;
    let until = Instant::now() + Duration::from_secs(seconds);
    let begun = Instant::now();
    let mut running = Vec::new();
    for _ in 0..clients {
        let (url, key) = (sandbox.url().to_owned(), sandbox.secret_key().to_owned());
        running.push(tokio::spawn(walk(url, key, until)));
    }
    let (mut pages, mut bytes) = (0, 0);
    for client in running {
        let (more_pages, more_bytes) = client.await??;
        pages += more_pages;
        bytes += more_bytes;
    }
    let passed = begun.elapsed().as_secs_f64();
    let (rate, megabytes) = (pages as f64 / passed, bytes as f64 / passed / 1e6);
    writeln!(std::io::stderr(), "{pages} pages of 100 charges, {rate:.0} pages/s, {megabytes:.0} MB/s")?;
    sandbox.stop().await;
    Ok(())
}

async fn walk(url: String, key: String, until: Instant) -> Result<(u64, u64), Failure> {
    let address = url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await?;
    let (mut pages, mut bytes, mut cursor) = (0, 0, String::new());
    let mut buffer = Vec::with_capacity(1 << 20);
    while Instant::now() < until {
        let request = format!(
            "GET /v1/charges?limit=100{cursor} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        buffer.clear();
        let mut end = usize::MAX;
        while buffer.len() < end {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err("the connection was closed".into());
            }
            if end == usize::MAX
                && let Some(head) = find(&buffer, b"\r\n\r\n")
            {
                let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
                let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                end = head + 4 + length.ok_or("no content-length")?.trim().parse::<usize>()?;
            }
        }
        // The last object of the page begins at the last line of exactly this indent.
        let mark = b"\n      \"id\": \"";
        // At the end of the list the walk begins again.
        cursor.clear();
        if let Some(at) = buffer.windows(mark.len()).rposition(|window| window == mark) {
            let id = buffer[at + mark.len()..].split(|byte| *byte == b'"').next().unwrap_or_default();
            cursor = format!("&starting_after={}", String::from_utf8_lossy(id));
        }
        pages += 1;
        bytes += buffer.len() as u64;
    }
    Ok((pages, bytes))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
