//! What a run has done so far, for people to watch. Cheap to update, read whenever the reader likes.

use std::sync::atomic::{AtomicU64, Ordering};
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
        }
    }
}

impl Progress {
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Rows that have come, those of an earlier run included.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Objects that Stripe sent, those of an earlier run included.
    pub fn objects(&self) -> u64 {
        self.objects.load(Ordering::Relaxed)
    }

    /// Rows that an earlier run had brought.
    pub fn kept_rows(&self) -> u64 {
        self.kept_rows.load(Ordering::Relaxed)
    }

    /// Pages that have come, those of an earlier run included.
    pub fn pages(&self) -> u64 {
        self.pages.load(Ordering::Relaxed)
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
        self.kept_rows.store(self.rows(), Ordering::Relaxed);
    }

    pub fn snapshot(&self, client: &Client) -> ProgressSnapshot {
        let (objects, left) =
            (self.objects.load(Ordering::Relaxed), self.expected_objects.load(Ordering::Relaxed));
        let share = (left != u64::MAX && objects > 0).then(|| objects as f64 / (objects + left) as f64);
        ProgressSnapshot {
            rows: self.rows(),
            kept_rows: self.kept_rows(),
            objects,
            requests: client.traffic().requests(),
            retries: self.retries(),
            refused: client.traffic().refused(),
            bytes: client.traffic().bytes(),
            elapsed: self.started.elapsed(),
            share,
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
