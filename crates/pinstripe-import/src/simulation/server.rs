//! A simulated Stripe: answers requests for the list of `world`, newest first, in virtual time, with
//! latency, limits and faults. It keeps what was asked, and by which clock; it judges nothing.
//!
//! Read next: `lies` for the rows of a page, `faults` for what goes wrong.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use futures::future::BoxFuture;
use pinstripe_client::{Answer, ConnectionProblem, Exchange, ExchangeFailure, HeaderMap, HeaderValue};
use tokio::time::Instant;

use super::faults::{Fault, Faults};
use super::lies::{Liar, Query, honest_page};
use super::run::has_rows;
use super::world::{Object, START, World};

const LIST: &str = "/v1/application_fees";
/// Stripe's limit in test mode, and how many requests may come at once.
const PER_SECOND: f64 = 25.0;
/// No simulation needs nearly as many: one that sends more goes in circles.
const REQUESTS_MAX: u64 = 50_000;

#[derive(Debug)]
pub(crate) struct Server {
    world: Arc<World>,
    faults: Faults,
    liar: Option<Liar>,
    began: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rng: Rng,
    faulty: bool,
    /// How far the clock of its `Date` header is off.
    clock_off: i64,
    /// Pages that are yet to be deleted as soon as they are listed.
    wipes_left: u64,
    tokens: f64,
    tokens_ms: u64,
    asked: Asked,
    trace: DefaultHasher,
}

/// What was asked so far.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Asked {
    pub requests: u64,
    pub refused: u64,
    /// Pages of the list with rows that were answered.
    pub pages: u64,
    /// Cursors and nested lists that were no longer there: pages are asked for again.
    pub gone: u64,
    pub under_way: u64,
    /// When the first page of the run was drawn up.
    pub first_page_ms: Option<u64>,
}

/// A request under way, until it is answered or given up.
struct UnderWay<'server>(&'server Server);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.state().asked.under_way -= 1;
    }
}

impl Server {
    /// A server whose time begins now.
    pub fn new(world: Arc<World>, faults: Faults, liar: Option<Liar>, wiped_pages: u64, seed: u64) -> Server {
        let state = State {
            rng: Rng::with_seed(seed),
            faulty: true,
            clock_off: 0,
            wipes_left: wiped_pages,
            tokens: PER_SECOND,
            tokens_ms: 0,
            asked: Asked::default(),
            trace: DefaultHasher::new(),
        };
        Server { world, faults, liar, began: Instant::now(), state: Mutex::new(state) }
    }

