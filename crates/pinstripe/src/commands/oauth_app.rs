//! `pinstripe oauth-app`: the team's own Connect platform or Stripe App, which OAuth needs. Most people
//! have none and use a restricted key.

use pinstripe_connections::Keeper;
use pinstripe_connections::oauth::OAuthApp;
use serde_json::json;

use crate::account::{api_base, read_key};
use crate::arguments::OauthAppArguments;
use crate::failure::Failure;
use crate::report;
use crate::settings::Settings;

pub fn run(arguments: &OauthAppArguments, settings: &Settings) -> Result<(), Failure> {
    let kind = arguments.kind.kind();
    let connections = settings.connections()?;
    if arguments.remove {
        connections.remove_oauth_app(kind)?;
        report::talk(&format!("the {} and its secret are forgotten", kind.label()));
        return Ok(());
    }
    let app = OAuthApp {
        kind,
        client_id: arguments.client_id.clone().unwrap_or_default(),
        redirect_uri: arguments.redirect_uri.clone(),
        api_base: api_base(arguments.api_base.as_deref())?.to_string(),
        connect_base: arguments.connect_base.clone().filter(|text| !text.is_empty()),
        live: false,
        key_hint: None,
        kept_in: Keeper::File,
    };
    let secret =
        read_key("paste the secret key of the platform or app (it is not shown), then press Enter:")?;
    let app = connections.set_oauth_app(app, &secret)?;
    if settings.json {
        return report::json(&json!(app));
    }
    report::talk(&format!(
        "the {} is set, for {} data; register this address with Stripe: {}\n\n\
         hint: pinstripe connect NAME --oauth {}",
        kind.label(),
        if app.live { "live" } else { "test" },
        app.redirect_uri,
        kind.as_str()
    ));
    Ok(())
}
