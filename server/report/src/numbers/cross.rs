//! A KPI by two dimensions at once: the groups of one as lines, those of the other as columns.

use super::Group;
use crate::place::place;
use pegel_kpi::data::cell::Cell;
use serde::{Deserialize, Serialize};

/// A KPI by two dimensions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossTable {
    /// The dimension of the lines, such as `product`.
    pub lines_by: String,
    /// The dimension of the columns, such as `region`.
    pub columns_by: String,
    pub columns: Vec<Group>,
    pub lines: Vec<CrossLine>,
}

/// A group of the first dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossLine {
    #[serde(flatten)]
    pub group: Group,
    /// One for each column; `None` where the two groups have nothing in common.
    pub cells: Vec<Option<Cell>>,
}

impl CrossTable {
    /// The table of pairs of groups and their cells; groups stand in the order in which they first come.
    pub fn of(lines_by: &str, columns_by: &str, pairs: impl IntoIterator<Item = ([Group; 2], Cell)>) -> CrossTable {
        let (mut columns, mut lines): (Vec<Group>, Vec<CrossLine>) = (Vec::new(), Vec::new());
        for ([line, column], cell) in pairs {
            let column = place(&mut columns, |known| *known == column, || column.clone());
            let line =
                place(&mut lines, |known| known.group == line, || CrossLine { group: line.clone(), cells: Vec::new() });
            let cells = &mut lines[line].cells;
            cells.resize(cells.len().max(column + 1), None);
            cells[column] = Some(cell);
        }
        for line in &mut lines {
            line.cells.resize(columns.len(), None);
        }
        CrossTable { lines_by: lines_by.to_owned(), columns_by: columns_by.to_owned(), columns, lines }
    }

    /// All groups that it names, with their dimensions.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        let lines = self.lines.iter().map(|line| (self.lines_by.as_str(), &line.group));
        lines.chain(self.columns.iter().map(|group| (self.columns_by.as_str(), group)))
    }

    /// The same, mutable.
    pub fn groups_mut(&mut self) -> impl Iterator<Item = (&str, &mut Group)> {
        let CrossTable { lines_by, columns_by, columns, lines } = self;
        let lines = lines.iter_mut().map(|line| (lines_by.as_str(), &mut line.group));
        lines.chain(columns.iter_mut().map(|group| (columns_by.as_str(), group)))
    }
}
