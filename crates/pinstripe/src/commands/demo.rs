//! `pinstripe demo`: the whole way on the sandbox. No key, no network.

use jiff::Timestamp;
use pinstripe_catalog::catalog;
use pinstripe_client::{ApiBase, ApiKey, Client, ClientOptions, MaxRate};
use pinstripe_import::CancellationToken;
use pinstripe_library::import::{ImportReport, NewImport};
use pinstripe_library::{FrameName, Library};
use pinstripe_query::{PlanRequest, plan};
use pinstripe_sandbox::{Sandbox, SandboxConfig};
use serde_json::json;

use crate::arguments::DemoArguments;
use crate::commands::import::{run_import, say, stop_on_ctrl_c};
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
    let library = Library::open(&settings.demo_library_path()?)?;
    let config = SandboxConfig { customers: arguments.customers, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.map_err(failure::of_sandbox)?;
    if !settings.json {
        report::talk(&format!(
            "a local Stripe with {} customers answers at {}\n",
            arguments.customers,
            sandbox.url()
        ));
    }

    let client = client_of(&sandbox)?;
    let cancel = CancellationToken::new();
    stop_on_ctrl_c(&cancel);
    let mut imported = Vec::new();
    for data_type in DATA_TYPES {
        let request = PlanRequest { data_type, ..PlanRequest::default() };
        let plan = plan(catalog(), &request, Timestamp::now())?;
        let name = FrameName::parse(data_type)?;
        let import = NewImport {
            plan,
            name,
            restart: true,
            connection: Some("Sandbox".to_owned()),
            from_command_line: true,
        };
        let report = run_import(&import, &library, &client, &cancel, settings.interactive).await?;
        if !settings.json {
            say(&report);
        }
        imported.push(report);
    }
    if settings.json {
        print_json(&library, &imported).await?;
    } else {
        show_first_rows(&library).await?;
        answer_questions(&library).await?;
        say_what_next(&library, &sandbox, settings.interactive);
        if settings.interactive {
            cancel.cancelled().await;
        }
    }
    sandbox.stop().await;
    Ok(())
}

fn client_of(sandbox: &Sandbox) -> Result<Client, Failure> {
    let mut options =
        ClientOptions::new(ApiBase::parse(sandbox.url())?, ApiKey::parse(sandbox.restricted_key())?);
    // Stripe's limits are for Stripe; the sandbox is ours and this demo its only client.
    options.max_rate =
        MaxRate { account_per_second: Some(1e6), endpoint_per_second: Some(1e6), headroom: 0.0 };
    Ok(Client::new(options)?)
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

fn say_what_next(library: &Library, sandbox: &Sandbox, stays: bool) {
    let folder = library.root().display();
    report::talk(&format!(
        "\nWhat to try next:\n  export PINSTRIPE_LIBRARY={folder}\n  pinstripe summary charges\n  \
         pinstripe sql \"select billing_details.address.country, count(*) from charges group by 1 order by 2 desc\"\n  \
         pinstripe export charges --to charges.xlsx"
    ));
    if stays {
        report::talk(&format!(
            "\nThe sandbox goes on answering, in another terminal:\n  export STRIPE_API_BASE={} STRIPE_API_KEY={}\n  \
             pinstripe preview disputes\n\nCtrl-C ends the demo; the data frames stay.",
            sandbox.url(),
            sandbox.restricted_key()
        ));
    }
}
