//! An edition for programs: one JSON object, its shape named by [`SCHEMA`].
//!
//! Fields may be added; none changes its meaning. Money is in whole units of the currency, durations are in seconds, per
//! cents fractions; instants RFC 3339, UTC.

use super::maker::Maker;
use crate::format::Format;
use crate::numbers::{
    BreakdownRow, BreakdownTable, Change, Changed, Correction, CrossLine, CrossTable, Group, GroupHead, KpiBlock,
    ListedRow, Numbers, PeriodHead, ReportState, RowList, Section, Why, judged_value,
};
use crate::statements::brief::{Line, brief};
use crate::statements::statement::Kind;
use jiff::Timestamp;
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status};
use pegel_kpi::engine::behind::listing::When;
use pegel_kpi::judgement::judged::{Assessment, By};
use serde::Serialize;
use std::collections::BTreeMap;

/// The name of the shape. It is another one when a field is taken away or means something else.
pub const SCHEMA: &str = "pegel.edition.1";

/// The shape itself, as JSON Schema 2020-12.
pub const JSON_SCHEMA: &str = include_str!("edition.schema.json");

#[derive(Serialize)]
struct Edition<'a> {
    schema: &'static str,
    /// The program that made this file of the edition's stored numbers.
    made_by: &'a str,
    report: &'a str,
    title: String,
    locale: &'a str,
    /// In which its periods begin and end.
    zone: &'a str,
    /// In which its readers are told of instants.
    readers_zone: &'a str,
    /// What its readers see, in words; empty if that is everything.
    scope: String,
    currency: &'a str,
    period: &'a PeriodHead,
    compared_with: &'a PeriodHead,
    revision: i32,
    /// Why it was made again, in the words of who did so.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// What it says differently from the one that it corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<Corrected<'a>>,
    created_at: Option<Timestamp>,
    data_up_to: Vec<Reach<'a>>,
    status: Status,
    headline: String,
    verdict: String,
    statements: Vec<Statement>,
    sections: Vec<SectionHead<'a>>,
    kpis: Vec<Kpi<'a>>,
    /// Rows one by one, behind the figures of some KPIs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lists: Vec<List<'a>>,
    /// The reports of the home, where the edition shows them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reports: Vec<Report<'a>>,
}

/// What a corrected edition says differently.
#[derive(Serialize)]
struct Corrected<'a> {
    /// The most important numbers that are other ones.
    changes: Vec<CorrectedNumber<'a>>,
    /// How many others there are.
    more: usize,
    /// Whether other rows are listed one by one.
    lists: bool,
}

#[derive(Serialize)]
struct CorrectedNumber<'a> {
    kpi: &'a str,
    title: String,
    /// By dimension; empty of the total.
    groups: BTreeMap<&'a str, Option<&'a str>>,
    /// `None` where the older edition does not have it.
    old: Option<&'a Cell>,
    /// `None` where the newer edition does not have it.
    new: Option<&'a Cell>,
    why: &'a [Why],
}

/// What stands over the KPIs of a section.
#[derive(Serialize)]
struct SectionHead<'a> {
    title: String,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// The dimension by whose groups its KPIs are compared with each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    scorecard: Option<&'a str>,
}

/// How far the data of a table reached.
#[derive(Serialize)]
struct Reach<'a> {
    table: &'a str,
    complete_until: Option<Timestamp>,
    newest_milestone: Option<Timestamp>,
}

#[derive(Serialize)]
struct Statement {
    kind: Kind,
    kpi: String,
    status: Status,
    sentence: String,
    /// What it rests on, in words.
    facts: Vec<String>,
    /// The pages of the rows behind it, as paths of URLs.
    rows: Vec<String>,
}

#[derive(Serialize)]
struct Kpi<'a> {
    section: String,
    id: &'a str,
    title: String,
    description: String,
    unit: Unit,
    better: Better,
    warning: Option<f64>,
    critical: Option<f64>,
    /// SHA-256 of the script.
    version: &'a str,
    #[serde(flatten)]
    figure: Figure<'a>,
    target: Option<f64>,
    /// How far it lies from that on the bad side, as a fraction of it, where that is farther than it may.
    #[serde(skip_serializing_if = "Option::is_none")]
    off_target: Option<f64>,
    /// The periods up to the reported one, oldest first, at the age of that one.
    course: Vec<Point<'a>>,
    breakdowns: Vec<Breakdown<'a>>,
    /// By two dimensions at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    crossed: Vec<Crossed<'a>>,
}

#[derive(Serialize)]
struct Crossed<'a> {
    lines_by: &'a str,
    columns_by: &'a str,
    /// What the groups are called; `null` as in breakdowns.
    columns: Vec<Option<&'a str>>,
    lines: Vec<CrossedLine<'a>>,
}

