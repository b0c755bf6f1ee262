//! One import: a request plan in, staged Parquet files out. It fetches, decodes and stages; the
//! library commits. A run either brings every row of its plan or fails (promise 1).
//!
//! Read next, in the order of a run: [`run`] (the whole), `walk` (pages by cursor), `fetch` (one
//! page, asked again while that can help), `matching` (conditions tested here), `nested` (lists that Stripe cut), `stage` (Parquet),
//! [`progress`] (what people see meanwhile), [`preview`] (the first rows, nothing stored).

mod error;
mod fetch;
mod live;
mod matching;
mod nested;
pub mod preview;
pub mod progress;
pub mod run;
mod stage;
mod walk;
mod widen;

pub use error::ImportError;
pub use live::{live_rows, live_schema};
pub use matching::matching_rows;
pub use preview::{Preview, preview};
pub use progress::{Progress, ProgressSnapshot};
pub use run::{Imported, Notes, import};
pub use stage::StagedFile;
pub use tokio_util::sync::CancellationToken;
pub use widen::widen;
