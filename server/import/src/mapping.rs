//! Mappings: what the columns of a file are in the data model. The format is documented for users in
//! `config/imports/README.md`.

mod brief;
mod compile;
mod dated;
mod file;
mod find;
mod format;
mod moment;
mod pattern;
mod text;
mod top;
mod values;
mod watch;

pub(crate) use moment::Moment;

pub use watch::Watch;

pub use file::{Case, Condition, DecimalMark, Month, Otherwise, Policy};
pub use pattern::Pattern;

use crate::dates::DateFormat;
use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use pegel_kpi::data::model::{Column, Kind, Table};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A checked mapping: every table and column exists, every format can be read.
#[derive(Debug)]
pub struct Mapping {
    pub name: String,
    /// One sentence for people; may be empty.
    pub description: String,
    /// Whose rows they are: a word such as `crm`; empty where the mapping does not say.
    pub system: String,
    /// Up to when its files are complete; `None`: until they are imported.
    pub(crate) exported_at: Option<Moment>,
    /// The folder whose files a server imports by it.
    pub watch: Option<Watch>,
    pub(crate) format: SourceFormat,
    /// Every source column that is read, by the name the mapping uses; a [`SourceColumn`] is a place in it.
    pub(crate) columns: Vec<String>,
    pub(crate) aliases: BTreeMap<String, Vec<String>>,
    pub(crate) unpivot: Option<Unpivot>,
    /// Its conditions, by their numbers.
    pub(crate) conditions: Vec<Condition>,
    pub(crate) tables: Vec<TableMapping>,
}

impl Mapping {
    /// The columns that a file must have: those that are not made of others.
    pub(crate) fn needed(&self) -> impl Iterator<Item = &str> + Clone {
        let is_made = |column: &&str| self.unpivot.as_ref().is_some_and(|unpivot| unpivot.makes(column));
        self.columns.iter().map(String::as_str).filter(move |column| !is_made(column))
    }

    /// What a source column may be called in a file; the first one that is there counts.
    pub(crate) fn names_of<'n>(&'n self, column: &'n str) -> impl Iterator<Item = &'n str> + Clone {
        let aliases = self.aliases.get(column).map(Vec::as_slice).unwrap_or_default();
        std::iter::once(column).chain(aliases.iter().map(String::as_str))
    }

    /// The tables of which the file is the whole.
    pub(crate) fn complete_tables(&self) -> BTreeMap<&str, &Table> {
        let complete = self.tables.iter().filter(|table| table.complete);
        complete.map(|table| (&*table.table.name, &table.table)).collect()
    }

    /// All instants that it says of rows and files.
    fn moments(&self) -> impl Iterator<Item = &Moment> {
        let of_rows = self.tables.iter().flat_map(|table| table.valid_from.iter().chain(&table.changed_at));
        of_rows.chain(&self.exported_at)
    }

    /// Whether it asks when a file was last written.
    pub(crate) fn needs_time_of_file(&self) -> bool {
        self.moments().any(|moment| moment.rule().is_none())
    }

    /// Whether it fills a column or attribute that holds amounts.
    pub(crate) fn brings_money(&self) -> bool {
        self.tables.iter().any(|TableMapping { columns, attributes, .. }| {
            let columns = columns.iter().map(|(column, _)| column.kind);
            columns.chain(attributes.iter().map(|(.., kind)| *kind)).any(|kind| kind == Kind::Money)
        })
    }
}

/// How a file is written.
#[derive(Debug)]
pub(crate) struct SourceFormat {
    pub delimiter: u8,
    /// Whether a backslash stands before quotes that belong to a cell.
    pub escaped: bool,
    /// `None` is UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// The columns of a file that does not name them; not empty.
    pub header: Option<Vec<String>>,
    /// How many lines stand above the header; `None`: as many as there are above the first line that can be it.
    pub skip_lines: Option<u64>,
    /// The sheet of a workbook; `None`: the one whose header fits.
    pub sheet: Option<String>,
    pub decimal: DecimalMark,
    /// What amounts are in, if not in the home's currency; ISO 4217. They are stored as they are.
    pub currency: Option<String>,
    /// `None` is the home's.
    pub zone: Option<TimeZone>,
    /// Not empty.
    pub dates: Vec<DateFormat>,
    /// The mapping's words for them, for messages.
    pub date_names: Vec<String>,
    /// Texts that mean nothing is there.
    pub missing: Vec<String>,
    pub stop_at: Vec<Pattern>,
    pub skip: Vec<Pattern>,
}

/// Columns of which each makes a row: a month each, a channel each.
#[derive(Debug)]
pub(crate) struct Unpivot {
    /// Not empty.
    pub columns: Vec<Pattern>,
    /// The made column that holds the heading.
    pub name: String,
    /// The made column that holds the cell.
    pub value: String,
}

impl Unpivot {
    pub fn makes(&self, column: &str) -> bool {
        column == self.name || column == self.value
    }

    pub fn takes(&self, heading: &str) -> bool {
        self.columns.iter().any(|pattern| pattern.fits(heading))
    }
}

/// A place in [`Mapping::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SourceColumn(pub usize);

