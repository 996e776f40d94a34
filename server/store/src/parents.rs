//! What scans read of other rows, joined here. Columns of small tables that others refer to (the names of partners) are read
//! once and found by position: a join in SQL searches its table anew for each row. What a row held at a date is found by
//! its id, whatever the size of its table.

use crate::StoreError;
use crate::spans::{AtThatTime, Spans};
use pegel_kpi::data::batch::{Batch, Dictionary, MISSING_TEXT, Values};
use pegel_kpi::data::model::{Kind, Table};
use pegel_kpi::data::path::Path;
use pegel_kpi::data::path::Projection;
use pegel_kpi::data::scan::Scan;
use pegel_kpi::data::scope::Scope;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;
use std::sync::Arc;

/// Tables of more rows than this are joined in SQL: to read so many takes some milliseconds.
pub(crate) const MOST: i64 = 20_000;

/// Ids up to this one are positions. They are given out in turn, so that those of a small table are small.
const GREATEST_ID: usize = 100_000;

/// A column of a small table, by the id of the row.
type ById = Rc<Values>;

/// The names of a table and of one of its columns.
type ColumnOf = (Arc<str>, Arc<str>);

/// What was read so far.
#[derive(Default)]
pub(crate) struct Parents {
    /// The columns of small tables; `None` where the table is not small.
    small: HashMap<(Arc<str>, Path), Option<ById>>,
    /// What columns of tables held from when on; `None` where they always held the same.
    spans: HashMap<ColumnOf, Option<Rc<Spans>>>,
}

/// What [`Parents`] reads itself.
pub(crate) trait Reads {
    /// All rows of a small table, those that are gone included; none of one that is not small.
    fn whole(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), StoreError>;

    /// What a column of a table held from when on.
    fn spans(&mut self, table: &str, column: &Path) -> Result<Option<Spans>, StoreError>;
}

/// A scan as it goes to the database, with its columns made of what comes back.
pub(crate) struct Narrowed {
    /// What SQL reads.
    pub(crate) scan: Scan,
    columns: Vec<Origin>,
}

/// Where a column of the scan comes from.
enum Origin {
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
    /// If it is asked what the row held at a date.
    held: Option<Held>,
    codes: Codes,
}

/// What a row held at a date.
struct Held {
    spans: Rc<Spans>,
    /// The columns that were read: the id of the row, and the date.
    id: usize,
    date: usize,
    date_kind: Kind,
}

/// For each text of where a column comes from, its code in the column, once it has occurred there.
#[derive(Default)]
struct Codes(Vec<u32>);

impl Parents {
    /// Takes out of a scan what is found here.
    pub(crate) fn narrow(&mut self, scan: &Scan, reads: &mut impl Reads) -> Result<Narrowed, StoreError> {
        let mut needed = Needed::default();
        let mut columns = Vec::with_capacity(scan.columns.len());
        for Projection(paths) in &scan.columns {
            let mut parts: Vec<Part> = Vec::new();
            // Paths that stay in SQL are coalesced there.
            let mut staying: Vec<Path> = Vec::new();
            for path in paths {
                let today = Path { held_at: None, ..path.clone() };
                let small = self.column(&scan.table, &today, reads)?;
                let held = self.held(&scan.table, path, reads)?;
                if small.is_none() && held.is_none() {
                    staying.push(today);
                    continue;
                }
                parts.extend(needed.coalesced(&mut staying));
                let (read, by_id) = small.map_or((today, None), |(key, by_id)| (key, Some(by_id)));
                let held = held.map(|(spans, id, date)| Held {
                    spans,
                    date_kind: date.column.kind,
                    id: needed.place(Projection::of(id)),
                    date: needed.place(Projection::of(date)),
                });
                parts.push(Part { by_id, held, ..Part::read(needed.place(Projection::of(read))) });
            }
            parts.extend(needed.coalesced(&mut staying));
            columns.push(match &parts[..] {
                [Part { read, by_id: None, held: None, .. }] => Origin::Read(*read),
                _ => Origin::First(parts),
            });
        }
        Ok(Narrowed { scan: Scan { columns: needed.0, ..scan.clone() }, columns })
    }

    /// Of a path into a small table: the path of the foreign key, and the column behind it.
    fn column(
        &mut self,
        from: &Table,
        path: &Path,
        reads: &mut impl Reads,
    ) -> Result<Option<(Path, ById)>, StoreError> {
        let Some(key) = Path::key_of(&path.references) else { return Ok(None) };
        let parent = from.reached(path);
        let own = Path { references: Vec::new(), ..path.clone() };
        let known = match self.small.entry((parent.name.clone(), own)) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let by_id = by_id(parent, &place.key().1, reads)?;
                place.insert(by_id).clone()
            }
        };
        Ok(known.map(|by_id| (key, by_id)))
    }

    /// Of a path that asks what a row held at a date: what its column held in all rows, and the paths of the row's id and of
    /// the date. `None` where nothing but today's values is known.
    fn held(
        &mut self,
        from: &Table,
        path: &Path,
        reads: &mut impl Reads,
    ) -> Result<Option<(Rc<Spans>, Path, Path)>, StoreError> {
        let Some(date) = path.held_at.as_deref() else { return Ok(None) };
        let parent = from.reached(path);
        let spans = match self.spans.entry((parent.name.clone(), path.column.name.clone())) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => place.insert(reads.spans(&parent.name, path)?.map(Rc::new)).clone(),
        };
        let id = Path::key_of(&path.references).unwrap_or_else(|| Path::own(from.id()));
        Ok(spans.map(|spans| (spans, id, date.clone())))
    }
}

