//! What a run has done so far, for people to watch. Cheap to update, read whenever the reader likes.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pinstripe_client::Client;

/// Counts of one run, shared between the run and whoever shows them.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    rows: AtomicU64,
    retries: AtomicU64,
    /// How far into the past the walk has come, Unix seconds; `i64::MAX` before the first row.
    reached: AtomicI64,
    /// The newest row seen, Unix seconds; `i64::MIN` before the first.
    newest: AtomicI64,
    from: AtomicI64,
}

/// The counts at one moment.
#[derive(Debug, Clone, Copy)]
pub struct ProgressSnapshot {
    pub rows: u64,
    pub requests: u64,
    pub retries: u64,
    pub refused: u64,
    pub bytes: u64,
    pub elapsed: Duration,
    /// Share of the date range that is covered, from 0 to 1, where the range has a beginning.
    pub covered: Option<f64>,
}

impl Default for Progress {
    fn default() -> Self {
        Progress {
            started: Instant::now(),
            rows: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            reached: AtomicI64::new(i64::MAX),
            newest: AtomicI64::new(i64::MIN),
            from: AtomicI64::new(i64::MIN),
        }
    }
}

impl Progress {
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    pub(crate) fn begin(&self, from: Option<i64>) {
        self.from.store(from.unwrap_or(i64::MIN), Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn page(&self, rows: u64, oldest: Option<i64>, newest: Option<i64>) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
        if let Some(oldest) = oldest {
            self.reached.fetch_min(oldest, Ordering::Relaxed);
        }
        if let Some(newest) = newest {
            self.newest.fetch_max(newest, Ordering::Relaxed);
        }
    }

    pub fn snapshot(&self, client: &Client) -> ProgressSnapshot {
        let (from, reached, newest) = (
            self.from.load(Ordering::Relaxed),
            self.reached.load(Ordering::Relaxed),
            self.newest.load(Ordering::Relaxed),
        );
        let covered = (from != i64::MIN && reached <= newest && newest > from)
            .then(|| ((newest - reached) as f64 / (newest - from) as f64).clamp(0.0, 1.0));
        ProgressSnapshot {
            rows: self.rows(),
            requests: client.traffic().requests(),
            retries: self.retries(),
            refused: client.traffic().refused(),
            bytes: client.traffic().bytes(),
            elapsed: self.started.elapsed(),
            covered,
        }
    }
}

impl ProgressSnapshot {
    pub fn rows_per_second(&self) -> f64 {
        self.rows as f64 / self.elapsed.as_secs_f64().max(0.001)
    }

    /// Time left, judged by the share of the date range that is covered.
    pub fn time_left(&self) -> Option<Duration> {
        let covered = self.covered.filter(|covered| *covered > 0.02)?;
        Some(self.elapsed.mul_f64((1.0 - covered) / covered))
    }
}
