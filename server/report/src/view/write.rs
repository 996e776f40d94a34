//! How a view is written.

use super::{
    Bar, BreachView, ChangeView, KpiView, RowView, SectionView, StatementView, StatusView, TableView, TrendView, View,
};
use crate::chart;
use crate::format::Format;
use crate::known::{Known, origin};
use crate::numbers::{
    Breach, BreakdownRow, BreakdownTable, Change, GroupHead, KpiBlock, Numbers, PeriodHead, PlansBelow, TrendPoint,
    is_as_it_stands, judged_value,
};
use crate::statements::brief::{Line, brief};
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
use std::collections::HashMap;

/// Of the breaches of one KPI in one breakdown and of one status, only that many are shown on top.
const SHOWN_BREACHES: usize = 5;

/// An edition as a reader of that locale (BCP 47) sees it; English where there are no words for one.
pub fn view(numbers: &Numbers, locale: &str) -> View {
    Writer::new(numbers, &Locale::or_english(locale)).view(numbers)
}

/// Writes for one reader.
struct Writer {
    format: Format,
    words: Words,
}

impl Writer {
    fn new(numbers: &Numbers, locale: &Locale) -> Writer {
        let format = Format::new(locale, &numbers.currency, &numbers.zone).calling(&numbers.titles);
        Writer { words: format.words().clone(), format }
    }

    fn view(&self, numbers: &Numbers) -> View {
        let brief = brief(numbers, &self.format);
        View {
            language: self.words.language().code(),
            report: numbers.report.clone(),
            title: self.format.title(&numbers.title),
            period: self.format.period(&numbers.period),
            period_name: self.format.period_name(&numbers.period.name),
            period_code: numbers.period.name.clone(),
            compared_with: self.format.period_name(&numbers.compared_with.name),
            revision: numbers.revision,
            computed: self.format.instant(numbers.created_at),
            status: self.status(numbers.status),
            subject: brief.subject,
            preview: brief.preview,
            headline: brief.headline,
            verdict: brief.verdict,
            statements: brief.statements.into_iter().map(statement).collect(),
            breaches: self.breaches(numbers),
            chance: brief.chance,
            data_up_to: brief.data_up_to,
            sections: numbers
                .sections
                .iter()
                .map(|section| SectionView {
                    title: self.format.title(&section.title),
                    kpis: section.kpis.iter().map(|block| self.kpi(block, numbers)).collect(),
                })
                .collect(),
            words: self.words.clone(),
        }
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

    /// A breach that is no news: it may be chance.
    fn chance(&self) -> StatusView {
        StatusView { class: "chance", shape: "△", word: self.words.say("status_chance", []) }
    }

    /// Of many breaches of one KPI in one breakdown that are equally bad the first few, the last of them with the count
    /// of the others.
    fn breaches(&self, numbers: &Numbers) -> Vec<BreachView> {
        let sure = numbers.breaches.iter().filter(|breach| !breach.may_be_chance());
        let alike = |breach: &Breach| {
            let dimension = breach.group.as_ref().map(|group: &GroupHead| group.dimension.clone());
            (breach.kpi.clone(), dimension, breach.status)
        };
        let mut counts: HashMap<_, usize> = HashMap::new();
        let mut shown = Vec::new();
        for breach in sure {
            let count = counts.entry(alike(breach)).or_default();
            *count += 1;
            if *count <= SHOWN_BREACHES {
                shown.push((breach, *count));
            }
        }
        let write = |(breach, nth): (&Breach, usize)| {
            let others = counts[&alike(breach)].saturating_sub(SHOWN_BREACHES);
            let more = if nth == SHOWN_BREACHES && others > 0 { self.more(others, 0) } else { String::new() };
            self.breach(breach, more, numbers)
        };
        shown.into_iter().map(write).collect()
    }

    /// How many others there are, and how many of them break a threshold, if any.
    fn more(&self, others: usize, broken: usize) -> String {
        match broken {
            0 => self.format.more(others),
            _ => self.words.say("more_broken", [("count", others.into()), ("broken", broken.into())]),
        }
    }

    fn breach(&self, breach: &Breach, more: String, numbers: &Numbers) -> BreachView {
        let group = breach
            .group
            .as_ref()
            .map(|head| format!("{}\u{a0}{}", self.format.dimension(&head.dimension), self.format.group(&head.group)));
        BreachView {
            kpi: breach.kpi.clone(),
            title: self.format.title(&breach.title),
            group: group.unwrap_or_else(|| self.words.say("total", [])),
            figure: self.format.judged(&breach.judged_cell(), breach.unit, &breach.threshold),
            basis: self.basis(breach, &numbers.period),
            change: self.change(breach.judged_change(), breach.unit, numbers.signal_of(breach)),
            mark: self.format.beyond(breach.status, &breach.threshold, breach.unit, breach.better).unwrap_or_default(),
            status: self.status(breach.status),
            more,
        }
    }

    /// What the judged figure is, where it is not that of the period.
    fn basis(&self, breach: &Breach, period: &PeriodHead) -> String {
        let by = breach.judged.as_ref().and_then(|judged| judged.by.as_ref());
        let by = by.filter(|by| !is_as_it_stands(&breach.cell, Some(by)));
        let origin = by.and_then(|by| origin(by, period, &self.format));
        origin.map_or_else(String::new, |(by, of)| self.words.say("basis", [("by", by.into()), ("of", of.into())]))
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

    fn kpi(&self, block: &KpiBlock, numbers: &Numbers) -> KpiView {
        let threshold = self.format.threshold(&block.threshold, block.unit, block.better);
        let beside = block.cell.beside.iter().map(|beside| {
            let name = self.words.language().word(&format!("beside_{}", beside.name)).unwrap_or(&beside.name);
            let figure = self.format.value(beside.value, block.unit);
            self.words.say("beside", [("name", name.into()), ("figure", figure.into())])
        });
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
            facts: known.facts().into_iter().chain(self.plans_below(block)).collect(),
            beside: beside.collect(),
            sample: self.sample(&block.cell),
            change: self.change(block.change.as_ref(), block.unit, block.signal()),
            previous: self.previous(block),
            judged: !threshold.is_empty() || reason(block).is_some_and(|reason| reason != Unjudged::NoMarks),
            threshold: if threshold.is_empty() { self.no_threshold(block) } else { threshold },
            status: self.status(block.status),
            judged_by: known.judged(&block.threshold, &numbers.period).unwrap_or_default(),
            trend: self.trend(block, numbers),
            tables: block.breakdowns.iter().filter_map(|table| self.table(table, block, numbers)).collect(),
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

    fn known<'a>(&'a self, cell: &'a Cell, assessment: Option<&'a Assessment>, unit: Unit) -> Known<'a> {
        Known { format: &self.format, unit, cell, assessment, settled: None, data_ends: None }
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
            figure.and(at).map_or_else(String::new, |point| self.point(point, block))
        };
        let bars = block.trend.iter().zip(&course.points).zip(columns(&course));
        TrendView {
            bars: bars.map(|((point, drawn), column)| self.bar(point, drawn, column, block)).collect(),
            spark: blocks(&course),
            span: self.format.periods(block.trend.len(), &numbers.period),
            lowest: write(lowest),
            highest: write(highest),
        }
    }

