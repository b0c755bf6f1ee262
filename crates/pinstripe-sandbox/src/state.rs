//! What a running sandbox holds: the books of its accounts, its keys, limits, faults, and the record of requests.
//!
//! Nothing here grows with the size of the business; the record of requests is cut at 10,000. Read next: `routes.rs`.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::accounts::Connected;
use crate::auth::Keys;
use crate::changes::{Changes, View};
use crate::config::{SandboxConfig, SandboxError};
use crate::dice::{Topic, throw};
use crate::fault::{FaultKind, FaultPlan};
use crate::ident::letters;
use crate::limits::Limits;
use crate::oauth::OAuth;
use crate::world::World;

const MOST_RECORDS: usize = 10_000;

/// One account: its business and what was changed in it.
pub struct Books {
    pub world: World,
    pub changes: RwLock<Changes>,
    /// Something was changed, so these books cannot be computed again.
    pub(crate) written: AtomicBool,
}

impl Books {
    pub(crate) fn new(config: &SandboxConfig, now: i64) -> Self {
        let changes = RwLock::new(Changes::default());
        Self { world: World::new(config, now), changes, written: AtomicBool::new(false) }
    }

    pub fn read<T>(&self, reader: impl FnOnce(View<'_>) -> T) -> T {
        let changes = self.changes.read().unwrap_or_else(PoisonError::into_inner);
        reader(View { world: &self.world, changes: &changes })
    }

    pub fn write<T>(&self, writer: impl FnOnce(&World, &mut Changes) -> T) -> T {
        self.written.store(true, Ordering::Release);
        let mut changes = self.changes.write().unwrap_or_else(PoisonError::into_inner);
        writer(&self.world, &mut changes)
    }
}

/// One request, as the sandbox answered it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RequestRecord {
    pub method: String,
    pub path: String,
    /// As it came, still encoded.
    pub query: String,
    pub status: u16,
    pub request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultKind>,
}

/// How often an endpoint was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub total: u64,
    /// Of these, answered with a 429.
    pub refused: u64,
    /// Of these, answered with any other error.
    pub failed: u64,
}

#[derive(Default)]
struct Records {
    newest: VecDeque<RequestRecord>,
    counts: BTreeMap<String, Counts>,
    last_request_seconds: f64,
}

impl Records {
    fn of(&mut self, endpoint: &str) -> &mut Counts {
        self.counts.entry(endpoint.to_owned()).or_default()
    }
}

/// What was asked since the start or the last `forget_requests`, in so few words that it can be asked for often.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Summary {
    pub requests: u64,
    pub refused: u64,
    pub failed: u64,
    /// When this was said and when the last request came, both counted from the start of the sandbox.
    pub now_seconds: f64,
    pub last_request_seconds: f64,
    pub endpoints: BTreeMap<String, Counts>,
}

pub struct State {
    pub config: SandboxConfig,
    pub keys: Keys,
    pub main: Arc<Books>,
    pub(crate) connected: Connected,
    pub(crate) faults: Mutex<FaultPlan>,
    pub(crate) limits: Limits,
    pub(crate) oauth: OAuth,
    begun: Instant,
    records: Mutex<Records>,
    pub(crate) replays: Mutex<HashMap<String, Replay>>,
    serial: AtomicU64,
}

/// The answer to a write that had an idempotency key.
#[derive(Clone)]
pub struct Replay {
    pub request: String,
    pub body: Vec<u8>,
    pub status: u16,
    pub request_id: String,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn clock() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs() as i64)
}

impl State {
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        config.check()?;
        let now = config.now.unwrap_or_else(clock);
        let begun = Instant::now();
        let main = Arc::new(Books::new(&config, now));
        let revoked = config.revoked_accounts.iter().map(|account| (*account, false));
        let listed = config.revoked_but_listed.iter().map(|account| (*account, true));
        main.write(|_, changes| changes.revoked.extend(revoked.chain(listed)));
        Ok(Self {
            keys: Keys::new(config.seed, main.world.idents.account_part(), config.livemode),
            main,
            connected: Connected::new(),
            faults: Mutex::new(FaultPlan::new(config.faults.clone(), config.fault_rates)),
            oauth: OAuth::new(&config),
            limits: Limits::new(config.rate, config.concurrency, begun),
            begun,
            records: Mutex::new(Records::default()),
            replays: Mutex::new(HashMap::new()),
            serial: AtomicU64::new(0),
            config,
        })
    }

    /// Unix seconds by the sandbox's clock, which stands still when it was set.
    pub fn now(&self) -> i64 {
        self.config.now.unwrap_or_else(clock)
    }

    pub fn next_request_id(&self) -> String {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        format!("req_{}", letters(throw(self.config.seed, Topic::Request, serial), 14))
    }

    pub fn next_fault(&self, path: &str) -> Option<FaultKind> {
        lock(&self.faults).next(self.config.seed, path)
    }

    pub fn change_faults<T>(&self, change: impl FnOnce(&mut FaultPlan) -> T) -> T {
        change(&mut lock(&self.faults))
    }

    /// Counts a request as it comes: one whose client leaves before the answer was asked, too.
    pub fn count(&self, endpoint: &str) {
        let mut records = lock(&self.records);
        records.last_request_seconds = self.begun.elapsed().as_secs_f64();
        records.of(endpoint).total += 1;
    }

    /// Notes a request as it was answered.
    pub fn record(&self, endpoint: &str, record: RequestRecord) {
        let mut records = lock(&self.records);
        let counts = records.of(endpoint);
        match record.status {
            429 => counts.refused += 1,
            400.. => counts.failed += 1,
            _ => {}
        }
        if records.newest.len() == MOST_RECORDS {
            records.newest.pop_front();
        }
        records.newest.push_back(record);
    }

    /// The newest 10,000 requests, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        lock(&self.records).newest.iter().cloned().collect()
    }

    /// By endpoint, such as `GET /v1/charges/{id}`; since the start or the last `forget_requests`.
    pub fn counts(&self) -> BTreeMap<String, Counts> {
        lock(&self.records).counts.clone()
    }

    pub fn summary(&self) -> Summary {
        let records = lock(&self.records);
        let mut summary = Summary {
            now_seconds: self.begun.elapsed().as_secs_f64(),
            last_request_seconds: records.last_request_seconds,
            endpoints: records.counts.clone(),
            ..Summary::default()
        };
        for counts in records.counts.values() {
            summary.requests += counts.total;
            summary.refused += counts.refused;
            summary.failed += counts.failed;
        }
        summary
    }

    pub fn forget_requests(&self) {
        *lock(&self.records) = Records::default();
    }
}
