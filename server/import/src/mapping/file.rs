//! A mapping file as it is written: the shape of the TOML, nothing checked beyond it.

use super::brief::{Brief, FromList};
use super::pattern::Pattern;
use crate::shown::shown;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingFile {
    /// For people, shown in lists.
    #[serde(default)]
    pub description: String,
    /// Whose rows they are.
    pub system: Option<Spanned<String>>,
    /// When the file was exported, if not when it is imported.
    pub exported_at: Option<Spanned<Brief<MomentSpec>>>,
    #[serde(default)]
    pub source: SourceSection,
    /// Other names of a source column: `created = ["Deal created", "Deal created on"]`.
    #[serde(default)]
    pub aliases: BTreeMap<String, Vec<String>>,
    pub unpivot: Option<Spanned<UnpivotSection>>,
    pub watch: Option<WatchSection>,
    pub tables: Vec<TableSection>,
}

/// How the file is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceSection {
    pub delimiter: Option<Spanned<String>>,
    /// What stands before quotes that belong to a cell, beside a second quote.
    pub escape: Option<Spanned<String>>,
    pub encoding: Option<Spanned<String>>,
    /// The columns of a file that does not name them.
    pub header: Option<Spanned<Vec<String>>>,
    /// How many lines stand above the header.
    pub skip_lines: Option<u64>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    #[serde(default)]
    pub decimal: DecimalMark,
    /// What its amounts are in, if not in the home's currency.
    pub currency: Option<Spanned<String>>,
    pub zone: Option<Spanned<String>>,
    pub dates: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    pub missing: Vec<String>,
    #[serde(default)]
    pub stop_at: Vec<Pattern>,
    #[serde(default)]
    pub skip: Vec<Pattern>,
}

/// What separates the whole from the fraction; the other one groups thousands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    #[default]
    Point,
    Comma,
}

impl DecimalMark {
    /// The mark, the other one, and how a mapping says the other one.
    pub(crate) fn words(self) -> (char, char, &'static str) {
        match self {
            DecimalMark::Point => ('.', ',', "decimal = \"comma\""),
            DecimalMark::Comma => (',', '.', "decimal = \"point\""),
        }
    }
}

/// A folder whose files a server imports.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WatchSection {
    pub folder: Spanned<String>,
    /// Which of its files.
    pub pattern: Option<Pattern>,
    /// How long a file must have been left alone.
    pub unchanged_for: Option<Spanned<String>>,
}

/// Columns that are one each for a month or a channel: each makes a row of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnpivotSection {
    pub columns: Brief<Patterns>,
    /// The made column that holds the heading.
    pub name: String,
    /// The made column that holds the cell.
    pub value: String,
}

/// One pattern, or several.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Patterns(pub Vec<Pattern>);

/// One `[[tables]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableSection {
    pub table: Spanned<String>,
    pub key: Spanned<Brief<KeySpec>>,
    #[serde(default)]
    pub update_only: bool,
    /// Whether the file is the whole of what the system has.
    pub complete: Option<Spanned<bool>>,
    pub when: Option<Condition>,
    /// From when on the values hold that it is kept of.
    pub valid_from: Option<Spanned<Brief<MomentSpec>>>,
    /// When what the row changes changed, where the table keeps what rows were.
    pub changed_at: Option<Spanned<Brief<MomentSpec>>>,
    #[serde(default)]
    pub columns: BTreeMap<Spanned<String>, Brief<ColumnSpec>>,
    #[serde(default)]
    pub attributes: BTreeMap<Spanned<String>, Brief<ColumnSpec>>,
}

/// `key = "id"`, `key = ["order", "line"]` or `key = { from = …, … }`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeySpec {
    pub from: Brief<Parts>,
    #[serde(default)]
    pub occurrence: bool,
    #[serde(default)]
    pub integer: bool,
    #[serde(default)]
    pub case: Case,
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    #[serde(default)]
    pub otherwise: Otherwise,
}

/// One part of a key, or several.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Parts(pub Vec<Part>);

/// A source column, or what is the same in all rows.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected the name of a source column, or { constant = … }")]
pub(super) enum Part {
    Column(String),
    Constant(ConstantPart),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConstantPart {
    pub constant: toml::Value,
}

/// One name, or several.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Names(pub Vec<String>);

/// `amount = "close_value"` or `amount = { from = "close_value", … }`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnSpec {
    pub from: Option<Brief<Names>>,
    pub constant: Option<toml::Value>,
    pub when: Option<Condition>,
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    #[serde(default)]
    pub otherwise: Otherwise,
    #[serde(default)]
    pub case: Case,
    #[serde(default)]
    pub integer: bool,
    pub month: Option<Month>,
    /// Whether instants at midnight in UTC are meant as days.
    #[serde(default)]
    pub days: bool,
    pub scale: Option<String>,
    pub times: Option<String>,
    pub lookup: Option<String>,
    pub policy: Option<Policy>,
    /// As what an attribute is stored that no table declares.
    pub kind: Option<String>,
}

