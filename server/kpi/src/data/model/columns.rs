//! What a text says about the columns and attributes of a table, checked.

use super::file::{ColumnEntry, MilestoneEntry, RangeEntry, RangeWhere};
use super::text::Text;
use super::{ATTRIBUTES, Column, Description, GONE_AT, Kind, Milestone, Range, Reference, SYSTEM};
use crate::diagnostic::Diagnostic;
use std::sync::Arc;
use toml::Spanned;

/// What every table has.
const OF_ALL: [&str; 5] = ["id", "key", SYSTEM, GONE_AT, ATTRIBUTES];

/// What PostgreSQL calls columns of its own, and `store` those of rows on their way into the database.
const NO_COLUMNS: [&str; 10] =
    ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "row_", "from_", "changed_", "overlay_"];

/// The most columns that a home gives a table: SQLite refuses expressions that are a thousand levels deep, and one that
/// describes a whole row has three for each.
const MOST: usize = 250;

/// The columns with which every table begins: `id` and `key`.
pub(super) const KEYS: usize = 2;

/// The longest name: that of an index is made of two, and PostgreSQL cuts names off after 63 bytes.
const LONGEST: usize = 30;

/// Lowercase letters, digits and `_`, beginning with a letter.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|one| matches!(one, 'a'..='z' | '0'..='9' | '_'))
        && text.len() <= LONGEST
}

