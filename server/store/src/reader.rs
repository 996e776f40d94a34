//! Scans and their answers.

use crate::StoreError;
use crate::ahead::{Read, ahead};
use crate::beside::{Beside, Half};
use crate::columns;
use crate::connection::{Connections, Purpose, Transaction};
use crate::currency;
use crate::freshness::{Delivered, NewestImport, complete_until, delivered, newest};
use crate::keeping::Keeping;
use crate::milestones::{begins, milestones};
use crate::parents::{MOST, Parents};
use crate::spans;
use crate::sql::{Gives, ScanStatement, Visit, Which, quoted, send, texts};
use crate::{together, touched};
use diesel::row::{Field, Row};
use pegel_kpi::data::batch::{Batch, Values};
use pegel_kpi::data::kept::{Kept, Mark, Touched, Wanted};
use pegel_kpi::data::model::{Column, Kind, MAX_EXACT, Table};
use pegel_kpi::data::path::Projection;
use pegel_kpi::data::scan::{Begins, Scan, Source};
use pegel_kpi::data::spans::Spans;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// The names of a table and of one of its columns.
type Names = (Arc<str>, Arc<str>);

/// Answers scans, all in one read transaction. Counts them, so that a test can.
pub struct Reader {
    transaction: Transaction,
    /// As long as the transaction lasts, they are what they were. `None` before the first scan.
    parents: Option<Parents>,
    /// Those that were asked for.
    spans: HashMap<Names, Option<Arc<Spans>>>,
    /// What was delivered of all tables, once that was read.
    delivered: Option<Vec<Delivered>>,
    /// Since when there is anything in tables, by their names.
    begins: HashMap<Arc<str>, Begins>,
    /// Up to when they are complete.
    complete: HashMap<Arc<str>, Option<i64>>,
    statements: usize,
    /// Once it was asked for.
    money_digits: Option<u8>,
    /// The columns that imports brought, once that was read.
    brought: Option<HashSet<(String, String)>>,
    /// Whether there is anything in columns of which no import is on record.
    held: HashMap<(Arc<str>, String), bool>,
    /// By table, the columns of which it is kept that there is nothing in them, once one of them was asked for.
    empty: HashMap<Arc<str>, HashSet<Mark>>,
    /// Once it was asked for.
    newest: Option<BTreeMap<String, NewestImport>>,
    /// Once it was asked for.
    generation: Option<i64>,
    /// `None` if all is to be computed anew.
    keeping: Option<Keeping>,
    beside: Beside,
    connections: Connections,
}

impl Reader {
    pub(crate) fn new(connections: &Connections) -> Result<Reader, StoreError> {
        let transaction = Transaction::begin(connections, Purpose::Read)?;
        Ok(Reader {
            transaction,
            parents: None,
            spans: HashMap::new(),
            delivered: None,
            begins: HashMap::new(),
            complete: HashMap::new(),
            statements: 0,
            money_digits: None,
            brought: None,
            held: HashMap::new(),
            empty: HashMap::new(),
            newest: None,
            generation: None,
            keeping: Some(Keeping::default()),
            beside: Beside::default(),
            connections: connections.clone(),
        })
    }

    /// The same, but everything is computed anew, and nothing kept.
    #[must_use]
    pub fn anew(self) -> Reader {
        Reader { keeping: None, ..self }
    }

    /// How many statements it has sent, besides those for small tables, former values and columns that may be empty.
    pub fn statements(&self) -> usize {
        self.statements
    }
}

impl Reader {
    /// For each table that an import ever had rows for, the newest such import.
    ///
    /// # Errors
    /// If the database fails.
    pub fn newest_imports(&mut self) -> Result<&BTreeMap<String, NewestImport>, StoreError> {
        match &mut self.newest {
            Some(known) => Ok(known),
            unknown => {
                self.statements += 1;
                let read = newest(self.transaction.conn());
                Ok(unknown.insert(read.map_err(StoreError::while_("reading when data was imported last"))?))
            }
        }
    }

    /// How many transactions had written facts when this reader began: as long as it is the same, so are all facts.
    ///
    /// # Errors
    /// If the database fails.
    pub fn generation(&mut self) -> Result<i64, StoreError> {
        match self.generation {
            Some(generation) => Ok(generation),
            None => Ok(*self.generation.insert(touched::generation(self.transaction.conn())?)),
        }
    }

    /// What those that came after a generation touched.
    ///
    /// # Errors
    /// If the database fails.
    pub fn touched_since(&mut self, generation: i64) -> Result<Vec<Touched>, StoreError> {
        self.statements += 1;
        touched::since(self.transaction.conn(), generation)
    }

    /// Whether there is anything in a column. That there is nothing is kept: all rows are searched for it.
    fn is_found_in(&mut self, table: &Table, column: &str) -> Result<bool, StoreError> {
        let nothing = columns::nothing_in(table, column);
        if !self.empty.contains_key(&table.name) {
            let wanted: Vec<Wanted> =
                table.columns.iter().map(|column| columns::nothing_in(table, &column.name)).collect();
            let kept = self.kept(&wanted)?.into_iter().map(|kept| kept.mark).collect();
            self.empty.insert(table.name.clone(), kept);
        }
        if self.empty[&table.name].contains(&nothing.mark) {
            return Ok(false);
        }
        let found = columns::holds_any(self.transaction.conn(), table, column)?;
        if !found {
            self.keep(vec![columns::kept(nothing)])?;
        }
        Ok(found)
    }

