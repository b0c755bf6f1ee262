//! How many decimals Stripe gives each currency: amounts are whole numbers of its smallest unit.
//!
//! Source: docs.stripe.com/currencies (zero-decimal, three-decimal and special-case lists, 2026).
//! This is not ISO 4217: ISK and UGX have no decimals there, but Stripe sends them with two.

/// Sent without decimals. UGX stands in Stripe's list too, but its special case wins.
const ZERO_DECIMAL: [&str; 15] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];

/// Sent with three decimals, the last of which is always zero.
const THREE_DECIMAL: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// The currencies that have not two decimals.
pub fn unusual() -> impl Iterator<Item = &'static str> {
    ZERO_DECIMAL.into_iter().chain(THREE_DECIMAL)
}

/// Decimals of a currency in Stripe's amounts: 0, 2 or 3. The code may be in either case.
pub fn decimals(currency: &str) -> u8 {
    let code = currency.to_ascii_lowercase();
    if ZERO_DECIMAL.contains(&code.as_str()) {
        0
    } else if THREE_DECIMAL.contains(&code.as_str()) {
        3
    } else {
        2
    }
}

/// An amount in major units, exactly, as people write it: 1000 `usd` is `10.00`, 1000 `jpy` is `1000`.
pub fn major_units(amount: i64, currency: &str) -> String {
    let places = usize::from(decimals(currency));
    let sign = if amount < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", amount.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::major_units;

    #[test]
    fn amounts_follow_stripes_decimals_not_iso_4217() {
        for (amount, currency, expected) in [
            (1000, "usd", "10.00"),
            (1000, "JPY", "1000"),
            (5, "eur", "0.05"),
            (-5, "eur", "-0.05"),
            (500, "isk", "5.00"),
            (500, "ugx", "5.00"),
            (500, "huf", "5.00"),
            (500, "twd", "5.00"),
            (1230, "kwd", "1.230"),
            (0, "krw", "0"),
            (i64::MIN, "usd", "-92233720368547758.08"),
        ] {
            assert_eq!(major_units(amount, currency), expected, "{amount} {currency}");
        }
    }
}
