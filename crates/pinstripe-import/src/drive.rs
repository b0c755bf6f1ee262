//! Who reads a list: as many requests at a time as the limits and the latency have use for, each
//! the next page of some window. It asks where a turn is free, and splits windows for free turns.
//!
//! Everything that happens is handed on in one order, pages and decisions alike; replaying it gives
//! the same windows with the same cursors (promise 4). Read next: `windows` (what is read next),
//! `walk` (what a page means), `record` (what becomes of it).

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use pinstripe_arrow::{DecodedBatch, PageDecoder, PageOutcome, RowSchema};
use pinstripe_catalog::DataType;
use pinstripe_client::{Client, ErrorKind};
use pinstripe_query::{RequestPlan, TimeRange};
use tokio::sync::mpsc;

use crate::error::ImportError;
use crate::fetch::{FetchedPage, Fetcher, PageRequest};
use crate::journal::Entry;
use crate::matching::matching_rows;
use crate::record::Step;
use crate::run::Notes;
use crate::walk::{PAGE_ROWS, Taken, Walk, created_span};
use crate::windows::{PageFacts, Split, Windows};

/// Windows that are read at the same time, whatever the limits allow: each holds a page.
const READERS_MAX: usize = 100;
/// How much the newest page counts for the latency that is reckoned with.
const LATENCY_WEIGHT: f64 = 0.2;
/// How many times the shortest latency is reckoned with at most.
const LATENCY_TIMES_MAX: f64 = 4.0;

/// The list of events goes back no further than this, and a little more, however old the account is.
/// Source: docs.stripe.com/api/events/list (2026), 30 days.
const EVENTS: &str = "events";
const EVENTS_KEPT_SECONDS: i64 = 31 * 24 * 3600;

/// What a run has brought.
#[derive(Debug, Default)]
pub(crate) struct Brought {
    pub rows: u64,
    pub objects: u64,
    pub cut_off: i64,
    pub notes: Notes,
}

/// Rows in a row that may be gone when an earlier run is gone on with.
const GONE_MAX: u32 = 20;
/// What is wrong then.
pub(crate) const OUTDATED: &str = "what an earlier run had read last is no longer there";

/// One window's reader.
struct Reader<'run> {
    walk: Walk<'run>,
    /// Rows that a page is asked for; fewer after larger pages broke off.
    page_rows: u64,
    /// Whether its cursor is an earlier run's, and how many of that run's rows are gone since.
    resumed: Option<u32>,
}

/// A page that was asked for, and what came.
struct Arrival {
    window: usize,
    decoder: PageDecoder,
    asked: TimeRange,
    outcome: Result<FetchedPage, ImportError>,
}

/// While it lives a list is read: others reckon with it, however the reading ends.
struct Busy<'run> {
    client: &'run Client,
    path: &'run str,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.client.set_requests_left(self.path, None);
    }
}

pub(crate) struct Drive<'run> {
    fetcher: &'run Fetcher<'run>,
    plan: &'run RequestPlan,
    data_type: &'run DataType,
    row_schema: Arc<RowSchema>,
    windows: Windows,
    readers: Vec<Reader<'run>>,
    /// Decoders that no window is using.
    decoders: Vec<PageDecoder>,
    under_way: FuturesUnordered<BoxFuture<'run, Arrival>>,
    /// Seconds a page takes.
    latency: Option<f64>,
    /// The shortest of them.
    latency_min: f64,
    _busy: Busy<'run>,
    brought: Brought,
}

