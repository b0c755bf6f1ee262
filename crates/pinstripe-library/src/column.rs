//! The flat columns of a frame, described for people and pages: what type a value has, whether it
//! is money and in which currency, what an enum may hold, what an id points at. From the schema and
//! the catalog alone; whether rows have values is for [`crate::frame_version`] to say.
//!
//! Read next: `flatten.rs` for where flat columns come from, `column_cells.rs` for their values.

use std::collections::{HashMap, HashSet};

use arrow::datatypes::{DataType, Schema, TimeUnit};
use pinstripe_arrow::RowSchema;
use pinstripe_arrow::fields::CURRENCY;
use pinstripe_catalog::{FieldKind, catalog};
use serde::Serialize;
use utoipa::ToSchema;

use crate::flatten::FlatColumn;

/// One flat column.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Column {
    /// Flat dotted name: `billing_details.address.city`, `metadata.order_id`.
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: ColumnType,
    /// Of an amount in the smallest unit of a currency.
    pub money: Option<Money>,
    /// What Stripe documents an enum to hold; it may send others.
    pub values: Option<Vec<String>>,
    /// The data type that its ids are of.
    pub link: Option<String>,
    pub description: Option<String>,
    /// The column of the frame that it is a part of.
    pub leaf_of: Option<String>,
    /// Whether no row has a value; `null` where that is not known.
    pub empty: Option<bool>,
}

/// Where an amount's currency is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Money {
    /// The flat column that holds it, row by row.
    pub currency_column: Option<String>,
    /// The one currency of all rows.
    pub currency: Option<String>,
}

/// A column's type, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    Text,
    Integer,
    Number,
    Decimal,
    Boolean,
    Timestamp,
    List,
    Map,
    Object,
    Json,
}

impl ColumnType {
    pub fn as_str(self) -> &'static str {
        match self {
            ColumnType::Text => "text",
            ColumnType::Integer => "integer",
            ColumnType::Number => "number",
            ColumnType::Decimal => "decimal",
            ColumnType::Boolean => "boolean",
            ColumnType::Timestamp => "timestamp",
            ColumnType::List => "list",
            ColumnType::Map => "map",
            ColumnType::Object => "object",
            ColumnType::Json => "json",
        }
    }

    /// Of an Arrow type, whichever program wrote it.
    pub fn of(data_type: &DataType) -> ColumnType {
        match data_type {
            DataType::Dictionary(_, values) => ColumnType::of(values),
            DataType::Boolean => ColumnType::Boolean,
            DataType::Timestamp(_, _) | DataType::Date32 | DataType::Date64 => ColumnType::Timestamp,
            DataType::UInt64
            | DataType::Decimal32(_, _)
            | DataType::Decimal64(_, _)
            | DataType::Decimal128(_, _) => ColumnType::Decimal,
            integer if integer.is_integer() => ColumnType::Integer,
            number if number.is_floating() => ColumnType::Number,
            DataType::Map(_, _) => ColumnType::Map,
            DataType::Struct(_) => ColumnType::Object,
            nested if nested.is_nested() => ColumnType::List,
            _ => ColumnType::Text,
        }
    }
}

/// The Arrow type that values of any program's type are brought to before they are worked with.
pub(crate) fn plain_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => plain_type(values),
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        kept @ (DataType::Decimal128(_, _) | DataType::Boolean) => kept.clone(),
        other => match ColumnType::of(other) {
            ColumnType::Integer => DataType::Int64,
            ColumnType::Number => DataType::Float64,
            ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => DataType::Utf8,
        },
    }
}

/// The type of a flat column: a list or a map has one though its flat values are text.
pub(crate) fn type_of(flat: &FlatColumn) -> ColumnType {
    match flat.field.metadata().get("pinstripe.kind").map(String::as_str) {
        Some("json" | "extra") => ColumnType::Json,
        Some("map") if flat.is_nested() => ColumnType::Map,
        _ if flat.is_nested() => ColumnType::List,
        _ => ColumnType::of(flat.field.data_type()),
    }
}

