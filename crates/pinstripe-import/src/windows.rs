//! Which part of a list is read next. A list with a `created` filter is cut into windows, half-open
//! ranges of `created`, that are read at the same time and split while they are read.
//!
//! Nothing is known before the first page, and nothing is asked only to find out: every request is
//! the next page of some window. A page tells how dense its rows are, and from that follows a guess
//! of what is left of its window; an idle turn takes half of the largest rest. No split looks much
//! further than all that has been read, so that an account of one month is not searched for fifteen
//! years, or than other lists of the account are known to reach; and splits stop while they have cost too many pages that were not full. The numbers below
//! were tried on a model of readers, paces and distributions, which the tests of this file hold.
//!
//! No I/O and no clock: the same pages and splits in the same order give the same windows, which is
//! how a journal is replayed. Guesses decide what is asked first, never which rows are taken: the
//! ranges of the windows meet without gap or overlap whatever is guessed. Read next: `walk` (the
//! pages of one window), `drive` (who asks).

use pinstripe_query::TimeRange;

/// Rows of a full page.
const PAGE_ROWS: f64 = 100.0;
/// After the first page the next window begins this many times its rows further down,
const FIRST_REACH: f64 = 25.0;
/// and a split looks at most this many times further than all that has been read.
const REACH: f64 = 1.5;
/// Windows that may be begun below the first page before anything of them is known, or this share of
/// the readers where that is more: slow answers make it worth more.
const UNREAD_MAX: usize = 4;
const UNREAD_SHARE: usize = 4;
/// Rows that must be left for a split to be worth its page.
const SPLIT_ROWS_MIN: f64 = 200.0;
/// A rest of at most this many rows is cut so that the upper part is whole pages, less a margin.
const FITTED_ROWS_MAX: f64 = 500.0;
const FITTED_MARGIN_ROWS: f64 = 15.0;
/// Pages' worth of empty places that splits may cost: some, a half for each window that runs at
/// the same time, a whole one where they are many, and a share of the pages read.
const WASTED_PAGES: f64 = 3.0;
const READERS_FEW: f64 = 7.0;
const WASTED_SHARE: f64 = 0.045;
/// A window whose lower part proved empty is believed less, and more again with each page.
const DOUBT: f64 = 0.3;
const TRUST: f64 = 1.3;
/// How much the page before counts beside the newest one.
const FADE: f64 = 0.6;
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
    /// Rows a second; before the first page, those of the window it was cut from.
    density: f64,
    /// Rows a second of its first page alone.
    first_density: f64,
    recent_rows: f64,
    recent_seconds: f64,
    /// How far down rows are looked for before the first page, seconds.
    reach: f64,
    /// How far the guess is believed, from 0 to 1.
    belief: f64,
    cut_from: Option<usize>,
    promised_rows: f64,
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
    /// Whether the list can be asked for a range of `created`.
    divisible: bool,
    /// The least second that the account is known to reach, from its other lists.
    floor: Option<i64>,
}

