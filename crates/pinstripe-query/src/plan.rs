//! The request plan: what Stripe is asked for. Plain serialisable data, stored with the frame, so
//! that a run can be repeated, resumed or done elsewhere.

use jiff::{Timestamp, Zoned};
use pinstripe_catalog::{Catalog, DataType};
use serde::{Deserialize, Serialize};

use crate::QueryError;
use crate::date_range::{DateRange, TimeRange, time_zone, zone_name};
use crate::parameters::{SentParameter, sent_parameter, unknown_field};
use crate::query_string::{Condition, Operator, parse};

/// What a person asked for, as typed.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest<'request> {
    pub data_type: &'request str,
    pub date_range: DateRange,
    /// A name of the IANA database; `None` is the system's zone.
    pub time_zone: Option<&'request str>,
    pub query: &'request str,
}

/// What Stripe is asked for, and within which instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestPlan {
    /// The data type's name in the catalog.
    pub data_type: String,
    pub path: String,
    /// The version of Stripe's API the plan was made for.
    pub api_version: String,
    pub date_range: DateRange,
    /// The name of the time zone the cut-offs were computed in.
    pub time_zone: String,
    /// The custom query as typed.
    pub query: String,
    /// Unix seconds at which the plan was made: the upper end of an open range.
    pub cut_off: i64,
    /// Bounds on `created`, sent to Stripe.
    pub range: TimeRange,
    /// Further parameters, sent to Stripe as they are.
    pub parameters: Vec<SentParameter>,
    /// Paths to expand, without the leading `data.`.
    pub expand: Vec<String>,
    /// At most this many rows, newest first.
    pub row_limit: Option<u64>,
}

/// Makes the request plan, or says what is wrong with the request.
pub fn plan(catalog: &Catalog, request: &PlanRequest<'_>, now: Timestamp) -> Result<RequestPlan, QueryError> {
    let data_type = catalog.data_type(request.data_type).map_err(|unknown| {
        QueryError::new(format!("`{}` is no data type", unknown.name))
            .with_nearest(&unknown.nearest, "pinstripe types")
    })?;
    let zone = time_zone(request.time_zone)?;
    let zone_name = zone_name(&zone);
    let now: Zoned = now.to_zoned(zone);
    let mut plan = RequestPlan {
        data_type: data_type.name.clone(),
        path: data_type.path.clone(),
        api_version: catalog.api_version.clone(),
        range: request.date_range.resolve(&now)?,
        date_range: request.date_range.clone(),
        time_zone: zone_name,
        query: request.query.trim().to_owned(),
        cut_off: now.timestamp().as_second(),
        parameters: Vec::new(),
        expand: Vec::new(),
        row_limit: None,
    };
    if plan.range != TimeRange::default() && !data_type.has_created_range() {
        return Err(QueryError::new(format!("Stripe's list of {} cannot be cut by date", data_type.label))
            .with_hint(format!("pinstripe import {}", data_type.name)));
    }
    for condition in parse(request.query)? {
        add_condition(&mut plan, data_type, &condition)?;
    }
    check_required(&plan, data_type)?;
    check_bounds(&plan)?;
    Ok(plan)
}

fn add_condition(
    plan: &mut RequestPlan,
    data_type: &DataType,
    condition: &Condition,
) -> Result<(), QueryError> {
    let field = condition.field();
    match field.as_str() {
        "starting_after" | "ending_before" | "page" => {
            return Err(QueryError::new(format!(
                "`{field}` cannot be set: pages are walked by pinstripe itself"
            ))
            .with_hint("leave it out, or use a date range to begin elsewhere"));
        }
        "limit" => {
            let limit: Option<u64> = condition.value.parse().ok().filter(|limit| *limit > 0);
            let limit = limit.ok_or_else(|| {
                QueryError::new(format!(
                    "`limit={}`: expected a positive whole number of rows",
                    condition.value
                ))
            })?;
            plan.row_limit = Some(limit);
            return Ok(());
        }
        "expand" => {
            if !data_type.expand {
                return Err(QueryError::new(format!("Stripe's list of {} takes no expand", data_type.label)));
            }
            let path = condition.value.strip_prefix("data.").unwrap_or(&condition.value);
            plan.expand.push(path.to_owned());
            return Ok(());
        }
        _ => {}
    }
    if condition.path.len() == 1 && field == "created" && data_type.has_created_range() {
        return narrow_range(plan, condition);
    }
    match sent_parameter(data_type, condition)? {
        Some(parameter) => {
            let single = !parameter.0.ends_with("[]");
            if single
                && plan.parameters.iter().any(|(name, value)| *name == parameter.0 && *value != parameter.1)
            {
                return Err(QueryError::new(format!(
                    "`{}` is given twice with different values",
                    parameter.0
                )));
            }
            plan.parameters.push(parameter);
            Ok(())
        }
        None => Err(unknown_field(data_type, &field)),
    }
}

