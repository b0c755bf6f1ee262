//! One window of a list, page by page, newest first, until Stripe says that there is no more.
//! It says what to ask next and checks what came; it asks nothing itself. Read next: `drive`.
//!
//! Cursors are exclusive and lists are newest first, so objects made meanwhile land before the
//! first page: none comes twice. When the object a cursor names is deleted, the walk goes on from
//! the row before it, and when a whole page of them is gone, by `created` from the second it had
//! reached; rows it has already are left out. A window may lose its older part while it is read:
//! what a page under way still brings of it is left out here.

use std::collections::HashSet;

use arrow::array::{Array, AsArray, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::TimestampMicrosecondType;
use pinstripe_arrow::PageSummary;
use pinstripe_catalog::{DataType, FieldKind};
use pinstripe_query::{RequestPlan, TimeRange};

use crate::error::ImportError;
use crate::seen::{Seen, id_hash};

/// Stripe's largest page.
pub(crate) const PAGE_ROWS: u64 = 100;

/// Rows are in order by `created`, but nobody promises it to the second: a page must go this far
/// beyond a window's end to prove that nothing of the window follows.
const ORDER_MARGIN_SECONDS: i64 = 60;

/// Where a walk stands.
pub(crate) struct Walk<'run> {
    plan: &'run RequestPlan,
    data_type: &'run DataType,
    cursor: Option<String>,
    range: TimeRange,
    /// Ids of the last page, oldest last: where to go on when the cursor's object is gone.
    last_page: Vec<String>,
    /// Rows that will come again, because the walk went back over them.
    taken: HashSet<u64>,
    seen: Seen,
    /// Whether the page before said that there is more, of the range as it is now.
    promised: bool,
    asked_again: bool,
}

/// What a page was to a walk.
pub(crate) enum Taken {
    /// Its new rows; `last` when the walk is at its end.
    Rows { batch: RecordBatch, last: bool },
    /// The page before said that there is more, and this one is empty: it is asked for once more.
    AskAgain,
}

impl<'run> Walk<'run> {
    pub fn new(plan: &'run RequestPlan, data_type: &'run DataType, range: TimeRange) -> Self {
        Walk {
            plan,
            data_type,
            cursor: None,
            range,
            last_page: Vec::new(),
            taken: HashSet::new(),
            seen: Seen::default(),
            promised: false,
            asked_again: false,
        }
    }

    pub fn range(&self) -> TimeRange {
        self.range
    }

    /// Gives up everything created before `from`: another walk has taken it over.
    pub fn narrow(&mut self, from: i64) {
        self.range.from = Some(from);
        self.promised = false;
    }

    /// The next page has been taken before, by an earlier process: it is not asked for again.
    pub fn believe_next(&mut self) {
        self.asked_again = true;
    }

    /// The walk is at its end: what it remembers is of no use any more.
    pub fn forget(&mut self) {
        self.seen = Seen::default();
        self.last_page = Vec::new();
        self.taken = HashSet::new();
    }

    /// Rows of the last page from which the walk can go on.
    pub fn last_page_rows(&self) -> usize {
        self.last_page.len()
    }

    /// Whether the size of a page can be asked for.
    pub fn has_page_size(&self) -> bool {
        self.data_type.paging.limit || self.plan.search.is_some()
    }

    /// The next page, without its size.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let mut parameters = self.plan.parameters.clone();
        if let Some(query) = &self.plan.search {
            parameters.push(("query".to_owned(), query.clone()));
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

    /// Takes a page that was asked for with `asked` as its range.
    pub fn take(
        &mut self,
        summary: &PageSummary,
        batch: RecordBatch,
        asked: TimeRange,
    ) -> Result<Taken, ImportError> {
        if summary.rows == 0 && self.promised && !self.asked_again {
            self.asked_again = true;
            return Ok(Taken::AskAgain);
        }
        self.asked_again = false;
        self.check(summary, asked)?;
        self.check_objects(&batch)?;
        let (batch, reached_end) = self.within_range(batch)?;
        let batch = self.without_taken(batch)?;
        self.note_rows(&batch)?;
        self.cursor = match self.plan.search {
            Some(_) => summary.next_page.clone(),
            None => summary.last_id.clone(),
        };
        self.promised = summary.has_more && asked.from == self.range.from;
        Ok(Taken::Rows { batch, last: reached_end || !summary.has_more })
    }

    /// The pages of one walk must go on, and hold only what was asked for.
    fn check(&self, summary: &PageSummary, asked: TimeRange) -> Result<(), ImportError> {
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
        } else if asked.from.is_some_and(|from| summary.oldest_created.is_some_and(|oldest| oldest < from))
            || asked.until.is_some_and(|until| summary.newest_created.is_some_and(|newest| newest >= until))
        {
            "a row lies outside the dates that were asked for"
        } else {
            return Ok(());
        };
        Err(self.inconsistent(problem))
    }

