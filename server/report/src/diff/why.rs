//! Why a number is another one.

use super::side::Compared;
use crate::numbers::{KpiBlock, RestsOn, Said, Why};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_store::edition::SourceHash;
use serde::Serialize;
use std::collections::BTreeMap;

/// A file that is another one, and so explains why numbers are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedFile {
    /// `partner/feedback_rate.rhai`, `config/calendar.toml`; that of the newer edition where it was moved.
    pub name: String,
    /// The SHA-256 of its texts, in hex; `None` where an edition was made without it.
    pub old: Option<String>,
    pub new: Option<String>,
    /// The lines that differ, as a unified diff without its header; empty where the texts were not looked up, or are not
    /// kept.
    pub lines: String,
}

/// What one of two editions has of a number.
#[derive(Clone, Copy)]
pub struct Half<'a> {
    /// The KPI in whose tables it stands.
    pub block: &'a KpiBlock,
    /// `None` where the group has no rows.
    pub said: Option<&'a Said>,
    /// Whether it is that of no group.
    pub is_total: bool,
}

/// What two editions differ in besides their numbers.
pub struct Causes<'a> {
    old: Compared<'a>,
    new: Compared<'a>,
    helpers: Vec<ChangedFile>,
    calendar: Vec<ChangedFile>,
    thresholds: Vec<ChangedFile>,
    /// The tables into which data was imported since.
    imported: Vec<String>,
}

/// The reasons, and the files that they name.
pub type Reasons = (Vec<Why>, Vec<ChangedFile>);

impl<'a> Causes<'a> {
    /// What these editions differ in.
    pub fn of(old: Compared<'a>, new: Compared<'a>) -> Causes<'a> {
        let differing = |kind: &str| differing(kind, old.sources, new.sources);
        let [helpers, calendar, thresholds] = ["helper", "calendar", "thresholds"].map(differing);
        let imported = differing("import").into_iter().map(|import| import.name).collect();
        Causes { old, new, helpers, calendar, thresholds, imported }
    }

    /// Why all numbers differ.
    pub fn of_all(&self) -> Vec<Why> {
        let (old, new) = (self.old.numbers, self.new.numbers);
        let reasons = [(old.period != new.period, Why::Period), (old.scope != new.scope, Why::Scope)];
        reasons.into_iter().filter(|(differs, _)| *differs).map(|(_, why)| why).collect()
    }

    /// Why a number of a table that both editions show is another one. What is defined otherwise, or is of another time,
    /// need not be explained by data.
    pub fn of_number(&self, old: Half, new: Half) -> Reasons {
        let (mut why, mut files) = (self.of_all(), Vec::new());
        let of_all = why.len();
        let script = || self.script(old.block, new.block);
        let has_figure = matches!((old.said, new.said), (Some(old), Some(new)) if old.has_figure_of(new));
        if !has_figure {
            if old.block.version != new.block.version {
                why.push(Why::Definition);
                files.extend(script());
            }
            if are_set_otherwise(old.block, new.block) {
                why.push(Why::Setting);
                files.extend(self.thresholds.iter().cloned());
            }
            let helpers = self.helpers.iter().filter(|helper| [old, new].iter().any(|half| half.uses(&helper.name)));
            let helpers: Vec<ChangedFile> = helpers.cloned().collect();
            why.extend((!helpers.is_empty()).then_some(Why::Helper));
            files.extend(helpers);
            if !self.calendar.is_empty() && [old, new].iter().any(Half::counts_working_time) {
                why.push(Why::Calendar);
                files.extend(self.calendar.iter().cloned());
            }
            if why.is_empty() {
                why.push(if old.could_change() { Why::LateData } else { Why::Data });
            } else if why.len() > of_all && self.is_imported(new.block) {
                why.push(Why::Imported);
            }
        }
        if let (Some(before), Some(now)) = (old.said, new.said) {
            if (before.status != now.status || old.is_total) && old.block.threshold != new.block.threshold {
                why.push(Why::Threshold);
                files.extend(script());
                files.extend(self.thresholds.iter().cloned());
            } else if before.status != now.status && why.is_empty() {
                why.push(if old.block.version == new.block.version { Why::Judged } else { Why::Definition });
                files.extend(script());
                files.extend(self.thresholds.iter().cloned());
            }
            why.extend((!before.has_target_of(now)).then_some(Why::Target));
        }
        why.sort_unstable();
        (why, files)
    }

    /// Whether data was imported since that a KPI may rest on.
    fn is_imported(&self, block: &KpiBlock) -> bool {
        self.imported.iter().any(|name| block.table.as_ref().is_none_or(|table| table == name))
    }

    /// The file of the script, if that is another one and the editions say which it is.
    fn script(&self, old: &KpiBlock, new: &KpiBlock) -> Option<ChangedFile> {
        if old.version == new.version {
            return None;
        }
        let name = |sources: &[SourceHash], block: &KpiBlock| {
            let source = sources.iter().find(|source| source.kind == "kpi" && source.sha256 == block.version)?;
            Some(source.name.clone())
        };
        let name = name(self.new.sources, new).or_else(|| name(self.old.sources, old));
        let (old, new) = (Some(old.version.clone()), Some(new.version.clone()));
        name.map(|name| ChangedFile { name, old, new, lines: String::new() })
    }
}

impl Half<'_> {
    /// Whether the script uses a helper; of editions that do not say what KPIs rest on, all may.
    fn uses(&self, helper: &str) -> bool {
        let rests_on = self.block.rests_on.as_ref();
        rests_on.is_none_or(|RestsOn { helpers, .. }| helpers.iter().any(|used| used == helper))
    }

    /// The same of working hours and holidays.
    fn counts_working_time(&self) -> bool {
        self.block.rests_on.as_ref().is_none_or(|rests_on| rests_on.calendar)
    }

    /// Whether the figure could still change; that of a group without rows is as old as the total.
    fn could_change(&self) -> bool {
        let cell: &Cell = self.said.map_or(&self.block.cell, |said| &said.cell);
        cell.provisional || cell.lacks_data() || cell.outcome == Outcome::NoData
    }
}

/// Whether the script got other parameters, or figures need more or fewer rows.
fn are_set_otherwise(old: &KpiBlock, new: &KpiBlock) -> bool {
    let parameters = old.rests_on.as_ref().zip(new.rests_on.as_ref());
    old.min_sample != new.min_sample || parameters.is_some_and(|(old, new)| old.parameters != new.parameters)
}

/// The sources of a kind that differ, by name.
fn differing(kind: &str, old: &[SourceHash], new: &[SourceHash]) -> Vec<ChangedFile> {
    let mut files: BTreeMap<&str, [Option<&str>; 2]> = BTreeMap::new();
    for (side, sources) in [old, new].into_iter().enumerate() {
        for source in sources.iter().filter(|source| source.kind == kind) {
            files.entry(&source.name).or_default()[side] = Some(&source.sha256);
        }
    }
    let differing = files.into_iter().filter(|(_, [old, new])| old != new);
    let file = |(name, texts): (&str, [Option<&str>; 2])| {
        let [old, new] = texts.map(|sha256| sha256.map(str::to_owned));
        ChangedFile { name: name.to_owned(), old, new, lines: String::new() }
    };
    differing.map(file).collect()
}
