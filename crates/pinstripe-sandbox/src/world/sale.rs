//! A sale: what is behind the charge, the payment intent and perhaps the invoice of one tick.
//!
//! Who pays is arithmetic that can be undone: the ticks of a round are dealt to customers who came a fixed number of
//! rounds ago, so that the charges of a customer are found without a search. Read next: `later.rs`.

use super::money::{self, CURRENCIES, Currency};
use super::people::Person;
use super::{BLOCK, World};
use crate::dice::Topic;

/// What happens to the charge at a place of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Role {
    Refunded = 0,
    Failed = 1,
    FailedToo = 2,
    Transferred = 3,
    Disputed = 4,
    Pending = 5,
    Uncaptured = 6,
    Guest = 7,
    Plain = 8,
}

const ROLES: [Role; 8] = [
    Role::Refunded,
    Role::Failed,
    Role::FailedToo,
    Role::Transferred,
    Role::Disputed,
    Role::Pending,
    Role::Uncaptured,
    Role::Guest,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Succeeded,
    Pending,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Card,
    SepaDebit,
    Bancontact,
    Konbini,
    UsBankAccount,
}

impl Method {
    pub fn is_card(self) -> bool {
        self == Method::Card
    }

    pub fn name(self) -> &'static str {
        match self {
            Method::Card => "card",
            Method::SepaDebit => "sepa_debit",
            Method::Bancontact => "bancontact",
            Method::Konbini => "konbini",
            Method::UsBankAccount => "us_bank_account",
        }
    }

    fn pick(currency: usize, dice: u64) -> Self {
        match (currency, dice % 100) {
            (money::EUR, 0..12) => Method::SepaDebit,
            (money::EUR, 12..17) => Method::Bancontact,
            (money::JPY, 0..15) => Method::Konbini,
            (money::USD, 0..5) => Method::UsBankAccount,
            _ => Method::Card,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Sale {
    pub tick: u64,
    pub dice: u64,
    /// The throw of its block.
    pub block_dice: u64,
    pub role: Role,
    pub customer: Option<u64>,
    /// The how-manieth charge of its customer this is.
    pub nth: u64,
    pub currency_index: usize,
    pub amount: i64,
    pub status: Status,
    pub captured: bool,
    pub method: Method,
    /// It pays an invoice of the customer's subscription.
    pub membership: bool,
}

impl Sale {
    pub fn currency(&self) -> &'static Currency {
        &CURRENCIES[self.currency_index]
    }

    /// Whether money came in.
    pub fn earned(&self) -> bool {
        self.status == Status::Succeeded && self.captured
    }
}

impl World {
    #[inline]
    pub(crate) fn block_dice(&self, block: u64) -> u64 {
        self.dice(Topic::Block, block)
    }

    /// The tick that has this role in a block.
    #[inline]
    pub(crate) fn role_tick(&self, block: u64, role: Role) -> u64 {
        block * BLOCK + ((role as u64) ^ (self.block_dice(block) % BLOCK))
    }

    #[inline]
    fn role_at(&self, tick: u64, block_dice: u64) -> Role {
        let place = (tick % BLOCK) ^ (block_dice % BLOCK);
        ROLES.get(place as usize).copied().unwrap_or(Role::Plain)
    }

    fn shift(&self, round: u64) -> u64 {
        self.dice(Topic::Shuffle, round) % self.per_customer
    }

    /// How many rounds after a customer came its nth charge is made.
    fn delay(&self, nth: u64) -> u64 {
        nth * self.spread / self.per_customer
    }

    /// A customer stops after so many charges.
    pub(crate) fn lifetime(&self, customer: u64) -> u64 {
        let dice = self.dice(Topic::Lifetime, customer);
        if dice % 100 < 75 { self.per_customer } else { (dice >> 8) % self.per_customer + 1 }
    }

    fn payer(&self, tick: u64, role: Role) -> Option<(u64, u64)> {
        if role == Role::Guest || self.customers == 0 {
            return None;
        }
        let round = tick / self.per_customer;
        let nth = (tick % self.per_customer + self.shift(round)) % self.per_customer;
        let customer = round.checked_sub(self.delay(nth))?;
        (customer < self.customers && nth < self.lifetime(customer)).then_some((customer, nth))
    }

    /// The ticks at which a customer paid, in order of time.
    pub fn ticks_of_customer(&self, customer: u64) -> Vec<u64> {
        let mut ticks = Vec::new();
        for nth in 0..self.lifetime(customer) {
            let round = customer + self.delay(nth);
            let place = (nth + self.per_customer - self.shift(round)) % self.per_customer;
            let tick = round * self.per_customer + place;
            if self.sale(tick).is_some_and(|sale| sale.customer == Some(customer)) {
                ticks.push(tick);
            }
        }
        ticks.sort_unstable();
        ticks
    }

    /// The tick after which a customer that left has gone; none while it stays.
    pub(crate) fn left_at(&self, customer: u64) -> Option<u64> {
        let lifetime = self.lifetime(customer);
        if lifetime >= self.per_customer {
            return None;
        }
        let tick = (customer + self.delay(lifetime) + 1) * self.per_customer;
        (tick < self.ticks).then_some(tick)
    }

    /// Whether a tick is in the last so many days.
    pub(crate) fn recent(&self, tick: u64, days: u64) -> bool {
        tick + self.ticks_in(days) >= self.ticks
    }

    #[inline]
    pub fn sale(&self, tick: u64) -> Option<Sale> {
        if !self.charge_at(tick) {
            return None;
        }
        let block = tick / BLOCK;
        let block_dice = self.block_dice(block);
        let role = self.role_at(tick, block_dice);
        let dice = self.dice(Topic::Sale, tick);
        let (customer, nth) = match self.payer(tick, role) {
            Some((customer, nth)) => (Some(customer), nth),
            None => (None, 0),
        };
        let currency_index = match customer {
            Some(customer) => self.customer_currency(customer),
            None => money::pick(dice >> 3),
        };
        let disputed = role == Role::Disputed && self.block_is_disputed(block);
        let method = match customer {
            _ if disputed => Method::Card,
            Some(customer) => self.customer_method(customer),
            None => Method::pick(currency_index, dice >> 11),
        };
        let membership = customer.is_some_and(|customer| self.pays_membership(customer, nth));
        let amount = match customer {
            Some(customer) if membership => self.membership_amount(customer),
            _ => one_off(currency_index, dice),
        };
        let (status, captured) = match role {
            Role::Failed | Role::FailedToo => (Status::Failed, false),
            Role::Pending if block.is_multiple_of(2) && self.recent(tick, 6) => (Status::Pending, false),
            Role::Uncaptured if block % 2 == 1 && method.is_card() && self.recent(tick, 6) => {
                (Status::Succeeded, false)
            }
            _ => (Status::Succeeded, true),
        };
        Some(Sale {
            tick,
            dice,
            block_dice,
            role,
            customer,
            nth,
            currency_index,
            amount,
            status,
            captured,
            method,
            membership,
        })
    }

    #[inline]
    pub(crate) fn customer_dice(&self, customer: u64) -> u64 {
        self.dice(Topic::Customer, customer)
    }

    pub fn customer_currency(&self, customer: u64) -> usize {
        money::pick(self.customer_dice(customer) >> 3)
    }

    pub fn customer_method(&self, customer: u64) -> Method {
        Method::pick(self.customer_currency(customer), self.customer_dice(customer) >> 40)
    }

    /// The throw for the details of a customer's card or bank account.
    pub fn method_dice(&self, customer: u64) -> u64 {
        self.dice(Topic::Card, customer)
    }

    pub fn person(&self, customer: u64) -> Person {
        Person::new(self.customer_currency(customer), self.dice(Topic::Person, customer))
    }

    pub fn customer_email(&self, customer: u64) -> Option<String> {
        // One in 23 never gave an address.
        (customer % 23 != 22).then(|| self.person(customer).email(customer))
    }

    /// Even indexes are the customers' own methods, odd ones were used once.
    pub fn payment_method_of(&self, sale: &Sale) -> u64 {
        match sale.customer {
            Some(customer) if self.customer_method(customer) == sale.method => 2 * customer,
            _ => 2 * sale.tick + 1,
        }
    }
}

/// Most one-off sales are small, a few are very large.
fn one_off(currency_index: usize, dice: u64) -> i64 {
    let exponent = (dice >> 20) % 7;
    let cents = (300 << exponent) + ((dice >> 24) % (300 << exponent)) as i64;
    let cents = if dice >> 50 == 77 { cents * 200 } else { cents };
    CURRENCIES[currency_index].of_cents(cents)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::config::SandboxConfig;
    use crate::world::World;

    fn worlds() -> Vec<World> {
        [(2_000, None), (30, Some(3_000)), (500, Some(40)), (7, None), (0, Some(50)), (50, Some(0))]
            .into_iter()
            .map(|(customers, charges)| {
                let config = SandboxConfig { customers, charges, ..SandboxConfig::default() };
                World::new(&config, 1_795_392_000)
            })
            .collect()
    }

    #[test]
    fn the_charges_of_a_customer_are_those_that_name_it() {
        for world in worlds() {
            let mut by_customer = vec![Vec::new(); world.customers as usize];
            for tick in 0..world.ticks {
                if let Some(customer) = world.sale(tick).and_then(|sale| sale.customer) {
                    by_customer[customer as usize].push(tick);
                }
            }
            for customer in 0..world.customers {
                assert_eq!(world.ticks_of_customer(customer), by_customer[customer as usize]);
            }
        }
    }

    #[test]
    fn nobody_pays_before_coming() {
        for world in worlds() {
            for tick in 0..world.ticks {
                if let Some(customer) = world.sale(tick).and_then(|sale| sale.customer) {
                    assert!(world.customer_tick(customer) <= tick);
                }
            }
        }
    }

    #[test]
    fn as_many_charges_as_asked_for() {
        for world in worlds() {
            let found = (0..world.ticks).filter(|tick| world.sale(*tick).is_some()).count() as u64;
            assert_eq!(found, world.charges);
        }
    }
}
