//! The payments of a connection.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use pinstripe_library::chart::Bucket;
use pinstripe_library::overview::{Overview, OverviewRequest};
use pinstripe_query::date_range::zone_name;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::Routes;
use crate::input::Query;
use crate::refusal::Refusal;
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(read_overview))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OverviewAsked {
    /// The connection's name; else the one with the most data frames.
    connection: Option<String>,
    /// Else the most used one.
    currency: Option<String>,
    interval: Option<Bucket>,
    /// The first day, such as 2026-11-03; else twelve months are shown.
    from: Option<String>,
    /// The last day; else today.
    to: Option<String>,
    /// Else the system's.
    time_zone: Option<String>,
}

/// Volumes, fees, rates, new customers and payouts, in one currency.
#[utoipa::path(get, path = "/overview", params(OverviewAsked), responses((status = 200, body = Overview)))]
async fn read_overview(
    State(workbench): State<Arc<Workbench>>,
    Query(asked): Query<OverviewAsked>,
) -> Result<Json<Overview>, Refusal> {
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let request = OverviewRequest {
        connection: asked.connection,
        currency: filled(asked.currency),
        interval: asked.interval,
        from: filled(asked.from),
        to: filled(asked.to),
        time_zone: filled(asked.time_zone).unwrap_or_else(|| zone_name(&TimeZone::system())),
    };
    Ok(Json(workbench.library.overview(&request).await?))
}
