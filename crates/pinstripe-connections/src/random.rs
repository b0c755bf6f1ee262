//! Random bytes of the system, for ids, keys and nonces.

use crate::error::ConnectionError;

pub(crate) fn random<const BYTES: usize>() -> Result<[u8; BYTES], ConnectionError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| ConnectionError::Vault {
        what: "this system gives no random numbers".to_owned(),
        source: error.to_string().into(),
        hint: "keep the key in STRIPE_API_KEY instead".to_owned(),
    })?;
    Ok(bytes)
}
