//! The data frames: what the sidebar lists, their names, their removal and its undoing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pinstripe_catalog::catalog;
use pinstripe_library::{Failure, FrameKind, FrameName, FrameRecord, Library, RunRecord, RunState, Source};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::MissingAccountInfo;
use super::{Routes, instant};
use crate::imports::blocking;
use crate::input::{Body, Path};
use crate::refusal::Refusal;
use crate::request::ImportRequest;
use crate::workbench::Workbench;

/// A frame whose range has no end is stale after a day.
const STALE_SECONDS: i64 = 24 * 3600;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list_frames))
        .routes(routes!(read_frame, rename_frame, remove_frame))
        .routes(routes!(restore_frame))
}

/// A data frame.
#[derive(Serialize, ToSchema)]
pub(crate) struct Frame {
    pub name: String,
    pub kind: FrameKindName,
    pub data_type: Option<String>,
    pub data_type_label: Option<String>,
    pub rows: u64,
    pub columns: u64,
    /// `null` while its first import is under way.
    pub imported_at: Option<String>,
    pub state: FrameState,
    pub connection: Option<String>,
    /// Not Stripe itself, but a server that answers like it.
    pub sandbox: bool,
    pub version: i64,
    /// What was asked for.
    pub sentence: Option<String>,
    /// What to fill the import dialog with, to import it once more.
    pub request: Option<ImportRequest>,
    /// The query of a view, or of a frame that a query made.
    pub sql: Option<String>,
    pub time_zone: Option<String>,
    /// Of its newest run, when that failed.
    pub last_error: Option<String>,
    /// Accounts of a platform that were chosen, where accounts were.
    pub accounts: Option<u64>,
    /// Accounts among them whose rows are not here.
    pub missing_accounts: Vec<MissingAccountInfo>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FrameKindName {
    Import,
    Sql,
    View,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FrameState {
    Ready,
    Importing,
    Failed,
    Stale,
}

#[derive(Deserialize, ToSchema)]
struct NewName {
    name: String,
}

/// Brings a removed frame back.
#[derive(Serialize, ToSchema)]
struct Undo {
    undo: String,
}

impl Frame {
    /// A frame with what its newest run tells of it.
    pub fn of(library: &Library, frame: &FrameRecord) -> Result<Frame, Failure> {
        let newest = library.runs(Some(frame))?.into_iter().next();
        let importing = library.under_way()?.iter().any(|other| is_of(&other.run, frame));
        Ok(shown(frame, newest.as_ref(), importing))
    }
}

impl Frame {
    /// Names the connection it can be imported with now: a sandbox that was started anew answers at
    /// another address, and a key may not be here any more.
    fn connected(mut self, workbench: &Workbench, source: &Source) -> Frame {
        let known = workbench.connections.known_of(source);
        if let Some(request) = &mut self.request {
            request.connection = known.map(|(id, _)| id);
        }
        self
    }
}

fn is_of(run: &RunRecord, frame: &FrameRecord) -> bool {
    run.frame.eq_ignore_ascii_case(&frame.name)
}

fn shown(frame: &FrameRecord, newest: Option<&RunRecord>, importing: bool) -> Frame {
    let plan = &frame.plan;
    let imported = frame.kind == FrameKind::Import;
    let failed = newest.filter(|run| run.state == RunState::Failed);
    let open = plan.dates.until.is_none() && plan.range.until.is_none();
    let age = jiff::Timestamp::now().as_second() - frame.imported_at;
    let state = match (importing, failed) {
        (true, _) => FrameState::Importing,
        (false, Some(_)) => FrameState::Failed,
        (false, None) if imported && open && age > STALE_SECONDS => FrameState::Stale,
        (false, None) => FrameState::Ready,
    };
    let known = imported.then(|| plan.clone());
    let data_type = catalog().data_type(&frame.data_type).ok();
    Frame {
        name: frame.name.clone(),
        kind: match frame.kind {
            FrameKind::Import => FrameKindName::Import,
            FrameKind::Sql => FrameKindName::Sql,
            FrameKind::View => FrameKindName::View,
        },
        data_type: imported.then(|| frame.data_type.clone()),
        data_type_label: data_type.map(|data_type| data_type.label.clone()),
        rows: frame.rows,
        columns: frame.columns,
        imported_at: Some(instant(frame.imported_at)),
        state,
        connection: frame.source.connection.clone(),
        sandbox: frame.source.sandbox,
        version: frame.version,
        sentence: known.as_ref().map(|plan| plan.sentence()),
        request: known.as_ref().map(|plan| ImportRequest::of(plan, &frame.source)),
        sql: frame.sql.clone(),
        time_zone: known.map(|plan| plan.time_zone),
        last_error: failed.and_then(|run| run.error.clone()),
        accounts: frame.accounts,
        missing_accounts: MissingAccountInfo::all(&frame.missing_accounts),
    }
}

/// A frame that its first import is about to make.
fn coming(run: &RunRecord) -> Frame {
    let data_type = catalog().data_type(&run.plan.data_type).ok();
    Frame {
        name: run.frame.clone(),
        kind: FrameKindName::Import,
        data_type: Some(run.plan.data_type.clone()),
        data_type_label: data_type.map(|data_type| data_type.label.clone()),
        rows: 0,
        columns: 0,
        imported_at: None,
        state: FrameState::Importing,
        connection: run.source.connection.clone(),
        sandbox: run.source.sandbox,
        version: 0,
        sentence: Some(run.plan.sentence()),
        request: Some(ImportRequest::of(&run.plan, &run.source)),
        sql: None,
        time_zone: Some(run.plan.time_zone.clone()),
        last_error: None,
        accounts: None,
        missing_accounts: Vec::new(),
    }
}

fn all(workbench: &Workbench) -> Result<Vec<Frame>, Failure> {
    let library = &workbench.library;
    let under_way = library.under_way()?;
    let newest = library.newest_runs()?;
    let frames = library.frames()?;
    let mut all: Vec<Frame> = frames
        .iter()
        .map(|frame| {
            let importing = under_way.iter().any(|other| is_of(&other.run, frame));
            shown(frame, newest.get(&frame.id), importing).connected(workbench, &frame.source)
        })
        .collect();
    for other in &under_way {
        if !all.iter().any(|frame| frame.name.eq_ignore_ascii_case(&other.run.frame)) {
            all.push(coming(&other.run).connected(workbench, &other.run.source));
        }
    }
    all.sort_by_key(|frame| frame.name.to_lowercase());
    Ok(all)
}

/// Every frame by name, those that are being made among them.
#[utoipa::path(get, path = "/frames", responses((status = 200, body = Vec<Frame>)))]
async fn list_frames(State(workbench): State<Arc<Workbench>>) -> Result<Json<Vec<Frame>>, Refusal> {
    Ok(Json(blocking(move || all(&workbench)).await?))
}

/// One frame.
#[utoipa::path(get, path = "/frames/{name}", params(("name" = String, Path)), responses((status = 200, body = Frame)))]
async fn read_frame(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
) -> Result<Json<Frame>, Refusal> {
    let found = blocking(move || {
        let library = &workbench.library;
        let missing = match library.frame(&name) {
            Ok(frame) => return Ok(Frame::of(library, &frame)?.connected(&workbench, &frame.source)),
            Err(missing) => missing,
        };
        let under_way = library.under_way()?;
        let first = under_way.iter().find(|other| other.run.frame.eq_ignore_ascii_case(&name));
        let run = first.map(|other| &other.run).ok_or(missing)?;
        Ok(coming(run).connected(&workbench, &run.source))
    });
    Ok(Json(found.await?))
}

/// Gives a frame another name.
#[utoipa::path(
    patch,
    path = "/frames/{name}",
    params(("name" = String, Path)),
    request_body = NewName,
    responses((status = 200, body = Frame))
)]
async fn rename_frame(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
    Body(new): Body<NewName>,
) -> Result<Json<Frame>, Refusal> {
    let renamed = blocking(move || {
        let new_name = FrameName::parse(&new.name)?;
        let frame = workbench.library.rename(&name, &new_name)?;
        Ok(Frame::of(&workbench.library, &frame)?.connected(&workbench, &frame.source))
    });
    Ok(Json(renamed.await?))
}

