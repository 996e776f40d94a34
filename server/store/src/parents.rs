//! Columns of small tables that others refer to (the names of partners), read once and joined here, by position: a join
//! in SQL searches its table anew for each row.

use crate::StoreError;
use pegel_kpi::data::batch::{Batch, Dictionary, MISSING_TEXT, Values};
use pegel_kpi::data::model::Table;
use pegel_kpi::data::path::Path;
use pegel_kpi::data::path::Projection;
use pegel_kpi::data::scan::Scan;
use pegel_kpi::data::scope::Scope;
use std::cmp::Ordering;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Tables of more rows than this are joined in SQL: to read so many takes some milliseconds.
pub(crate) const MOST: i64 = 20_000;

/// Ids up to this one are positions. They are given out in turn, so that those of a small table are small.
const GREATEST_ID: usize = 100_000;

/// A column of a small table, by the id of the row.
type ById = Arc<Values>;

/// Columns by the table and the column; `None` where the table is not small.
type Columns = HashMap<(Arc<str>, Path), Option<ById>>;

/// The columns of small tables that a reader knows, of the facts of one generation.
pub(crate) struct Parents {
    generation: i64,
    columns: Columns,
    /// Whether there are some that others do not know yet.
    are_new: bool,
}

/// Those that readers have read of late, with the generation of the facts: as long as nobody writes any into their tables,
/// they need not be read again.
#[derive(Default)]
pub(crate) struct Shared(Mutex<Option<(i64, Columns)>>);

impl Shared {
    /// What is known of the facts of that generation. `touched_since` says which tables those after a generation wrote
    /// into, as long as that is known.
    pub(crate) fn of(
        &self,
        generation: i64,
        touched_since: impl FnOnce(i64) -> Result<Option<HashSet<String>>, StoreError>,
    ) -> Result<Parents, StoreError> {
        let Some((of, mut columns)) = self.lock().clone() else {
            return Ok(Parents { generation, columns: Columns::new(), are_new: false });
        };
        let touched = match of.cmp(&generation) {
            Ordering::Less => touched_since(of)?,
            Ordering::Equal => Some(HashSet::new()),
            Ordering::Greater => None,
        };
        columns.retain(|(table, _), _| touched.as_ref().is_some_and(|touched| !touched.contains(&**table)));
        Ok(Parents { generation, columns, are_new: of != generation })
    }

    /// Adds what a reader knows; what is of another generation goes.
    pub(crate) fn add(&self, parents: &mut Parents) {
        if !std::mem::take(&mut parents.are_new) {
            return;
        }
        let columns = parents.columns.clone();
        match &mut *self.lock() {
            Some((generation, known)) if *generation == parents.generation => known.extend(columns),
            other => *other = Some((parents.generation, columns)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(i64, Columns)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A scan as it goes to the database, with its columns made of what comes back.
pub(crate) struct Narrowed {
    /// What SQL reads.
    pub(crate) scan: Scan,
    columns: Vec<MadeOf>,
}

/// Where a column of the scan comes from.
enum MadeOf {
    /// It is this column of what was read.
    Read(usize),
    /// The first of these that is not missing.
    First(Vec<Part>),
}

/// A part of a column.
struct Part {
    /// The column that was read: the value itself, or the id of the row that has it.
    read: usize,
    by_id: Option<ById>,
    /// For each text of where it comes from, its code in the column, once it has occurred there.
    codes: Vec<u32>,
}

impl Parents {
    /// Takes out of a scan what is found in small tables; `read` reads all rows of such a table.
    pub(crate) fn narrow(
        &mut self,
        scan: &Scan,
        mut read: impl FnMut(&Scan, &mut dyn FnMut(&Batch)) -> Result<(), StoreError>,
    ) -> Result<Narrowed, StoreError> {
        let mut needed: Vec<Projection> = Vec::new();
        let mut place = |wanted: Projection| {
            needed.iter().position(|known| *known == wanted).unwrap_or_else(|| {
                needed.push(wanted);
                needed.len() - 1
            })
        };
        let mut columns = Vec::with_capacity(scan.columns.len());
        for Projection(paths) in &scan.columns {
            let mut parts: Vec<Part> = Vec::new();
            // Paths that stay in SQL are coalesced there.
            let mut staying: Vec<Path> = Vec::new();
            let plain = |read| Part { read, by_id: None, codes: Vec::new() };
            for path in paths {
                match self.column(&scan.table, path, &mut read)? {
                    Some((key, by_id)) => {
                        if !staying.is_empty() {
                            parts.push(plain(place(Projection(std::mem::take(&mut staying)))));
                        }
                        parts.push(Part { by_id: Some(by_id), ..plain(place(Projection::of(key))) });
                    }
                    None => staying.push(path.clone()),
                }
            }
            if !staying.is_empty() {
                parts.push(plain(place(Projection(staying))));
            }
            columns.push(match &parts[..] {
                [Part { read, by_id: None, .. }] => MadeOf::Read(*read),
                _ => MadeOf::First(parts),
            });
        }
        Ok(Narrowed { scan: Scan { columns: needed, ..scan.clone() }, columns })
    }

    /// Of a path into a small table: the path of the foreign key, and the column behind it.
    fn column(
        &mut self,
        from: &Table,
        path: &Path,
        read: &mut impl FnMut(&Scan, &mut dyn FnMut(&Batch)) -> Result<(), StoreError>,
    ) -> Result<Option<(Path, ById)>, StoreError> {
        let Some(key) = Path::key_of(&path.references) else { return Ok(None) };
        let parent = from.reached(path);
        let own = Path { references: Vec::new(), ..path.clone() };
        let known = match self.columns.entry((parent.name.clone(), own)) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let by_id = by_id(parent, &place.key().1, read)?;
                self.are_new = true;
                place.insert(by_id).clone()
            }
        };
        Ok(known.map(|by_id| (key, by_id)))
    }
}

/// Reads a column; `None` if the table is empty or not small.
fn by_id(
    table: Table,
    path: &Path,
    read: &mut impl FnMut(&Scan, &mut dyn FnMut(&Batch)) -> Result<(), StoreError>,
) -> Result<Option<ById>, StoreError> {
    let columns = vec![Projection::of(Path::own(table.id())), Projection::of(path.clone())];
    let scan = Scan { table, columns, window: None, scope: Scope::everything() };
    let Some(mut by_id) = Batch::new(&scan.columns).columns.pop() else { return Ok(None) };
    let mut small = true;
    read(&scan, &mut |batch| {
        let [Values::Numbers(ids), values] = &batch.columns[..] else { unreachable!("an id and another column") };
        for (row, id) in ids.iter().enumerate() {
            match position(*id) {
                Some(position) if position <= GREATEST_ID => put(&mut by_id, position, values, row),
                _ => small = false,
            }
        }
    })?;
    let empty = match &by_id {
        Values::Numbers(numbers) => numbers.is_empty(),
        Values::Texts(codes, _) => codes.is_empty(),
    };
    Ok((small && !empty).then(|| Arc::new(by_id)))
}

fn put(by_id: &mut Values, position: usize, values: &Values, row: usize) {
    match (by_id, values) {
        (Values::Numbers(all), Values::Numbers(values)) => {
            all.resize(all.len().max(position + 1), f64::NAN);
            all[position] = values[row];
        }
        (Values::Texts(all, dictionary), Values::Texts(codes, texts)) => {
            all.resize(all.len().max(position + 1), MISSING_TEXT);
            all[position] = texts.text(codes[row]).map_or(MISSING_TEXT, |text| dictionary.intern(text));
        }
        _ => unreachable!("both are of the column's kind"),
    }
}

/// The place of the row with that id; `None` for a missing one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ids are whole, and asked whether positive"
)]
fn position(id: f64) -> Option<usize> {
    (id > 0.0).then_some(id as usize)
}

