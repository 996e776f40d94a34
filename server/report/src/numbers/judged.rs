//! What may be said about the figures of an edition: which one was judged, whether a broken threshold may be chance, and
//! what stands out.

use super::{Breach, BreakdownRow, BreakdownTable, KpiBlock};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::threshold::{Better, Status, Threshold, same};
use pegel_kpi::judgement::judged::{Assessment, By, Judged};
use pegel_kpi::judgement::signal::{Kind, Signal};
use pegel_kpi::judgement::significance::LEAST_ROWS;

impl Breach {
    /// Whether it does not count, since it rests on so few rows that it may be chance.
    pub fn may_be_chance(&self) -> bool {
        self.judged.as_ref().is_some_and(|judged| judged.chance)
    }
}

impl BreakdownTable {
    /// Whether it has one group, which is the total: somebody who sees one partner sees one region.
    pub fn is_of_the_total(&self, block: &KpiBlock) -> bool {
        matches!(&self.rows[..], [alone] if alone.cell == block.cell)
    }
}

impl BreakdownRow {
    /// Whether it breaks its threshold by so few rows that it may be chance, and does not count.
    pub fn may_be_chance(&self) -> bool {
        self.assessment.as_ref().is_some_and(|assessment| assessment.judged.chance)
    }

    /// What stands out in it.
    pub fn signal(&self) -> Option<&Signal> {
        standing_out(self.assessment.as_ref(), &self.cell, true)
    }
}

impl KpiBlock {
    /// Whether the total breaks its threshold by so few rows that it may be chance, and does not count.
    pub fn may_be_chance(&self) -> bool {
        self.assessment.as_ref().is_some_and(|assessment| assessment.judged.chance)
    }

    /// What stands out in the total.
    pub fn signal(&self) -> Option<&Signal> {
        standing_out(self.assessment.as_ref(), &self.cell, false)
    }
}

/// The signal of a figure, unless it varies as usual, or is that of a group with so few rows that it says nothing.
pub fn standing_out<'a>(assessment: Option<&'a Assessment>, cell: &Cell, is_group: bool) -> Option<&'a Signal> {
    let signal = assessment?.signal.as_ref().filter(|signal| signal.kind != Kind::Usual);
    signal.filter(|_| !is_group || cell.sample.is_some_and(|rows| rows >= LEAST_ROWS))
}

/// Whether what was compared with the marks is the figure as it stands, or is expected to be that.
pub fn is_as_it_stands(cell: &Cell, by: Option<&By>) -> bool {
    match by {
        Some(By::Expected { value, .. }) => cell.outcome.value().is_some_and(|now| same(now, *value)),
        Some(By::LookBack { .. } | By::Settled { .. }) => false,
        Some(By::Value | By::Signal) | None => true,
    }
}

/// What was compared with the marks: not the figure as it stands where that is too young or rests on few rows.
pub fn judged_value(cell: &Cell, judged: Option<&Judged>) -> Option<f64> {
    match judged.and_then(|judged| judged.by.as_ref()) {
        Some(By::LookBack { value, .. } | By::Expected { value, .. } | By::Settled { value, .. }) => Some(*value),
        Some(By::Value | By::Signal) | None => cell.outcome.value(),
    }
}

/// How far a figure lies beyond the mark that it breaks, in relation to it.
pub fn beyond(value: f64, status: Status, threshold: &Threshold, better: Better) -> f64 {
    let Some(mark) = (if status == Status::Critical { threshold.critical } else { threshold.warning }) else {
        return 0.0;
    };
    let distance = match better {
        Better::Higher => mark - value,
        Better::Lower => value - mark,
        Better::Neutral => 0.0,
    };
    if mark == 0.0 { distance } else { distance / mark.abs() }
}
