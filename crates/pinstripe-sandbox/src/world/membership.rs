//! Subscriptions: who has one, to what, in which state, and which charges it explains.
//!
//! A customer has at most one, with the customer's index. Read next: `ledger.rs`.

use super::World;
use super::goods::{Price, SERVICES};
use crate::calendar::{DAY, add_months};

/// Index places for the items of a subscription.
pub const MOST_ITEMS: u64 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    Trialing,
    PastDue,
    Unpaid,
    Paused,
    Incomplete,
    IncompleteExpired,
    Canceled,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Trialing => "trialing",
            State::PastDue => "past_due",
            State::Unpaid => "unpaid",
            State::Paused => "paused",
            State::Incomplete => "incomplete",
            State::IncompleteExpired => "incomplete_expired",
            State::Canceled => "canceled",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    pub customer: u64,
    pub created: i64,
    pub currency_index: usize,
    pub state: State,
    pub yearly: bool,
    pub items: u64,
    pub period_start: i64,
    pub period_end: i64,
    pub canceled_at: Option<i64>,
    pub cancel_at_period_end: bool,
    pub trial: Option<(i64, i64)>,
    pub sends_invoice: bool,
}

impl World {
    pub fn subscribed(&self, customer: u64) -> bool {
        customer < self.customers && !matches!(customer % 10, 2 | 5 | 8)
    }

    fn yearly(&self, customer: u64) -> bool {
        customer % 10 == 9
    }

    pub fn item_count(&self, customer: u64) -> u64 {
        match customer {
            customer if customer % 500 == 110 => 14,
            customer if customer % 10 == 1 => 2,
            _ => 1,
        }
    }

    /// What the nth item of a subscription is, and how many of it.
    pub fn item(&self, customer: u64, nth: u64) -> (Price, i64) {
        let dice = self.customer_dice(customer);
        // The main product is one of the first four; the rest follow it in the price list.
        let product = ((dice >> 12) % 4 + nth) % SERVICES;
        let quantity = match (dice >> 16) % 8 {
            0 => 3,
            1 if nth > 0 => 12,
            _ => 1,
        };
        (Price::of(product, self.customer_currency(customer), self.yearly(customer)), quantity)
    }

    pub fn membership_amount(&self, customer: u64) -> i64 {
        (0..self.item_count(customer))
            .map(|nth| {
                let (price, quantity) = self.item(customer, nth);
                price.amount() * quantity
            })
            .sum()
    }

    pub(crate) fn state(&self, customer: u64) -> State {
        // The last dozen are so new that the first payment may still be open, the last fiftieth may be in a trial.
        if customer + 12 >= self.customers && customer.is_multiple_of(10) {
            return State::Incomplete;
        }
        if customer + (self.customers / 50).max(40) >= self.customers && customer % 10 == 9 {
            return State::Trialing;
        }
        match customer % 40 {
            3 => State::PastDue,
            7 => State::Unpaid,
            11 => State::Paused,
            17 => State::IncompleteExpired,
            _ if self.left_at(customer).is_some() => State::Canceled,
            _ => State::Active,
        }
    }

    pub(crate) fn pays_membership(&self, customer: u64, nth: u64) -> bool {
        self.subscribed(customer)
            && (nth == 0 || !self.yearly(customer))
            && !matches!(self.state(customer), State::Trialing | State::Incomplete | State::IncompleteExpired)
    }

    pub fn subscription(&self, customer: u64) -> Option<Subscription> {
        if !self.subscribed(customer) {
            return None;
        }
        let created = self.calendar.at(self.customer_tick(customer));
        let state = self.state(customer);
        let yearly = self.yearly(customer);
        let canceled_at = match state {
            State::Canceled => self.left_at(customer).map(|tick| self.calendar.at(tick)),
            State::IncompleteExpired => Some((created + DAY - 3_600).min(self.now)),
            _ => None,
        };
        let trial = (state == State::Trialing).then(|| (created, (created + 30 * DAY).max(self.now + DAY)));
        let (period_start, period_end) = match trial {
            Some(trial) => trial,
            None => period(created, canceled_at.unwrap_or(self.now), if yearly { 12 } else { 1 }),
        };
        let cancel_at_period_end = state == State::Active && customer % 40 == 13;
        Some(Subscription {
            customer,
            created,
            currency_index: self.customer_currency(customer),
            state,
            yearly,
            items: self.item_count(customer),
            period_start,
            period_end,
            canceled_at: canceled_at
                .or_else(|| cancel_at_period_end.then(|| (period_start + DAY).min(self.now))),
            cancel_at_period_end,
            trial,
            sends_invoice: customer % 40 == 30,
        })
    }

    /// The tick of the newest invoice of a subscription.
    pub fn latest_invoice(&self, customer: u64) -> Option<u64> {
        self.ticks_of_customer(customer)
            .into_iter()
            .rev()
            .find(|tick| self.sale(*tick).is_some_and(|sale| sale.membership))
    }
}

/// The period that holds a moment, when periods of so many months began at `anchor`.
fn period(anchor: i64, moment: i64, months: i64) -> (i64, i64) {
    let mut count = ((moment - anchor) / (31 * DAY) / months * months).max(0);
    while add_months(anchor, count + months) <= moment {
        count += months;
    }
    (add_months(anchor, count), add_months(anchor, count + months))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::SandboxConfig;

    #[test]
    fn every_state_occurs() {
        let world = World::new(&SandboxConfig::default(), 1_795_392_000);
        let states: std::collections::BTreeSet<&str> = (0..world.customers)
            .filter_map(|index| world.subscription(index))
            .map(|it| it.state.name())
            .collect();
        assert_eq!(states.len(), 8, "{states:?}");
    }

    #[test]
    fn a_period_holds_its_moment() {
        let world = World::new(&SandboxConfig::default(), 1_795_392_000);
        for subscription in (0..world.customers).filter_map(|index| world.subscription(index)) {
            assert!(subscription.period_start >= subscription.created);
            assert!(subscription.period_end > subscription.period_start);
            if subscription.state == State::Active {
                assert!((subscription.period_start..subscription.period_end).contains(&world.now));
            }
        }
    }
}
