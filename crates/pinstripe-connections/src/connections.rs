//! All that can be done with connections: add, find, use, try, rename, give another key, remove; and
//! the same for the team's own OAuth platform or app. A key goes from here to a client or to the
//! vault, never to a caller.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pinstripe_catalog::DataType;
use pinstripe_client::{ApiBase, ApiKey, Client, ClientOptions, MaxRate};
use secrecy::{ExposeSecret, SecretString};

use crate::error::ConnectionError;
use crate::oauth::grant::Grant;
use crate::oauth::renewal::Renewal;
use crate::oauth::{Code, Consent, OAuthApp, OAuthError, OAuthKind, token};
use crate::random::random;
use crate::record::{ConnectionKind, ConnectionRecord};
use crate::register::Register;
use crate::tried::{Tried, try_key};
use crate::vault::{Keeper, Vault};

/// Longer names break every list they stand in.
const NAME_LETTERS_MAX: usize = 80;

/// Where connections and their secrets are.
#[derive(Debug, Clone)]
pub struct Places {
    /// The library's folder: what is known of connections, and the encrypted file.
    pub library: PathBuf,
    /// The user's settings folder, outside of the library: what opens that file.
    pub config: PathBuf,
    pub passphrase: Option<SecretString>,
    /// The place for new secrets; the keychain where it answers, when none is named.
    pub keeper: Option<Keeper>,
}

/// The connections of one library. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Connections {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    register: Register,
    vault: Arc<Vault>,
    library: PathBuf,
}

/// A connection that was removed.
#[derive(Debug)]
pub struct Removed {
    pub record: ConnectionRecord,
    /// Why Stripe could not be told, where a grant was to be given back.
    pub not_given_back: Option<ConnectionError>,
}

/// What a new connection is made with.
pub enum NewSecret {
    Key(ApiKey),
    Grant { kind: OAuthKind, grant: Grant },
}

impl Connections {
    pub fn open(places: Places) -> Result<Connections, ConnectionError> {
        let vault = Vault::new(&places.library, &places.config, places.passphrase, places.keeper);
        let register = Register::open(&places.library.join("connections.sqlite"))?;
        let shared = Shared { register, vault: Arc::new(vault), library: places.library };
        Ok(Connections { shared: Arc::new(shared) })
    }

    pub fn library(&self) -> &Path {
        &self.shared.library
    }

    /// By name.
    pub fn list(&self) -> Result<Vec<ConnectionRecord>, ConnectionError> {
        self.shared.register.connections()
    }

    /// The connection of this name or id.
    pub fn find(&self, name: &str) -> Result<ConnectionRecord, ConnectionError> {
        let register = &self.shared.register;
        let found = match register.named(name.trim())? {
            Some(record) => Some(record),
            None => register.connection(name.trim())?,
        };
        match found {
            Some(record) => Ok(record),
            None => Err(ConnectionError::Unknown { name: name.to_owned(), known: self.names()? }),
        }
    }

    /// The only connection there is; `None` without any.
    pub fn only(&self) -> Result<Option<ConnectionRecord>, ConnectionError> {
        let mut all = self.list()?;
        match all.len() {
            0 | 1 => Ok(all.pop()),
            _ => Err(ConnectionError::Ambiguous { known: all.into_iter().map(|one| one.name).collect() }),
        }
    }

    fn names(&self) -> Result<Vec<String>, ConnectionError> {
        Ok(self.list()?.into_iter().map(|record| record.name).collect())
    }

    /// What the place where a connection's secret is protects from.
    pub fn protection(&self, record: &ConnectionRecord) -> String {
        self.shared.vault.protection(record.kept_in)
    }

    /// Refuses a name that cannot be had, before anybody is asked for a key.
    pub fn check_name(&self, name: &str, replace: bool) -> Result<String, ConnectionError> {
        let name = checked(name)?;
        match self.shared.register.named(&name)? {
            Some(_) if !replace => Err(ConnectionError::Taken { name }),
            None if replace => Err(ConnectionError::Unknown { known: self.names()?, name }),
            _ => Ok(name),
        }
    }

