//! The breakdown of a KPI on its page: groups in rows, the worst first; of two dimensions the second in columns, where
//! there is room for them.

use super::choice::Shown;
use crate::courses::Course;
use crate::reader::Reader;
use pegel_kpi::data::cell::{Breakdown, Group, Outcome};
use pegel_kpi::engine::behind::listing::Side;
use pegel_kpi::engine::behind::{Member, Question};
use pegel_kpi::engine::figures::{Grouped, Row};
use pegel_kpi::script::kpi::Kpi;
use pegel_report::build::group;
use pegel_report::format::Format;
use pegel_report::link::{self, RowsOf};
use pegel_report::numbers::{self, Asked, PeriodHead};
use pegel_report::view::{InCommon, RowView, groups};
use pegel_text::words::capitalised;
use serde::Serialize;

/// So many lines are shown, and the others folded; a few more than that are not.
const UNFOLDED: usize = 15;
const A_FEW: usize = 5;

/// More columns do not stand side by side.
const MOST_COLUMNS: usize = 7;

/// A breakdown.
#[derive(Serialize)]
pub(super) struct BreakdownView {
    /// `Region × Source`
    title: String,
    /// That its figures can still change, and how they are compared; empty if they cannot.
    note: String,
    /// What the groups are called, one heading for each dimension; of a matrix that of the rows.
    heads: Vec<String>,
    /// The first of them.
    lines: Vec<Line>,
    /// Those that are folded, and how many they are.
    rest: Vec<Line>,
    more: String,
    /// Of a matrix, the groups of the second dimension; else empty.
    columns: Vec<String>,
}

/// A group, or the row of a matrix.
#[derive(Serialize)]
struct Line {
    labels: Vec<String>,
    #[serde(flatten)]
    figure: RowView,
    /// How many rows it rests on; empty where nobody knows.
    sample: String,
    /// Of a matrix: its figures by the second dimension; `None` where there are no rows.
    cells: Vec<Option<RowView>>,
}

/// What breakdowns must be computed for the one that is shown: by the first dimension, and by both.
pub(super) fn wanted(by: &Breakdown) -> Vec<Breakdown> {
    (1..=by.len()).map(|count| by[..count].to_vec()).collect()
}

/// What the groups of a breakdown are written with.
struct Writer<'a> {
    kpi: &'a Kpi,
    shown: &'a Shown,
    of: InCommon<'a>,
    format: &'a Format,
    reader: &'a Reader,
}

impl BreakdownView {
    /// `None` where the page shows no breakdown.
    pub(super) fn of(course: &Course, shown: &Shown, format: &Format, reader: &Reader) -> Option<BreakdownView> {
        let declared = &course.kpi.declaration;
        let (threshold, period) = (course.threshold(), PeriodHead::from(&shown.period));
        let target_tolerance = declared.judging.target_tolerance;
        let asked = Asked { threshold: &threshold, better: declared.better, target_tolerance };
        let of = InCommon { unit: declared.unit, asked, period: &period };
        let writer = Writer { kpi: course.kpi, shown, of, format, reader };
        let (first, last) = (course.broken_down.first()?, course.broken_down.last()?);
        let heads: Vec<String> =
            shown.by.iter().map(|dimension| capitalised(&format.dimension(dimension.name()))).collect();
        let title = heads.join(" × ");
        let columns = if shown.by.len() == 2 { columns(last) } else { Vec::new() };
        let fit = (2..=MOST_COLUMNS).contains(&columns.len());
        let mut lines = if fit { writer.matrix(first, last, &columns) } else { writer.lines(last) };
        let young = last.rows.iter().any(|row| row.cells.last().is_some_and(|cell| cell.provisional));
        let note = if young { capitalised(&format.words().say("table_provisional", [])) } else { String::new() };
        let columns = columns.into_iter().filter(|_| fit).map(|group| writer.label(&group)).collect::<Vec<_>>();
        let heads = if columns.is_empty() { heads } else { heads.into_iter().take(1).collect() };
        let unfolded = if lines.len() > UNFOLDED + A_FEW { UNFOLDED } else { lines.len() };
        let rest = lines.split_off(unfolded);
        let more = format.more(rest.len());
        Some(BreakdownView { title, note, heads, lines, rest, more, columns })
    }
}

