//! The sandbox from outside: what it answers, object by object and error by error.
//!
//! Most tests call the router without a socket; those about connections use one. Nothing here needs a file outside of
//! the crate, except `conformance.rs`, which checks against Stripe's own schemas where they are present. Read next:
//! `client.rs`, then any of the others.

#![allow(clippy::unwrap_used)]

mod accounts;
mod client;
mod conformance;
mod data;
mod errors;
mod expand;
mod faults;
mod filters;
mod granting;
mod keys;
mod oauth;
mod pages;
mod search;
mod tokens;
mod writes;
