//! What a person is asked on Stripe's page, and whether an answer is the answer to it. Nothing is
//! sent from here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use super::{OAuthApp, OAuthError, OAuthKind};

/// One request for consent. Good for one answer.
#[derive(Debug)]
pub struct Consent {
    /// Stripe's page, to be opened in a browser.
    pub address: Url,
    pub(crate) redirect: Url,
    state: SecretString,
    /// PKCE, where the server says that it has it (RFC 7636).
    verifier: Option<SecretString>,
}

/// What Stripe gave for a consent, to be exchanged once.
#[derive(Debug)]
pub struct Code {
    pub(crate) code: SecretString,
    pub(crate) verifier: Option<SecretString>,
}

impl Consent {
    pub(crate) fn new(app: &OAuthApp, pkce: bool) -> Result<Consent, OAuthError> {
        let redirect = Url::parse(&app.redirect_uri)
            .map_err(|_| OAuthError::Settings("no redirect address".to_owned()))?;
        let mut address = app.endpoints()?.authorize;
        let state = random_text()?;
        let verifier = pkce.then(random_text).transpose()?;
        {
            let mut query = address.query_pairs_mut();
            query.append_pair("response_type", "code");
            query.append_pair("client_id", &app.client_id);
            // As it was typed: Stripe compares letters, and a parsed address may gain a slash.
            query.append_pair("redirect_uri", &app.redirect_uri);
            query.append_pair("state", state.expose_secret());
            if app.kind == OAuthKind::Connect {
                // The least that a platform may ask for today.
                query.append_pair("scope", "read_write");
            }
            if let Some(verifier) = &verifier {
                let digest = Sha256::digest(verifier.expose_secret().as_bytes());
                query.append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(digest));
                query.append_pair("code_challenge_method", "S256");
            }
        }
        Ok(Consent { address, redirect, state, verifier })
    }

    /// The code in the address that Stripe's page led to.
    pub fn answer(&self, returned: &Url) -> Result<Code, OAuthError> {
        let value = |name: &str| {
            returned.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let state = value("state").unwrap_or_default();
        // Whoever can guess the state could slip in an account of their own.
        if !bool::from(state.as_bytes().ct_eq(self.state.expose_secret().as_bytes())) {
            return Err(OAuthError::WrongState);
        }
        if let Some(error) = value("error") {
            let description = value("error_description").unwrap_or_default();
            return Err(match error.as_str() {
                "access_denied" => OAuthError::Denied { description },
                _ => OAuthError::Refused { error, description },
            });
        }
        let code = value("code").filter(|code| !code.is_empty()).ok_or(OAuthError::NoCode)?;
        Ok(Code { code: SecretString::from(code), verifier: self.verifier.clone() })
    }

    /// The code in what was pasted: the whole address, which is checked like a redirect, or the code
    /// alone, which the person brings from Stripe's page by hand.
    pub fn pasted(&self, text: &str) -> Result<Code, OAuthError> {
        let text = text.trim();
        if text.contains("://") {
            return self.answer(&Url::parse(text).map_err(|_| OAuthError::NoCode)?);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if !plain || !text.starts_with("ac_") {
            return Err(OAuthError::NoCode);
        }
        Ok(Code { code: SecretString::from(text), verifier: self.verifier.clone() })
    }
}

/// 256 random bits.
fn random_text() -> Result<SecretString, OAuthError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| OAuthError::Settings(format!("this system gives no random numbers: {error}")))?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::vault::Keeper;

    fn app(redirect_uri: &str) -> OAuthApp {
        OAuthApp {
            kind: OAuthKind::Connect,
            client_id: "ca_1".to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            api_base: "https://api.stripe.com".to_owned(),
            connect_base: None,
            live: false,
            key_hint: None,
            kept_in: Keeper::File,
        }
    }

    #[test]
    fn only_the_answer_to_this_request_is_taken() {
        let consent = Consent::new(&app("http://127.0.0.1:8765/oauth/callback"), true).unwrap();
        assert!(consent.address.as_str().starts_with("https://connect.stripe.com/oauth/authorize?"));
        let state = consent.state.expose_secret().to_owned();
        let returned =
            |query: &str| Url::parse(&format!("http://127.0.0.1:8765/oauth/callback?{query}")).unwrap();
        let good = returned(&format!("scope=read_write&state={state}&code=ac_1"));
        assert_eq!(consent.answer(&good).unwrap().code.expose_secret(), "ac_1");
        assert!(consent.pasted(good.as_str()).unwrap().verifier.is_some());
        assert_eq!(consent.pasted(" ac_2 ").unwrap().code.expose_secret(), "ac_2");
        let denied = returned(&format!("error=access_denied&error_description=no&state={state}"));
        assert!(matches!(consent.answer(&denied), Err(OAuthError::Denied { .. })));
        for wrong in ["code=ac_1&state=x", "code=ac_1", "error=access_denied&state=x"] {
            assert!(matches!(consent.answer(&returned(wrong)), Err(OAuthError::WrongState)), "{wrong}");
        }
        assert!(matches!(consent.answer(&returned(&format!("state={state}"))), Err(OAuthError::NoCode)));
        for wrong in ["", "hello", "ac_1 or so", "sk_live_1"] {
            assert!(matches!(consent.pasted(wrong), Err(OAuthError::NoCode)), "{wrong}");
        }
        assert!(!format!("{consent:?}").contains(&format!("state: {state}")));
    }

    #[test]
    fn live_data_is_redirected_to_https_alone() {
        let mut live = app("http://localhost:8765/x");
        assert!(live.check().is_ok() && live.comes_back_here());
        live.live = true;
        assert!(live.check().is_err());
        live.redirect_uri = "https://example.com/x".to_owned();
        assert!(live.check().is_ok() && !live.comes_back_here());
        for bad in ["http://example.com:80/x", "http://localhost/x", "ftp://localhost:1", "x", "https://h/#a"]
        {
            assert!(app(bad).check().is_err(), "{bad}");
        }
        assert!(OAuthApp { client_id: "sk_1".to_owned(), ..app("https://h/") }.check().is_err());
    }
}
