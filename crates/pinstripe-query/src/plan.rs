//! The request plan: what Stripe is asked for, and what is filtered here afterwards. Plain
//! serialisable data, stored with the frame, so that a run can be repeated, resumed or done
//! elsewhere.
//!
//! Each condition goes where it is exact and cheapest: a parameter of the list; Search, only when
//! it is asked for; else a filter here. Read next: `conditions.rs`, `sentence.rs`.

mod dates;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use pinstripe_catalog::{Catalog, DataType, FieldKind, ParameterKind};
use serde::{Deserialize, Serialize};

use crate::accounts::AccountChoice;
use crate::columns::find_column;
use crate::conditions::{check_contradictions, filter, written};
use crate::date_range::{DateRange, TimeRange, time_zone, zone_name};
use crate::filter::Filter;
use crate::left_out::left_out;
use crate::parameters::{
    Bounds, SentParameter, intersection, parameter_at, range_bounds, sent_bounds, sent_parameters,
};
use crate::query_string::{Condition, Operator, parse};
use crate::search::search_query;
use crate::value::{Moment, parse_moment, parse_value};
use crate::{Input, QueryError};

/// What a person asked for, as typed.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest<'request> {
    pub data_type: &'request str,
    pub date_range: DateRange,
    /// The time the date range is about; `None` is `created`.
    pub date_field: Option<&'request str>,
    /// A name of the IANA database; `None` is the system's zone.
    pub time_zone: Option<&'request str>,
    pub query: &'request str,
    /// Ask Stripe's Search instead of the list.
    pub search: bool,
    /// Columns that the frame is to do without, by their dotted names.
    pub left_out: &'request [String],
    /// The accounts of a platform; `None` is the key's own, and rows do not name it.
    pub accounts: Option<AccountChoice>,
}

/// What Stripe is asked for, within which instants, and what is filtered here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestPlan {
    /// The data type's name in the catalog.
    pub data_type: String,
    pub path: String,
    /// The version of Stripe's API the plan was made for.
    pub api_version: String,
    pub date_range: DateRange,
    /// The time the date range is about.
    pub date_field: String,
    /// The name of the time zone the cut-offs were computed in.
    pub time_zone: String,
    /// The custom query as typed.
    pub query: String,
    /// Unix seconds at which the plan was made: the upper end of an open range.
    pub cut_off: i64,
    /// The date range as instants.
    pub dates: TimeRange,
    /// Bounds on `created`, sent to Stripe.
    pub range: TimeRange,
    /// Further parameters, sent to Stripe as they are.
    pub parameters: Vec<SentParameter>,
    /// The query for Stripe's Search, where it is asked instead of the list.
    pub search: Option<String>,
    /// Conditions that are tested here, all of which a row must meet.
    pub filters: Vec<Filter>,
    /// Paths to expand, without the leading `data.`.
    pub expand: Vec<String>,
    /// At most this many rows, newest first.
    pub row_limit: Option<u64>,
    /// Columns the frame does without, by dotted name. They come, conditions may test them, and
    /// they are not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// The accounts of a platform that are read. Rows then say which account they are of; `None` is
    /// the key's own account, and rows say nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<AccountChoice>,
}

impl RequestPlan {
    /// A plan that asks Stripe for nothing: that of rows a query made.
    pub fn nothing(cut_off: i64) -> RequestPlan {
        RequestPlan {
            data_type: String::new(),
            path: String::new(),
            api_version: String::new(),
            date_range: DateRange::All,
            date_field: "created".to_owned(),
            time_zone: "UTC".to_owned(),
            query: String::new(),
            cut_off,
            dates: TimeRange::default(),
            range: TimeRange::default(),
            parameters: Vec::new(),
            search: None,
            filters: Vec::new(),
            expand: Vec::new(),
            row_limit: None,
            left_out: Vec::new(),
            accounts: None,
        }
    }

