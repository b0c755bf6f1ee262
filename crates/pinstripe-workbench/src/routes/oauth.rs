//! OAuth: the team's own platform or app, and requests for consent. Secrets and codes come in and
//! never go out. Read next: `grants`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pinstripe_client::{ApiBase, ApiKey, ErrorKind, Mode};
use pinstripe_connections::Keeper;
use pinstripe_connections::oauth::{OAuthApp, OAuthKind};
use pinstripe_library::{Failure, Field};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Routes;
use crate::connections::failure;
use crate::connections::info::{ConnectionInfo, ConnectionMode, mode};
use crate::grants::{Asked, Progress, Wanted};
use crate::imports::blocking;
use crate::input::{Body, Path};
use crate::refusal::{ApiError, ErrorInfo, Refusal};
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list_apps))
        .routes(routes!(set_app, remove_app))
        .routes(routes!(set_sandbox_app))
        .routes(routes!(begin_grant))
        .routes(routes!(read_grant, cancel_grant))
        .routes(routes!(answer_grant))
}

/// Which of Stripe's two.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OAuthAppKind {
    /// A Connect platform.
    Connect,
    /// A Stripe App.
    App,
}

impl From<OAuthAppKind> for OAuthKind {
    fn from(kind: OAuthAppKind) -> OAuthKind {
        match kind {
            OAuthAppKind::Connect => OAuthKind::Connect,
            OAuthAppKind::App => OAuthKind::App,
        }
    }
}

impl From<OAuthKind> for OAuthAppKind {
    fn from(kind: OAuthKind) -> OAuthAppKind {
        match kind {
            OAuthKind::Connect => OAuthAppKind::Connect,
            OAuthKind::App => OAuthAppKind::App,
        }
    }
}

/// The team's own platform or app, without its secret.
#[derive(Serialize, ToSchema)]
struct OAuthAppInfo {
    kind: OAuthAppKind,
    label: &'static str,
    client_id: String,
    redirect_uri: String,
    /// Whether Stripe's answer finds its way here by itself; else its code is pasted.
    comes_back_here: bool,
    mode: ConnectionMode,
    /// How the secret begins and ends.
    key_hint: Option<String>,
    /// Where the secret is.
    kept_in: &'static str,
}

#[derive(Serialize, ToSchema)]
struct OAuthApps {
    apps: Vec<OAuthAppInfo>,
    /// Whether a sandbox runs here that has a platform and an app to try.
    sandbox: bool,
}

/// It has no `Debug`: nothing may print the secret.
#[derive(Deserialize, ToSchema)]
struct NewOAuthApp {
    client_id: String,
    secret: String,
    redirect_uri: String,
}

#[derive(Deserialize, ToSchema)]
struct NewGrant {
    kind: OAuthAppKind,
    /// Of the connection that it will be.
    name: String,
    /// Id of the connection that gets it instead.
    replaces: Option<String>,
}

/// What a person brings from Stripe's page. It has no `Debug`: a code is in it.
#[derive(Deserialize, ToSchema)]
struct PastedAnswer {
    text: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum GrantState {
    Waiting,
    Exchanging,
    Authorized,
    Failed,
    Cancelled,
}

/// A request for consent, and how far it is.
#[derive(Serialize, ToSchema)]
struct GrantInfo {
    id: String,
    kind: OAuthAppKind,
    /// Stripe's page, to be opened.
    address: String,
    comes_back_here: bool,
    state: GrantState,
    error: Option<ErrorInfo>,
    connection: Option<ConnectionInfo>,
}

impl GrantInfo {
    fn of(asked: &Asked) -> GrantInfo {
        let (mut error, mut connection) = (None, None);
        let state = match asked.progress() {
            Progress::Waiting => GrantState::Waiting,
            Progress::Exchanging => GrantState::Exchanging,
            Progress::Cancelled => GrantState::Cancelled,
            Progress::Authorized(info) => {
                connection = Some(*info);
                GrantState::Authorized
            }
            Progress::Failed(failure) => {
                error = Some(ApiError::from(*failure).error);
                GrantState::Failed
            }
        };
        GrantInfo {
            id: asked.id.clone(),
            kind: asked.kind.into(),
            address: asked.address.clone(),
            comes_back_here: asked.comes_back_here,
            state,
            error,
            connection,
        }
    }
}

fn shown(app: &OAuthApp) -> OAuthAppInfo {
    let is_stripe = ApiBase::parse(&app.api_base).is_ok_and(|base| base.is_stripe());
    OAuthAppInfo {
        kind: app.kind.into(),
        label: app.kind.label(),
        client_id: app.client_id.clone(),
        redirect_uri: app.redirect_uri.clone(),
        comes_back_here: app.comes_back_here(),
        mode: mode(is_stripe, if app.live { Mode::Live } else { Mode::Test }),
        key_hint: app.key_hint.clone(),
        kept_in: app.kept_in.label(),
    }
}

fn all_apps(workbench: &Workbench) -> Result<OAuthApps, Failure> {
    let mut apps = Vec::new();
    for kind in [OAuthKind::Connect, OAuthKind::App] {
        apps.extend(workbench.connections.stored.oauth_app(kind).map_err(failure)?.as_ref().map(shown));
    }
    let sandbox = workbench.connections.sandbox_oauth().is_some_and(|(_, clients)| !clients.is_empty());
    Ok(OAuthApps { apps, sandbox })
}

/// The team's own platform and app, as far as they are set.
#[utoipa::path(get, path = "/oauth/apps", responses((status = 200, body = OAuthApps)))]
async fn list_apps(State(workbench): State<Arc<Workbench>>) -> Result<Json<OAuthApps>, Refusal> {
    Ok(Json(blocking(move || all_apps(&workbench)).await?))
}

/// Keeps the team's own platform or app, with its secret where secrets are kept.
#[utoipa::path(
    put,
    path = "/oauth/apps/{kind}",
    params(("kind" = OAuthAppKind, Path)),
    request_body = NewOAuthApp,
    responses((status = 200, body = OAuthAppInfo))
)]
async fn set_app(
    State(workbench): State<Arc<Workbench>>,
    Path(kind): Path<OAuthAppKind>,
    Body(new): Body<NewOAuthApp>,
) -> Result<Json<OAuthAppInfo>, Refusal> {
    let secret = ApiKey::parse(&new.secret).map_err(|error| failure(error.into()))?;
    let api_base = workbench.connections.api_base.to_string();
    let (client_id, redirect_uri) = (new.client_id.trim().to_owned(), new.redirect_uri.trim().to_owned());
    Ok(Json(keep_app(workbench, blank_app(kind.into(), client_id, redirect_uri, api_base), secret).await?))
}

