//! `pinstripe demo`: the whole way on the sandbox, in the workbench and at the terminal. No key, no
//! network.

use std::sync::Arc;

use jiff::Timestamp;
use pinstripe_catalog::catalog;
use pinstripe_client::{ApiBase, Client, MaxRate};
use pinstripe_import::CancellationToken;
use pinstripe_library::import::{ImportReport, NewImport};
use pinstripe_library::{FrameName, Library};
use pinstripe_query::{PlanRequest, plan};
use pinstripe_sandbox::Sandbox;
use pinstripe_workbench::{Accounts, SANDBOX};
use serde_json::json;

use crate::arguments::DemoArguments;
use crate::commands::import::{run_import, say, stop_on_ctrl_c};
use crate::commands::sandbox::{client_of, config_of, started, starter};
use crate::commands::workbench::Opened;
use crate::failure::{self, Failure};
use crate::report;
use crate::settings::Settings;
use crate::table::{self, Amounts};

const DATA_TYPES: [&str; 5] = ["customers", "charges", "refunds", "balance_transactions", "subscriptions"];

const QUESTIONS: [(&str, &str); 2] = [
    (
        "What came in, by currency?",
        "select currency, count(*) as charges, sum(amount) as amount, sum(amount_refunded) as refunded \
         from charges where status = 'succeeded' group by 1 order by charges desc",
    ),
    (
        "What was paid in fees, month by month?",
        "select date_trunc('month', created) as month, currency, sum(fee) as fees, sum(net) as net \
         from balance_transactions where type = 'charge' group by 1, 2 order by 1 desc, 4 desc limit 6",
    ),
];

pub async fn run(arguments: &DemoArguments, settings: &Settings) -> Result<(), Failure> {
    let library = Arc::new(Library::open(&settings.demo_library_path()?)?);
    let sandbox =
        Arc::new(Sandbox::start(config_of(arguments.customers)).await.map_err(failure::of_sandbox)?);
    let client = client_of(&sandbox)?;
    let cancel = CancellationToken::new();
    stop_on_ctrl_c(&cancel);
    if settings.json || arguments.no_workbench {
        return import_and_answer(arguments, settings, &library, &sandbox, &client, &cancel).await;
    }
    // The page first: it shows the imports as they come.
    let accounts = Accounts {
        api_base: ApiBase::stripe(),
        environment: None,
        stored: settings.connections_in(library.root())?,
        max_rate: MaxRate::default(),
        start_sandbox: Some(starter()),
        sandbox: Some(started(&sandbox)?),
    };
    let opened = Opened::new(&arguments.page, settings, Arc::clone(&library), true, accounts).await?;
    opened.say(&arguments.page, settings)?;
    let serving = tokio::spawn(opened.serve(cancel.clone()));
    import_and_answer(arguments, settings, &library, &sandbox, &client, &cancel).await?;
    say_what_next(&library, &sandbox);
    serving.await.map_err(|error| Failure::internal(error.to_string()))?
}

async fn import_and_answer(
    arguments: &DemoArguments,
    settings: &Settings,
    library: &Library,
    sandbox: &Sandbox,
    client: &Client,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    if !settings.json {
        report::talk(&format!(
            "a local Stripe with {} customers answers at {}\n",
            arguments.customers,
            sandbox.url()
        ));
    }
    let mut imported = Vec::new();
    for data_type in DATA_TYPES {
        let request = PlanRequest { data_type, ..PlanRequest::default() };
        let plan = plan(catalog(), &request, Timestamp::now())?;
        let name = FrameName::parse(data_type)?;
        let connection = Some(SANDBOX.to_owned());
        let import = NewImport { plan, name, restart: true, connection, from_command_line: true };
        let report = run_import(&import, library, client, cancel, settings.interactive).await?;
        if !settings.json {
            say(&report);
        }
        imported.push(report);
    }
    if settings.json {
        return print_json(library, &imported).await;
    }
    show_first_rows(library).await?;
    answer_questions(library).await
}

async fn show_first_rows(library: &Library) -> Result<(), Failure> {
    let frame = library.frame("charges")?;
    let flat = library.newest_flat(&frame, 5, &[]).await?;
    let drawn = table::draw(&flat, &table::column_order(&flat), Amounts::MajorUnits, false)?;
    report::data(&format!("\nThe newest charges (amounts in major units):\n{}", drawn.text));
    Ok(())
}

async fn answer_questions(library: &Library) -> Result<(), Failure> {
    for (question, query) in QUESTIONS {
        let rows = library.sql_rows(query).await?;
        let Some(first) = rows.first() else { continue };
        let all = arrow::compute::concat_batches(&first.schema(), &rows)?;
        let order: Vec<usize> = (0..all.num_columns()).collect();
        let drawn = table::draw(&all, &order, Amounts::AsStored, true)?;
        report::data(&format!("\n{question} (in the currency's smallest unit)\n  {query}\n{}", drawn.text));
    }
    Ok(())
}

async fn print_json(library: &Library, imported: &[ImportReport]) -> Result<(), Failure> {
    let mut answers = Vec::new();
    for (question, query) in QUESTIONS {
        let rows = library.sql_json(query).await?;
        answers.push(json!({"question": question, "sql": query, "rows": rows}));
    }
    report::json(&json!({"library": library.root(), "imports": imported, "answers": answers}))
}

fn say_what_next(library: &Library, sandbox: &Sandbox) {
    let folder = library.root().display();
    report::talk(&format!(
        "\nThe workbench is open in the browser, or at the address above. In another terminal:\n  \
         export PINSTRIPE_LIBRARY={folder}\n  pinstripe summary charges\n  \
         pinstripe sql \"select billing_details.address.country, count(*) from charges group by 1 order by 2 desc\"\n  \
         pinstripe export charges --to charges.xlsx\n\n\
         The sandbox goes on answering:\n  export STRIPE_API_BASE={} STRIPE_API_KEY={}\n  \
         pinstripe preview disputes\n\nCtrl-C ends the demo; the data frames stay.",
        sandbox.url(),
        sandbox.restricted_key()
    ));
}
