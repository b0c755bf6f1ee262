//! What a key may read, found out by one cheap request for each data type: never by a request that a
//! key may lack the right for, since a restricted key without access to the account's own record is
//! a good key all the same.

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use pinstripe_catalog::DataType;
use pinstripe_client::{Client, ClientError, ErrorKind, RetryPolicy, StripeError, Tries};
use serde::{Deserialize, Serialize};

use crate::error::ConnectionError;

/// Requests under way at once: few, since an account's own traffic goes on meanwhile.
const AT_ONCE: usize = 8;
/// Somebody waits for the answer.
const ATTEMPTS_MAX: u32 = 4;

/// Whether a data type can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "access", rename_all = "snake_case")]
pub enum Access {
    Readable,
    /// The key lacks a permission, which Stripe or else the catalog names.
    NotPermitted {
        permission: Option<String>,
    },
    /// The account does not have this product.
    NotEnabled {
        message: String,
    },
    /// Stripe lists it only for one object, so that a key alone cannot be tried.
    NeedsParameter {
        parameter: String,
    },
    /// Stripe or the network failed.
    Failed {
        message: String,
    },
}

/// One data type and what a key may do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeAccess {
    pub data_type: String,
    #[serde(flatten)]
    pub access: Access,
}

/// An account, as far as Stripe tells of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AccountSeen {
    pub id: Option<String>,
    pub name: Option<String>,
}

/// What came of trying a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    pub account: AccountSeen,
    pub access: Vec<TypeAccess>,
}

impl Tried {
    pub fn readable(&self) -> usize {
        self.access.iter().filter(|one| one.access == Access::Readable).count()
    }
}

/// What one request told, and the account that its refusal named.
struct Answered {
    access: Access,
    account: Option<String>,
}

/// Tries each data type with one request for one row. Fails only where the key itself is refused, or
/// where nothing could be reached at all.
pub async fn try_key(client: &Client, data_types: &[&DataType]) -> Result<Tried, ConnectionError> {
    let account = own_account(client);
    // Boxed one by one: a closure over borrowed data types could not be sent between threads.
    let tries: Vec<BoxFuture<'_, _>> =
        data_types.iter().map(|data_type| try_type(client, data_type).boxed()).collect();
    let types = stream::iter(tries).buffered(AT_ONCE).collect::<Vec<_>>();
    let (account, types) = tokio::join!(account, types);
    let mut seen = account?;
    let mut access = Vec::with_capacity(data_types.len());
    let mut unreachable = None;
    for (data_type, answered) in data_types.iter().zip(types) {
        let answered = match answered {
            Ok(answered) => answered,
            Err(error) if is_of_the_key(&error) => return Err(refused(error)),
            Err(error) => {
                let message = error.to_string();
                unreachable.get_or_insert(error);
                Answered { access: Access::Failed { message }, account: None }
            }
        };
        seen.id = seen.id.or(answered.account);
        access.push(TypeAccess { data_type: data_type.name.clone(), access: answered.access });
    }
    let answered =
        access.iter().any(|one| !matches!(one.access, Access::Failed { .. } | Access::NeedsParameter { .. }));
    match unreachable {
        Some(error) if !answered => Err(error.into()),
        _ => Ok(Tried { account: seen, access }),
    }
}

async fn try_type(client: &Client, data_type: &DataType) -> Result<Answered, ClientError> {
    if let Some(parameter) = data_type.required_parameters().next() {
        let access = Access::NeedsParameter { parameter: parameter.name.clone() };
        return Ok(Answered { access, account: None });
    }
    match get(client, &data_type.path, &[("limit".to_owned(), "1".to_owned())]).await {
        Ok(_) => Ok(Answered { access: Access::Readable, account: None }),
        Err(ClientError::Stripe(error)) if is_of_the_type(&error) => Ok(Answered {
            account: account_in(&error.message),
            access: match error.missing_permission() {
                Some(permission) => Access::NotPermitted { permission: Some(permission.to_owned()) },
                None if error.status == 403 && lacks_permission(&error) => {
                    Access::NotPermitted { permission: data_type.permission.clone() }
                }
                None => Access::NotEnabled { message: error.message.trim_end_matches('.').to_owned() },
            },
        }),
        Err(error) => Err(error),
    }
}

/// A refusal that is about this list and says nothing of others.
fn is_of_the_type(error: &StripeError) -> bool {
    matches!(error.status, 400 | 403 | 404) && !names_an_address(error) && !no_access_to_account(error)
}