#[derive(Serialize)]
struct CrossedLine<'a> {
    group: Option<&'a str>,
    /// One for each column; `null` where the two groups have nothing in common.
    cells: &'a [Option<Cell>],
}

/// The rows that make a figure bad, or all behind it.
#[derive(Serialize)]
struct List<'a> {
    kpi: &'a str,
    table: &'a str,
    bad: bool,
    rows: Vec<Listed<'a>>,
    more: u64,
}

#[derive(Serialize)]
struct Listed<'a> {
    key: &'a str,
    /// Whom it concerns, by dimension.
    groups: BTreeMap<&'a str, Option<&'a str>>,
    /// The date by which it is found.
    date: Option<When>,
    /// In seconds, since that date.
    age: Option<i64>,
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(rename = "report")]
    name: &'a str,
    title: String,
    next: Option<Timestamp>,
    period: Option<&'a str>,
    made_at: Option<Timestamp>,
    mails: Option<usize>,
    delivered: Option<usize>,
}

/// A figure, and what it is compared with.
#[derive(Serialize)]
struct Figure<'a> {
    #[serde(flatten)]
    cell: &'a Cell,
    status: Status,
    /// Whether it breaks its threshold by so few rows that it may be chance.
    may_be_chance: bool,
    /// `None` if nothing was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    judged: Option<Judged<'a>>,
    /// The period before, at the same age.
    previous: &'a Cell,
    change: Option<&'a Change>,
    year_before: Option<&'a Cell>,
}

/// The figure that the status is of.
#[derive(Serialize)]
struct Judged<'a> {
    value: f64,
    #[serde(flatten)]
    of: JudgedOf<'a>,
}

/// Of what it is.
#[derive(Serialize)]
#[serde(tag = "of", rename_all = "snake_case")]
enum JudgedOf<'a> {
    /// The figure as it stands.
    Value,
    /// What the figure will probably come to.
    Expected,
    /// The last settled period.
    Settled { period: &'a str },
    /// The last periods together.
    LookBack {
        periods: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        numerator: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        denominator: Option<f64>,
    },
}

#[derive(Serialize)]
struct Point<'a> {
    period: &'a str,
    #[serde(flatten)]
    cell: &'a Cell,
}

#[derive(Serialize)]
struct Breakdown<'a> {
    dimension: &'a str,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    /// What the group is called; `null` where nothing is given, or the name was erased.
    group: Option<&'a str>,
    #[serde(flatten)]
    figure: Figure<'a>,
    target: Option<f64>,
}

pub(super) fn text(numbers: &Numbers, maker: Maker, format: &Format) -> Vec<u8> {
    let edition = edition(numbers, maker, format);
    let mut text = serde_json::to_vec_pretty(&edition).expect("an edition holds nothing that JSON cannot");
    text.push(b'\n');
    text
}

fn edition<'a>(numbers: &'a Numbers, maker: Maker<'a>, format: &Format) -> Edition<'a> {
    let brief = brief(numbers, format);
    let of_section = numbers.sections.iter().flat_map(|section| section.kpis.iter().map(move |block| (section, block)));
    Edition {
        schema: SCHEMA,
        made_by: maker.program,
        report: &numbers.report,
        title: format.title(&numbers.title),
        locale: maker.locale,
        zone: &numbers.zone,
        readers_zone: numbers.shown_in(),
        scope: format.scope(&numbers.scope, &numbers.members),
        currency: &numbers.currency,
        period: &numbers.period,
        compared_with: &numbers.compared_with,
        revision: numbers.revision,
        reason: numbers.reason.as_deref(),
        correction: numbers.correction.as_ref().map(|correction| corrected(correction, format)),
        created_at: instant(numbers.created_at),
        data_up_to: numbers
            .data_up_to
            .iter()
            .map(|table| Reach {
                table: &table.table,
                complete_until: table.complete_until.and_then(instant),
                newest_milestone: table.newest_milestone.and_then(instant),
            })
            .collect(),
        status: numbers.status,
        headline: brief.headline,
        verdict: brief.verdict,
        statements: brief.statements.into_iter().map(statement).collect(),
        sections: numbers.sections.iter().map(|section| section_head(section, format)).collect(),
        kpis: of_section.map(|(section, block)| kpi(format.title(&section.title), block, format)).collect(),
        lists: numbers.sections.iter().flat_map(|section| &section.lists).map(list).collect(),
        reports: numbers
            .sections
            .iter()
            .flat_map(|section| &section.controlling)
            .map(|of| report(of, format))
            .collect(),
    }
}

