//! A number that is another one, in a reader's words.

use crate::format::Format;
use crate::known::judged_by;
use crate::numbers::{Changed, PeriodHead, Said, Why};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;

/// A number that is another one, in a reader's words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    pub title: String,
    /// `total`, `North`, `North · Solar`
    pub group: String,
    /// `–` where the older edition does not have it.
    pub old: String,
    /// `–` where the newer edition does not have it.
    pub new: String,
    pub why: Vec<String>,
}

impl Changed {
    /// Its parts in a reader's words. What differs is to be seen: where two figures are written alike, so is what they are
    /// made of.
    pub fn written(&self, like: &PeriodHead, format: &Format) -> Written {
        let words = format.words();
        let groups = [&self.group, &self.and].into_iter().flatten().map(|head| format.group(&head.group));
        let groups: Vec<String> = groups.collect();
        let figure = |said: &Option<Said>| {
            let known = said.as_ref().map(|said| format.judged(&said.cell, self.unit, &self.threshold));
            known.unwrap_or_else(|| "–".to_owned())
        };
        let [mut old, mut new] = [figure(&self.old), figure(&self.new)];
        if let (Some(before), Some(now)) = (&self.old, &self.new) {
            if old == new && !before.has_figure_of(now) {
                [old, new] = self.told_apart([before, now], &[old, new], like, format);
            }
            if self.why.contains(&Why::Target) {
                old = with_target(old, before.target, self.unit, format);
                new = with_target(new, now.target, self.unit, format);
            }
        }
        Written {
            title: format.title(&self.title),
            group: if groups.is_empty() { words.say("total", []) } else { groups.join(" · ") },
            old,
            new,
            why: self.why.iter().map(|why| words.say(&format!("why_{}", why.name()), [])).collect(),
        }
    }

    /// The same in plain text: with how both are judged, where that differs.
    pub fn told(&self, like: &PeriodHead, format: &Format) -> Written {
        let written = self.written(like, format);
        let Some([old, new]) = self.states(like, format) else { return written };
        Written { old: format!("{}, {old}", written.old), new: format!("{}, {new}", written.new), ..written }
    }

    /// How both figures are judged, in words, where that differs; of one that stands for another, by which.
    pub fn states(&self, like: &PeriodHead, format: &Format) -> Option<[String; 2]> {
        let (old, new) = (self.old.as_ref()?, self.new.as_ref()?);
        let state = |said: &Said| {
            let status =
                if said.state().1 { format.words().say("status_chance", []) } else { format.status(said.status) };
            match self.judged_by(said, like, format) {
                Some(judged) => format!("{status} ({judged})"),
                None => status,
            }
        };
        (old.state() != new.state()).then(|| [state(old), state(new)])
    }

    /// `judged: 83.3% in week 45`, where that is another figure.
    fn judged_by(&self, said: &Said, like: &PeriodHead, format: &Format) -> Option<String> {
        judged_by(&said.cell, said.judged.as_ref()?, (self.unit, &self.threshold), like, format)
    }

    /// Figures that are written alike, with what tells them apart: what they are parts of, more digits, how many rows they
    /// rest on, what stands beside them, what was judged, or what they are compared with.
    fn told_apart(&self, both: [&Said; 2], figures: &[String; 2], like: &PeriodHead, format: &Format) -> [String; 2] {
        let beside_both = |texts: [Option<String>; 2]| match texts {
            [Some(old), Some(new)] if old != new => {
                Some([format!("{} ({old})", figures[0]), format!("{} ({new})", figures[1])])
            }
            _ => None,
        };
        let values = || match both.map(|said| said.cell.outcome.value()) {
            [Some(old), Some(new)] => format.told_apart([old, new], self.unit),
            _ => None,
        };
        let labelled = |word: &str, value: Option<f64>| {
            let figure = format.value(value?, self.unit);
            let of = [("label", format.words().say(word, []).into()), ("value", figure.into())];
            Some(format.words().say("labelled", of))
        };
        beside_both(both.map(|said| parts(&said.cell, format)))
            .or_else(values)
            .or_else(|| beside_both(both.map(|said| rows(&said.cell, format))))
            .or_else(|| beside_both(both.map(|said| Some(beside(&said.cell, self.unit, format)))))
            .or_else(|| beside_both(both.map(|said| self.judged_by(said, like, format))))
            .or_else(|| beside_both(both.map(|said| labelled("compared_with", said.previous))))
            .or_else(|| beside_both(both.map(|said| labelled("year_before_short", said.year_before))))
            .unwrap_or_else(|| figures.clone())
    }
}

/// `351 of 438`
fn parts(cell: &Cell, format: &Format) -> Option<String> {
    let of = [cell.numerator?, cell.denominator?];
    let unit = if of.iter().all(|part| part.fract() == 0.0) { Unit::Count } else { Unit::Number };
    let [part, whole] = of.map(|part| format.value(part, unit));
    let of = [("part", part.into()), ("whole", whole.into()), ("count", 1.into()), ("periods", "".into())];
    Some(format.words().say("fact_parts", of))
}

/// `n = 438`
fn rows(cell: &Cell, format: &Format) -> Option<String> {
    Some(format.words().say("sample_size", [("count", cell.sample?.into())]))
}

/// `median 25 min`
fn beside(cell: &Cell, unit: Unit, format: &Format) -> String {
    let all: Vec<String> = cell.beside.iter().map(|beside| format.beside(beside, unit)).collect();
    all.join(", ")
}

/// `88.9% · target: 90%`
fn with_target(figure: String, target: Option<f64>, unit: Unit, format: &Format) -> String {
    let Some(target) = target else { return figure };
    let target = format.target(target, unit);
    format!("{figure} · {}", format.words().say("fact_target", [("figure", target.into())]))
}
