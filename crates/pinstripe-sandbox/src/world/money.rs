//! Currencies of the business: smallest units, price levels, fees, and what Stripe converts before it pays out.
//!
//! Amounts stay whole numbers; a rate is a fraction with the text that `exchange_rate` shows. Read next: `goods.rs`.

pub struct Currency {
    pub code: &'static str,
    /// Amounts are multiples of this (ISK in hundreds, three-decimal currencies in tens).
    pub step: i64,
    /// From US cents to this currency's smallest unit: times `.0` by `.1`.
    level: (i64, i64),
    /// The currency in which it lands in the balance, as an index into `CURRENCIES`.
    pub settles_in: usize,
    pub rate: Option<Rate>,
    fee_basis_points: i64,
    fee_fixed: i64,
}

pub struct Rate {
    pub text: &'static str,
    times: i64,
    by: i64,
}

pub const USD: usize = 0;
pub const EUR: usize = 1;
pub const JPY: usize = 2;
/// The first four are the ones with a bank account.
pub const SETTLED: usize = 4;

const fn own(code: &'static str, index: usize, level: (i64, i64), fee: (i64, i64)) -> Currency {
    Currency {
        code,
        step: 1,
        level,
        settles_in: index,
        rate: None,
        fee_basis_points: fee.0,
        fee_fixed: fee.1,
    }
}

const fn converted(
    code: &'static str,
    step: i64,
    level: (i64, i64),
    text: &'static str,
    rate: (i64, i64),
) -> Currency {
    let rate = Some(Rate { text, times: rate.0, by: rate.1 });
    Currency { code, step, level, settles_in: USD, rate, fee_basis_points: 390, fee_fixed: 30 }
}

pub static CURRENCIES: [Currency; 7] = [
    own("usd", 0, (1, 1), (290, 30)),
    own("eur", 1, (19, 20), (150, 25)),
    own("jpy", 2, (3, 2), (360, 0)),
    own("gbp", 3, (17, 20), (150, 20)),
    converted("nok", 1, (10, 1), "0.0949", (949, 10_000)),
    converted("isk", 100, (140, 1), "0.0072", (72, 10_000)),
    // 1 KWD is 1000 of its smallest unit, 325 US cents.
    converted("kwd", 10, (3, 1), "3.25", (325, 1_000)),
];

impl Currency {
    pub fn round(&self, amount: i64) -> i64 {
        amount / self.step * self.step
    }

    /// A price level in US cents as an amount here, never below the smallest charge.
    pub fn of_cents(&self, cents: i64) -> i64 {
        let (times, by) = self.level;
        self.round(cents * times / by).max(self.step * 50)
    }

    /// What an amount is in the currency of settlement.
    #[inline]
    pub fn settle(&self, amount: i64) -> i64 {
        match &self.rate {
            Some(rate) => amount * rate.times / rate.by,
            None => amount,
        }
    }

    /// Stripe's fee on an amount that is already settled.
    #[inline]
    pub fn fee(&self, settled: i64) -> i64 {
        settled * self.fee_basis_points / 10_000 + self.fee_fixed
    }

    /// 1,500 US cents, in the currency of settlement.
    pub fn dispute_fee(&self) -> i64 {
        let (times, by) = CURRENCIES[self.settles_in].level;
        1_500 * times / by
    }
}

/// The mix of the business: half of it in dollars.
#[inline]
pub fn pick(dice: u64) -> usize {
    match dice % 100 {
        0..50 => 0,
        50..70 => 1,
        70..82 => 2,
        82..91 => 3,
        91..96 => 4,
        96..98 => 5,
        _ => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_currencies_keep_their_last_digits() {
        let [.., isk, kwd] = &CURRENCIES;
        assert_eq!((isk.code, kwd.code), ("isk", "kwd"));
        for cents in [123, 999, 10_001] {
            assert_eq!(isk.of_cents(cents) % 100, 0);
            assert_eq!(kwd.of_cents(cents) % 10, 0);
        }
        assert_eq!(kwd.settle(1_000), 325);
    }
}
