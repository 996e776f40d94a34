//! What a rule watches and whom it tells: one file `config/alerts/NAME.toml`. Some are built in; a file of the same name
//! in the home replaces one.

use crate::AlertError;
use crate::patience::Patience;
use include_dir::{Dir, include_dir};
use pegel_home::{Each, Entry, Folder, Holds, Origin, Unknown};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Lag;
use pegel_kpi::definition::judging::Counting;
use pegel_kpi::diagnostic::nearest;
use pegel_kpi::time::period::Period;
use pegel_report::ReportError;
use pegel_report::definition::recipient::Recipient;
use pegel_report::definition::{KpiRequest, ReportDefinition, Watched, checked, from_toml, recipient};
use pegel_schedule::Rule;
use pegel_text::translated::Translated;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../config/alerts");
const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "config/alerts", holds: Holds::Endings(&["toml"]) };

/// What a rule watches and whom it tells.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertDefinition {
    /// The name of its file without the extension, such as `feedback`.
    #[serde(skip)]
    pub name: String,
    /// Where it was read, and its text, for messages.
    #[serde(skip)]
    pub file: String,
    #[serde(skip)]
    text: String,

    #[serde(deserialize_with = "checked::title")]
    pub title: Translated,
    /// BCP 47, such as `de-DE`.
    #[serde(deserialize_with = "checked::locale")]
    pub locale: String,
    /// IANA, such as `Europe/Berlin`.
    #[serde(deserialize_with = "checked::zone")]
    pub zone: String,
    /// When it is evaluated; every hour and after each import, if it is missing.
    #[serde(default, deserialize_with = "rule")]
    pub check: Option<Rule>,
    /// Who is told.
    #[serde(default, deserialize_with = "recipient::all")]
    pub recipients: Vec<Recipient>,
    /// What those see.
    #[serde(default, deserialize_with = "checked::scope")]
    pub scope: Scope,
    /// Who looks after it, in words.
    #[serde(default)]
    pub owner: Option<String>,

    /// The figures it watches.
    #[serde(default)]
    pub kpis: Vec<KpiRequest>,
    /// Of which period, as commands take it: relative to the day of the evaluation.
    #[serde(default = "week", deserialize_with = "period")]
    pub period: String,
    /// In how many evaluations in a row a threshold must be broken.
    #[serde(default = "one", deserialize_with = "evaluations")]
    pub pending: i32,
    /// By which share of its mark a figure must be on the good side of it before an alert is over.
    #[serde(default = "two_per_cent", deserialize_with = "share")]
    pub mend_by: f64,
    /// Which breaches begin an alert; as thresholds are judged, if it is missing.
    #[serde(default)]
    pub judge: Option<Counting>,
    /// Figures that rest on fewer rows begin no alert; as the KPI says, if it is missing.
    #[serde(default)]
    pub min_sample: Option<u64>,
    /// What becomes of an alert without a figure.
    #[serde(default)]
    pub absent: Absent,
    /// After how long an alert that stands is told again, unless somebody knows of it; never, if it is missing.
    #[serde(default)]
    pub remind_after: Option<Lag>,

    /// The rows it watches.
    #[serde(default)]
    pub rows: Option<WatchedRows>,
}

/// What becomes of an alert without a figure to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Absent {
    /// It ends, and nobody is told.
    Ignore,
    /// It stays as it is.
    #[default]
    Keep,
    /// It stays, and the absence is told, of whatever figure there was before.
    Alert,
}

/// Rows that wait for something.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchedRows {
    /// Such as `leads`.
    pub table: String,
    /// The instants from which they wait: the latest of those that are there. The first must be there.
    pub since: Vec<String>,
    /// They no longer wait once one of these is there.
    pub until: Vec<String>,
    /// Who is told when, the first first.
    pub steps: Vec<Step>,
    /// Rows that have waited for longer were forgotten long ago, and nobody is told of them.
    #[serde(default = "ninety_days")]
    pub at_most: Lag,
    /// The KPI whose page shows such rows.
    #[serde(default)]
    pub kpi: Option<String>,
}

/// A step of an escalation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// How long a row waits before it: `8 working hours`, `2 working days`, `5d`.
    pub after: Patience,
    pub to: Whom,
}

/// Who is told of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Whom {
    /// The contact of the partner whose row it is.
    Partner,
    /// The rep whose row it is.
    Rep,
    /// The manager of that rep.
    Manager,
    /// The recipients of the rule.
    Recipients,
}

fn week() -> String {
    "last-7-days".to_owned()
}

fn one() -> i32 {
    1
}

fn two_per_cent() -> f64 {
    0.02
}

fn ninety_days() -> Lag {
    Lag::days(90)
}

fn rule<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Rule>, D::Error> {
    Rule::parse(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
}

fn period<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let relative = text.starts_with("last-") || text.starts_with("this-") || text == "yesterday" || text == "today";
    match Period::parse(&text, jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC) {
        Ok(_) if relative => Ok(text),
        _ => Err(D::Error::custom(format!(
            "“{text}” is no period that moves on: write last-7-days, last-week, yesterday or this-month"
        ))),
    }
}

