//! Stripe's limits, kept: so many requests a second, and so many at once, for the account and for
//! each endpoint. It never sends, and never asks again ([`crate::retry`]).
//!
//! A request's turn comes when it is free at both levels: first the endpoint's, then the account's,
//! so that a slow endpoint does not hold up the others. Read next: `level.rs` for the waiting,
//! `pace.rs` for the rate and what a refusal does to it.
//!
//! Source: docs.stripe.com/rate-limits (2026): 100 a second live, 25 in test mode, 25 for each
//! endpoint, 20 for files and for Search.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::key::Mode;
use crate::level::Level;
pub use crate::level::Turn;

/// Stripe's limit for an account's live data, requests a second.
const LIVE_PER_SECOND: f64 = 100.0;
/// And for its test data.
const TEST_PER_SECOND: f64 = 25.0;
/// For one endpoint.
const ENDPOINT_PER_SECOND: f64 = 25.0;
/// For files, and for all of Search together.
const SLOW_ENDPOINT_PER_SECOND: f64 = 20.0;
/// Requests under way at once. Stripe's limits on these have no published number: these are beyond
/// what the rates need as long as an answer takes less than 3 seconds.
const ACCOUNT_IN_FLIGHT: usize = 300;
const ENDPOINT_IN_FLIGHT: usize = 100;

/// An endpoint goes first when its own limit keeps it busy for this part of the time, or more, that
/// the account's limit keeps all of them: what is left is a guess, and it could not catch up. Of
/// several, the one that it keeps busy longest.
const LONGEST_SHARE: f64 = 0.8;
/// Where several endpoints share the account's limit, requests wait a little for their turns there:
/// so many times more are under way then.
const SPARE: f64 = 1.1;
/// Faster than this is no limit of Stripe's: a few requests at once keep a server on this machine busy.
const STRIPE_RATE_MAX: f64 = 500.0;

const SEARCH: &str = "/v1/*/search";

/// Caps the user sets on requests a second. `None` is Stripe's own limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct MaxRate {
    /// For the account. Beyond Stripe's usual 100 each endpoint's limit is raised in proportion, as
    /// Stripe's are; below an endpoint's limit, it caps the endpoint too.
    pub account_per_second: Option<f64>,
    /// For each endpoint, exactly.
    pub endpoint_per_second: Option<f64>,
    /// The share of every limit that is left to the account's own production traffic: from 0 up to
    /// but not including 1.
    pub headroom: f64,
}

impl MaxRate {
    fn account(&self, mode: Mode) -> f64 {
        let documented = match mode {
            Mode::Live => LIVE_PER_SECOND,
            Mode::Test => TEST_PER_SECOND,
        };
        self.account_per_second.unwrap_or(documented) * (1.0 - self.headroom)
    }

    fn endpoint(&self, endpoint: &str) -> f64 {
        let documented = match endpoint {
            SEARCH => SLOW_ENDPOINT_PER_SECOND,
            path if path == "/v1/files" || path.starts_with("/v1/files/") => SLOW_ENDPOINT_PER_SECOND,
            _ => ENDPOINT_PER_SECOND,
        };
        let rate = match (self.endpoint_per_second, self.account_per_second) {
            (Some(rate), _) => rate,
            (None, Some(account)) if account > LIVE_PER_SECOND => documented * account / LIVE_PER_SECOND,
            (None, Some(account)) => documented.min(account),
            (None, None) => documented,
        };
        rate * (1.0 - self.headroom)
    }
}

/// The limits of one account, shared by everything this process asks of it.
#[derive(Debug)]
pub struct Limits {
    account: Arc<Level>,
    endpoints: Mutex<HashMap<String, Arc<Level>>>,
    max_rate: MaxRate,
}

impl Limits {
    pub fn new(mode: Mode, max_rate: MaxRate) -> Limits {
        // Programs that are started together do not come together.
        let start = fastrand::f64() / 4.0;
        Limits {
            account: Arc::new(Level::new(max_rate.account(mode), start, ACCOUNT_IN_FLIGHT)),
            endpoints: Mutex::default(),
            max_rate,
        }
    }

