//! Secrets in one encrypted file (XChaCha20-Poly1305) of the library. What opens it is never in the
//! library: 32 random bytes in the user's settings folder, or a passphrase (Argon2id). So a copy of
//! the library, a backup or a shared folder, gives nobody the keys; a program that runs as the user
//! can read both, and only a passphrase keeps it out.
//!
//! Form: the line `pinstripe secrets 1`, `k` or `p` (what opens it), 16 bytes of salt, 24 of nonce,
//! the sealed JSON object of secrets by id. Everything before the nonce is authenticated too.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use crate::alone::locked;
use crate::error::ConnectionError;
use crate::random::random;

const FIRST_LINE: &[u8] = b"pinstripe secrets 1\n";
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;

type Secrets = BTreeMap<String, Zeroizing<String>>;
type KeyBytes = Zeroizing<[u8; KEY_BYTES]>;

pub struct SealedFile {
    file: PathBuf,
    lock: PathBuf,
    key_file: PathBuf,
    passphrase: Option<SecretString>,
    /// What a passphrase and a salt gave: that takes long on purpose.
    derived: Mutex<Option<([u8; SALT_BYTES], KeyBytes)>>,
}

impl std::fmt::Debug for SealedFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SealedFile").field("file", &self.file).finish_non_exhaustive()
    }
}

/// What opens a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    KeyFile,
    Passphrase,
}

impl Opener {
    fn letter(self) -> u8 {
        match self {
            Opener::KeyFile => b'k',
            Opener::Passphrase => b'p',
        }
    }
}

impl SealedFile {
    pub fn new(library: &Path, config: &Path, passphrase: Option<SecretString>) -> SealedFile {
        SealedFile {
            file: library.join("secrets.sealed"),
            lock: library.join("secrets.lock"),
            key_file: config.join("secrets.key"),
            passphrase,
            derived: Mutex::default(),
        }
    }

    pub fn protection(&self) -> String {
        match self.passphrase {
            Some(_) => "the key is in an encrypted file that only the passphrase opens".to_owned(),
            None => format!(
                "the key is in an encrypted file; what opens it is in {}, so copies of the library are safe, \
                 programs that run as you are not kept out (a PINSTRIPE_PASSPHRASE would do that)",
                self.key_file.display()
            ),
        }
    }

    pub fn get(&self, id: &str) -> Result<Option<SecretString>, ConnectionError> {
        Ok(self.read()?.remove(id).map(|secret| SecretString::from(secret.as_str())))
    }

    pub fn put(&self, id: &str, secret: &SecretString) -> Result<(), ConnectionError> {
        self.change(|secrets| {
            secrets.insert(id.to_owned(), Zeroizing::new(secret.expose_secret().to_owned()));
        })
    }

    pub fn remove(&self, id: &str) -> Result<(), ConnectionError> {
        if !self.file.exists() {
            return Ok(());
        }
        self.change(|secrets| {
            secrets.remove(id);
        })
    }

    /// Reads, changes and writes while no other program does.
    fn change(&self, change: impl FnOnce(&mut Secrets)) -> Result<(), ConnectionError> {
        let _alone = locked(&self.lock)?;
        let mut secrets = self.read()?;
        change(&mut secrets);
        let sealed = self.seal(&secrets)?;
        write_private(&self.file, &sealed).map_err(ConnectionError::file("write", &self.file))
    }

