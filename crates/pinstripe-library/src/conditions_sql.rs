//! Columns and conditions as SQL text: quoting, literals, and the one translation of [`Filter`] into
//! a `where`. The text is meant to be read, too: names are quoted only where SQL wants it.
//!
//! It runs nothing. Read next: [`crate::chart`], which asks with it.

use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use datafusion::sql::sqlparser::ast::{Expr, SelectItem, SetExpr, Statement};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::{
    RESERVED_FOR_COLUMN_ALIAS, RESERVED_FOR_IDENTIFIER, RESERVED_FOR_TABLE_ALIAS,
};
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::Token;
use pinstripe_arrow::fields::CURRENCY;
use pinstripe_catalog::nearest_names;

use crate::cell::Cell;
use crate::error::LibraryError;
use crate::flatten::flat_columns;
use crate::row_filter::{Filter, FilterOp};

/// A frame's columns, found by their flat dotted names.
pub(crate) struct Columns {
    pub frame: String,
    pub schema: SchemaRef,
    /// What the frame would have if its rows had all that the catalog knows.
    pub full_schema: Option<SchemaRef>,
}

/// A column as SQL names it.
#[derive(Debug, Clone)]
pub(crate) struct ColumnSql {
    /// The flat dotted name.
    pub name: String,
    /// How SQL says it.
    pub sql: String,
    pub data_type: DataType,
    pub money: bool,
    /// Of an amount: flat name of the column with its currency, where the frame has one.
    pub currency: Option<String>,
}

impl ColumnSql {
    pub fn is_time(&self) -> bool {
        matches!(self.data_type, DataType::Timestamp(_, _) | DataType::Date32 | DataType::Date64)
    }

    pub fn is_number(&self) -> bool {
        self.data_type.is_numeric()
    }

    /// The last part of the name: what a result's column may be called.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

impl Columns {
    /// The column of a name, or what it may have meant.
    pub fn find(&self, name: &str) -> Result<ColumnSql, LibraryError> {
        let found = find_path(self.schema.fields(), name)
            .or_else(|| find_path(self.full_schema.as_ref()?.fields(), name));
        let Some(path) = found else {
            let all = flat_columns(&self.schema, &|_| None);
            return Err(LibraryError::NoSuchColumn {
                frame: self.frame.clone(),
                column: name.to_owned(),
                nearest: nearest_names(name, all.iter().map(|column| column.name.as_str())),
            });
        };
        // Files of other programs do not say which columns are amounts; the catalog does.
        let known = self.full_schema.as_ref().and_then(|full| find_path(full.fields(), name));
        let of = |path: &Path| path.field.metadata().get(CURRENCY).cloned();
        let money = of(&path).or_else(|| known.as_ref().and_then(of));
        Ok(ColumnSql {
            name: name.to_owned(),
            sql: path.sql(&self.frame),
            data_type: path.data_type.clone(),
            money: money.is_some(),
            currency: money.and_then(|currency| self.currency_beside(&path, &currency)),
        })
    }

    /// Looks for the currency beside an amount, then in the objects around it.
    fn currency_beside(&self, path: &Path, currency: &str) -> Option<String> {
        (0..path.names.len()).rev().find_map(|depth| {
            let mut names = path.names[..depth].to_vec();
            names.push(currency.to_owned());
            let name = names.join(".");
            find_path(self.schema.fields(), &name).map(|_| name)
        })
    }