impl<'run> Drive<'run> {
    pub fn new(
        fetcher: &'run Fetcher<'run>,
        plan: &'run RequestPlan,
        data_type: &'run DataType,
        row_schema: Arc<RowSchema>,
    ) -> Self {
        // The newest rows come first only where one window reads them all.
        let divisible = data_type.has_created_range() && plan.search.is_none() && plan.row_limit.is_none();
        Drive {
            fetcher,
            plan,
            data_type,
            row_schema,
            windows: Windows::new(plan.range, divisible),
            readers: vec![Reader {
                walk: Walk::new(plan, data_type, plan.range),
                page_rows: PAGE_ROWS,
                resumed: None,
            }],
            decoders: Vec::new(),
            under_way: FuturesUnordered::new(),
            latency: None,
            latency_min: f64::INFINITY,
            _busy: Busy { client: fetcher.client, path: &plan.path },
            brought: Brought { cut_off: plan.cut_off, ..Brought::default() },
        }
    }

    /// Does again what a journal tells of an earlier run. Returns the rows of a page.
    pub fn replay(&mut self, entry: &Entry, body: &[u8]) -> Result<Option<DecodedBatch>, ImportError> {
        let known = |window: usize| window < self.readers.len();
        match *entry {
            Entry::Split { window, at } if known(window) => self.cut(Split { window, at }),
            Entry::CursorGone { window } if known(window) => {
                self.readers[window].walk.go_on_without_cursor();
            }
            Entry::Page { window, server_time, completed_lists } if known(window) => {
                let mut decoder = self.decoder();
                let PageOutcome::Complete(summary) = decoder.page(body).map_err(ImportError::internal)?
                else {
                    return Err(ImportError::Internal("the journal holds a page that is cut".to_owned()));
                };
                let decoded = decoder.finish().map_err(ImportError::internal)?;
                self.decoders.push(decoder);
                let fetched = FetchedPage {
                    summary,
                    decoded,
                    body: Vec::new(),
                    server_time,
                    completed_lists,
                    asked_rows: None,
                    took: Duration::ZERO,
                };
                self.readers[window].walk.believe_next();
                // What it was asked with was checked when it came.
                return self
                    .take(window, fetched, TimeRange::default())
                    .map(|taken| taken.map(|(rows, _)| rows));
            }
            _ => {
                return Err(ImportError::Internal("the journal names a window that is not there".to_owned()));
            }
        }
        Ok(None)
    }

    /// Reads what is left, and hands everything on in order.
    pub async fn run(mut self, steps: &mpsc::Sender<Step>) -> Result<Brought, ImportError> {
        let resumed = (self.brought.objects > 0).then_some(0);
        self.readers.iter_mut().for_each(|reader| reader.resumed = resumed);
        // From the start, so that lists that begin together share the limits from the start.
        self.note_left();
        self.read(steps).await?;
        Ok(self.brought)
    }

    /// Rows are deleted now and then. So many that an earlier run had read last mean that the data
    /// are not those it read: a test account that was cleared, say.
    fn note_gone(&mut self, window: usize) -> Result<(), ImportError> {
        let reader = &mut self.readers[window];
        let Some(gone) = reader.resumed.as_mut() else { return Ok(()) };
        *gone += 1;
        if *gone >= GONE_MAX || reader.walk.last_page_rows() <= 1 {
            return Err(reader.walk.inconsistent(OUTDATED));
        }
        Ok(())
    }

