//! How a command reaches an account: a kept connection that is named, the key in the environment, or
//! the only connection there is. A key never comes from a flag: arguments are seen by every user of a
//! machine, and shells remember them.

use std::io::{IsTerminal, Read};

use pinstripe_client::{ApiBase, ApiKey, Client, ClientError, ClientOptions, MaxRate};
use pinstripe_connections::{ConnectionError, ConnectionRecord, Connections};

use crate::arguments::ConnectionArguments;
use crate::failure::Failure;
use crate::report;
use crate::settings::Settings;

/// Holds a key that is kept nowhere, and names the connection that it makes.
pub const KEY_VARIABLE: &str = "STRIPE_API_KEY";
/// No key is longer.
const KEY_BYTES_MAX: u64 = 4096;

/// An account that can be reached.
pub struct Reached {
    pub client: Client,
    /// The name people know the connection by.
    pub connection: String,
}

/// The server that was named, or Stripe.
pub fn api_base(named: Option<&str>) -> Result<ApiBase, Failure> {
    match named {
        Some(text) => Ok(ApiBase::parse(text)?),
        None => Ok(ApiBase::stripe()),
    }
}

/// The server of a kept connection, which no other may be named beside: its key is sent there alone.
pub fn server_of(record: &ConnectionRecord, named: Option<&str>) -> Result<ApiBase, Failure> {
    let server = ApiBase::parse(&record.api_base)?;
    match named.map(ApiBase::parse).transpose()? {
        Some(found) if found != server => {
            let (name, server, found) = (record.name.clone(), server.to_string(), found.to_string());
            Err(ConnectionError::OtherServer { name, server, found }.into())
        }
        _ => Ok(server),
    }
}

/// The client that the flags and the environment name.
pub fn client(arguments: &ConnectionArguments, settings: &Settings) -> Result<Client, Failure> {
    Ok(reached(arguments, settings)?.client)
}

pub fn reached(arguments: &ConnectionArguments, settings: &Settings) -> Result<Reached, Failure> {
    let max_rate = max_rate(arguments)?;
    let named = arguments.connection.as_deref().filter(|name| !name.is_empty() && *name != KEY_VARIABLE);
    if let Some(name) = named {
        // A name that nobody has makes no library.
        let Some(connections) = settings.known_connections()? else {
            return Err(ConnectionError::Unknown { name: name.to_owned(), known: Vec::new() }.into());
        };
        return kept(&connections, name, arguments, max_rate);
    }
    let key = std::env::var(KEY_VARIABLE).unwrap_or_default();
    if !key.trim().is_empty() || arguments.connection.as_deref() == Some(KEY_VARIABLE) {
        let mut options = ClientOptions::new(api_base(arguments.api_base.as_deref())?, ApiKey::parse(&key)?);
        options.max_rate = max_rate;
        return Ok(Reached { client: Client::new(options)?, connection: KEY_VARIABLE.to_owned() });
    }
    // A wrong address is told before a missing key.
    api_base(arguments.api_base.as_deref())?;
    let Some(connections) = settings.known_connections()? else {
        return Err(ClientError::KeyMissing.into());
    };
    match connections.only()? {
        Some(only) => kept(&connections, &only.id, arguments, max_rate),
        None => Err(ClientError::KeyMissing.into()),
    }
}

fn kept(
    connections: &Connections,
    name: &str,
    arguments: &ConnectionArguments,
    max_rate: MaxRate,
) -> Result<Reached, Failure> {
    let record = connections.find(name)?;
    server_of(&record, arguments.api_base.as_deref())?;
    let client = Client::new(connections.options(&record, max_rate)?)?;
    Ok(Reached { client, connection: record.name })
}

/// Reads a key: hidden from a terminal, else the first line of stdin.
pub fn read_key(prompt: &str) -> Result<ApiKey, Failure> {
    let unread = |error: std::io::Error| {
        Failure::user(format!("no key could be read: {error}"))
            .with_hint("pass it on stdin, for example from a password manager: ... | pinstripe connect NAME")
    };
    let text = if std::io::stdin().is_terminal() {
        report::talk(prompt);
        rpassword::read_password().map_err(unread)?
    } else {
        let mut text = String::new();
        std::io::stdin().take(KEY_BYTES_MAX).read_to_string(&mut text).map_err(unread)?;
        text.lines().next().unwrap_or_default().to_owned()
    };
    let text = secrecy::zeroize::Zeroizing::new(text);
    if text.trim().is_empty() {
        return Err(Failure::user("no key was given")
            .with_hint("paste it when asked, or pass it on stdin; never as an argument"));
    }
    Ok(ApiKey::parse(&text)?)
}

pub fn max_rate(arguments: &ConnectionArguments) -> Result<MaxRate, Failure> {
    let rates = [("--max-rate", arguments.max_rate), ("--max-endpoint-rate", arguments.max_endpoint_rate)];
    for (flag, rate) in rates {
        if let Some(rate) = rate.filter(|rate| !rate.is_finite() || *rate <= 0.0) {
            return Err(Failure::user(format!(
                "`{flag} {rate}`: expected a number of requests a second above 0"
            ))
            .with_hint(format!("{flag} 25")));
        }
    }
    let percent = arguments.headroom.unwrap_or(0.0);
    if !(0.0..=90.0).contains(&percent) {
        return Err(Failure::user(format!("`--headroom {percent}`: expected a percentage from 0 to 90"))
            .with_hint("--headroom 20"));
    }
    Ok(MaxRate {
        account_per_second: arguments.max_rate,
        endpoint_per_second: arguments.max_endpoint_rate,
        headroom: percent / 100.0,
    })
}
