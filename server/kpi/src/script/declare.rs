//! Reads and checks what a script passes to `kpi(#{…})`. Errors name the wrong entry, so that it can be found in the
//! script.

use super::entry::Entry;
use super::errors::{Complaint, Refused, kind_name};
use super::numbers::whole;
use super::setting::{Configured, Setting};
use crate::definition::declaration::{Declaration, Lag, Parameter, Unit};
use crate::definition::threshold::{Better, Mark, Marks, WrongMark};
use crate::diagnostic::nearest;
use pegel_text::languages;
use pegel_text::translated::Translated;
use rhai::{Dynamic, Engine, Map, NativeCallContext};
use std::collections::BTreeMap;

/// What a declaration says.
pub(crate) const FIELDS: &[&str] = &[
    "id",
    "title",
    "description",
    "unit",
    "better",
    "threshold",
    "min_sample",
    "settles_after",
    "stale_after",
    "parameters",
];

/// How many KPIs one file may declare.
pub(crate) const MOST_KPIS: usize = 64;

const UNITS: [(&str, Unit); 5] = [
    ("percent", Unit::Percent),
    ("money", Unit::Money),
    ("duration", Unit::Duration),
    ("count", Unit::Count),
    ("number", Unit::Number),
];

const DIRECTIONS: [(&str, Better); 3] =
    [("higher", Better::Higher), ("lower", Better::Lower), ("neutral", Better::Neutral)];

/// Registers `kpi` and the marks that look at the past.
pub fn register(engine: &mut Engine) {
    engine.register_fn("kpi", declare);
    for (name, below) in [("below_mean_of", true), ("above_mean_of", false)] {
        let mark = move |periods: f64| -> Refused<Map> {
            Mark::mean_of(periods, Some(below))?;
            Ok(Map::from([("mean_of".into(), Dynamic::from(periods)), ("below".into(), Dynamic::from(below))]))
        };
        engine.register_fn(name, mark).register_fn(name, move |periods: i64| mark(whole(periods)));
    }
}

impl From<WrongMark> for Complaint {
    fn from(wrong: WrongMark) -> Complaint {
        Complaint::new(wrong.to_string()).hint(wrong.hint())
    }
}

impl From<WrongMark> for Box<rhai::EvalAltResult> {
    fn from(wrong: WrongMark) -> Self {
        Complaint::from(wrong).into()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "Rhai hands it over by value")]
fn declare(context: NativeCallContext, map: Map) -> Refused<()> {
    let setting = Setting::of(&context);
    let mut declared = setting
        .as_ref()
        .and_then(Setting::heard)
        .ok_or_else(|| Complaint::new("kpi(#{…}) stands at the top of a script").hint("not inside a function"))?;
    let mut declaration = read(&map)?;
    configure(&mut declaration, setting.as_ref().map(Setting::configured))?;
    if declared.len() >= MOST_KPIS {
        return Err(Complaint::new(format!("one file declares more than {MOST_KPIS} KPIs"))
            .hint("split it into several files")
            .into());
    }
    declared.push(declaration);
    Ok(())
}

fn read(map: &Map) -> Refused<Declaration> {
    let all = Fields { map: map.clone(), path: Vec::new(), what: "a declaration" };
    all.know(FIELDS)?;
    let better = all.one_of("better", &DIRECTIONS)?;
    Ok(Declaration {
        id: all.required("id", text)?,
        title: translated(&all, "title", "a title")?,
        description: translated(&all, "description", "a description")?,
        unit: all.one_of("unit", &UNITS)?,
        better,
        threshold: threshold(&all.inner("threshold", "a threshold")?, better)?,
        min_sample: all.optional("min_sample", sample)?.unwrap_or_default(),
        settles_after: all.optional("settles_after", lag)?,
        stale_after: all.optional("stale_after", lag)?,
        parameters: parameters(&all.inner("parameters", "parameters")?)?,
    })
}

/// The declaration or a map within it, and the path to it.
struct Fields {
    map: Map,
    path: Vec<String>,
    /// What it is, with an article.
    what: &'static str,
}

impl Fields {
    fn entry(&self, name: &str, value: bool) -> Entry {
        Entry { path: self.path.iter().cloned().chain([name.to_owned()]).collect(), value }
    }

