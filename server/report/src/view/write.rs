//! How a view is written.

use super::{Bar, BreachView, ChangeView, KpiView, RowView, SectionView, StatusView, TableView, TrendView, View};
use crate::chart;
use crate::format::Format;
use crate::numbers::{Breach, BreakdownRow, BreakdownTable, Change, Group, GroupHead, KpiBlock, Numbers, TrendPoint};
use pegel_chart::columns::{Column, blocks, columns};
use pegel_chart::{Chart, Form, Point, Tone};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status};
use pegel_text::clean::one_line;
use pegel_text::locale::Locale;
use pegel_text::translated::Translated;
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
        let format = Format::new(locale, &numbers.currency, &numbers.zone);
        Writer { words: format.words().clone(), format }
    }

    fn view(&self, numbers: &Numbers) -> View {
        let verdict = self.verdict(numbers);
        let breaches = self.breaches(&numbers.breaches);
        View {
            language: self.words.language().code(),
            report: numbers.report.clone(),
            title: self.text(&numbers.title),
            period: self.format.period(&numbers.period),
            period_name: self.format.period_name(&numbers.period),
            period_code: numbers.period.name.clone(),
            compared_with: self.format.period_name(&numbers.compared_with),
            revision: numbers.revision,
            computed: self.format.instant(numbers.created_at),
            status: self.status(numbers.status),
            preview: self.preview(&verdict, &breaches),
            verdict,
            breaches,
            sections: numbers
                .sections
                .iter()
                .map(|section| SectionView {
                    title: self.text(&section.title),
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

    fn verdict(&self, numbers: &Numbers) -> String {
        let count = |status| numbers.breaches.iter().filter(|breach| breach.status == status).count();
        let (critical, warnings) = (count(Status::Critical), count(Status::Warning));
        match (critical, warnings) {
            (0, 0) if numbers.status == Status::Ok => self.words.say("verdict_kept", []),
            (0, 0) => self.words.say("verdict_unjudged", []),
            (0, _) => self.words.say("verdict_warnings", [("warnings", warnings.into())]),
            (_, 0) => self.words.say("verdict_critical", [("critical", critical.into())]),
            _ => self.words.say("verdict_both", [("critical", critical.into()), ("warnings", warnings.into())]),
        }
    }

    /// Of many breaches of one KPI in one breakdown that are equally bad the first few, the last of them with the count
    /// of the others.
    fn breaches(&self, breaches: &[Breach]) -> Vec<BreachView> {
        let alike = |breach: &Breach| {
            let dimension = breach.group.as_ref().map(|group: &GroupHead| group.dimension.clone());
            (breach.kpi.clone(), dimension, breach.status)
        };
        let mut counts: HashMap<_, usize> = HashMap::new();
        let mut shown = Vec::new();
        for breach in breaches {
            let count = counts.entry(alike(breach)).or_default();
            *count += 1;
            if *count <= SHOWN_BREACHES {
                shown.push((breach, *count));
            }
        }
        let write = |(breach, nth): (&Breach, usize)| {
            let others = counts[&alike(breach)].saturating_sub(SHOWN_BREACHES);
            let more = if nth == SHOWN_BREACHES && others > 0 { self.more(others, 0) } else { String::new() };
            self.breach(breach, more)
        };
        shown.into_iter().map(write).collect()
    }

    /// How many others there are, and how many of them break a threshold, if any.
    fn more(&self, others: usize, broken: usize) -> String {
        match broken {
            0 => self.words.say("more", [("count", others.into())]),
            _ => self.words.say("more_broken", [("count", others.into()), ("broken", broken.into())]),
        }
    }

    fn breach(&self, breach: &Breach, more: String) -> BreachView {
        let group = breach
            .group
            .as_ref()
            .map(|head| format!("{}\u{a0}{}", self.dimension(&head.dimension), self.label(&head.group)));
        BreachView {
            kpi: breach.kpi.clone(),
            title: self.text(&breach.title),
            group: group.unwrap_or_else(|| self.words.say("total", [])),
            figure: self.format.judged(&breach.cell, breach.unit, &breach.threshold),
            change: self.change(breach.change.as_ref(), breach.unit),
            mark: self.format.beyond(breach.status, &breach.threshold, breach.unit, breach.better).unwrap_or_default(),
            status: self.status(breach.status),
            more,
        }
    }

    fn change(&self, change: Option<&Change>, unit: Unit) -> ChangeView {
        let text = self.format.change(change, unit);
        let moved = change.filter(|_| text != self.words.say("unchanged", []));
        let arrow = moved.map_or("", |change| if change.absolute > 0.0 { "↑" } else { "↓" });
        let class = match moved.and_then(|change| change.improved) {
            Some(true) => "better",
            Some(false) => "worse",
            None => "even",
        };
        ChangeView { text, arrow, class }
    }

    fn label(&self, group: &Group) -> String {
        let nameless = || match group {
            Group::Missing { .. } => self.words.say("missing_group", []),
            Group::Row { .. } | Group::Text { .. } => self.words.say("erased_group", []),
        };
        group.label().map_or_else(nameless, |label| one_line(label).into_owned())
    }

    /// The heading for a dimension; its name where there is none.
    fn dimension(&self, name: &str) -> String {
        self.words.language().word(&format!("dimension_{name}")).unwrap_or(name).to_owned()
    }

    /// A title or the like: whatever breaks it into lines would tear what it stands in.
    fn text(&self, text: &Translated) -> String {
        one_line(text.in_language(self.words.language())).into_owned()
    }

    fn kpi(&self, block: &KpiBlock, numbers: &Numbers) -> KpiView {
        let threshold = self.format.threshold(&block.threshold, block.unit, block.better);
        let beside = block.cell.beside.iter().map(|beside| {
            let name = self.words.language().word(&format!("beside_{}", beside.name)).unwrap_or(&beside.name);
            let figure = self.format.value(beside.value, block.unit);
            self.words.say("beside", [("name", name.into()), ("figure", figure.into())])
        });
        KpiView {
            id: block.id.clone(),
            title: self.text(&block.title),
            description: self.text(&block.description),
            figure: self.format.judged(&block.cell, block.unit, &block.threshold),
            known: block.cell.outcome.value().is_some(),
            beside: beside.collect(),
            sample: self.sample(&block.cell),
            change: self.change(block.change.as_ref(), block.unit),
            previous: self.format.judged(&block.previous, block.unit, &block.threshold),
            judged: !threshold.is_empty(),
            threshold: if threshold.is_empty() { self.words.say("no_threshold", []) } else { threshold },
            status: self.status(block.status),
            trend: self.trend(block, numbers),
            tables: block.breakdowns.iter().filter_map(|table| self.table(table, block)).collect(),
            error: match &block.cell.outcome {
                Outcome::ScriptError { message } => message.clone(),
                _ => String::new(),
            },
        }
    }

    fn sample(&self, cell: &Cell) -> String {
        let known = cell.sample.filter(|_| cell.outcome.value().is_some());
        let size = known.map(|sample| self.words.say("sample_size", [("count", sample.into())]));
        size.into_iter().chain(self.format.left_out(cell)).collect::<Vec<_>>().join(", ")
    }

    fn trend(&self, block: &KpiBlock, numbers: &Numbers) -> TrendView {
        let figures: Vec<Option<f64>> = block.trend.iter().map(|point| point.cell.outcome.value()).collect();
        let known = || figures.iter().flatten().copied();
        let (lowest, highest) = (known().reduce(f64::min), known().reduce(f64::max));
        let judged = |point: &TrendPoint| block.threshold.judge(&point.cell.outcome, block.better);
        let points = block.trend.iter().map(|point| chart::point(&point.cell, judged(point)));
        let course = Chart::new(Form::Bars, points.collect());
        let write = |figure: Option<f64>| {
            let at = block.trend.iter().find(|point| point.cell.outcome.value() == figure);
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
    fn table(&self, table: &BreakdownTable, block: &KpiBlock) -> Option<TableView> {
        // A group in which nothing happened, neither now nor before, tells nothing.
        let silent = |cell: &Cell| cell.outcome == Outcome::NoRows;
        let mut rows: Vec<&BreakdownRow> =
            table.rows.iter().filter(|row| !(silent(&row.cell) && silent(&row.previous))).collect();
        let mut more = String::new();
        if let Some(worst) = table.worst.filter(|worst| *worst < rows.len()) {
            rows.sort_by(|one, other| by_badness(one, other, block.better));
            let rest = rows.split_off(worst);
            let broken = rest.iter().filter(|row| row.status >= Status::Warning).count();
            more = self.more(rest.len(), broken);
        }
        (!rows.is_empty()).then(|| TableView {
            dimension: capitalised(&self.dimension(&table.dimension)),
            rows: rows.into_iter().map(|row| self.row(row, block)).collect(),
            more,
        })
    }

    /// What the two worst breaches are, since a mail program shows little more.
    fn preview(&self, verdict: &str, breaches: &[BreachView]) -> String {
        let tell = |breach: &BreachView| {
            let BreachView { title, group, figure, .. } = breach;
            let of = [("kpi", title.into()), ("group", group.into()), ("figure", figure.into())];
            self.words.say("preview_breach", of)
        };
        let told = breaches.iter().take(2).map(tell);
        std::iter::once(verdict.to_owned()).chain(told).collect::<Vec<_>>().join(" – ")
    }

    fn row(&self, row: &BreakdownRow, block: &KpiBlock) -> RowView {
        RowView {
            label: self.label(&row.group),
            figure: self.format.judged(&row.cell, block.unit, &block.threshold),
            known: row.cell.outcome.value().is_some(),
            change: self.change(row.change.as_ref(), block.unit),
            status: self.status(row.status),
        }
    }
}

/// The worst figure first, the highest where neither direction is good; what has no figure comes last.
fn by_badness(one: &BreakdownRow, other: &BreakdownRow, better: Better) -> std::cmp::Ordering {
    match (one.cell.outcome.value(), other.cell.outcome.value()) {
        (Some(one), Some(other)) if better == Better::Higher => one.total_cmp(&other),
        (Some(one), Some(other)) => other.total_cmp(&one),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}
