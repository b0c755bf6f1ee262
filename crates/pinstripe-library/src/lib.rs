//! The library: data frames as Delta tables, their definitions and runs in SQLite, SQL over the
//! frames, summaries and exports. It never talks to Stripe itself; [`import`] hands that to
//! `pinstripe-import` and commits what comes back.
//!
//! Read next: [`library`] for the folder, [`import`] for an import's path, [`delta`] for commits,
//! [`sql`] for queries, [`export`] for files.

pub mod cell;
pub mod chart;
mod coded_text;
pub mod column;
pub mod column_cells;
mod conditions;
mod conditions_sql;
mod cores;
pub mod delta;
mod error;
pub mod export;
mod failure;
pub mod flatten;
mod frame_cache;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod frame_fixture;
pub mod frame_name;
mod frame_table;
mod frame_version;
pub mod import;
pub mod ledger;
pub mod library;
pub mod looking;
mod map_keys;
mod missing_variants;
mod ordered_rows;
pub mod overview;
pub mod query_fields;
mod recent;
pub mod row_filter;
pub mod row_order;
pub mod row_pages;
mod rows;
pub mod sql;
mod staging;
mod stripe_table;
pub mod summary;
mod trash;
pub mod under_way;
pub mod versions;

pub use cell::Cell;
pub use error::LibraryError;
pub use failure::{Failure, Field, Position};
pub use frame_name::FrameName;
pub use ledger::{FrameKind, FrameRecord, RunRecord, RunState, Source};
pub use library::Library;
pub use row_filter::{Filter, FilterOp};
pub use trash::Removed;
