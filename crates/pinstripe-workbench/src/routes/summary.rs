//! A frame column by column.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pinstripe_library::summary::{Summary, SummaryRequest};
use utoipa_axum::routes;

use super::Routes;
use crate::input::{Body, Path};
use crate::refusal::Refusal;
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(read_summary))
}

/// The columns of a frame, or of the rows of it that meet conditions, summed up.
#[utoipa::path(
    post, path = "/frames/{name}/summary", params(("name" = String, Path)),
    request_body = SummaryRequest, responses((status = 200, body = Summary))
)]
async fn read_summary(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
    Body(request): Body<SummaryRequest>,
) -> Result<Json<Summary>, Refusal> {
    let frame = workbench.library.frame(&name)?;
    Ok(Json(workbench.library.summary_of(&frame, &request).await?))
}
