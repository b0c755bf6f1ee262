//! Where secrets are kept: the system's keychain where there is one, else a file that is encrypted
//! with a key which lies elsewhere. Nothing here knows what a secret is for.
//!
//! Read next: [`keychain`], [`sealed_file`].

mod keychain;
mod sealed_file;

use std::fmt;
use std::path::Path;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

pub use sealed_file::SealedFile;

use crate::error::ConnectionError;

/// Which place keeps a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    Keychain,
    File,
}

impl Keeper {
    /// As people are shown it.
    pub fn label(self) -> &'static str {
        match self {
            Keeper::Keychain => keychain::NAME,
            Keeper::File => "encrypted file",
        }
    }
}

impl fmt::Display for Keeper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// Both places.
#[derive(Debug)]
pub struct Vault {
    file: SealedFile,
    wanted: Option<Keeper>,
}

impl Vault {
    /// `library` holds the encrypted file, `config` the key that opens it. `wanted` names the place
    /// for new secrets; without it the keychain is used where it answers.
    pub fn new(
        library: &Path,
        config: &Path,
        passphrase: Option<SecretString>,
        wanted: Option<Keeper>,
    ) -> Vault {
        Vault { file: SealedFile::new(library, config, passphrase), wanted }
    }

    /// The place for a new secret.
    pub fn preferred(&self) -> Keeper {
        self.wanted.unwrap_or_else(|| if keychain::answers() { Keeper::Keychain } else { Keeper::File })
    }

    /// What the place protects from, in a sentence for whoever puts a secret there.
    pub fn protection(&self, keeper: Keeper) -> String {
        match keeper {
            Keeper::Keychain => format!(
                "the key is in the {}, open to programs that you run while you are signed in",
                keychain::NAME
            ),
            Keeper::File => self.file.protection(),
        }
    }

    pub fn put(&self, keeper: Keeper, id: &str, secret: &SecretString) -> Result<(), ConnectionError> {
        match keeper {
            Keeper::Keychain => keychain::put(id, secret),
            Keeper::File => self.file.put(id, secret),
        }
    }

    pub fn get(&self, keeper: Keeper, id: &str) -> Result<Option<SecretString>, ConnectionError> {
        match keeper {
            Keeper::Keychain => keychain::get(id),
            Keeper::File => self.file.get(id),
        }
    }

    pub fn remove(&self, keeper: Keeper, id: &str) -> Result<(), ConnectionError> {
        match keeper {
            Keeper::Keychain => keychain::remove(id),
            Keeper::File => self.file.remove(id),
        }
    }
}
