//! What a figure is compared with: the period before, the same period a year before, and the target.
//!
//! Closed periods are compared with closed ones, a running one with the same elapsed part of the others.

use crate::data::cell::Cell;
use crate::time::period::Period;
use serde::Serialize;

/// What figures are to be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    pub before: bool,
    pub year_before: bool,
    pub target: bool,
}

impl Comparison {
    /// With nothing.
    pub const NONE: Comparison = Comparison { before: false, year_before: false, target: false };
    /// With everything there is.
    pub const ALL: Comparison = Comparison { before: true, year_before: true, target: true };

    /// Everything that either of the two asks for.
    #[must_use]
    pub fn or(self, other: Comparison) -> Comparison {
        Comparison {
            before: self.before || other.before,
            year_before: self.year_before || other.year_before,
            target: self.target || other.target,
        }
    }
}

/// What a figure is compared with.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Compared {
    /// `None` where it was not asked for, or the calendar has no such period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Earlier>,
    /// `None` where it was not asked for, or the calendar has no such period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year_before: Option<Earlier>,
    /// From the targets whose metric is the KPI's id, in the units of scripts; `None` where there is none. Targets for
    /// money and counts are prorated by day; those for rates are averaged over the days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
}

/// A figure of an earlier period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Earlier {
    /// As it is known.
    #[serde(flatten)]
    pub cell: Cell,
    /// As long after the end of its period as the figure that is compared with it; `None` if that makes no difference:
    /// figures of this KPI do not change after their period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_the_same_age: Option<Cell>,
}

impl Earlier {
    /// The figure that another one can be compared with.
    pub fn comparable(&self) -> &Cell {
        self.at_the_same_age.as_ref().unwrap_or(&self.cell)
    }
}

/// The period before, cut to the same elapsed part if this one is; `None` where the calendar has none.
pub(crate) fn before(period: &Period) -> Option<Period> {
    Some(period.before().ok()?.elapsed_like(period))
}

/// The same period a year before, cut to the same elapsed part if this one is; `None` where the calendar has none.
pub(crate) fn year_before(period: &Period) -> Option<Period> {
    Some(period.year_before().ok()?.elapsed_like(period))
}
