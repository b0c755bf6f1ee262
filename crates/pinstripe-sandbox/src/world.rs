//! The business that the sandbox serves, as arithmetic: how many objects of each kind there are, when each came to be,
//! and which belongs to which.
//!
//! Its history is a row of *ticks*; most ticks are a charge. Every other object hangs on a tick: a customer comes with
//! one, a refund or a dispute happens at a later tick than its charge. So each kind has an index space that is ordered
//! by time, in which some places are empty, and every relation can be computed in both directions. Nothing is kept but
//! the calendar and the sums of payouts. Read next: `world/sale.rs`, `world/later.rs`, `world/ledger.rs`.

pub mod goods;
pub mod history;
pub mod later;
pub mod ledger;
pub mod membership;
pub mod money;
pub mod people;
pub mod sale;
pub mod totals;

use std::sync::OnceLock;

use crate::calendar::{Calendar, DAY};
use crate::config::SandboxConfig;
use crate::dice::{Topic, throw};
use crate::ident::{Id, Idents};
use crate::kind::Kind;
use goods::{PRODUCTS, Price};
use money::SETTLED;

pub use totals::Totals;

/// Ticks in a block; each block has one failed pair, one refunded charge, one transfer and so on, in its own order.
pub const BLOCK: u64 = 32;
pub const COUPONS: u64 = 5;
/// Places for balance transactions at each tick.
pub const LEDGER_SLOTS: u64 = 8;
/// Places for events at each tick.
pub const EVENT_SLOTS: u64 = 16;
/// Objects that were created while the sandbox runs have indexes from here.
pub const ADDED: u64 = 1 << 40;
/// Stripe keeps events for 30 days.
pub const EVENT_DAYS: i64 = 30;

pub struct World {
    pub seed: u64,
    pub now: i64,
    /// What objects say of themselves.
    pub livemode: bool,
    pub customers: u64,
    pub charges: u64,
    /// Connected accounts.
    pub accounts: u64,
    pub ticks: u64,
    pub idents: Idents,
    /// The account's id; a connected account has the one under which it is known.
    pub account: String,
    /// What the account calls itself.
    pub name: String,
    pub(crate) calendar: Calendar,
    /// Charges that a customer can have at most.
    per_customer: u64,
    /// Over so many customers' arrivals are the charges of one customer spread.
    spread: u64,
    payout_window: u64,
    payout_sums: Vec<OnceLock<[i64; SETTLED]>>,
    first_event_tick: u64,
}

impl World {
    pub fn new(config: &SandboxConfig, now: i64) -> Self {
        let idents = Idents::new(config.seed);
        let customers = config.customers;
        let charges = config.charge_count();
        let ticks = charges.max(customers).max(1);
        let calendar = Calendar::new(config.seed, now, ticks, config.distribution);
        let per_customer = if customers == 0 { 1 } else { ticks.div_ceil(customers) };
        let rounds = ticks.div_ceil(per_customer);
        let payout_window = (ticks / 1_095).max(64).next_multiple_of(64);
        let first_event_tick = calendar.first_from(now - EVENT_DAYS * DAY);
        Self {
            seed: config.seed,
            now,
            livemode: config.livemode,
            customers,
            charges,
            accounts: config.accounts,
            ticks,
            name: "Lumen Works".to_owned(),
            account: format!("acct_1{}B7WZ", idents.account_part()),
            idents,
            calendar,
            per_customer,
            spread: rounds / 3,
            payout_window,
            payout_sums: (0..ticks / payout_window + 1).map(|_| OnceLock::new()).collect(),
            first_event_tick,
        }
    }

    /// So many ticks pass in so many days, on average.
    pub(crate) fn ticks_in(&self, days: u64) -> u64 {
        self.ticks * days / 1_095
    }

    /// The indexes of a kind are below this. Not all of them exist.
    pub fn span(&self, kind: Kind) -> u64 {
        let blocks = self.ticks.div_ceil(BLOCK);
        match kind {
            Kind::Account => self.accounts,
            Kind::BalanceTransaction => self.ticks * LEDGER_SLOTS,
            Kind::BankAccount => SETTLED as u64,
            Kind::Charge | Kind::Invoice | Kind::PaymentIntent => self.ticks,
            Kind::Coupon => COUPONS,
            Kind::Customer | Kind::Subscription => self.customers,
            Kind::Dispute | Kind::Transfer => blocks,
            Kind::Event => self.ticks * EVENT_SLOTS,
            Kind::File => self.files(),
            Kind::LineItem => self.ticks * membership::MOST_ITEMS,
            Kind::PaymentMethod => 2 * self.ticks.max(self.customers),
            Kind::Payout => (self.ticks / self.payout_window + 1) * SETTLED as u64,
            Kind::Plan | Kind::Price => Price::count(),
            Kind::Product => PRODUCTS.len() as u64,
            Kind::Refund | Kind::TransferReversal => blocks * BLOCK,
            Kind::SubscriptionItem => self.customers * membership::MOST_ITEMS,
        }
    }

    fn files(&self) -> u64 {
        if self.customers == 0 { 0 } else { self.customers / 15 + 8 }
    }

