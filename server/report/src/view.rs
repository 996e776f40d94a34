//! The numbers of an edition as a reader sees them: every text written out for a locale. Mail, plain text and page are
//! rendered from this one view, so that they all show the same figures.

use crate::link::Link;
use crate::statements::evidence::Evidence;
use pegel_text::words::Words;
use serde::Serialize;

mod cut;
mod parts;
mod write;

pub(crate) use cut::{cut, in_short};
pub(crate) use write::statement;
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
    /// The same at the head of a narrow column.
    pub head_of_compared: String,
    pub revision: i32,
    /// Why it was made again, in the words of who did so; empty where nobody said.
    pub reason: String,
    /// What it says differently from the one that it corrects, line by line; empty if it corrects none.
    pub corrections: Vec<String>,
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
    /// Whether anything is known of a year before.
    pub has_year_before: bool,
    /// Whether a figure that has a threshold could not be compared with it.
    pub has_unjudged: bool,
    /// With what figures that can still change are compared, in a sentence; empty if there are none.
    pub same_age: String,
    /// The KPIs of which nothing was ever known, with what they count; they are in no section. Empty if there are none.
    pub without_data: String,
    /// Whom its readers may ask.
    pub contact: Option<ContactView>,
    /// What a mail leaves out so that it stays small, in words; empty if that is nothing.
    pub left_out: Vec<String>,
    /// The words around the figures.
    #[serde(skip)]
    pub words: Words,
}

impl View {
    /// What it has to say, that nothing needs attention, and nothing else: the figures are in the archive.
    #[must_use]
    pub(crate) fn without_figures(self) -> View {
        let verdict = self.words.say("all_well_here", []);
        let (sections, without_data) = (Vec::new(), String::new());
        View { verdict, sections, without_data, chance: String::new(), ..self }
    }
}

/// Whom readers may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactView {
    /// Empty where there is an address alone.
    pub name: String,
    /// Empty where there is none.
    pub address: String,
    /// What writes to it: `mailto:ada@example.com`.
    pub link: String,
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
    /// The only rows that its figures count: `Source: Web, Fair`; empty if there is no filter.
    pub filter: String,
    /// What somebody wrote below the title, as safe HTML; empty if nobody did.
    pub text: String,
    /// The same as plain text, line by line; paragraphs have an empty one between them.
    pub plain_text: Vec<String>,
    pub kpis: Vec<KpiView>,
    /// KPIs by two dimensions at once.
    pub crossed: Vec<CrossView>,
    pub scorecard: Option<ScorecardView>,
    pub lists: Vec<ListView>,
    /// The reports of the home; empty unless the section is about them.
    pub controlling: Vec<ReportStateView>,
}

impl SectionView {
    /// Whether nothing stands in it.
    fn is_empty(&self) -> bool {
        let SectionView { text, kpis, crossed, scorecard, lists, controlling, .. } = self;
        let tables = kpis.is_empty() && crossed.is_empty() && scorecard.is_none();
        tables && text.is_empty() && lists.is_empty() && controlling.is_empty()
    }
}

/// Groups compared with each other by the KPIs of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScorecardView {
    /// `Partner`
    pub dimension: String,
    /// The titles of the KPIs.
    pub columns: Vec<String>,
    /// In order of their places.
    pub lines: Vec<PlacedView>,
    /// The median of each KPI.
    pub medians: Vec<String>,
    /// By which KPI they differ most, in a sentence; empty where they do not differ.
    pub differs: String,
    /// A text about the lines that are not shown; empty if all are.
    pub more: String,
}

/// A group of a scorecard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlacedView {
    /// `1`; `–` for a group of which too little is known.
    pub place: String,
    pub label: String,
    pub cells: Vec<StandingView>,
}

/// A figure among those of other groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandingView {
    pub figure: String,
    /// For a style sheet: `better` in the best quarter, `worse` in the worst, `even` between them, `few` if it counts for
    /// nothing.
    pub class: &'static str,
    /// `▲`, `▼`, or nothing.
    pub shape: &'static str,
    /// The page of the rows behind it, as a path of a URL; `None` where there are none.
    pub rows: Option<String>,
}