/// The groups of the second dimension that have rows in the period, in order; those without one last.
fn columns(grouped: &Grouped) -> Vec<Group> {
    let mut groups: Vec<Group> =
        grouped.rows.iter().filter(|row| has_rows(row)).filter_map(|row| row.groups.get(1).cloned()).collect();
    groups.sort();
    groups.dedup();
    groups
}

/// Whether there are any in the period, be they too few for a figure.
fn has_rows(row: &Row) -> bool {
    let last = row.cells.last().map(|cell| &cell.outcome);
    last.is_some_and(|outcome| !matches!(outcome, Outcome::NoRows | Outcome::NoData))
}

impl Writer<'_> {
    fn lines(&self, grouped: &Grouped) -> Vec<Line> {
        self.figures(grouped).into_iter().map(|(row, figure)| self.line(row, figure, Vec::new())).collect()
    }

    /// A row for each group of the first dimension, as the worst come; its figures by the second beside it.
    fn matrix(&self, first: &Grouped, both: &Grouped, columns: &[Group]) -> Vec<Line> {
        let both = self.figures(both);
        let cell = |one: &Group, other: &Group| {
            let is = |(row, _): &&(&Row, RowView)| row.groups.first() == Some(one) && row.groups.get(1) == Some(other);
            both.iter().find(is).map(|(_, figure)| figure.clone())
        };
        let line = |(row, figure): (&Row, RowView)| {
            let cells = columns.iter().map(|column| cell(row.groups.first()?, column)).collect();
            self.line(row, figure, cells)
        };
        self.figures(first).into_iter().map(line).collect()
    }

    fn line(&self, row: &Row, figure: RowView, cells: Vec<Option<RowView>>) -> Line {
        let sample = row.cells.last().and_then(|cell| cell.sample);
        Line {
            labels: row.groups.iter().map(|group| self.label(group)).collect(),
            figure,
            sample: sample.map_or_else(String::new, |sample| self.format.count(sample)),
            cells,
        }
    }

    fn label(&self, group: &Group) -> String {
        self.format.group(&numbers::Group::from(group))
    }

    /// The figures of a breakdown, the worst first, each with the way to the rows behind it.
    fn figures<'b>(&self, grouped: &'b Grouped) -> Vec<(&'b Row, RowView)> {
        let rows: Vec<&Row> = grouped.rows.iter().filter(|row| row.is_recent).collect();
        let written: Vec<_> = rows.iter().map(|row| group(row, self.of.asked.better)).collect();
        let can_be_listed = self.can_be_listed(&grouped.by);
        let figure = |(at, view): (usize, RowView)| {
            let row = rows[at];
            let rows = (can_be_listed && has_rows(row)).then(|| self.rows(&grouped.by, &row.groups));
            (row, RowView { rows, ..view })
        };
        groups(&written, self.of, self.format).into_iter().map(figure).collect()
    }

    /// Whether the rows behind the groups of a breakdown can be shown: their tables may be other ones.
    fn can_be_listed(&self, by: &Breakdown) -> bool {
        let only = by.iter().map(|dimension| (dimension.clone(), Member::Nowhere)).collect();
        let question = Question { kpi: self.kpi, period: &self.shown.period, only, side: Side::All, limit: 0 };
        question.check().is_ok()
    }

    /// The page of the rows behind the figure of a group.
    fn rows(&self, by: &Breakdown, groups: &[Group]) -> String {
        let dimension = |at: usize| by.get(at).map(|dimension| dimension.name().to_owned());
        let group = |at: usize| groups.get(at).map(|group| group.label().unwrap_or_default().to_owned());
        let period = Some(self.shown.period.to_string());
        let of = RowsOf {
            period,
            by: dimension(0),
            group: group(0),
            and: dimension(1),
            and_group: group(1),
            ..RowsOf::default()
        };
        self.reader.kept_in(link::rows(self.kpi.id(), &of))
    }
}
