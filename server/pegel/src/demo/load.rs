//! The demo's rows on their way into a database: keys become ids.

use super::table::{Cell, DemoTable, Key};
use anyhow::{Context, bail};
use pegel_kpi::model::{Column, Table, table};
use pegel_store::facts::{Fact, Facts, Found, Value, Writer, Written};
use pegel_store::{Store, StoreError};
use serde_json::Map;
use std::collections::{HashMap, HashSet};

/// What became of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// Writes all tables in one transaction, in their order; `written` hears of each table that is done and how many rows
/// it has. `now` is in UTC seconds.
///
/// # Errors
/// If the database fails, or a row refers to one that was not written before it. Then nothing is written.
pub fn load(
    store: &Store,
    tables: Vec<DemoTable>,
    now: i64,
    mut written: impl FnMut(&'static Table, usize),
) -> anyhow::Result<Loaded> {
    store.write(true, |writer| {
        let mut ids = Ids::default();
        let mut loaded = Loaded::default();
        for table in tables {
            let facts = ids.resolve(table, writer)?;
            for row in writer.upsert(&facts, now)? {
                match row {
                    Written::New => loaded.new += 1,
                    Written::Changed => loaded.changed += 1,
                    Written::Unchanged => loaded.unchanged += 1,
                }
            }
            written(facts.table, facts.rows.len());
        }
        Ok(loaded)
    })
}

/// The ids of rows that others refer to, by table and key, as far as they were asked for.
#[derive(Default)]
struct Ids(HashMap<&'static str, HashMap<Key, i64>>);

impl Ids {
    fn resolve(&mut self, demo: DemoTable, writer: &mut Writer) -> anyhow::Result<Facts> {
        let parents: Vec<Option<&'static Table>> =
            demo.columns.iter().map(|column| parent(demo.table, column)).collect();
        self.look_up(&demo, &parents, writer)?;
        let mut rows = Vec::with_capacity(demo.rows.len());
        for row in demo.rows {
            let cells = row.cells.into_iter().zip(&parents);
            let values = cells.map(|(cell, parent)| self.value(cell, *parent)).collect::<anyhow::Result<_>>();
            let values = values.with_context(|| format!("row {} of {}", row.key.0, demo.table.name))?;
            rows.push(Fact { key: row.key.0, values, attributes: Map::new() });
        }
        Ok(Facts { table: demo.table, columns: demo.columns, rows })
    }

    /// Asks for the ids that are not known yet, with one look-up for each table referred to.
    fn look_up(
        &mut self,
        demo: &DemoTable,
        parents: &[Option<&'static Table>],
        writer: &mut Writer,
    ) -> Result<(), StoreError> {
        for parent in parents.iter().flatten().copied() {
            let known = self.0.entry(parent.name).or_default();
            let cells = demo.rows.iter().flat_map(|row| row.cells.iter().zip(parents));
            let wanted: HashSet<&Key> = cells
                .filter_map(|(cell, to)| match cell {
                    Cell::Parent(key) if *to == Some(parent) && !known.contains_key(key) => Some(key),
                    _ => None,
                })
                .collect();
            let wanted: Vec<String> = wanted.into_iter().map(|key| key.0.clone()).collect();
            let key = parent.column("key").expect("every table has a key");
            for (text, found) in writer.find(parent, key, &wanted)? {
                // A key is unique, so that there is never more than one.
                if let Found::One(id) = found {
                    known.insert(Key(text), id);
                }
            }
        }
        Ok(())
    }

    fn value(&self, cell: Cell, parent: Option<&'static Table>) -> anyhow::Result<Value> {
        match (cell, parent) {
            (Cell::Value(value), _) => Ok(value),
            (Cell::Parent(key), Some(parent)) => {
                let id = self.0.get(parent.name).and_then(|ids| ids.get(&key));
                let id = id.with_context(|| format!("there is no row {} in {}", key.0, parent.name))?;
                Ok(Value::Integer(*id))
            }
            (Cell::Parent(key), None) => bail!("{} stands in a column that refers to no table", key.0),
        }
    }
}

/// The table that a column refers to.
fn parent(of: &'static Table, column: &Column) -> Option<&'static Table> {
    let reference = of.references.iter().find(|reference| reference.column == column.name)?;
    table(reference.table)
}

#[cfg(test)]
mod tests {
    use super::super::demo_data;
    use super::super::table::cells;
    use super::*;
    use jiff::civil::date;
    use pegel_kpi::period::zone;
    use pegel_store::testing::{TestDatabase, on_both};
    use std::collections::BTreeMap;

    #[test]
    fn the_whole_demo_is_written_once() {
        on_both(|store| {
            let tables = || demo_data(1, date(2026, 11, 22), &zone("Europe/Berlin").unwrap());
            let rows: usize = tables().iter().map(|table| table.rows.len()).sum();
            let mut heard = BTreeMap::new();
            let first = load(&store, tables(), 0, |table, rows| *heard.entry(table.name).or_default() += rows).unwrap();
            assert_eq!(heard.values().sum::<usize>(), rows);
            assert_eq!(heard["leads"], 40_000);
            // The customers who were referred come twice: once by name, once with their referrer.
            assert_eq!((first.new + first.changed, first.unchanged), (rows, 0));
            assert!(first.changed < 1_000, "{first:?}");

            let again = load(&store, tables(), 0, |_, _| {}).unwrap();
            assert_eq!(again, Loaded { new: 0, changed: 0, unchanged: rows });
        });
    }

    #[test]
    fn a_row_whose_parent_is_missing_leaves_nothing_behind() {
        let database = TestDatabase::sqlite();
        let store = database.store();
        let mut partners = DemoTable::new("partners", &["name"]);
        partners.push(Key("P-1".into()), cells!["Muster"]);
        let mut reps = DemoTable::new("reps", &["name", "partner_id"]);
        reps.push(Key("R-1".into()), cells!["Ada", &Key("P-2".into())]);
        let error = load(&store, vec![partners.clone(), reps], 0, |_, _| {}).unwrap_err();
        assert_eq!(format!("{error:#}"), "row R-1 of reps: there is no row P-2 in partners");

        let loaded = load(&store, vec![partners], 0, |_, _| {}).unwrap();
        assert_eq!(loaded, Loaded { new: 1, ..Loaded::default() });
    }

    #[test]
    fn timing() {
        let database = TestDatabase::sqlite();
        let store = database.store();
        let start = std::time::Instant::now();
        let tables = demo_data(1, date(2026, 11, 22), &zone("Europe/Berlin").unwrap());
        eprintln!("generate {:?}", start.elapsed());
        let mut last = std::time::Instant::now();
        load(&store, tables, 0, |t, n| {
            eprintln!("{} {n} {:?}", t.name, last.elapsed());
            last = std::time::Instant::now();
        })
        .unwrap();
        eprintln!("all {:?}", start.elapsed());
    }
}
