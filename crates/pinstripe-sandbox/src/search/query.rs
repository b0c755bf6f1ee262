//! The query language of Search: clauses of field, operator and value, joined by AND or by OR.
//!
//! The rules are from Stripe's guide; the texts of complaints about a bad query are ours, since none was ever recorded.
//! Read next: `../search.rs`.

use serde_json::Value;

use crate::kind::Kind;

const MOST_CLAUSES: usize = 10;
const LONGEST: usize = 5_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    /// Exact, whole value.
    Token,
    /// Exact by words, and substrings.
    Text,
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Exact,
    Part,
    Above,
    Below,
    AtLeast,
    AtMost,
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Null,
    Text(String),
    Number(f64),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    pub negated: bool,
    pub field: String,
    path: Vec<String>,
    kind: Type,
    operator: Operator,
    value: Operand,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub clauses: Vec<Clause>,
    /// Joined by OR.
    pub any: bool,
}

fn type_of(kind: Kind, field: &str) -> Option<Type> {
    use Type::{Number, Text, Token};
    if field.starts_with("metadata[") {
        return Some(Token);
    }
    if let Some(rest) = field.strip_prefix("payment_method_details.").filter(|_| kind == Kind::Charge) {
        let leaf = rest.rsplit('.').next().unwrap_or_default();
        let known = ["last4", "exp_month", "exp_year", "brand", "fingerprint"].contains(&leaf);
        return (known && rest.contains('.')).then_some(Token);
    }
    Some(match (kind, field) {
        (
            Kind::Charge | Kind::Customer | Kind::Invoice | Kind::PaymentIntent | Kind::Subscription,
            "created",
        ) => Number,
        (Kind::Charge | Kind::PaymentIntent, "amount") | (Kind::Invoice, "total") => Number,
        (Kind::Subscription, "canceled_at") => Number,
        (Kind::Charge, "billing_details.address.postal_code" | "disputed" | "refunded") => Token,
        (Kind::Charge | Kind::Invoice | Kind::PaymentIntent, "currency" | "customer") => Token,
        (Kind::Charge | Kind::PaymentIntent | Kind::Subscription, "status") => Token,
        (Kind::Customer, "email" | "name" | "phone") => Text,
        (Kind::Invoice, "last_finalization_error_code" | "last_finalization_error_type") => Token,
        (Kind::Invoice, "number" | "receipt_number" | "status" | "subscription") => Text,
        (Kind::Price, "active" | "currency" | "type") => Token,
        (Kind::Price, "lookup_key" | "product") => Text,
        (Kind::Product, "active" | "shippable") => Token,
        (Kind::Product, "description" | "name" | "url") => Text,
        _ => return None,
    })
}

impl Query {
    pub fn parse(kind: Kind, text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("The search query is too long: at most {LONGEST} characters are allowed."));
        }
        let mut reader = Reader { rest: text.trim() };
        let mut query = Self { clauses: Vec::new(), any: false };
        let mut joined = None;
        loop {
            query.clauses.push(reader.clause(kind)?);
            if query.clauses.len() > MOST_CLAUSES {
                return Err(format!(
                    "The search query has too many clauses: at most {MOST_CLAUSES} are allowed."
                ));
            }
            if reader.rest.is_empty() {
                query.any = joined == Some(true);
                return Ok(query);
            }
            let any = reader.joiner();
            if joined.is_some_and(|before| before != any) {
                return Err("AND and OR cannot be combined in one search query.".to_owned());
            }
            joined = Some(any);
        }
    }

    pub fn matches(&self, object: &Value) -> bool {
        let mut clauses = self.clauses.iter().map(|clause| clause.matches(object));
        if self.any { clauses.any(|holds| holds) } else { clauses.all(|holds| holds) }
    }
}

