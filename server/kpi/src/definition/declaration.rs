//! What a script says about its KPI: the map it hands to `kpi(#{…})`.

use super::exception::{Exception, Place};
use super::judging::Judging;
use super::threshold::{Better, Marks};
use pegel_text::translated::Translated;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// How a KPI's figure is to be read and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A fraction, shown as per cent.
    Percent,
    /// Major units of the configured currency.
    Money,
    /// Seconds.
    Duration,
    /// A whole number.
    Count,
    Number,
}

impl Unit {
    /// The word for it in scripts.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Percent => "percent",
            Unit::Money => "money",
            Unit::Duration => "duration",
            Unit::Count => "count",
            Unit::Number => "number",
        }
    }

    /// The least and the most that a figure can be; `share`: whether it is one of rows.
    pub fn bounds(self, share: bool) -> (f64, f64) {
        match self {
            Unit::Percent if share => (0.0, 1.0),
            Unit::Count | Unit::Duration => (0.0, f64::INFINITY),
            Unit::Percent | Unit::Money | Unit::Number => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }
}

/// What a script says about its KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    pub id: String,
    pub title: Translated,
    pub description: Translated,
    pub unit: Unit,
    pub better: Better,
    pub threshold: Marks,
    /// Where other marks hold; of several, the last one.
    pub exceptions: Vec<Exception>,
    pub judging: Judging,
    /// With fewer rows than this, the cell says "too few" instead of a figure.
    pub min_sample: u64,
    /// How long after a period its figures can still change.
    pub settles_after: Option<Lag>,
    /// Figures are stale if a table that they read is complete only up to longer than this before the end of the
    /// period, or before now if the period is running.
    pub stale_after: Option<Lag>,
    /// What configuration may set, with the defaults.
    pub parameters: BTreeMap<String, Parameter>,
}

impl Declaration {
    /// The marks of a figure.
    pub fn marks_of(&self, place: &Place) -> Marks {
        let held = self.exceptions.iter().filter(|exception| exception.holds(place));
        held.fold(self.threshold, |marks, exception| exception.over(marks))
    }

    /// How many earlier periods any of its marks looks at.
    pub fn periods_before(&self) -> usize {
        let of_exceptions = self.exceptions.iter().map(|exception| exception.over(self.threshold).periods_before());
        of_exceptions.fold(self.threshold.periods_before(), usize::max)
    }

    /// Whether any figure can have a mark.
    pub fn has_marks(&self) -> bool {
        let all = self.exceptions.iter().map(|exception| exception.over(self.threshold));
        std::iter::once(self.threshold).chain(all).any(|marks| marks != Marks::default())
    }
}

/// Whether a text can be the id of a KPI or the name of a pack: lowercase letters, digits and `_`, a letter first.
pub fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

/// Something that a script leaves open and configuration may set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a parameter is a number, a text, or true or false")]
pub enum Parameter {
    Number(#[serde(deserialize_with = "finite")] f64),
    Text(String),
    YesNo(bool),
}

impl Parameter {
    /// Whether both are of the same kind, so that one can replace the other.
    pub fn is_like(&self, other: &Parameter) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Parameter::Number(_) => "a number",
            Parameter::Text(_) => "a text",
            Parameter::YesNo(_) => "true or false",
        }
    }
}

/// Refuses TOML's `nan` and `inf`: nothing can be calculated with them.
fn finite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number.is_finite() { Ok(number) } else { Err(serde::de::Error::custom("not finite")) }
}

/// A length of time, written `14d`, `2w` or `12h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Lag(i64);

impl Lag {
    /// That many days.
    pub const fn days(count: u32) -> Lag {
        Lag(count as i64 * 86_400)
    }

    /// In seconds.
    pub fn seconds(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for Lag {
    /// As scripts write it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 % 86_400 == 0 { write!(f, "{}d", self.0 / 86_400) } else { write!(f, "{}h", self.0 / 3600) }
    }
}

impl TryFrom<String> for Lag {
    type Error = String;

    fn try_from(text: String) -> Result<Lag, String> {
        let length = |unit: char, seconds: i64| {
            let count: u32 = text.strip_suffix(unit)?.trim().parse().ok()?;
            Some(Lag(i64::from(count) * seconds))
        };
        let lag = length('h', 3600).or_else(|| length('d', 86_400)).or_else(|| length('w', 604_800));
        lag.ok_or_else(|| format!("“{text}” is not a length of time"))
    }
}
