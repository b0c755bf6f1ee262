//! What is wrong with a query, where in its text, and what to do about it.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use pinstripe_catalog::nearest_names;

use crate::error::LibraryError;

const COLUMNS_HINT: &str =
    "pinstripe describe TYPE lists the columns; nested ones are written `billing_details.address.city`";

/// An error of DataFusion's about a query, with its place in the text where that can be told.
pub(super) fn explain(source: DataFusionError, query: &str) -> LibraryError {
    let place = place_of(&source, query);
    let text = source.to_string();
    if text.contains("single SQL statement")
        && let Some((count, (line, column))) = several_statements(query)
    {
        let problem = format!("expected one statement at a time, found {count}");
        let error = LibraryError::question(problem, Some("run them one after the other"));
        return error.at(line, column);
    }
    if let Some(error) = no_such_column(&source) {
        return match place {
            Some((line, column)) => error.at(line, column),
            None => error,
        };
    }
    let hint = if text.contains("No field named") || text.contains("not found in struct") {
        Some(COLUMNS_HINT.to_owned())
    } else if query.contains('[') && text.contains("parser") {
        Some("metadata is read with `metadata['key']`".to_owned())
    } else {
        None
    };
    let error = match LibraryError::sql(source) {
        LibraryError::Sql { source, hint: known } => LibraryError::Sql { source, hint: hint.or(known) },
        ours => ours,
    };
    match place {
        Some((line, column)) => error.at(line, column),
        None => error,
    }
}

/// How many statements a query has, where it has several, and where the second begins.
fn several_statements(query: &str) -> Option<(usize, (u64, u64))> {
    let tokens = tokens(query);
    let mut statements =
        tokens.split(|token| token.token == Token::SemiColon).filter(|tokens| !tokens.is_empty());
    statements.next()?;
    let second = statements.next()?.first()?.span.start;
    Some((2 + statements.count(), (second.line, second.column)))
}

/// A column that no table of the query has. DataFusion would list every one there is.
fn no_such_column(source: &DataFusionError) -> Option<LibraryError> {
    let DataFusionError::SchemaError(schema, _) = source.find_root() else { return None };
    let SchemaError::FieldNotFound { field, valid_fields } = schema.as_ref() else { return None };
    let nearest = nearest_names(&field.name, valid_fields.iter().map(|known| known.name.as_str()));
    let hint = match nearest.as_slice() {
        [] => COLUMNS_HINT.to_owned(),
        nearest => {
            let quoted: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
            format!("did you mean {}?", quoted.join(" or "))
        }
    };
    let column = match &field.relation {
        Some(relation) => format!("{}.{}", relation.table(), field.name),
        None => field.name.clone(),
    };
    Some(LibraryError::question(format!("there is no column `{column}`"), Some(&hint)))
}

/// An error about a word of the query: its place is where the word stands as a table.
pub(super) fn at_word(error: LibraryError, query: &str, word: &str) -> LibraryError {
    let tokens = tokens(query);
    let is_table = |position: usize| {
        tokens[..position].last().is_none_or(|before| match &before.token {
            Token::Comma | Token::Period => true,
            Token::Word(keyword) => {
                keyword.value.eq_ignore_ascii_case("from") || keyword.value.eq_ignore_ascii_case("join")
            }
            _ => false,
        })
    };
    let places: Vec<usize> = (0..tokens.len()).filter(|place| is_word(&tokens[*place], word)).collect();
    let place = places.iter().find(|place| is_table(**place)).or(places.first());
    match place {
        Some(place) => {
            let start = tokens[*place].span.start;
            error.at(start.line, start.column)
        }
        None => error,
    }
}

/// Something that would change a frame, or the session.
pub(super) fn read_only(query: &str) -> LibraryError {
    let tokens = tokens(query);
    let words: Vec<&str> = tokens
        .iter()
        .map_while(|token| match &token.token {
            Token::Word(word) => Some(word.value.as_str()),
            _ => None,
        })
        .take(2)
        .collect();
    let error = LibraryError::ReadOnly { statement: words.join(" ").to_lowercase() };
    match tokens.first() {
        Some(first) => error.at(first.span.start.line, first.span.start.column),
        None => error,
    }
}

fn place_of(error: &DataFusionError, query: &str) -> Option<(u64, u64)> {
    if let Some(span) = error.diagnostic().and_then(|diagnostic| diagnostic.span)
        && span.start.line > 0
    {
        return Some((span.start.line, span.start.column));
    }
    match error.find_root() {
        DataFusionError::SQL(parser, _) => place_in_message(&parser.to_string(), query),
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, .. } => place_of_word(query, &field.name),
            SchemaError::AmbiguousReference { field } => place_of_word(query, &field.name),
            _ => None,
        },
        other => {
            // `Invalid function 'x'`, `Field y not found in struct`: the word is in the message.
            let message = other.to_string();
            let quoted = message.split('\'').nth(1)?;
            place_of_word(query, quoted)
        }
    }
}

/// `... at Line: 1, Column: 8`, as the parser ends what it says; without, the text ended too early.
fn place_in_message(message: &str, query: &str) -> Option<(u64, u64)> {
    let number = |text: &str| -> Option<u64> {
        let digits: String = text.trim_start().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let line = message.rfind("Line: ").and_then(|at| number(&message[at + 6..]));
    let column = message.rfind("Column").and_then(|at| number(message[at + 6..].trim_start_matches(':')));
    if let (Some(line), Some(column)) = (line, column)
        && line > 0
    {
        return Some((line, column));
    }
    message.contains("found: EOF").then(|| {
        let text = query.trim_end();
        let last = text.lines().last().unwrap_or_default();
        (text.lines().count().max(1) as u64, last.chars().count() as u64 + 1)
    })
}

fn place_of_word(query: &str, word: &str) -> Option<(u64, u64)> {
    let tokens = tokens(query);
    let found = tokens.iter().find(|token| is_word(token, word))?;
    let Location { line, column } = found.span.start;
    Some((line, column))
}

fn is_word(token: &TokenWithSpan, word: &str) -> bool {
    matches!(&token.token, Token::Word(found) if found.value.eq_ignore_ascii_case(word))
}

/// The words and signs of a query, without spaces and comments; none where it cannot be read.
fn tokens(query: &str) -> Vec<TokenWithSpan> {
    let all = Tokenizer::new(&GenericDialect, query).tokenize_with_location().unwrap_or_default();
    all.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_outside_of_texts_and_comments() {
        let query = "select 'amont' -- amont\n  from t where amont > 1";
        assert_eq!(place_of_word(query, "amont"), Some((2, 16)));
        assert_eq!(place_of_word(query, "Amont"), Some((2, 16)));
        assert_eq!(place_of_word(query, "nothing"), None);
    }

    #[test]
    fn the_parsers_places_are_read() {
        assert_eq!(place_in_message("Expected: x, found: y at Line: 3, Column: 14", "q"), Some((3, 14)));
        assert_eq!(place_in_message("Expected: an expression, found: EOF", "select\n 1 +"), Some((2, 5)));
        assert_eq!(place_in_message("something else", "q"), None);
    }
}
