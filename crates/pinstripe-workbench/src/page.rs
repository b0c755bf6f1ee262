//! The built page, carried in the program: `build.rs` made it and compressed its files. Also the two
//! short pages that need no script: for who is not let in, and for a program without the page.

use std::io::Read as _;

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;

struct PageFile {
    path: &'static str,
    /// Whether the bytes are compressed.
    gzip: bool,
    bytes: &'static [u8],
}

static FILES: &[PageFile] = include!(concat!(env!("OUT_DIR"), "/page_files.rs"));

const CLOSED: &str = "<p>This is the workbench of pinstripe, and this browser has not been let in yet.</p>\
     <p>Open the address that the terminal printed, the one with <code>?token=</code> in it, \
     or start <code>pinstripe</code> again: it opens the page by itself.</p>";

const NO_PAGE: &str = "<p>This pinstripe was built without its page.</p>\
     <p>Build it with <code>cargo build</code> where Node 20 or newer is installed, or with \
     <code>PINSTRIPE_PAGE</code> set to the folder of a ready-made page. \
     The command line does all the same work: <code>pinstripe --help</code>.</p>";

/// A file of the page. Whatever looks like an address within the page gets the page itself, which
/// knows its own addresses.
pub(crate) async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = FILES.iter().find(|file| file.path == path && path != "index.html") {
        return answer(file, &headers);
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if path.starts_with("assets/")
        || matches!(last.rsplit_once('.'), Some((_, "js" | "css" | "map" | "png" | "ico")))
    {
        return short(StatusCode::NOT_FOUND, "<p>There is no such file.</p>");
    }
    match FILES.iter().find(|file| file.path == "index.html") {
        Some(index) => answer(index, &headers),
        None => short(StatusCode::OK, NO_PAGE),
    }
}

/// For who has no session.
pub(crate) fn closed(status: StatusCode) -> Response {
    short(status, CLOSED)
}

fn answer(file: &PageFile, headers: &HeaderMap) -> Response {
    // Names of assets carry a hash of what is inside.
    let caching =
        if file.path.starts_with("assets/") { "private, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if file.gzip && !takes_gzip(headers) {
        let mut bytes = Vec::new();
        if let Err(error) = GzDecoder::new(file.bytes).read_to_end(&mut bytes) {
            tracing::error!(%error, path = file.path, "a file of the page cannot be unpacked");
            return short(StatusCode::INTERNAL_SERVER_ERROR, "<p>The page cannot be unpacked.</p>");
        }
        bytes.into_response()
    } else {
        file.bytes.into_response()
    };
    let own = response.headers_mut();
    own.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(file.path)));
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if file.gzip {
        own.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if takes_gzip(headers) {
            own.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    response
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip")
            && !parts.any(|part| part.starts_with("q=0") && !part.starts_with("q=0."))
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// A page of a few words.
fn short(status: StatusCode, words: &str) -> Response {
    let text = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>pinstripe</title>\
         <body style=\"font: 1rem/1.5 system-ui; max-width: 36rem; margin: 4rem auto; padding: 0 1rem\">\
         <main><h1>pinstripe</h1>{words}</main></body></html>"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}
