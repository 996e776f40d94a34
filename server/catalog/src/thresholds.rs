//! `config/thresholds.toml`: what overrides the scripts' thresholds and the rules beside them, and parameters that
//! scripts leave open.

use crate::error::{CatalogError, did_you_mean};
use jiff::civil::Date;
use pegel_kpi::data::model::Model;
use pegel_kpi::definition::declaration::{Declaration, Lag, Parameter};
use pegel_kpi::definition::exception::Exception;
use pegel_kpi::definition::judging::{self, Counting, Judging, Provisional};
use pegel_kpi::definition::range::{self, OutOfRange};
use pegel_kpi::definition::share;
use pegel_kpi::definition::threshold::{Mark, Marks};
use pegel_kpi::definition::wrong::Wrong;
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

/// Overrides what one KPI's script says about judging; what is left out stays as in the script.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rule {
    #[serde(deserialize_with = "mark")]
    warning: Option<Setting<Written>>,
    #[serde(deserialize_with = "mark")]
    critical: Option<Setting<Written>>,
    min_sample: Option<u64>,
    judge: Option<Judge>,
    judge_provisional: Option<Provisional>,
    #[serde(deserialize_with = "share_of_target")]
    target_tolerance: Option<f64>,
    #[serde(deserialize_with = "periods")]
    look_back: Option<u8>,
    #[serde(deserialize_with = "lag")]
    settles_after: Option<Setting<Lag>>,
    /// Where other marks hold.
    overrides: Vec<Override>,
    /// The parameters of the script; the language checks them against its declaration.
    parameters: BTreeMap<String, Parameter>,
}

/// Other marks for one group, for some time, or for both.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Override {
    #[serde(deserialize_with = "mark")]
    warning: Option<Setting<Written>>,
    #[serde(deserialize_with = "mark")]
    critical: Option<Setting<Written>>,
    #[serde(deserialize_with = "day")]
    from: Option<Date>,
    #[serde(deserialize_with = "day")]
    until: Option<Date>,
    /// The name of a group, by that of its dimension.
    #[serde(flatten)]
    group: BTreeMap<String, String>,
}

/// Something, or `false` for nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Setting<T> {
    To(T),
    Off,
}

/// A mark as it is configured; whether it suits the KPI shows when it is laid over that.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Written {
    Mark(Mark),
    /// `75 %`, as a fraction.
    PerCent(f64),
    BeyondUsual,
}

/// Which breaches count: of the total and of groups alike, or of each.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged, expecting = "it is \"sure\", \"any\", or { total = \"any\", groups = \"sure\" }")]
enum Judge {
    Both(Counting),
    Each(Each),
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Each {
    total: Option<Counting>,
    groups: Option<Counting>,
}

const MARK: &str = "a mark is a number, \"75 %\", { mean_of = 3 }, \"beyond_usual\", or false for none";

fn mark<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Setting<Written>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry {
        Number(f64),
        Text(String),
        Past(Past),
        Switch(bool),
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Past {
        mean_of: f64,
        below: Option<bool>,
    }
    let none = |_: D::Error| D::Error::custom(MARK);
    let mark = match Entry::deserialize(deserializer).map_err(none)? {
        Entry::Number(number) => Mark::at(number).map(Written::Mark),
        Entry::Past(Past { mean_of, below }) => Mark::mean_of(mean_of, below).map(Written::Mark),
        Entry::Text(text) if text == "beyond_usual" => Ok(Written::BeyondUsual),
        Entry::Text(text) => Ok(Written::PerCent(share::parse(&text).ok_or_else(|| D::Error::custom(MARK))?)),
        Entry::Switch(false) => return Ok(Some(Setting::Off)),
        Entry::Switch(true) => return Err(D::Error::custom(MARK)),
    };
    mark.map(|mark| Some(Setting::To(mark))).map_err(D::Error::custom)
}

fn share_of_target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    const SHARE: &str = "a tolerance is a number or a per cent: 0.05 or \"5 %\"";
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry {
        Number(f64),
        Text(String),
    }
    let share = match Entry::deserialize(deserializer) {
        Ok(Entry::Number(share)) => Some(share),
        Ok(Entry::Text(text)) => share::parse(&text),
        Err(_) => None,
    };
    judging::tolerance(share.ok_or_else(|| D::Error::custom(SHARE))?).map(Some).map_err(D::Error::custom)
}

fn periods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    judging::look_back(f64::deserialize(deserializer)?).map(Some).map_err(D::Error::custom)
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(|_| D::Error::custom(format!("“{text}” is no day: write \"2027-01-01\"")))
}

fn lag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Setting<Lag>>, D::Error> {
    const LAG: &str = "a length of time is \"14d\", \"2w\" or \"12h\", or false for none";
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry {
        Length(Lag),
        Switch(bool),
    }
    match Entry::deserialize(deserializer) {
        Ok(Entry::Length(lag)) => Ok(Some(Setting::To(lag))),
        Ok(Entry::Switch(false)) => Ok(Some(Setting::Off)),
        Ok(Entry::Switch(true)) | Err(_) => Err(D::Error::custom(LAG)),
    }
}

impl<T> Setting<T> {
    fn value(self) -> Option<T> {
        match self {
            Setting::To(value) => Some(value),
            Setting::Off => None,
        }
    }
}

impl Written {
    /// The mark for the figures of a KPI.
    fn of(self, declaration: &Declaration) -> Result<Mark, Wrong> {
        match self {
            Written::Mark(mark) => Ok(mark),
            Written::PerCent(share) => range::per_cent(share, declaration.unit),
            Written::BeyondUsual => Mark::beyond_usual(declaration.better),
        }
    }
}

