//! The payments of one connection over a period: volumes, fees, rates, new customers, payouts, in one
//! currency. Every number is what its query says, and the query is given with it.
//!
//! What each measure means is in docs/guides/payments-overview.md, and in SQL in
//! `overview/measures.rs`; what a frame may lack for it is said by `overview/coverage.rs`.

mod coverage;
mod measures;
mod period;

use std::collections::BTreeMap;

use futures::future::try_join_all;
use pinstripe_catalog::catalog;
use serde::Serialize;
use utoipa::ToSchema;

use crate::cell::Cell;
use crate::chart::Bucket;
use crate::conditions_sql::{quoted_name, quoted_text};
use crate::error::LibraryError;
use crate::ledger::{FrameKind, FrameRecord};
use crate::library::Library;
use measures::{MEASURES, Measure, Part};
use period::Period;

/// The data types that it is made of, in the order in which people are told of them.
const DATA_TYPES: [&str; 6] =
    ["charges", "refunds", "disputes", "payouts", "balance_transactions", "customers"];

/// What is asked for; what is open is chosen.
#[derive(Debug, Clone, Default)]
pub struct OverviewRequest {
    /// The connection's name; `None` for the one with the most frames.
    pub connection: Option<String>,
    /// `None` for the most used one.
    pub currency: Option<String>,
    pub interval: Option<Bucket>,
    /// The first day, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    pub time_zone: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Overview {
    pub connection: String,
    pub sandbox: bool,
    /// Most used first.
    pub currencies: Vec<String>,
    pub currency: Option<String>,
    /// The first day.
    pub from: String,
    /// The last day; it is in, as far as it has come.
    pub to: String,
    pub interval: Bucket,
    pub time_zone: String,
    pub tiles: Vec<OverviewTile>,
    pub frames: Vec<OverviewFrame>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OverviewTile {
    pub key: &'static str,
    pub label: &'static str,
    /// Money in the smallest unit, shares from 0 to 1, numbers of things; `null` where it is not known.
    #[schema(value_type = Option<f64>)]
    pub value: Cell,
    pub unit: TileUnit,
    pub currency: Option<String>,
    /// The same for as many days before the first one.
    #[schema(value_type = Option<f64>)]
    pub previous: Cell,
    /// The query that gives the value.
    pub sql: String,
    /// The data frames it reads.
    pub from_frame: Option<String>,
    /// Why there is no value.
    pub why_missing: Option<String>,
    /// Why the value may not be the whole truth.
    pub warning: Option<String>,
    /// The first day of each step, and its value.
    #[schema(value_type = Vec<(String, Option<f64>)>)]
    pub series: Vec<(String, Cell)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TileUnit {
    Money,
    Share,
    Count,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverviewFrame {
    pub data_type: String,
    pub label: String,
    /// The data frame that is taken for it.
    pub frame: Option<String>,
}

/// The frames of a connection, one for each data type.
struct Sources {
    connection: String,
    frames: BTreeMap<&'static str, FrameRecord>,
}

impl Library {
    /// The payments of a connection.
    pub async fn overview(&self, request: &OverviewRequest) -> Result<Overview, LibraryError> {
        self.overview_at(request, jiff::Timestamp::now()).await
    }

    pub(crate) async fn overview_at(
        &self,
        request: &OverviewRequest,
        now: jiff::Timestamp,
    ) -> Result<Overview, LibraryError> {
        let period = Period::new(request, now)?;
        let sources = self.sources(request.connection.as_deref(), &period)?;
        let currencies = self.currencies_of(&sources).await?;
        let currency = request.currency.clone().map(|code| code.to_lowercase());
        let currency = currency.or_else(|| currencies.first().cloned());
        let tiles = MEASURES.iter().map(|measure| self.tile(measure, &sources, &period, currency.as_deref()));
        let tiles = try_join_all(tiles).await?;
        let frames = DATA_TYPES.map(|data_type| OverviewFrame {
            data_type: data_type.to_owned(),
            label: label(data_type),
            frame: sources.frames.get(data_type).map(|frame| frame.name.clone()),
        });
        Ok(Overview {
            sandbox: sources.frames.values().any(|frame| frame.source.sandbox),
            connection: sources.connection,
            currencies,
            currency,
            from: period.from.to_string(),
            to: period.to.to_string(),
            interval: period.interval,
            time_zone: period.zone_name,
            tiles,
            frames: frames.to_vec(),
        })
    }

    /// Of several frames of one data type, one without conditions, which covers most of the period,
    /// then the newest.
    fn sources(&self, connection: Option<&str>, period: &Period) -> Result<Sources, LibraryError> {
        let all = self.frames()?;
        let imported = |frame: &&FrameRecord| {
            // Rows of accounts that were chosen are other businesses' payments.
            frame.kind == FrameKind::Import
                && frame.plan.accounts.is_none()
                && DATA_TYPES.contains(&frame.data_type.as_str())
        };
        let connection = match connection {
            Some(name) => name.to_owned(),
            None => {
                let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
                for frame in all.iter().filter(imported) {
                    *counts.entry(frame.source.connection.as_deref().unwrap_or_default()).or_default() += 1;
                }
                counts.into_iter().max_by_key(|(_, count)| *count).map_or("", |(name, _)| name).to_owned()
            }
        };
        let mut frames = BTreeMap::new();
        for data_type in DATA_TYPES {
            let of_type = all.iter().filter(imported).filter(|frame| {
                frame.data_type == data_type
                    && frame.source.connection.as_deref().unwrap_or_default() == connection
            });
            let best = of_type.max_by_key(|frame| coverage::rank(frame, period));
            if let Some(frame) = best {
                frames.insert(data_type, frame.clone());
            }
        }
        Ok(Sources { connection, frames })
    }

    /// The currencies of charges, most used first; then what only the other frames have.
    async fn currencies_of(&self, sources: &Sources) -> Result<Vec<String>, LibraryError> {
        let mut known: Vec<String> = Vec::new();
        for data_type in ["charges", "balance_transactions", "payouts", "refunds"] {
            let Some(frame) = sources.frames.get(data_type) else { continue };
            if frame.plan.left_out.iter().any(|column| column == "currency") {
                continue;
            }
            let sql = format!(
                "select currency, count(*) from {} where currency is not null group by 1 order by 2 desc, 1",
                quoted_name(&frame.name)
            );
            for row in self.sql_cells(&sql).await? {
                let code = row.first().and_then(Cell::text).unwrap_or_default().to_owned();
                if !known.contains(&code) {
                    known.push(code);
                }
            }
        }
        Ok(known)
    }

    async fn tile(
        &self,
        measure: &'static Measure,
        sources: &Sources,
        period: &Period,
        currency: Option<&str>,
    ) -> Result<OverviewTile, LibraryError> {
        let mut tile = OverviewTile {
            key: measure.key,
            label: measure.label,
            value: Cell::Null,
            unit: measure.unit,
            currency: currency.filter(|_| measure.unit == TileUnit::Money).map(str::to_owned),
            previous: Cell::Null,
            sql: String::new(),
            from_frame: None,
            why_missing: None,
            warning: None,
            series: Vec::new(),
        };
        let parts = match parts(measure, sources) {
            Ok(parts) => parts,
            Err(why) => {
                tile.why_missing = Some(why);
                return Ok(tile);
            }
        };
        let names: Vec<&str> = parts.iter().map(|(_, frame)| frame.name.as_str()).collect();
        tile.from_frame = Some(names.join(", "));
        if let Some(why) = self.no_such_currency(measure, &parts, currency).await? {
            tile.why_missing = Some(why);
            return Ok(tile);
        }
        tile.sql = measure.sql(&parts, period.first_instant(), period.until_instant(), currency);
        let warnings = parts.iter().flat_map(|(_, frame)| coverage::warnings(frame, period));
        let mut warnings: Vec<String> = warnings.collect();
        warnings.dedup();
        warnings.extend(self.converted(measure, &parts, period, currency).await?);
        tile.warning = (!warnings.is_empty()).then(|| warnings.join(" "));
        tile.value = self.one_value(&tile.sql).await?;
        if parts.iter().all(|(_, frame)| coverage::reaches_back(frame, period.previous_instant())) {
            let before = measure.sql(&parts, period.previous_instant(), period.first_instant(), currency);
            tile.previous = self.one_value(&before).await?;
        }
        tile.series = self.series(measure, &parts, period, currency).await?;
        Ok(tile)
    }

    /// Balances are kept in the currencies that have a bank account; others are converted into them.
    async fn no_such_currency(
        &self,
        measure: &Measure,
        parts: &[(&'static Part, &FrameRecord)],
        currency: Option<&str>,
    ) -> Result<Option<String>, LibraryError> {
        let Some((_, frame)) = parts.iter().find(|(part, _)| part.data_type == "balance_transactions") else {
            return Ok(None);
        };
        let Some(currency) = currency.filter(|_| measure.unit == TileUnit::Money) else { return Ok(None) };
        let table = quoted_name(&frame.name);
        let known = self.sql_cells(&format!("select distinct currency from {table} order by 1")).await?;
        let known: Vec<&str> = known.iter().filter_map(|row| row.first()?.text()).collect();
        if known.is_empty() || known.contains(&currency) {
            return Ok(None);
        }
        Ok(Some(format!(
            "the balance has no {}: Stripe converts it into {}",
            currency.to_uppercase(),
            known.join(", ").to_uppercase()
        )))
    }

    /// What Stripe converted into a currency counts there, and in gross volume in its own: without a
    /// word, more would seem to have come in net than gross.
    async fn converted(
        &self,
        measure: &Measure,
        parts: &[(&'static Part, &FrameRecord)],
        period: &Period,
        currency: Option<&str>,
    ) -> Result<Option<String>, LibraryError> {
        let balance = parts.iter().find(|(part, _)| part.data_type == "balance_transactions");
        let (Some((_, frame)), Some(currency)) = (balance, currency) else { return Ok(None) };
        if measure.unit != TileUnit::Money {
            return Ok(None);
        }
        let (from, until) = (period.first_instant(), period.until_instant());
        let sql = format!(
            "select count(*) from {} where exchange_rate is not null and currency = {} \
             and created >= '{from}' and created < '{until}'",
            quoted_name(&frame.name),
            quoted_text(currency),
        );
        // A frame without that column cannot tell.
        let Ok(Cell::Integer(converted @ 1..)) = self.one_value(&sql).await else { return Ok(None) };
        Ok(Some(format!(
            "{converted} of its transactions are of other currencies, which Stripe converted into {}; \
             gross volume counts them in their own.",
            currency.to_uppercase()
        )))
    }

    async fn one_value(&self, sql: &str) -> Result<Cell, LibraryError> {
        let rows = self.sql_cells(sql).await?;
        Ok(rows.into_iter().next().and_then(|row| row.into_iter().next()).unwrap_or_default())
    }

    async fn series(
        &self,
        measure: &Measure,
        parts: &[(&'static Part, &FrameRecord)],
        period: &Period,
        currency: Option<&str>,
    ) -> Result<Vec<(String, Cell)>, LibraryError> {
        let mut of_part: Vec<BTreeMap<String, Cell>> = Vec::new();
        for (part, frame) in parts {
            let sql = part.series_sql(frame, period, currency);
            let mut values = BTreeMap::new();
            for row in self.sql_cells(&sql).await? {
                if let [Cell::Text(start), value] = row.as_slice() {
                    values.insert(start.clone(), value.clone());
                }
            }
            of_part.push(values);
        }
        let zero = Cell::Integer(0);
        let series = period.steps().into_iter().map(|start| {
            let of = |part: &BTreeMap<String, Cell>| part.get(&start).unwrap_or(&zero).clone();
            let value = match (measure.unit, of_part.as_slice()) {
                (TileUnit::Share, [over, under]) => share(&of(over), &of(under)),
                (_, [only, ..]) => of(only),
                _ => Cell::Null,
            };
            (start, value)
        });
        Ok(series.collect())
    }
}

fn share(over: &Cell, under: &Cell) -> Cell {
    match (over, under) {
        (Cell::Integer(over), Cell::Integer(under @ 1..)) => Cell::Number(*over as f64 / *under as f64),
        _ => Cell::Null,
    }
}

/// The frames that a measure reads, or what has to be imported for it.
fn parts<'a>(
    measure: &'static Measure,
    sources: &'a Sources,
) -> Result<Vec<(&'static Part, &'a FrameRecord)>, String> {
    let mut missing: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for part in measure.parts {
        match sources.frames.get(part.data_type) {
            None => missing.push(label(part.data_type)),
            Some(frame) => found.push((part, frame)),
        }
    }
    missing.dedup();
    if !missing.is_empty() {
        return Err(format!("import {} to see it", missing.join(" and ")));
    }
    for (part, frame) in &found {
        let left_out =
            part.columns.iter().find(|column| frame.plan.left_out.iter().any(|left| left == *column));
        if let Some(column) = left_out {
            return Err(format!("`{}` was imported without its column `{column}`", frame.name));
        }
    }
    Ok(found)
}

fn label(data_type: &str) -> String {
    catalog().data_type(data_type).map_or_else(|_| data_type.to_owned(), |known| known.label.clone())
}
