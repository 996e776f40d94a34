//! Finds what those are called whose keys stand in scopes and filters.

use crate::ReportError;
use crate::few::{each_of, number, text};
use crate::numbers::{Group, Members};
use pegel_kpi::data::dimension::{Dimension, Located};
use pegel_kpi::data::model::{Model, Table};
use pegel_kpi::data::path::{Path, Projection};
use pegel_kpi::data::scan::{Scan, Source};
use pegel_kpi::data::scope::{Scope, carriers};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that scopes name by key: by dimension and key, with what they are called.
pub struct NamedRows(Vec<(Dimension, BTreeMap<String, Group>)>);

impl NamedRows {
    /// Those that any of these scopes names. Each table is scanned once, however many scopes there are.
    ///
    /// # Errors
    /// If the data cannot be read.
    pub fn of<'a, S>(
        scopes: &(impl Iterator<Item = &'a Scope> + Clone),
        model: &Model,
        source: &mut S,
    ) -> Result<NamedRows, ReportError>
    where
        S: Source<Error: std::error::Error + Send + Sync + 'static>,
    {
        let mut named = Vec::new();
        for dimension in scopes.clone().flat_map(Scope::dimensions).collect::<BTreeSet<Dimension>>() {
            let Some((table, columns)) = named_rows(&dimension, model) else { continue };
            let restricted = scopes.clone().filter_map(|scope| scope.texts(&dimension));
            let restricted: Vec<Scope> = restricted.map(|texts| Scope::of(&dimension, texts.to_vec())).collect();
            let scan = Scan { table, columns, window: None, scope: Scope::around(&restricted) };
            let rows = each_of(&scan, source, |batch, row| {
                Some((text(batch, row, 0)?, (number(batch, row, 1)?, text(batch, row, 2)?)))
            });
            named.push((dimension, by_key(rows?)));
        }
        Ok(NamedRows(named))
    }

    /// Those that these scopes name.
    pub fn members<'a>(&self, scopes: &(impl Iterator<Item = &'a Scope> + Clone)) -> Members {
        let mut members = Members::default();
        for (dimension, named) in &self.0 {
            let keys = scopes.clone().filter_map(|scope| scope.texts(dimension)).flatten();
            let groups = keys.filter_map(|key| Some((key.clone(), named.get(key)?.clone())));
            groups.for_each(|(key, group)| members.add(dimension, key, group));
        }
        members
    }
}

/// The table whose rows are the groups of a dimension, with the columns of key, id and name; `None` where the groups are
/// texts.
fn named_rows(dimension: &Dimension, model: &Model) -> Option<(Table, Vec<Projection>)> {
    carriers(model, dimension).into_iter().find_map(|(table, column)| {
        let Some(Located::Row { key, label }) = table.located(dimension) else { return None };
        let columns = [Path::own(&column), key.clone(), label.clone()].map(Projection::of).into();
        Some((table, columns))
    })
}

/// By key. One that stands for several, since two systems have it, has no name.
fn by_key(rows: Vec<(String, (f64, String))>) -> BTreeMap<String, Group> {
    let mut named: BTreeMap<String, Option<Group>> = BTreeMap::new();
    for (key, (id, name)) in rows {
        #[expect(clippy::cast_possible_truncation, reason = "ids are whole and below 2^53")]
        let group = Group::Row { id: id as i64, label: Some(name) };
        named.entry(key).and_modify(|known| *known = None).or_insert(Some(group));
    }
    named.into_iter().filter_map(|(key, group)| Some((key, group?))).collect()
}
