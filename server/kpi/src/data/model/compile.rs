//! From the texts that describe tables to a checked [`Model`]. What is wrong says in which file and line, and what to
//! do.

use super::file::{ColumnEntry, GroupsEntry, HistoryEntry, MilestoneEntry, TableFile};
use super::rules::Rules;
use super::text::Text;
use super::{ATTRIBUTES, Column, Description, GONE_AT, History, Kind, Level, Milestone, Model, Reference, SYSTEM};
use crate::data::dimension::{Dimension, Located};
use crate::data::path::Path;
use crate::diagnostic::Diagnostic;
use std::sync::Arc;
use toml::Spanned;

/// What every table has.
const OF_ALL: [&str; 5] = ["id", "key", SYSTEM, GONE_AT, ATTRIBUTES];

/// The columns with which every table begins: `id` and `key`.
const KEYS: usize = 2;

/// In scripts `data.period` is no table.
const NO_TABLE: &str = "period";

impl Model {
    /// The model of these tables, each a name and a text, and of `dimensions`, which says where rows carry them. Tables
    /// keep their order, except that each comes after those it refers to.
    ///
    /// # Errors
    /// What is wrong in one of the texts, and where.
    pub fn parse(tables: &[(&str, &str)], dimensions: &str) -> Result<Model, Diagnostic> {
        let written = tables.iter().map(|(name, text)| Written::read(name, text)).collect::<Result<_, _>>()?;
        let mut described: Vec<Description> = Vec::with_capacity(tables.len());
        for table in parents_first(written)? {
            let description = table.described(&described)?;
            described.push(description);
        }
        let model = Model(described.into());
        let rules = Rules::read(dimensions, &model)?;
        Ok(model.completed(&rules))
    }

    /// Adds what follows from all tables together.
    fn completed(mut self, rules: &Rules) -> Model {
        let located: Vec<_> = self.tables().map(|table| rules.located(&table)).collect();
        let descriptions = Arc::get_mut(&mut self.0).expect("nobody else has the model yet");
        for (description, located) in descriptions.iter_mut().zip(located) {
            description.located = located;
            description.find_levels();
        }
        self
    }
}

/// Lowercase letters, digits and `_`, beginning with a letter.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|one| matches!(one, 'a'..='z' | '0'..='9' | '_'))
}

/// A table as it is written.
struct Written<'a> {
    name: &'a str,
    source: Text<'a>,
    file: TableFile,
}