fn corrected<'a>(correction: &'a Correction, format: &Format) -> Corrected<'a> {
    let number = |changed: &'a Changed| CorrectedNumber {
        kpi: &changed.kpi,
        title: format.title(&changed.title),
        groups: [&changed.group, &changed.and].into_iter().flatten().map(GroupHead::named).collect(),
        old: changed.old.as_ref().map(|said| &said.cell),
        new: changed.new.as_ref().map(|said| &said.cell),
        why: &changed.why,
    };
    let Correction { ref changes, more, lists } = *correction;
    Corrected { changes: changes.iter().map(number).collect(), more, lists }
}

fn section_head<'a>(section: &'a Section, format: &Format) -> SectionHead<'a> {
    SectionHead {
        title: format.title(&section.title),
        text: section.text.as_ref().map(|text| text.in_language(format.words().language())),
        scorecard: section.scorecard.as_deref(),
    }
}

fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

fn statement(line: Line) -> Statement {
    let Line { kind, status, kpi, sentence, evidence } = line;
    let rows = evidence.iter().filter_map(|evidence| Some(evidence.rows.as_ref()?.path.clone())).collect();
    let facts = evidence.into_iter().map(|evidence| evidence.facts).filter(|facts| !facts.is_empty()).collect();
    Statement { kind, kpi, status, sentence, facts, rows }
}

fn kpi<'a>(section: String, block: &'a KpiBlock, format: &Format) -> Kpi<'a> {
    Kpi {
        section,
        id: &block.id,
        title: format.title(&block.title),
        description: format.title(&block.description),
        unit: block.unit,
        better: block.better,
        warning: block.threshold.warning,
        critical: block.threshold.critical,
        version: &block.version,
        figure: Figure {
            cell: &block.cell,
            status: block.status,
            may_be_chance: block.may_be_chance(),
            judged: judged(&block.cell, block.assessment.as_ref()),
            previous: &block.previous,
            change: block.change.as_ref(),
            year_before: block.year_before.as_ref(),
        },
        target: block.target,
        off_target: block.held().off_target(block.asked()).map(|off| off.beyond),
        course: block.trend.iter().map(|point| Point { period: &point.period, cell: &point.cell }).collect(),
        breakdowns: block.breakdowns.iter().map(breakdown).collect(),
        crossed: block.crossed.iter().map(crossed).collect(),
    }
}

fn judged<'a>(cell: &Cell, assessment: Option<&'a Assessment>) -> Option<Judged<'a>> {
    let judged = &assessment?.judged;
    let of = match judged.by.as_ref()? {
        By::Value | By::Signal => JudgedOf::Value,
        By::Expected { .. } => JudgedOf::Expected,
        By::Settled { period, .. } => JudgedOf::Settled { period },
        By::LookBack { periods, numerator, denominator, .. } => {
            JudgedOf::LookBack { periods: *periods, numerator: *numerator, denominator: *denominator }
        }
    };
    Some(Judged { value: judged_value(cell, Some(judged))?, of })
}

fn crossed_line(CrossLine { group, cells }: &CrossLine) -> CrossedLine<'_> {
    CrossedLine { group: group.label(), cells }
}

fn crossed(table: &CrossTable) -> Crossed<'_> {
    let CrossTable { lines_by, columns_by, columns, lines } = table;
    Crossed {
        lines_by,
        columns_by,
        columns: columns.iter().map(Group::label).collect(),
        lines: lines.iter().map(crossed_line).collect(),
    }
}

fn list(list: &RowList) -> List<'_> {
    List {
        kpi: &list.kpi,
        table: &list.table,
        bad: list.bad,
        rows: list.rows.iter().map(listed_row).collect(),
        more: list.more,
    }
}

fn listed_row(row: &ListedRow) -> Listed<'_> {
    let ListedRow { key, groups, date, age } = row;
    let groups = groups.iter().map(|(dimension, group)| (dimension.as_str(), group.label()));
    Listed { key, groups: groups.collect(), date: *date, age: *age }
}

fn report<'a>(state: &'a ReportState, format: &Format) -> Report<'a> {
    let last = state.last.as_ref();
    Report {
        name: &state.report,
        title: format.title(&state.title),
        next: state.next.and_then(instant),
        period: last.map(|last| last.period.as_str()),
        made_at: last.and_then(|last| instant(last.created_at)),
        mails: last.map(|last| last.mails),
        delivered: last.map(|last| last.delivered),
    }
}

fn breakdown(table: &BreakdownTable) -> Breakdown<'_> {
    Breakdown { dimension: &table.dimension, rows: table.rows.iter().map(row).collect() }
}

fn row(row: &BreakdownRow) -> Row<'_> {
    Row {
        group: row.group.label(),
        figure: Figure {
            cell: &row.cell,
            status: row.status,
            may_be_chance: row.may_be_chance(),
            judged: judged(&row.cell, row.assessment.as_ref()),
            previous: &row.previous,
            change: row.change.as_ref(),
            year_before: row.year_before.as_ref(),
        },
        target: row.target,
    }
}
