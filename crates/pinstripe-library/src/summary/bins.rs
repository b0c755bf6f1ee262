//! Edges of a histogram's bins that people can read: steps of 1, 2 or 5 times a power of ten.

/// Most bins of a histogram.
pub(super) const BINS_MAX: i128 = 30;

/// Edges for whole numbers from `min` to `max`, which is below the last one. `one` is what a step of
/// one is counted in: decimals come as whole numbers of their last digit.
pub(super) fn whole_edges(min: i128, max: i128, one: i128) -> Vec<i128> {
    let bins = |step: i128| max.div_euclid(step) - min.div_euclid(step) + 1;
    // Equal values are shown in a bin of one; else decimals may take finer steps.
    let mut power = if min == max || one == 1 { one } else { 1 };
    loop {
        for step in [power, power.saturating_mul(2), power.saturating_mul(5)] {
            if bins(step) <= BINS_MAX {
                let first = min.div_euclid(step);
                return (0..=bins(step)).map(|bin| (first + bin).saturating_mul(step)).collect();
            }
        }
        power = power.saturating_mul(10);
    }
}

/// Edges for finite numbers from `min` to `max`.
pub(super) fn number_edges(min: f64, max: f64) -> Vec<f64> {
    let span = max - min;
    if !span.is_finite() {
        return vec![min, 0.0, max];
    }
    let start = if span > 0.0 { (span / BINS_MAX as f64).log10().floor() as i32 } else { 0 };
    for power in start.max(-300)..=300 {
        for digit in [1.0, 2.0, 5.0] {
            // Whole numbers divided by a power of ten are the nearest there are to what is shown.
            let at = |number: f64| match power {
                0.. => number * digit * 10f64.powi(power),
                _ => number * digit / 10f64.powi(-power),
            };
            let number = |value: f64| (value / at(1.0)).floor();
            let (first, last) = (number(min), number(max));
            if last - first < BINS_MAX as f64 && first.abs() < 2f64.powi(53) {
                let bins = (last - first) as i32 + 1;
                let mut edges: Vec<f64> = (0..=bins).map(|bin| at(first + f64::from(bin))).collect();
                widen(&mut edges, min, max);
                return edges;
            }
        }
    }
    vec![min, max]
}

/// Rounding may have left the least or the greatest value a hair outside.
fn widen(edges: &mut [f64], min: f64, max: f64) {
    if let Some(first) = edges.first_mut() {
        *first = first.min(min);
    }
    if let Some(last) = edges.last_mut()
        && *last <= max
    {
        *last = max.next_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_round_and_hold_all() {
        assert_eq!(whole_edges(0, 5, 1), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(whole_edges(7, 7, 1), [7, 8]);
        let edges = whole_edges(-130, 990, 1);
        assert_eq!((edges.first(), edges.get(1), edges.last()), (Some(&-150), Some(&-100), Some(&1000)));
        assert_eq!(whole_edges(i128::from(i64::MIN), i128::from(i64::MAX), 1).len(), 21);
        // 12.5 to 13.5 with twelve decimals.
        let edges = whole_edges(12_500_000_000_000, 13_500_000_000_000, 1_000_000_000_000);
        assert_eq!(edges[1] - edges[0], 50_000_000_000);
        assert_eq!(number_edges(0.25, 0.25), [0.0, 1.0]);
        let edges = number_edges(0.0, 1.0);
        assert_eq!((edges[1], edges[2], edges.len()), (0.05, 0.1, 22));
    }

    #[test]
    fn strange_numbers_have_edges_too() {
        for (min, max) in [
            (f64::MIN, f64::MAX),
            (-1e300, 1e300),
            (1e-310, 2e-310),
            (1e17, 1e17 + 16.0),
            (-0.0, 0.0),
            (0.1, 0.1 + f64::EPSILON),
        ] {
            let edges = number_edges(min, max);
            assert!(edges.len() >= 2 && edges.len() <= 32, "{min} {max}: {edges:?}");
            assert!(edges[0] <= min && edges[edges.len() - 1] >= max, "{min} {max}: {edges:?}");
        }
    }
}