    /// Waits for this request's turn at the endpoint, first come, first served, and at the account,
    /// where endpoints take turns in proportion to what each has left (`set_requests_left`). Dropping
    /// the future gives up the place in the queue; dropping the turn ends the request.
    pub async fn turn(&self, path: &str) -> Turn {
        let endpoint = self.endpoint(path);
        let _first = endpoint.first(0.0).await;
        loop {
            endpoint.free().await;
            let urgency = self.urgency(&endpoint);
            let _first_of_all = self.account.first(urgency).await;
            self.account.free().await;
            if self.account.is_overtaken(urgency) {
                continue;
            }
            // A refusal meanwhile may have put the endpoint's turn off.
            if let Some(turn) = Turn::take(&endpoint, &self.account) {
                self.count_turn(&endpoint);
                return turn;
            }
        }
    }

    /// How long a request made now would wait: zero when its turn is free, `Duration::MAX` while as
    /// many requests are under way as may be.
    pub fn wait_for_turn(&self, path: &str) -> Duration {
        let now = Instant::now();
        let endpoint = self.endpoint(path);
        endpoint.wait(now, 0.0).max(self.account.wait(now, self.urgency(&endpoint)))
    }

    /// How many requests must be under way so that an endpoint misses no turn, where an answer takes
    /// so long. While others are busy too it may count on as large a part of the account's rate as its
    /// part of all that is left, and on its own rate at most.
    pub fn requests_at_once(&self, path: &str, latency: Duration) -> f64 {
        let now = Instant::now();
        let own = self.endpoint(path);
        let busy = self.busy();
        let rate = |level: &Level| 1.0 / level.spacing(now).as_secs_f64().max(f64::MIN_POSITIVE);
        let part = if self.goes_first(&own, &busy) { 1.0 } else { part_of(&own, &busy) };
        let share = (rate(&self.account) * part).min(rate(&own)).min(STRIPE_RATE_MAX);
        let spare = if busy.len() > 1 { SPARE } else { 1.0 };
        latency.as_secs_f64() * share * spare
    }

    /// Says how many requests are believed to be left for an endpoint. Several share the account's
    /// turns in proportion, so that all end together, and one whose own limit will keep it busy as long
    /// as all of them goes first. One that nobody speaks for (`None`) goes before all: somebody waits
    /// for each of its answers.
    pub fn set_requests_left(&self, path: &str, requests: Option<f64>) {
        let endpoint = self.endpoint(path);
        if endpoint.demand().requests_left.is_none() {
            // One that begins later must not have all the turns that the others have had already.
            let others = self.busy().into_iter().map(|(level, _)| level.demand().pass);
            let begins_at = others.reduce(f64::min).unwrap_or(0.0);
            endpoint.change_demand(|demand| demand.pass = demand.pass.max(begins_at));
        }
        endpoint.change_demand(|demand| demand.requests_left = requests);
    }

    /// The even time between two requests at the pace of now, the slower of the two levels'.
    pub fn spacing(&self, path: &str) -> Duration {
        let now = Instant::now();
        self.endpoint(path).spacing(now).max(self.account.spacing(now))
    }

    /// A request was answered, well or not, and not refused by a limit.
    pub fn answered(&self, path: &str) {
        self.endpoint(path).answered();
        self.account.answered();
    }

    /// A limit refused a request: what `reason` (`Stripe-Rate-Limited-Reason`) names slows down. A
    /// reason that is missing or new is taken for the endpoint's rate. A lock timeout is none.
    pub fn refused(&self, path: &str, reason: Option<&str>) {
        match reason {
            Some("global-rate") => self.account.refused_rate(),
            Some("global-concurrency") => self.account.refused_concurrency(),
            Some("endpoint-concurrency") => self.endpoint(path).refused_concurrency(),
            _ => self.endpoint(path).refused_rate(),
        }
    }

    /// Endpoints that somebody reads to their end, and the requests that each has left. One of which
    /// that is not known yet is taken to have as many as the one with most.
    fn busy(&self) -> Vec<Busy> {
        let endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |level: &Arc<Level>| Some((Arc::clone(level), level.demand().requests_left?));
        let mut busy: Vec<Busy> = endpoints.values().filter_map(left).collect();
        let known = busy.iter().map(|(_, requests)| *requests).filter(|requests| requests.is_finite());
        let most = known.reduce(f64::max).unwrap_or(1.0);
        let unknown = busy.iter_mut().filter(|(_, requests)| !requests.is_finite());
        unknown.for_each(|(_, requests)| *requests = most);
        busy
    }

