//! What the pages of a window tell of the rows below them: how many lie in so many seconds.
//!
//! Rows come in runs: a page or many, about as dense as each other, and then a gap, or a time ten
//! thousand times as quiet. Inside of a run what is next is taken to be like it. Beyond it, up to all
//! that has been read here, rows are taken to grow with a power of the seconds: the one that leads
//! from the run to the whole. For an account that is even it is one, for one whose rows all lie in a
//! few hours it is near nothing.
//!
//! Only numbers; what becomes of them is up to [`super::Windows`].

/// Pages belong to one run, and a rest is even, when their densities differ by no more than this.
const ALIKE_TIMES: f64 = 2.0;
/// Some rows are always taken to be further down.
const POWER_MIN: f64 = 0.01;

/// So many rows in so many seconds, without a gap between.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    rows: f64,
    seconds: f64,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Density {
    /// The newest pages that are about as dense as each other.
    run: Extent,
    /// All that has been read here, by this window and those that it was cut from.
    whole: Extent,
    /// Rows a second from the window's upper end down to the end of its first page.
    edge: f64,
}

impl Extent {
    fn add(&mut self, other: Extent) {
        self.rows += other.rows;
        self.seconds += other.seconds;
    }

    fn per_second(self) -> f64 {
        self.rows / self.seconds.max(f64::MIN_POSITIVE)
    }
}

impl Density {
    /// For a window that is cut from one of this density.
    pub fn below(self) -> Density {
        Density { edge: 0.0, ..self }
    }

    /// Adds a page with rows: the seconds from its newest to its oldest, and how many more lie between
    /// its newest and what was above it, or the window's upper end.
    pub fn add_page(&mut self, rows: u64, seconds: i64, gap_seconds: i64, is_first: bool) {
        let page = Extent { rows: rows as f64, seconds: (seconds as f64).max(1.0) };
        let from_above = Extent { seconds: page.seconds + gap_seconds.max(0) as f64, ..page };
        self.whole.add(from_above);
        if is_first {
            self.edge = from_above.per_second();
        }
        if alike(page.per_second(), self.run.per_second()) {
            self.run.add(page);
        } else {
            self.run = page;
        }
    }

    /// Rows a second where the window is read.
    pub fn per_second(&self) -> f64 {
        self.run.per_second()
    }

    /// Seconds of the run.
    pub fn run_seconds(&self) -> f64 {
        self.run.seconds
    }

    /// Rows a second at the window's upper end, 0 before its first page.
    pub fn edge(&self) -> f64 {
        self.edge
    }

    /// Rows a second between here and a window below, where both ends are alike.
    pub fn even_with(&self, below: &Density) -> Option<f64> {
        alike(self.per_second(), below.edge).then(|| mean_density(self.per_second(), below.edge))
    }

    /// Rows believed to lie in so many seconds below what has been read.
    pub fn rows_in(&self, seconds: f64) -> f64 {
        if seconds <= self.run.seconds {
            return seconds * self.per_second();
        }
        let inner = seconds.min(self.whole.seconds.max(self.run.seconds));
        self.run.rows * (inner / self.run.seconds).powf(self.power()) * (seconds / inner)
    }

    /// In how many seconds so many rows are believed to lie: the inverse of `rows_in`.
    pub fn seconds_of(&self, rows: f64) -> f64 {
        if rows <= self.run.rows {
            return rows / self.per_second();
        }
        let largest = self.whole.seconds.max(self.run.seconds);
        let most = self.rows_in(largest);
        if rows > most {
            return largest * rows / most;
        }
        self.run.seconds * (rows / self.run.rows).powf(1.0 / self.power())
    }

    fn power(&self) -> f64 {
        let times = (self.whole.seconds / self.run.seconds).ln();
        if times > 0.0 { ((self.whole.rows / self.run.rows).ln() / times).clamp(POWER_MIN, 1.0) } else { 1.0 }
    }
}

fn alike(one: f64, other: f64) -> bool {
    (1.0 / ALIKE_TIMES..=ALIKE_TIMES).contains(&(one / other))
}

/// The mean of what grows evenly from one density to the other, each day by the same share. The
/// middle of both would make far too much of one busy page at one end of a long rest.
pub(super) fn mean_density(upper: f64, lower: f64) -> f64 {
    let growth = (upper / lower).ln();
    // One of them nothing, or both alike.
    if growth.is_finite() && growth.abs() > 1e-3 { (upper - lower) / growth } else { (upper + lower) / 2.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400;

    /// Pages of 100 rows: the seconds of each, and of the gap above it.
    fn read(pages: &[(i64, i64)]) -> Density {
        let mut density = Density::default();
        for (number, (seconds, gap_seconds)) in pages.iter().enumerate() {
            density.add_page(100, *seconds, *gap_seconds, number == 0);
        }
        density
    }

    #[test]
    fn what_is_even_stays_even() {
        let density = read(&[(1_000, 0), (1_100, 10), (900, 10)]);
        assert_eq!(density.run.rows, 300.0);
        let rows = density.rows_in(1_000_000.0);
        assert!((95_000.0..105_000.0).contains(&rows), "{rows}");
        assert!((density.seconds_of(rows / 2.0) - 500_000.0).abs() < 1.0);
    }

    #[test]
    fn a_busy_hour_after_quiet_years_is_no_busy_year() {
        let density = read(&[(200 * DAY, 0), (200 * DAY, DAY), (400, DAY), (400, 4)]);
        assert_eq!((density.run.rows, density.per_second()), (200.0, 0.25));
        let in_ten_days = density.rows_in(10.0 * DAY as f64);
        assert!((200.0..400.0).contains(&in_ten_days), "{in_ten_days}");
        // Half of them are looked for in the hours around, not five days away.
        assert!(density.seconds_of(in_ten_days / 2.0) < 2.0 * 3_600.0);
    }

    #[test]
    fn a_rest_is_even_where_its_ends_are_alike() {
        let (busy, quiet) = (read(&[(400, 0)]), read(&[(40 * DAY, 0)]));
        assert_eq!(busy.even_with(&busy), Some(0.25));
        assert_eq!(busy.even_with(&quiet), None);
        // Nobody has read below.
        assert_eq!(busy.even_with(&Density::default()), None);
        // The rows below are as dense, but they begin a day further down.
        assert_eq!(busy.even_with(&read(&[(400, DAY)])), None);
    }

    #[test]
    fn one_busy_page_does_not_make_a_long_rest_busy() {
        assert_eq!((mean_density(2.0, 2.0), mean_density(2.0, 0.0)), (2.0, 1.0));
        let (grown, middle) = (mean_density(1_000.0, 1.0), 500.5);
        assert!(grown > 1.0 && grown < middle / 3.0, "{grown}");
    }

    proptest! {
        #[test]
        fn rows_and_seconds_are_each_others_inverse(
            pages in proptest::collection::vec((0..10_000_000_i64, 0..10_000_000_i64), 1..20),
            rows in 1.0..1e9_f64,
        ) {
            let density = read(&pages);
            let seconds = density.seconds_of(rows);
            prop_assert!(seconds > 0.0 && seconds.is_finite());
            let back = density.rows_in(seconds);
            prop_assert!((back / rows - 1.0).abs() < 1e-3, "{} rows, {} seconds, {} back", rows, seconds, back);
        }
    }
}
