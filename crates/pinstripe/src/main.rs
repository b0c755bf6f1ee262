//! The command line. It parses, settles the settings, calls one command, and says what went wrong;
//! everything else is in the libraries.
//!
//! Read next: `arguments.rs` (what can be typed), `settings.rs` (flags and environment), `account.rs` (how Stripe is reached),
//! `commands/` (one file a command), `report.rs` (all printing), `failure.rs` (errors and exit codes).

mod account;
mod arguments;
mod commands;
mod failure;
mod progress_bar;
mod report;
mod settings;
mod table;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::Arguments;
use settings::Settings;

fn main() -> ExitCode {
    let mut arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            // Help and version are answers; everything else is the user's to mend.
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(1),
            };
        }
    };
    log_to_stderr(arguments.verbose);
    leave_no_crash_dump();
    let settings = Settings::new(&arguments);
    let command = arguments.command();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(commands::run(&command, &settings));
            // A blocking write that hangs must not keep a stopped program alive.
            runtime.shutdown_timeout(std::time::Duration::from_millis(500));
            outcome
        }
        Err(error) => Err(failure::Failure::internal(format!("the runtime cannot start: {error}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report::failure(&failure, settings.json);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// A crash dump would hold the keys that are in memory (promise 7).
fn leave_no_crash_dump() {
    #[cfg(unix)]
    if let Err(error) = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0) {
        tracing::warn!(%error, "crash dumps cannot be turned off");
    }
}

fn log_to_stderr(verbose: u8) {
    let default = match verbose {
        // What goes wrong in the parts we build on reaches the user as the cause of our own error.
        0 => {
            "off,pinstripe_import=error,pinstripe_client=error,pinstripe_library=error,pinstripe_workbench=error"
        }
        1 => {
            "pinstripe_import=info,pinstripe_client=info,pinstripe_library=info,pinstripe_workbench=info,warn"
        }
        _ => {
            "pinstripe_import=debug,pinstripe_client=debug,pinstripe_library=debug,pinstripe_workbench=debug,info"
        }
    };
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("PINSTRIPE_LOG").unwrap_or_else(|_| default.into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
}
