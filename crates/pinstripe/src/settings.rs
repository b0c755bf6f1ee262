//! Flags and environment -> settings that are ready to use. Read next: `account.rs`, for how an
//! account is reached.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use pinstripe_catalog::catalog;
use pinstripe_client::Client;
use pinstripe_connections::{Connections, Keeper, Places};
use pinstripe_library::Library;
use pinstripe_query::{AccountChoice, DateRange, PlanRequest, RequestPlan, date_range, plan};
use secrecy::SecretString;

use crate::arguments::{AccountArguments, Arguments, RowArguments};
use crate::failure::Failure;

/// Locks the file of secrets, where there is no keychain.
const PASSPHRASE_VARIABLE: &str = "PINSTRIPE_PASSPHRASE";
/// Names the place for new secrets.
const SECRETS_VARIABLE: &str = "PINSTRIPE_SECRETS";

/// What all commands share.
pub struct Settings {
    library: Option<PathBuf>,
    pub json: bool,
    /// Whether somebody watches: progress is shown, and `demo` stays.
    pub interactive: bool,
}

impl Settings {
    pub fn new(arguments: &Arguments) -> Settings {
        Settings {
            library: arguments.library.clone().filter(|path| !path.as_os_str().is_empty()),
            json: arguments.json,
            interactive: std::io::stderr().is_terminal() && !arguments.json,
        }
    }

    /// The library folder: named, or the platform's data folder.
    pub fn library_path(&self) -> Result<PathBuf, Failure> {
        match &self.library {
            Some(path) => Ok(path.clone()),
            None => Ok(data_folder()?.join("library")),
        }
    }

    /// The demo's library, unless another one is named.
    pub fn demo_library_path(&self) -> Result<PathBuf, Failure> {
        match &self.library {
            Some(path) => Ok(path.clone()),
            None => Ok(data_folder()?.join("demo")),
        }
    }

    pub fn open_library(&self) -> Result<Library, Failure> {
        Ok(Library::open(&self.library_path()?)?)
    }

    /// The connections of the library, where there are any; nothing is made.
    pub fn known_connections(&self) -> Result<Option<Connections>, Failure> {
        let library = self.library_path()?;
        let made = library.join("connections.sqlite").exists();
        if made { self.connections_in(&library).map(Some) } else { Ok(None) }
    }

    /// The connections of the library.
    pub fn connections(&self) -> Result<Connections, Failure> {
        self.connections_in(self.open_library()?.root())
    }

    /// The connections of another library than the usual one: the demo's, say.
    pub fn connections_in(&self, library: &Path) -> Result<Connections, Failure> {
        let passphrase = std::env::var(PASSPHRASE_VARIABLE).unwrap_or_default();
        Ok(Connections::open(Places {
            library: library.to_owned(),
            config: folders()?.config_dir().to_owned(),
            passphrase: Some(passphrase).filter(|text| !text.is_empty()).map(SecretString::from),
            keeper: keeper(&std::env::var(SECRETS_VARIABLE).unwrap_or_default())?,
        })?)
    }
}

fn keeper(wanted: &str) -> Result<Option<Keeper>, Failure> {
    match wanted {
        "" => Ok(None),
        "keychain" => Ok(Some(Keeper::Keychain)),
        "file" => Ok(Some(Keeper::File)),
        other => Err(Failure::user(format!("`{SECRETS_VARIABLE}={other}`: expected keychain or file"))
            .with_hint(format!("{SECRETS_VARIABLE}=file"))),
    }
}

fn data_folder() -> Result<PathBuf, Failure> {
    Ok(folders()?.data_dir().to_owned())
}

fn folders() -> Result<directories::ProjectDirs, Failure> {
    directories::ProjectDirs::from("", "", "pinstripe").ok_or_else(|| {
        Failure::user("this system has no data folder")
            .with_hint("name a folder with --library or PINSTRIPE_LIBRARY")
    })
}

/// A request plan from the flags.
pub fn request_plan(data_type: &str, arguments: &RowArguments) -> Result<RequestPlan, Failure> {
    let now = Timestamp::now();
    let zone = date_range::time_zone(arguments.time_zone.as_deref())?;
    let today = now.to_zoned(zone).date();
    let date_range = match (&arguments.after, &arguments.last, &arguments.between) {
        (Some(date), _, _) => DateRange::parse_after(date, today)?,
        (_, Some(last), _) => DateRange::parse_last(last)?,
        (_, _, Some(dates)) => match dates.as_slice() {
            [from, to] => DateRange::parse_between(from, to, today)?,
            _ => {
                return Err(
                    Failure::user("`--between` takes two dates").with_hint("--between 2026-01-01 2026-01-31")
                );
            }
        },
        _ => DateRange::All,
    };
    let request = PlanRequest {
        data_type,
        date_range,
        date_field: arguments.date_field.as_deref(),
        time_zone: arguments.time_zone.as_deref(),
        query: &arguments.query,
        search: arguments.search,
        left_out: &arguments.leave_out,
        accounts: None,
    };
    Ok(plan(catalog(), &request, now)?)
}

/// The accounts of a platform that were named.
pub fn accounts(arguments: &AccountArguments) -> Result<Option<AccountChoice>, Failure> {
    Ok(AccountChoice::parse(&arguments.accounts)?)
}

/// A client of the one account that was named, or of the key's own.
pub fn client_of_account(client: Client, arguments: &AccountArguments) -> Result<Client, Failure> {
    let choice = accounts(arguments)?;
    let only = choice.as_ref().map(AccountChoice::only).transpose()?.flatten();
    Ok(only.map_or_else(|| client.clone(), |only| client.for_account(only)))
}
