//! What an open library remembers of the frames that are being looked at: opened versions, orders
//! of rows, blocks of values, summaries. Bounded, and never the only place of anything.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use arrow::array::ArrayRef;

use crate::delta;
use crate::error::LibraryError;
use crate::frame_version::FrameVersion;
use crate::ledger::FrameRecord;
use crate::library::Library;
use crate::recent::Recent;
use crate::row_filter::Filter;
use crate::row_order::{self, Sort};
use crate::summary::Summary;

const VERSIONS_MAX: usize = 8;
const ORDERS_BYTES: usize = 256 << 20;
const BLOCKS_BYTES: usize = 128 << 20;
const SUMMARIES_MAX: usize = 16;

/// A version, by its folder, its number, and the commit that made it: a name may be used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct VersionKey {
    folder: String,
    version: i64,
    commit: (u128, u64),
}

/// A frame version that is open.
#[derive(Clone)]
pub(crate) struct OpenVersion {
    pub key: VersionKey,
    pub files: Arc<FrameVersion>,
}

/// The rows of a view, in order.
#[derive(Debug)]
pub(crate) struct RowOrder {
    /// No other order has it.
    pub id: u64,
    pub positions: Vec<u32>,
}

/// An order, a block of its rows, a column.
pub(crate) type BlockKey = (u64, usize, usize);

#[derive(Debug)]
pub(crate) struct FrameCache {
    versions: Mutex<Recent<VersionKey, Arc<FrameVersion>>>,
    orders: Mutex<Recent<(VersionKey, String), Arc<RowOrder>>>,
    pub blocks: Mutex<Recent<BlockKey, ArrayRef>>,
    summaries: Mutex<Recent<VersionKey, Arc<Summary>>>,
    next_order: AtomicU64,
    /// Orders and summaries use every core: one is made at a time, and whoever waited finds it.
    working: Mutex<()>,
}

impl Default for FrameCache {
    fn default() -> FrameCache {
        FrameCache {
            versions: Mutex::new(Recent::new(VERSIONS_MAX)),
            orders: Mutex::new(Recent::new(ORDERS_BYTES)),
            blocks: Mutex::new(Recent::new(BLOCKS_BYTES)),
            summaries: Mutex::new(Recent::new(SUMMARIES_MAX)),
            next_order: AtomicU64::new(0),
            working: Mutex::new(()),
        }
    }
}

impl FrameCache {
    pub fn order(
        &self,
        version: &OpenVersion,
        filters: &[Filter],
        sort: &[Sort],
    ) -> Result<Arc<RowOrder>, LibraryError> {
        let asked = serde_json::to_string(&(filters, sort))
            .map_err(|error| LibraryError::Internal(error.to_string()))?;
        let key = (version.key.clone(), asked);
        if let Some(order) = lock(&self.orders).get(&key) {
            return Ok(order);
        }
        let _working = lock(&self.working);
        if let Some(order) = lock(&self.orders).get(&key) {
            return Ok(order);
        }
        let positions = row_order::positions(&version.files, filters, sort)?;
        let id = self.next_order.fetch_add(1, Ordering::Relaxed);
        let order = Arc::new(RowOrder { id, positions });
        lock(&self.orders).put(key, order.clone(), order.positions.len() * 4);
        Ok(order)
    }

    /// The summary of all rows and columns, made once.
    pub fn summary(
        &self,
        version: &OpenVersion,
        make: impl FnOnce() -> Result<Summary, LibraryError>,
    ) -> Result<Arc<Summary>, LibraryError> {
        if let Some(summary) = lock(&self.summaries).get(&version.key) {
            return Ok(summary);
        }
        let _working = lock(&self.working);
        if let Some(summary) = lock(&self.summaries).get(&version.key) {
            return Ok(summary);
        }
        let summary = Arc::new(make()?);
        lock(&self.summaries).put(version.key.clone(), summary.clone(), 1);
        Ok(summary)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Library {
    /// Opens a version of a frame, the last one where none is named.
    pub(crate) async fn open_version(
        &self,
        frame: &FrameRecord,
        version: Option<i64>,
    ) -> Result<OpenVersion, LibraryError> {
        let folder = self.frame_path(frame);
        let version = version.unwrap_or(frame.version);
        let key = VersionKey {
            folder: frame.folder.clone(),
            version,
            commit: commit_stamp(&folder, version)
                .ok_or_else(|| LibraryError::NoSuchVersion { frame: frame.name.clone(), version })?,
        };
        if let Some(files) = lock(&self.cache.versions).get(&key) {
            return Ok(OpenVersion { key, files });
        }
        let (schema, paths) = delta::files(&folder, &frame.name, version).await?;
        let name = frame.name.clone();
        let opened = crate::cores::blocking(move || FrameVersion::open(&name, schema, paths)).await?;
        let files = Arc::new(opened);
        lock(&self.cache.versions).put(key.clone(), files.clone(), 1);
        Ok(OpenVersion { key, files })
    }
}

/// What tells a commit from another one of the same number in the same folder.
fn commit_stamp(folder: &Path, version: i64) -> Option<(u128, u64)> {
    let commit = folder.join("_delta_log").join(format!("{version:020}.json"));
    let metadata = commit.metadata().ok()?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((changed.as_nanos(), metadata.len()))
}
