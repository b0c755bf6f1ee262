//! `pinstripe sql`: rows of a query, as a table, as one JSON array of objects, or as CSV.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::csv::WriterBuilder as CsvWriterBuilder;
use arrow::json::WriterBuilder as JsonWriterBuilder;
use arrow::json::writer::JsonArray;
use futures::TryStreamExt;
use pinstripe_client::Client;
use pinstripe_library::sql::QueryResult;
use pinstripe_library::{FrameName, Library};
use serde_json::json;

use crate::account::client;
use crate::arguments::{RowFormat, SqlArguments};
use crate::failure::Failure;
use crate::report;
use crate::settings::{Settings, accounts, client_of_account};
use crate::table::{self, Amounts};

/// Most rows a table shows; the other formats show all.
const TABLE_ROWS_MAX: usize = 1_000;

pub async fn run(arguments: &SqlArguments, settings: &Settings) -> Result<(), Failure> {
    let library = settings.open_library()?;
    if arguments.save.is_some() || arguments.save_view.is_some() {
        return save(&library, arguments, settings).await;
    }
    let client = live_client(arguments, settings)?;
    let result = library.sql(&arguments.query, client.as_ref()).await?;
    match arguments.format {
        RowFormat::Table if !settings.json => print_table(result).await,
        RowFormat::Csv => print_csv(result).await,
        _ => print_json(result).await,
    }
}

async fn save(library: &Library, arguments: &SqlArguments, settings: &Settings) -> Result<(), Failure> {
    let replace = arguments.replace;
    let frame = match (&arguments.save, &arguments.save_view) {
        (Some(name), _) => library.save_as_frame(&arguments.query, &FrameName::parse(name)?, replace).await?,
        (None, Some(name)) => {
            library.save_as_view(&arguments.query, &FrameName::parse(name)?, replace).await?
        }
        (None, None) => return Ok(()),
    };
    if settings.json {
        return report::json(&json!({"frame": frame.name, "kind": frame.kind, "rows": frame.rows}));
    }
    report::talk(&format!("`{}` has {} rows", frame.name, report::grouped(frame.rows)));
    Ok(())
}

/// The client that Stripe's own lists are read with, where the query may name one.
fn live_client(arguments: &SqlArguments, settings: &Settings) -> Result<Option<Client>, Failure> {
    if names_stripe(&arguments.query) {
        return client_of_account(client(&arguments.connection, settings)?, &arguments.accounts).map(Some);
    }
    if accounts(&arguments.accounts)?.is_some() {
        return Err(Failure::user("--account is for Stripe's own lists, and this query reads data frames")
            .with_hint("leave --account out, and choose rows by their column: where account = 'acct_...'"));
    }
    Ok(None)
}

/// Whether a query may read Stripe live; only then is a key asked for.
fn names_stripe(query: &str) -> bool {
    let lower = query.to_lowercase();
    lower.contains("stripe.") || lower.contains("\"stripe\".")
}

async fn print_json(mut result: QueryResult) -> Result<(), Failure> {
    let mut writer = JsonWriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(Output);
    while let Some(batch) = next(&mut result).await? {
        writer.write(&batch)?;
    }
    writer.finish()?;
    report::data("");
    Ok(())
}

async fn print_csv(mut result: QueryResult) -> Result<(), Failure> {
    let columns = pinstripe_library::flatten::flat_columns(&result.schema, &|_| None);
    let header = pinstripe_library::flatten::flat_schema(&columns);
    let mut writer = CsvWriterBuilder::new().build(Output);
    writer.write(&RecordBatch::new_empty(header))?;
    while let Some(batch) = next(&mut result).await? {
        writer.write(&pinstripe_library::flatten::flatten(&batch, &columns)?)?;
    }
    Ok(())
}

async fn print_table(mut result: QueryResult) -> Result<(), Failure> {
    let mut batches = Vec::new();
    let mut rows = 0;
    while rows <= TABLE_ROWS_MAX {
        let Some(batch) = next(&mut result).await? else { break };
        rows += batch.num_rows();
        batches.push(batch);
    }
    let all = concat_batches(&result.schema, &batches)?;
    let shown = all.slice(0, all.num_rows().min(TABLE_ROWS_MAX));
    let columns = pinstripe_library::flatten::flat_columns(&result.schema, &|_| None);
    let flat = pinstripe_library::flatten::flatten(&shown, &columns)?;
    let order: Vec<usize> = (0..flat.num_columns()).collect();
    let drawn = table::draw(&flat, &order, Amounts::AsStored, false)?;
    report::data(&drawn.text);
    if all.num_rows() > TABLE_ROWS_MAX {
        report::talk(&format!("the first {TABLE_ROWS_MAX} rows; --format json or csv gives all"));
    }
    if drawn.columns_left_out > 0 {
        report::talk(&format!(
            "{} columns do not fit; --format json or csv gives all",
            drawn.columns_left_out
        ));
    }
    Ok(())
}

async fn next(result: &mut QueryResult) -> Result<Option<RecordBatch>, Failure> {
    let batch = result.stream.try_next().await;
    batch.map_err(|source| pinstripe_library::LibraryError::sql(source).into())
}

/// stdout as a writer that ends quietly when the reader goes away.
struct Output;

impl std::io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        report::out(|stdout| stdout.write_all(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
