//! Keys: who asks, and what may be asked.
//!
//! Keys follow from the seed; none of them opens anything outside of the sandbox. Besides the secret key and the
//! restricted key that reads everything, two families of restricted keys need no set-up:
//! `rk_test_without_charge_read__payout_read` may read all but these, `rk_test_only_charge_read` only these.
//! `rk_test_sandbox_expired` has expired, `rk_test_sandbox_ip` is good from another address only. A sandbox in live mode
//! says `_live_` where these say `_test_`, as Stripe's live keys do; only the last two stay. Tokens that the OAuth servers
//! gave are not known here. Read next: `routes.rs`, `oauth.rs`.

use base64::Engine;

use crate::accounts::Party;
use crate::dice::{Topic, throw};
use crate::error::ApiError;
use crate::ident::letters;
use crate::kind::Kind;

pub const EXPIRED_KEY: &str = "rk_test_sandbox_expired";
/// Refused, as from an address that is not on the key's list.
pub const IP_RESTRICTED_KEY: &str = "rk_test_sandbox_ip";
/// Reads the account of the key itself; the only permission here that belongs to no list.
const OWN_ACCOUNT: (&str, &str) = ("accounts_kyc_basic_read", "Accounts KYC Basic Read");

/// All permissions that some endpoint asks for, without `rak_`, by the alphabet. Writing has `_write` for `_read`.
pub fn permissions() -> Vec<&'static str> {
    let mut all: Vec<&str> = Kind::ALL.iter().map(|kind| kind.names().permission).collect();
    all.push(OWN_ACCOUNT.0);
    all.sort_unstable();
    all.dedup();
    all
}

pub struct Keys {
    mode: &'static str,
    pub secret: String,
    pub restricted: String,
}

impl Keys {
    pub fn new(seed: u64, account_part: &str, livemode: bool) -> Self {
        let mode = if livemode { "live" } else { "test" };
        let key = |prefix: &str, index: u64| {
            format!(
                "{prefix}_{mode}_51{account_part}{}",
                letters(throw(seed, Topic::Secret, u64::MAX - index), 88)
            )
        };
        Self { mode, secret: key("sk", 0), restricted: key("rk", 1) }
    }
}

/// What a permission is called in Stripe's Dashboard.
pub fn permission_title(name: &str) -> String {
    let read = name.replace("_write", "_read");
    let title = match Kind::ALL.into_iter().find(|kind| kind.names().permission == read) {
        Some(kind) => kind.names().title,
        None if read == OWN_ACCOUNT.0 => OWN_ACCOUNT.1,
        None => return name.to_owned(),
    };
    if read == name { title.to_owned() } else { title.replace("Read", "Write") }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Permissions {
    All,
    Read,
    Without(Vec<String>),
    Only(Vec<String>),
}

/// Whoever has a key that is good.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    pub masked: String,
    /// Whose data is meant unless the request names another account.
    pub party: Party,
    /// An OAuth token: refusals are worded for an application, and no other account can be named.
    pub application: bool,
    pub(crate) permissions: Permissions,
}

impl Caller {
    /// Whether the key may read (or write) a kind.
    pub fn check(&self, kind: Kind, write: bool, account: &str) -> Result<(), ApiError> {
        let names = kind.names();
        let (permission, title) = match write {
            false => (names.permission.to_owned(), names.title.to_owned()),
            true => (names.permission.replace("_read", "_write"), names.title.replace("Read", "Write")),
        };
        self.check_named((&permission, &title), write, account)
    }

    /// Whether the key may read the account that it belongs to.
    pub fn check_own_account(&self, account: &str) -> Result<(), ApiError> {
        self.check_named(OWN_ACCOUNT, false, account)
    }

    fn check_named(
        &self,
        (permission, title): (&str, &str),
        write: bool,
        account: &str,
    ) -> Result<(), ApiError> {
        let named = |list: &[String]| list.iter().any(|known| known == permission);
        let allowed = match &self.permissions {
            Permissions::All => true,
            Permissions::Read => !write,
            Permissions::Without(list) => !write && !named(list),
            Permissions::Only(list) => named(list) || (!write && named_write(list, permission)),
        };
        match allowed {
            true => Ok(()),
            false if self.application => Err(ApiError::application_permission(account)),
            false => Err(ApiError::missing_permission(&self.masked, account, permission, title)),
        }
    }

    /// Whether the key is the secret key, which alone may steer the sandbox.
    pub fn is_secret(&self) -> bool {
        self.permissions == Permissions::All && !self.application
    }
}

