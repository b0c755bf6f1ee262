//! One file a command. Each takes its arguments and the settings, calls the libraries, and prints
//! through `report`.

mod connect;
mod connections;
mod demo;
mod describe;
mod doctor;
mod export;
mod frames;
mod history;
mod import;
mod oauth_app;
mod plan;
mod preview;
mod remove;
mod rename;
mod restore;
mod sandbox;
mod show;
mod sql;
mod summary;
mod types;
mod workbench;

use crate::arguments::Command;
use crate::failure::Failure;
use crate::settings::Settings;

pub async fn run(command: &Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Workbench(arguments) => workbench::run(arguments, settings).await,
        Command::Demo(arguments) => demo::run(arguments, settings).await,
        Command::Sandbox(arguments) => sandbox::run(arguments, settings).await,
        Command::Connect(arguments) => connect::run(arguments, settings).await,
        Command::Connections(arguments) => connections::run(arguments, settings).await,
        Command::OauthApp(arguments) => oauth_app::run(arguments, settings),
        Command::Doctor(arguments) => doctor::run(arguments, settings).await,
        Command::Types => types::run(settings),
        Command::Describe { data_type } => describe::run(data_type, settings),
        Command::Plan(arguments) => plan::run(arguments, settings),
        Command::Preview(arguments) => preview::run(arguments, settings).await,
        Command::Import(arguments) => import::run(arguments, settings).await,
        Command::Frames => frames::run(settings),
        Command::Show(arguments) => show::run(arguments, settings).await,
        Command::Summary { name } => summary::run(name, settings).await,
        Command::Sql(arguments) => sql::run(arguments, settings).await,
        Command::Export(arguments) => export::run(arguments, settings).await,
        Command::Rename { name, new_name } => rename::run(name, new_name, settings),
        Command::Remove { name } => remove::run(name, settings),
        Command::History { name: Some(name), versions: true } => history::versions(name, settings).await,
        Command::History { name, .. } => history::run(name.as_deref(), settings),
        Command::Restore { name, to_version } => restore::run(name, *to_version, settings).await,
    }
}
