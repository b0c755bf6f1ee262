//! The first rows of a request plan, with their columns. Nothing is stored, and never is the whole
//! list read: where conditions are tested here, a stated number of pages is looked at.

use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use pinstripe_arrow::SparseFields;
use pinstripe_client::Client;
use pinstripe_query::RequestPlan;
use tokio_util::sync::CancellationToken;

use crate::error::ImportError;
use crate::fetch::Fetcher;
use crate::left_out::without;
use crate::matching::matching_rows;
use crate::pages::Pages;
use crate::progress::Progress;
use crate::run::row_schema;
use crate::walk::{PAGE_ROWS, created_span};
use crate::widen::widen;

/// Pages that are looked at for rows that meet the conditions.
const PAGES_MAX: u64 = 10;
/// Pages beyond them while no row was found: rare rows are those that are asked for by conditions.
const PAGES_MORE: u64 = 20;
/// For so long the further ones are asked for: somebody waits.
const LOOKS_ON_FOR: Duration = Duration::from_secs(5);

/// The first rows, newest first.
#[derive(Debug)]
pub struct Preview {
    pub batch: RecordBatch,
    /// Objects that were looked at to find them.
    pub objects: u64,
    /// Whether the list goes on after what was looked at.
    pub has_more: bool,
    /// `created` of the oldest and the newest of them, in unix seconds.
    pub created: Option<(i64, i64)>,
}

/// Fetches up to `rows` rows of a request plan: one request where Stripe does the filtering.
pub async fn preview(
    client: &Client,
    plan: &RequestPlan,
    rows: u64,
    cancel: &CancellationToken,
) -> Result<Preview, ImportError> {
    let (data_type, row_schema) = row_schema(plan)?;
    let progress = Progress::default();
    let fetcher = Fetcher::new(client, data_type, &progress, cancel);
    let wanted = rows.min(plan.row_limit.unwrap_or(u64::MAX)).clamp(1, PAGE_ROWS);
    let page_rows = if plan.filters.is_empty() { wanted } else { PAGE_ROWS };
    let mut pages = Pages::new(plan, data_type, row_schema.clone());
    let mut present = SparseFields::default();
    let mut found = Vec::new();
    let (mut found_rows, mut objects) = (0, 0);
    let mut created: Option<(i64, i64)> = None;
    let mut looked_on_since: Option<Instant> = None;
    for number in 0..PAGES_MAX + PAGES_MORE {
        if number >= PAGES_MAX
            && (found_rows > 0 || looked_on_since.get_or_insert_with(Instant::now).elapsed() > LOOKS_ON_FOR)
        {
            break;
        }
        let Some(page) = pages.next(&fetcher, page_rows).await? else { break };
        objects += page.batch.num_rows() as u64;
        if let Some((newest, oldest)) = created_span(&page.batch) {
            let (least, most) = created.unwrap_or((oldest, newest));
            created = Some((oldest.min(least), newest.max(most)));
        }
        let batch = matching_rows(&page.batch, &plan.filters)?;
        present.union(&page.present);
        found_rows += batch.num_rows() as u64;
        found.push(batch);
        if found_rows >= wanted {
            break;
        }
    }
    let schema = without(&row_schema.schema_with(&present), &plan.left_out);
    let widened = found.iter().map(|batch| widen(batch, &schema)).collect::<Result<Vec<_>, _>>();
    let all = widened.and_then(|batches| concat_batches(&schema, &batches)).map_err(ImportError::internal)?;
    let shown = all.num_rows().min(usize::try_from(wanted).unwrap_or(usize::MAX));
    let has_more = pages.has_more() || shown < all.num_rows();
    Ok(Preview { batch: all.slice(0, shown), objects, has_more, created })
}
