//! One level of the limits, the account or an endpoint: its pace, how many requests are under way,
//! and the queue of those that wait. It waits; [`crate::pace`] and [`crate::concurrency`] decide.
//!
//! Only the first of a queue watches the clock. A future that is dropped while it waits leaves its
//! place in the queue and has taken nothing yet.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::concurrency::{Concurrency, Room};
use crate::gate::{Gate, Place};
use crate::pace::Pace;

/// The clock is looked at this often at least: a rate that rises brings turns nearer.
const LOOKS_EVERY: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(crate) struct Level {
    gate: Arc<Gate>,
    demand: Mutex<Demand>,
    /// Told when a request has ended.
    ended: Notify,
    state: Mutex<State>,
}

/// What is left to ask at this level.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Demand {
    /// Requests; `None` where nobody speaks for them.
    pub requests_left: Option<f64>,
    /// How far its turns have come among those of others: each adds as much less as more are left.
    pub pass: f64,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    concurrency: Concurrency,
}

/// What the first of a queue has to wait for.
enum Wait {
    Nothing,
    Time(Instant),
    End(Option<Instant>),
}

impl Level {
    /// `start`, from 0 to 1, is how much of one spacing the first turn is put off.
    pub fn new(rate: f64, start: f64, in_flight_max: usize) -> Level {
        let now = Instant::now();
        Level {
            gate: Arc::default(),
            demand: Mutex::default(),
            ended: Notify::new(),
            state: Mutex::new(State {
                pace: Pace::new(rate, start, now),
                concurrency: Concurrency::new(in_flight_max, now),
            }),
        }
    }

    /// Waits to be the first of the queue.
    pub async fn first(&self, urgency: f64) -> Place {
        self.gate.enter(urgency).await
    }

    /// Whether somebody more urgent came while the first of the queue waited.
    pub fn is_overtaken(&self, urgency: f64) -> bool {
        self.gate.is_overtaken(urgency)
    }

    pub fn demand(&self) -> Demand {
        *self.lock_demand()
    }

    pub fn change_demand(&self, change: impl FnOnce(&mut Demand)) {
        change(&mut self.lock_demand());
    }

    /// Waits until a turn is free; for the first of the queue alone.
    pub async fn free(&self) {
        loop {
            let now = Instant::now();
            let wait = self.state().wait(now);
            let soon = now + LOOKS_EVERY;
            match wait {
                Wait::Nothing => return,
                Wait::Time(at) => sleep_until(at.min(soon)).await,
                Wait::End(None) => self.ended.notified().await,
                Wait::End(Some(at)) => tokio::select! {
                    () = self.ended.notified() => {}
                    () = sleep_until(at) => {}
                },
            }
        }
    }

    /// How long a request that came now, so urgent, would wait.
    pub fn wait(&self, now: Instant, urgency: f64) -> Duration {
        let waiting = self.gate.ahead_of(urgency).min(u32::MAX as usize) as u32;
        let mut state = self.state();
        if state.concurrency.room(now) != Room::Free {
            return Duration::MAX;
        }
        let spacing = state.pace.spacing(now);
        state
            .pace
            .earliest(now)
            .saturating_duration_since(now)
            .saturating_add(spacing.saturating_mul(waiting))
    }

    pub fn spacing(&self, now: Instant) -> Duration {
        self.state().pace.spacing(now)
    }

    pub fn answered(&self) {
        self.state().pace.answered(Instant::now());
    }

    /// The rate was too high.
    pub fn refused_rate(&self) {
        self.state().pace.refused(Instant::now());
    }

    /// Too many requests were under way.
    pub fn refused_concurrency(&self) {
        self.state().concurrency.refused(Instant::now());
    }

    fn lock_demand(&self) -> MutexGuard<'_, Demand> {
        self.demand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait(&mut self, now: Instant) -> Wait {
        match self.concurrency.room(now) {
            Room::Full => return Wait::End(None),
            Room::FullUntil(at) => return Wait::End(Some(at)),
            Room::Free => {}
        }
        let earliest = self.pace.earliest(now);
        if earliest <= now { Wait::Nothing } else { Wait::Time(earliest) }
    }

    fn take(&mut self, now: Instant) {
        self.pace.take(now);
        self.concurrency.take();
    }
}

/// A request's turn: one place among those under way, at both levels, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    levels: [Arc<Level>; 2],
}

impl Turn {
    /// Takes a turn at both levels, or at neither where one is not free after all.
    pub(crate) fn take(endpoint: &Arc<Level>, account: &Arc<Level>) -> Option<Turn> {
        let now = Instant::now();
        let (mut at_endpoint, mut at_account) = (endpoint.state(), account.state());
        for state in [&mut at_endpoint, &mut at_account] {
            if !matches!(state.wait(now), Wait::Nothing) {
                return None;
            }
        }
        at_endpoint.take(now);
        at_account.take(now);
        Some(Turn { levels: [Arc::clone(endpoint), Arc::clone(account)] })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        for level in &self.levels {
            level.state().concurrency.give_back();
            level.ended.notify_one();
        }
    }
}