/// Flat columns as people see them. `data_type` and `expand` say what the catalog knows of them;
/// without, only the schema speaks.
pub fn describe_columns(flat: &[FlatColumn], data_type: Option<&str>, expand: &[String]) -> Vec<Column> {
    let known = data_type.and_then(|name| catalog().data_type(name).ok());
    let row_schema = known.and_then(|known| RowSchema::new(catalog(), &known.schema, expand).ok());
    let leaves = row_schema.map(|schema| schema.columns()).unwrap_or_default();
    let by_path: HashMap<&str, &pinstripe_arrow::Column> =
        leaves.iter().filter(|leaf| leaf.in_list.is_none()).map(|leaf| (leaf.path.as_str(), leaf)).collect();
    let names: HashSet<&str> = flat.iter().map(|column| column.name.as_str()).collect();
    flat.iter()
        .map(|column| {
            let leaf = by_path.get(column.name.as_str());
            let currency_column = leaf
                .and_then(|leaf| leaf.currency.clone())
                .or_else(|| currency_path(column, &names))
                .filter(|currency| names.contains(currency.as_str()));
            let top = column.path().first().cloned();
            Column {
                name: column.name.clone(),
                data_type: type_of(column),
                money: currency_column
                    .map(|currency| Money { currency_column: Some(currency), currency: None }),
                values: leaf.map(|leaf| leaf.values.clone()).filter(|values| !values.is_empty()),
                link: known.and_then(|known| linked_data_type(&known.schema, column.path())),
                description: None,
                leaf_of: top.filter(|top| *top != column.name),
                empty: None,
            }
        })
        .collect()
}

/// The flat columns of a schema whose maps are not looked into, described.
pub fn describe_schema(schema: &Schema, data_type: Option<&str>, expand: &[String]) -> Vec<Column> {
    describe_columns(&crate::flatten::flat_columns(schema, &|_| None), data_type, expand)
}

/// What an amount's own field says of its currency, looked for beside it, then around it: frames
/// that a query made have no data type, but their columns may still be Stripe's.
fn currency_path(column: &FlatColumn, names: &HashSet<&str>) -> Option<String> {
    let currency = column.field.metadata().get(CURRENCY)?;
    let (_, parents) = column.path().split_last()?;
    (0..=parents.len()).rev().find_map(|depth| {
        let path = [&parents[..depth], std::slice::from_ref(currency)].concat().join(".");
        names.contains(path.as_str()).then_some(path)
    })
}

/// The data type that a column's ids are of: its own for `id`, the linked one for `customer`.
fn linked_data_type(schema: &str, path: &[String]) -> Option<String> {
    let (last, parents) = path.split_last()?;
    let mut at = schema;
    for name in parents {
        at = match &catalog().schemas.get(at)?.field(name)?.kind {
            FieldKind::Object(schema) | FieldKind::Expandable(schema) => schema,
            _ => return None,
        };
    }
    if last == "id" {
        return data_type_of(at);
    }
    match &catalog().schemas.get(at)?.field(last)?.kind {
        FieldKind::Expandable(schema) => data_type_of(schema),
        _ => None,
    }
}

/// The list that holds a kind of object; `customer|deleted_customer` are customers.
fn data_type_of(schema: &str) -> Option<String> {
    let first = schema.split('|').next()?;
    let known = &catalog().data_types;
    known.iter().find(|data_type| data_type.schema == first).map(|data_type| data_type.name.clone())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn columns(data_type: &str, expand: &[String]) -> Vec<Column> {
        let schema = &catalog().data_type(data_type).unwrap().schema;
        let full = RowSchema::new(catalog(), schema, expand).unwrap().full_schema();
        describe_schema(&full, Some(data_type), expand)
    }

    fn column<'a>(columns: &'a [Column], name: &str) -> &'a Column {
        columns.iter().find(|column| column.name == name).unwrap()
    }

    #[test]
    fn amounts_know_their_currency_and_ids_what_they_point_at() {
        let charges = columns("charges", &[]);
        let amount = column(&charges, "amount");
        assert_eq!(amount.money.as_ref().unwrap().currency_column.as_deref(), Some("currency"));
        assert_eq!(column(&charges, "customer").link.as_deref(), Some("customers"));
        assert_eq!(column(&charges, "id").link.as_deref(), Some("charges"));
        assert_eq!(column(&charges, "status").values.as_ref().unwrap().len(), 3);
        assert_eq!(column(&charges, "created").money, None);
        let city = column(&charges, "billing_details.address.city");
        assert_eq!(city.leaf_of.as_deref(), Some("billing_details"));
        assert_eq!(city.link, None);
    }

    #[test]
    fn types_are_named_for_people() {
        let charges = columns("charges", &[]);
        for (name, expected) in [
            ("id", ColumnType::Text),
            ("amount", ColumnType::Integer),
            ("created", ColumnType::Timestamp),
            ("paid", ColumnType::Boolean),
            ("metadata", ColumnType::Map),
            ("extra", ColumnType::Json),
        ] {
            assert_eq!(column(&charges, name).data_type, expected, "{name}");
        }
        let balance = columns("balance_transactions", &[]);
        assert_eq!(column(&balance, "fee_details").data_type, ColumnType::List);
    }

    #[test]
    fn the_id_of_an_expanded_object_is_of_its_own_data_type() {
        let charges = columns("charges", &["customer".to_owned()]);
        assert_eq!(column(&charges, "customer.id").link.as_deref(), Some("customers"));
    }
}
