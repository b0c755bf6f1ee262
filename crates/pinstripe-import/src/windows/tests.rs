//! The planner of windows: that ranges meet whatever comes, that a replay gives the same, and what
//! it costs. Costs come from a model of the readers alone: a latency, a pace, and a list that
//! stands still. Whole imports, with everything that goes wrong, are in `crate::simulation`.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use fastrand::Rng;
use proptest::prelude::*;

use super::*;
use crate::simulation::distributions::Distribution;

/// Seconds between two requests at Stripe's usual pace of 25, as the client keeps it.
const SPACING: f64 = 0.0404;
/// So many requests at most in this window (seconds), and so much idle time is made up for.
const WINDOW_REQUESTS: usize = 25;
const WINDOW: f64 = 1.01;
const CATCH_UP: f64 = 0.3;
const PAGE: usize = 100;
const END: i64 = 1_790_000_000;

/// The client's turns.
#[derive(Default)]
struct Turns {
    due: f64,
    last: f64,
    latest: VecDeque<f64>,
}

impl Turns {
    fn next(&self, now: f64) -> f64 {
        let full = self.latest.len().checked_sub(WINDOW_REQUESTS);
        let room = full.map_or(0.0, |oldest| self.latest[oldest] + WINDOW);
        self.due.max(now - CATCH_UP).max(now).max(self.last + SPACING / 4.0).max(room)
    }

    fn take(&mut self, now: f64) -> f64 {
        let turn = self.next(now);
        self.due = self.due.max(now - CATCH_UP) + SPACING;
        self.last = turn;
        self.latest.push_back(turn);
        turn
    }
}

/// A page under way: when it comes (microseconds), and what it was asked with.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct UnderWay {
    at_micros: u64,
    window: usize,
    from: Option<i64>,
    until: Option<i64>,
    after: Option<usize>,
}

/// A list that is read to its end.
struct Reading<'list> {
    /// `created`, newest first.
    list: &'list [i64],
    windows: Windows,
    cursors: Vec<Option<usize>>,
    taken: Vec<bool>,
    under_way: BinaryHeap<Reverse<UnderWay>>,
    turns: Turns,
    latency: f64,
    rng: Rng,
    requests: usize,
}

/// What reading a list to its end took.
struct Cost {
    requests: usize,
    seconds: f64,
}

impl Reading<'_> {
    fn wanted(&self) -> usize {
        // Before the first page the latency is not known.
        if self.taken.contains(&true) { (self.latency * 1.04 / SPACING).ceil() as usize } else { 1 }
    }

    fn ask(&mut self, window: usize, now: f64) {
        self.windows.begin_page(window);
        self.requests += 1;
        let at = self.turns.take(now) + self.latency * (1.0 + 0.08 * self.rng.f64());
        let TimeRange { from, until } = self.windows.range(window);
        let (at_micros, after) = ((at * 1e6) as u64, self.cursors[window]);
        self.under_way.push(Reverse(UnderWay { at_micros, window, from, until, after }));
    }

    /// Asks what can be asked now. Returns when to look again.
    fn begin_pages(&mut self, now: f64) -> Option<f64> {
        loop {
            while let Some(window) = self.windows.waiting() {
                self.ask(window, now);
            }
            let wait = self.turns.next(now) - now;
            if wait > SPACING / 2.0 {
                let worth_it = self.windows.open() < self.wanted();
                return worth_it.then_some(now + wait - SPACING / 2.0 + 0.001);
            }
            self.windows.split(self.wanted(), 0)?;
            self.cursors.push(None);
        }
    }

    fn arrived(&mut self, page: &UnderWay) {
        let below = |second: i64| self.list.partition_point(|created| *created >= second);
        let end = page.from.map_or(self.list.len(), below);
        let start = page.after.map_or_else(|| page.until.map_or(0, below), |after| after + 1);
        let rows = start..(start + PAGE).min(end).max(start);
        let has_more = rows.end < end;
        // The window may have lost its older part meanwhile.
        let kept_end = self.windows.range(page.window).from.map_or(self.list.len(), below);
        let kept = rows.start..rows.end.min(kept_end).max(rows.start);
        for row in kept.clone() {
            assert!(!self.taken[row], "row {row} twice");
            self.taken[row] = true;
        }
        self.cursors[page.window] = kept.clone().last().or(page.after);
        let facts = PageFacts {
            rows: kept.len() as u64,
            newest: kept.clone().next().map(|row| self.list[row]),
            oldest: kept.clone().last().map(|row| self.list[row]),
            last: !has_more || kept.len() < rows.len(),
        };
        self.windows.take_page(page.window, &facts);
    }
}

