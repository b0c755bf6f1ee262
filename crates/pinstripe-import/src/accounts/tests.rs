//! A platform whose accounts answer as they are told to: pages, refusals, silence.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pinstripe_catalog::catalog;
use pinstripe_client::{
    Answer, ApiBase, ApiKey, ClientOptions, Exchange, ExchangeFailure, HeaderMap, MaxRate,
};
use pinstripe_query::{PlanRequest, plan};
use serde_json::{Value, json};

use super::*;
use crate::run::import;

/// What an account answers when it is asked for its charges.
#[derive(Debug, Clone)]
enum Does {
    /// Has pages of two charges each; the last one was paid in this way.
    Pages(usize, &'static str),
    /// Withdraws its access when so many pages were read.
    WithdrawsAfter(usize),
    /// Says that the key has expired.
    KeyExpired,
    /// Sends the same page again and again.
    Repeats,
    /// Does not answer.
    Silent,
}

#[derive(Debug, Default)]
struct Platform {
    accounts: BTreeMap<String, Does>,
    /// Accounts that have gone since the list was begun: their cursor is unknown.
    gone: Mutex<Vec<String>>,
    asked: Mutex<Vec<(Option<String>, String)>>,
    at_once: AtomicUsize,
    at_once_max: AtomicUsize,
}

impl Platform {
    fn of(accounts: Vec<(String, Does)>) -> Arc<Platform> {
        Arc::new(Platform { accounts: accounts.into_iter().collect(), ..Platform::default() })
    }

    fn asked_of(&self, account: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(of, path)| of.as_deref() == Some(account) && path == "/v1/charges").count()
    }

    fn list(&self, after: Option<&str>) -> (u16, Value) {
        if after.is_some_and(|after| self.gone.lock().unwrap().iter().any(|gone| gone == after)) {
            self.gone.lock().unwrap().clear();
            return refusal(400, "resource_missing", "No such account", Some("starting_after"));
        }
        let ids: Vec<&String> = self.accounts.keys().collect();
        let from = after.map_or(0, |after| ids.partition_point(|id| id.as_str() <= after));
        let until = ids.len().min(from + 10);
        let data: Vec<Value> =
            ids[from..until].iter().map(|id| json!({"id": id, "object": "account"})).collect();
        (200, json!({"object": "list", "data": data, "has_more": until < ids.len(), "url": "/v1/accounts"}))
    }

    fn charges(&self, account: &str, after: Option<&str>) -> (u16, Value) {
        let page: usize =
            after.map_or(0, |after| after.rsplit('_').next().unwrap().parse::<usize>().unwrap() / 2 + 1);
        let revoked = || refusal(403, "account_invalid", "The key does not have access to account", None);
        let (pages, paid) = match self.accounts.get(account) {
            None => return revoked(),
            Some(Does::WithdrawsAfter(pages)) if page >= *pages => return revoked(),
            Some(Does::KeyExpired) => return refusal(401, "api_key_expired", "Expired", None),
            Some(Does::Repeats) => return (200, charges_page(0, true, "card")),
            Some(Does::WithdrawsAfter(_)) => (usize::MAX, "card"),
            Some(Does::Pages(pages, paid)) => (*pages, *paid),
            Some(Does::Silent) => (0, "card"),
        };
        if pages == 0 {
            return (200, json!({"object": "list", "data": [], "has_more": false, "url": "/v1/charges"}));
        }
        (200, charges_page(page, page + 1 < pages, paid))
    }
}

fn refusal(status: u16, code: &str, message: &str, param: Option<&str>) -> (u16, Value) {
    let kind = "invalid_request_error";
    (status, json!({"error": {"type": kind, "code": code, "message": message, "param": param}}))
}

/// Ids are the same in every account.
fn charges_page(page: usize, more: bool, paid: &str) -> Value {
    let charge = |place: usize| {
        json!({
            "id": format!("ch_{}", page * 2 + place), "object": "charge", "amount": 7,
            "created": 1_700_000_000 - page * 2 - place, "currency": "usd",
            "payment_method_details": {"type": paid, paid: {}},
        })
    };
    json!({"object": "list", "data": [charge(0), charge(1)], "has_more": more, "url": "/v1/charges"})
}

impl Exchange for Platform {
    fn send<'a>(
        &'a self,
        account: Option<&'a str>,
        path: &'a str,
        parameters: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Answer, ExchangeFailure>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push((account.map(str::to_owned), path.to_owned()));
            let after = parameters.iter().find(|(name, _)| name == "starting_after");
            let after = after.map(|(_, id)| id.as_str());
            let (status, body) = match (account, path) {
                (None, "/v1/accounts") => self.list(after),
                (None, "/v1/account") => refusal(403, "x", "not on account 'acct_own'. Having 'rak_x'", None),
                (account, _) => {
                    let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
                    self.at_once_max.fetch_max(now, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    let account = account.unwrap_or("acct_own");
                    if matches!(self.accounts.get(account), Some(Does::Silent)) {
                        std::future::pending::<()>().await;
                    }
                    self.at_once.fetch_sub(1, Ordering::SeqCst);
                    self.charges(account, after)
                }
            };
            Ok(Answer { status, headers: HeaderMap::new(), body: body.to_string().into_bytes() })
        })
    }
}

