//! A mapping file as it is written: the shape of the TOML, nothing checked beyond it.

use pegel_kpi::data::model::Kind;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
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
    pub exported_at: Option<Spanned<String>>,
    #[serde(default)]
    pub source: SourceSection,
    /// Other names of a source column: `created = ["Deal created", "Deal created on"]`.
    #[serde(default)]
    pub aliases: BTreeMap<String, Vec<String>>,
    pub tables: Vec<TableSection>,
}

/// How the file is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceSection {
    pub delimiter: Option<Spanned<String>>,
    pub encoding: Option<Spanned<String>>,
    #[serde(default)]
    pub decimal: DecimalMark,
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
    pub valid_from: Option<Spanned<Brief<ColumnSpec>>>,
    #[serde(default)]
    pub columns: BTreeMap<Spanned<String>, Brief<ColumnSpec>>,
    #[serde(default)]
    pub attributes: BTreeMap<Spanned<String>, Brief<ColumnSpec>>,
}

/// `key = "id"`, `key = ["order", "line"]` or `key = { from = …, … }`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeySpec {
    pub from: Brief<Names>,
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

/// One name, or several.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Names(pub Vec<String>);

/// `amount = "close_value"` or `amount = { from = "close_value", … }`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnSpec {
    pub from: Option<String>,
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
    pub scale: Option<String>,
    pub times: Option<String>,
    pub lookup: Option<String>,
    pub policy: Option<Policy>,
    pub kind: Option<AttributeKind>,
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

/// As what an attribute is stored that no table declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AttributeKind {
    Text,
    Number,
    Boolean,
}

impl From<AttributeKind> for Kind {
    fn from(kind: AttributeKind) -> Kind {
        match kind {
            AttributeKind::Text => Kind::Text,
            AttributeKind::Number => Kind::Number,
            AttributeKind::Boolean => Kind::Boolean,
        }
    }
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

/// A text, or its beginning: `Grand Total*`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Pattern {
    text: String,
    only_start: bool,
}

impl From<String> for Pattern {
    fn from(text: String) -> Pattern {
        match text.strip_suffix('*') {
            Some(start) => Pattern { text: start.to_owned(), only_start: true },
            None => Pattern { text, only_start: false },
        }
    }
}

impl Pattern {
    /// Whether the pattern describes the text.
    pub fn fits(&self, text: &str) -> bool {
        if self.only_start { text.starts_with(&self.text) } else { text == self.text }
    }
}

/// A table that may also be written as a bare name, or names, of source columns. An untagged enum would do as well,
/// but it answers every mistake with "did not match any variant".
#[derive(Debug, Default)]
pub(super) struct Brief<T>(pub T);

/// What a bare name, or names, stand for.
trait FromNames: Sized {
    const EXPECTING: &'static str;
    /// `None` if there are too many.
    fn from_names(names: Vec<String>) -> Option<Self>;
}

impl FromNames for Names {
    const EXPECTING: &'static str = "the name of a source column, or a list of such names";

    fn from_names(names: Vec<String>) -> Option<Self> {
        Some(Names(names))
    }
}

impl FromNames for KeySpec {
    const EXPECTING: &'static str = "the name of a source column, a list of such names, or a table with `from`";

    fn from_names(names: Vec<String>) -> Option<Self> {
        Some(KeySpec { from: Brief(Names(names)), ..KeySpec::default() })
    }
}

impl FromNames for ColumnSpec {
    const EXPECTING: &'static str = "the name of a source column, or a table with `from` or `constant`";

    fn from_names(names: Vec<String>) -> Option<Self> {
        let [name] = <[String; 1]>::try_from(names).ok()?;
        Some(ColumnSpec { from: Some(name), ..ColumnSpec::default() })
    }
}

struct BriefVisitor<T>(PhantomData<T>);

impl<'de, T: FromNames + Deserialize<'de>> Visitor<'de> for BriefVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        T::from_names(vec![name.to_owned()]).ok_or_else(|| E::custom(T::EXPECTING))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<T, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = sequence.next_element()? {
            names.push(name);
        }
        T::from_names(names).ok_or_else(|| A::Error::custom(format!("expected {}", T::EXPECTING)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de, T: FromNames + Deserialize<'de>> Deserialize<'de> for Brief<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BriefVisitor(PhantomData)).map(Brief)
    }
}
