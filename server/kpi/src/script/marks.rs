//! What a declaration says about judging: marks, and the rules beside them.

use super::entry::Entry;
use super::errors::{Complaint, Refused};
use super::fields::{Fields, choice, number, text, unlike};
use super::numbers::whole;
use crate::definition::declaration::Unit;
use crate::definition::judging::{Counting, Judging, Provisional, look_back, tolerance};
use crate::definition::threshold::{Better, Mark, Marks};
use crate::definition::wrong::Wrong;
use crate::definition::{range, share};
use rhai::{Dynamic, Engine, Map};

const MARK: &str =
    "a mark is a number, a per cent such as \"75 %\", or below_mean_of(n), above_mean_of(n), beyond_usual()";

const COUNTINGS: [(&str, Counting); 2] = [("sure", Counting::Sure), ("any", Counting::Any)];

const PROVISIONALS: [(&str, Provisional); 2] =
    [("expected", Provisional::Expected), ("as_it_stands", Provisional::AsItStands)];

/// Registers the marks that look at the past.
pub fn register(engine: &mut Engine) {
    for (name, below) in [("below_mean_of", true), ("above_mean_of", false)] {
        let mark = move |periods: f64| -> Refused<Map> {
            Mark::mean_of(periods, Some(below))?;
            Ok(Map::from([("mean_of".into(), Dynamic::from(periods)), ("below".into(), Dynamic::from(below))]))
        };
        engine.register_fn(name, mark).register_fn(name, move |periods: i64| mark(whole(periods)));
    }
    engine.register_fn("beyond_usual", || Map::from([("beyond_usual".into(), Dynamic::TRUE)]));
}

impl From<Wrong> for Complaint {
    fn from(wrong: Wrong) -> Complaint {
        Complaint::new(wrong.message).hint(wrong.hint)
    }
}

impl From<Wrong> for Box<rhai::EvalAltResult> {
    fn from(wrong: Wrong) -> Self {
        Complaint::from(wrong).into()
    }
}

/// The marks; refuses those that would never be seen or lie on the wrong side.
pub(super) fn threshold(marks: &Fields, unit: Unit, better: Better) -> Refused<Marks> {
    marks.know(&["warning", "critical"])?;
    let mark = |name: &str| -> Refused<Option<Mark>> {
        if marks.map.get(name).is_some_and(Dynamic::is_map) {
            return past(&marks.inner(name, "a mark")?, better).map(Some);
        }
        marks.optional(name, |value| match number(value) {
            Some(number) => Ok(Mark::at(number)?),
            None if value.is_string() => Ok(per_cent(&text(value)?, unit)?),
            None => Err(unlike(value, "a mark").hint(MARK)),
        })
    };
    let marks = Marks { warning: mark("warning")?, critical: mark("critical")? };
    marks.check_order(better).map_err(|message| {
        let entry = Entry { path: vec!["threshold".to_owned(), "warning".to_owned()], value: true };
        Complaint::new(message).hint("exchange the two").about(entry)
    })?;
    Ok(marks)
}

/// What `below_mean_of`, `above_mean_of` and `beyond_usual` give.
fn past(mark: &Fields, better: Better) -> Refused<Mark> {
    if mark.map.contains_key("beyond_usual") {
        let wrong = |wrong| Complaint::from(wrong).about(Entry { path: mark.path.clone(), value: true });
        return Ok(Mark::beyond_usual(better).map_err(wrong)?);
    }
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

/// A mark such as `75 %`.
fn per_cent(text: &str, unit: Unit) -> Result<Mark, Wrong> {
    let share = share::parse(text).ok_or_else(|| Wrong::new(format!("“{text}” is no mark"), MARK))?;
    range::per_cent(share, unit)
}

/// The rules beside the marks; what is left out has its default.
pub(super) fn judging(all: &Fields) -> Refused<Judging> {
    let usual = Judging::default();
    let (total, groups) = countings(all)?;
    let provisional = |value: &Dynamic| choice("judge_provisional", value, &PROVISIONALS);
    let periods = |value: &Dynamic| {
        let periods = number(value).ok_or_else(|| unlike(value, "a number of periods"))?;
        Ok(look_back(periods)?)
    };
    Ok(Judging {
        total: total.unwrap_or(usual.total),
        groups: groups.unwrap_or(usual.groups),
        provisional: all.optional("judge_provisional", provisional)?.unwrap_or(usual.provisional),
        target_tolerance: all.optional("target_tolerance", missed_by)?.unwrap_or(usual.target_tolerance),
        look_back: all.optional("look_back", periods)?.unwrap_or(usual.look_back),
    })
}

/// Which breaches of the total and of groups count: a text for both, or a map.
fn countings(all: &Fields) -> Refused<(Option<Counting>, Option<Counting>)> {
    let counting = |value: &Dynamic| choice("judge", value, &COUNTINGS);
    if !all.map.get("judge").is_some_and(Dynamic::is_map) {
        let both = all.optional("judge", counting)?;
        return Ok((both, both));
    }
    let each = all.inner("judge", "“judge”")?;
    each.know(&["total", "groups"])?;
    Ok((each.optional("total", counting)?, each.optional("groups", counting)?))
}

fn missed_by(value: &Dynamic) -> Result<f64, Complaint> {
    let share = match number(value) {
        Some(share) => Some(share),
        None => share::parse(&text(value)?),
    };
    let share = share.ok_or_else(|| unlike(value, "a share").hint("write 0.05 or \"5 %\""))?;
    Ok(tolerance(share)?)
}
