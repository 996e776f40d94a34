//! What a reader may see. Part of every scan, so that no script and no template can widen it.

use crate::data::dimension::Dimension;
use serde::{Deserialize, Serialize};

/// What a reader may see: everything, or only rows that carry one of the listed values in each listed dimension.
///
/// A row that lacks a listed dimension is invisible.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Names of the regions the reader answers for; `None` = all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<String>>,
    /// Names of the teams; `None` = all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<Vec<String>>,
    /// Keys of the partners; `None` = all. Where two systems have partners of one key, it stands for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partners: Option<Vec<String>>,
}

impl Scope {
    /// Sees every row.
    pub fn everything() -> Scope {
        Scope::default()
    }

    /// Each dimension that is restricted, with the texts its rows must carry: the name of a region or team, the `key`
    /// of a partner.
    pub fn restrictions(&self) -> impl Iterator<Item = (Dimension, &[String])> {
        [(Dimension::Region, &self.regions), (Dimension::Team, &self.teams), (Dimension::Partner, &self.partners)]
            .into_iter()
            .filter_map(|(dimension, values)| values.as_deref().map(|values| (dimension, values)))
    }
}