    /// The conditions of a `where`, one a line of thought; `None` where there are none.
    pub fn conditions(&self, filters: &[Filter]) -> Result<Vec<String>, LibraryError> {
        filters.iter().map(|filter| condition(&self.find(&filter.column)?, filter)).collect()
    }
}

/// Where a flat name leads.
struct Path {
    /// Field names from the root.
    names: Vec<String>,
    /// The key, where the last field is a map.
    key: Option<String>,
    field: Field,
    data_type: DataType,
}

impl Path {
    fn sql(&self, frame: &str) -> String {
        let mut sql = String::new();
        // `customer.email` of a frame `customer` would be read as its column `email`.
        if self.names.len() > 1 && self.names.first().is_some_and(|name| name.eq_ignore_ascii_case(frame)) {
            sql = format!("{}.", quoted_name(frame));
        }
        let names: Vec<String> = self.names.iter().map(|name| quoted_name(name)).collect();
        sql.push_str(&names.join("."));
        if let Some(key) = &self.key {
            sql.push_str(&format!("[{}]", quoted_text(key)));
        }
        sql
    }
}

fn find_path(fields: &Fields, name: &str) -> Option<Path> {
    fields.iter().filter(|field| field.name() != "_shape").find_map(|field| step(field, name))
}

fn step(field: &FieldRef, name: &str) -> Option<Path> {
    if field.name() == name {
        let data_type = field.data_type().clone();
        let found =
            Path { names: vec![name.to_owned()], key: None, field: field.as_ref().clone(), data_type };
        return Some(found);
    }
    let rest = name.strip_prefix(field.name().as_str())?.strip_prefix('.')?;
    match field.data_type() {
        DataType::Struct(children) => {
            let mut path = find_path(children, rest)?;
            path.names.insert(0, field.name().clone());
            Some(path)
        }
        DataType::Map(entries, _) => {
            let DataType::Struct(pair) = entries.data_type() else { return None };
            let value = pair.get(1)?;
            let data_type = value.data_type().clone();
            let bare = Field::new(rest, data_type.clone(), true);
            Some(Path {
                names: vec![field.name().clone()],
                key: Some(rest.to_owned()),
                field: bare,
                data_type,
            })
        }
        _ => None,
    }
}

/// One condition as SQL.
fn condition(column: &ColumnSql, filter: &Filter) -> Result<String, LibraryError> {
    let sql = &column.sql;
    match filter.op {
        FilterOp::IsNull => return Ok(format!("{sql} is null")),
        FilterOp::NotNull => return Ok(format!("{sql} is not null")),
        _ if column.data_type.is_nested() => {
            return Err(wrong(column, "it is a list or an object, expected a column of plain values"));
        }
        _ => {}
    }
    let value = filter.value.as_ref().unwrap_or(&Cell::Null);
    let values = filter.values.as_deref().unwrap_or_default();
    let compared = |operator: &str| -> Result<String, LibraryError> {
        if value.is_null() {
            return Err(wrong(column, "expected a value to compare with"));
        }
        Ok(format!("{sql} {operator} {}", literal(column, value)?))
    };
    match filter.op {
        FilterOp::Eq if value.is_null() => Ok(format!("{sql} is null")),
        FilterOp::Ne if value.is_null() => Ok(format!("{sql} is not null")),
        FilterOp::Eq => compared("="),
        FilterOp::Ne => compared("<>"),
        FilterOp::Gt => compared(">"),
        FilterOp::Gte => compared(">="),
        FilterOp::Lt => compared("<"),
        FilterOp::Lte => compared("<="),
        FilterOp::Contains => {
            let part = plain(value).ok_or_else(|| wrong(column, "expected a text to look for"))?;
            let text = if column.data_type == DataType::Utf8 {
                sql.clone()
            } else {
                format!("cast({sql} as varchar)")
            };
            Ok(format!("contains(lower({text}), {})", quoted_text(&part.to_lowercase())))
        }
        FilterOp::In => one_of(column, values),
        FilterOp::Between => between(column, values),
        FilterOp::IsNull | FilterOp::NotNull => Ok(String::new()),
    }
}

fn one_of(column: &ColumnSql, values: &[Cell]) -> Result<String, LibraryError> {
    let sql = &column.sql;
    let mut literals = Vec::new();
    for value in values.iter().filter(|value| !value.is_null()) {
        literals.push(literal(column, value)?);
    }
    let with_null = values.iter().any(Cell::is_null);
    Ok(match (literals.is_empty(), with_null) {
        (true, true) => format!("{sql} is null"),
        (true, false) => "false".to_owned(),
        (false, true) => format!("({sql} in ({}) or {sql} is null)", literals.join(", ")),
        (false, false) => format!("{sql} in ({})", literals.join(", ")),
    })
}

fn between(column: &ColumnSql, values: &[Cell]) -> Result<String, LibraryError> {
    let [from, until] = values else {
        return Err(wrong(column, "expected two values, from and until"));
    };
    let sql = &column.sql;
    let mut bounds = Vec::new();
    if !from.is_null() {
        bounds.push(format!("{sql} >= {}", literal(column, from)?));
    }
    if !until.is_null() {
        bounds.push(format!("{sql} < {}", literal(column, until)?));
    }
    if bounds.is_empty() {
        return Err(wrong(column, "expected at least one of from and until"));
    }
    Ok(bounds.join(" and "))
}

/// A value as SQL, of the column's type.
pub(crate) fn literal(column: &ColumnSql, value: &Cell) -> Result<String, LibraryError> {
    let text = plain(value).ok_or_else(|| wrong(column, "expected a value, found null"))?;
    match &column.data_type {
        DataType::Boolean => match text.as_str() {
            "true" | "false" => Ok(text),
            _ => Err(wrong(column, &format!("expected true or false, found `{text}`"))),
        },
        DataType::Timestamp(_, _) => {
            let instant: jiff::Timestamp = text.parse().map_err(|_| {
                wrong(column, &format!("expected a time such as 2026-11-03T00:00:00Z, found `{text}`"))
            })?;
            Ok(quoted_text(&instant.to_string()))
        }
        DataType::Date32 | DataType::Date64 => {
            let day: jiff::civil::Date =
                text.get(..10).unwrap_or(&text).parse().map_err(|_| {
                    wrong(column, &format!("expected a date such as 2026-11-03, found `{text}`"))
                })?;
            Ok(format!("date {}", quoted_text(&day.to_string())))
        }
        DataType::Decimal128(_, scale) => {
            number(column, &text)?;
            Ok(format!("cast({} as decimal(38, {scale}))", quoted_text(&text)))
        }
        data_type if data_type.is_numeric() => number(column, &text).map(|()| text),
        _ => Ok(quoted_text(&text)),
    }
}

fn number(column: &ColumnSql, text: &str) -> Result<(), LibraryError> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && !text.starts_with('+') => Ok(()),
        _ => Err(wrong(column, &format!("expected a number, found `{text}`"))),
    }
}