/// Rows one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListView {
    /// The KPI whose rows they are.
    pub title: String,
    /// `21 rows (leads)`
    pub count: String,
    /// The titles of those columns in which anything stands.
    pub columns: Vec<String>,
    /// A text for each column, the oldest row first.
    pub rows: Vec<Vec<String>>,
    /// The same for narrow places: the key, whom it concerns, its age.
    pub brief: Vec<[String; 3]>,
    /// How many more there are.
    pub others: usize,
    /// `12 more`; empty if these are all.
    pub more: String,
    /// The page with all of them.
    pub all: Link,
}

/// Whether a report is made by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportStateView {
    pub title: String,
    /// `week 46, made on 16 November 2026 at 07:00`
    pub last: String,
    /// `12 of 12`; empty if nobody is mailed.
    pub mails: String,
    /// Whether some of them were not handed over.
    pub is_incomplete: bool,
    /// `23 November 2026 at 07:00`, or that it is made on request.
    pub next: String,
}

/// A KPI by two dimensions at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrossView {
    /// `Revenue: Product × Region`
    pub title: String,
    /// The dimension of the lines.
    pub dimension: String,
    /// What the columns are called.
    pub columns: Vec<String>,
    /// Whether they are months, in their order.
    pub by_month: bool,
    /// What breaks a threshold for being low: those with the lowest figure first; else those with the highest. Months in
    /// their order.
    pub lines: Vec<CrossLineView>,
    /// `Highest: Solar, North: €12k`, or the lowest, where that comes first; empty where there is no figure.
    pub extreme: String,
    /// A text about lines and columns that are not shown; empty if all are.
    pub more: String,
}

/// A group of the first dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrossLineView {
    pub label: String,
    /// One for each column.
    pub cells: Vec<HeatView>,
}

/// A figure, and how high it is among all of its table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeatView {
    /// Empty where the two groups have nothing in common.
    pub figure: String,
    /// 0 to 4, from the lowest fifth to the highest.
    pub heat: u8,
    /// The page of the rows behind it, as a path of a URL; `None` where there are none.
    pub rows: Option<String>,
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
    /// The page of the rows behind it, as a path of a URL; `None` where there are none.
    pub rows: Option<String>,
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
    /// What was to be reached; empty where there is no target.
    pub target: String,
    /// Whether its status says something: there is a threshold, or it lies far from its target.
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
    /// Whether the year before is that at the same age.
    pub same_age: bool,
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

impl TrendView {
    /// What it shows, for those who cannot see it: `Feedback rate, 13 weeks: low 71 %, high 88 %`.
    pub fn told(&self, title: &str, words: &Words) -> String {
        let TrendView { span, lowest, highest, .. } = self;
        let extremes = [("lowest", lowest.as_str().into()), ("highest", highest.as_str().into())];
        let (label, value) = (format!("{title}, {span}"), words.say("extremes", extremes));
        words.say("labelled", [("label", label.into()), ("value", value.into())])
    }
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
    /// Whether its states say something: there is a threshold, or a target from which a group is far.
    pub judged: bool,
    /// What breaks a threshold first, then the worst.
    pub rows: Vec<RowView>,
    /// A text about the rows that are not shown; empty if all are.
    pub more: String,
    /// The best of all, the best last, below those that are not shown.
    pub best: Vec<RowView>,
    /// The first of them, and the best of all, each with the figure that was judged.
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
    /// The page of the rows behind it, as a path of a URL; `None` where there are none, or nobody asked for it.
    pub rows: Option<String>,
    pub change: ChangeView,
    pub status: StatusView,
    /// `week 45: 80.0%`: the figure that was judged, where it is not this one; else empty.
    pub judged_by: String,
}

#[cfg(test)]
mod tests;