impl Narrowed {
    /// Makes the columns of the scan of those that were read. What is the same column is exchanged for it: call it
    /// again to give it back.
    pub(crate) fn exchange(&mut self, read: &mut Batch, wanted: &mut Batch) {
        for (source, wanted) in self.columns.iter().zip(&mut wanted.columns) {
            if let MadeOf::Read(at) = source {
                std::mem::swap(&mut read.columns[*at], wanted);
            }
        }
    }

    /// Makes the columns that are looked up.
    pub(crate) fn look_up(&mut self, read: &Batch, wanted: &mut Batch) {
        for (source, wanted) in self.columns.iter_mut().zip(&mut wanted.columns) {
            let MadeOf::First(parts) = source else { continue };
            match wanted {
                Values::Numbers(numbers) => {
                    numbers.clear();
                    numbers.resize(read.len(), f64::NAN);
                    for part in parts {
                        part.numbers(read, numbers);
                    }
                }
                Values::Texts(codes, dictionary) => {
                    codes.clear();
                    codes.resize(read.len(), MISSING_TEXT);
                    for part in parts {
                        part.texts(read, codes, dictionary);
                    }
                }
            }
        }
    }
}

impl Part {
    /// Fills in what is still missing.
    fn numbers(&self, read: &Batch, wanted: &mut [f64]) {
        let Values::Numbers(read) = &read.columns[self.read] else { unreachable!("numbers are made of numbers") };
        let missing = wanted.iter_mut().zip(read).filter(|(wanted, _)| wanted.is_nan());
        match self.by_id.as_deref() {
            None => {
                for (wanted, read) in missing {
                    *wanted = *read;
                }
            }
            Some(Values::Numbers(by_id)) => {
                for (wanted, id) in missing {
                    *wanted = position(*id).and_then(|id| by_id.get(id)).copied().unwrap_or(f64::NAN);
                }
            }
            Some(Values::Texts(..)) => unreachable!("numbers are made of numbers"),
        }
    }

    /// Fills in what is still missing.
    fn texts(&mut self, read: &Batch, wanted: &mut [u32], dictionary: &mut Dictionary) {
        let Part { by_id, codes, .. } = self;
        let mut translated = |code: u32, known: &Dictionary| {
            let Some(text) = known.text(code) else { return MISSING_TEXT };
            let at = code as usize;
            codes.resize(codes.len().max(at + 1), MISSING_TEXT);
            if codes[at] == MISSING_TEXT {
                codes[at] = dictionary.intern(text);
            }
            codes[at]
        };
        match (by_id.as_deref(), &read.columns[self.read]) {
            (None, Values::Texts(read, known)) => {
                let missing = wanted.iter_mut().zip(read).filter(|(wanted, _)| **wanted == MISSING_TEXT);
                for (wanted, code) in missing {
                    *wanted = translated(*code, known);
                }
            }
            (Some(Values::Texts(by_id, known)), Values::Numbers(ids)) => {
                let missing = wanted.iter_mut().zip(ids).filter(|(wanted, _)| **wanted == MISSING_TEXT);
                for (wanted, id) in missing {
                    let code = position(*id).and_then(|id| by_id.get(id)).copied();
                    *wanted = translated(code.unwrap_or(MISSING_TEXT), known);
                }
            }
            _ => unreachable!("texts are made of texts, and keys are numbers"),
        }
    }
}
