//! Several lists read at once under one account's limit, in virtual time: what it costs beside the
//! least that could be. The lists stand still, and what fails fails by chance; `server` is for the
//! rest.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use futures::future::{BoxFuture, join_all};
use pinstripe_catalog::{DataType, catalog};
use pinstripe_client::{
    Answer, ApiBase, ApiKey, Client, ClientOptions, ConnectionProblem, Exchange, ExchangeFailure, HeaderMap,
    HeaderValue,
};
use pinstripe_query::{PlanRequest, plan};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::distributions::Distribution;
use super::lies::{Query, honest_page};
use super::world::{Bustle, START, World};
use crate::drive::Drive;
use crate::fetch::Fetcher;
use crate::journal::Journal;
use crate::progress::Progress;
use crate::run::{STEP_QUEUE, bring, row_schema};

const PAGE_ROWS: usize = 100;
/// What Stripe allows an account's live data, requests a second, and each endpoint.
const ACCOUNT_PER_SECOND: f64 = 100.0;
const ENDPOINT_PER_SECOND: f64 = 25.0;
const FAILED: &str = r#"{"error":{"type":"api_error","message":"simulated"}}"#;

/// A server of several lists, by path.
#[derive(Debug)]
struct Lists {
    worlds: BTreeMap<String, World>,
    latency: Duration,
    began: Instant,
    /// When each request came.
    asked: Mutex<Vec<Duration>>,
    rng: Mutex<Rng>,
    /// Shares of the requests that go wrong.
    faults: FaultShares,
}

/// What goes wrong with which shares of the requests, in turn: refused by a limit, failed by the server,
/// reset, cut.
type FaultShares = [f64; 4];
const NO_FAULTS: FaultShares = [0.0; 4];

impl Exchange for Lists {
    fn send<'a>(
        &'a self,
        _account: Option<&'a str>,
        path: &'a str,
        parameters: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Answer, ExchangeFailure>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(self.began.elapsed());
            let (late, fault) = {
                let mut rng = self.rng.lock().unwrap();
                (rng.f64() * 0.08, self.fault(&mut rng))
            };
            tokio::time::sleep(self.latency.mul_f64(1.0 + late)).await;
            let mut headers = HeaderMap::new();
            let broken = |problem| Err(ExchangeFailure::Broken { problem, source: "simulated".into() });
            let (status, body) = match fault {
                None => (200, self.page(path, parameters)),
                Some(0) => {
                    headers.insert("stripe-rate-limited-reason", HeaderValue::from_static("global-rate"));
                    (429, FAILED.to_owned())
                }
                Some(1) => (500, FAILED.to_owned()),
                Some(2) => return broken(ConnectionProblem::Broken),
                Some(_) => return broken(ConnectionProblem::CutBody),
            };
            Ok(Answer { status, headers, body: body.into_bytes() })
        })
    }
}

impl Lists {
    /// The place in `FaultShares` of what goes wrong with a request.
    fn fault(&self, rng: &mut Rng) -> Option<usize> {
        let mut place = rng.f64();
        self.faults.iter().position(|share| {
            place -= share;
            place < 0.0
        })
    }

    fn page(&self, path: &str, parameters: &[(String, String)]) -> String {
        let world = &self.worlds[path];
        let mut query = Query { from: None, until: None, after: None, limit: 10 };
        for (name, value) in parameters {
            match name.as_str() {
                "limit" => query.limit = value.parse().unwrap(),
                "created[gte]" => query.from = value.parse().ok(),
                "created[lt]" => query.until = value.parse().ok(),
                "starting_after" => query.after = world.place(value),
                _ => panic!("{name} was asked"),
            }
        }
        let (rows, more) = honest_page(world, 0, &query).unwrap();
        let mut body = r#"{"object":"list","data":["#.to_owned();
        for (number, row) in rows.iter().enumerate() {
            body.push_str(if number == 0 { "" } else { "," });
            world.objects[*row].write(0, &mut body);
        }
        body.push_str(&format!(r#"],"has_more":{more},"url":"{path}"}}"#));
        body
    }
}

/// What reading several lists to their ends took.
struct Cost {
    seconds: f64,
    requests: usize,
    needed: usize,
    /// What the limits alone would take.
    ideal_seconds: f64,
    /// Requests in each second.
    per_second: Vec<usize>,
}

fn read(lists: &[(&str, Distribution, usize)], latency_ms: u64, seed: u64) -> Cost {
    read_through(NO_FAULTS, lists, latency_ms, seed)
}

fn read_through(
    faults: FaultShares,
    lists: &[(&str, Distribution, usize)],
    latency_ms: u64,
    seed: u64,
) -> Cost {
    fastrand::seed(seed);
    let mut rng = Rng::with_seed(seed);
    let bustle = Bustle::default();
    let worlds: BTreeMap<String, World> = lists
        .iter()
        .map(|(name, distribution, rows)| {
            (format!("/v1/{name}"), World::draw(*distribution, *rows, bustle, &mut rng))
        })
        .collect();
    let pages = |world: &World| world.objects.len().div_ceil(PAGE_ROWS).max(1);
    let needed: usize = worlds.values().map(pages).sum();
    let longest = worlds.values().map(pages).max().unwrap() as f64;
    let ideal_seconds = (needed as f64 / ACCOUNT_PER_SECOND).max(longest / ENDPOINT_PER_SECOND);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let latency = Duration::from_millis(latency_ms);
        let began = Instant::now();
        let server =
            Arc::new(Lists { worlds, latency, began, asked: Mutex::default(), rng: Mutex::new(rng), faults });
        let options = ClientOptions::new(ApiBase::stripe(), ApiKey::parse("rk_live_simulated").unwrap());
        let client = Client::with_exchange(options, Arc::clone(&server) as Arc<dyn Exchange>);
        let read = join_all(server.worlds.iter().map(|(path, world)| read_one(&client, path, world)));
        read.await;
        let seconds = began.elapsed().as_secs_f64();
        let asked = server.asked.lock().unwrap();
        let mut per_second = vec![0; seconds as usize + 1];
        for at in asked.iter() {
            per_second[at.as_secs() as usize] += 1;
        }
        Cost { seconds, requests: asked.len(), needed, ideal_seconds, per_second }
    })
}

