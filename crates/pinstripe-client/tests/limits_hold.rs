//! The limits against simulated limiters, in simulated time: what they refuse, and what comes
//! through. Every run is made several times, with other moments to start at and other luck.
//!
//! Promise 8: Stripe's limits are kept, and lowered when Stripe says so.
#![allow(clippy::unwrap_used)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pinstripe_client::MaxRate;
use pinstripe_client::key::Mode;
use pinstripe_client::limits::Limits;
use tokio::time::{Instant, sleep};

const PATH: &str = "/v1/charges";
const LATENCY: Duration = Duration::from_millis(250);
const SEEDS: std::ops::Range<u64> = 0..8;

/// What a server lets through.
enum Limiter {
    /// Tokens that come back evenly, up to a second's worth.
    Bucket { rate: f64, tokens: f64, filled: Duration },
    /// So many in each second of the server's clock, which is `offset` ahead.
    FixedSecond { rate: usize, offset: Duration, second: u64, count: usize },
    /// So many in any second.
    SlidingSecond { rate: usize, let_in: VecDeque<Duration> },
    /// Refuses by chance alone.
    Chance { share: f64, luck: fastrand::Rng },
}

impl Limiter {
    fn bucket(rate: f64) -> Limiter {
        Limiter::Bucket { rate, tokens: rate, filled: Duration::ZERO }
    }

    fn lets_in(&mut self, now: Duration) -> bool {
        match self {
            Limiter::Bucket { rate, tokens, filled } => {
                *tokens = (*tokens + (now - *filled).as_secs_f64() * *rate).min(*rate);
                *filled = now;
                let free = *tokens >= 1.0;
                *tokens -= f64::from(u8::from(free));
                free
            }
            Limiter::FixedSecond { rate, offset, second, count } => {
                let now_second = (now + *offset).as_secs();
                if now_second != *second {
                    (*second, *count) = (now_second, 0);
                }
                *count += 1;
                *count <= *rate
            }
            Limiter::SlidingSecond { rate, let_in } => {
                let_in.retain(|earlier| now - *earlier < Duration::from_secs(1));
                let free = let_in.len() < *rate;
                if free {
                    let_in.push_back(now);
                }
                free
            }
            Limiter::Chance { share, luck } => luck.f64() >= *share,
        }
    }
}

/// When each request was sent, and whether it was let in.
type Log = Arc<Mutex<Vec<(Duration, bool)>>>;

struct Simulation {
    limits: Limits,
    limiter: Mutex<Limiter>,
    reason: &'static str,
    start: Instant,
    log: Log,
}

impl Simulation {
    fn new(seed: u64, reason: &'static str, limiter: Limiter) -> Arc<Simulation> {
        fastrand::seed(seed);
        Arc::new(Simulation {
            limits: Limits::new(Mode::Live, MaxRate::default()),
            limiter: Mutex::new(limiter),
            reason,
            start: Instant::now(),
            log: Log::default(),
        })
    }

    async fn ask(&self) {
        let turn = self.limits.turn(PATH).await;
        let sent = self.start.elapsed();
        // The way there takes a little longer for some than for others.
        let way = Duration::from_millis(50 + fastrand::u64(0..8));
        sleep(way).await;
        let let_in = self.limiter.lock().unwrap().lets_in(self.start.elapsed());
        sleep(LATENCY - way).await;
        self.log.lock().unwrap().push((sent, let_in));
        if let_in {
            self.limits.answered(PATH);
        } else {
            self.limits.refused(PATH, Some(self.reason));
        }
        drop(turn);
    }

