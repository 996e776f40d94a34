//! How a view is written.

use super::{
    AttentionView, Bar, BriefView, ChangeView, ContactView, EndsView, KpiView, NeedingView, RowView, StatementView,
    StatusView, TableView, TrendView, View,
};
use crate::address;
use crate::chart;
use crate::contact::Contact;
use crate::format::Format;
use crate::known::Known;
use crate::link::{self, FiguresOf, RowsOf};
use crate::numbers::{
    Asked, BreakdownRow, BreakdownTable, Change, KpiBlock, Numbers, PeriodHead, PlansBelow, State, TrendPoint,
    judged_value, standing_out,
};
use crate::statements::attention::{Attention, Needing, attention};
use crate::statements::brief::{Line, brief_of};
use crate::statements::rank;
use crate::statements::statement::Kind;
use pegel_chart::columns::{Column, blocks, columns};
use pegel_chart::{Chart, Form, Point, Tone};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status};
use pegel_kpi::judgement::judged::{Assessment, Unjudged};
use pegel_kpi::judgement::signal::{Direction, Signal};
use pegel_text::locale::Locale;
use pegel_text::words::{Words, capitalised};

/// So many of the worst rows of a table stand for it.
const WORST: usize = 3;

/// Where there is nothing to write.
pub(super) const NOTHING: &str = "–";

/// An edition as a reader of that locale (BCP 47) sees it; English where there are no words for one.
pub fn view(numbers: &Numbers, locale: &str) -> View {
    let locale = Locale::or_english(locale);
    let format = Format::new(&locale, &numbers.currency, numbers.shown_in()).calling(&numbers.titles);
    Writer::new(&format).view(numbers)
}

/// What the figures of the groups of a breakdown have in common.
#[derive(Debug, Clone, Copy)]
pub struct InCommon<'a> {
    pub unit: Unit,
    pub asked: Asked<'a>,
    pub period: &'a PeriodHead,
}

/// Groups as a reader sees them, each with its place among these rows: what breaks a threshold first, then the worst.
/// Those in which nothing happened, neither now nor before, are left out.
pub fn groups(rows: &[BreakdownRow], of: InCommon, format: &Format) -> Vec<(usize, RowView)> {
    let writer = Writer::new(format);
    in_order(rows, of.asked.better).into_iter().map(|(at, row)| (at, writer.row(row, of, None))).collect()
}

/// How a figure changed, as a reader sees it: with arrow and colour where it stands out by that signal.
pub fn change(change: Option<&Change>, unit: Unit, signal: Option<&Signal>, format: &Format) -> ChangeView {
    Writer::new(format).change(change, unit, signal)
}

/// Writes for one reader.
pub(super) struct Writer<'a> {
    pub(super) format: &'a Format,
    pub(super) words: Words,
}

