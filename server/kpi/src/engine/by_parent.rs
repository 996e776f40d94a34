//! Figures over related rows, keyed by their parent row: `related` folds them, `rows` looks them up.

use crate::measure::aggregate::accumulator::{Accumulator, Reading};
use crate::measure::expr::ChildMeasure;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// One figure over related rows, keyed by the id of the parent row.
#[derive(Debug)]
pub struct ByParent {
    figures: FxHashMap<u64, f64>,
    /// The figure of a row without related rows.
    absent: f64,
}

impl ByParent {
    /// The figures of all slots; `ids` names the parent row of each.
    pub fn of(slots: &Accumulator, ids: &[u64]) -> ByParent {
        let figure = |reading: Reading| reading.value.unwrap_or(f64::NAN);
        let figures = ids.iter().enumerate().map(|(slot, id)| (*id, figure(slots.read(slot..slot + 1)))).collect();
        ByParent { figures, absent: figure(slots.read(0..0)) }
    }

    /// The figure of the row with that id; NaN is missing.
    pub fn get(&self, id: f64) -> f64 {
        self.figures.get(&id.to_bits()).copied().unwrap_or(self.absent)
    }
}

/// All figures over related rows that the measures of a fold read: each once for all periods, or once per period.
#[derive(Debug, Default)]
pub struct Children(Vec<(Arc<ChildMeasure>, Vec<ByParent>)>);

impl Children {
    pub fn add(&mut self, measure: Arc<ChildMeasure>, by_period: Vec<ByParent>) {
        self.0.push((measure, by_period));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values of a figure in the period with that index.
    ///
    /// # Panics
    /// If it has not been folded.
    pub fn of(&self, measure: &ChildMeasure, period: Option<usize>) -> &ByParent {
        let known = self.0.iter().find(|(known, _)| **known == *measure);
        let (_, by_period) = known.expect("figures over related rows are folded before the rows themselves");
        let period = period.filter(|_| measure.needs_period());
        &by_period[period.unwrap_or(0)]
    }
}