impl Window {
    fn new(range: TimeRange) -> Window {
        Window {
            range,
            newest: None,
            oldest: None,
            rows: 0,
            pages: 0,
            density: 0.0,
            first_density: 0.0,
            recent_rows: 0.0,
            recent_seconds: 0.0,
            reach: 0.0,
            belief: 1.0,
            cut_from: None,
            promised_rows: 0.0,
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
        let top = self.newest.map_or(newest, |known| known.max(newest));
        let bottom = self.oldest.map_or(oldest, |known| known.min(oldest));
        (self.newest, self.oldest) = (Some(top), Some(bottom));
        self.recent_rows = self.recent_rows * FADE + facts.rows as f64;
        self.recent_seconds = self.recent_seconds * FADE + (newest - oldest) as f64;
        let recent = self.recent_rows / self.recent_seconds.max(1.0);
        let whole = self.rows as f64 / ((top - bottom) as f64).max(1.0);
        self.density = recent.max(whole);
        if self.pages == 1 {
            self.first_density = self.density;
        }
        self.belief = (self.belief * TRUST).min(1.0);
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
        Windows { windows: vec![Window::new(range)], rows: 0, pages: 0, wasted: 0.0, divisible, floor: None }
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
        if !page_of.done {
            return;
        }
        self.wasted += page_of.pages as f64 - page_of.rows as f64 / PAGE_ROWS;
        let disappointing = page_of.pages == 1 && (page_of.rows as f64) < page_of.promised_rows / 4.0;
        if let Some(upper) = page_of.cut_from.filter(|_| disappointing) {
            self.windows[upper].belief *= DOUBT;
        }
    }

    /// Rows that are believed to be left, or `None` before anything is known.
    pub fn expected_rows(&self) -> Option<f64> {
        let known = self.windows.iter().all(|window| window.done || window.pages > 0);
        known.then(|| self.rows_between_ends())
    }

    /// The same, and `None` also while the oldest rows have not been seen: how much lies below what
    /// has been read is anybody's guess then.
    pub fn rows_left(&self) -> Option<f64> {
        let oldest = self.windows.iter().min_by_key(|window| window.range.from)?;
        let is_in_reach = || {
            let rest = oldest.rest(self.floor).filter(|_| oldest.pages > 0);
            rest.is_some_and(|(top, bottom)| (top - bottom) as f64 <= self.reach(oldest))
        };
        (oldest.done || is_in_reach()).then(|| self.rows_between_ends())
    }

    /// Rows that are left, by how dense they are at both ends of each rest: an account that grows has
    /// fewer the older they are, and each window's first page tells of the end of the one above it.
    /// Only a rest whose lower end nobody has seen is counted no further than it would be split for.
    fn rows_between_ends(&self) -> f64 {
        let mut upwards: Vec<&Window> = self.windows.iter().collect();
        upwards.sort_unstable_by_key(|window| window.range.from);
        let (mut rows, mut lower_end) = (0.0, None);
        for window in upwards {
            if let Some((top, bottom)) = window.rest(self.floor).filter(|_| !window.done) {
                let seconds = (top - bottom).max(0) as f64;
                rows += match lower_end {
                    Some(end) => seconds * mean_density(window.density, end),
                    None => seconds.min(self.reach(window).max(0.0)) * window.density,
                };
            }
            if window.pages > 0 {
                lower_end = Some(window.first_density);
            }
        }
        rows
    }

    /// Tells that other lists of the account go down to this second: this one is believed to as well.
    pub fn set_floor(&mut self, second: i64) {
        self.floor = Some(second);
    }

    /// Cuts the window with the largest rest in two for one more reader, where that is worth it.
    /// `readers` is how many requests the limits and the latency allow at the same time, `pausing` how
    /// many windows wait without using a turn.
    pub fn split(&mut self, readers: usize, pausing: usize) -> Option<Split> {
        let open = self.open();
        let many = (readers + pausing) as f64;
        let for_readers = 0.5 * many.min(READERS_FEW) + (many - READERS_FEW).max(0.0);
        let allowed = WASTED_PAGES + for_readers + WASTED_SHARE * self.pages as f64;
        if !self.divisible || open >= readers + pausing || self.wasted + 0.5 * open as f64 > allowed {
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
            .filter(|(_, expected)| *expected >= SPLIT_ROWS_MIN)
            .max_by(|one, other| one.1.total_cmp(&other.1));
        let (split, _) = split?;
        self.apply(split);
        Some(split)
    }

    /// Makes a split: a new window, the last one, takes what is older than `at`.
    pub fn apply(&mut self, split: Split) {
        let reach = self.reach(&self.windows[split.window]) * REACH;
        let promised_rows = self.expected(&self.windows[split.window]) / 2.0;
        let upper = &mut self.windows[split.window];
        let lower = Window {
            density: upper.density,
            reach,
            belief: upper.belief,
            cut_from: Some(split.window),
            promised_rows,
            ..Window::new(TimeRange { from: upper.range.from, until: Some(split.at) })
        };
        upper.range.from = Some(split.at);
        self.windows.push(lower);
    }

    fn expected(&self, window: &Window) -> f64 {
        let Some((top, bottom)) = window.rest(self.floor).filter(|_| !window.done) else { return 0.0 };
        let seconds = ((top - bottom) as f64).clamp(0.0, self.reach(window).max(0.0));
        seconds * window.density * window.belief
    }

    /// How far below what it has read a window's rows are looked for, in seconds.
    fn reach(&self, window: &Window) -> f64 {
        let above_floor = window.oldest.zip(self.floor).filter(|(oldest, floor)| oldest > floor);
        if let Some((oldest, floor)) = above_floor.filter(|_| window.range.from.is_none()) {
            return (oldest - floor) as f64;
        }
        match (window.pages, self.pages) {
            (0, _) => window.reach,
            (_, 1) => FIRST_REACH * self.rows as f64 / window.density.max(f64::MIN_POSITIVE),
            _ => REACH * self.rows as f64 / window.density.max(f64::MIN_POSITIVE),
        }
    }

    /// Which part of a window's rest stays its own.
    fn upper_share(&self, window: &Window) -> f64 {
        let rows = self.expected(window);
        if window.pages == 0 || rows > FITTED_ROWS_MAX {
            return 0.5;
        }
        let upper_pages = ((rows / PAGE_ROWS).ceil() / 2.0).floor().max(1.0);
        ((upper_pages * PAGE_ROWS - FITTED_MARGIN_ROWS) / rows.max(1.0)).clamp(0.1, 0.9)
    }

    fn cut(&self, window: &Window) -> Option<i64> {
        let (top, bottom) = window.rest(self.floor)?;
        let upper = (top - bottom) as f64 * self.upper_share(window);
        let at = top - upper.min(self.reach(window)) as i64;
        // Neither half may be empty.
        (at > bottom && at <= top && window.range.until.is_none_or(|until| at < until)).then_some(at)
    }
}

/// The mean of what grows evenly from one density to the other, each day by the same share. The
/// middle of both would make far too much of one busy page at one end of a long rest.
fn mean_density(upper: f64, lower: f64) -> f64 {
    let growth = (upper / lower).ln();
    // One of them nothing, or both alike.
    if growth.is_finite() && growth.abs() > 1e-3 { (upper - lower) / growth } else { (upper + lower) / 2.0 }
}

#[cfg(test)]
mod tests;
