//! One request and its whole answer, as the client sees the wire. The real way is `http.rs`;
//! a simulation may stand in, so that what is built on the client can be tried without a network.
//!
//! Nothing here waits for a turn, counts, or says what an answer means: [`crate::client`] does.

use std::error::Error;
use std::fmt;

use futures::future::BoxFuture;
use reqwest::header::HeaderMap;

use crate::error::ClientError;

/// No page of Stripe's comes near; a server that sends more is not Stripe.
pub const BODY_LIMIT_BYTES: usize = 128 * 1024 * 1024;

/// One request's way over the wire; the real one is HTTP, a simulation may stand in.
///
/// The wire's own headers (the key, the version) are the implementation's business. Neither the key
/// nor an address may appear in its errors or its `Debug`: addresses hold filters people typed.
pub trait Exchange: Send + Sync + fmt::Debug {
    /// GETs `path`, which may carry a query of its own, with `parameters`, of a connected account
    /// where one is named. An answer of any status is an [`Answer`]; a failure means that none
    /// arrived whole.
    fn send<'a>(
        &'a self,
        account: Option<&'a str>,
        path: &'a str,
        parameters: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Answer, ExchangeFailure>>;
}

/// A whole answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Vec<u8>,
}

/// Why there is no whole answer.
#[derive(Debug)]
pub enum ExchangeFailure {
    /// The connection failed; `source` says how, without the address.
    Broken { problem: ConnectionProblem, source: Box<dyn Error + Send + Sync> },
    /// The body is larger than [`BODY_LIMIT_BYTES`].
    TooLarge,
    /// The key cannot be sent as a header.
    Key,
    /// Nor can the account's id.
    Account,
    /// There is no key to send: a grant that could not be renewed.
    NoKey(Box<ClientError>),
}

/// How far a request came before its connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionProblem {
    /// No connection: DNS, TLS, refused.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// Anything else before an answer began, such as a reset.
    Broken,
    /// The answer began, and its body broke off or fell silent.
    CutBody,
}
