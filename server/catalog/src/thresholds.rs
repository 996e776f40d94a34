//! `config/thresholds.toml`: thresholds that override those of the scripts, and parameters that scripts leave open.

use crate::error::{CatalogError, did_you_mean};
use pegel_kpi::definition::declaration::{Declaration, Parameter};
use pegel_kpi::definition::threshold::{Mark, WrongMark};
use pegel_kpi::script::Configured;
use pegel_kpi::script::kpi::Kpi;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// The thresholds that come with Pegel, as a file to start from.
pub const SHIPPED: &str = include_str!("../../../config/thresholds.toml");

/// The name of the file, in a home.
pub const FILE: &str = "config/thresholds.toml";

/// Thresholds by the id of their KPI.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Thresholds(BTreeMap<String, Rule>);

/// Overrides one KPI's threshold; what is left out stays as in the script.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rule {
    #[serde(deserialize_with = "setting")]
    warning: Option<Setting>,
    #[serde(deserialize_with = "setting")]
    critical: Option<Setting>,
    min_sample: Option<u64>,
    /// The parameters of the script; the language checks them against its declaration.
    parameters: BTreeMap<String, Parameter>,
}

/// The mark beyond which a figure is bad, or `false` for none.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Setting {
    At(Mark),
    Off,
}

const EXPECTED: &str = "a mark is a number, { mean_of = 3 }, or false for none";

fn setting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Setting>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a mark is a number, { mean_of = 3 }, or false for none")]
    enum Written {
        Number(f64),
        Past(Past),
        Switch(bool),
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Past {
        mean_of: f64,
        below: Option<bool>,
    }
    let mark = match Written::deserialize(deserializer)? {
        Written::Number(number) => Mark::at(number),
        Written::Past(Past { mean_of, below }) => Mark::mean_of(mean_of, below),
        Written::Switch(false) => return Ok(Some(Setting::Off)),
        Written::Switch(true) => return Err(D::Error::custom(EXPECTED)),
    };
    let hint = |wrong: WrongMark| match wrong {
        WrongMark::NoNumber(_) => EXPECTED.to_owned(),
        WrongMark::Periods(_) => wrong.hint(),
    };
    mark.map(|mark| Some(Setting::At(mark))).map_err(|wrong| D::Error::custom(format!("{wrong}: {}", hint(wrong))))
}

impl Setting {
    fn over(setting: Option<Setting>, own: Option<Mark>) -> Option<Mark> {
        match setting {
            None => own,
            Some(Setting::At(mark)) => Some(mark),
            Some(Setting::Off) => None,
        }
    }
}

impl Thresholds {
    /// Reads the text of such a file.
    ///
    /// # Errors
    /// If it cannot be understood; the message names line and column.
    pub fn parse(text: &str) -> Result<Thresholds, CatalogError> {
        toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))
    }

    /// The configured parameters, by the id of the KPI.
    pub fn parameters(&self) -> Configured {
        self.0.iter().map(|(id, rule)| (id.clone(), rule.parameters.clone())).collect()
    }

    /// Overrides the scripts' own thresholds by the rules.
    ///
    /// # Errors
    /// If a rule is for no KPI, or its marks are in the wrong order.
    pub fn lay_over(&self, kpis: &mut [Kpi]) -> Result<(), CatalogError> {
        if let Some(unknown) = self.0.keys().find(|id| kpis.iter().all(|kpi| kpi.id() != id.as_str())) {
            return Err(wrong(format!("no KPI is called “{unknown}”{}", did_you_mean(unknown, kpis))));
        }
        for kpi in kpis {
            if let Some(rule) = self.0.get(kpi.id()) {
                let threshold = &mut kpi.declaration.threshold;
                threshold.warning = Setting::over(rule.warning, threshold.warning);
                threshold.critical = Setting::over(rule.critical, threshold.critical);
                kpi.declaration.min_sample = rule.min_sample.unwrap_or(kpi.declaration.min_sample);
            }
            let Declaration { id, threshold, better, .. } = &kpi.declaration;
            threshold.check_order(*better).map_err(|message| wrong(format!("{id}: {message}")))?;
        }
        Ok(())
    }
}

fn wrong(message: String) -> CatalogError {
    CatalogError::Configuration { file: FILE, message }
}
