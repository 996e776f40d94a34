//! Signal or usual variation.

use serde::{Deserialize, Serialize};

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

/// What a signal means to those who are responsible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Improvement,
    Concern,
    /// Neither direction is better, or nothing stands out.
    Neutral,
}
