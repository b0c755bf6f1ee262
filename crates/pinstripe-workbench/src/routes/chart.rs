//! A frame's chart: what it shows, the settings that are kept with the frame, and how many decimals
//! currencies have.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use pinstripe_catalog::money;
use pinstripe_library::chart::{ChartResult, ChartSettings};
use pinstripe_query::date_range::zone_name;
use utoipa_axum::routes;

use super::Routes;
use crate::input::{Body, Path};
use crate::refusal::Refusal;
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(draw_chart, read_chart, keep_chart)).routes(routes!(list_currencies))
}

/// What a chart of these settings shows.
#[utoipa::path(
    post,
    path = "/frames/{name}/chart",
    params(("name" = String, Path)),
    request_body = ChartSettings,
    responses((status = 200, body = ChartResult))
)]
async fn draw_chart(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
    Body(settings): Body<ChartSettings>,
) -> Result<Json<ChartResult>, Refusal> {
    Ok(Json(workbench.library.chart(&name, &settings).await?))
}

/// The chart that was kept with a frame, else one that suits its data.
#[utoipa::path(
    get,
    path = "/frames/{name}/chart",
    params(("name" = String, Path)),
    responses((status = 200, body = ChartSettings))
)]
async fn read_chart(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
) -> Result<Json<ChartSettings>, Refusal> {
    let zone = zone_name(&TimeZone::system());
    Ok(Json(workbench.library.chart_settings(&name, &zone).await?))
}

/// Keeps a chart with its frame.
#[utoipa::path(
    put,
    path = "/frames/{name}/chart",
    params(("name" = String, Path)),
    request_body = ChartSettings,
    responses((status = 200, body = ChartSettings))
)]
async fn keep_chart(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
    Body(settings): Body<ChartSettings>,
) -> Result<Json<ChartSettings>, Refusal> {
    workbench.library.keep_chart(&name, &settings)?;
    Ok(Json(settings))
}

/// How many decimals Stripe gives the amounts of each currency that has not two.
#[utoipa::path(get, path = "/currencies", responses((status = 200, body = BTreeMap<String, u8>)))]
async fn list_currencies() -> Json<BTreeMap<&'static str, u8>> {
    Json(money::unusual().map(|code| (code, money::decimals(code))).collect())
}
