//! What may be said about the figures of an edition: which one was judged, whether a broken threshold may be chance, and
//! what stands out.

use super::{Breach, BreakdownRow, Change, KpiBlock, Numbers};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::threshold::same;
use pegel_kpi::judgement::judged::{Assessment, By, Judged};
use pegel_kpi::judgement::signal::{Kind, Signal};
use pegel_kpi::judgement::significance::LEAST_ROWS;

impl Breach {
    /// Whether it does not count, since it rests on so few rows that it may be chance.
    pub fn may_be_chance(&self) -> bool {
        self.judged.as_ref().is_some_and(|judged| judged.chance)
    }

    /// The figure that was judged.
    pub fn judged_cell(&self) -> Cell {
        let value = judged_value(&self.cell, self.judged.as_ref());
        value.map_or_else(|| self.cell.clone(), |value| Cell { outcome: Outcome::Value { value }, ..self.cell.clone() })
    }

    /// How the figure that was judged moved; `None` where that is not the figure as it stands.
    pub fn judged_change(&self) -> Option<&Change> {
        let by = self.judged.as_ref().and_then(|judged| judged.by.as_ref());
        self.change.as_ref().filter(|_| is_as_it_stands(&self.cell, by))
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
    /// What stands out in the total.
    pub fn signal(&self) -> Option<&Signal> {
        standing_out(self.assessment.as_ref(), &self.cell, false)
    }
}

impl Numbers {
    /// What stands out in the figure that breaks a threshold.
    pub fn signal_of(&self, breach: &Breach) -> Option<&Signal> {
        let blocks = self.sections.iter().flat_map(|section| &section.kpis);
        blocks.filter(|block| block.id == breach.kpi).find_map(|block| {
            let Some(head) = &breach.group else { return block.signal() };
            let tables = block.breakdowns.iter().filter(|table| table.dimension == head.dimension);
            tables.flat_map(|table| &table.rows).find(|row| row.group == head.group)?.signal()
        })
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
