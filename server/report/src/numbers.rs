//! The numbers of an edition: the one model from which mail, plain text, pages and every export are rendered, and which
//! is stored as JSON. Groups that are rows are stored by id, their labels apart ([`crate::labels`]).

use crate::ReportError;
use crate::contact::Contact;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_kpi::data::cell::{self, Cell};
use pegel_kpi::data::dimensions::Dimensions;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::judgement::judged::{Assessment, By, Judged};
use pegel_kpi::time::period::Period;
use pegel_text::translated::Translated;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod changed;
mod controlling;
mod cross;
mod judged;
mod list;
mod members;
mod rests_on;

pub use changed::{Changed, Correction, Said, Why};
pub use controlling::{LastEdition, ReportState};
pub use cross::{CrossLine, CrossTable};
pub use judged::{Asked, Held, OffTarget, State, beyond, is_as_it_stands, judged_value, standing_out};
pub use list::{ListedRow, RowList};
pub use members::Members;
pub use rests_on::RestsOn;

/// All that an edition says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// The report's name, such as `weekly`; empty where they are of no edition.
    pub report: String,
    pub title: Translated,
    /// BCP 47, such as `de-DE`.
    pub locale: String,
    /// IANA: in which its periods begin and end.
    pub zone: String,
    /// In which instants are written, if that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readers_zone: Option<String>,
    /// What its readers see.
    #[serde(default, skip_serializing_if = "is_everything")]
    pub scope: Scope,
    /// What those are called whose keys stand in the scope or in a filter.
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    pub members: Members,
    /// Of an edition for several audiences, the number of this one among the others: 2, 3, …; `None` for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<usize>,
    /// ISO 4217.
    pub currency: String,
    /// 0, or higher where a person asked for a new one.
    pub revision: i32,
    /// Why it was made again, in the words of who did so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it says differently from the one that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    pub period: PeriodHead,
    /// The period that changes are measured against.
    pub compared_with: PeriodHead,
    /// Whether that is the same period of the year before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_year_before: bool,
    /// UTC seconds.
    pub created_at: i64,
    /// How far the data reaches, by the tables that the figures rest on; empty where that was not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_up_to: Vec<TableFreshness>,
    /// What the home calls tables and dimensions of its own, by the names of words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub titles: BTreeMap<String, Translated>,
    /// Whom its readers may ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Under what its rows are grouped.
    #[serde(default, skip_serializing_if = "Dimensions::are_then")]
    pub dimensions: Dimensions,
    /// The worst status in it.
    pub status: Status,
    /// Broken thresholds, the worst first: totals and groups.
    pub breaches: Vec<Breach>,
    pub sections: Vec<Section>,
}

