//! The column that says which account of a platform a row is of. It stands first, is in every row,
//! and is there by the plan alone, never by the data (promise 6).
//!
//! Its name is `pinstripe_query::account_column`'s to say; `stage` fills it.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use pinstripe_arrow::fields::KIND;
use pinstripe_catalog::catalog;
use pinstripe_query::RequestPlan;

/// What the column says of itself: no field of Stripe's has this kind.
pub const ACCOUNT_KIND: &str = "account";

/// The column that a plan's rows begin with, where they are of accounts that were chosen.
pub fn account_field(plan: &RequestPlan) -> Option<Field> {
    plan.accounts.as_ref()?;
    let data_type = catalog().data_type(&plan.data_type).ok()?;
    let name = pinstripe_query::account_column(catalog(), data_type);
    let kind = HashMap::from([(KIND.to_owned(), ACCOUNT_KIND.to_owned())]);
    Some(Field::new(name, DataType::Utf8, false).with_metadata(kind))
}

/// Whether a column is the one that says which account a row is of.
pub fn is_account_field(field: &Field) -> bool {
    field.metadata().get(KIND).is_some_and(|kind| kind == ACCOUNT_KIND)
}

/// A schema that begins with the column, where there is one.
pub fn with_account_field(schema: &SchemaRef, field: Option<&Field>) -> SchemaRef {
    let Some(field) = field else { return Arc::clone(schema) };
    let fields: Vec<Arc<Field>> =
        std::iter::once(Arc::new(field.clone())).chain(schema.fields().iter().cloned()).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// Rows of one account, with the column that says so.
pub(crate) fn named(batch: &RecordBatch, field: &Field, account: &str) -> Result<RecordBatch, ArrowError> {
    let schema = with_account_field(&batch.schema(), Some(field));
    let accounts: ArrayRef =
        Arc::new(StringArray::from_iter_values(std::iter::repeat_n(account, batch.num_rows())));
    let columns = std::iter::once(accounts).chain(batch.columns().iter().cloned()).collect();
    RecordBatch::try_new(schema, columns)
}
