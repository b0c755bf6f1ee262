//! A data type of Stripe's as a table of SQL: `select ... from stripe.charges where ...`.
//!
//! Planning makes a request plan and asks nothing; pages are fetched when rows are wanted. What the
//! plan can say exactly (bounds on `created`) is taken off DataFusion's hands; what Stripe's list
//! can narrow is sent and checked again; everything else DataFusion filters itself.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, ReplaceChildrenOptions};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::StreamExt;
use jiff::Timestamp;
use pinstripe_catalog::{DataType, ParameterKind, catalog};
use pinstripe_client::Client;
use pinstripe_import::{ImportError, live_rows, live_schema};
use pinstripe_query::parameters::parameter_at;
use pinstripe_query::{PlanRequest, RequestPlan, plan};

use crate::error::LibraryError;

#[derive(Debug)]
pub(crate) struct StripeTable {
    client: Client,
    data_type: &'static DataType,
    schema: SchemaRef,
}

/// A condition of the query that the request can say.
struct Pushed {
    condition: String,
    exact: bool,
}

impl StripeTable {
    pub fn new(client: Client, name: &str) -> Result<StripeTable, LibraryError> {
        let data_type = catalog().data_type(name).map_err(|unknown| LibraryError::NoSuchFrame {
            name: format!("stripe.{name}"),
            nearest: unknown.nearest.iter().map(|near| format!("stripe.{near}")).collect(),
            data_type: None,
        })?;
        let plan = request(data_type, "").map_err(|error| LibraryError::sql(DataFusionError::Plan(error)))?;
        let full = live_schema(&plan).map_err(|error| LibraryError::Import(Box::new(error)))?;
        let visible: Vec<usize> =
            (0..full.fields().len()).filter(|at| full.field(*at).name() != "_shape").collect();
        let schema = full.project(&visible).map_err(LibraryError::arrow)?;
        Ok(StripeTable { client, data_type, schema: Arc::new(schema) })
    }

    fn pushed(&self, filter: &Expr) -> Option<Pushed> {
        let Expr::BinaryExpr(BinaryExpr { left, op, right }) = filter else { return None };
        let (column, literal, operator) = match (column_name(left), literal(right)) {
            (Some(column), Some(literal)) => (column, literal, *op),
            _ => (column_name(right)?, literal(left)?, op.swap()?),
        };
        if column == "created" && self.data_type.has_created_range() {
            let condition = created_condition(operator, seconds(literal)?)?;
            return Some(Pushed { condition, exact: true });
        }
        // Only plain equality, and only where the list's own parameter narrows the rows.
        let kind = parameter_at(self.data_type, std::slice::from_ref(&column))?;
        let text = match literal {
            ScalarValue::Utf8(Some(text))
            | ScalarValue::Utf8View(Some(text))
            | ScalarValue::LargeUtf8(Some(text)) => text,
            _ => return None,
        };
        let takes_text = matches!(kind, ParameterKind::String | ParameterKind::Enum(_));
        let condition = format!("{column}={}", escaped(text));
        let can_be_asked =
            operator == Operator::Eq && takes_text && request(self.data_type, &condition).is_ok();
        can_be_asked.then_some(Pushed { condition, exact: false })
    }

    /// The request plan for the conditions that can be said.
    fn plan(&self, filters: &[Expr]) -> Result<RequestPlan> {
        let mut conditions: Vec<String> =
            filters.iter().filter_map(|filter| self.pushed(filter)).map(|pushed| pushed.condition).collect();
        conditions.sort();
        conditions.dedup();
        for note in &self.data_type.completeness {
            // A table holds every row, also those that the list leaves out unless it is asked.
            let asked =
                conditions.iter().any(|condition| condition.starts_with(&format!("{}=", note.parameter)));
            if let (Some(value), false) = (&note.value, asked) {
                conditions.push(format!("{}={value}", note.parameter));
            }
        }
        request(self.data_type, &conditions.join("&")).map_err(DataFusionError::Plan)
    }
}

