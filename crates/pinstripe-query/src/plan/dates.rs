//! Where the date range of a request plan goes.

use pinstripe_catalog::{FieldKind, ParameterKind};

use super::Planner;
use crate::columns::find_column;
use crate::conditions::filter;
use crate::date_range::TimeRange;
use crate::parameters::parameter_at;
use crate::query_string::{Condition, Operator};
use crate::{Input, QueryError};

impl Planner<'_> {
    /// A time was named that no date range is about: leaving it out silently would bring other rows.
    fn no_date_range(&self) -> QueryError {
        let field = &self.plan.date_field;
        QueryError::new(format!("the date range is to be about `{field}`, and there is no date range"))
            .with_hint("give one with --after, --last or --between, or leave --date-field out")
            .about(Input::DateRange)
    }

    /// Places the date range: as the list's own range, as a parameter, or as a filter here.
    pub(super) fn add_dates(&mut self) -> Result<(), QueryError> {
        let dates = self.plan.dates;
        if dates == TimeRange::default() {
            let named = self.plan.date_field != "created";
            return if named { Err(self.no_date_range()) } else { Ok(()) };
        }
        let field = self.plan.date_field.clone();
        if field == "created" && self.data_type.has_created_range() && !self.search {
            self.plan.range = dates;
            return Ok(());
        }
        let path: Vec<String> = field.split('.').map(str::to_owned).collect();
        let bounds = [(Operator::GreaterOrEqual, dates.from), (Operator::Less, dates.until)];
        for (operator, second) in bounds {
            let Some(second) = second else { continue };
            let condition =
                Condition { path: path.clone(), operator, listed: false, value: second.to_string() };
            if let Some(kind @ ParameterKind::Range { .. }) = parameter_at(self.data_type, &path)
                && !self.search
            {
                self.add_bounds(kind, &condition)?;
                continue;
            }
            let column = find_column(self.catalog, self.data_type, &path, &self.plan.expand)
                .ok()
                .filter(|column| column.kind == FieldKind::Timestamp)
                .ok_or_else(|| self.no_such_date(&field))?;
            self.plan.filters.push(filter(&column, &[&condition], &self.zone)?);
        }
        Ok(())
    }

    fn no_such_date(&self, field: &str) -> QueryError {
        let schema = self.catalog.schema(&self.data_type.schema);
        let times: Vec<&str> = schema
            .fields
            .iter()
            .filter(|field| field.kind == FieldKind::Timestamp)
            .map(|field| field.name.as_str())
            .collect();
        let error =
            QueryError::new(format!("{} have no time `{field}` for a date range", self.data_type.label))
                .about(Input::DateRange);
        match times.first() {
            Some(first) => error.with_hint(format!("--date-field {first} (they have {})", times.join(", "))),
            None => error.with_hint(format!("pinstripe import {}", self.data_type.name)),
        }
    }
}
