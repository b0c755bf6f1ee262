//! What happens to a sale later: refunds, disputes, transfers and their reversals, payouts.
//!
//! Each has a place that follows from the block of its charge, and a tick at which it happens; if that tick is still to
//! come, it does not exist yet. Read next: `ledger.rs`, which books them.

use crate::calendar::{DAY, midnight};

use super::money::{CURRENCIES, SETTLED};
use super::sale::{Role, Sale, Status};
use super::{BLOCK, LEDGER_SLOTS, World};

#[derive(Clone, Copy, Debug)]
pub struct Refund {
    pub index: u64,
    pub tick: u64,
    pub sale: Sale,
    /// Which refund of its charge.
    pub nth: u64,
    pub amount: i64,
}

#[derive(Clone, Copy, Debug)]
pub struct Dispute {
    pub index: u64,
    pub tick: u64,
    pub sale: Sale,
    pub status: &'static str,
    /// An inquiry takes no money.
    pub inquiry: bool,
    /// The tick at which it was decided.
    pub closed: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    pub index: u64,
    pub tick: u64,
    pub sale: Sale,
    pub account: u64,
    pub currency_index: usize,
    pub amount: i64,
    /// How many reversals there are by now.
    pub reversals: u64,
    pub reversal_amount: i64,
}

#[derive(Clone, Copy, Debug)]
pub struct Payout {
    pub index: u64,
    pub tick: u64,
    pub currency_index: usize,
    pub amount: i64,
    /// Midnight of the day on which it comes.
    pub arrival: i64,
    pub status: &'static str,
    /// The tick at which the bank sent it back.
    pub failed: Option<u64>,
}

impl World {
    fn refund_count(&self, block: u64) -> u64 {
        match block {
            block if block % 64 == 37 => 12,
            block if block % 8 == 5 => 2,
            _ => 1,
        }
    }

    fn refund_lag(&self) -> u64 {
        self.ticks_in(4) / BLOCK + 1
    }

    fn refund_offset(&self, block: u64, nth: u64) -> u64 {
        match self.refund_count(block) {
            1 => self.block_dice(block) >> 10 & 31,
            count => nth * (BLOCK / count.next_power_of_two()),
        }
    }

    pub(crate) fn refund_tick(&self, index: u64) -> u64 {
        let block = index / BLOCK;
        let nth = (index % BLOCK).min(self.refund_count(block) - 1);
        (block + self.refund_lag()) * BLOCK + self.refund_offset(block, nth)
    }

    /// Index `block * 32 + nth`.
    pub fn refund(&self, index: u64) -> Option<Refund> {
        let (block, nth) = (index / BLOCK, index % BLOCK);
        let count = self.refund_count(block);
        let tick = self.refund_tick(index);
        if nth >= count || tick >= self.ticks {
            return None;
        }
        let sale = self.sale(self.role_tick(block, Role::Refunded))?;
        let amount = match count {
            1 if sale.block_dice >> 17 & 3 != 0 => sale.amount,
            1 => sale.currency().round(sale.amount / 2).max(sale.currency().step),
            _ => sale.currency().round(sale.amount / (count as i64 + 1)).max(sale.currency().step),
        };
        Some(Refund { index, tick, sale, nth, amount })
    }

    pub(crate) fn refund_at_tick(&self, tick: u64) -> Option<Refund> {
        let block = (tick / BLOCK).checked_sub(self.refund_lag())?;
        let offset = tick % BLOCK;
        let nth = match self.refund_count(block) {
            1 => 0,
            count => offset / (BLOCK / count.next_power_of_two()),
        };
        (self.refund_offset(block, nth) == offset).then(|| self.refund(block * BLOCK + nth)).flatten()
    }

    /// The refunds of a sale, oldest first.
    pub fn refunds_of(&self, sale: &Sale) -> Vec<Refund> {
        if sale.role != Role::Refunded {
            return Vec::new();
        }
        let block = sale.tick / BLOCK;
        (0..self.refund_count(block)).filter_map(|nth| self.refund(block * BLOCK + nth)).collect()
    }

    pub fn amount_refunded(&self, sale: &Sale) -> i64 {
        if sale.role != Role::Refunded {
            return 0;
        }
        self.refunds_of(sale).iter().map(|refund| refund.amount).sum()
    }

    pub(crate) fn block_is_disputed(&self, block: u64) -> bool {
        block % 8 == 1
    }

    fn dispute_lag(&self) -> u64 {
        self.ticks_in(12) / BLOCK + 1
    }

    fn decision_lag(&self) -> u64 {
        self.ticks_in(40) / BLOCK + 1
    }

    pub(crate) fn dispute_tick(&self, block: u64) -> u64 {
        (block + self.dispute_lag()) * BLOCK + 7
    }

