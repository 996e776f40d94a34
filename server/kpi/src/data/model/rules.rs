//! The rules by which rows carry dimensions: `config/dimensions.toml`, that of Pegel and that of the home.

use super::file::{DimensionEntry, DimensionsFile};
use super::text::Text;
use super::{Column, Kind, Model, Table};
use crate::data::dimension::{Dimension, Located};
use crate::data::path::Path;
use crate::diagnostic::Diagnostic;
use pegel_text::translated::Translated;
use std::ops::Range;
use std::sync::Arc;

/// None of these is a table: a dimension has a title beside its tables, a test has the others beside its rows.
pub(super) const NO_TABLES: [&str; 9] =
    ["title", "period", "name", "kpi", "by", "expect", "beside", "tolerance", "parameters"];

/// The tables in which Pegel keeps its own work.
const OF_PEGEL: [&str; 28] = [
    "activation_versions",
    "activations",
    "alert_checks",
    "alert_events",
    "alert_rows",
    "alerts",
    "artefacts",
    "currency",
    "deliveries",
    "delivery_attempts",
    "edition_sources",
    "editions",
    "fact_generation",
    "import_tables",
    "import_undo",
    "imports",
    "kept_states",
    "kpi_health",
    "kpi_versions",
    "labels",
    "link_key",
    "notices",
    "own_columns",
    "renditions",
    "runs",
    "spans",
    "touched",
    "unsubscribed",
];

/// What is made for a while while facts are written.
const FOR_A_WHILE: [&str; 4] = ["rivals_", "named_", "changes_", "parents_"];

/// What stands before the number of a table in which rows wait for an import.
const STAGED: [&str; 8] = ["staged", "resolved", "found", "held", "laid", "known", "adopted", "not_taken"];

/// Whether a table or view of Pegel, or one that databases have or reserve, is called so, or would be.
pub(super) fn is_of_database(name: &str) -> bool {
    let stem = name.trim_end_matches(|end: char| end.is_ascii_digit() || end == '_');
    OF_PEGEL.contains(&name)
        || name.ends_with("_readable")
        || name.starts_with("sqlite_")
        || name.starts_with("pg_")
        || STAGED.contains(&stem) && stem.len() < name.len()
        || FOR_A_WHILE.contains(&name)
}

/// What the texts say about dimensions, in their order.
pub(super) struct Rules<'a> {
    rules: Vec<(Dimension, Rule<'a>)>,
}

/// What one text says about one dimension.
struct Rule<'a> {
    source: Text<'a>,
    entry: DimensionEntry,
    /// The bytes of the entry.
    at: Range<usize>,
}

/// Where rows carry the dimensions of a model.
pub(super) struct Found<'a> {
    rules: &'a Rules<'a>,
    /// The tables whose rows are groups.
    groups: Vec<(Dimension, Arc<str>, Arc<Column>)>,
}

impl<'a> Rules<'a> {
    /// Reads the texts, of which later ones are laid over former ones.
    pub fn read(texts: &[&'a str]) -> Result<Rules<'a>, Diagnostic> {
        let mut rules = Vec::new();
        for text in texts {
            let source = || Text { file: "config/dimensions.toml".to_owned(), text };
            let mut entries: Vec<_> = source().parsed::<DimensionsFile>()?.into_iter().collect();
            entries.sort_by_key(|(name, _)| name.span().start);
            for (name, entry) in entries {
                source().check_name(&name)?;
                if *name.as_ref() == *Dimension::MONTH.name() {
                    let hint = "leave it out: the month follows from the date of the row".to_owned();
                    return Err(source().wrong(
                        name.span(),
                        "nothing needs to say where the month is found",
                        Some(hint),
                    ));
                }
                let (at, entry) = (entry.span(), entry.into_inner());
                rules.push((Dimension::named(name.into_inner()), Rule { source: source(), entry, at }));
            }
        }
        let rules = Rules { rules };
        let known = rules.dimensions();
        if let Some(lacking) = Dimension::NEEDED.iter().find(|one| !known.contains(one)) {
            let source = Text { file: "config/dimensions.toml".to_owned(), text: texts.first().unwrap_or(&"") };
            let hint = format!("write {lacking} = [\"…\"]");
            return Err(source.wrong(0..0, format!("nothing says where {lacking} is found"), Some(hint)));
        }
        Ok(rules)
    }

    /// All dimensions, each once, the month last.
    pub fn dimensions(&self) -> Vec<Dimension> {
        let mut dimensions: Vec<Dimension> = Vec::new();
        for (dimension, _) in &self.rules {
            if !dimensions.contains(dimension) {
                dimensions.push(dimension.clone());
            }
        }
        dimensions.push(Dimension::MONTH);
        dimensions
    }

    /// What a dimension is called, if a text says it.
    pub fn title(&self, dimension: &Dimension) -> Option<Translated> {
        self.of(dimension).find_map(|rule| match &rule.entry {
            DimensionEntry::ByTable { title, .. } => title.clone(),
            DimensionEntry::Anywhere(_) => None,
        })
    }

    /// What is said about a dimension, the last word first.
    fn of(&self, dimension: &Dimension) -> impl Iterator<Item = &Rule<'a>> {
        self.rules.iter().rev().filter(move |(known, _)| known == dimension).map(|(_, rule)| rule)
    }

    /// The places that count for a table, best first, and whether they are about it alone.
    fn places(&self, dimension: &Dimension, table: &str) -> Option<(&[String], bool)> {
        let of_it = self.of(dimension).find_map(|rule| match &rule.entry {
            DimensionEntry::ByTable { tables, .. } => Some((tables.get(table)?.as_slice(), true)),
            DimensionEntry::Anywhere(_) => None,
        });
        of_it.or_else(|| {
            self.of(dimension).find_map(|rule| match &rule.entry {
                DimensionEntry::Anywhere(places) => Some((places.as_slice(), false)),
                DimensionEntry::ByTable { .. } => None,
            })
        })
    }

    /// Applies the rules to the tables of a model.
    ///
    /// # Errors
    /// The first place that leads nowhere.
    pub fn applied(&'a self, model: &Model) -> Result<Found<'a>, Diagnostic> {
        let groups = model.0.tables.iter().filter_map(|table| {
            let (dimension, label) = table.groups.as_ref()?;
            Some((dimension.clone(), table.name.clone(), label.clone()))
        });
        let found = Found { rules: self, groups: groups.collect() };
        for (dimension, rule) in &self.rules {
            match &rule.entry {
                DimensionEntry::Anywhere(places) => {
                    let somewhere = |place: &str| {
                        model.tables().any(|table| found.leads(&table, dimension, place, false).is_some())
                    };
                    rule.check(dimension, places, "from whichever table", somewhere)?;
                }
                DimensionEntry::ByTable { tables, .. } => {
                    // A title alone is one for a dimension that is found elsewhere.
                    if tables.is_empty() && self.of(dimension).count() == 1 {
                        rule.check(dimension, &[], "from whichever table", |_| false)?;
                    }
                    for (name, places) in tables {
                        let Some(table) = model.table(name) else { return Err(rule.unknown_table(name, model)) };
                        let leads = |place: &str| found.leads(&table, dimension, place, true).is_some();
                        rule.check(dimension, places, &format!("from {name}"), leads)?;
                    }
                }
            }
        }
        Ok(found)
    }
}

impl Rule<'_> {
    fn check(
        &self,
        dimension: &Dimension,
        places: &[String],
        from: &str,
        leads: impl Fn(&str) -> bool,
    ) -> Result<(), Diagnostic> {
        let hint = "write a column of texts, an attribute that is a text, a number, or yes or no, or references that lead to \
                    one: partner.region";
        if places.is_empty() {
            let message = format!("nothing says where {dimension} is found, {from}");
            return Err(self.source.wrong(self.at.clone(), message, Some(hint.to_owned())));
        }
        match places.iter().find(|place| !leads(place)) {
            Some(lost) => Err(self.wrong(lost, format!("“{lost}” leads nowhere, {from}"), hint.to_owned())),
            None => Ok(()),
        }
    }

    fn unknown_table(&self, name: &str, model: &Model) -> Diagnostic {
        let hint = match crate::diagnostic::nearest(name, model.names()) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("there are {}", model.names().collect::<Vec<_>>().join(", ")),
        };
        self.wrong(name, format!("there is no table “{name}”"), hint)
    }

