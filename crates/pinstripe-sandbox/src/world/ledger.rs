//! The balance: one entry for every charge that brought money, every refund, dispute, transfer and payout.
//!
//! Index `tick * 8 + slot`. An entry's net is its amount less its fee; a payout takes the nets of a range of ticks, so
//! the balance adds up by construction. Read next: `totals.rs`.

use super::money::CURRENCIES;
use super::{LEDGER_SLOTS, World};
use crate::kind::Kind;

pub const CHARGE: u64 = 0;
pub const TRANSFER: u64 = 1;
pub const REFUND: u64 = 2;
pub const DISPUTE: u64 = 3;
pub const DISPUTE_REVERSAL: u64 = 4;
pub const PAYOUT: u64 = 5;
pub const PAYOUT_FAILURE: u64 = 6;
pub const REVERSAL: u64 = 7;

/// Whether entries of a slot are part of a later payout.
pub fn is_paid_out(slot: u64) -> bool {
    slot != PAYOUT && slot != PAYOUT_FAILURE
}

/// The types that entries of a slot can have.
pub fn kinds_at(slot: u64) -> &'static [&'static str] {
    match slot {
        CHARGE => &["charge", "payment"],
        TRANSFER => &["transfer"],
        REFUND => &["refund", "payment_refund"],
        DISPUTE | DISPUTE_REVERSAL => &["adjustment"],
        PAYOUT => &["payout"],
        PAYOUT_FAILURE => &["payout_failure"],
        _ => &["transfer_refund"],
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub index: u64,
    pub tick: u64,
    pub kind: &'static str,
    pub category: &'static str,
    pub currency_index: usize,
    pub amount: i64,
    pub fee: i64,
    pub rate: Option<&'static str>,
    pub source: (Kind, u64),
    /// The second prefix of the source's id.
    pub source_variant: bool,
}

impl World {
    #[inline]
    pub fn ledger_entry(&self, index: u64) -> Option<Entry> {
        let (tick, slot) = (index / LEDGER_SLOTS, index % LEDGER_SLOTS);
        if tick >= self.ticks {
            return None;
        }
        match slot {
            CHARGE => self.charge_entry(index, tick),
            TRANSFER => {
                let transfer = self.transfer_at_tick(tick)?;
                let source = (Kind::Transfer, transfer.index);
                Some(own(
                    index,
                    tick,
                    ("transfer", "transfer"),
                    transfer.currency_index,
                    -transfer.amount,
                    source,
                ))
            }
            REFUND => self.refund_entry(index, tick),
            DISPUTE => {
                let dispute = self.dispute_at_tick(tick).filter(|dispute| !dispute.inquiry)?;
                Some(self.dispute_entry(index, tick, &dispute, "dispute", -1))
            }
            DISPUTE_REVERSAL => {
                let dispute = self.decision_at_tick(tick).filter(|dispute| dispute.status == "won")?;
                Some(self.dispute_entry(index, tick, &dispute, "dispute_reversal", 1))
            }
            PAYOUT => {
                let payout = self.payout_at_tick(tick)?;
                let source = (Kind::Payout, payout.index);
                Some(own(index, tick, ("payout", "payout"), payout.currency_index, -payout.amount, source))
            }
            PAYOUT_FAILURE => {
                let payout = self.payout_failure_at_tick(tick)?;
                let source = (Kind::Payout, payout.index);
                let names = ("payout_failure", "payout_reversal");
                Some(own(index, tick, names, payout.currency_index, payout.amount, source))
            }
            _ => {
                let (reversal, transfer) = self.reversal_at_tick(tick)?;
                let source = (Kind::TransferReversal, reversal);
                let names = ("transfer_refund", "transfer_reversal");
                Some(own(index, tick, names, transfer.currency_index, transfer.reversal_amount, source))
            }
        }
    }

    fn charge_entry(&self, index: u64, tick: u64) -> Option<Entry> {
        let sale = self.sale(tick).filter(super::sale::Sale::earned)?;
        let currency = sale.currency();
        let amount = currency.settle(sale.amount);
        let kind = if sale.method.is_card() { "charge" } else { "payment" };
        Some(Entry {
            index,
            tick,
            kind,
            category: "charge",
            currency_index: currency.settles_in,
            amount,
            fee: currency.fee(amount),
            rate: currency.rate.as_ref().map(|rate| rate.text),
            source: (Kind::Charge, tick),
            source_variant: !sale.method.is_card(),
        })
    }

    fn refund_entry(&self, index: u64, tick: u64) -> Option<Entry> {
        let refund = self.refund_at_tick(tick)?;
        let currency = refund.sale.currency();
        let card = refund.sale.method.is_card();
        Some(Entry {
            index,
            tick,
            kind: if card { "refund" } else { "payment_refund" },
            category: "refund",
            currency_index: currency.settles_in,
            amount: -currency.settle(refund.amount),
            fee: 0,
            rate: currency.rate.as_ref().map(|rate| rate.text),
            source: (Kind::Refund, refund.index),
            source_variant: !card,
        })
    }

    fn dispute_entry(
        &self,
        index: u64,
        tick: u64,
        dispute: &super::later::Dispute,
        category: &'static str,
        sign: i64,
    ) -> Entry {
        let currency = dispute.sale.currency();
        Entry {
            index,
            tick,
            kind: "adjustment",
            category,
            currency_index: currency.settles_in,
            amount: sign * currency.settle(dispute.sale.amount),
            // The fee comes back with the money when the dispute is won.
            fee: -sign * currency.dispute_fee(),
            rate: currency.rate.as_ref().map(|rate| rate.text),
            source: (Kind::Dispute, dispute.index),
            source_variant: false,
        }
    }

    /// The index of the ledger entry at a slot of a tick.
    pub fn entry_index(tick: u64, slot: u64) -> u64 {
        tick * LEDGER_SLOTS + slot
    }

    pub fn entry_currency(&self, entry: &Entry) -> &'static str {
        CURRENCIES[entry.currency_index].code
    }
}

fn own(
    index: u64,
    tick: u64,
    (kind, category): (&'static str, &'static str),
    currency_index: usize,
    amount: i64,
    source: (Kind, u64),
) -> Entry {
    Entry {
        index,
        tick,
        kind,
        category,
        currency_index,
        amount,
        fee: 0,
        rate: None,
        source,
        source_variant: false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::SandboxConfig;
    use crate::world::money::SETTLED;

    #[test]
    fn a_payout_pays_exactly_the_entries_of_its_ticks() {
        let world = World::new(&SandboxConfig::default(), 1_795_392_000);
        for index in 0..world.span(Kind::Payout) {
            let Some(payout) = world.payout(index) else { continue };
            let nets: i64 = world
                .payout_ticks(index)
                .flat_map(|tick| (0..LEDGER_SLOTS).map(move |slot| World::entry_index(tick, slot)))
                .filter(|entry| is_paid_out(entry % LEDGER_SLOTS))
                .filter_map(|entry| world.ledger_entry(entry))
                .filter(|entry| entry.currency_index == payout.currency_index)
                .map(|entry| entry.amount - entry.fee)
                .sum();
            assert_eq!(nets, payout.amount);
        }
        let currencies =
            (0..world.span(Kind::Payout)).filter_map(|index| world.payout(index)).map(|it| it.currency_index);
        assert_eq!(currencies.collect::<std::collections::BTreeSet<_>>().len(), SETTLED);
    }
}
