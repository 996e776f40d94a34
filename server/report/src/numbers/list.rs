//! Rows behind a figure, one by one: the leads to call.
//!
//! Whom a row concerns is stored as the groups of breakdowns are: people by id, what they are called apart, so that
//! somebody can be erased.

use super::Group;
use pegel_kpi::engine::behind::listing::When;
use pegel_text::translated::Translated;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowList {
    /// Whose rows they are.
    pub kpi: String,
    pub title: Translated,
    pub description: Translated,
    /// Such as `leads`.
    pub table: String,
    /// The date by which rows are found and ordered, such as `created_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_by: Option<String>,
    /// Whether they are only those that make the figure bad.
    pub bad: bool,
    /// The oldest first.
    pub rows: Vec<ListedRow>,
    /// How many more there are.
    pub more: u64,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedRow {
    /// Its id in the system that it came from.
    pub key: String,
    /// Whom it concerns, by dimension; only where that is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Group>,
    /// The date by which it is found: RFC 3339 in UTC, or a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<When>,
    /// Seconds from that date to the end of the period, or to when all was known, if that was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<i64>,
}

impl RowList {
    /// All groups that it names, with their dimensions.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        self.rows.iter().flat_map(|row| row.groups.iter().map(|(dimension, group)| (dimension.as_str(), group)))
    }

    /// The same, mutable.
    pub fn groups_mut(&mut self) -> impl Iterator<Item = (&str, &mut Group)> {
        self.rows.iter_mut().flat_map(|row| row.groups.iter_mut().map(|(dimension, group)| (dimension.as_str(), group)))
    }
}