async fn read_one(client: &Client, path: &str, world: &World) {
    let request = PlanRequest { data_type: "application_fees", ..PlanRequest::default() };
    let mut plan = plan(catalog(), &request, jiff::Timestamp::from_second(START).unwrap()).unwrap();
    plan.path = path.to_owned();
    let (data_type, row_schema) = row_schema(&plan).unwrap();
    // What is known of a data type by its name holds here too.
    let data_type = &DataType { name: path["/v1/".len()..].to_owned(), ..data_type.clone() };
    let (progress, cancel) = (Progress::default(), CancellationToken::new());
    let client = client.with_own_traffic();
    let fetcher = Fetcher::new(&client, data_type, &progress, &cancel);
    let folder = tempfile::tempdir().unwrap();
    let drive = Drive::new(&fetcher, &plan, data_type, row_schema);
    let (steps, mut taken) = mpsc::channel(STEP_QUEUE);
    let entries = Journal::open(folder.path()).unwrap();
    let bringing = bring(drive, entries, &progress, &cancel, steps);
    let (brought, ()) = futures::join!(bringing, async { while taken.recv().await.is_some() {} });
    assert_eq!(brought.unwrap().rows, world.objects.len() as u64, "{path}");
}

/// Ten data types of an account of some years.
const TEN: [(&str, Distribution, usize); 10] = [
    ("balance_transactions", Distribution::Batches, 26_017),
    ("charges", Distribution::Batches, 24_000),
    ("customers", Distribution::Even, 24_000),
    ("disputes", Distribution::Business, 93),
    ("events", Distribution::MonthOld, 6_031),
    ("files", Distribution::Business, 1_608),
    ("payouts", Distribution::Even, 1_476),
    ("refunds", Distribution::Business, 960),
    ("subscriptions", Distribution::Batches, 20_800),
    ("transfers", Distribution::Even, 1_750),
];

#[test]
fn ten_lists_at_once_take_little_more_than_their_pages_at_the_accounts_limit() {
    let costs: Vec<Cost> = (0..6).map(|seed| read(&TEN, 250, seed)).collect();
    let mean = |value: fn(&Cost) -> f64| costs.iter().map(value).sum::<f64>() / costs.len() as f64;
    let seconds = mean(|cost| cost.seconds / cost.ideal_seconds);
    let requests = mean(|cost| cost.requests as f64 / cost.needed as f64);
    assert!(
        seconds <= 1.10 && requests <= 1.05,
        "{seconds} times the seconds, {requests} times the requests"
    );
    for cost in costs {
        let most = cost.per_second.iter().max();
        assert!(most <= Some(&(ACCOUNT_PER_SECOND as usize + 1)), "{most:?} requests in a second");
    }
}

#[test]
fn lists_that_are_alike_end_together_whatever_each_is_taken_for_at_first() {
    const NAMES: [&str; 10] = [
        "charges",
        "coupons",
        "customers",
        "disputes",
        "invoices",
        "payouts",
        "plans",
        "prices",
        "refunds",
        "topups",
    ];
    let lists = NAMES.map(|name| (name, Distribution::Even, 10_000));
    let costs: Vec<Cost> = (0..3).map(|seed| read(&lists, 250, seed)).collect();
    let seconds = costs.iter().map(|cost| cost.seconds / cost.ideal_seconds).sum::<f64>() / 3.0;
    let requests = costs.iter().map(|cost| cost.requests as f64 / cost.needed as f64).sum::<f64>() / 3.0;
    assert!(
        seconds <= 1.12 && requests <= 1.06,
        "{seconds} times the seconds, {requests} times the requests"
    );
}

#[test]
fn slow_answers_are_made_up_for_by_more_of_them_at_a_time() {
    let cost = read(&[("charges", Distribution::Business, 100_000)], 2_700, 1);
    // The first page, two rounds of splits, and the last windows' last pages.
    let steady = &cost.per_second[6..cost.per_second.len() - 9];
    let per_second = steady.iter().sum::<usize>() as f64 / steady.len() as f64;
    assert!(per_second >= 0.95 * ENDPOINT_PER_SECOND, "{per_second}: {:?}", cost.per_second);
    // Each window that runs at a time may end with a page that is not full.
    let readers = 2.7 * ENDPOINT_PER_SECOND;
    assert!(cost.requests as f64 <= 1.05 * cost.needed as f64 + readers, "{} requests", cost.requests);
}

#[test]
fn faults_cost_little_more_than_the_requests_that_fail() {
    const FAULTS: FaultShares = [0.05, 0.05, 0.04, 0.04];
    let list = ("charges", Distribution::Business, 20_000);
    let costs: Vec<Cost> = (0..20).map(|seed| read_through(FAULTS, &[list], 250, seed)).collect();
    let beyond = |cost: &Cost| cost.seconds - cost.requests as f64 / ENDPOINT_PER_SECOND;
    let mean = costs.iter().map(beyond).sum::<f64>() / costs.len() as f64;
    let slowest = costs.iter().map(|cost| cost.seconds / cost.ideal_seconds).fold(0.0, f64::max);
    assert!(mean <= 0.75 && slowest <= 1.6, "{mean} s beyond the turns, {slowest} times the ideal at worst");
}
