//! What the page asks, one file a noun; all of it below `/api`. A file has a `routes()` that is
//! merged here, its own types, and no logic that the library could have.

mod status;

use std::sync::Arc;

use axum::http::Uri;
use pinstripe_client::ErrorKind;
use pinstripe_library::Failure;
use utoipa_axum::router::OpenApiRouter;

use crate::refusal::Refusal;
use crate::workbench::Workbench;

pub(crate) type Routes = OpenApiRouter<Arc<Workbench>>;

pub(crate) fn all() -> Routes {
    OpenApiRouter::default().merge(status::routes())
}

pub(crate) async fn no_such_route(uri: Uri) -> Refusal {
    Refusal::from(Failure::new(ErrorKind::NotFound, format!("there is no route {}", uri.path())))
}
