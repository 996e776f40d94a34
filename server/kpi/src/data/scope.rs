//! What a reader may see. Part of every scan, so that no script and no template can widen it.

use crate::data::dimension::{Dimension, Located};
use crate::data::model::{Column, Model, Table};
use crate::data::path::Path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a reader may see: everything, or only rows that carry one of the listed values in each listed dimension.
///
/// A row that lacks a listed dimension is invisible.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
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

    /// The dimensions that can be restricted.
    pub const DIMENSIONS: [Dimension; 3] = [Dimension::REGION, Dimension::TEAM, Dimension::PARTNER];

    /// The texts that rows must carry in a dimension: the name of a region or team, the `key` of a partner. `None` if
    /// it is not restricted.
    pub fn texts(&self, dimension: &Dimension) -> Option<&[String]> {
        let Scope { regions, teams, partners } = self;
        let lists = [(Dimension::REGION, regions), (Dimension::TEAM, teams), (Dimension::PARTNER, partners)];
        lists.into_iter().find(|(known, _)| known == dimension).and_then(|(_, texts)| texts.as_deref())
    }

    /// Each dimension that is restricted, with the texts that its rows must carry.
    pub fn restrictions(&self) -> impl Iterator<Item = (Dimension, &[String])> {
        Scope::DIMENSIONS.into_iter().filter_map(|dimension| Some((dimension.clone(), self.texts(&dimension)?)))
    }

    /// The dimensions that are restricted.
    pub fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        self.restrictions().map(|(dimension, _)| dimension)
    }

    /// The same, with the texts in one order and each once: scopes that see the same are alike.
    #[must_use]
    pub fn in_order(mut self) -> Scope {
        for texts in [&mut self.regions, &mut self.teams, &mut self.partners].into_iter().flatten() {
            texts.sort_unstable();
            texts.dedup();
        }
        self
    }

    /// A scope that sees every row that one of these sees, as far as few texts can say it.
    pub fn around(scopes: &[Scope]) -> Scope {
        let all = |texts: fn(&Scope) -> &Option<Vec<String>>| {
            let lists = scopes.iter().map(|scope| texts(scope).as_deref()).collect::<Option<Vec<&[String]>>>()?;
            let all: BTreeSet<&String> = lists.into_iter().flatten().collect();
            (all.len() <= MOST_TEXTS).then(|| all.into_iter().cloned().collect())
        };
        Scope {
            regions: all(|scope| &scope.regions),
            teams: all(|scope| &scope.teams),
            partners: all(|scope| &scope.partners),
        }
    }
}

/// Databases take some thousands of binds; a list that is longer excludes hardly anything.
const MOST_TEXTS: usize = 1_000;

/// Where the texts that a scope lists are found in a table, today: names of regions and teams, keys of partners.
/// Nowhere if the table lacks the dimension.
pub fn texts_of(table: &Table, dimension: &Dimension) -> Vec<Path> {
    match table.located(dimension) {
        Some(Located::Text(paths)) => paths.clone(),
        // The key is called alike in every table.
        Some(Located::Row { label, .. }) => {
            vec![Path { references: label.references.clone(), ..Path::own(table.key()) }]
        }
        Some(Located::Dated) | None => Vec::new(),
    }
}

/// The tables whose own rows carry the texts of a dimension, each with the column that holds them: those that the others
/// refer to first, since they are small and name nearly all. Plans are none of them: they name groups that they are for.
pub fn carriers(model: &Model, dimension: &Dimension) -> Vec<(Table, Arc<Column>)> {
    let own = |table: Table| {
        let path = texts_of(&table, dimension).into_iter().find(|path| path.references.is_empty())?;
        Some((table, path.column))
    };
    let mut carriers: Vec<_> = model.tables().filter(|table| table.levels.is_none()).filter_map(own).collect();
    carriers.sort_by_key(|(table, _)| table.exists_since().is_some());
    carriers
}