fn read(list: &[i64], latency: f64, seed: u64) -> Cost {
    let mut reading = Reading {
        list,
        windows: Windows::new(TimeRange::default(), true),
        cursors: vec![None],
        taken: vec![false; list.len()],
        under_way: BinaryHeap::new(),
        turns: Turns::default(),
        latency,
        rng: Rng::with_seed(seed),
        requests: 0,
    };
    let mut now = 0.0_f64;
    loop {
        let look_again = reading.begin_pages(now);
        let Some(Reverse(next)) = reading.under_way.peek() else { break };
        let arrives = next.at_micros as f64 / 1e6;
        match look_again {
            Some(look) if look < arrives => now = look,
            _ => {
                now = now.max(arrives);
                if let Some(Reverse(page)) = reading.under_way.pop() {
                    reading.arrived(&page);
                }
            }
        }
    }
    assert!(reading.windows.is_done() && reading.taken.iter().all(|taken| *taken), "rows are missing");
    Cost { requests: reading.requests, seconds: now }
}

fn list(distribution: Distribution, rows: usize, seed: u64) -> Vec<i64> {
    distribution.draw(rows, END, &mut Rng::with_seed(seed))
}

#[test]
fn windows_cost_few_pages_whatever_the_account() {
    for distribution in Distribution::ALL {
        for (rows, latency) in [(20_000, 0.25), (20_000, 1.0), (20_000, 0.05), (3_000, 0.25), (250, 0.25)] {
            for seed in 1..=5 {
                let list = list(distribution, rows, seed);
                let requests = read(&list, latency, seed).requests as f64;
                let needed = list.len().div_ceil(PAGE) as f64;
                // Each window that runs at a time may end with a page that is not full: more of them
                // where answers take longer.
                let more_readers = (latency / SPACING - 7.0).max(0.0);
                assert!(
                    requests <= 1.05 * needed + 12.0 + more_readers,
                    "{distribution:?}, {rows} rows, {latency} s: {requests} requests, {needed} needed"
                );
            }
        }
    }
}

#[test]
fn twenty_thousand_rows_come_at_the_pace_of_the_limits() {
    for distribution in [Distribution::Even, Distribution::Business, Distribution::MonthOld] {
        let costs: Vec<Cost> =
            (1..=10).map(|seed| read(&list(distribution, 20_000, seed), 0.25, seed)).collect();
        let mean = |value: fn(&Cost) -> f64| costs.iter().map(value).sum::<f64>() / costs.len() as f64;
        let (requests, seconds) = (mean(|cost| cost.requests as f64), mean(|cost| cost.seconds));
        assert!(requests <= 214.0 && seconds <= 9.4, "{distribution:?}: {requests} requests, {seconds} s");
    }
}

#[test]
fn a_page_of_rows_over_many_years_is_one_request() {
    assert_eq!(read(&list(Distribution::Sparse, 45, 1), 0.25, 1).requests, 1);
    assert_eq!(read(&[], 0.25, 1).requests, 1);
}

