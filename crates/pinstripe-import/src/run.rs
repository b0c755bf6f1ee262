//! A whole run: take over what an earlier one left, read the rest, stage it, and say what came.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use pinstripe_arrow::{DecodedBatch, PageSummary, RowSchema};
use pinstripe_catalog::{DataType, catalog};
use pinstripe_client::Client;
use pinstripe_query::RequestPlan;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::account_column::account_field;
use crate::accounts::{MissingAccount, import_accounts};
use crate::drive::{Brought, Drive, hand_on};
use crate::error::ImportError;
use crate::fetch::Fetcher;
use crate::journal::{Entries, Journal};
use crate::progress::Progress;
use crate::record::{Recorder, Step};
use crate::stage::{RowsOf, StagedFile, Stager};

/// Pages between the network and the disk: enough that neither waits, few enough to hold.
pub(crate) const STEP_QUEUE: usize = 16;

/// Every row of a request plan, staged and ready to be committed.
#[derive(Debug)]
pub struct Imported {
    pub files: Vec<StagedFile>,
    pub schema: SchemaRef,
    pub rows: u64,
    /// Rows among them that an earlier run had brought.
    pub kept_rows: u64,
    /// Objects that Stripe sent; more than the rows where conditions are tested here.
    pub objects: u64,
    /// Unix seconds: rows created up to here are in.
    pub cut_off: i64,
    pub notes: Notes,
    /// How many accounts were chosen, where accounts were.
    pub accounts: Option<u64>,
    /// Accounts among them whose rows are not here.
    pub missing_accounts: Vec<MissingAccount>,
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
    /// Adds a page. What its rows have is counted where rows are staged ([`Notes::add_rows`]): some
    /// of a page may be left out.
    pub(crate) fn add(&mut self, _page: &PageSummary, completed_lists: u64) {
        self.completed_lists += completed_lists;
    }

    /// Adds rows that are kept.
    pub(crate) fn add_rows(&mut self, rows: &DecodedBatch) {
        rows.misfits.add_to(&rows.batch, &mut self.unknown_fields, &mut self.mismatches);
    }

    /// Adds what is to be known of other rows.
    pub(crate) fn merge(&mut self, other: Notes) {
        for (notes, found) in
            [(&mut self.unknown_fields, other.unknown_fields), (&mut self.mismatches, other.mismatches)]
        {
            for (field, rows) in found {
                *notes.entry(field).or_default() += rows;
            }
        }
        self.completed_lists += other.completed_lists;
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

/// Brings every row of a request plan into `staging`, or fails. Where the folder holds the journal
/// of an earlier run of the same plan, that run is gone on with; what comes is added to the journal,
/// so that after a failure, or however the process ends, it can be gone on with again. A plan that
/// chooses accounts is read account by account (`accounts`).
pub async fn import(
    client: &Client,
    plan: &RequestPlan,
    staging: &Path,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<Imported, ImportError> {
    if let Some(choice) = &plan.accounts {
        return import_accounts(client, plan, choice, staging, progress, cancel).await;
    }
    let whole = Reading { client, plan, staging, progress, cancel };
    let (data_type, rows_of) = rows_of(plan, None)?;
    let (brought, files, schema) = whole.read(data_type, rows_of).await?;
    Ok(Imported {
        files,
        schema,
        rows: brought.rows,
        kept_rows: progress.kept_rows(),
        objects: brought.objects,
        cut_off: brought.cut_off,
        notes: brought.notes,
        accounts: None,
        missing_accounts: Vec::new(),
    })
}

/// The data type of a plan, and what its rows, of this account, have in common.
pub(crate) fn rows_of(
    plan: &RequestPlan,
    account: Option<&str>,
) -> Result<(&'static DataType, RowsOf), ImportError> {
    let (data_type, row_schema) = row_schema(plan)?;
    let account = account_field(plan).zip(account.map(str::to_owned));
    Ok((data_type, RowsOf { row_schema, left_out: plan.left_out.clone(), account }))
}

/// The reading of one account's list to its end.
pub(crate) struct Reading<'run> {
    pub client: &'run Client,
    pub plan: &'run RequestPlan,
    pub staging: &'run Path,
    pub progress: &'run Progress,
    pub cancel: &'run CancellationToken,
}

impl Reading<'_> {
    pub async fn read(
        &self,
        data_type: &'static DataType,
        rows_of: RowsOf,
    ) -> Result<(Brought, Vec<StagedFile>, SchemaRef), ImportError> {
        let Reading { client, plan, staging, progress, cancel } = *self;
        let fetcher = Fetcher::new(client, data_type, progress, cancel);
        let entries = Journal::open(staging)?;
        let drive = Drive::new(&fetcher, plan, data_type, rows_of.row_schema.clone());
        let (steps, mut taken) = mpsc::channel(STEP_QUEUE);
        let mut recorder = Recorder::new(Stager::new(staging.to_owned(), rows_of));
        let mut recording = tokio::task::spawn_blocking(move || {
            while let Some(step) = taken.blocking_recv() {
                recorder.take(step)?;
            }
            recorder.finish()
        });
        let brought = bring(drive, entries, progress, cancel, steps).await;
        // A failure to write ends the reading too; its cause is the one to report.
        let staged = tokio::select! {
            staged = &mut recording => staged.map_err(ImportError::internal)??,
            // Bringing many files to the same columns takes long; nobody waits for it who wants to stop.
            () = cancel.cancelled(), if brought.is_ok() => return Err(ImportError::Stopped),
        };
        let mut brought = brought?;
        let (files, schema, notes) =
            staged.ok_or_else(|| ImportError::Internal("the writing thread ended early".to_owned()))?;
        brought.notes.merge(notes);
        Ok((brought, files, schema))
    }
}

/// Replays the journal, then reads what is left; every step goes to `steps` in order.
pub(crate) async fn bring(
    mut drive: Drive<'_>,
    mut entries: Entries,
    progress: &Progress,
    cancel: &CancellationToken,
    steps: mpsc::Sender<Step>,
) -> Result<Brought, ImportError> {
    while let Some((entry, body)) = entries.next() {
        if cancel.is_cancelled() {
            return Err(ImportError::Stopped);
        }
        if let Some(rows) = drive.replay(&entry, &body)? {
            hand_on(&steps, Step::Replayed(rows)).await?;
        }
    }
    progress.keep();
    hand_on(&steps, Step::Begin(entries.into_journal()?)).await?;
    let brought = drive.run(&steps).await?;
    hand_on(&steps, Step::End).await?;
    Ok(brought)
}