impl Rule {
    /// The exceptions from the KPI's marks.
    ///
    /// # Errors
    /// What is wrong with which of them.
    fn exceptions(&self, kpi: &Kpi, model: &Model) -> Result<Vec<Exception>, String> {
        let named = |(at, written): (usize, &Override)| {
            written.exception(kpi, model).map_err(|problem| format!("overrides[{at}]: {problem}"))
        };
        self.overrides.iter().enumerate().map(named).collect()
    }

    /// Overrides what the script says.
    ///
    /// # Errors
    /// Which entry does not suit the KPI, and why.
    fn lay_over(&self, declaration: &mut Declaration) -> Result<(), OutOfRange> {
        let of = |mark, setting: Option<Setting<Written>>, own| {
            match setting {
                None => Ok(own),
                Some(setting) => setting.value().map(|written| written.of(declaration)).transpose(),
            }
            .map_err(|wrong| OutOfRange { mark, wrong })
        };
        let warning = of("warning", self.warning, declaration.threshold.warning)?;
        let critical = of("critical", self.critical, declaration.threshold.critical)?;
        declaration.threshold = Marks { warning, critical };
        let judging = &mut declaration.judging;
        let (total, groups) = match self.judge {
            None => (None, None),
            Some(Judge::Both(both)) => (Some(both), Some(both)),
            Some(Judge::Each(Each { total, groups })) => (total, groups),
        };
        *judging = Judging {
            total: total.unwrap_or(judging.total),
            groups: groups.unwrap_or(judging.groups),
            provisional: self.judge_provisional.unwrap_or(judging.provisional),
            target_tolerance: self.target_tolerance.unwrap_or(judging.target_tolerance),
            look_back: self.look_back.unwrap_or(judging.look_back),
        };
        declaration.min_sample = self.min_sample.unwrap_or(declaration.min_sample);
        declaration.settles_after = self.settles_after.map_or(declaration.settles_after, Setting::value);
        Ok(())
    }
}

impl Override {
    fn exception(&self, kpi: &Kpi, model: &Model) -> Result<Exception, String> {
        let declaration = &kpi.declaration;
        let mark = |setting: Option<Setting<Written>>| {
            let value = |setting: Setting<Written>| setting.value().map(|written| written.of(declaration)).transpose();
            setting.map(value).transpose().map_err(|wrong: Wrong| wrong.to_string())
        };
        let mut groups = self.group.iter();
        let group = match (groups.next(), groups.next()) {
            (None, _) => None,
            (Some((dimension, name)), None) => {
                Some((model.dimension(dimension).map_err(|error| error.to_string())?, name.clone()))
            }
            (Some((one, _)), Some((other, _))) => {
                return Err(format!("it names a {one} and a {other}: write one for each"));
            }
        };
        let exception = Exception {
            group,
            from: self.from,
            until: self.until,
            warning: mark(self.warning)?,
            critical: mark(self.critical)?,
        };
        if exception.warning.is_none() && exception.critical.is_none() {
            return Err("it changes no mark: write warning or critical".to_owned());
        }
        if exception.group.is_none() && exception.from.is_none() && exception.until.is_none() {
            return Err("it holds always and for all: write its marks above".to_owned());
        }
        let threshold = exception.over(declaration.threshold);
        threshold.check_order(declaration.better)?;
        let mut held = kpi.clone();
        held.declaration.threshold = threshold;
        held.check_marks().map_err(|unfit| unfit.to_string())?;
        Ok(exception)
    }
}

impl Thresholds {
    /// Reads the text of such a file.
    ///
    /// # Errors
    /// If it cannot be understood; the message names KPI and key, line and column.
    pub fn parse(text: &str) -> Result<Thresholds, CatalogError> {
        let said = |error: toml::de::Error| error.to_string().trim_end().to_owned();
        let read = toml::Deserializer::parse(text).map_err(|error| wrong(said(error)))?;
        serde_path_to_error::deserialize(read).map_err(|error| {
            let entry = error.path().to_string();
            let said = said(error.into_inner());
            wrong(if entry == "." { said } else { format!("{entry}: {said}") })
        })
    }

    /// The configured parameters, by the id of the KPI.
    pub fn parameters(&self) -> Configured {
        self.0.iter().map(|(id, rule)| (id.clone(), rule.parameters.clone())).collect()
    }

    /// Overrides the scripts' own thresholds by the rules.
    ///
    /// # Errors
    /// If a rule is for no KPI, names what is no dimension of the model, or its marks are in the wrong order.
    pub fn lay_over(&self, kpis: &mut [Kpi], model: &Model) -> Result<(), CatalogError> {
        if let Some(unknown) = self.0.keys().find(|id| kpis.iter().all(|kpi| kpi.id() != id.as_str())) {
            return Err(wrong(format!("no KPI is called “{unknown}”{}", did_you_mean(unknown, kpis))));
        }
        for kpi in kpis {
            if let Some(rule) = self.0.get(kpi.id()) {
                let laid = rule.lay_over(&mut kpi.declaration).and_then(|()| kpi.check_marks());
                laid.map_err(|unfit| wrong(format!("{}.{unfit}", kpi.id())))?;
                let exceptions = rule.exceptions(kpi, model);
                kpi.declaration.exceptions = exceptions.map_err(|problem| wrong(format!("{}.{problem}", kpi.id())))?;
            }
            let Declaration { id, threshold, better, .. } = &kpi.declaration;
            threshold.check_order(*better).map_err(|message| wrong(format!("{id}.warning: {message}")))?;
        }
        Ok(())
    }
}

fn wrong(message: String) -> CatalogError {
    CatalogError::Configuration { file: FILE, message }
}
