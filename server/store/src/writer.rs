//! Facts on their way into the database: compared with what is there, so that only what is new or differs is written.

use crate::StoreError;
use crate::attributes::laid_over;
use crate::connection::{Conn, Transaction, on_backend};
use crate::currency;
use crate::facts::{Fact, Facts, Value, Written};
use crate::fits::check;
use crate::over_time::{OverTime, over_time};
use crate::spans::{self, Learned};
use crate::sql::{Row, SelectByText, Set, TEXTS, Upsert, send};
use crate::stored::{Collapsed, Reading, Stored, against_each_other, collapse};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::{ATTRIBUTES, Column, GONE_AT, History, Kind, SYSTEM, Table};
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Writes facts inside one transaction.
pub struct Writer {
    transaction: Transaction,
    /// Whose rows it writes; empty where nobody said.
    pub(crate) system: Value,
    /// What is known of what is being written.
    pub(crate) recording: Recording,
    /// The same of what was written before as an import.
    pub(crate) recorded: Vec<Recording>,
}

/// What is known of what is written, for `undo_record` and `noting`.
#[derive(Default)]
pub(crate) struct Recording {
    /// The import under which it is on record what rows were; if nothing is, it cannot be taken back.
    pub(crate) import: Option<i64>,
    /// The tables that were written, each with the greatest id that there was before.
    pub(crate) before: BTreeMap<Arc<str>, (Table, i64)>,
    /// Those of them with rows that changed while nothing was put on record.
    pub(crate) changed: BTreeSet<Arc<str>>,
}

impl Writer {
    pub(crate) fn new(transaction: Transaction) -> Writer {
        Writer {
            transaction,
            system: Value::Text(String::new()),
            recording: Recording::default(),
            recorded: Vec::new(),
        }
    }

    /// From now on the rows are those of a system: written as its own, found by key among its own and those of which
    /// nobody said whose they are. Until then they are nobody's.
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

    /// Inserts rows whose key is new and updates those that differ; what became of each, in order. A row of which
    /// nobody said whose it is becomes the system's. Where a table keeps what rows of this one were (the stage of an
    /// opportunity, its amount, …), a change leaves there what it was before, dated as the row says, else `now` (UTC
    /// seconds). Of columns that keep their spans, the row holds the newest value, whichever row brings it.
    ///
    /// When the same key comes twice, the later row wins. If the key was new, the later row counts against the former;
    /// if it was there, only the last row counts and the former are unchanged, so that writing all of them again
    /// changes nothing.
    ///
    /// # Errors
    /// If a value does not fit its column (another kind, an empty text, a number that is not finite or beyond 2^53), a
    /// row refers to one that does not exist, or the database fails. The transaction is then of no further use.
    pub fn upsert(&mut self, facts: &Facts, now: i64) -> Result<Vec<Written>, StoreError> {
        let columns = || facts.columns.iter().map(|column| (&*column.name, column.kind));
        facts.rows.iter().try_for_each(|row| check(&facts.table.name, columns(), row))?;
        let rows = collapse(&facts.rows);
        let attributes = facts.rows.iter().any(|row| !row.attributes.is_empty());
        let history = facts.table.history();
        let kept = history.as_ref().map_or(&[][..], |(_, history)| &history.kept);
        let stored = self.stored(facts, rows.iter().map(|row| &facts.rows[row.last]), kept, attributes)?;

        let mut written = against_each_other(facts, &rows, &stored);
        self.adopt(&facts.table, stored.values())?;
        let laid = over_time(self.conn(), facts, &rows, &stored, now)?;
        let mut changes = Vec::new();
        let (mut pending, mut known) = (Vec::new(), Vec::new());
        for (row, OverTime { values, learned }) in rows.iter().zip(&laid) {
            let fact = &facts.rows[row.last];
            let before = stored.get(fact.key.as_str());
            let had = before.map_or("{}", |before| before.attributes.as_str());
            let has = if attributes { laid_over(had, &row.attributes)? } else { String::new() };
            if let Some(before) = before {
                let same_attributes = !attributes || row.attributes.is_empty() || laid_over(had, &Map::new())? == has;
                if before.values == **values && same_attributes && !before.gone && learned.is_empty() {
                    continue;
                }
                written[row.last] = if before.gone { Written::Back } else { Written::Changed };
                if history.as_ref().is_some_and(|(_, history)| is_kept(history, facts, fact, before)) {
                    changes.push((fact.key.as_str(), fact.changed_at.unwrap_or(now), before));
                }
            }
            known.extend(before.map(|before| before.id));
            let key = Value::Text(fact.key.clone());
            pending.push(Row { key, values, attributes: Value::Text(has) });
        }
        self.keep_each(&facts.table, &known)?;
        self.insert(&facts.table, &facts.columns, attributes, true, &pending)?;
        self.record_spans(facts, &rows, &stored, &laid)?;
        if let Some((table, history)) = history {
            self.record_changes(&table, &history, &changes)?;
        }
        Ok(written)
    }

