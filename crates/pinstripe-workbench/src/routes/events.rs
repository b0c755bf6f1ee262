//! What changes while the page is open, as a stream: runs under way twice a second, and word that
//! frames or connections are not what they were. The library is only looked at while somebody
//! listens; what other programs do is seen as what this one does.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use pinstripe_library::Failure;
use utoipa_axum::routes;

use super::Routes;
use super::runs::Run;
use crate::imports::blocking;
use crate::workbench::Workbench;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// So long a run that ended is still told of.
const ENDED_SECONDS: i64 = 10;

pub(crate) fn routes() -> Routes {
    Routes::default().routes(routes!(follow_events))
}

/// What one listener has been told.
struct Listener {
    workbench: Arc<Workbench>,
    tick: tokio::time::Interval,
    /// Frames and runs as they were noted last.
    noted: Option<(i64, u64)>,
    /// As its mark was last.
    connections: Option<u64>,
    /// Whether runs were told of last time: their end must be, too.
    had_runs: bool,
    waiting: Vec<Event>,
}

/// What a look at the library found.
struct Found {
    noted: (i64, u64),
    connections: u64,
    runs: Vec<Run>,
}

/// Events `runs` (those under way and those that just ended), `frames` and `connections` (ask again).
#[utoipa::path(
    get,
    path = "/events",
    responses((status = 200, body = Vec<Run>, content_type = "text/event-stream"))
)]
async fn follow_events(
    State(workbench): State<Arc<Workbench>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let listener =
        Listener { workbench, tick, noted: None, connections: None, had_runs: false, waiting: Vec::new() };
    let events = futures::stream::unfold(listener, |mut listener| async {
        loop {
            if let Some(event) = listener.waiting.pop() {
                return Some((Ok(event), listener));
            }
            listener.tick.tick().await;
            listener.look().await;
        }
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

impl Listener {
    async fn look(&mut self) {
        let workbench = Arc::clone(&self.workbench);
        // A library that cannot be read now is looked at again in a moment.
        let Ok(found) = blocking(move || find(&workbench)).await else { return };
        let connections = self.connections.replace(found.connections);
        if connections.is_some_and(|before| before != found.connections) {
            self.waiting.push(Event::default().event("connections").data("{}"));
        }
        let changed = self.noted.is_some_and(|noted| noted != found.noted);
        let first = self.noted.replace(found.noted).is_none();
        if changed {
            self.waiting.push(Event::default().event("frames").data("{}"));
        }
        if first || changed || self.had_runs || !found.runs.is_empty() {
            self.had_runs = !found.runs.is_empty();
            let text = serde_json::to_string(&found.runs).unwrap_or_else(|_| "[]".to_owned());
            // Told first: what waits last is sent first.
            self.waiting.push(Event::default().event("runs").data(text));
        }
    }
}

fn find(workbench: &Workbench) -> Result<Found, Failure> {
    let library = &workbench.library;
    let under_way = library.under_way()?;
    // Read after it: `under_way` may note the end of a run whose program is gone.
    let noted = library.changes()?;
    let ended = library.ended_since(jiff::Timestamp::now().as_second() - ENDED_SECONDS)?;
    let running = under_way.into_iter().map(|found| Run::of(workbench, found.run, found.progress));
    let mut runs: Vec<Run> = running.collect();
    for run in ended {
        if runs.iter().all(|known| known.id != run.id) {
            runs.push(Run::of(workbench, run, None));
        }
    }
    Ok(Found { noted, connections: workbench.connections.mark(), runs })
}
