//! One page, decoded: asked for, and asked for again while that can help.
//!
//! A body that is cut again and again is asked for in smaller pages, since pages of large objects
//! are what breaks. Nothing is decided here about which page comes next; `walk` does that.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use pinstripe_arrow::{DecodeError, DecodedBatch, PageDecoder, PageOutcome, PageSummary, complete_lists};
use pinstripe_catalog::DataType;
use pinstripe_client::{Client, ClientError, ErrorKind, FailingShare, Page, RetryPolicy, Tries};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::ImportError;
use crate::nested::fetch_rest;
use crate::progress::Progress;

/// Tries to reach a server that is likely misnamed: one that never answered, or not as Stripe does.
const MISNAMED_ATTEMPTS_MAX: u32 = 3;
/// Cut bodies before a page is asked for with fewer rows, and again before still fewer.
const CUTS_BEFORE_SMALLER: u32 = 2;
const PAGE_ROWS_MIN: u64 = 10;
/// Nested lists of one page that are completed at the same time; the limits hold for them too.
const NESTED_AT_ONCE: usize = 16;
/// Tries of a page whose nested lists go away while they are completed.
const OUTDATED_ATTEMPTS_MAX: u32 = 6;

/// What every request of a run shares.
pub(crate) struct Fetcher<'run> {
    pub client: &'run Client,
    retry: RetryPolicy,
    failing: FailingShare,
    pub progress: &'run Progress,
    pub cancel: &'run CancellationToken,
    /// The permission that reading this data type needs, for the hint when Stripe names none.
    permission: Option<String>,
    pausing: AtomicUsize,
}

/// What is asked for.
pub(crate) struct PageRequest<'run> {
    pub path: &'run str,
    pub parameters: Vec<(String, String)>,
    /// Rows to ask for, where the list lets one say so.
    pub rows: Option<u64>,
}

/// A page, whole.
pub(crate) struct FetchedPage {
    pub summary: PageSummary,
    pub decoded: DecodedBatch,
    /// The body it was decoded from, with its nested lists complete.
    pub body: Vec<u8>,
    /// The server's clock when it answered, Unix seconds.
    pub server_time: Option<i64>,
    /// Nested lists that were cut and have been completed.
    pub completed_lists: u64,
    /// The rows it was asked with in the end; fewer than wanted where larger pages did not arrive.
    pub asked_rows: Option<u64>,
    /// From its turn to its last byte, nested lists included and earlier tries not.
    pub took: Duration,
}

impl<'run> Fetcher<'run> {
    pub fn new(
        client: &'run Client,
        data_type: &DataType,
        progress: &'run Progress,
        cancel: &'run CancellationToken,
    ) -> Self {
        Fetcher {
            client,
            retry: RetryPolicy::default(),
            failing: FailingShare::default(),
            progress,
            cancel,
            permission: data_type.permission.clone(),
            pausing: AtomicUsize::new(0),
        }
    }
}