    /// Records what was learned. Rows that are new are asked for their ids.
    fn record_spans(
        &mut self,
        facts: &Facts,
        rows: &[Collapsed],
        stored: &HashMap<String, Stored>,
        laid: &[OverTime],
    ) -> Result<(), StoreError> {
        let learned: Vec<(&Fact, &Learned)> = rows
            .iter()
            .zip(laid)
            .flat_map(|(row, laid)| laid.learned.iter().map(|learned| (&facts.rows[row.last], learned)))
            .collect();
        let mut new: Vec<&Fact> = learned.iter().map(|(fact, _)| *fact).collect();
        new.retain(|fact| !stored.contains_key(&fact.key));
        new.dedup_by_key(|fact| &fact.key);
        let new = self.stored(facts, new.into_iter(), &[], false)?;
        let of_rows: Vec<(i64, Learned)> = learned
            .into_iter()
            .filter_map(|(fact, learned)| {
                let row = stored.get(&fact.key).or_else(|| new.get(&fact.key))?;
                Some((row.id, learned.clone()))
            })
            .collect();
        spans::record(self.conn(), &facts.table.name, &of_rows).map_err(StoreError::while_("writing facts"))
    }

    /// The rows that are there, by key.
    fn stored<'f>(
        &mut self,
        facts: &Facts,
        rows: impl Iterator<Item = &'f Fact>,
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
            stored: HashMap::with_capacity(rows.size_hint().0),
        };
        let keys: Vec<Value> = rows.map(|row| Value::Text(row.key.clone())).collect();
        for texts in keys.chunks(TEXTS) {
            let (table, systems) = (&*facts.table.name, Some(&systems[..]));
            let select = SelectByText { table, columns: &columns, by: "key", texts, systems };
            send(self.transaction.conn(), "reading facts", &select, &mut reading)?;
        }
        Ok(reading.stored)
    }

    /// Makes rows the system's own of which nobody said whose they are.
    fn adopt<'a>(&mut self, table: &Table, rows: impl Iterator<Item = &'a Stored>) -> Result<(), StoreError> {
        let foundlings: Vec<i64> = rows.filter(|row| !row.own).map(|row| row.id).collect();
        self.keep_each(table, &foundlings)?;
        let foundlings: Vec<Value> = foundlings.into_iter().map(Value::Integer).collect();
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
        self.mark(table)?;
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
        changes: &[(&str, i64, &Stored)],
    ) -> Result<(), StoreError> {
        let columns = [&history.of.column, &history.until].into_iter().chain(&history.kept);
        let columns: Vec<Arc<Column>> = columns.cloned().collect();
        let values: Vec<Vec<Value>> = changes
            .iter()
            .map(|(_, at, before)| {
                [Value::Integer(before.id), Value::Integer(*at)].into_iter().chain(before.kept.clone()).collect()
            })
            .collect();
        let rows: Vec<Row> = changes
            .iter()
            .zip(&values)
            .map(|((key, at, _), values)| Row {
                key: Value::Text(format!("{key}@{at}")),
                values,
                attributes: Value::Missing,
            })
            .collect();
        self.insert(table, &columns, false, false, &rows)
    }
}

/// Whether something is another now of which it is kept what it was.
fn is_kept(history: &History, facts: &Facts, fact: &Fact, before: &Stored) -> bool {
    let kept = |column: &Column| history.kept.iter().any(|kept| kept.name == column.name);
    let mut values = facts.columns.iter().zip(fact.values.iter().zip(&before.values));
    values.any(|(column, (is, was))| is != was && kept(column))
}

/// Whose rows are found by key: the system's, and those of which nobody said whose they are.
pub(crate) fn whose(system: &Value) -> Vec<Value> {
    let mut systems = vec![Value::Text(String::new())];
    systems.extend((systems[0] != *system).then(|| system.clone()));
    systems
}
