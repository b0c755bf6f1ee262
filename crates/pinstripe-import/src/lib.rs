//! One import: a request plan in, staged Parquet files out. It fetches, decodes and stages; the
//! library commits. A run either brings every row of its plan or fails (promise 1), and what it had
//! read by then is kept for the next one (promise 4).
//!
//! Read next, in the order of a run: [`run`] (the whole), `drive` (who asks for pages), `windows`
//! (which part of the list is next), `walk` (the pages of one window), `fetch` (one page, asked
//! again while that can help), `nested` (lists that Stripe cut), `matching` (conditions tested
//! here), `journal` (what outlives the process), `stage` (Parquet), [`progress`] (what people see
//! meanwhile). Several accounts: `accounts` (one reading each), `connected` (which there are),
//! `account_column` (which one a row is of). [`preview`] and `live` read page by page and store nothing.

mod account_column;
mod accounts;
mod connected;
mod drive;
mod error;
mod fetch;
mod journal;
mod left_out;
mod live;
mod matching;
mod nested;
mod pages;
pub mod preview;
pub mod progress;
mod record;
pub mod run;
mod seen;
#[cfg(test)]
mod simulation;
mod stage;
mod walk;
mod widen;
mod windows;

pub use account_column::{account_field, is_account_field, with_account_field};
pub use accounts::{MissingAccount, run_folders};
pub use error::ImportError;
pub use journal::{has_journal, journal_bytes};
pub use left_out::without;
pub use live::{live_rows, live_schema};
pub use matching::matching_rows;
pub use preview::{Preview, preview};
pub use progress::{Progress, ProgressSnapshot};
pub use run::{Imported, Notes, import};
pub use stage::StagedFile;
pub use tokio_util::sync::CancellationToken;
pub use widen::widen;
