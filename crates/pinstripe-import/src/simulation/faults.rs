//! What goes wrong on the way to the simulated server, and how often. Faults never change what the
//! server knows: the same request asked again may be answered well.

use fastrand::Rng;

/// Faults of one simulation.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    /// Share of the requests that fail.
    pub share: f64,
    /// Times in which every request fails.
    pub outages_ms: Vec<(u64, u64)>,
    /// Share of the answers that take seconds.
    pub slow_share: f64,
    /// The usual time of an answer.
    pub latency_ms: (u64, u64),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    Reset,
    Unreachable,
    TimedOut,
    CutBody,
    /// Status 200, and JSON that ends early.
    Truncated,
    Limited(Option<&'static str>),
    LockTimeout,
    Failed(u16),
    /// A proxy's page, with a status of its choice.
    Html(u16),
    /// Status 200 and JSON that is no list.
    NoList,
}

const REASONS: [Option<&str>; 6] = [
    Some("global-rate"),
    Some("global-concurrency"),
    Some("endpoint-rate"),
    Some("endpoint-concurrency"),
    Some("resource-specific"),
    None,
];

impl Faults {
    pub fn draw(rng: &mut Rng) -> Faults {
        let share = [0.0, 0.0, 0.0, 0.03, 0.2, 0.5][rng.usize(0..6)];
        let outages = if share > 0.0 { rng.usize(0..3) } else { 0 };
        let outages_ms = (0..outages)
            .map(|_| {
                let from_ms = rng.u64(0..20_000);
                (from_ms, from_ms + rng.u64(100..90_000))
            })
            .collect();
        let slow_share = if rng.bool() { 0.0 } else { 0.03 };
        let least_ms = [1, 20, 100, 250, 1_000][rng.usize(0..5)];
        let most_ms = least_ms + rng.u64(1..=least_ms * 2);
        Faults { share, outages_ms, slow_share, latency_ms: (least_ms, most_ms) }
    }

    pub fn never_fail(&self) -> bool {
        self.share == 0.0
    }

    pub fn latency_ms(&self, rng: &mut Rng) -> u64 {
        let usual_ms = rng.u64(self.latency_ms.0..=self.latency_ms.1);
        if rng.f64() < self.slow_share { usual_ms + rng.u64(1_000..25_000) } else { usual_ms }
    }

    pub fn pick(&self, now_ms: u64, rng: &mut Rng) -> Option<Fault> {
        let out = self.outages_ms.iter().any(|(from_ms, to_ms)| (*from_ms..*to_ms).contains(&now_ms));
        (out || rng.f64() < self.share).then(|| match rng.u8(0..14) {
            0 | 1 => Fault::Reset,
            2 => Fault::Unreachable,
            3 => Fault::TimedOut,
            4 | 5 => Fault::CutBody,
            6 => Fault::Truncated,
            7 | 8 => Fault::Limited(REASONS[rng.usize(0..REASONS.len())]),
            9 => Fault::LockTimeout,
            10 => Fault::Failed([500, 502, 503, 409][rng.usize(0..4)]),
            11 => Fault::Html([200, 502, 429, 503][rng.usize(0..4)]),
            12 => Fault::NoList,
            _ => Fault::Reset,
        })
    }
}
