//! Which of several scopes see each row of a scan, and what of its related rows.

use crate::data::batch::{Dictionary, Values};
use crate::data::dimension::Dimension;
use crate::data::model::Table;
use crate::data::path::Projection;
use crate::data::scope::{Scope, texts_of};
use crate::engine::classes::{Classes, Set};
use crate::engine::rows::{Rows, Shown};
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::sync::Arc;

/// Scopes for which figures are computed together.
pub struct Scopes<'a> {
    each: &'a [Scope],
    /// What scans read: all rows that any of them sees, and perhaps more.
    pub around: Scope,
}

impl<'a> Scopes<'a> {
    pub fn new(each: &'a [Scope]) -> Scopes<'a> {
        // A single one is left to the scan, however long its lists are.
        let around = if let [alone] = each { alone.clone() } else { Scope::around(each) };
        Scopes { each, around }
    }

    /// The scope, if there is only one.
    pub fn alone(&self) -> Option<&'a Scope> {
        if let [alone] = self.each { Some(alone) } else { None }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.each.len()
    }

    /// What tells the rows of each scope apart; `None` of a single one, which is in the scan itself.
    pub fn gate(&self, table: &Table) -> Option<Gate> {
        (self.each.len() > 1).then(|| Gate::new(self.each, table))
    }

    /// One scope for each set of dimensions that are restricted.
    pub fn kinds(&self) -> Vec<&'a Scope> {
        kinds(self.each)
    }
}

fn kinds(scopes: &[Scope]) -> Vec<&Scope> {
    let mut kinds: Vec<&Scope> = Vec::new();
    for scope in scopes {
        if !kinds.iter().any(|known| known.dimensions().eq(scope.dimensions())) {
            kinds.push(scope);
        }
    }
    kinds
}

/// Finds the class of each row of a scan.
pub struct Gate {
    scopes: usize,
    /// The scopes that restrict the same dimensions. They are kept apart from others: by regions alone there are far
    /// fewer classes than by regions and partners.
    kinds: Vec<Set>,
    restricted: Vec<Restricted>,
    /// By the codes of its texts.
    known: FxHashMap<Box<[u32]>, u32>,
    /// The parts of a class, by it and the classes of related rows.
    parts: FxHashMap<(u32, Vec<u32>), Arc<[Part]>>,
}

/// A dimension that some of the scopes restrict.
struct Restricted {
    /// What is read from each row; `None` if the table lacks the dimension.
    text: Option<Projection>,
    /// The scopes that do not restrict it.
    free: Set,
    /// Those that admit a text, and those that do not restrict the dimension.
    admit: HashMap<String, Set>,
}

/// Scopes of one kind that see a row and the same of its related rows.
#[derive(Debug, Clone, Copy)]
struct Part {
    class: u32,
    /// One of them.
    scope: u32,
}

/// The rows of a batch as some scopes see them.
pub struct Admitted {
    pub classes: Vec<u32>,
    /// For each row a scope that sees it so.
    pub scopes: Vec<u32>,
    /// Which rows any scope sees so.
    pub there: Vec<bool>,
}

impl Gate {
    fn new(scopes: &[Scope], table: &Table) -> Gate {
        let restricted = |dimension: &Dimension| Restricted::new(dimension, scopes, table);
        let mut dimensions: Vec<Dimension> = scopes.iter().flat_map(Scope::dimensions).collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        let alike = |kind: &Scope| Set::of(scopes.len(), |at| scopes[at].dimensions().eq(kind.dimensions()));
        Gate {
            scopes: scopes.len(),
            kinds: kinds(scopes).into_iter().map(alike).collect(),
            restricted: dimensions.iter().map(restricted).collect(),
            known: FxHashMap::default(),
            parts: FxHashMap::default(),
        }
    }

    /// Every column that it reads.
    pub fn columns(&self) -> impl Iterator<Item = &Projection> {
        self.restricted.iter().filter_map(|restricted| restricted.text.as_ref())
    }

