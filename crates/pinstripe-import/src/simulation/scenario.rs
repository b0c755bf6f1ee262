//! One seed's import: the world, what is asked of it, what goes wrong, and when the process dies.
//! Everything is drawn here, before the first run. Read next: `run`.

use std::sync::Arc;

use fastrand::Rng;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use pinstripe_catalog::catalog;
use pinstripe_query::date_range::Unit;
use pinstripe_query::{DateRange, PlanRequest, RequestPlan, plan};

use super::distributions::{DAY, Distribution};
use super::faults::Faults;
use super::lies::Liar;
use super::world::{Bustle, START, World};

/// One process's try.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    pub end: End,
    /// How far the server's `Date` is off.
    pub server_clock_off: i64,
    /// Time until the next process.
    pub pause_ms: u64,
    /// Whether the end of the journal is torn off after death, by a crash of the machine.
    pub is_torn: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// Killed after so long.
    Killed(u64),
    /// Cancelled after so long.
    Stopped(u64),
    /// Runs until it is through or fails.
    Free,
}

#[derive(Debug)]
pub(crate) struct Scenario {
    pub world: Arc<World>,
    pub plan: RequestPlan,
    /// Where the plan has a filter: rows with more than this.
    pub amount_above: Option<i64>,
    pub faults: Faults,
    pub liar: Option<Liar>,
    pub has_long_lists: bool,
    pub wiped_pages: u64,
    pub lives: Vec<Life>,
    /// How long the disk takes for a step.
    pub disk_ms: u64,
}

impl Scenario {
    pub fn draw(rng: &mut Rng) -> Scenario {
        let mut distribution = Distribution::OF_SEEDS[rng.usize(0..Distribution::OF_SEEDS.len())];
        let mut rows = (30.0 * 50_f64.powf(rng.f64())) as usize;
        let liar = (rng.u8(0..8) == 0).then(|| Liar::draw(rng));
        let mut bustle = match liar {
            // What a liar says of a world that stands still can be held against it.
            Some(_) => Bustle::default(),
            None => Bustle {
                made: rng.f64() * 0.2,
                changed: rng.f64() * 0.3,
                deleted: [0.0, 0.02, 0.1, 0.5][rng.usize(0..4)],
                stretches: [0, 0, 1, 5][rng.usize(0..4)],
                wiped_pages: [0, 0, 0, 2][rng.usize(0..4)],
                long_lists: if rng.u8(0..4) == 0 { 0.02 } else { 0.0 },
            },
        };
        let faults = Faults::draw(rng);
        let mut lives = if liar.is_some() { 0 } else { [0, 0, 1, 2, 3, 6][rng.usize(0..6)] };
        if liar.is_none() && rng.u8(0..12) == 0 {
            // The hardest way on: the whole page before is gone, and other rows have its second.
            lives = rng.usize(2..6);
            (distribution, rows) = (Distribution::SameSecond, rng.usize(300..1_500));
            (bustle.wiped_pages, bustle.deleted) = (3, 0.0);
        }
        let world = World::draw(distribution, rows, bustle, rng);
        let amount_above = (rng.u8(0..6) == 0).then(|| rng.i64(0..100_000));
        let plan = draw_plan(&world, amount_above, rng);
        Scenario {
            world: Arc::new(world),
            plan,
            amount_above,
            faults,
            liar,
            wiped_pages: bustle.wiped_pages,
            has_long_lists: bustle.long_lists > 0.0,
            lives: (0..lives).map(|_| Life::draw(rng)).collect(),
            disk_ms: if rng.u8(0..8) == 0 { rng.u64(1..200) } else { 0 },
        }
    }

    /// Whether nothing but the process's own deaths keeps the import from a straight run.
    pub fn is_fair(&self) -> bool {
        self.liar.is_none() && self.faults.never_fail() && self.faults.slow_share == 0.0
    }
}

impl Life {
    fn draw(rng: &mut Rng) -> Life {
        let after_ms = 30_000_f64.powf(rng.f64()) as u64;
        let end = match rng.u8(0..8) {
            0 => End::Free,
            1 => End::Stopped(after_ms),
            _ => End::Killed(after_ms),
        };
        let is_torn = rng.u8(0..3) == 0;
        Life { end, server_clock_off: clock_off(rng), pause_ms: rng.u64(0..5_000), is_torn }
    }

    /// The last process: nothing stops it.
    pub fn last() -> Life {
        Life { end: End::Free, server_clock_off: 0, pause_ms: 0, is_torn: false }
    }
}

fn clock_off(rng: &mut Rng) -> i64 {
    if rng.bool() { 0 } else { rng.i64(-DAY..=DAY) }
}

fn draw_plan(world: &World, amount_above: Option<i64>, rng: &mut Rng) -> RequestPlan {
    let now = Timestamp::from_second(START + clock_off(rng)).unwrap();
    let today = now.to_zoned(TimeZone::UTC).date();
    let past = |rng: &mut Rng| -> (i64, Date) {
        let second = world.objects[rng.usize(0..world.objects.len())].created;
        let date = Timestamp::from_second(second).unwrap().to_zoned(TimeZone::UTC).date();
        (second, date.min(today))
    };
    let mut conditions = Vec::new();
    let mut date_range = DateRange::All;
    match rng.u8(0..10) {
        0 => date_range = DateRange::After(past(rng).1),
        1 => {
            let dates = (past(rng).1, past(rng).1);
            date_range = DateRange::Between(dates.0.min(dates.1), dates.0.max(dates.1));
        }
        // Ends with the day that is not over: what is created meanwhile lies in the range.
        2 => date_range = DateRange::Between(past(rng).1, today),
        3 => date_range = DateRange::Last { count: rng.u32(1..900), unit: Unit::Days },
        4 => {
            let bounds = (past(rng).0, past(rng).0);
            conditions.push(format!("created[gte]={}", bounds.0.min(bounds.1).min(now.as_second())));
            conditions.push(format!("created[lte]={}", bounds.0.max(bounds.1)));
        }
        5 => conditions.push(format!("created[lt]={}", past(rng).0)),
        _ => {}
    }
    conditions.extend(amount_above.map(|amount| format!("amount[gt]={amount}")));
    if rng.u8(0..8) == 0 {
        conditions.push(format!("limit={}", rng.usize(1..world.objects.len() * 5 / 4)));
    }
    let query = conditions.join("&");
    let request = PlanRequest {
        data_type: "application_fees",
        date_range,
        time_zone: Some("UTC"),
        query: &query,
        ..PlanRequest::default()
    };
    plan(catalog(), &request, now).unwrap_or_else(|problem| panic!("{query}: {problem}"))
}