fn plain(value: &Cell) -> Option<String> {
    Some(match value {
        Cell::Null => return None,
        Cell::Boolean(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => value.to_string(),
        Cell::Text(text) => text.clone(),
    })
}

fn wrong(column: &ColumnSql, problem: &str) -> LibraryError {
    LibraryError::Filter { column: column.name.clone(), problem: problem.to_owned() }
}

/// A text as a literal of SQL.
pub(crate) fn quoted_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as SQL reads it back: bare where that is the same, else in double quotes.
pub(crate) fn quoted_name(name: &str) -> String {
    let plain = name.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
        && name
            .bytes()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_');
    if plain && reads_as_name(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Whether SQL takes a word for a name wherever one can stand, not for one of its own.
fn reads_as_name(word: &str) -> bool {
    let Token::Word(known) = Token::make_word(word, None) else { return false };
    let reserved = [RESERVED_FOR_COLUMN_ALIAS, RESERVED_FOR_TABLE_ALIAS, RESERVED_FOR_IDENTIFIER];
    if reserved.iter().any(|words| words.contains(&known.keyword)) {
        return false;
    }
    let query = format!("select {word} from {word} where {word} is null group by {word} order by {word}");
    let Ok(statements) = Parser::parse_sql(&GenericDialect, &query) else { return false };
    let [Statement::Query(query)] = statements.as_slice() else { return false };
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let is_word = |expression: &Expr| matches!(expression, Expr::Identifier(name) if name.value == word);
    matches!(select.projection.as_slice(), [SelectItem::UnnamedExpr(expression)] if is_word(expression))
        && matches!(&select.selection, Some(Expr::IsNull(expression)) if is_word(expression))
}

/// The schema of a frame without what pinstripe keeps for itself.
pub(crate) fn visible(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().filter(|field| field.name() != "_shape").cloned();
    std::sync::Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}
