//! What can be typed about connections: clap types only, no behaviour.

use clap::{Args, Subcommand, ValueEnum};

use super::ConnectionArguments;

#[derive(Debug, Args)]
pub struct ConnectArguments {
    /// The name people will know the connection by
    pub name: String,

    /// Data types that the key is to read [default: the ten best known]; the key is tried for each
    #[arg(value_name = "DATA_TYPE")]
    pub data_types: Vec<String>,

    /// Every data type there is
    #[arg(long, conflicts_with = "data_types")]
    pub all_types: bool,

    /// Open the key page of test mode
    #[arg(long)]
    pub test_mode: bool,

    /// Give a connection that exists a new key; data frames go on with it
    #[arg(long)]
    pub replace: bool,

    /// Ask for a grant with the team's own platform or app (`pinstripe oauth-app`)
    #[arg(long, value_enum, value_name = "KIND")]
    pub oauth: Option<OauthChoice>,

    /// Keep the key without trying it
    #[arg(long)]
    pub no_test: bool,

    /// Open no browser: only print the address
    #[arg(long)]
    pub no_open: bool,

    /// Stripe's API, or a server that answers like it [default: https://api.stripe.com]
    #[arg(long, env = "STRIPE_API_BASE", value_name = "URL")]
    pub api_base: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OauthChoice {
    /// A Connect platform
    Connect,
    /// A Stripe App
    App,
}

#[derive(Debug, Args)]
pub struct ConnectionsArguments {
    #[command(subcommand)]
    pub action: Option<ConnectionsAction>,
}

#[derive(Debug, Subcommand)]
pub enum ConnectionsAction {
    /// Try a connection: what it can read, data type by data type
    Test {
        name: String,
        #[arg(value_name = "DATA_TYPE")]
        data_types: Vec<String>,
        /// Every data type there is
        #[arg(long, conflicts_with = "data_types")]
        all_types: bool,
    },
    /// Give a connection another name
    Rename { name: String, new_name: String },
    /// Forget a connection and its key; data frames stay
    Remove {
        name: String,
        /// Also when data frames use it
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub struct OauthAppArguments {
    /// Which of Stripe's two
    #[arg(value_enum)]
    pub kind: OauthChoice,

    /// The client id, ca_...; the secret key is pasted or comes on stdin
    #[arg(long, value_name = "CA", required_unless_present = "remove")]
    pub client_id: Option<String>,

    /// The address registered with Stripe; https is needed for live data, and the code is then pasted
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8765/oauth/callback")]
    pub redirect_uri: String,

    /// Forget it
    #[arg(long, conflicts_with = "client_id")]
    pub remove: bool,

    /// Stripe's API, or a server that answers like it [default: https://api.stripe.com]
    #[arg(long, env = "STRIPE_API_BASE", value_name = "URL")]
    pub api_base: Option<String>,

    /// Another server than Stripe's for the consent page and Connect's tokens
    #[arg(long, env = "STRIPE_CONNECT_BASE", value_name = "URL")]
    pub connect_base: Option<String>,
}

#[derive(Debug, Args)]
pub struct DoctorArguments {
    #[command(flatten)]
    pub connection: ConnectionArguments,
}
