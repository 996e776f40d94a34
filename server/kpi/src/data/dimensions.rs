//! Which dimensions a breakdown uses: those that held at the date of each row, or today's.

use crate::data::batch::Batch;
use crate::data::kept::{Kept, Mark, Wanted};
use crate::data::model::{Column, Table};
use crate::data::scan::{Begins, Scan, Source};
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

/// Any number: what it turns a mark into is the mark of no other state.
const TODAY: u128 = 0x9c1f_3e57_60ab_d248_7715_0ce9_b3a4_8d6f;

impl<S> Grouped<'_, S> {
    /// The mark under which the source keeps a state, and back: one that is grouped by today's dimensions is another one.
    fn mark(&self, Mark(mark): Mark) -> Mark {
        match self.dimensions {
            Dimensions::Then => Mark(mark),
            Dimensions::Today => Mark(mark ^ TODAY),
        }
    }
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

    fn milestones(&mut self, table: &Table, since: i64, until: i64) -> Result<Vec<i64>, S::Error> {
        self.source.milestones(table, since, until)
    }

    fn begins(&mut self, table: &Table) -> Result<Begins, S::Error> {
        self.source.begins(table)
    }

    fn holds(&mut self, table: &Table, column: &str) -> Result<bool, S::Error> {
        self.source.holds(table, column)
    }

    fn keeps(&self) -> bool {
        self.source.keeps()
    }

    fn kept(&mut self, wanted: &[Wanted]) -> Result<Vec<Kept>, S::Error> {
        let wanted: Vec<Wanted> =
            wanted.iter().map(|wanted| Wanted { mark: self.mark(wanted.mark), ..wanted.clone() }).collect();
        let kept = self.source.kept(&wanted)?;
        Ok(kept.into_iter().map(|kept| Kept { mark: self.mark(kept.mark), ..kept }).collect())
    }

    fn keep(&mut self, computed: Vec<Kept>) -> Result<(), S::Error> {
        let computed = computed.into_iter().map(|kept| Kept { mark: self.mark(kept.mark), ..kept }).collect();
        self.source.keep(computed)
    }

    fn refreshed_at(&mut self, table: &Table) -> Result<Option<i64>, S::Error> {
        self.source.refreshed_at(table)
    }
}
