//! What an import brought, held against the world it was brought from. Promises 1, 3 and 4: every
//! row once, none lost, none that was not asked for, and nothing read twice after a death.
//!
//! It reads the staged Parquet files, not what the importer says of them.

use std::collections::BTreeMap;
use std::fs::File;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::lies::Liar;
use super::run::Ended;
use super::scenario::Scenario;
use super::world::Object;
use crate::stage::StagedFile;

/// A staged row.
struct Row {
    created: i64,
    amount: i64,
    refunds: usize,
}

/// Panics where the import broke a promise.
pub(crate) fn judge(scenario: &Scenario, ended: &Ended) {
    let rows = staged_rows(&ended.staged.0);
    check_counts(scenario, ended, rows.len() as u64);
    for (id, row) in &rows {
        check_row(scenario, ended, id, row);
    }
    let limit = scenario.plan.row_limit.map_or(usize::MAX, |limit| limit as usize);
    assert!(rows.len() <= limit, "{} rows, expected at most {limit}", rows.len());
    if rows.len() == limit && scenario.liar.is_some_and(Liar::has_its_own_order) {
        return;
    }
    // A limit takes the newest: of older rows than the oldest that came, none must be there.
    let oldest = if rows.len() < limit { None } else { rows.values().map(|row| row.created).min() };
    for object in scenario.world.objects.iter().filter(|object| must_be_there(scenario, ended, object)) {
        let wanted = oldest.is_none_or(|oldest| object.created > oldest);
        assert!(!wanted || rows.contains_key(&object.id), "{object:?} is missing");
    }
    check_requests(scenario, ended);
}

/// Whether an object was in the list from the first page to the end, and met the conditions.
fn must_be_there(scenario: &Scenario, ended: &Ended, object: &Object) -> bool {
    object.is_alive(ended.first_page_ms)
        && object.is_alive(ended.end_ms)
        && is_in_range(scenario, object.created)
        && scenario.amount_above.is_none_or(|above| {
            let amounts = object.amounts(ended.first_page_ms, ended.end_ms);
            amounts.iter().all(|amount| *amount > above)
        })
}

fn is_in_range(scenario: &Scenario, created: i64) -> bool {
    let range = scenario.plan.range;
    range.from.is_none_or(|from| created >= from) && range.until.is_none_or(|until| created < until)
}

fn check_row(scenario: &Scenario, ended: &Ended, id: &str, row: &Row) {
    let object = scenario.world.object(id).unwrap_or_else(|| panic!("{id} was never there"));
    let (from_ms, to_ms) = (ended.first_page_ms, ended.end_ms);
    assert!(object.died_ms() > from_ms, "{id} was deleted before the first page");
    assert!(object.born_ms <= to_ms, "{id} was made after the end");
    assert_eq!(row.created, object.created, "{id}");
    assert!(is_in_range(scenario, row.created), "{id} lies outside of the range");
    assert!(
        row.created <= ended.brought.cut_off,
        "{id} was created after the cut-off {}: {:?}",
        ended.brought.cut_off,
        scenario.plan.range
    );
    assert!(object.amounts(from_ms, to_ms).contains(&row.amount), "{id} never had {}", row.amount);
    assert!(scenario.amount_above.is_none_or(|above| row.amount > above), "{id} meets no condition");
    let refunds = [from_ms, to_ms].map(|at_ms| object.refunds(at_ms));
    assert!(refunds.contains(&row.refunds), "{id} has a cut nested list: {}", row.refunds);
}

/// What the importer says of its rows is what the files hold.
fn check_counts(scenario: &Scenario, ended: &Ended, rows: u64) {
    assert_eq!(ended.brought.rows, rows);
    assert_eq!(ended.told_rows.0, rows);
    assert!(ended.told_rows.1 <= rows);
    assert_eq!(ended.staged.0.iter().map(|file| file.rows).sum::<u64>(), rows);
    match scenario.plan.filters.is_empty() && scenario.plan.row_limit.is_none() {
        true => assert_eq!(ended.brought.objects, rows),
        false => assert!(ended.brought.objects >= rows),
    }
}

/// What was asked once is not asked again: pages with rows are those that the list needs, those
/// that deaths took, and the ends of windows.
fn check_requests(scenario: &Scenario, ended: &Ended) {
    if !scenario.is_fair() || ended.asked.gone > 0 {
        return;
    }
    let needed_pages = ended.brought.objects.div_ceil(100);
    // Windows end with pages that are not full. The planner stops to split when they cost four
    // pages and a half for each reader; as many readers as fit into the slowest answer.
    let readers = scenario.faults.latency_ms.1 as f64 / 40.4 + 1.0;
    let bound = needed_pages as f64 * 1.1 + ended.lost_pages as f64 + readers + 6.0;
    assert!(ended.asked.pages as f64 <= bound, "{} pages, expected {bound}", ended.asked.pages);
    if scenario.lives.is_empty() {
        assert_eq!(ended.asked.refused, 0, "the limits are kept");
    }
}

fn staged_rows(files: &[StagedFile]) -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    for file in files {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(&file.path).unwrap()).unwrap();
        let wanted = ["id", "created", "amount", "refunds"];
        let projection = ProjectionMask::columns(builder.parquet_schema(), wanted);
        for batch in builder.with_projection(projection).build().unwrap() {
            add_rows(&batch.unwrap(), &mut rows);
        }
    }
    rows
}

fn add_rows(batch: &RecordBatch, rows: &mut BTreeMap<String, Row>) {
    let column = |name: &str| batch.column_by_name(name).unwrap();
    let ids = column("id").as_string::<i32>();
    let created = column("created").as_primitive::<TimestampMicrosecondType>();
    let amounts = column("amount").as_primitive::<Int64Type>();
    let refunds = column("refunds").as_struct();
    let refunds = refunds.column_by_name("data").unwrap().as_list::<i32>();
    for row in 0..batch.num_rows() {
        let found = Row {
            created: created.value(row) / 1_000_000,
            amount: amounts.value(row),
            refunds: refunds.value_length(row) as usize,
        };
        assert!(rows.insert(ids.value(row).to_owned(), found).is_none(), "{} twice", ids.value(row));
    }
}
