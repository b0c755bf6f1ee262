//! From what a person asks (data type, date range, query string) to a request plan: what Stripe is
//! asked for, within which instants, and what is filtered here. No I/O, no clock: "now" is an
//! argument.
//!
//! Everything is checked here, before any request. Read next: [`plan`] for the whole, [`date_range`]
//! for cut-offs, [`query_string`] for the notation, [`parameters`] for what a list of Stripe's
//! accepts, [`filter`] for what is tested here, [`search`] for Stripe's Search,
//! [`accounts`] for the accounts of a platform.

pub mod accounts;
pub mod columns;
mod conditions;
pub mod date_range;
mod error;
pub mod filter;
mod left_out;
pub mod parameters;
pub mod plan;
pub mod query_string;
pub mod search;
mod sentence;
pub mod value;

pub use accounts::{AccountChoice, account_column};
pub use columns::{ColumnRef, Step, find_column};
pub use date_range::{DateRange, TimeRange};
pub use error::{Input, QueryError};
pub use filter::{Filter, Test};
pub use plan::{PlanRequest, RequestPlan, plan};
pub use query_string::Operator;
pub use value::Value;
