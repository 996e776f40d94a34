//! When two editions say the same of a number.

use crate::numbers::{Said, judged_value};
use pegel_kpi::data::cell::{Beside, Outcome};
use pegel_kpi::definition::threshold::{Status, same};

impl Said {
    /// Whether both say the same. How old the figures are does not count: that one can still change, or lacks data, and
    /// the other does not, is no other number.
    pub fn is_like(&self, other: &Said) -> bool {
        self.has_figure_of(other) && self.state() == other.state() && self.has_target_of(other)
    }

    /// How it is judged: what may be chance breaks nothing.
    pub(super) fn state(&self) -> (Status, bool) {
        (self.status, self.judged.as_ref().is_some_and(|judged| judged.chance))
    }

    /// What was compared with the marks.
    pub(super) fn judged_value(&self) -> Option<f64> {
        judged_value(&self.cell, self.judged.as_ref())
    }

    /// Whether the figures are the same, and made of as much, and so are those beside them: what was judged, and what
    /// they are compared with.
    pub(super) fn has_figure_of(&self, other: &Said) -> bool {
        self.has_own_figure_of(other)
            && are_same(self.judged_value(), other.judged_value())
            && are_same(self.previous, other.previous)
            && are_same(self.year_before, other.year_before)
    }

    fn has_own_figure_of(&self, other: &Said) -> bool {
        let (one, other) = (&self.cell, &other.cell);
        has_outcome_of(&one.outcome, &other.outcome)
            && are_same(one.numerator, other.numerator)
            && are_same(one.denominator, other.denominator)
            && one.sample == other.sample
            && one.beside.len() == other.beside.len()
            && one.beside.iter().zip(&other.beside).all(|(one, other)| is_beside(one, other))
    }

    pub(super) fn has_target_of(&self, other: &Said) -> bool {
        are_same(self.target, other.target)
    }
}

/// Sums that are added up in another order differ in their last digits.
fn has_outcome_of(one: &Outcome, other: &Outcome) -> bool {
    one.value().is_some() && are_same(one.value(), other.value()) || one == other
}

fn is_beside(one: &Beside, other: &Beside) -> bool {
    one.name == other.name && same(one.value, other.value)
}

fn are_same(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => same(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}
