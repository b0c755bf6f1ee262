//! What every chart begins with: the frame's columns found, the conditions in SQL, how many rows
//! there are, which currencies the measure has.

use jiff::tz::TimeZone;

use super::buckets::{self, Bucket};
use super::{Aggregate, ChartKind, ChartMeasure, ChartResult, ChartSettings, XType};
use crate::cell::Cell;
use crate::conditions_sql::{ColumnSql, Columns, quoted_name, quoted_text, visible};
use crate::error::LibraryError;
use crate::library::Library;
use crate::sql::full_schema;

pub(super) struct Question<'a> {
    pub library: &'a Library,
    pub settings: ChartSettings,
    pub zone: TimeZone,
    /// The frame's name as SQL has it.
    pub table: String,
    columns: Columns,
    /// Conditions that rows must meet.
    pub conditions: Vec<String>,
    pub measure: Measure,
    pub rows: u64,
    /// The currencies of the measure, most used first; of all, not only of the chosen one.
    pub currencies: Vec<String>,
    pub notes: Vec<String>,
}

/// What is measured.
pub(super) struct Measure {
    pub column: Option<ColumnSql>,
    pub aggregate: Aggregate,
    /// Of amounts that are added up or compared: the column with their currency.
    pub currency: Option<ColumnSql>,
}

impl Measure {
    /// The aggregate in SQL.
    pub fn sql(&self) -> String {
        let column = self.column.as_ref().map_or("*", |column| column.sql.as_str());
        match self.aggregate {
            Aggregate::Count => format!("count({column})"),
            Aggregate::Distinct => format!("count(distinct {column})"),
            Aggregate::Sum => format!("sum({column})"),
            Aggregate::Mean => format!("avg(cast({column} as double))"),
            Aggregate::Median => format!("median(cast({column} as double))"),
            Aggregate::Min => format!("min({column})"),
            Aggregate::Max => format!("max({column})"),
        }
    }

    pub fn name(&self) -> String {
        match (self.aggregate, &self.column) {
            (Aggregate::Count, None) => "rows".to_owned(),
            (_, None) => "value".to_owned(),
            (Aggregate::Sum, Some(column)) => column.short_name().to_owned(),
            (aggregate, Some(column)) => {
                let word = match aggregate {
                    Aggregate::Count => "count",
                    Aggregate::Distinct => "distinct",
                    Aggregate::Mean => "mean",
                    Aggregate::Median => "median",
                    Aggregate::Min => "least",
                    Aggregate::Max | Aggregate::Sum => "greatest",
                };
                format!("{word}_{}", column.short_name())
            }
        }
    }

    /// What stands where there are no rows.
    pub fn of_nothing(&self) -> Cell {
        if self.aggregate.adds_up() { Cell::Integer(0) } else { Cell::Null }
    }
}

