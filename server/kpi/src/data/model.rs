//! The data model as a value: which tables there are, their columns with kinds, how they refer to each other, and by
//! what their rows are grouped. It is read from texts (`config/tables`), those that come with Pegel (`built_in`) and
//! those of a home; whoever needs it is handed it. [`file`] is what such a text looks like, `compile` checks it,
//! `columns` what it says about columns and attributes, `rules` finds dimensions.
//!
//! Scripts are checked against it, scans are compiled from it, imports write by it, the reference and the readable
//! views are made from it, and a test of the store compares it with both databases. Every table also has `id`
//! (surrogate integer), `key` (its id in the system the row came from), `system` (which one that is; a key is unique
//! within it), `gone_at` (since when it no longer has it) and `attributes` (JSON, what a company adds). An attribute
//! is read as a text, unless a file declares it with a kind; then it is as good as a column.

mod built_in;
mod columns;
mod compile;
mod file;
mod rules;
#[cfg(test)]
mod tests;
mod text;

pub use super::column::{Column, Kind, MAX_EXACT, Range, Reference};

use super::dimension::{Dimension, Located, NoSuchDimension};
use super::path::Path;
use crate::diagnostic::nearest;
use pegel_text::translated::Translated;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

/// What a company adds to the rows of any table: one JSON object per row.
pub const ATTRIBUTES: &str = "attributes";
/// The system that a row of any table came from, as a mapping names it. The one text that is never missing and may be
/// empty: where none was said. Scripts do not read it.
pub const SYSTEM: &str = "system";
/// Since when (UTC seconds) a row of any table is gone: a complete file of its system no longer had it. It counts in no
/// figure; what refers to it still has its name. Missing while the row is there. Scripts do not read it.
pub const GONE_AT: &str = "gone_at";

/// All tables and dimensions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Model(Arc<Described>);

#[derive(Debug)]
struct Described {
    /// Parents before children.
    tables: Vec<Description>,
    /// With their titles, if a home declares them. The month is the last.
    dimensions: Vec<(Dimension, Option<Translated>)>,
    /// Made of all texts that it was read from.
    mark: u128,
}

/// One fact table of a model. Cheap to clone, and knows the tables that it refers to.
#[derive(Clone)]
pub struct Table {
    model: Model,
    at: usize,
}

/// The description of a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Description {
    pub name: Arc<str>,
    /// Whether it is of a home's own: `pegel migrate` makes it.
    pub own: bool,
    /// What its rows are called in mails and pages: `invoices`. The words for built-in tables are with the others.
    pub title: Option<Translated>,
    /// What a row is, for people, with code between backticks.
    pub row: Box<str>,
    /// All columns, `id` and `key` first, without `attributes`.
    pub columns: Vec<Arc<Column>>,
    /// The attributes that are declared.
    pub declared: Vec<Arc<Column>>,
    pub references: Vec<Arc<Reference>>,
    /// If its rows are plans (targets, forecasts), the levels at which they are made: a row that names a rep is the
    /// rep's, one that names nobody is the company's. A total is read from the company's plans, never added up from
    /// those below.
    pub levels: Option<Vec<Level>>,
    /// If its rows are the groups of a dimension: which, and the column whose text people know a row by.
    groups: Option<(Dimension, Arc<Column>)>,
    /// If its rows record the past of another table's rows.
    history: Option<History>,
    /// The column with the date since which a row exists; `None`: rows have always existed.
    exists_since: Option<Arc<Column>>,
    /// Since when columns are known that are not known since their row exists.
    milestones: Vec<(Arc<Column>, Milestone)>,
    system: Arc<Column>,
    attributes: Arc<Column>,
    located: Vec<(Dimension, Located)>,
}

/// Since when a column of a row is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// The instant since which it is known; of a row without it, it has always been known.
    pub at: Arc<Column>,
    /// If that is so only in rows in which a column holds a text: which, and the text. In others the column is known
    /// since the row exists.
    pub only: Option<(Arc<Column>, Arc<str>)>,
}

/// A level at which plans are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// In a breakdown by it, plans are read at this level.
    pub dimension: Dimension,
    /// What is set in a plan of that level; `None` where a plan does not say.
    pub column: Option<Arc<Column>>,
}

