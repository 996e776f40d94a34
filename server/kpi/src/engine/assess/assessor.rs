//! What all groups of a KPI are judged by, and what follows from that for each of them: what a figure is expected to come
//! to, and how it stands in its course.

use super::growth::{grown, value_of};
use crate::data::cell::{Cell, Group, Outcome};
use crate::data::dimension::Dimension;
use crate::data::scope::Scope;
use crate::definition::exception::Place;
use crate::definition::judging::Provisional;
use crate::definition::threshold::{Marks, Status, Threshold};
use crate::engine::measured::{InGroup, Seen};
use crate::engine::timetable::Stop;
use crate::judgement::expected::{Expected, Factors, Measure};
use crate::judgement::signal::{Direction, Kind, Signal};
use crate::judgement::significance::LEAST_ROWS;
use crate::script::kpi::Kpi;
use crate::time::period::Period;

/// What all groups of a KPI are judged by.
pub struct Assessor<'a> {
    pub kpi: &'a Kpi,
    /// The dimensions of the groups.
    pub by: &'a [Dimension],
    /// What is seen.
    pub scope: &'a Scope,
    /// Those asked for, oldest first.
    pub periods: Vec<&'a Period>,
    pub stops: &'a [Stop],
    /// Whether the last period is still running.
    pub running: bool,
    /// How many of the periods end before the data does.
    pub complete: usize,
    /// How many of the periods are settled.
    pub settled: usize,
    /// How the measures of the total grow until they are settled; `None` if that cannot be told.
    pub factors: Option<&'a Factors>,
}

/// The figures of a group over all periods.
pub struct Figures<'a> {
    /// The group, in each dimension.
    pub groups: &'a [Group],
    /// Each at the age of the last one.
    pub at_age: InGroup<'a>,
    /// Each when it is settled; `None` for a KPI whose figures do not change.
    pub settled: Option<InGroup<'a>>,
    /// The cells of `at_age`.
    pub cells: &'a [Cell],
}

impl Assessor<'_> {
    /// The marks of a group as they are declared.
    pub fn declared(&self, group: &Figures) -> Marks {
        let Some(last) = self.periods.last() else { return self.kpi.declaration.threshold };
        self.kpi.declaration.marks_of(&self.place(group, last))
    }

    /// Which figure of a group is judged.
    pub fn place<'a>(&'a self, group: &Figures<'a>, period: &Period) -> Place<'a> {
        Place::new(self.by, group.groups, self.scope, period.last_day)
    }

    /// Whether the total is that of a scope, and so a group of the whole.
    pub fn is_of_a_part(&self) -> bool {
        *self.scope != Scope::everything()
    }

    pub fn status(&self, value: f64, marks: &Threshold) -> Status {
        marks.judge(&Outcome::Value { value }, self.kpi.declaration.better)
    }

    /// Whether the figures of the period that many before the last one are judged as they are.
    pub fn is_judged_as_it_stands(&self, back: usize) -> bool {
        self.kpi.declaration.judging.provisional == Provisional::AsItStands || self.is_settled(back)
    }

    /// Whether the period that many before the last one was settled when it was as old as the last one is now.
    fn is_settled(&self, back: usize) -> bool {
        let all_are = self.settled == self.stops.len();
        // All figures are compared at one age; only a running period is younger than those before it.
        if self.running && back > 0 { self.kpi.declaration.settles_after.is_none() } else { all_are }
    }

    /// The last period that was settled when the one that many before the last was as old as the last one is now.
    pub fn last_settled(&self, back: usize) -> Option<usize> {
        self.settled.checked_sub(back + 1)
    }

    /// Whether nothing can be said of the period that many before the last one, since its data are not complete.
    pub fn is_incomplete(&self, back: usize) -> bool {
        !(self.running && back == 0) && self.stops.len() - back > self.complete
    }

    /// How many periods are judged together; `None` if they are not.
    pub fn look_back(&self) -> Option<usize> {
        Some(usize::from(self.kpi.declaration.judging.look_back)).filter(|periods| *periods > 1)
    }

    /// What the last figure will come to.
    pub fn expected(&self, group: &Figures) -> Option<Expected> {
        if self.running || self.is_settled(0) {
            return None;
        }
        self.expected_of(&group.at_age.seen(self.stops[self.stops.len() - 1]))
    }

    /// What will become of what was seen at the age of the last period.
    pub fn expected_of(&self, seen: &Seen) -> Option<Expected> {
        let present: Vec<Measure> = seen.readings.iter().map(grown).collect();
        self.factors?.expect(&present, |measures| value_of(self.kpi, &seen.readings, measures))
    }

    /// How the figure of the period that many before the last one stands in its course.
    pub fn signal(&self, group: &Figures, total: bool, back: usize) -> Option<Signal> {
        if self.running || self.is_incomplete(back) {
            return None;
        }
        let figures = figures(&group.cells[..group.cells.len() - back]);
        let better = self.kpi.declaration.better;
        if total { Signal::of(&figures, better) } else { Signal::of_group(&figures, better) }
    }

    pub fn is_unusually_bad(&self, group: &Figures, total: bool, back: usize) -> bool {
        let sample = group.cells[group.cells.len() - 1 - back].sample;
        if self.is_group(total) && sample.is_none_or(|rows| rows < LEAST_ROWS) {
            return false;
        }
        let signal = self.signal(group, total, back);
        signal.is_some_and(|signal| signal.kind == Kind::BeyondLimit && signal.direction == Direction::Concern)
    }
}

pub fn figures(cells: &[Cell]) -> Vec<Option<f64>> {
    cells.iter().map(Cell::whole).collect()
}
