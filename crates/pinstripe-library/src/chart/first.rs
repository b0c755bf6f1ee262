//! The chart that a frame begins with: what one looks at first in such data.

use arrow::datatypes::{DataType, Schema};

use super::{Aggregate, Bucket, ChartColumn, ChartKind, ChartMeasure, ChartSettings};
use crate::cell::Cell;
use crate::conditions_sql::{Columns, visible};
use crate::error::LibraryError;
use crate::flatten::flat_columns;
use crate::ledger::FrameRecord;
use crate::library::Library;
use crate::row_filter::{Filter, FilterOp};
use crate::sql::full_schema;

/// A data type's first chart.
struct First {
    data_type: &'static str,
    x: &'static str,
    /// The amount that is added up; rows are counted where there is none.
    amount: Option<&'static str>,
    color: Option<&'static str>,
    /// Only rows with this value.
    only: Option<(&'static str, &'static str)>,
}

const fn first(data_type: &'static str, x: &'static str, amount: Option<&'static str>) -> First {
    First { data_type, x, amount, color: None, only: None }
}

const FIRST: [First; 16] = [
    First { only: Some(("status", "succeeded")), ..first("charges", "created", Some("amount")) },
    First { only: Some(("status", "succeeded")), ..first("refunds", "created", Some("amount")) },
    First {
        only: Some(("status", "succeeded")),
        ..first("payment_intents", "created", Some("amount_received"))
    },
    First { only: Some(("status", "paid")), ..first("invoices", "created", Some("amount_paid")) },
    First { only: Some(("status", "paid")), ..first("payouts", "arrival_date", Some("amount")) },
    First { color: Some("reporting_category"), ..first("balance_transactions", "created", Some("net")) },
    First { color: Some("reason"), ..first("disputes", "created", None) },
    first("transfers", "created", Some("amount")),
    first("customers", "created", None),
    first("subscriptions", "status", None),
    First { color: Some("type"), ..first("events", "created", None) },
    First { color: Some("purpose"), ..first("files", "created", None) },
    First { color: Some("type"), ..first("payment_methods", "created", None) },
    First { color: Some("status"), ..first("checkout_sessions", "created", None) },
    First { color: Some("type"), ..first("prices", "created", None) },
    First { color: Some("active"), ..first("products", "created", None) },
];

pub(super) async fn settings(
    library: &Library,
    frame: &FrameRecord,
    time_zone: &str,
) -> Result<ChartSettings, LibraryError> {
    let rows = library.frame_rows(frame).await?;
    let columns = Columns {
        frame: frame.name.clone(),
        schema: visible(rows.schema().as_arrow()),
        full_schema: full_schema(frame),
    };
    let known = FIRST.iter().find(|first| first.data_type == frame.data_type);
    // A column may have been left out of the import.
    let usable = known.filter(|first| {
        let needed = [Some(first.x), first.amount, first.color, first.only.map(|(column, _)| column)];
        let currency = first.amount.is_none_or(|amount| {
            columns.find(amount).is_ok_and(|column| !column.money || column.currency.is_some())
        });
        currency && needed.into_iter().flatten().all(|column| columns.find(column).is_ok())
    });
    let mut settings = match usable {
        Some(first) => first.settings(),
        None => suiting(&columns),
    };
    settings.time_zone = time_zone.to_owned();
    Ok(settings)
}

impl First {
    fn settings(&self) -> ChartSettings {
        let only = self.only.map(|(column, value)| Filter {
            column: column.to_owned(),
            op: FilterOp::Eq,
            value: Some(Cell::Text(value.to_owned())),
            values: None,
        });
        let is_time = matches!(self.x, "created" | "arrival_date");
        ChartSettings {
            color: self.color.map(str::to_owned),
            filters: only.into_iter().collect(),
            stacked: self.color.is_some(),
            ..chart(self.x, is_time.then_some(Bucket::Month), self.amount)
        }
    }
}

fn chart(x: &str, bucket: Option<Bucket>, amount: Option<&str>) -> ChartSettings {
    let aggregate = if amount.is_some() { Aggregate::Sum } else { Aggregate::Count };
    ChartSettings {
        kind: ChartKind::Bar,
        x: Some(ChartColumn { column: x.to_owned(), bucket }),
        y: ChartMeasure { column: amount.map(str::to_owned), aggregate },
        color: None,
        split: None,
        pivot_columns: None,
        filters: Vec::new(),
        time_zone: String::new(),
        currency: None,
        stacked: false,
        limit: 20,
    }
}

/// For any frame: along its first time, else by a column that sounds like a category.
fn suiting(columns: &Columns) -> ChartSettings {
    let schema: &Schema = &columns.schema;
    let plain: Vec<String> = flat_columns(schema, &|_| None)
        .into_iter()
        .filter(|column| !column.is_nested())
        .map(|column| column.name)
        .collect();
    let of = |name: &str| columns.find(name).ok();
    let is_time = |name: &&String| of(name).is_some_and(|column| column.is_time());
    let is_number = |name: &&String| {
        of(name).is_some_and(|column| column.is_number() && (!column.money || column.currency.is_some()))
    };
    let time =
        plain.iter().find(|name| *name == "created").filter(is_time).or_else(|| plain.iter().find(is_time));
    let is_text = |name: &&String| of(name).is_some_and(|column| column.data_type == DataType::Utf8);
    let category = ["status", "type", "currency", "country"]
        .iter()
        .find_map(|wanted| plain.iter().find(|name| name.rsplit('.').next() == Some(wanted)))
        .or_else(|| plain.iter().filter(|name| *name != "id" && *name != "object").find(is_text));
    // What a query gave beside a time or a category is what it asked for.
    let from_query = of("id").is_none();
    let amount = plain.iter().filter(|_| from_query).find(is_number).map(String::as_str);
    match (time, category, plain.first()) {
        (Some(time), ..) => chart(time, None, amount),
        (None, Some(category), _) => chart(category, None, amount),
        (None, None, Some(any)) => chart(any, None, None),
        (None, None, None) => ChartSettings { x: None, ..chart("", None, None) },
    }
}
