//! Which accounts a run reads: those that were named, all that are connected, the key's own. What was
//! found is kept in the run's folder, so that a run that is gone on with reads the same ones.
//!
//! Nothing of an account is read here but its id.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pinstripe_arrow::DecodeError;
use pinstripe_catalog::catalog;
use pinstripe_client::{Client, ClientError, ErrorKind};
use pinstripe_query::AccountChoice;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::error::ImportError;
use crate::fetch::Fetcher;
use crate::progress::Progress;

const FILE: &str = "accounts.json";
const LIST: &str = "/v1/accounts";
const OWN: &str = "/v1/account";
/// Times that the list is begun anew because the account that its next page follows has gone.
const LISTINGS_MAX: u32 = 5;
/// A list that goes on for ever is a defect of the server.
const PAGES_MAX: usize = 100_000;

/// An account that is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub id: String,
    /// The key's own, which is asked without being named.
    pub own: bool,
}

#[derive(Deserialize)]
struct ListPage {
    data: Vec<Object>,
    has_more: bool,
}

#[derive(Deserialize)]
struct Object {
    id: String,
}

/// The accounts of a choice, or those that an earlier run of the same found.
pub(crate) async fn chosen(
    client: &Client,
    choice: &AccountChoice,
    staging: &Path,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<Vec<Account>, ImportError> {
    if let Some(known) = known(staging) {
        return Ok(known);
    }
    let data_type = catalog()
        .data_type("accounts")
        .map_err(|_| ImportError::Internal("the catalog has no accounts".to_owned()))?;
    let fetcher = Fetcher::new(client, data_type, progress, cancel);
    let mut ids = choice.ids.clone();
    if choice.all {
        ids = connected(&fetcher).await.map_err(|error| match error {
            ImportError::Stopped => error,
            source => ImportError::AccountList { source: Box::new(source) },
        })?;
    }
    let mut accounts: Vec<Account> = ids.into_iter().map(|id| Account { id, own: false }).collect();
    if choice.own {
        let id = own(&fetcher).await?;
        accounts.retain(|account| account.id != id);
        accounts.push(Account { id, own: true });
    }
    if accounts.is_empty() {
        return Err(ImportError::NoConnectedAccounts);
    }
    keep(staging, &accounts)?;
    Ok(accounts)
}

/// Every connected account: the whole list, or a failure.
async fn connected(fetcher: &Fetcher<'_>) -> Result<Vec<String>, ImportError> {
    for _ in 0..LISTINGS_MAX {
        match listing(fetcher).await {
            Err(error) if error.kind() == ErrorKind::CursorGone => {}
            listed => return listed,
        }
    }
    Err(inconsistent("accounts go away faster than they can be listed"))
}

async fn listing(fetcher: &Fetcher<'_>) -> Result<Vec<String>, ImportError> {
    let mut ids: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for _ in 0..PAGES_MAX {
        let mut parameters = vec![("limit".to_owned(), "100".to_owned())];
        parameters.extend(ids.last().map(|last| ("starting_after".to_owned(), last.clone())));
        let (_, page) = fetcher.get(LIST, &parameters, read::<ListPage>).await?;
        let before = ids.len();
        ids.extend(page.data.into_iter().map(|account| account.id).filter(|id| seen.insert(id.clone())));
        if !page.has_more {
            return Ok(ids);
        }
        if ids.len() == before {
            return Err(inconsistent("has_more is true, but its pages do not go on"));
        }
    }
    Err(inconsistent("it does not end"))
}

fn inconsistent(problem: &str) -> ImportError {
    ImportError::Inconsistent { path: LIST.to_owned(), problem: problem.to_owned() }
}

/// The id of the key's own account. A key that may not read the account is told its id all the same:
/// Stripe's refusal names it.
async fn own(fetcher: &Fetcher<'_>) -> Result<String, ImportError> {
    let error = match fetcher.get(OWN, &[], read::<Object>).await {
        Ok((_, account)) => return Ok(account.id),
        Err(error) if error.kind() == ErrorKind::Permission => error,
        Err(error) => return Err(error),
    };
    let message = match &error {
        ImportError::Request { source, .. } => match source.as_ref() {
            ClientError::Stripe(refusal) => refusal.message.as_str(),
            _ => "",
        },
        _ => "",
    };
    let mut quoted = message.split('\'').skip(1).step_by(2);
    let id = quoted.find(|text| text.starts_with("acct_")).map(str::to_owned);
    id.ok_or_else(|| ImportError::OwnAccount { source: Box::new(error) })
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, DecodeError> {
    serde_json::from_slice(body).map_err(|problem| DecodeError::Unexpected {
        expected: "accounts".into(),
        found: "something else".into(),
        offset: problem.column(),
        path: String::new(),
    })
}

fn known(staging: &Path) -> Option<Vec<Account>> {
    serde_json::from_slice(&fs::read(staging.join(FILE)).ok()?).ok()
}

/// Half a file is none: it has its name only when it is whole.
fn keep(staging: &Path, accounts: &[Account]) -> Result<(), ImportError> {
    let text = serde_json::to_vec(accounts).map_err(ImportError::internal)?;
    let (path, unfinished) = (staging.join(FILE), staging.join("accounts.json.new"));
    let kept = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, &path));
    kept.map_err(|source| ImportError::Staging { action: "write", path, source })
}
