//! Numbers that are other ones in another edition.

use super::{Group, GroupHead};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Status, Threshold};
use pegel_kpi::judgement::judged::Judged;
use pegel_text::translated::Translated;
use serde::{Deserialize, Serialize};

/// What an edition says differently from the one that it corrects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The most important numbers that are other ones.
    pub changes: Vec<Changed>,
    /// How many others there are.
    #[serde(default, skip_serializing_if = "is_none")]
    pub more: usize,
    /// Whether other rows are listed one by one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lists: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Correction {
    /// The groups that it names, with their dimensions.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        let heads = self.changes.iter().flat_map(|changed| [&changed.group, &changed.and].into_iter().flatten());
        heads.map(|GroupHead { dimension, group }| (dimension.as_str(), group))
    }

    /// The same, mutable.
    pub fn groups_mut(&mut self) -> impl Iterator<Item = (&str, &mut Group)> {
        let heads = self.changes.iter_mut().flat_map(|Changed { group, and, .. }| [group, and].into_iter().flatten());
        heads.map(|GroupHead { dimension, group }| (dimension.as_str(), group))
    }
}

/// A number that is another one, with what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    pub kpi: String,
    pub title: Translated,
    /// `None` for the total.
    pub group: Option<GroupHead>,
    /// The second group, of a KPI by two dimensions at once.
    pub and: Option<GroupHead>,
    pub unit: Unit,
    pub threshold: Threshold,
    /// `None` where the older edition does not have it.
    pub old: Option<Said>,
    /// `None` where the newer edition does not have it.
    pub new: Option<Said>,
    pub why: Vec<Why>,
    /// The files that explain it, by name.
    pub files: Vec<String>,
}

/// What an edition says of a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    #[serde(flatten)]
    pub cell: Cell,
    /// `Unjudged` of a pair of groups, whose figures are compared with no marks.
    pub status: Status,
    /// What was to be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// How it was judged, and by which figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// What it is compared with: the period before, or the same a year before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_before: Option<f64>,
}

impl Said {
    /// How it is judged, for a style sheet: `critical`, `warning`, `ok`, `chance` or `unjudged`.
    pub fn class(&self) -> &'static str {
        if self.judged.as_ref().is_some_and(|judged| judged.chance) { "chance" } else { self.status.name() }
    }
}

/// Why a number is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The editions are about different periods.
    Period,
    /// The editions show their readers different parts.
    Scope,
    /// One of them does not show the KPI, or does not show it by these groups.
    Shown,
    /// The script is another one.
    Definition,
    /// What the script leaves open was set to something else, or how many rows a figure needs.
    Setting,
    /// A helper that the script uses is another one.
    Helper,
    /// Working hours or holidays are others, and the KPI counts by them.
    Calendar,
    /// The figure is judged by other marks.
    Threshold,
    /// The same figure is judged otherwise by the same marks: by other rules, or since it has settled meanwhile.
    Judged,
    /// What was to be reached is something else.
    Target,
    /// When the older edition was made, the figure could still change: its period was younger than the KPI's
    /// `settles_after`, or the data ended before it. As many rows as then tell nothing else: a lead that was won later
    /// makes another share of the same leads.
    LateData,
    /// The figure could not change any more, and the data was corrected.
    Data,
    /// Besides what was defined otherwise, data was imported since.
    Imported,
}

impl Why {
    /// The word for it in JSON and in the words of languages.
    pub fn name(self) -> &'static str {
        match self {
            Why::Period => "period",
            Why::Scope => "scope",
            Why::Shown => "shown",
            Why::Definition => "definition",
            Why::Setting => "setting",
            Why::Helper => "helper",
            Why::Calendar => "calendar",
            Why::Threshold => "threshold",
            Why::Judged => "judged",
            Why::Target => "target",
            Why::LateData => "late_data",
            Why::Data => "data",
            Why::Imported => "imported",
        }
    }
}