/// A refusal of the key itself, whatever is asked.
fn is_of_the_key(error: &ClientError) -> bool {
    match error {
        ClientError::Stripe(error) => {
            error.status == 401 || names_an_address(error) || no_access_to_account(error)
        }
        other => matches!(other.kind(), ErrorKind::Key | ErrorKind::KeyRefused),
    }
}

fn lacks_permission(error: &StripeError) -> bool {
    let message = error.message.to_ascii_lowercase();
    message.contains("permission") || error.code.as_deref() == Some("more_permissions_required")
}

fn names_an_address(error: &StripeError) -> bool {
    error.message.contains("IP address") || error.code.as_deref() == Some("ip_address_not_allowed")
}

fn no_access_to_account(error: &StripeError) -> bool {
    error.code.as_deref() == Some("account_invalid")
}

/// The refusal of a key in words of what to do: Stripe says each in its own way.
pub(crate) fn refused(error: ClientError) -> ConnectionError {
    let ClientError::Stripe(stripe) = &error else { return error.into() };
    let keys = "https://dashboard.stripe.com/apikeys";
    let hint = if stripe.code.as_deref() == Some("api_key_expired") || stripe.message.contains("Expired") {
        format!("the key has expired or was rolled: make a new one at {keys}")
    } else if names_an_address(stripe) {
        format!(
            "the key works from some addresses only: add this machine's at {keys}, or make a key without that limit"
        )
    } else if no_access_to_account(stripe) {
        "the account has taken its access back, or is not connected to this platform".to_owned()
    } else {
        format!("Stripe does not know this key: copy the whole of it from {keys} (test and live keys differ)")
    };
    ConnectionError::KeyRefused { message: error.to_string(), hint }
}

/// The key's own account. That a restricted key may not read it says nothing against the key, and the
/// refusal names the account.
async fn own_account(client: &Client) -> Result<AccountSeen, ConnectionError> {
    match get(client, "/v1/account", &[]).await {
        Ok(body) => Ok(account_of(&body)),
        Err(ClientError::Stripe(error)) if is_of_the_type(&error) => {
            Ok(AccountSeen { id: account_in(&error.message), name: None })
        }
        Err(error) if is_of_the_key(&error) => Err(refused(error)),
        Err(_) => Ok(AccountSeen::default()),
    }
}

fn account_of(body: &[u8]) -> AccountSeen {
    let Ok(account) = serde_json::from_slice::<serde_json::Value>(body) else {
        return AccountSeen::default();
    };
    let text = |pointer: &str| {
        account
            .pointer(pointer)
            .and_then(|value| value.as_str())
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    AccountSeen {
        id: text("/id"),
        name: text("/settings/dashboard/display_name")
            .or_else(|| text("/business_profile/name"))
            .or_else(|| text("/email")),
    }
}

/// `... on account 'acct_1A2b'. Having ...`
fn account_in(message: &str) -> Option<String> {
    let start = message.find("acct_")?;
    let rest = &message[start..];
    let end =
        rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
    Some(rest[..end].to_owned()).filter(|id| id.len() > "acct_".len())
}

async fn get(client: &Client, path: &str, parameters: &[(String, String)]) -> Result<Vec<u8>, ClientError> {
    let policy = RetryPolicy { attempts_max: ATTEMPTS_MAX, ..RetryPolicy::default() };
    let mut tries = Tries::default();
    loop {
        let error = match client.get(path, parameters).await {
            Ok(page) => return Ok(page.body),
            Err(error) => error,
        };
        // Nothing is known of other answers: waits double.
        match policy.wait(&mut tries, &error, 1.0, 0.5) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Err(error),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_in_the_text_of_a_refusal() {
        assert_eq!(account_in("for this endpoint on account 'acct_1A2b'. Having the").unwrap(), "acct_1A2b");
        assert_eq!(account_in("acct_"), None);
        assert_eq!(account_in("nothing"), None);
    }

    #[test]
    fn the_name_of_an_account_is_the_one_its_owner_chose() {
        let seen =
            account_of(br#"{"id":"acct_1","email":"a@b","settings":{"dashboard":{"display_name":"Shop"}}}"#);
        assert_eq!((seen.id.as_deref(), seen.name.as_deref()), (Some("acct_1"), Some("Shop")));
        assert_eq!(account_of(b"<html>"), AccountSeen::default());
    }
}
