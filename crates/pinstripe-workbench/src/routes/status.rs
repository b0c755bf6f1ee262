//! What runs here: the version, the library, the time zones.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use pinstripe_query::date_range::zone_name;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Routes;
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(read_status))
}

#[derive(Serialize, ToSchema)]
struct Status {
    version: &'static str,
    /// The version of Stripe's API that requests are pinned to.
    api_version: &'static str,
    /// The library's folder.
    library: String,
    /// The system's.
    time_zone: String,
    time_zones: Vec<String>,
    demo: bool,
}

/// What runs here.
#[utoipa::path(get, path = "/status", responses((status = 200, body = Status)))]
async fn read_status(State(workbench): State<Arc<Workbench>>) -> Json<Status> {
    let mut time_zones: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    time_zones.retain(|name| name.contains('/') && !name.starts_with("Etc/") || name == "UTC");
    time_zones.sort();
    Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        api_version: pinstripe_catalog::api_version(),
        library: workbench.library.root().display().to_string(),
        time_zone: zone_name(&TimeZone::system()),
        time_zones,
        demo: workbench.demo,
    })
}
