//! What a query reads: the frames it names, the queries behind the views it names, and Stripe's own
//! lists. Found before anything is planned, so that each is opened once.

use std::sync::Arc;

use datafusion::common::TableReference;
use datafusion::execution::SessionState;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement as DataFusionStatement;
use datafusion::sql::sqlparser::ast::Statement;
use pinstripe_client::Client;

use super::{problems, register, register_live};
use crate::error::LibraryError;
use crate::ledger::{FrameKind, FrameRecord};
use crate::library::Library;

/// Everything below a query, views after what they read.
#[derive(Default)]
pub(super) struct Tables {
    pub frames: Vec<(TableReference, FrameRecord)>,
    pub views: Vec<(TableReference, View)>,
    live: Vec<TableReference>,
}

pub(super) struct View {
    pub name: String,
    pub sql: String,
}

impl Tables {
    /// Reads a query and finds what it names. `within` holds the views that led here, to refuse one
    /// that would read itself.
    pub fn find(
        &mut self,
        library: &Library,
        state: &SessionState,
        query: &str,
        live: bool,
        within: &mut Vec<String>,
    ) -> Result<(), LibraryError> {
        let statement = parse(state, query)?;
        if let DataFusionStatement::Statement(inner) = &statement
            && matches!(**inner, Statement::ShowTables { .. } | Statement::ShowColumns { .. })
        {
            return self.all(library);
        }
        let references =
            state.resolve_table_references(&statement).map_err(|error| problems::explain(error, query))?;
        for table in references {
            if self.knows(&table) {
                continue;
            }
            match table.schema() {
                Some("information_schema") => self.all(library)?,
                Some("stripe") if live => self.live.push(table),
                schema => {
                    let name = match schema {
                        None => table.table().to_owned(),
                        Some(schema) => format!("{schema}.{}", table.table()),
                    };
                    let frame = library
                        .frame(&name)
                        .map_err(|error| problems::at_word(error, query, table.table()))?;
                    self.add(library, state, frame, table, live, within)?;
                }
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        library: &Library,
        state: &SessionState,
        frame: FrameRecord,
        table: TableReference,
        live: bool,
        within: &mut Vec<String>,
    ) -> Result<(), LibraryError> {
        let Some(sql) = frame.sql.clone().filter(|_| frame.kind == FrameKind::View) else {
            self.frames.push((table, frame));
            return Ok(());
        };
        if let Some(first) = within.iter().position(|name| name.eq_ignore_ascii_case(&frame.name)) {
            let mut circle = within[first..].to_vec();
            circle.push(frame.name);
            return Err(LibraryError::ViewCircle { names: circle });
        }
        within.push(frame.name.clone());
        let found = self.find(library, state, &sql, live, within);
        within.pop();
        found.map_err(|error| error.in_view(&frame.name))?;
        self.views.push((table, View { name: frame.name, sql }));
        Ok(())
    }

    /// Every frame, for the tables of `information_schema`. Views are left out of them.
    fn all(&mut self, library: &Library) -> Result<(), LibraryError> {
        for frame in library.frames()? {
            let table = TableReference::bare(frame.name.clone());
            if frame.kind != FrameKind::View && !self.knows(&table) {
                self.frames.push((table, frame));
            }
        }
        Ok(())
    }

    fn knows(&self, table: &TableReference) -> bool {
        self.frames.iter().any(|(known, _)| known == table)
            || self.views.iter().any(|(known, _)| known == table)
            || self.live.contains(table)
    }

    /// Makes the frames and Stripe's lists known to a session; views need a planner and come later.
    pub async fn register(
        &self,
        library: &Library,
        context: &SessionContext,
        client: Option<&Client>,
    ) -> Result<(), LibraryError> {
        for (table, frame) in &self.frames {
            register(library, context, frame, table).await?;
        }
        for table in &self.live {
            if let Some(client) = client {
                register_live(context, client, table)?;
            }
        }
        Ok(())
    }

    /// The names of all tables, for names of columns that are qualified by them.
    pub fn names(&self) -> Vec<String> {
        let frames = self.frames.iter().map(|(table, _)| table);
        let views = self.views.iter().map(|(table, _)| table);
        frames.chain(views).chain(&self.live).map(|table| table.table().to_owned()).collect()
    }
}

/// Reads a statement, and refuses one that would change something.
fn parse(state: &SessionState, query: &str) -> Result<DataFusionStatement, LibraryError> {
    let dialect = state.config_options().sql_parser.dialect;
    let statement =
        state.sql_to_statement(query, &dialect).map_err(|error| problems::explain(error, query))?;
    let reads = match &statement {
        DataFusionStatement::Statement(inner) => matches!(
            **inner,
            Statement::Query(_)
                | Statement::Explain { .. }
                | Statement::ExplainTable { .. }
                | Statement::ShowTables { .. }
                | Statement::ShowColumns { .. }
                | Statement::ShowVariable { .. }
                | Statement::ShowFunctions { .. }
        ),
        DataFusionStatement::Explain(_) => true,
        _ => false,
    };
    if reads { Ok(statement) } else { Err(problems::read_only(query)) }
}

/// Makes views known to a session, in the order in which they need each other.
pub(super) async fn register_views(context: &SessionContext, tables: &Tables) -> Result<(), LibraryError> {
    for (table, view) in &tables.views {
        let in_view = |error: LibraryError| error.in_view(&view.name);
        let plan = super::read_only_plan(context, &view.sql).await.map_err(in_view)?;
        let readable = super::readable_plan(plan, &tables.names()).map_err(in_view)?;
        let provider = datafusion::datasource::ViewTable::new(readable, Some(view.sql.clone()));
        context
            .register_table(table.clone(), Arc::new(provider))
            .map_err(|error| in_view(LibraryError::sql(error)))?;
    }
    Ok(())
}