struct Run {
    client: Client,
    folder: tempfile::TempDir,
    progress: Progress,
    cancel: CancellationToken,
}

impl Run {
    fn new(platform: &Arc<Platform>) -> Run {
        let mut options = ClientOptions::new(ApiBase::stripe(), ApiKey::parse("rk_live_1").unwrap());
        options.max_rate =
            MaxRate { account_per_second: Some(1e6), endpoint_per_second: Some(1e6), headroom: 0.0 };
        Run {
            client: Client::with_exchange(options, Arc::clone(platform) as Arc<dyn Exchange>),
            folder: tempfile::tempdir().unwrap(),
            progress: Progress::default(),
            cancel: CancellationToken::new(),
        }
    }

    /// A process of its own, in the folder of an earlier one.
    fn again(self, platform: &Arc<Platform>) -> Run {
        Run { folder: self.folder, ..Run::new(platform) }
    }

    async fn import(&self, accounts: &str) -> Result<Imported, ImportError> {
        let typed: Vec<String> = accounts.split(',').map(str::to_owned).collect();
        let accounts = AccountChoice::parse(&typed).unwrap();
        let request = PlanRequest { data_type: "charges", accounts, ..PlanRequest::default() };
        let plan = plan(catalog(), &request, jiff::Timestamp::from_second(1_800_000_000).unwrap()).unwrap();
        import(&self.client, &plan, self.folder.path(), &self.progress, &self.cancel).await
    }
}

fn account(number: usize) -> String {
    format!("acct_{number:03}")
}

