//! Imports that are begun from the page: a new one, a frame's own once more, a run that ended early
//! gone on with. Each answers at once; the import goes on by itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pinstripe_library::{Failure, FrameKind, FrameName, LibraryError, RunState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Routes;
use crate::imports::Started;
use crate::input::{Body, Path};
use crate::refusal::Refusal;
use crate::request::{ImportRequest, made_anew};
use crate::workbench::Workbench;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(start_import))
        .routes(routes!(refresh_frame))
        .routes(routes!(continue_run))
}

#[derive(Deserialize, ToSchema)]
struct StartImport {
    /// Of the frame.
    name: String,
    request: ImportRequest,
    /// A frame of that name may be replaced.
    replace: bool,
    /// Begin anew, even where an earlier run could be gone on with.
    restart: bool,
}

/// An import that has begun.
#[derive(Serialize, ToSchema)]
struct ImportStarted {
    run_id: String,
    frame: String,
}

type Answer = Result<(StatusCode, Json<ImportStarted>), Refusal>;

fn accepted(started: Started) -> Answer {
    let Started { run_id, frame } = started;
    Ok((StatusCode::ACCEPTED, Json(ImportStarted { run_id, frame })))
}

/// Begins an import. What is wrong with the request is said at once.
#[utoipa::path(
    post,
    path = "/imports",
    request_body = StartImport,
    responses((status = 202, body = ImportStarted))
)]
async fn start_import(State(workbench): State<Arc<Workbench>>, Body(new): Body<StartImport>) -> Answer {
    let name = FrameName::parse(&new.name)?;
    let plan = new.request.plan()?;
    let connection = workbench.connections.chosen(new.request.connection.as_deref()).await?;
    if !new.replace
        && let Ok(existing) = workbench.library.frame(name.as_str())
    {
        return Err(LibraryError::FrameExists { name: existing.name }.into());
    }
    accepted(workbench.start_import(connection, plan, name, new.restart).await?)
}

/// Imports a frame's own definition once more, its date range reckoned from now.
#[utoipa::path(
    post,
    path = "/frames/{name}/refresh",
    params(("name" = String, Path)),
    responses((status = 202, body = ImportStarted))
)]
async fn refresh_frame(State(workbench): State<Arc<Workbench>>, Path(name): Path<String>) -> Answer {
    let frame = workbench.library.frame(&name)?;
    if frame.kind == FrameKind::Sql {
        let frame = workbench.library.refresh_query(&frame.name).await?;
        let runs = workbench.library.runs(Some(&frame))?;
        let run_id = runs.into_iter().next().map(|run| run.id).unwrap_or_default();
        return accepted(Started { run_id, frame: frame.name });
    }
    if frame.kind == FrameKind::View {
        let message = format!("`{}` is a view: it always shows the rows of now", frame.name);
        return Err(Failure::user(message).into());
    }
    let plan = made_anew(&frame.plan)?;
    let connection = workbench.connections.of(&frame.source).await?;
    let name = FrameName::parse(&frame.name)?;
    accepted(workbench.start_import(connection, plan, name, false).await?)
}

/// Goes on with a run that ended early: what it had brought is not asked for again.
#[utoipa::path(
    post,
    path = "/runs/{id}/continue",
    params(("id" = String, Path)),
    responses((status = 202, body = ImportStarted))
)]
async fn continue_run(State(workbench): State<Arc<Workbench>>, Path(id): Path<String>) -> Answer {
    let run = workbench.library.run(&id)?;
    if !matches!(run.state, RunState::Failed | RunState::Stopped) || run.plan.data_type.is_empty() {
        return Err(Failure::user("this run did not end early, so there is nothing to go on with").into());
    }
    let plan = made_anew(&run.plan)?;
    let connection = workbench.connections.of(&run.source).await?;
    let name = FrameName::parse(&run.frame)?;
    accepted(workbench.start_import(connection, plan, name, false).await?)
}