    /// Workers that ask again as soon as they are answered.
    async fn run(self: &Arc<Self>, workers: usize, seconds: u64) {
        let end = Instant::now() + Duration::from_secs(seconds);
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let simulation = Arc::clone(self);
                tokio::spawn(async move {
                    while Instant::now() < end {
                        simulation.ask().await;
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
    }

    /// Requests a second that were let in and that were refused, of those sent in these seconds.
    fn per_second(&self, seconds: std::ops::Range<u64>) -> (f64, f64) {
        let span = (seconds.end - seconds.start) as f64;
        let sent_in = Duration::from_secs(seconds.start)..Duration::from_secs(seconds.end);
        let log = self.log.lock().unwrap();
        let (let_in, refused): (Vec<&_>, Vec<&_>) =
            log.iter().filter(|(sent, _)| sent_in.contains(sent)).partition(|(_, let_in)| *let_in);
        (let_in.len() as f64 / span, refused.len() as f64 / span)
    }
}

#[tokio::test(start_paused = true)]
async fn at_the_documented_limit_nothing_is_refused_and_little_is_left() {
    for seed in SEEDS {
        for limiter in [
            Limiter::bucket(25.0),
            Limiter::FixedSecond { rate: 25, offset: Duration::from_millis(seed * 130), second: 0, count: 0 },
            Limiter::SlidingSecond { rate: 25, let_in: VecDeque::new() },
        ] {
            let simulation = Simulation::new(seed, "endpoint-rate", limiter);
            simulation.run(10, 60).await;
            let (let_in, _) = simulation.per_second(0..60);
            // Turns missed at first may be made up for too soon for a limiter without a store.
            let (_, early) = simulation.per_second(0..3);
            assert!(early * 3.0 <= 2.0, "seed {seed}: {early} a second");
            let (_, settled) = simulation.per_second(3..60);
            assert_eq!(settled, 0.0, "seed {seed}");
            assert!(let_in >= 0.97 * 25.0, "seed {seed}: {let_in} a second");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lower_limit_is_found_and_used() {
    for seed in SEEDS {
        for reason in ["endpoint-rate", "global-rate", "a-reason-of-tomorrow"] {
            let simulation = Simulation::new(seed, reason, Limiter::bucket(10.0));
            simulation.run(10, 70).await;
            let (let_in, refused) = simulation.per_second(10..70);
            assert!(refused <= 0.05 * (let_in + refused), "{reason}, seed {seed}: {refused} a second");
            assert!(let_in >= 0.8 * 10.0, "{reason}, seed {seed}: {let_in} a second");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_is_lifted_is_used_again() {
    for seed in SEEDS {
        let simulation = Simulation::new(seed, "endpoint-rate", Limiter::bucket(10.0));
        simulation.run(10, 20).await;
        *simulation.limiter.lock().unwrap() = Limiter::bucket(25.0);
        simulation.run(10, 70).await;
        let (let_in, _) = simulation.per_second(80..90);
        assert!(let_in >= 0.97 * 25.0, "seed {seed}: {let_in} a second");
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_by_chance_hardly_slow_down() {
    for seed in SEEDS {
        let limiter = Limiter::Chance { share: 0.05, luck: fastrand::Rng::with_seed(seed) };
        let simulation = Simulation::new(seed, "endpoint-rate", limiter);
        simulation.run(10, 300).await;
        let (let_in, refused) = simulation.per_second(0..300);
        assert!(let_in + refused >= 0.97 * 25.0, "seed {seed}: {let_in} + {refused} a second");
    }
}

#[tokio::test(start_paused = true)]
async fn turns_missed_at_first_are_made_up_for() {
    for seed in SEEDS {
        let simulation = Simulation::new(seed, "endpoint-rate", Limiter::bucket(25.0));
        // One answer is awaited before anything else is known to ask for.
        simulation.ask().await;
        simulation.run(10, 3).await;
        let (let_in, refused) = simulation.per_second(0..1);
        assert_eq!(refused, 0.0, "seed {seed}");
        assert!(let_in >= 24.0, "seed {seed}: {let_in} in the first second");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_endpoint_does_not_hold_up_the_others() {
    let limits = Arc::new(Limits::new(Mode::Live, MaxRate::default()));
    for _ in 0..50 {
        let limits = Arc::clone(&limits);
        tokio::spawn(async move { limits.turn(PATH).await });
    }
    sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    for _ in 0..20 {
        limits.turn("/v1/refunds").await;
    }
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_account_is_asked_no_faster_than_its_limit() {
    for (mode, per_second) in [(Mode::Live, 100), (Mode::Test, 25)] {
        let limits = Limits::new(mode, MaxRate::default());
        let endpoints = ["/v1/charges", "/v1/refunds", "/v1/customers", "/v1/payouts", "/v1/disputes"];
        let mut turns = Vec::new();
        for turn in 0..3 * per_second {
            limits.turn(endpoints[turn % endpoints.len()]).await;
            turns.push(Instant::now());
        }
        for window in turns.windows(per_second + 1) {
            assert!(window[per_second] - window[0] >= Duration::from_secs(1));
        }
        assert!(*turns.last().unwrap() - turns[0] < Duration::from_millis(3_100));
    }
}

#[tokio::test(start_paused = true)]
async fn programs_started_together_begin_at_different_moments() {
    fastrand::seed(1);
    let mut starts = Vec::new();
    for _ in 0..20 {
        let limits = Limits::new(Mode::Test, MaxRate::default());
        let wait = limits.wait_for_turn(PATH);
        assert!(wait <= Duration::from_millis(11), "{wait:?}");
        starts.push(wait);
    }
    starts.sort();
    assert!(starts[19] - starts[0] > Duration::from_millis(5), "{starts:?}");
}

#[tokio::test(start_paused = true)]
async fn the_wait_that_is_foretold_is_the_wait() {
    let limits = Limits::new(Mode::Live, MaxRate::default());
    drop(limits.turn(PATH).await);
    let foretold = limits.wait_for_turn(PATH);
    assert_eq!(foretold.as_millis(), 40);
    assert_eq!(limits.spacing(PATH).as_millis(), 40);
    assert_eq!(limits.wait_for_turn("/v1/refunds").as_millis(), 10, "only the account's pace");
    let start = Instant::now();
    drop(limits.turn(PATH).await);
    assert!(start.elapsed() - foretold <= Duration::from_millis(1));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(limits.wait_for_turn(PATH), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn no_more_are_under_way_than_may_be() {
    let rate = Some(1e6);
    let limits = Limits::new(
        Mode::Live,
        MaxRate { account_per_second: rate, endpoint_per_second: rate, headroom: 0.0 },
    );
    let mut turns = Vec::new();
    for _ in 0..100 {
        turns.push(limits.turn(PATH).await);
    }
    assert_eq!(limits.wait_for_turn(PATH), Duration::MAX);
    let minute = Duration::from_secs(60);
    assert!(tokio::time::timeout(minute, limits.turn(PATH)).await.is_err());
    // The dropped one has left nothing behind: one ends, and exactly one more may go.
    turns.pop();
    turns.push(limits.turn(PATH).await);
    assert!(tokio::time::timeout(minute, limits.turn(PATH)).await.is_err());

    limits.refused(PATH, Some("endpoint-concurrency"));
    turns.truncate(70);
    assert_eq!(limits.wait_for_turn(PATH), Duration::MAX, "70 of 100 are left");
    assert_eq!(limits.wait_for_turn("/v1/refunds"), Duration::ZERO);
    let start = Instant::now();
    turns.push(limits.turn(PATH).await);
    // 1 and 5 % of 70 a second.
    assert!(start.elapsed() < Duration::from_millis(300), "{:?}", start.elapsed());

    limits.refused("/v1/refunds", Some("global-concurrency"));
    assert_eq!(limits.wait_for_turn("/v1/refunds"), Duration::MAX, "the account's limit is for all");
}

#[tokio::test(start_paused = true)]
async fn a_place_that_is_given_up_delays_nobody() {
    let limits = Arc::new(Limits::new(Mode::Live, MaxRate::default()));
    for _ in 0..50 {
        let limits = Arc::clone(&limits);
        tokio::spawn(async move {
            tokio::time::timeout(Duration::from_millis(5), limits.turn(PATH)).await.is_ok()
        });
    }
    sleep(Duration::from_millis(20)).await;
    assert!(limits.wait_for_turn(PATH) < Duration::from_millis(41));
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_let_in_as_they_came() {
    let limits = Arc::new(Limits::new(Mode::Live, MaxRate::default()));
    let order = Arc::new(Mutex::new(Vec::new()));
    let waiting: Vec<_> = (0..30)
        .map(|number| {
            let (limits, order) = (Arc::clone(&limits), Arc::clone(&order));
            tokio::spawn(async move {
                let _turn = limits.turn(PATH).await;
                order.lock().unwrap().push(number);
            })
        })
        .collect();
    for waiting in waiting {
        waiting.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..30).collect::<Vec<_>>());
}
