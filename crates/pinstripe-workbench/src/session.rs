//! Who may talk to the workbench: whoever knows the token that the terminal printed gets a cookie,
//! and the cookie is asked for from then on. Both are random and live as long as the process.

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;

const SECRET_BYTES: usize = 32;

pub(crate) struct Session {
    port: u16,
    token: String,
    cookie: String,
}

impl Session {
    pub fn new(port: u16) -> Session {
        Session { port, token: secret(), cookie: secret() }
    }

    pub fn address(&self) -> String {
        format!("{}/?token={}", self.origin(), self.token)
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether a `Host` is this machine's loopback at our port. Any other name, even one that leads
    /// here, is another page's doing.
    pub fn is_own_host(&self, host: &str) -> bool {
        let names = ["127.0.0.1", "localhost", "[::1]"];
        names.iter().any(|name| {
            host.len() <= 64
                && host
                    .rsplit_once(':')
                    .is_some_and(|(found, port)| found == *name && port == self.port.to_string())
        })
    }

    /// Whether an `Origin` is one of our own addresses.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        origin.strip_prefix("http://").is_some_and(|host| self.is_own_host(host))
    }

    pub fn is_token(&self, text: &str) -> bool {
        same(text, &self.token)
    }

    /// Whether the request carries the session's cookie.
    pub fn is_known(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie_name();
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';'));
        pairs.any(|pair| {
            pair.trim()
                .split_once('=')
                .is_some_and(|(found, value)| found == name && same(value, &self.cookie))
        })
    }

    pub fn set_cookie(&self) -> String {
        format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie_name(), self.cookie)
    }

    /// Cookies know no ports: workbenches at several ports must not overwrite each other's.
    fn cookie_name(&self) -> String {
        format!("pinstripe_{}", self.port)
    }
}

/// Compared in a time that tells nothing of where the two differ.
fn same(found: &str, wanted: &str) -> bool {
    found.as_bytes().ct_eq(wanted.as_bytes()).into()
}

/// 32 random bytes as hexadecimal digits.
fn secret() -> String {
    let mut bytes = [0; SECRET_BYTES];
    // Without randomness there is no session to protect.
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
