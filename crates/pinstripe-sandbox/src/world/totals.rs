//! Exact counts and sums of the business, for tests that must know what a complete import holds.
//!
//! It walks the whole index space, which takes seconds in a world of ten million charges; no request does it. Objects
//! that were created while the sandbox runs are not in it. Read next: `../render.rs`.

use std::collections::BTreeMap;

use super::World;
use super::goods::Price;
use super::money::CURRENCIES;
use crate::kind::Kind;

/// What there is of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub count: u64,
    /// For kinds with an amount: by currency, how many and the sum of the amounts.
    pub by_currency: BTreeMap<String, (u64, i64)>,
    /// For kinds with a status: by status, how many.
    pub by_status: BTreeMap<String, u64>,
}

impl Totals {
    fn add(&mut self, currency: Option<(usize, i64)>, status: Option<&str>) {
        self.count += 1;
        if let Some((index, amount)) = currency {
            let sum = self.by_currency.entry(CURRENCIES[index].code.to_owned()).or_default();
            sum.0 += 1;
            sum.1 += amount;
        }
        if let Some(status) = status {
            *self.by_status.entry(status.to_owned()).or_default() += 1;
        }
    }
}

impl World {
    pub fn count(&self, kind: Kind) -> u64 {
        self.totals(kind).count
    }

    /// Subscriptions are all of them, as with `status=all`.
    pub fn totals(&self, kind: Kind) -> Totals {
        let mut totals = Totals::default();
        for index in (0..self.span(kind)).filter(|index| self.exists(kind, *index)) {
            let (currency, status) = self.measure(kind, index);
            totals.add(currency, status);
        }
        totals
    }

    fn measure(&self, kind: Kind, index: u64) -> (Option<(usize, i64)>, Option<&'static str>) {
        match kind {
            Kind::Charge => self.sale(index).map(|sale| {
                let status = match sale.status {
                    super::sale::Status::Succeeded => "succeeded",
                    super::sale::Status::Pending => "pending",
                    super::sale::Status::Failed => "failed",
                };
                (Some((sale.currency_index, sale.amount)), Some(status))
            }),
            Kind::BalanceTransaction => {
                self.ledger_entry(index).map(|entry| (Some((entry.currency_index, entry.amount)), None))
            }
            Kind::Refund => self
                .refund(index)
                .map(|refund| (Some((refund.sale.currency_index, refund.amount)), Some("succeeded"))),
            Kind::Dispute => self.dispute(index).map(|dispute| {
                (Some((dispute.sale.currency_index, dispute.sale.amount)), Some(dispute.status))
            }),
            Kind::Payout => self
                .payout(index)
                .map(|payout| (Some((payout.currency_index, payout.amount)), Some(payout.status))),
            Kind::Transfer => {
                self.transfer(index).map(|transfer| (Some((transfer.currency_index, transfer.amount)), None))
            }
            Kind::Subscription => self.subscription(index).map(|it| (None, Some(it.state.name()))),
            Kind::Price | Kind::Plan => {
                let price = Price::at(index);
                Some((Some((price.currency, price.amount())), None))
            }
            _ => None,
        }
        .unwrap_or((None, None))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::SandboxConfig;
    use crate::kind::Kind;
    use crate::world::World;

    #[test]
    fn the_default_business_has_everything() {
        let world = World::new(&SandboxConfig::default(), 1_795_392_000);
        for kind in Kind::ALL {
            assert!(world.count(kind) > 0, "{kind:?}");
        }
        let charges = world.totals(Kind::Charge);
        assert_eq!(charges.count, 20_000);
        assert_eq!(charges.by_currency.len(), 7);
        assert_eq!(charges.by_status.len(), 3);
    }

    #[test]
    fn tiny_worlds_work() {
        for (customers, charges) in [(0, Some(0)), (1, None), (3, Some(1)), (40, None), (0, Some(5))] {
            let config = SandboxConfig { customers, charges, ..SandboxConfig::default() };
            let world = World::new(&config, 1_795_392_000);
            assert_eq!(world.count(Kind::Customer), customers);
            assert_eq!(world.count(Kind::Charge), config.charge_count());
            // Payment methods have no list of their own in order of time.
            for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::PaymentMethod) {
                let mut last = i64::MIN;
                for index in 0..world.span(kind) {
                    let created = world.created(kind, index);
                    assert!(created >= last, "{kind:?} {index}");
                    last = created;
                }
            }
        }
    }
}