    pub fn now_ms(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    pub fn asked(&self) -> Asked {
        self.state().asked
    }

    /// A number that stands for every request and its time.
    pub fn trace(&self) -> u64 {
        self.state().trace.finish()
    }

    /// A process of its own begins to ask.
    pub fn begin_run(&self, faulty: bool, clock_off: i64) {
        let mut state = self.state();
        state.faulty = faulty;
        state.clock_off = clock_off;
        state.asked.first_page_ms = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A failed check must not hide behind the lock it held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, and decides what goes wrong with it and how long it takes.
    fn begin(&self, path: &str, parameters: &[(String, String)]) -> (Option<Fault>, u64, Rng) {
        let now_ms = self.now_ms();
        let mut state = self.state();
        (now_ms, path, parameters).hash(&mut state.trace);
        state.asked.requests += 1;
        state.asked.under_way += 1;
        assert!(state.asked.requests < REQUESTS_MAX, "the import goes in circles");
        let passed_ms = now_ms - state.tokens_ms;
        state.tokens = (state.tokens + passed_ms as f64 / 1_000.0 * PER_SECOND).min(PER_SECOND);
        state.tokens_ms = now_ms;
        let mut rng = state.rng.fork();
        if state.tokens < 1.0 {
            state.asked.refused += 1;
            return (Some(Fault::Limited(Some("endpoint-rate"))), 1, rng);
        }
        state.tokens -= 1.0;
        let fault = if state.faulty { self.faults.pick(now_ms, &mut rng) } else { None };
        (fault, self.faults.latency_ms(&mut rng), rng)
    }

    async fn answer(&self, path: &str, parameters: &[(String, String)]) -> Result<Answer, ExchangeFailure> {
        let (fault, latency_ms, mut rng) = self.begin(path, parameters);
        let _under_way = UnderWay(self);
        let way_ms = rng.u64(0..=latency_ms);
        sleep_ms(way_ms).await;
        let now_ms = self.now_ms();
        let broken = |problem| Err(ExchangeFailure::Broken { problem, source: "simulated".into() });
        let answer = match fault {
            None => self.list(path, parameters, now_ms, &mut rng),
            Some(Fault::Truncated) => {
                let (status, mut body) = self.entries(path, parameters, now_ms, &mut rng);
                body.truncate(rng.usize(0..body.len()));
                (status, None, body)
            }
            Some(Fault::Reset) => return broken(ConnectionProblem::Broken),
            Some(Fault::Unreachable) => return broken(ConnectionProblem::Unreachable),
            Some(Fault::TimedOut) => {
                sleep_ms(rng.u64(10_000..120_000)).await;
                return broken(ConnectionProblem::TimedOut);
            }
            Some(Fault::CutBody) => {
                sleep_ms(latency_ms - way_ms).await;
                return broken(ConnectionProblem::CutBody);
            }
            Some(Fault::Limited(reason)) => (429, reason, error("rate_limit", "")),
            Some(Fault::LockTimeout) => (429, None, error("lock_timeout", "")),
            Some(Fault::Failed(status)) => (status, None, error("api_error", "")),
            Some(Fault::Html(status)) => (status, None, "<html>bad gateway</html>".to_owned()),
            Some(Fault::NoList) => (200, None, r#"{"object":"balance","available":[]}"#.to_owned()),
        };
        sleep_ms(latency_ms - way_ms).await;
        let (status, reason, body) = answer;
        Ok(Answer { status, headers: self.headers(reason), body: body.into_bytes() })
    }

    /// An answer without faults, noted.
    fn list(
        &self,
        path: &str,
        parameters: &[(String, String)],
        now_ms: u64,
        rng: &mut Rng,
    ) -> (u16, Option<&'static str>, String) {
        let (status, body) = self.entries(path, parameters, now_ms, rng);
        let mut state = self.state();
        if path == LIST && status == 200 {
            state.asked.first_page_ms.get_or_insert(now_ms);
            state.asked.pages += u64::from(has_rows(body.as_bytes()));
        }
        state.asked.gone += u64::from(status >= 400);
        (status, None, body)
    }

    fn entries(
        &self,
        path: &str,
        parameters: &[(String, String)],
        now_ms: u64,
        rng: &mut Rng,
    ) -> (u16, String) {
        let mut query = Query { from: None, until: None, after: None, limit: 10 };
        let mut cursor = None;
        for (name, value) in parameters {
            match name.as_str() {
                "limit" => query.limit = value.parse().unwrap(),
                "created[gte]" => query.from = value.parse().ok(),
                "created[lt]" => query.until = value.parse().ok(),
                "starting_after" => cursor = Some(value.as_str()),
                _ => return (400, error("parameter_unknown", name)),
            }
        }
        assert!((1..=100).contains(&query.limit), "Stripe refuses limit={}", query.limit);
        if path != LIST {
            return self.refunds(path, cursor, query.limit, now_ms);
        }
        if let Some(cursor) = cursor {
            query.after = self.world.place(cursor);
            if query.after.is_none() {
                return (400, error("resource_missing", "starting_after"));
            }
        }
        let page = match &self.liar {
            Some(liar) => liar.page(&self.world, now_ms, &query, rng),
            None => honest_page(&self.world, now_ms, &query),
        };
        let Some((rows, more)) = page else { return (400, error("resource_missing", "starting_after")) };
        let mut state = self.state();
        if state.wipes_left > 0 && rng.u8(0..3) == 0 {
            state.wipes_left -= 1;
            rows.iter().for_each(|row| self.world.objects[*row].delete(now_ms + 1));
        }
        drop(state);
        let mut body = String::with_capacity(rows.len() * 600 + 100);
        body.push_str(r#"{"object":"list","data":["#);
        for (number, row) in rows.iter().enumerate() {
            body.push_str(if number == 0 { "" } else { "," });
            self.world.objects[*row].write(now_ms, &mut body);
        }
        body.push_str(&format!(r#"],"has_more":{more},"url":"{LIST}"}}"#));
        (200, body)
    }

    /// The rest of a nested list.
    fn refunds(&self, path: &str, cursor: Option<&str>, limit: usize, now_ms: u64) -> (u16, String) {
        let id = path.strip_prefix(LIST).and_then(|rest| rest[1..].strip_suffix("/refunds")).unwrap();
        let Some(object) = self.world.object(id).filter(|object| object.is_alive(now_ms)) else {
            return (404, error("resource_missing", "id"));
        };
        let from = cursor.map_or(0, |cursor| cursor["fr_".len()..].parse::<usize>().unwrap() + 1);
        if from > object.refunds(now_ms) {
            return (400, error("resource_missing", "starting_after"));
        }
        (200, refunds_page(object, from, limit, now_ms))
    }

    fn headers(&self, reason: Option<&'static str>) -> HeaderMap {
        let second = START + (self.now_ms() / 1_000) as i64 + self.state().clock_off;
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&jiff::Timestamp::from_second(second).unwrap())
            .unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("date", HeaderValue::from_str(&date).unwrap());
        headers.insert("request-id", HeaderValue::from_static("req_simulated"));
        if let Some(reason) = reason {
            headers.insert("stripe-rate-limited-reason", HeaderValue::from_static(reason));
        }
        headers
    }
}

impl Exchange for Server {
    fn send<'a>(
        &'a self,
        _account: Option<&'a str>,
        path: &'a str,
        parameters: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Answer, ExchangeFailure>> {
        Box::pin(self.answer(path, parameters))
    }
}

fn refunds_page(object: &Object, from: usize, limit: usize, at_ms: u64) -> String {
    let mut body = r#"{"object":"list","data":["#.to_owned();
    let more = object.write_refunds(from, limit, at_ms, &mut body);
    body.push_str(&format!(r#"],"has_more":{more},"url":"{LIST}/{}/refunds"}}"#, object.id));
    body
}

fn error(code: &str, param: &str) -> String {
    let message = format!("simulated {code}");
    format!(
        r#"{{"error":{{"type":"invalid_request_error","code":"{code}","param":"{param}","message":"{message}"}}}}"#
    )
}

async fn sleep_ms(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}
