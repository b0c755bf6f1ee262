//! A frame's rows, as its table scrolls over them: columns, pages of rows, one row's object.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use pinstripe_library::column::Column;
use pinstripe_library::row_pages::{RowsRequest, RowsResult};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::Routes;
use crate::input::{Body, Path, Query};
use crate::refusal::Refusal;
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(list_columns)).routes(routes!(read_rows)).routes(routes!(read_object))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfVersion {
    /// The last one where none is named.
    version: Option<i64>,
}

/// The flat columns of a frame.
#[utoipa::path(
    get, path = "/frames/{name}/columns", params(("name" = String, Path), OfVersion),
    responses((status = 200, body = Vec<Column>))
)]
async fn list_columns(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
    Query(of): Query<OfVersion>,
) -> Result<Json<Vec<Column>>, Refusal> {
    let frame = workbench.library.frame(&name)?;
    Ok(Json(workbench.library.columns(&frame, of.version).await?))
}

/// A page of a frame's rows.
#[utoipa::path(
    post, path = "/frames/{name}/rows", params(("name" = String, Path)), request_body = RowsRequest,
    responses((status = 200, body = RowsResult))
)]
async fn read_rows(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
    Body(request): Body<RowsRequest>,
) -> Result<Json<RowsResult>, Refusal> {
    let frame = workbench.library.frame(&name)?;
    Ok(Json(workbench.library.rows(&frame, request).await?))
}

/// A row's object, exactly as Stripe sent it.
#[utoipa::path(
    get, path = "/frames/{name}/objects/{position}",
    params(("name" = String, Path), ("position" = u64, Path), OfVersion),
    responses((status = 200, body = serde_json::Value, content_type = "application/json"))
)]
async fn read_object(
    State(workbench): State<Arc<Workbench>>,
    Path((name, position)): Path<(String, u64)>,
    Query(of): Query<OfVersion>,
) -> Result<Response, Refusal> {
    let frame = workbench.library.frame(&name)?;
    let object = workbench.library.object(&frame, position, of.version).await?;
    Ok(([(CONTENT_TYPE, "application/json")], object).into_response())
}