impl Fetcher<'_> {
    /// Requests that wait before they are sent again.
    pub fn pausing(&self) -> usize {
        self.pausing.load(Ordering::Relaxed)
    }

    /// Fetches and decodes a page; a page that cannot be read counts as one that did not come.
    pub async fn page(
        &self,
        request: PageRequest<'_>,
        decoder: &mut PageDecoder,
    ) -> Result<FetchedPage, ImportError> {
        let PageRequest { path, parameters, mut rows } = request;
        let (mut tries, mut outdated) = (Tries::default(), Tries::default());
        let mut broken_off = 0;
        loop {
            let size = rows.map(|rows| ("limit".to_owned(), rows.to_string()));
            let sized: Vec<_> = size.into_iter().chain(parameters.iter().cloned()).collect();
            let wait = match self.once(path, &sized).await {
                Ok(page) => match self.decode(&page, decoder).await {
                    Ok(fetched) => {
                        self.failing.note(false);
                        return Ok(FetchedPage { asked_rows: rows, ..fetched });
                    }
                    Err(Undecoded::Import(error)) => return Err(error),
                    Err(Undecoded::Page(source)) => {
                        broken_off += 1;
                        self.wait_after_unreadable(&mut tries, path, &page, source)?
                    }
                    Err(Undecoded::Outdated(list)) => self.wait_after_outdated(&mut outdated, list)?,
                },
                Err(Unanswered::Stopped) => return Err(ImportError::Stopped),
                Err(Unanswered::Client(error)) => {
                    broken_off += u32::from(error.is_cut_body());
                    self.wait_after(&mut tries, error)?
                }
            };
            if broken_off == CUTS_BEFORE_SMALLER {
                (rows, broken_off) = (rows.map(smaller), 0);
            }
            self.pause(wait).await?;
        }
    }

    /// GETs a path until an answer comes that can be read, or no further try can help.
    pub async fn get<T>(
        &self,
        path: &str,
        parameters: &[(String, String)],
        read: impl Fn(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<(Page, T), ImportError> {
        let mut tries = Tries::default();
        loop {
            let wait = match self.once(path, parameters).await {
                Ok(page) => match read(&page.body) {
                    Ok(read) => {
                        self.failing.note(false);
                        return Ok((page, read));
                    }
                    Err(source) => self.wait_after_unreadable(&mut tries, path, &page, source)?,
                },
                Err(Unanswered::Stopped) => return Err(ImportError::Stopped),
                Err(Unanswered::Client(error)) => self.wait_after(&mut tries, error)?,
            };
            self.pause(wait).await?;
        }
    }

    async fn once(&self, path: &str, parameters: &[(String, String)]) -> Result<Page, Unanswered> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Unanswered::Stopped),
            outcome = self.client.get(path, parameters) => outcome.map_err(Unanswered::Client),
        }
    }

    /// How long to wait before asking again, or the failure when that cannot help.
    fn wait_after(&self, tries: &mut Tries, error: ClientError) -> Result<Duration, ImportError> {
        let wait = self.retry.wait(tries, &error, self.failing.now(), fastrand::f64());
        match wait.filter(|_| tries.made() < MISNAMED_ATTEMPTS_MAX || self.is_stripe(&error)) {
            Some(wait) => Ok(wait),
            None => Err(ImportError::Request {
                attempts: tries.made(),
                permission: self.permission.clone(),
                source: Box::new(error),
            }),
        }
    }

    fn wait_after_unreadable(
        &self,
        tries: &mut Tries,
        path: &str,
        page: &Page,
        source: DecodeError,
    ) -> Result<Duration, ImportError> {
        let wait = self.retry.wait_for(tries, ErrorKind::NotStripe, self.failing.now(), fastrand::f64());
        wait.filter(|_| tries.made() < MISNAMED_ATTEMPTS_MAX || self.has_been_stripe()).ok_or_else(|| {
            ImportError::Page {
                path: path.to_owned(),
                request_id: page.request_id.clone(),
                attempts: tries.made(),
                source: Box::new(source),
            }
        })
    }

    /// Counted apart: the page did come.
    fn wait_after_outdated(&self, outdated: &mut Tries, list: String) -> Result<Duration, ImportError> {
        let wait = self.retry.wait_for(outdated, ErrorKind::Conflict, self.failing.now(), fastrand::f64());
        wait.filter(|_| outdated.made() < OUTDATED_ATTEMPTS_MAX).ok_or_else(|| ImportError::Inconsistent {
            path: list,
            problem: "the list is there when its object is read, and gone when its rest is".to_owned(),
        })
    }

    async fn decode(&self, page: &Page, decoder: &mut PageDecoder) -> Result<FetchedPage, Undecoded> {
        let begun = Instant::now();
        let server_time = page.date.as_deref().and_then(server_time);
        let (summary, body, completed_lists) = match decoder.page(&page.body).map_err(Undecoded::Page)? {
            PageOutcome::Complete(summary) => (summary, None, 0),
            PageOutcome::Incomplete(lists) => {
                let fetching = futures::stream::iter(lists.into_iter().map(|list| async move {
                    match fetch_rest(self, &list).await {
                        Ok(Some(rest)) => Ok((list, rest)),
                        Ok(None) => Err(Undecoded::Outdated(list.url)),
                        Err(error) => Err(Undecoded::Import(error)),
                    }
                }));
                let fetched: Vec<_> = fetching.buffered(NESTED_AT_ONCE).collect().await;
                let completed = fetched.into_iter().collect::<Result<Vec<_>, _>>()?;
                let body = complete_lists(&page.body, &completed).map_err(Undecoded::Page)?;
                match decoder.page(&body).map_err(Undecoded::Page)? {
                    PageOutcome::Complete(summary) => (summary, Some(body), completed.len() as u64),
                    PageOutcome::Incomplete(lists) => {
                        return Err(Undecoded::Import(ImportError::Inconsistent {
                            path: lists.first().map(|list| list.url.clone()).unwrap_or_default(),
                            problem: "a list inside an entry of a completed list is cut too".to_owned(),
                        }));
                    }
                }
            }
        };
        let decoded = decoder.finish().map_err(|error| Undecoded::Import(ImportError::internal(error)))?;
        let body = body.unwrap_or_else(|| page.body.clone());
        Ok(FetchedPage {
            summary,
            decoded,
            body,
            server_time,
            completed_lists,
            asked_rows: None,
            took: page.took + begun.elapsed(),
        })
    }

    /// Whether this looks like Stripe being ill. A server that never answered, or that answers with
    /// something else, is more likely misnamed, and the user should hear of it soon.
    fn is_stripe(&self, error: &ClientError) -> bool {
        match error.kind() {
            // An answer that broke off did begin.
            ErrorKind::Connection => {
                error.is_cut_body() || self.client.traffic().bytes() > 0 || self.has_been_stripe()
            }
            ErrorKind::NotStripe => self.has_been_stripe(),
            _ => true,
        }
    }

    /// Whether pages of this list have come already.
    fn has_been_stripe(&self) -> bool {
        self.progress.pages() > 0
    }

    /// Waits before a request is sent again.
    async fn pause(&self, wait: Duration) -> Result<(), ImportError> {
        self.failing.note(true);
        self.progress.retried();
        self.pausing.fetch_add(1, Ordering::Relaxed);
        let paused = tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(ImportError::Stopped),
            () = tokio::time::sleep(wait) => Ok(()),
        };
        self.pausing.fetch_sub(1, Ordering::Relaxed);
        paused
    }
}

