//! How a figure was judged, and by what.

use super::expected::Expected;
use super::signal::{Assurance, Signal};
use crate::data::cell::{Cell, Outcome};
use crate::definition::threshold::{Better, Status, Threshold};
use serde::{Deserialize, Serialize};

/// How a figure compares with its marks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    pub status: Status,
    /// Whether that is more than chance; `None` where nothing was judged.
    pub sure: Option<bool>,
    /// Whether it breaks its mark, but perhaps by chance, and such breaches are not to count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chance: bool,
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
    /// There is no data of that time.
    NoData,
    /// The data is too old.
    Stale,
    ScriptError,
    /// It can still change, and nothing says what it will come to.
    TooYoung,
    /// The period ends after the data does.
    Incomplete,
}

impl Unjudged {
    /// Why there is no figure to judge; `None` if there is one.
    pub fn of(outcome: &Outcome) -> Option<Unjudged> {
        match outcome {
            Outcome::Value { .. } => None,
            Outcome::NoRows => Some(Unjudged::NoRows),
            Outcome::ZeroDenominator => Some(Unjudged::ZeroDenominator),
            Outcome::TooFew => Some(Unjudged::TooFew),
            Outcome::NoData => Some(Unjudged::NoData),
            Outcome::Stale => Some(Unjudged::Stale),
            Outcome::ScriptError { .. } => Some(Unjudged::ScriptError),
        }
    }

    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Unjudged::NoMarks => "no_marks",
            Unjudged::NoPast => "no_past",
            Unjudged::NoRows => "no_rows",
            Unjudged::ZeroDenominator => "zero_denominator",
            Unjudged::TooFew => "too_few",
            Unjudged::NoData => "no_data",
            Unjudged::Stale => "stale",
            Unjudged::ScriptError => "script_error",
            Unjudged::TooYoung => "too_young",
            Unjudged::Incomplete => "incomplete",
        }
    }
}

/// All that is said about the last of the figures asked for, beside the figure itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    pub judged: Judged,
    /// The marks by which it was judged.
    pub marks: Threshold,
    /// Of a provisional figure, where enough of the past is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// Where there is enough history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// The period before, judged at the same age by today's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Judged>,
    /// Of a breach that counts: the periods up to this one that are broken without a gap, at the same age, by today's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

/// What the usual variation of a figure means for what it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Assured {
    /// For the mark at which a breach begins; `None` where there is none, or it follows from the variation itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Assurance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Assurance>,
}

impl Assured {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Assured::default()
    }
}

impl Assessment {
    /// What usual variation means for the marks, and for a target. Figures that can still change say nothing of marks for
    /// what they will come to.
    pub fn assured(&self, cell: &Cell, target: Option<f64>, better: Better) -> Assured {
        let as_it_stands = matches!(self.judged.by, Some(By::Value | By::Signal));
        let Some(signal) = self.signal.filter(|_| !cell.provisional || as_it_stands) else { return Assured::default() };
        let mark = self.marks.warning.or(self.marks.critical);
        let mark = mark.filter(|mark| signal.bad_limit(better) != Some(*mark));
        let of = |mark: Option<f64>| signal.assurance(mark?, better);
        Assured { threshold: of(mark), target: of(target) }
    }
}

/// How long a breach has gone on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The first broken period, such as `2026-W45`.
    pub period: String,
    /// How many there are, this one included.
    pub periods: usize,
    /// Whether those before them are not known, and may be broken as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}
