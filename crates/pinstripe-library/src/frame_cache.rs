//! What an open library remembers of the frames that are being looked at: opened versions, orders
//! of rows, blocks of values, summaries. Bounded, and never the only place of anything.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use arrow::array::ArrayRef;

use crate::cores::blocking;
use crate::delta;
use crate::error::LibraryError;
use crate::frame_version::{FrameVersion, MadeFolder};
use crate::ledger::{FrameKind, FrameRecord};
use crate::library::{Library, private_folder};
use crate::recent::Recent;
use crate::row_filter::Filter;
use crate::row_order::{self, Sort};
use crate::sql::write_files;
use crate::summary::Summary;

const VERSIONS_MAX: usize = 8;
const ORDERS_BYTES: usize = 256 << 20;
const BLOCKS_BYTES: usize = 128 << 20;
const SUMMARIES_MAX: usize = 16;
/// Nobody looks at one thing, or takes one file, for as long as this.
const PASSING: Duration = Duration::from_secs(7 * 24 * 3_600);

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
    /// Opens a version of a frame, the last one where none is named. A view has one version: what
    /// its query gives of the frames as they are.
    pub(crate) async fn open_version(
        &self,
        frame: &FrameRecord,
        version: Option<i64>,
    ) -> Result<OpenVersion, LibraryError> {
        let folder = self.frame_path(frame);
        let version = version.unwrap_or(frame.version);
        let missing = || LibraryError::NoSuchVersion { frame: frame.name.clone(), version };
        let is_view = frame.kind == FrameKind::View;
        let commit = if is_view { Some(self.view_stamp(frame)?) } else { commit_stamp(&folder, version) };
        let key = VersionKey { folder: frame.folder.clone(), version, commit: commit.ok_or_else(missing)? };
        if let Some(files) = lock(&self.cache.versions).get(&key) {
            return Ok(OpenVersion { key, files });
        }
        let files = Arc::new(if is_view {
            self.open_view(frame).await?
        } else {
            let (schema, paths) = delta::files(&folder, &frame.name, version).await?;
            let (name, newest_first) = (frame.name.clone(), frame.kind == FrameKind::Import);
            blocking(move || FrameVersion::open(&name, schema, paths, newest_first)).await?
        });
        lock(&self.cache.versions).put(key.clone(), files.clone(), 1);
        Ok(OpenVersion { key, files })
    }

    /// Changes when the view's query or any frame that it may read does.
    fn view_stamp(&self, view: &FrameRecord) -> Result<(u128, u64), LibraryError> {
        let mut hasher = DefaultHasher::new();
        view.sql.hash(&mut hasher);
        for frame in self.frames()? {
            let stamp = commit_stamp(&self.frame_path(&frame), frame.version);
            (&frame.name, &frame.sql, frame.version, stamp).hash(&mut hasher);
        }
        Ok((u128::from(hasher.finish()), 0))
    }

    /// Runs a view's query into files that are there as long as somebody looks at them.
    async fn open_view(&self, view: &FrameRecord) -> Result<FrameVersion, LibraryError> {
        let parent = self.root().join("views");
        let folder = parent.join(uuid::Uuid::new_v4().simple().to_string());
        sweep_old(&parent);
        private_folder(&folder).map_err(LibraryError::file("make", &folder))?;
        let made = MadeFolder(folder);
        let result = self.sql(view.sql.as_deref().unwrap_or_default(), None).await?;
        let (schema, files) = write_files(result, &made.0).await?;
        let paths = files.iter().map(|file| made.0.join(&file.name)).collect();
        let name = view.name.clone();
        blocking(move || {
            let mut opened = FrameVersion::open(&name, schema, paths, false)?;
            opened.made_for_it = Some(made);
            Ok(opened)
        })
        .await
    }
}

/// Takes away what programs that were killed left in a folder for passing things.
pub(crate) fn sweep_old(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        if changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > PASSING)) {
            let path = entry.path();
            let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        }
    }
}

/// What tells a commit from another one of the same number in the same folder.
fn commit_stamp(folder: &Path, version: i64) -> Option<(u128, u64)> {
    let commit = folder.join("_delta_log").join(format!("{version:020}.json"));
    let metadata = commit.metadata().ok()?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((changed.as_nanos(), metadata.len()))
}
