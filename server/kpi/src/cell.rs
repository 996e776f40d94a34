//! What comes out: the result of a KPI for one period and one group.

use crate::dimension::Dimension;
use serde::{Deserialize, Serialize};

/// A figure, or why there is none. An absence is never turned into 0 and never compared with a threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// Money in major units, durations in seconds, per cents as fractions.
    Value { value: f64 },
    /// Nothing of what the KPI is about happened in the period.
    NoRows,
    /// The base of a rate is empty.
    ZeroDenominator,
    /// Fewer rows than the KPI's minimum sample.
    TooFew,
    /// The source of the data is older than it may be; for sources that say how fresh they are.
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
    /// Second figures shown beside it, such as a median, in the KPI's unit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
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

/// By which dimensions figures are broken down: none is the total.
pub type Breakdown = Vec<Dimension>;
