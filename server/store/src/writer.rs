//! Facts on their way into the database: compared with what is there, so that only what is new or differs is written.

use crate::StoreError;
use crate::attributes::laid_over;
use crate::connection::{Conn, Transaction, on_backend};
use crate::currency;
use crate::facts::{Fact, Facts, Value, Written};
use crate::sql::{Gives, Row, SelectByText, Set, TEXTS, Upsert, Visit, field, send};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::{ATTRIBUTES, Column, GONE_AT, History, Kind, MAX_EXACT, SYSTEM, Table};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// Writes facts inside one transaction.
pub struct Writer {
    transaction: Transaction,
    /// Whose rows it writes; empty where nobody said.
    pub(crate) system: Value,
}

impl Writer {
    pub(crate) fn new(transaction: Transaction) -> Writer {
        Writer { transaction, system: Value::Text(String::new()) }
    }

    /// From now on the rows are those of a system: written as its own, found by key among its own and those of which nobody
    /// said whose they are. Until then they are nobody's.
    pub fn write_for(&mut self, system: &str) {
        self.system = Value::Text(system.to_owned());
    }

    pub(crate) fn conn(&mut self) -> &mut Conn {
        self.transaction.conn()
    }

    /// Records in what the amounts are counted that are about to be written, unless that is on record.
    ///
    /// # Errors
    /// If the amounts that are there have other digits, or the database fails.
    pub fn record_currency(&mut self, currency: &Currency) -> Result<(), StoreError> {
        currency::record(self.conn(), currency)
    }

    pub(crate) fn into_transaction(self) -> Transaction {
        self.transaction
    }

    /// Inserts rows whose key is new and updates those that differ; what became of each, in order. A row of which nobody
    /// said whose it is becomes the system's. Where a table keeps
    /// what rows of this one were (the stage of an opportunity, its amount, …), a change leaves there what it was before,
    /// dated `now` (UTC seconds).
    ///
    /// When the same key comes twice, the later row wins. If the key was new, the later row counts against the former;
    /// if it was there, only the last row counts and the former are unchanged, so that writing all of them again
    /// changes nothing.
    ///
    /// # Errors
    /// If a value does not fit its column (another kind, an empty text, a number that is not finite or beyond 2^53), a
    /// row refers to one that does not exist, or the database fails. The transaction is then of no further use.
    pub fn upsert(&mut self, facts: &Facts, now: i64) -> Result<Vec<Written>, StoreError> {
        facts.rows.iter().try_for_each(|row| check(facts, row))?;
        let rows = collapse(&facts.rows);
        let attributes = facts.rows.iter().any(|row| !row.attributes.is_empty());
        let history = facts.table.history();
        let kept = history.as_ref().map_or(&[][..], |(_, history)| &history.kept);
        let stored = self.stored(facts, &rows, kept, attributes)?;

        let mut written = against_each_other(facts, &rows, &stored);
        self.adopt(&facts.table, stored.values())?;
        let mut changes = Vec::new();
        let mut pending = Vec::new();
        for row in &rows {
            let fact = &facts.rows[row.last];
            let before = stored.get(fact.key.as_str());
            let had = before.map_or("{}", |before| before.attributes.as_str());
            let has = if attributes { laid_over(had, &row.attributes)? } else { String::new() };
            if let Some(before) = before {
                let same_attributes = !attributes || row.attributes.is_empty() || laid_over(had, &Map::new())? == has;
                if before.values == fact.values && same_attributes && !before.gone {
                    continue;
                }
                written[row.last] = if before.gone { Written::Back } else { Written::Changed };
                if history.as_ref().is_some_and(|(_, history)| is_kept(history, facts, fact, before)) {
                    changes.push((fact.key.as_str(), before));
                }
            }
            let key = Value::Text(fact.key.clone());
            pending.push(Row { key, values: &fact.values, attributes: Value::Text(has) });
        }
        self.insert(&facts.table, &facts.columns, attributes, true, &pending)?;
        if let Some((table, history)) = history {
            self.record_changes(&table, &history, &changes, now)?;
        }
        Ok(written)
    }

    /// The rows that are there, by key.
    fn stored(
        &mut self,
        facts: &Facts,
        rows: &[Collapsed],
        kept: &[Arc<Column>],
        attributes: bool,
    ) -> Result<HashMap<String, Stored>, StoreError> {
        let mut columns = vec!["key", "id", SYSTEM, GONE_AT];
        columns.extend(facts.columns.iter().chain(kept).map(|column| &*column.name));
        columns.extend(attributes.then_some(ATTRIBUTES));
        let systems = whose(&self.system);
        let mut reading = Reading {
            own: &self.system,
            named: facts.columns.iter().map(|column| column.kind).collect(),
            kept: kept.iter().map(|column| column.kind).collect(),
            attributes,
            stored: HashMap::with_capacity(rows.len()),
        };
        let keys: Vec<Value> = rows.iter().map(|row| Value::Text(facts.rows[row.last].key.clone())).collect();
        for texts in keys.chunks(TEXTS) {
            let (table, systems) = (&*facts.table.name, Some(&systems[..]));
            let select = SelectByText { table, columns: &columns, by: "key", texts, systems };
            send(self.transaction.conn(), "reading facts", &select, &mut reading)?;
        }
        Ok(reading.stored)
    }

