//! `pinstripe workbench`, and `pinstripe` alone: the page in the browser, until it is stopped.

use std::io::IsTerminal;
use std::sync::Arc;

use pinstripe_import::CancellationToken;
use pinstripe_library::Library;
use pinstripe_workbench::serve::{listen, serve};
use pinstripe_workbench::{Accounts, Setup, Workbench};
use serde_json::json;
use tokio::net::TcpListener;

use pinstripe_client::Client;

use crate::account::{KEY_VARIABLE, api_base, client, max_rate};
use crate::arguments::{ConnectionArguments, PageArguments, WorkbenchArguments};
use crate::commands::import::stop_on_ctrl_c;
use crate::commands::sandbox::starter;
use crate::failure::Failure;
use crate::report;
use crate::settings::Settings;

pub async fn run(arguments: &WorkbenchArguments, settings: &Settings) -> Result<(), Failure> {
    let library = Arc::new(settings.open_library()?);
    let accounts = Accounts {
        api_base: api_base(arguments.connection.api_base.as_deref())?,
        environment: environment(&arguments.connection, settings),
        stored: settings.connections_in(library.root())?,
        max_rate: max_rate(&arguments.connection)?,
        start_sandbox: Some(starter()),
        sandbox: None,
    };
    let opened = Opened::new(&arguments.page, settings, library, false, accounts).await?;
    opened.say(&arguments.page, settings)?;
    let cancel = CancellationToken::new();
    stop_on_ctrl_c(&cancel);
    opened.serve(cancel).await
}

/// The connection of the key in the environment. One that is of no use is said, and is no reason not
/// to open the page.
fn environment(arguments: &ConnectionArguments, settings: &Settings) -> Option<(String, Client)> {
    std::env::var_os(KEY_VARIABLE).filter(|key| !key.is_empty())?;
    // Another connection was named: it is in the list of its own.
    arguments.connection.as_deref().is_none_or(|name| name == KEY_VARIABLE).then_some(())?;
    match client(arguments, settings) {
        Ok(client) => Some((KEY_VARIABLE.to_owned(), client)),
        Err(failure) => {
            report::talk(&format!("note: {KEY_VARIABLE} is not used: {}", failure.message));
            None
        }
    }
}

/// A workbench with its socket.
pub struct Opened {
    workbench: Arc<Workbench>,
    listener: TcpListener,
}

impl Opened {
    pub async fn new(
        page: &PageArguments,
        settings: &Settings,
        library: Arc<Library>,
        demo: bool,
        accounts: Accounts,
    ) -> Result<Opened, Failure> {
        let (listener, port) = listen(page.port).await?;
        if settings.interactive && page.port.is_none() && port != pinstripe_workbench::serve::DEFAULT_PORT {
            report::talk(&format!(
                "port {} is taken, this is {port}",
                pinstripe_workbench::serve::DEFAULT_PORT
            ));
        }
        let workbench = Workbench::new(Setup { library, port, demo, accounts });
        Ok(Opened { workbench, listener })
    }

    /// Prints the address, and opens it where somebody sits before a screen.
    pub fn say(&self, page: &PageArguments, settings: &Settings) -> Result<(), Failure> {
        let address = self.workbench.address();
        if settings.json {
            report::json(&json!({"address": address}))?;
        } else {
            report::data(&address);
            report::talk("the workbench answers at this address, on this machine alone; Ctrl-C ends it");
        }
        if !page.no_open && !settings.json && has_screen() {
            // Whoever has no browser has the address.
            if let Err(error) = open::that_detached(&address) {
                tracing::warn!(%error, "no browser could be opened");
            }
        }
        Ok(())
    }

    /// Serves until it is cancelled; then imports under way are stopped in order.
    pub async fn serve(self, cancel: CancellationToken) -> Result<(), Failure> {
        let served = serve(self.listener, Arc::clone(&self.workbench), cancel.cancelled_owned()).await;
        self.workbench.stop_imports().await;
        served
    }
}

/// Whether a person at a terminal would see a browser.
pub fn has_screen() -> bool {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    std::io::stdout().is_terminal() && (display || cfg!(any(windows, target_os = "macos")))
}
