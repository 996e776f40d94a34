//! Which dimensions a breakdown uses: those that held at the date of each row, or today's.

use crate::data::batch::Batch;
use crate::data::model::{Column, Table};
use crate::data::scan::{Scan, Source};
use crate::data::spans::Spans;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Under which region, tier or team a row counts, where that has changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dimensions {
    /// Under the one that held at its own date: last year's revenue stays where it was made.
    #[default]
    Then,
    /// Under today's: a partner takes its past along when it moves.
    Today,
}

impl Dimensions {
    /// Whether they are those that held at the date of each row.
    pub fn are_then(&self) -> bool {
        *self == Dimensions::Then
    }
}

/// A source whose rows are grouped by these dimensions.
pub struct Grouped<'a, S> {
    pub source: &'a mut S,
    pub dimensions: Dimensions,
}

impl<S: Source> Source for Grouped<'_, S> {
    type Error = S::Error;

    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), S::Error> {
        self.source.scan(scan, each)
    }

    fn spans(&mut self, table: &Table, column: &Column) -> Result<Option<Arc<Spans>>, S::Error> {
        match self.dimensions {
            Dimensions::Then => self.source.spans(table, column),
            Dimensions::Today => Ok(None),
        }
    }

    fn money_digits(&mut self) -> Result<u8, S::Error> {
        self.source.money_digits()
    }

    fn milestones(&mut self, table: &Table, until: i64) -> Result<Vec<i64>, S::Error> {
        self.source.milestones(table, until)
    }

    fn begins_at(&mut self, table: &Table) -> Result<i64, S::Error> {
        self.source.begins_at(table)
    }

    fn holds(&mut self, table: &Table, column: &str) -> Result<bool, S::Error> {
        self.source.holds(table, column)
    }

    fn refreshed_at(&mut self, table: &Table) -> Result<Option<i64>, S::Error> {
        self.source.refreshed_at(table)
    }
}
