//! A frame, or a view of it, as a file to keep. The file is made in the library's own folder, sent,
//! and gone, also where the browser goes away in the middle.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures::stream;
use pinstripe_library::Failure;
use pinstripe_library::export::{Download, FileFormat, View};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::Routes;
use crate::imports::blocking;
use crate::input::{Path, Query};
use crate::refusal::Refusal;
use crate::workbench::Workbench;

/// Bytes that are sent at once.
const PIECE_BYTES: usize = 256 * 1024;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(export_frame))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportRequest {
    /// `csv`, `xlsx`, `parquet` or `json`.
    format: String,
    /// JSON of columns, filters, sort and version; all rows and columns where it is left out.
    view: Option<String>,
}

/// A frame, or a view of it, as a file.
#[utoipa::path(
    get, path = "/frames/{name}/export", params(("name" = String, Path), ExportRequest),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"))
)]
async fn export_frame(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
    Query(request): Query<ExportRequest>,
) -> Result<Response, Refusal> {
    let format = FileFormat::of(std::path::Path::new(&format!("frame.{}", request.format)))?;
    let view = match request.view.as_deref() {
        None | Some("") => View::default(),
        Some(text) => serde_json::from_str(text).map_err(|error| {
            let failure = Failure::user("the view of the request cannot be read");
            Failure { causes: vec![error.to_string()], ..failure }
        })?,
    };
    let frame = workbench.library.frame(&name)?;
    let download = workbench.library.download(&frame, format, view).await?;
    let file = File::open(&download.path)
        .map_err(|error| Failure::internal(format!("the file cannot be sent: {error}")))?;
    let headers = [
        (CONTENT_TYPE, download.media_type.to_owned()),
        (CONTENT_LENGTH, download.bytes.to_string()),
        (CONTENT_DISPOSITION, disposition(&download.file_name)),
    ];
    Ok((headers, Body::from_stream(pieces(file, download))).into_response())
}

/// The file piece by piece. It lasts as long as the stream does.
fn pieces(file: File, download: Download) -> impl stream::Stream<Item = std::io::Result<Vec<u8>>> {
    stream::try_unfold((file, download), |(mut file, download)| async move {
        let read = blocking(move || {
            let mut piece = vec![0; PIECE_BYTES];
            let count = file
                .read(&mut piece)
                .map_err(|error| Failure::internal(format!("the file cannot be sent: {error}")))?;
            piece.truncate(count);
            Ok::<_, Failure>((piece, file))
        });
        let (piece, file) = read.await.map_err(|failure| std::io::Error::other(failure.message))?;
        Ok((!piece.is_empty()).then_some((piece, (file, download))))
    })
}

/// Names for every browser: plain letters, and the whole name for those that read more.
fn disposition(file_name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-' | ' ');
    let safe: String = file_name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    let mut whole = String::new();
    for byte in file_name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') {
            whole.push(char::from(byte));
        } else {
            whole.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{safe}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn file_names_are_safe_in_a_header() {
        assert_eq!(
            disposition("charges.csv"),
            "attachment; filename=\"charges.csv\"; filename*=UTF-8''charges.csv"
        );
        assert_eq!(
            disposition("請求 1.csv"),
            "attachment; filename=\"__ 1.csv\"; filename*=UTF-8''%E8%AB%8B%E6%B1%82%201.csv"
        );
        assert!(!disposition("a\"\r\nb.csv").contains(['\r', '\n']));
    }
}
