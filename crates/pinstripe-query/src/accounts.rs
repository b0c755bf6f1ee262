//! Which accounts of a platform are read, as typed: `acct_...`, `all`, `self`. Nothing is looked up
//! here: "all" stays "all", so that every import finds the accounts of its own day.
//!
//! Also the name of the column that says which account a row is of: it depends on the data type
//! alone, never on the data.

use pinstripe_catalog::{Catalog, DataType};
use serde::{Deserialize, Serialize};

use crate::{Input, QueryError};

/// The column of the account; of data types whose own fields have that name, the other one.
const COLUMN: &str = "account";
const OTHER_COLUMN: &str = "connected_account";
/// Accounts that a sentence names.
const NAMED_MAX: usize = 3;

/// The accounts that an import reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChoice {
    /// Every connected account, as Stripe lists them when the import begins.
    pub all: bool,
    /// The key's own account.
    pub own: bool,
    /// Accounts by id, in order.
    pub ids: Vec<String>,
}

impl AccountChoice {
    /// Reads what was typed, each an id, `all` or `self`. `None` where nothing was.
    pub fn parse(typed: &[String]) -> Result<Option<AccountChoice>, QueryError> {
        let mut choice = AccountChoice::default();
        for word in typed.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            let known = match word {
                "all" => std::mem::replace(&mut choice.all, true),
                "self" => std::mem::replace(&mut choice.own, true),
                id => choice.add(id)?,
            };
            if known {
                return Err(refused(format!("`{word}` is named twice"), "name each account once"));
            }
        }
        if let (true, Some(id)) = (choice.all, choice.ids.first()) {
            let message = format!("`all` reads every connected account, so `{id}` has no place beside it");
            return Err(refused(message, "--accounts all, or --account with the ids alone"));
        }
        choice.ids.sort_unstable();
        Ok((choice != AccountChoice::default()).then_some(choice))
    }

    /// Adds an id; says whether it was there.
    fn add(&mut self, id: &str) -> Result<bool, QueryError> {
        let rest = id.strip_prefix("acct_").unwrap_or_default();
        let is_id = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_id {
            let message = format!("`{id}` is not the id of an account: expected acct_..., `all` or `self`");
            return Err(refused(message, "--account acct_1ABCdefGHIjklMNO, or --accounts all"));
        }
        let known = self.ids.iter().any(|known| known == id);
        self.ids.push(id.to_owned());
        Ok(known)
    }

    /// The choice as it may be typed.
    pub fn typed(&self) -> Vec<String> {
        let words = [("all", self.all), ("self", self.own)];
        let words = words.into_iter().filter(|(_, chosen)| *chosen).map(|(word, _)| word.to_owned());
        words.chain(self.ids.iter().cloned()).collect()
    }

    /// The one account that was chosen, `None` for the key's own: what is not imported is looked at
    /// account by account.
    pub fn only(&self) -> Result<Option<&str>, QueryError> {
        match (self.all, self.own, self.ids.as_slice()) {
            (false, true, []) => Ok(None),
            (false, false, [only]) => Ok(Some(only)),
            _ => Err(refused(
                format!("expected one account, found {}", self.sentence()),
                "name one: --account acct_...; an import reads several into one data frame",
            )),
        }
    }

    /// The accounts in words, to follow "of".
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        if self.all {
            parts.push("all connected accounts".to_owned());
        }
        parts.extend(self.ids.iter().take(NAMED_MAX).cloned());
        if self.ids.len() > NAMED_MAX {
            parts.push(format!("{} more accounts", self.ids.len() - NAMED_MAX));
        }
        if self.own {
            parts.push("the platform's own".to_owned());
        }
        match parts.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, before)) => format!("{} and {last}", before.join(", ")),
            None => String::new(),
        }
    }
}

fn refused(message: String, hint: &str) -> QueryError {
    QueryError::new(message).about(Input::Accounts).with_hint(hint)
}

/// The name of the column that says which account a row is of.
pub fn account_column(catalog: &Catalog, data_type: &DataType) -> &'static str {
    let first = data_type.schema.split('|').next().unwrap_or_default();
    let taken = catalog.schemas.get(first).is_some_and(|schema| schema.field(COLUMN).is_some());
    if taken { OTHER_COLUMN } else { COLUMN }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(typed: &str) -> Result<Option<AccountChoice>, QueryError> {
        AccountChoice::parse(&typed.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_typed_is_checked() {
        let sentence = |typed: &str| parse(typed).unwrap().unwrap().sentence();
        assert_eq!(parse("").unwrap(), None);
        assert_eq!(sentence("all"), "all connected accounts");
        assert_eq!(sentence("all,self"), "all connected accounts and the platform's own");
        assert_eq!(sentence("acct_2, acct_1"), "acct_1 and acct_2");
        assert_eq!(
            sentence("acct_5,acct_4,acct_3,acct_2,acct_1"),
            "acct_1, acct_2, acct_3 and 2 more accounts"
        );
        assert_eq!(parse("acct_1").unwrap().unwrap().only().unwrap(), Some("acct_1"));
        assert_eq!(parse("self").unwrap().unwrap().only().unwrap(), None);
        assert!(parse("all").unwrap().unwrap().only().is_err());
        for typed in ["all,self", "self,acct_1,acct_2"] {
            assert_eq!(parse(typed).unwrap().unwrap().typed().join(","), typed);
        }
        for (typed, said) in [
            ("acc_1", "expected acct_..."),
            ("acct_", "expected acct_..."),
            ("acct_1 2", "expected acct_..."),
            ("acct_1,acct_1", "named twice"),
            ("all,all", "named twice"),
            ("all,acct_1", "no place beside it"),
        ] {
            let error = parse(typed).unwrap_err();
            assert!(error.to_string().contains(said) && error.hint().is_some(), "{typed}: {error}");
        }
    }

    #[test]
    fn the_column_gives_way_to_a_field_of_the_data_type() {
        let catalog = pinstripe_catalog::catalog();
        let column = |name: &str| account_column(catalog, catalog.data_type(name).unwrap());
        for (data_type, expected) in [
            ("charges", "account"),
            ("accounts", "account"),
            ("application_fees", "connected_account"),
            ("events", "connected_account"),
        ] {
            assert_eq!(column(data_type), expected, "{data_type}");
        }
    }

    /// Whatever the catalog gets to have, the column never meets a field.
    #[test]
    fn no_data_type_has_a_field_of_the_columns_name() {
        let catalog = pinstripe_catalog::catalog();
        for data_type in &catalog.data_types {
            let column = account_column(catalog, data_type);
            let schema = &catalog.schemas[data_type.schema.split('|').next().unwrap()];
            assert!(schema.field(column).is_none(), "{}", data_type.name);
        }
    }
}
