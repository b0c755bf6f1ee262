//! SQL over the frames, by DataFusion. Only queries: nothing here can change a frame.
//!
//! Read next: `sql/tables.rs` for what a query reads, `sql/problems.rs` for what is wrong with one,
//! `sql/result.rs` for results with a limit, `sql/save.rs` for queries that are kept.

mod problems;
mod result;
mod save;
mod tables;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionStateBuilder};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::{StreamExt, TryStreamExt};
use pinstripe_arrow::RowSchema;
use pinstripe_catalog::catalog;
use pinstripe_client::Client;
use pinstripe_import::{account_field, with_account_field, without};

use crate::conditions_sql::quoted_name;
use crate::delta;
use crate::error::LibraryError;
use crate::frame_table::FrameTable;
use crate::ledger::{FrameKind, FrameRecord};
use crate::library::Library;
use crate::missing_variants::MissingVariants;
use crate::stripe_table::StripeTable;

pub use result::{SchemaColumn, SqlResult, TableSchema};
pub(crate) use save::write_files;
use tables::{Tables, register_views};

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
        rows_of(frame, &tables).await
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
        self.plan_within(query, live, &mut Vec::new()).await
    }

    /// The same, of a query that is (to be) a view: it may not read itself.
    async fn plan_within(
        &self,
        query: &str,
        live: Option<&Client>,
        within: &mut Vec<String>,
    ) -> Result<(DataFrame, Vec<String>), LibraryError> {
        let context = bounded_session(live.is_some())?;
        let mut tables = Tables::default();
        tables.find(self, &context.state(), query, live.is_some(), within)?;
        tables.register(self, &context, live).await?;
        let full_schemas = tables.frames.iter().filter_map(|(_, frame)| full_schema(frame)).collect();
        // Before DataFusion's own planner, which would refuse a field that the files do not have.
        let mut builder = SessionStateBuilder::new_from_existing(context.state());
        builder.expr_planners().get_or_insert_default().insert(0, Arc::new(MissingVariants { full_schemas }));
        let context = SessionContext::new_with_state(builder.build());
        register_views(&context, &tables).await?;
        let plan = read_only_plan(&context, query).await?;
        let frame =
            context.execute_logical_plan(plan).await.map_err(|error| problems::explain(error, query))?;
        Ok((frame, tables.names()))
    }

    /// A frame's rows as a lazy table, for summaries and exports.
    pub(crate) async fn frame_rows(&self, frame: &FrameRecord) -> Result<DataFrame, LibraryError> {
        if frame.kind == FrameKind::View {
            let (rows, tables) =
                self.plan_sql(&format!("select * from {}", quoted_name(&frame.name)), None).await?;
            let (state, plan) = rows.into_parts();
            return Ok(DataFrame::new(state, readable_plan(plan, &tables)?));
        }
        let session = session(false);
        let provider = delta::provider(&session, &self.frame_path(frame), &frame.name, frame.version).await?;
        session.read_table(provider).map_err(LibraryError::sql)
    }
}

/// Begins to run a plan; the columns are named as [`readable_names`] has it.
async fn rows_of(frame: DataFrame, tables: &[String]) -> Result<QueryResult, LibraryError> {
    let schema = readable_names(frame.schema().as_arrow(), tables);
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

/// Plans a query, and refuses to change anything.
async fn read_only_plan(context: &SessionContext, query: &str) -> Result<LogicalPlan, LibraryError> {
    let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let planned = context.state().create_logical_plan(query).await;
    let plan = planned.map_err(|error| problems::explain(error, query))?;
    options.verify_plan(&plan).map_err(|_| problems::read_only(query))?;
    Ok(plan)
}

/// A plan whose columns are named as [`readable_names`] has it.
fn readable_plan(plan: LogicalPlan, tables: &[String]) -> Result<LogicalPlan, LibraryError> {
    let readable = readable_names(plan.schema().as_arrow(), tables);
    let named: Vec<Expr> = plan
        .schema()
        .columns()
        .into_iter()
        .zip(readable.fields())
        .map(|(column, field)| Expr::Column(column).alias(field.name()))
        .collect();
    LogicalPlanBuilder::from(plan)
        .project(named)
        .and_then(LogicalPlanBuilder::build)
        .map_err(LibraryError::sql)
}

/// The schema a frame would have if its rows had every variant the catalog knows.
pub(crate) fn full_schema(frame: &FrameRecord) -> Option<SchemaRef> {
    let data_type = catalog().data_type(&frame.data_type).ok()?;
    let row_schema = RowSchema::new(catalog(), &data_type.schema, &frame.plan.expand).ok()?;
    let schema = without(&row_schema.full_schema(), &frame.plan.left_out);
    Some(with_account_field(&schema, account_field(&frame.plan).as_ref()))
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

/// Memory that queries may use, all of this program's together; sorting and grouping go on on disk
/// beyond it.
pub const QUERY_MEMORY_BYTES: usize = 2 << 30;

fn session_config(live: bool) -> SessionConfig {
    SessionConfig::new()
        // A live table is read as its rows are wanted; spreading them over cores would read ahead.
        .with_round_robin_repartition(!live)
        .with_information_schema(true)
        .set_bool("datafusion.sql_parser.collect_spans", true)
        .set_bool("datafusion.execution.parquet.pushdown_filters", true)
        // Plain strings, as they were written: every reader of results knows them.
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
}

fn session(live: bool) -> SessionContext {
    SessionContext::new_with_config(session_config(live))
}

/// A session for queries that people write: whatever they ask, the program does not run out of memory.
fn bounded_session(live: bool) -> Result<SessionContext, LibraryError> {
    static POOL: LazyLock<Arc<dyn MemoryPool>> =
        LazyLock::new(|| Arc::new(FairSpillPool::new(QUERY_MEMORY_BYTES)));
    let runtime =
        RuntimeEnvBuilder::new().with_memory_pool(POOL.clone()).build_arc().map_err(LibraryError::sql)?;
    Ok(SessionContext::new_with_config_rt(session_config(live), runtime))
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
