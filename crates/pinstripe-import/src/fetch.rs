//! One page into the decoder: asked for, and asked for again while that can help.
//!
//! Nothing is decided here about which page comes next; `walk` does that.

use pinstripe_arrow::{PageDecoder, PageOutcome, PageSummary, complete_lists};
use pinstripe_client::{Client, ClientError, ErrorKind, Page, RetryPolicy};
use tokio_util::sync::CancellationToken;

use crate::error::ImportError;
use crate::nested::fetch_rest;
use crate::progress::Progress;

/// Tries to reach a server that is likely misnamed: one that never answered, or not as Stripe does.
const MISNAMED_ATTEMPTS_MAX: u32 = 3;

/// What every request of a run shares.
pub(crate) struct Fetcher<'run> {
    pub client: &'run Client,
    pub retry: RetryPolicy,
    pub progress: &'run Progress,
    pub cancel: &'run CancellationToken,
    /// The permission that reading this data type needs, for the hint when Stripe names none.
    pub permission: Option<String>,
}

/// A page that stands in the decoder.
pub(crate) struct FetchedPage {
    pub summary: PageSummary,
    /// The server's clock when it answered, Unix seconds.
    pub server_time: Option<i64>,
    /// Nested lists that were cut and have been completed.
    pub completed_lists: u64,
}

impl Fetcher<'_> {
    /// Fetches and decodes a page; a page that cannot be read counts as one that did not come.
    pub async fn page(
        &self,
        path: &str,
        parameters: &[(String, String)],
        decoder: &mut PageDecoder,
    ) -> Result<FetchedPage, ImportError> {
        let mut attempt = 1;
        loop {
            let page = self.get(path, parameters).await?;
            match self.decode(&page, decoder).await {
                Ok(fetched) => return Ok(fetched),
                Err(Undecoded::Import(error)) => return Err(error),
                Err(Undecoded::Page(source)) => {
                    let give_up = |source| ImportError::Page {
                        path: path.to_owned(),
                        request_id: page.request_id.clone(),
                        attempts: attempt,
                        source: Box::new(source),
                    };
                    let wait = self.retry.wait_for(attempt, ErrorKind::NotStripe, fastrand::f64());
                    match wait.filter(|_| attempt < MISNAMED_ATTEMPTS_MAX) {
                        None => return Err(give_up(source)),
                        Some(wait) => self.pause(wait).await?,
                    }
                    attempt += 1;
                }
            }
        }
    }

    /// GETs a path until an answer comes or no further try can help.
    pub async fn get(&self, path: &str, parameters: &[(String, String)]) -> Result<Page, ImportError> {
        let mut attempt = 1;
        loop {
            let outcome = tokio::select! {
                outcome = self.client.get(path, parameters) => outcome,
                () = self.cancel.cancelled() => return Err(ImportError::Stopped),
            };
            let error = match outcome {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            let wait = self.retry.wait(attempt, &error, fastrand::f64());
            match wait.filter(|_| attempt < MISNAMED_ATTEMPTS_MAX || self.is_stripe(&error)) {
                Some(wait) => self.pause(wait).await?,
                None => return Err(self.failed(attempt, error)),
            }
            attempt += 1;
        }
    }

    async fn decode(&self, page: &Page, decoder: &mut PageDecoder) -> Result<FetchedPage, Undecoded> {
        let server_time = page.date.as_deref().and_then(server_time);
        match decoder.page(&page.body).map_err(Undecoded::Page)? {
            PageOutcome::Complete(summary) => Ok(FetchedPage { summary, server_time, completed_lists: 0 }),
            PageOutcome::Incomplete(lists) => {
                let mut completed = Vec::with_capacity(lists.len());
                for list in lists {
                    let rest = fetch_rest(self, &list).await.map_err(Undecoded::Import)?;
                    completed.push((list, rest));
                }
                let completed_lists = completed.len() as u64;
                let body = complete_lists(&page.body, &completed).map_err(Undecoded::Page)?;
                match decoder.page(&body).map_err(Undecoded::Page)? {
                    PageOutcome::Complete(summary) => {
                        Ok(FetchedPage { summary, server_time, completed_lists })
                    }
                    PageOutcome::Incomplete(lists) => Err(Undecoded::Import(ImportError::Inconsistent {
                        path: lists.first().map(|list| list.url.clone()).unwrap_or_default(),
                        problem: "a list inside an entry of a completed list is cut too".to_owned(),
                    })),
                }
            }
        }
    }

    /// Whether this looks like Stripe being ill. A server that never answered, or that answers with
    /// something else, is more likely misnamed, and the user should hear of it soon.
    fn is_stripe(&self, error: &ClientError) -> bool {
        match error.kind() {
            ErrorKind::Connection => self.client.traffic().bytes() > 0,
            ErrorKind::NotStripe => false,
            _ => true,
        }
    }

    async fn pause(&self, wait: std::time::Duration) -> Result<(), ImportError> {
        self.progress.retried();
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            () = self.cancel.cancelled() => Err(ImportError::Stopped),
        }
    }

    fn failed(&self, attempts: u32, error: ClientError) -> ImportError {
        ImportError::Request { attempts, permission: self.permission.clone(), source: Box::new(error) }
    }
}

enum Undecoded {
    Page(pinstripe_arrow::DecodeError),
    Import(ImportError),
}

fn server_time(date: &str) -> Option<i64> {
    let zoned = jiff::fmt::rfc2822::parse(date).ok()?;
    Some(zoned.timestamp().as_second())
}