fn request(data_type: &DataType, query: &str) -> Result<RequestPlan, String> {
    let request =
        PlanRequest { data_type: &data_type.name, query, time_zone: Some("UTC"), ..PlanRequest::default() };
    plan(catalog(), &request, Timestamp::now()).map_err(|error| match error.hint() {
        Some(hint) => format!("{error} ({hint})"),
        None => error.to_string(),
    })
}

/// Values go through the custom query's notation, where these would end them.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('&', "%26").replace(' ', "%20")
}

fn column_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Column(column) => Some(column.name.clone()),
        // Comparing with `now()` brings the column to the literal's precision, which changes no instant.
        Expr::Cast(cast) if cast.field.data_type().is_temporal() => column_name(&cast.expr),
        _ => None,
    }
}

fn literal(expression: &Expr) -> Option<&ScalarValue> {
    match expression {
        Expr::Literal(value, _) if !value.is_null() => Some(value),
        _ => None,
    }
}

/// A literal time as whole seconds and whether something follows them.
fn seconds(value: &ScalarValue) -> Option<(i64, bool)> {
    let split = |value: i64, unit: i64| (value.div_euclid(unit), value.rem_euclid(unit) != 0);
    Some(match value {
        ScalarValue::TimestampSecond(Some(value), _) => (*value, false),
        ScalarValue::TimestampMillisecond(Some(value), _) => split(*value, 1_000),
        ScalarValue::TimestampMicrosecond(Some(value), _) => split(*value, 1_000_000),
        ScalarValue::TimestampNanosecond(Some(value), _) => split(*value, 1_000_000_000),
        _ => return None,
    })
}

/// `created` counts whole seconds, so a bound between two of them moves to the next.
fn created_condition(operator: Operator, (second, fraction): (i64, bool)) -> Option<String> {
    let next = second + 1;
    Some(match (operator, fraction) {
        (Operator::GtEq, false) => format!("created[gte]={second}"),
        (Operator::Gt, _) | (Operator::GtEq, true) => format!("created[gte]={next}"),
        (Operator::Lt, false) => format!("created[lt]={second}"),
        (Operator::LtEq, _) | (Operator::Lt, true) => format!("created[lt]={next}"),
        (Operator::Eq, false) => format!("created={second}"),
        _ => return None,
    })
}

#[async_trait::async_trait]
impl TableProvider for StripeTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let answer = |filter: &&Expr| match self.pushed(filter) {
            // Bounds that contradict each other or lie in the future are DataFusion's to judge.
            Some(Pushed { exact: true, condition }) if request(self.data_type, &condition).is_ok() => {
                TableProviderFilterPushDown::Exact
            }
            Some(Pushed { exact: false, .. }) => TableProviderFilterPushDown::Inexact,
            _ => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(answer).collect())
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut request = self.plan(filters)?;
        request.row_limit = limit.map(|limit| limit as u64);
        let columns = projection.cloned().unwrap_or_else(|| (0..self.schema.fields().len()).collect());
        let schema: SchemaRef = Arc::new(self.schema.project(&columns)?);
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Arc::new(StripeExec {
            client: self.client.clone(),
            request,
            columns,
            schema,
            properties: Arc::new(properties),
        }))
    }
}

/// Reads the pages of a request plan as their rows are wanted.
#[derive(Debug, Clone)]
struct StripeExec {
    client: Client,
    request: RequestPlan,
    columns: Vec<usize>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl DisplayAs for StripeExec {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StripeExec: GET {}, {}", self.request.path, self.request.sentence())
    }
}

impl ExecutionPlan for StripeExec {
    fn name(&self) -> &'static str {
        "StripeExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, _: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let limit = self.request.row_limit;
        let rows = live_rows(
            self.client.clone(),
            self.request.clone(),
            self.columns.clone(),
            limit.unwrap_or(u64::MAX),
        );
        // The stream keeps to the limit itself, and asks for no page that nobody wants.
        let limited = async_stream::try_stream! {
            let mut rows = Box::pin(rows);
            let mut left = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
            while left > 0 {
                let Some(batch) = rows.next().await.transpose().map_err(outside)? else { break };
                let taken = batch.num_rows().min(left);
                left -= taken;
                yield batch.slice(0, taken);
            }
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), limited)))
    }
}