/// What a row brings to one table.
#[derive(Debug)]
pub(crate) struct TableMapping {
    pub table: Table,
    pub key: KeyRule,
    pub update_only: bool,
    /// Whether the file is the whole of what the system has of this table.
    pub complete: bool,
    pub when: Option<RowCondition>,
    /// From when on the values hold of columns that keep their spans; `None`: from the import on.
    pub valid_from: Option<Moment>,
    /// When what a row changes changed, where the table keeps what rows were; `None`: when it is imported.
    pub changed_at: Option<Moment>,
    pub columns: Vec<(Arc<Column>, ColumnRule)>,
    pub attributes: Vec<(String, ColumnRule, Kind)>,
}

impl TableMapping {
    /// Whether it is asked which rows of the system the file does not hold. Not where it only updates: that says nothing
    /// about what there is.
    pub fn is_compared(&self) -> bool {
        self.complete || !self.update_only
    }
}

/// How the key is made.
#[derive(Debug)]
pub(crate) struct KeyRule {
    /// Not empty.
    pub parts: Vec<TextRule>,
    /// Whether the how-manieth row with these parts it is belongs to the key.
    pub occurrence: bool,
}

impl Mapping {
    /// The columns and attributes of a table that are filled.
    pub(crate) fn brings_to(&self, table: &str) -> Vec<String> {
        let of_table = self.tables.iter().filter(|filled| *filled.table.name == *table);
        let names = of_table.flat_map(|filled| {
            let columns = filled.columns.iter().map(|(column, _)| column.name.to_string());
            columns.chain(filled.attributes.iter().map(|(name, ..)| name.clone()))
        });
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The texts of a column of the file that are listed under `values`.
    pub(crate) fn listed(&self, column: &str) -> Vec<String> {
        let rules = self.tables.iter().flat_map(|table| {
            let attributes = table.attributes.iter().map(|(_, rule, _)| rule);
            table.columns.iter().map(|(_, rule)| rule).chain(attributes).map(|rule| &rule.text)
        });
        let of_column = rules.filter(|rule| matches!(rule.origin, Origin::Column(of) if self.columns[of.0] == column));
        of_column.flat_map(|rule| rule.values.keys().cloned()).collect()
    }
}

/// Where a text comes from, and what is done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextRule {
    pub origin: Origin,
    /// Empty if there is no value map.
    pub values: BTreeMap<String, String>,
    pub otherwise: Otherwise,
    pub case: Case,
    /// Whether `17850.0` is meant as `17850`.
    pub integer: bool,
}

impl TextRule {
    pub fn constant(text: String) -> TextRule {
        let (otherwise, case) = (Otherwise::default(), Case::default());
        TextRule { origin: Origin::Constant(text), values: BTreeMap::new(), otherwise, case, integer: false }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Column(SourceColumn),
    /// Their texts, joined by a blank; at least two.
    Joined(Vec<SourceColumn>),
    Constant(String),
}

impl Mapping {
    /// The source columns that a text comes from, as a message names them; empty for a constant.
    pub(crate) fn named(&self, origin: &Origin) -> String {
        let name = |column: &SourceColumn| self.columns[column.0].as_str();
        match origin {
            Origin::Column(column) => name(column).to_owned(),
            Origin::Joined(columns) => columns.iter().map(name).collect::<Vec<_>>().join(" + "),
            Origin::Constant(_) => String::new(),
        }
    }
}

/// How the value of a column is made.
#[derive(Debug)]
pub(crate) struct ColumnRule {
    pub text: TextRule,
    pub when: Option<RowCondition>,
    pub scale: Option<Decimal>,
    pub times: Option<SourceColumn>,
    /// Whether it is read as a month, and which of its days is meant.
    pub month: Option<Month>,
    /// Whether its numbers may be shares, of which `%` tells.
    pub shares: bool,
    /// Whether an instant at midnight in UTC is meant as the day.
    pub days: bool,
    pub lookup: Option<Lookup>,
}

/// How a related row is found.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    pub table: Table,
    pub column: Arc<Column>,
    pub policy: Policy,
}

/// A condition whose column is known.
#[derive(Debug)]
pub(crate) struct RowCondition {
    /// Its place in [`Mapping::conditions`].
    pub number: usize,
    pub column: SourceColumn,
    pub condition: Condition,
}

impl RowCondition {
    /// Whether it holds for the text of its column.
    pub fn holds(&self, text: Option<&str>) -> bool {
        let fits = |patterns: &[Pattern]| text.is_some_and(|text| describe(patterns, text));
        let Condition { column: _, one_of, not_in, missing } = &self.condition;
        one_of.as_deref().is_none_or(fits)
            && not_in.as_deref().is_none_or(|patterns| !fits(patterns))
            && missing.is_none_or(|missing| text.is_none() == missing)
    }

    /// Whether it lists texts, and not this one.
    pub fn leaves_unlisted(&self, text: &str) -> bool {
        let mut lists = self.condition.lists().peekable();
        lists.peek().is_some() && !lists.any(|patterns| describe(patterns, text))
    }
}

fn describe(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.fits_value(text))
}
