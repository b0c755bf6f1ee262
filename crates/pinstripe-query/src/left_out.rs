//! Columns that a person does not want in a frame, checked: each is one of the data type's own, and
//! can be taken out alone.

use pinstripe_catalog::{Catalog, DataType};

use crate::QueryError;
use crate::columns::{Step, find_column};

/// The names as they stand in a plan: each once, in order, so that two plans can be compared.
pub(crate) fn left_out(
    catalog: &Catalog,
    data_type: &DataType,
    names: &[String],
    expand: &[String],
) -> Result<Vec<String>, QueryError> {
    let mut left_out = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if name == "id" {
            return Err(QueryError::new("`id` cannot be left out: it tells rows apart")
                .with_hint("leave out other columns"));
        }
        // What no column holds has a column of its own.
        if name != "extra" {
            let path: Vec<String> = name.split('.').map(str::to_owned).collect();
            let column = find_column(catalog, data_type, &path, expand).or_else(|error| {
                // A list that comes only when it is asked for has its columns all the same.
                let on_request = [expand, &beginnings(&path)].concat();
                find_column(catalog, data_type, &path, &on_request).map_err(|_| error)
            })?;
            if let Some((whole, what)) = enclosing(&column.steps) {
                return Err(QueryError::new(format!("`{name}` is inside {what}, which is one column"))
                    .with_hint(format!("leave out all of `{whole}`, or keep it")));
            }
        }
        left_out.push(name.to_owned());
    }
    left_out.sort_unstable();
    left_out.dedup();
    Ok(left_out)
}

/// `a.b.c` begins with `a` and `a.b`.
fn beginnings(path: &[String]) -> Vec<String> {
    (1..path.len()).map(|length| path[..length].join(".")).collect()
}

/// The list or map that the steps lead into.
fn enclosing(steps: &[Step]) -> Option<(String, &'static str)> {
    let mut fields: Vec<&str> = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        match step {
            Step::Field(name) => fields.push(name),
            Step::Key(_) => return Some((fields.join("."), "a map")),
            // A path that ends at a list names the list.
            Step::Entries if place + 1 == steps.len() => return None,
            Step::Entries => return Some((fields.join("."), "a list")),
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use pinstripe_catalog::catalog;

    fn left_out(names: &[&str]) -> Result<Vec<String>, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let charges = catalog().data_type("charges").unwrap();
        super::left_out(catalog(), charges, &names, &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_of_any_depth_can_be_left_out_once() {
        let names = ["metadata", "description", " billing_details.address.city ", "", "description", "extra"];
        assert_eq!(
            left_out(&names).unwrap(),
            ["billing_details.address.city", "description", "extra", "metadata"]
        );
    }

    #[test]
    fn what_cannot_be_taken_out_alone_is_refused() {
        assert!(left_out(&["id"]).unwrap_err().contains("tells rows apart"));
        assert!(left_out(&["metadata.order"]).unwrap_err().contains("inside a map"));
        assert!(left_out(&["descripton"]).unwrap_err().contains("descripton"));
    }
}