fn evaluations<'de, D: Deserializer<'de>>(from: D) -> Result<i32, D::Error> {
    match i32::deserialize(from)? {
        count @ 1..=1000 => Ok(count),
        count => Err(D::Error::custom(format!("{count} evaluations in a row make no sense: write 1 to 1000"))),
    }
}

fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    match f64::deserialize(from)? {
        share if (0.0..=1.0).contains(&share) => Ok(share),
        share => Err(D::Error::custom(format!("{share} is no share of a mark: write 0 to 1, such as 0.02"))),
    }
}

impl AlertDefinition {
    /// Reads a rule from its file.
    ///
    /// # Errors
    /// With file, line and a hint, if it is invalid.
    pub fn parse(entry: &Entry) -> Result<AlertDefinition, AlertError> {
        let file = match &entry.origin {
            Origin::BuiltIn => FOLDER.in_home(&entry.name),
            Origin::Home(path) => path.display().to_string(),
        };
        let read: AlertDefinition = from_toml(&entry.text, &file)?;
        let definition =
            AlertDefinition { name: entry.stem().to_owned(), file: file.clone(), text: entry.text.clone(), ..read };
        let wrong = |message: &str, hint: &str| {
            let (message, hint) = (message.to_owned(), hint.to_owned());
            AlertError::Report(ReportError::Definition { file: file.clone(), line: 1, message, hint })
        };
        // Whoever is told of a row is told of the whole row: nobody may be among them who may not see it.
        let sees_a_part = |recipient: &Recipient| {
            recipient.scope != Scope::everything() || recipient.whom == recipient::Whom::EachPartner
        };
        if definition.rows.is_some() && definition.recipients.iter().any(sees_a_part) {
            return Err(wrong(
                "its recipients are told of all rows of the rule, and one of them may see only a part",
                "leave regions, teams, partners and each out, and write a rule with a [scope] for each part",
            ));
        }
        match (&definition.kpis[..], &definition.rows) {
            ([], None) => Err(wrong("it watches nothing", "add a [[kpis]] with an id, or [rows]")),
            ([_, ..], Some(_)) => Err(wrong("it watches figures and rows", "write a file for each")),
            (_, Some(rows)) if rows.steps.is_empty() || rows.since.is_empty() || rows.until.is_empty() => {
                Err(wrong("its [rows] say too little", "they need since, until and at least one [[rows.steps]]"))
            }
            _ => Ok(definition),
        }
    }

    /// A rule that watches a KPI and these of its breakdowns, in no file: to try marks out.
    pub fn trying(title: Translated, kpi: KpiRequest, zone: String) -> AlertDefinition {
        AlertDefinition {
            name: String::new(),
            file: String::new(),
            text: String::new(),
            title,
            locale: "en-GB".to_owned(),
            zone,
            check: None,
            recipients: Vec::new(),
            scope: Scope::everything(),
            owner: None,
            kpis: vec![kpi],
            period: week(),
            pending: one(),
            mend_by: two_per_cent(),
            judge: None,
            min_sample: None,
            absent: Absent::default(),
            remind_after: None,
            rows: None,
        }
    }

    /// The figures it watches, as a report asks for them.
    pub fn report(&self) -> ReportDefinition {
        ReportDefinition::watching(Watched {
            // They are of no edition.
            name: String::new(),
            file: self.file.clone(),
            text: self.text.clone(),
            title: self.title.clone(),
            locale: self.locale.clone(),
            zone: self.zone.clone(),
            scope: self.scope.clone(),
            recipients: self.recipients.clone(),
            kpis: self.kpis.clone(),
        })
    }

    /// What is wrong with what it says there.
    pub(crate) fn wrong(&self, about: &str, message: String, hint: &str) -> AlertError {
        let line = self.text.lines().position(|line| line.contains(about)).map_or(1, |at| at + 1);
        AlertError::Report(ReportError::Definition { file: self.file.clone(), line, message, hint: hint.to_owned() })
    }
}

impl From<Unknown> for AlertError {
    fn from(Unknown { name, known }: Unknown) -> AlertError {
        let hint = match nearest(&name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("add {}, or use one of {}", file_of(&name), known.join(", ")),
        };
        AlertError::Unknown { name, hint }
    }
}

/// All rules by name, those of the home and the built-in ones: each with its definition, or why it is not in order.
///
/// # Errors
/// If the home's folder cannot be listed.
pub fn all(home: &Path) -> Result<Each<AlertDefinition, AlertError>, AlertError> {
    FOLDER.each(home, AlertDefinition::parse)
}

/// The rule of that name.
///
/// # Errors
/// If there is none (the hint names the nearest), or it is not in order.
pub fn find(home: &Path, name: &str) -> Result<AlertDefinition, AlertError> {
    FOLDER.one(home, name, AlertDefinition::parse)
}

/// The name of the file that defines a rule, relative to the home.
pub fn file_of(name: &str) -> String {
    FOLDER.in_home(&format!("{name}.toml"))
}

#[cfg(test)]
mod tests;
