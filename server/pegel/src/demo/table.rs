//! Rows that refer to each other by key, since only the database knows ids.

use pegel_kpi::model::{self, Column, Table};
use pegel_store::facts::Value;

/// The rows of one table, in an order in which they can be written.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoTable {
    pub table: &'static Table,
    /// Without `id` and `key`.
    pub columns: Vec<&'static Column>,
    pub rows: Vec<DemoRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoRow {
    pub key: Key,
    /// In the order of [`DemoTable::columns`].
    pub cells: Vec<Cell>,
}

/// What names a row within its table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub String);

impl Key {
    /// A key such as `L-000017`.
    pub fn numbered(prefix: &str, number: usize) -> Key {
        Key(format!("{prefix}-{number:06}"))
    }
}

/// What a row holds in a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Value(Value),
    /// The row of that key in the table that the column refers to.
    Parent(Key),
}

impl DemoTable {
    /// A table without rows.
    pub fn new(name: &str, columns: &[&str]) -> DemoTable {
        let table = model::table(name).expect("the demo names tables of the model");
        let column = |name: &&str| table.column(name).expect("the demo names columns of the model");
        DemoTable { table, columns: columns.iter().map(column).collect(), rows: Vec::new() }
    }

    pub fn push(&mut self, key: Key, cells: Vec<Cell>) {
        assert_eq!(cells.len(), self.columns.len(), "a row of {} has another number of cells", self.table.name);
        self.rows.push(DemoRow { key, cells });
    }
}

/// Cells from whatever can become one.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { vec![$( $crate::demo::table::Cell::from($cell) ),*] };
}
pub(super) use cells;

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Value(Value::Integer(number))
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Cell {
        Cell::Value(Value::Number(number))
    }
}

impl From<bool> for Cell {
    fn from(truth: bool) -> Cell {
        Cell::Value(Value::Boolean(truth))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Value(Value::Text(text.to_owned()))
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Cell {
        Cell::from(text.as_str())
    }
}

impl From<&Key> for Cell {
    fn from(key: &Key) -> Cell {
        Cell::Parent(key.clone())
    }
}

impl<T> From<Option<T>> for Cell
where
    Cell: From<T>,
{
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Value(Value::Missing), Cell::from)
    }
}
