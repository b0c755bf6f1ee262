//! Whether a frame can hold all the rows of a period. One that was imported with conditions, or for
//! other dates, must not pass for the whole.

use pinstripe_query::TimeRange;

use super::period::Period;
use crate::ledger::FrameRecord;

/// Frames are expected to be imported now and then, not all the time.
const USUAL_AGE_SECONDS: i64 = 24 * 3600;

/// Whether a frame was imported with more than a date range.
pub(super) fn is_narrowed(frame: &FrameRecord) -> bool {
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
    let ends = [plan.dates.until, plan.range.until].into_iter().flatten().min();
    let end = ends.map_or(plan.cut_off, |end| end.min(plan.cut_off));
    let wanted = period.until_instant().min(period.now).as_second();
    let bounded = ends.is_some_and(|end| end <= plan.cut_off);
    if end < wanted && (bounded || wanted - end > USUAL_AGE_SECONDS) {
        warnings.push(format!("`{name}` ends on {}, before the period does.", period.said(end)));
    }
    warnings
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
