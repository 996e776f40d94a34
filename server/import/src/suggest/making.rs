//! What a mapping says of a table while it is being made.

use super::assign::{Assigned, Held, Seen};
use super::contents::Contents;
use super::sample::Column;
use super::suggestion::Setting;
use super::toml::with;
use pegel_kpi::data::model::Kind;

/// What stands before the name of an attribute among columns.
pub(super) const ATTRIBUTES: &str = "attributes.";

/// A line of `[tables.columns]` to be, or of `[tables.attributes]`.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub column: String,
    /// As TOML has it.
    pub rule: String,
    pub kind: Kind,
    /// The columns of the file that it is made of.
    pub at: Vec<usize>,
    /// What else speaks for it than its contents.
    pub why: Option<String>,
    pub is_sure: bool,
}

impl Planned {
    /// Adds a setting to the rule.
    pub fn also(&mut self, setting: &str) {
        self.rule = with(&self.rule, setting);
    }

    /// Says what else speaks for it.
    pub fn why(&mut self, reason: &str) {
        self.why = Some(self.why.take().map_or_else(|| reason.to_owned(), |why| format!("{why}; {reason}")));
    }

    /// Marks it as to be checked.
    pub fn doubt(&mut self, reason: &str) {
        self.is_sure = false;
        self.why(reason);
    }
}

/// The rows that others refer to: a `[[tables]]` before theirs.
#[derive(Debug)]
pub(super) struct Related {
    pub table: String,
    pub key: usize,
    pub columns: Vec<Planned>,
}

/// What a mapping says of a table, but for its key.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub related: Vec<Related>,
    pub columns: Vec<Planned>,
    /// Columns that refer to rows of the same table, and what they are made of.
    pub of_own: Vec<(String, usize)>,
    /// Which rows are meant, if not all.
    pub when: Option<Setting>,
    /// What the file has and the mapping does not say.
    pub lacks: Vec<String>,
    /// Whether a row stands for an order, not for a line of it.
    pub is_of_orders: bool,
}

/// How a row ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Won,
    Lost,
    Open,
    /// By a word that nobody knows.
    Unknown,
}

/// Where it shows how rows ended: in which column, and by which words.
#[derive(Debug)]
pub(super) struct Ends {
    pub at: usize,
    /// Of won and lost.
    pub words: Vec<String>,
    /// Whether the column holds stages, of which most are no end.
    pub is_stage: bool,
    pub rows: Vec<End>,
}

pub(super) struct Making<'a> {
    pub assigned: &'a Assigned,
    pub seen: Seen<'a>,
    pub plan: Plan,
    pub ends: Option<Ends>,
}

impl<'a> Making<'a> {
    pub fn column(&self, at: usize) -> &'a Column {
        &self.seen.sample.columns[at]
    }

    pub fn contents(&self, at: usize) -> Contents {
        self.seen.contents[at]
    }

    pub fn held(&self, column: &str) -> Option<&'a Held> {
        self.assigned.held(column, false)
    }

    pub fn kind_of(&self, column: &str) -> Option<Kind> {
        self.assigned.table.column(column).map(|column| column.kind)
    }

    pub fn is_planned(&self, column: &str) -> bool {
        self.plan.columns.iter().any(|planned| planned.column == column)
    }

    pub fn is_used(&self, at: usize) -> bool {
        self.assigned.held.iter().any(|held| held.at == at)
            || self.plan.columns.iter().any(|planned| planned.at.contains(&at))
    }

    /// Adds a line; one without a rule only says why.
    pub fn push(&mut self, column: &str, rule: String, at: Vec<usize>, why: Option<String>, is_sure: bool) {
        if let Some(kind) = self.kind_of(column) {
            let refers = self.assigned.table.references.iter().any(|reference| *reference.column.name == *column);
            let kind = if refers { Kind::Text } else { kind };
            self.plan.columns.push(Planned { column: column.to_owned(), rule, kind, at, why, is_sure });
        }
    }
}