impl<'a> Written<'a> {
    fn read(name: &'a str, text: &'a str) -> Result<Written<'a>, Diagnostic> {
        let source = Text { file: format!("config/tables/{name}.toml"), text };
        if !is_name(name) || name == NO_TABLE {
            let hint = "a name has small letters, digits and _, begins with a letter, and is not “period”".to_owned();
            return Err(source.wrong(0..0, format!("no table can be called “{name}”"), Some(hint)));
        }
        let file = source.parsed()?;
        Ok(Written { name, source, file })
    }

    /// What its columns refer to.
    fn parents(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.file.columns.iter().filter_map(|column| column.refers_to.as_ref())
    }

    /// Its description, without what follows from all tables together.
    fn described(&self, before: &[Description]) -> Result<Description, Diagnostic> {
        let own = |name: &str, kind, per_system| {
            Arc::new(Column { name: name.into(), kind, holds: "".into(), spans: false, per_system })
        };
        let mut table = Description {
            name: self.name.into(),
            row: self.file.row.as_str().into(),
            columns: vec![own("id", Kind::Integer, false), own("key", Kind::Text, true)],
            references: Vec::new(),
            levels: None,
            groups: None,
            history: None,
            exists_since: None,
            milestones: Vec::new(),
            system: own(SYSTEM, Kind::Text, false),
            attributes: own(ATTRIBUTES, Kind::Text, false),
            located: Vec::new(),
        };
        for entry in &self.file.columns {
            self.add(entry, &mut table)?;
        }
        table.exists_since = self.file.exists_since.as_ref().map(|name| self.date(name, &table)).transpose()?;
        table.milestones = self.milestones(&table)?;
        table.groups = self.file.groups.as_ref().map(|groups| self.groups(groups, &table, before)).transpose()?;
        table.history = self.file.history.as_ref().map(|history| self.history(history, &table, before)).transpose()?;
        let level = |name| Ok(Level { dimension: self.source.dimension(name)?, column: None });
        let levels = self.file.levels.as_ref().map(|levels| levels.iter().map(level).collect());
        table.levels = levels.transpose()?;
        Ok(table)
    }

    fn add(&self, entry: &ColumnEntry, table: &mut Description) -> Result<(), Diagnostic> {
        self.check_name(&entry.name, table)?;
        let kind = match (&entry.kind, &entry.refers_to) {
            (None, Some(_)) => Kind::Integer,
            (Some(kind), None) => Kind::named(kind.as_ref()).ok_or_else(|| {
                let known = Kind::ALL.iter().map(|kind| kind.name());
                self.source.unknown(kind, format!("“{kind}” is not a kind of column"), known)
            })?,
            (None, None) => {
                let hint = "write kind = \"text\", or refers_to = \"partners\"".to_owned();
                let message = format!("nothing says what “{}” holds", entry.name);
                return Err(self.source.wrong(entry.name.span(), message, Some(hint)));
            }
            (Some(kind), Some(_)) => {
                let hint = "leave out kind: what refers to a row holds its id".to_owned();
                let message = format!("“{}” has a kind and refers to a table", entry.name);
                return Err(self.source.wrong(kind.span(), message, Some(hint)));
            }
        };
        let name = entry.name.as_ref().as_str();
        let column = Arc::new(Column {
            name: name.into(),
            kind,
            holds: entry.holds.as_str().into(),
            spans: self.of_texts(entry.spans.as_ref(), kind, &entry.name)?,
            per_system: self.of_texts(entry.per_system.as_ref(), kind, &entry.name)?,
        });
        table.columns.push(column.clone());
        if let Some(to) = &entry.refers_to {
            let called = match (&entry.called, name.strip_suffix("_id")) {
                (Some(called), _) => called.clone(),
                (None, Some(called)) => Spanned::new(entry.name.span(), called.to_owned()),
                (None, None) => {
                    let hint = "write called = \"…\", as scripts will call that row".to_owned();
                    let message = format!("nothing says how the row is called that “{name}” refers to");
                    return Err(self.source.wrong(entry.name.span(), message, Some(hint)));
                }
            };
            self.check_name(&called, table)?;
            let (name, to) = (called.as_ref().as_str().into(), to.as_ref().as_str().into());
            table.references.push(Arc::new(Reference { name, column, table: to }));
        } else if let Some(called) = &entry.called {
            let message = format!("“{name}” refers to no table: leave out `called`");
            return Err(self.source.wrong(called.span(), message, None));
        }
        Ok(())
    }

    /// Whether a column is said to be something that only columns of texts can be.
    fn of_texts(&self, said: Option<&Spanned<bool>>, kind: Kind, name: &Spanned<String>) -> Result<bool, Diagnostic> {
        match said {
            Some(said) if *said.as_ref() && kind != Kind::Text => {
                let message = format!("“{name}” holds no texts, as it must for that");
                Err(self.source.wrong(said.span(), message, Some("leave this out".to_owned())))
            }
            said => Ok(said.is_some_and(|said| *said.as_ref())),
        }
    }

    /// The name of a column or reference must be unique within its table.
    fn check_name(&self, name: &Spanned<String>, table: &Description) -> Result<(), Diagnostic> {
        let written = name.as_ref().as_str();
        let wrong = |message: String, hint: &str| Err(self.source.wrong(name.span(), message, Some(hint.to_owned())));
        if !is_name(written) {
            let hint = "a name has small letters, digits and _, and begins with a letter";
            return wrong(format!("nothing can be called “{written}”"), hint);
        }
        if OF_ALL.contains(&written) {
            return wrong(format!("every table has “{written}”"), "leave it out");
        }
        if table.column(written).is_some() || table.reference(written).is_some() {
            return wrong(format!("{} has two of “{written}”", self.name), "choose another name");
        }
        Ok(())
    }

    /// The date or instant of that name.
    fn date(&self, name: &Spanned<String>, table: &Description) -> Result<Arc<Column>, Diagnostic> {
        let dates = table.columns.iter().filter(|column| matches!(column.kind, Kind::Instant | Kind::Date));
        dates.clone().find(|column| *column.name == **name.as_ref()).cloned().ok_or_else(|| {
            let message = format!("{} has no date “{name}”", self.name);
            self.source.unknown(name, message, dates.map(|column| &*column.name))
        })
    }

    fn milestones(&self, table: &Description) -> Result<Vec<(Arc<Column>, Milestone)>, Diagnostic> {
        let mut milestones = Vec::new();
        for entry in &self.file.columns {
            let (Some(said), Some(column)) = (&entry.known_since, table.column(entry.name.as_ref())) else { continue };
            let named = |name: &str| Spanned::new(said.span(), name.to_owned());
            let (at, only) = match said.as_ref() {
                MilestoneEntry::Always(at) => (at, None),
                MilestoneEntry::Where { milestone, r#where, is } => (milestone, Some((r#where, is))),
            };
            let at = self.date(&named(at), table)?;
            let only = only.map(|(name, is)| Ok((self.text(&named(name), table)?, is.as_str().into()))).transpose()?;
            milestones.push((column.clone(), Milestone { at, only }));
        }
        Ok(milestones)
    }

    /// The column of texts of that name.
    fn text(&self, name: &Spanned<String>, table: &Description) -> Result<Arc<Column>, Diagnostic> {
        let texts = table.columns.iter().skip(KEYS).filter(|column| column.kind == Kind::Text);
        texts.clone().find(|column| *column.name == **name.as_ref()).cloned().ok_or_else(|| {
            let message = format!("{} has no column “{name}” with texts", self.name);
            self.source.unknown(name, message, texts.map(|column| &*column.name))
        })
    }

    fn groups(
        &self,
        entry: &GroupsEntry,
        table: &Description,
        before: &[Description],
    ) -> Result<(Dimension, Arc<Column>), Diagnostic> {
        let dimension = self.source.dimension(&entry.dimension)?;
        let taken = |other: &&Description| other.groups.as_ref().is_some_and(|(known, _)| *known == dimension);
        if let Some(other) = before.iter().find(taken) {
            let message = format!("the groups of {dimension} are rows of {} already", other.name);
            return Err(self.source.wrong(entry.dimension.span(), message, Some("leave out `groups`".to_owned())));
        }
        Ok((dimension, self.text(&entry.label, table)?))
    }

    /// Such a table may have no columns beside the recorded ones and their end.
    fn history(
        &self,
        entry: &HistoryEntry,
        table: &Description,
        before: &[Description],
    ) -> Result<History, Diagnostic> {
        let of = table.reference(entry.of.as_ref()).ok_or_else(|| {
            let known = table.references.iter().map(|reference| &*reference.name);
            self.source.unknown(&entry.of, format!("{} refers to no row as “{}”", self.name, entry.of), known)
        })?;
        let instants = table.columns.iter().filter(|column| column.kind == Kind::Instant);
        let until = instants.clone().find(|column| *column.name == **entry.until.as_ref()).ok_or_else(|| {
            let message = format!("{} has no instant “{}”", self.name, entry.until);
            self.source.unknown(&entry.until, message, instants.map(|column| &*column.name))
        })?;
        let beside = |column: &&Arc<Column>| **column != of.column && *column != until;
        let kept: Vec<Arc<Column>> = table.columns.iter().skip(KEYS).filter(beside).cloned().collect();
        let parent = before.iter().find(|parent| parent.name == of.table);
        let is_known = |column: &Column| {
            let now = parent.and_then(|parent| parent.column(&column.name));
            now.is_some_and(|now| now.kind == column.kind)
        };
        if let Some(column) = kept.iter().find(|column| !is_known(column)) {
            let written = self.file.columns.iter().find(|entry| **entry.name.as_ref() == *column.name);
            let message = format!("{} has no “{}” of this kind that could be kept", of.table, column.name);
            let hint = "keep columns that it has, by their names".to_owned();
            return Err(self.source.wrong(written.map_or(0..0, |entry| entry.name.span()), message, Some(hint)));
        }
        Ok(History { of: of.clone(), until: until.clone(), kept })
    }
}

