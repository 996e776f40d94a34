//! Reads and checks what a script passes to `kpi(#{…})`.

use super::errors::{Complaint, Refused};
use super::fields::{Fields, number, text, unlike};
use super::marks::{judging, threshold};
use super::setting::{Configured, Declared, Setting};
use crate::definition::declaration::{Declaration, Lag, Parameter, Unit};
use crate::definition::threshold::Better;
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
    "judge",
    "judge_provisional",
    "look_back",
    "target_tolerance",
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

/// Registers `kpi`.
pub fn register(engine: &mut Engine) {
    engine.register_fn("kpi", declare);
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
    declared.push(Declared { declaration, call: context.call_position() });
    Ok(())
}

fn read(map: &Map) -> Refused<Declaration> {
    let all = Fields { map: map.clone(), path: Vec::new(), what: "a declaration" };
    all.know(FIELDS)?;
    let (unit, better) = (all.one_of("unit", &UNITS)?, all.one_of("better", &DIRECTIONS)?);
    Ok(Declaration {
        id: all.required("id", text)?,
        title: translated(&all, "title", "a title")?,
        description: translated(&all, "description", "a description")?,
        unit,
        better,
        threshold: threshold(&all.inner("threshold", "a threshold")?, unit, better)?,
        exceptions: Vec::new(),
        judging: judging(&all)?,
        min_sample: all.optional("min_sample", sample)?.unwrap_or_default(),
        settles_after: all.optional("settles_after", lag)?,
        stale_after: all.optional("stale_after", lag)?,
        parameters: parameters(&all.inner("parameters", "parameters")?)?,
    })
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
