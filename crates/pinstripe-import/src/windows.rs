//! Which part of a list is read next. A list with a `created` filter is cut into windows, half-open
//! ranges of `created`, that are read at the same time and split while they are read.
//!
//! Nothing is known before the first page, and nothing is asked only to find out: every request is
//! the next page of some window. A page tells how dense its rows are, and from that follows a guess
//! of what is left of its window (`density`); an idle turn takes half of the largest rest. No split
//! looks much further than all that has been read, so that an account of one month is not searched
//! for fifteen years, or than other lists of the account are known to reach. Where a busy time may
//! have ended anywhere in a long rest, a split leaps to where it may go on, and less far each time
//! that nothing was there. Splits stop while they have cost too many pages that were not full. The
//! numbers below were tried on a model of readers, paces and distributions, which the tests of this
//! file hold.
//!
//! No I/O and no clock: the same pages and splits in the same order give the same windows, which is
//! how a journal is replayed. Guesses decide what is asked first, never which rows are taken: the
//! ranges of the windows meet without gap or overlap whatever is guessed. Read next: `walk` (the
//! pages of one window), `drive` (who asks).

use pinstripe_query::TimeRange;

use self::density::{Density, mean_density};

mod density;

/// Rows of a full page.
const PAGE_ROWS: f64 = 100.0;
/// After the first page rows are looked for this many times its rows further down,
const FIRST_REACH: f64 = 20.0;
/// and later this many times as many as have been read.
const REACH: f64 = 1.4;
/// Windows that may be begun below the first page before anything of them is known, or this share of
/// the readers where that is more: slow answers make it worth more.
const UNREAD_MAX: usize = 6;
const UNREAD_SHARE: usize = 2;
/// Rows that must be left for a split to be worth its page.
const SPLIT_ROWS_MIN: f64 = 240.0;
/// Fewer are split too where that takes no more pages: each part is meant to be a page of so many.
const FITTED_PAGE_ROWS: f64 = 85.0;
/// Below this a single page may well hold them, and above that one page more or less is little.
const FITTED_ROWS_MIN: f64 = 115.0;
const FITTED_ROWS_MAX: f64 = 500.0;
/// Pages' worth of empty places that splits may cost: some, a half for each window that runs at
/// the same time, a whole one where they are many, and a share of the pages read.
const WASTED_PAGES: f64 = 3.0;
const READERS_FEW: f64 = 7.0;
const WASTED_SHARE: f64 = 0.045;
/// A leap goes down by this power of how many times longer than the run the rest is,
const LEAP_POWER: f64 = 0.4;
/// and by less after each that met nothing, by more after each that met rows, up to that power.
const LEAP_SHORTER: f64 = 0.5;
const LEAP_LONGER: f64 = 1.5;
/// Stripe has no objects from before 2010 (Unix seconds).
const FIRST_OBJECTS: i64 = 1_262_304_000;

/// What planning needs to know of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageFacts {
    pub rows: u64,
    pub newest: Option<i64>,
    pub oldest: Option<i64>,
    /// Whether its window has no more pages.
    pub last: bool,
}

/// A cut of one window into two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split {
    pub window: usize,
    /// Unix seconds: the window keeps what is created from here on, a new one takes the rest.
    pub at: i64,
}

#[derive(Debug, Clone)]
struct Window {
    range: TimeRange,
    newest: Option<i64>,
    oldest: Option<i64>,
    rows: u64,
    pages: u64,
    /// How its rows lie; before its first page, those of the window it was cut from.
    density: Density,
    /// How far down rows are looked for before the first page, seconds.
    reach: f64,
    /// The window that begins where this one ends.
    below: Option<usize>,
    is_leap: bool,
    reading: bool,
    done: bool,
}

