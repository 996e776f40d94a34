//! Groups that rows must be in to be listed.

use crate::data::cell::Group;

/// Which group of a dimension rows must be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// The one that is called so.
    Named(String),
    /// That of the row with this id, whatever it is called now.
    Row(i64),
    /// None: they lack the dimension.
    Nowhere,
}

impl Member {
    /// The one with a display name; without one, the rows that lack the dimension.
    pub fn named(name: Option<String>) -> Member {
        name.map_or(Member::Nowhere, Member::Named)
    }

    pub(super) fn is(&self, group: &Group) -> bool {
        match (self, group) {
            (Member::Row(wanted), Group::Row { id, .. }) => wanted == id,
            (Member::Named(name), group) => group.label() == Some(name),
            (Member::Nowhere, group) => *group == Group::Missing,
            (Member::Row(_), _) => false,
        }
    }
}