impl<'a> Writer<'a> {
    fn new(format: &'a Format) -> Writer<'a> {
        Writer { words: format.words().clone(), format }
    }

    fn view(&self, numbers: &Numbers) -> View {
        let statements = rank::statements(numbers);
        let brief = brief_of(&statements, numbers, self.format);
        let sections = self.sections(numbers);
        let kpis = || sections.iter().flat_map(|section| &section.kpis);
        let mended = brief.statements.iter().filter(|line| line.kind == Kind::Mended);
        let mended = mended.map(|line| line.sentence.clone()).collect();
        View {
            language: self.words.language().code(),
            report: numbers.report.clone(),
            title: self.format.title(&numbers.title),
            scope: self.format.whole_scope(&numbers.scope, &numbers.members),
            period: self.format.period(&numbers.period),
            period_name: self.format.period_name(&numbers.period.name),
            period_code: numbers.period.name.clone(),
            compared_with: self.format.period_name(&numbers.compared_with.name),
            head_of_compared: self.format.head_of_period(&numbers.compared_with.name),
            revision: numbers.revision,
            reason: numbers.reason.clone().unwrap_or_default(),
            corrections: numbers.correction.as_ref().map_or_else(Vec::new, |of| of.lines(&numbers.period, self.format)),
            computed: self.format.instant(numbers.created_at),
            status: self.status(numbers.status),
            subject: brief.subject,
            preview: brief.preview,
            headline: brief.headline,
            verdict: brief.verdict,
            statements: brief.statements.into_iter().map(statement).collect(),
            attention: attention(statements, numbers, self.format)
                .iter()
                .map(|of_kpi| self.attention(of_kpi))
                .collect(),
            mended,
            chance: brief.chance,
            data_up_to: brief.data_up_to,
            has_year_before: kpis().any(|kpi| kpi.brief.year_before != NOTHING),
            has_unjudged: kpis().any(|kpi| kpi.judged && kpi.status.class == "unjudged"),
            same_age: self.same_age(numbers),
            sections,
            without_data: self.without_data(numbers),
            contact: numbers.contact.as_ref().map(|contact| self.contact(contact)),
            left_out: Vec::new(),
            words: self.words.clone(),
        }
    }

    /// That figures are compared at the same age, where any can still change.
    fn same_age(&self, numbers: &Numbers) -> String {
        let is_young = |block: &KpiBlock| block.cell.provisional && block.previous_as_known.is_some();
        if !numbers.kpis().any(is_young) {
            return String::new();
        }
        let period = self.format.period_name(&numbers.compared_with.name);
        let is_known = numbers.kpis().any(|block| is_young(block) && block.year_before.is_some());
        let year = if is_known { "known" } else { "unknown" };
        self.words.say("note_same_age", [("period", period.into()), ("year", year.into())])
    }

    fn contact(&self, contact: &Contact) -> ContactView {
        let mailbox = match contact {
            Contact::Address(text) => address::parse(text).ok(),
            Contact::Words(_) => None,
        };
        let name = match (contact, &mailbox) {
            (Contact::Words(words), _) => self.format.title(words),
            (_, Some(mailbox)) => mailbox.name.clone().unwrap_or_default(),
            (Contact::Address(text), None) => text.clone(),
        };
        let address = mailbox.map(|mailbox| mailbox.email.to_string()).unwrap_or_default();
        let link = if address.is_empty() { String::new() } else { link::mail_to(&address) };
        ContactView { name, address, link }
    }

    fn without_data(&self, numbers: &Numbers) -> String {
        let blocks = numbers.kpis().filter(|block| !has_data(block));
        let named = |block: &KpiBlock| {
            let title = self.format.title(&block.title);
            let tables = if block.lacks.is_empty() { block.table.as_slice() } else { &block.lacks };
            let tables: Vec<String> = tables.iter().map(|table| self.format.table(table)).collect();
            if tables.is_empty() {
                return title;
            }
            self.words.say("kpi_lacks", [("title", title.into()), ("table", self.format.all(&tables).into())])
        };
        let kpis: Vec<String> = blocks.map(named).collect();
        if kpis.is_empty() {
            return String::new();
        }
        self.words.say("without_data", [("kpis", kpis.join(", ").into())])
    }

    fn status(&self, status: Status) -> StatusView {
        let (class, shape) = match status {
            Status::Unjudged => ("unjudged", "○"),
            Status::Ok => ("ok", "●"),
            Status::Warning => ("warning", "▲"),
            Status::Critical => ("critical", "■"),
        };
        StatusView { class, shape, word: self.format.status(status) }
    }

    /// How a figure stands: one that is far from its target is to be seen as well as one that breaks a threshold.
    fn state(&self, state: State, unit: Unit) -> StatusView {
        let word = self.format.state(state, unit);
        match state {
            State::MayBeChance => StatusView { class: "chance", shape: "△", word },
            State::OffTarget(_) => StatusView { word, ..self.status(Status::Warning) },
            State::NotAsked => StatusView { word, ..self.status(Status::Unjudged) },
            State::Judged(status) => self.status(status),
        }
    }

    fn attention(&self, of_kpi: &Attention) -> AttentionView {
        AttentionView {
            kpi: of_kpi.kpi.clone(),
            title: of_kpi.title.clone(),
            marks: of_kpi.marks.clone(),
            figures: of_kpi.figures.iter().map(|needing| self.needing(needing)).collect(),
            others: of_kpi.more,
            more: if of_kpi.more > 0 { self.more(of_kpi.more, 0) } else { String::new() },
        }
    }

    fn needing(&self, needing: &Needing) -> NeedingView {
        let finding = &needing.finding;
        let signal = standing_out(finding.assessment.as_ref(), &finding.cell, finding.group.is_some());
        let change = finding.change.as_ref().filter(|_| needing.as_it_stands);
        NeedingView {
            group: needing.group.clone(),
            figure: needing.figure.clone(),
            of: needing.of.clone(),
            since: needing.since.clone(),
            change: self.change(change, finding.unit, signal),
            status: self.status(finding.status),
            rows: needing.rows.clone(),
        }
    }

    /// How many others there are, and how many of them break a threshold, if any.
    fn more(&self, others: usize, broken: usize) -> String {
        match broken {
            0 => self.format.more(others),
            _ => self.words.say("more_broken", [("count", others.into()), ("broken", broken.into())]),
        }
    }

    /// An arrow and a colour belong to a signal. It may tell of several periods: a change that goes the other way has
    /// neither.
    fn change(&self, change: Option<&Change>, unit: Unit, signal: Option<&Signal>) -> ChangeView {
        let text = self.format.change(change, unit);
        let Some((change, signal)) = change.filter(|_| text != self.words.say("unchanged", [])).zip(signal) else {
            return ChangeView { text, arrow: "", class: "even" };
        };
        let arrow = if change.absolute > 0.0 { "↑" } else { "↓" };
        let (arrow, class) = match (signal.direction, change.improved) {
            (Direction::Improvement, Some(true)) => (arrow, "better"),
            (Direction::Concern, Some(false)) => (arrow, "worse"),
            (Direction::Neutral, None) => (arrow, "even"),
            _ => ("", "even"),
        };
        ChangeView { text, arrow, class }
    }

    /// `section` is where it stands among those of the report.
    pub(super) fn kpi(&self, block: &KpiBlock, section: usize, numbers: &Numbers) -> KpiView {
        let figures = FiguresOf { numbers, section, kpi: &block.id };
        let threshold = self.format.threshold(&block.threshold, block.unit, block.better);
        let state = block.state();
        let beside = block.cell.beside.iter().map(|beside| self.format.beside(beside, block.unit));
        let known = Known {
            settled: block.settled.as_ref(),
            data_ends: block.data_ends,
            ..self.known(&block.cell, block.assessment.as_ref(), block.unit)
        };
        KpiView {
            id: block.id.clone(),
            title: self.format.title(&block.title),
            description: self.format.title(&block.description),
            figure: self.format.judged(&block.cell, block.unit, &block.threshold),
            known: block.cell.outcome.value().is_some(),
            rows: figures.rows(&block.cell, &[]),
            facts: known.facts().into_iter().chain(self.plans_below(block)).collect(),
            beside: beside.collect(),
            sample: self.sample(&block.cell),
            change: self.change(block.change.as_ref(), block.unit, block.signal()),
            previous: self.previous(block),
            judged: state != State::NotAsked,
            threshold: if threshold.is_empty() { self.no_threshold(block) } else { threshold },
            target: block.target.map_or_else(String::new, |target| self.format.target(target, block.unit)),
            status: self.state(state, block.unit),
            judged_by: known.judged(&block.threshold, &numbers.period).unwrap_or_default(),
            trend: self.trend(block, numbers),
            brief: self.brief(block, &known, numbers),
            tables: block.breakdowns.iter().filter_map(|table| self.table(table, block, figures)).collect(),
            error: match &block.cell.outcome {
                Outcome::ScriptError { message } => message.clone(),
                _ => String::new(),
            },
        }
    }

    /// That there are no marks, or that they follow from a past that is too short, or from a figure that is not there.
    fn no_threshold(&self, block: &KpiBlock) -> String {
        let message = match reason(block) {
            None | Some(Unjudged::NoMarks) => "no_threshold",
            Some(Unjudged::NoPast) => "threshold_of_past",
            Some(_) => "threshold_of_usual",
        };
        self.words.say(message, [])
    }

    /// `4 targets name a sales rep, none is the company’s`
    fn plans_below(&self, block: &KpiBlock) -> Option<String> {
        let PlansBelow { level, count } = block.plans_below.as_ref()?;
        let of = [("count", (*count).into()), ("level", self.format.dimension(level).into())];
        Some(self.words.say("plans_below", of))
    }

    fn known<'b>(&'b self, cell: &'b Cell, assessment: Option<&'b Assessment>, unit: Unit) -> Known<'b> {
        Known { format: self.format, unit, cell, assessment, settled: None, data_ends: None }
    }

    /// What the figure is compared with: at the same age, and as it is known today, where that is another one.
    fn previous(&self, block: &KpiBlock) -> String {
        let figure = |cell: &Cell| self.format.judged(cell, block.unit, &block.threshold);
        let (then, now) = (figure(&block.previous), block.previous_as_known.as_ref().map(figure));
        match now.filter(|now| *now != then) {
            Some(now) => self.words.say("same_age_and_now", [("figure", then.into()), ("now", now.into())]),
            None => then,
        }
    }

    fn brief(&self, block: &KpiBlock, known: &Known, numbers: &Numbers) -> BriefView {
        // A state may be that of another figure than the one beside it.
        let judged = known.judged(&block.threshold, &numbers.period);
        let judged = judged.filter(|_| !known.is_as_expected(&block.threshold));
        let state = block.state();
        let off = matches!(state, State::OffTarget(_)).then(|| self.format.state(state, block.unit));
        let notes: Vec<String> = known.note().into_iter().chain(off).chain(judged).collect();
        let short = |cell: &Cell| match cell.outcome.value() {
            Some(value) => self.format.short(value, block.unit),
            None => self.format.cell(cell, block.unit),
        };
        let nothing = || NOTHING.to_owned();
        let before =
            |cell: &Cell| cell.outcome.value().map_or_else(nothing, |value| self.format.short(value, block.unit));
        let target = block.target.map(|target| self.format.short(target, block.unit));
        BriefView {
            figure: short(&block.cell),
            before: before(&block.previous),
            year_before: block.year_before.as_ref().map_or_else(nothing, before),
            goal: target
                .or_else(|| self.format.asked(&block.threshold, block.unit, block.better))
                .unwrap_or_else(nothing),
            same_age: block.cell.provisional && block.assessment.is_some(),
            note: notes.join(" · "),
        }
    }

    fn sample(&self, cell: &Cell) -> String {
        let known = cell.sample.filter(|_| cell.outcome.value().is_some());
        let size = known.map(|sample| self.words.say("sample_size", [("count", sample.into())]));
        size.into_iter().chain(self.format.asides(cell)).collect::<Vec<_>>().join(", ")
    }

    fn trend(&self, block: &KpiBlock, numbers: &Numbers) -> TrendView {
        let figures: Vec<Option<f64>> = block.trend.iter().map(|point| point.cell.whole()).collect();
        let known = || figures.iter().flatten().copied();
        let (lowest, highest) = (known().reduce(f64::min), known().reduce(f64::max));
        let judged = |point: &TrendPoint| block.threshold.judge(&point.cell.outcome, block.better);
        let points = block.trend.iter().map(|point| chart::point(&point.cell, judged(point)));
        let course = Chart::new(Form::Bars, points.collect());
        let write = |figure: Option<f64>| {
            let at = block.trend.iter().find(|point| point.cell.whole() == figure);
            figure
                .and(at)
                .map_or_else(String::new, |point| self.format.judged(&point.cell, block.unit, &block.threshold))
        };
        let bars = course.points.iter().zip(columns(&course));
        TrendView {
            bars: bars.map(|(point, column)| bar(point, column)).collect(),
            spark: blocks(&course),
            span: self.format.periods(block.trend.len(), &numbers.period),
            lowest: write(lowest),
            highest: write(highest),
        }
    }

    /// `None` where there is no group to show.
    fn table(&self, table: &BreakdownTable, block: &KpiBlock, figures: FiguresOf) -> Option<TableView> {
        let of = InCommon::of(block, figures.numbers);
        let behind = |row: &BreakdownRow| figures.rows(&row.cell, &[(&table.dimension, &row.group)]);
        let write = |row: &BreakdownRow| self.row(row, of, behind(row));
        let mut rows: Vec<&BreakdownRow> =
            in_order(&table.rows, of.asked.better).into_iter().map(|(_, row)| row).collect();
        let ends = self.ends(&rows, |row| self.end(row, of, &table.dimension, figures));
        let mut rest = table.worst.map(|worst| rows.split_off(worst.min(rows.len()))).unwrap_or_default();
        let best = table.best.map(|best| best_of(&mut rest, best)).unwrap_or_default();
        let young = |row: &&BreakdownRow| row.cell.provisional && row.cell.outcome.value().is_some();
        let note = rows.iter().any(young).then(|| capitalised(&self.words.say("table_provisional", [])));
        let is_asked = |row: &&BreakdownRow| block.state_of(row) != State::NotAsked;
        (!rows.is_empty()).then(|| TableView {
            judged: rows.iter().any(is_asked),
            dimension: capitalised(&self.format.dimension(&table.dimension)),
            note: note.unwrap_or_default(),
            rows: rows.into_iter().map(write).collect(),
            more: self.rest(&rest),
            best: best.into_iter().map(write).collect(),
            ends,
        })
    }

    /// The two ends of rows that are in order.
    fn ends(&self, rows: &[&BreakdownRow], write: impl Fn(&BreakdownRow) -> RowView) -> EndsView {
        let (worst, others) = rows.split_at(if rows.len() <= WORST + 1 { rows.len() } else { WORST });
        let best = others.iter().rposition(|row| row.cell.outcome.value().is_some());
        let rest: Vec<&BreakdownRow> =
            others.iter().enumerate().filter(|(at, _)| Some(*at) != best).map(|(_, row)| *row).collect();
        EndsView {
            worst: worst.iter().map(|row| write(row)).collect(),
            best: best.map(|at| write(others[at])),
            more: self.rest(&rest),
        }
    }

    /// A row where there is room for one figure: the one that was judged, by which rows are in order.
    fn end(&self, row: &BreakdownRow, of: InCommon, dimension: &str, figures: FiguresOf) -> RowView {
        let (assessment, groups) = (row.assessment.as_ref(), [(dimension, &row.group)]);
        let known = self.known(&row.cell, assessment, of.unit);
        let view = self.row(row, of, figures.rows(&row.cell, &groups));
        let judged = known.judged_alone(of.asked.threshold, of.period).filter(|_| !view.judged_by.is_empty());
        let Some((figure, judged_by)) = judged else { return view };
        let period = figures.numbers.period_of(assessment.and_then(|assessment| assessment.judged.by.as_ref()));
        let rows = RowsOf::of_figure(&figures, &groups).map(|rows| RowsOf { period: Some(period), ..rows });
        RowView { figure, judged_by, rows: rows.map(|rows| figures.page(&rows)), ..view }
    }

    /// How many rows are not shown; empty if all are.
    fn rest(&self, rows: &[&BreakdownRow]) -> String {
        let broken = rows.iter().filter(|row| row.status >= Status::Warning && !row.may_be_chance()).count();
        if rows.is_empty() { String::new() } else { self.more(rows.len(), broken) }
    }

    fn row(&self, row: &BreakdownRow, of: InCommon, rows: Option<String>) -> RowView {
        let InCommon { unit, asked, period } = of;
        let threshold = asked.threshold;
        let known = self.known(&row.cell, row.assessment.as_ref(), unit);
        let judged_by = known.judged(threshold, period);
        RowView {
            label: self.format.group(&row.group),
            figure: self.format.judged(&row.cell, unit, threshold),
            known: row.cell.outcome.value().is_some(),
            rows,
            change: self.change(row.change.as_ref(), unit, row.signal()),
            status: self.state(row.held().state(asked), unit),
            // Of many rows, those that will change no more need no word.
            judged_by: judged_by.filter(|_| !known.is_as_expected(threshold)).unwrap_or_default(),
        }
    }
}

