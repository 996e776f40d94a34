//! From the texts that describe tables to a checked [`Model`]. What is wrong says in which file and line, and what to
//! do.

use super::columns::{KEYS, is_name};
use super::file::{AdditionsFile, GroupsEntry, HistoryEntry, TableFile};
use super::rules::{Found, NO_TABLES, Rules, is_of_database};
use super::text::Text;
use super::{ATTRIBUTES, Column, Described, Description, History, Kind, Level, Model, SYSTEM};
use crate::data::dimension::{Dimension, Located};
use crate::data::path::Path;
use crate::diagnostic::Diagnostic;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hash;
use std::sync::Arc;
use toml::Spanned;

/// The texts that a model is made of; tables with their names.
pub(super) struct Texts<'a> {
    pub built_in: &'a [(&'a str, &'a str)],
    /// The tables of a home's own.
    pub own: &'a [(&'a str, &'a str)],
    /// What a home adds to built-in tables.
    pub added_to: &'a [(&'a str, &'a str)],
    /// Where rows carry dimensions; later texts are laid over former ones.
    pub dimensions: &'a [&'a str],
}

impl Texts<'_> {
    fn mark(&self) -> u128 {
        let Texts { built_in, own, added_to, dimensions } = self;
        let mut hasher = SipHasher13::new();
        (built_in, own, added_to, dimensions).hash(&mut hasher);
        hasher.finish128().as_u128()
    }
}

impl Model {
    /// The model that these texts make. Tables keep their order, except that each comes after those it refers to.
    ///
    /// # Errors
    /// What is wrong in one of the texts, and where.
    pub(super) fn parse(texts: &Texts) -> Result<Model, Diagnostic> {
        let rules = Rules::read(texts.dimensions)?;
        let known = rules.dimensions();
        let of_pegel = texts.built_in.iter().map(|(name, text)| Written::read(name, text, false));
        let of_home = texts.own.iter().map(|(name, text)| Written::read(name, text, true));
        let written: Result<Vec<Written>, _> = of_pegel.chain(of_home).collect();
        let mut tables: Vec<Description> = Vec::new();
        for table in parents_first(written?)? {
            let description = table.described(&tables, &known)?;
            tables.push(description);
        }
        for (name, text) in texts.added_to {
            if let Some(table) = tables.iter_mut().find(|table| *table.name == **name) {
                add_to(table, text)?;
            }
        }
        let dimensions = known.into_iter().map(|dimension| (dimension.clone(), rules.title(&dimension))).collect();
        let model = Model(Arc::new(Described { tables, dimensions, mark: texts.mark() }));
        let found = rules.applied(&model)?;
        Ok(model.completed(&found))
    }

    /// Adds what follows from all tables together.
    fn completed(mut self, found: &Found) -> Model {
        let located: Vec<_> = self.tables().map(|table| found.located(&table)).collect();
        let described = Arc::get_mut(&mut self.0).expect("nobody else has the model yet");
        for (description, located) in described.tables.iter_mut().zip(located) {
            description.located = located;
            description.find_levels();
        }
        self
    }
}

/// Adds the attributes that a home declares to a built-in table.
fn add_to(table: &mut Description, text: &str) -> Result<(), Diagnostic> {
    let source = Text { file: file_of(&table.name), text };
    let file: AdditionsFile = source.parsed().map_err(|mut wrong: Diagnostic| {
        wrong.hint = Some(format!("{} comes with Pegel: a home adds [[attributes]] to it, nothing else", table.name));
        wrong
    })?;
    for entry in &file.attributes {
        source.add_attribute(entry, table)?;
    }
    source.add_milestones(file.attributes.iter(), |table, name| Some(table.attribute(name)), table)
}

fn file_of(table: &str) -> String {
    format!("config/tables/{table}.toml")
}

/// A table as it is written.
struct Written<'a> {
    name: &'a str,
    source: Text<'a>,
    file: TableFile,
    own: bool,
}

impl<'a> Written<'a> {
    fn read(name: &'a str, text: &'a str, own: bool) -> Result<Written<'a>, Diagnostic> {
        let source = Text { file: file_of(name), text };
        if !is_name(name) || NO_TABLES.contains(&name) {
            let hint = format!(
                "a name has small letters, digits and _, begins with a letter, is short, and none of “{}”",
                NO_TABLES.join("”, “")
            );
            return Err(source.wrong(0..0, format!("no table can be called “{name}”"), Some(hint)));
        }
        if is_of_database(name) {
            let hint = "the database has or makes one of that name: call it otherwise".to_owned();
            return Err(source.wrong(0..0, format!("no table can be called “{name}”"), Some(hint)));
        }
        let file = source.parsed()?;
        Ok(Written { name, source, file, own })
    }

    /// What its columns refer to.
    fn parents(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.file.columns.iter().filter_map(|column| column.refers_to.as_ref())
    }

    /// Its description, without what follows from all tables together.
    fn described(&self, before: &[Description], dimensions: &[Dimension]) -> Result<Description, Diagnostic> {
        let (source, file) = (&self.source, &self.file);
        let own = |name: &str, kind, per_system| Arc::new(Column { per_system, ..Column::plain(name, kind) });
        let mut table = Description {
            name: self.name.into(),
            own: self.own,
            title: file.title.clone(),
            row: file.row.as_str().into(),
            columns: vec![own("id", Kind::Integer, false), own("key", Kind::Text, true)],
            declared: Vec::new(),
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
        for entry in &file.columns {
            source.add_column(entry, &mut table)?;
        }
        table.exists_since = file.exists_since.as_ref().map(|name| source.date(name, &table)).transpose()?;
        for entry in &file.attributes {
            source.add_attribute(entry, &mut table)?;
        }
        source.add_milestones(file.columns.iter(), |table, name| table.column(name).cloned(), &mut table)?;
        source.add_milestones(file.attributes.iter(), |table, name| Some(table.attribute(name)), &mut table)?;
        table.groups =
            file.groups.as_ref().map(|groups| self.groups(groups, &table, before, dimensions)).transpose()?;
        table.history = file.history.as_ref().map(|history| self.history(history, &table, before)).transpose()?;
        let level = |name| Ok(Level { dimension: source.dimension(name, dimensions)?, column: None });
        let levels = file.levels.as_ref().map(|levels| levels.iter().map(level).collect());
        table.levels = levels.transpose()?;
        Ok(table)
    }

    fn groups(
        &self,
        entry: &GroupsEntry,
        table: &Description,
        before: &[Description],
        dimensions: &[Dimension],
    ) -> Result<(Dimension, Arc<Column>), Diagnostic> {
        let dimension = self.source.dimension(&entry.dimension, dimensions)?;
        let taken = |other: &&Description| other.groups.as_ref().is_some_and(|(known, _)| *known == dimension);
        if let Some(other) = before.iter().find(taken) {
            let message = format!("the groups of {dimension} are rows of {} already", other.name);
            return Err(self.source.wrong(entry.dimension.span(), message, Some("leave out `groups`".to_owned())));
        }
        Ok((dimension, self.source.texts(&entry.label, table)?))
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
            level.column = match self.located(&level.dimension) {
                Some(Located::Row { key, .. }) => own(key),
                Some(Located::Text(paths)) => paths.iter().find_map(own),
                _ => None,
            };
        }
        self.levels = levels;
    }
}
