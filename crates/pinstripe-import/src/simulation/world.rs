//! An account whose objects are made, changed and deleted while they are read. Nearly all of it is
//! drawn before anything is asked: the world is a function of time, and what was true when can be
//! looked up afterwards. It knows no requests; `server` answers those from it, and may delete what
//! it has just listed.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;

use super::distributions::Distribution;

/// The true second at which a simulation begins.
pub(crate) const START: i64 = 1_790_000_000;
/// What is made, changed or deleted while the list is read happens within this time.
const BUSY_MS: f64 = 120_000.0;
const ALIVE: u64 = u64::MAX;
/// Neighbours that are deleted at once are so within this time: between two pages.
const STRETCH_MS: f64 = 10_000.0;
/// Entries of a nested list that its object shows.
const NESTED_SHOWN: usize = 10;

#[derive(Debug)]
pub(crate) struct Object {
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    pub born_ms: u64,
    /// `ALIVE` while nothing has deleted it.
    died_ms: AtomicU64,
    /// Every amount it had, with the time from which on it had it.
    amounts: Vec<(u64, i64)>,
    /// Entries of its nested list, and of those that are left of it after a while.
    refunds: usize,
    shrunk: Option<(u64, usize)>,
}

#[derive(Debug)]
pub(crate) struct World {
    /// Oldest first.
    pub objects: Vec<Object>,
    places: HashMap<String, usize>,
}

/// What happens in a world while it is read: shares of its objects.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Bustle {
    pub made: f64,
    pub changed: f64,
    pub deleted: f64,
    /// How many times neighbours are deleted at once.
    pub stretches: usize,
    /// How many times all of a page is deleted as soon as it is listed, and with it every cursor.
    pub wiped_pages: u64,
    /// Share of the objects whose nested list is longer than what is shown of it.
    pub long_lists: f64,
}

impl Object {
    pub fn is_alive(&self, at_ms: u64) -> bool {
        self.born_ms <= at_ms && at_ms < self.died_ms()
    }

    pub fn died_ms(&self) -> u64 {
        self.died_ms.load(Ordering::Relaxed)
    }

    /// Deletes it at this time, where it has not gone before.
    pub fn delete(&self, at_ms: u64) {
        self.died_ms.fetch_min(at_ms, Ordering::Relaxed);
    }

    pub fn amount(&self, at_ms: u64) -> i64 {
        let reached = self.amounts.iter().rev().find(|(from_ms, _)| *from_ms <= at_ms);
        reached.unwrap_or(&self.amounts[0]).1
    }

    /// The amounts it had at some time between two.
    pub fn amounts(&self, from_ms: u64, to_ms: u64) -> Vec<i64> {
        let later = self.amounts.iter().filter(|(at_ms, _)| (from_ms..=to_ms).contains(at_ms));
        std::iter::once(self.amount(from_ms)).chain(later.map(|(_, amount)| *amount)).collect()
    }

    pub fn refunds(&self, at_ms: u64) -> usize {
        self.shrunk.filter(|(from_ms, _)| *from_ms <= at_ms).map_or(self.refunds, |(_, left)| left)
    }

    pub fn write(&self, at_ms: u64, body: &mut String) {
        let Object { id, created, .. } = self;
        let refunds = self.refunds(at_ms);
        let amount = self.amount(at_ms);
        let _ = write!(
            body,
            r#"{{"id":"{id}","object":"application_fee","account":"acct_1","amount":{amount},"amount_refunded":{refunds},"application":"ca_1","balance_transaction":null,"charge":"ch_1","created":{created},"currency":"usd","fee_source":null,"livemode":false,"originating_transaction":null,"refunded":false,"refunds":{{"object":"list","data":["#
        );
        let more = self.write_refunds(0, NESTED_SHOWN, at_ms, body);
        let _ = write!(body, r#"],"has_more":{more},"url":"/v1/application_fees/{id}/refunds"}}}}"#);
    }

    /// Up to `count` entries of the nested list after the first `from`. Returns whether there are
    /// more.
    pub fn write_refunds(&self, from: usize, count: usize, at_ms: u64, body: &mut String) -> bool {
        let Object { id, created, .. } = self;
        let refunds = self.refunds(at_ms);
        let end = (from + count).min(refunds);
        for number in from..end {
            let comma = if number == from { "" } else { "," };
            let _ = write!(
                body,
                r#"{comma}{{"id":"fr_{number}","object":"fee_refund","amount":1,"balance_transaction":null,"created":{created},"currency":"usd","fee":"{id}","metadata":{{}}}}"#
            );
        }
        end < refunds
    }
}

impl World {
    pub fn draw(distribution: Distribution, rows: usize, bustle: Bustle, rng: &mut Rng) -> World {
        let mut seconds = distribution.draw(rows, START - rng.i64(0..3), rng);
        seconds.reverse();
        let before = seconds.len();
        let made = (before as f64 * bustle.made).ceil() as usize;
        let mut births: Vec<u64> = (0..made).map(|_| moment_ms(rng)).collect();
        births.sort_unstable();
        let born = births.iter().map(|born_ms| (START + (*born_ms / 1_000) as i64, *born_ms));
        let objects: Vec<Object> = seconds
            .into_iter()
            .map(|created| (created, 0))
            .chain(born)
            .enumerate()
            .map(|(number, (created, born_ms))| {
                let mut amounts = vec![(0, rng.i64(1..100_000))];
                while rng.f64() < bustle.changed {
                    amounts.push((moment_ms(rng), rng.i64(1..100_000)));
                }
                amounts.sort_unstable();
                let dies = rng.f64() < bustle.deleted;
                let died_ms = AtomicU64::new(if dies { born_ms + moment_ms(rng) } else { ALIVE });
                let refunds = match rng.f64() < bustle.long_lists {
                    true => rng.usize(NESTED_SHOWN + 1..250),
                    false => number % 7 / 6,
                };
                let shrinks = refunds > NESTED_SHOWN && rng.u8(0..3) == 0;
                let shrunk = shrinks.then(|| (moment_ms(rng), rng.usize(0..refunds)));
                let id = format!("fee_{number}x{:04x}", rng.u16(..));
                Object { id, created, born_ms, died_ms, amounts, refunds, shrunk }
            })
            .collect();
        let mut world = World { objects, places: HashMap::new() };
        for _ in 0..bustle.stretches {
            world.delete_stretch(before, rng);
        }
        world.places =
            world.objects.iter().enumerate().map(|(place, object)| (object.id.clone(), place)).collect();
        world
    }

    fn delete_stretch(&self, before: usize, rng: &mut Rng) {
        let length = rng.usize(1..=before.min(350));
        let first = rng.usize(0..=before - length);
        let died_ms = STRETCH_MS.powf(rng.f64()) as u64;
        for object in &self.objects[first..first + length] {
            object.delete(died_ms);
        }
    }

    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    pub fn object(&self, id: &str) -> Option<&Object> {
        self.place(id).map(|place| &self.objects[place])
    }
}

/// Most of what happens does so early, while the first pages are read.
fn moment_ms(rng: &mut Rng) -> u64 {
    BUSY_MS.powf(rng.f64()) as u64
}
