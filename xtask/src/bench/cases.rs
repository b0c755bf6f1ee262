//! The cases of `cargo xtask bench import`: what the sandbox is like, what is imported, and how good
//! is good enough.
//!
//! Every bar is a ratio to what the limits alone would take, so that it holds on any machine that is
//! not slower than they are. Read next: `import.rs`, which runs them.

use super::truth::Needed;

pub struct Case {
    pub name: &'static str,
    pub sandbox: &'static [&'static str],
    /// Data types, as they are typed.
    pub imported: &'static [&'static str],
    /// The account's limit, as the sandbox is told.
    pub rate_per_second: f64,
    pub way: Way,
    pub bars: Bars,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Once,
    /// Killed three times on the way, each time begun again with the same library.
    Killed,
    /// Measured from the fifth second on, when the first slow pages are in.
    Steady,
}

/// `None` is reported and not judged.
#[derive(Clone, Copy, Default)]
pub struct Bars {
    pub wall_to_ideal_max: Option<f64>,
    /// So many times the needed requests, and so many more.
    pub requests_max: Option<(f64, u64)>,
    pub refused_max: Option<u64>,
    /// Share of the rate that is used in the steady part.
    pub steady_share_min: Option<f64>,
}

/// What a case came to.
#[derive(Default)]
pub struct Measured {
    pub wall_seconds: f64,
    pub needed: Needed,
    pub requests: u64,
    pub refused: u64,
    pub steady_per_second: Option<f64>,
}

impl Case {
    /// What is over the bars, in words.
    pub fn misses(&self, measured: &Measured) -> Vec<String> {
        let mut misses = Vec::new();
        let needed = measured.needed.requests();
        let ideal = measured.needed.ideal_seconds(self.rate_per_second);
        if let Some(most) = self.bars.wall_to_ideal_max
            && measured.wall_seconds > most * ideal
        {
            misses.push(format!(
                "{:.2} s, expected at most {:.2} s ({most} times the ideal)",
                measured.wall_seconds,
                most * ideal
            ));
        }
        if let Some((times, more)) = self.bars.requests_max {
            // 1.15 times 200 is 230, whatever binary fractions make of it.
            let most = (times * needed as f64 + 1e-6).floor() as u64 + more;
            if measured.requests > most {
                misses.push(format!("{} requests, expected at most {most}", measured.requests));
            }
        }
        if let Some(most) = self.bars.refused_max
            && measured.refused > most
        {
            misses.push(format!("{} refused, expected at most {most}", measured.refused));
        }
        if let Some(share) = self.bars.steady_share_min {
            let least = share * self.rate_per_second;
            match measured.steady_per_second {
                Some(found) if found >= least => {}
                Some(found) => misses
                    .push(format!("{found:.1} requests a second when steady, expected at least {least:.1}")),
                None => misses.push("it ended before it was steady".to_owned()),
            }
        }
        misses
    }
}

const CHARGES: &[&str] = &["charges"];

/// Charges at Stripe's limit for one endpoint; flags of the sandbox say what is special.
macro_rules! charges {
    ($name:literal, $charges:literal, $distribution:literal, [$($more:literal),*], $way:expr, $bars:expr) => {
        Case {
            name: $name,
            sandbox: &[
                "--charges", $charges, "--distribution", $distribution, "--rate", "25", $($more),*
            ],
            imported: CHARGES,
            rate_per_second: 25.0,
            way: $way,
            bars: $bars,
        }
    };
}

const NO_BARS: Bars =
    Bars { wall_to_ideal_max: None, requests_max: None, refused_max: None, steady_share_min: None };
/// No distribution may cost many more requests than its pages.
const FEW_REQUESTS: Bars = Bars { requests_max: Some((1.05, 10)), ..NO_BARS };

