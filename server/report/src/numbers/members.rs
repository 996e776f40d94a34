//! What the partners are called, and others that are rows, whose keys stand in scopes and filters.
//!
//! They are stored as the groups of breakdowns are: by id, what they are called apart, so that somebody can be erased.

use super::Group;
use pegel_kpi::data::dimension::Dimension;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Groups by dimension, such as `partner`, and by key. One that has no name is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Members(BTreeMap<String, BTreeMap<String, Group>>);

impl Members {
    pub fn add(&mut self, dimension: &Dimension, key: String, group: Group) {
        self.0.entry(dimension.name().to_owned()).or_default().insert(key, group);
    }

    /// What one of them is called: its key where nobody knows, or its name was erased.
    pub fn called<'a>(&'a self, dimension: &Dimension, key: &'a str) -> &'a str {
        self.0.get(dimension.name()).and_then(|of| of.get(key)?.label()).unwrap_or(key)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, with their dimensions.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        self.0.iter().flat_map(|(dimension, of)| of.values().map(|group| (dimension.as_str(), group)))
    }

    /// The same, mutable.
    pub fn groups_mut(&mut self) -> impl Iterator<Item = (&str, &mut Group)> {
        self.0.iter_mut().flat_map(|(dimension, of)| of.values_mut().map(|group| (dimension.as_str(), group)))
    }
}
