//! What a reader may see. Part of every scan, so that no script and no template can widen it.

use crate::data::dimension::{Dimension, Located};
use crate::data::model::{Column, Model, Table};
use crate::data::path::Path;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
    /// The same by the names of other dimensions: texts, and keys where the groups are rows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, Vec<String>>,
}

impl Scope {
    /// Sees every row.
    pub fn everything() -> Scope {
        Scope::default()
    }

    /// Rows that carry one of the texts in that dimension: the name of a region or team, the key of a partner.
    pub fn of(dimension: &Dimension, texts: Vec<String>) -> Scope {
        let mut scope = Scope::everything();
        match scope.list(dimension) {
            Some(list) => *list = Some(texts),
            None => _ = scope.others.insert(dimension.name().to_owned(), texts),
        }
        scope
    }

    /// What both let see.
    #[must_use]
    pub fn within(&self, of: &Scope) -> Scope {
        let mut both = of.clone();
        for (dimension, texts) in self.restrictions() {
            let common = |known: &[String]| texts.iter().filter(|text| known.contains(text)).cloned().collect();
            let texts = of.texts(&dimension).map_or_else(|| texts.to_vec(), common);
            match both.list(&dimension) {
                Some(list) => *list = Some(texts),
                None => _ = both.others.insert(dimension.name().to_owned(), texts),
            }
        }
        both
    }

    fn list(&mut self, dimension: &Dimension) -> Option<&mut Option<Vec<String>>> {
        match dimension {
            known if *known == Dimension::REGION => Some(&mut self.regions),
            known if *known == Dimension::TEAM => Some(&mut self.teams),
            known if *known == Dimension::PARTNER => Some(&mut self.partners),
            _ => None,
        }
    }

    /// The texts that rows must carry in a dimension. `None` if it is not restricted.
    pub fn texts(&self, dimension: &Dimension) -> Option<&[String]> {
        self.restrictions().find(|(known, _)| known == dimension).map(|(_, texts)| texts)
    }

    /// Each dimension that is restricted, with the texts that its rows must carry.
    pub fn restrictions(&self) -> impl Iterator<Item = (Dimension, &[String])> {
        let Scope { regions, teams, partners, others } = self;
        let lists = [(Dimension::REGION, regions), (Dimension::TEAM, teams), (Dimension::PARTNER, partners)];
        let lists = lists.into_iter().filter_map(|(dimension, texts)| Some((dimension, texts.as_deref()?)));
        lists.chain(others.iter().map(|(name, texts)| (Dimension::named(name.clone()), &texts[..])))
    }

    /// The dimensions that are restricted.
    pub fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        self.restrictions().map(|(dimension, _)| dimension)
    }

    /// The same, with the texts in one order and each once: scopes that see the same are alike.
    #[must_use]
    pub fn in_order(mut self) -> Scope {
        let lists = [&mut self.regions, &mut self.teams, &mut self.partners].into_iter().flatten();
        for texts in lists.chain(self.others.values_mut()) {
            texts.sort_unstable();
            texts.dedup();
        }
        self
    }

    /// A scope that sees every row that one of these sees, as far as few texts can say it.
    pub fn around(scopes: &[Scope]) -> Scope {
        let Some(first) = scopes.first() else { return Scope::everything() };
        let all = |dimension: &Dimension| {
            let lists = scopes.iter().map(|scope| scope.texts(dimension)).collect::<Option<Vec<&[String]>>>()?;
            let all: BTreeSet<&String> = lists.into_iter().flatten().collect();
            (all.len() <= MOST_TEXTS).then(|| all.into_iter().cloned().collect::<Vec<String>>())
        };
        let restricted = first.dimensions().filter_map(|dimension| Some(Scope::of(&dimension, all(&dimension)?)));
        restricted.fold(Scope::everything(), |around, restricted| restricted.within(&around))
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
