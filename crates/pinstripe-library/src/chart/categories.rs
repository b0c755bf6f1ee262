//! Columns whose values are categories: the greatest of them by name, the rest as "Other" where parts
//! add up, else left out.

use super::Aggregate;
use super::question::Question;
use crate::cell::Cell;
use crate::conditions_sql::{ColumnSql, literal};
use crate::error::LibraryError;

pub(super) struct Categories {
    /// The category of a row, in SQL.
    pub sql: String,
    /// Conditions that leave the rest out.
    pub conditions: Vec<String>,
    /// The values shown, greatest first.
    values: Vec<Cell>,
    /// What the rest is called.
    pub other: Option<String>,
}

impl Categories {
    pub async fn of(
        question: &mut Question<'_>,
        column: &ColumnSql,
        limit: usize,
    ) -> Result<Categories, LibraryError> {
        if column.is_time() {
            return Err(LibraryError::question(
                format!("`{}` is a time, expected a column of categories", column.name),
                Some("let the time be the x axis"),
            ));
        }
        let measure = &question.measure;
        // Sums of different currencies do not compare; numbers of rows do.
        let comparable = question.currencies.len() <= 1 || question.settings.currency.is_some();
        let size = match measure.aggregate {
            Aggregate::Sum if comparable => measure.sql(),
            _ => "count(*)".to_owned(),
        };
        let rest = format!("group by 1\norder by 2 desc nulls last, 1\nlimit {}", limit + 1);
        let sql = question.select(&[column.sql.clone(), size], &rest);
        let rows = question.run(&sql).await?;
        let mut values: Vec<Cell> = rows.into_iter().filter_map(|row| row.into_iter().next()).collect();
        if values.len() <= limit {
            return Ok(Categories { sql: column.sql.clone(), conditions: Vec::new(), values, other: None });
        }
        values.truncate(limit);
        let listed: Vec<String> = values
            .iter()
            .filter(|value| !value.is_null())
            .map(|value| literal(column, value))
            .collect::<Result<_, _>>()?;
        let with_null = values.iter().any(Cell::is_null);
        let is_listed = format!("{} in ({})", column.sql, listed.join(", "));
        if !question.measure.aggregate.adds_up() {
            let shown =
                if with_null { format!("({is_listed} or {} is null)", column.sql) } else { is_listed };
            question
                .notes
                .push(format!("Only the {limit} most frequent values of `{}` are shown.", column.name));
            return Ok(Categories { sql: column.sql.clone(), conditions: vec![shown], values, other: None });
        }
        let taken = values.iter().any(|value| value.text() == Some("Other"));
        let other = if taken { "Other values" } else { "Other" };
        let text = if column.data_type == arrow::datatypes::DataType::Utf8 {
            column.sql.clone()
        } else {
            format!("cast({} as varchar)", column.sql)
        };
        let null = if with_null { format!("when {} is null then null ", column.sql) } else { String::new() };
        Ok(Categories {
            sql: format!("case {null}when {is_listed} then {text} else '{other}' end"),
            conditions: Vec::new(),
            values,
            other: Some(other.to_owned()),
        })
    }

    /// Where a value stands among the shown ones; the rest is last.
    pub fn rank(&self, value: &Cell) -> usize {
        if value.text().is_some() && value.text() == self.other.as_deref() {
            return usize::MAX;
        }
        let shown = self.values.iter().position(|known| known == value || shown_as(known) == shown_as(value));
        shown.unwrap_or(usize::MAX - 1)
    }
}

/// A category for people.
pub(super) fn shown_as(value: &Cell) -> String {
    match value {
        Cell::Null => "(none)".to_owned(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => value.to_string(),
        Cell::Text(text) => text.clone(),
    }
}
