//! Mappings: what the columns of a file are in the data model. The format is documented for users in
//! `config/imports/README.md`.

mod compile;
mod file;
mod find;
mod format;
mod text;

pub use file::{Case, Condition, DecimalMark, Otherwise, Pattern, Policy};

use crate::dates::DateFormat;
use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use pegel_kpi::data::model::{Column, Kind, Table};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A checked mapping: every table and column exists, every format can be read.
#[derive(Debug)]
pub struct Mapping {
    pub name: String,
    /// One sentence for people; may be empty.
    pub description: String,
    /// Whose rows they are: a word such as `crm`; empty where the mapping does not say.
    pub system: String,
    /// Up to when its files are complete, in UTC seconds; `None`: until they are imported.
    pub(crate) exported_at: Option<i64>,
    pub(crate) format: SourceFormat,
    /// Every source column that is read, by the name the mapping uses; a [`SourceColumn`] is a place in it.
    pub(crate) columns: Vec<String>,
    pub(crate) aliases: BTreeMap<String, Vec<String>>,
    pub(crate) tables: Vec<TableMapping>,
}

impl Mapping {
    /// The tables of which the file is the whole.
    pub(crate) fn complete_tables(&self) -> BTreeMap<&str, &Table> {
        let complete = self.tables.iter().filter(|table| table.complete);
        complete.map(|table| (&*table.table.name, &table.table)).collect()
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
    /// `None` is UTF-8.
    pub encoding: Option<&'static Encoding>,
    pub decimal: DecimalMark,
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
    pub valid_from: Option<ColumnRule>,
    pub columns: Vec<(Arc<Column>, ColumnRule)>,
    pub attributes: Vec<(String, ColumnRule, Kind)>,
}

/// How the key is made.
#[derive(Debug)]
pub(crate) struct KeyRule {
    /// Not empty.
    pub parts: Vec<TextRule>,
    /// Whether the how-manieth row with these parts it is belongs to the key.
    pub occurrence: bool,
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Column(SourceColumn),
    Constant(String),
}

/// How the value of a column is made.
#[derive(Debug)]
pub(crate) struct ColumnRule {
    pub text: TextRule,
    pub when: Option<RowCondition>,
    pub scale: Option<Decimal>,
    pub times: Option<SourceColumn>,
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
    pub column: SourceColumn,
    pub condition: Condition,
}

impl RowCondition {
    /// Whether it holds for the text of its column.
    pub fn holds(&self, text: Option<&str>) -> bool {
        let fits = |patterns: &[Pattern]| text.is_some_and(|text| patterns.iter().any(|pattern| pattern.fits(text)));
        let Condition { column: _, one_of, not_in, missing } = &self.condition;
        one_of.as_deref().is_none_or(fits)
            && not_in.as_deref().is_none_or(|patterns| !fits(patterns))
            && missing.is_none_or(|missing| text.is_none() == missing)
    }
}
