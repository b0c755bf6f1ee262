//! Runs under way, for everybody who has the library open: each writes how far it is into its
//! folder, twice a second, and stops when it finds a file there that asks it to. So one program
//! shows and stops the runs of another; nothing else passes between them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use pinstripe_client::Client;
use pinstripe_import::{CancellationToken, Progress, ProgressSnapshot};

use crate::error::LibraryError;
use crate::ledger::{RunRecord, RunState};
use crate::library::Library;
use crate::staging;

const PROGRESS: &str = "progress.json";
/// A name of its own until it is whole: nobody reads half a file.
const UNFINISHED: &str = "progress.json.new";
const STOP: &str = "stop";
const SHOW_EVERY: Duration = Duration::from_millis(500);
const LISTEN_EVERY: Duration = Duration::from_millis(100);

/// A run that some program is at, and how far it is.
#[derive(Debug, Clone)]
pub struct RunUnderWay {
    pub run: RunRecord,
    /// None in its first moments.
    pub progress: Option<ProgressSnapshot>,
}

/// How far a run was when it last said so.
#[derive(Debug)]
pub(crate) struct LastSeen {
    /// Unix seconds.
    pub at: i64,
    pub progress: ProgressSnapshot,
}

impl Library {
    /// Runs under way, newest first, whichever program is at them.
    pub fn under_way(&self) -> Result<Vec<RunUnderWay>, LibraryError> {
        let running = self.ledger().running()?;
        let mut found = Vec::with_capacity(running.len());
        for run in running {
            if staging::is_held(self.root(), &run.id) {
                let progress = read(&self.root().join("staging").join(&run.id));
                found.push(RunUnderWay { run, progress });
            } else {
                // Its program is gone, or it ended since.
                let seen = last_seen(&self.root().join("staging").join(&run.id));
                self.ledger().note_killed(&run.id, seen.as_ref())?;
            }
        }
        Ok(found)
    }

    /// Runs that ended at this second or later, newest first.
    pub fn ended_since(&self, second: i64) -> Result<Vec<RunRecord>, LibraryError> {
        self.ledger().ended_since(second)
    }

    /// The newest run of each frame, by the frame's number.
    pub fn newest_runs(&self) -> Result<HashMap<i64, RunRecord>, LibraryError> {
        self.ledger().newest_runs()
    }

    /// Differs when anything in the library was noted since, by this program or by another.
    pub fn changes(&self) -> Result<(i64, u64), LibraryError> {
        self.ledger().changes()
    }

    /// A run by its id.
    pub fn run(&self, id: &str) -> Result<RunRecord, LibraryError> {
        self.ledger().run(id)?.ok_or_else(|| LibraryError::NoSuchRun { id: id.to_owned() })
    }

    /// Asks a run to stop, whichever program is at it; it does within a moment. One that has ended
    /// needs no stopping.
    pub fn ask_to_stop(&self, id: &str) -> Result<(), LibraryError> {
        self.run(id)?;
        if !staging::is_held(self.root(), id) {
            return Ok(());
        }
        let file = self.root().join("staging").join(id).join(STOP);
        match fs::write(&file, b"") {
            // It ended meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            written => written.map_err(LibraryError::file("write", &file)),
        }
    }

    /// Whether the next import of the same goes on with what this run had brought.
    pub fn can_go_on(&self, run: &RunRecord) -> bool {
        matches!(run.state, RunState::Failed | RunState::Stopped)
            && staging::is_left(self.root(), &run.id, jiff::Timestamp::now().as_second())
    }
}

/// Shows how far a run is, and listens for being asked to stop, as long as it is polled.
pub(crate) async fn show_and_listen(
    folder: &Path,
    client: &Client,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Infallible {
    let mut shown: Option<Instant> = None;
    let mut tick = tokio::time::interval(LISTEN_EVERY);
    loop {
        if shown.is_none_or(|shown| shown.elapsed() >= SHOW_EVERY) {
            write(folder, &progress.snapshot(client));
            shown = Some(Instant::now());
        }
        if !cancel.is_cancelled() && folder.join(STOP).exists() {
            cancel.cancel();
        }
        tick.tick().await;
    }
}

/// How far the run of a folder was when it last said so.
pub(crate) fn last_seen(folder: &Path) -> Option<LastSeen> {
    let progress = read(folder)?;
    let written = folder.join(PROGRESS).metadata().and_then(|metadata| metadata.modified()).ok()?;
    let at = jiff::Timestamp::try_from(written).ok()?.as_second();
    Some(LastSeen { at, progress })
}

/// Takes away what an earlier run left here for people to see.
pub(crate) fn forget(folder: &Path) {
    for name in [PROGRESS, UNFINISHED, STOP] {
        let _ = fs::remove_file(folder.join(name));
    }
}

/// Not being able to show how far it is must not end a run.
fn write(folder: &Path, snapshot: &ProgressSnapshot) {
    let Ok(text) = serde_json::to_vec(snapshot) else { return };
    let unfinished = folder.join(UNFINISHED);
    let written = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, folder.join(PROGRESS)));
    if let Err(error) = written {
        tracing::debug!(%error, "how far the run is could not be written");
    }
}

fn read(folder: &Path) -> Option<ProgressSnapshot> {
    serde_json::from_slice(&fs::read(folder.join(PROGRESS)).ok()?).ok()
}