    /// Tries a key that is not kept yet.
    pub async fn try_new(
        &self,
        api_base: &ApiBase,
        key: &ApiKey,
        data_types: &[&DataType],
    ) -> Result<Tried, ConnectionError> {
        let client = Client::new(ClientOptions::new(api_base.clone(), key.clone()))?;
        try_key(&client, data_types).await
    }

    /// Keeps a new connection. Its secret is put away first: a record without one would be of no use.
    pub fn add(
        &self,
        name: &str,
        api_base: &ApiBase,
        secret: &NewSecret,
        tried: Option<&Tried>,
    ) -> Result<ConnectionRecord, ConnectionError> {
        let name = self.check_name(name, false)?;
        let mut record = ConnectionRecord {
            id: new_id()?,
            name,
            kind: ConnectionKind::Key,
            api_base: api_base.to_string(),
            live: false,
            account: None,
            account_name: None,
            key_hint: None,
            may_write: false,
            kept_in: self.shared.vault.preferred(),
            added_at: now(),
            tried_at: None,
            access: Vec::new(),
        };
        describe(&mut record, secret)?;
        note_tried(&mut record, tried);
        let vault = &self.shared.vault;
        vault.put(record.kept_in, &record.id, &kept(secret))?;
        if let Err(error) = self.shared.register.add(&record) {
            // Nobody would ever find it again.
            let _ = vault.remove(record.kept_in, &record.id);
            return Err(error);
        }
        Ok(record)
    }

    /// Gives a connection another key. Frames go on with it, so it must be of the same account.
    pub fn replace(
        &self,
        record: &ConnectionRecord,
        secret: &NewSecret,
        tried: Option<&Tried>,
    ) -> Result<ConnectionRecord, ConnectionError> {
        let mut new = record.clone();
        new.account = None;
        describe(&mut new, secret)?;
        note_tried(&mut new, tried);
        if let (Some(account), Some(found)) = (&record.account, &new.account)
            && account != found
        {
            let (account, found) = (account.clone(), found.clone());
            return Err(ConnectionError::OtherAccount { name: record.name.clone(), account, found });
        }
        if record.live != new.live {
            let word = |live: bool| if live { "live data" } else { "test data" }.to_owned();
            let (account, found) = (word(record.live), word(new.live));
            return Err(ConnectionError::OtherAccount { name: record.name.clone(), account, found });
        }
        new.account = new.account.or_else(|| record.account.clone());
        new.account_name = new.account_name.or_else(|| record.account_name.clone());
        self.shared.vault.put(record.kept_in, &record.id, &kept(secret))?;
        match self.shared.register.update(&new)? {
            true => Ok(new),
            false => Err(ConnectionError::Unknown { name: record.name.clone(), known: self.names()? }),
        }
    }

    pub fn rename(&self, name: &str, new_name: &str) -> Result<ConnectionRecord, ConnectionError> {
        let mut record = self.find(name)?;
        record.name = checked(new_name)?;
        self.shared.register.update(&record)?;
        Ok(record)
    }

    /// Tries a connection that is kept, and notes what it may read.
    pub async fn try_again(
        &self,
        record: &ConnectionRecord,
        data_types: &[&DataType],
    ) -> Result<(ConnectionRecord, Tried), ConnectionError> {
        let client = Client::new(self.options(record, MaxRate::default())?)?;
        let tried = try_key(&client, data_types).await?;
        if let (Some(account), Some(found)) = (&record.account, &tried.account.id)
            && account != found
        {
            let (account, found) = (account.clone(), found.clone());
            return Err(ConnectionError::OtherAccount { name: record.name.clone(), account, found });
        }
        let mut record = self.find(&record.id)?;
        note_tried(&mut record, Some(&tried));
        self.shared.register.update(&record)?;
        Ok((record, tried))
    }

