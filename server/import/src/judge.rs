//! Candidates → staged rows: which rows can be imported, seen what they refer to. Writes nothing into the tables.

use crate::cell::Cell;
use crate::draft::{Candidate, keys_compared};
use crate::error::ImportError;
use crate::lookups::Lookups;
use crate::mapping::{ColumnRule, Lookup, Mapping, Origin, Policy, TableMapping};
use crate::notes::{Noted, Notes, Odd, Oddity};
use crate::reasons::Reasons;
use crate::row::Draft;
use crate::spelling::Spellings;
use crate::summary::{Fault, Rejected};
use pegel_kpi::data::model::Table;
use pegel_store::facts::{Fact, Found, Layout, Section, StagedColumn, StagedRow, Staging, Value};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// How much memory rejected rows may take; beyond it they are only counted.
const REJECTED_BYTES: usize = 64 << 20;

/// How many texts of a look-up that find nothing are compared with those that are there.
const UNFOUND: usize = 1_000;

/// The places of a table and of its column, and a text for which nothing was found.
type Unfound = ((usize, usize), String);

/// What is wrong with the look-ups of a row.
#[derive(Default)]
struct Unrelated {
    faults: Vec<Fault>,
    unfound: Vec<Unfound>,
    /// References to rows that are gone, by the place of the table.
    gone: Vec<(usize, Oddity)>,
}

/// What is known of a file after its rows are judged.
#[derive(Default)]
pub(crate) struct Judged {
    /// Rows that bring something to a table.
    pub taken: u64,
    pub left_out: u64,
    pub rejected: Vec<Rejected>,
    pub rejected_beyond: u64,
    rejected_bytes: usize,
    /// By the place in [`Mapping::columns`].
    pub cleaned: BTreeMap<usize, Noted>,
    /// Rows of which no key of a table can be told of which the file is the whole.
    pub keyless: u64,
    /// For each table of the mapping, whether any row brings something to it.
    pub brought: Vec<bool>,
    /// Rows that bring something, though not to this table: its conditions leave them out.
    pub left_out_of: BTreeMap<Arc<str>, u64>,
    pub notes: Notes,
    pub spellings: Spellings,
    /// Texts of look-ups for which rows were rejected, by the places of the table and of its column.
    pub unfound: BTreeMap<(usize, usize), BTreeSet<String>>,
    pub reasons: Reasons,
}

impl Judged {
    fn note_unfound(&mut self, texts: Vec<Unfound>) {
        for (place, text) in texts {
            let known = self.unfound.entry(place).or_default();
            if known.len() < UNFOUND {
                known.insert(text);
            }
        }
    }

    fn reject(&mut self, row: Rejected) {
        self.reasons.add(&row);
        self.rejected_bytes += row.size();
        if self.rejected_bytes <= REJECTED_BYTES {
            self.rejected.push(row);
        } else {
            self.rejected_beyond += 1;
        }
    }
}

/// Where the rows of a file are staged, for each table of its mapping.
pub(crate) fn layouts(mapping: &Mapping) -> Vec<Layout> {
    let column = |(column, rule): &(_, ColumnRule)| StagedColumn {
        column: Arc::clone(column),
        related: rule.lookup.as_ref().map(|lookup| (lookup.table.clone(), lookup.column.clone())),
    };
    let layout = |(at, table): (usize, &TableMapping)| Layout {
        table: table.table.clone(),
        columns: table.columns.iter().map(column).collect(),
        attributes: !table.attributes.is_empty(),
        dated: table.valid_from.is_some(),
        changed: table.changed_at.is_some(),
        searched: mapping.tables[at + 1..].iter().any(|later| searches(later, &table.table)),
    };
    mapping.tables.iter().enumerate().map(layout).collect()
}

/// Whether rows for one table ask for keys of another: by look-ups, or since they only update what is there.
fn searches(table: &TableMapping, other: &Table) -> bool {
    let mut lookups = table.columns.iter().filter_map(|(_, rule)| rule.lookup.as_ref());
    (table.update_only && table.table == *other) || lookups.any(|lookup| lookup.table == *other && by_key(lookup))
}

fn by_key(lookup: &Lookup) -> bool {
    lookup.column == *lookup.table.key()
}

/// Judges the rows of a file, a chunk at a time, and stages those that can be imported.
pub(crate) struct Judge<'a> {
    mapping: &'a Mapping,
    staging: Staging,
    sections: Vec<Section>,
    lookups: Lookups<'a>,
    /// For each table of the mapping: of the keys that are asked for, those that rows above bring to it.
    above: Vec<HashSet<String>>,
    judged: Judged,
}

