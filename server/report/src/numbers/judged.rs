//! What may be said about the figures of an edition: which one was judged, whether a broken threshold may be chance, and
//! what stands out.

use super::{Breach, BreakdownRow, BreakdownTable, KpiBlock};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::threshold::{Better, Status, Threshold, same};
use pegel_kpi::judgement::judged::{Assessment, By, Judged, Unjudged};
use pegel_kpi::judgement::signal::{Kind, Signal};
use pegel_kpi::judgement::significance::LEAST_ROWS;

impl Breach {
    /// Whether it does not count, since it rests on so few rows that it may be chance.
    pub fn may_be_chance(&self) -> bool {
        self.judged.as_ref().is_some_and(|judged| judged.chance)
    }
}

/// What rounding may add to a difference.
const NOTHING: f64 = 1e-9;

/// How a figure stands to what is asked of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    Judged(Status),
    /// It breaks its threshold by so few rows that it may be chance, and does not count.
    MayBeChance,
    /// It breaks no threshold, but lies far from its target.
    OffTarget(OffTarget),
    /// There is no threshold.
    NotAsked,
}

/// A figure that lies far from its target, on the bad side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OffTarget {
    /// What it is, or will come to.
    pub figure: f64,
    pub target: f64,
    /// The distance between them, as a fraction of the target.
    pub beyond: f64,
}

/// What is asked of the figures of a KPI.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub threshold: &'a Threshold,
    pub better: Better,
    /// How far from its target a figure may be, as a fraction of that.
    pub target_tolerance: f64,
}

/// A figure that something is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    pub cell: &'a Cell,
    pub status: Status,
    pub assessment: Option<&'a Assessment>,
    pub target: Option<f64>,
}

impl Held<'_> {
    pub fn state(&self, asked: Asked) -> State {
        let judged = self.assessment.map(|assessment| &assessment.judged);
        let has_marks = *asked.threshold != Threshold::default()
            || judged.is_some_and(|judged| judged.reason.is_some_and(|reason| reason != Unjudged::NoMarks));
        match self.status {
            _ if judged.is_some_and(|judged| judged.chance) => State::MayBeChance,
            status if status >= Status::Warning => State::Judged(status),
            status => match self.off_target(asked) {
                Some(off) => State::OffTarget(off),
                None if has_marks => State::Judged(status),
                None => State::NotAsked,
            },
        }
    }

    /// Whether it lies farther from its target than it may.
    pub fn off_target(&self, Asked { better, target_tolerance, .. }: Asked) -> Option<OffTarget> {
        let (figure, target) = (self.held_against_target()?, self.target?);
        let distance = match better {
            Better::Higher => target - figure,
            Better::Lower => figure - target,
            Better::Neutral => return None,
        };
        let beyond = distance / target.abs();
        (target != 0.0 && beyond > target_tolerance + NOTHING).then_some(OffTarget { figure, target, beyond })
    }

    /// What is compared with its target: what it will come to, where it can still change.
    fn held_against_target(&self) -> Option<f64> {
        if self.cell.provisional {
            self.assessment?.expected.map(|expected| expected.value)
        } else {
            self.cell.outcome.value()
        }
    }
}

impl BreakdownTable {
    /// Whether it has one group, which is the total: somebody who sees one partner sees one region.
    pub fn is_of_the_total(&self, block: &KpiBlock) -> bool {
        matches!(&self.rows[..], [alone] if alone.cell == block.cell)
    }
}

impl BreakdownRow {
    /// What something is asked of.
    pub fn held(&self) -> Held<'_> {
        let BreakdownRow { cell, status, assessment, target, .. } = self;
        Held { cell, status: *status, assessment: assessment.as_ref(), target: *target }
    }

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
    /// What something is asked of.
    pub fn held(&self) -> Held<'_> {
        let KpiBlock { cell, status, assessment, target, .. } = self;
        Held { cell, status: *status, assessment: assessment.as_ref(), target: *target }
    }

    /// How the total stands.
    pub fn state(&self) -> State {
        self.held().state(self.asked())
    }

    /// How a group of it stands.
    pub fn state_of(&self, row: &BreakdownRow) -> State {
        row.held().state(self.asked())
    }

    /// What is asked of its figures.
    pub fn asked(&self) -> Asked<'_> {
        let KpiBlock { threshold, better, target_tolerance, .. } = self;
        Asked { threshold, better: *better, target_tolerance: *target_tolerance }
    }

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
