//! A frame as a table of SQL: the Delta table, without the columns that pinstripe keeps for itself.
//!
//! It also stands between DataFusion and one defect of the Delta scan: asked for no columns at all
//! (`select 1 from charges limit 2`), that scan forgets the limit.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;

/// What is needed to give back the exact JSON, and nothing to ask for.
const HIDDEN_COLUMN: &str = "_shape";

#[derive(Debug)]
pub(crate) struct FrameTable {
    delta: Arc<dyn TableProvider>,
    schema: SchemaRef,
}

impl FrameTable {
    pub fn new(delta: Arc<dyn TableProvider>) -> FrameTable {
        let all = delta.schema();
        // Hidden columns stand last, so positions of the others are those of the Delta table.
        let visible = all.fields().iter().filter(|field| field.name() != HIDDEN_COLUMN).cloned();
        let schema = Schema::new_with_metadata(visible.collect::<Vec<_>>(), all.metadata().clone());
        FrameTable { delta, schema: Arc::new(schema) }
    }
}

#[async_trait::async_trait]
impl TableProvider for FrameTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.delta.supports_filters_pushdown(filters)
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all);
        if !wanted.is_empty() {
            return self.delta.scan(session, Some(wanted), filters, limit).await;
        }
        let one = self.delta.scan(session, Some(&vec![0]), filters, limit).await?;
        let none: Vec<(Arc<dyn PhysicalExpr>, String)> = Vec::new();
        Ok(Arc::new(ProjectionExec::try_new(none, one)?))
    }
}
