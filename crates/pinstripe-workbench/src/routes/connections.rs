//! The accounts that can be reached, the sandbox among them. Keys come in and never go out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Routes;
use crate::connections::ConnectionInfo;
use crate::input::{Body, Path};
use crate::refusal::Refusal;
use crate::workbench::Workbench;

/// Customers of a sandbox where nobody says: some thousand charges, imported in seconds.
const CUSTOMERS: u64 = 500;
/// More would take longer to import than anybody tries out.
const CUSTOMERS_MAX: u64 = 1_000_000;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list_connections, add_connection))
        .routes(routes!(remove_connection))
        .routes(routes!(start_sandbox))
}

/// A key and the name people will know it by. It has no `Debug`: nothing may print it.
#[derive(Deserialize, ToSchema)]
struct NewConnection {
    name: String,
    key: String,
}

#[derive(Deserialize, ToSchema)]
struct NewSandbox {
    #[serde(default)]
    customers: Option<u64>,
}

/// The accounts that can be reached.
#[utoipa::path(get, path = "/connections", responses((status = 200, body = Vec<ConnectionInfo>)))]
async fn list_connections(State(workbench): State<Arc<Workbench>>) -> Json<Vec<ConnectionInfo>> {
    Json(workbench.connections.list())
}

/// Adds a key, when one cheap request shows that Stripe knows it. It is kept in memory alone.
#[utoipa::path(
    post,
    path = "/connections",
    request_body = NewConnection,
    responses((status = 200, body = ConnectionInfo))
)]
async fn add_connection(
    State(workbench): State<Arc<Workbench>>,
    Body(new): Body<NewConnection>,
) -> Result<Json<ConnectionInfo>, Refusal> {
    Ok(Json(workbench.connections.add(&new.name, &new.key).await?))
}

/// Forgets a connection.
#[utoipa::path(delete, path = "/connections/{id}", params(("id" = String, Path)), responses((status = 204)))]
async fn remove_connection(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    workbench.connections.remove(&id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts the built-in sandbox, or gives the one that is running.
#[utoipa::path(post, path = "/sandbox", request_body = NewSandbox, responses((status = 200, body = ConnectionInfo)))]
async fn start_sandbox(
    State(workbench): State<Arc<Workbench>>,
    Body(new): Body<NewSandbox>,
) -> Result<Json<ConnectionInfo>, Refusal> {
    let customers = new.customers.unwrap_or(CUSTOMERS).clamp(1, CUSTOMERS_MAX);
    Ok(Json(workbench.connections.sandbox(customers).await?))
}