pub const CASES: [Case; 10] = [
    charges!(
        "charges-20k",
        "20000",
        "business",
        ["--latency-ms", "250"],
        Way::Once,
        Bars {
            wall_to_ideal_max: Some(1.12),
            requests_max: Some((1.05, 0)),
            refused_max: Some(0),
            ..NO_BARS
        }
    ),
    charges!(
        "charges-200k",
        "200000",
        "business",
        ["--latency-ms", "250"],
        Way::Once,
        Bars {
            wall_to_ideal_max: Some(1.04),
            requests_max: Some((1.05, 0)),
            refused_max: Some(0),
            ..NO_BARS
        }
    ),
    Case {
        name: "ten-types",
        // So large that one endpoint's limit and the account's both ask for about ten seconds.
        sandbox: &[
            "--customers",
            "24000",
            "--charges",
            "24000",
            "--live",
            "--latency-ms",
            "250",
            "--rate",
            "100",
        ],
        imported: &[
            "Balance History",
            "charges",
            "customers",
            "disputes",
            "events",
            "File Uploads",
            "payouts",
            "refunds",
            "transfers",
            "subscriptions",
        ],
        rate_per_second: 100.0,
        way: Way::Once,
        bars: Bars { wall_to_ideal_max: Some(1.10), ..NO_BARS },
    },
    charges!(
        "faults",
        "20000",
        "business",
        ["--latency-ms", "250", "--faults", "rate_limited=5,server_error=5,reset=4,cut_body=4"],
        Way::Once,
        Bars { wall_to_ideal_max: Some(1.6), ..NO_BARS }
    ),
    charges!(
        "kills",
        "20000",
        "business",
        ["--latency-ms", "250"],
        Way::Killed,
        Bars { requests_max: Some((1.15, 0)), ..NO_BARS }
    ),
    charges!(
        "slow-pages",
        "200000",
        "business",
        ["--latency-ms", "2700"],
        Way::Steady,
        Bars { steady_share_min: Some(0.9), ..NO_BARS }
    ),
    charges!("even", "20000", "even", ["--latency-ms", "250"], Way::Once, FEW_REQUESTS),
    charges!("spike", "20000", "spike", ["--latency-ms", "250"], Way::Once, FEW_REQUESTS),
    charges!("same-second", "20000", "same-second", ["--latency-ms", "250"], Way::Once, FEW_REQUESTS),
    charges!("sparse", "20000", "sparse", ["--latency-ms", "250"], Way::Once, FEW_REQUESTS),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn case(name: &str) -> &'static Case {
        static ALL: [Case; 10] = CASES;
        ALL.iter().find(|case| case.name == name).unwrap()
    }

    fn measured(wall_seconds: f64, requests: u64, refused: u64) -> Measured {
        let mut needed = Needed::default();
        needed.add("/v1/charges", 200);
        Measured { wall_seconds, needed, requests, refused, steady_per_second: None }
    }

    #[test]
    fn what_is_at_its_bars_passes_and_what_is_over_is_said() {
        assert!(case("charges-20k").misses(&measured(8.96, 210, 0)).is_empty());
        assert_eq!(
            case("charges-20k").misses(&measured(9.0, 211, 1)),
            [
                "9.00 s, expected at most 8.96 s (1.12 times the ideal)",
                "211 requests, expected at most 210",
                "1 refused, expected at most 0"
            ]
        );
        assert!(case("even").misses(&measured(60.0, 220, 9)).is_empty());
        assert_eq!(case("even").misses(&measured(8.0, 221, 0)).len(), 1);
        assert_eq!(case("kills").misses(&measured(8.0, 231, 0)).len(), 1);
    }

    #[test]
    fn the_steady_part_must_be_fast_and_must_be_there() {
        let steady = |steady_per_second| Measured { steady_per_second, ..measured(11.0, 200, 0) };
        assert!(case("slow-pages").misses(&steady(Some(22.5))).is_empty());
        assert_eq!(case("slow-pages").misses(&steady(Some(22.4))).len(), 1);
        assert_eq!(case("slow-pages").misses(&steady(None)).len(), 1);
    }
}
