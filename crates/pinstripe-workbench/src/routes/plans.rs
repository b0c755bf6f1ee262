//! What an import would ask, without asking; and its first rows, with nothing stored.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use pinstripe_import::{CancellationToken, preview};
use pinstripe_library::Failure;
use pinstripe_library::cell::Cell;
use pinstripe_library::column::Column;
use pinstripe_library::looking::preview_rows;
use pinstripe_query::date_range::{time_zone, zone_name};
use pinstripe_query::{AccountChoice, RequestPlan};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Routes, instant};
use crate::input::Body;
use crate::refusal::Refusal;
use crate::request::ImportRequest;
use crate::workbench::Workbench;

/// Rows that a preview shows.
const PREVIEW_ROWS: u64 = 100;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(make_plan)).routes(routes!(make_preview))
}

/// What Stripe would be asked for, and what would be filtered here.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanInfo {
    pub sentence: String,
    /// The beginning of the date range; `null` is everything.
    pub from: Option<String>,
    /// Its end: the cut-off where the range is open.
    pub to: String,
    /// The same for people, with the time zone.
    pub from_text: Option<String>,
    pub to_text: String,
    pub filtered_here: Vec<String>,
    pub sent: Vec<String>,
    pub estimated_requests: Option<u64>,
    pub estimated_rows: Option<u64>,
    /// Where the estimate is from, in a sentence.
    pub estimate_basis: Option<String>,
    pub notes: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct PreviewResult {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// Objects that were looked at to find them.
    objects: u64,
    /// Whether the list goes on after them.
    has_more: bool,
    plan: PlanInfo,
    requests: u64,
}

/// The instants of a plan's date range: a range with an end goes up to it.
pub(crate) fn ends(plan: &RequestPlan) -> (Option<i64>, i64) {
    let narrowed = plan.date_field == "created";
    let from = if narrowed { plan.range.from } else { plan.dates.from };
    let until = if narrowed { plan.range.until } else { plan.dates.until };
    // Only what is created cannot be in the future.
    let to = until.map_or(plan.cut_off, |until| if narrowed { until.min(plan.cut_off) } else { until });
    (from, to)
}

fn sent(plan: &RequestPlan) -> Vec<String> {
    let mut sent: Vec<String> = Vec::new();
    if let Some(search) = &plan.search {
        sent.push(format!("Search for {search}"));
        return sent;
    }
    let bounds = [("created[gte]", plan.range.from), ("created[lt]", plan.range.until)];
    sent.extend(bounds.iter().filter_map(|(name, second)| second.map(|second| format!("{name}={second}"))));
    sent.extend(plan.parameters.iter().map(|(name, value)| format!("{name}={value}")));
    sent.extend(plan.expand.iter().map(|path| format!("expand[]=data.{path}")));
    sent
}

/// What people should know before they import.
fn notes(plan: &RequestPlan) -> Vec<String> {
    let Ok(data_type) = pinstripe_catalog::catalog().data_type(&plan.data_type) else { return Vec::new() };
    let mut notes: Vec<String> = data_type
        .completeness
        .iter()
        .filter(|note| plan.parameters.iter().all(|(name, _)| *name != note.parameter))
        .map(|note| match &note.value {
            Some(value) => format!("{}; {}={value} in the query brings them", note.note, note.parameter),
            None => note.note.clone(),
        })
        .collect();
    if data_type.schema_unknown {
        notes.push("this list is newer than the catalog: most of its fields are kept in `extra`".to_owned());
    }
    if plan.search.is_some() {
        notes.push("Stripe's Search lags behind, by a minute and at times by an hour".to_owned());
    }
    notes
}

impl PlanInfo {
    async fn of(workbench: &Workbench, account: Option<&str>, plan: &RequestPlan) -> PlanInfo {
        let zone = time_zone(Some(&plan.time_zone)).unwrap_or(TimeZone::UTC);
        let text = |second: i64| match jiff::Timestamp::from_second(second) {
            Ok(instant) => {
                let local = instant.to_zoned(zone.clone());
                format!("{} {}", local.strftime("%Y-%m-%d %H:%M"), zone_name(&zone))
            }
            Err(_) => second.to_string(),
        };
        let (from, to) = ends(plan);
        let estimate = workbench.estimates.of(&workbench.library, account, plan).await;
        PlanInfo {
            sentence: plan.sentence(),
            from: from.map(instant),
            to: instant(to),
            from_text: from.map(text),
            to_text: text(to),
            filtered_here: plan.filters.iter().map(|filter| filter.text.clone()).collect(),
            sent: sent(plan),
            estimated_requests: estimate.as_ref().map(|estimate| estimate.requests()),
            // How many of them meet conditions only reading them tells.
            estimated_rows: estimate
                .as_ref()
                .map(|estimate| estimate.objects)
                .filter(|_| plan.filters.is_empty()),
            estimate_basis: estimate.map(|estimate| estimate.basis),
            notes: notes(plan),
        }
    }
}

/// What an import would ask. Stripe is asked nothing.
#[utoipa::path(post, path = "/plan", request_body = ImportRequest, responses((status = 200, body = PlanInfo)))]
async fn make_plan(
    State(workbench): State<Arc<Workbench>>,
    Body(request): Body<ImportRequest>,
) -> Result<Json<PlanInfo>, Refusal> {
    let plan = request.plan()?;
    Ok(Json(PlanInfo::of(&workbench, request.connection.as_deref(), &plan).await))
}

/// The first rows, with every column: those that are left out are shown too, so that they can be
/// taken in again.
#[utoipa::path(post, path = "/preview", request_body = ImportRequest, responses((status = 200, body = PreviewResult)))]
async fn make_preview(
    State(workbench): State<Arc<Workbench>>,
    Body(request): Body<ImportRequest>,
) -> Result<Json<PreviewResult>, Refusal> {
    let plan = RequestPlan { left_out: Vec::new(), ..request.plan()? };
    let connection = workbench.connections.chosen(request.connection.as_deref()).await?;
    let only = plan.accounts.as_ref().map(AccountChoice::only).transpose().map_err(Failure::from)?.flatten();
    let client = only.map_or_else(|| connection.client.clone(), |only| connection.client.for_account(only));
    let client = client.with_own_traffic();
    // A page that is closed drops this, and the request with it.
    let found = preview(&client, &plan, PREVIEW_ROWS, &CancellationToken::new()).await?;
    if only.is_none() {
        workbench.estimates.note(&connection.info.id, &plan, &found);
    }
    let (columns, rows) = preview_rows(&found, &plan)?;
    Ok(Json(PreviewResult {
        columns,
        rows,
        objects: found.objects,
        has_more: found.has_more,
        plan: PlanInfo::of(&workbench, Some(&connection.info.id), &plan).await,
        requests: client.traffic().requests(),
    }))
}
