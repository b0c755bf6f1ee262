//! A list page by page, in order, one request at a time: for those who show rows as they come and
//! stop when they have enough. Whoever wants every row uses `drive`.

use std::sync::Arc;

use pinstripe_arrow::{DecodedBatch, PageDecoder, RowSchema};
use pinstripe_catalog::DataType;
use pinstripe_client::ErrorKind;
use pinstripe_query::RequestPlan;

use crate::error::ImportError;
use crate::fetch::{Fetcher, PageRequest};
use crate::walk::{PAGE_ROWS, Taken, Walk};

pub(crate) struct Pages<'run> {
    plan: &'run RequestPlan,
    walk: Walk<'run>,
    decoder: PageDecoder,
    has_more: bool,
}

impl<'run> Pages<'run> {
    pub fn new(plan: &'run RequestPlan, data_type: &'run DataType, row_schema: Arc<RowSchema>) -> Self {
        Pages {
            plan,
            walk: Walk::new(plan, data_type, plan.range),
            decoder: PageDecoder::new(row_schema),
            has_more: true,
        }
    }

    /// Whether the list goes on after the last page.
    pub fn has_more(&self) -> bool {
        self.has_more
    }

    /// The next page, or `None` at the end of the list.
    pub async fn next(
        &mut self,
        fetcher: &Fetcher<'_>,
        page_rows: u64,
    ) -> Result<Option<DecodedBatch>, ImportError> {
        while self.has_more {
            let asked = self.walk.range();
            let request = PageRequest {
                path: &self.plan.path,
                parameters: self.walk.parameters(),
                rows: self.walk.has_page_size().then_some(page_rows.clamp(1, PAGE_ROWS)),
            };
            let mut fetched = match fetcher.page(request, &mut self.decoder).await {
                Ok(fetched) => fetched,
                Err(error) if error.kind() == ErrorKind::CursorGone && self.walk.go_on_without_cursor() => {
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Taken::Rows { batch, last } =
                self.walk.take(&fetched.summary, fetched.decoded.batch.clone(), asked)?
            {
                self.has_more = !last;
                fetched.decoded.batch = batch;
                return Ok(Some(fetched.decoded));
            }
        }
        Ok(None)
    }
}