    /// The texts that rows of a table have in one of its own columns, each once; of rows that are gone too. For telling
    /// a name that no row has from one that has no rows of late.
    ///
    /// # Errors
    /// If the database fails.
    pub fn texts(&mut self, table: &Table, column: &Column) -> Result<BTreeSet<String>, StoreError> {
        self.statements += 1;
        let (table, column) = (quoted(&table.name), quoted(&column.name));
        let statement = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL");
        Ok(texts(self.transaction.conn(), "reading what rows carry", &statement)?.into_iter().collect())
    }
}

impl Source for Reader {
    type Error = StoreError;

    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), StoreError> {
        self.statements += 1;
        let generation = self.generation()?;
        let Reader { transaction, parents, beside, connections, .. } = self;
        let parents = match parents {
            Some(parents) => parents,
            none => none
                .insert(connections.parents.of(generation, |since| touched::tables_since(transaction.conn(), since))?),
        };
        let whole = |scan: &Scan, each: &mut dyn FnMut(&Batch)| {
            read(transaction, scan, Which::WholeIfSmall(MOST), &mut |batch| each(batch))
        };
        let mut narrowed = parents.narrow(scan, whole)?;
        connections.parents.add(parents);
        let narrow = narrowed.scan.clone();
        let mut wanted = Batch::new(&scan.columns);
        let halves = beside.halves(transaction, &narrow)?;
        let second = match &halves {
            Some(_) => beside.second(connections, generation)?,
            None => None,
        };
        let parts: Vec<Read> = match (second, &halves) {
            (Some(second), Some([one, other])) => vec![
                Box::new(|each| read_half(transaction, one, each)),
                Box::new(|each| read_half(second, other, each)),
            ],
            _ => vec![Box::new(|each| read(transaction, &narrow, Which::There, each))],
        };
        ahead(&narrow.columns, parts, &mut |batch| {
            narrowed.look_up(batch, &mut wanted);
            narrowed.exchange(batch, &mut wanted);
            each(&wanted);
            narrowed.exchange(batch, &mut wanted);
        })
    }

    fn spans(&mut self, table: &Table, column: &Column) -> Result<Option<Arc<Spans>>, StoreError> {
        let names = (table.name.clone(), column.name.clone());
        if let Some(known) = self.spans.get(&names) {
            return Ok(known.clone());
        }
        let read = spans::of_column(self.transaction.conn(), &names.0, &names.1);
        let read = read.map_err(StoreError::while_("reading what was held before"))?.map(Arc::new);
        Ok(self.spans.entry(names).or_insert(read).clone())
    }

    fn money_digits(&mut self) -> Result<u8, StoreError> {
        match self.money_digits {
            Some(digits) => Ok(digits),
            None => Ok(*self.money_digits.insert(currency::digits(self.transaction.conn())?)),
        }
    }

    fn milestones(&mut self, table: &Table, since: i64, until: i64) -> Result<Vec<i64>, StoreError> {
        self.statements += 1;
        let read = milestones(self.transaction.conn(), table, since, until);
        read.map_err(StoreError::while_("reading when something happened last"))
    }

    fn begins(&mut self, table: &Table) -> Result<Begins, StoreError> {
        if !table.tells_what_happened() {
            return Ok(Begins::Always);
        }
        if let Some(known) = self.begins.get(&table.name) {
            return Ok(*known);
        }
        self.statements += 1;
        let read = begins(self.transaction.conn(), table);
        let read = read.map_err(StoreError::while_("reading when something happened first"))?;
        Ok(*self.begins.entry(table.name.clone()).or_insert(read))
    }

    fn holds(&mut self, table: &Table, column: &str) -> Result<bool, StoreError> {
        let brought = match &mut self.brought {
            Some(known) => known,
            unknown => {
                self.statements += 1;
                unknown.insert(columns::brought(self.transaction.conn())?)
            }
        };
        // Attributes lie in one column together, which is not searched.
        if brought.contains(&(table.name.to_string(), column.to_owned())) || table.column(column).is_none() {
            return Ok(true);
        }
        let names = (table.name.clone(), column.to_owned());
        if let Some(known) = self.held.get(&names) {
            return Ok(*known);
        }
        let read = self.is_found_in(table, column)?;
        Ok(*self.held.entry(names).or_insert(read))
    }

    fn keeps(&self) -> bool {
        self.keeping.is_some()
    }

    fn kept(&mut self, wanted: &[Wanted]) -> Result<Vec<Kept>, StoreError> {
        let generation = self.generation()?;
        let Some(keeping) = &mut self.keeping else { return Ok(Vec::new()) };
        keeping.kept(self.transaction.conn(), generation, wanted)
    }

    fn keep(&mut self, computed: Vec<Kept>) -> Result<(), StoreError> {
        let generation = self.generation()?;
        let Some(keeping) = &mut self.keeping else { return Ok(()) };
        if let Err(error) = keeping.keep(&self.connections, generation, computed) {
            // Figures are right without it.
            tracing::warn!(%error, "what was computed could not be kept");
        }
        Ok(())
    }

    fn refreshed_at(&mut self, table: &Table) -> Result<Option<i64>, StoreError> {
        if let Some(known) = self.complete.get(&table.name) {
            return Ok(*known);
        }
        let failed = || StoreError::while_("reading when data was imported last");
        let delivered = match &mut self.delivered {
            Some(known) => known,
            unknown => {
                self.statements += 1;
                unknown.insert(delivered(self.transaction.conn()).map_err(failed())?)
            }
        };
        let read = complete_until(self.transaction.conn(), table, delivered).map_err(failed())?;
        Ok(*self.complete.entry(table.name.clone()).or_insert(read))
    }
}

