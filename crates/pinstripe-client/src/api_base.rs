//! Where Stripe is. Anything but loopback must be HTTPS: a key never travels in clear.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::ClientError;

/// Stripe's own API host.
pub const STRIPE: &str = "https://api.stripe.com";

/// The address of a Stripe API server, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiBase {
    url: Url,
}

impl ApiBase {
    pub fn stripe() -> ApiBase {
        ApiBase { url: Url::parse(STRIPE).expect("a constant address parses") }
    }

    pub fn parse(text: &str) -> Result<ApiBase, ClientError> {
        let invalid = |problem: &str| ClientError::InvalidApiBase {
            text: text.to_owned(),
            problem: problem.to_owned(),
        };
        let url = Url::parse(text.trim())
            .map_err(|_| invalid("expected an address such as https://api.stripe.com"))?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            // The text may hold a secret: it is not repeated.
            return Err(ClientError::InvalidApiBase {
                text: url.host_str().unwrap_or("").to_owned(),
                problem: "expected scheme, host and port only".to_owned(),
            });
        }
        if url.path() != "/" {
            return Err(invalid("expected no path; pinstripe adds /v1/... itself"));
        }
        let base = ApiBase { url };
        match base.url.scheme() {
            "https" => Ok(base),
            "http" if base.is_loopback() => Ok(base),
            "http" => Err(invalid("expected https, since the key would travel in clear")),
            _ => Err(invalid("expected https (or http on this machine)")),
        }
    }

    /// Whether the server is on this machine.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
    }

    pub fn is_stripe(&self) -> bool {
        self.url.host_str().is_some_and(|host| host == "stripe.com" || host.ends_with(".stripe.com"))
    }

    /// The full address of a path and its parameters.
    pub(crate) fn address(&self, path: &str, parameters: &[(String, String)]) -> Url {
        let mut url = self.url.clone();
        // A nested list's `url` may carry a query of its own.
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        url.set_path(path);
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        url
    }
}

impl fmt::Display for ApiBase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_travels_in_clear() {
        for good in
            ["https://api.stripe.com", "http://127.0.0.1:12111", "http://localhost:1", "http://[::1]:80/"]
        {
            assert!(ApiBase::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.stripe.com",
            "ftp://127.0.0.1",
            "api.stripe.com",
            "",
            "https://h/v1",
            "https://u:p@h",
        ] {
            assert!(ApiBase::parse(bad).is_err(), "{bad}");
        }
        assert!(!ApiBase::parse("https://u:p@h").unwrap_err().to_string().contains("u:p"));
    }

    #[test]
    fn addresses_keep_a_nested_lists_own_query() {
        let base = ApiBase::parse("http://127.0.0.1:5").unwrap();
        let parameters =
            [("limit".to_owned(), "100".to_owned()), ("created[gte]".to_owned(), "5".to_owned())];
        assert_eq!(
            base.address("/v1/subscription_items?subscription=sub_1", &parameters).as_str(),
            "http://127.0.0.1:5/v1/subscription_items?subscription=sub_1&limit=100&created%5Bgte%5D=5"
        );
    }
}
