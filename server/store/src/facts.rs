//! Facts on their way in: rows of the fact tables, written by key.

pub use crate::attributes::attribute;
pub use crate::settle::Superseded;
pub use crate::staging::{Layout, Section, StagedColumn, StagedRow, Staging};
pub use crate::writer::Writer;

use pegel_kpi::data::model::{Column, Table};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// A value of a column, already of the column's kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Missing,
    /// For `Integer`, `Money` (the smallest unit that is stored: see [`Writer::record_currency`]), `Instant` (UTC
    /// seconds) and `Date` (days since 1970).
    Integer(i64),
    /// For `Number`; finite.
    Number(f64),
    /// Not empty.
    Text(String),
    Boolean(bool),
}

impl Value {
    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text; empty where there is none.
    pub(crate) fn into_text(self) -> String {
        match self {
            Value::Text(text) => text,
            _ => String::new(),
        }
    }

    /// The integer; 0 where there is none. For ids, which are never missing.
    pub(crate) fn integer(&self) -> i64 {
        match self {
            Value::Integer(value) => *value,
            _ => 0,
        }
    }
}

/// Rows for one table. Only the columns named here are written; others keep what they have.
#[derive(Debug, Clone)]
pub struct Facts {
    pub table: Table,
    /// Without `id` and `key`.
    pub columns: Vec<Arc<Column>>,
    pub rows: Vec<Fact>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Unique among the rows of the table that came from the same system; not empty.
    pub key: String,
    /// In the order of [`Facts::columns`].
    pub values: Vec<Value>,
    /// Laid over the attributes that are there, each as [`attribute`] gives it; a null removes one.
    pub attributes: Map<String, Json>,
    /// From when on (UTC seconds) the values hold of columns of which it is kept; `None`: from when they are written.
    pub valid_from: Option<i64>,
    /// When (UTC seconds) what it changes changed, for tables that keep what rows were; `None`: when it is written.
    pub changed_at: Option<i64>,
}

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    New,
    Changed,
    Unchanged,
    /// It was gone; changed or not.
    Back,
}

/// Of the rows of a table that a system brought, those that a complete file no longer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    pub rows: u64,
    /// How many rows the system had, those included.
    pub of: u64,
}

/// What became of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merged {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// They were gone; changed or not.
    pub back: u64,
    /// Rows among these that look-ups had created for a name, and that have their own keys now.
    pub named: u64,
    /// Rows that look-ups of another system had created for the name of one of these.
    pub namesakes: u64,
    /// Rows among these of which nobody had said whose they are.
    pub adopted: u64,
    /// Rows among the changed ones of which something later was known already.
    pub older: u64,
}

impl Merged {
    /// Counts some rows more.
    pub fn add(&mut self, written: Written, rows: u64) {
        match written {
            Written::New => self.new += rows,
            Written::Changed => self.changed += rows,
            Written::Unchanged => self.unchanged += rows,
            Written::Back => self.back += rows,
        }
    }
}

/// A row found by a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    One(i64),
    /// The only one is gone.
    Gone(i64),
    /// Several rows carry that text.
    Several,
}
