//! The accounts that can be reached, the sandbox among them. Keys come in and never go out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pinstripe_connections::key_page::{key_page, permissions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Routes;
use crate::connections::info::ConnectionInfo;
use crate::connections::stored::data_types;
use crate::imports::blocking;
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
        .routes(routes!(rename_connection, remove_connection))
        .routes(routes!(replace_key))
        .routes(routes!(try_connection))
        .routes(routes!(make_key_pages))
        .routes(routes!(start_sandbox))
}

/// A key and the name people will know it by. It has no `Debug`: nothing may print it.
#[derive(Deserialize, ToSchema)]
struct NewConnection {
    name: String,
    key: String,
    /// The data types that it is tried for; `null` for those of everyday use.
    data_types: Option<Vec<String>>,
}

/// Another key for a connection. It has no `Debug`, either.
#[derive(Deserialize, ToSchema)]
struct NewKey {
    key: String,
    /// The data types that it is tried for; `null` for those of everyday use.
    data_types: Option<Vec<String>>,
}

#[derive(Deserialize, ToSchema)]
struct NewConnectionName {
    name: String,
}

#[derive(Deserialize, ToSchema)]
struct TryConnection {
    /// `null` for those that were tried before.
    data_types: Option<Vec<String>>,
}

/// What became of a connection that was removed.
#[derive(Serialize, ToSchema)]
struct RemovedConnection {
    /// Why Stripe could not be told that its grant is given back.
    not_given_back: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct KeyPagesAsked {
    /// What the key will be called at Stripe.
    name: String,
    data_types: Vec<String>,
}

/// Stripe's pages that make a key which may read the chosen data types and nothing else.
#[derive(Serialize, ToSchema)]
struct KeyPages {
    live: String,
    test: String,
    /// What the key will be allowed, in Stripe's names.
    permissions: Vec<String>,
}

#[derive(Deserialize, ToSchema)]
struct NewSandbox {
    #[serde(default)]
    customers: Option<u64>,
}

/// The accounts that can be reached.
#[utoipa::path(get, path = "/connections", responses((status = 200, body = Vec<ConnectionInfo>)))]
async fn list_connections(
    State(workbench): State<Arc<Workbench>>,
) -> Result<Json<Vec<ConnectionInfo>>, Refusal> {
    Ok(Json(blocking(move || workbench.connections.list()).await?))
}

/// Tries a key, for the account and for each data type, and keeps it.
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
    Ok(Json(workbench.connections.add(&new.name, &new.key, new.data_types.as_deref()).await?))
}

/// Gives a connection another name, and the data frames that came from it.
#[utoipa::path(
    patch,
    path = "/connections/{id}",
    params(("id" = String, Path)),
    request_body = NewConnectionName,
    responses((status = 200, body = ConnectionInfo))
)]
async fn rename_connection(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
    Body(new): Body<NewConnectionName>,
) -> Result<Json<ConnectionInfo>, Refusal> {
    let renamed = blocking(move || {
        let renamed = workbench.connections.rename(&id, &new.name)?;
        workbench.library.note_connection_name(&renamed.id, &renamed.name)?;
        Ok(renamed)
    });
    Ok(Json(renamed.await?))
}

/// Forgets a connection and its key.
#[utoipa::path(
    delete,
    path = "/connections/{id}",
    params(("id" = String, Path)),
    responses((status = 200, body = RemovedConnection))
)]
async fn remove_connection(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<Json<RemovedConnection>, Refusal> {
    let problem = workbench.connections.remove(&id).await?;
    let not_given_back = problem.map(|problem| match problem.causes.first() {
        Some(cause) => format!("{}: {cause}", problem.message),
        None => problem.message,
    });
    Ok(Json(RemovedConnection { not_given_back }))
}

/// Tries another key of the same account, and puts it in the place of the one before.
#[utoipa::path(
    put,
    path = "/connections/{id}/key",
    params(("id" = String, Path)),
    request_body = NewKey,
    responses((status = 200, body = ConnectionInfo))
)]
async fn replace_key(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
    Body(new): Body<NewKey>,
) -> Result<Json<ConnectionInfo>, Refusal> {
    Ok(Json(workbench.connections.replace_key(&id, &new.key, new.data_types.as_deref()).await?))
}

/// Tries a connection once more.
#[utoipa::path(
    post,
    path = "/connections/{id}/try",
    params(("id" = String, Path)),
    request_body = TryConnection,
    responses((status = 200, body = ConnectionInfo))
)]
async fn try_connection(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
    Body(asked): Body<TryConnection>,
) -> Result<Json<ConnectionInfo>, Refusal> {
    Ok(Json(workbench.connections.try_again(&id, asked.data_types.as_deref()).await?))
}

/// Where a key with these permissions is made. Nothing is sent.
#[utoipa::path(post, path = "/key-pages", request_body = KeyPagesAsked, responses((status = 200, body = KeyPages)))]
async fn make_key_pages(Body(asked): Body<KeyPagesAsked>) -> Result<Json<KeyPages>, Refusal> {
    let types = data_types(Some(&asked.data_types))?;
    let name = match asked.name.trim() {
        "" => "pinstripe".to_owned(),
        name => format!("pinstripe, {name}"),
    };
    let page = |live| key_page(&name, live, types.iter().copied());
    Ok(Json(KeyPages {
        live: page(true),
        test: page(false),
        permissions: permissions(types.iter().copied()),
    }))
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
