//! The consent page, and the page for a form that came too late.
//!
//! Plain HTML without scripts, legible in light and dark, and marked as the sandbox's on every one of them, so that
//! nobody takes it for Stripe's. Read next: `authorize.rs`.

use super::OAuthServer;
use super::grants::{Pending, Scope};
use crate::accounts::Party;
use crate::auth::permission_title;
use crate::state::State;

const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#fff;--text:#1a1f36;--soft:#4f566b;--line:#8792a2;--mark:#0b5a6f;--mark-text:#fff;\
--action:#4b3fd1;--action-text:#fff}\
@media(prefers-color-scheme:dark){:root{--ground:#14161f;--text:#eef0f6;--soft:#b4bacb;--line:#7f879b;--mark:#7fd3e8;\
--mark-text:#10222a;--action:#a9a1ff;--action-text:#15122e}}\
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}\
header{background:var(--mark);color:var(--mark-text);padding:.6rem 1rem;text-align:center}\
main{max-width:34rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin-bottom:0}\
p.id{color:var(--soft)}code{overflow-wrap:anywhere}label{display:block;font-weight:600;margin:1.5rem 0 .4rem}\
select,button{font:inherit;min-height:2.75rem;border-radius:.4rem;border:1px solid var(--line);padding:.4rem .8rem;\
background:var(--ground);color:var(--text)}select{width:100%}.choice{display:flex;gap:.75rem;margin-top:1.5rem;flex-wrap:wrap}\
button{min-width:8rem;cursor:pointer}button.main{background:var(--action);border-color:var(--action);\
color:var(--action-text);font-weight:600}:focus-visible{outline:3px solid var(--action);outline-offset:2px}";

pub fn consent(state: &State, pending: &Pending, id: &str, offered: &[Party]) -> String {
    let client = state.client(pending.server);
    let (title, who) = match pending.server {
        OAuthServer::Connect => ("Connect an account to a platform", "The platform"),
        OAuthServer::App => ("Install an app", "The app of"),
    };
    let owner = escape(&state.account_name(Party::Own));
    let client_id = escape(&client.client_id);
    let (path, choice) = (client.authorize_path, choice(state, offered));
    page(
        title,
        &format!(
            "<h1>{title}</h1>\n<p>{who} <strong>{owner}</strong> asks for access to one of your accounts.</p>\n\
             {access}\n<p class=\"id\">Client <code>{client_id}</code>. You will be sent back to \
             <code>{redirect}</code>.</p>\n<form method=\"post\" action=\"{path}\">\n\
             <input type=\"hidden\" name=\"request\" value=\"{id}\">\n{choice}\n</form>",
            access = access(state, pending.scope),
            redirect = escape(&pending.redirect),
            id = escape(id),
        ),
    )
}

fn access(state: &State, scope: Scope) -> String {
    match scope {
        Scope::ReadOnly => {
            "<p>It will be able to <strong>read</strong> the account's data, and to change nothing.</p>"
                .to_owned()
        }
        Scope::ReadWrite => {
            "<p>It will be able to <strong>read and change</strong> the account's data.</p>".to_owned()
        }
        Scope::StripeApps => {
            let items: String = state
                .config
                .app_permissions
                .iter()
                .map(|name| {
                    let (name, title) = (escape(name), escape(&permission_title(name)));
                    format!("<li>{title} (<code>{name}</code>)</li>\n")
                })
                .collect();
            format!("<h2 id=\"may\">What it may do</h2>\n<ul aria-labelledby=\"may\">\n{items}</ul>")
        }
    }
}

fn choice(state: &State, offered: &[Party]) -> String {
    let options: String = offered
        .iter()
        .map(|party| {
            let (id, name) = (state.account_id(*party), escape(&state.account_name(*party)));
            format!("<option value=\"{id}\">{name}, {id}</option>\n")
        })
        .collect();
    let deny = "<button name=\"decision\" value=\"deny\">Deny</button>";
    if offered.is_empty() {
        return format!("<p>This sandbox has no connected accounts.</p>\n<div class=\"choice\">{deny}</div>");
    }
    format!(
        "<label for=\"account\">Account</label>\n<select id=\"account\" name=\"account\">\n{options}</select>\n\
         <div class=\"choice\"><button class=\"main\" name=\"decision\" value=\"connect\">Connect</button>\n{deny}</div>"
    )
}

/// For a form that was sent twice, or an hour late, or that no page here made.
pub fn stale() -> String {
    page(
        "This request is over",
        "<h1>This request is over</h1>\n<p>It was answered already, or it is too old. Go back to where you came from \
         and start again.</p>",
    )
}

fn page(title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} (sandbox)</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<header><strong>Sandbox</strong>: this is not Stripe, and nothing here \
         is real</header>\n<main>\n{main}\n</main>\n</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