impl Clause {
    fn matches(&self, object: &Value) -> bool {
        let mut found = object;
        for name in &self.path {
            found = found.get(name).unwrap_or(&Value::Null);
        }
        let holds = match (&self.value, found) {
            (Operand::Null, found) => found.is_null() || found.as_str() == Some(""),
            (_, Value::Null) => false,
            (_, Value::Number(number)) if self.kind == Type::Number => {
                self.compares(number.as_f64().unwrap_or_default())
            }
            (_, Value::String(text)) => self.is_like(text),
            (_, other) => self.is_like(&other.to_string()),
        };
        holds != self.negated
    }

    pub fn compares(&self, number: f64) -> bool {
        let wanted = match &self.value {
            Operand::Number(wanted) => *wanted,
            Operand::Text(text) => text.parse().unwrap_or(f64::NAN),
            Operand::Null => return false,
        };
        match self.operator {
            Operator::Exact => number == wanted,
            Operator::Above => number > wanted,
            Operator::Below => number < wanted,
            Operator::AtLeast => number >= wanted,
            Operator::AtMost => number <= wanted,
            Operator::Part => false,
        }
    }

    fn wanted(&self) -> String {
        match &self.value {
            Operand::Text(text) => text.to_lowercase(),
            Operand::Number(number) => number.to_string(),
            Operand::Null => String::new(),
        }
    }

    pub fn is_null(&self) -> bool {
        self.value == Operand::Null
    }

    /// Whether a token field with this value passes.
    pub fn is_exactly(&self, value: &str) -> bool {
        !self.is_null() && value.to_lowercase() == self.wanted()
    }

    fn is_like(&self, value: &str) -> bool {
        let (value, wanted) = (value.to_lowercase(), self.wanted());
        match (self.operator, self.kind) {
            (Operator::Part, _) => value.contains(&wanted),
            // "Exact" on text means: all the words, in this order, next to each other.
            (_, Type::Text) => {
                let (words, wanted): (Vec<&str>, Vec<&str>) = (words(&value), words(&wanted));
                !wanted.is_empty() && words.windows(wanted.len()).any(|window| window == wanted)
            }
            _ => value == wanted,
        }
    }