/// A condition on `created` narrows the date range; it never replaces it.
fn narrow_range(plan: &mut RequestPlan, condition: &Condition) -> Result<(), QueryError> {
    let value: i64 = condition.value.parse().map_err(|_| {
        QueryError::new(format!("`created={}`: expected Unix seconds, such as 1767225600", condition.value))
    })?;
    let (from, until) = match condition.operator {
        Operator::Equal => (Some(value), value.checked_add(1)),
        Operator::Greater => (value.checked_add(1), None),
        Operator::GreaterOrEqual => (Some(value), None),
        Operator::Less => (None, Some(value)),
        Operator::LessOrEqual => (None, value.checked_add(1)),
    };
    plan.range.from = plan.range.from.into_iter().chain(from).max();
    plan.range.until = plan.range.until.into_iter().chain(until).min();
    Ok(())
}

fn check_bounds(plan: &RequestPlan) -> Result<(), QueryError> {
    match (plan.range.from, plan.range.until) {
        (Some(from), Some(until)) if from >= until => Err(QueryError::new(
            "the conditions on `created` and the date range leave nothing: expected an end after the beginning",
        )),
        (Some(from), _) if from > plan.cut_off => {
            Err(QueryError::new("`created` begins in the future, expected a moment up to now"))
        }
        _ => Ok(()),
    }
}

fn check_required(plan: &RequestPlan, data_type: &DataType) -> Result<(), QueryError> {
    for parameter in data_type.required_parameters() {
        let given =
            plan.parameters.iter().any(|(name, _)| name.split('[').next() == Some(parameter.name.as_str()));
        if !given {
            return Err(QueryError::new(format!(
                "Stripe lists {} only for one `{}`: expected it in the query",
                data_type.label, parameter.name
            ))
            .with_hint(format!("pinstripe import {} --query \"{}=...\"", data_type.name, parameter.name)));
        }
    }
    Ok(())
}

impl RequestPlan {
    /// One sentence for people: what is asked of Stripe.
    pub fn sentence(&self) -> String {
        let zone = time_zone(Some(&self.time_zone)).unwrap_or(jiff::tz::TimeZone::UTC);
        let mut text = self.range.sentence("created", self.cut_off, &zone);
        if !self.parameters.is_empty() {
            let sent: Vec<String> =
                self.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            text.push_str(&format!("; Stripe filters by {}", sent.join(" and ")));
        }
        if !self.expand.is_empty() {
            text.push_str(&format!("; with {} expanded", self.expand.join(", ")));
        }
        if let Some(limit) = self.row_limit {
            text.push_str(&format!("; the newest {limit} rows only"));
        }
        text
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use pinstripe_catalog::catalog;

    fn make(data_type: &str, query: &str) -> Result<RequestPlan, QueryError> {
        let request = PlanRequest { data_type, query, time_zone: Some("UTC"), ..PlanRequest::default() };
        plan(catalog(), &request, Timestamp::from_second(1_795_000_000).unwrap())
    }

    #[test]
    fn list_parameters_are_sent_as_they_are() {
        let plan = make("subscriptions", "status=all&automatic_tax[enabled]=true&current_period_end[gte]=5")
            .unwrap();
        let sent: Vec<String> =
            plan.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(sent, ["status=all", "automatic_tax[enabled]=true", "current_period_end[gte]=5"]);
        assert_eq!(
            make("events", "types[]=charge.succeeded&types[]=charge.failed").unwrap().parameters.len(),
            2
        );
        assert_eq!(make("charges", "expand[]=data.customer").unwrap().expand, ["customer"]);
        assert_eq!(make("charges", "limit=250").unwrap().row_limit, Some(250));
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_a_way_out() {
        for (data_type, query, says) in [
            ("chrages", "", "is no data type"),
            ("charges", "custmer=cus_1", "no filter"),
            ("charges", "limit=0", "positive"),
            ("charges", "limit=abc", "positive"),
            ("charges", "starting_after=ch_1", "cannot be set"),
            ("subscriptions", "status=activ", "expected one of"),
            ("payouts", "status[gt]=paid", "cannot be compared"),
            ("payouts", "arrival_date[gte]=yesterday", "Unix seconds"),
            ("events", "delivery_success=maybe", "true or false"),
            ("subscriptions", "automatic_tax=true", "takes no value"),
            ("subscription_items", "", "expected it in the query"),
            ("charges", "created[gte]=9999999999", "future"),
            ("charges", "created[gte]=10&created[lt]=10", "leave nothing"),
            ("payouts", "status=paid&status=failed", "given twice"),
        ] {
            let error = make(data_type, query).unwrap_err();
            assert!(error.to_string().contains(says), "{data_type} {query}: {error}");
        }
    }

    #[test]
    fn a_condition_on_created_narrows_the_date_range() {
        let plan = make("charges", "created[gt]=1000&created[lte]=2000").unwrap();
        assert_eq!(plan.range, TimeRange { from: Some(1001), until: Some(2001) });
    }
}
