//! The address of Stripe's page that makes a restricted key, with the read permissions of chosen data
//! types filled in. Nothing is sent; a person opens it.

use pinstripe_catalog::DataType;
use url::Url;

/// What a secret key or a live one is made at.
const PAGES: [(&str, bool); 2] = [
    ("https://dashboard.stripe.com/apikeys/create", true),
    ("https://dashboard.stripe.com/test/apikeys/create", false),
];

/// The page for a key that may read these data types and nothing else. The permissions' names are those
/// that Stripe's refusals give; a data type whose name is not known is left to the person.
pub fn key_page<'a>(name: &str, live: bool, data_types: impl IntoIterator<Item = &'a DataType>) -> String {
    let page = PAGES.iter().find(|(_, of_live)| *of_live == live).map_or(PAGES[0].0, |(page, _)| page);
    let Ok(mut address) = Url::parse(page) else { return page.to_owned() };
    {
        let mut query = address.query_pairs_mut();
        query.append_pair("name", name);
        for (index, permission) in permissions(data_types).into_iter().enumerate() {
            query.append_pair(&format!("permissions[{index}]"), &permission);
        }
    }
    address.into()
}

/// Each permission once, in the order of the data types.
pub fn permissions<'a>(data_types: impl IntoIterator<Item = &'a DataType>) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for permission in data_types.into_iter().filter_map(|data_type| data_type.permission.clone()) {
        if !named.contains(&permission) {
            named.push(permission);
        }
    }
    named
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use pinstripe_catalog::catalog;

    use super::*;

    #[test]
    fn the_page_asks_for_reading_what_was_chosen_and_no_more() {
        let types =
            ["charges", "refunds", "balance_transactions"].map(|name| catalog().data_type(name).unwrap());
        let page = key_page("pinstripe", true, types);
        assert!(
            page.starts_with("https://dashboard.stripe.com/apikeys/create?name=pinstripe&permissions"),
            "{page}"
        );
        let given: Vec<String> = Url::parse(&page)
            .unwrap()
            .query_pairs()
            .filter(|(name, _)| name.starts_with("permissions["))
            .map(|(_, value)| value.into_owned())
            .collect();
        assert!(given.contains(&"rak_charge_read".to_owned()), "{given:?}");
        assert!(
            given.iter().all(|permission| permission.starts_with("rak_") && permission.ends_with("_read"))
        );
        assert!(
            key_page("x y", false, [])
                .starts_with("https://dashboard.stripe.com/test/apikeys/create?name=x+y")
        );
    }
}
