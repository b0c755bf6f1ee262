//! What a grant is, as it is kept in the vault.

use pinstripe_client::ApiKey;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OAuthError, OAuthKind};

/// A Stripe App's access token lasts an hour, and the answer does not say so
/// (docs.stripe.com/stripe-apps/api-authentication/oauth).
const APP_TOKEN_SECONDS: i64 = 3600;
/// Renewed this long before it ends: an import's request may wait for its turn.
const RENEW_BEFORE_SECONDS: i64 = 300;

#[derive(Clone)]
pub struct Grant {
    pub(crate) access_token: SecretString,
    pub(crate) refresh_token: Option<SecretString>,
    /// `acct_...`
    pub account: Option<String>,
    pub live: bool,
    pub(crate) expires_at: Option<i64>,
}

/// The form in the vault.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    access_token: &'a str,
    refresh_token: Option<&'a str>,
    account: Option<&'a str>,
    live: bool,
    expires_at: Option<i64>,
}

impl Grant {
    /// Reads a token answer. `before` is the grant that it renews, for what the answer leaves out.
    pub(crate) fn read(
        body: &Value,
        kind: OAuthKind,
        now: i64,
        before: Option<&Grant>,
    ) -> Result<Grant, OAuthError> {
        let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let secret = |name: &str| text(name).map(SecretString::from);
        let refused = |description: &str| OAuthError::Refused {
            error: "no access token".to_owned(),
            description: description.to_owned(),
        };
        let access_token = secret("access_token").ok_or_else(|| refused("the answer has none"))?;
        let key = ApiKey::parse(access_token.expose_secret())
            .map_err(|_| refused("what the answer calls one cannot be sent"))?;
        let lasts = match (body.get("expires_in").and_then(Value::as_i64), kind) {
            (Some(seconds), _) => Some(seconds.max(0)),
            (None, OAuthKind::App) => Some(APP_TOKEN_SECONDS),
            // "This key does not expire".
            (None, OAuthKind::Connect) => None,
        };
        Ok(Grant {
            refresh_token: secret("refresh_token").or_else(|| before?.refresh_token.clone()),
            account: text("stripe_user_id").map(str::to_owned).or_else(|| before?.account.clone()),
            live: match body.get("livemode").and_then(Value::as_bool) {
                Some(live) => live,
                None => key.mode() == pinstripe_client::Mode::Live,
            },
            expires_at: lasts.map(|seconds| now + seconds),
            access_token,
        })
    }

    pub(crate) fn kept(&self) -> SecretString {
        let kept = Kept {
            access_token: self.access_token.expose_secret(),
            refresh_token: self.refresh_token.as_ref().map(ExposeSecret::expose_secret),
            account: self.account.as_deref(),
            live: self.live,
            expires_at: self.expires_at,
        };
        SecretString::from(serde_json::to_string(&kept).unwrap_or_default())
    }

    pub(crate) fn of_kept(kept: &SecretString) -> Option<Grant> {
        let kept: Kept<'_> = serde_json::from_str(kept.expose_secret()).ok()?;
        Some(Grant {
            access_token: SecretString::from(kept.access_token),
            refresh_token: kept.refresh_token.map(SecretString::from),
            account: kept.account.map(str::to_owned),
            live: kept.live,
            expires_at: kept.expires_at,
        })
    }

    /// Whether the token has ended or is about to.
    pub(crate) fn ends_soon(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|end| now + RENEW_BEFORE_SECONDS >= end)
    }

    pub(crate) fn has_ended(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    pub(crate) fn key(&self) -> Result<ApiKey, pinstripe_client::ClientError> {
        ApiKey::parse(self.access_token.expose_secret())
    }

    pub(crate) fn is(&self, key: &ApiKey) -> bool {
        self.access_token.expose_secret() == key.secret().expose_secret()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_grant_is_kept_and_comes_back_and_says_when_it_ends() {
        let body = json!({"access_token": "sk_test_1", "refresh_token": "rt_1", "stripe_user_id": "acct_1",
            "livemode": false, "scope": "read_write", "token_type": "bearer"});
        let connect = Grant::read(&body, OAuthKind::Connect, 1000, None).unwrap();
        assert!(!connect.ends_soon(i64::MAX - 1000));
        let app = Grant::read(&body, OAuthKind::App, 1000, None).unwrap();
        assert!(!app.ends_soon(1000 + 3299) && app.ends_soon(1000 + 3300) && !app.has_ended(1000 + 3599));
        let back = Grant::of_kept(&app.kept()).unwrap();
        assert_eq!(
            (back.account.as_deref(), back.expires_at, back.live),
            (Some("acct_1"), Some(4600), false)
        );
        assert!(back.is(&app.key().unwrap()));
        let renewed =
            Grant::read(&json!({"access_token": "sk_test_2"}), OAuthKind::App, 5000, Some(&app)).unwrap();
        assert_eq!(renewed.refresh_token.unwrap().expose_secret(), "rt_1");
        assert_eq!(renewed.account.as_deref(), Some("acct_1"));
        for bad in [json!({}), json!({"access_token": ""}), json!({"access_token": 1}), json!([])] {
            assert!(Grant::read(&bad, OAuthKind::App, 0, None).is_err(), "{bad}");
        }
    }
}
