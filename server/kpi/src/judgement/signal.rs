//! Signal or usual variation: whether the last figure of a series stands out from those before it.
//!
//! An XmR chart of the last 26 figures (Wheeler 1993, “Understanding Variation”):
//! - [`limits`]: the limits of usual variation, and since when they hold
//! - [`rules`]: what stands out

mod limits;
mod rules;

use crate::definition::threshold::{Better, USUAL_PERIODS};
use limits::{Limits, Side, last_segment};
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// How many of the newest periods are looked at.
pub const FIGURES: usize = USUAL_PERIODS;

/// How many figures there must be among them.
pub const LEAST_FIGURES: usize = 12;

/// How a figure stands in the course of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    pub kind: Kind,
    pub direction: Direction,
    /// The mean of the figures of the last segment.
    pub centre: f64,
    /// The limits of usual variation.
    pub low: f64,
    pub high: f64,
    /// How many figures the limits rest on.
    pub points: usize,
}

/// By which rule a figure stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    BeyondLimit,
    /// So many figures on one side of the centre.
    Run,
    /// So many figures that rise, or fall.
    Trend,
    TwoOfThree,
    /// It does not.
    Usual,
}

impl Kind {
    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::BeyondLimit => "beyond_limit",
            Kind::Run => "run",
            Kind::Trend => "trend",
            Kind::TwoOfThree => "two_of_three",
            Kind::Usual => "usual",
        }
    }
}

/// What a signal means to those who are responsible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Improvement,
    Concern,
    /// Neither direction is better, or nothing stands out.
    Neutral,
}

/// What usual variation means for a mark or a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// All that is usual keeps it.
    Kept,
    /// All that is usual misses it.
    Missed,
    /// Whether it is kept is chance.
    NowAndThen,
}

impl Assurance {
    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Assurance::Kept => "kept",
            Assurance::Missed => "missed",
            Assurance::NowAndThen => "now_and_then",
        }
    }
}

/// A rule: the side on which the last of the figures stands out.
type Rule = fn(&[f64], &Limits) -> Option<Side>;

/// All rules, strongest first.
const RULES: [(Kind, Rule); 4] = [
    (Kind::BeyondLimit, rules::beyond_limit),
    (Kind::Run, rules::run),
    (Kind::Trend, rules::trend),
    (Kind::TwoOfThree, rules::two_of_three),
];

impl Signal {
    /// How the last figure of a total stands among its figures, one a period, oldest first; the first rule that holds.
    /// Absences are dropped, so that their neighbours become adjacent. `None` where the last figure is absent, where
    /// fewer than [`LEAST_FIGURES`] of the last [`FIGURES`] are there, and where nothing moves; the first that does lies
    /// beyond the limits.
    pub fn of(figures: &[Option<f64>], better: Better) -> Option<Signal> {
        Signal::by(&RULES, figures, better)
    }

    /// The same of a group: it can only lie beyond a limit. There are many groups, and each rule more would make more of
    /// them stand out by chance.
    pub fn of_group(figures: &[Option<f64>], better: Better) -> Option<Signal> {
        Signal::by(&RULES[..1], figures, better)
    }

    fn by(rules: &[(Kind, Rule)], figures: &[Option<f64>], better: Better) -> Option<Signal> {
        let present = present(figures)?;
        let segment = last_segment(&present);
        // Of a group it would say little: with a few rows, most figures are alike.
        let of_constant = || Limits::of_constant(segment).filter(|_| rules.len() > 1);
        let moving = Limits::of(segment);
        let limits = moving.or_else(of_constant)?;
        let found = rules.iter().find_map(|(kind, rule)| Some((*kind, rule(segment, &limits)?)));
        let (kind, direction) = match found {
            Some((kind, side)) => (kind, direction(side, better)),
            // Where nothing ever moves, there is no variation to speak of.
            None if moving.is_none() => return None,
            None => (Kind::Usual, Direction::Neutral),
        };
        let Limits { centre, low, high, .. } = limits;
        Some(Signal { kind, direction, centre, low, high, points: segment.len() })
    }

    /// The limit on the bad side of what is usual for a total: beyond it, a figure is worse than usual. What never moves
    /// is its own limit. `None` where there is too little history, or no side is bad.
    pub fn usual_limit(figures: &[Option<f64>], better: Better) -> Option<f64> {
        let present = present(figures)?;
        let segment = last_segment(&present);
        let Limits { low, high, .. } = Limits::of(segment).or_else(|| Limits::of_constant(segment))?;
        bad_one(low, high, better)
    }

    /// The limit on the bad side. `None` where no side is bad.
    pub fn bad_limit(&self, better: Better) -> Option<f64> {
        bad_one(self.low, self.high, better)
    }

    /// What usual variation means for a mark or a target; on it, it is kept. `None` where no side is bad.
    pub fn assurance(&self, mark: f64, better: Better) -> Option<Assurance> {
        let tolerance = 1e-9 * mark.abs().max(self.low.abs()).max(self.high.abs());
        // By how much the worst and the best of what is usual keep it.
        let (worst, best) = match better {
            Better::Higher => (self.low - mark, self.high - mark),
            Better::Lower => (mark - self.high, mark - self.low),
            Better::Neutral => return None,
        };
        Some(if worst >= -tolerance {
            Assurance::Kept
        } else if best < -tolerance {
            Assurance::Missed
        } else {
            Assurance::NowAndThen
        })
    }
}

/// The limit on the bad side, if one is bad.
fn bad_one(low: f64, high: f64, better: Better) -> Option<f64> {
    match better {
        Better::Higher => Some(low),
        Better::Lower => Some(high),
        Better::Neutral => None,
    }
}

/// The newest figures that are there; `None` where the last is not, or they are too few.
fn present(figures: &[Option<f64>]) -> Option<Vec<f64>> {
    (*figures.last()?)?;
    let newest = &figures[figures.len().saturating_sub(FIGURES)..];
    let present: Vec<f64> = newest.iter().filter_map(|figure| *figure).collect();
    (present.len() >= LEAST_FIGURES && present.iter().all(|figure| figure.is_finite())).then_some(present)
}

/// What a signal on that side means.
fn direction(side: Side, better: Better) -> Direction {
    match (side, better) {
        (_, Better::Neutral) => Direction::Neutral,
        (Side::Above, Better::Higher) | (Side::Below, Better::Lower) => Direction::Improvement,
        (Side::Above, Better::Lower) | (Side::Below, Better::Higher) => Direction::Concern,
    }
}