/// Reads a half of a scan of many rows.
fn read_half(transaction: &mut Transaction, half: &Half, each: &mut dyn FnMut(&mut Batch)) -> Result<(), StoreError> {
    let ids = match &half.ids {
        Some(ids) => Some(ids.clone()),
        None => together::ids(transaction, &half.scan)?,
    };
    read(transaction, &half.scan, ids.map_or(Which::There, Which::ThereBetween), each)
}

fn read(
    transaction: &mut Transaction,
    scan: &Scan,
    which: Which,
    each: &mut dyn FnMut(&mut Batch),
) -> Result<(), StoreError> {
    let kinds = scan.columns.iter().map(Projection::kind).collect();
    let mut filling = Filling { scan, kinds, batch: Batch::new(&scan.columns), rows: 0, each };
    send(transaction.conn(), "reading facts", &ScanStatement::new(scan, which), &mut filling)?;
    filling.flush();
    Ok(())
}

/// A batch being filled, row by row.
struct Filling<'a> {
    scan: &'a Scan,
    kinds: Vec<Kind>,
    batch: Batch,
    rows: usize,
    each: &'a mut dyn FnMut(&mut Batch),
}

impl Filling<'_> {
    fn flush(&mut self) {
        if self.rows > 0 {
            (self.each)(&mut self.batch);
            self.batch.clear();
            self.rows = 0;
        }
    }

    /// `leads.amount`, for messages.
    fn place(&self, at: usize) -> String {
        let paths = &self.scan.columns[at].0;
        paths.first().map_or_else(String::new, |path| format!("{}.{path}", self.scan.table.name))
    }
}

impl Visit for Filling<'_> {
    fn row<'a, DB: Gives, R: Row<'a, DB>>(&mut self, row: &R) -> Result<(), StoreError> {
        for (at, (kind, values)) in self.kinds.iter().zip(&mut self.batch.columns).enumerate() {
            if let Err(failure) = push::<DB, R>(row, at, *kind, values) {
                return Err(failure.at(self.place(at)));
            }
        }
        self.rows += 1;
        if self.rows == Batch::ROWS {
            self.flush();
        }
        Ok(())
    }
}

/// Why a field cannot be pushed.
enum Unread {
    NoColumn,
    TooLarge(i64),
    Unreadable(Box<dyn std::error::Error + Send + Sync>),
}

impl Unread {
    #[cold]
    fn at(self, place: String) -> StoreError {
        match self {
            Unread::NoColumn => StoreError::Unreadable { what: place, reason: "the answer lacks it".to_owned() },
            Unread::TooLarge(value) => StoreError::TooLarge { place, value },
            Unread::Unreadable(error) => StoreError::Unreadable { what: place, reason: error.to_string() },
        }
    }
}

#[inline]
fn push<'a, DB: Gives, R: Row<'a, DB>>(row: &R, at: usize, kind: Kind, values: &mut Values) -> Result<(), Unread> {
    let field = row.get(at).ok_or(Unread::NoColumn)?;
    let value = field.value();
    match kind {
        Kind::Text => match value {
            Some(value) => DB::text(value, |text| values.push_text(Some(text))).map_err(Unread::Unreadable)?,
            None => values.push_text(None),
        },
        Kind::Number => {
            values.push_number(value.map(DB::number).transpose().map_err(Unread::Unreadable)?);
        }
        Kind::Boolean => {
            let value = value.map(DB::boolean).transpose().map_err(Unread::Unreadable)?;
            values.push_number(value.map(f64::from));
        }
        Kind::Integer | Kind::Money | Kind::Instant | Kind::Date => match value {
            Some(value) => {
                let value = DB::integer(value, kind).map_err(Unread::Unreadable)?;
                if !(-MAX_EXACT..=MAX_EXACT).contains(&value) {
                    return Err(Unread::TooLarge(value));
                }
                #[expect(clippy::cast_precision_loss, reason = "checked above")]
                values.push_number(Some(value as f64));
            }
            None => values.push_number(None),
        },
    }
    Ok(())
}
