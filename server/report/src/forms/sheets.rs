//! An edition as tables with real figures, for spreadsheets and other programs.

use super::maker::Maker;
use crate::format::Format;
use crate::known;
use crate::numbers::{
    BreakdownRow, BreakdownTable, CrossTable, KpiBlock, LastEdition, Numbers, ReportState, RowList, State, judged_value,
};
use crate::scorecard::{self, Scorecard};
use crate::statements::brief::brief;
use jiff::Timestamp;
use jiff::civil::Date;
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::Better;
use pegel_kpi::engine::behind::listing::When;
use pegel_kpi::judgement::judged::Assessment;
use pegel_text::words::capitalised;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// A name for files, of letters, digits, `-` and `_`: `feedback_rate-by-region`.
    pub name: String,
    /// In the reader's words.
    pub title: String,
    pub columns: Vec<String>,
    /// An entry for each column.
    pub rows: Vec<Vec<Entry>>,
    /// Whether its columns after the first are courses over the rows, to be drawn.
    pub is_course: bool,
}

impl Sheet {
    pub(crate) fn new(name: &str, title: String, columns: Vec<String>, rows: Vec<Vec<Entry>>) -> Sheet {
        debug_assert!(rows.iter().all(|row| row.len() == columns.len()));
        Sheet { name: name.to_owned(), title, columns, rows, is_course: false }
    }
}

/// What stands in a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    Nothing,
    Text(String),
    /// A figure in the units of scripts: money in whole units, durations in seconds, per cents as fractions.
    Figure(f64, Unit),
    Instant(Timestamp),
    Day(Date),
}

impl Entry {
    pub(crate) fn figure(value: Option<f64>, unit: Unit) -> Entry {
        value.map_or(Entry::Nothing, |value| Entry::Figure(value, unit))
    }

    pub(crate) fn text(text: impl Into<String>) -> Entry {
        let text = text.into();
        if text.is_empty() { Entry::Nothing } else { Entry::Text(text) }
    }

    #[expect(clippy::cast_precision_loss, reason = "nobody counts 2^53 rows")]
    fn count(count: Option<u64>) -> Entry {
        Entry::figure(count.map(|count| count as f64), Unit::Count)
    }
}

/// All tables of an edition: what it says, all KPIs, their courses, each breakdown, and what the KPIs are.
pub fn of(numbers: &Numbers, maker: Maker, format: &Format) -> Vec<Sheet> {
    let writer = Writer { numbers, format };
    let mut sheets = vec![writer.said(maker), writer.kpis(), writer.courses()];
    for (block, table) in numbers.kpis().flat_map(|block| block.breakdowns.iter().map(move |table| (block, table))) {
        sheets.push(writer.breakdown(block, table));
    }
    for (block, table) in numbers.kpis().flat_map(|block| block.crossed.iter().map(move |table| (block, table))) {
        sheets.push(writer.crossed(block, table));
    }
    let cards = numbers.sections.iter().filter_map(scorecard::scorecard);
    sheets.extend(cards.map(|card| writer.scorecard(&card)));
    sheets.extend(numbers.sections.iter().flat_map(|section| &section.lists).map(|list| writer.list(list)));
    let states: Vec<&ReportState> = numbers.sections.iter().flat_map(|section| &section.controlling).collect();
    if !states.is_empty() {
        sheets.push(writer.reports(&states));
    }
    sheets.push(writer.definitions());
    sheets
}

impl From<When> for Entry {
    fn from(when: When) -> Entry {
        match when {
            When::Instant(instant) => Entry::Instant(instant),
            When::Day(day) => Entry::Day(day),
        }
    }
}

struct Writer<'a> {
    numbers: &'a Numbers,
    format: &'a Format,
}

/// What tables say of KPIs and of groups alike.
struct Line<'a> {
    unit: Unit,
    cell: &'a Cell,
    previous: &'a Cell,
    year_before: Option<&'a Cell>,
    target: Option<f64>,
    state: State,
    assessment: Option<&'a Assessment>,
}

