//! API keys: what kind they are, without ever showing them.

use std::fmt::{self, Write as _};

use futures::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::ClientError;

/// A Stripe API key or OAuth access token. Its text is never printed.
#[derive(Clone)]
pub struct ApiKey {
    secret: SecretString,
    /// Whether the key reaches live data, where its form tells.
    mode: Mode,
    restricted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Live,
    Test,
}

impl ApiKey {
    /// Checks a key's form. Whether Stripe knows it only Stripe can tell.
    pub fn parse(text: &str) -> Result<ApiKey, ClientError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ClientError::KeyMissing);
        }
        if text.starts_with("pk_") {
            return Err(ClientError::KeyPublishable);
        }
        if text.starts_with("whsec_") || text.starts_with("ca_") || text.starts_with("acct_") {
            return Err(ClientError::KeyMalformed { expected: "a key that begins with rk_ or sk_" });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ClientError::KeyMalformed {
                expected: "letters, digits and underscores without spaces",
            });
        }
        let mode = if text.contains("_test_") { Mode::Test } else { Mode::Live };
        Ok(ApiKey { secret: SecretString::from(text), mode, restricted: text.starts_with("rk") })
    }

    /// A key that does not say is taken for live: the caution that costs nothing.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub fn is_restricted(&self) -> bool {
        self.restricted
    }

    /// What its owner knows it by, and nobody can use: how it begins and its last four characters.
    /// `None` where that would be most of it.
    pub fn hint(&self) -> Option<String> {
        let text = self.expose();
        let begins = text.match_indices('_').nth(1).map_or("", |(end, _)| &text[..=end]);
        (text.len() >= begins.len() + 16).then(|| format!("{begins}…{}", &text[text.len() - 4..]))
    }

    pub(crate) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// Tells this key at this server from others, and nothing of the key: it cannot be computed back
    /// from half of a SHA-256 sum over some 100 random characters.
    pub(crate) fn fingerprint(&self, server: &str) -> String {
        let mut hasher = Sha256::new();
        for part in ["pinstripe", server, self.expose()] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        hasher.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Replaces the key where another's text repeats it (a proxy's error page, say).
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(self.expose(), "[key]")
    }

    /// Whether both are the same key.
    pub fn is(&self, other: &ApiKey) -> bool {
        self.expose() == other.expose()
    }

    /// Whether the key is one that may do anything to its account, by its form.
    pub fn may_write(&self) -> bool {
        self.expose().starts_with("sk_")
    }

    /// The key's text, for a place that keeps secrets or a server that asks for it, and for nothing else.
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }
}

/// Gives the key of a grant that ends: an OAuth access token that is renewed from time to time.
pub trait KeySource: Send + Sync + fmt::Debug {
    /// The key to send now; another than `refused`, which Stripe has just refused, or an error that says
    /// why there is none.
    fn key<'a>(&'a self, refused: Option<&'a ApiKey>) -> BoxFuture<'a, Result<ApiKey, ClientError>>;
}

/// Replaces everything that has the form of a key, a token or a code of Stripe's: other people's texts
/// may repeat one.
pub fn redacted(text: &str) -> String {
    const BEGINNINGS: [&str; 9] =
        ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "rkcs_test_", "whsec_", "rt_", "ac_", "sk_"];
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|letter: char| !is_of_a_key(letter)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(word);
        // What is masked already has its stars, and what is short is no secret.
        let secret = token.len() >= 16 && BEGINNINGS.iter().any(|beginning| token.starts_with(beginning));
        shown.push_str(if secret { "[key]" } else { token });
        let gap = after.find(is_of_a_key).unwrap_or(after.len());
        shown.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    shown
}

fn is_of_a_key(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ApiKey({:?})", self.mode)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_other_peoples_texts_are_taken_out() {
        assert_eq!(
            redacted(
                "No such key: 'sk_live_51AbCdEfGhIj' (also rt_0123456789abcdef), ch_0123456789abcdef stays"
            ),
            "No such key: '[key]' (also [key]), ch_0123456789abcdef stays"
        );
        assert_eq!(redacted("rk_live_*****abcd is masked, ä too"), "rk_live_*****abcd is masked, ä too");
        assert_eq!(redacted(""), "");
    }

    #[test]
    fn a_key_is_judged_by_its_form_and_never_shown() {
        let key = ApiKey::parse(" rk_test_abc123 \n").unwrap();
        assert_eq!((key.mode(), key.is_restricted()), (Mode::Test, true));
        assert!(!format!("{key:?}").contains("abc123"));
        assert_eq!(key.hint(), None);
        let long = ApiKey::parse("rk_live_0123456789abcdefWXYZ").unwrap();
        assert_eq!(long.hint().unwrap(), "rk_live_…WXYZ");
        let fingerprint = key.fingerprint("https://api.stripe.com");
        assert_eq!(fingerprint.len(), 32);
        assert_eq!(
            fingerprint,
            ApiKey::parse("rk_test_abc123").unwrap().fingerprint("https://api.stripe.com")
        );
        assert_ne!(fingerprint, key.fingerprint("http://127.0.0.1:1"));
        assert_ne!(
            fingerprint,
            ApiKey::parse("rk_test_abc124").unwrap().fingerprint("https://api.stripe.com")
        );
        assert!(matches!(ApiKey::parse(""), Err(ClientError::KeyMissing)));
        assert!(matches!(ApiKey::parse("pk_test_1"), Err(ClientError::KeyPublishable)));
        assert!(matches!(ApiKey::parse("sk_live_a b"), Err(ClientError::KeyMalformed { .. })));
        assert!(matches!(ApiKey::parse("whsec_1"), Err(ClientError::KeyMalformed { .. })));
    }
}