/// `"file"`, an instant with its zone, or written like the column of an instant.
#[derive(Debug)]
pub(super) enum MomentSpec {
    File,
    Column(Box<ColumnSpec>),
}

/// What becomes of a text that `values` does not list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    #[default]
    Reject,
    Keep,
    Missing,
}

/// How a text is written in the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    #[default]
    Keep,
    Lower,
    /// Lower case with `_` for blanks: `Paid Search` → `paid_search`.
    Snake,
}

/// Which day is meant by a month: `month = true` is short for `month = "first"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub enum Month {
    First,
    Last,
}

impl TryFrom<toml::Value> for Month {
    type Error = &'static str;

    fn try_from(value: toml::Value) -> Result<Month, &'static str> {
        match value {
            toml::Value::Boolean(true) => Ok(Month::First),
            toml::Value::String(day) if day == "first" => Ok(Month::First),
            toml::Value::String(day) if day == "last" => Ok(Month::Last),
            _ => Err("month is true, \"first\" or \"last\": which day is meant"),
        }
    }
}

/// What becomes of a look-up that finds nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The row is rejected.
    #[default]
    Required,
    /// The reference stays missing.
    Optional,
    /// The row looked for is created, with the text as key and name.
    Create,
}

/// Which rows are meant; all that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The source column asked about.
    pub column: String,
    /// Its text is one of these.
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Pattern>>,
    /// Its text is none of these.
    pub not_in: Option<Vec<Pattern>>,
    /// Whether it is empty.
    pub missing: Option<bool>,
}

impl Condition {
    /// The texts that it names.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &[Pattern]> {
        [&self.one_of, &self.not_in].into_iter().filter_map(Option::as_deref)
    }
}

/// `“Type” among “Partner”, “Reseller*”`
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Condition { column, one_of, not_in, missing } = self;
        write!(f, "“{}”", shown(column))?;
        let listed = |patterns: &[Pattern]| {
            patterns.iter().map(|pattern| format!("“{}”", shown(&pattern.to_string()))).collect::<Vec<_>>().join(", ")
        };
        if let Some(patterns) = one_of {
            write!(f, " among {}", listed(patterns))?;
        }
        if let Some(patterns) = not_in {
            write!(f, " other than {}", listed(patterns))?;
        }
        match missing {
            Some(true) => f.write_str(" missing"),
            Some(false) if one_of.is_none() && not_in.is_none() => f.write_str(" filled"),
            Some(false) | None => Ok(()),
        }
    }
}

impl FromList for Names {
    const EXPECTING: &'static str = "the name of a source column, or a list of such names";
    type Item = String;

    fn from_list(items: Vec<String>) -> Self {
        Names(items)
    }
}

impl FromList for Patterns {
    const EXPECTING: &'static str = "the names of columns, in which * stands for anything";
    type Item = Pattern;

    fn from_list(items: Vec<Pattern>) -> Self {
        Patterns(items)
    }
}

impl FromList for Parts {
    const EXPECTING: &'static str = "the name of a source column, or a list of such names and constants";
    type Item = Part;

    fn from_list(items: Vec<Part>) -> Self {
        Parts(items)
    }
}

impl From<String> for Part {
    fn from(name: String) -> Part {
        Part::Column(name)
    }
}

impl FromList for KeySpec {
    const EXPECTING: &'static str = "the name of a source column, a list of such names, or a table with `from`";
    type Item = Part;

    fn from_list(items: Vec<Part>) -> Self {
        KeySpec { from: Brief(Parts(items)), ..KeySpec::default() }
    }
}

impl FromList for ColumnSpec {
    const EXPECTING: &'static str =
        "the name of a source column, a list of names, or a table with `from` or `constant`";
    type Item = String;

    fn from_list(items: Vec<String>) -> Self {
        ColumnSpec { from: Some(Brief(Names(items))), ..ColumnSpec::default() }
    }
}

impl FromList for MomentSpec {
    const EXPECTING: &'static str =
        "the name of a source column, \"file\", an instant, or a table with `from` or `constant`";
    type Item = String;

    fn from_list(items: Vec<String>) -> Self {
        match &*items {
            [word] if word == "file" => MomentSpec::File,
            [instant] if instant.parse::<Timestamp>().is_ok() => {
                let constant = Some(toml::Value::String(instant.clone()));
                MomentSpec::Column(Box::new(ColumnSpec { constant, ..ColumnSpec::default() }))
            }
            _ => MomentSpec::Column(Box::new(ColumnSpec::from_list(items))),
        }
    }
}

impl<'de> Deserialize<'de> for MomentSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ColumnSpec::deserialize(deserializer).map(Box::new).map(MomentSpec::Column)
    }
}
