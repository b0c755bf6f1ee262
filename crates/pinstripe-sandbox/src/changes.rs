//! What was created, changed and deleted while the sandbox runs, laid over the computed business.
//!
//! It lives in memory and ends with the process. Everything that reads objects goes through `View`, which asks here
//! first. Only `writes.rs` changes anything. Read next: `render.rs`.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::ident::Id;
use crate::kind::Kind;
use crate::world::{ADDED, World};

#[derive(Clone, Debug, Default)]
pub struct CustomerChange {
    pub deleted: bool,
    /// For customers that were created here.
    pub created: Option<i64>,
    /// Top-level fields that were set.
    pub fields: Map<String, Value>,
}

#[derive(Clone, Debug, Default)]
pub struct ChargeChange {
    pub metadata: Option<Map<String, Value>>,
    pub description: Option<Value>,
    /// The indexes of refunds that were created here.
    pub refunds: Vec<u64>,
}

#[derive(Clone, Debug)]
pub struct AddedRefund {
    pub charge: u64,
    pub amount: i64,
    pub created: i64,
    pub reason: Option<String>,
    pub metadata: Map<String, Value>,
}

#[derive(Clone, Debug)]
pub struct AddedEvent {
    pub created: i64,
    pub kind: String,
    pub object: Value,
    pub previous: Option<Value>,
    pub request: String,
    pub idempotency_key: Option<String>,
}

#[derive(Debug, Default)]
pub struct Changes {
    pub customers: BTreeMap<u64, CustomerChange>,
    pub added_customers: u64,
    pub charges: HashMap<u64, ChargeChange>,
    /// When each was canceled.
    pub canceled: HashMap<u64, i64>,
    pub refunds: Vec<AddedRefund>,
    pub events: Vec<AddedEvent>,
    /// Connected accounts that withdrew their access, and whether each is still listed all the same.
    pub revoked: BTreeMap<u64, bool>,
}

impl Changes {
    /// How many objects of a kind were added; they are the newest of their kind.
    pub fn added(&self, kind: Kind) -> u64 {
        match kind {
            Kind::Customer => self.added_customers,
            Kind::Refund | Kind::BalanceTransaction => self.refunds.len() as u64,
            Kind::Event => self.events.len() as u64,
            _ => 0,
        }
    }

    fn created(&self, kind: Kind, nth: u64) -> i64 {
        let nth_refund = || self.refunds.get(nth as usize).map(|refund| refund.created);
        match kind {
            Kind::Customer => self.customers.get(&(ADDED + nth)).and_then(|change| change.created),
            Kind::Refund | Kind::BalanceTransaction => nth_refund(),
            Kind::Event => self.events.get(nth as usize).map(|event| event.created),
            _ => None,
        }
        .unwrap_or_default()
    }

    pub fn refund(&self, index: u64) -> Option<&AddedRefund> {
        self.refunds.get(index.checked_sub(ADDED)? as usize)
    }

    pub fn event(&self, index: u64) -> Option<&AddedEvent> {
        self.events.get(index.checked_sub(ADDED)? as usize)
    }
}

/// The business as it is now.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub world: &'a World,
    pub changes: &'a Changes,
}

impl View<'_> {
    pub fn exists(&self, kind: Kind, index: u64) -> bool {
        match index.checked_sub(ADDED) {
            Some(nth) => nth < self.changes.added(kind),
            None => self.world.exists(kind, index),
        }
    }

    /// Deleted customers are still found, as Stripe finds them, and accounts that left stay a position; they are just not
    /// listed.
    pub fn deleted(&self, kind: Kind, index: u64) -> bool {
        match kind {
            Kind::Customer => {
                !self.changes.customers.is_empty()
                    && self.changes.customers.get(&index).is_some_and(|change| change.deleted)
            }
            Kind::Account => self.changes.revoked.get(&index) == Some(&false),
            _ => false,
        }
    }

    pub fn created(&self, kind: Kind, index: u64) -> i64 {
        match index.checked_sub(ADDED) {
            Some(nth) => self.changes.created(kind, nth),
            None => self.world.created(kind, index),
        }
    }

    pub fn id(&self, kind: Kind, index: u64) -> Id {
        self.world.id(kind, index)
    }

    pub fn find(&self, kind: Kind, id: &str) -> Option<u64> {
        let (index, variant) = self.world.idents.index(kind, id)?;
        (self.exists(kind, index) && self.world.variant(kind, index) == variant).then_some(index)
    }

    /// The next older index that may exist, starting below `from` (`None`: from the newest).
    pub fn below(&self, kind: Kind, from: Option<u64>) -> Option<u64> {
        let top = from.unwrap_or(ADDED + self.changes.added(kind));
        if top > ADDED {
            return Some(top - 1);
        }
        top.min(self.world.span(kind)).checked_sub(1)
    }

    /// The next newer index that may exist, above `from` (`None`: from the oldest).
    pub fn above(&self, kind: Kind, from: Option<u64>) -> Option<u64> {
        let next = from.map_or(0, |from| from + 1);
        let next = if next >= self.world.span(kind) && next < ADDED { ADDED } else { next };
        (next < ADDED || next - ADDED < self.changes.added(kind)).then_some(next)
    }
}
