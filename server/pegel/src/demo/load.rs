//! The demo's rows on their way into a database: positions become ids.

use super::table::{Cell, DemoTable};
use anyhow::{Context, anyhow, bail};
use pegel_kpi::data::currency::{Currency, HUNDREDTHS};
use pegel_kpi::data::model::{Column, Kind, Model, Table};
use pegel_store::Store;
use pegel_store::facts::{Fact, Facts, Found, Value, Writer, Written};
use pegel_store::imports::{ImportRecord, TableRecord};
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What became of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// What was brought to a table, in which columns.
type Brought = (Loaded, BTreeSet<String>);

/// As what the made-up data are on record.
const NAME: &str = "demo";

/// Writes all tables in one transaction, in order; `written` is called after each with its number of rows. Amounts,
/// made up in hundredths, are converted to the currency's units. `now` is in UTC seconds.
///
/// # Errors
/// If the database fails, or a row refers to one that was not written before it; then nothing is written.
pub fn load(
    store: &Store,
    model: &Model,
    tables: Vec<DemoTable>,
    currency: &Currency,
    now: i64,
    mut written: impl FnMut(&Table, usize),
) -> anyhow::Result<Loaded> {
    let scale = 10_i64.pow(u32::from(currency.stored_digits() - HUNDREDTHS));
    store.write(true, |writer| {
        writer.record_currency(currency)?;
        let mut ids = Ids { model, of: HashMap::new() };
        let (mut loaded, mut brought) = (Loaded::default(), BTreeMap::new());
        for table in tables {
            let mut facts = ids.resolve(table)?;
            count_in(&mut facts, scale);
            let (counts, columns) = brought.entry(facts.table.name.to_string()).or_insert_with(Brought::default);
            columns.extend(facts.columns.iter().map(|column| column.name.to_string()));
            for row in writer.upsert(&facts, now)? {
                counts.count(row);
                loaded.count(row);
            }
            ids.learn(&facts, writer)?;
            written(&facts.table, facts.rows.len());
        }
        writer.record_import(&record(&loaded, brought, now)?)?;
        Ok(loaded)
    })
}

impl Loaded {
    fn count(&mut self, row: Written) {
        match row {
            Written::New => self.new += 1,
            Written::Changed | Written::Back => self.changed += 1,
            Written::Unchanged => self.unchanged += 1,
        }
    }
}

/// As an import, by which editions say up to when the data reaches.
fn record(loaded: &Loaded, brought: BTreeMap<String, Brought>, now: i64) -> anyhow::Result<ImportRecord> {
    let table = |(table, (counts, columns)): (String, Brought)| {
        Ok(TableRecord {
            table,
            new_rows: i64::try_from(counts.new)?,
            changed_rows: i64::try_from(counts.changed)?,
            unchanged_rows: i64::try_from(counts.unchanged)?,
            back_rows: 0,
            gone_rows: 0,
            complete_until: Some(now),
            columns: columns.into_iter().collect(),
        })
    };
    Ok(ImportRecord {
        file: NAME.to_owned(),
        mapping: NAME.to_owned(),
        system: String::new(),
        imported_at: now,
        new_rows: i64::try_from(loaded.new)?,
        changed_rows: i64::try_from(loaded.changed)?,
        unchanged_rows: i64::try_from(loaded.unchanged)?,
        rejected_rows: 0,
        tables: brought.into_iter().map(table).collect::<anyhow::Result<_>>()?,
    })
}

/// The ids of the rows that others may refer to, by table and position.
struct Ids<'a> {
    model: &'a Model,
    of: HashMap<Arc<str>, Vec<i64>>,
}