fn outside(error: ImportError) -> DataFusionError {
    DataFusionError::External(Box::new(LibraryError::Import(Box::new(error))))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use arrow::array::AsArray;
    use pinstripe_client::{ApiBase, ApiKey, ClientOptions, MaxRate};
    use pinstripe_sandbox::{Sandbox, SandboxConfig};

    use super::*;
    use crate::library::Library;

    struct Live {
        sandbox: Sandbox,
        client: Client,
        library: Library,
        _folder: tempfile::TempDir,
    }

    async fn live() -> Live {
        let config = SandboxConfig { customers: 100, now: Some(1_795_000_000), ..SandboxConfig::default() };
        let sandbox = Sandbox::start(config).await.unwrap();
        let key = ApiKey::parse(sandbox.restricted_key()).unwrap();
        let mut options = ClientOptions::new(ApiBase::parse(sandbox.url()).unwrap(), key);
        options.max_rate =
            MaxRate { account_per_second: Some(1e6), endpoint_per_second: Some(1e6), headroom: 0.0 };
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        Live { client: Client::new(options).unwrap(), sandbox, library, _folder: folder }
    }

    async fn rows(live: &Live, query: &str) -> Vec<arrow::array::RecordBatch> {
        let result = live.library.sql(query, Some(&live.client)).await.unwrap();
        futures::TryStreamExt::try_collect(result.stream).await.unwrap()
    }

    fn asked(live: &Live) -> Vec<String> {
        let asked = live.sandbox.requests().iter().map(|request| request.query.clone()).collect();
        live.sandbox.forget_requests();
        asked
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn planning_asks_nothing_and_shows_the_request_plan() {
        let live = live().await;
        let query = "explain select id from stripe.charges where created >= '2026-10-01T00:00:00Z' and currency = 'jpy'";
        let text = rows(&live, query).await.iter().map(|batch| format!("{batch:?}")).collect::<String>();
        assert!(text.contains("GET /v1/charges, created from 2026-10-01 00:00 UTC"), "{text}");
        assert!(!text.contains("Filter: stripe.charges.created"), "bounds on created are exact: {text}");
        assert!(asked(&live).is_empty());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_limit_costs_what_it_needs() {
        let live = live().await;
        let found: usize = rows(&live, "select id from stripe.charges limit 3")
            .await
            .iter()
            .map(|batch| batch.num_rows())
            .sum();
        assert_eq!(found, 3);
        assert_eq!(asked(&live), ["limit=3"]);
        let found: usize = rows(&live, "select 1 from stripe.charges where status = 'succeeded' limit 5")
            .await
            .iter()
            .map(|batch| batch.num_rows())
            .sum();
        assert_eq!(found, 5);
        assert_eq!(asked(&live).len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_table_holds_what_the_list_hides_and_agrees_with_the_world() {
        let live = live().await;
        let count = |batches: Vec<arrow::array::RecordBatch>| {
            batches[0].column(0).as_primitive::<arrow::datatypes::Int64Type>().value(0)
        };
        let all = count(rows(&live, "select count(*) from stripe.subscriptions").await);
        assert!(asked(&live)[0].contains("status=all"));
        let canceled =
            count(rows(&live, "select count(*) from stripe.subscriptions where status = 'canceled'").await);
        assert!(asked(&live)[0].contains("status=canceled"));
        assert!(canceled > 0 && canceled < all);
        let jpy = count(rows(&live, "select sum(amount) from stripe.charges where currency = 'jpy'").await);
        let truth = live.sandbox.world().totals(pinstripe_sandbox::Kind::Charge);
        assert_eq!(jpy, truth.by_currency["jpy"].1);
    }
}