#[test]
fn a_list_that_cannot_be_divided_stays_whole() {
    let mut windows = Windows::new(TimeRange::default(), false);
    windows.take_page(0, &PageFacts { rows: 100, newest: Some(END), oldest: Some(END - 1_000), last: false });
    assert_eq!(windows.split(50, 0), None);
}

#[test]
fn what_lies_between_two_pages_is_reckoned_with_however_little_has_been_read() {
    // A row every ten seconds down to the floor; two pages of it are read.
    let mut windows = Windows::new(TimeRange::default(), true);
    windows.set_floor(END - 1_000_000, true);
    let page = |top: i64| PageFacts { rows: 100, newest: Some(top), oldest: Some(top - 1_000), last: false };
    windows.take_page(0, &page(END));
    windows.apply(Split { window: 0, at: END - 500_000 });
    windows.take_page(1, &page(END - 500_000));
    let rows_left = windows.rows_left().unwrap_or_default();
    assert!((99_000.0..101_000.0).contains(&rows_left), "{rows_left}");
}

/// Something that may happen to windows. Numbers of windows are taken modulo what there is, times
/// from 0 to 1 across a window: `walk` refuses pages with rows of elsewhere.
#[derive(Debug, Clone)]
enum Event {
    Page { window: usize, rows: u64, span: Option<(f64, f64)>, last: bool },
    Split { readers: usize },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let span =
        proptest::option::of((0.0..1.0, 0.0..1.0).prop_map(|(one, next): (f64, f64)| (one, one * next)));
    let page = (any::<usize>(), 0..=100_u64, span, any::<bool>())
        .prop_map(|(window, rows, span, last)| Event::Page { window, rows, span, last: last && rows < 50 });
    let split = (1..100_usize).prop_map(|readers| Event::Split { readers });
    proptest::collection::vec(prop_oneof![page, split], 0..120)
}

/// The second that lies so far up in a range.
fn second(range: TimeRange, share: f64) -> i64 {
    let (from, until) = (range.from.unwrap_or(1_100_000_000), range.until.unwrap_or(1_900_000_000));
    from + ((until - from) as f64 * share) as i64
}

/// The ranges, newest first, meet without gap or overlap and make up the whole.
fn assert_partition(windows: &Windows, whole: TimeRange) {
    let mut ranges: Vec<TimeRange> = (0..windows.count()).map(|window| windows.range(window)).collect();
    ranges.sort_by_key(|range| Reverse(range.until.unwrap_or(i64::MAX)));
    assert_eq!((ranges[0].until, ranges[ranges.len() - 1].from), (whole.until, whole.from));
    for pair in ranges.windows(2) {
        assert!(pair[0].from.is_some() && pair[0].from == pair[1].until, "{pair:?}");
    }
    for range in ranges {
        assert!(range.from.zip(range.until).is_none_or(|(from, until)| from < until), "{range:?}");
    }
}

proptest! {
    #[test]
    fn windows_always_meet_and_a_replay_gives_the_same(
        from in proptest::option::of(1_200_000_000..1_500_000_000_i64),
        until in proptest::option::of(1_500_000_000..1_800_000_000_i64),
        events in events(),
    ) {
        let whole = TimeRange { from, until };
        let (mut windows, mut replayed) = (Windows::new(whole, true), Windows::new(whole, true));
        for event in events {
            match event {
                Event::Page { window, rows, span, last } => {
                    let window = window % windows.count();
                    let at = |share| second(windows.range(window), share);
                    let (newest, oldest) = (span.map(|span| at(span.0)), span.map(|span| at(span.1)));
                    let facts = PageFacts { rows, newest, oldest, last };
                    windows.begin_page(window);
                    windows.take_page(window, &facts);
                    replayed.take_page(window, &facts);
                }
                Event::Split { readers } => {
                    if let Some(split) = windows.split(readers, 0) {
                        replayed.apply(split);
                    }
                }
            }
            assert_partition(&windows, whole);
        }
        prop_assert_eq!(format!("{windows:?}"), format!("{replayed:?}"));
    }
}