/// Tables after those they refer to, otherwise in their given order.
fn parents_first(mut waiting: Vec<Written>) -> Result<Vec<Written>, Diagnostic> {
    let names: Vec<&str> = waiting.iter().map(|table| table.name).collect();
    for (at, table) in waiting.iter().enumerate() {
        if names[..at].contains(&table.name) {
            let message = format!("there are two tables “{}”", table.name);
            return Err(table.source.wrong(0..0, message, Some("give one of them another name".to_owned())));
        }
        if let Some(to) = table.parents().find(|to| !names.contains(&to.as_ref().as_str())) {
            return Err(table.source.unknown(to, format!("there is no table “{to}”"), names.iter().copied()));
        }
    }
    let mut sorted: Vec<Written> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let waits_for = |table: &Written, to: &str| to != table.name && sorted.iter().all(|known| known.name != to);
        let ready = |table: &Written| !table.parents().any(|to| waits_for(table, to.as_ref()));
        let Some(next) = waiting.iter().position(ready) else {
            let table = &waiting[0];
            let to = table.parents().find(|to| waits_for(table, to.as_ref()));
            let message = format!("{} and the tables that it refers to refer to each other in a circle", table.name);
            let hint = "a row can only refer to one that is there before it".to_owned();
            return Err(table.source.wrong(to.map_or(0..0, Spanned::span), message, Some(hint)));
        };
        sorted.push(waiting.remove(next));
    }
    Ok(sorted)
}

impl Description {
    /// Plans are made at a level by a column of their own.
    fn find_levels(&mut self) {
        let own = |path: &Path| path.references.is_empty().then(|| path.column.clone());
        let mut levels = self.levels.take();
        for level in levels.iter_mut().flatten() {
            level.column = match self.located(level.dimension) {
                Some(Located::Row { key, .. }) => own(key),
                Some(Located::Text(paths)) => paths.iter().find_map(own),
                _ => None,
            };
        }
        self.levels = levels;
    }
}
