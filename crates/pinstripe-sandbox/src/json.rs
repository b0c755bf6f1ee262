//! Writes JSON the way Stripe's servers print it: two spaces an indent, one member a line, `{}` and `[]` when empty.
//!
//! It never builds a tree of values: every byte goes straight into one buffer, since a page of 100 charges is half a
//! megabyte. It does not check that the caller closes what it opens; the conformance tests parse everything that it wrote.
//! Read next: `render.rs`, which calls it.

const NEWLINE: &[u8] = b",\n                                                                                ";
const DIGITS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";

/// A growing JSON text.
pub struct Json {
    pub bytes: Vec<u8>,
    depth: usize,
    empty: bool,
}

impl Json {
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), depth: 0, empty: true }
    }

    #[inline]
    fn line(&mut self) {
        let from = usize::from(self.empty);
        self.bytes.extend_from_slice(&NEWLINE[from..2 + 2 * self.depth]);
        self.empty = false;
    }

    #[inline]
    pub fn key(&mut self, name: &str) {
        self.line();
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"\": ");
    }

    pub fn free_key(&mut self, name: &str) {
        self.line();
        self.text(name);
        self.bytes.extend_from_slice(b": ");
    }

    /// Starts the next element of an array.
    #[inline]
    pub fn element(&mut self) {
        self.line();
    }

    #[inline]
    fn open(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.depth += 1;
        self.empty = true;
    }

    #[inline]
    fn close(&mut self, bracket: u8) {
        self.depth -= 1;
        if !self.empty {
            self.bytes.extend_from_slice(&NEWLINE[1..2 + 2 * self.depth]);
        }
        self.bytes.push(bracket);
        self.empty = false;
    }

    pub fn open_object(&mut self) {
        self.open(b'{');
    }
    pub fn close_object(&mut self) {
        self.close(b'}');
    }
    pub fn open_array(&mut self) {
        self.open(b'[');
    }
    pub fn close_array(&mut self) {
        self.close(b']');
    }

    /// `"name": { ... }`
    #[inline]
    pub fn object(&mut self, name: &str, members: impl FnOnce(&mut Self)) {
        self.key(name);
        self.open_object();
        members(self);
        self.close_object();
    }

    /// `"name": [ ... ]`
    #[inline]
    pub fn array(&mut self, name: &str, elements: impl FnOnce(&mut Self)) {
        self.key(name);
        self.open_array();
        elements(self);
        self.close_array();
    }

    #[inline]
    pub fn null(&mut self, name: &str) {
        self.key(name);
        self.bytes.extend_from_slice(b"null");
    }

    pub fn nulls(&mut self, names: &[&str]) {
        for name in names {
            self.null(name);
        }
    }

    #[inline]
    pub fn bool(&mut self, name: &str, value: bool) {
        self.key(name);
        self.bytes.extend_from_slice(if value { b"true" } else { b"false" });
    }

    #[inline]
    pub fn int(&mut self, name: &str, value: i64) {
        self.key(name);
        self.number(value);
    }

    pub fn int_or_null(&mut self, name: &str, value: Option<i64>) {
        match value {
            Some(value) => self.int(name, value),
            None => self.null(name),
        }
    }

    /// A number or another token that is already JSON.
    pub fn token(&mut self, name: &str, token: &str) {
        self.key(name);
        self.bytes.extend_from_slice(token.as_bytes());
    }

    /// A string that is known to need no escape.
    #[inline]
    pub fn plain(&mut self, name: &str, value: &str) {
        self.key(name);
        self.plain_text(value);
    }

    pub fn plain_or_null(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.plain(name, value),
            None => self.null(name),
        }
    }

    #[inline]
    pub fn plain_text(&mut self, value: &str) {
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(value.as_bytes());
        self.bytes.push(b'"');
    }

    #[inline]
    pub fn str(&mut self, name: &str, value: &str) {
        self.key(name);
        self.text(value);
    }

    /// A member whose name came from outside, too.
    pub fn pair(&mut self, name: &str, value: &str) {
        self.free_key(name);
        self.text(value);
    }

    pub fn str_or_null(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.str(name, value),
            None => self.null(name),
        }
    }

    pub fn text(&mut self, value: &str) {
        self.bytes.push(b'"');
        if value.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
            self.bytes.extend_from_slice(value.as_bytes());
        } else {
            for byte in value.bytes() {
                self.escaped(byte);
            }
        }
        self.bytes.push(b'"');
    }

    fn escaped(&mut self, byte: u8) {
        match byte {
            b'"' => self.bytes.extend_from_slice(b"\\\""),
            b'\\' => self.bytes.extend_from_slice(b"\\\\"),
            b'\n' => self.bytes.extend_from_slice(b"\\n"),
            b'\r' => self.bytes.extend_from_slice(b"\\r"),
            b'\t' => self.bytes.extend_from_slice(b"\\t"),
            0..0x20 => {
                let hex = b"0123456789abcdef";
                self.bytes.extend_from_slice(b"\\u00");
                self.bytes.push(hex[usize::from(byte >> 4)]);
                self.bytes.push(hex[usize::from(byte & 15)]);
            }
            _ => self.bytes.push(byte),
        }
    }

    #[inline]
    pub fn number(&mut self, value: i64) {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = value.unsigned_abs();
        while rest >= 100 {
            at -= 2;
            let pair = (rest % 100) as usize * 2;
            digits[at..at + 2].copy_from_slice(&DIGITS[pair..pair + 2]);
            rest /= 100;
        }
        if rest >= 10 {
            at -= 2;
            let pair = rest as usize * 2;
            digits[at..at + 2].copy_from_slice(&DIGITS[pair..pair + 2]);
        } else {
            at -= 1;
            digits[at] = b'0' + rest as u8;
        }
        if value < 0 {
            self.bytes.push(b'-');
        }
        self.bytes.extend_from_slice(&digits[at..]);
    }

    /// A value that came from outside (metadata of a created object, a recorded event).
    pub fn value(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::Null => self.bytes.extend_from_slice(b"null"),
            serde_json::Value::Bool(flag) => {
                self.bytes.extend_from_slice(if *flag { b"true" } else { b"false" })
            }
            serde_json::Value::Number(number) => self.bytes.extend_from_slice(number.to_string().as_bytes()),
            serde_json::Value::String(text) => self.text(text),
            serde_json::Value::Array(items) => {
                self.open_array();
                for item in items {
                    self.element();
                    self.value(item);
                }
                self.close_array();
            }
            serde_json::Value::Object(members) => {
                self.open_object();
                for (name, member) in members {
                    self.free_key(name);
                    self.value(member);
                }
                self.close_object();
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_stripe_prints() {
        let mut json = Json::with_capacity(64);
        json.open_object();
        json.plain("object", "list");
        json.array("data", |_| {});
        json.object("metadata", |json| {
            json.str("note", "a \"b\"\n\u{1}é");
        });
        json.int("n", -1_234_567);
        json.close_object();
        let text = String::from_utf8(json.bytes).unwrap();
        assert_eq!(
            text,
            "{\n  \"object\": \"list\",\n  \"data\": [],\n  \"metadata\": {\n    \"note\": \"a \\\"b\\\"\\n\\u0001é\"\n  },\n  \"n\": -1234567\n}"
        );
    }

    #[test]
    fn numbers_of_every_length() {
        for value in [0, 7, 10, 99, 100, 101, 12345, i64::MAX, i64::MIN, -5] {
            let mut json = Json::with_capacity(32);
            json.number(value);
            assert_eq!(String::from_utf8(json.bytes).unwrap(), value.to_string());
        }
    }
}
