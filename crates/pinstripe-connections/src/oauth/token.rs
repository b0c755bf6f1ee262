//! What is asked of Stripe's token addresses: a code for a grant, a fresh token, the end of a grant.
//! Errors hold Stripe's words, with anything that looks like a secret taken out.

use std::time::Duration;

use pinstripe_client::{ApiBase, http_client, redacted};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::grant::Grant;
use super::{Code, OAuthApp, OAuthError, OAuthKind};

const TIMEOUT: Duration = Duration::from_secs(30);
/// Metadata is a courtesy; nobody waits for it.
const METADATA_TIMEOUT: Duration = Duration::from_secs(3);
const BODY_LIMIT_BYTES: usize = 1 << 20;
/// Tries of a request that may be repeated.
const ATTEMPTS: u32 = 3;

/// Exchanges a code. A code works once, so a broken answer is not asked for again.
pub async fn exchange(
    app: &OAuthApp,
    secret: &SecretString,
    code: &Code,
    now: i64,
) -> Result<Grant, OAuthError> {
    let mut form = vec![("grant_type", "authorization_code"), ("code", code.code.expose_secret())];
    if let Some(verifier) = &code.verifier {
        form.push(("code_verifier", verifier.expose_secret()));
    }
    let body = post(app, secret, &app.endpoints()?.token, &form).await?;
    let grant = Grant::read(&body, app.kind, now, None)?;
    if grant.live != app.live {
        return Err(OAuthError::Mode { live: grant.live });
    }
    Ok(grant)
}

/// Renews a grant.
pub async fn refresh(
    app: &OAuthApp,
    secret: &SecretString,
    grant: &Grant,
    now: i64,
) -> Result<Grant, OAuthError> {
    let Some(refresh_token) = &grant.refresh_token else {
        return Err(OAuthError::Refused {
            error: "invalid_grant".to_owned(),
            description: "the grant has no refresh token".to_owned(),
        });
    };
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
    let address = app.endpoints()?.token;
    let mut attempt = 1;
    loop {
        let error = match post(app, secret, &address, &form).await {
            Ok(body) => return Grant::read(&body, app.kind, now, Some(grant)),
            Err(error) => error,
        };
        let passes =
            matches!(error, OAuthError::Connection { .. } | OAuthError::NotStripe { status: 500.., .. });
        if !passes || attempt == ATTEMPTS {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(250) * 2_u32.pow(attempt)).await;
        attempt += 1;
    }
}

/// Gives the grant back. One that has ended already is as good.
pub async fn deauthorize(app: &OAuthApp, secret: &SecretString, account: &str) -> Result<(), OAuthError> {
    let form = [("client_id", app.client_id.as_str()), ("stripe_user_id", account)];
    match post(app, secret, &app.endpoints()?.deauthorize, &form).await {
        Ok(_) => Ok(()),
        Err(error) if error.ends_grant() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether the consent page's server says that it has PKCE (RFC 8414). Stripe's do not today.
pub async fn has_pkce(app: &OAuthApp) -> bool {
    let Ok(endpoints) = app.endpoints() else { return false };
    let Ok(address) = endpoints.authorize.join("/.well-known/oauth-authorization-server") else {
        return false;
    };
    let asked = async {
        let http = client(&endpoints.authorize).ok()?;
        let answer = http.get(address).send().await.ok()?.error_for_status().ok()?;
        serde_json::from_slice::<Value>(&answer.bytes().await.ok()?).ok()
    };
    let Ok(Some(metadata)) = tokio::time::timeout(METADATA_TIMEOUT, asked).await else { return false };
    // A host may carry the metadata of another server of its own.
    let of_this = metadata["authorization_endpoint"].as_str() == Some(endpoints.authorize.as_str());
    let methods = metadata["code_challenge_methods_supported"].as_array();
    of_this && methods.is_some_and(|methods| methods.iter().any(|method| method == "S256"))
}

fn client(address: &Url) -> Result<reqwest::Client, OAuthError> {
    let origin = address.origin().ascii_serialization();
    let server = ApiBase::parse(&origin).map_err(|error| OAuthError::Settings(error.to_string()))?;
    let built = http_client(&server).connect_timeout(Duration::from_secs(10)).timeout(TIMEOUT).build();
    built.map_err(|error| OAuthError::Connection { server: origin, source: Box::new(error) })
}

async fn post(
    app: &OAuthApp,
    secret: &SecretString,
    address: &Url,
    form: &[(&str, &str)],
) -> Result<Value, OAuthError> {
    let server = address.origin().ascii_serialization();
    let broken = |error: reqwest::Error| OAuthError::Connection {
        server: server.clone(),
        source: Box::new(error.without_url()),
    };
    let request = client(address)?.post(address.clone()).form(form);
    let request = match app.kind {
        OAuthKind::Connect => request.bearer_auth(secret.expose_secret()),
        OAuthKind::App => request.basic_auth(secret.expose_secret(), Some("")),
    };
    let mut response = request.send().await.map_err(broken)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        body.extend_from_slice(&chunk);
        if body.len() > BODY_LIMIT_BYTES {
            return Err(OAuthError::NotStripe { server, status });
        }
    }
    let parsed = serde_json::from_slice::<Value>(&body).ok().filter(Value::is_object);
    match (parsed, status) {
        (Some(body), 200) => Ok(body),
        (Some(body), 400..=499) => Err(refused(&body).unwrap_or(OAuthError::NotStripe { server, status })),
        _ => Err(OAuthError::NotStripe { server, status }),
    }
}

/// OAuth's flat errors, and the API's own, which the app's server may answer with.
fn refused(body: &Value) -> Option<OAuthError> {
    let text = |value: &Value| value.as_str().map(redacted).unwrap_or_default();
    match &body["error"] {
        Value::String(error) => {
            let description = text(&body["error_description"]);
            Some(OAuthError::Refused { error: redacted(error), description })
        }
        Value::Object(error) => Some(OAuthError::Refused {
            error: error.get("code").or(error.get("type")).map(text).unwrap_or_default(),
            description: error.get("message").map(text).unwrap_or_default(),
        }),
        _ => None,
    }
}