/// The windows of one list.
#[derive(Debug)]
pub(crate) struct Windows {
    windows: Vec<Window>,
    rows: u64,
    pages: u64,
    /// Empty places on the last pages of windows, in pages.
    wasted: f64,
    /// How far leaps go, as a share of `LEAP_POWER`.
    daring: f64,
    /// Whether the list can be asked for a range of `created`.
    divisible: bool,
    /// The least second that the account is known to reach, from its other lists.
    floor: Option<i64>,
    floor_is_start: bool,
}

impl Window {
    fn new(range: TimeRange) -> Window {
        Window {
            range,
            newest: None,
            oldest: None,
            rows: 0,
            pages: 0,
            density: Density::default(),
            reach: 0.0,
            below: None,
            is_leap: false,
            reading: false,
            done: false,
        }
    }

    fn note(&mut self, facts: &PageFacts) {
        self.reading = false;
        self.rows += facts.rows;
        self.pages += 1;
        self.done = facts.last;
        let (Some(newest), Some(oldest)) = (facts.newest, facts.oldest) else { return };
        // Above the first page of the first window there may be years of nothing; that says nothing.
        let is_cut = self.density.per_second() > 0.0;
        let above = self.oldest.or(self.range.until.filter(|_| is_cut)).unwrap_or(newest);
        self.density.add_page(facts.rows, newest - oldest, above - newest, self.pages == 1);
        self.newest = Some(self.newest.map_or(newest, |known| known.max(newest)));
        self.oldest = Some(self.oldest.map_or(oldest, |known| known.min(oldest)));
    }

    /// The second from which downwards nothing has been read, and the least second: of the range, else
    /// the floor, else of Stripe.
    fn rest(&self, floor: Option<i64>) -> Option<(i64, i64)> {
        let top = self.oldest.or(self.range.until)?;
        let bottom = self.range.from.or(floor.filter(|floor| *floor < top)).unwrap_or(FIRST_OBJECTS);
        Some((top, bottom))
    }
}

impl Windows {
    /// One window for the whole range; it stays one where the list cannot be divided.
    pub fn new(range: TimeRange, divisible: bool) -> Windows {
        let windows = vec![Window::new(range)];
        Windows {
            windows,
            rows: 0,
            pages: 0,
            wasted: 0.0,
            daring: 1.0,
            divisible,
            floor: None,
            floor_is_start: false,
        }
    }

    pub fn range(&self, window: usize) -> TimeRange {
        self.windows[window].range
    }

    /// A window that waits for its next page to be asked for.
    pub fn waiting(&self) -> Option<usize> {
        self.windows.iter().position(|window| !window.done && !window.reading)
    }

    pub fn is_done(&self) -> bool {
        self.windows.iter().all(|window| window.done)
    }

    /// Windows that are not at their end.
    pub fn open(&self) -> usize {
        self.windows.iter().filter(|window| !window.done).count()
    }

    pub fn count(&self) -> usize {
        self.windows.len()
    }

    /// The oldest row that has been read.
    pub fn oldest(&self) -> Option<i64> {
        self.windows.iter().filter_map(|window| window.oldest).min()
    }

    pub fn begin_page(&mut self, window: usize) {
        self.windows[window].reading = true;
    }

    /// A page was asked for and did not come; its window waits again.
    pub fn give_up_page(&mut self, window: usize) {
        self.windows[window].reading = false;
    }

    pub fn take_page(&mut self, window: usize, facts: &PageFacts) {
        self.rows += facts.rows;
        self.pages += 1;
        let page_of = &mut self.windows[window];
        page_of.note(facts);
        if page_of.done {
            self.wasted += page_of.pages as f64 - page_of.rows as f64 / PAGE_ROWS;
        }
        if page_of.is_leap && page_of.pages == 1 {
            let met_rows = page_of.rows as f64 >= PAGE_ROWS / 2.0;
            let daring = self.daring * if met_rows { LEAP_LONGER } else { LEAP_SHORTER };
            self.daring = daring.min(1.0);
        }
    }

    /// Rows that are believed to be left, or `None` before anything is known.
    pub fn expected_rows(&self) -> Option<f64> {
        let known = self.windows.iter().all(|window| window.done || window.pages > 0);
        known.then(|| self.rows_between_ends())
    }