/// How the rows of a table record the past of another table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Leads to the row as it is now.
    pub of: Arc<Reference>,
    /// The instant until which the recorded values held.
    pub until: Arc<Column>,
    /// The recorded columns: those that both tables have, with the same kind.
    pub kept: Vec<Arc<Column>>,
}

impl Model {
    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<Table> {
        let at = self.0.tables.iter().position(|table| *table.name == *name)?;
        Some(Table { model: self.clone(), at })
    }

    /// All tables, parents before children.
    pub fn tables(&self) -> impl Iterator<Item = Table> + use<'_> {
        (0..self.0.tables.len()).map(|at| Table { model: self.clone(), at })
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.tables.iter().map(|table| &*table.name)
    }

    /// Tells it from models that were read from other texts.
    pub fn mark(&self) -> u128 {
        self.0.mark
    }

    /// All dimensions.
    pub fn dimensions(&self) -> impl Iterator<Item = &Dimension> {
        self.0.dimensions.iter().map(|(dimension, _)| dimension)
    }

    /// The dimension of that name.
    ///
    /// # Errors
    /// If there is none; the hint says which one was meant, or which there are.
    pub fn dimension(&self, name: &str) -> Result<Dimension, NoSuchDimension> {
        let names = || self.dimensions().map(Dimension::name);
        self.dimensions().find(|known| known.name() == name).cloned().ok_or_else(|| {
            let hint = match nearest(name, names()) {
                Some(near) => format!("did you mean “{near}”?"),
                None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
            };
            NoSuchDimension { name: name.to_owned(), hint }
        })
    }

    /// What a home calls its own tables and dimensions, by the names under which words are found: `table_invoices`,
    /// `dimension_quality`.
    pub fn titles(&self) -> BTreeMap<String, Translated> {
        let tables = self.0.tables.iter().map(|table| (format!("table_{}", table.name), &table.title));
        let dimensions = self.0.dimensions.iter().map(|(name, title)| (format!("dimension_{name}"), title));
        tables.chain(dimensions).filter_map(|(name, title)| Some((name, title.clone()?))).collect()
    }
}

impl Table {
    /// The table that a foreign key of this one leads to.
    ///
    /// # Panics
    /// If it is a foreign key of another model.
    #[must_use]
    pub fn target(&self, reference: &Reference) -> Table {
        self.model.table(&reference.table).expect("every reference of a model leads to one of its tables")
    }

    /// The table that a path of this one ends in.
    ///
    /// # Panics
    /// If it is a path of another model.
    #[must_use]
    pub fn reached(&self, path: &Path) -> Table {
        path.references.iter().fold(self.clone(), |table, reference| table.target(reference))
    }

    /// The table `name` and the foreign key by which its rows belong to a row of this one (`leads` → `opportunities`).
    pub fn children(&self, name: &str) -> Option<(Table, Arc<Reference>)> {
        let child = self.model.table(name).filter(|child| child.name != self.name)?;
        let mut toward_us = child.references.iter().filter(|reference| reference.table == self.name);
        match (toward_us.next().cloned(), toward_us.next()) {
            (Some(reference), None) => Some((child, reference)),
            _ => None,
        }
    }

    /// The names of all tables whose rows belong to a row of this one.
    pub fn all_children(&self) -> impl Iterator<Item = &str> {
        self.model.names().filter(|name| self.children(name).is_some())
    }

    /// The table whose rows record the past of this one's, and how.
    pub fn history(&self) -> Option<(Table, History)> {
        let histories = self.model.0.tables.iter().map(|table| table.history.as_ref());
        let of_this = |(at, history): (usize, Option<&History>)| {
            let history = history.filter(|history| history.of.table == self.name)?;
            Some((Table { model: self.model.clone(), at }, history.clone()))
        };
        histories.enumerate().find_map(of_this)
    }

    /// The model that it is part of.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// All dimensions of its model.
    pub fn dimensions(&self) -> impl Iterator<Item = &Dimension> {
        self.model.dimensions()
    }

