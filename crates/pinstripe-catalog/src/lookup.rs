//! Finding data types by the names people use, and the nearest names when there is none.

use crate::model::{Catalog, DataType};

/// No data type has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDataType {
    pub name: String,
    /// Up to three names that look like it, nearest first.
    pub nearest: Vec<String>,
}

impl Catalog {
    /// The data types of everyday use, which stand first wherever all are listed.
    pub fn featured(&self) -> impl Iterator<Item = &DataType> {
        self.data_types.iter().filter(|data_type| data_type.featured)
    }

    /// Finds a data type by name, alias, label, path or singular, ignoring case, spaces, dots,
    /// hyphens and slashes: `Balance History`, `balance-history`, `/v1/charges`, `charge`.
    pub fn data_type(&self, name: &str) -> Result<&DataType, UnknownDataType> {
        let wanted = fold(name.strip_prefix("/v1/").unwrap_or(name));
        let answers = |data_type: &DataType| {
            fold(&data_type.name) == wanted
                || fold(&data_type.label) == wanted
                || data_type.aliases.iter().any(|alias| fold(alias) == wanted)
        };
        if let Some(found) = self.data_types.iter().find(|data_type| answers(data_type)) {
            return Ok(found);
        }
        if let Some(found) = self.data_types.iter().find(|data_type| fold(&data_type.schema) == wanted) {
            return Ok(found);
        }
        let names = self.data_types.iter().flat_map(|data_type| {
            std::iter::once(data_type.name.as_str()).chain(data_type.aliases.iter().map(String::as_str))
        });
        Err(UnknownDataType { name: name.to_owned(), nearest: nearest_names(&wanted, names) })
    }
}

fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.trim().chars() {
        match character {
            ' ' | '-' | '.' | '/' | '_' => folded.push('_'),
            other => folded.extend(other.to_lowercase()),
        }
    }
    folded
}

/// Up to three of `names` that a person may have meant by `wanted`, nearest first.
pub fn nearest_names<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .map(|name| (similarity(&wanted, &name.to_lowercase()), name))
        .filter(|(score, _)| *score > 0.7)
        .collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    scored.dedup_by_key(|(_, name)| *name);
    scored.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

/// Jaro-Winkler, which forgives swapped letters and favours a shared beginning; a name that
/// contains the whole of what was typed counts as near too.
fn similarity(wanted: &str, name: &str) -> f64 {
    let distance = strsim::jaro_winkler(wanted, name);
    if wanted.len() >= 4 && name.contains(wanted) { distance.max(0.85) } else { distance }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::catalog;

    #[test]
    fn data_types_answer_to_every_name_people_use() {
        for (typed, name) in [
            ("charges", "charges"),
            ("Charges", "charges"),
            ("charge", "charges"),
            ("/v1/charges", "charges"),
            ("Balance History", "balance_transactions"),
            ("balance_history", "balance_transactions"),
            ("balance-transactions", "balance_transactions"),
            ("File Uploads", "files"),
            ("file_uploads", "files"),
            ("checkout/sessions", "checkout_sessions"),
            ("checkout.sessions", "checkout_sessions"),
        ] {
            assert_eq!(catalog().data_type(typed).unwrap().name, name, "{typed}");
        }
    }

    #[test]
    fn an_unknown_data_type_names_its_neighbours() {
        let error = catalog().data_type("chrages").unwrap_err();
        assert_eq!(error.nearest.first().map(String::as_str), Some("charges"));
        assert!(catalog().data_type("zzzzqqq").unwrap_err().nearest.is_empty());
    }
}
