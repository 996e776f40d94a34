//! What two editions say differently, and why: number by number. Pure: numbers and sources in, changes out.

use crate::format::Format;
use crate::numbers::{GroupHead, KpiBlock, Numbers};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Status, Threshold};
use pegel_store::edition::SourceHash;
use pegel_text::translated::Translated;
use serde::Serialize;
use std::collections::HashMap;

/// An edition that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    pub numbers: &'a Numbers,
    pub sources: &'a [SourceHash],
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// In the order of the newer edition; what only the older one has comes last.
    pub changes: Vec<Changed>,
    /// How many numbers are the same in both.
    pub same: usize,
}

/// A number that is another one, with what it says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    pub kpi: String,
    #[serde(skip)]
    pub title: Translated,
    /// `None` for the total.
    pub group: Option<GroupHead>,
    pub unit: Unit,
    #[serde(skip)]
    pub threshold: Threshold,
    /// `None` where the older edition does not have it.
    pub old: Option<Said>,
    /// `None` where the newer edition does not have it.
    pub new: Option<Said>,
    pub why: Vec<Why>,
}

/// A number that is another one, in a reader's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    pub title: String,
    pub group: String,
    /// `–` where the older edition does not have it.
    pub old: String,
    /// `–` where the newer edition does not have it.
    pub new: String,
    pub why: Vec<String>,
}

/// What an edition says of a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    #[serde(flatten)]
    pub cell: Cell,
    pub status: Status,
}

/// Why a number is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The editions are about different periods.
    Period,
    /// The editions show their readers different parts.
    Scope,
    /// One of them does not show the KPI, or the group has no rows.
    Shown,
    /// The script is another one.
    Definition,
    /// A helper that scripts use is another one.
    Helper,
    /// Working hours or holidays are others.
    Calendar,
    /// The figure is judged by other marks.
    Threshold,
    /// It could still change when the older edition was made.
    LateData,
    /// The data was corrected.
    Data,
}

impl Why {
    /// The word for it in JSON and in the words of languages.
    pub fn name(self) -> &'static str {
        match self {
            Why::Period => "period",
            Why::Scope => "scope",
            Why::Shown => "shown",
            Why::Definition => "definition",
            Why::Helper => "helper",
            Why::Calendar => "calendar",
            Why::Threshold => "threshold",
            Why::LateData => "late_data",
            Why::Data => "data",
        }
    }
}

/// A number of an edition.
struct Number<'a> {
    block: &'a KpiBlock,
    group: Option<GroupHead>,
    said: Said,
}

impl Number<'_> {
    /// What tells it from the others of its edition.
    fn key(&self) -> (String, Option<GroupHead>) {
        (self.block.id.clone(), self.group.clone())
    }
}

impl Changed {
    /// Its parts in a reader's words.
    pub fn written(&self, format: &Format) -> Written {
        let words = format.words();
        let figure = |said: &Option<Said>| {
            let known = said.as_ref().map(|said| format.judged(&said.cell, self.unit, &self.threshold));
            known.unwrap_or_else(|| "–".to_owned())
        };
        Written {
            title: format.title(&self.title),
            group: self.group.as_ref().map_or_else(|| words.say("total", []), |head| format.group(&head.group)),
            old: figure(&self.old),
            new: figure(&self.new),
            why: self.why.iter().map(|why| words.say(&format!("why_{}", why.name()), [])).collect(),
        }
    }
}

/// What `new` says differently from `old`.
pub fn diff(old: Compared, new: Compared) -> Diff {
    let (before, now) = (all(old.numbers), all(new.numbers));
    let by_key = |numbers: &[Number]| -> HashMap<_, usize> {
        // Backwards: of a KPI that stands in two sections, the first counts.
        numbers.iter().enumerate().rev().map(|(at, number)| (number.key(), at)).collect()
    };
    let (places, known) = (by_key(&before), by_key(&now));
    let of_all = of_all(old, new);
    let mut changes = Vec::new();
    let mut same = 0;
    for number in &now {
        let former = places.get(&number.key()).map(|at| &before[*at]);
        match former {
            Some(former) if former.said == number.said => same += 1,
            former => changes.push(changed(former, Some(number), &of_all)),
        }
    }
    let gone = before.iter().filter(|former| !known.contains_key(&former.key()));
    changes.extend(gone.map(|former| changed(Some(former), None, &of_all)));
    Diff { changes, same }
}

/// All numbers, in the order of the edition: of each KPI its total, then its groups.
fn all(numbers: &Numbers) -> Vec<Number<'_>> {
    let of_block = |block| {
        let KpiBlock { cell, status, breakdowns, .. }: &KpiBlock = block;
        let total = Number { block, group: None, said: Said { cell: cell.clone(), status: *status } };
        let groups = breakdowns.iter().flat_map(move |table| {
            table.rows.iter().map(move |row| Number {
                block,
                group: Some(GroupHead { dimension: table.dimension.clone(), group: row.group.clone() }),
                said: Said { cell: row.cell.clone(), status: row.status },
            })
        });
        std::iter::once(total).chain(groups)
    };
    numbers.kpis().flat_map(of_block).collect()
}

/// What makes all numbers of two editions differ.
fn of_all(old: Compared, new: Compared) -> Vec<Why> {
    let of_kind = |compared: Compared, kind: &str| {
        let sources = compared.sources.iter().filter(|source| source.kind == kind);
        sources.map(|source| (source.name.clone(), source.sha256.clone())).collect::<Vec<_>>()
    };
    let differs = |kind: &str| of_kind(old, kind) != of_kind(new, kind);
    let reasons = [
        (old.numbers.period != new.numbers.period, Why::Period),
        (old.numbers.scope != new.numbers.scope, Why::Scope),
        (differs("helper"), Why::Helper),
        (differs("calendar"), Why::Calendar),
    ];
    reasons.into_iter().filter(|(differs, _)| *differs).map(|(_, why)| why).collect()
}

fn changed(old: Option<&Number>, new: Option<&Number>, of_all: &[Why]) -> Changed {
    let block = new.or(old).map(|number| number.block).expect("one of them is there");
    let mut why = of_all.to_vec();
    match (old, new) {
        (Some(old), Some(new)) => {
            why.extend((old.block.version != new.block.version).then_some(Why::Definition));
            why.extend((old.block.threshold != new.block.threshold).then_some(Why::Threshold));
            let figure = old.said.cell != new.said.cell;
            // What was defined otherwise, or is of another time, need not be explained by data.
            if figure && !why.iter().any(|why| *why != Why::Threshold) {
                why.push(if old.said.cell.provisional { Why::LateData } else { Why::Data });
            }
        }
        _ => why.push(Why::Shown),
    }
    why.sort_unstable();
    Changed {
        kpi: block.id.clone(),
        title: block.title.clone(),
        group: new.or(old).and_then(|number| number.group.clone()),
        unit: block.unit,
        threshold: block.threshold,
        old: old.map(|number| number.said.clone()),
        new: new.map(|number| number.said.clone()),
        why,
    }
}

#[cfg(test)]
mod tests;
