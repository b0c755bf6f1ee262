//! SQL over the frames, by DataFusion. Only queries: nothing here can change a frame.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::{SendableRecordBatchStream, SessionStateBuilder};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::{StreamExt, TryStreamExt};
use pinstripe_arrow::RowSchema;
use pinstripe_catalog::catalog;
use pinstripe_client::Client;
use pinstripe_import::without;

use crate::delta;
use crate::error::LibraryError;
use crate::frame_table::FrameTable;
use crate::ledger::FrameRecord;
use crate::library::Library;
use crate::missing_variants::MissingVariants;
use crate::stripe_table::StripeTable;

/// The rows of a query, as they come.
pub struct QueryResult {
    pub schema: SchemaRef,
    pub stream: SendableRecordBatchStream,
}

impl Library {
    /// Runs a query over the frames it names, and over Stripe's own lists (`stripe.charges`) where
    /// there is a client to ask them with.
    pub async fn sql(&self, query: &str, live: Option<&Client>) -> Result<QueryResult, LibraryError> {
        let (frame, tables) = self.plan_sql(query, live).await?;
        let schema = readable_names(frame.schema().as_arrow(), &tables);
        let stream = frame.execute_stream().await.map_err(LibraryError::sql)?;
        let renamed = stream.map({
            let schema = schema.clone();
            move |batch: Result<RecordBatch, DataFusionError>| {
                let batch = batch?;
                let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
                Ok(RecordBatch::try_new_with_options(schema.clone(), batch.columns().to_vec(), &options)?)
            }
        });
        Ok(QueryResult { stream: Box::pin(RecordBatchStreamAdapter::new(schema.clone(), renamed)), schema })
    }

    /// Runs a query and holds all its rows: for results that are known to be small.
    pub async fn sql_rows(&self, query: &str) -> Result<Vec<RecordBatch>, LibraryError> {
        self.sql(query, None).await?.stream.try_collect().await.map_err(LibraryError::sql)
    }

    /// The plan of a query, and the tables it names.
    async fn plan_sql(
        &self,
        query: &str,
        live: Option<&Client>,
    ) -> Result<(DataFrame, Vec<String>), LibraryError> {
        let context = session(live.is_some());
        let state = context.state();
        let dialect = state.config_options().sql_parser.dialect;
        let statement = state.sql_to_statement(query, &dialect).map_err(LibraryError::sql)?;
        let mut full_schemas = Vec::new();
        let mut tables = Vec::new();
        for table in state.resolve_table_references(&statement).map_err(LibraryError::sql)? {
            if matches!(table.schema(), Some("information_schema")) {
                continue;
            }
            if let (Some("stripe"), Some(client)) = (table.schema(), live) {
                register_live(&context, client, &table)?;
                tables.push(table.table().to_owned());
                continue;
            }
            let frame = self.table(&table)?;
            register(self, &context, &frame, &table).await?;
            full_schemas.extend(full_schema(&frame));
            tables.push(table.table().to_owned());
        }
        // Before DataFusion's own planner, which would refuse a field that the files do not have.
        let mut builder = SessionStateBuilder::new_from_existing(context.state());
        builder.expr_planners().get_or_insert_default().insert(0, Arc::new(MissingVariants { full_schemas }));
        let context = SessionContext::new_with_state(builder.build());
        let options =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let plan = context.state().create_logical_plan(query).await.map_err(|error| explain(error, query))?;
        options.verify_plan(&plan).map_err(|source| LibraryError::Sql {
            source: Box::new(source),
            hint: Some("frames are changed by imports; SQL here reads them only".to_owned()),
        })?;
        let frame = context.execute_logical_plan(plan).await.map_err(LibraryError::sql)?;
        Ok((frame, tables))
    }

    fn table(&self, table: &TableReference) -> Result<FrameRecord, LibraryError> {
        match table.schema() {
            None => self.frame(table.table()),
            Some(schema) => self.frame(&format!("{schema}.{}", table.table())),
        }
    }

    /// A frame's rows as a lazy table, for summaries and exports.
    pub(crate) async fn frame_rows(&self, frame: &FrameRecord) -> Result<DataFrame, LibraryError> {
        let session = session(false);
        let provider = delta::provider(&session, &self.frame_path(frame), &frame.name, frame.version).await?;
        session.read_table(provider).map_err(LibraryError::sql)
    }
}

