//! Query strings and form bodies, as Stripe reads them: brackets for hashes and arrays, and complaints in its words.
//!
//! It knows shapes, not meanings: which parameters an endpoint has is in `lists.rs`. Read next: `lists.rs`.

use crate::error::ApiError;

/// A parameter: its name, what stands in brackets after it, its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: String,
    pub path: Vec<String>,
    pub value: String,
}

#[derive(Clone, Debug, Default)]
pub struct Params(pub Vec<Param>);

/// An interval of whole numbers, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub from: i64,
    pub to: i64,
}

impl Interval {
    pub const ALL: Interval = Interval { from: i64::MIN, to: i64::MAX };

    pub fn holds(&self, value: i64) -> bool {
        self.from <= value && value <= self.to
    }
}

impl Params {
    pub fn parse(text: &str) -> Self {
        Self(text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|param| param.name.as_str())
    }

    fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a Param> + use<'a, 'n> {
        self.0.iter().filter(move |param| param.name == name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// A plain value; the last one wins.
    pub fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let mut found = None;
        for param in self.all(name) {
            if !param.path.is_empty() {
                let shown: serde_json::Map<String, serde_json::Value> =
                    self.all(name).map(|param| (param.path.join("]["), param.value.clone().into())).collect();
                let shown = serde_json::Value::Object(shown);
                return Err(ApiError::bad_request(format!("Invalid string: {shown}")).param(name));
            }
            found = Some(param.value.as_str());
        }
        Ok(found)
    }

    pub fn int(&self, name: &str) -> Result<Option<i64>, ApiError> {
        self.text(name)?.map(|text| integer(name, text)).transpose()
    }

    pub fn bool(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.text(name)? {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(other) => Err(ApiError::bad_request(format!("Invalid boolean: {other}")).param(name)),
        }
    }

    /// `name[]=a`, `name[0]=a`
    pub fn array(&self, name: &str) -> Result<Vec<String>, ApiError> {
        let mut values = Vec::new();
        for param in self.all(name) {
            match param.path.as_slice() {
                [place] if place.bytes().all(|byte| byte.is_ascii_digit()) => {
                    values.push(param.value.clone())
                }
                _ => return Err(ApiError::bad_request("Invalid array").param(name)),
            }
        }
        Ok(values)
    }

    /// `name=5` or `name[gte]=5&name[lt]=9`
    pub fn interval(&self, name: &str) -> Result<Option<Interval>, ApiError> {
        let mut found = None;
        for param in self.all(name) {
            let interval: &mut Interval = found.get_or_insert(Interval::ALL);
            match param.path.as_slice() {
                [] => {
                    let value = integer(name, &param.value)?;
                    *interval = Interval { from: value, to: value };
                }
                [bound] => {
                    let full = format!("{name}[{bound}]");
                    let value = integer(&full, &param.value);
                    match bound.as_str() {
                        "gt" => interval.from = interval.from.max(value?.saturating_add(1)),
                        "gte" => interval.from = interval.from.max(value?),
                        "lt" => interval.to = interval.to.min(value?.saturating_sub(1)),
                        "lte" => interval.to = interval.to.min(value?),
                        _ => return Err(ApiError::unknown_parameters(&[full])),
                    }
                }
                _ => return Err(ApiError::bad_request("Invalid object").param(name)),
            }
        }
        Ok(found)
    }

    /// `name[a]=1&name[b]=2`
    pub fn hash(&self, name: &str) -> Result<Vec<(String, String)>, ApiError> {
        self.all(name)
            .map(|param| match param.path.as_slice() {
                [key] => Ok((key.clone(), param.value.clone())),
                _ => Err(ApiError::bad_request("Invalid object").param(name)),
            })
            .collect()
    }
}

pub fn integer(name: &str, text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::invalid_integer(name, text))
}

fn pair(text: &str) -> Param {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    let key = decode(key);
    let (name, rest) = match key.find('[') {
        Some(at) if at > 0 && key.ends_with(']') => (key[..at].to_owned(), &key[at + 1..key.len() - 1]),
        _ => (key.clone(), ""),
    };
    let path =
        if name.len() == key.len() { Vec::new() } else { rest.split("][").map(str::to_owned).collect() };
    Param { name, path, value: decode(value) }
}

/// The other way round, for a value in a query string.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let ahead = rest.as_slice_of(text);
                match ahead.get(..2).and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                    Some(decoded) => {
                        bytes.push(decoded);
                        rest.next();
                        rest.next();
                    }
                    None => bytes.push(b'%'),
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is left of a text behind an iterator over its bytes.
trait Remaining {
    fn as_slice_of<'a>(&self, text: &'a str) -> &'a str;
}

impl Remaining for std::str::Bytes<'_> {
    fn as_slice_of<'a>(&self, text: &'a str) -> &'a str {
        text.get(text.len() - self.len()..).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_brackets() {
        let params =
            Params::parse("created[gte]=5&created%5Blt%5D=9&expand[]=a&expand[1]=b%20c&x=%E2%98%95+%");
        assert_eq!(params.interval("created").unwrap(), Some(Interval { from: 5, to: 8 }));
        assert_eq!(params.array("expand").unwrap(), ["a", "b c"]);
        assert_eq!(params.text("x").unwrap(), Some("☕ %"));
        assert_eq!(decode(&encode("☕ &=+%/?")), "☕ &=+%/?");
    }

    #[test]
    fn complains_as_stripe_does() {
        let message = |text: &str| Params::parse(text).interval("created").unwrap_err().message;
        assert_eq!(message("created[gte]=1.782e+09"), "Invalid integer: 1.782e 09");
        assert_eq!(message("created[nope]=1"), "Received unknown parameter: created[nope]");
        let error = Params::parse("limit=abc").int("limit").unwrap_err();
        assert_eq!((error.message.as_str(), error.param.as_deref()), ("Invalid integer: abc", Some("limit")));
        let error = Params::parse("customer[0]=wrong&customer[1]=type").text("customer").unwrap_err();
        assert_eq!(error.message, r#"Invalid string: {"0":"wrong","1":"type"}"#);
        assert!(Params::parse("expand=a").array("expand").is_err());
    }
}