impl<'a> Judge<'a> {
    pub fn new(mapping: &'a Mapping, staging: Staging) -> Judge<'a> {
        let count = mapping.tables.len();
        let spellings = Spellings::new(mapping);
        let judged = Judged { brought: vec![false; count], spellings, ..Judged::default() };
        let sections = staging.sections();
        Judge { mapping, staging, sections, lookups: Lookups::default(), above: vec![HashSet::new(); count], judged }
    }

    pub fn end(self) -> (Staging, Judged) {
        (self.staging, self.judged)
    }

    pub fn chunk(&mut self, candidates: Vec<Candidate>) -> Result<(), ImportError> {
        self.look_up(&candidates)?;
        let mut rows: Vec<Vec<StagedRow>> = self.sections.iter().map(|_| Vec::new()).collect();
        let mut not_taken: Vec<Vec<String>> = rows.iter().map(|_| Vec::new()).collect();
        for candidate in candidates {
            self.judge(candidate, &mut rows, &mut not_taken);
        }
        Ok(self.staging.stage(rows, not_taken)?)
    }

    /// Asks the database for all related rows of some rows, once for each column that is looked at, and for what rows
    /// above bring.
    fn look_up(&mut self, candidates: &[Candidate]) -> Result<(), ImportError> {
        self.lookups.begin();
        let tables = &self.mapping.tables;
        let mut keys: Vec<HashSet<&str>> = vec![HashSet::new(); tables.len()];
        for (at, table, draft) in candidates.iter().flat_map(|candidate| brings(self.mapping, candidate)) {
            let mut ask_above = |of: &Table, key| {
                for former in (0..at).filter(|&former| tables[former].table == *of) {
                    keys[former].insert(key);
                }
            };
            if table.update_only {
                self.lookups.ask(&table.table, table.table.key(), &draft.key);
                ask_above(&table.table, draft.key.as_str());
            }
            for (_, lookup, _, text) in related(table, draft) {
                self.lookups.ask(&lookup.table, &lookup.column, text);
                if by_key(lookup) {
                    ask_above(&lookup.table, text);
                }
            }
        }
        self.lookups.answer(&mut self.staging)?;
        for (at, keys) in keys.into_iter().enumerate() {
            let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
            self.above[at] =
                if keys.is_empty() { HashSet::new() } else { self.staging.staged(&self.sections[at], &keys)? };
        }
        Ok(())
    }

    fn judge(&mut self, candidate: Candidate, rows: &mut [Vec<StagedRow>], not_taken: &mut [Vec<String>]) {
        let Candidate { number, at: place, cells, cleaned, drafts, not_taken: keys, keyless } = candidate;
        self.judged.keyless += u64::from(keyless);
        for (at, key) in keys {
            not_taken[at].push(key);
        }
        let (faults, gone) = match &drafts {
            Ok(drafts) => {
                let Unrelated { faults, unfound, gone } = self.unrelated(drafts);
                self.judged.note_unfound(unfound);
                (faults, gone)
            }
            Err(faults) => (faults.clone(), Vec::new()),
        };
        let drafts = drafts.unwrap_or_default();
        if !faults.is_empty() {
            keys_compared(self.mapping, drafts).for_each(|(at, key)| not_taken[at].push(key));
            self.judged.reject(Rejected::new(place, &cells, faults));
            return;
        }
        if drafts.iter().all(Option::is_none) {
            self.judged.left_out += 1;
            return;
        }
        self.judged.taken += 1;
        self.note_left_out(&drafts);
        for (at, oddity) in gone {
            self.judged.notes.add(at, oddity, &place);
        }
        self.judged.spellings.see(&drafts, &place);
        for column in cleaned {
            self.judged.cleaned.entry(column).or_default().add(&place, "");
        }
        for (at, draft) in drafts.into_iter().enumerate() {
            let Some(draft) = draft else { continue };
            self.judged.brought[at] = true;
            draft.odd.iter().for_each(|oddity| self.judged.notes.add(at, oddity.clone(), &place));
            if self.sections[at].layout().searched {
                self.above[at].insert(draft.key.clone());
            }
            rows[at].push((i64::try_from(number).expect("a file has fewer than 2^63 rows"), fact(draft)));
        }
    }

    /// Counts the row for the tables of which all conditions leave it out.
    fn note_left_out(&mut self, drafts: &[Option<Draft>]) {
        let all = || self.mapping.tables.iter().zip(drafts);
        let left_out = all().filter(|(table, draft)| {
            let is_left_out =
                |(other, draft): (&TableMapping, &Option<Draft>)| other.table != table.table || draft.is_none();
            table.when.is_some() && draft.is_none() && all().all(is_left_out)
        });
        let names: BTreeSet<&Arc<str>> = left_out.map(|(table, _)| &table.table.name).collect();
        for name in names {
            *self.judged.left_out_of.entry(name.clone()).or_default() += 1;
        }
    }

    /// What is wrong with a row's look-ups. By key, a look-up also finds what rows above bring to former tables of the
    /// mapping, and what the row itself does: that will be written before it is needed.
    fn unrelated(&self, drafts: &[Option<Draft>]) -> Unrelated {
        let tables = &self.mapping.tables;
        let brought_before = |at: usize, table: &Table, key: &str| {
            (0..at).filter(|&former| tables[former].table == *table).any(|former| {
                self.above[former].contains(key) || drafts[former].as_ref().is_some_and(|draft| draft.key == key)
            })
        };
        let Unrelated { mut faults, mut unfound, mut gone } = Unrelated::default();
        for (at, (table, draft)) in tables.iter().zip(drafts).enumerate() {
            let Some(draft) = draft else { continue };
            let exists = || {
                self.lookups.found(&table.table, table.table.key(), &draft.key).is_some()
                    || brought_before(at, &table.table, &draft.key)
            };
            if table.update_only && !exists() {
                let reason = format!("{} has no row with this key, and the mapping only updates", table.table.name);
                faults.push(self.fault(&table.key.parts[0].origin, &draft.key, reason));
            }
            for (place, lookup, rule, text) in related(table, draft) {
                let is_brought = || by_key(lookup) && brought_before(at, &lookup.table, text);
                let reason = match self.lookups.found(&lookup.table, &lookup.column, text) {
                    Some(Found::One(_)) => continue,
                    Some(Found::Gone(_)) => {
                        let (column, odd) = (table.columns[place].0.name.clone(), Odd::Gone(lookup.table.name.clone()));
                        if !is_brought() {
                            gone.push((at, Oddity { column, odd, value: text.to_owned() }));
                        }
                        continue;
                    }
                    Some(Found::Several) => {
                        format!("several rows of {} have the {} “{text}”", lookup.table.name, lookup.column.name)
                    }
                    None if lookup.policy != Policy::Required => continue,
                    None if is_brought() => continue,
                    None => {
                        unfound.push(((at, place), text.to_owned()));
                        format!("{} has no row with the {} “{text}”", lookup.table.name, lookup.column.name)
                    }
                };
                faults.push(self.fault(&rule.text.origin, text, reason));
            }
        }
        Unrelated { faults, unfound, gone }
    }

    fn fault(&self, origin: &Origin, value: &str, reason: String) -> Fault {
        Fault { column: self.mapping.named(origin), value: value.to_owned(), reason }
    }
}

/// The tables that a row brings something to, each with its place in the mapping, with what.
fn brings<'m, 'c>(
    mapping: &'m Mapping,
    candidate: &'c Candidate,
) -> impl Iterator<Item = (usize, &'m TableMapping, &'c Draft)> {
    let drafts = candidate.drafts.as_deref().unwrap_or_default();
    let tables = mapping.tables.iter().enumerate().zip(drafts);
    tables.filter_map(|((at, table), draft)| Some((at, table, draft.as_ref()?)))
}

/// The look-ups that a draft needs, each with the place of its column.
fn related<'m, 'd>(
    table: &'m TableMapping,
    draft: &'d Draft,
) -> impl Iterator<Item = (usize, &'m Lookup, &'m ColumnRule, &'d str)> {
    table.columns.iter().zip(&draft.cells).enumerate().filter_map(|(place, ((_, rule), cell))| match cell {
        Cell::Related(text) => Some((place, rule.lookup.as_ref()?, rule, text.as_str())),
        Cell::Value(_) => None,
    })
}

/// What is staged of a draft: the texts of look-ups stand in place of ids.
fn fact(draft: Draft) -> Fact {
    let value = |cell| match cell {
        Cell::Value(value) => value,
        Cell::Related(text) => Value::Text(text),
    };
    Fact {
        key: draft.key,
        values: draft.cells.into_iter().map(value).collect(),
        attributes: draft.attributes,
        valid_from: draft.valid_from,
        changed_at: draft.changed_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::At;
    use csv::StringRecord;

    #[test]
    fn of_too_many_rejected_rows_the_rest_is_only_counted() {
        let mut judged = Judged::default();
        let cells = StringRecord::from(vec!["a".repeat(1 << 20)]);
        for line in 0..100 {
            let fault = Fault { column: String::new(), value: String::new(), reason: "no row".to_owned() };
            judged.reject(Rejected::new(At { file: None, line }, &cells, vec![fault]));
        }
        assert_eq!((judged.rejected.len(), judged.rejected_beyond), (63, 37));
    }
}
