//! HTTP to Stripe: keys, the pinned version, one request at a time under Stripe's limits, and what
//! its answers mean. It never decodes rows and never decides what to ask; `pinstripe-import` does.
//!
//! Read next: [`client`] for a request's way, [`exchange`] for the wire, [`error`] for what can go
//! wrong, [`limits`] for the rate, [`retry`] for when to ask again, [`error_kind`] for the table of
//! errors.

pub mod api_base;
pub mod client;
mod concurrency;
pub mod error;
pub mod error_kind;
pub mod exchange;
mod gate;
mod http;
pub mod key;
mod level;
pub mod limits;
mod pace;
mod reach;
pub mod retry;

pub use api_base::ApiBase;
pub use client::{Client, ClientOptions, Page, Traffic};
pub use error::{ClientError, StripeError};
pub use error_kind::ErrorKind;
pub use exchange::{Answer, ConnectionProblem, Exchange, ExchangeFailure};
pub use http::http_client;
pub use key::{ApiKey, KeySource, Mode, redacted};
pub use limits::MaxRate;
pub use reach::{Reached, reach};
pub use retry::{FailingShare, RetryPolicy, Tries};

/// The headers of an [`Answer`].
pub use reqwest::header::{HeaderMap, HeaderValue};