    /// How long an endpoint's own limit will keep it busy, as a share of the time that the account's
    /// keeps all.
    fn own_time(&self, endpoint: &Arc<Level>, busy: &[Busy]) -> f64 {
        let now = Instant::now();
        let spacing = |level: &Level| level.spacing(now).as_secs_f64();
        part_of(endpoint, busy) * spacing(endpoint) / spacing(&self.account)
    }

    /// Whether it could not catch up if others went before it.
    fn goes_first(&self, endpoint: &Arc<Level>, busy: &[Busy]) -> bool {
        self.own_time(endpoint, busy) >= LONGEST_SHARE
    }

    /// How soon an endpoint's requests go at the account; the greater, the sooner.
    fn urgency(&self, endpoint: &Arc<Level>) -> f64 {
        let demand = endpoint.demand();
        if demand.requests_left.is_none() {
            return f64::INFINITY;
        }
        let busy = self.busy();
        if self.goes_first(endpoint, &busy) { self.own_time(endpoint, &busy) } else { -demand.pass }
    }

    /// One more turn of an endpoint's: the more it has left, the sooner it has the next. One that goes
    /// first owes the others nothing for it, and takes its turns among them later, if it comes to that,
    /// from where they are then.
    fn count_turn(&self, endpoint: &Arc<Level>) {
        let busy = self.busy();
        let Some(left) = left_of(endpoint, &busy) else { return };
        let pass = if self.goes_first(endpoint, &busy) {
            let others = busy.iter().map(|(level, _)| level).filter(|level| !self.goes_first(level, &busy));
            others.map(|level| level.demand().pass).reduce(f64::min)
        } else {
            Some(endpoint.demand().pass + 1.0 / left.max(1.0))
        };
        endpoint.change_demand(|demand| demand.pass = pass.unwrap_or(demand.pass));
    }

    fn endpoint(&self, path: &str) -> Arc<Level> {
        let name = endpoint(path);
        let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(level) = endpoints.get(&name) {
            return Arc::clone(level);
        }
        let level = Arc::new(Level::new(self.max_rate.endpoint(&name), 0.0, ENDPOINT_IN_FLIGHT));
        endpoints.insert(name, Arc::clone(&level));
        level
    }
}

/// An endpoint that is read, and the requests that it has left.
type Busy = (Arc<Level>, f64);

/// An endpoint's part of all that is left; all of it where nobody speaks for it.
fn part_of(endpoint: &Arc<Level>, busy: &[Busy]) -> f64 {
    let all: f64 = busy.iter().map(|(_, requests)| requests).sum();
    left_of(endpoint, busy).filter(|_| all > 0.0).map_or(1.0, |own| own / all)
}

fn left_of(endpoint: &Arc<Level>, busy: &[Busy]) -> Option<f64> {
    busy.iter().find(|(level, _)| Arc::ptr_eq(level, endpoint)).map(|(_, requests)| *requests)
}

