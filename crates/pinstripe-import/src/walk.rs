//! A list, page by page, newest first, until Stripe says that there is no more.
//!
//! Cursors are exclusive and lists are newest first, so objects made meanwhile land before the
//! first page: none comes twice. When the object a cursor names is deleted, the walk goes on from
//! the row before it, and when a whole page of them is gone, by `created` from the second it had
//! reached; rows it has already are left out. A server whose pages overlap or go in circles is
//! found out by the ids, of which a walk keeps a hash each.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::TimestampMicrosecondType;
use pinstripe_arrow::{DecodedBatch, PageDecoder, PageSummary, RowSchema};
use pinstripe_catalog::{DataType, FieldKind};
use pinstripe_client::ErrorKind;
use pinstripe_query::{RequestPlan, TimeRange};

use crate::error::ImportError;
use crate::fetch::{FetchedPage, Fetcher};

/// Stripe's largest page.
pub(crate) const PAGE_ROWS: u64 = 100;

/// Where a walk stands.
pub(crate) struct Walk<'run> {
    plan: &'run RequestPlan,
    data_type: &'run DataType,
    decoder: PageDecoder,
    cursor: Option<String>,
    range: TimeRange,
    /// Rows of the oldest second reached, in case the walk must go on by time.
    reached: Reached,
    /// Ids of the last page, oldest last: where to go on when the cursor's object is gone.
    last_page: Vec<String>,
    /// Rows that will come again, because the walk went back over them.
    taken: HashSet<String>,
    /// A hash of every id that has come.
    seen: HashSet<u64>,
    /// Whether every row so far was no newer than the one before it.
    descending: bool,
    done: bool,
}

#[derive(Default)]
struct Reached {
    created: Option<i64>,
    ids: HashSet<String>,
}

/// One page of a walk, decoded.
pub(crate) struct WalkedPage {
    pub decoded: DecodedBatch,
    pub fetched: FetchedPage,
}

impl<'run> Walk<'run> {
    pub fn new(plan: &'run RequestPlan, data_type: &'run DataType, row_schema: Arc<RowSchema>) -> Self {
        Walk {
            plan,
            data_type,
            decoder: PageDecoder::new(row_schema),
            cursor: None,
            range: plan.range,
            reached: Reached::default(),
            last_page: Vec::new(),
            taken: HashSet::new(),
            seen: HashSet::new(),
            descending: true,
            done: false,
        }
    }

    /// The next page, or `None` at the end of the list.
    pub async fn next(
        &mut self,
        fetcher: &Fetcher<'_>,
        page_rows: u64,
    ) -> Result<Option<WalkedPage>, ImportError> {
        if self.done {
            return Ok(None);
        }
        let mut asked_again = false;
        let fetched = loop {
            let parameters = self.parameters(page_rows);
            match fetcher.page(&self.plan.path, &parameters, &mut self.decoder).await {
                // The page before said that there is more: an empty one is asked for twice.
                Ok(fetched) if fetched.summary.rows == 0 && self.cursor.is_some() && !asked_again => {
                    asked_again = true;
                    self.decoder.finish().map_err(ImportError::internal)?;
                }
                Ok(fetched) => break fetched,
                Err(error) if error.kind() == ErrorKind::CursorGone => self.go_on_without_cursor(error)?,
                Err(error) => return Err(error),
            }
        };
        let mut decoded = self.decoder.finish().map_err(ImportError::internal)?;
        self.check(&fetched.summary)?;
        self.check_objects(&decoded.batch)?;
        decoded.batch = self.without_taken(decoded.batch)?;
        self.note_ids(&decoded.batch)?;
        self.note_reached(&decoded.batch);
        self.done = !fetched.summary.has_more;
        self.cursor = match self.plan.search {
            Some(_) => fetched.summary.next_page.clone(),
            None => fetched.summary.last_id.clone(),
        };
        Ok(Some(WalkedPage { decoded, fetched }))
    }

    fn parameters(&self, page_rows: u64) -> Vec<(String, String)> {
        let mut parameters = self.plan.parameters.clone();
        if let Some(query) = &self.plan.search {
            parameters.push(("query".to_owned(), query.clone()));
        }
        if self.data_type.paging.limit || self.plan.search.is_some() {
            parameters.push(("limit".to_owned(), page_rows.to_string()));
        }
        if let Some(from) = self.range.from {
            parameters.push(("created[gte]".to_owned(), from.to_string()));
        }
        if let Some(until) = self.range.until {
            parameters.push(("created[lt]".to_owned(), until.to_string()));
        }
        for path in &self.plan.expand {
            parameters.push(("expand[]".to_owned(), format!("data.{path}")));
        }
        if let Some(cursor) = &self.cursor {
            let name = if self.plan.search.is_some() { "page" } else { "starting_after" };
            parameters.push((name.to_owned(), cursor.clone()));
        }
        parameters
    }

