//! What the import dialog sends, as it was typed, and the request plan it becomes. Checked by the
//! same code as the command line's flags.

use jiff::Timestamp;
use pinstripe_catalog::catalog;
use pinstripe_library::{Failure, Source};
use pinstripe_query::date_range::{Unit, time_zone};
use pinstripe_query::{AccountChoice, DateRange, PlanRequest, RequestPlan, plan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be imported, as typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ImportRequest {
    pub data_type: String,
    /// Id of a connection.
    pub connection: Option<String>,
    pub date_range: DateRangeInput,
    /// `null` is the system's.
    pub time_zone: Option<String>,
    pub query: String,
    /// Ask Stripe's Search instead of the list.
    pub search: bool,
    /// Columns that are not kept, by dotted name.
    pub columns_left_out: Vec<String>,
    /// The accounts of a platform: ids, `all` or `self`. None for the key's own, unnamed.
    #[serde(default)]
    pub accounts: Vec<String>,
}

/// A date range with its value as typed; an empty value is everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "range", rename_all = "snake_case")]
pub(crate) enum DateRangeInput {
    All {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
    After {
        value: String,
    },
    LastHours {
        value: String,
    },
    LastDays {
        value: String,
    },
    LastWeeks {
        value: String,
    },
    LastMonths {
        value: String,
    },
    LastYears {
        value: String,
    },
    Between {
        value: String,
        until: String,
    },
}

impl ImportRequest {
    /// The request plan, or what is wrong and in which input.
    pub fn plan(&self) -> Result<RequestPlan, Failure> {
        let now = Timestamp::now();
        let zone = self.time_zone.as_deref();
        let today = now.to_zoned(time_zone(zone)?).date();
        let date_range = match &self.date_range {
            DateRangeInput::All { .. } => DateRange::All,
            DateRangeInput::After { value } => DateRange::parse_after(value, today)?,
            DateRangeInput::LastHours { value } => DateRange::last(value, Unit::Hours)?,
            DateRangeInput::LastDays { value } => DateRange::last(value, Unit::Days)?,
            DateRangeInput::LastWeeks { value } => DateRange::last(value, Unit::Weeks)?,
            DateRangeInput::LastMonths { value } => DateRange::last(value, Unit::Months)?,
            DateRangeInput::LastYears { value } => DateRange::last(value, Unit::Years)?,
            DateRangeInput::Between { value, until }
                if value.trim().is_empty() && until.trim().is_empty() =>
            {
                DateRange::All
            }
            DateRangeInput::Between { value, until } => DateRange::parse_between(value, until, today)?,
        };
        let request = PlanRequest {
            data_type: &self.data_type,
            date_range,
            date_field: None,
            time_zone: zone,
            query: &self.query,
            search: self.search,
            left_out: &self.columns_left_out,
            accounts: AccountChoice::parse(&self.accounts)?,
        };
        Ok(plan(catalog(), &request, now)?)
    }

    /// The request that a plan was made from.
    pub fn of(plan: &RequestPlan, source: &Source) -> ImportRequest {
        let last = |count: u32, unit: Unit| {
            let value = count.to_string();
            match unit {
                Unit::Hours => DateRangeInput::LastHours { value },
                Unit::Days => DateRangeInput::LastDays { value },
                Unit::Weeks => DateRangeInput::LastWeeks { value },
                Unit::Months => DateRangeInput::LastMonths { value },
                Unit::Years => DateRangeInput::LastYears { value },
            }
        };
        ImportRequest {
            data_type: plan.data_type.clone(),
            connection: source.account.clone(),
            date_range: match plan.date_range {
                DateRange::All => DateRangeInput::All { value: None },
                DateRange::After(date) => DateRangeInput::After { value: date.to_string() },
                DateRange::Last { count, unit } => last(count, unit),
                DateRange::Between(from, to) => {
                    DateRangeInput::Between { value: from.to_string(), until: to.to_string() }
                }
            },
            time_zone: Some(plan.time_zone.clone()),
            query: plan.query.clone(),
            search: plan.search.is_some(),
            columns_left_out: plan.left_out.clone(),
            accounts: plan.accounts.as_ref().map(AccountChoice::typed).unwrap_or_default(),
        }
    }
}

/// The plan of the same request, made anew: the last 30 days are other days now.
pub(crate) fn made_anew(old: &RequestPlan) -> Result<RequestPlan, Failure> {
    let request = PlanRequest {
        data_type: &old.data_type,
        date_range: old.date_range.clone(),
        date_field: Some(&old.date_field),
        time_zone: Some(&old.time_zone),
        query: &old.query,
        search: old.search.is_some(),
        left_out: &old.left_out,
        accounts: old.accounts.clone(),
    };
    Ok(plan(catalog(), &request, Timestamp::now())?)
}
