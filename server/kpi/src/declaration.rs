//! What a script says about its KPI: the map it hands to `kpi(#{…})`.

use crate::threshold::{Better, Threshold};
use serde::{Deserialize, Serialize};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub en: String,
    pub de: String,
}

impl Words {
    /// The text in the language of a locale such as `de-AT`; English where there is none.
    pub fn for_locale(&self, locale: &str) -> &str {
        if locale == "de" || locale.starts_with("de-") { &self.de } else { &self.en }
    }
}

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

/// What a script says about its KPI.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    pub id: String,
    pub title: Words,
    pub description: Words,
    pub unit: Unit,
    pub better: Better,
    #[serde(default)]
    pub threshold: Threshold,
    /// Fewer rows than this, and there is no figure but "too few".
    #[serde(default)]
    pub min_sample: u64,
}
