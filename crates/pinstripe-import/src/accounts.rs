//! Several accounts of a platform in one import: each is read by itself, some at the same time, with
//! its own limits, its own folder and its own journal, and all end with the same columns.
//!
//! An account that cannot be read (its access was revoked, the key may not read this of it) is named
//! among the missing ones and holds up nobody. A failure that is not the account's, of the network say,
//! ends the import as it ends any other; what had come, of every account, is kept.
//! Read next: `connected` for which accounts there are, `run` for the reading of one.

use std::fs;
use std::path::{Path, PathBuf};

use futures::StreamExt;
use futures::future::BoxFuture;
use pinstripe_client::{Client, ClientError, ErrorKind, StripeError};
use pinstripe_query::{AccountChoice, RequestPlan};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::connected::{Account, chosen};
use crate::drive::Brought;
use crate::error::ImportError;
use crate::progress::Progress;
use crate::run::{Imported, Notes, Reading, rows_of};
use crate::stage::{RowsOf, StagedFile, unite};

/// Accounts that are read at the same time: enough to use the limits of several, few enough that
/// their pages and files stay few.
const AT_ONCE: usize = 8;
/// The folder of the accounts' folders, in a run's own.
const FOLDER: &str = "accounts";
/// Accounts that a sentence names.
const LISTED_MAX: usize = 5;

/// An account that was chosen and whose rows are not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingAccount {
    pub account: String,
    /// In a few words: `access revoked`.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// One account that was read whole.
struct Part {
    /// Its place among the chosen ones.
    place: usize,
    brought: Brought,
    /// Rows that an earlier run had brought.
    kept: u64,
    rows_of: RowsOf,
    files: Vec<StagedFile>,
}

/// A run's folder and the folders of its accounts: where journals and staged files may be.
pub fn run_folders(folder: &Path) -> Vec<PathBuf> {
    let accounts = fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
    std::iter::once(folder.to_owned()).chain(accounts.map(|entry| entry.path())).collect()
}

