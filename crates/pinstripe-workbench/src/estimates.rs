//! How much an import would bring, guessed before anything is asked: from a frame that holds the
//! same data type of the same account, or from how close together the rows of the last preview were.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use pinstripe_import::Preview;
use pinstripe_library::Library;
use pinstripe_library::ledger::FrameRecord;
use pinstripe_query::RequestPlan;

const PAGE_ROWS: u64 = 100;

/// What previews have shown, by account and data type.
#[derive(Default)]
pub(crate) struct Estimates {
    seen: Mutex<HashMap<(String, String), Seen>>,
}

/// The objects that the newest preview looked at.
#[derive(Debug, Clone, Copy)]
struct Seen {
    objects: u64,
    oldest: i64,
    newest: i64,
    /// The list goes on after them.
    has_more: bool,
    /// The beginning of what was asked for.
    from: Option<i64>,
}

/// What is believed to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Estimate {
    pub objects: u64,
    /// Where it is from, in a sentence.
    pub basis: String,
}

impl Estimate {
    pub fn requests(&self) -> u64 {
        self.objects.div_ceil(PAGE_ROWS).max(1)
    }
}

impl Estimates {
    /// Remembers what a preview showed. Lists that Stripe narrows tell nothing of the whole.
    pub fn note(&self, account: &str, plan: &RequestPlan, preview: &Preview) {
        let Some((oldest, newest)) = preview.created.filter(|_| is_whole(plan)) else { return };
        let seen = Seen {
            objects: preview.objects,
            oldest,
            newest,
            has_more: preview.has_more,
            from: plan.range.from,
        };
        let key = (account.to_owned(), plan.data_type.clone());
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(key, seen);
    }

    fn seen(&self, account: &str, data_type: &str) -> Option<Seen> {
        let key = (account.to_owned(), data_type.to_owned());
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied()
    }

    /// How many objects Stripe would send for a plan, where something tells.
    pub async fn of(&self, library: &Library, account: Option<&str>, plan: &RequestPlan) -> Option<Estimate> {
        let limit = plan.row_limit.filter(|_| plan.filters.is_empty());
        let capped = |estimate: Estimate| match limit {
            Some(limit) => Estimate { objects: estimate.objects.min(limit), ..estimate },
            None => estimate,
        };
        let exact = || limit.map(|objects| Estimate { objects, basis: "the limit in the query".to_owned() });
        if !is_whole(plan) && limit.is_none() {
            return None;
        }
        let Some(account) = account else { return exact() };
        if let Some(estimate) = from_frame(library, account, plan).await {
            return Some(capped(estimate));
        }
        let seen = self.seen(account, &plan.data_type).and_then(|seen| from_preview(&seen, plan));
        seen.map(capped).or_else(exact)
    }
}

/// Whether Stripe sends every object of the range: no parameter of the list narrows it.
fn is_whole(plan: &RequestPlan) -> bool {
    plan.parameters.is_empty() && plan.search.is_none()
}

/// Counts the rows of a frame that holds everything of the range, up to when it was imported; at its
/// pace as many again came since.
async fn from_frame(library: &Library, account: &str, plan: &RequestPlan) -> Option<Estimate> {
    let (from, until) = (plan.range.from, plan.range.until.unwrap_or(plan.cut_off));
    let frames = library.frames().ok()?;
    let holds = |frame: &&FrameRecord| {
        let old = &frame.plan;
        frame.source.account.as_deref() == Some(account)
            && old.data_type == plan.data_type
            && old.accounts == plan.accounts
            && is_whole(old)
            && old.filters.is_empty()
            && old.row_limit.is_none()
            && old.range.until.is_none()
            && !old.left_out.iter().any(|name| name == "created")
            && (old.range.from.is_none() || from.is_some_and(|from| old.range.from <= Some(from)))
    };
    let frame = frames.iter().filter(holds).max_by_key(|frame| frame.imported_at)?;
    let known_until = frame.plan.cut_off.min(until);
    let counted = match from {
        None if plan.range.until.is_none() => frame.rows,
        _ => count(library, frame, from, until).await?,
    };
    let since = (until - known_until).max(0) as f64;
    let span = from.map_or(0, |from| known_until - from).max(0) as f64;
    let grown = if span > 0.0 { counted as f64 * (1.0 + since / span) } else { counted as f64 };
    Some(Estimate {
        objects: grown.round() as u64,
        basis: format!("judging by the data frame `{}`", frame.name),
    })
}

async fn count(library: &Library, frame: &FrameRecord, from: Option<i64>, until: i64) -> Option<u64> {
    let instant = |second: i64| jiff::Timestamp::from_second(second).map(|instant| instant.to_string()).ok();
    let mut conditions = vec![format!("created < timestamp '{}'", instant(until)?)];
    if let Some(from) = from {
        conditions.push(format!("created >= timestamp '{}'", instant(from)?));
    }
    let name = frame.name.replace('"', "\"\"");
    let query = format!("select count(*) as n from \"{name}\" where {}", conditions.join(" and "));
    let rows = library.sql_json(&query).await.ok()?;
    rows.get(0)?.get("n")?.as_u64()
}

/// As close together as the newest objects were, back to the beginning of the range.
fn from_preview(seen: &Seen, plan: &RequestPlan) -> Option<Estimate> {
    let basis = "from the last preview".to_owned();
    let (from, until) = (plan.range.from, plan.range.until.unwrap_or(plan.cut_off));
    let saw_all = !seen.has_more && (seen.from.is_none() || from.is_some_and(|from| seen.from <= Some(from)));
    let begins = match (from, saw_all) {
        (Some(from), true) => from.max(seen.oldest),
        (None, true) => return Some(Estimate { objects: seen.objects, basis }),
        (Some(from), false) => from,
        // How far back the account goes nobody knows yet.
        (None, false) => return None,
    };
    let span = (seen.newest - seen.oldest).max(1) as f64;
    let objects = (until - begins).max(0) as f64 * seen.objects as f64 / span;
    let objects = if saw_all { objects.min(seen.objects as f64) } else { objects };
    Some(Estimate { objects: objects.round() as u64, basis })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::Timestamp;
    use pinstripe_catalog::catalog;
    use pinstripe_query::date_range::Unit;
    use pinstripe_query::{DateRange, PlanRequest, plan};

    use super::*;

    const DAY: i64 = 86_400;

    fn plan_of(date_range: DateRange) -> RequestPlan {
        let request = PlanRequest {
            data_type: "charges",
            date_range,
            time_zone: Some("UTC"),
            ..PlanRequest::default()
        };
        plan(catalog(), &request, Timestamp::from_second(1_800_000_000).unwrap()).unwrap()
    }

    #[test]
    fn a_preview_tells_as_far_as_its_rows_are_typical() {
        let now = 1_800_000_000;
        let seen = Seen { objects: 100, oldest: now - DAY, newest: now, has_more: true, from: None };
        let ten_days = plan_of(DateRange::Last { count: 10, unit: Unit::Days });
        let estimate = from_preview(&seen, &ten_days).unwrap();
        assert!((1_000..1_150).contains(&estimate.objects), "{estimate:?}");
        assert_eq!(estimate.requests(), estimate.objects.div_ceil(100));
        assert_eq!(from_preview(&seen, &plan_of(DateRange::All)), None);
        let all = Seen { has_more: false, ..seen };
        assert_eq!(from_preview(&all, &plan_of(DateRange::All)).unwrap().objects, 100);
        assert_eq!(from_preview(&all, &ten_days).unwrap().objects, 100);
    }
}