enum Unanswered {
    Client(ClientError),
    Stopped,
}

enum Undecoded {
    Page(DecodeError),
    /// An object, or an entry of its nested list, has been deleted since: the path of that list.
    Outdated(String),
    Import(ImportError),
}

fn smaller(rows: u64) -> u64 {
    (rows / 2).max(PAGE_ROWS_MIN.min(rows))
}

fn server_time(date: &str) -> Option<i64> {
    let zoned = jiff::fmt::rfc2822::parse(date).ok()?;
    Some(zoned.timestamp().as_second())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    use futures::future::BoxFuture;
    use pinstripe_client::{
        Answer, ApiBase, ApiKey, ClientOptions, ConnectionProblem, Exchange, ExchangeFailure, HeaderMap,
    };

    /// Cuts every body of more rows than it lets through.
    #[derive(Debug)]
    struct Cutter {
        rows_max: u64,
        asked: Mutex<Vec<u64>>,
    }

    impl Exchange for Cutter {
        fn send<'a>(
            &'a self,
            _account: Option<&'a str>,
            _path: &'a str,
            parameters: &'a [(String, String)],
        ) -> BoxFuture<'a, Result<Answer, ExchangeFailure>> {
            Box::pin(async move {
                let rows = parameters.iter().find(|(name, _)| name == "limit").unwrap().1.parse().unwrap();
                self.asked.lock().unwrap().push(rows);
                if rows > self.rows_max {
                    let source = "the body broke off".into();
                    return Err(ExchangeFailure::Broken { problem: ConnectionProblem::CutBody, source });
                }
                let body = br#"{"object":"list","data":[],"has_more":false,"url":"/v1/topups"}"#.to_vec();
                Ok(Answer { status: 200, headers: HeaderMap::new(), body })
            })
        }
    }

    async fn fetch(rows_max: u64) -> (Result<Option<u64>, ImportError>, Vec<u64>) {
        fetch_after(0, rows_max).await
    }

    /// After so many other answers that came well.
    async fn fetch_after(others: u32, rows_max: u64) -> (Result<Option<u64>, ImportError>, Vec<u64>) {
        let cutter = Arc::new(Cutter { rows_max, asked: Mutex::default() });
        let options = ClientOptions::new(
            ApiBase::parse("https://api.stripe.com").unwrap(),
            ApiKey::parse("rk_test_1").unwrap(),
        );
        let client = Client::with_exchange(options, cutter.clone());
        let data_type = pinstripe_catalog::catalog().data_type("topups").unwrap();
        let (progress, cancel) = (Progress::default(), CancellationToken::new());
        let fetcher = Fetcher::new(&client, data_type, &progress, &cancel);
        // A page has come before: this is Stripe.
        progress.page(1, 1, None);
        (0..others).for_each(|_| fetcher.failing.note(false));
        let schema =
            pinstripe_arrow::RowSchema::new(pinstripe_catalog::catalog(), &data_type.schema, &[]).unwrap();
        let request = PageRequest { path: "/v1/topups", parameters: Vec::new(), rows: Some(100) };
        let page = fetcher.page(request, &mut PageDecoder::new(Arc::new(schema))).await;
        let asked = cutter.asked.lock().unwrap().clone();
        (page.map(|page| page.asked_rows), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_breaks_off_is_asked_for_smaller_until_it_comes() {
        let (page, asked) = fetch(30).await;
        assert_eq!((page.unwrap(), asked), (Some(25), vec![100, 100, 50, 50, 25]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_is_tried_longer_where_others_come() {
        fastrand::seed(1);
        let mut tried = Vec::new();
        for others in [0, 100] {
            let begun = Instant::now();
            let (page, asked) = fetch_after(others, 0).await;
            page.unwrap_err();
            tried.push((asked.len(), begun.elapsed()));
        }
        let [(alone, alone_took), (among_others, took)] = tried[..] else { unreachable!() };
        assert_eq!((alone, among_others), (9, 20));
        assert!(took > alone_took, "{took:?}, {alone_took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_breaks_off_at_any_size_fails() {
        let (page, asked) = fetch(0).await;
        let error = page.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection);
        assert_eq!(asked, [100, 100, 50, 50, 25, 25, 12, 12, 10]);
    }
}