/// Write includes Read.
fn named_write(list: &[String], permission: &str) -> bool {
    list.contains(&permission.replace("_read", "_write"))
}

impl Keys {
    /// Reads an `Authorization` header.
    pub fn caller(&self, header: Option<&str>) -> Result<Caller, ApiError> {
        let key = header.and_then(key_in).filter(|key| !key.is_empty()).ok_or_else(ApiError::missing_key)?;
        let masked = mask(&key);
        let family = |name: &str| key.strip_prefix(&format!("rk_{}_{name}_", self.mode));
        let list = |rest: &str| rest.split("__").map(str::to_owned).collect();
        let permissions = if key == self.secret {
            Permissions::All
        } else if key == self.restricted {
            Permissions::Read
        } else if key == EXPIRED_KEY {
            return Err(ApiError::expired_key(&masked));
        } else if key == IP_RESTRICTED_KEY {
            return Err(ApiError::wrong_address());
        } else if key.starts_with("pk_test_") || key.starts_with("pk_live_") {
            return Err(ApiError::publishable_key());
        } else if let Some(rest) = family("without") {
            Permissions::Without(list(rest))
        } else if let Some(rest) = family("only") {
            Permissions::Only(list(rest))
        } else {
            return Err(ApiError::invalid_key(&masked));
        };
        Ok(Caller { masked, party: Party::Own, application: false, permissions })
    }
}

/// The key of an `Authorization` header: of a Bearer, or the user of a Basic.
pub fn key_in(header: &str) -> Option<String> {
    let (scheme, rest) = header.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(rest).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    Some(text.split_once(':').map_or(text.as_str(), |(user, _)| user).to_owned())
}

/// Stars one for one between the prefix and the last four; what does not look like a key is shown as it is.
pub fn mask(key: &str) -> String {
    let prefix = ["sk_test_", "sk_live_", "rk_test_", "rk_live_", "pk_test_", "pk_live_"]
        .into_iter()
        .find(|prefix| key.starts_with(prefix));
    match prefix {
        Some(prefix) if key.is_ascii() && key.len() > prefix.len() + 4 => {
            format!("{prefix}{}{}", "*".repeat(key.len() - prefix.len() - 4), &key[key.len() - 4..])
        }
        _ => key.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn masks_as_stripe_does() {
        assert_eq!(mask("sk_test_this_is_not_rhere"), "sk_test_*************here");
        assert_eq!(mask("hello"), "hello");
    }

    #[test]
    fn each_key_may_what_it_may() {
        let keys = Keys::new(1, "abcdefghij", false);
        let caller = |key: &str| keys.caller(Some(&format!("Bearer {key}")));
        assert!(caller(&keys.secret).unwrap().check(Kind::Charge, true, "acct").is_ok());
        assert!(caller(&keys.restricted).unwrap().check(Kind::Charge, false, "acct").is_ok());
        assert!(caller(&keys.restricted).unwrap().check(Kind::Charge, true, "acct").is_err());
        let without = caller("rk_test_without_charge_read__payout_read").unwrap();
        assert!(without.check(Kind::Customer, false, "acct").is_ok());
        let error = without.check(Kind::Charge, false, "acct_1").unwrap_err();
        assert!(error.message.contains("Having the 'rak_charge_read' permission"), "{}", error.message);
        assert!(caller("rk_test_only_charge_write").unwrap().check(Kind::Charge, false, "acct").is_ok());
        assert_eq!(caller(EXPIRED_KEY).unwrap_err().code, Some("api_key_expired"));
        assert_eq!(caller("pk_test_123").unwrap_err().code, Some("secret_key_required"));
        assert_eq!(keys.caller(None).unwrap_err().status, 401);
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:", keys.secret));
        assert!(keys.caller(Some(&format!("Basic {basic}"))).unwrap().is_secret());
    }

    #[test]
    fn keys_of_live_mode_say_so() {
        let keys = Keys::new(1, "abcdefghij", true);
        let caller = |key: &str| keys.caller(Some(&format!("Bearer {key}")));
        assert!(keys.secret.starts_with("sk_live_51") && keys.restricted.starts_with("rk_live_51"));
        assert!(caller(&keys.restricted).unwrap().check(Kind::Charge, false, "acct").is_ok());
        assert!(caller("rk_live_only_charge_read").unwrap().check(Kind::Customer, false, "acct").is_err());
        assert_eq!(caller("rk_test_only_charge_read").unwrap_err().status, 401);
    }
}
