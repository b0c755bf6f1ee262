//! Control requests about who may ask: connected accounts that withdraw, grants that end, tokens that grow old.
//!
//! `POST accounts/{id}/revoke` (`{"still_listed": true}`), `POST accounts/{id}/restore`, `POST oauth/revoke`
//! (`{"server": "app", "account": "acct_..."}`), `POST oauth/expire` (the same members and `"refresh": true`, all
//! optional), `POST oauth/advance` (`{"seconds": 3600}`). It answers no tokens. Read next: `../accounts.rs`, `../oauth.rs`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::oauth::OAuthServer;
use crate::state::State;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    #[serde(default)]
    still_listed: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    server: OAuthServer,
    account: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expire {
    server: Option<OAuthServer>,
    account: Option<String>,
    #[serde(default)]
    refresh: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

/// An empty body is an empty object.
fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| format!("expected JSON: {error}"))
}

/// Carries out a request, or `None` where there is no such path.
pub fn change(state: &State, path: &str, body: &[u8]) -> Option<Result<Value, String>> {
    Some(match path.split('/').collect::<Vec<_>>().as_slice() {
        ["accounts", id, "revoke"] => read::<Revoke>(body).and_then(|revoke| {
            let known = state.revoke_account(id, revoke.still_listed);
            changed(known, &format!("a connected account, found `{id}`"))
        }),
        ["accounts", id, "restore"] => {
            changed(state.restore_account(id), &format!("a connected account, found `{id}`"))
        }
        ["oauth", "revoke"] => read::<Grant>(body).and_then(|grant| {
            let known = state.revoke_grant(grant.server, &grant.account);
            changed(known, &format!("an account with a grant, found `{}`", grant.account))
        }),
        ["oauth", "expire"] => read::<Expire>(body).map(|expire| {
            let count = state.expire_tokens(expire.server, expire.account.as_deref(), expire.refresh);
            json!({"ok": true, "expired": count})
        }),
        ["oauth", "advance"] => read::<Advance>(body).map(|advance| {
            state.advance_oauth_clock(Duration::from_secs(advance.seconds));
            json!({"ok": true})
        }),
        _ => return None,
    })
}

fn changed(known: bool, expected: &str) -> Result<Value, String> {
    if known { Ok(json!({"ok": true})) } else { Err(format!("expected {expected}")) }
}
