//! The rows of a request plan as a stream, for SQL that reads Stripe live. A page is asked for only
//! when its rows are wanted, so a query with a limit costs what it needs.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use futures::Stream;
use pinstripe_client::Client;
use pinstripe_query::RequestPlan;
use tokio_util::sync::CancellationToken;

use crate::error::ImportError;
use crate::fetch::Fetcher;
use crate::matching::matching_rows;
use crate::pages::Pages;
use crate::progress::Progress;
use crate::run::row_schema;
use crate::widen::widen;

/// The columns of a plan with every variant the catalog knows.
pub fn live_schema(plan: &RequestPlan) -> Result<SchemaRef, ImportError> {
    row_schema(plan).map(|(_, row_schema)| row_schema.full_schema())
}

/// The rows, page by page, newest first. `columns` are positions in [`live_schema`].
pub fn live_rows(
    client: Client,
    plan: RequestPlan,
    columns: Vec<usize>,
    page_rows: u64,
) -> impl Stream<Item = Result<RecordBatch, ImportError>> + Send + 'static {
    async_stream::try_stream! {
        let (data_type, row_schema) = row_schema(&plan)?;
        let progress = Progress::default();
        let cancel = CancellationToken::new();
        let fetcher = Fetcher::new(&client, data_type, &progress, &cancel);
        let wanted = row_schema.full_schema().project(&columns).map_err(ImportError::internal)?;
        let wanted: SchemaRef = std::sync::Arc::new(wanted);
        let mut pages = Pages::new(&plan, data_type, row_schema);
        while let Some(page) = pages.next(&fetcher, page_rows).await? {
            let rows = matching_rows(&page.batch, &plan.filters)?;
            yield widen(&rows, &wanted).map_err(ImportError::internal)?;
        }
    }
}