    pub fn dispute(&self, block: u64) -> Option<Dispute> {
        let tick = self.dispute_tick(block);
        if !self.block_is_disputed(block) || tick >= self.ticks {
            return None;
        }
        let sale = self.sale(self.role_tick(block, Role::Disputed))?;
        let closed = tick - 7 + self.decision_lag() * BLOCK + 9;
        let closed = (closed < self.ticks).then_some(closed);
        let (status, inquiry) = match (block / 8 % 5, closed.is_some()) {
            (0 | 3, true) => ("won", false),
            (1 | 4, true) => ("lost", false),
            (2, true) => ("warning_closed", true),
            (0 | 1, false) => ("needs_response", false),
            (2, false) => ("warning_needs_response", true),
            _ => ("under_review", false),
        };
        Some(Dispute { index: block, tick, sale, status, inquiry, closed })
    }

    pub(crate) fn dispute_at_tick(&self, tick: u64) -> Option<Dispute> {
        if tick % BLOCK != 7 {
            return None;
        }
        self.dispute((tick / BLOCK).checked_sub(self.dispute_lag())?)
    }

    pub(crate) fn decision_at_tick(&self, tick: u64) -> Option<Dispute> {
        if tick % BLOCK != 9 {
            return None;
        }
        self.dispute((tick / BLOCK).checked_sub(self.dispute_lag() + self.decision_lag())?)
    }

    pub fn dispute_of(&self, sale: &Sale) -> Option<Dispute> {
        if sale.role != Role::Disputed {
            return None;
        }
        self.dispute(sale.tick / BLOCK)
    }

    fn reversal_count(&self, block: u64) -> u64 {
        match block {
            block if block % 64 == 21 => 12,
            block if block % 16 == 5 => 1,
            _ => 0,
        }
    }

    pub fn transfer(&self, block: u64) -> Option<Transfer> {
        // Money goes to connected accounts; without one there is nobody to send it to.
        if self.accounts == 0 {
            return None;
        }
        let sale = self.sale(self.role_tick(block, Role::Transferred))?;
        let settled = sale.currency().settle(sale.amount);
        let amount = (settled * 8 / 10).max(1);
        let made = (0..self.reversal_count(block))
            .filter(|nth| self.reversal_tick(block * BLOCK + nth) < self.ticks);
        Some(Transfer {
            index: block,
            tick: sale.tick,
            sale,
            account: (sale.block_dice >> 20) % self.accounts,
            currency_index: sale.currency().settles_in,
            amount,
            reversals: if amount >= 20 { made.count() as u64 } else { 0 },
            reversal_amount: amount / 20,
        })
    }

    pub(crate) fn transfer_at_tick(&self, tick: u64) -> Option<Transfer> {
        let block = tick / BLOCK;
        (self.role_tick(block, Role::Transferred) == tick).then(|| self.transfer(block)).flatten()
    }

    pub fn transfer_of(&self, sale: &Sale) -> Option<Transfer> {
        if sale.role != Role::Transferred {
            return None;
        }
        self.transfer(sale.tick / BLOCK)
    }

    pub(crate) fn reversal_tick(&self, index: u64) -> u64 {
        let (block, nth) = (index / BLOCK, (index % BLOCK).min(11));
        (block + self.refund_lag()) * BLOCK + nth * 2 + 1
    }

    /// Index `block * 32 + nth`.
    pub fn reversal(&self, index: u64) -> Option<Transfer> {
        if index % BLOCK >= self.reversal_count(index / BLOCK) {
            return None;
        }
        self.transfer(index / BLOCK).filter(|transfer| index % BLOCK < transfer.reversals)
    }

    pub(crate) fn reversal_at_tick(&self, tick: u64) -> Option<(u64, Transfer)> {
        let offset = tick % BLOCK;
        if offset.is_multiple_of(2) {
            return None;
        }
        let block = (tick / BLOCK).checked_sub(self.refund_lag())?;
        let index = block * BLOCK + offset / 2;
        Some((index, self.reversal(index)?))
    }

    fn payout_lag(&self) -> u64 {
        self.ticks_in(2)
    }

    pub(crate) fn payout_tick(&self, index: u64) -> u64 {
        (index / SETTLED as u64 + 1) * self.payout_window + self.payout_lag() + index % SETTLED as u64
    }

    /// The ticks whose balance transactions a payout pays out.
    pub fn payout_ticks(&self, index: u64) -> std::ops::Range<u64> {
        let window = index / SETTLED as u64;
        window * self.payout_window..((window + 1) * self.payout_window).min(self.ticks)
    }

    fn payout_sum(&self, window: u64, currency_index: usize) -> i64 {
        let Some(cell) = self.payout_sums.get(window as usize) else { return 0 };
        cell.get_or_init(|| {
            let mut sums = [0; SETTLED];
            for tick in self.payout_ticks(window * SETTLED as u64) {
                for slot in (0..LEDGER_SLOTS).filter(|slot| super::ledger::is_paid_out(*slot)) {
                    if let Some(entry) = self.ledger_entry(tick * LEDGER_SLOTS + slot) {
                        sums[entry.currency_index] += entry.amount - entry.fee;
                    }
                }
            }
            sums
        })[currency_index]
    }

