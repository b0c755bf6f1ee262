//! The events of the last 30 days: which of them each tick brings.
//!
//! Index `tick * 16 + slot`. Only what an event is about is decided here; `render/event.rs` writes it.

use super::later::{Dispute, Payout};
use super::sale::Status;
use super::{EVENT_SLOTS, World};
use crate::kind::Kind;

/// As of when an event shows its charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Now,
    /// Just made: not booked yet, no receipt, nothing that came later.
    Made,
    /// Booked a moment later, but nothing that came later than that.
    Booked,
}

#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub index: u64,
    pub tick: u64,
    pub kind: &'static str,
    pub about: (Kind, u64),
    pub moment: Moment,
    /// `previous_attributes`, as members that are already JSON.
    pub previous: &'static [(&'static str, &'static str)],
    /// Sent by an API request, not by Stripe itself.
    pub requested: bool,
}

impl World {
    pub fn event(&self, index: u64) -> Option<Event> {
        let (tick, slot) = (index / EVENT_SLOTS, index % EVENT_SLOTS);
        if tick < self.first_event_tick || tick >= self.ticks {
            return None;
        }
        let (kind, about) = match slot {
            0 | 1 | 12 | 14 => self.sale_event(tick, slot)?,
            2 => ("customer.created", (Kind::Customer, self.customer_at_tick(tick)?)),
            3 => {
                let customer = self.customer_at_tick(tick).filter(|customer| self.subscribed(*customer))?;
                ("customer.subscription.created", (Kind::Subscription, customer))
            }
            4 => ("refund.created", (Kind::Refund, self.refund_at_tick(tick)?.index)),
            5 => ("charge.refunded", (Kind::Charge, self.refund_at_tick(tick)?.sale.tick)),
            6 => ("charge.dispute.created", (Kind::Dispute, self.dispute_at_tick(tick)?.index)),
            7 => {
                let Dispute { index, .. } = self.decision_at_tick(tick)?;
                ("charge.dispute.closed", (Kind::Dispute, index))
            }
            8 => ("payout.created", (Kind::Payout, self.payout_at_tick(tick)?.index)),
            9 => {
                // A payout is paid two days after it was made, and its event comes then.
                let Payout { index, status, .. } =
                    self.payout_at_tick(tick.checked_sub(self.ticks_in(3) + 1)?)?;
                (if status == "paid" { "payout.paid" } else { return None }, (Kind::Payout, index))
            }
            10 => ("transfer.created", (Kind::Transfer, self.transfer_at_tick(tick)?.index)),
            11 => ("transfer.reversed", (Kind::Transfer, self.reversal_at_tick(tick)?.1.index)),
            13 => {
                let customer = self.sale(tick)?.customer.filter(|_| tick % 5 == 0)?;
                ("customer.updated", (Kind::Customer, customer))
            }
            15 => {
                let sale = self.sale(tick).filter(|sale| sale.membership && sale.nth > 0)?;
                ("customer.subscription.updated", (Kind::Subscription, sale.customer?))
            }
            _ => return None,
        };
        Some(Event {
            index,
            tick,
            kind,
            about,
            moment: match slot {
                0 => Moment::Made,
                12 => Moment::Booked,
                _ => Moment::Now,
            },
            previous: previous(slot),
            requested: matches!(slot, 2 | 4 | 5 | 10 | 13),
        })
    }

    fn sale_event(&self, tick: u64, slot: u64) -> Option<(&'static str, (Kind, u64))> {
        let sale = self.sale(tick)?;
        let kind = match (slot, sale.status) {
            (0, Status::Succeeded) => "charge.succeeded",
            (0, Status::Pending) => "charge.pending",
            (0, Status::Failed) => "charge.failed",
            (1, Status::Succeeded) if sale.captured => "payment_intent.succeeded",
            (1, Status::Succeeded) => "payment_intent.amount_capturable_updated",
            (1, Status::Pending) => "payment_intent.processing",
            (1, Status::Failed) => "payment_intent.payment_failed",
            (12, Status::Succeeded) if sale.captured => "charge.updated",
            (14, Status::Succeeded) if sale.membership => "invoice.paid",
            (14, Status::Failed) if sale.membership => "invoice.payment_failed",
            _ => return None,
        };
        let about = match slot {
            1 => Kind::PaymentIntent,
            14 => Kind::Invoice,
            _ => Kind::Charge,
        };
        Some((kind, (about, tick)))
    }

    /// The first customer that came with a tick.
    fn customer_at_tick(&self, tick: u64) -> Option<u64> {
        let customer = (tick * self.customers).div_ceil(self.ticks);
        (customer < self.customers && self.customer_tick(customer) == tick).then_some(customer)
    }
}

fn previous(slot: u64) -> &'static [(&'static str, &'static str)] {
    match slot {
        12 => &[("balance_transaction", "null"), ("receipt_url", "null")],
        13 => &[("default_source", "null"), ("delinquent", "true")],
        15 => &[("latest_invoice", "null")],
        _ => &[],
    }
}
