//! What a run has done so far, for people to watch. Cheap to update, read whenever the reader likes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pinstripe_client::Client;
use serde::{Deserialize, Serialize};

/// Counts of one run, shared between the run and whoever shows them.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    rows: AtomicU64,
    /// Rows among them that an earlier run had brought.
    kept_rows: AtomicU64,
    objects: AtomicU64,
    pages: AtomicU64,
    retries: AtomicU64,
    /// Objects that are believed to be left; `u64::MAX` while nothing is known.
    expected_objects: AtomicU64,
    accounts: Mutex<Accounts>,
}

/// The accounts of a run that reads several: each has counts of its own, which are summed up.
#[derive(Debug, Default)]
struct Accounts {
    total: u64,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    progress: Arc<Progress>,
    done: bool,
}

/// The counts at one moment.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ProgressSnapshot {
    pub rows: u64,
    pub kept_rows: u64,
    /// Objects that Stripe sent; more than the rows where conditions are tested here.
    pub objects: u64,
    pub requests: u64,
    pub retries: u64,
    pub refused: u64,
    pub bytes: u64,
    pub elapsed: Duration,
    /// Share of the objects that has been read, from 0 to 1: a guess, where there is one.
    pub share: Option<f64>,
    /// Accounts that are read, where accounts were chosen.
    #[serde(default)]
    pub accounts: Option<u64>,
    /// Accounts among them that have been read, or cannot be.
    #[serde(default)]
    pub accounts_done: u64,
}

impl Default for Progress {
    fn default() -> Self {
        Progress {
            started: Instant::now(),
            rows: AtomicU64::new(0),
            kept_rows: AtomicU64::new(0),
            objects: AtomicU64::new(0),
            pages: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            expected_objects: AtomicU64::new(u64::MAX),
            accounts: Mutex::default(),
        }
    }
}

impl Progress {
    pub fn retries(&self) -> u64 {
        self.sum(&self.retries, Progress::retries)
    }

    /// Rows that have come, those of an earlier run included.
    pub fn rows(&self) -> u64 {
        self.sum(&self.rows, Progress::rows)
    }

    /// Objects that Stripe sent, those of an earlier run included.
    pub fn objects(&self) -> u64 {
        self.sum(&self.objects, Progress::objects)
    }

    /// Rows that an earlier run had brought.
    pub fn kept_rows(&self) -> u64 {
        self.sum(&self.kept_rows, Progress::kept_rows)
    }

    /// Pages that have come, those of an earlier run included.
    pub fn pages(&self) -> u64 {
        self.sum(&self.pages, Progress::pages)
    }

    fn sum(&self, own: &AtomicU64, of: fn(&Progress) -> u64) -> u64 {
        let parts: u64 = self.accounts().parts.iter().map(|part| of(&part.progress)).sum();
        own.load(Ordering::Relaxed) + parts
    }

    fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many accounts are about to be read.
    pub(crate) fn expect_accounts(&self, total: u64) {
        self.accounts().total = total;
    }

    /// The counts of one account, which count here too.
    pub(crate) fn of_account(&self) -> Arc<Progress> {
        let progress = Arc::new(Progress::default());
        self.accounts().parts.push(Part { progress: Arc::clone(&progress), done: false });
        progress
    }

    /// Nothing more comes of an account. The rows of one that cannot be read whole do not count.
    pub(crate) fn account_ended(&self, progress: &Arc<Progress>, whole: bool) {
        let mut accounts = self.accounts();
        for part in accounts.parts.iter_mut().filter(|part| Arc::ptr_eq(&part.progress, progress)) {
            part.done = true;
            if !whole {
                part.progress.rows.store(0, Ordering::Relaxed);
                part.progress.kept_rows.store(0, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn page(&self, objects: u64, rows: u64, expected_objects: Option<f64>) {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.objects.fetch_add(objects, Ordering::Relaxed);
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.expected_objects
            .store(expected_objects.map_or(u64::MAX, |objects| objects as u64), Ordering::Relaxed);
    }

    /// Everything so far was brought by an earlier run.
    pub(crate) fn keep(&self) {
        self.kept_rows.store(self.rows.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// A guess of the share that has been read: of the objects, or of accounts that are as large.
    fn share(&self) -> Option<f64> {
        let accounts = self.accounts();
        if accounts.total > 0 {
            let share = |part: &Part| if part.done { 1.0 } else { part.progress.share().unwrap_or(0.0) };
            return Some(accounts.parts.iter().map(share).sum::<f64>() / accounts.total as f64);
        }
        let (objects, left) =
            (self.objects.load(Ordering::Relaxed), self.expected_objects.load(Ordering::Relaxed));
        (left != u64::MAX && objects > 0).then(|| objects as f64 / (objects + left) as f64)
    }

    pub fn snapshot(&self, client: &Client) -> ProgressSnapshot {
        let (accounts, accounts_done) = {
            let accounts = self.accounts();
            let done = accounts.parts.iter().filter(|part| part.done).count() as u64;
            ((accounts.total > 0).then_some(accounts.total), done)
        };
        ProgressSnapshot {
            rows: self.rows(),
            kept_rows: self.kept_rows(),
            objects: self.objects(),
            requests: client.traffic().requests(),
            retries: self.retries(),
            refused: client.traffic().refused(),
            bytes: client.traffic().bytes(),
            elapsed: self.started.elapsed(),
            share: self.share(),
            accounts,
            accounts_done,
        }
    }
}

impl ProgressSnapshot {
    pub fn rows_per_second(&self) -> f64 {
        (self.rows - self.kept_rows.min(self.rows)) as f64 / self.elapsed.as_secs_f64().max(0.001)
    }

    /// Time left, judged by the share that has been read in the time so far.
    pub fn time_left(&self) -> Option<Duration> {
        let share = self.share.filter(|share| *share > 0.02 && self.kept_rows == 0)?;
        Some(self.elapsed.mul_f64((1.0 - share) / share))
    }
}