impl Ids<'_> {
    /// Replaces positions by ids.
    fn resolve(&self, demo: DemoTable) -> anyhow::Result<Facts> {
        let lacking = |what: &str| anyhow!("there is no {what}");
        let table = self.model.table(demo.table).ok_or_else(|| lacking(demo.table))?;
        let column = |name: &&str| table.column(name).cloned().ok_or_else(|| lacking(name));
        let columns: Vec<Arc<Column>> = demo.columns.iter().map(column).collect::<anyhow::Result<_>>()?;
        let parents: Vec<_> = columns.iter().map(|column| self.parent(&table, column)).collect();
        let mut rows = Vec::with_capacity(demo.rows.len());
        for row in demo.rows {
            let cells = row.cells.into_iter().zip(&parents);
            let values = cells.map(|(cell, parent)| value(cell, *parent)).collect::<anyhow::Result<_>>();
            let values = values.with_context(|| format!("row {} of {}", row.key, demo.table))?;
            rows.push(Fact { key: row.key, values, attributes: Map::new(), valid_from: None, changed_at: None });
        }
        Ok(Facts { table, columns, rows })
    }

    /// The ids of the table that a column refers to, if they are known.
    fn parent(&self, of: &Table, column: &Column) -> Option<&[i64]> {
        self.of.get(&of.reference_in(column)?.table).map(Vec::as_slice)
    }

    /// Reads the ids of rows just written, if other tables refer to them. If a table is written twice, the first time
    /// counts.
    fn learn(&mut self, facts: &Facts, writer: &mut Writer) -> anyhow::Result<()> {
        let name = &facts.table.name;
        let refers = |table: Table| table.references.iter().any(|reference| reference.table == *name);
        if self.of.contains_key(name) || !self.model.tables().any(refers) {
            return Ok(());
        }
        let keys: Vec<String> = facts.rows.iter().map(|row| row.key.clone()).collect();
        let found = writer.find(&facts.table, facts.table.key(), &keys)?;
        let id = |key: &String| match found.get(key) {
            Some(Found::One(id)) => Ok(*id),
            _ => bail!("the row {key} of {name} was written, but is not there"),
        };
        self.of.insert(name.clone(), keys.iter().map(id).collect::<anyhow::Result<_>>()?);
        Ok(())
    }
}

/// Multiplies amounts in hundredths by `scale`.
fn count_in(facts: &mut Facts, scale: i64) {
    let money: Vec<bool> = facts.columns.iter().map(|column| column.kind == Kind::Money).collect();
    for row in &mut facts.rows {
        for (value, is_money) in row.values.iter_mut().zip(&money) {
            if let (Value::Integer(amount), true) = (value, is_money) {
                *amount *= scale;
            }
        }
    }
}

fn value(cell: Cell, parent: Option<&[i64]>) -> anyhow::Result<Value> {
    match cell {
        Cell::Value(value) => Ok(value),
        Cell::Parent(position) => {
            let id = parent.and_then(|ids| ids.get(position));
            Ok(Value::Integer(*id.with_context(|| format!("it refers to row {position} of a table that lacks it"))?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::demo_data;
    use super::super::table::{Parent, cells};
    use super::*;
    use jiff::civil::date;
    use pegel_kpi::time::period::zone;
    use pegel_store::testing::{TestDatabase, on_both};
    use std::collections::BTreeMap;

    fn euro() -> Currency {
        Currency::find("EUR").unwrap()
    }

    #[test]
    fn the_whole_demo_is_written_once() {
        on_both(|store| {
            let tables = || demo_data(1, date(2026, 11, 22), &zone("Europe/Berlin").unwrap());
            let rows: usize = tables().iter().map(|table| table.rows.len()).sum();
            let mut heard = BTreeMap::new();
            let first = load(&store, &Model::built_in(), tables(), &euro(), 0, |table, rows| {
                *heard.entry(table.name.clone()).or_default() += rows;
            })
            .unwrap();
            assert_eq!(heard.values().sum::<usize>(), rows);
            assert_eq!(heard["leads"], 40_000);
            // Referred customers and reps with a manager come twice: the second time with the person they refer to.
            assert_eq!((first.new + first.changed, first.unchanged), (rows, 0));
            assert!(first.changed < 1_000, "{first:?}");

            let again = load(&store, &Model::built_in(), tables(), &euro(), 0, |_, _| {}).unwrap();
            assert_eq!(again, Loaded { new: 0, changed: 0, unchanged: rows });
        });
    }

    #[test]
    fn a_row_whose_parent_is_missing_leaves_nothing_behind() {
        let database = TestDatabase::sqlite();
        let store = database.store();
        let mut partners = DemoTable::new("partners", "P", &["name"]);
        partners.push(cells!["Muster"]);
        let mut reps = DemoTable::new("reps", "R", &["name", "partner_id"]);
        reps.push(cells!["Ada", Parent(1)]);
        let error = load(&store, &Model::built_in(), vec![partners.clone(), reps], &euro(), 0, |_, _| {}).unwrap_err();
        assert_eq!(format!("{error:#}"), "row R-000001 of reps: it refers to row 1 of a table that lacks it");

        let loaded = load(&store, &Model::built_in(), vec![partners], &euro(), 0, |_, _| {}).unwrap();
        assert_eq!(loaded, Loaded { new: 1, ..Loaded::default() });
    }
}
