//! Accounts of a platform that a frame or a run was to hold and does not, as the page shows them.
//!
//! Which ones, and why, is for `pinstripe-import` to find.

use pinstripe_import::MissingAccount;
use serde::Serialize;
use utoipa::ToSchema;

/// An account whose rows are not there.
#[derive(Serialize, ToSchema)]
pub(crate) struct MissingAccountInfo {
    pub account: String,
    /// In a few words.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl MissingAccountInfo {
    pub fn all(missing: &[MissingAccount]) -> Vec<MissingAccountInfo> {
        let info = |missing: &MissingAccount| MissingAccountInfo {
            account: missing.account.clone(),
            reason: missing.reason.clone(),
            hint: missing.hint.clone(),
        };
        missing.iter().map(info).collect()
    }
}
