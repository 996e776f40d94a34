//! Which figure was judged, and whether a broken threshold may be chance.

use super::{Breach, BreakdownRow, Change};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::judgement::judged::{By, Judged};

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
        self.change.as_ref().filter(|_| matches!(by, Some(By::Value | By::Signal) | None))
    }
}

impl BreakdownRow {
    /// Whether it breaks its threshold by so few rows that it may be chance, and does not count.
    pub fn may_be_chance(&self) -> bool {
        self.assessment.as_ref().is_some_and(|assessment| assessment.judged.chance)
    }
}

/// What was compared with the marks: not the figure as it stands where that is too young or rests on few rows.
pub fn judged_value(cell: &Cell, judged: Option<&Judged>) -> Option<f64> {
    match judged.and_then(|judged| judged.by.as_ref()) {
        Some(By::LookBack { value, .. } | By::Expected { value, .. } | By::Settled { value, .. }) => Some(*value),
        Some(By::Value | By::Signal) | None => cell.outcome.value(),
    }
}
