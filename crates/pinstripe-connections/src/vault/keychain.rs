//! The system's keychain: Keychain on macOS, the Credential Manager on Windows, the Secret Service
//! (GNOME Keyring, KWallet) elsewhere. It never falls back; [`super::Vault`] chooses.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use crate::error::ConnectionError;

const SERVICE: &str = "pinstripe";

#[cfg(target_os = "macos")]
pub const NAME: &str = "macOS keychain";
#[cfg(windows)]
pub const NAME: &str = "Windows credential manager";
#[cfg(not(any(target_os = "macos", windows)))]
pub const NAME: &str = "keychain of this desktop";

/// A keychain that is there says so at once; a session bus that hangs is not waited for.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
/// A locked keychain asks its owner first.
const UNLOCKED_WITHIN: Duration = Duration::from_secs(120);

/// Whether there is a keychain that answers.
pub fn answers() -> bool {
    // Without an address the bus would be started, which asks nobody and helps nobody.
    if cfg!(all(unix, not(target_os = "macos"))) && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        return false;
    }
    let asked = within(ANSWER_WITHIN, || match Entry::new(SERVICE, "is a keychain there") {
        Ok(entry) => matches!(entry.get_password(), Ok(_) | Err(Error::NoEntry)),
        Err(_) => false,
    });
    asked.unwrap_or(false)
}

pub fn put(id: &str, secret: &SecretString) -> Result<(), ConnectionError> {
    let (id, secret) = (id.to_owned(), secret.clone());
    asked("write to", move || Entry::new(SERVICE, &id)?.set_password(secret.expose_secret()))
}

pub fn get(id: &str) -> Result<Option<SecretString>, ConnectionError> {
    let id = id.to_owned();
    asked("read", move || match Entry::new(SERVICE, &id)?.get_password() {
        Ok(secret) => Ok(Some(SecretString::from(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
}

pub fn remove(id: &str) -> Result<(), ConnectionError> {
    let id = id.to_owned();
    asked("write to", move || match Entry::new(SERVICE, &id)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(error),
    })
}

fn asked<T: Send + 'static>(
    verb: &'static str,
    ask: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, ConnectionError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| ConnectionError::Vault {
        what: format!("cannot {verb} the {NAME}"),
        source,
        hint: "unlock it, or keep new keys in an encrypted file instead: PINSTRIPE_SECRETS=file".to_owned(),
    };
    match within(UNLOCKED_WITHIN, ask) {
        // An error of the keychain may carry what it read, but never the secret that it was given.
        Some(outcome) => outcome.map_err(|error| failed(error.to_string().into())),
        None => Err(failed("it did not answer".into())),
    }
}

/// The keychain's own calls block, and have no time-out.
fn within<T: Send + 'static>(time: Duration, ask: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (answer, answered) = mpsc::channel();
    thread::spawn(move || answer.send(ask()));
    answered.recv_timeout(time).ok()
}
