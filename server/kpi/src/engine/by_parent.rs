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

/// All figures over related rows that the measures of a fold read.
#[derive(Debug, Default)]
pub struct Children(Vec<(Wanted, ByParent)>);

/// A figure over related rows as a fold asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    pub measure: Arc<ChildMeasure>,
    /// The index of the view in which the rows are seen.
    pub view: usize,
    /// The index of the period for which they are counted, where the figure depends on it.
    pub period: Option<usize>,
}

impl Children {
    pub fn add(&mut self, wanted: Wanted, figures: ByParent) {
        self.0.push((wanted, figures));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values of a figure in a view and the period with that index.
    ///
    /// # Panics
    /// If it has not been folded.
    pub fn of(&self, measure: &ChildMeasure, view: usize, period: Option<usize>) -> &ByParent {
        let period = period.filter(|_| measure.needs_period());
        let same = |wanted: &Wanted| wanted.view == view && wanted.period == period && *wanted.measure == *measure;
        let known = self.0.iter().find(|(wanted, _)| same(wanted));
        let (_, figures) = known.expect("figures over related rows are folded before the rows themselves");
        figures
    }
}
