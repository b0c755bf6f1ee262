//! JSON to Arrow to JSON: every object comes back equal to what was sent.
//!
//! One binary for all tests that go through the public API. `fixtures.rs`: Stripe's own samples.
//! `generated.rs`: objects made from the catalog. `pages.rs`: lists, refusals, atomicity.
//! `splicing.rs`: nested lists that were cut off. `files.rs`: through Parquet and other layouts.
#![allow(clippy::unwrap_used)]

mod files;
mod fixtures;
mod generated;
mod json;
mod pages;
mod splicing;
