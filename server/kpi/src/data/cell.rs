//! What comes out: the result of a KPI for one period and one group.

use crate::data::dimension::Dimension;
use serde::{Deserialize, Serialize};

/// A figure, or why there is none. An absence is never turned into 0 and never compared with a threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// Money in major units, durations in seconds, percentages as fractions.
    Value { value: f64 },
    /// Nothing of what the KPI is about happened in the period.
    NoRows,
    /// The base of a rate is empty.
    ZeroDenominator,
    /// Fewer rows than the KPI's minimum sample.
    TooFew,
    /// There is no data of that time yet, or none at all.
    NoData,
    /// The data is older than the KPI allows.
    Stale,
    /// The script failed; the message says where.
    ScriptError { message: String },
}

impl Outcome {
    /// The figure, if there is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Outcome::Value { value } => Some(*value),
            _ => None,
        }
    }

    /// The word for it in JSON.
    pub fn state(&self) -> &'static str {
        match self {
            Outcome::Value { .. } => "value",
            Outcome::NoRows => "no_rows",
            Outcome::ZeroDenominator => "zero_denominator",
            Outcome::TooFew => "too_few",
            Outcome::NoData => "no_data",
            Outcome::Stale => "stale",
            Outcome::ScriptError { .. } => "script_error",
        }
    }
}

/// The result of a KPI for one period and one group, with what it was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Of a ratio, in the units of scripts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numerator: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<f64>,
    /// How many rows the figure rests on, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<u64>,
    /// How many rows do not count in it, since what they say cannot be: they end before they begin.
    #[serde(default, skip_serializing_if = "none")]
    pub left_out: u64,
    /// How many of its rows say something of which no milestone tells since when: it is taken as known always.
    #[serde(default, skip_serializing_if = "none")]
    pub undated: u64,
    /// If the figure is a share of rows: its 95 % confidence interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Whether it can still change: the period is running, or what happened in it may yet have consequences.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// Whether the data ends before its period does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
    /// Second figures shown beside it, such as a median, in the KPI's unit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
}

impl Cell {
    /// A cell with nothing but its outcome.
    pub fn of(outcome: Outcome) -> Cell {
        let (numerator, denominator, sample, interval) = (None, None, None, None);
        let (left_out, undated, provisional, incomplete, beside) = (0, 0, false, false, Vec::new());
        Cell { outcome, numerator, denominator, sample, left_out, undated, interval, provisional, incomplete, beside }
    }

    /// Whether the data ends before its period does, or is too old for it.
    pub fn lacks_data(&self) -> bool {
        self.incomplete || self.outcome == Outcome::Stale
    }

    /// Its figure, if it is one of a whole period, or one that is running: what can be compared with others.
    pub fn whole(&self) -> Option<f64> {
        self.outcome.value().filter(|_| !self.incomplete)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn none(count: &u64) -> bool {
    *count == 0
}

/// The bounds of a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// The score interval of a proportion of `of` trials, at 95 % (Wilson 1927, “Probable Inference, the Law of
    /// Succession, and Statistical Inference”). Unlike the textbook's ± it holds for few trials and for shares near 0
    /// and 1. `None` where it is no proportion.
    pub fn of_proportion(successes: f64, of: f64) -> Option<Interval> {
        const Z: f64 = 1.959_963_984_540_054;
        if !(of > 0.0 && (0.0..=of).contains(&successes)) {
            return None;
        }
        let (share, z2) = (successes / of, Z * Z);
        let center = share + z2 / (2.0 * of);
        let spread = Z * (share * (1.0 - share) / of + z2 / (4.0 * of * of)).sqrt();
        let bound = |bound: f64| (bound / (1.0 + z2 / of)).clamp(0.0, 1.0);
        Some(Interval { low: bound(center - spread), high: bound(center + spread) })
    }
}

/// A second figure beside the value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    pub name: String,
    pub value: f64,
}

/// One group of one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Group {
    /// A row of the dimension's table: its id, and the name people know it by.
    Row {
        name: String,
        id: i64,
    },
    Text(String),
    /// The rows that lack the dimension; sorted last.
    Missing,
}

impl Group {
    /// The display name; `None` where the dimension is missing.
    pub fn label(&self) -> Option<&str> {
        match self {
            Group::Row { name, .. } | Group::Text(name) => Some(name),
            Group::Missing => None,
        }
    }
}

/// The dimensions by which figures are broken down; empty for the total.
pub type Breakdown = Vec<Dimension>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_few_is_not_sure() {
        // Worked by hand from the formula: 15 of 20.
        let interval = Interval::of_proportion(15.0, 20.0).unwrap();
        assert!((interval.low - 0.531_299).abs() < 1e-5 && (interval.high - 0.888_138).abs() < 1e-5, "{interval:?}");
        let all = Interval::of_proportion(3.0, 3.0).unwrap();
        assert!(all.low < 0.44 && (all.high - 1.0).abs() < 1e-12, "{all:?}");
        assert_eq!(Interval::of_proportion(3.0, 2.0), None);
        assert_eq!(Interval::of_proportion(0.0, 0.0), None);
    }
}