    fn read(&self) -> Result<Secrets, ConnectionError> {
        let sealed = match fs::read(&self.file) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Secrets::new()),
            Err(error) => return Err(ConnectionError::file("read", &self.file)(error)),
        };
        let body = sealed.strip_prefix(FIRST_LINE).filter(|body| body.len() > 1 + SALT_BYTES + NONCE_BYTES);
        let body = body.ok_or_else(|| self.unreadable("it is not a file of pinstripe's secrets"))?;
        let opener = if body[0] == b'p' { Opener::Passphrase } else { Opener::KeyFile };
        let mut salt = [0; SALT_BYTES];
        salt.copy_from_slice(&body[1..=SALT_BYTES]);
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&body[1 + SALT_BYTES..][..NONCE_BYTES]);
        let head = &sealed[..FIRST_LINE.len() + 1 + SALT_BYTES];
        let payload = Payload { msg: &body[1 + SALT_BYTES + NONCE_BYTES..], aad: head };

        let key = self.key(opener, salt, false)?;
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let plain = cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| match opener {
            Opener::Passphrase => ConnectionError::Passphrase { given: true },
            Opener::KeyFile => self.unreadable("it was locked with another key, or is damaged"),
        })?;
        let plain = Zeroizing::new(plain);
        serde_json::from_slice::<BTreeMap<String, String>>(&plain)
            .map(|secrets| secrets.into_iter().map(|(id, secret)| (id, Zeroizing::new(secret))).collect())
            .map_err(|_| self.unreadable("it is damaged"))
    }

    /// Locks with the passphrase where there is one, whatever opened the file before.
    fn seal(&self, secrets: &Secrets) -> Result<Vec<u8>, ConnectionError> {
        let opener = if self.passphrase.is_some() { Opener::Passphrase } else { Opener::KeyFile };
        let salt = match (opener, self.derived.lock().unwrap_or_else(PoisonError::into_inner).as_ref()) {
            (Opener::Passphrase, Some((salt, _))) => *salt,
            _ => random()?,
        };
        let key = self.key(opener, salt, true)?;
        let mut sealed = FIRST_LINE.to_vec();
        sealed.push(opener.letter());
        sealed.extend_from_slice(&salt);
        let nonce: [u8; NONCE_BYTES] = random()?;
        let borrowed: BTreeMap<&str, &str> =
            secrets.iter().map(|(id, secret)| (id.as_str(), secret.as_str())).collect();
        let plain = Zeroizing::new(serde_json::to_vec(&borrowed).unwrap_or_default());
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let locked = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &sealed })
            .map_err(|_| self.unreadable("it cannot be encrypted"))?;
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&locked);
        Ok(sealed)
    }

    fn key(&self, opener: Opener, salt: [u8; SALT_BYTES], make: bool) -> Result<KeyBytes, ConnectionError> {
        match (opener, &self.passphrase) {
            (Opener::KeyFile, _) => self.key_of_file(make),
            (Opener::Passphrase, None) => Err(ConnectionError::Passphrase { given: false }),
            (Opener::Passphrase, Some(passphrase)) => self.key_of_passphrase(passphrase, salt),
        }
    }

    fn key_of_passphrase(
        &self,
        passphrase: &SecretString,
        salt: [u8; SALT_BYTES],
    ) -> Result<KeyBytes, ConnectionError> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, key)) = derived.as_ref()
            && *known == salt
        {
            return Ok(key.clone());
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        argon2::Argon2::default()
            .hash_password_into(passphrase.expose_secret().as_bytes(), &salt, key.as_mut())
            .map_err(|_| self.unreadable("the passphrase cannot be used"))?;
        *derived = Some((salt, key.clone()));
        Ok(key)
    }

    /// The key beside the user's settings; made where it is wanted for writing and is not there.
    fn key_of_file(&self, make: bool) -> Result<KeyBytes, ConnectionError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        match fs::read(&self.key_file).map(Zeroizing::new) {
            Ok(bytes) if bytes.len() == KEY_BYTES => {
                key.copy_from_slice(&bytes);
                return Ok(key);
            }
            Ok(_) => return Err(self.unreadable("its key is damaged")),
            Err(error) if error.kind() == io::ErrorKind::NotFound && make && !self.file.exists() => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound && !make => {
                return Err(self.unreadable("its key is gone"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(ConnectionError::file("read", &self.key_file)(error)),
        }
        *key = random()?;
        let folder = self.key_file.parent().unwrap_or(Path::new("."));
        make_private_folder(folder).map_err(ConnectionError::file("make", folder))?;
        // Written elsewhere and given its name at once: nobody may read half of it.
        let new = self.key_file.with_extension(format!("{}.new", std::process::id()));
        let _ = fs::remove_file(&new);
        let written = write_new_private(&new, &*key).and_then(|()| fs::hard_link(&new, &self.key_file));
        let _ = fs::remove_file(&new);
        match written {
            Ok(()) => Ok(key),
            // Another program made one at the same moment: that is the key.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.key_of_file(false),
            Err(error) => Err(ConnectionError::file("write", &self.key_file)(error)),
        }
    }

    fn unreadable(&self, why: &str) -> ConnectionError {
        ConnectionError::Vault {
            what: format!("the keys in {} cannot be read", self.file.display()),
            source: why.to_owned().into(),
            hint: format!(
                "put {} back as it was, or remove {} and give each connection its key again",
                self.key_file.display(),
                self.file.display()
            ),
        }
    }
}

/// Replaces a file by one that only its owner may read, whole at every moment.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let _ = fs::remove_file(&new);
    let written = write_new_private(&new, bytes).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

/// Makes a file that only its owner may read, from its first moment on; refuses one that is there.
fn write_new_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn read(file: &SealedFile, id: &str) -> Option<String> {
        file.get(id).unwrap().map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn what_was_put_comes_back_and_is_nowhere_in_clear() {
        let folder = tempfile::tempdir().unwrap();
        let (library, config) = (folder.path().join("library"), folder.path().join("config/deep"));
        fs::create_dir(&library).unwrap();
        let file = SealedFile::new(&library, &config, None);
        assert_eq!(read(&file, "a"), None);
        file.put("a", &secret("rk_live_secret_of_a")).unwrap();
        file.put("b", &secret("rk_live_secret_of_b")).unwrap();
        file.put("a", &secret("rk_live_another_of_a")).unwrap();
        let again = SealedFile::new(&library, &config, None);
        assert_eq!(read(&again, "a").unwrap(), "rk_live_another_of_a");
        again.remove("a").unwrap();
        assert_eq!((read(&file, "a"), read(&file, "b").unwrap().as_str()), (None, "rk_live_secret_of_b"));
        for path in [library.join("secrets.sealed"), config.join("secrets.key")] {
            let bytes = fs::read(&path).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("secret_of"), "{}", path.display());
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            }
        }
        assert_eq!(fs::read_dir(&library).unwrap().count(), 2);
    }

    #[test]
    fn a_copy_without_its_key_is_of_no_use_and_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let (config, other) = (folder.path().join("config"), folder.path().join("other"));
        SealedFile::new(folder.path(), &config, None).put("a", &secret("one")).unwrap();
        let copy = SealedFile::new(folder.path(), &other, None);
        assert!(copy.get("a").unwrap_err().to_string().contains("cannot be read"));
        assert!(copy.put("b", &secret("two")).is_err());
        assert!(!other.exists());
        let mut bytes = fs::read(folder.path().join("secrets.sealed")).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(folder.path().join("secrets.sealed"), bytes).unwrap();
        assert!(SealedFile::new(folder.path(), &config, None).get("a").is_err());
    }

    #[test]
    fn a_passphrase_locks_what_a_key_file_opened_before() {
        let folder = tempfile::tempdir().unwrap();
        let with = |passphrase: Option<&str>| {
            SealedFile::new(folder.path(), &folder.path().join("config"), passphrase.map(secret))
        };
        with(None).put("a", &secret("one")).unwrap();
        with(Some("horse")).put("b", &secret("two")).unwrap();
        assert!(matches!(with(None).get("a"), Err(ConnectionError::Passphrase { given: false })));
        assert!(matches!(with(Some("cow")).get("a"), Err(ConnectionError::Passphrase { given: true })));
        assert_eq!(read(&with(Some("horse")), "a").unwrap(), "one");
    }

    #[test]
    fn many_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for number in 0..8 {
                let file = SealedFile::new(folder.path(), &folder.path().join("config"), None);
                scope.spawn(move || file.put(&number.to_string(), &secret("x")).unwrap());
            }
        });
        let file = SealedFile::new(folder.path(), &folder.path().join("config"), None);
        assert!((0..8).all(|number| read(&file, &number.to_string()).is_some()));
    }
}