    /// Goes on from the row before the one that is gone, or by time when the whole page is. False
    /// when there is no way on.
    pub fn go_on_without_cursor(&mut self) -> bool {
        if self.cursor.is_none() || self.plan.search.is_some() {
            return false;
        }
        if let Some(gone) = self.last_page.pop() {
            self.taken.insert(id_hash(&gone));
        }
        if let Some(before) = self.last_page.last() {
            tracing::info!(path = %self.plan.path, "the cursor's object is gone, going on from the row before it");
            self.cursor = Some(before.clone());
            return true;
        }
        // Only rows in order tell what is older than the second that was reached.
        let reached = self.seen.reached().filter(|_| self.data_type.has_created_range());
        let Some((created, ids)) = reached else { return false };
        tracing::info!(path = %self.plan.path, created, "a whole page of cursors is gone, going on by time");
        self.cursor = None;
        self.promised = false;
        self.range.until = Some(created + 1);
        self.taken.extend(ids);
        true
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

    /// Leaves out rows that another walk took over, and says whether that means the end of this
    /// one: of rows in order, whatever follows an older one is older too.
    fn within_range(&self, batch: RecordBatch) -> Result<(RecordBatch, bool), ImportError> {
        let (Some(from), Some(created)) = (self.range.from, created_of(&batch)) else {
            return Ok((batch, false));
        };
        let newer: BooleanArray =
            created.iter().map(|micros| Some(micros.is_none_or(|micros| second(micros) >= from))).collect();
        if newer.true_count() == batch.num_rows() {
            return Ok((batch, false));
        }
        let in_order = self.seen.is_in_order() && created.values().is_sorted_by(|one, next| one >= next);
        let oldest = arrow::compute::min(created).map(second);
        let far_beyond = oldest.is_some_and(|oldest| oldest < from - ORDER_MARGIN_SECONDS);
        let kept = filter_record_batch(&batch, &newer).map_err(ImportError::internal)?;
        Ok((kept, in_order && far_beyond))
    }

    /// Notes the rows of a page; one that has come before means that the pages overlap.
    fn note_rows(&mut self, batch: &RecordBatch) -> Result<(), ImportError> {
        let Some(ids) = ids_of(batch) else { return Ok(()) };
        let created = created_of(batch);
        self.last_page.clear();
        for (row, id) in ids.iter().enumerate() {
            let Some(id) = id else { continue };
            let created =
                created.filter(|created| created.is_valid(row)).map(|created| second(created.value(row)));
            // Search may list a row on two pages while its index moves; `without_taken` leaves it out.
            let hash = id_hash(id);
            if let Err(problem) = self.seen.note(hash, created) {
                return Err(self.inconsistent(problem));
            }
            self.last_page.push(id.to_owned());
            if self.plan.search.is_some() {
                self.taken.insert(hash);
            }
        }
        Ok(())
    }

    pub fn inconsistent(&self, problem: &str) -> ImportError {
        ImportError::Inconsistent { path: self.plan.path.clone(), problem: problem.to_owned() }
    }

    fn without_taken(&self, batch: RecordBatch) -> Result<RecordBatch, ImportError> {
        let Some(ids) = ids_of(&batch).filter(|_| !self.taken.is_empty()) else { return Ok(batch) };
        let new: BooleanArray =
            ids.iter().map(|id| Some(id.is_none_or(|id| !self.taken.contains(&id_hash(id))))).collect();
        filter_record_batch(&batch, &new).map_err(ImportError::internal)
    }
}

fn ids_of(batch: &RecordBatch) -> Option<&StringArray> {
    batch.column_by_name("id")?.as_string_opt::<i32>()
}

fn created_of(batch: &RecordBatch) -> Option<&PrimitiveArray<TimestampMicrosecondType>> {
    batch.column_by_name("created")?.as_primitive_opt()
}

fn second(micros: i64) -> i64 {
    micros.div_euclid(1_000_000)
}

/// The newest and the oldest second of a batch's rows.
pub(crate) fn created_span(batch: &RecordBatch) -> Option<(i64, i64)> {
    let created = created_of(batch)?;
    let newest = arrow::compute::max(created)?;
    let oldest = arrow::compute::min(created)?;
    Some((second(newest), second(oldest)))
}
