//! What can be typed: clap types only, no behaviour.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod connections;

pub use connections::{
    ConnectArguments, ConnectionsAction, ConnectionsArguments, DoctorArguments, OauthAppArguments,
    OauthChoice,
};

/// Brings a Stripe account's data into data frames.
#[derive(Debug, Parser)]
#[command(
    name = "pinstripe",
    version,
    about,
    after_help = "Without a command it opens the workbench.",
    max_term_width = 100
)]
pub struct Arguments {
    /// Folder of the library [default: the platform's data folder]
    #[arg(long, global = true, env = "PINSTRIPE_LIBRARY", value_name = "FOLDER")]
    pub library: Option<PathBuf>,

    /// Print one JSON document and no progress
    #[arg(long, global = true)]
    pub json: bool,

    /// Say what is done; twice for every request (never keys or rows)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,

    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Arguments {
    /// The command that was typed, or the workbench.
    pub fn command(&mut self) -> Command {
        let workbench = || Arguments::parse_from(["pinstripe", "workbench"]).command;
        self.command.take().or_else(workbench).unwrap_or(Command::Types)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the workbench, a page in the browser that does all of this
    Workbench(WorkbenchArguments),
    /// See it all work on the built-in sandbox: no key, no network
    Demo(DemoArguments),
    /// Run the sandbox, a local Stripe
    Sandbox(SandboxArguments),
    /// Keep a key or an OAuth grant as a connection: Stripe's key page opens, and the key is pasted
    Connect(ConnectArguments),
    /// List the connections; test, rename or remove one
    Connections(ConnectionsArguments),
    /// Set the team's own Connect platform or Stripe App, for connections by OAuth
    OauthApp(OauthAppArguments),
    /// Check network, clock, keys, library and disk, and say what to do
    Doctor(DoctorArguments),
    /// List the data types that can be imported
    Types,
    /// Show a data type: columns, types, filters
    Describe { data_type: String },
    /// Show what would be asked of Stripe and what would be filtered here; nothing is sent
    Plan(PlanArguments),
    /// Look at the first rows; nothing is stored
    Preview(PreviewArguments),
    /// Import data types into data frames; what an interrupted import had read is gone on with
    Import(ImportArguments),
    /// List the data frames of the library
    Frames,
    /// Show the newest rows of a data frame
    Show(ShowArguments),
    /// Show every column of a data frame: missing, distinct, least, greatest, mean
    Summary { name: String },
    /// Query data frames with SQL
    Sql(SqlArguments),
    /// Write a data frame to a file: .csv, .xlsx, .json, .jsonl, .parquet or .arrow
    Export(ExportArguments),
    /// Give a data frame another name
    Rename { name: String, new_name: String },
    /// Take a data frame out of the library (it moves to the library's trash folder)
    Remove { name: String },
    /// List the runs of imports, newest first
    History {
        name: Option<String>,
        /// List the versions of the data frame, and what each changed
        #[arg(long, requires = "name")]
        versions: bool,
    },
    /// Put an earlier version of a data frame in place again, as a new version
    Restore {
        name: String,
        /// Its number (`pinstripe history NAME --versions`)
        #[arg(long, value_name = "N")]
        to_version: i64,
    },
}

/// How Stripe is reached.
#[derive(Debug, Args)]
pub struct ConnectionArguments {
    /// A kept connection (`pinstripe connections`) [default: the key in STRIPE_API_KEY, or else the
    /// only connection there is]
    #[arg(long, env = "PINSTRIPE_CONNECTION", value_name = "NAME", allow_hyphen_values = true)]
    pub connection: Option<String>,

    /// Stripe's API, or a server that answers like it [default: https://api.stripe.com]
    #[arg(long, env = "STRIPE_API_BASE", value_name = "URL")]
    pub api_base: Option<String>,

    /// Most requests a second for the account [default: Stripe's limits]; each endpoint keeps
    /// Stripe's own, in proportion
    #[arg(long, value_name = "PER_SECOND")]
    pub max_rate: Option<f64>,

    /// Most requests a second for each endpoint [default: Stripe's limits]
    #[arg(long, value_name = "PER_SECOND")]
    pub max_endpoint_rate: Option<f64>,

    /// Share of the limits, in percent, left to the account's other traffic [default: 0]
    #[arg(long, value_name = "PERCENT")]
    pub headroom: Option<f64>,
}

/// Whose rows are asked for.
#[derive(Debug, Args)]
pub struct AccountArguments {
    /// Connected accounts of a platform: acct_..., several with commas, `all`, or `self` for the
    /// platform's own. Limits such as --max-rate are kept for each [default: the key's own]
    #[arg(long = "account", visible_alias = "accounts", value_name = "ACCOUNT", value_delimiter = ',')]
    pub accounts: Vec<String>,
}

/// What is asked for.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// The data type: charges, customers, "Balance History", ... (`pinstripe types` lists them)
    pub data_type: String,

    #[command(flatten)]
    pub rows: RowArguments,
}

/// Which rows of a data type are asked for.
#[derive(Debug, Args)]
pub struct RowArguments {
    /// From this date on, the date included (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", conflicts_with_all = ["last", "between"], allow_hyphen_values = true)]
    pub after: Option<String>,

    /// The last N hours, days, weeks, months or years, such as "30 days"
    #[arg(long, value_name = "N UNIT", conflicts_with = "between", allow_hyphen_values = true)]
    pub last: Option<String>,

