//! What a statement is.

use crate::link::RowsOf;
use crate::numbers::{Change, Contribution, GroupHead, TrendPoint, is_as_it_stands, judged_value};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::judgement::judged::{Assessment, By};
use pegel_text::translated::Translated;
use serde::{Deserialize, Serialize};

/// Why something is said. Ordered by importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A threshold is broken that was kept the period before.
    NewBreach,
    /// A threshold is broken, and was before, or nobody knows.
    Breach,
    /// The figure lies far from its target, on the bad side.
    OffTarget,
    /// A signal for the worse.
    Worse,
    /// It was judged the period before, and now it is not.
    NotJudged,
    /// A threshold was broken the period before, and now it is kept.
    Mended,
    /// A signal for the better.
    Better,
    /// A threshold is broken, but by so few rows that it may be chance. Never among the ranked ones.
    Chance,
}

impl Kind {
    /// Whether it says how a figure compares with its marks.
    pub fn is_about_marks(self) -> bool {
        match self {
            Kind::NewBreach | Kind::Breach | Kind::Mended | Kind::Chance => true,
            Kind::OffTarget | Kind::Worse | Kind::NotJudged | Kind::Better => false,
        }
    }

    /// Whether it is good news.
    pub fn is_good(self) -> bool {
        matches!(self, Kind::Mended | Kind::Better)
    }
}

/// One thing that an edition has to say. The labels of groups that are rows are not in its JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    pub kind: Kind,
    /// What it is about, the worst first: one total, groups of one KPI, or KPIs that were not judged for one reason.
    pub about: Vec<Finding>,
}

/// A figure, with all that a statement may say about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub kpi: String,
    pub title: Translated,
    pub unit: Unit,
    pub better: Better,
    pub threshold: Threshold,
    /// `None` for the total.
    pub group: Option<GroupHead>,
    pub status: Status,
    pub cell: Cell,
    pub previous: Cell,
    pub change: Option<Change>,
    pub year_before: Option<Cell>,
    pub target: Option<f64>,
    pub settled: Option<TrendPoint>,
    /// When the data ends that it rests on, in UTC seconds, where the period ends later.
    pub data_ends: Option<i64>,
    pub assessment: Option<Assessment>,
    /// What made it change: the part that explains the most of it, if that is at least half.
    pub causes: Vec<Contribution>,
    /// The rows it rests on, on their bad side; `None` where a group has no name any more to ask for them by.
    pub rows: Option<RowsOf>,
    /// The table whose rows it counts; `None` if these are several.
    pub table: Option<String>,
}

/// What the figure is that a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// As it stands.
    Value,
    /// Of several periods together.
    LookBack,
    /// What it will come to.
    Expected,
    /// Of the last settled period.
    Settled,
}

/// So many groups are named before the others are counted.
const NAMED: usize = 3;

impl Statement {
    /// How many of the figures are named; the others are counted, unless there is only one.
    pub fn named(&self) -> usize {
        if self.about.len() == NAMED + 1 { NAMED + 1 } else { NAMED.min(self.about.len()) }
    }
}

impl Finding {
    /// Which figure a statement of that kind says.
    pub fn basis(&self, kind: Kind) -> Basis {
        match self.by(kind) {
            None if kind == Kind::OffTarget && self.expected().is_some() => Basis::Expected,
            by if is_as_it_stands(&self.cell, by) => Basis::Value,
            Some(By::LookBack { .. }) => Basis::LookBack,
            Some(By::Settled { .. }) => Basis::Settled,
            Some(By::Expected { .. } | By::Value | By::Signal) | None => Basis::Expected,
        }
    }

    /// What a figure that can still change will come to.
    pub fn expected(&self) -> Option<f64> {
        self.assessment.as_ref()?.expected.filter(|_| self.cell.provisional).map(|expected| expected.value)
    }

    /// On which side of a mark or target it is bad, by the word that sentences choose by.
    pub fn bad_side(&self) -> &'static str {
        if self.better == Better::Higher { "below" } else { "above" }
    }

    /// What is compared with its target: what it will come to, where it can still change.
    pub fn held_against_target(&self) -> Option<f64> {
        self.expected().or_else(|| self.cell.outcome.value())
    }

    /// What was compared with the marks: not the figure as it stands where that is too young or rests on few rows.
    pub fn judged_value(&self) -> Option<f64> {
        judged_value(&self.cell, self.assessment.as_ref().map(|assessment| &assessment.judged))
    }

    /// How many rows of a share make it as bad as it is, where the figure that is said is that of the period.
    pub fn bad_rows(&self, kind: Kind) -> Option<f64> {
        self.cell.interval.filter(|_| self.basis(kind) == Basis::Value)?;
        let (numerator, denominator) = (self.cell.numerator?, self.cell.denominator?);
        match self.better {
            Better::Higher => Some(denominator - numerator),
            Better::Lower => Some(numerator),
            Better::Neutral => None,
        }
    }

    /// What was compared with the marks, in a statement of a kind that is about them; `None` for the figure as it stands.
    pub fn by(&self, kind: Kind) -> Option<&By> {
        self.assessment.as_ref()?.judged.by.as_ref().filter(|_| kind.is_about_marks())
    }
}