    /// Follows names: all but the last are foreign keys, the last a column, or after `attributes` an attribute. `None`
    /// where a name is unknown.
    pub fn path(&self, names: &[&str]) -> Option<Path> {
        let (last, steps) = names.split_last()?;
        let (steps, is_attribute) = match steps.split_last() {
            Some((&ATTRIBUTES, steps)) => (steps, true),
            _ => (steps, false),
        };
        let mut at = self.clone();
        let mut references = Vec::with_capacity(steps.len());
        for step in steps {
            let reference = at.reference(step)?.clone();
            at = at.target(&reference);
            references.push(reference);
        }
        let column = if is_attribute { at.attribute(last) } else { at.column(last)?.clone() };
        Some(Path { references, ..Path::own(&column) })
    }
}

impl Description {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Arc<Column>> {
        self.columns.iter().find(|column| *column.name == *name)
    }

    /// The attribute of that name; a text, unless it is declared.
    pub fn attribute(&self, name: &str) -> Arc<Column> {
        let declared = self.declared.iter().find(|declared| *declared.name == *name);
        declared.cloned().unwrap_or_else(|| Arc::new(Column::undeclared(name)))
    }

    /// The surrogate key.
    pub fn id(&self) -> &Arc<Column> {
        &self.columns[0]
    }

    /// The id of a row in the system it came from.
    pub fn key(&self) -> &Arc<Column> {
        &self.columns[1]
    }

    /// The column that says which system a row came from.
    pub fn system(&self) -> &Arc<Column> {
        &self.system
    }

    /// The column that holds what a company adds.
    pub fn attributes(&self) -> &Arc<Column> {
        &self.attributes
    }

    /// The foreign key that scripts call by that name.
    pub fn reference(&self, name: &str) -> Option<&Arc<Reference>> {
        self.references.iter().find(|reference| *reference.name == *name)
    }

    /// The foreign key stored in a column.
    pub fn reference_in(&self, column: &Column) -> Option<&Arc<Reference>> {
        self.references.iter().find(|reference| *reference.column == *column)
    }

    /// If its rows record the past of another table's: the reference to the row as it is now.
    pub fn history_of(&self) -> Option<&Arc<Reference>> {
        self.history.as_ref().map(|history| &history.of)
    }

    /// The column with the date since which a row exists; `None`: rows have always existed. A row in which it is
    /// missing, or later than another of its instants, exists since the earliest of these.
    pub fn exists_since(&self) -> Option<&Arc<Column>> {
        self.exists_since.as_ref()
    }

    /// The kind of the dates by which a table begins, and their columns: the instants of its rows; days where a row exists
    /// since a day, or has no instants.
    pub fn begins_by(&self) -> (Kind, impl Iterator<Item = &Arc<Column>>) {
        let has_instants = self.columns.iter().any(|column| column.kind == Kind::Instant);
        let since = self.exists_since.as_ref().map(|since| since.kind);
        let kind = since.unwrap_or(if has_instants { Kind::Instant } else { Kind::Date });
        (kind, self.columns.iter().filter(move |column| column.kind == kind))
    }

    /// Whether its rows tell what happened, and are to be there by the day: they are neither plans, nor the groups of a
    /// dimension, nor the past of another table.
    pub fn tells_what_happened(&self) -> bool {
        self.levels.is_none() && self.groups.is_none() && self.history.is_none()
    }

    /// Since when a column is known; `None`: since its row exists. An instant is known since itself.
    pub fn known_since(&self, column: &Column) -> Option<Milestone> {
        if column.kind == Kind::Instant && self.exists_since.as_deref() != Some(column) {
            let mut all = self.columns.iter().chain(&self.declared);
            let at = all.find(|known| ***known == *column)?.clone();
            return Some(Milestone { at, only: None });
        }
        self.milestones.iter().find(|(known, _)| **known == *column).map(|(_, milestone)| milestone.clone())
    }

    /// Where its rows carry a dimension; `None` where they do not.
    pub fn located(&self, dimension: &Dimension) -> Option<&Located> {
        self.located.iter().find(|(known, _)| known == dimension).map(|(_, located)| located)
    }
}

impl Deref for Table {
    type Target = Description;

    fn deref(&self) -> &Description {
        &self.model.0.tables[self.at]
    }
}

/// Tables are equal if their descriptions are; two tables of one model are compared by position.
impl PartialEq for Table {
    fn eq(&self, other: &Table) -> bool {
        if Arc::ptr_eq(&self.model.0, &other.model.0) { self.at == other.at } else { **self == **other }
    }
}

impl Eq for Table {}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({})", self.name)
    }
}
