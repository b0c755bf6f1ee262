//! Finding the column that a condition names, in the catalog: through objects, lists and maps.
//!
//! It knows the catalog's types only; what a value must look like is `value.rs`'s business.

use pinstripe_catalog::{Catalog, DataType, FieldKind, Schema, nearest_names};
use serde::{Deserialize, Serialize};

use crate::QueryError;

/// One step from a row towards a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A field of an object.
    Field(String),
    /// Every entry of a list: a condition holds when it holds for any of them.
    Entries,
    /// A key of a map.
    Key(String),
}

/// A column that a condition can be about.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnRef {
    pub steps: Vec<Step>,
    pub kind: FieldKind,
    /// The path leads through a list.
    pub in_list: bool,
}

/// Finds the column at a path of field names. `expand` are the fields that come as objects.
pub fn find_column(
    catalog: &Catalog,
    data_type: &DataType,
    path: &[String],
    expand: &[String],
) -> Result<ColumnRef, QueryError> {
    let mut finder = Finder { catalog, data_type, expand, path, steps: Vec::new(), taken: 0, in_list: false };
    let kind = finder.in_object(&data_type.schema)?;
    Ok(ColumnRef { steps: finder.steps, kind, in_list: finder.in_list })
}

struct Finder<'query> {
    catalog: &'query Catalog,
    data_type: &'query DataType,
    expand: &'query [String],
    path: &'query [String],
    steps: Vec<Step>,
    /// Parts of the path that have been walked.
    taken: usize,
    in_list: bool,
}

impl Finder<'_> {
    fn in_object(&mut self, schema: &str) -> Result<FieldKind, QueryError> {
        let schema = self.catalog.schema(schema);
        let name = self.path[self.taken].clone();
        let Some(field) = schema.field(&name) else { return Err(self.unknown(schema, &name)) };
        self.taken += 1;
        self.steps.push(Step::Field(name));
        let kind = field.kind.clone();
        let on_request = matches!(kind, FieldKind::NestedList(_)) && !field.required;
        if on_request && !self.is_done() && !self.expand.contains(&self.dotted()) {
            let field = self.dotted();
            return Err(QueryError::new(format!(
                "`{}`: Stripe sends `{field}` only when it is asked to",
                self.path.join(".")
            ))
            .with_hint(format!("add `expand[]=data.{field}` to the query")));
        }
        self.below(kind)
    }

    fn below(&mut self, kind: FieldKind) -> Result<FieldKind, QueryError> {
        if let FieldKind::Expandable(schema) = &kind
            && self.expand.contains(&self.dotted())
        {
            let schema = schema.clone();
            return if self.is_done() { Ok(FieldKind::Object(schema)) } else { self.in_object(&schema) };
        }
        if self.is_done() {
            return Ok(kind);
        }
        match kind {
            FieldKind::Object(schema) => self.in_object(&schema),
            FieldKind::NestedList(schema) => self.in_list_object(schema),
            FieldKind::Array(element) => {
                self.enter_list();
                self.below(*element)
            }
            FieldKind::Map(value) => {
                // Keys may hold dots of their own: all that is left is the key.
                let key = self.path[self.taken..].join(".");
                self.taken = self.path.len();
                self.steps.push(Step::Key(key));
                Ok(*value)
            }
            FieldKind::Expandable(_) => {
                let field = self.dotted();
                let whole = self.path.join(".");
                Err(QueryError::new(format!(
                    "`{whole}`: `{field}` is the id of an object, which has no fields here"
                ))
                .with_hint(format!(
                    "add `expand[]=data.{field}` to the query, or compare `{field}` with an id"
                )))
            }
            FieldKind::Json => Err(QueryError::new(format!(
                "`{}` is kept as JSON text, which conditions cannot look into",
                self.dotted()
            ))
            .with_hint("import it and use SQL")),
            _ => {
                let (field, next) = (self.dotted(), &self.path[self.taken]);
                Err(QueryError::new(format!(
                    "`{field}` has no fields of its own, and `{next}` is no operator: \
                     expected =, [gt], [gte], [lt] or [lte]"
                ))
                .with_hint(format!("{field}[gte]=...")))
            }
        }
    }

    /// A list object: its entries are in `data`, which people may leave out.
    fn in_list_object(&mut self, schema: String) -> Result<FieldKind, QueryError> {
        let next = self.path[self.taken].as_str();
        let own = match next {
            "has_more" => Some(FieldKind::Boolean),
            "url" | "object" => Some(FieldKind::String),
            "total_count" => Some(FieldKind::Integer),
            _ => None,
        };
        if let Some(kind) = own.filter(|_| self.taken + 1 == self.path.len() && next != "object") {
            self.steps.push(Step::Field(next.to_owned()));
            self.taken += 1;
            return Ok(kind);
        }
        if next == "data" {
            self.taken += 1;
        }
        self.steps.push(Step::Field("data".to_owned()));
        self.enter_list();
        if self.is_done() { Ok(FieldKind::Object(schema)) } else { self.in_object(&schema) }
    }

    fn enter_list(&mut self) {
        self.in_list = true;
        self.steps.push(Step::Entries);
        // `items.data.0.price`: which entry it is makes no difference to what is asked.
        if self.path.get(self.taken).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
            self.taken += 1;
        }
    }

    fn is_done(&self) -> bool {
        self.taken == self.path.len()
    }

    /// Where the walk stands, as Stripe writes it in `expand[]`: with the `data` of list objects.
    fn dotted(&self) -> String {
        let names = self.steps.iter().filter_map(|step| match step {
            Step::Field(name) | Step::Key(name) => Some(name.as_str()),
            Step::Entries => None,
        });
        names.collect::<Vec<_>>().join(".")
    }

    fn unknown(&self, schema: &Schema, name: &str) -> QueryError {
        let prefix: String = self.path[..self.taken].iter().map(|part| format!("{part}.")).collect();
        let parameters = self.data_type.parameters.iter().map(|parameter| parameter.name.as_str());
        let fields = schema.fields.iter().map(|field| field.name.as_str());
        let at_top = self.taken == 0;
        let known = fields
            .chain(parameters.filter(|_| at_top))
            .chain(["expand", "limit"].into_iter().filter(|_| at_top));
        let nearest: Vec<String> =
            nearest_names(name, known).into_iter().map(|found| format!("{prefix}{found}")).collect();
        QueryError::new(format!("`{}` has no field `{prefix}{name}`", self.data_type.name))
            .with_nearest(&nearest, format!("pinstripe describe {}", self.data_type.name))
    }
}