fn bar(point: &Point, column: Option<Column>) -> Bar {
    let class = match (column, point.tone) {
        (None, _) => "none",
        (_, Tone::Critical) => "critical",
        (_, Tone::Warning) => "warning",
        (_, Tone::Plain) => "plain",
    };
    let Column { height, rise } = column.unwrap_or_default();
    Bar { height, rise, class }
}

/// Takes out the last rows that have a figure: the best.
fn best_of<'a>(rest: &mut Vec<&'a BreakdownRow>, count: usize) -> Vec<&'a BreakdownRow> {
    let known = rest.iter().filter(|row| row.cell.outcome.value().is_some()).count();
    let (mut seen, mut best) = (0, Vec::new());
    rest.retain(|row| {
        let is_known = row.cell.outcome.value().is_some();
        seen += usize::from(is_known);
        let is_best = is_known && seen + count > known;
        if is_best {
            best.push(*row);
        }
        !is_best
    });
    best
}

/// Whether anything was ever known of it: now, in its course, or in what it is compared with.
pub(super) fn has_data(block: &KpiBlock) -> bool {
    let nothing = |cell: &Cell| matches!(cell.outcome, Outcome::NoData | Outcome::NoRows | Outcome::ZeroDenominator);
    let course = block.trend.iter().map(|point| &point.cell);
    let cells = [&block.cell, &block.previous].into_iter().chain(&block.year_before).chain(course);
    cells.into_iter().any(|cell| !nothing(cell))
}