    /// Whether both were made from the same request, maybe at different times: "the last 30 days"
    /// asked today and tomorrow.
    pub fn asks_the_same_as(&self, other: &RequestPlan) -> bool {
        let asked = |plan: &RequestPlan| {
            let RequestPlan {
                data_type,
                api_version,
                date_range,
                date_field,
                time_zone,
                query,
                search,
                left_out,
                accounts,
                ..
            } = plan.clone();
            let made_of = (data_type, api_version, date_range, date_field, time_zone, query);
            (made_of, search.is_some(), left_out, accounts)
        };
        asked(self) == asked(other)
    }
}

/// Makes the request plan, or says what is wrong with the request.
pub fn plan(catalog: &Catalog, request: &PlanRequest<'_>, now: Timestamp) -> Result<RequestPlan, QueryError> {
    let data_type = catalog.data_type(request.data_type).map_err(|unknown| {
        QueryError::new(format!("`{}` is no data type", unknown.name))
            .about(Input::DataType)
            .with_nearest(&unknown.nearest, "pinstripe types")
    })?;
    let zone = time_zone(request.time_zone)?;
    let now: Zoned = now.to_zoned(zone.clone());
    let mut planner = Planner {
        catalog,
        data_type,
        zone: zone.clone(),
        search: request.search,
        bounds: BTreeMap::new(),
        plan: RequestPlan {
            data_type: data_type.name.clone(),
            path: data_type.path.clone(),
            api_version: catalog.api_version.clone(),
            date_range: request.date_range.clone(),
            date_field: request.date_field.unwrap_or("created").to_owned(),
            time_zone: zone_name(&zone),
            query: request.query.trim().to_owned(),
            cut_off: now.timestamp().as_second(),
            dates: request.date_range.resolve(&now)?,
            range: TimeRange::default(),
            parameters: Vec::new(),
            search: None,
            filters: Vec::new(),
            expand: Vec::new(),
            row_limit: None,
            left_out: Vec::new(),
            accounts: request.accounts.clone(),
        },
    };
    let conditions = parse(request.query)?;
    let conditions = planner.take_settings(conditions)?;
    planner.plan.left_out = left_out(catalog, data_type, request.left_out, &planner.plan.expand)?;
    planner.add_dates()?;
    for group in grouped(&conditions) {
        planner.add_conditions(&group)?;
    }
    planner.finish()
}

/// Conditions that belong together: several values for one field.
fn grouped(conditions: &[Condition]) -> Vec<Vec<&Condition>> {
    let mut groups: Vec<Vec<&Condition>> = Vec::new();
    for condition in conditions {
        let alike = |group: &&mut Vec<&Condition>| {
            group.first().is_some_and(|first| {
                first.path == condition.path
                    && !first.listed
                    && first.operator == Operator::Equal
                    && condition.operator == Operator::Equal
            })
        };
        match groups.iter_mut().find(alike) {
            Some(group) if group.iter().all(|known| known.value != condition.value) => group.push(condition),
            Some(_) => {}
            None => groups.push(vec![condition]),
        }
    }
    groups
}

struct Planner<'catalog> {
    catalog: &'catalog Catalog,
    data_type: &'catalog DataType,
    zone: TimeZone,
    search: bool,
    /// Bounds that are sent, by the name of the range parameter.
    bounds: BTreeMap<String, (Bounds, bool)>,
    plan: RequestPlan,
}