    fn point(&self, point: &TrendPoint, block: &KpiBlock) -> String {
        self.format.judged(&point.cell, block.unit, &block.threshold)
    }

    fn bar(&self, point: &TrendPoint, drawn: &Point, column: Option<Column>, block: &KpiBlock) -> Bar {
        let class = match (column, drawn.tone) {
            (None, _) => "none",
            (_, Tone::Critical) => "critical",
            (_, Tone::Warning) => "warning",
            (_, Tone::Plain) => "plain",
        };
        let (label, value) = (point.period.as_str(), self.point(point, block));
        let label = self.words.say("labelled", [("label", label.into()), ("value", value.into())]);
        let Column { height, rise } = column.unwrap_or_default();
        Bar { height, rise, class, hollow: drawn.provisional, label }
    }

    /// `None` where there is no group to show.
    fn table(&self, table: &BreakdownTable, block: &KpiBlock, numbers: &Numbers) -> Option<TableView> {
        // A group in which nothing happened, neither now nor before, tells nothing.
        let silent = |cell: &Cell| cell.outcome == Outcome::NoRows;
        let mut rows: Vec<&BreakdownRow> =
            table.rows.iter().filter(|row| !(silent(&row.cell) && silent(&row.previous))).collect();
        let mut more = String::new();
        if let Some(worst) = table.worst.filter(|worst| *worst < rows.len()) {
            rows.sort_by(|one, other| by_badness(one, other, block.better));
            let rest = rows.split_off(worst);
            let broken = rest.iter().filter(|row| row.status >= Status::Warning && !row.may_be_chance()).count();
            more = self.more(rest.len(), broken);
        }
        let young = |row: &&BreakdownRow| row.cell.provisional && row.cell.outcome.value().is_some();
        let note = rows.iter().any(young).then(|| capitalised(&self.words.say("table_provisional", [])));
        (!rows.is_empty()).then(|| TableView {
            dimension: capitalised(&self.format.dimension(&table.dimension)),
            note: note.unwrap_or_default(),
            rows: rows.into_iter().map(|row| self.row(row, block, numbers)).collect(),
            more,
        })
    }

    fn row(&self, row: &BreakdownRow, block: &KpiBlock, numbers: &Numbers) -> RowView {
        let known = self.known(&row.cell, row.assessment.as_ref(), block.unit);
        let judged_by = known.judged(&block.threshold, &numbers.period);
        RowView {
            label: self.format.group(&row.group),
            figure: self.format.judged(&row.cell, block.unit, &block.threshold),
            known: row.cell.outcome.value().is_some(),
            change: self.change(row.change.as_ref(), block.unit, row.signal()),
            status: if row.may_be_chance() { self.chance() } else { self.status(row.status) },
            // Of many rows, those that will change no more need no word.
            judged_by: judged_by.filter(|_| !known.is_as_expected(&block.threshold)).unwrap_or_default(),
        }
    }
}

/// Why its total was not judged. One that lacks more than marks has such, though the past may not tell them.
fn reason(block: &KpiBlock) -> Option<Unjudged> {
    block.assessment.as_ref()?.judged.reason
}

fn statement(line: Line) -> StatementView {
    let Line { kind, status, kpi, sentence, evidence } = line;
    let class = match (kind, status) {
        (Kind::NewBreach | Kind::Breach, Status::Critical) => "critical",
        (Kind::NewBreach | Kind::Breach | Kind::OffTarget | Kind::Worse, _) => "warning",
        (Kind::Mended | Kind::Better, _) => "better",
        (Kind::NotJudged | Kind::Chance, _) => "plain",
    };
    StatementView { kpi, class, sentence, evidence }
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