impl Writer<'_> {
    fn word(&self, name: &str) -> String {
        self.format.words().say(name, [])
    }

    /// What the edition is and what it says, a line for each thing.
    fn said(&self, maker: Maker) -> Sheet {
        let (numbers, format) = (self.numbers, self.format);
        let brief = brief(numbers, format);
        let line = |title: String, text: String| vec![Entry::text(title), Entry::text(text)];
        let mut rows = vec![
            line(self.word("report"), format.title(&numbers.title)),
            line(self.word("period"), format.period(&numbers.period)),
            line(self.word("readers_see"), format.whole_scope(&numbers.scope, &numbers.members)),
            line(self.word("status"), brief.headline),
            line(String::new(), capitalised(&brief.verdict)),
        ];
        if numbers.revision > 0 {
            rows.push(line(self.word("corrected_edition"), numbers.reason.clone().unwrap_or_else(|| "–".to_owned())));
        }
        let corrections = numbers.correction.iter().flat_map(|correction| correction.lines(&numbers.period, format));
        rows.extend(corrections.map(|correction| line(self.word("what_changed"), correction)));
        for (statement, number) in brief.statements.iter().zip(1..) {
            rows.push(line(format!("{number}."), statement.sentence.clone()));
            rows.extend(statement.evidence.iter().map(|evidence| line(String::new(), evidence.facts.clone())));
        }
        rows.push(line(String::new(), brief.chance));
        rows.push(line(String::new(), brief.data_up_to));
        rows.push(line(self.word("made"), format.instant(numbers.created_at)));
        rows.push(line(self.word("made_by"), maker.program.to_owned()));
        rows.retain(|row| row[1] != Entry::Nothing);
        Sheet::new("what-matters", self.word("statements"), vec![self.word("what"), self.word("statement")], rows)
    }

    fn kpis(&self) -> Sheet {
        let named = |names: &[&str]| names.iter().map(|name| self.word(name)).collect::<Vec<_>>();
        let further = named(&["lower_bound", "upper_bound", "note", "unit"]);
        let titles = [named(&["section", "kpi"]), self.heads(), further].concat();
        let mut rows = Vec::new();
        for section in &self.numbers.sections {
            rows.extend(section.kpis.iter().map(|block| self.kpi(&self.format.title(&section.title), block)));
        }
        Sheet::new("kpis", self.word("all_kpis"), titles, rows)
    }

    fn kpi(&self, section: &str, block: &KpiBlock) -> Vec<Entry> {
        let KpiBlock { unit, ref cell, ref previous, target, .. } = *block;
        let (year_before, assessment) = (block.year_before.as_ref(), block.assessment.as_ref());
        let state = block.state();
        let line = Line { unit, cell, previous, year_before, target, state, assessment };
        let head = vec![Entry::text(section), Entry::text(self.format.title(&block.title))];
        let further = vec![
            Entry::figure(cell.interval.map(|interval| interval.low), unit),
            Entry::figure(cell.interval.map(|interval| interval.high), unit),
            self.note(cell, block),
            Entry::text(self.word(&format!("unit_{}", unit_name(unit)))),
        ];
        [head, self.figures(&line), further].concat()
    }

    /// The heads of [`Self::figures`].
    fn heads(&self) -> Vec<String> {
        let compared_with = self.format.period_name(&self.numbers.compared_with.name);
        let year_before = self.has_year_before().then(|| self.word("year_before_short"));
        let names = ["target", "status", "judged_figure", "judged_basis", "numerator", "denominator", "sample"];
        let further = names.map(|name| self.word(name));
        [self.word("value"), compared_with].into_iter().chain(year_before).chain(further).collect()
    }

    /// A figure, what it is compared with, and how it was judged: by which other figure, where it is not this one.
    fn figures(&self, of: &Line) -> Vec<Entry> {
        let figure = |cell: Option<&Cell>| Entry::figure(cell.and_then(|cell| cell.outcome.value()), of.unit);
        let year_before = self.has_year_before().then(|| figure(of.year_before));
        let judged = of.assessment.map(|assessment| &assessment.judged);
        let basis = judged.and_then(|judged| known::basis(judged.by.as_ref()?, &self.numbers.period, self.format));
        let value = basis.as_ref().and_then(|_| judged_value(of.cell, judged));
        let parts = if of.cell.interval.is_some() { Unit::Count } else { Unit::Number };
        let further = [
            Entry::figure(of.target, of.unit),
            Entry::text(self.format.state(of.state, of.unit)),
            Entry::figure(value, of.unit),
            Entry::text(basis.unwrap_or_default()),
            Entry::figure(of.cell.numerator, parts),
            Entry::figure(of.cell.denominator, parts),
            Entry::count(of.cell.sample),
        ];
        [figure(Some(of.cell)), figure(Some(of.previous))].into_iter().chain(year_before).chain(further).collect()
    }

    /// Whether there is a figure of the year before beside the one that changes are measured against.
    fn has_year_before(&self) -> bool {
        !self.numbers.with_year_before
    }

    /// Why there is no figure, or that it can still change.
    fn note(&self, cell: &Cell, block: &KpiBlock) -> Entry {
        match cell.outcome.value() {
            None => Entry::text(self.format.cell(cell, block.unit)),
            Some(_) if cell.provisional => Entry::text(self.word("note_same_age_too")),
            Some(_) => Entry::Nothing,
        }
    }

    /// A row for each period, a column for each KPI.
    fn courses(&self) -> Sheet {
        let titles = self.numbers.kpis().map(|block| self.format.title(&block.title));
        let columns = std::iter::once(self.word("period")).chain(titles).collect();
        let periods = self.numbers.kpis().map(|block| &block.trend).max_by_key(|trend| trend.len());
        let row = |period: &str| {
            let figures = self.numbers.kpis().map(|block| {
                let point = block.trend.iter().find(|point| point.period == period);
                Entry::figure(point.and_then(|point| point.cell.outcome.value()), block.unit)
            });
            std::iter::once(Entry::text(period)).chain(figures).collect()
        };
        let rows = periods.into_iter().flatten().map(|point| row(&point.period)).collect();
        Sheet { is_course: true, ..Sheet::new("courses", self.word("courses"), columns, rows) }
    }

    fn breakdown(&self, block: &KpiBlock, table: &BreakdownTable) -> Sheet {
        let dimension = self.format.dimension(&table.dimension);
        let columns = [vec![capitalised(&dimension)], self.heads(), vec![self.word("note")]].concat();
        let rows = table.rows.iter().map(|row| self.group(row, block)).collect();
        let title = self.format.words().say(
            "labelled",
            [("label", self.format.title(&block.title).into()), ("value", capitalised(&dimension).into())],
        );
        Sheet::new(&format!("{}-by-{}", block.id, table.dimension), title, columns, rows)
    }

    /// A row for each group of the first dimension, a column for each of the second.
    fn crossed(&self, block: &KpiBlock, table: &CrossTable) -> Sheet {
        let [lines, columns] = [&table.lines_by, &table.columns_by].map(|by| capitalised(&self.format.dimension(by)));
        let of = [("lines", lines.as_str().into()), ("columns", columns.into())];
        let crossed = self.format.words().say("crossed", of);
        let of = [("label", self.format.title(&block.title).into()), ("value", crossed.into())];
        let title = self.format.words().say("labelled", of);
        let heads = std::iter::once(lines.clone()).chain(table.columns.iter().map(|group| self.format.group(group)));
        let rows = table.lines.iter().map(|line| {
            let entry = |cell: &Cell| match cell.outcome.value() {
                Some(value) => Entry::Figure(value, block.unit),
                None => Entry::text(self.format.cell(cell, block.unit)),
            };
            let figures = line.cells.iter().map(|cell| cell.as_ref().map_or(Entry::Nothing, entry));
            std::iter::once(Entry::text(self.format.group(&line.group))).chain(figures).collect()
        });
        let name = format!("{}-by-{}-and-{}", block.id, table.lines_by, table.columns_by);
        Sheet::new(&name, title, heads.collect(), rows.collect())
    }

    fn scorecard(&self, card: &Scorecard) -> Sheet {
        let dimension = capitalised(&self.format.dimension(card.dimension));
        let titles = card.kpis.iter().map(|kpi| self.format.title(&kpi.block.title));
        let rows = card.lines.iter().map(|line| {
            let figures = line
                .cells
                .iter()
                .zip(&card.kpis)
                .map(|((row, _), kpi)| Entry::figure(row.and_then(|row| row.cell.outcome.value()), kpi.block.unit));
            let head = [Entry::count(line.place.map(|place| place as u64)), Entry::text(self.format.group(line.group))];
            head.into_iter().chain(figures).collect()
        });
        let columns = [self.word("place"), dimension.clone()].into_iter().chain(titles).collect();
        let of = [("label", self.word("place").into()), ("value", dimension.into())];
        let title = self.format.words().say("labelled", of);
        Sheet::new(&format!("scorecard-{}", card.dimension), title, columns, rows.collect())
    }

    /// The rows one by one, with what is said of each.
    fn list(&self, list: &RowList) -> Sheet {
        let mut groups: Vec<&str> = list.rows.iter().flat_map(|row| row.groups.keys().map(String::as_str)).collect();
        groups.sort_unstable();
        groups.dedup();
        let found_by = list.found_by.as_deref().map(|path| self.format.column(path));
        let heads = groups.iter().map(|name| capitalised(&self.format.dimension(name)));
        let heads = std::iter::once(self.word("row_key")).chain(heads);
        let columns = heads.chain([found_by.unwrap_or_default(), self.word("row_age")]).collect();
        let rows = list.rows.iter().map(|row| {
            let group =
                |name: &&str| Entry::text(row.groups.get(*name).map_or_else(String::new, |of| self.format.group(of)));
            #[expect(clippy::cast_precision_loss, reason = "ages are far below 2^53")]
            let age = Entry::figure(row.age.map(|age| age as f64), Unit::Duration);
            let date = row.date.map_or(Entry::Nothing, Entry::from);
            std::iter::once(Entry::text(row.key.clone())).chain(groups.iter().map(group)).chain([date, age]).collect()
        });
        Sheet::new(&format!("rows-{}", list.kpi), self.format.title(&list.title), columns, rows.collect())
    }

    fn reports(&self, states: &[&ReportState]) -> Sheet {
        let instant = |at: Option<i64>| Entry::text(at.map_or_else(String::new, |at| self.format.instant(at)));
        let rows = states.iter().map(|state| {
            let last = state.last.as_ref();
            let count = |of: fn(&LastEdition) -> usize| Entry::count(last.map(|last| of(last) as u64));
            vec![
                Entry::text(self.format.title(&state.title)),
                Entry::text(last.map_or_else(String::new, |last| self.format.period_name(&last.period))),
                instant(last.map(|last| last.created_at)),
                count(|last| last.mails),
                count(|last| last.delivered),
                instant(state.next),
            ]
        });
        let columns = ["report", "period", "made", "section_mails", "delivery_delivered", "report_next"];
        let columns = columns.map(|name| capitalised(&self.word(name))).to_vec();
        Sheet::new("reports", self.word("reports"), columns, rows.collect())
    }

    fn group(&self, row: &BreakdownRow, block: &KpiBlock) -> Vec<Entry> {
        let BreakdownRow { ref cell, ref previous, target, .. } = *row;
        let (year_before, assessment) = (row.year_before.as_ref(), row.assessment.as_ref());
        let (unit, state) = (block.unit, block.state_of(row));
        let line = Line { unit, cell, previous, year_before, target, state, assessment };
        [vec![Entry::text(self.format.group(&row.group))], self.figures(&line), vec![self.note(cell, block)]].concat()
    }

    /// What the KPIs are, so that nobody has to look it up.
    fn definitions(&self) -> Sheet {
        let names = ["kpi", "definition", "unit", "better", "threshold", "min_sample", "version"];
        let columns = names.map(|name| self.word(name)).into();
        let row = |block: &KpiBlock| {
            vec![
                Entry::text(self.format.title(&block.title)),
                Entry::text(self.format.title(&block.description)),
                Entry::text(self.word(&format!("unit_{}", unit_name(block.unit)))),
                Entry::text(self.word(&format!("better_{}", better_name(block.better)))),
                Entry::text(self.format.threshold(&block.threshold, block.unit, block.better)),
                Entry::count(Some(block.min_sample)),
                Entry::text(block.version.get(..12).unwrap_or(&block.version)),
            ]
        };
        Sheet::new("definitions", self.word("definition"), columns, self.numbers.kpis().map(row).collect())
    }
}

fn better_name(better: Better) -> &'static str {
    match better {
        Better::Higher => "higher",
        Better::Lower => "lower",
        Better::Neutral => "neutral",
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "percent",
        Unit::Money => "money",
        Unit::Duration => "duration",
        Unit::Count => "count",
        Unit::Number => "number",
    }
}
