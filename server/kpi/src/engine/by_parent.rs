//! Figures over related rows, keyed by their parent row: `related` folds them, `rows` looks them up.

use crate::engine::classes::Set;
use crate::measure::aggregate::accumulator::{Accumulator, Reading};
use crate::measure::expr::ChildMeasure;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// One figure over related rows, keyed by the id of the parent row.
pub struct ByParent {
    figures: Figures,
    /// The figure of a row without related rows.
    absent: f64,
}

enum Figures {
    Same(FxHashMap<u64, f64>),
    /// Scopes see different related rows.
    ByClass(Accumulator, Arc<ClassesOf>),
}

/// The classes of related rows, by the id of the parent row.
pub type ClassesOf = FxHashMap<u64, Vec<OfClass>>;

/// The related rows of one row that are of one class.
pub struct OfClass {
    pub class: u32,
    /// The scopes that see them.
    pub scopes: Set,
    /// Where their figure is kept.
    pub slot: usize,
}

impl ByParent {
    /// The figures of all slots; `ids` names the parent row of each.
    pub fn of(slots: &Accumulator, ids: impl Iterator<Item = u64>) -> ByParent {
        let figures = ids.enumerate().map(|(slot, id)| (id, figure(slots.read(slot..slot + 1)))).collect();
        ByParent { figures: Figures::Same(figures), absent: figure(slots.read(0..0)) }
    }

    /// Figures of which each scope sees a part.
    pub fn by_class(slots: Accumulator, classes: Arc<ClassesOf>) -> ByParent {
        let absent = figure(slots.read(0..0));
        ByParent { figures: Figures::ByClass(slots, classes), absent }
    }

    /// The figure of the row with that id, as a scope sees it, if there are several; NaN is missing.
    pub fn get(&self, id: f64, scope: Option<u32>) -> f64 {
        match &self.figures {
            Figures::Same(figures) => figures.get(&id.to_bits()).copied().unwrap_or(self.absent),
            Figures::ByClass(states, classes) => {
                let related = classes.get(&id.to_bits()).into_iter().flatten();
                let seen = related.filter(|related| scope.is_some_and(|scope| related.scopes.holds(scope as usize)));
                let slots: Vec<Range<usize>> = seen.map(|related| related.slot..related.slot + 1).collect();
                if slots.is_empty() { self.absent } else { figure(states.over(&slots)) }
            }
        }
    }
}

fn figure(reading: Reading) -> f64 {
    reading.value.unwrap_or(f64::NAN)
}

/// All figures over related rows that the measures of a fold read.
#[derive(Default)]
pub struct Children {
    figures: Vec<(Wanted, ByParent)>,
    /// Of the rows that each scan read, where scopes see different ones.
    classes: Vec<Arc<ClassesOf>>,
}

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
        self.figures.push((wanted, figures));
    }

    /// Adds the classes of the rows of one scan, where they are told apart.
    pub fn add_classes(&mut self, classes: Option<Arc<ClassesOf>>) {
        self.classes.extend(classes);
    }

    /// The classes of everything that is related to the row with that id, sorted, each once.
    pub fn classes(&self, id: f64) -> Vec<u32> {
        let related = self.classes.iter().filter_map(|classes| classes.get(&id.to_bits())).flatten();
        let mut classes: Vec<u32> = related.map(|related| related.class).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    }

    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// The values of a figure in a view and the period with that index.
    ///
    /// # Panics
    /// If it has not been folded.
    pub fn of(&self, measure: &ChildMeasure, view: usize, period: Option<usize>) -> &ByParent {
        let period = period.filter(|_| measure.needs_period());
        let same = |wanted: &Wanted| wanted.view == view && wanted.period == period && *wanted.measure == *measure;
        let known = self.figures.iter().find(|(wanted, _)| same(wanted));
        let (_, figures) = known.expect("figures over related rows are folded before the rows themselves");
        figures
    }
}
