//! Which figure was judged, and whether a broken threshold may be chance.

use super::{Breach, BreakdownRow};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::judgement::judged::{By, Judged};

impl Breach {
    /// Whether it rests on so few rows that it may be chance. A total breaks a threshold as it stands.
    pub fn may_be_chance(&self) -> bool {
        self.group.is_some() && self.judged.as_ref().is_some_and(is_chance)
    }

    /// The figure that was judged.
    pub fn judged_cell(&self) -> Cell {
        let value = judged_value(&self.cell, self.judged.as_ref());
        value.map_or_else(|| self.cell.clone(), |value| Cell { outcome: Outcome::Value { value }, ..self.cell.clone() })
    }
}

impl BreakdownRow {
    /// Whether it breaks its threshold by so few rows that it may be chance.
    pub fn may_be_chance(&self) -> bool {
        self.assessment.as_ref().is_some_and(|assessment| is_chance(&assessment.judged))
    }
}

/// What was compared with the marks: not the figure as it stands where that is too young or rests on few rows.
pub fn judged_value(cell: &Cell, judged: Option<&Judged>) -> Option<f64> {
    match judged.and_then(|judged| judged.by.as_ref()) {
        Some(By::LookBack { value, .. } | By::Expected { value, .. } | By::Settled { value, .. }) => Some(*value),
        Some(By::Value | By::Signal) | None => cell.outcome.value(),
    }
}

/// Whether a mark is broken, but not surely.
pub fn is_chance(judged: &Judged) -> bool {
    judged.status >= Status::Warning && judged.sure == Some(false)
}
