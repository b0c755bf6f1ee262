//! What the page asks, one file a noun; all of it below `/api`. A file has a `routes()` that is
//! merged here, its own types, and no logic that the library could have.

mod accounts;
mod chart;
mod connections;
mod data_types;
mod events;
mod export;
mod frames;
mod imports;
mod oauth;
mod overview;
mod plans;
mod rows;
mod runs;
mod sql;
mod status;
mod summary;
mod versions;

use std::sync::Arc;

use axum::http::Uri;
use pinstripe_client::ErrorKind;
use pinstripe_library::Failure;
use utoipa_axum::router::OpenApiRouter;

use crate::refusal::Refusal;
use crate::workbench::Workbench;

pub(crate) type Routes = OpenApiRouter<Arc<Workbench>>;

pub(crate) fn all() -> Routes {
    OpenApiRouter::default()
        .merge(status::routes())
        .merge(data_types::routes())
        .merge(connections::routes())
        .merge(oauth::routes())
        .merge(plans::routes())
        .merge(imports::routes())
        .merge(runs::routes())
        .merge(events::routes())
        .merge(frames::routes())
        .merge(rows::routes())
        .merge(summary::routes())
        .merge(export::routes())
        .merge(chart::routes())
        .merge(sql::routes())
        .merge(versions::routes())
        .merge(overview::routes())
}

/// Unix seconds as RFC 3339.
pub(crate) fn instant(second: i64) -> String {
    jiff::Timestamp::from_second(second).map_or_else(|_| second.to_string(), |instant| instant.to_string())
}

pub(crate) async fn no_such_route(uri: Uri) -> Refusal {
    Refusal::from(Failure::new(ErrorKind::NotFound, format!("there is no route {}", uri.path())))
}