/// The endpoint a path belongs to: without its query, ids replaced. All of Search is one. The
/// method is not part of it, since nothing but GET is sent.
fn endpoint(path: &str) -> String {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    if path.ends_with("/search") {
        return SEARCH.to_owned();
    }
    let mut endpoint = String::with_capacity(path.len());
    for (depth, segment) in path.trim_start_matches('/').split('/').enumerate() {
        // Names of Stripe's are lower case and without digits, but for the version in front.
        let is_id = |segment: &str| segment.bytes().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        endpoint.push('/');
        endpoint.push_str(if depth > 0 && is_id(segment) { "*" } else { segment });
    }
    endpoint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_no_part_of_an_endpoint() {
        for (path, expected) in [
            ("/v1/charges", "/v1/charges"),
            ("/v1/invoices/in_1AbC/lines", "/v1/invoices/*/lines"),
            ("/v1/invoices/in_2/lines?limit=100", "/v1/invoices/*/lines"),
            ("/v1/customers/cus_Ab/payment_methods", "/v1/customers/*/payment_methods"),
            ("/v1/checkout/sessions/cs_test_a1/line_items", "/v1/checkout/sessions/*/line_items"),
            ("/v1/charges/search", SEARCH),
            ("/v1/invoices/search?query=total>5", SEARCH),
            ("/v2/core/events", "/v2/core/events"),
        ] {
            assert_eq!(endpoint(path), expected, "{path}");
        }
    }

    /// Turns that each of two hungry endpoints gets in so many seconds at 20 a second for the account.
    async fn turns(limits: &Limits, left: [Option<f64>; 2], seconds: u64) -> [u32; 2] {
        let end = Instant::now() + Duration::from_secs(seconds);
        let take_all = |path: &'static str, left: Option<f64>| async move {
            limits.set_requests_left(path, left);
            let mut turns = 0;
            while tokio::time::timeout_at(end, limits.turn(path)).await.is_ok() {
                turns += 1;
            }
            turns
        };
        let [one, other] = left;
        tokio::join!(take_all("/v1/charges", one), take_all("/v1/refunds", other)).into()
    }

    fn shared() -> Limits {
        Limits::new(Mode::Live, MaxRate { account_per_second: Some(20.0), ..MaxRate::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_shared_in_proportion_to_what_is_left() {
        for (left, shares) in [
            ([Some(300.0), Some(100.0)], [0.75, 0.25]),
            // As many as the other, until more is known.
            ([Some(f64::INFINITY), Some(100.0)], [0.5, 0.5]),
            // Taken for nearly nothing, it still gets turns, and so learns that it is more.
            ([Some(50.0), Some(20.0)], [0.71, 0.29]),
            // Somebody waits for the one that nobody speaks for.
            ([None, Some(1_000.0)], [0.99, 0.01]),
        ] {
            let turns = turns(&shared(), left, 10).await;
            let all = f64::from(turns[0] + turns[1]);
            assert!((190.0..=202.0).contains(&all), "{left:?}: {turns:?}");
            let off = (f64::from(turns[0]) / all - shares[0]).abs();
            assert!(off < 0.03, "{left:?}: {turns:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_went_first_owes_nothing_for_it() {
        let limits = shared();
        let first = turns(&limits, [Some(900.0), Some(100.0)], 5).await;
        assert!(first[1] < 20, "{first:?}");
        let [one, other] = turns(&limits, [Some(100.0), Some(100.0)], 1).await;
        assert!(one.abs_diff(other) <= 2, "{one}, {other}");
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_requests_at_once_as_the_turns_keep_busy() {
        let limits = shared();
        let at_once = |path: &str| limits.requests_at_once(path, Duration::from_secs(1));
        limits.set_requests_left("/v1/charges", Some(90.0));
        assert!((19.0..=20.0).contains(&at_once("/v1/charges")), "alone");
        limits.set_requests_left("/v1/refunds", Some(30.0));
        let both = [at_once("/v1/charges"), at_once("/v1/refunds")];
        assert!((16.0..=16.5).contains(&both[0]) && (5.3..=5.5).contains(&both[1]), "{both:?}");
        // The other cannot catch up: it is not held up.
        limits.set_requests_left("/v1/refunds", Some(10.0));
        assert!((21.0..=22.0).contains(&at_once("/v1/charges")));
    }

    #[test]
    fn caps_and_headroom_move_the_documented_rates() {
        let cap = |account_per_second, endpoint_per_second, headroom| MaxRate {
            account_per_second,
            endpoint_per_second,
            headroom,
        };
        for (cap, account, charges, search) in [
            (cap(None, None, 0.0), 100.0, 25.0, 20.0),
            (cap(Some(50.0), None, 0.0), 50.0, 25.0, 20.0),
            (cap(Some(10.0), None, 0.0), 10.0, 10.0, 10.0),
            (cap(Some(400.0), None, 0.0), 400.0, 100.0, 80.0),
            (cap(Some(400.0), Some(30.0), 0.0), 400.0, 30.0, 30.0),
            (cap(None, None, 0.25), 75.0, 18.75, 15.0),
            (cap(Some(400.0), None, 0.5), 200.0, 50.0, 40.0),
        ] {
            let rates = (cap.account(Mode::Live), cap.endpoint("/v1/charges"), cap.endpoint(SEARCH));
            assert_eq!(rates, (account, charges, search), "{cap:?}");
        }
        assert_eq!(MaxRate::default().account(Mode::Test), 25.0);
        assert_eq!(MaxRate::default().endpoint("/v1/files"), 20.0);
        assert_eq!(MaxRate::default().endpoint("/v1/file_links"), 25.0);
    }
}
