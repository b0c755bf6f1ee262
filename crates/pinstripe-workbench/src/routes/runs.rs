//! Runs of imports: those under way with how far they are, and those that ended. Of this program
//! and of every other that has the library open.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pinstripe_import::{MissingAccount, ProgressSnapshot};
use pinstripe_library::{Failure, RunRecord, RunState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accounts::MissingAccountInfo;
use super::plans::ends;
use super::{Routes, instant};
use crate::imports::blocking;
use crate::input::{Path, Query};
use crate::refusal::{Refusal, for_the_page};
use crate::workbench::Workbench;

const RUNS: usize = 100;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(list_runs)).routes(routes!(cancel_run))
}

/// One run of an import.
#[derive(Serialize, ToSchema)]
pub(crate) struct Run {
    pub id: String,
    pub frame: String,
    pub data_type: String,
    pub connection: Option<String>,
    pub state: RunStateName,
    pub started_at: String,
    pub finished_at: Option<String>,
    pub seconds: f64,
    pub rows: u64,
    /// Rows among them that an earlier run had brought.
    pub kept_rows: u64,
    pub objects: u64,
    pub requests: u64,
    pub retries: u64,
    pub refused: u64,
    pub bytes: u64,
    /// The version it made.
    pub version: Option<i64>,
    pub error: Option<String>,
    pub hint: Option<String>,
    /// What was asked for.
    pub sentence: String,
    pub from: Option<String>,
    pub to: Option<String>,
    /// Of the date range, from 0 to 1, while it runs.
    pub share: Option<f64>,
    pub rows_per_second: Option<f64>,
    pub seconds_left: Option<f64>,
    /// The next import goes on with what it had brought.
    pub can_continue: bool,
    pub can_cancel: bool,
    pub from_command_line: bool,
    pub notes: Vec<String>,
    /// Accounts of a platform that were chosen, where accounts were.
    pub accounts: Option<u64>,
    /// Accounts among them whose rows are not here.
    pub missing_accounts: Vec<MissingAccountInfo>,
    /// Accounts that have been read, while it runs.
    pub accounts_done: Option<u64>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunStateName {
    Running,
    Done,
    Failed,
    Stopped,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunsAsked {
    /// Of this frame only.
    frame: Option<String>,
    /// At most so many.
    limit: Option<usize>,
}

impl Run {
    /// A run as the page shows it; `progress` where it is under way.
    pub fn of(workbench: &Workbench, run: RunRecord, progress: Option<ProgressSnapshot>) -> Run {
        let running = run.state == RunState::Running;
        let (from, to) = ends(&run.plan);
        let can_continue = workbench.library.can_go_on(&run);
        let since = (jiff::Timestamp::now().as_second() - run.started_at).max(0) as f64;
        let sentence = run.sentence();
        let missing = MissingAccount::sentence(&run.missing_accounts, run.accounts.unwrap_or_default());
        let mut shown = Run {
            state: match run.state {
                RunState::Running => RunStateName::Running,
                RunState::Done => RunStateName::Done,
                RunState::Failed => RunStateName::Failed,
                RunState::Stopped => RunStateName::Stopped,
            },
            data_type: run.plan.data_type.clone(),
            connection: run.source.connection,
            started_at: instant(run.started_at),
            finished_at: run.finished_at.map(instant),
            seconds: if running { since } else { run.seconds },
            rows: run.rows,
            kept_rows: run.kept_rows,
            objects: run.objects,
            requests: run.requests,
            retries: run.retries,
            refused: run.refused,
            bytes: run.bytes,
            version: run.version,
            error: run.error,
            hint: run.hint.as_deref().and_then(for_the_page),
            sentence,
            from: from.map(instant),
            to: Some(instant(to)),
            share: None,
            rows_per_second: None,
            seconds_left: None,
            can_continue,
            can_cancel: running,
            from_command_line: run.from_command_line,
            // What is missing comes before what is worth knowing.
            notes: missing.into_iter().chain(run.notes).collect(),
            accounts: run.accounts,
            missing_accounts: MissingAccountInfo::all(&run.missing_accounts),
            accounts_done: None,
            id: run.id,
            frame: run.frame,
        };
        if let Some(progress) = progress {
            shown.follow(&progress);
        } else if !running && shown.seconds > 0.0 {
            shown.rows_per_second = Some(shown.rows.saturating_sub(shown.kept_rows) as f64 / shown.seconds);
        }
        shown
    }

    fn follow(&mut self, progress: &ProgressSnapshot) {
        self.seconds = progress.elapsed.as_secs_f64();
        (self.rows, self.kept_rows, self.objects) = (progress.rows, progress.kept_rows, progress.objects);
        (self.requests, self.retries, self.refused) = (progress.requests, progress.retries, progress.refused);
        self.bytes = progress.bytes;
        self.share = progress.share;
        self.accounts = progress.accounts;
        self.accounts_done = progress.accounts.map(|_| progress.accounts_done);
        self.rows_per_second = Some(progress.rows_per_second());
        self.seconds_left = progress.time_left().map(|left| left.as_secs_f64());
    }
}

/// Runs, newest first.
#[utoipa::path(get, path = "/runs", params(RunsAsked), responses((status = 200, body = Vec<Run>)))]
async fn list_runs(
    State(workbench): State<Arc<Workbench>>,
    Query(asked): Query<RunsAsked>,
) -> Result<Json<Vec<Run>>, Refusal> {
    let runs = blocking(move || {
        let library = &workbench.library;
        // Also notes the end of runs whose program is gone.
        let under_way = library.under_way()?;
        let frame = asked.frame.as_deref().map(|name| (name, library.frame(name).ok()));
        let mut runs = library.runs(frame.as_ref().and_then(|(_, frame)| frame.as_ref()))?;
        if let Some((name, None)) = frame {
            // Its first import has not ended yet, or ended early.
            runs.retain(|run| run.frame.eq_ignore_ascii_case(name));
        }
        runs.truncate(asked.limit.unwrap_or(RUNS));
        let shown = runs.into_iter().map(|run| {
            let progress = under_way.iter().find(|other| other.run.id == run.id);
            Run::of(&workbench, run, progress.and_then(|other| other.progress))
        });
        Ok::<_, Failure>(shown.collect::<Vec<Run>>())
    });
    Ok(Json(runs.await?))
}

/// Stops a run, whichever program is at it. What had come is kept for the next one.
#[utoipa::path(post, path = "/runs/{id}/cancel", params(("id" = String, Path)), responses((status = 202)))]
async fn cancel_run(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    blocking(move || Ok(workbench.stop_import(&id)?)).await?;
    Ok(StatusCode::ACCEPTED)
}
