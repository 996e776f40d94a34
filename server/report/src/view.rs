//! The numbers of an edition as a reader sees them: every text written out for a locale. Mail, plain text and page are
//! rendered from this one view, so that they all show the same figures.

use crate::link::Link;
use crate::statements::evidence::Evidence;
use pegel_text::words::Words;
use serde::Serialize;

mod cut;
mod write;

pub(crate) use cut::{cut, in_short};
pub use write::{InCommon, change, groups, view};

/// An edition as a reader sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// The language of the texts, such as `de`.
    pub language: &'static str,
    pub report: String,
    pub title: String,
    /// What its readers see of it: `Region: North, South`; empty if that is everything.
    pub scope: String,
    /// `Week 46 · 9–15 November 2026`.
    pub period: String,
    /// `week 46`, for use within a sentence.
    pub period_name: String,
    /// `2026-W46`, as commands take it.
    pub period_code: String,
    /// `week 45`.
    pub compared_with: String,
    pub revision: i32,
    /// `23 November 2026 at 07:00 (Europe/Berlin)`.
    pub computed: String,
    pub status: StatusView,
    /// Of the mail: the period and the first statements, or that there are none.
    pub subject: String,
    /// For the line that mail programs show beside the subject.
    pub preview: String,
    /// The statements of the subject, or the verdict.
    pub headline: String,
    /// `2 thresholds broken, 9 may be chance, 40 kept`, or that all is well.
    pub verdict: String,
    /// What there is to say, the most important first.
    pub statements: Vec<StatementView>,
    /// The KPIs whose thresholds are broken by more than chance, the worst first.
    pub attention: Vec<AttentionView>,
    /// What broke a threshold before and keeps it now, in sentences.
    pub mended: Vec<String>,
    /// The broken thresholds that may be chance, in one line; empty if there are none.
    pub chance: String,
    /// Up to when the data is complete; empty where nobody knows.
    pub data_up_to: String,
    pub sections: Vec<SectionView>,
    /// The KPIs of which nothing was ever known, with what they count; they are in no section. Empty if there are none.
    pub without_data: String,
    /// What a mail leaves out so that it stays small, in words; empty if that is nothing.
    pub left_out: Vec<String>,
    /// The words around the figures.
    #[serde(skip)]
    pub words: Words,
}

/// A status by name, shape and word, so that it never depends on colour alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusView {
    /// For a style sheet: `critical`, `warning`, `ok`, `chance` or `unjudged`.
    pub class: &'static str,
    pub shape: &'static str,
    pub word: String,
}

/// One thing that the edition has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementView {
    pub kpi: String,
    /// For a style sheet: `critical`, `warning`, `better`, or `plain`.
    pub class: &'static str,
    pub sentence: String,
    /// What it rests on, for each figure it names.
    pub evidence: Vec<Evidence>,
}

/// The change of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeView {
    /// `−5.1 pp`; empty if there is nothing to compare with.
    pub text: String,
    /// `↑`, `↓`, or nothing where the figure varies as usual.
    pub arrow: &'static str,
    /// For a style sheet: `better`, `worse` or `even`; the first two only where the figure stands out.
    pub class: &'static str,
}

/// A KPI whose threshold is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttentionView {
    pub kpi: String,
    pub title: String,
    /// `warning below 80 %, critical below 75 %`
    pub marks: String,
    /// The worst of the figures that break it.
    pub figures: Vec<NeedingView>,
    /// How many others there are.
    pub others: usize,
    /// `12 more`; empty if there are none.
    pub more: String,
}

/// A figure that breaks a threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeedingView {
    /// `Region North`, or `total`.
    pub group: String,
    /// The one that was judged.
    pub figure: String,
    /// `44 of 64`, `41 of 71 in 13 weeks`: what it is made of, or of which period it is; may be empty.
    pub of: String,
    /// `new`, `for 3 weeks`; may be empty.
    pub since: String,
    /// Empty where the figure is not that of the period.
    pub change: ChangeView,
    pub status: StatusView,
    /// The rows that make it as bad as it is.
    pub rows: Option<Link>,
}

/// A section: KPIs under a common heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionView {
    pub title: String,
    pub kpis: Vec<KpiView>,
}

/// One KPI.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KpiView {
    pub id: String,
    pub title: String,
    pub description: String,
    /// The figure, or a short word for why there is none.
    pub figure: String,
    /// Whether there is a figure.
    pub known: bool,
    /// Of a figure that can still change: that it can, what it will come to, and the last one that is settled.
    pub facts: Vec<String>,
    /// `median 42 min`, …
    pub beside: Vec<String>,
    /// `n = 438, 3 left out`; empty if unknown.
    pub sample: String,
    pub change: ChangeView,
    /// The figure of the period it is compared with; where it was another one at the same age, both.
    pub previous: String,
    /// `warning below 80 %, critical below 75 %`, or a text that says there is none.
    pub threshold: String,
    /// Whether there is a threshold; without one, a status says nothing.
    pub judged: bool,
    pub status: StatusView,
    /// `week 45: 80.0%`: the figure that was judged, where it is not the one above; else empty.
    pub judged_by: String,
    pub trend: TrendView,
    /// The same in a row of a table of all KPIs.
    pub brief: BriefView,
    pub tables: Vec<TableView>,
    /// The error if the script failed; else empty.
    pub error: String,
}

/// A KPI in few characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BriefView {
    pub figure: String,
    /// The period before, at the same age.
    pub before: String,
    /// The same period a year before; `–` where nobody knows.
    pub year_before: String,
    /// The target, or what the threshold asks for: `≥ 80 %`; `–` where there is neither.
    pub goal: String,
    /// That it can still change, why it was not judged, or which other figure was; empty where there is nothing to note.
    pub note: String,
}

/// The trend of a KPI.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrendView {
    /// Oldest first.
    pub bars: Vec<Bar>,
    /// The same in one line of text, a dot where there is no figure.
    pub spark: String,
    /// `13 weeks`.
    pub span: String,
    /// Empty where no period has a figure.
    pub lowest: String,
    pub highest: String,
}

/// One period of a trend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// 0 to 100, from zero to the figure; 0 where there is none.
    pub height: u8,
    /// Where the lower end of the bar lies, 0 to 100: above 0 only in trends with figures below zero.
    pub rise: u8,
    /// For a style sheet: `critical`, `warning`, `none`, or `plain`.
    pub class: &'static str,
}

/// One KPI by one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableView {
    pub dimension: String,
    /// That its figures can still change, and how they are compared; empty if they cannot.
    pub note: String,
    /// What breaks a threshold first, then the worst.
    pub rows: Vec<RowView>,
    /// A text about the rows that are not shown; empty if all are.
    pub more: String,
    /// The first of them, and the best of all.
    pub ends: EndsView,
}

/// The two ends of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndsView {
    pub worst: Vec<RowView>,
    /// `None` if it is among the others.
    pub best: Option<RowView>,
    /// `9 more`; empty if these are all.
    pub more: String,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowView {
    pub label: String,
    pub figure: String,
    pub known: bool,
    pub change: ChangeView,
    pub status: StatusView,
    /// `week 45: 80.0%`: the figure that was judged, where it is not this one; else empty.
    pub judged_by: String,
}

#[cfg(test)]
mod tests;