    /// How a client reaches the account of a connection.
    pub fn options(
        &self,
        record: &ConnectionRecord,
        max_rate: MaxRate,
    ) -> Result<ClientOptions, ConnectionError> {
        let kept = self.shared.vault.get(record.kept_in, &record.id)?;
        let gone =
            || ConnectionError::SecretGone { name: record.name.clone(), kept_in: record.kept_in.label() };
        let kept = kept.ok_or_else(gone)?;
        let api_base = ApiBase::parse(&record.api_base)?;
        let (key, key_source) = match oauth_kind(record.kind) {
            None => (ApiKey::parse(kept.expose_secret())?, None),
            Some(kind) => {
                let grant = Grant::of_kept(&kept).ok_or_else(gone)?;
                let app = self.oauth_app(kind)?.ok_or(OAuthError::NoApp { kind: kind.as_str() })?;
                let lock = self.shared.library.join(format!("grant-{}.lock", record.id));
                let key = grant.key()?;
                let renewal = Renewal::new(Arc::clone(&self.shared.vault), app, record, lock, grant);
                (key, Some(Arc::new(renewal) as Arc<dyn pinstripe_client::KeySource>))
            }
        };
        let mut options = ClientOptions::new(api_base, key);
        options.identity = Some(record.id.clone());
        options.key_source = key_source;
        options.max_rate = max_rate;
        Ok(options)
    }

    /// Takes a connection and its secret away; a grant is given back first, where Stripe can be told.
    pub async fn remove(&self, name: &str) -> Result<Removed, ConnectionError> {
        let record = self.find(name)?;
        let not_given_back = match oauth_kind(record.kind) {
            Some(kind) => self.give_back(&record, kind).await.err(),
            None => None,
        };
        self.shared.vault.remove(record.kept_in, &record.id)?;
        self.shared.register.remove(&record.id)?;
        let _ = std::fs::remove_file(self.shared.library.join(format!("grant-{}.lock", record.id)));
        Ok(Removed { record, not_given_back })
    }

    async fn give_back(&self, record: &ConnectionRecord, kind: OAuthKind) -> Result<(), ConnectionError> {
        let (app, secret) = self.app_and_secret(kind)?;
        let account = record.account.as_deref().unwrap_or_default();
        Ok(token::deauthorize(&app, &secret, account).await?)
    }

    /// The team's own platform or app, without its secret.
    pub fn oauth_app(&self, kind: OAuthKind) -> Result<Option<OAuthApp>, ConnectionError> {
        self.shared.register.oauth_app(kind)
    }

    /// Keeps the team's own platform or app. `app.live`, `app.key_hint` and `app.kept_in` are told by
    /// the secret and its place.
    pub fn set_oauth_app(&self, mut app: OAuthApp, secret: &ApiKey) -> Result<OAuthApp, ConnectionError> {
        app.live = secret.mode() == pinstripe_client::Mode::Live;
        app.key_hint = secret.hint();
        app.kept_in = self.shared.vault.preferred();
        app.check()?;
        self.shared.vault.put(app.kept_in, &OAuthApp::secret_id(app.kind), secret.secret())?;
        self.shared.register.set_oauth_app(&app)?;
        Ok(app)
    }

    pub fn remove_oauth_app(&self, kind: OAuthKind) -> Result<(), ConnectionError> {
        if let Some(app) = self.oauth_app(kind)? {
            self.shared.vault.remove(app.kept_in, &OAuthApp::secret_id(kind))?;
        }
        self.shared.register.remove_oauth_app(kind)
    }

    fn app_and_secret(&self, kind: OAuthKind) -> Result<(OAuthApp, SecretString), ConnectionError> {
        let missing = OAuthError::NoApp { kind: kind.as_str() };
        let Some(app) = self.oauth_app(kind)? else { return Err(missing.into()) };
        match self.shared.vault.get(app.kept_in, &OAuthApp::secret_id(kind))? {
            Some(secret) => Ok((app, secret)),
            None => Err(missing.into()),
        }
    }

