//! A whole import in virtual time: processes that begin, die and go on in the same folder until one
//! comes to its end. Everything runs on one thread with a paused clock, so that a seed gives the
//! same import every time. Read next: `truth`, which judges what came of it.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use pinstripe_client::{ApiBase, ApiKey, Client, ClientOptions, Exchange};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::scenario::{End, Life, Scenario};
use super::server::{Asked, Server};
use crate::drive::{Brought, Drive, OUTDATED};
use crate::error::ImportError;
use crate::fetch::Fetcher;
use crate::journal::{Entry, Journal, has_journal};
use crate::progress::Progress;
use crate::record::{Recorder, Staged};
use crate::run::{STEP_QUEUE, bring, row_schema};
use crate::stage::{RowsOf, Stager};

/// Virtual time in which any process ends by itself: tries of two minutes each, many times over.
const LIFE_MAX: Duration = Duration::from_secs(24 * 3600);

/// Pages that are read at the same time, at most.
const READ_AT_ONCE: u64 = 100;

/// An import that came to its end.
pub(crate) struct Ended {
    pub brought: Brought,
    pub staged: Staged,
    /// What `progress` told: rows, and those of earlier runs among them.
    pub told_rows: (u64, u64),
    /// When the first of the pages that are staged was drawn up; not after that.
    pub first_page_ms: u64,
    pub end_ms: u64,
    pub asked: Asked,
    /// Stands for every request and its time.
    pub trace: u64,
    /// Pages with rows that were read in vain, because a process ended or its journal was torn.
    pub lost_pages: u64,
}

/// What became of one process.
enum Outcome {
    Done(Brought, Staged),
    Failed(ImportError),
    /// With so many requests under way.
    Killed(u64),
}

/// What a journal holds.
#[derive(Debug, Default, Clone, Copy)]
struct Kept {
    pages: u64,
    pages_with_rows: u64,
}

struct Process<'import> {
    scenario: &'import Scenario,
    server: &'import Arc<Server>,
    folder: &'import Path,
    progress: Progress,
    cancel: CancellationToken,
}

/// Runs a scenario to its end. `None` where a liar was found out.
pub(crate) fn import(scenario: &Scenario, seed: u64, folder: &Path) -> Option<Ended> {
    // The importer's own dice: the jitter of waits, the start of the limits.
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let Scenario { world, faults, liar, wiped_pages, .. } = scenario;
        let server = Server::new(world.clone(), faults.clone(), *liar, *wiped_pages, seed);
        live(scenario, &Arc::new(server), folder, seed).await
    })
}

/// One process after the other. The last of them meets no faults, and must come through.
async fn live(scenario: &Scenario, server: &Arc<Server>, folder: &Path, seed: u64) -> Option<Ended> {
    let mut rng = Rng::with_seed(!seed);
    let (mut first_page_ms, mut lost_pages, mut kept) = (None, 0, Kept::default());
    for number in 0..scenario.lives.len() + 2 {
        let life = scenario.lives.get(number).copied().unwrap_or_else(Life::last);
        let is_last = number > scenario.lives.len();
        let answered_before = server.asked().pages;
        server.begin_run(!is_last, life.server_clock_off);
        let process = Process::new(scenario, server, folder);
        let outcome = process.run(life.end).await;
        if kept.pages == 0 {
            first_page_ms = server.asked().first_page_ms;
        }
        let answered = server.asked().pages - answered_before;
        match outcome {
            Outcome::Done(brought, staged) => {
                return Some(Ended {
                    brought,
                    staged,
                    told_rows: (process.progress.rows(), process.progress.kept_rows()),
                    first_page_ms: first_page_ms.unwrap(),
                    end_ms: server.now_ms(),
                    asked: server.asked(),
                    trace: server.trace(),
                    lost_pages,
                });
            }
            Outcome::Failed(ImportError::Inconsistent { .. }) if scenario.liar.is_some() => return None,
            // So much is gone since an earlier life that it is better begun anew.
            Outcome::Failed(ImportError::Inconsistent { problem, .. })
                if problem == OUTDATED && kept.pages_with_rows > 0 =>
            {
                return None;
            }
            Outcome::Failed(error) => {
                let stopped = matches!(error, ImportError::Stopped) && matches!(life.end, End::Stopped(_));
                let faulted = matches!(error, ImportError::Request { .. } | ImportError::Page { .. });
                assert!(stopped || (faulted && !is_last && !scenario.faults.never_fail()), "{error:?}");
            }
            Outcome::Killed(under_way) => {
                let lost = kept.pages_with_rows + answered - look_at(folder).pages_with_rows;
                // A page whose nested lists are being completed has been read, and is not done with.
                let completing = if scenario.has_long_lists { READ_AT_ONCE } else { 0 };
                let queued = if scenario.disk_ms > 0 { STEP_QUEUE as u64 + 2 } else { 0 };
                assert!(
                    lost <= under_way + queued + completing + 1,
                    "{lost} pages lost, {under_way} under way"
                );
            }
        }
        clear(folder, life, &mut rng);
        let before = kept.pages_with_rows + answered;
        kept = look_at(folder);
        lost_pages += before - kept.pages_with_rows;
        tokio::time::sleep(Duration::from_millis(life.pause_ms)).await;
    }
    None
}