    async fn read(&mut self, steps: &mpsc::Sender<Step>) -> Result<(), ImportError> {
        while !self.is_done() {
            let nap = self.begin_pages(steps).await?;
            tokio::select! {
                biased;
                () = self.fetcher.cancel.cancelled() => return Err(ImportError::Stopped),
                Some(arrival) = self.under_way.next() => self.arrived(arrival, steps).await?,
                () = tokio::time::sleep(nap.unwrap_or_default()), if nap.is_some() => {}
            }
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.windows.is_done() || self.rows_left() == Some(0)
    }

    fn rows_left(&self) -> Option<u64> {
        self.plan.row_limit.map(|limit| limit.saturating_sub(self.brought.rows))
    }

    /// Asks for every page whose time has come. Returns how long until another turn is free.
    async fn begin_pages(&mut self, steps: &mpsc::Sender<Step>) -> Result<Option<Duration>, ImportError> {
        loop {
            while let Some(window) = self.windows.waiting() {
                self.begin_page(window).await;
            }
            let client = self.fetcher.client;
            let (wait, soon) = (client.wait_for_turn(&self.plan.path), client.spacing(&self.plan.path) / 2);
            if wait > soon {
                let worth_it = wait < Duration::MAX
                    && self.windows.open() < self.readers_wanted() + self.fetcher.pausing();
                return Ok(worth_it.then(|| wait - soon + Duration::from_millis(1)));
            }
            let Some(split) = self.windows.split(self.readers_wanted(), self.fetcher.pausing()) else {
                return Ok(None);
            };
            self.follow(split);
            hand_on(steps, Step::Happened { entry: split.into(), body: Vec::new(), rows: None }).await?;
        }
    }

    /// How many pages are to be under way at a time, so that no turn is missed.
    fn readers_wanted(&self) -> usize {
        // More readers than a server, or this machine, can serve make it slower, not faster.
        let latency = self.latency.unwrap_or(0.0).min(LATENCY_TIMES_MAX * self.latency_min);
        let latency = Duration::try_from_secs_f64(latency).unwrap_or_default();
        let wanted = self.fetcher.client.requests_at_once(&self.plan.path, latency);
        (wanted.ceil() as usize).clamp(1, READERS_MAX)
    }

    async fn begin_page(&mut self, window: usize) {
        self.windows.begin_page(window);
        let page_rows = match self.rows_left() {
            // A page need not be larger than what is still wanted, where every object is a row.
            Some(left) if self.plan.filters.is_empty() => left.min(PAGE_ROWS),
            _ => self.readers[window].page_rows,
        };
        let mut decoder = self.decoder();
        let plan = self.plan;
        let walk = &self.readers[window].walk;
        let asked = walk.range();
        let request = PageRequest {
            path: &plan.path,
            parameters: walk.parameters(),
            rows: walk.has_page_size().then_some(page_rows),
        };
        let fetcher = self.fetcher;
        let mut page: BoxFuture<'run, Arrival> = Box::pin(async move {
            let outcome = fetcher.page(request, &mut decoder).await;
            Arrival { window, decoder, asked, outcome }
        });
        // Polled once now, so that it stands in the queue for its turn before the next one is planned.
        match futures::poll!(page.as_mut()) {
            std::task::Poll::Ready(arrival) => self.under_way.push(Box::pin(std::future::ready(arrival))),
            std::task::Poll::Pending => self.under_way.push(page),
        }
    }

    fn decoder(&mut self) -> PageDecoder {
        self.decoders.pop().unwrap_or_else(|| PageDecoder::new(self.row_schema.clone()))
    }

    async fn arrived(&mut self, arrival: Arrival, steps: &mpsc::Sender<Step>) -> Result<(), ImportError> {
        let Arrival { window, decoder, asked, outcome } = arrival;
        self.decoders.push(decoder);
        let mut fetched = match outcome {
            Ok(fetched) => fetched,
            Err(error) if error.kind() == ErrorKind::CursorGone => {
                self.note_gone(window)?;
                if !self.readers[window].walk.go_on_without_cursor() {
                    return Err(error);
                }
                self.windows.give_up_page(window);
                let entry = Entry::CursorGone { window };
                return hand_on(steps, Step::Happened { entry, body: Vec::new(), rows: None }).await;
            }
            Err(error) => return Err(error),
        };
        let seconds = fetched.took.as_secs_f64();
        self.latency = Some(self.latency.map_or(seconds, |known| known + LATENCY_WEIGHT * (seconds - known)));
        self.latency_min = self.latency_min.min(seconds);
        if let Some(asked_rows) = fetched.asked_rows {
            // A smaller page arrived where larger ones broke off; the next may be larger again.
            self.readers[window].page_rows = (asked_rows * 2).min(PAGE_ROWS);
        }
        let body = std::mem::take(&mut fetched.body);
        match self.take(window, fetched, asked)? {
            Some((rows, entry)) => hand_on(steps, Step::Happened { entry, body, rows: Some(rows) }).await,
            None => Ok(()),
        }
    }

    /// Takes a page into the walk it belongs to. `None` when it must be asked for once more.
    fn take(
        &mut self,
        window: usize,
        fetched: FetchedPage,
        asked: TimeRange,
    ) -> Result<Option<(DecodedBatch, Entry)>, ImportError> {
        let FetchedPage { summary, mut decoded, server_time, completed_lists, .. } = fetched;
        let (batch, last) = match self.readers[window].walk.take(&summary, decoded.batch, asked)? {
            Taken::AskAgain => {
                self.windows.give_up_page(window);
                return Ok(None);
            }
            Taken::Rows { batch, last } => (batch, last),
        };
        self.readers[window].resumed = None;
        if last {
            self.readers[window].walk.forget();
        }
        if self.brought.objects == 0 {
            // Clocks differ: Stripe's is the one that counts, and the cut-off is never before what the
            // first page proves to exist. A range with an end may end in the future.
            let by_clock = server_time.unwrap_or(self.plan.cut_off);
            self.brought.cut_off = summary.newest_created.map_or(by_clock, |newest| newest.max(by_clock));
        }
        let objects = batch.num_rows() as u64;
        let span = created_span(&batch);
        let facts = PageFacts {
            rows: objects,
            newest: span.map(|span| span.0),
            oldest: span.map(|span| span.1),
            last,
        };
        self.windows.take_page(window, &facts);
        let mut rows = matching_rows(&batch, &self.plan.filters)?;
        if let Some(left) = self.rows_left().and_then(|left| usize::try_from(left).ok())
            && rows.num_rows() > left
        {
            rows = rows.slice(0, left);
        }
        self.brought.objects += objects;
        self.brought.rows += rows.num_rows() as u64;
        self.brought.notes.add(&summary, completed_lists);
        self.fetcher.progress.page(objects, rows.num_rows() as u64, self.windows.expected_rows());
        let is_end = last && self.windows.range(window).from.is_none();
        self.note_floor(if is_end { self.windows.oldest() } else { facts.oldest }, is_end);
        self.note_left();
        decoded.batch = rows;
        Ok(Some((decoded, Entry::Page { window, server_time, completed_lists })))
    }

    /// Lists of one account tell each other how much they have left.
    fn note_left(&self) {
        let rows_left = self.windows.rows_left().unwrap_or(f64::INFINITY);
        // Each window ends with a page that is not full.
        let requests = rows_left / PAGE_ROWS as f64 + self.windows.open() as f64;
        self.fetcher.client.set_requests_left(&self.plan.path, Some(requests));
    }

    /// Lists of one account tell each other how far back it goes.
    fn note_floor(&mut self, oldest: Option<i64>, is_end: bool) {
        let client = self.fetcher.client;
        if let Some(oldest) = oldest {
            client.note_oldest(oldest, is_end);
        }
        let kept_from = (self.data_type.name == EVENTS).then(|| self.brought.cut_off - EVENTS_KEPT_SECONDS);
        if let Some(floor) = client.oldest().max(kept_from) {
            self.windows.set_floor(floor, kept_from.is_some() || client.start().is_some());
        }
    }

    fn cut(&mut self, split: Split) {
        self.windows.apply(split);
        self.follow(split);
    }

    /// Gives a new window its reader.
    fn follow(&mut self, split: Split) {
        self.readers[split.window].walk.narrow(split.at);
        let range = self.windows.range(self.windows.count() - 1);
        self.readers.push(Reader {
            walk: Walk::new(self.plan, self.data_type, range),
            page_rows: PAGE_ROWS,
            resumed: None,
        });
    }
}

pub(crate) async fn hand_on(steps: &mpsc::Sender<Step>, step: Step) -> Result<(), ImportError> {
    let handed = steps.send(step).await;
    // Whoever writes has failed then, and says why.
    handed.map_err(|_| ImportError::Internal("the writing thread ended early".to_owned()))
}
