//! The workbench's routes, asked without a socket: a library in a folder of its own, and a sandbox
//! in this process where something is imported.

#![allow(clippy::unwrap_used)]

#[path = "routes/catalog.rs"]
mod catalog;
#[path = "routes/connections.rs"]
mod connections;
#[path = "routes/frames.rs"]
mod frames;
#[path = "routes/harness.rs"]
mod harness;
#[path = "routes/imports.rs"]
mod imports;
#[path = "routes/oauth.rs"]
mod oauth;
#[path = "routes/openapi.rs"]
mod openapi;
#[path = "routes/plans.rs"]
mod plans;
#[path = "routes/questions.rs"]
mod questions;
#[path = "routes/rows.rs"]
mod rows;
#[path = "routes/session.rs"]
mod session;
#[path = "routes/status.rs"]
mod status;
