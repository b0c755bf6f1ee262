//! A whole run: walk the list, stage what comes, and say what was brought.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use pinstripe_arrow::{DecodedBatch, RowSchema};
use pinstripe_catalog::{DataType, catalog};
use pinstripe_client::{Client, RetryPolicy};
use pinstripe_query::RequestPlan;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::error::ImportError;
use crate::fetch::Fetcher;
use crate::matching::matching_rows;
use crate::progress::Progress;
use crate::stage::{StagedFile, Stager};
use crate::walk::{PAGE_ROWS, Walk, WalkedPage};

/// Batches between the network and the disk: enough that neither waits, few enough to hold.
const STAGE_QUEUE: usize = 16;

/// Every row of a request plan, staged and ready to be committed.
#[derive(Debug)]
pub struct Imported {
    pub files: Vec<StagedFile>,
    pub schema: SchemaRef,
    pub rows: u64,
    /// Objects that Stripe sent; more than the rows where conditions are tested here.
    pub objects: u64,
    /// Unix seconds: rows created up to here are in.
    pub cut_off: i64,
    pub notes: Notes,
}

/// What the user should know of a run that succeeded.
#[derive(Debug, Default, Clone)]
pub struct Notes {
    /// Fields the catalog does not know, with the number of rows that had them; kept in `extra`.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Fields whose values did not fit their column; kept in `extra`.
    pub mismatches: BTreeMap<String, u64>,
    /// Nested lists that Stripe had cut and that were completed.
    pub completed_lists: u64,
}

impl Notes {
    fn add(&mut self, page: &WalkedPage) {
        let summary = &page.fetched.summary;
        for (notes, found) in
            [(&mut self.unknown_fields, &summary.unknown_fields), (&mut self.mismatches, &summary.mismatches)]
        {
            for (field, rows) in found {
                *notes.entry(field.clone()).or_default() += rows;
            }
        }
        self.completed_lists += page.fetched.completed_lists;
    }
}

/// The data type of a plan, and the columns it gives.
pub(crate) fn row_schema(plan: &RequestPlan) -> Result<(&'static DataType, Arc<RowSchema>), ImportError> {
    let data_type = catalog().data_type(&plan.data_type).map_err(|unknown| {
        ImportError::Internal(format!("the plan names the unknown data type {}", unknown.name))
    })?;
    let row_schema = RowSchema::new(catalog(), &data_type.schema, &plan.expand).map_err(ImportError::Plan)?;
    Ok((data_type, Arc::new(row_schema)))
}

/// Brings every row of a request plan into `staging`, or fails.
pub async fn import(
    client: &Client,
    plan: &RequestPlan,
    staging: &Path,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<Imported, ImportError> {
    let (data_type, row_schema) = row_schema(plan)?;
    let fetcher = Fetcher {
        client,
        retry: RetryPolicy::default(),
        progress,
        cancel,
        permission: data_type.permission.clone(),
    };
    progress.begin(plan.range.from);

    let (sender, receiver) = mpsc::channel(STAGE_QUEUE);
    let stager = Stager::new(staging.to_owned(), row_schema.clone());
    let staged = tokio::task::spawn_blocking(move || stage_all(stager, receiver));
    let walked = walk_all(&fetcher, plan, data_type, row_schema, sender).await;
    let staged = staged.await.map_err(ImportError::internal)?;
    // A failure to write stops the walk with `StagerGone`; its cause is the one to report.
    let (files, schema) = staged?;
    let walked = walked?;
    Ok(Imported {
        files,
        schema,
        rows: walked.rows,
        objects: walked.objects,
        cut_off: walked.cut_off,
        notes: walked.notes,
    })
}

struct Walked {
    rows: u64,
    objects: u64,
    cut_off: i64,
    notes: Notes,
}

async fn walk_all(
    fetcher: &Fetcher<'_>,
    plan: &RequestPlan,
    data_type: &'static DataType,
    row_schema: Arc<RowSchema>,
    sender: mpsc::Sender<DecodedBatch>,
) -> Result<Walked, ImportError> {
    let mut walked = Walked { rows: 0, objects: 0, cut_off: plan.cut_off, notes: Notes::default() };
    let mut walk = Walk::new(plan, data_type, row_schema);
    let mut first = true;
    loop {
        let left = plan.row_limit.map(|limit| limit.saturating_sub(walked.rows));
        if left == Some(0) {
            break;
        }
        let Some(mut page) = walk.next(fetcher, page_rows(plan, left)).await? else {
            break;
        };
        let summary = &page.fetched.summary;
        if first && plan.range.until.is_none() {
            // Clocks differ: the cut-off is never before what the first page proves to exist.
            let seen = summary.newest_created.into_iter().chain(page.fetched.server_time);
            walked.cut_off = seen.fold(walked.cut_off, i64::max);
        }
        first = false;
        walked.objects += page.decoded.batch.num_rows() as u64;
        page.decoded.batch = matching_rows(&page.decoded.batch, &plan.filters)?;
        if let Some(left) = left.and_then(|left| usize::try_from(left).ok())
            && page.decoded.batch.num_rows() > left
        {
            page.decoded.batch = page.decoded.batch.slice(0, left);
        }
        let rows = page.decoded.batch.num_rows() as u64;
        walked.rows += rows;
        walked.notes.add(&page);
        fetcher.progress.page(rows, summary.oldest_created, summary.newest_created);
        if sender.send(page.decoded).await.is_err() {
            return Err(ImportError::Internal("the staging thread ended early".to_owned()));
        }
    }
    Ok(walked)
}

/// A page need not be larger than what is still wanted, where every object is a row.
fn page_rows(plan: &RequestPlan, left: Option<u64>) -> u64 {
    match left {
        Some(left) if plan.filters.is_empty() => left.min(PAGE_ROWS),
        _ => PAGE_ROWS,
    }
}

fn stage_all(
    mut stager: Stager,
    mut receiver: mpsc::Receiver<DecodedBatch>,
) -> Result<(Vec<StagedFile>, SchemaRef), ImportError> {
    while let Some(decoded) = receiver.blocking_recv() {
        stager.push(decoded)?;
    }
    stager.finish()
}