/// The columns that SQL reads.
#[derive(Default)]
struct Needed(Vec<Projection>);

impl Needed {
    fn place(&mut self, wanted: Projection) -> usize {
        self.0.iter().position(|known| *known == wanted).unwrap_or_else(|| {
            self.0.push(wanted);
            self.0.len() - 1
        })
    }

    /// The first of these paths that is not missing; takes them.
    fn coalesced(&mut self, paths: &mut Vec<Path>) -> Option<Part> {
        (!paths.is_empty()).then(|| Part::read(self.place(Projection(std::mem::take(paths)))))
    }
}

/// Reads a column; `None` if the table is empty or not small.
fn by_id(table: Table, path: &Path, reads: &mut impl Reads) -> Result<Option<ById>, StoreError> {
    let columns = vec![Projection::of(Path::own(table.id())), Projection::of(path.clone())];
    let scan = Scan { table, columns, window: None, scope: Scope::everything() };
    let Some(mut by_id) = Batch::new(&scan.columns).columns.pop() else { return Ok(None) };
    let mut small = true;
    reads.whole(&scan, &mut |batch| {
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
    Ok((small && !empty).then(|| Rc::new(by_id)))
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
    /// Makes the columns of the scan of those that were read. What is the same column is exchanged for it: call it again
    /// to give it back.
    pub(crate) fn exchange(&mut self, read: &mut Batch, wanted: &mut Batch) {
        for (source, wanted) in self.columns.iter().zip(&mut wanted.columns) {
            if let Origin::Read(at) = source {
                std::mem::swap(&mut read.columns[*at], wanted);
            }
        }
    }

    /// Makes the columns that are looked up.
    pub(crate) fn look_up(&mut self, read: &Batch, wanted: &mut Batch) {
        for (source, wanted) in self.columns.iter_mut().zip(&mut wanted.columns) {
            let Origin::First(parts) = source else { continue };
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
    /// A column as it was read.
    fn read(read: usize) -> Part {
        Part { read, by_id: None, held: None, codes: Codes::default() }
    }

    /// Fills in what is still missing. Numbers keep no spans.
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
        let Part { by_id, codes, held, .. } = self;
        let held = held.as_ref().map(|held| held.of(read));
        let missing = |(_, wanted): &(usize, &mut u32)| **wanted == MISSING_TEXT;
        for (row, wanted) in wanted.iter_mut().enumerate().filter(missing) {
            match held.as_ref().map_or(AtThatTime::AsToday, |held| held(row)) {
                AtThatTime::AsToday => {}
                AtThatTime::Missing => continue,
                AtThatTime::Text(text) => {
                    *wanted = dictionary.intern(text);
                    continue;
                }
            }
            let (code, known) = match (by_id.as_deref(), &read.columns[self.read]) {
                (None, Values::Texts(read, known)) => (Some(read[row]), known),
                (Some(Values::Texts(by_id, known)), Values::Numbers(ids)) => {
                    (position(ids[row]).and_then(|id| by_id.get(id)).copied(), known)
                }
                _ => unreachable!("texts are made of texts, and keys are numbers"),
            };
            *wanted = codes.translated(code.unwrap_or(MISSING_TEXT), known, dictionary);
        }
    }
}

impl Held {
    /// What each row of a batch held at its date.
    fn of<'a>(&'a self, read: &'a Batch) -> impl Fn(usize) -> AtThatTime<'a> {
        let (Values::Numbers(ids), Values::Numbers(dates)) = (&read.columns[self.id], &read.columns[self.date]) else {
            unreachable!("ids and dates are numbers")
        };
        move |row| match (whole(ids[row]), whole(dates[row])) {
            (Some(id), Some(date)) => self.spans.at(id, instant(date, self.date_kind)),
            _ => AtThatTime::AsToday,
        }
    }
}

impl Codes {
    fn translated(&mut self, code: u32, known: &Dictionary, dictionary: &mut Dictionary) -> u32 {
        let Some(text) = known.text(code) else { return MISSING_TEXT };
        let at = code as usize;
        self.0.resize(self.0.len().max(at + 1), MISSING_TEXT);
        if self.0[at] == MISSING_TEXT {
            self.0[at] = dictionary.intern(text);
        }
        self.0[at]
    }
}

/// The instant of a date as it is stored. A day stands for its noon in UTC, when it is that day nearly everywhere.
fn instant(date: i64, kind: Kind) -> i64 {
    if kind == Kind::Date { date.saturating_mul(86_400).saturating_add(43_200) } else { date }
}

#[expect(clippy::cast_possible_truncation, reason = "ids and dates are whole and below 2^53")]
fn whole(number: f64) -> Option<i64> {
    (!number.is_nan()).then_some(number as i64)
}