    /// An error where the entry speaks of something.
    fn wrong(&self, of: &str, message: String, hint: String) -> Diagnostic {
        // A header such as `[quality]` ends before what it is about.
        let start = self.source.text[self.at.start..].find(of).map_or(self.at.start, |further| self.at.start + further);
        self.source.wrong(start..start, message, Some(hint))
    }
}

/// The same path to a text. An attribute that is a number, or yes or no, is one by how it is written.
fn as_text(path: Path) -> Option<Path> {
    match path.column.kind {
        Kind::Text => Some(path),
        Kind::Boolean | Kind::Integer | Kind::Number if path.column.attribute => {
            let column = Arc::new(Column { holds: path.column.holds.clone(), ..Column::undeclared(&path.column.name) });
            Some(Path { column, ..path })
        }
        _ => None,
    }
}

impl Found<'_> {
    /// The dimensions that rows of the table carry, and where.
    pub fn located(&self, table: &Table) -> Vec<(Dimension, Located)> {
        let of = |dimension: &Dimension| {
            if *dimension == Dimension::MONTH {
                return Some(Located::Dated);
            }
            if let Some((_, label)) = table.groups.as_ref().filter(|(groups, _)| groups == dimension) {
                return Some(Located::Row { key: Path::own(table.id()), label: Path::own(label) });
            }
            let (places, alone) = self.rules.places(dimension, &table.name)?;
            let mut found = places.iter().filter_map(|place| self.leads(table, dimension, place, alone));
            if self.label(dimension).is_none() {
                let found: Vec<Path> = found.collect();
                return (!found.is_empty()).then_some(Located::Text(found));
            }
            let label = found.next()?;
            let key = Path::key_of(&label.references)?;
            Some(Located::Row { key, label })
        };
        self.rules.dimensions().into_iter().filter_map(|dimension| Some((dimension.clone(), of(&dimension)?))).collect()
    }

    /// The table whose rows are the groups of a dimension, and the column that people know them by.
    fn label(&self, dimension: &Dimension) -> Option<(&str, &str)> {
        let (_, table, label) = self.groups.iter().find(|(known, ..)| known == dimension)?;
        Some((table, &label.name))
    }

    /// The path to the text of a group, if `place` leads to one from this table. What is said about this table alone
    /// may speak of an attribute that no file declares.
    fn leads(&self, table: &Table, dimension: &Dimension, place: &str, alone: bool) -> Option<Path> {
        let mut way: Vec<&str> = place.split('.').collect();
        let groups = self.label(dimension);
        way.extend(groups.map(|(_, label)| label));
        let path = table.path(&way)?;
        let is_declared = alone || table.reached(&path).declared.contains(&path.column);
        if path.column.attribute && !is_declared {
            return None;
        }
        let ends_at = path.references.last().map(|reference| &*reference.table);
        if groups.is_some_and(|(table, _)| ends_at != Some(table)) {
            return None;
        }
        as_text(path)
    }
}
