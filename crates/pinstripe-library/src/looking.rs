//! The first rows of a request plan as pages show them: flat columns, described, and cells. Nothing
//! of it is stored.

use pinstripe_import::Preview;
use pinstripe_query::RequestPlan;

use crate::cell::Cell;
use crate::column::{Column, describe_columns};
use crate::column_cells::cells;
use crate::error::LibraryError;
use crate::flatten::{flat_columns, flatten};

/// The columns of a preview, and its rows. A map is one column here: which keys there are only the
/// whole list tells.
pub fn preview_rows(
    preview: &Preview,
    plan: &RequestPlan,
) -> Result<(Vec<Column>, Vec<Vec<Cell>>), LibraryError> {
    let flat = flat_columns(&preview.batch.schema(), &|_| None);
    let batch = flatten(&preview.batch, &flat).map_err(LibraryError::arrow)?;
    let mut columns = describe_columns(&flat, Some(&plan.data_type), &plan.expand);
    for (column, values) in columns.iter_mut().zip(batch.columns()) {
        column.empty = Some(values.null_count() == values.len());
    }
    Ok((columns, cells(&batch).map_err(LibraryError::arrow)?))
}
