//! What a script measures: an aggregate over the rows of a table that belong to a period.
//!
//! It is made of [`expr`]essions and conditions over the columns of a row, an [`aggregate`] over many rows, and which
//! rows belong to a period: by a date ([`dated`]), or by more than that ([`membership`]). [`made_of`] says which of its
//! measures a KPI's figure is made of, [`later`] finds what of that becomes known after the period, [`needed`] what it
//! cannot do without.

pub mod aggregate;
pub mod dated;
pub mod expr;
pub mod later;
pub mod made_of;
pub mod membership;
pub mod needed;

use crate::data::model::Table;
use crate::data::path::{Path, Projection};
use crate::time::period::Reach;
use aggregate::Aggregate;
use aggregate::accumulator::{Accumulator, Reading};
use dated::Dated;
use expr::{Condition, Expr, Part, parts};
use membership::{Lifetime, Membership};

/// What a measure measures; decides which units a KPI's value may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Rows, or different values.
    Count,
    Number,
    /// In the unit that the rows store.
    Money,
    /// Seconds.
    Duration,
}

/// Of each series of rows, only the latest one is counted. Rows are one series if they agree in all these columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    pub series: Vec<Projection>,
    pub by: Expr,
    /// What must hold for the latest row to be counted; the measure's own filter is applied before the latest is
    /// chosen.
    pub filter: Option<Condition>,
}

/// A figure of a KPI: an aggregate over the rows of a table that belong to the period.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    pub table: Table,
    pub membership: Membership,
    pub filter: Option<Condition>,
    pub latest: Option<Latest>,
    pub aggregate: Aggregate<Expr>,
    pub quantity: Quantity,
    /// Which date gives the month in a breakdown by month, where that is not the date of the membership.
    pub month_of: Option<Path>,
}

impl Measure {
    /// Converts a reading of it to whole units of the currency; each is `units` stored ones.
    #[must_use]
    pub fn in_whole_units(&self, reading: Reading, units: f64) -> Reading {
        match self.quantity {
            Quantity::Money => Reading { value: reading.value.map(|value| value / units), ..reading },
            Quantity::Count | Quantity::Number | Quantity::Duration => reading,
        }
    }

    /// The running aggregate, before any row. A duration below zero is a slip of who wrote down its ends, and left out.
    pub fn begin(&self) -> Accumulator {
        let began = self.aggregate.begin();
        if self.quantity == Quantity::Duration { began.leaving_out_negatives() } else { began }
    }

    /// Whether it counts a row that contributes these values; the running aggregate leaves out the others.
    pub fn counts(&self, contributed: impl IntoIterator<Item = f64>) -> bool {
        let least = if self.quantity == Quantity::Duration { 0.0 } else { f64::NEG_INFINITY };
        // A missing one is not at least anything.
        contributed.into_iter().next().is_none_or(|first| first >= least)
    }

    /// Every expression and condition in it.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = parts(self.filter.as_ref(), &self.aggregate);
        if let Membership::Existing(Lifetime { until: Some(until), .. }, _) = &self.membership {
            parts.push(Part::Expr(until));
        }
        if let Some(latest) = &self.latest {
            parts.push(Part::Expr(&latest.by));
            parts.extend(latest.filter.iter().map(Part::Condition));
        }
        parts
    }

    /// Every column it reads, besides the date by which its rows are found.
    pub fn columns(&self) -> Vec<&Projection> {
        let read = self.parts().into_iter().flat_map(|part| part.columns().into_iter().map(|(_, column)| column));
        let series = self.latest.iter().flat_map(|latest| &latest.series);
        read.chain(series).collect()
    }

    /// Whether what a row contributes depends on the period.
    pub fn needs_period(&self) -> bool {
        let dated = matches!(self.membership, Membership::Dated(_));
        !dated || self.latest.is_some() || self.parts().into_iter().any(Part::needs_period)
    }

    /// Whether every row belongs to one period only: that of its date.
    pub fn is_cut_into_periods(&self) -> bool {
        matches!(self.membership, Membership::Dated(Dated { reach: Reach::Within, .. })) && self.latest.is_none()
    }

    /// Whether the figures of parts of a period add up to that of the period.
    pub fn adds_up(&self) -> bool {
        let within = matches!(self.membership, Membership::Dated(Dated { reach: Reach::Within, .. }));
        within && !self.needs_period() && self.aggregate.adds_up()
    }

    /// The date that gives the month in a breakdown by month; `None` where there is none.
    pub fn month_of(&self) -> Option<&Path> {
        // The latest rows of each month are not those of the period.
        match (&self.month_of, &self.membership) {
            _ if self.latest.is_some() => None,
            (Some(path), _) | (None, Membership::Dated(Dated { by: path, .. })) => Some(path),
            (None, Membership::Existing(..) | Membership::All) => None,
        }
    }
}
