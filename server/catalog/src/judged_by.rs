//! How a KPI in force is judged, as `config/thresholds.toml` would say it.

use jiff::civil::Date;
use pegel_kpi::definition::declaration::{Declaration, Lag, Parameter};
use pegel_kpi::definition::exception::Exception;
use pegel_kpi::definition::judging::Judging;
use pegel_kpi::definition::threshold::Mark;
use toml::Value;

/// All that the file could say about a KPI, one entry a line, under its name. To be copied there and changed.
pub fn judged_by(declaration: &Declaration) -> String {
    let Declaration { id, threshold, exceptions, min_sample, settles_after, judging, parameters, .. } = declaration;
    let Judging { total, groups, provisional, target_tolerance, look_back } = *judging;
    let none = || Value::Boolean(false);
    let mut text = format!("[{id}]\n");
    let mut say = |name: &str, value: Value| text.extend([name, " = ", &value.to_string(), "\n"]);
    say("warning", threshold.warning.map_or_else(none, mark));
    say("critical", threshold.critical.map_or_else(none, mark));
    say("min_sample", Value::Integer(i64::try_from(*min_sample).unwrap_or(i64::MAX)));
    say("judge", table([("total", named(total)), ("groups", named(groups))]));
    say("judge_provisional", named(provisional));
    say("look_back", Value::Integer(look_back.into()));
    say("target_tolerance", Value::Float(target_tolerance));
    say("settles_after", settles_after.map_or_else(none, |lag: Lag| Value::String(lag.to_string())));
    if !exceptions.is_empty() {
        say("overrides", Value::Array(exceptions.iter().map(exception).collect()));
    }
    if !parameters.is_empty() {
        say("parameters", table(parameters.iter().map(|(name, value)| (name.as_str(), parameter(value)))));
    }
    text
}

fn exception(exception: &Exception) -> Value {
    let Exception { group, from, until, warning, critical } = exception;
    let marked = |setting: Option<Option<Mark>>| setting.map(|to| to.map_or(Value::Boolean(false), mark));
    let day = |day: Option<Date>| day.map(|day| Value::String(day.to_string()));
    let group = group.as_ref().map(|(dimension, name)| (dimension.name(), Value::String(name.clone())));
    let entries =
        [("warning", marked(*warning)), ("critical", marked(*critical)), ("from", day(*from)), ("until", day(*until))];
    table(group.into_iter().chain(entries.into_iter().filter_map(|(name, value)| Some((name, value?)))))
}

fn mark(mark: Mark) -> Value {
    match mark {
        Mark::At(mark) => Value::Float(mark),
        Mark::MeanOf { mean_of, below } => {
            let periods = Value::Integer(i64::try_from(mean_of).unwrap_or(i64::MAX));
            let below = below.map(|below| ("below", Value::Boolean(below)));
            table(std::iter::once(("mean_of", periods)).chain(below))
        }
        Mark::BeyondUsual => Value::String("beyond_usual".to_owned()),
    }
}

fn parameter(parameter: &Parameter) -> Value {
    match parameter {
        Parameter::Number(number) => Value::Float(*number),
        Parameter::Text(text) => Value::String(text.clone()),
        Parameter::YesNo(yes) => Value::Boolean(*yes),
    }
}

/// The name of one of several choices.
fn named(choice: impl serde::Serialize) -> Value {
    Value::try_from(choice).expect("a choice is written as a text")
}

fn table<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Table(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
