//! Conditions on a frame's rows, as the table, the charts and the summary of the workbench share
//! them. Only the words: `conditions_sql` makes SQL of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cell::Cell;

/// One condition on one column. A row must meet all conditions of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Flat dotted name: `billing_details.address.city`, `metadata.order_id`.
    pub column: String,
    pub op: FilterOp,
    /// What it is compared with. Amounts count in the smallest unit, times are RFC 3339.
    #[serde(default)]
    pub value: Option<Cell>,
    /// Of `in`, the values; of `between`, the two ends: from the first up to, without, the second.
    #[serde(default)]
    pub values: Option<Vec<Cell>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilterOp {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    /// The text has this in it, whatever the case.
    Contains,
    In,
    IsNull,
    NotNull,
    Between,
}