/// The schema a frame would have if its rows had every variant the catalog knows.
pub(crate) fn full_schema(frame: &FrameRecord) -> Option<SchemaRef> {
    let data_type = catalog().data_type(&frame.data_type).ok()?;
    let row_schema = RowSchema::new(catalog(), &data_type.schema, &frame.plan.expand).ok()?;
    Some(without(&row_schema.full_schema(), &frame.plan.left_out))
}

/// Columns named as they were asked for: `billing_details.address.city` and `sum(amount)`, not
/// `charges.billing_details[address][city]` and `sum(charges.amount)`.
fn readable_names(schema: &Schema, tables: &[String]) -> SchemaRef {
    let readable: Vec<String> =
        schema.fields().iter().map(|field| readable_name(field.name(), tables)).collect();
    let distinct: BTreeSet<&String> = readable.iter().collect();
    if distinct.len() < readable.len() {
        return Arc::new(schema.clone());
    }
    let fields =
        schema.fields().iter().zip(readable).map(|(field, name)| field.as_ref().clone().with_name(name));
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}

fn readable_name(name: &str, tables: &[String]) -> String {
    // DataFusion writes a nested field as `frame.column[field][field]`.
    let mut readable = String::with_capacity(name.len());
    for (position, part) in name.split(['[', ']']).enumerate() {
        let inside = position % 2 == 1;
        if inside {
            readable.push('.');
        }
        readable.push_str(part);
    }
    for table in tables {
        readable = readable.replace(&format!("{table}."), "");
    }
    readable
}

fn session(live: bool) -> SessionContext {
    let config = SessionConfig::new()
        // A live table is read as its rows are wanted; spreading them over cores would read ahead.
        .with_round_robin_repartition(!live)
        .with_information_schema(true)
        .set_bool("datafusion.execution.parquet.pushdown_filters", true)
        // Plain strings, as they were written: every reader of results knows them.
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false);
    SessionContext::new_with_config(config)
}

fn register_live(
    context: &SessionContext,
    client: &Client,
    table: &TableReference,
) -> Result<(), LibraryError> {
    let live = Arc::new(StripeTable::new(client.clone(), table.table())?);
    let default = context.copied_config().options().catalog.default_catalog.clone();
    let catalog = context
        .catalog(&default)
        .ok_or_else(|| LibraryError::Internal("no catalog for tables".to_owned()))?;
    let schema = match catalog.schema("stripe") {
        Some(schema) => schema,
        None => {
            let schema = Arc::new(MemorySchemaProvider::new());
            catalog.register_schema("stripe", schema.clone()).map_err(LibraryError::sql)?;
            schema
        }
    };
    schema.register_table(table.table().to_owned(), live).map(drop).map_err(LibraryError::sql)
}

async fn register(
    library: &Library,
    context: &SessionContext,
    frame: &FrameRecord,
    table: &TableReference,
) -> Result<(), LibraryError> {
    let provider = delta::provider(context, &library.frame_path(frame), &frame.name, frame.version).await?;
    let visible = Arc::new(FrameTable::new(provider));
    context.register_table(table.clone(), visible).map(drop).map_err(LibraryError::sql)
}

/// DataFusion's own suggestions are kept; a missing column gets the way to list them.
fn explain(source: DataFusionError, query: &str) -> LibraryError {
    let text = source.to_string();
    let hint = if text.contains("No field named") || text.contains("not found in struct") {
        Some("pinstripe describe TYPE lists the columns; nested ones are written `billing_details.address.city`".to_owned())
    } else if query.contains('[') && text.contains("parser") {
        Some("metadata is read with `metadata['key']`".to_owned())
    } else {
        None
    };
    LibraryError::Sql { source: Box::new(source), hint }
}

#[cfg(test)]
mod tests {
    use super::readable_name;

    #[test]
    fn columns_are_named_as_they_were_asked_for() {
        let tables = ["charges".to_owned()];
        for (given, readable) in [
            ("amount", "amount"),
            ("charges.billing_details[address][city]", "billing_details.address.city"),
            ("sum(charges.amount)", "sum(amount)"),
            ("count(*)", "count(*)"),
            ("other.amount", "other.amount"),
        ] {
            assert_eq!(readable_name(given, &tables), readable);
        }
    }
}