    /// The class of each row.
    pub fn classes(&mut self, rows: &Rows, classes: &mut Classes) -> Vec<u32> {
        let Gate { scopes, restricted, known, .. } = self;
        let texts = |restricted: &Restricted| {
            let column = rows.columns.iter().position(|column| Some(column) == restricted.text.as_ref())?;
            match &rows.batch.columns[column] {
                Values::Texts(codes, dictionary) => Some((codes, dictionary)),
                Values::Numbers(_) => unreachable!("scopes list texts"),
            }
        };
        let texts: Vec<Option<(&Vec<u32>, &Dictionary)>> = restricted.iter().map(texts).collect();
        let mut key = vec![0; texts.len()];
        let class = |row: usize| {
            texts.iter().zip(&mut key).for_each(|(texts, key)| *key = texts.map_or(0, |(codes, _)| codes[row]));
            if let Some(class) = known.get(&key[..]) {
                return *class;
            }
            let sees = |(restricted, texts): (&Restricted, &Option<(&Vec<u32>, &Dictionary)>)| {
                restricted.sees(texts.and_then(|(codes, dictionary)| dictionary.text(codes[row])))
            };
            let all = Set::of(*scopes, |_| true);
            let each = restricted.iter().zip(&texts).map(sees);
            let class = classes.number(each.fold(all, |all, set| all.zipped(&set, |a, b| a & b)));
            known.insert(key.clone().into(), class);
            class
        };
        (0..rows.batch.len()).map(class).collect()
    }

    /// The rows of a batch, once for each kind of scope that sees them, and more often where scopes see different related
    /// rows of one row.
    pub fn parts(&mut self, rows: &Rows, classes: &mut Classes) -> Vec<Admitted> {
        let of_rows = self.classes(rows, classes);
        let ids = rows.id.filter(|_| !rows.children.is_empty()).map(|id| match rows.at(id) {
            Shown::Numbers(ids) => ids,
            Shown::Texts(..) => unreachable!("ids are numbers"),
        });
        let parts: Vec<Arc<[Part]>> = of_rows
            .iter()
            .enumerate()
            .map(|(row, class)| {
                let related = ids.map_or_else(Vec::new, |ids| rows.children.classes(ids[row]));
                self.parts_of(*class, related, classes)
            })
            .collect();
        let most = parts.iter().map(|parts| parts.len()).max().unwrap_or(0).max(1);
        let admitted = |at: usize| {
            // Those that are not there are not added; that they have a known class saves them a line of their own.
            let part = |parts: &Arc<[Part]>| parts.get(at).or(parts.first()).copied();
            Admitted {
                classes: parts.iter().zip(&of_rows).map(|(of, class)| part(of).map_or(*class, |of| of.class)).collect(),
                scopes: parts.iter().map(|of| part(of).map_or(0, |of| of.scope)).collect(),
                there: parts.iter().map(|of| at < of.len()).collect(),
            }
        };
        (0..most).map(admitted).collect()
    }

    /// Splits the scopes that see a row until those that are left together are of one kind and see the same related rows.
    fn parts_of(&mut self, class: u32, related: Vec<u32>, classes: &mut Classes) -> Arc<[Part]> {
        let key = (class, related);
        if let Some(known) = self.parts.get(&key) {
            return known.clone();
        }
        let all = classes.scopes(class);
        let mut sets: Vec<Set> = self.kinds.iter().map(|kind| all.zipped(kind, |a, b| a & b)).collect();
        for related in &key.1 {
            let see = classes.scopes(*related);
            let split = |set: &Set| [set.zipped(see, |a, b| a & b), set.zipped(see, |a, b| a & !b)];
            sets = sets.iter().flat_map(split).filter(|set| set.first().is_some()).collect();
        }
        let part = |set: Set| {
            let scope = u32::try_from(set.first()?).expect("fewer than 2^32 scopes");
            Some(Part { class: classes.number(set), scope })
        };
        let parts: Arc<[Part]> = sets.into_iter().filter_map(part).collect();
        self.parts.insert(key, parts.clone());
        parts
    }
}

impl Restricted {
    fn new(dimension: &Dimension, scopes: &[Scope], table: &Table) -> Restricted {
        let texts: Vec<Option<&[String]>> = scopes.iter().map(|scope| scope.texts(dimension)).collect();
        let paths = texts_of(table, dimension);
        let free = Set::of(scopes.len(), |scope| texts[scope].is_none());
        let mut listed: HashMap<&String, Vec<usize>> = HashMap::new();
        for (scope, texts) in texts.iter().enumerate() {
            texts.iter().copied().flatten().for_each(|text| listed.entry(text).or_default().push(scope));
        }
        let set =
            |listed: &[usize]| Set::of(scopes.len(), |scope| free.holds(scope) || listed.binary_search(&scope).is_ok());
        let admit = listed.iter().map(|(text, listed)| ((*text).clone(), set(listed))).collect();
        Restricted { text: (!paths.is_empty()).then_some(Projection(paths)), free, admit }
    }

    /// The scopes that see rows with this text.
    fn sees(&self, text: Option<&str>) -> Set {
        text.and_then(|text| self.admit.get(text)).unwrap_or(&self.free).clone()
    }
}