/// Takes a frame out of the library, into its trash. An import into it is stopped.
#[utoipa::path(delete, path = "/frames/{name}", params(("name" = String, Path)), responses((status = 200, body = Undo)))]
async fn remove_frame(
    State(workbench): State<Arc<Workbench>>,
    Path(name): Path<String>,
) -> Result<Json<Undo>, Refusal> {
    let removed = blocking(move || {
        let library = &workbench.library;
        let frame = library.frame(&name)?;
        for other in library.under_way()?.iter().filter(|other| is_of(&other.run, &frame)) {
            workbench.stop_import(&other.run.id)?;
        }
        Ok(library.remove(&frame.name)?)
    });
    Ok(Json(Undo { undo: removed.await?.undo }))
}

/// Brings a removed frame back, with its versions and its runs.
#[utoipa::path(
    post,
    path = "/trash/{undo}/restore",
    params(("undo" = String, Path)),
    responses((status = 200, body = Frame))
)]
async fn restore_frame(
    State(workbench): State<Arc<Workbench>>,
    Path(undo): Path<String>,
) -> Result<Json<Frame>, Refusal> {
    let restored = blocking(move || {
        let frame = workbench.library.restore_removed(&undo)?;
        Ok(Frame::of(&workbench.library, &frame)?.connected(&workbench, &frame.source))
    });
    Ok(Json(restored.await?))
}
