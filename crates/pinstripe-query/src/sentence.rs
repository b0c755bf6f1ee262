//! A request plan in plain sentences: what Stripe is asked for, what is filtered here, and what it
//! costs.

use jiff::tz::TimeZone;

use crate::date_range::{TimeRange, time_zone};
use crate::plan::RequestPlan;

impl RequestPlan {
    /// What is asked of Stripe and what is filtered here, in one or two sentences.
    pub fn sentence(&self) -> String {
        if self.path.is_empty() {
            return "nothing is asked of Stripe".to_owned();
        }
        let zone = time_zone(Some(&self.time_zone)).unwrap_or(TimeZone::UTC);
        // Conditions on `created` may have narrowed what the date range said.
        let dates = if self.date_field == "created" && self.range != TimeRange::default() {
            self.range
        } else {
            self.dates
        };
        let mut text = dates.sentence(&self.date_field, self.cut_off, &zone);
        if self.date_field != "created" && self.range != TimeRange::default() {
            text.push_str(&format!(", {}", self.range.sentence("created", self.cut_off, &zone)));
        }
        if let Some(search) = &self.search {
            text.push_str(&format!(
                "; Stripe's Search is asked for {search} (it lags by up to a minute, in outages by an hour), \
                 and its rows pass the same conditions here"
            ));
        } else {
            self.say_conditions(&mut text);
        }
        if !self.expand.is_empty() {
            text.push_str(&format!("; with {} expanded", self.expand.join(", ")));
        }
        if !self.left_out.is_empty() {
            text.push_str(&format!("; without {}", self.left_out.join(", ")));
        }
        if let Some(limit) = self.row_limit {
            let each = if self.accounts.is_some() { " of each account" } else { "" };
            text.push_str(&format!("; the newest {limit} rows{each} only"));
        }
        if let Some(accounts) = &self.accounts {
            text.push_str(&format!("; of {}", accounts.sentence()));
        }
        text
    }

    fn say_conditions(&self, text: &mut String) {
        if !self.parameters.is_empty() {
            let sent: Vec<String> =
                self.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            text.push_str(&format!("; Stripe filters by {}", sent.join(" and ")));
        }
        if !self.filters.is_empty() {
            let here: Vec<String> = self
                .filters
                .iter()
                .map(|filter| match filter.any_entry() {
                    true => format!("{} (for any entry of the list)", filter.text),
                    false => filter.text.clone(),
                })
                .collect();
            text.push_str(&format!("; filtered here by {}, since Stripe's list cannot", here.join(" and ")));
        }
    }

    /// What it costs, as far as it can be known before asking.
    pub fn estimate(&self) -> String {
        match self.row_limit {
            Some(limit) if self.filters.is_empty() => {
                let requests = limit.div_ceil(100);
                format!("at most {requests} {}", if requests == 1 { "request" } else { "requests" })
            }
            _ => "one request for every 100 objects that Stripe has for it".to_owned(),
        }
    }
}
