//! Charts of a frame: settings in, series out, by SQL that is shown and was really run.
//!
//! Amounts of different currencies are never added: with an amount as its measure, a chart has one
//! series a currency, or only the chosen one.
//!
//! Read next: `chart/question.rs` for how settings become SQL, `chart/buckets.rs` for time,
//! `chart/first.rs` for the chart that a frame begins with.

pub(crate) mod buckets;
mod categories;
mod first;
mod grouped;
mod histogram;
mod pivot;
mod question;
mod scatter;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use buckets::Bucket;

use crate::cell::Cell;
use crate::error::LibraryError;
use crate::library::Library;
use crate::row_filter::Filter;
use question::Question;

/// Categories at most, whatever the settings say.
const CATEGORIES_MAX: usize = 200;
/// Points at most, of all series together.
const POINTS_MAX: usize = 50_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChartSettings {
    pub kind: ChartKind,
    #[serde(default)]
    pub x: Option<ChartColumn>,
    pub y: ChartMeasure,
    /// The column whose values are series.
    #[serde(default)]
    pub color: Option<String>,
    /// The column whose values are charts of their own.
    #[serde(default)]
    pub split: Option<String>,
    /// Of a pivot table: the column whose values are its columns.
    #[serde(default)]
    pub pivot_columns: Option<ChartColumn>,
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Where days begin; empty for UTC.
    #[serde(default)]
    pub time_zone: String,
    /// The one currency whose amounts count; `null` for a series each.
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub stacked: bool,
    /// Categories at most; what is beyond them is "Other".
    #[serde(default = "usual_limit")]
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    Bar,
    Line,
    Area,
    Pie,
    Histogram,
    Scatter,
    Pivot,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChartColumn {
    /// Flat dotted name.
    pub column: String,
    /// Of a time: how long a step is. `null` takes one that suits the data.
    #[serde(default)]
    pub bucket: Option<Bucket>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChartMeasure {
    /// What is measured; rows where it is `null`.
    #[serde(default)]
    pub column: Option<String>,
    pub aggregate: Aggregate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    Count,
    Distinct,
    Sum,
    Mean,
    Median,
    Min,
    Max,
}

impl Aggregate {
    /// Whether parts add up to the whole, so that nothing is the same as 0 and the rest can be shown
    /// as one.
    fn adds_up(self) -> bool {
        matches!(self, Aggregate::Count | Aggregate::Sum)
    }

    /// Whether what comes out is in the unit of the column.
    fn keeps_unit(self) -> bool {
        !matches!(self, Aggregate::Count | Aggregate::Distinct)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChartResult {
    /// As given, with what was chosen for what was open.
    pub settings: ChartSettings,
    pub x_type: Option<XType>,
    pub series: Vec<ChartSeries>,
    /// The currencies of the measure, most used first.
    pub currencies: Vec<String>,
    /// The query whose rows the chart shows.
    pub sql: String,
    /// What is worth knowing about what is shown, and what is not.
    pub note: Option<String>,
    /// Rows that meet the conditions.
    pub rows: u64,
    pub pivot: Option<Pivot>,
    /// Whether only some of the rows are shown.
    pub sampled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum XType {
    Time,
    Category,
    Number,
}

/// Points that belong together. Amounts are in the smallest unit of the series' currency. Times are
/// the beginning of their bucket, RFC 3339 with the offset of the time zone.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChartSeries {
    pub name: String,
    pub color: Option<String>,
    pub split: Option<String>,
    pub currency: Option<String>,
    /// Of a histogram: how wide a bin is.
    pub bin_width: Option<f64>,
    pub points: Vec<(Cell, Cell)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Pivot {
    pub columns: Vec<String>,
    pub rows: Vec<PivotRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PivotRow {
    pub name: String,
    pub currency: Option<String>,
    pub cells: Vec<Cell>,
}

fn usual_limit() -> usize {
    20
}

impl Library {
    /// What a chart shows now.
    pub async fn chart(&self, name: &str, settings: &ChartSettings) -> Result<ChartResult, LibraryError> {
        let question = Question::new(self, name, settings).await?;
        match settings.kind {
            ChartKind::Histogram => histogram::answer(question).await,
            ChartKind::Scatter => scatter::answer(question).await,
            ChartKind::Pivot => pivot::answer(question).await,
            _ => grouped::answer(question).await,
        }
    }

    /// The chart that was kept with a frame; else one that suits its data.
    pub async fn chart_settings(&self, name: &str, time_zone: &str) -> Result<ChartSettings, LibraryError> {
        let frame = self.frame(name)?;
        let kept = self.ledger().chart(frame.id)?;
        // Settings of a later pinstripe may not be understood by this one.
        if let Some(settings) = kept.and_then(|text| serde_json::from_str(&text).ok()) {
            return Ok(settings);
        }
        first::settings(self, &frame, time_zone).await
    }

    /// Keeps a chart with its frame.
    pub fn keep_chart(&self, name: &str, settings: &ChartSettings) -> Result<(), LibraryError> {
        let frame = self.frame(name)?;
        let text =
            serde_json::to_string(settings).map_err(|error| LibraryError::Internal(error.to_string()))?;
        self.ledger().keep_chart(frame.id, &text)
    }
}
