//! The versions of a frame: what each changed, and an earlier one restored.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pinstripe_library::versions::{VersionChanges, VersionInfo};
use utoipa_axum::routes;

use super::Routes;
use super::frames::Frame;
use crate::input::Path;
use crate::refusal::Refusal;
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list_versions))
        .routes(routes!(read_changes))
        .routes(routes!(restore_version))
}

/// The versions of a frame, newest first.
#[utoipa::path(
    get,
    path = "/frames/{name}/versions",
    params(("name" = String, Path)),
    responses((status = 200, body = Vec<VersionInfo>))
)]
async fn list_versions(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<VersionInfo>>, Refusal> {
    Ok(Json(workbench.library.versions(&name)?))
}

/// What a version changed of the one before it.
#[utoipa::path(
    get,
    path = "/frames/{name}/versions/{version}/changes",
    params(("name" = String, Path), ("version" = i64, Path)),
    responses((status = 200, body = VersionChanges))
)]
async fn read_changes(
    State(workbench): State<Arc<Workbench>>,
    Path((name, version)): Path<(String, i64)>,
) -> Result<Json<VersionChanges>, Refusal> {
    Ok(Json(workbench.library.version_changes(&name, version).await?))
}

/// Puts the rows of an earlier version in place again, as a new version.
#[utoipa::path(
    post,
    path = "/frames/{name}/versions/{version}/restore",
    params(("name" = String, Path), ("version" = i64, Path)),
    responses((status = 200, body = Frame))
)]
async fn restore_version(
    State(workbench): State<Arc<Workbench>>,
    Path((name, version)): Path<(String, i64)>,
) -> Result<Json<Frame>, Refusal> {
    let frame = workbench.library.restore_version(&name, version).await?;
    Ok(Json(Frame::of(&workbench.library, &frame)?))
}