impl<'a> Question<'a> {
    pub async fn new(
        library: &'a Library,
        name: &str,
        settings: &ChartSettings,
    ) -> Result<Question<'a>, LibraryError> {
        let frame = library.frame(name)?;
        let rows = library.frame_rows(&frame).await?;
        let columns = Columns {
            frame: frame.name.clone(),
            schema: visible(rows.schema().as_arrow()),
            full_schema: full_schema(&frame),
        };
        let (zone_name, zone) = buckets::zone(&settings.time_zone)?;
        let mut settings = settings.clone();
        settings.time_zone = zone_name;
        settings.limit = settings.limit.clamp(1, super::CATEGORIES_MAX);
        let mut conditions = columns.conditions(&settings.filters)?;
        conditions.dedup();
        let measure = measure(&columns, &settings.y, settings.kind)?;
        let mut question = Question {
            library,
            zone,
            table: quoted_name(&frame.name),
            columns,
            conditions,
            measure,
            rows: 0,
            currencies: Vec::new(),
            notes: Vec::new(),
            settings,
        };
        question.rows = question.count().await?;
        question.find_currencies().await?;
        Ok(question)
    }

    pub fn column(&self, name: &str) -> Result<ColumnSql, LibraryError> {
        let column = self.columns.find(name)?;
        if column.data_type.is_nested() {
            return Err(LibraryError::question(
                format!("`{name}` holds lists or objects, expected a column of plain values"),
                None,
            ));
        }
        Ok(column)
    }

    /// `select ... from ... where ...`.
    pub fn select(&self, columns: &[String], rest: &str) -> String {
        self.select_where(columns, &[], rest)
    }

    /// The same, with further conditions.
    pub fn select_where(&self, columns: &[String], more: &[String], rest: &str) -> String {
        let all: Vec<&str> = self.conditions.iter().chain(more).map(String::as_str).collect();
        let conditions =
            if all.is_empty() { String::new() } else { format!("\nwhere {}", all.join("\n  and ")) };
        let rest = if rest.is_empty() { String::new() } else { format!("\n{rest}") };
        format!("select\n  {}\nfrom {}{conditions}{rest}", columns.join(",\n  "), self.table)
    }

    pub async fn run(&self, sql: &str) -> Result<Vec<Vec<Cell>>, LibraryError> {
        self.library.sql_cells(sql).await
    }

    async fn count(&self) -> Result<u64, LibraryError> {
        let rows = self.run(&self.select(&["count(*)".to_owned()], "")).await?;
        match rows.first().and_then(|row| row.first()) {
            Some(Cell::Integer(count)) => Ok(u64::try_from(*count).unwrap_or(0)),
            _ => Err(LibraryError::Internal("a count gave no number".to_owned())),
        }
    }

    async fn find_currencies(&mut self) -> Result<(), LibraryError> {
        let Some(currency) = &self.measure.currency else { return Ok(()) };
        let sql = currency.sql.clone();
        let known = [format!("{sql} is not null")];
        let columns = [sql.clone(), "count(*)".to_owned()];
        let query = self.select_where(&columns, &known, "group by 1\norder by 2 desc, 1");
        let rows = self.run(&query).await?;
        self.currencies = rows.iter().filter_map(|row| row.first()?.text().map(str::to_owned)).collect();
        if let Some(chosen) = self.settings.currency.clone() {
            self.only_currency(&chosen);
        } else {
            self.conditions.push(known[0].clone());
        }
        Ok(())
    }

    /// From here on, only amounts of one currency count.
    pub fn only_currency(&mut self, currency: &str) {
        if let Some(column) = &self.measure.currency {
            self.conditions.push(format!("{} = {}", column.sql, quoted_text(currency)));
            self.settings.currency = Some(currency.to_owned());
        }
    }

    /// The column that tells series of different currencies apart; `None` where there is but one.
    pub fn currency_column(&self) -> Option<&ColumnSql> {
        self.measure.currency.as_ref()
    }

    /// How long a step is: as chosen, else as suits the data.
    pub async fn bucket(
        &self,
        column: &ColumnSql,
        chosen: Option<Bucket>,
    ) -> Result<Option<Bucket>, LibraryError> {
        if !column.is_time() {
            return Ok(None);
        }
        if let Some(bucket) = chosen {
            return Ok(Some(bucket));
        }
        let ends = [format!("min({})", column.sql), format!("max({})", column.sql)];
        let rows = self.run(&self.select(&ends, "")).await?;
        let ends = rows.first().and_then(|row| Some((row.first()?.text()?, row.get(1)?.text()?)));
        let seconds = ends.and_then(|(first, last)| buckets::seconds_between(first, last));
        Ok(Some(Bucket::suiting(seconds.unwrap_or(0))))
    }

    pub fn answer(self, x_type: Option<XType>, sql: String) -> ChartResult {
        ChartResult {
            x_type,
            series: Vec::new(),
            currencies: self.currencies,
            sql,
            note: (!self.notes.is_empty()).then(|| self.notes.join(" ")),
            rows: self.rows,
            pivot: None,
            sampled: false,
            settings: self.settings,
        }
    }
}

fn measure(columns: &Columns, wanted: &ChartMeasure, kind: ChartKind) -> Result<Measure, LibraryError> {
    // A histogram counts rows; what it counts them by is its x.
    let counted = ChartMeasure { column: None, aggregate: Aggregate::Count };
    let wanted = if kind == ChartKind::Histogram { &counted } else { wanted };
    let column = match &wanted.column {
        Some(name) => Some(columns.find(name)?),
        None if wanted.aggregate == Aggregate::Count => None,
        None => {
            return Err(LibraryError::question("expected a column to measure", Some("or count rows")));
        }
    };
    let in_unit = wanted.aggregate.keeps_unit() || kind == ChartKind::Scatter;
    if let Some(column) = column.as_ref().filter(|column| in_unit && !column.is_number()) {
        let allowed = kind == ChartKind::Scatter && column.is_time();
        if !allowed {
            return Err(LibraryError::question(
                format!("`{}` holds no numbers", column.name),
                Some("count its values, or choose a column of numbers"),
            ));
        }
    }
    let currency = match column.as_ref().filter(|column| column.money && in_unit) {
        None => None,
        Some(amount) => {
            let name = amount.currency.as_ref().ok_or_else(|| {
                LibraryError::question(
                    format!("the currency of `{}` is not in this data frame", amount.name),
                    Some("amounts of different currencies cannot be added; count rows, or import the currency too"),
                )
            })?;
            Some(columns.find(name)?)
        }
    };
    Ok(Measure { column, aggregate: wanted.aggregate, currency })
}