    /// Index `window * 4 + currency`.
    pub fn payout(&self, index: u64) -> Option<Payout> {
        let tick = self.payout_tick(index);
        if tick >= self.ticks {
            return None;
        }
        let currency_index = (index % SETTLED as u64) as usize;
        let amount = self.payout_sum(index / SETTLED as u64, currency_index);
        if amount < CURRENCIES[currency_index].of_cents(100) {
            return None;
        }
        let failed = (index % 32 == 9).then_some(tick + self.payout_window).filter(|tick| *tick < self.ticks);
        let created = self.calendar.at(tick);
        let arrival = midnight(created + 2 * DAY);
        let status = match failed {
            Some(_) => "failed",
            None if created + DAY > self.now => "pending",
            None if arrival > self.now => "in_transit",
            None => "paid",
        };
        Some(Payout { index, tick, currency_index, amount, arrival, status, failed })
    }

    pub(crate) fn payout_at_tick(&self, tick: u64) -> Option<Payout> {
        let since = tick.checked_sub(self.payout_lag())?;
        let (window, currency) = ((since / self.payout_window).checked_sub(1)?, since % self.payout_window);
        (currency < SETTLED as u64).then(|| self.payout(window * SETTLED as u64 + currency)).flatten()
    }

    pub(crate) fn payout_failure_at_tick(&self, tick: u64) -> Option<Payout> {
        self.payout_at_tick(tick.checked_sub(self.payout_window)?)
            .filter(|payout| payout.failed == Some(tick))
    }

    /// The payout that took the balance transactions of a tick in a currency of settlement.
    pub fn payout_taking(&self, tick: u64, currency_index: usize) -> Option<u64> {
        let index = tick / self.payout_window * SETTLED as u64 + currency_index as u64;
        self.payout(index).map(|payout| payout.index)
    }
}

impl Sale {
    pub fn failure(&self) -> Option<(&'static str, &'static str, &'static str)> {
        const FAILURES: [(&str, &str, &str); 4] = [
            ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
            ("card_declined", "generic_decline", "Your card was declined."),
            ("expired_card", "expired_card", "Your card has expired."),
            ("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
        ];
        (self.status == Status::Failed).then(|| FAILURES[(self.dice >> 33) as usize % FAILURES.len()])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::config::SandboxConfig;
    use crate::kind::Kind;
    use crate::world::World;

    fn world(customers: u64) -> World {
        World::new(&SandboxConfig { customers, ..SandboxConfig::default() }, 1_795_392_000)
    }

    #[test]
    fn ticks_lead_back_to_what_happens_at_them() {
        for world in [world(2_000), world(10), world(100)] {
            for index in 0..world.span(Kind::Refund) {
                if let Some(refund) = world.refund(index) {
                    assert_eq!(world.refund_at_tick(refund.tick).unwrap().index, index);
                    assert!(refund.tick > refund.sale.tick);
                }
                if world.reversal(index).is_some() {
                    assert_eq!(world.reversal_at_tick(world.reversal_tick(index)).unwrap().0, index);
                }
            }
            for index in 0..world.span(Kind::Dispute) {
                if let Some(dispute) = world.dispute(index) {
                    assert_eq!(world.dispute_at_tick(dispute.tick).unwrap().index, index);
                    if let Some(closed) = dispute.closed {
                        assert_eq!(world.decision_at_tick(closed).unwrap().index, index);
                    }
                }
            }
            for index in 0..world.span(Kind::Payout) {
                if let Some(payout) = world.payout(index) {
                    assert_eq!(world.payout_at_tick(payout.tick).unwrap().index, index);
                    if let Some(failed) = payout.failed {
                        assert_eq!(world.payout_failure_at_tick(failed).unwrap().index, index);
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_is_refunded_beyond_its_amount() {
        let world = world(2_000);
        for tick in 0..world.ticks {
            let sale = world.sale(tick).unwrap();
            let refunded = world.amount_refunded(&sale);
            assert!(refunded <= sale.amount);
            assert!(refunded == 0 || sale.earned());
        }
    }

    #[test]
    fn the_default_world_has_more_than_ten_of_what_is_cut_at_ten() {
        let world = world(2_000);
        let refunds =
            (0..world.ticks).filter_map(|tick| world.sale(tick)).map(|sale| world.refunds_of(&sale).len());
        assert!(refunds.max().unwrap() > 10);
        assert!(
            (0..world.span(Kind::Transfer))
                .any(|block| world.transfer(block).is_some_and(|it| it.reversals > 10))
        );
        assert!((0..world.customers).any(|index| world.subscribed(index) && world.item_count(index) > 10));
    }
}
