//! The first pass: which rows can be imported, and which row has the last word on each key. Writes nothing.

use crate::convert::Formats;
use crate::error::ImportError;
use crate::input::{Chunk, Input};
use crate::mapping::{ColumnRule, Lookup, Mapping, Origin, Policy, TableMapping};
use crate::row::{Cell, Draft, Occurrences, Row};
use crate::source::Record;
use crate::summary::{Cleaned, Fate, Fault, Rejected, Skipped, TableCounts};
use csv::StringRecord;
use pegel_kpi::data::model::{Column, Table};
use pegel_store::facts::{Found, Writer};
use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::io::{Read, Seek};
use std::sync::Arc;

/// How much memory rejected rows may take; beyond it they are only counted.
const REJECTED_BYTES: usize = 64 << 20;

/// What is known of a file after its check; what the writing then adds to.
#[derive(Default)]
pub(crate) struct Checked {
    /// By the number of the row.
    pub fates: Vec<Fate>,
    pub rejected: Vec<Rejected>,
    pub rejected_beyond: u64,
    rejected_bytes: usize,
    /// By the place in [`Mapping::columns`].
    pub cleaned: BTreeMap<usize, Cleaned>,
    /// For each table of the mapping: the keys that the file brings, each with the last row that does, or the one whose
    /// values hold from the latest day on.
    pub brought: Vec<HashMap<String, Brought>>,
    /// Of tables of which the file is the whole: the keys of rows that were not taken.
    pub not_taken: BTreeMap<Arc<str>, HashSet<String>>,
    /// Rows of which no key of such a table can be told.
    pub keyless: u64,
    pub superseded: u64,
    pub unresolved: u64,
    pub skipped: Vec<Skipped>,
    pub unused_columns: Vec<String>,
    pub header: Vec<String>,
    pub tables: BTreeMap<Arc<str>, TableCounts>,
}

impl Checked {
    fn reject(&mut self, row: Rejected) {
        self.fates.push(Fate::Rejected);
        self.rejected_bytes += row.size();
        if self.rejected_bytes <= REJECTED_BYTES {
            self.rejected.push(row);
        } else {
            self.rejected_beyond += 1;
        }
    }
}

impl Checked {
    /// Whether the file has a row with that key, taken or not.
    pub fn has(&self, mapping: &Mapping, table: &Table, key: &str) -> bool {
        let mut brought = mapping.tables.iter().zip(&self.brought).filter(|(section, _)| section.table == *table);
        brought.any(|(_, brought)| brought.contains_key(key))
            || self.not_taken.get(&table.name).is_some_and(|keys| keys.contains(key))
    }

    fn has_not_taken(&mut self, table: &Table, key: String) {
        self.not_taken.entry(table.name.clone()).or_default().insert(key);
    }
}

/// A row that brings a key.
pub(crate) struct Brought {
    /// The number of the row.
    pub row: usize,
    pub valid_from: Option<i64>,
    /// Whether any row of the key says from when on it holds.
    pub dated: bool,
    /// A hash of what it says, by which copies are told from contradictions.
    print: u64,
}

/// What look-ups found: by the names of table and column, by text.
type Finds<'a> = HashMap<(&'a str, &'a str), HashMap<String, Found>>;

/// A row on trial: what it brings to each table of the mapping.
struct Candidate {
    number: usize,
    line: u64,
    /// As they stand in the file.
    cells: StringRecord,
    /// The columns of the mapping whose values were cleaned.
    cleaned: Vec<usize>,
    drafts: Result<Vec<Option<Draft>>, Vec<Fault>>,
}

/// Reads all rows and judges them.
pub(crate) fn check<S: Read + Seek>(
    input: &mut Input<S>,
    writer: &mut Writer,
    now: i64,
) -> Result<Checked, ImportError> {
    let mut check = Check::new(input.mapping, input.formats, now);
    let passed = input.pass(|chunk| check.chunk(chunk, writer))?;
    let mut checked = check.checked;
    let unused = passed.header.iter().enumerate().filter(|(place, _)| !passed.places.contains(place));
    checked.unused_columns = unused.map(|(_, name)| name.clone()).collect();
    checked.header = passed.header;
    checked.skipped = passed.skipped;
    Ok(checked)
}

struct Check<'a> {
    mapping: &'a Mapping,
    formats: &'a Formats<'a>,
    /// UTC seconds.
    now: i64,
    /// For each table of the mapping.
    seen: Vec<Occurrences>,
    checked: Checked,
}

