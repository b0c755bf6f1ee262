//! The shapes of the catalog. Plain serialisable data; the generator writes them, everyone else
//! reads them. Lookups live in [`crate::lookup`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything known about one version of Stripe's v1 API, as far as lists are concerned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Catalog {
    /// Stripe's name of the version, such as `2026-07-29.dahlia`. Sent as `Stripe-Version`.
    pub api_version: String,
    /// Every top-level list: the ten of the import dialog first, then the rest by name.
    pub data_types: Vec<DataType>,
    /// Object schemas by name. Everything a data type can reach is here.
    pub schemas: BTreeMap<String, Schema>,
}

/// One list a person can pick, such as Charges.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DataType {
    /// The name in commands, files and SQL: the path's words joined by `_`.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// Other names it answers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// One sentence on what a row is.
    pub description: String,
    /// One of the ten data types of the import dialog.
    #[serde(default, skip_serializing_if = "is_false")]
    pub featured: bool,
    /// Path on Stripe's API host, such as `/v1/charges`.
    pub path: String,
    /// Name of the row's schema in [`Catalog::schemas`].
    pub schema: String,
    /// Query parameters of the list, paging and `expand` left out.
    pub parameters: Vec<Parameter>,
    pub paging: Paging,
    /// Whether the list takes `expand[]`.
    pub expand: bool,
    /// Path of the Search endpoint, for the seven data types that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_path: Option<String>,
    /// What Search can ask of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search_fields: Vec<SearchField>,
    /// Types of the events that say that a row changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_types: Vec<String>,
    /// The restricted-key permission that reading this list needs, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// What the list leaves out unless it is asked otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub completeness: Vec<CompletenessNote>,
    /// The list is known, the shape of its rows is not (it is newer than the specification), so
    /// everything but the fields all objects share lands in `extra`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub schema_unknown: bool,
}

/// A default of Stripe's that hides rows, and the parameter that brings them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CompletenessNote {
    pub parameter: String,
    /// The value that brings the hidden rows, where a single one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is hidden, as a clause: "subscriptions that have been canceled are left out".
    pub note: String,
}

/// A field that Search knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchField {
    /// Dotted; `metadata` stands for every key of it.
    pub name: String,
    pub kind: SearchFieldKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchFieldKind {
    /// Can be compared.
    Numeric,
    /// Equal or not.
    Token,
    /// Equal in words, whatever their case, or holding a part.
    String,
}

/// Which paging parameters a list takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paging {
    pub limit: bool,
    pub starting_after: bool,
    pub ending_before: bool,
}

/// One query parameter of a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parameter {
    pub name: String,
    pub kind: ParameterKind,
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
}

/// What a parameter's value may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    String,
    Integer,
    Number,
    Boolean,
    /// One of these values.
    Enum(Vec<String>),
    /// An exact integer, or `[gt] [gte] [lt] [lte]`. `exact` is false where only bounds are taken.
    Range {
        exact: bool,
        /// The integer is a Unix time in seconds.
        unix_time: bool,
    },
    /// A list of values: `ids[]=a&ids[]=b`.
    List(Box<ParameterKind>),
    /// Bracketed sub-parameters: `automatic_tax[enabled]=true`.
    Object(Vec<(String, ParameterKind)>),
}

/// The fields of one kind of object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Schema {
    /// The value of `object` when this is a whole Stripe object, such as `charge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    pub fields: Vec<Field>,
}

/// One field of an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub kind: FieldKind,
    /// Stripe may send `null`. Such a field is expected to be there; one that is not nullable is
    /// left out when it has no value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// Stripe always sends it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Filled only for some values of its object's `type` (a variant of a tagged union) or only in
    /// rare cases. Files leave it out when no row has it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sparse: bool,
    /// An amount in the smallest unit of a currency: the name of the field that holds the
    /// currency, looked for in this object, then in the enclosing ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_field: Option<String>,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    String,
    /// A string that is one of these values. Stripe adds values; an unknown one is kept.
    Enum(Vec<String>),
    /// A three-letter currency code in lower case.
    Currency,
    /// 64-bit.
    Integer,
    /// Unix time in seconds on the wire.
    Timestamp,
    /// A JSON number with a fraction (percentages, exchange rates).
    Number,
    /// A decimal number in a JSON string, up to 12 decimals.
    Decimal,
    Boolean,
    /// Any JSON, kept as its text.
    Json,
    /// A nested object: the name of its schema.
    Object(String),
    /// Free keys, one type of value (`metadata`).
    Map(Box<FieldKind>),
    Array(Box<FieldKind>),
    /// A list object inside an object (`items`, `refunds`), cut by Stripe at 10 entries: the
    /// schema of its entries.
    NestedList(String),
    /// The id of another object, or that object itself when it is expanded: the schema of the
    /// expanded object.
    Expandable(String),
}

impl FieldKind {
    /// The type's name for people, as commands and the workbench say it.
    pub fn type_name(&self) -> &'static str {
        match self {
            FieldKind::String | FieldKind::Enum(_) | FieldKind::Currency | FieldKind::Expandable(_) => "text",
            FieldKind::Integer => "integer",
            FieldKind::Timestamp => "timestamp",
            FieldKind::Number => "number",
            FieldKind::Decimal => "decimal",
            FieldKind::Boolean => "boolean",
            FieldKind::Json => "json",
            FieldKind::Object(_) => "object",
            FieldKind::Map(_) => "map",
            FieldKind::Array(_) | FieldKind::NestedList(_) => "list",
        }
    }
}

impl Catalog {
    /// The schema of a nested object. The generator guarantees that every name resolves.
    pub fn schema(&self, name: &str) -> &Schema {
        self.schemas
            .get(name)
            .unwrap_or_else(|| panic!("catalog.json names the schema `{name}` but does not hold it"))
    }
}

impl DataType {
    /// Parameters that Stripe refuses to list without.
    pub fn required_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.required)
    }

    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Whether the list can be cut by `created[gte]` and `created[lt]`.
    pub fn has_created_range(&self) -> bool {
        matches!(
            self.parameter("created").map(|parameter| &parameter.kind),
            Some(ParameterKind::Range { .. })
        )
    }
}

impl Schema {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