    pub fn exists(&self, kind: Kind, index: u64) -> bool {
        if index >= self.span(kind) {
            return false;
        }
        match kind {
            Kind::Account
            | Kind::BankAccount
            | Kind::Coupon
            | Kind::Customer
            | Kind::File
            | Kind::Price
            | Kind::Product => true,
            Kind::Plan => Price::at(index).recurring(),
            Kind::BalanceTransaction => self.ledger_entry(index).is_some(),
            Kind::Charge | Kind::PaymentIntent => self.charge_at(index),
            Kind::Dispute => self.dispute(index).is_some(),
            Kind::Event => self.event(index).is_some(),
            Kind::Invoice => self.sale(index).is_some_and(|sale| sale.membership),
            Kind::LineItem => {
                let (tick, place) = (index / membership::MOST_ITEMS, index % membership::MOST_ITEMS);
                self.sale(tick).is_some_and(|sale| {
                    sale.membership && sale.customer.is_some_and(|customer| place < self.item_count(customer))
                })
            }
            Kind::PaymentMethod => match index % 2 {
                0 => index / 2 < self.customers,
                _ => self.sale(index / 2).is_some_and(|sale| self.payment_method_of(&sale) == index),
            },
            Kind::Payout => self.payout(index).is_some(),
            Kind::Refund => self.refund(index).is_some(),
            Kind::Subscription => self.subscribed(index),
            Kind::SubscriptionItem => {
                let customer = index / membership::MOST_ITEMS;
                self.subscribed(customer) && index % membership::MOST_ITEMS < self.item_count(customer)
            }
            Kind::Transfer => self.transfer(index).is_some(),
            Kind::TransferReversal => self.reversal(index).is_some(),
        }
    }

    /// Charges are dense unless there are more customers than charges.
    #[inline]
    pub(crate) fn charge_at(&self, tick: u64) -> bool {
        if self.charges == self.ticks {
            return tick < self.ticks;
        }
        let before = u128::from(tick) * u128::from(self.charges) / u128::from(self.ticks);
        let after = u128::from(tick + 1) * u128::from(self.charges) / u128::from(self.ticks);
        tick < self.ticks && after > before
    }

    pub(crate) fn customer_tick(&self, customer: u64) -> u64 {
        customer * self.ticks / self.customers.max(1)
    }

    /// The tick at which an object came to be; kinds without one have none.
    fn tick_of(&self, kind: Kind, index: u64) -> Option<u64> {
        Some(match kind {
            Kind::BalanceTransaction => index / LEDGER_SLOTS,
            Kind::Charge | Kind::Invoice | Kind::PaymentIntent => index,
            Kind::LineItem => index / membership::MOST_ITEMS,
            Kind::Customer | Kind::Subscription => self.customer_tick(index),
            Kind::SubscriptionItem => self.customer_tick(index / membership::MOST_ITEMS),
            Kind::PaymentMethod if index.is_multiple_of(2) => self.customer_tick(index / 2),
            Kind::PaymentMethod => index / 2,
            Kind::Event => index / EVENT_SLOTS,
            Kind::Dispute => self.dispute_tick(index),
            Kind::File => index * self.ticks / self.files().max(1),
            Kind::Payout => self.payout_tick(index),
            Kind::Refund => self.refund_tick(index),
            Kind::Transfer => self.role_tick(index, sale::Role::Transferred),
            Kind::TransferReversal => self.reversal_tick(index),
            Kind::Account => index * self.ticks / (self.accounts.max(1) * 2),
            Kind::BankAccount | Kind::Coupon | Kind::Plan | Kind::Price | Kind::Product => return None,
        })
    }

    /// Monotone in the index, also for places that are empty.
    pub fn created(&self, kind: Kind, index: u64) -> i64 {
        match self.tick_of(kind, index) {
            Some(tick) => self.calendar.at(tick.min(self.ticks - 1)),
            // What is sold was there before the first sale.
            None => self.calendar.start() - 40 * DAY + index as i64 * 3_600,
        }
    }

    /// Nothing of a kind exists below this index.
    pub fn oldest(&self, kind: Kind) -> u64 {
        if kind == Kind::Event { self.first_event_tick * EVENT_SLOTS } else { 0 }
    }

    /// The first index whose `created` is at or after this second.
    pub fn first_from(&self, kind: Kind, second: i64) -> u64 {
        let (mut low, mut high) = (0, self.span(kind));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.created(kind, middle) >= second {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The second prefix of a kind: `py_` and `pyr_` where no card was used.
    pub fn variant(&self, kind: Kind, index: u64) -> bool {
        if index >= ADDED {
            return false;
        }
        match kind {
            Kind::Charge => self.sale(index).is_some_and(|sale| !sale.method.is_card()),
            Kind::Refund => self
                .sale(self.role_tick(index / BLOCK, sale::Role::Refunded))
                .is_some_and(|sale| !sale.method.is_card()),
            Kind::BalanceTransaction => !index.is_multiple_of(LEDGER_SLOTS),
            Kind::Event => index % EVENT_SLOTS < 2,
            _ => false,
        }
    }

    pub fn id(&self, kind: Kind, index: u64) -> Id {
        self.idents.id(kind, index, self.variant(kind, index))
    }

    /// The index of an object of the business by its id, if there is one.
    pub fn find(&self, kind: Kind, id: &str) -> Option<u64> {
        let (index, variant) = self.idents.index(kind, id)?;
        (self.exists(kind, index) && self.variant(kind, index) == variant).then_some(index)
    }

    #[inline]
    pub(crate) fn dice(&self, topic: Topic, index: u64) -> u64 {
        throw(self.seed, topic, index)
    }

    pub fn account_id(&self) -> String {
        self.account.clone()
    }
}
