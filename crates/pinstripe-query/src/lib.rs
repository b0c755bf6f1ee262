//! From what a person asks (data type, date range, query string) to a request plan: what Stripe is
//! asked for and within which instants. No I/O, no clock: "now" is an argument.
//!
//! Everything is checked here, before any request. Read next: [`date_range`] for cut-offs,
//! [`query_string`] for the notation, [`plan`] for the result, [`parameters`] for what a list of
//! Stripe's accepts.

pub mod date_range;
mod error;
pub mod parameters;
pub mod plan;
pub mod query_string;

pub use date_range::{DateRange, TimeRange};
pub use error::QueryError;
pub use plan::{PlanRequest, RequestPlan, plan};
