//! How a figure was judged, and by what.

use crate::definition::threshold::Status;
use serde::{Deserialize, Serialize};

/// How a figure compares with its marks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    pub status: Status,
    /// Whether that is more than chance; `None` where nothing was judged.
    pub sure: Option<bool>,
    /// By what; `None` where nothing was judged.
    #[serde(flatten)]
    pub by: Option<By>,
    /// Why nothing was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Unjudged>,
}

/// What was compared with the marks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum By {
    /// The figure as it stands.
    Value,
    /// The figure as it stands; it is sure because it lies beyond its usual limits.
    Signal,
    /// The figure of the last `periods` together.
    LookBack {
        value: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        numerator: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        denominator: Option<f64>,
        periods: usize,
    },
    /// What it will probably come to, by that many settled periods.
    Expected { value: f64, periods: usize },
    /// The figure of the last settled period, such as `2026-W43`.
    Settled { value: f64, period: String },
}

/// Why a figure was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unjudged {
    /// It has no marks.
    NoMarks,
    /// A mark looks at figures of the past, and there are not enough.
    NoPast,
    /// There is no figure: nothing happened.
    NoRows,
    ZeroDenominator,
    /// There are fewer rows than its minimum.
    TooFew,
    /// The data is too old.
    Stale,
    ScriptError,
    /// It can still change, and nothing says what it will come to.
    TooYoung,
    /// The period ends after the data does.
    Incomplete,
}
