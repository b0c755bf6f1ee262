//! Whether a frame can hold all the rows of a period. One that was imported with conditions, or for
//! other dates, must not pass for the whole.

use pinstripe_query::TimeRange;

use super::period::Period;
use crate::ledger::FrameRecord;

/// Frames are expected to be imported now and then, not all the time.
const USUAL_AGE_SECONDS: i64 = 24 * 3600;

/// Of two frames of a data type, the one that ranks higher is read: without conditions, then by how
/// much of the period it holds, then by its age. The newest may be one of the last hours only.
pub(super) fn rank(frame: &FrameRecord, period: &Period) -> impl Ord + use<> {
    (!is_narrowed(frame), seconds_covered(frame, period), frame.imported_at)
}

/// How much of the period, as far as it has come, a frame's dates hold.
fn seconds_covered(frame: &FrameRecord, period: &Period) -> i64 {
    let begins = period.first_instant().as_second();
    let from = first_second(frame).map_or(begins, |first| first.max(begins));
    (ends_early(frame, period).unwrap_or_else(|| wanted_until(period)) - from).max(0)
}

/// Whether a frame was imported with more than a date range.
fn is_narrowed(frame: &FrameRecord) -> bool {
    let plan = &frame.plan;
    !plan.filters.is_empty()
        || !plan.parameters.is_empty()
        || plan.search.is_some()
        || plan.row_limit.is_some()
        || (plan.date_field != "created" && plan.dates != TimeRange::default())
}

/// What a frame lacks of a period, in sentences.
pub(super) fn warnings(frame: &FrameRecord, period: &Period) -> Vec<String> {
    let plan = &frame.plan;
    let name = &frame.name;
    let mut warnings = Vec::new();
    if let Some(limit) = plan.row_limit {
        warnings.push(format!("`{name}` holds the newest {limit} rows only."));
    }
    if !plan.filters.is_empty() || !plan.parameters.is_empty() || plan.search.is_some() {
        warnings.push(format!("`{name}` holds only rows that meet `{}`.", plan.query));
    }
    if plan.date_field != "created" && plan.dates != TimeRange::default() {
        warnings.push(format!("`{name}` was imported by `{}`, not by `created`.", plan.date_field));
        return warnings;
    }
    if !reaches_back(frame, period.first_instant())
        && let Some(from) = first_second(frame)
    {
        warnings.push(format!("`{name}` begins on {}, after the period does.", period.said(from)));
    }
    if let Some(end) = ends_early(frame, period) {
        warnings.push(format!("`{name}` ends on {}, before the period does.", period.said(end)));
    }
    warnings
}

/// The last second of the period that there can be rows of.
fn wanted_until(period: &Period) -> i64 {
    period.until_instant().min(period.now).as_second()
}

/// Where a frame's rows end, if that is before the period does.
fn ends_early(frame: &FrameRecord, period: &Period) -> Option<i64> {
    let plan = &frame.plan;
    let ends = [plan.dates.until, plan.range.until].into_iter().flatten().min();
    let end = ends.map_or(plan.cut_off, |end| end.min(plan.cut_off));
    let wanted = wanted_until(period);
    let bounded = ends.is_some_and(|end| end <= plan.cut_off);
    (end < wanted && (bounded || wanted - end > USUAL_AGE_SECONDS)).then_some(end)
}

/// Whether a frame holds all rows from an instant on, as far as its dates say.
pub(super) fn reaches_back(frame: &FrameRecord, from: jiff::Timestamp) -> bool {
    first_second(frame).is_none_or(|first| first <= from.as_second())
}

fn first_second(frame: &FrameRecord) -> Option<i64> {
    if frame.plan.date_field != "created" {
        return frame.plan.range.from;
    }
    [frame.plan.dates.from, frame.plan.range.from].into_iter().flatten().max()
}
