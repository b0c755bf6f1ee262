//! The workbench: a local web page over the library, and the routes it talks to. It listens on
//! loopback alone, answers only its own session (promise 9), and never shows a key again.
//!
//! Read next: [`workbench`] for what it holds, `guard` for who is let in, `routes` (one file a noun)
//! for what it answers, `page` for the built page, [`serve`] for the socket. Every answer that is
//! no success is a `refusal`.

mod connections;
mod estimates;
mod grants;
mod guard;
mod imports;
mod input;
mod openapi;
mod page;
mod refusal;
mod request;
mod routes;
pub mod serve;
mod session;
pub mod workbench;

use std::sync::Arc;

use axum::Router;
use axum::middleware;

pub use connections::{Accounts, SANDBOX, SandboxOAuth, StartSandbox, StartedSandbox};
pub use openapi::openapi;
pub use refusal::Refusal;
pub use workbench::{Setup, Workbench};

/// What the workbench answers, without a socket.
pub fn app(workbench: Arc<Workbench>) -> Router {
    let (routes, _) = routes::all().split_for_parts();
    Router::new()
        .nest("/api", routes.fallback(routes::no_such_route))
        .fallback(page::serve)
        .layer(middleware::from_fn_with_state(Arc::clone(&workbench), guard::admit))
        .layer(middleware::map_response(guard::protect))
        .with_state(workbench)
}
