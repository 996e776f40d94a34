//! In which currency the cells of a sheet are shown, where the reader of the workbook does not say.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// By the first of some rows that are alike.
#[derive(Debug, Default)]
pub(super) struct Currencies(BTreeMap<u64, Alike>);

/// Rows that are alike, up to the one before `end`.
#[derive(Debug)]
struct Alike {
    end: u64,
    cells: Vec<Cells>,
}

/// Cells from one column to before another, with their currency: its sign, or its code (ISO 4217).
pub(super) type Cells = (Range<u64>, Arc<str>);

impl Currencies {
    /// Those of the cells of rows that are alike.
    pub fn add(&mut self, rows: Range<u64>, cells: Vec<Cells>) {
        self.0.insert(rows.start, Alike { end: rows.end, cells });
    }

    /// That of one cell more, in the last row or below it.
    pub fn add_cell(&mut self, row: u64, column: u64, currency: Arc<str>) {
        let alike = self.0.entry(row).or_insert(Alike { end: row + 1, cells: Vec::new() });
        alike.cells.push((column..column + 1, currency));
    }

    /// That of a cell, by its row and column from 0.
    pub fn of(&self, row: u32, column: u32) -> Option<&str> {
        let (_, alike) = self.0.range(..=u64::from(row)).next_back()?;
        let of_column = |(columns, _): &&Cells| columns.contains(&u64::from(column));
        let cell = alike.cells.iter().find(of_column).filter(|_| u64::from(row) < alike.end)?;
        Some(&cell.1)
    }
}
