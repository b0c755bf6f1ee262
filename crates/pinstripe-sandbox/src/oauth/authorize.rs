//! The authorize URL: checks what is asked, shows the consent page, and sends the browser back with the answer.
//!
//! Nothing is sent to a redirect URI that is not registered. What the page sends back is only an id, a choice and a
//! decision; the rest is held here. Read next: `page.rs`, `grants.rs`.

use super::grants::{Pending, Scope};
use super::{OAuthServer, json_answer, page};
use crate::accounts::Party;
use crate::answer::Answer;
use crate::config::is_loopback;
use crate::error::ApiError;
use crate::params::{Params, encode};
use crate::state::{State, lock};
use std::time::Duration;

/// Whether a redirect URI can be registered: live mode takes HTTPS only, an app HTTPS or, in test mode, loopback.
pub fn allowed(server: OAuthServer, livemode: bool, uri: &str) -> bool {
    uri.starts_with("https://") || (!livemode && (server == OAuthServer::Connect || is_loopback(uri)))
}

enum Refusal {
    /// Shown where the browser is, for want of a place to send it to.
    Here(String),
    /// Sent to the redirect URI.
    Back { redirect: String, state: Option<String>, error: &'static str, description: &'static str },
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Refusal::Here(error.message)
    }
}

pub fn ask(state: &State, server: OAuthServer, params: &Params) -> Answer {
    let pending = match question(state, server, params) {
        Ok(pending) => pending,
        Err(Refusal::Here(message)) => {
            return json_answer(400, &serde_json::json!({"error": {"message": message}}));
        }
        Err(Refusal::Back { redirect, state, error, description }) => {
            return back(
                &redirect,
                &[("error", error), ("error_description", description)],
                state.as_deref(),
            );
        }
    };
    let id = lock(&state.oauth.grants).open(pending.clone(), state.oauth.now());
    Answer::page(200, page::consent(state, &pending, &id, &offered(state, server)))
}

/// The accounts that can be chosen: a platform is joined by others, an app can be installed by its owner as well.
fn offered(state: &State, server: OAuthServer) -> Vec<Party> {
    let own = (server == OAuthServer::App).then_some(Party::Own);
    own.into_iter().chain((0..state.config.accounts).map(Party::Connected)).collect()
}

fn question(state: &State, server: OAuthServer, params: &Params) -> Result<Pending, Refusal> {
    let client = state.client(server);
    if params.text("client_id")? != Some(client.client_id.as_str()) {
        return Err(Refusal::Here("No application matches the supplied client identifier".to_owned()));
    }
    let redirect = redirect(state, &client.redirect_uris, params.text("redirect_uri")?)?;
    let echoed = params.text("state")?.map(str::to_owned);
    let refuse = |error, description| {
        Err(Refusal::Back { redirect: redirect.clone(), state: echoed.clone(), error, description })
    };
    match (server, params.text("response_type")?) {
        (_, Some("code")) | (OAuthServer::App, None) => {}
        (_, None) => return refuse("invalid_request", "Missing required parameter: response_type"),
        _ => return refuse("unsupported_response_type", "The only response type supported is code"),
    }
    let scope = match (server, params.text("scope")?) {
        (OAuthServer::App, _) => Scope::StripeApps,
        (OAuthServer::Connect, None) if !state.config.connect_read_only => Scope::ReadWrite,
        (OAuthServer::Connect, None) => Scope::ReadOnly,
        (OAuthServer::Connect, Some(name)) => match Scope::of_connect(name) {
            Some(Scope::ReadOnly) if !state.config.connect_read_only => {
                return refuse("invalid_scope", "This application may only request the scope read_write");
            }
            Some(scope) => scope,
            None => return refuse("invalid_scope", "The scope must be read_only or read_write"),
        },
    };
    Ok(Pending { server, redirect, state: echoed, scope })
}

/// Exactly one of the registered ones, or the first.
fn redirect(state: &State, registered: &[String], wanted: Option<&str>) -> Result<String, Refusal> {
    let Some(wanted) = wanted else {
        let first = registered.first().cloned();
        return first
            .ok_or_else(|| Refusal::Here("No redirect URI is registered for this application.".to_owned()));
    };
    if state.config.livemode && !wanted.starts_with("https://") {
        return Err(Refusal::Here("Livemode requests must always be redirected via HTTPS.".to_owned()));
    }
    if !registered.iter().any(|known| known == wanted) {
        return Err(Refusal::Here(format!(
            "Invalid redirect URI '{wanted}'. Ensure this uri exactly matches one of the uris specified in your \
             application settings"
        )));
    }
    Ok(wanted.to_owned())
}

/// What the consent page's form sends.
pub fn decide(state: &State, server: OAuthServer, params: &Params) -> Answer {
    let text = |name: &str| params.text(name).ok().flatten().unwrap_or_default();
    let now = state.oauth.now();
    let closed = lock(&state.oauth.grants).close(text("request"), now);
    let Some(pending) = closed.filter(|pending| pending.server == server) else {
        return Answer::page(400, page::stale());
    };
    let echoed = pending.state.as_deref();
    match text("decision") {
        "deny" => {
            let denied = [("error", "access_denied"), ("error_description", "The user denied your request")];
            back(&pending.redirect, &denied, echoed)
        }
        "connect" => {
            let account = text("account");
            let party = state.party(account).filter(|party| offered(state, server).contains(party));
            let Some(party) = party else { return Answer::page(400, page::stale()) };
            if server == OAuthServer::Connect {
                // Who had left the platform joins it again.
                state.restore_account(account);
            }
            let until = now + Duration::from_secs(state.config.oauth_code_seconds);
            let code = lock(&state.oauth.grants).issue_code(&pending, party, until);
            back(&pending.redirect, &[("scope", pending.scope.name()), ("code", &code)], echoed)
        }
        _ => Answer::page(400, page::stale()),
    }
}

fn back(redirect: &str, pairs: &[(&str, &str)], state: Option<&str>) -> Answer {
    let mut url = redirect.to_owned();
    let pairs = pairs.iter().copied().chain(state.map(|state| ("state", state)));
    for (name, value) in pairs {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        url.push_str(&encode(value));
    }
    Answer { extra: vec![("location", url)], ..Answer::page(303, String::new()) }
}
