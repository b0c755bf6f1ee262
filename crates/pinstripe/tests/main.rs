//! The command line as its users meet it: the built program, run against a sandbox in this process.
//!
//! Nothing of the program is linked here; what it prints, leaves on disk and asks of the server is
//! all that is looked at. Read next: `cli/harness.rs`.

#![allow(clippy::unwrap_used)]

mod cli {
    mod accounts;
    mod at_once;
    mod bad_dates;
    mod bad_input;
    mod bad_sql;
    mod business;
    mod changes_while_paging;
    mod connections;
    mod crooked_pages;
    mod data_types;
    mod exports;
    mod first_steps;
    mod frames;
    mod harness;
    mod hostile_text;
    mod import_faults;
    mod impostors;
    mod json_report;
    mod kept_queries;
    mod left_out;
    mod library_folder;
    mod objects;
    mod other_lists;
    mod raw_http;
    mod resuming;
    mod server_failures;
    #[cfg(unix)]
    mod stopping;
    #[cfg(unix)]
    mod workbench;
}