    /// Begins to ask a person for consent: the page to open, and what tells its answer from others.
    pub async fn begin_grant(&self, kind: OAuthKind) -> Result<(OAuthApp, Consent), ConnectionError> {
        let (app, _) = self.app_and_secret(kind)?;
        let consent = Consent::new(&app, token::has_pkce(&app).await)?;
        Ok((app, consent))
    }

    /// Exchanges the answer for a grant.
    pub async fn end_grant(&self, kind: OAuthKind, code: &Code) -> Result<NewSecret, ConnectionError> {
        let (app, secret) = self.app_and_secret(kind)?;
        let grant = token::exchange(&app, &secret, code, now()).await?;
        Ok(NewSecret::Grant { kind, grant })
    }
}

impl NewSecret {
    /// The key that tries it.
    pub fn key(&self) -> Result<ApiKey, ConnectionError> {
        match self {
            NewSecret::Key(key) => Ok(key.clone()),
            NewSecret::Grant { grant, .. } => Ok(grant.key()?),
        }
    }
}

fn oauth_kind(kind: ConnectionKind) -> Option<OAuthKind> {
    match kind {
        ConnectionKind::Key => None,
        ConnectionKind::Connect => Some(OAuthKind::Connect),
        ConnectionKind::App => Some(OAuthKind::App),
    }
}

/// What the secret itself tells.
fn describe(record: &mut ConnectionRecord, secret: &NewSecret) -> Result<(), ConnectionError> {
    let key = secret.key()?;
    record.live = key.mode() == pinstripe_client::Mode::Live;
    record.may_write = key.may_write();
    record.key_hint = None;
    match secret {
        NewSecret::Key(key) => {
            record.kind = ConnectionKind::Key;
            record.key_hint = key.hint();
        }
        NewSecret::Grant { kind, grant } => {
            record.kind = match kind {
                OAuthKind::Connect => ConnectionKind::Connect,
                OAuthKind::App => ConnectionKind::App,
            };
            record.live = grant.live;
            // What an app may do stands in its manifest, not in its token.
            record.may_write = *kind == OAuthKind::Connect;
            record.account = grant.account.clone().or_else(|| record.account.take());
        }
    }
    Ok(())
}

fn note_tried(record: &mut ConnectionRecord, tried: Option<&Tried>) {
    let Some(tried) = tried else { return };
    record.account = tried.account.id.clone().or_else(|| record.account.take());
    record.account_name = tried.account.name.clone().or_else(|| record.account_name.take());
    record.tried_at = Some(now());
    // Those that were not asked about this time stay as they were.
    record.access.retain(|old| !tried.access.iter().any(|new| new.data_type == old.data_type));
    record.access.extend(tried.access.iter().cloned());
    record.access.sort_by(|left, right| left.data_type.cmp(&right.data_type));
}

fn kept(secret: &NewSecret) -> SecretString {
    match secret {
        NewSecret::Key(key) => key.secret().clone(),
        NewSecret::Grant { grant, .. } => grant.kept(),
    }
}

fn checked(name: &str) -> Result<String, ConnectionError> {
    let name = name.trim();
    let bad = |expected| Err(ConnectionError::BadName { name: name.to_owned(), expected });
    if name.is_empty() {
        return bad("a name");
    }
    if ["sk_", "rk_", "pk_", "whsec_"].iter().any(|beginning| name.starts_with(beginning)) {
        // Typed in the wrong place: it is not repeated.
        return Err(ConnectionError::BadName { name: "...".to_owned(), expected: "a name, not a key" });
    }
    if name.chars().count() > NAME_LETTERS_MAX {
        return bad("at most 80 letters");
    }
    if name.chars().any(char::is_control) || name.starts_with('-') {
        return bad("letters, digits and spaces, no dash at the beginning");
    }
    Ok(name.to_owned())
}

fn new_id() -> Result<String, ConnectionError> {
    let bytes: [u8; 16] = random()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
