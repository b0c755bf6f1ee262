//! What each number of the payments overview means, in SQL. The guide
//! docs/guides/payments-overview.md says the same in words.

use arrow::datatypes::{DataType, TimeUnit};

use super::TileUnit;
use super::period::Period;
use crate::conditions_sql::{ColumnSql, quoted_name, quoted_text};
use crate::ledger::FrameRecord;

pub(super) struct Measure {
    pub key: &'static str,
    pub label: &'static str,
    pub unit: TileUnit,
    /// One; of a share, what is divided and what it is divided by.
    pub parts: &'static [Part],
}

/// One aggregate over one frame.
pub(super) struct Part {
    pub data_type: &'static str,
    pub value: &'static str,
    pub conditions: &'static [&'static str],
    /// Whether only rows of the chosen currency count.
    pub by_currency: bool,
    /// The columns that it needs.
    pub columns: &'static [&'static str],
}

const SUCCEEDED_CHARGES: Part = Part {
    data_type: "charges",
    value: "count(*)",
    conditions: &["status = 'succeeded'"],
    by_currency: true,
    columns: &["status", "currency", "created"],
};

/// Money that moves between the balance and the bank, or is set aside, is no income.
const NOT_MOVED: [&str; 3] =
    ["type not like 'payout%'", "type not like 'topup%'", "type not like '%reserve%'"];

pub(super) static MEASURES: [Measure; 8] = [
    Measure {
        key: "gross",
        label: "Gross volume",
        unit: TileUnit::Money,
        parts: &[Part {
            value: "coalesce(sum(amount_captured), 0)",
            columns: &["amount_captured", "status", "currency", "created"],
            ..SUCCEEDED_CHARGES
        }],
    },
    Measure {
        key: "net",
        label: "Net volume",
        unit: TileUnit::Money,
        parts: &[Part {
            data_type: "balance_transactions",
            value: "coalesce(sum(net), 0)",
            conditions: &NOT_MOVED,
            by_currency: true,
            columns: &["net", "type", "currency", "created"],
        }],
    },
    Measure {
        key: "fees",
        label: "Fees",
        unit: TileUnit::Money,
        parts: &[Part {
            data_type: "balance_transactions",
            // Fees that are charged on their own are transactions whose amount is the fee.
            value: "coalesce(sum(case when type in ('stripe_fee', 'stripe_fx_fee', 'tax_fee') then fee - amount else fee end), 0)",
            conditions: &[],
            by_currency: true,
            columns: &["amount", "fee", "type", "currency", "created"],
        }],
    },
    Measure {
        key: "success_rate",
        label: "Success rate",
        unit: TileUnit::Share,
        parts: &[
            SUCCEEDED_CHARGES,
            Part { conditions: &["status in ('succeeded', 'failed')"], ..SUCCEEDED_CHARGES },
        ],
    },
    Measure {
        key: "refund_rate",
        label: "Refund rate",
        unit: TileUnit::Share,
        parts: &[
            Part {
                data_type: "refunds",
                value: "count(distinct charge)",
                conditions: &["(status is null or status not in ('failed', 'canceled'))"],
                by_currency: true,
                columns: &["charge", "status", "currency", "created"],
            },
            SUCCEEDED_CHARGES,
        ],
    },
    Measure {
        key: "dispute_rate",
        label: "Dispute rate",
        unit: TileUnit::Share,
        parts: &[
            Part {
                data_type: "disputes",
                value: "count(*)",
                conditions: &["status not like 'warning%'", "status <> 'prevented'"],
                by_currency: true,
                columns: &["status", "currency", "created"],
            },
            SUCCEEDED_CHARGES,
        ],
    },
    Measure {
        key: "new_customers",
        label: "New customers",
        unit: TileUnit::Count,
        parts: &[Part {
            data_type: "customers",
            value: "count(*)",
            conditions: &[],
            by_currency: false,
            columns: &["created"],
        }],
    },
    Measure {
        key: "payouts",
        label: "Payouts",
        unit: TileUnit::Money,
        parts: &[Part {
            data_type: "payouts",
            value: "coalesce(sum(amount), 0)",
            conditions: &["status not in ('failed', 'canceled')"],
            by_currency: true,
            columns: &["amount", "status", "currency", "created"],
        }],
    },
];

impl Measure {
    /// One value for the time from one instant up to, without, another.
    pub fn sql(
        &self,
        parts: &[(&'static Part, &FrameRecord)],
        from: jiff::Timestamp,
        until: jiff::Timestamp,
        currency: Option<&str>,
    ) -> String {
        let of = |(part, frame): &(&'static Part, &FrameRecord), indent: &str| {
            let conditions = part.conditions(from, until, currency).join(&format!("\n{indent}  and "));
            format!("from {}\n{indent}where {conditions}", quoted_name(&frame.name))
        };
        match parts {
            [over, under] => format!(
                "select cast((\n  select {}\n  {}\n) as double) / nullif((\n  select {}\n  {}\n), 0) as {}",
                over.0.value,
                of(over, "  "),
                under.0.value,
                of(under, "  "),
                self.key
            ),
            [only, ..] => format!("select {} as {}\n{}", only.0.value, self.key, of(only, "")),
            [] => String::new(),
        }
    }
}

impl Part {
    fn conditions(
        &self,
        from: jiff::Timestamp,
        until: jiff::Timestamp,
        currency: Option<&str>,
    ) -> Vec<String> {
        let mut all: Vec<String> = self.conditions.iter().map(|condition| (*condition).to_owned()).collect();
        if let Some(currency) = currency.filter(|_| self.by_currency) {
            all.push(format!("currency = {}", quoted_text(currency)));
        }
        all.push(format!("created >= {}", quoted_text(&from.to_string())));
        all.push(format!("created < {}", quoted_text(&until.to_string())));
        all
    }

    /// A value for each step of the period.
    pub fn series_sql(&self, frame: &FrameRecord, period: &Period, currency: Option<&str>) -> String {
        let created = ColumnSql {
            name: "created".to_owned(),
            sql: "created".to_owned(),
            data_type: DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            money: false,
            currency: None,
        };
        let conditions = self.conditions(period.first_instant(), period.until_instant(), currency);
        format!(
            "select {}, {} from {} where {} group by 1 order by 1",
            period.interval.sql(&created, &period.zone_name),
            self.value,
            quoted_name(&frame.name),
            conditions.join(" and ")
        )
    }
}