    /// The same, to be compared with other lists of the account, and known from the first page on:
    /// while none of them has been seen to its end, the account is taken to be twice as old as has been
    /// seen.
    pub fn rows_left(&self) -> Option<f64> {
        let newest = self.windows.first()?.newest?;
        let oldest = self.windows.iter().find(|window| window.range.from.is_none());
        let unseen_seconds = match (self.floor, oldest) {
            (Some(floor), Some(window)) if !self.floor_is_start && !window.done => (newest - floor).max(0),
            _ => 0,
        };
        let unseen = oldest.map_or(0.0, |window| unseen_seconds as f64 * window.density.per_second());
        Some(self.rows_between_ends() + unseen)
    }

    /// Rows that are left, by how dense they are at both ends of each rest: an account that grows has
    /// fewer the older they are, and each window's first page tells of the end of the one above it.
    /// A busy page says little of what is far below it, though, and a rest whose lower end nobody has
    /// seen is counted no further than it would be split for.
    fn rows_between_ends(&self) -> f64 {
        let mut upwards: Vec<&Window> = self.windows.iter().collect();
        upwards.sort_unstable_by_key(|window| window.range.from);
        let (mut rows, mut lower_end) = (0.0, None);
        for window in upwards {
            if let Some((top, bottom)) = window.rest(self.floor).filter(|_| !window.done) {
                let seconds = (top - bottom).max(0) as f64;
                let most = match lower_end {
                    Some(end) => seconds * mean_density(window.density.per_second(), end),
                    None => seconds.min(self.reach(window).max(0.0)) * window.density.per_second(),
                };
                rows += window.density.rows_in(seconds).min(most);
            }
            if window.pages > 0 {
                lower_end = Some(window.density.edge());
            }
        }
        rows
    }

    /// Tells that other lists of the account go down to this second: this one is believed to as well.
    /// `is_start` where they are not believed to go further down.
    pub fn set_floor(&mut self, second: i64, is_start: bool) {
        (self.floor, self.floor_is_start) = (Some(second), is_start);
    }

    /// Cuts the window with the largest rest in two for one more reader, where that is worth it.
    /// `readers` is how many requests the limits and the latency allow at the same time, `pausing` how
    /// many windows wait without using a turn.
    pub fn split(&mut self, readers: usize, pausing: usize) -> Option<Split> {
        let open = self.open();
        let many = (readers + pausing) as f64;
        let for_readers = 0.5 * many.min(READERS_FEW) + (many - READERS_FEW).max(0.0);
        let allowed = WASTED_PAGES + for_readers + WASTED_SHARE * self.pages as f64;
        let leaping = self.windows.iter().filter(|window| window.is_leap && window.pages == 0).count();
        let wasted = self.wasted + 0.5 * (open + leaping) as f64;
        if !self.divisible || open >= readers + pausing || wasted > allowed {
            return None;
        }
        let unread_max = UNREAD_MAX.max(readers / UNREAD_SHARE);
        let unread = self.windows.iter().filter(|window| !window.done && window.pages == 0).count();
        let split = (0..self.windows.len())
            .filter(|window| {
                let window = &self.windows[*window];
                !window.done && (window.pages > 0 || (self.pages == 1 && unread < unread_max))
            })
            .filter_map(|window| {
                let at = self.cut(&self.windows[window])?;
                Some((Split { window, at }, self.expected(&self.windows[window])))
            })
            .filter(|(_, expected)| *expected >= SPLIT_ROWS_MIN || is_split_for_nothing(*expected))
            .max_by(|one, other| one.1.total_cmp(&other.1));
        let (split, _) = split?;
        self.apply(split);
        Some(split)
    }