    /// Refuses names other than these.
    fn know(&self, names: &[&str]) -> Refused<()> {
        let Some(unknown) = self.map.keys().find(|key| !names.contains(&key.as_str())) else { return Ok(()) };
        let hint = meant(unknown, names).unwrap_or_else(|| format!("it has {}", names.join(", ")));
        let complaint = Complaint::new(format!("{} has no “{unknown}”", self.what)).hint(hint);
        Err(complaint.about(self.entry(unknown, false)).into())
    }

    /// The value under a name; `()` counts as missing.
    fn optional<T>(&self, name: &str, read: impl Fn(&Dynamic) -> Result<T, Complaint>) -> Refused<Option<T>> {
        let value = self.map.get(name).filter(|value| !value.is_unit());
        value.map(|value| read(value).map_err(|wrong| wrong.about(self.entry(name, true)).into())).transpose()
    }

    fn required<T>(&self, name: &str, read: impl Fn(&Dynamic) -> Result<T, Complaint>) -> Refused<T> {
        self.optional(name, read)?.ok_or_else(|| {
            let complaint = Complaint::new(format!("{} needs “{name}”", self.what)).hint(example(name));
            // A missing entry has no position: point at the map it is missing from.
            let path = self.path.clone();
            if path.is_empty() { complaint.into() } else { complaint.about(Entry { path, value: false }).into() }
        })
    }

    fn one_of<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Refused<T> {
        self.required(name, |value| {
            let written = text(value)?;
            if let Some((_, choice)) = choices.iter().find(|(known, _)| *known == written) {
                return Ok(*choice);
            }
            let names: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
            let hint = meant(&written, &names).unwrap_or_else(|| format!("it is one of {}", names.join(", ")));
            Err(Complaint::new(format!("“{name}” cannot be “{written}”")).hint(hint))
        })
    }

    /// The map under a name; an empty one where there is none.
    fn inner(&self, name: &str, what: &'static str) -> Refused<Fields> {
        let map = self.optional(name, |value| {
            value.clone().try_cast::<Map>().ok_or_else(|| unlike(value, "a map").hint(example(name)))
        })?;
        Ok(Fields { map: map.unwrap_or_default(), path: self.entry(name, false).path, what })
    }
}

/// Suggests the name that was probably meant.
fn meant(written: &str, names: &[&str]) -> Option<String> {
    nearest(written, names.iter().copied()).map(|near| format!("did you mean “{near}”?"))
}

/// How an entry is written.
fn example(name: &str) -> String {
    let value = match name {
        "title" | "description" => "#{ en: \"…\" }",
        "unit" => "\"percent\", \"money\", \"duration\", \"count\" or \"number\"",
        "better" => "\"higher\", \"lower\" or \"neutral\"",
        "threshold" => "#{ warning: 0.8, critical: 0.6 }",
        "parameters" => "#{ horizon_days: 90 }",
        "mean_of" => "3",
        _ => "\"…\"",
    };
    format!("write {name}: {value}")
}

fn unlike(value: &Dynamic, wanted: &str) -> Complaint {
    Complaint::new(format!("this is {}, where {wanted} is needed", described(value)))
}

fn described(value: &Dynamic) -> &str {
    if value.is_string() {
        "a text"
    } else if value.is_int() || value.is_float() {
        "a number"
    } else if value.is_bool() {
        "true or false"
    } else {
        kind_name(value.type_name())
    }
}

fn text(value: &Dynamic) -> Result<String, Complaint> {
    value.clone().into_string().map_err(|_| unlike(value, "a text").hint("texts stand in double quotes"))
}

/// A text that people read: in English, and in any other language that Pegel speaks.
fn translated(all: &Fields, name: &'static str, what: &'static str) -> Refused<Translated> {
    all.required(name, |_| Ok(()))?;
    let texts = all.inner(name, what)?;
    texts.know(&languages::codes())?;
    let text = |value: &Dynamic| {
        let text = text(value)?;
        // Control characters become spaces in every mail.
        if text.chars().all(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(Complaint::new(format!("{what} cannot be blank")).hint("it is what people read"));
        }
        Ok(text)
    };
    let mut translated = Translated::english(texts.required(languages::english().code(), text)?);
    for language in languages::all() {
        if let Some(text) = texts.optional(language.code(), text)? {
            translated = translated.and(language, text);
        }
    }
    Ok(translated)
}

