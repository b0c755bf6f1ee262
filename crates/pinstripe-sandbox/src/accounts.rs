//! The connected accounts: whose books a request reads, whose limits it counts for, and who has withdrawn.
//!
//! An account's books are computed when they are asked for. A few are kept, and those in which something was written;
//! the others are forgotten and computed again, the same. Nothing here knows keys. Read next: `state.rs`, `auth.rs`.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::config::SandboxConfig;
use crate::dice::{Topic, throw};
use crate::kind::Kind;
use crate::limits::{InFlight, Limits};
use crate::oauth::OAuthServer;
use crate::render::account::seller_name;
use crate::state::{Books, State, lock};

/// An account's calendar takes a quarter of a megabyte.
const MOST_KEPT: usize = 64;

/// Whose data a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// The account that the sandbox's own keys belong to: a Connect platform.
    Own,
    Connected(u64),
}

/// One connected account, as the control requests tell of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AccountNote {
    pub id: String,
    pub name: String,
    /// Its access was withdrawn.
    pub revoked: bool,
    pub listed: bool,
}

struct Kept {
    books: Arc<Books>,
    used: u64,
}

pub struct Connected {
    kept: Mutex<(HashMap<u64, Kept>, u64)>,
    limits: Mutex<HashMap<u64, Limits>>,
}

impl Connected {
    pub fn new() -> Self {
        Self { kept: Mutex::new((HashMap::new(), 0)), limits: Mutex::new(HashMap::new()) }
    }

    fn get(&self, account: u64, compute: impl FnOnce() -> Books) -> Arc<Books> {
        let mut guard = lock(&self.kept);
        let (kept, turn) = &mut *guard;
        *turn += 1;
        let used = *turn;
        let entry = kept.entry(account).or_insert_with(|| Kept { books: Arc::new(compute()), used });
        entry.used = used;
        let books = Arc::clone(&entry.books);
        if kept.len() > MOST_KEPT {
            forget_oldest(kept);
        }
        books
    }

    #[cfg(test)]
    fn kept(&self) -> usize {
        lock(&self.kept).0.len()
    }
}

/// Books that somebody reads now, or in which something was written, stay.
fn forget_oldest(kept: &mut HashMap<u64, Kept>) {
    let oldest = kept
        .iter()
        .filter(|(_, kept)| {
            Arc::strong_count(&kept.books) == 1 && !kept.books.written.load(Ordering::Acquire)
        })
        .min_by_key(|(_, kept)| kept.used)
        .map(|(account, _)| *account);
    if let Some(account) = oldest {
        kept.remove(&account);
    }
}

impl State {
    /// A party's business; a connected account has its own, smaller one.
    pub fn books(&self, party: Party) -> Arc<Books> {
        let Party::Connected(account) = party else { return Arc::clone(&self.main) };
        self.connected.get(account, || {
            let config = SandboxConfig {
                seed: throw(self.config.seed, Topic::Account, account + 1),
                customers: (self.config.customers / 50).clamp(10, 1_000),
                charges: None,
                ..self.config.clone()
            };
            let mut books = Books::new(&config, self.main.world.now);
            books.world.account = self.main.world.id(Kind::Account, account).to_string();
            books.world.name = seller_name(account);
            books
        })
    }

    pub fn account_id(&self, party: Party) -> String {
        match party {
            Party::Own => self.main.world.account_id(),
            Party::Connected(account) => self.main.world.id(Kind::Account, account).to_string(),
        }
    }

    pub fn account_name(&self, party: Party) -> String {
        match party {
            Party::Own => self.main.world.name.clone(),
            Party::Connected(account) => seller_name(account),
        }
    }

    /// Whom an account id names, whether or not access was withdrawn.
    pub fn party(&self, id: &str) -> Option<Party> {
        if id == self.main.world.account {
            return Some(Party::Own);
        }
        self.main.world.find(Kind::Account, id).map(Party::Connected)
    }

    /// Whether the platform may not, or no longer, act for this party.
    pub fn is_revoked(&self, party: Party) -> bool {
        match party {
            Party::Own => false,
            Party::Connected(account) => self.main.read(|view| view.changes.revoked.contains_key(&account)),
        }
    }

    /// Withdraws a connected account's access, and ends the tokens that it gave the platform. `false` when the id names
    /// none.
    pub fn revoke_account(&self, id: &str, still_listed: bool) -> bool {
        let Some(Party::Connected(account)) = self.party(id) else { return false };
        self.main.write(|_, changes| changes.revoked.insert(account, still_listed));
        self.end_grants(OAuthServer::Connect, Party::Connected(account));
        true
    }

    /// Gives the access back.
    pub fn restore_account(&self, id: &str) -> bool {
        let Some(Party::Connected(account)) = self.party(id) else { return false };
        self.main.write(|_, changes| changes.revoked.remove(&account));
        true
    }

    /// All connected accounts, the oldest first, also those that have withdrawn.
    pub fn account_notes(&self) -> Vec<AccountNote> {
        self.main.read(|view| {
            (0..view.world.accounts)
                .map(|account| {
                    let revoked = view.changes.revoked.get(&account).copied();
                    AccountNote {
                        id: view.id(Kind::Account, account).to_string(),
                        name: seller_name(account),
                        revoked: revoked.is_some(),
                        listed: revoked.unwrap_or(true),
                    }
                })
                .collect()
        })
    }

    /// Lets a request in, or gives the reason why not. Each account has its own limits.
    pub fn admit(&self, party: Party, endpoint: &str) -> Result<InFlight, &'static str> {
        let now = Instant::now();
        let Party::Connected(account) = party else { return self.limits.admit(endpoint, now) };
        let (rate, concurrency) = (self.config.rate, self.config.concurrency);
        lock(&self.connected.limits)
            .entry(account)
            .or_insert_with(|| Limits::new(rate, concurrency, now))
            .admit(endpoint, now)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn books_are_forgotten_unless_something_was_written() {
        let config =
            SandboxConfig { customers: 10, accounts: 200, now: Some(1_795_392_000), ..Default::default() };
        let state = State::new(config).unwrap();
        let first = state.books(Party::Connected(0)).world.id(Kind::Charge, 0).to_string();
        state.books(Party::Connected(1)).write(|_, changes| changes.added_customers = 1);
        for account in 2..200 {
            state.books(Party::Connected(account));
        }
        assert_eq!(state.connected.kept(), MOST_KEPT);
        assert_eq!(state.books(Party::Connected(0)).world.id(Kind::Charge, 0).to_string(), first);
        assert_eq!(state.books(Party::Connected(1)).read(|view| view.changes.added_customers), 1);
    }
}