impl Process<'_> {
    fn new<'import>(
        scenario: &'import Scenario,
        server: &'import Arc<Server>,
        folder: &'import Path,
    ) -> Process<'import> {
        let (progress, cancel) = (Progress::default(), CancellationToken::new());
        Process { scenario, server, folder, progress, cancel }
    }

    async fn run(&self, end: End) -> Outcome {
        let mut whole = pin!(tokio::time::timeout(LIFE_MAX, self.import()));
        let (after_ms, is_killed) = match end {
            End::Killed(after_ms) => (after_ms, true),
            End::Stopped(after_ms) => (after_ms, false),
            End::Free => (u64::MAX >> 20, false),
        };
        let ended = tokio::select! {
            biased;
            ended = &mut whole => ended,
            () = tokio::time::sleep(Duration::from_millis(after_ms)) => {
                if is_killed {
                    return Outcome::Killed(self.server.asked().under_way);
                }
                self.cancel.cancel();
                whole.await
            }
        };
        match ended.expect("a process ends by itself") {
            Ok((brought, staged)) => Outcome::Done(brought, staged),
            Err(error) => Outcome::Failed(error),
        }
    }

    /// What `crate::import` does, but for the thread that writes: the paused clock would not wait
    /// for it.
    async fn import(&self) -> Result<(Brought, Staged), ImportError> {
        let plan = &self.scenario.plan;
        let (data_type, row_schema) = row_schema(plan)?;
        let options = ClientOptions::new(ApiBase::stripe(), ApiKey::parse("rk_test_simulated").unwrap());
        let client = Client::with_exchange(options, Arc::clone(self.server) as Arc<dyn Exchange>);
        let fetcher = Fetcher::new(&client, data_type, &self.progress, &self.cancel);
        let entries = Journal::open(self.folder)?;
        let drive = Drive::new(&fetcher, plan, data_type, row_schema.clone());
        let (steps, mut taken) = mpsc::channel(STEP_QUEUE);
        let mut recorder = Recorder::new(Stager::new(
            self.folder.to_owned(),
            RowsOf { row_schema, left_out: plan.left_out.clone(), account: None },
        ));
        let recording = async {
            while let Some(step) = taken.recv().await {
                if self.scenario.disk_ms > 0 {
                    tokio::time::sleep(Duration::from_millis(self.scenario.disk_ms)).await;
                }
                recorder.take(step)?;
            }
            recorder.finish()
        };
        let bringing = bring(drive, entries, &self.progress, &self.cancel, steps);
        let (brought, staged) = futures::join!(bringing, recording);
        let staged = staged?;
        Ok((brought?, staged.expect("an import that ends well has staged its rows")))
    }
}

/// What a death leaves: the journal, maybe without its end, and no Parquet files.
fn clear(folder: &Path, life: Life, rng: &mut Rng) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "parquet") {
            std::fs::remove_file(path).unwrap();
        } else if life.is_torn {
            let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(rng.u64(0..=path.metadata().unwrap().len())).unwrap();
        }
    }
}

fn look_at(folder: &Path) -> Kept {
    let mut kept = Kept::default();
    if !has_journal(folder) {
        return kept;
    }
    let mut entries = Journal::open(folder).unwrap();
    while let Some((entry, body)) = entries.next() {
        if matches!(entry, Entry::Page { .. }) {
            kept.pages += 1;
            kept.pages_with_rows += u64::from(has_rows(&body));
        }
    }
    kept
}

/// Whether a list's body has an object.
pub(crate) fn has_rows(body: &[u8]) -> bool {
    body.windows(4).any(|part| part == br#""id""#)
}