/// Its mode, hint and place are told by the secret.
fn blank_app(kind: OAuthKind, client_id: String, redirect_uri: String, api_base: String) -> OAuthApp {
    OAuthApp {
        kind,
        client_id,
        redirect_uri,
        api_base,
        connect_base: None,
        live: false,
        key_hint: None,
        kept_in: Keeper::File,
    }
}

async fn keep_app(workbench: Arc<Workbench>, app: OAuthApp, secret: ApiKey) -> Result<OAuthAppInfo, Failure> {
    blocking(move || {
        let kept = workbench.connections.stored.set_oauth_app(app, &secret).map_err(failure)?;
        workbench.connections.changed();
        Ok(shown(&kept))
    })
    .await
}

/// Forgets the team's own platform or app, and its secret.
#[utoipa::path(delete, path = "/oauth/apps/{kind}", params(("kind" = OAuthAppKind, Path)), responses((status = 204)))]
async fn remove_app(
    State(workbench): State<Arc<Workbench>>,
    Path(kind): Path<OAuthAppKind>,
) -> Result<StatusCode, Refusal> {
    let removed = blocking(move || {
        workbench.connections.stored.remove_oauth_app(kind.into()).map_err(failure)?;
        workbench.connections.changed();
        Ok(())
    });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the platform or app that the running sandbox has, to try the whole way without Stripe.
#[utoipa::path(
    post,
    path = "/oauth/apps/{kind}/sandbox",
    params(("kind" = OAuthAppKind, Path)),
    responses((status = 200, body = OAuthAppInfo))
)]
async fn set_sandbox_app(
    State(workbench): State<Arc<Workbench>>,
    Path(kind): Path<OAuthAppKind>,
) -> Result<Json<OAuthAppInfo>, Refusal> {
    let kind = OAuthKind::from(kind);
    let connections = &workbench.connections;
    let found = connections.sandbox_oauth().and_then(|(api_base, clients)| {
        let client = clients.into_iter().find(|client| client.kind == kind)?;
        Some((api_base, client))
    });
    let missing =
        || Failure::new(ErrorKind::NotFound, "no sandbox runs here").with_hint("start the sandbox first");
    let (api_base, client) = found.ok_or_else(missing)?;
    // The secret of a real one could not be brought back.
    if let Some(own) = connections.stored.oauth_app(kind).map_err(failure)?
        && ApiBase::parse(&own.api_base).is_ok_and(|base| base.is_stripe())
    {
        let message = format!("a {} of your own is set already", kind.label());
        let refused = Failure::new(ErrorKind::Exists, message);
        return Err(refused.about(Field::Value).with_hint("remove it first, then try the sandbox's").into());
    }
    let app = blank_app(kind, client.client_id, client.redirect_uri, api_base.to_string());
    Ok(Json(keep_app(workbench, app, client.secret).await?))
}

/// Begins to ask for consent: waits for the answer, and gives the page to open.
#[utoipa::path(post, path = "/oauth/grants", request_body = NewGrant, responses((status = 200, body = GrantInfo)))]
async fn begin_grant(
    State(workbench): State<Arc<Workbench>>,
    Body(new): Body<NewGrant>,
) -> Result<Json<GrantInfo>, Refusal> {
    let replaced = match new.replaces.as_deref() {
        Some(id) => Some(workbench.connections.stored_record(id)?),
        None => None,
    };
    let wanted = Wanted { kind: new.kind.into(), name: new.name, replaced };
    Ok(Json(GrantInfo::of(&*workbench.ask_for_grant(wanted).await?)))
}

/// How far a request for consent is.
#[utoipa::path(
    get,
    path = "/oauth/grants/{id}",
    params(("id" = String, Path)),
    responses((status = 200, body = GrantInfo))
)]
async fn read_grant(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<Json<GrantInfo>, Refusal> {
    Ok(Json(GrantInfo::of(&*workbench.grants.find(&id)?)))
}

/// Waits for the answer no longer.
#[utoipa::path(
    delete,
    path = "/oauth/grants/{id}",
    params(("id" = String, Path)),
    responses((status = 200, body = GrantInfo))
)]
async fn cancel_grant(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<Json<GrantInfo>, Refusal> {
    Ok(Json(GrantInfo::of(&*workbench.grants.cancel(&id)?)))
}

/// Takes a code, or the address that Stripe's page led to, from a person's hand.
#[utoipa::path(
    post,
    path = "/oauth/grants/{id}/answer",
    params(("id" = String, Path)),
    request_body = PastedAnswer,
    responses((status = 200, body = GrantInfo))
)]
async fn answer_grant(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
    Body(answer): Body<PastedAnswer>,
) -> Result<Json<GrantInfo>, Refusal> {
    Ok(Json(GrantInfo::of(&*workbench.paste_answer(&id, &answer.text)?)))
}
