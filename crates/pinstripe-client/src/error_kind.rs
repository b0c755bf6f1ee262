//! The one table of errors: each kind, who acts, whether it is asked again, the exit code and the
//! workbench's HTTP status. Every crate's errors map to a kind; nothing else decides these.
//!
//! `docs/reference/errors.md` shows the same table; a test keeps the two alike.

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Something typed is wrong: a name, a date, a query, a frame's name.
    Input,
    /// No key, or one of the wrong kind.
    Key,
    /// Stripe does not know the key, or it has expired.
    KeyRefused,
    /// The key may not read this.
    Permission,
    /// Stripe refused the request for what it asks (400, 404, 402).
    RequestRefused,
    /// Stripe asks to slow down (429).
    RateLimited,
    /// Another request holds the object (409, lock timeouts).
    Conflict,
    /// Stripe failed (5xx).
    StripeFailed,
    /// No connection, or it broke: DNS, TLS, refused, reset, timed out, cut bodies.
    Connection,
    /// What answers is not Stripe: HTML, other JSON, a page that cannot be read.
    NotStripe,
    /// A cursor's object is gone.
    CursorGone,
    /// The library folder cannot be used: missing rights, a file in the way, a full disk.
    LibraryUnusable,
    /// A frame, run or version that does not exist.
    NotFound,
    /// The name is another frame's already.
    Exists,
    /// The SQL cannot be run.
    Sql,
    /// The user stopped it.
    Stopped,
    /// A defect of pinstripe's own.
    Internal,
}

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    User,
    Stripe,
    Pinstripe,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorRow {
    pub kind: ErrorKind,
    pub name: &'static str,
    pub actor: Actor,
    /// Whether the same request is sent again before the run fails.
    pub retried: bool,
    pub exit_code: u8,
    pub http_status: u16,
}

const fn row(
    kind: ErrorKind,
    name: &'static str,
    actor: Actor,
    retried: bool,
    exit_code: u8,
    http_status: u16,
) -> ErrorRow {
    ErrorRow { kind, name, actor, retried, exit_code, http_status }
}

/// Exit codes: 1 the user can fix it, 2 ours or Stripe's, 130 stopped.
pub const ERROR_TABLE: [ErrorRow; 17] = [
    row(ErrorKind::Input, "input", Actor::User, false, 1, 400),
    row(ErrorKind::Key, "key", Actor::User, false, 1, 400),
    row(ErrorKind::KeyRefused, "key refused", Actor::User, false, 1, 401),
    row(ErrorKind::Permission, "permission", Actor::User, false, 1, 403),
    row(ErrorKind::RequestRefused, "request refused", Actor::User, false, 1, 400),
    row(ErrorKind::RateLimited, "rate limited", Actor::Stripe, true, 2, 503),
    row(ErrorKind::Conflict, "conflict", Actor::Stripe, true, 2, 503),
    row(ErrorKind::StripeFailed, "stripe failed", Actor::Stripe, true, 2, 502),
    row(ErrorKind::Connection, "connection", Actor::User, true, 2, 502),
    row(ErrorKind::NotStripe, "not stripe", Actor::User, true, 2, 502),
    row(ErrorKind::CursorGone, "cursor gone", Actor::Pinstripe, true, 2, 502),
    row(ErrorKind::LibraryUnusable, "library unusable", Actor::User, false, 1, 500),
    row(ErrorKind::NotFound, "not found", Actor::User, false, 1, 404),
    row(ErrorKind::Exists, "exists", Actor::User, false, 1, 409),
    row(ErrorKind::Sql, "sql", Actor::User, false, 1, 400),
    row(ErrorKind::Stopped, "stopped", Actor::User, false, 130, 499),
    row(ErrorKind::Internal, "internal", Actor::Pinstripe, false, 2, 500),
];

impl ErrorKind {
    pub fn row(self) -> &'static ErrorRow {
        // The order of the table is the order of the enum; the test below holds it to that.
        &ERROR_TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_finds_its_own_row() {
        for row in &ERROR_TABLE {
            assert_eq!(row.kind.row().name, row.name);
        }
    }

    #[test]
    fn the_reference_shows_the_same_table() {
        let page = include_str!("../../../docs/reference/errors.md");
        for row in &ERROR_TABLE {
            let start = format!("| {} |", row.name);
            let line = page.lines().find(|line| line.starts_with(&start)).expect(row.name);
            let actor = match row.actor {
                Actor::User => "the user",
                Actor::Stripe => "Stripe",
                Actor::Pinstripe => "pinstripe",
            };
            let asked_again = if row.retried { "yes" } else { "no" };
            let end = format!("| {actor} | {asked_again} | {} | {} |", row.exit_code, row.http_status);
            assert!(line.ends_with(&end), "expected {end}, found {line}");
        }
    }
}
