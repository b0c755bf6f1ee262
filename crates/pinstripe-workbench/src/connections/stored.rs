//! What a person does with stored connections: add, try, rename, give another key, remove. A key goes
//! from here to where it is kept, and never back.

use pinstripe_catalog::{DataType, catalog};
use pinstripe_client::{ApiBase, ApiKey, ErrorKind};
use pinstripe_connections::connections::{NewSecret, Removed};
use pinstripe_connections::{ConnectionRecord, Tried};
use pinstripe_library::{Failure, Field};

use super::info::ConnectionInfo;
use super::{Connections, SANDBOX, failure};
use crate::imports::blocking;

/// The data types of these names; those of everyday use where none is named.
pub(crate) fn data_types(names: Option<&[String]>) -> Result<Vec<&'static DataType>, Failure> {
    let Some(names) = names else {
        return Ok(catalog().featured().collect());
    };
    let unknown = |name: &str| {
        Failure::new(ErrorKind::NotFound, format!("`{name}` is no data type")).about(Field::DataType)
    };
    names.iter().map(|name| catalog().data_type(name).map_err(|_| unknown(name))).collect()
}

impl Connections {
    /// Refuses a name that cannot be had: those of this process are taken, too.
    pub fn check_name(&self, name: &str, own_id: Option<&str>) -> Result<String, Failure> {
        let trimmed = name.trim();
        let known = self.known();
        let taken = known
            .iter()
            .any(|known| known.info.name.eq_ignore_ascii_case(trimmed) && Some(&*known.info.id) != own_id);
        drop(known);
        // That name says of data that they are made up.
        if taken || trimmed.eq_ignore_ascii_case(SANDBOX) {
            let message = format!("a connection called `{trimmed}` exists already");
            return Err(Failure::new(ErrorKind::Exists, message)
                .about(Field::Name)
                .with_hint("choose another name"));
        }
        match own_id {
            Some(_) => Ok(trimmed.to_owned()),
            None => self.stored.check_name(name, false).map_err(failure),
        }
    }

    /// A stored connection, by id.
    pub fn stored_record(&self, id: &str) -> Result<ConnectionRecord, Failure> {
        let missing = || Failure::new(ErrorKind::NotFound, "this connection is not there any more");
        self.record(id)?.ok_or_else(missing)
    }

    /// Tries a key and keeps it.
    pub async fn add(
        &self,
        name: &str,
        key: &str,
        names: Option<&[String]>,
    ) -> Result<ConnectionInfo, Failure> {
        let name = self.check_name(name, None)?;
        let types = data_types(names)?;
        let key = parsed(key)?;
        let tried = self.stored.try_new(&self.api_base, &key, &types).await.map_err(failure)?;
        self.keep(None, name, self.api_base.clone(), NewSecret::Key(key), Some(tried)).await
    }

    /// Gives a connection another key of the same account; its data frames go on with it.
    pub async fn replace_key(
        &self,
        id: &str,
        key: &str,
        names: Option<&[String]>,
    ) -> Result<ConnectionInfo, Failure> {
        let record = self.stored_record(id)?;
        let types = data_types(names)?;
        let key = parsed(key)?;
        // A key is sent to the server of its connection and to no other.
        let api_base = ApiBase::parse(&record.api_base)?;
        let tried = self.stored.try_new(&api_base, &key, &types).await.map_err(failure)?;
        self.keep(Some(record), String::new(), api_base, NewSecret::Key(key), Some(tried)).await
    }

    /// Keeps a secret, as a new connection or in the place of the one that `replaced` has.
    pub async fn keep(
        &self,
        replaced: Option<ConnectionRecord>,
        name: String,
        api_base: ApiBase,
        secret: NewSecret,
        tried: Option<Tried>,
    ) -> Result<ConnectionInfo, Failure> {
        let stored = self.stored.clone();
        let kept = blocking(move || {
            let kept = match &replaced {
                Some(record) => stored.replace(record, &secret, tried.as_ref()),
                None => stored.add(&name, &api_base, &secret, tried.as_ref()),
            };
            kept.map_err(failure)
        });
        let record = kept.await?;
        self.forget_client(&record.id).await;
        self.changed();
        Ok(ConnectionInfo::of_record(&self.stored, &record))
    }

    /// Tries a connection once more: the named data types, else those that were tried before.
    pub async fn try_again(&self, id: &str, names: Option<&[String]>) -> Result<ConnectionInfo, Failure> {
        let record = self.stored_record(id)?;
        let before: Vec<String> = record.access.iter().map(|tried| tried.data_type.clone()).collect();
        let types = data_types(names.or(Some(&before).filter(|names| !names.is_empty()).map(Vec::as_slice)))?;
        let (record, _) = self.stored.try_again(&record, &types).await.map_err(failure)?;
        self.changed();
        Ok(ConnectionInfo::of_record(&self.stored, &record))
    }

    pub fn rename(&self, id: &str, name: &str) -> Result<ConnectionInfo, Failure> {
        let record = self.stored_record(id)?;
        self.check_name(name, Some(id))?;
        let record = self.stored.rename(&record.id, name).map_err(failure)?;
        self.changed();
        Ok(ConnectionInfo::of_record(&self.stored, &record))
    }

    /// Forgets a connection; imports under way go on. A grant is given back to Stripe, and the answer
    /// says why where Stripe could not be told.
    pub async fn remove(&self, id: &str) -> Result<Option<Failure>, Failure> {
        let of_process = {
            let mut known = self.known();
            let before = known.len();
            known.retain(|connection| connection.info.id != id);
            known.len() != before
        };
        if of_process {
            self.changed();
            return Ok(None);
        }
        let record = self.stored_record(id)?;
        let Removed { not_given_back, .. } = self.stored.remove(&record.id).await.map_err(failure)?;
        self.forget_client(id).await;
        self.changed();
        Ok(not_given_back.map(failure))
    }
}

fn parsed(key: &str) -> Result<ApiKey, Failure> {
    ApiKey::parse(key).map_err(|error| failure(error.into()))
}
