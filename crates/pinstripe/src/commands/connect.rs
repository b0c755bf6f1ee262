//! `pinstripe connect`: a key or an OAuth grant becomes a connection. The key page of Stripe opens with
//! the permissions filled in, the key is pasted unseen, tried, and put away.
//!
//! Read next: `oauth_app.rs` for the team's own platform or app, `connections.rs` for what comes after.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use pinstripe_catalog::{DataType, catalog};
use pinstripe_client::ApiBase;
use pinstripe_connections::connections::NewSecret;
use pinstripe_connections::key_page::{key_page, permissions};
use pinstripe_connections::oauth::redirect::ANSWER_WITHIN;
use pinstripe_connections::oauth::{Code, Listening, OAuthKind};
use pinstripe_connections::{ConnectionError, ConnectionRecord, Connections, Tried};
use serde_json::json;

use crate::account::{api_base, read_key, server_of};
use crate::arguments::{ConnectArguments, OauthChoice};
use crate::commands::connections::{as_json, said, say_access};
use crate::commands::workbench::has_screen;
use crate::failure::Failure;
use crate::report;
use crate::settings::Settings;

pub async fn run(arguments: &ConnectArguments, settings: &Settings) -> Result<(), Failure> {
    let data_types = data_types(&arguments.data_types, arguments.all_types)?;
    let connections = settings.connections()?;
    let name = connections.check_name(&arguments.name, arguments.replace)?;
    // Before anybody is asked for a key: one of an existing connection goes to that one's server.
    let named = arguments.api_base.as_deref();
    let old = arguments.replace.then(|| connections.find(&name)).transpose()?;
    let (secret, server) = match arguments.oauth {
        None => {
            let server = old.as_ref().map_or_else(|| api_base(named), |old| server_of(old, named))?;
            (key(arguments, settings, &server, &data_types)?, server)
        }
        Some(choice) => grant(arguments, settings, &connections, choice.kind(), old.as_ref()).await?,
    };
    let tried = tried(arguments, &connections, &server, &secret, &data_types).await?;
    let record = match &old {
        Some(old) => connections.replace(old, &secret, tried.as_ref())?,
        None => connections.add(&name, &server, &secret, tried.as_ref())?,
    };
    if settings.json {
        let mut document = as_json(&record);
        document["protection"] = json!(connections.protection(&record));
        return report::json(&document);
    }
    report::data(&said(&record));
    if let Some(tried) = &tried {
        say_access(&tried.access);
        warn_of(tried);
    }
    report::talk(&connections.protection(&record));
    if record.may_write {
        report::talk(&format!(
            "warning: this key may change things at Stripe, and pinstripe only reads: a restricted key is safer, {}",
            key_page("pinstripe", record.live, data_types.iter().copied())
        ));
    }
    Ok(())
}

/// What the key can read. A grant that cannot be tried now is kept all the same: its owner would have
/// to be asked again.
async fn tried(
    arguments: &ConnectArguments,
    connections: &Connections,
    server: &ApiBase,
    secret: &NewSecret,
    data_types: &[&DataType],
) -> Result<Option<Tried>, Failure> {
    if arguments.no_test {
        return Ok(None);
    }
    match connections.try_new(server, &secret.key()?, data_types).await {
        Ok(tried) => Ok(Some(tried)),
        Err(error) if arguments.oauth.is_some() => {
            report::talk(&format!("warning: the grant is kept, and could not be tried: {error}"));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn warn_of(tried: &Tried) {
    if tried.readable() == 0 {
        report::talk("warning: the key can read none of these data types");
    }
}

impl OauthChoice {
    pub fn kind(self) -> OAuthKind {
        match self {
            OauthChoice::Connect => OAuthKind::Connect,
            OauthChoice::App => OAuthKind::App,
        }
    }
}

/// The data types that were named, or the ten best known.
pub fn data_types(named: &[String], all: bool) -> Result<Vec<&'static DataType>, Failure> {
    // A key in the wrong place is said, and not repeated.
    if named.iter().any(|text| looks_like_a_key(text)) {
        return Err(Failure::user(
            "a key was given as an argument, where other users and the shell's history see it",
        )
        .with_hint("make a new key at https://dashboard.stripe.com/apikeys, and paste it when asked"));
    }
    match (named, all) {
        ([], true) => Ok(catalog().data_types.iter().collect()),
        ([], false) => Ok(catalog().featured().collect()),
        (named, _) => named
            .iter()
            .map(|name| {
                catalog().data_type(name).map_err(|unknown| {
                    let failure = Failure::user(format!("`{}` is no data type", unknown.name));
                    failure.with_hint(match unknown.nearest.first() {
                        Some(nearest) => format!("did you mean `{nearest}`?"),
                        None => "pinstripe types".to_owned(),
                    })
                })
            })
            .collect(),
    }
}

fn looks_like_a_key(text: &str) -> bool {
    ["sk_", "rk_", "pk_", "rkcs_", "whsec_"].iter().any(|beginning| text.starts_with(beginning))
}

/// Leads to the page that makes a key, and reads the key.
fn key(
    arguments: &ConnectArguments,
    settings: &Settings,
    server: &ApiBase,
    data_types: &[&DataType],
) -> Result<NewSecret, Failure> {
    let page = key_page("pinstripe", !arguments.test_mode, data_types.iter().copied());
    if std::io::stdin().is_terminal() && server.is_stripe() {
        report::talk(&format!(
            "make a restricted key here, with {} read permissions filled in:\n\n  {page}\n",
            permissions(data_types.iter().copied()).len()
        ));
        if !arguments.no_open && !settings.json && has_screen() {
            // Whoever has no browser has the address.
            let _ = open::that_detached(&page);
        }
    }
    read_key("paste the key (it is not shown), then press Enter:").map(NewSecret::Key)
}

/// Asks a person for consent, and exchanges the answer.
async fn grant(
    arguments: &ConnectArguments,
    settings: &Settings,
    connections: &Connections,
    kind: OAuthKind,
    old: Option<&ConnectionRecord>,
) -> Result<(NewSecret, ApiBase), Failure> {
    let (app, consent) = connections.begin_grant(kind).await?;
    let server = match old {
        Some(old) => server_of(old, Some(&app.api_base))?,
        None => ApiBase::parse(&app.api_base)?,
    };
    let consent = Arc::new(consent);
    // The port is taken before anybody is sent away.
    let listening = match app.comes_back_here() {
        true => Some(Listening::new(&app).await.map_err(ConnectionError::from)?),
        false => None,
    };
    report::talk(&format!("allow the access here:\n\n  {}\n", consent.address));
    if !arguments.no_open && !settings.json && has_screen() {
        let _ = open::that_detached(consent.address.as_str());
    }
    let code: Result<Code, _> = match listening {
        Some(listening) => {
            report::talk("waiting for Stripe's answer; Ctrl-C gives up");
            listening.answer(consent, ANSWER_WITHIN).await
        }
        None => consent.pasted(&pasted()?),
    };
    let code = code.map_err(ConnectionError::from)?;
    let secret = connections.end_grant(kind, &code).await?;
    report::talk("Authorized");
    Ok((secret, server))
}

/// The code works once and for minutes, so it is no secret worth hiding from the terminal.
fn pasted() -> Result<String, Failure> {
    report::talk(
        "then paste the address of the page that Stripe leads to, or the code on it, and press Enter:",
    );
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::user(format!("no code could be read: {error}")))?;
    Ok(line)
}
