//! The token endpoints: a code or a refresh token becomes an access token; and deauthorizing.
//!
//! Only the secret key of the account that owns the platform or the app is let in. The answer never says when a token
//! ends, as Stripe's does not. Read next: `grants.rs`.

use axum::http::HeaderMap;
use serde_json::json;

use super::grants::{Issued, Scope};
use super::{FlatError, OAuthServer, json_answer};
use crate::answer::Answer;
use crate::auth::{key_in, mask};
use crate::params::Params;
use crate::state::{State, lock};

pub fn token(
    state: &State,
    server: OAuthServer,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Answer, FlatError> {
    authenticate(state, server, headers, params)?;
    let (now, last) = (state.oauth.now(), state.lifetimes(server));
    let issued = match text(params, "grant_type")? {
        None => return Err(FlatError::request("No grant type specified")),
        Some("authorization_code") => {
            let code = required(params, "code")?;
            lock(&state.oauth.grants).exchange(server, code, now, last)?
        }
        Some("refresh_token") => {
            let token = required(params, "refresh_token")?;
            let scope = wanted_scope(server, params)?;
            lock(&state.oauth.grants).renew(server, token, scope, now, last)?
        }
        Some(other) => {
            let description = format!("Unsupported grant type: {other}");
            return Err(FlatError::new(400, "unsupported_grant_type", description));
        }
    };
    let Issued { access, refresh, publishable, party, scope } = issued;
    Ok(json_answer(
        200,
        &json!({
            "access_token": access,
            "livemode": state.config.livemode,
            "refresh_token": refresh,
            "scope": scope.name(),
            "stripe_publishable_key": publishable,
            "stripe_user_id": state.account_id(party),
            "token_type": "bearer",
        }),
    ))
}

pub fn deauthorize(
    state: &State,
    server: OAuthServer,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Answer, FlatError> {
    authenticate(state, server, headers, params)?;
    required(params, "client_id")?;
    let account = required(params, "stripe_user_id")?;
    if !state.revoke_grant(server, account) {
        return Err(FlatError::client(format!(
            "This application is not connected to stripe account {account}, or that account does not exist."
        )));
    }
    Ok(json_answer(200, &json!({"stripe_user_id": account})))
}

fn text<'a>(params: &'a Params, name: &str) -> Result<Option<&'a str>, FlatError> {
    params.text(name).map_err(|error| FlatError::request(error.message))
}

fn required<'a>(params: &'a Params, name: &str) -> Result<&'a str, FlatError> {
    text(params, name)?
        .filter(|value| !value.is_empty())
        .ok_or_else(|| FlatError::request(format!("Missing required parameter: {name}")))
}

/// Apps have no scopes to choose from.
fn wanted_scope(server: OAuthServer, params: &Params) -> Result<Option<Scope>, FlatError> {
    match (server, text(params, "scope")?) {
        (OAuthServer::App, _) | (_, None) => Ok(None),
        (OAuthServer::Connect, Some(name)) => Scope::of_connect(name)
            .map(Some)
            .ok_or_else(|| FlatError::new(400, "invalid_scope", "The scope must be read_only or read_write")),
    }
}

fn authenticate(
    state: &State,
    server: OAuthServer,
    headers: &HeaderMap,
    params: &Params,
) -> Result<(), FlatError> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok());
    let in_form = match server {
        OAuthServer::Connect => text(params, "client_secret")?.map(str::to_owned),
        OAuthServer::App => None,
    };
    let Some(key) = header.and_then(key_in).filter(|key| !key.is_empty()).or(in_form) else {
        return Err(FlatError::client(match server {
            OAuthServer::Connect => {
                "No authentication was provided. Send your secret API key using the Authorization header, or as a \
                 client_secret POST parameter."
            }
            OAuthServer::App => {
                "No authentication was provided. Send your secret API key using the Authorization header."
            }
        }));
    };
    if key != state.keys.secret {
        return Err(wrong_key(state, &key));
    }
    let client_id = text(params, "client_id")?;
    match client_id.filter(|id| *id != state.client(server).client_id) {
        Some(other) => Err(FlatError::client(format!("No such application: '{other}'"))),
        None => Ok(()),
    }
}

fn wrong_key(state: &State, key: &str) -> FlatError {
    let (own, other) = if state.config.livemode { ("live", "test") } else { ("test", "live") };
    if key.starts_with(&format!("sk_{other}_")) {
        return FlatError::grant(format!(
            "This was granted in {own} mode, but a {other} mode key was used to make this request."
        ));
    }
    if state.caller(Some(&format!("Bearer {key}"))).is_ok() {
        return FlatError::client(
            "The provided key does not have the required permissions. Use the secret key of the account that owns the \
             application, not a restricted key or an access token.",
        );
    }
    FlatError::client(format!("Invalid API Key provided: {}", mask(key)))
}
