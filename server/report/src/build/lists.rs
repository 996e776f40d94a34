//! The rows behind a figure, one by one.

use crate::ReportError;
use crate::definition::{ListRequest, ReportDefinition, scope_of};
use crate::numbers::{Group, ListedRow, RowList};
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_kpi::data::scan::Source;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::behind::Question;
use pegel_kpi::engine::behind::listing::{List, Listing, Row, Side};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;

/// The rows that sections of a report list.
pub struct Lists<'a> {
    pub definition: &'a ReportDefinition,
    pub catalog: &'a Catalog,
    pub period: &'a Period,
    pub now: Timestamp,
}

impl Lists<'_> {
    /// Those of each section, in each of these scopes; all rows are read once.
    ///
    /// # Errors
    /// If one of their KPIs is not in force, or the source cannot be read.
    pub fn of_scopes<S>(&self, scopes: &[Scope], source: &mut S) -> Result<Vec<Vec<Vec<RowList>>>, ReportError>
    where
        S: Source<Error: std::error::Error + Send + Sync + 'static>,
    {
        let mut of_scopes = vec![Vec::new(); scopes.len()];
        for section in &self.definition.sections {
            let filter = scope_of(&section.filter);
            let seen: Vec<Scope> = scopes.iter().map(|scope| filter.within(scope)).collect();
            let mut of_section = vec![Vec::new(); scopes.len()];
            for asked in &section.lists {
                let lists = self.lists(asked, &seen, source)?;
                of_section.iter_mut().zip(lists).for_each(|(of_section, list)| of_section.push(list));
            }
            of_scopes.iter_mut().zip(of_section).for_each(|(of_scope, lists)| of_scope.push(lists));
        }
        Ok(of_scopes)
    }

    /// The rows that make a figure of the period bad, as each scope sees them; all of them where nobody says which do.
    fn lists<S>(&self, request: &ListRequest, scopes: &[Scope], source: &mut S) -> Result<Vec<RowList>, ReportError>
    where
        S: Source<Error: std::error::Error + Send + Sync + 'static>,
    {
        let Lists { definition, catalog, period, now } = *self;
        let kpi = definition.kpi(&request.kpi, catalog)?;
        let question = Question { kpi, period, only: Vec::new(), side: Side::Bad, limit: request.most };
        let listings = question.answers(scopes, now, source).map_err(|error| ReportError::Source(Box::new(error)))?;
        Ok(listings.iter().map(|listing| row_list(kpi, listing)).collect())
    }
}

fn row_list(kpi: &Kpi, listing: &Listing) -> RowList {
    // Rows of several measures are in several lists; the first ones are those of the figure.
    let first = listing.lists.first();
    RowList {
        kpi: kpi.id().to_owned(),
        title: kpi.declaration.title.clone(),
        description: kpi.declaration.description.clone(),
        table: first.map_or_else(String::new, |list| list.table.to_string()),
        found_by: first.and_then(|list| list.found_by.as_ref().map(ToString::to_string)),
        bad: listing.side == Side::Bad,
        rows: listing.lists.iter().flat_map(|list| list.rows.iter().map(move |row| listed(row, list))).collect(),
        more: listing.more(),
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
