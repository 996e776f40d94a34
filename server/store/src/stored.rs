//! Rows that are written beside those that are there, both by key.

use crate::StoreError;
use crate::facts::{Fact, Facts, Value, Written};
use crate::sql::{Gives, Visit, field};
use pegel_kpi::data::model::Kind;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A row as it is in the database.
pub(crate) struct Stored {
    pub(crate) id: i64,
    /// Whether it is the system's; else nobody said whose it is.
    pub(crate) own: bool,
    pub(crate) gone: bool,
    /// In the order of the facts.
    pub(crate) values: Vec<Value>,
    /// Of which a table keeps what it was.
    pub(crate) kept: Vec<Value>,
    pub(crate) attributes: String,
}

/// All rows of one key.
pub(crate) struct Collapsed {
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Of all of them, the later laid over the former; with the nulls that remove.
    pub(crate) attributes: Map<String, Json>,
}

pub(crate) fn collapse(rows: &[Fact]) -> Vec<Collapsed> {
    let mut collapsed: Vec<Collapsed> = Vec::with_capacity(rows.len());
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        match places.entry(&row.key) {
            Entry::Vacant(place) => {
                place.insert(collapsed.len());
                collapsed.push(Collapsed { first: index, last: index, attributes: row.attributes.clone() });
            }
            Entry::Occupied(place) => {
                let former = &mut collapsed[*place.get()];
                former.last = index;
                former.attributes.extend(row.attributes.clone());
            }
        }
    }
    collapsed
}

/// What became of the rows whose key is new; all others are unchanged for now.
pub(crate) fn against_each_other(facts: &Facts, rows: &[Collapsed], stored: &HashMap<String, Stored>) -> Vec<Written> {
    let mut written = vec![Written::Unchanged; facts.rows.len()];
    let mut former: HashMap<&str, &Fact> = HashMap::new();
    for row in rows.iter().filter(|row| !stored.contains_key(&facts.rows[row.last].key)) {
        written[row.first] = Written::New;
        if row.first != row.last {
            former.insert(&facts.rows[row.first].key, &facts.rows[row.first]);
        }
    }
    if former.is_empty() {
        return written;
    }
    for (row, written) in facts.rows.iter().zip(&mut written) {
        let Some(former) = former.get_mut(row.key.as_str()) else { continue };
        let adds = row.attributes.iter().any(|(name, value)| former.attributes.get(name) != Some(value));
        if former.values != row.values || adds {
            *written = Written::Changed;
        }
        *former = row;
    }
    written
}

/// Collects rows of `key, id, system, gone_at, named…, kept…[, attributes]`. Of two with one key, the system's own
/// counts.
pub(crate) struct Reading<'a> {
    pub(crate) own: &'a Value,
    pub(crate) named: Vec<Kind>,
    pub(crate) kept: Vec<Kind>,
    pub(crate) attributes: bool,
    pub(crate) stored: HashMap<String, Stored>,
}

impl Visit for Reading<'_> {
    fn row<'a, DB: Gives, R: diesel::row::Row<'a, DB>>(&mut self, row: &R) -> Result<(), StoreError> {
        let mut at = 4..;
        let mut next = |kind: &Kind| field::<DB, R>(row, at.next().unwrap_or_default(), *kind);
        let values = self.named.iter().map(&mut next).collect::<Result<_, _>>()?;
        let kept = self.kept.iter().map(&mut next).collect::<Result<_, _>>()?;
        let attributes = if self.attributes { next(&Kind::Text)?.into_text() } else { String::new() };
        let key = field::<DB, R>(row, 0, Kind::Text)?.into_text();
        let id = field::<DB, R>(row, 1, Kind::Integer)?.integer();
        let own = field::<DB, R>(row, 2, Kind::Text)? == *self.own;
        if own || !self.stored.contains_key(&key) {
            let gone = field::<DB, R>(row, 3, Kind::Instant)? != Value::Missing;
            self.stored.insert(key, Stored { id, own, gone, values, kept, attributes });
        }
        Ok(())
    }
}