impl Numbers {
    /// The JSON that is stored: fields in the order of this file, nothing between them.
    ///
    /// # Panics
    /// Never: no map in it has a key that is not text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers hold nothing that JSON cannot")
    }

    /// Whether both hold the same figures by the same definitions, whenever they were made, however fresh the data was
    /// then, and whatever other reports there were.
    pub fn says_the_same(&self, other: &Numbers) -> bool {
        let Numbers { revision, created_at, ref reason, ref data_up_to, .. } = *self;
        let (reason, correction, data_up_to) = (reason.clone(), self.correction.clone(), data_up_to.clone());
        let mut other = Numbers { revision, reason, correction, created_at, data_up_to, ..other.clone() };
        let sections = other.sections.iter_mut().zip(&self.sections);
        for (other, section) in sections {
            other.controlling.clone_from(&section.controlling);
            // Older editions do not say it, and whatever makes other figures shows in these.
            let kpis = other.kpis.iter_mut().zip(&section.kpis);
            kpis.for_each(|(other, kpi)| {
                other.rests_on.clone_from(&kpi.rests_on);
                other.lacks.clone_from(&kpi.lacks);
            });
        }
        *self == other
    }

    /// Reads what [`Numbers::to_json`] wrote; the labels of rows are not in it.
    ///
    /// # Errors
    /// If the JSON has another shape.
    pub fn from_json(json: &str) -> Result<Numbers, ReportError> {
        Ok(serde_json::from_str(json)?)
    }

    /// When the data ends, in UTC seconds: of figures that rest on too little the first, else of all tables.
    pub fn data_ends(&self) -> Option<i64> {
        let of_figures = self.kpis().filter_map(|block| block.data_ends);
        of_figures.min().or_else(|| self.data_up_to.iter().filter_map(|table| table.complete_until).min())
    }

    /// All KPIs, in the order of the report.
    pub fn kpis(&self) -> impl Iterator<Item = &KpiBlock> {
        self.sections.iter().flat_map(|section| &section.kpis)
    }

    /// The only rows that the figures of a KPI count, or that are listed of it, beside what its readers see: in the
    /// section of that number, from 1 on, or the first that shows it. `None` where none does.
    pub fn filter_of(&self, kpi: &str, section: Option<usize>) -> Option<&Scope> {
        let is_meant = |number: usize| section.is_none_or(|section| section == number);
        let mut shown = (1..).zip(&self.sections).filter(|(number, section)| is_meant(*number) && section.shows(kpi));
        shown.next().map(|(_, section)| &section.filter)
    }

    /// The number of a section, from 1 on, if a KPI has another filter in the first that shows it; `section` counts from
    /// 0.
    pub fn section_to_name(&self, section: usize, kpi: &str) -> Option<usize> {
        let number = section + 1;
        (self.filter_of(kpi, Some(number)) != self.filter_of(kpi, None)).then_some(number)
    }

    /// The zone in which its readers are told of instants, IANA.
    pub fn shown_in(&self) -> &str {
        self.readers_zone.as_deref().unwrap_or(&self.zone)
    }

    /// The period of the figure that was compared with the marks, as commands take it.
    pub fn period_of(&self, by: Option<&By>) -> String {
        match by {
            Some(By::Settled { period, .. }) => period.clone(),
            Some(By::LookBack { periods, .. }) => self.look_back(*periods),
            Some(By::Value | By::Signal | By::Expected { .. }) | None => self.period.name.clone(),
        }
    }

    /// So many periods up to the reported one, as commands take them: `2026-08-24..2026-11-22`.
    pub fn look_back(&self, periods: usize) -> String {
        let PeriodHead { name, last_day, .. } = &self.period;
        let first = || {
            let period = Period::parse(name, Timestamp::UNIX_EPOCH, &TimeZone::UTC).ok()?;
            Some(period.trail(periods).ok()?.first()?.first_day)
        };
        first().map_or_else(|| name.clone(), |first| format!("{first}..{last_day}"))
    }

    /// Up to when all was known of these tables when it was made, in UTC seconds.
    pub fn known_until<'a>(&self, tables: impl Iterator<Item = &'a str>) -> i64 {
        let complete = |table: &str| self.data_up_to.iter().find(|of| of.table == table)?.complete_until;
        tables.filter_map(complete).fold(self.created_at, i64::min)
    }

    /// All groups that it names, with their dimensions; some more than once.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        let of_breaches = self.breaches.iter().filter_map(|breach| breach.group.as_ref());
        let of_breaches = of_breaches.map(|head| (head.dimension.as_str(), &head.group));
        let of_sections = self.sections.iter().flat_map(|Section { kpis, lists, .. }| {
            kpis.iter().flat_map(KpiBlock::groups).chain(lists.iter().flat_map(RowList::groups))
        });
        let of_correction = self.correction.iter().flat_map(Correction::groups);
        of_breaches.chain(of_correction).chain(self.members.groups()).chain(of_sections)
    }

    /// The same, mutable.
    pub fn groups_mut(&mut self) -> impl Iterator<Item = (&str, &mut Group)> {
        let of_breaches = self.breaches.iter_mut().filter_map(|breach| breach.group.as_mut());
        let of_breaches = of_breaches.map(|head| (head.dimension.as_str(), &mut head.group));
        let of_sections = self.sections.iter_mut().flat_map(|Section { kpis, lists, .. }| {
            kpis.iter_mut().flat_map(KpiBlock::groups_mut).chain(lists.iter_mut().flat_map(RowList::groups_mut))
        });
        let of_correction = self.correction.iter_mut().flat_map(Correction::groups_mut);
        of_breaches.chain(of_correction).chain(self.members.groups_mut()).chain(of_sections)
    }
}

fn is_everything(scope: &Scope) -> bool {
    *scope == Scope::everything()
}

/// A period by its name and its days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodHead {
    /// Such as `2026-W46`.
    pub name: String,
    /// ISO dates, both included.
    pub first_day: String,
    pub last_day: String,
}

impl From<&Period> for PeriodHead {
    fn from(period: &Period) -> PeriodHead {
        PeriodHead {
            name: period.to_string(),
            first_day: period.first_day.to_string(),
            last_day: period.last_day.to_string(),
        }
    }
}