    /// Makes rows the system's own of which nobody said whose they are.
    fn adopt<'a>(&mut self, table: &Table, rows: impl Iterator<Item = &'a Stored>) -> Result<(), StoreError> {
        let foundlings: Vec<Value> = rows.filter(|row| !row.own).map(|row| Value::Integer(row.id)).collect();
        let system = self.system.clone();
        self.set(table, SYSTEM, Kind::Text, &system, &foundlings)
    }

    /// Sets one column of rows to one value.
    pub(crate) fn set(
        &mut self,
        table: &Table,
        column: &str,
        kind: Kind,
        value: &Value,
        ids: &[Value],
    ) -> Result<(), StoreError> {
        for ids in ids.chunks(TEXTS) {
            let set = Set { table: &table.name, column, kind, value, ids };
            on_backend!(self.transaction.conn(), conn => diesel::connection::Connection::execute_returning_count(conn, &set))
                .map_err(StoreError::while_("writing facts"))?;
        }
        Ok(())
    }

    fn insert(
        &mut self,
        table: &Table,
        columns: &[Arc<Column>],
        attributes: bool,
        overwrite: bool,
        rows: &[Row],
    ) -> Result<(), StoreError> {
        for rows in rows.chunks(Upsert::rows_for(columns.len())) {
            let upsert = Upsert { table: &table.name, columns, system: &self.system, attributes, overwrite, rows };
            on_backend!(self.transaction.conn(), conn => diesel::connection::Connection::execute_returning_count(conn, &upsert))
                .map_err(StoreError::while_("writing facts"))?;
        }
        Ok(())
    }

    /// Of two changes at the same instant the first is kept: it holds what was before both.
    fn record_changes(
        &mut self,
        table: &Table,
        history: &History,
        changes: &[(&str, &Stored)],
        now: i64,
    ) -> Result<(), StoreError> {
        let columns = [&history.of.column, &history.until].into_iter().chain(&history.kept);
        let columns: Vec<Arc<Column>> = columns.cloned().collect();
        let values: Vec<Vec<Value>> = changes
            .iter()
            .map(|(_, before)| {
                [Value::Integer(before.id), Value::Integer(now)].into_iter().chain(before.kept.clone()).collect()
            })
            .collect();
        let rows: Vec<Row> = changes
            .iter()
            .zip(&values)
            .map(|((key, _), values)| Row {
                key: Value::Text(format!("{key}@{now}")),
                values,
                attributes: Value::Missing,
            })
            .collect();
        self.insert(table, &columns, false, false, &rows)
    }
}

/// A row as it is in the database.
struct Stored {
    id: i64,
    /// Whether it is the system's; else nobody said whose it is.
    own: bool,
    gone: bool,
    /// In the order of the facts.
    values: Vec<Value>,
    /// Of which a table keeps what it was.
    kept: Vec<Value>,
    attributes: String,
}

/// All rows of one key.
struct Collapsed {
    first: usize,
    last: usize,
    /// Of all of them, the later laid over the former; with the nulls that remove.
    attributes: Map<String, Json>,
}

fn collapse(rows: &[Fact]) -> Vec<Collapsed> {
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
fn against_each_other(facts: &Facts, rows: &[Collapsed], stored: &HashMap<String, Stored>) -> Vec<Written> {
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

/// Whether something is another now of which it is kept what it was.
fn is_kept(history: &History, facts: &Facts, fact: &Fact, before: &Stored) -> bool {
    let kept = |column: &Column| history.kept.iter().any(|kept| kept.name == column.name);
    let mut values = facts.columns.iter().zip(fact.values.iter().zip(&before.values));
    values.any(|(column, (is, was))| is != was && kept(column))
}

/// Refuses what the two databases would store differently, or not at all.
fn check(facts: &Facts, row: &Fact) -> Result<(), StoreError> {
    let table = &facts.table.name;
    let unfit = |place: String, reason| Err(StoreError::UnfitValue { place, key: row.key.clone(), reason });
    if row.key.is_empty() || row.key.contains('\0') {
        return unfit(format!("{table}.key"), "a key is a text, not empty and without NUL characters");
    }
    if row.values.len() != facts.columns.len() {
        return unfit(table.to_string(), "it has more or fewer values than columns");
    }
    for (column, value) in facts.columns.iter().zip(&row.values) {
        if let Err(reason) = fits(column.kind, value) {
            return unfit(format!("{table}.{}", column.name), reason);
        }
    }
    Ok(())
}

fn fits(kind: Kind, value: &Value) -> Result<(), &'static str> {
    match (kind, value) {
        (_, Value::Missing) | (Kind::Boolean, Value::Boolean(_)) => Ok(()),
        (Kind::Number, Value::Number(number)) => unless(!number.is_finite(), "it is not a finite number"),
        (Kind::Text, Value::Text(text)) => {
            unless(text.is_empty(), "an empty text is missing")?;
            unless(text.contains('\0'), "a text holds no NUL characters")
        }
        (Kind::Date, Value::Integer(days)) => unless(i32::try_from(*days).is_err(), "it is out of the calendar"),
        (Kind::Integer | Kind::Money | Kind::Instant, Value::Integer(value)) => {
            unless(!(-MAX_EXACT..=MAX_EXACT).contains(value), "it is beyond 2^53")
        }
        _ => Err("it is of another kind than its column"),
    }
}

fn unless(unfit: bool, reason: &'static str) -> Result<(), &'static str> {
    if unfit { Err(reason) } else { Ok(()) }
}

/// Whose rows are found by key: the system's, and those of which nobody said whose they are.
pub(crate) fn whose(system: &Value) -> Vec<Value> {
    let mut systems = vec![Value::Text(String::new())];
    systems.extend((systems[0] != *system).then(|| system.clone()));
    systems
}

/// Collects rows of `key, id, system, gone_at, named…, kept…[, attributes]`. Of two with one key, the system's own counts.
struct Reading<'a> {
    own: &'a Value,
    named: Vec<Kind>,
    kept: Vec<Kind>,
    attributes: bool,
    stored: HashMap<String, Stored>,
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
