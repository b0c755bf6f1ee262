//! Rows as a table for people: as many columns as the terminal holds, amounts in major units, and a
//! word on what was left out. Programs use `--format` or `--json` instead.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, TableComponent};
use pinstripe_catalog::money::major_units;
use pinstripe_import::is_account_field;

use crate::failure::Failure;
use crate::report::harmless;

/// Columns people look for first, in this order; the others follow as they stand.
const FAMILIAR: [&str; 20] = [
    "id",
    "created",
    "amount",
    "fee",
    "net",
    "currency",
    "status",
    "type",
    "email",
    "name",
    "customer",
    "description",
    "reason",
    "filename",
    "purpose",
    "size",
    "arrival_date",
    "destination",
    "charge",
    "items.data",
];
const CELL_WIDTH_MAX: usize = 40;
const TERMINAL_WIDTH_DEFAULT: usize = 120;

/// How amounts are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Amounts {
    /// 10.00 for 1000 in `usd`.
    MajorUnits,
    /// As in Stripe's API.
    AsStored,
}

/// Rows that were drawn, and what was not.
pub struct Drawn {
    pub text: String,
    pub columns_left_out: usize,
    /// Whether an amount was shown in major units.
    pub converted: bool,
}

/// The familiar columns first, those without any value last and never shown by themselves.
pub fn column_order(batch: &RecordBatch) -> Vec<usize> {
    let schema = batch.schema();
    let rank = |index: &usize| {
        let name = schema.field(*index).name();
        let familiar = FAMILIAR.iter().position(|familiar| familiar == name).unwrap_or(FAMILIAR.len());
        // Whose row it is comes before what it is.
        (!is_account_field(schema.field(*index)), familiar)
    };
    let mut order: Vec<usize> = (0..batch.num_columns())
        .filter(|index| schema.field(*index).name() != "object")
        .filter(|index| batch.num_rows() == 0 || batch.column(*index).null_count() < batch.num_rows())
        .collect();
    order.sort_by_key(rank);
    order
}

/// Draws the columns of `order` that fit; all of them when `whole` is set.
pub fn draw(batch: &RecordBatch, order: &[usize], amounts: Amounts, whole: bool) -> Result<Drawn, Failure> {
    let mut shown = Vec::new();
    let mut converted = false;
    let mut width = 0;
    let available = terminal_width();
    for index in order {
        let cells = cells(batch, *index, amounts, &mut converted)?;
        let name: String = batch.schema().field(*index).name().chars().map(harmless).collect();
        let column_width =
            cells.iter().map(|cell| cell.chars().count()).chain([name.chars().count()]).max().unwrap_or(0)
                + 3;
        if !whole && width + column_width > available && !shown.is_empty() {
            continue;
        }
        width += column_width;
        shown.push((name, is_number(batch.column(*index).data_type()), cells));
    }
    let mut table = ruled_table();
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(shown.iter().map(|(name, _, _)| Cell::new(name).add_attribute(Attribute::Bold)));
    for row in 0..batch.num_rows() {
        table.add_row(shown.iter().map(|(_, number, cells)| {
            let cell = Cell::new(&cells[row]);
            if *number { cell.set_alignment(CellAlignment::Right) } else { cell }
        }));
    }
    Ok(Drawn { text: table.to_string(), columns_left_out: batch.num_columns() - shown.len(), converted })
}

fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}

fn cells(
    batch: &RecordBatch,
    index: usize,
    amounts: Amounts,
    converted: &mut bool,
) -> Result<Vec<String>, Failure> {
    let column = batch.column(index);
    let options = FormatOptions::default()
        .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S"))
        .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S"));
    let formatter = ArrayFormatter::try_new(column, &options)?;
    let currency = match amounts {
        Amounts::MajorUnits => currency_column(batch, index),
        Amounts::AsStored => None,
    };
    let cell = |row: usize| {
        if column.is_null(row) {
            return String::new();
        }
        if let Some(currency) = currency.filter(|currency| batch.column(*currency).is_valid(row)) {
            let code = batch.column(currency).as_string::<i32>().value(row);
            return major_units(column.as_primitive::<Int64Type>().value(row), code);
        }
        one_line(&formatter.value(row).to_string())
    };
    *converted |= currency.is_some();
    Ok((0..batch.num_rows()).map(cell).collect())
}

/// The flat column with the currency of an amount: beside it, or beside an enclosing object.
fn currency_column(batch: &RecordBatch, index: usize) -> Option<usize> {
    let schema = batch.schema_ref();
    let field = schema.field(index);
    let currency = field.metadata().get("pinstripe.currency")?;
    if *field.data_type() != DataType::Int64 {
        return None;
    }
    let mut parent = field.name().as_str();
    loop {
        parent = parent.rsplit_once('.').map_or("", |(parent, _)| parent);
        let name = if parent.is_empty() { currency.clone() } else { format!("{parent}.{currency}") };
        if let Ok(found) = schema.index_of(&name) {
            return (*schema.field(found).data_type() == DataType::Utf8).then_some(found);
        }
        if parent.is_empty() {
            return None;
        }
    }
}

fn one_line(text: &str) -> String {
    let mut line: String = text.chars().map(harmless).take(CELL_WIDTH_MAX + 1).collect();
    if line.chars().count() > CELL_WIDTH_MAX {
        line = line.chars().take(CELL_WIDTH_MAX - 1).collect();
        line.push('…');
    }
    line
}

fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.or_else(|| Table::new().width().map(usize::from)).unwrap_or(TERMINAL_WIDTH_DEFAULT)
}

/// A rule under the header and nothing between rows.
fn ruled_table() -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY);
    for component in [
        TableComponent::HorizontalLines,
        TableComponent::MiddleIntersections,
        TableComponent::LeftBorderIntersections,
        TableComponent::RightBorderIntersections,
        TableComponent::TopBorder,
        TableComponent::TopBorderIntersections,
        TableComponent::BottomBorder,
        TableComponent::BottomBorderIntersections,
    ] {
        table.remove_style(component);
    }
    table
}

/// A plain table of text, for lists of things.
pub fn list(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = ruled_table();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    for row in rows {
        table.add_row(row.iter().map(|cell| cell.chars().map(harmless).collect::<String>()));
    }
    table.to_string()
}
