//! A scan: what is read from one table, once, for all KPIs and breakdowns that need it. `store` compiles it to SQL;
//! tests answer it from rows in memory.

use crate::data::kept::{Kept, Wanted};
use crate::data::model::{Column, Table};
use crate::data::path::{Path, Projection};
use crate::data::scope::Scope;
use crate::data::spans::Spans;
use std::ops::Range;
use std::sync::Arc;

/// Which rows are read: those whose date lies in one of the ranges, and which last until a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The date; may belong to a related row (the opportunities of the leads of a month).
    pub path: Path,
    /// Half-open, sorted, disjoint; seconds for an instant, days for a date.
    pub ranges: Vec<Range<i64>>,
    /// Only rows that still exist at a date.
    pub lasting: Option<Lasting>,
}

/// Rows with none of these dates before `at`; a missing date is not before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lasting {
    pub until: Vec<Path>,
    /// Seconds for an instant, days for a date.
    pub at: i64,
}

/// What is read from one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    pub table: Table,
    /// What is read from each row, in the order of the columns of the [`Batch`](crate::data::batch::Batch).
    pub columns: Vec<Projection>,
    /// `None`: all rows.
    pub window: Option<Window>,
    pub scope: Scope,
}

/// Since when there is anything in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// Its rows have no dates or tell nothing that happened, or nobody knows.
    Always,
    /// Since that instant, in UTC seconds.
    At(i64),
    /// Since that day, in days since 1970: when a day begins, the zone of a period says.
    On(i64),
    /// It never held any rows.
    Never,
}

/// Whatever can answer a scan: a database, or rows in memory.
pub trait Source {
    type Error;

    /// Reads the rows of the scan in batches, in any order, each row once.
    ///
    /// # Errors
    /// If they cannot be read.
    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&crate::data::batch::Batch)) -> Result<(), Self::Error>;

    /// The former values of a text column; `None` if it has not changed in any row.
    ///
    /// # Errors
    /// If that cannot be read.
    fn spans(&mut self, table: &Table, column: &Column) -> Result<Option<Arc<Spans>>, Self::Error> {
        let _ = (table, column);
        Ok(None)
    }

    /// How many decimals its stored amounts of money have.
    ///
    /// # Errors
    /// If that cannot be read.
    fn money_digits(&mut self) -> Result<u8, Self::Error> {
        Ok(crate::data::currency::HUNDREDTHS)
    }

    /// When something happened in a table from one instant until another, and once before: the newest instant of each day
    /// in UTC, oldest first, in UTC seconds.
    ///
    /// # Errors
    /// If that cannot be read.
    fn milestones(&mut self, table: &Table, since: i64, until: i64) -> Result<Vec<i64>, Self::Error> {
        let _ = (table, since, until);
        Ok(Vec::new())
    }

    /// Since when there is anything in a table: the first of the dates by which it begins
    /// ([`begins_by`](crate::data::model::Description::begins_by)).
    ///
    /// # Errors
    /// If that cannot be read.
    fn begins(&mut self, table: &Table) -> Result<Begins, Self::Error> {
        let _ = table;
        Ok(Begins::Always)
    }

    /// Whether anything is known of a column or an attribute of a table: somebody delivers it, or a row has something in
    /// it.
    ///
    /// # Errors
    /// If that cannot be read.
    fn holds(&mut self, table: &Table, column: &str) -> Result<bool, Self::Error> {
        let _ = (table, column);
        Ok(true)
    }

    /// Whether it keeps what was computed.
    fn keeps(&self) -> bool {
        false
    }

    /// What it keeps of what is wanted and still holds, in any order.
    ///
    /// # Errors
    /// If that cannot be read.
    fn kept(&mut self, wanted: &[Wanted]) -> Result<Vec<Kept>, Self::Error> {
        let _ = wanted;
        Ok(Vec::new())
    }

    /// Keeps what was computed of the rows that it answers with; it may also let it be.
    ///
    /// # Errors
    /// If the source fails.
    fn keep(&mut self, computed: Vec<Kept>) -> Result<(), Self::Error> {
        let _ = computed;
        Ok(())
    }

    /// Up to when the rows of a table are complete, in UTC seconds; `None` where nobody knows.
    ///
    /// # Errors
    /// If that cannot be read.
    fn refreshed_at(&mut self, table: &Table) -> Result<Option<i64>, Self::Error> {
        let _ = table;
        Ok(None)
    }
}
