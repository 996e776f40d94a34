//! Facts, scans and their answers in a form that reads well in tests.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

pub mod chance;
pub mod edition;

use pegel_kpi::data::batch::{Batch, Values};
use pegel_kpi::data::model::{Kind, Model, Table};
use pegel_kpi::data::path::Path;
use pegel_kpi::data::path::Projection;
use pegel_kpi::data::scan::{Scan, Source, Window};
use pegel_kpi::data::scope::Scope;
use pegel_store::facts::{Fact, Facts, Value, Written};
use pegel_store::{Store, StoreError};
use serde_json::Map;

pub const NOW: i64 = 1_794_300_000;

pub fn the(name: &str) -> Table {
    Model::built_in().table(name).unwrap()
}

/// A value as its column would take it; `()` for a missing one.
pub trait IntoValue {
    fn value(self) -> Value;
}

impl IntoValue for () {
    fn value(self) -> Value {
        Value::Missing
    }
}

impl IntoValue for i64 {
    fn value(self) -> Value {
        Value::Integer(self)
    }
}

impl IntoValue for f64 {
    fn value(self) -> Value {
        Value::Number(self)
    }
}

impl IntoValue for bool {
    fn value(self) -> Value {
        Value::Boolean(self)
    }
}

impl IntoValue for &str {
    fn value(self) -> Value {
        Value::Text(self.to_owned())
    }
}

/// `facts!("leads" [region, amount] "L1": "North", 5; "L2": (), 7)`
#[macro_export]
macro_rules! facts {
    ($table:literal [$($column:ident),* $(,)?] $($key:literal : $($value:expr),*);* $(;)?) => {
        $crate::common::facts_of(
            $table,
            &[$(stringify!($column)),*],
            vec![$(($key, vec![$($crate::common::IntoValue::value($value)),*])),*],
        )
    };
}

pub fn facts_of(table: &str, columns: &[&str], rows: Vec<(&str, Vec<Value>)>) -> Facts {
    facts_about(the(table), columns, rows)
}

pub fn facts_about(table: Table, columns: &[&str], rows: Vec<(&str, Vec<Value>)>) -> Facts {
    let columns = columns.iter().map(|name| table.column(name).unwrap().clone()).collect();
    let rows = rows
        .into_iter()
        .map(|(key, values)| Fact {
            key: key.to_owned(),
            values,
            attributes: Map::new(),
            valid_from: None,
            changed_at: None,
        })
        .collect();
    Facts { table, columns, rows }
}

/// Writes and commits.
pub fn put(store: &Store, facts: &Facts) -> Vec<Written> {
    try_put(store, facts).unwrap()
}

pub fn try_put(store: &Store, facts: &Facts) -> Result<Vec<Written>, StoreError> {
    store.write(true, |writer| writer.upsert(facts, NOW))
}

/// A scan of columns written as `lead.partner.region`, or `region|partner.region` for the first that is not missing.
pub fn scan_of(table: &str, columns: &[&str]) -> Scan {
    let table = the(table);
    let columns = columns
        .iter()
        .map(|column| Projection(column.split('|').map(|path| path_of(&table, path)).collect()))
        .collect();
    Scan { table, columns, window: None, scope: Scope::everything() }
}

pub fn path_of(table: &Table, path: &str) -> Path {
    table.path(&path.split('.').collect::<Vec<_>>()).unwrap()
}

/// The same scan of the rows whose date lies in one of the ranges.
pub fn windowed(mut scan: Scan, path: &str, ranges: &[std::ops::Range<i64>]) -> Scan {
    scan.window = Some(Window { path: path_of(&scan.table, path), ranges: ranges.to_vec(), lasting: None });
    scan
}

/// The rows of a scan as text, sorted: `North 5`, with `-` for what is missing.
pub fn rows(store: &Store, scan: &Scan) -> Vec<String> {
    try_rows(store, scan).unwrap()
}

pub fn try_rows(store: &Store, scan: &Scan) -> Result<Vec<String>, StoreError> {
    let mut rows = Vec::new();
    store.reader()?.scan(scan, &mut |batch| {
        assert!(!batch.is_empty() && batch.len() <= Batch::ROWS);
        rows.extend((0..batch.len()).map(|row| shown(batch, row)));
    })?;
    rows.sort();
    Ok(rows)
}

fn shown(batch: &Batch, row: usize) -> String {
    let cells = batch.columns.iter().map(|column| match column {
        Values::Numbers(numbers) if numbers[row].is_nan() => "-".to_owned(),
        Values::Numbers(numbers) => numbers[row].to_string(),
        Values::Texts(codes, dictionary) => dictionary.text(codes[row]).unwrap_or("-").to_owned(),
    });
    cells.collect::<Vec<_>>().join(" ")
}

/// The columns of a table other than `id`, as a scan reads them.
pub fn all_columns(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| &*column.name).filter(|name| *name != "id").collect()
}

/// A value that fits any column of that kind.
pub fn example(kind: Kind) -> Value {
    match kind {
        Kind::Integer | Kind::Money | Kind::Instant => Value::Integer(1 << 40),
        Kind::Date => Value::Integer(20_000),
        Kind::Number => Value::Number(2.5),
        Kind::Text => Value::Text("Łódź".to_owned()),
        Kind::Boolean => Value::Boolean(true),
    }
}