    /// Makes a split: a new window, the last one, takes what is older than `at`.
    pub fn apply(&mut self, split: Split) {
        let below = self.windows.len();
        let upper = &self.windows[split.window];
        let lower = Window {
            density: upper.density.below(),
            reach: self.reach(upper) * REACH,
            below: upper.below,
            is_leap: self.is_uncertain(upper),
            ..Window::new(TimeRange { from: upper.range.from, until: Some(split.at) })
        };
        let upper = &mut self.windows[split.window];
        upper.range.from = Some(split.at);
        upper.below = Some(below);
        self.windows.push(lower);
    }

    /// Whether a rest has a lower end that is not as dense as where its window is read.
    fn is_uncertain(&self, window: &Window) -> bool {
        window.pages > 0 && window.range.from.is_some() && self.even(window).is_none()
    }

    /// Rows a second of a rest that is about as dense at both its ends.
    fn even(&self, window: &Window) -> Option<f64> {
        window.density.even_with(&self.windows[window.below?].density)
    }

    fn expected(&self, window: &Window) -> f64 {
        let Some((top, bottom)) = window.rest(self.floor).filter(|_| !window.done) else { return 0.0 };
        let seconds = (top - bottom).max(0) as f64;
        if window.pages == 0 {
            return seconds.min(self.reach(window).max(0.0)) * window.density.per_second();
        }
        let rows = match self.even(window) {
            Some(per_second) => seconds * per_second,
            None => window.density.rows_in(seconds),
        };
        rows.min(self.reach_rows(window))
    }

    /// Whether other lists of the account are known to go further down than a window has been read.
    fn is_above_floor(&self, window: &Window) -> bool {
        window.oldest.zip(self.floor).is_some_and(|(oldest, floor)| oldest > floor)
    }

    /// How many rows below what a window has read are looked for.
    fn reach_rows(&self, window: &Window) -> f64 {
        match self.pages {
            _ if self.is_above_floor(window) => f64::INFINITY,
            1 => FIRST_REACH * self.rows as f64,
            _ => REACH * self.rows as f64,
        }
    }

    /// How far below what it has read a window's rows are looked for, in seconds.
    fn reach(&self, window: &Window) -> f64 {
        match window.pages {
            0 => window.reach,
            _ => self.reach_rows(window) / window.density.per_second(),
        }
    }

    fn cut(&self, window: &Window) -> Option<i64> {
        let (top, bottom) = window.rest(self.floor)?;
        let seconds = (top - bottom) as f64;
        let upper = match (window.pages, self.even(window)) {
            (0, _) => (seconds / 2.0).min(self.reach(window)),
            (_, Some(per_second)) => upper_rows(self.expected(window)) / per_second,
            _ => self.uncertain_cut(window, seconds),
        };
        let at = top - upper.min(seconds) as i64;
        // Neither half may be empty.
        (at > bottom && at <= top && window.range.until.is_none_or(|until| at < until)).then_some(at)
    }

    /// How many seconds of a rest stay the window's own where rows are not known to go on as they
    /// are: to the middle of the rows, or a leap beyond.
    fn uncertain_cut(&self, window: &Window, seconds: f64) -> f64 {
        let density = &window.density;
        let rows = self.expected(window);
        let reach = density.seconds_of(rows).min(seconds);
        let run = density.run_seconds();
        let leap = run * (reach / run).powf(LEAP_POWER * self.daring);
        density.seconds_of(upper_rows(rows)).max(leap.min(reach / 2.0))
    }
}

/// Pages that so many rows are meant to be read in, none of them quite full.
fn fitted_pages(rows: f64) -> f64 {
    (rows / FITTED_PAGE_ROWS).ceil()
}

/// Whether so many rows take no more pages in two parts than in one.
fn is_split_for_nothing(rows: f64) -> bool {
    rows > FITTED_ROWS_MIN && fitted_pages(rows) <= (rows / PAGE_ROWS).ceil()
}

/// How many of so many rows stay with the upper part of a split.
fn upper_rows(rows: f64) -> f64 {
    let pages = fitted_pages(rows);
    if rows > FITTED_ROWS_MAX || pages < 2.0 { rows / 2.0 } else { rows * (pages / 2.0).floor() / pages }
}

#[cfg(test)]
mod tests;