/// How far the data of one table reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFreshness {
    /// Such as `leads`.
    pub table: String,
    /// Up to when it is complete, in UTC seconds; `None` where nothing was imported.
    pub complete_until: Option<i64>,
    /// The newest milestone in it that is not in the future, in UTC seconds; `None` where it has none.
    pub newest_milestone: Option<i64>,
    /// Whether that is longer ago than any two milestones of the last 13 periods lie apart.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gap: bool,
    /// Whether nothing was ever imported for it and nothing is in it, though its rows begin to exist at some time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
}

/// Plans of those below, where the company planned nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlansBelow {
    /// What they name, such as `rep`.
    pub level: String,
    pub count: u64,
}

/// A broken threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Breach {
    pub kpi: String,
    pub title: Translated,
    pub unit: Unit,
    pub better: Better,
    /// `None` for the total.
    pub group: Option<GroupHead>,
    pub status: Status,
    pub cell: Cell,
    pub threshold: Threshold,
    pub change: Option<Change>,
    /// Whether it is sure, and by what; `None` in editions older than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
}

/// One group of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupHead {
    /// Such as `region`.
    pub dimension: String,
    #[serde(flatten)]
    pub group: Group,
}

impl GroupHead {
    /// Its dimension, and what the group is called; `None` where nothing is given, or the name was erased.
    pub fn named(&self) -> (&str, Option<&str>) {
        (&self.dimension, self.group.label())
    }
}

/// A group as it is stored: `{"id":7}`, `{"label":"North"}`, `{"label":null}`. Until rows were stored by id, they were
/// texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Group {
    /// A row of the dimension's table.
    Row {
        id: i64,
        /// Its label; `None` once that was erased.
        #[serde(skip)]
        label: Option<String>,
    },
    Text {
        label: String,
    },
    /// The rows without a value in the dimension.
    Missing {
        label: (),
    },
}

impl Group {
    /// Its label; `None` if it has none, or none any more.
    pub fn label(&self) -> Option<&str> {
        match self {
            Group::Row { label, .. } => label.as_deref(),
            Group::Text { label } => Some(label),
            Group::Missing { .. } => None,
        }
    }
}

impl From<&cell::Group> for Group {
    fn from(group: &cell::Group) -> Group {
        match group {
            cell::Group::Row { name, id } => Group::Row { id: *id, label: Some(name.clone()) },
            cell::Group::Text(text) => Group::Text { label: text.clone() },
            cell::Group::Missing => Group::Missing { label: () },
        }
    }
}

/// A section: KPIs under a common heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    pub title: Translated,
    /// What somebody wrote below the title, as Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Translated>,
    /// The only rows that it is about, beside what its readers see.
    #[serde(default, skip_serializing_if = "is_everything")]
    pub filter: Scope,
    /// The dimension by whose groups its KPIs are compared with each other, such as `partner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scorecard: Option<String>,
    pub kpis: Vec<KpiBlock>,
    /// Rows one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<RowList>,
    /// The reports of the home; empty unless the section is about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controlling: Vec<ReportState>,
}

impl Section {
    /// One of KPIs alone.
    pub fn new(title: Translated, kpis: Vec<KpiBlock>) -> Section {
        let (text, filter, scorecard, lists, controlling) = (None, Scope::everything(), None, Vec::new(), Vec::new());
        Section { title, text, filter, scorecard, kpis, lists, controlling }
    }

    /// Whether figures of a KPI stand in it, or rows.
    fn shows(&self, kpi: &str) -> bool {
        self.kpis.iter().any(|block| block.id == kpi) || self.lists.iter().any(|list| list.kpi == kpi)
    }
}

/// One KPI: its figure, its change, its status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KpiBlock {
    pub id: String,
    pub title: Translated,
    pub description: Translated,
    pub unit: Unit,
    pub better: Better,
    pub threshold: Threshold,
    /// Fewer rows than this are not judged.
    pub min_sample: u64,
    /// The table whose rows it counts; `None` if these are several, and in editions older than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Where there is no data for it: the tables that it reads and that have never held anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// SHA-256 of the script it was computed with, in hex.
    pub version: String,
    /// What it rests on besides script and data; `None` in editions older than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests_on: Option<RestsOn>,
    pub cell: Cell,
    /// Of the period before, at the same age: what the change is measured against.
    pub previous: Cell,
    /// Of the period before, as it is known today; only where that differs from its figure at the same age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_as_known: Option<Cell>,
    /// Of the last settled period, where this one is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<TrendPoint>,
    /// Of the same period a year before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_before: Option<Cell>,
    /// What was to be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// How far a figure may lie from its target, as a fraction of that, before it is said.
    #[serde(default = "usual_tolerance")]
    pub target_tolerance: f64,
    /// Where the total has no target: the plans that name somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plans_below: Option<PlansBelow>,
    pub change: Option<Change>,
    /// When the data ends that it rests on, in UTC seconds, where the period ends later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_ends: Option<i64>,
    pub status: Status,
    /// What may be said about the figure; `None` in editions older than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Assessment>,
    /// What made it change: of each breakdown all groups, and their mix if it is a share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<Contribution>,
    /// The figures of the past periods, oldest first, this one last.
    pub trend: Vec<TrendPoint>,
    pub breakdowns: Vec<BreakdownTable>,
    /// By two dimensions at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crossed: Vec<CrossTable>,
}

