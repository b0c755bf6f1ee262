//! What the business sells: a few products, and for each a price in every currency and two sizes.
//!
//! Prices of services recur (size 0 monthly, size 1 yearly), prices of goods do not. Read next: `sale.rs`.

use super::money::CURRENCIES;

pub struct Product {
    pub name: &'static str,
    pub description: Option<&'static str>,
    pub cents: i64,
}

const fn product(name: &'static str, cents: i64, description: &'static str) -> Product {
    Product { name, description: if description.is_empty() { None } else { Some(description) }, cents }
}

pub const SERVICES: u64 = 16;
pub const PRICES_PER_PRODUCT: u64 = 14;

pub static PRODUCTS: [Product; 22] = [
    product("Lumen Starter", 900, "For one person and one project."),
    product("Lumen Team", 2_900, "Up to ten people, shared boards, history of 90 days."),
    product("Lumen Business", 7_900, "Single sign-on, audit log, unlimited history."),
    product("Lumen Enterprise", 29_900, ""),
    product("Extra seat", 700, "One more person."),
    product("Storage 100 GB", 500, ""),
    product("Storage 1 TB", 1_900, ""),
    product("Priority support", 4_900, "An answer within four working hours."),
    product("Analytics add-on", 1_500, ""),
    product("Calendar sync", 300, ""),
    product("API access", 2_500, "10,000 calls a day."),
    product("White label", 9_900, "Your logo, your domain."),
    product("Archive", 400, ""),
    product("Translation \"Polyglot\"", 1_200, "38 languages – also 日本語, العربية and norsk."),
    product("Backup", 600, ""),
    product("Compliance pack", 5_900, ""),
    product("Notebook, ruled", 1_400, "A5, 192 pages, lies flat."),
    product("Notebook, dotted", 1_400, "A5, 192 pages, lies flat."),
    product("Ceramic mug ☕", 1_800, "0.35 l, dishwasher safe."),
    product("Poster \"Year at a glance\"", 2_400, ""),
    product("Canvas bag", 2_200, "Organic cotton."),
    product("Gift card", 5_000, ""),
];

/// One entry of the price list.
#[derive(Clone, Copy)]
pub struct Price {
    pub index: u64,
    pub product: u64,
    pub currency: usize,
    pub yearly: bool,
}

impl Price {
    pub fn count() -> u64 {
        PRODUCTS.len() as u64 * PRICES_PER_PRODUCT
    }

    pub fn at(index: u64) -> Self {
        let inside = index % PRICES_PER_PRODUCT;
        Self {
            index,
            product: index / PRICES_PER_PRODUCT,
            currency: (inside / 2) as usize,
            yearly: inside % 2 == 1,
        }
    }

    pub fn of(product: u64, currency: usize, yearly: bool) -> Self {
        Self::at(product * PRICES_PER_PRODUCT + currency as u64 * 2 + u64::from(yearly))
    }

    pub fn recurring(&self) -> bool {
        self.product < SERVICES
    }

    pub fn active(&self) -> bool {
        self.index % 29 != 28
    }

    pub fn amount(&self) -> i64 {
        let cents = PRODUCTS[self.product as usize].cents;
        CURRENCIES[self.currency].of_cents(if self.yearly { cents * 10 } else { cents })
    }

    pub fn currency_code(&self) -> &'static str {
        CURRENCIES[self.currency].code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_and_at_agree() {
        for index in 0..Price::count() {
            let price = Price::at(index);
            assert_eq!(Price::of(price.product, price.currency, price.yearly).index, index);
            assert!(price.amount() > 0);
        }
    }
}