impl<'a> Check<'a> {
    fn new(mapping: &'a Mapping, formats: &'a Formats<'a>, now: i64) -> Check<'a> {
        let mut checked = Checked::default();
        checked.brought.resize_with(mapping.tables.len(), HashMap::new);
        Check { mapping, formats, now, seen: vec![Occurrences::new(); mapping.tables.len()], checked }
    }

    fn chunk(&mut self, chunk: Chunk, writer: &mut Writer) -> Result<(), ImportError> {
        let Chunk { first, records, places } = chunk;
        let candidates: Vec<Candidate> = records
            .into_iter()
            .enumerate()
            .map(|(offset, record)| self.candidate(first + offset, record, places))
            .collect();
        let finds = self.look_up(&candidates, writer)?;
        for candidate in candidates {
            self.judge(candidate, &finds);
        }
        Ok(())
    }

    fn candidate(&mut self, number: usize, record: Record, places: &[usize]) -> Candidate {
        let Record { line, cells, original, broken } = record;
        let drafts = match broken {
            Some(reason) => {
                self.checked.keyless += u64::from(self.mapping.tables.iter().any(|table| table.complete));
                Err(vec![Fault { column: String::new(), value: String::new(), reason }])
            }
            None => self.drafts(&cells, places),
        };
        let mut cleaned = Vec::new();
        if let Some(original) = &original {
            cleaned
                .extend((0..places.len()).filter(|&column| cells.get(places[column]) != original.get(places[column])));
        }
        Candidate { number, line, cells: original.unwrap_or(cells), cleaned, drafts }
    }

    /// What a row brings to each table. All tables are asked even if one has found a fault, so that occurrences are
    /// counted alike in every pass, and all faults of the row come out at once.
    fn drafts(&mut self, cells: &StringRecord, places: &[usize]) -> Result<Vec<Option<Draft>>, Vec<Fault>> {
        let row = Row { cells, places, mapping: self.mapping, formats: self.formats };
        let mut drafts = Vec::with_capacity(self.mapping.tables.len());
        let mut faults = Vec::new();
        let mut keyless = false;
        for (table, seen) in self.mapping.tables.iter().zip(&mut self.seen) {
            let draft = row.draft(table, seen).and_then(|draft| not_ahead(&row, table, draft, self.now));
            if let (true, Ok(None) | Err(_)) = (table.complete, &draft) {
                match row.key_not_taken(&table.key, seen) {
                    Some(key) => self.checked.has_not_taken(&table.table, key),
                    None => keyless |= draft.is_err(),
                }
            }
            match draft {
                Ok(draft) => drafts.push((table, draft)),
                Err(found) => faults.extend(found),
            }
        }
        self.checked.keyless += u64::from(keyless);
        faults.dedup();
        if faults.is_empty() {
            return Ok(drafts.into_iter().map(|(_, draft)| draft).collect());
        }
        for (table, draft) in drafts {
            self.reject(table, draft);
        }
        Err(faults)
    }

    /// What a rejected row would have brought is in the file nevertheless.
    fn reject(&mut self, table: &TableMapping, draft: Option<Draft>) {
        if let Some(draft) = draft.filter(|_| table.complete) {
            self.checked.has_not_taken(&table.table, draft.key);
        }
    }

    /// Asks the database for all related rows of some rows, once for each column that is looked at.
    fn look_up(&self, candidates: &[Candidate], writer: &mut Writer) -> Result<Finds<'a>, ImportError> {
        let mut wanted: BTreeMap<(&str, &str), (&Table, &Column, BTreeSet<&str>)> = BTreeMap::new();
        for (mapping, draft) in candidates.iter().flat_map(|candidate| self.brings(candidate)) {
            let mut want = |table: &'a Table, column: &'a Column, text| {
                let texts =
                    wanted.entry((&table.name, &column.name)).or_insert_with(|| (table, column, BTreeSet::new()));
                texts.2.insert(text);
            };
            if mapping.update_only {
                want(&mapping.table, mapping.table.key(), draft.key.as_str());
            }
            for (lookup, _, text) in related(mapping, draft) {
                want(&lookup.table, &lookup.column, text);
            }
        }
        let mut finds = Finds::new();
        for (names, (table, column, texts)) in wanted {
            let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            finds.insert(names, writer.find(table, column, &texts)?);
        }
        Ok(finds)
    }

