//! Rows that refer to each other by position, since only the database knows ids.

use pegel_store::facts::Value;

/// The rows of one table, in an order in which they can be written.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoTable {
    pub table: &'static str,
    /// Without `id` and `key`.
    pub columns: Vec<&'static str>,
    pub rows: Vec<DemoRow>,
    /// What the keys begin with.
    prefix: &'static str,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoRow {
    /// Its key within the table, such as `L-000017`.
    pub key: String,
    /// In the order of [`DemoTable::columns`].
    pub cells: Vec<Cell>,
}

/// What a row holds in a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Value(Value),
    /// The row at that position in the table that the column refers to.
    Parent(usize),
}

/// A reference to the row at that position.
#[derive(Debug, Clone, Copy)]
pub struct Parent(pub usize);

impl DemoTable {
    /// A table without rows, whose keys begin with `prefix`.
    pub fn new(table: &'static str, prefix: &'static str, columns: &[&'static str]) -> DemoTable {
        DemoTable { table, columns: columns.to_vec(), rows: Vec::new(), prefix }
    }

    /// Adds the next row.
    pub fn push(&mut self, cells: Vec<Cell>) {
        self.push_at(self.rows.len(), cells);
    }

    /// Adds a row with the key of the one at that position: further columns of a row in another [`DemoTable`].
    pub fn push_at(&mut self, position: usize, cells: Vec<Cell>) {
        assert_eq!(cells.len(), self.columns.len(), "a row of {} has another number of cells", self.table);
        self.rows.push(DemoRow { key: format!("{}-{:06}", self.prefix, position + 1), cells });
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

impl From<Parent> for Cell {
    fn from(Parent(position): Parent) -> Cell {
        Cell::Parent(position)
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