    /// From one date to another, both included
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], allow_hyphen_values = true)]
    pub between: Option<Vec<String>>,

    /// Time zone in which days begin, such as Europe/Oslo [default: the system's]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,

    /// The time the date range is about, such as arrival_date [default: created]
    #[arg(long, value_name = "FIELD")]
    pub date_field: Option<String>,

    /// Filter in Stripe's notation, on any field: "currency=jpy&amount[gt]=100000"
    #[arg(
        long,
        value_name = "QUERY",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub query: String,

    /// Ask Stripe's Search (seven data types) instead of reading the list; it lags behind
    #[arg(long)]
    pub search: bool,

    /// Columns to do without, such as metadata,billing_details.address.city
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub leave_out: Vec<String>,
}

/// Where the workbench is served, and who opens it.
#[derive(Debug, Args)]
pub struct PageArguments {
    /// Port on this machine [default: 4321, or the next one that is free]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,

    /// Open no browser: only print the address
    #[arg(long)]
    pub no_open: bool,
}

#[derive(Debug, Args)]
pub struct WorkbenchArguments {
    #[command(flatten)]
    pub page: PageArguments,

    #[command(flatten)]
    pub connection: ConnectionArguments,
}

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Customers of the demo's business
    #[arg(long, default_value_t = 500)]
    pub customers: u64,

    #[command(flatten)]
    pub page: PageArguments,

    /// End when all is imported and shown, without opening the workbench
    #[arg(long)]
    pub no_workbench: bool,
}

#[derive(Debug, Args)]
pub struct SandboxArguments {
    /// Port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 12111)]
    pub port: u16,

    /// The same seed gives the same business
    #[arg(long, default_value_t = 1)]
    pub seed: u64,

    /// Size of the business
    #[arg(long, default_value_t = 2000)]
    pub customers: u64,

    /// Number of charges, where it should not follow from the customers
    #[arg(long)]
    pub charges: Option<u64>,

    /// Time to wait before each answer
    #[arg(long, default_value_t = 0)]
    pub latency_ms: u64,

    /// Requests a second that are let through [default: no limit]
    #[arg(long)]
    pub rate: Option<u32>,

    /// Requests that are answered at one time; more are refused [default: no limit]
    #[arg(long, value_name = "REQUESTS")]
    pub concurrency: Option<u32>,

    /// How the moments at which things happened are spread
    #[arg(long, value_enum, default_value_t = SandboxDistribution::Business)]
    pub distribution: SandboxDistribution,

    /// What goes wrong, in percent of all requests, such as rate_limited=5,reset=4; also
    /// server_error, cut_body, slow_body, html, not_a_list
    #[arg(long, value_name = "RATES", default_value = "", hide_default_value = true)]
    pub faults: String,

    /// Keys and objects of live mode, for which clients know other limits
    #[arg(long)]
    pub live: bool,

    /// The moment at which the history ends [default: the clock]
    #[arg(long, value_name = "UNIX_SECONDS", allow_hyphen_values = true)]
    pub now: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SandboxDistribution {
    /// Growth, quiet weekends and nights, some batches in one second
    Business,
    /// The same in every hour
    Even,
    /// Nearly all in one day
    Spike,
    /// Thousands in the same second
    SameSecond,
    /// Over 45 years
    Sparse,
}

#[derive(Debug, Args)]
pub struct PreviewArguments {
    #[command(flatten)]
    pub plan: PlanArguments,

    #[command(flatten)]
    pub connection: ConnectionArguments,

    #[command(flatten)]
    pub accounts: AccountArguments,

    /// Rows to show, at most 100
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub rows: u64,
}

#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The data types: charges, customers, "Balance History", ... (`pinstripe types` lists them);
    /// several are read at the same time
    #[arg(required = true, value_name = "DATA_TYPE")]
    pub data_types: Vec<String>,

    #[command(flatten)]
    pub rows: RowArguments,

    #[command(flatten)]
    pub connection: ConnectionArguments,

    #[command(flatten)]
    pub accounts: AccountArguments,

    /// Name of the data frame [default: the data type's]
    #[arg(long = "as", value_name = "NAME", allow_hyphen_values = true)]
    pub name: Option<String>,

    /// Begin anew, even where an interrupted import of the same could be gone on with
    #[arg(long)]
    pub restart: bool,
}

#[derive(Debug, Args)]
pub struct ShowArguments {
    pub name: String,

    /// Rows to show
    #[arg(long, default_value_t = 10)]
    pub rows: u64,

    /// Columns to show, such as id,amount,billing_details.address.city [default: as many as fit]
    #[arg(long, value_delimiter = ',')]
    pub columns: Vec<String>,
}

#[derive(Debug, Args)]
pub struct SqlArguments {
    /// A query over frames, such as "select currency, sum(amount) from charges group by 1", or over
    /// Stripe itself, such as "select id from stripe.charges where created >= '2026-11-01' limit 20"
    pub query: String,

    #[command(flatten)]
    pub connection: ConnectionArguments,

    #[command(flatten)]
    pub accounts: AccountArguments,

    /// How rows are printed
    #[arg(long, value_enum, default_value_t = RowFormat::Table)]
    pub format: RowFormat,

    /// Keep the rows as a data frame of this name
    #[arg(long, value_name = "NAME", conflicts_with = "save_view", allow_hyphen_values = true)]
    pub save: Option<String>,

    /// Keep the query under this name; it runs whenever it is read
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub save_view: Option<String>,

    /// A data frame of the name may be replaced
    #[arg(long)]
    pub replace: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RowFormat {
    Table,
    Json,
    Csv,
}

#[derive(Debug, Args)]
pub struct ExportArguments {
    pub name: String,

    /// The file; its ending says the format
    #[arg(long = "to", value_name = "FILE")]
    pub file: PathBuf,
}