/// Why its total was not judged. One that lacks more than marks has such, though the past may not tell them.
fn reason(block: &KpiBlock) -> Option<Unjudged> {
    block.assessment.as_ref()?.judged.reason
}

/// A statement as a reader sees it.
pub(crate) fn statement(line: Line) -> StatementView {
    let Line { kind, status, kpi, sentence, evidence } = line;
    let class = match (kind, status) {
        (Kind::NewBreach | Kind::Breach, Status::Critical) => "critical",
        (Kind::NewBreach | Kind::Breach | Kind::OffTarget | Kind::Worse, _) => "warning",
        (Kind::Mended | Kind::Better, _) => "better",
        (Kind::NotJudged | Kind::Chance, _) => "plain",
    };
    StatementView { kpi, class, sentence, evidence }
}

impl<'a> InCommon<'a> {
    fn of(block: &'a KpiBlock, numbers: &'a Numbers) -> InCommon<'a> {
        InCommon { unit: block.unit, asked: block.asked(), period: &numbers.period }
    }
}

/// The worst first. A group in which nothing happened, neither now nor before, tells nothing.
fn in_order(rows: &[BreakdownRow], better: Better) -> Vec<(usize, &BreakdownRow)> {
    let silent = |cell: &Cell| cell.outcome == Outcome::NoRows;
    let told = |(_, row): &(usize, &BreakdownRow)| !(silent(&row.cell) && silent(&row.previous));
    let mut rows: Vec<_> = rows.iter().enumerate().filter(told).collect();
    rows.sort_by(|(_, one), (_, other)| by_badness(one, other, better));
    rows
}

/// What breaks a threshold first; then the worst of the figures that were judged, the highest where neither direction is
/// good. What has no figure comes last.
fn by_badness(one: &BreakdownRow, other: &BreakdownRow, better: Better) -> std::cmp::Ordering {
    let broken =
        |row: &BreakdownRow| Some(row.status).filter(|status| *status >= Status::Warning && !row.may_be_chance());
    let judged =
        |row: &BreakdownRow| judged_value(&row.cell, row.assessment.as_ref().map(|assessment| &assessment.judged));
    broken(other).cmp(&broken(one)).then_with(|| match (judged(one), judged(other)) {
        (Some(one), Some(other)) if better == Better::Higher => one.total_cmp(&other),
        (Some(one), Some(other)) => other.total_cmp(&one),
        (one, other) => other.is_some().cmp(&one.is_some()),
    })
}