/// `acct_1 (access revoked), acct_2 (...)`, the first few.
pub(crate) fn list(missing: &[MissingAccount]) -> String {
    let named: Vec<String> = missing
        .iter()
        .take(LISTED_MAX)
        .map(|missing| format!("{} ({})", missing.account, missing.reason))
        .collect();
    match missing.len().saturating_sub(LISTED_MAX) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

impl MissingAccount {
    /// Says of missing accounts, `None` where there are none, which they are: `2 of 200 accounts are
    /// not in this frame: ...`.
    pub fn sentence(missing: &[MissingAccount], of: u64) -> Option<String> {
        match missing.len() {
            0 => None,
            1 => Some(format!("1 of {of} accounts is not in this frame: {}", list(missing))),
            many => Some(format!("{many} of {of} accounts are not in this frame: {}", list(missing))),
        }
    }

    /// An account whose failure is its own, or the failure given back.
    fn of(account: &Account, error: ImportError) -> Result<(MissingAccount, ImportError), ImportError> {
        let ImportError::Request { source, .. } = &error else { return Err(error) };
        let ClientError::Stripe(refusal) = source.as_ref() else { return Err(error) };
        if !matches!(error.kind(), ErrorKind::Permission | ErrorKind::RequestRefused) {
            return Err(error);
        }
        let (account, reason) = (account.id.clone(), reason(refusal));
        Ok((MissingAccount { account, reason, hint: error.hint() }, error))
    }
}

fn reason(refusal: &StripeError) -> String {
    if refusal.is_account_refused() && !refusal.message.starts_with("Only ") {
        return "access revoked, or no such account".to_owned();
    }
    match refusal.missing_permission() {
        Some(permission) => format!("the key has no permission {permission} for it"),
        None if refusal.message.is_empty() => format!("refused with {}", refusal.status),
        None => refusal.message.trim_end_matches('.').to_owned(),
    }
}

/// Brings the rows of every account of a choice into `staging`. It fails where none can be read.
pub(crate) async fn import_accounts(
    client: &Client,
    plan: &RequestPlan,
    choice: &AccountChoice,
    staging: &Path,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<Imported, ImportError> {
    let accounts = chosen(client, choice, staging, progress, cancel).await?;
    progress.expect_accounts(accounts.len() as u64);
    // One failure that is not of its account ends the others too.
    let stop = cancel.child_token();
    let readings: Vec<BoxFuture<'_, _>> = accounts
        .iter()
        .enumerate()
        .map(|(place, account)| {
            let run = AccountRun { client, plan, staging, progress, stop: &stop, place, account };
            let reading: BoxFuture<'_, _> = Box::pin(async move { (account, run.read().await) });
            reading
        })
        .collect();
    let mut readings = futures::stream::iter(readings).buffer_unordered(AT_ONCE);
    let (mut parts, mut missing) = (Vec::new(), Vec::new());
    let mut failure: Option<ImportError> = None;
    let mut refusal: Option<ImportError> = None;
    while let Some((account, outcome)) = readings.next().await {
        match outcome.or_else(|error| MissingAccount::of(account, error).map(Outcome::Missing)) {
            Ok(Outcome::Read(part)) => parts.push(part),
            Ok(Outcome::Missing((account, error))) => {
                missing.push(account);
                refusal.get_or_insert(error);
            }
            Err(error) => {
                // The others stop because of the first.
                failure.get_or_insert_with(|| of_account(staging, account, error));
                stop.cancel();
            }
        }
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    missing.sort_by(|one: &MissingAccount, other| one.account.cmp(&other.account));
    match refusal {
        Some(refusal) if parts.is_empty() => Err(none_can_be_read(missing, refusal)),
        _ => whole(plan, parts, accounts.len() as u64, missing, cancel).await,
    }
}

enum Outcome {
    Read(Part),
    Missing((MissingAccount, ImportError)),
}

/// The reading of one account of several.
struct AccountRun<'run> {
    client: &'run Client,
    plan: &'run RequestPlan,
    staging: &'run Path,
    progress: &'run Progress,
    stop: &'run CancellationToken,
    place: usize,
    account: &'run Account,
}

impl AccountRun<'_> {
    async fn read(&self) -> Result<Outcome, ImportError> {
        if self.stop.is_cancelled() {
            return Err(ImportError::Stopped);
        }
        let Account { id, own } = self.account;
        let client = if *own { self.client.clone() } else { self.client.for_account(id) };
        let folder = folder_of(self.staging, self.account);
        fs::create_dir_all(&folder).map_err(|source| ImportError::Staging {
            action: "make",
            path: folder.clone(),
            source,
        })?;
        let progress = self.progress.of_account();
        let (data_type, rows_of) = rows_of(self.plan, Some(id))?;
        let reading = Reading {
            client: &client,
            plan: self.plan,
            staging: &folder,
            progress: &progress,
            cancel: self.stop,
        };
        let read = reading.read(data_type, rows_of.clone()).await;
        self.progress.account_ended(&progress, read.is_ok());
        let (brought, files, _) = read?;
        tracing::info!(account = %id, rows = brought.rows, "an account was read");
        Ok(Outcome::Read(Part { place: self.place, brought, kept: progress.kept_rows(), rows_of, files }))
    }
}

fn folder_of(staging: &Path, account: &Account) -> PathBuf {
    staging.join(FOLDER).join(&account.id)
}

/// A failure that ends the import, with the account that had it. Pages that are themselves what is
/// wrong are not gone on with; those of the other accounts are.
fn of_account(staging: &Path, account: &Account, error: ImportError) -> ImportError {
    match error {
        ImportError::Stopped => ImportError::Stopped,
        source => {
            if matches!(
                source,
                ImportError::Inconsistent { .. } | ImportError::Internal(_) | ImportError::Plan(_)
            ) {
                let _ = fs::remove_dir_all(folder_of(staging, account));
            }
            ImportError::OfAccount { account: account.id.clone(), source: Box::new(source) }
        }
    }
}

fn none_can_be_read(missing: Vec<MissingAccount>, refusal: ImportError) -> ImportError {
    let source = Box::new(refusal);
    match <[MissingAccount; 1]>::try_from(missing) {
        Ok([only]) => ImportError::OfAccount { account: only.account, source },
        Err(missing) => ImportError::NoAccount { missing, source },
    }
}

/// What all accounts brought, with the same columns.
async fn whole(
    plan: &RequestPlan,
    mut parts: Vec<Part>,
    accounts: u64,
    missing_accounts: Vec<MissingAccount>,
    cancel: &CancellationToken,
) -> Result<Imported, ImportError> {
    parts.sort_by_key(|part| part.place);
    let (mut rows, mut kept_rows, mut objects) = (0, 0, 0);
    let mut notes = Notes::default();
    let mut cut_off: Option<i64> = None;
    let mut staged = Vec::with_capacity(parts.len());
    for Part { brought, rows_of, files, kept, .. } in parts {
        rows += brought.rows;
        kept_rows += kept;
        objects += brought.objects;
        notes.merge(brought.notes);
        cut_off = Some(cut_off.map_or(brought.cut_off, |known| known.min(brought.cut_off)));
        staged.push((rows_of, files));
    }
    let asked = cancel.clone();
    let go_on = move || if asked.is_cancelled() { Err(ImportError::Stopped) } else { Ok(()) };
    let uniting = tokio::task::spawn_blocking(move || unite(staged, go_on));
    let (files, schema) = tokio::select! {
        united = uniting => united.map_err(ImportError::internal)??,
        // One large file may take long.
        () = cancel.cancelled() => return Err(ImportError::Stopped),
    };
    Ok(Imported {
        files,
        schema,
        rows,
        kept_rows,
        objects,
        cut_off: cut_off.unwrap_or(plan.cut_off),
        notes,
        accounts: Some(accounts),
        missing_accounts,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
