//! SQL over the frames: run a query, keep it, complete it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pinstripe_library::FrameName;
use pinstripe_library::sql::{SqlResult, TableSchema};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Routes;
use super::frames::Frame;
use crate::input::Body;
use crate::refusal::Refusal;
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(run_sql)).routes(routes!(save_sql)).routes(routes!(sql_schema))
}

#[derive(Deserialize, ToSchema)]
struct SqlRequest {
    sql: String,
    /// Rows at most, up to 10,000.
    limit: usize,
}

#[derive(Deserialize, ToSchema)]
struct SaveSql {
    sql: String,
    name: String,
    #[serde(rename = "as")]
    save_as: SaveAs,
    /// Whether a frame of that name may be replaced.
    replace: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SaveAs {
    /// The rows, as they are now.
    Frame,
    /// The query, which runs whenever it is read.
    View,
}

/// Runs a query. It ends when the request does.
#[utoipa::path(
    post,
    path = "/sql",
    request_body = SqlRequest,
    responses((status = 200, body = SqlResult))
)]
async fn run_sql(
    State(workbench): State<Arc<Workbench>>,
    Body(asked): Body<SqlRequest>,
) -> Result<Json<SqlResult>, Refusal> {
    Ok(Json(workbench.library.sql_result(&asked.sql, asked.limit).await?))
}

/// Keeps a query, or its rows.
#[utoipa::path(
    post,
    path = "/sql/save",
    request_body = SaveSql,
    responses((status = 200, body = Frame))
)]
async fn save_sql(
    State(workbench): State<Arc<Workbench>>,
    Body(asked): Body<SaveSql>,
) -> Result<Json<Frame>, Refusal> {
    let library = &workbench.library;
    let name = FrameName::parse(&asked.name)?;
    let frame = match asked.save_as {
        SaveAs::Frame => library.save_as_frame(&asked.sql, &name, asked.replace).await?,
        SaveAs::View => library.save_as_view(&asked.sql, &name, asked.replace).await?,
    };
    Ok(Json(Frame::of(library, &frame)?))
}

/// What can be named in a query.
#[utoipa::path(get, path = "/sql/schema", responses((status = 200, body = Vec<TableSchema>)))]
async fn sql_schema(State(workbench): State<Arc<Workbench>>) -> Result<Json<Vec<TableSchema>>, Refusal> {
    Ok(Json(workbench.library.sql_schema().await?))
}
