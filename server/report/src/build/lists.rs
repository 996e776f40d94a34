//! The rows behind a figure, one by one.

use crate::ReportError;
use crate::definition::{ListRequest, ReportDefinition, SectionDefinition, scope_of};
use crate::numbers::{Group, ListedRow, RowList};
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_kpi::data::scan::Source;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::behind::Question;
use pegel_kpi::engine::behind::listing::{List, Row, Side};
use pegel_kpi::time::period::Period;

/// The rows that sections of a report list.
pub struct Lists<'a> {
    pub definition: &'a ReportDefinition,
    pub catalog: &'a Catalog,
    pub period: &'a Period,
    pub now: Timestamp,
}

impl Lists<'_> {
    /// Those of each section, in a scope.
    ///
    /// # Errors
    /// If one of their KPIs is not in force, or the source cannot be read.
    pub fn of_scope<S>(&self, scope: &Scope, source: &mut S) -> Result<Vec<Vec<RowList>>, ReportError>
    where
        S: Source<Error: std::error::Error + Send + Sync + 'static>,
    {
        let of_section = |section: &SectionDefinition| {
            let seen = scope_of(&section.filter).within(scope);
            section.lists.iter().map(|asked| self.list(asked, &seen, source)).collect()
        };
        self.definition.sections.iter().map(of_section).collect()
    }

    /// The rows that make a figure of the period bad; all of them where nobody says which do.
    fn list<S>(&self, request: &ListRequest, scope: &Scope, source: &mut S) -> Result<RowList, ReportError>
    where
        S: Source<Error: std::error::Error + Send + Sync + 'static>,
    {
        let Lists { definition, catalog, period, now } = *self;
        let kpi = definition.kpi(&request.kpi, catalog)?;
        let question = Question { kpi, period, only: Vec::new(), side: Side::Bad, limit: request.most };
        let listing = question.answer(scope, now, source).map_err(|error| ReportError::Source(Box::new(error)))?;
        let more = listing.more();
        // Rows of several measures are in several lists; the first ones are those of the figure.
        let first = listing.lists.first();
        Ok(RowList {
            kpi: request.kpi.clone(),
            title: kpi.declaration.title.clone(),
            description: kpi.declaration.description.clone(),
            table: first.map_or_else(String::new, |list| list.table.to_string()),
            found_by: first.and_then(|list| list.found_by.as_ref().map(ToString::to_string)),
            bad: listing.side == Side::Bad,
            rows: listing.lists.iter().flat_map(|list| list.rows.iter().map(move |row| listed(row, list))).collect(),
            more,
        })
    }
}

fn listed(row: &Row, list: &List) -> ListedRow {
    let groups = row.groups.iter().map(|(dimension, group)| (dimension.name().to_owned(), Group::from(group)));
    ListedRow {
        key: row.key.clone().unwrap_or_default(),
        groups: groups.filter(|(_, group)| group.label().is_some()).collect(),
        date: list.found_by.as_deref().and_then(|path| row.date(path)),
        age: row.age,
    }
}
