//! The workbench's routes, asked without a socket: a library in a folder of its own, and a sandbox
//! in this process where something is imported.

#![allow(clippy::unwrap_used)]

#[path = "routes/harness.rs"]
mod harness;
#[path = "routes/openapi.rs"]
mod openapi;
#[path = "routes/session.rs"]
mod session;
#[path = "routes/status.rs"]
mod status;