    pub fn metadata_key(&self) -> Option<&str> {
        match self.path.as_slice() {
            [metadata, key] if metadata == "metadata" => Some(key),
            _ => None,
        }
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Whether the next clause is joined by OR.
    fn joiner(&mut self) -> bool {
        for (word, any) in [("and ", false), ("or ", true)] {
            if self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)) {
                self.rest = self.rest[word.len()..].trim_start();
                return any;
            }
        }
        false
    }

    fn clause(&mut self, kind: Kind) -> Result<Clause, String> {
        let negated = self.rest.starts_with('-');
        self.rest = self.rest.trim_start_matches('-');
        let (field, path) = self.field()?;
        let Some(value_kind) = type_of(kind, &field) else {
            return Err(format!(
                "Field `{field}` is an unsupported search field for resource `{}s`.",
                kind.object()
            ));
        };
        let operator = self.operator(&field)?;
        let value = self.value()?;
        let fits = match operator {
            Operator::Exact => true,
            Operator::Part => value_kind == Type::Text,
            _ => value_kind == Type::Number,
        };
        if !fits {
            return Err(format!("The operator is not supported for field `{field}`."));
        }
        if operator == Operator::Part
            && let Operand::Text(text) = &value
            && text.chars().count() < 3
        {
            return Err("Substring search requires at least 3 characters.".to_owned());
        }
        Ok(Clause { negated, field, path, kind: value_kind, operator, value })
    }

    fn field(&mut self) -> Result<(String, Vec<String>), String> {
        let end = self.rest.find([':', '~', '<', '>', '=', ' ', '[']).unwrap_or(self.rest.len());
        let name = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        if name.is_empty() {
            return Err(format!("We were unable to parse your search query near `{}`.", self.rest));
        }
        let mut path: Vec<String> = name.split('.').map(str::to_owned).collect();
        if let Some(rest) = self.rest.strip_prefix('[') {
            self.rest = rest;
            let Operand::Text(key) = self.value()? else {
                return Err("A key of metadata must be quoted in a search query.".to_owned());
            };
            let Some(rest) = self.rest.strip_prefix(']') else {
                return Err("We were unable to parse your search query: a `]` is missing.".to_owned());
            };
            self.rest = rest;
            path.push(key);
            return Ok((format!("{name}[]"), path));
        }
        Ok((name, path))
    }

    fn operator(&mut self, field: &str) -> Result<Operator, String> {
        const OPERATORS: [(&str, Operator); 6] = [
            (">=", Operator::AtLeast),
            ("<=", Operator::AtMost),
            (":", Operator::Exact),
            ("~", Operator::Part),
            (">", Operator::Above),
            ("<", Operator::Below),
        ];
        self.rest = self.rest.trim_start();
        for (sign, operator) in OPERATORS {
            if let Some(rest) = self.rest.strip_prefix(sign) {
                self.rest = rest.trim_start();
                return Ok(operator);
            }
        }
        Err(format!("We were unable to parse your search query: no operator after `{field}`."))
    }

    fn value(&mut self) -> Result<Operand, String> {
        if let Some(quote) = self.rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
            return self.quoted(quote);
        }
        let end = self.rest.find([' ', ']']).unwrap_or(self.rest.len());
        let word = self.rest[..end].to_owned();
        self.rest = self.rest[end..].trim_start_matches(' ');
        if word.eq_ignore_ascii_case("null") {
            return Ok(Operand::Null);
        }
        word.parse()
            .map(Operand::Number)
            .map_err(|_| format!("We were unable to parse your search query: `{word}` is not quoted."))
    }

    fn quoted(&mut self, quote: char) -> Result<Operand, String> {
        let mut text = String::new();
        let mut letters = self.rest.char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            if letter == quote {
                self.rest = self.rest[at + 1..].trim_start_matches(' ');
                return Ok(Operand::Text(text));
            }
            match letter {
                '\\' => text.extend(letters.next().map(|(_, escaped)| escaped)),
                other => text.push(other),
            }
        }
        Err("We were unable to parse your search query: a quote is missing.".to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(query: &str, object: &Value) -> bool {
        Query::parse(Kind::Charge, query).unwrap().matches(object)
    }

    #[test]
    fn understands_the_guide() {
        let charge = json!({"amount": 1000, "currency": "usd", "status": "succeeded", "refunded": true,
            "metadata": {"order \"id\"": "6735"}, "customer": null});
        assert!(holds("amount>999 currency:'USD'", &charge));
        assert!(holds("amount >= 1000 AND -status:\"failed\"", &charge));
        assert!(holds("amount<5 or refunded:\"true\"", &charge));
        assert!(holds(r#"metadata["order \"id\""]:"6735""#, &charge));
        assert!(holds("customer:null", &charge));
        assert!(!holds("-customer:null", &charge));
        assert!(!holds("metadata['nope']:'x'", &charge));
    }

    #[test]
    fn refuses_what_the_guide_forbids() {
        let refused = |kind: Kind, query: &str| Query::parse(kind, query).is_err();
        assert!(refused(Kind::Charge, "status:\"a\" AND status:\"b\" OR status:\"c\""));
        assert!(refused(Kind::Charge, "status>5"));
        assert!(refused(Kind::Charge, "currency~\"us\""));
        assert!(refused(Kind::Charge, "nope:\"x\""));
        assert!(refused(Kind::Charge, "status:\"open"));
        assert!(refused(Kind::Customer, "name~\"ab\""));
        assert!(refused(Kind::Charge, &["amount:1"; 11].join(" ")));
        assert!(refused(Kind::Charge, ""));
    }

    #[test]
    fn words_in_order() {
        let customer = json!({"name": "Ada van Abbott"});
        let holds = |query: &str| Query::parse(Kind::Customer, query).unwrap().matches(&customer);
        assert!(holds("name:\"van abbott\""));
        assert!(!holds("name:\"abbott van\""));
        assert!(holds("name~\"bbo\""));
    }
}