    /// The pages of one walk must go on, and hold only what was asked for.
    fn check(&self, summary: &PageSummary) -> Result<(), ImportError> {
        let problem = if self.plan.search.is_some() {
            if !summary.has_more || (summary.next_page.is_some() && summary.next_page != self.cursor) {
                return Ok(());
            }
            "has_more is true, but there is no further page"
        } else if summary.has_more && summary.last_id.is_none() {
            "has_more is true on a page without rows"
        } else if summary.has_more && !self.data_type.paging.starting_after {
            "has_more is true on a list that has no pages"
        } else if self.cursor.is_some() && (summary.last_id == self.cursor || summary.first_id == self.cursor)
        {
            "a page came again"
        } else if self
            .range
            .from
            .is_some_and(|from| summary.oldest_created.is_some_and(|oldest| oldest < from))
            || self
                .range
                .until
                .is_some_and(|until| summary.newest_created.is_some_and(|newest| newest >= until))
        {
            "a row lies outside the dates that were asked for"
        } else {
            return Ok(());
        };
        Err(self.inconsistent(problem))
    }

    /// Goes on from the row before the one that is gone, or by time when the whole page is.
    fn go_on_without_cursor(&mut self, error: ImportError) -> Result<(), ImportError> {
        if self.cursor.is_none() || self.plan.search.is_some() {
            return Err(error);
        }
        if let Some(gone) = self.last_page.pop() {
            self.taken.insert(gone);
        }
        if let Some(before) = self.last_page.last() {
            tracing::info!(path = %self.plan.path, "the cursor's object is gone, going on from the row before it");
            self.cursor = Some(before.clone());
            return Ok(());
        }
        // Only rows in order tell what is older than the second that was reached.
        let reached = self.reached.created.filter(|_| self.descending && self.data_type.has_created_range());
        let Some(created) = reached else { return Err(error) };
        tracing::info!(path = %self.plan.path, created, "a whole page of cursors is gone, going on by time");
        self.cursor = None;
        self.range.until = Some(created + 1);
        self.taken.extend(self.reached.ids.iter().cloned());
        Ok(())
    }

    /// Rows must be what was asked for: a page of customers is no page of charges.
    fn check_objects(&self, batch: &RecordBatch) -> Result<(), ImportError> {
        let schema = pinstripe_catalog::catalog().schema(&self.data_type.schema);
        let Some(FieldKind::Enum(names)) = schema.field("object").map(|field| &field.kind) else {
            return Ok(());
        };
        let Some(found) = batch.column_by_name("object").and_then(|column| column.as_string_opt::<i32>())
        else {
            return Ok(());
        };
        match found.iter().flatten().find(|found| !names.iter().any(|name| name == found)) {
            None => Ok(()),
            Some(_) => Err(self
                .inconsistent(&format!("expected objects of the kind {}, found others", names.join(" or ")))),
        }
    }

    /// Notes the ids of a page's rows; one that has come before means that the pages overlap.
    fn note_ids(&mut self, batch: &RecordBatch) -> Result<(), ImportError> {
        let Some(ids) = batch.column_by_name("id").and_then(|ids| ids.as_string_opt::<i32>()) else {
            return Ok(());
        };
        self.last_page.clear();
        for id in ids.iter().flatten() {
            let mut hasher = DefaultHasher::new();
            id.hash(&mut hasher);
            // Search may list a row on two pages while its index moves; `without_taken` leaves it out.
            if !self.seen.insert(hasher.finish()) {
                return Err(self.inconsistent("a row came twice"));
            }
            self.last_page.push(id.to_owned());
            if self.plan.search.is_some() {
                self.taken.insert(id.to_owned());
            }
        }
        Ok(())
    }

    fn inconsistent(&self, problem: &str) -> ImportError {
        ImportError::Inconsistent { path: self.plan.path.clone(), problem: problem.to_owned() }
    }

    fn without_taken(&self, batch: RecordBatch) -> Result<RecordBatch, ImportError> {
        if self.taken.is_empty() {
            return Ok(batch);
        }
        let Some(ids) = batch.column_by_name("id").map(|ids| ids.as_string::<i32>()) else {
            return Ok(batch);
        };
        let new: BooleanArray =
            ids.iter().map(|id| Some(id.is_none_or(|id| !self.taken.contains(id)))).collect();
        filter_record_batch(&batch, &new).map_err(ImportError::internal)
    }

    fn note_reached(&mut self, batch: &RecordBatch) {
        let (Some(ids), Some(created)) = (batch.column_by_name("id"), batch.column_by_name("created")) else {
            return;
        };
        let ids = ids.as_string::<i32>();
        let Some(created) = created.as_primitive_opt::<TimestampMicrosecondType>() else { return };
        for row in 0..batch.num_rows() {
            let second = created.value(row) / 1_000_000;
            if self.reached.created.is_some_and(|reached| second > reached) {
                self.descending = false;
            }
            if self.reached.created != Some(second) {
                self.reached = Reached { created: Some(second), ids: HashSet::new() };
            }
            self.reached.ids.insert(ids.value(row).to_owned());
        }
    }
}
