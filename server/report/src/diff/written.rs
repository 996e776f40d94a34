//! A number that is another one, in a reader's words.

use crate::format::Format;
use crate::numbers::{Changed, Said, Why};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::Status;

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
    pub fn written(&self, format: &Format) -> Written {
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
                [old, new] = told_apart([&before.cell, &now.cell], &[old, new], self.unit, format);
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
    pub fn told(&self, format: &Format) -> Written {
        let written = self.written(format);
        let Some([old, new]) = self.statuses() else { return written };
        let with = |figure: String, status| format!("{figure}, {}", format.status(status));
        Written { old: with(written.old, old), new: with(written.new, new), ..written }
    }

    /// How both figures are judged, where that differs.
    pub fn statuses(&self) -> Option<[Status; 2]> {
        let (old, new) = (self.old.as_ref()?.status, self.new.as_ref()?.status);
        (old != new).then_some([old, new])
    }
}

/// Figures that are written alike, with what tells them apart: what they are parts of, more digits, how many rows they rest
/// on, or what stands beside them.
fn told_apart(cells: [&Cell; 2], figures: &[String; 2], unit: Unit, format: &Format) -> [String; 2] {
    let differ = |texts: [Option<String>; 2]| match texts {
        [Some(old), Some(new)] if old != new => Some([old, new]),
        _ => None,
    };
    let beside_both = |texts: [String; 2]| {
        let [old, new] = figures;
        let [old_text, new_text] = texts;
        [format!("{old} ({old_text})"), format!("{new} ({new_text})")]
    };
    let values = || match cells.map(|cell| cell.outcome.value()) {
        [Some(old), Some(new)] => format.told_apart([old, new], unit),
        _ => None,
    };
    let parts = differ(cells.map(|cell| parts(cell, format))).map(beside_both);
    let rows = || differ(cells.map(|cell| rows(cell, format))).map(beside_both);
    let beside = || differ(cells.map(|cell| Some(beside(cell, unit, format)))).map(beside_both);
    parts.or_else(values).or_else(rows).or_else(beside).unwrap_or_else(|| figures.clone())
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