/// Rows of each account as the files hold them; all files have the same columns.
fn staged(imported: &Imported) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for file in &imported.files {
        let opened = std::fs::File::open(&file.path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(opened).unwrap();
        assert_eq!(reader.schema().fields(), imported.schema.fields(), "{}", file.path.display());
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            for account in batch.column(0).as_string::<i32>() {
                assert_eq!(account, file.account.as_deref());
                *rows.entry(account.unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    rows
}

#[tokio::test]
async fn accounts_are_listed_to_the_end_and_read_a_few_at_a_time() {
    let ways = ["card", "konbini", "sofort"];
    let accounts = (0..25).map(|number| (account(number), Does::Pages(number % 3, ways[number % 3])));
    let platform = Platform::of(accounts.collect());
    platform.gone.lock().unwrap().push(account(9));
    let run = Run::new(&platform);
    let imported = run.import("all").await.unwrap();
    assert_eq!((imported.accounts, imported.missing_accounts.len()), (Some(25), 0));
    let expected: BTreeMap<String, u64> = (0..25)
        .filter(|number| number % 3 > 0)
        .map(|number| (account(number), number as u64 % 3 * 2))
        .collect();
    assert_eq!((staged(&imported), imported.rows), (expected.clone(), expected.values().sum()));
    assert_eq!(imported.schema.field(0).name(), "account");
    // Accounts without rows leave no file behind.
    assert_eq!(imported.files.len(), expected.len());
    // An account's list is one request at a time here: each tells how to go on.
    assert!(platform.at_once_max.load(Ordering::SeqCst) <= AT_ONCE);
    let lists = platform.asked.lock().unwrap().iter().filter(|(_, path)| path == "/v1/accounts").count();
    assert_eq!(lists, 2 + 3, "begun anew once");
    let snapshot = run.progress.snapshot(&run.client);
    assert_eq!((snapshot.rows, snapshot.accounts, snapshot.accounts_done), (imported.rows, Some(25), 25));
    assert_eq!(snapshot.share, Some(1.0));
}

#[tokio::test]
async fn without_any_row_the_columns_are_there_all_the_same() {
    let platform = Platform::of((0..3).map(|number| (account(number), Does::Pages(0, "card"))).collect());
    let run = Run::new(&platform);
    let imported = run.import("all").await.unwrap();
    assert_eq!((imported.rows, imported.files.len()), (0, 1));
    assert_eq!(imported.schema.field(0).name(), "account");
    assert!(staged(&imported).is_empty());
}

#[tokio::test]
async fn an_account_that_withdraws_on_the_way_is_missing_whole() {
    let platform = Platform::of(vec![
        (account(1), Does::Pages(3, "card")),
        (account(2), Does::WithdrawsAfter(2)),
        (account(3), Does::Pages(1, "card")),
    ]);
    let run = Run::new(&platform);
    let imported = run.import("all").await.unwrap();
    assert_eq!(staged(&imported), BTreeMap::from([(account(1), 6), (account(3), 2)]));
    let [missing] = imported.missing_accounts.as_slice() else { panic!("{imported:?}") };
    assert_eq!(
        (missing.account.as_str(), missing.reason.as_str()),
        ("acct_002", "access revoked, or no such account")
    );
    assert_eq!(run.progress.rows(), 8);
    let said = MissingAccount::sentence(&imported.missing_accounts, 3).unwrap();
    assert_eq!(said, "1 of 3 accounts is not in this frame: acct_002 (access revoked, or no such account)");
}

#[tokio::test]
async fn the_keys_own_account_is_found_by_a_refusal_and_asked_without_a_name() {
    let platform = Platform::of(vec![("acct_own".to_owned(), Does::Pages(1, "card"))]);
    let run = Run::new(&platform);
    let imported = run.import("self").await.unwrap();
    assert_eq!(staged(&imported), BTreeMap::from([("acct_own".to_owned(), 2)]));
    assert_eq!(platform.asked_of("acct_own"), 0);
}

#[tokio::test]
async fn a_failure_of_all_ends_all_and_finished_accounts_are_not_read_again() {
    // So many that the failure is noticed long before the last one's turn.
    const MANY: usize = 40;
    let mut accounts: Vec<(String, Does)> =
        (0..MANY).map(|number| (account(number), Does::Pages(1, "card"))).collect();
    accounts[15].1 = Does::KeyExpired;
    let platform = Platform::of(accounts.clone());
    let run = Run::new(&platform);
    let error = run.import("all").await.unwrap_err();
    assert!(error.to_string().starts_with("account acct_015: stripe answered"), "{error}");
    assert_eq!(error.kind(), ErrorKind::KeyRefused);
    let read =
        |platform: &Platform| (0..MANY).filter(|number| platform.asked_of(&account(*number)) > 0).count();
    let before = read(&platform);
    assert!((8..MANY).contains(&before), "{before}");

    // An account that came since is for the next import.
    accounts[15].1 = Does::Pages(1, "card");
    accounts.push((account(MANY), Does::Pages(1, "card")));
    let platform = Platform::of(accounts);
    let run = run.again(&platform);
    let imported = run.import("all").await.unwrap();
    assert_eq!((imported.accounts, staged(&imported).len()), (Some(MANY as u64), MANY));
    assert!(imported.kept_rows >= 2, "{}", imported.kept_rows);
    assert_eq!(read(&platform) as u64, MANY as u64 - imported.kept_rows / 2);
}

#[tokio::test]
async fn pages_that_contradict_each_other_cost_their_own_account_only() {
    let platform = Platform::of(vec![(account(1), Does::Pages(1, "card")), (account(2), Does::Repeats)]);
    let run = Run::new(&platform);
    let error = run.import("all").await.unwrap_err();
    assert!(matches!(&error, ImportError::OfAccount { account, .. } if account == "acct_002"), "{error}");
    let kept = run_folders(run.folder.path());
    assert!(kept.iter().any(|folder| folder.ends_with("acct_001")), "{kept:?}");
    assert!(!kept.iter().any(|folder| folder.ends_with("acct_002")), "{kept:?}");
}

#[tokio::test]
async fn a_stop_stops_all_at_once() {
    let platform = Platform::of((0..30).map(|number| (account(number), Does::Silent)).collect());
    let run = Run::new(&platform);
    let stop = async {
        while platform.at_once_max.load(Ordering::SeqCst) < AT_ONCE {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        run.cancel.cancel();
        std::time::Instant::now()
    };
    let (outcome, stopped) = futures::join!(run.import("all"), stop);
    assert!(matches!(outcome, Err(ImportError::Stopped)), "{outcome:?}");
    assert!(stopped.elapsed() < Duration::from_secs(1));
    assert_eq!(platform.at_once_max.load(Ordering::SeqCst), AT_ONCE);
}

#[tokio::test]
async fn none_is_an_error_and_so_is_none_that_can_be_read() {
    let nobody = Run::new(&Platform::of(Vec::new())).import("all").await.unwrap_err();
    assert!(matches!(nobody, ImportError::NoConnectedAccounts) && nobody.hint().is_some());
    let platform = Platform::of(Vec::new());
    let refused = Run::new(&platform).import("acct_2,acct_1").await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "none of the 2 accounts can be read: acct_1 (access revoked, or no such account), \
         acct_2 (access revoked, or no such account)"
    );
    assert_eq!(refused.kind(), ErrorKind::Permission);
    let only = Run::new(&platform).import("acct_1").await.unwrap_err();
    assert!(only.to_string().starts_with("account acct_1: stripe answered"), "{only}");
}