fn number(value: &Dynamic) -> Option<f64> {
    value.as_float().ok().or_else(|| value.as_int().ok().map(whole))
}

/// The marks; refuses those that would never be seen or lie on the wrong side.
fn threshold(marks: &Fields, better: Better) -> Refused<Marks> {
    marks.know(&["warning", "critical"])?;
    let mark = |name: &str| -> Refused<Option<Mark>> {
        if marks.map.get(name).is_some_and(Dynamic::is_map) {
            return past(&marks.inner(name, "a mark")?, better).map(Some);
        }
        marks.optional(name, |value| match number(value) {
            Some(number) => Ok(Mark::at(number)?),
            None => Err(unlike(value, "a mark").hint("a mark is a number, or below_mean_of(n), above_mean_of(n)")),
        })
    };
    let marks = Marks { warning: mark("warning")?, critical: mark("critical")? };
    marks.check_order(better).map_err(|message| {
        let entry = Entry { path: vec!["threshold".to_owned(), "warning".to_owned()], value: true };
        Complaint::new(message).hint("exchange the two").about(entry)
    })?;
    Ok(marks)
}

/// A mark that looks at the past.
fn past(mark: &Fields, better: Better) -> Refused<Mark> {
    mark.know(&["mean_of", "below"])?;
    let below = mark.optional("below", |value| value.as_bool().map_err(|_| unlike(value, "true or false")))?;
    let fits = match better {
        Better::Higher => below != Some(false),
        Better::Lower => below != Some(true),
        Better::Neutral => true,
    };
    if !fits {
        return Err(Complaint::new("the mark lies on the good side")
            .hint("where higher is better it is below_mean_of(n), where lower is better above_mean_of(n)")
            .about(Entry { path: mark.path.clone(), value: true })
            .into());
    }
    mark.required("mean_of", |value| {
        let periods = number(value).ok_or_else(|| unlike(value, "a number of periods"))?;
        Ok(Mark::mean_of(periods, below)?)
    })
}

fn sample(value: &Dynamic) -> Result<u64, Complaint> {
    let count = value.as_int().ok().and_then(|count| u64::try_from(count).ok());
    count.ok_or_else(|| Complaint::new(format!("{value} is not a number of rows")).hint("write a whole number"))
}

fn lag(value: &Dynamic) -> Result<Lag, Complaint> {
    Lag::try_from(text(value)?).map_err(|wrong| Complaint::new(wrong).hint("write 14d, 2w or 12h"))
}

fn parameters(all: &Fields) -> Refused<BTreeMap<String, Parameter>> {
    let read = |name: &rhai::Identifier| Ok((name.to_string(), all.required(name, parameter)?));
    all.map.keys().map(read).collect()
}

fn parameter(value: &Dynamic) -> Result<Parameter, Complaint> {
    if let Ok(yes) = value.as_bool() {
        return Ok(Parameter::YesNo(yes));
    }
    match number(value) {
        Some(number) if number.is_finite() => Ok(Parameter::Number(number)),
        Some(number) => Err(Complaint::new(format!("{number} is not a number")).hint("is something divided by zero?")),
        None if value.is_string() => Ok(Parameter::Text(text(value)?)),
        None => Err(unlike(value, "a number, a text, or true or false")),
    }
}

/// Overrides the defaults of the parameters with what is configured.
fn configure(declaration: &mut Declaration, configured: Option<&Configured>) -> Refused<()> {
    let Declaration { id, parameters, .. } = declaration;
    let Some(configured) = configured.and_then(|configured| configured.get(id)) else { return Ok(()) };
    for (name, value) in configured {
        let Some(default) = parameters.get(name) else {
            let hint = match nearest(name, parameters.keys().map(String::as_str)) {
                Some(near) => format!("did you mean “{near}”?"),
                None => "take it out of config/thresholds.toml, or declare it here".to_owned(),
            };
            return Err(Complaint::new(format!("configuration sets “{name}” of “{id}”, which has no such parameter"))
                .hint(hint)
                .into());
        };
        if !default.is_like(value) {
            return Err(Complaint::new(format!("configuration sets “{name}” of “{id}” to {}", value.kind()))
                .hint(format!("it is {}", default.kind()))
                .into());
        }
        parameters.insert(name.clone(), value.clone());
    }
    Ok(())
}
