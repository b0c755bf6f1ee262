//! A frame as a table of SQL: the Delta table, without the columns that pinstripe keeps for itself.
//!
//! It also stands between DataFusion and one defect of the Delta scan: asked for no column that files
//! are read for (`select 1 from charges limit 2`, `select account from charges limit 2`), that scan
//! forgets the limit.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use pinstripe_import::is_account_field;

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
        let is_read = |place: &usize| !is_account_field(self.schema.field(*place));
        let one = all.iter().copied().find(is_read);
        let one = match one {
            Some(one) if !wanted.iter().any(is_read) => one,
            _ => return self.delta.scan(session, Some(wanted), filters, limit).await,
        };
        let with_one = [wanted.as_slice(), &[one]].concat();
        let scan = self.delta.scan(session, Some(&with_one), filters, limit).await?;
        let kept = wanted.iter().enumerate().map(|(place, column)| {
            let name = self.schema.field(*column).name().clone();
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(&name, place));
            (column, name)
        });
        Ok(Arc::new(ProjectionExec::try_new(kept.collect::<Vec<_>>(), scan)?))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    use datafusion::parquet::arrow::ArrowWriter;
    use datafusion::prelude::SessionContext;

    use super::*;
    use crate::delta::{DataFile, commit, provider};

    async fn two_files(folder: &std::path::Path) -> SessionContext {
        let mut files = Vec::new();
        let mut schema = None;
        for name in ["a.parquet", "b.parquet"] {
            let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1_000));
            let batch =
                RecordBatch::try_from_iter(vec![("n", numbers.clone()), ("_shape", numbers)]).unwrap();
            let path = folder.join(name);
            let mut writer =
                ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
            files.push(DataFile {
                name: name.to_owned(),
                rows: 1_000,
                bytes: path.metadata().unwrap().len(),
            });
            schema = Some(batch.schema());
        }
        commit(folder, "t", &schema.unwrap(), &files, "run").await.unwrap();
        let context = SessionContext::new();
        let delta = provider(&context, folder, "t", 0).await.unwrap();
        context.register_table("t", Arc::new(FrameTable::new(delta))).unwrap();
        context
    }

    #[tokio::test]
    async fn limits_hold_whatever_is_selected() {
        let folder = tempfile::tempdir().unwrap();
        let context = two_files(folder.path()).await;
        for (query, expected) in [
            ("select 1 from t limit 3", 3),
            ("select n from t limit 3", 3),
            ("select * from t limit 1500", 1500),
            ("select 1 from t limit 1500", 1500),
            ("select n from t where n >= 990 limit 15", 15),
            ("select 1 from t where n >= 990 limit 15", 15),
            ("select n from t where n >= 990", 20),
            ("select 1 from t offset 1995", 5),
        ] {
            let batches = context.sql(query).await.unwrap().collect().await.unwrap();
            let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
            assert_eq!(rows, expected, "{query}");
        }
    }

    #[tokio::test]
    async fn the_hidden_column_is_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let context = two_files(folder.path()).await;
        let all = context.sql("select * from t limit 1").await.unwrap();
        assert_eq!(all.schema().fields().len(), 1);
        assert!(context.sql("select _shape from t").await.is_err());
    }
}
