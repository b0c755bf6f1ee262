//! The first rows of a request plan, with their columns. Nothing is stored.

use arrow::array::RecordBatch;
use pinstripe_client::{Client, RetryPolicy};
use pinstripe_query::RequestPlan;
use tokio_util::sync::CancellationToken;

use crate::error::ImportError;
use crate::fetch::Fetcher;
use crate::progress::Progress;
use crate::run::row_schema;
use crate::walk::{PAGE_ROWS, Walk};

/// The first rows, newest first.
#[derive(Debug)]
pub struct Preview {
    pub batch: RecordBatch,
    /// Whether the list goes on after these rows.
    pub has_more: bool,
}

/// Fetches up to `rows` rows (at most one page) of a request plan.
pub async fn preview(
    client: &Client,
    plan: &RequestPlan,
    rows: u64,
    cancel: &CancellationToken,
) -> Result<Preview, ImportError> {
    let (data_type, row_schema) = row_schema(plan)?;
    let progress = Progress::default();
    let fetcher = Fetcher {
        client,
        retry: RetryPolicy::default(),
        progress: &progress,
        cancel,
        permission: data_type.permission.clone(),
    };
    let rows = rows.min(plan.row_limit.unwrap_or(u64::MAX)).clamp(1, PAGE_ROWS);
    let mut walk = Walk::new(plan, data_type, row_schema.clone());
    let Some(page) = walk.next(&fetcher, rows).await? else {
        return Ok(Preview {
            batch: RecordBatch::new_empty(row_schema.schema_with(&Default::default())),
            has_more: false,
        });
    };
    // A list without `limit` answers whole.
    let shown = page.decoded.batch.num_rows().min(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(Preview {
        has_more: page.fetched.summary.has_more || shown < page.decoded.batch.num_rows(),
        batch: page.decoded.batch.slice(0, shown),
    })
}