    /// The tables that a row brings something to, with what.
    fn brings<'c>(&self, candidate: &'c Candidate) -> impl Iterator<Item = (&'a TableMapping, &'c Draft)> {
        let drafts = candidate.drafts.as_deref().unwrap_or_default();
        self.mapping.tables.iter().zip(drafts).filter_map(|(table, draft)| Some((table, draft.as_ref()?)))
    }

    fn judge(&mut self, candidate: Candidate, finds: &Finds) {
        let faults = match &candidate.drafts {
            Ok(drafts) => self.unrelated(drafts, finds),
            Err(faults) => faults.clone(),
        };
        let Candidate { number, line, cells, cleaned, drafts } = candidate;
        if !faults.is_empty() {
            for (table, draft) in self.mapping.tables.iter().zip(drafts.unwrap_or_default()) {
                self.reject(table, draft);
            }
            self.checked.reject(Rejected::new(line, &cells, faults));
            return;
        }
        let drafts = drafts.unwrap_or_default();
        let wanted = drafts.iter().any(Option::is_some);
        for column in cleaned.into_iter().filter(|_| wanted) {
            let name = || self.mapping.columns[column].clone();
            let none_yet = || Cleaned { column: name(), values: 0, first_line: line };
            self.checked.cleaned.entry(column).or_insert_with(none_yet).values += 1;
        }
        self.checked.fates.push(if wanted { Fate::Unchanged } else { Fate::LeftOut });
        for (brought, draft) in self.checked.brought.iter_mut().zip(drafts) {
            let Some(draft) = draft else { continue };
            let dated = draft.valid_from.is_some();
            let now = Brought { row: number, valid_from: draft.valid_from, dated, print: print(&draft) };
            match brought.entry(draft.key) {
                Entry::Vacant(entry) => _ = entry.insert(now),
                Entry::Occupied(mut entry) => {
                    let former = entry.get_mut();
                    let same_time = former.valid_from == now.valid_from;
                    self.checked.superseded += u64::from(same_time && former.print != now.print);
                    let dated = former.dated || now.dated;
                    // What is not said to hold from a day on holds from now on.
                    if now.valid_from.is_none_or(|from| former.valid_from.is_some_and(|former| former <= from)) {
                        *former = now;
                    }
                    former.dated = dated;
                }
            }
        }
    }

    /// What is wrong with a row's look-ups. By key, a look-up also finds what former rows bring to former tables of the
    /// mapping, and what the row itself does: that will be written before it is needed.
    fn unrelated(&self, drafts: &[Option<Draft>], finds: &Finds) -> Vec<Fault> {
        let tables = &self.mapping.tables;
        let brought_before = |at: usize, table: &Table, key: &str| {
            (0..at).filter(|&former| tables[former].table == *table).any(|former| {
                self.checked.brought[former].contains_key(key)
                    || drafts[former].as_ref().is_some_and(|draft| draft.key == key)
            })
        };
        let found = |table: &Table, column: &str, text: &str| finds.get(&(&*table.name, column))?.get(text).copied();
        let mut faults = Vec::new();
        for (at, (table, draft)) in tables.iter().zip(drafts).enumerate() {
            let Some(draft) = draft else { continue };
            let exists =
                || found(&table.table, "key", &draft.key).is_some() || brought_before(at, &table.table, &draft.key);
            if table.update_only && !exists() {
                let reason = format!("{} has no row with this key, and the mapping only updates", table.table.name);
                faults.push(self.fault(&table.key.parts[0].origin, &draft.key, reason));
            }
            for (lookup, rule, text) in related(table, draft) {
                let by_key = lookup.column == *lookup.table.key();
                let reason = match found(&lookup.table, &lookup.column.name, text) {
                    Some(Found::One(_)) => continue,
                    Some(Found::Several) => {
                        format!("several rows of {} have the {} “{text}”", lookup.table.name, lookup.column.name)
                    }
                    None if lookup.policy != Policy::Required => continue,
                    None if by_key && brought_before(at, &lookup.table, text) => continue,
                    None => format!("{} has no row with the {} “{text}”", lookup.table.name, lookup.column.name),
                };
                faults.push(self.fault(&rule.text.origin, text, reason));
            }
        }
        faults
    }

    fn fault(&self, origin: &Origin, value: &str, reason: String) -> Fault {
        let column = match origin {
            Origin::Column(column) => self.mapping.columns[column.0].clone(),
            Origin::Constant(_) => String::new(),
        };
        Fault { column, value: value.to_owned(), reason }
    }
}

/// What holds only from a day in the future on would count in what is scoped today.
fn not_ahead(row: &Row, table: &TableMapping, draft: Option<Draft>, now: i64) -> Result<Option<Draft>, Vec<Fault>> {
    let ahead = draft.as_ref().and_then(|draft| draft.valid_from).is_some_and(|from| from > now);
    match &table.valid_from {
        Some(rule) if ahead => {
            Err(vec![row.fault(&rule.text, "it is in the future: import the row when it holds".to_owned())])
        }
        _ => Ok(draft),
    }
}

/// The look-ups that a draft needs.
fn related<'m, 'd>(
    table: &'m TableMapping,
    draft: &'d Draft,
) -> impl Iterator<Item = (&'m Lookup, &'m ColumnRule, &'d str)> {
    table.columns.iter().zip(&draft.cells).filter_map(|((_, rule), cell)| match cell {
        Cell::Related(text) => Some((rule.lookup.as_ref()?, rule, text.as_str())),
        Cell::Value(_) => None,
    })
}

fn print(draft: &Draft) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{:?}{:?}", draft.cells, draft.attributes).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_rejected_rows_the_rest_is_only_counted() {
        let mut checked = Checked::default();
        let cells = StringRecord::from(vec!["a".repeat(1 << 20)]);
        for line in 0..100 {
            let fault = Fault { column: String::new(), value: String::new(), reason: "no row".to_owned() };
            checked.reject(Rejected::new(line, &cells, vec![fault]));
        }
        assert_eq!((checked.rejected.len(), checked.rejected_beyond, checked.fates.len()), (63, 37, 100));
    }
}