impl KpiBlock {
    /// All groups that it names, with their dimensions; some more than once.
    fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        let KpiBlock { breakdowns, contributions, crossed, .. } = self;
        let of_tables =
            breakdowns.iter().flat_map(|table| table.rows.iter().map(|row| (table.dimension.as_str(), &row.group)));
        let of_changes = contributions.iter().filter_map(|contribution| match &contribution.part {
            Part::Group(group) => Some((contribution.dimension.as_str(), group)),
            Part::Mix => None,
        });
        of_tables.chain(of_changes).chain(crossed.iter().flat_map(CrossTable::groups))
    }

    /// The same, mutable.
    fn groups_mut(&mut self) -> impl Iterator<Item = (&str, &mut Group)> {
        let KpiBlock { breakdowns, contributions, crossed, .. } = self;
        let of_tables = breakdowns.iter_mut().flat_map(|BreakdownTable { dimension, rows, .. }| {
            rows.iter_mut().map(|row| (dimension.as_str(), &mut row.group))
        });
        let of_changes = contributions.iter_mut().filter_map(|contribution| match &mut contribution.part {
            Part::Group(group) => Some((contribution.dimension.as_str(), group)),
            Part::Mix => None,
        });
        of_tables.chain(of_changes).chain(crossed.iter_mut().flat_map(CrossTable::groups_mut))
    }
}

/// How far a figure may lie from its target where nothing else is said.
pub const USUAL_TOLERANCE: f64 = 0.05;

fn usual_tolerance() -> f64 {
    USUAL_TOLERANCE
}

/// What a part of a breakdown contributes to the change of the total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Such as `region`.
    pub dimension: String,
    pub part: Part,
    /// The fraction of the change: those of one breakdown add up to 1. Below 0 where it went the other way.
    pub share: f64,
}

/// What contributes to a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A group whose own figure changed.
    Group(Group),
    /// More or less of groups whose figures are higher or lower than others.
    Mix,
}

/// The figure of one past period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// Such as `2026-W46`.
    pub period: String,
    pub cell: Cell,
}

/// How a figure moved; only where both periods have one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// In the KPI's unit; for percentages, the difference as a fraction (percentage points).
    pub absolute: f64,
    /// As a fraction of the former figure's size; `None` where that was 0.
    pub relative: Option<f64>,
    /// Whether it moved in the good direction; `None` if it did not move or neither direction is.
    pub improved: Option<bool>,
}

/// One KPI by one dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BreakdownTable {
    /// Such as `region`.
    pub dimension: String,
    /// How many rows are shown, the worst first; all of them are stored here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<usize>,
    /// How many of the best are shown as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<usize>,
    /// By group, the missing one last.
    pub rows: Vec<BreakdownRow>,
}

/// One group of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BreakdownRow {
    #[serde(flatten)]
    pub group: Group,
    pub cell: Cell,
    /// Of the period before, at the same age: what the change is measured against.
    pub previous: Cell,
    /// Of the period before, as it is known today; only where that differs from its figure at the same age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_as_known: Option<Cell>,
    /// Of the last settled period, where this one is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<TrendPoint>,
    /// Of the same period a year before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_before: Option<Cell>,
    /// What was to be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    pub change: Option<Change>,
    pub status: Status,
    /// What may be said about the figure; `None` in editions older than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Assessment>,
}

impl Change {
    /// How a figure moved from one cell to the next; `None` where one of them has none, or none of a whole period.
    pub fn between(previous: &Cell, cell: &Cell, better: Better) -> Option<Change> {
        let (before, now) = (previous.whole()?, cell.whole()?);
        let absolute = now - before;
        let improved = match better {
            Better::Higher => Some(absolute > 0.0),
            Better::Lower => Some(absolute < 0.0),
            Better::Neutral => None,
        };
        Some(Change {
            absolute,
            relative: (before != 0.0).then(|| absolute / before.abs()),
            improved: improved.filter(|_| absolute != 0.0),
        })
    }
}