impl Text<'_> {
    /// Refuses what cannot be a name.
    pub fn check_name(&self, name: &Spanned<String>) -> Result<(), Diagnostic> {
        if is_name(name.as_ref()) {
            return Ok(());
        }
        let hint =
            format!("a name has small letters, digits and _, begins with a letter, and is no longer than {LONGEST}");
        Err(self.wrong(name.span(), format!("nothing can be called “{name}”"), Some(hint)))
    }

    /// Adds a column, and the row that it refers to.
    pub fn add_column(&self, entry: &ColumnEntry, table: &mut Description) -> Result<(), Diagnostic> {
        self.check_new(&entry.name, table)?;
        let kind = match (&entry.kind, &entry.refers_to) {
            (None, Some(_)) => Kind::Integer,
            (Some(kind), None) => self.kind(kind)?,
            (None, None) => {
                let hint = "write kind = \"text\", or refers_to = \"partners\"".to_owned();
                let message = format!("nothing says what “{}” holds", entry.name);
                return Err(self.wrong(entry.name.span(), message, Some(hint)));
            }
            (Some(kind), Some(_)) => {
                let hint = "leave out kind: what refers to a row holds its id".to_owned();
                let message = format!("“{}” has a kind and refers to a table", entry.name);
                return Err(self.wrong(kind.span(), message, Some(hint)));
            }
        };
        let name = entry.name.as_ref().as_str();
        let column = Arc::new(Column {
            holds: entry.holds.as_str().into(),
            spans: self.of_texts(entry.spans.as_ref(), kind, &entry.name)?,
            per_system: self.of_texts(entry.per_system.as_ref(), kind, &entry.name)?,
            words: self.words(entry, kind)?,
            ranges: self.ranges(entry, kind, table)?,
            after: self.after(entry, kind, table)?,
            every_row: entry.every_row.as_ref().is_some_and(|every| *every.as_ref()),
            ..Column::plain(name, kind)
        });
        table.columns.push(column.clone());
        if let Some(to) = &entry.refers_to {
            let called = match (&entry.called, name.strip_suffix("_id")) {
                (Some(called), _) => called.clone(),
                (None, Some(called)) => Spanned::new(entry.name.span(), called.to_owned()),
                (None, None) => {
                    let hint = "write called = \"…\", as scripts will call that row".to_owned();
                    let message = format!("nothing says how the row is called that “{name}” refers to");
                    return Err(self.wrong(entry.name.span(), message, Some(hint)));
                }
            };
            self.check_new(&called, table)?;
            let (name, to) = (called.as_ref().as_str().into(), to.as_ref().as_str().into());
            table.references.push(Arc::new(Reference { name, column, table: to }));
        } else if let Some(called) = &entry.called {
            let message = format!("“{name}” refers to no table: leave out `called`");
            return Err(self.wrong(called.span(), message, None));
        }
        Ok(())
    }

    fn words(&self, entry: &ColumnEntry, kind: Kind) -> Result<Box<[Arc<str>]>, Diagnostic> {
        let Some(words) = &entry.words else { return Ok(Box::default()) };
        if kind != Kind::Text || words.as_ref().is_empty() {
            let message = format!("“{}” holds no texts that could be listed", entry.name);
            return Err(self.wrong(words.span(), message, Some("list the texts of a column of texts".to_owned())));
        }
        Ok(words.as_ref().iter().map(|word| word.as_str().into()).collect())
    }

    fn ranges(&self, entry: &ColumnEntry, kind: Kind, table: &Description) -> Result<Box<[Range]>, Diagnostic> {
        let Some(range) = &entry.range else { return Ok(Box::default()) };
        let wrong = |hint: &str| {
            let message = format!("“{}” cannot lie in such a range", entry.name);
            self.wrong(range.span(), message, Some(hint.to_owned()))
        };
        if !matches!(kind, Kind::Number | Kind::Integer) {
            return Err(wrong("give one to a number or an integer"));
        }
        let of_where = |RangeWhere { r#where, is, from, to }: &RangeWhere| {
            let column = self.texts(&Spanned::new(range.span(), r#where.clone()), table)?;
            Ok(Range { only: Some((column.name.clone(), is.as_str().into())), least: *from, most: *to })
        };
        let ranges: Box<[Range]> = match range.as_ref() {
            RangeEntry::Always([least, most]) => Box::new([Range { only: None, least: *least, most: *most }]),
            RangeEntry::Where(ranges) => ranges.iter().map(of_where).collect::<Result<_, Diagnostic>>()?,
        };
        if ranges.iter().any(|range| range.least >= range.most) {
            return Err(wrong("write the smaller number first"));
        }
        Ok(ranges)
    }

    fn after(&self, entry: &ColumnEntry, kind: Kind, table: &Description) -> Result<Option<Arc<str>>, Diagnostic> {
        let Some(after) = &entry.after else { return Ok(None) };
        let before = self.date(after, table)?;
        if !matches!(kind, Kind::Instant | Kind::Date) {
            let message = format!("“{}” and “{after}” cannot be compared", entry.name);
            return Err(self.wrong(after.span(), message, Some("compare two dates, with or without times".to_owned())));
        }
        Ok(Some(before.name.clone()))
    }

    /// Adds an attribute. Its name is that in the rows, and so may be any.
    pub fn add_attribute(&self, entry: &ColumnEntry, table: &mut Description) -> Result<(), Diagnostic> {
        let name = entry.name.as_ref().as_str();
        if name.trim().is_empty() || name.contains('\0') {
            return Err(self.wrong(entry.name.span(), "an attribute has no name", None));
        }
        if table.declared.iter().any(|declared| *declared.name == *name) {
            let message = format!("{} has two attributes “{name}”", table.name);
            return Err(self.wrong(entry.name.span(), message, Some("declare it once".to_owned())));
        }
        let of_columns = [
            entry.refers_to.as_ref().map(Spanned::span),
            entry.called.as_ref().map(Spanned::span),
            entry.spans.as_ref().map(Spanned::span),
            entry.per_system.as_ref().map(Spanned::span),
            entry.words.as_ref().map(Spanned::span),
            entry.range.as_ref().map(Spanned::span),
            entry.after.as_ref().map(Spanned::span),
            entry.every_row.as_ref().map(Spanned::span),
        ];
        if let Some(at) = of_columns.into_iter().flatten().next() {
            let hint = "leave it out: an attribute has name, kind, holds and known_since".to_owned();
            return Err(self.wrong(at, format!("only a column can be that, and “{name}” is an attribute"), Some(hint)));
        }
        let Some(kind) = &entry.kind else {
            let hint = "write kind = \"text\", or \"number\", \"money\", \"date\", \"instant\"".to_owned();
            return Err(self.wrong(entry.name.span(), format!("nothing says what “{name}” holds"), Some(hint)));
        };
        let (kind, holds) = (self.kind(kind)?, entry.holds.as_str().into());
        table.declared.push(Arc::new(Column { kind, holds, ..Column::undeclared(name) }));
        Ok(())
    }

    /// Adds since when columns and attributes are known.
    pub fn add_milestones<'e>(
        &self,
        entries: impl Iterator<Item = &'e ColumnEntry>,
        find: impl Fn(&Description, &str) -> Option<Arc<Column>>,
        table: &mut Description,
    ) -> Result<(), Diagnostic> {
        for entry in entries {
            let (Some(said), Some(column)) = (&entry.known_since, find(table, entry.name.as_ref())) else { continue };
            let named = |name: &str| Spanned::new(said.span(), name.to_owned());
            let (at, only) = match said.as_ref() {
                MilestoneEntry::Always(at) => (at, None),
                MilestoneEntry::Where { milestone, r#where, is } => (milestone, Some((r#where, is))),
            };
            let at = self.date(&named(at), table)?;
            let only = only.map(|(name, is)| Ok((self.texts(&named(name), table)?, is.as_str().into()))).transpose()?;
            table.milestones.push((column, Milestone { at, only }));
        }
        Ok(())
    }

    /// The date or instant of that name, of a column or a declared attribute.
    pub fn date(&self, name: &Spanned<String>, table: &Description) -> Result<Arc<Column>, Diagnostic> {
        let all = table.columns.iter().chain(&table.declared);
        let dates = all.filter(|column| matches!(column.kind, Kind::Instant | Kind::Date));
        dates.clone().find(|column| *column.name == **name.as_ref()).cloned().ok_or_else(|| {
            let message = format!("{} has no date “{name}”", table.name);
            self.unknown(name, message, dates.map(|column| &*column.name))
        })
    }

    /// The column of texts of that name.
    pub fn texts(&self, name: &Spanned<String>, table: &Description) -> Result<Arc<Column>, Diagnostic> {
        let texts = table.columns.iter().skip(KEYS).filter(|column| column.kind == Kind::Text);
        texts.clone().find(|column| *column.name == **name.as_ref()).cloned().ok_or_else(|| {
            let message = format!("{} has no column “{name}” with texts", table.name);
            self.unknown(name, message, texts.map(|column| &*column.name))
        })
    }

    fn kind(&self, kind: &Spanned<String>) -> Result<Kind, Diagnostic> {
        Kind::named(kind.as_ref()).ok_or_else(|| {
            let known = Kind::ALL.iter().map(|kind| kind.name());
            self.unknown(kind, format!("“{kind}” is not a kind of column"), known)
        })
    }

    /// Whether a column is said to be something that only columns of texts can be.
    fn of_texts(&self, said: Option<&Spanned<bool>>, kind: Kind, name: &Spanned<String>) -> Result<bool, Diagnostic> {
        match said {
            Some(said) if *said.as_ref() && kind != Kind::Text => {
                let message = format!("“{name}” holds no texts, as it must for that");
                Err(self.wrong(said.span(), message, Some("leave this out".to_owned())))
            }
            said => Ok(said.is_some_and(|said| *said.as_ref())),
        }
    }

    /// The name of a column or reference must be unique within its table, and none that SQL takes for the table.
    fn check_new(&self, name: &Spanned<String>, table: &Description) -> Result<(), Diagnostic> {
        self.check_name(name)?;
        let written = name.as_ref().as_str();
        let wrong = |message: String, hint: &str| Err(self.wrong(name.span(), message, Some(hint.to_owned())));
        if OF_ALL.contains(&written) {
            return wrong(format!("every table has “{written}”"), "leave it out");
        }
        if NO_COLUMNS.contains(&written) {
            return wrong(
                format!("no column can be called “{written}”"),
                "the database calls one so: choose another name",
            );
        }
        if table.columns.len() >= KEYS + MOST {
            let message = format!("{} has more than {MOST} columns", table.name);
            return wrong(message, "what no figure calculates with can be an attribute");
        }
        if table.column(written).is_some() || table.reference(written).is_some() || *table.name == *written {
            return wrong(format!("{} has two of “{written}”", table.name), "choose another name");
        }
        Ok(())
    }
}