impl Planner<'_> {
    /// Takes out what says how to read, not which rows: `limit`, `expand`; refuses cursors.
    fn take_settings(&mut self, conditions: Vec<Condition>) -> Result<Vec<Condition>, QueryError> {
        let mut left = Vec::new();
        for condition in conditions {
            match condition.field().as_str() {
                field @ ("starting_after" | "ending_before" | "page") => {
                    return Err(QueryError::new(format!(
                        "`{field}` cannot be set: pages are walked by pinstripe itself"
                    ))
                    .with_hint("leave it out, or use a date range to begin elsewhere"));
                }
                "limit" => {
                    let limit: Option<u64> = condition.value.parse().ok().filter(|limit| *limit > 0);
                    let limit = limit.filter(|_| condition.operator == Operator::Equal).ok_or_else(|| {
                        QueryError::new(format!(
                            "`{}`: expected a positive whole number of rows",
                            written(&condition)
                        ))
                        .with_hint("limit=1000")
                    })?;
                    self.plan.row_limit = Some(self.plan.row_limit.map_or(limit, |known| known.min(limit)));
                }
                "expand" => self.add_expand(&condition)?,
                _ => left.push(condition),
            }
        }
        Ok(left)
    }

    fn add_expand(&mut self, condition: &Condition) -> Result<(), QueryError> {
        if !self.data_type.expand {
            return Err(QueryError::new(format!(
                "Stripe's list of {} takes no expand",
                self.data_type.label
            )));
        }
        let path = condition.value.strip_prefix("data.").unwrap_or(&condition.value);
        let parts: Vec<String> = path.split('.').map(str::to_owned).collect();
        // What is expanded before it is part of the way to it.
        let mut known = self.plan.expand.clone();
        for end in 1..parts.len() {
            known.push(
                parts[..end].iter().filter(|part| *part != "data").cloned().collect::<Vec<_>>().join("."),
            );
        }
        find_column(self.catalog, self.data_type, &parts, &known)?;
        if !self.plan.expand.iter().any(|known| known == path) {
            self.plan.expand.push(path.to_owned());
        }
        Ok(())
    }

    /// Places the conditions on one field.
    fn add_conditions(&mut self, group: &[&Condition]) -> Result<(), QueryError> {
        let Some(first) = group.first() else { return Ok(()) };
        let is_created = first.path.len() == 1 && first.path[0] == "created";
        let asks_null = group.iter().any(|condition| condition.value == "null");
        if is_created && self.data_type.has_created_range() && !self.search && group.len() == 1 && !asks_null
        {
            return self.narrow_range(first);
        }
        let column = find_column(self.catalog, self.data_type, &first.path, &self.plan.expand);
        let parameter = parameter_at(self.data_type, &first.path).filter(|_| !self.search);
        if let Some(kind) = parameter
            && (group.len() == 1 || first.listed || matches!(kind, ParameterKind::List(_)))
            && !(asks_null && column.is_ok())
        {
            if let Ok(column) = &column {
                check_documented_values(kind, &column.kind, first)?;
            }
            for condition in group {
                if let ParameterKind::Range { .. } = kind {
                    self.add_bounds(kind, condition)?;
                } else {
                    self.plan.parameters.extend(sent_parameters(kind, condition)?);
                }
            }
            return Ok(());
        }
        let column = column?;
        if parameter.is_some() {
            refuse_wildcards(group)?;
            self.ask_for_all(first)?;
        }
        self.plan.filters.push(filter(&column, group, &self.zone)?);
        Ok(())
    }

    /// Narrows what is asked of a range parameter; of two bounds Stripe would heed one.
    fn add_bounds(&mut self, kind: &ParameterKind, condition: &Condition) -> Result<(), QueryError> {
        let ParameterKind::Range { exact, unix_time } = kind else { return Ok(()) };
        let name = condition.field();
        let bounds = range_bounds(condition, *unix_time, &self.zone)?;
        let known = self.bounds.get(&name).map_or((None, None), |(known, _)| *known);
        let narrowed = intersection(known, bounds);
        if let (Some(from), Some(until)) = narrowed
            && from >= until
        {
            return Err(QueryError::new(format!(
                "`{}` contradicts the date range or another condition on `{name}`: nothing is left",
                written(condition)
            ))
            .with_hint("leave one of them out"));
        }
        self.bounds.insert(name, (narrowed, *exact));
        Ok(())
    }

    /// Several values of a parameter that takes one: the list is asked for everything instead.
    fn ask_for_all(&mut self, condition: &Condition) -> Result<(), QueryError> {
        let field = condition.field();
        let hidden = self.data_type.completeness.iter().find(|note| note.parameter == field);
        if let Some(value) = hidden.and_then(|note| note.value.clone()) {
            self.plan.parameters.push((field, value));
        }
        Ok(())
    }

    /// A condition on `created` narrows the date range; it never replaces it.
    fn narrow_range(&mut self, condition: &Condition) -> Result<(), QueryError> {
        let (start, end) = match parse_moment(
            &format!("created{}", condition.operator.suffix()),
            &condition.value,
            &self.zone,
        )? {
            Moment::Instant(second) => (second, second.saturating_add(1)),
            Moment::Day { start, end } => (start, end),
        };
        let (from, until) = match condition.operator {
            Operator::Equal => (Some(start), Some(end)),
            Operator::Greater => (Some(end), None),
            Operator::GreaterOrEqual => (Some(start), None),
            Operator::Less => (None, Some(start)),
            Operator::LessOrEqual => (None, Some(end)),
        };
        let range = &mut self.plan.range;
        range.from = range.from.into_iter().chain(from).max();
        range.until = range.until.into_iter().chain(until).min();
        match (range.from, range.until) {
            (Some(from), Some(until)) if from >= until => Err(QueryError::new(format!(
                "`{}` contradicts the date range or another condition on `created`: nothing is left",
                written(condition)
            ))
            .with_hint("leave one of them out")),
            (Some(from), _) if from > self.plan.cut_off => Err(QueryError::new(format!(
                "`{}` begins in the future, expected a moment up to now",
                written(condition)
            ))
            .with_hint("created[gte]=2026-01-31")),
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<RequestPlan, QueryError> {
        check_contradictions(&self.plan.filters)?;
        for (name, (bounds, exact)) in &self.bounds {
            self.plan.parameters.extend(sent_bounds(name, *bounds, *exact));
        }
        refuse_both_kinds_of_type(&self.plan.parameters)?;
        if self.search {
            let path = self.data_type.search_path.clone();
            self.plan.search = Some(search_query(self.data_type, &self.plan.filters)?);
            self.plan.path = path.unwrap_or_default();
            return Ok(self.plan);
        }
        for parameter in self.data_type.required_parameters() {
            let mut sent = self.plan.parameters.iter();
            if !sent.any(|(name, _)| name.split('[').next() == Some(parameter.name.as_str())) {
                return Err(QueryError::new(format!(
                    "Stripe lists {} only for one `{}`: expected it in the query",
                    self.data_type.label, parameter.name
                ))
                .with_hint(format!(
                    "pinstripe import {} --query \"{}=...\"",
                    self.data_type.name, parameter.name
                )));
            }
        }
        Ok(self.plan)
    }
}

/// A free-text parameter whose column documents its values takes only those: Stripe would answer
/// `type=bogus` with an empty list.
fn check_documented_values(
    parameter: &ParameterKind,
    column: &FieldKind,
    condition: &Condition,
) -> Result<(), QueryError> {
    let documented = matches!(column, FieldKind::Enum(_) | FieldKind::Currency);
    if *parameter == ParameterKind::String && documented && condition.operator == Operator::Equal {
        parse_value(column, &condition.field(), &condition.value)?;
    }
    Ok(())
}

/// `charge.*` means something to Stripe alone; tested here it would be a literal text.
fn refuse_wildcards(group: &[&Condition]) -> Result<(), QueryError> {
    match group.iter().find(|condition| condition.value.contains('*')) {
        None => Ok(()),
        Some(wild) => Err(QueryError::new(format!(
            "`{}` cannot be combined with another value: wildcards are Stripe's own",
            written(wild)
        ))
        .with_hint(format!("{} alone, or every value by its name", written(wild)))),
    }
}

/// Stripe's list of events takes `type` or `types[]`, not both.
fn refuse_both_kinds_of_type(parameters: &[SentParameter]) -> Result<(), QueryError> {
    let sent = |wanted: &str| parameters.iter().any(|(name, _)| name == wanted);
    if sent("type") && sent("types[]") {
        return Err(QueryError::new("`type` and `types[]` cannot be asked together")
            .with_hint("put all of them into types[]"));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
