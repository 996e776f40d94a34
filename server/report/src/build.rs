//! Turns figures into the numbers of an edition.

use crate::ReportError;
use crate::definition::{Compare, KpiRequest, ReportDefinition, SectionDefinition, scope_of};
use crate::numbers::{
    self, Breach, BreakdownRow, BreakdownTable, Change, CrossTable, Group, GroupHead, KpiBlock, Members, Numbers,
    PeriodHead, ReportState, RestsOn, RowList, Section, TableFreshness, TrendPoint, beyond,
};
use jiff::Timestamp;
use lists::Lists;
use members::NamedRows;
use parts::{OfScope, PartRead, parts};
use pegel_catalog::Catalog;
use pegel_catalog::health::Evaluation;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::dimensions::Grouped as InDimensions;
use pegel_kpi::data::model::Table;
use pegel_kpi::data::scan::Source;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Declaration;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::engine::comparison::{Compared, Earlier};
use pegel_kpi::engine::figures::{Computation, Figures, Grouped, Row};
use pegel_kpi::engine::plans::PlansBelow;
use pegel_kpi::engine::request::HISTORY;
use pegel_kpi::engine::side_by_side;
use pegel_kpi::judgement::judged::Assessment;
use pegel_kpi::judgement::significance::LEAST_ROWS;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, Span};
use pegel_text::translated::Translated;
use std::collections::{BTreeMap, BTreeSet};

mod contributions;
mod freshness;
mod lists;
mod members;
mod parts;

/// What describes an edition besides its figures.
#[derive(Debug, Clone, Copy)]
pub struct Heading<'a> {
    pub definition: &'a ReportDefinition,
    pub period: &'a Period,
    /// 0, or higher where a person asked for a new one.
    pub revision: i32,
    /// Why that was, in the words of who asked.
    pub reason: Option<&'a str>,
    /// UTC seconds.
    pub created_at: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// The reports of the home, for sections that show them.
    pub controlling: &'a [ReportState],
}

/// Computes the numbers of an edition for each of these scopes and lets `each` make something of them, with the index of
/// the scope: side by side, so that the numbers of all scopes are never there at once. What was made, in the order of the
/// scopes, and how the evaluation of each KPI went. For all KPIs and scopes together, each table is scanned once per date
/// by which it is counted.
///
/// # Errors
/// If the definition asks for something unknown, the period is of another kind, or the source cannot be read; what `each`
/// fails with.
pub fn build<S, T: Send>(
    heading: &Heading,
    scopes: &[Scope],
    catalog: &Catalog,
    source: &mut S,
    each: impl Fn(usize, Numbers) -> Result<T, ReportError> + Sync,
) -> Result<(Vec<T>, Vec<Evaluation>), ReportError>
where
    S: Source<Error: std::error::Error + Send + Sync + 'static>,
{
    let definition = heading.definition;
    let source = &mut InDimensions { source, dimensions: definition.dimensions };
    check_span(definition, heading.period)?;
    let kpis = &definition.kpis(catalog)?[..];
    // Marks may look back further than the trend shows.
    let before = kpis.iter().map(|kpi| kpi.declaration.periods_before()).max().unwrap_or(0);
    let periods = &heading.period.trail(definition.trend.max(before + 1).max(HISTORY))?[..];
    let now = Timestamp::from_second(heading.created_at).unwrap_or(Timestamp::MAX);
    let failed = |error| ReportError::Source(Box::new(error));
    let parts = parts(definition, kpis, scopes);
    let computations = parts.iter().map(|part| part.computation(periods, now, source));
    let computations: Vec<Computation> = computations.collect::<Result<_, _>>().map_err(failed)?;
    let read = |(part, computation)| PartRead::of(part, computation, heading.period, now, source);
    let parts: Vec<PartRead> = parts.iter().zip(&computations).map(read).collect::<Result<_, _>>().map_err(failed)?;
    let data_up_to = freshness::of_tables(kpis, periods, now, source).map_err(failed)?;
    let titles = catalog.model.titles();
    let filters: Vec<Scope> = definition.sections.iter().map(|section| scope_of(&section.filter)).collect();
    let named_rows = NamedRows::of(&scopes.iter().chain(&filters), &catalog.model, source)?;
    let lists = Lists { definition, catalog, period: heading.period, now }.of_scopes(scopes, source)?;
    let of_scope = |(at, (scope, lists)): (usize, (&Scope, Vec<Vec<RowList>>))| {
        let OfScope { figures, below } = OfScope::of(&parts, at, definition.targets);
        let mut numbers = numbers_from(heading, periods, kpis, &figures);
        let evaluations = kpis.iter().zip(&figures).map(|(kpi, figures)| Evaluation::of(kpi, figures)).collect();
        drop(figures);
        let is_part = *scope != Scope::everything();
        let blocks = numbers.sections.iter_mut().flat_map(|section| &mut section.kpis);
        for ((block, kpi), plans) in blocks.zip(kpis).zip(below) {
            block.lacks = lacking(block, kpi, &data_up_to);
            block.plans_below = plans.filter(|_| block.target.is_none()).map(named);
            if is_part {
                keep_quiet_of_few(block);
            }
        }
        numbers.sections.iter_mut().zip(lists).for_each(|(section, lists)| section.lists = lists);
        // Who sees a part of a report is not told what others get.
        if *scope != definition.scope {
            numbers.sections.iter_mut().for_each(|section| section.controlling.clear());
        }
        let numbers = Numbers {
            scope: scope.clone(),
            members: named_rows.members(&std::iter::once(scope).chain(&filters)),
            data_up_to: data_up_to.clone(),
            titles: titles.clone(),
            ..numbers
        };
        Ok::<_, ReportError>((each(at, numbers)?, evaluations))
    };
    let made = side_by_side::try_map(scopes.iter().zip(lists).enumerate().collect(), of_scope)?;
    let (made, evaluations): (Vec<T>, Vec<Vec<Evaluation>>) = made.into_iter().unzip();
    Ok((made, evaluations.into_iter().reduce(together).unwrap_or_default()))
}

/// How the evaluations of KPIs went for several scopes.
fn together(ones: Vec<Evaluation>, others: Vec<Evaluation>) -> Vec<Evaluation> {
    ones.into_iter().zip(others).map(|(one, other)| one.or(other)).collect()
}

fn named(PlansBelow { level, count, .. }: PlansBelow) -> numbers::PlansBelow {
    numbers::PlansBelow { level: level.name().to_owned(), count }
}

/// The numbers of an edition from its figures: one for each KPI of the definition, in its order, each with the total
/// first and then the breakdowns, their cells by period; the last period is the one reported.
///
/// # Panics
/// If figures, KPIs and definition do not belong together.
pub fn numbers_from(heading: &Heading, periods: &[Period], kpis: &[&Kpi], figures: &[Figures]) -> Numbers {
    let definition = heading.definition;
    let mut computed = kpis.iter().zip(figures);
    let mut breaches = Vec::new();
    let mut sections = Vec::new();
    for section in &definition.sections {
        let mut blocks = Vec::new();
        for request in &section.kpis {
            let (kpi, figures) = computed.next().expect("there are figures for every KPI");
            let block = block((section, request), kpi, figures, periods, definition);
            breaches.extend(broken(&block));
            blocks.push(block);
        }
        sections.push(Section {
            text: section.text.clone(),
            filter: scope_of(&section.filter),
            scorecard: section.scorecard.as_ref().map(|dimension| dimension.name().to_owned()),
            controlling: if section.controlling { heading.controlling.to_vec() } else { Vec::new() },
            ..Section::new(section.title.clone(), blocks)
        });
    }
    breaches.sort_by(Rank::compare);
    Numbers {
        report: definition.name.clone(),
        title: definition.title.clone(),
        locale: definition.locale.clone(),
        zone: definition.zone.clone(),
        readers_zone: None,
        scope: definition.scope.clone(),
        members: Members::default(),
        audience: None,
        currency: heading.currency.to_owned(),
        revision: heading.revision,
        // The first one corrects nothing.
        reason: heading.reason.filter(|_| heading.revision > 0).map(str::to_owned),
        correction: None,
        period: PeriodHead::from(heading.period),
        compared_with: match definition.compare {
            Compare::Before => heading.period.before(),
            Compare::Year => heading.period.year_before(),
        }
        .map_or_else(|_| PeriodHead::from(heading.period), |earlier| PeriodHead::from(&earlier)),
        with_year_before: definition.compare == Compare::Year,
        created_at: heading.created_at,
        data_up_to: Vec::new(),
        titles: BTreeMap::new(),
        contact: definition.contact.clone(),
        dimensions: definition.dimensions,
        status: worst_of(&breaches, &sections),
        breaches: breaches.into_iter().map(|rank| rank.breach).collect(),
        sections,
    }
}

fn check_span(definition: &ReportDefinition, period: &Period) -> Result<(), ReportError> {
    // Without a schedule it is made for whatever period somebody asks for.
    if period.span == definition.every.span() || definition.schedule.is_none() {
        return Ok(());
    }
    let (expected, example) = match definition.every.span() {
        Span::Week => ("week", "2026-W46 or last-week"),
        Span::Month => ("month", "2026-11 or last-month"),
        Span::Quarter => ("quarter", "2026-Q4 or last-quarter"),
        Span::Year => ("year", "2026 or last-year"),
        Span::Day => ("day", "2026-11-15 or yesterday"),
        Span::Days(_) => ("number of days", "2026-11-02..2026-11-08"),
    };
    Err(ReportError::WrongPeriod { report: definition.name.clone(), expected, period: period.to_string(), example })
}

fn block(
    (section, request): (&SectionDefinition, &KpiRequest),
    kpi: &Kpi,
    figures: &Figures,
    periods: &[Period],
    definition: &ReportDefinition,
) -> KpiBlock {
    let (declared, compare, trend) = (&kpi.declaration, definition.compare, definition.trend);
    let (total, tables) = figures.breakdowns.split_first().expect("the total is always asked for");
    let row = &total.rows[0];
    let Row { cells, compared, assessment, .. } = row;
    let cell = &cells[cells.len() - 1];
    let previous = earlier(compared, compare);
    let threshold = marks(row);
    let shown = cells.len().saturating_sub(trend)..;
    let change = Change::between(&previous, cell, declared.better);
    let breakdowns: Vec<BreakdownTable> =
        tables.iter().zip(&request.breakdowns).map(|(by, at)| table(by, at, request, declared, compare)).collect();
    let crossed = tables[breakdowns.len()..].iter().zip(&request.crossed).map(|(by, of)| cross(by, of)).collect();
    let asks_why = row.assessment.as_ref().is_some_and(contributions::asks_why);
    let explained = change.as_ref().filter(|_| asks_why);
    KpiBlock {
        id: declared.id.clone(),
        title: titled(&declared.title, section),
        description: declared.description.clone(),
        unit: declared.unit,
        better: declared.better,
        threshold,
        min_sample: declared.min_sample,
        table: counted(kpi),
        lacks: Vec::new(),
        version: kpi.sha256.clone(),
        rests_on: Some(RestsOn::from(kpi)),
        cell: cell.clone(),
        change,
        previous,
        year_before: year_before(compared, compare),
        target: compared.target,
        plans_below: None,
        target_tolerance: declared.judging.target_tolerance,
        previous_as_known: as_known(compared, compare),
        data_ends: figures.data_ends(),
        settled: row.aged.as_ref().and_then(|aged| last_settled(periods, &aged.settled)),
        status: status(row),
        assessment: assessment.clone(),
        contributions: explained.map_or_else(Vec::new, |change| contributions::contributions(kpi, change, &breakdowns)),
        trend: periods[shown.clone()].iter().zip(&row.at_age()[shown]).map(point).collect(),
        breakdowns,
        crossed,
    }
}

/// A figure of some rows alone says so wherever it is named: `Revenue (Web, Fair)`.
fn titled(title: &Translated, section: &SectionDefinition) -> Translated {
    let only: Vec<&str> = section.filter.values().flatten().map(String::as_str).collect();
    if only.is_empty() { title.clone() } else { title.map(|text| format!("{text} ({})", only.join(", "))) }
}

/// The only table whose rows a KPI counts.
fn counted(kpi: &Kpi) -> Option<String> {
    let mut tables = kpi.counted().map(|table| &table.name);
    let first = tables.next()?;
    tables.all(|table| table == first).then(|| first.to_string())
}

/// The total of a part is a group among others: few rows have no usual variation.
fn keep_quiet_of_few(block: &mut KpiBlock) {
    if let Some(assessment) = &mut block.assessment
        && block.cell.sample.is_some_and(|rows| rows < LEAST_ROWS)
    {
        assessment.signal = None;
    }
}

/// The tables that a KPI without data reads and that have never held anything.
fn lacking(block: &KpiBlock, kpi: &Kpi, data_up_to: &[TableFreshness]) -> Vec<String> {
    if block.cell.outcome != Outcome::NoData {
        return Vec::new();
    }
    let is_empty = |table: &&Table| data_up_to.iter().any(|of| of.empty && *of.table == *table.name);
    let tables: BTreeSet<String> = kpi.tables().filter(is_empty).map(|table| table.name.to_string()).collect();
    tables.into_iter().collect()
}

fn point((period, cell): (&Period, &Cell)) -> TrendPoint {
    TrendPoint { period: period.to_string(), cell: cell.clone() }
}

/// The marks by which the total was judged.
fn marks(row: &Row) -> Threshold {
    row.assessment.as_ref().map(|assessment| assessment.marks).unwrap_or_default()
}

fn status(row: &Row) -> Status {
    row.assessment.as_ref().map_or(Status::Unjudged, |assessment| assessment.judged.status)
}

/// The earlier figure as it is known, where the change is measured against what it was at the same age.
fn as_known(compared: &Compared, compare: Compare) -> Option<Cell> {
    let earlier = of_earlier(compared, compare)?;
    earlier.at_the_same_age.as_ref().map(|_| earlier.cell.clone())
}

fn of_earlier(compared: &Compared, compare: Compare) -> Option<&Earlier> {
    match compare {
        Compare::Before => compared.before.as_ref(),
        Compare::Year => compared.year_before.as_ref(),
    }
}

/// That of the year before, where changes are measured against another.
fn year_before(compared: &Compared, compare: Compare) -> Option<Cell> {
    compared.year_before.as_ref().filter(|_| compare != Compare::Year).map(|before| before.comparable().clone())
}

fn last_settled(periods: &[Period], settled: &[Cell]) -> Option<TrendPoint> {
    periods.iter().zip(settled).rfind(|(_, cell)| !cell.provisional).map(point)
}

/// The figure that the change is measured against.
fn earlier(compared: &Compared, compare: Compare) -> Cell {
    of_earlier(compared, compare).map_or_else(|| Cell::of(Outcome::NoRows), |earlier| earlier.comparable().clone())
}

fn table(
    grouped: &Grouped,
    dimension: &Dimension,
    request: &KpiRequest,
    declared: &Declaration,
    compare: Compare,
) -> BreakdownTable {
    let rows = grouped.rows.iter().map(|row| compared_group(row, declared.better, compare)).collect();
    let KpiRequest { worst, best, .. } = *request;
    BreakdownTable { dimension: dimension.name().to_owned(), worst, best, rows }
}

/// One group of a breakdown, of the figures of its periods; of a breakdown by several dimensions it says the first.
///
/// # Panics
/// If there is no period.
pub fn group(row: &Row, better: Better) -> BreakdownRow {
    compared_group(row, better, Compare::Before)
}

fn compared_group(row: &Row, better: Better, compare: Compare) -> BreakdownRow {
    let cell = &row.cells[row.cells.len() - 1];
    let previous = earlier(&row.compared, compare);
    BreakdownRow {
        group: nth_group(row, 0),
        cell: cell.clone(),
        change: Change::between(&previous, cell, better),
        previous,
        year_before: year_before(&row.compared, compare),
        target: row.compared.target,
        previous_as_known: as_known(&row.compared, compare),
        settled: None,
        status: status(row),
        assessment: row.assessment.clone(),
    }
}

fn nth_group(row: &Row, nth: usize) -> Group {
    row.groups.get(nth).map_or(Group::Missing { label: () }, Group::from)
}

fn cross(grouped: &Grouped, [lines, columns]: &[Dimension; 2]) -> CrossTable {
    let pairs = grouped.rows.iter().map(|row| {
        let cell = row.cells[row.cells.len() - 1].clone();
        ([nth_group(row, 0), nth_group(row, 1)], cell)
    });
    // A pair that has nothing is as one that does not exist.
    let pairs = pairs.filter(|(_, cell)| cell.outcome != Outcome::NoRows);
    CrossTable::of(lines.name(), columns.name(), pairs)
}

/// A breach with what it is ranked by: the worse status first; then the total before its parts and few parts before
/// many, since a region matters more than one of its partners; then by how far beyond the mark, in relation to it.
struct Rank {
    breach: Breach,
    /// How many groups the total was broken into; 1 for the total.
    parts: usize,
    beyond: f64,
}

impl Rank {
    fn compare(&self, other: &Rank) -> std::cmp::Ordering {
        let label = |rank: &Rank| rank.breach.group.as_ref().and_then(|head| head.group.label().map(str::to_owned));
        let by_status = other.breach.status.cmp(&self.breach.status);
        by_status
            .then(self.parts.cmp(&other.parts))
            .then(other.beyond.total_cmp(&self.beyond))
            .then_with(|| self.breach.title.in_english().cmp(other.breach.title.in_english()))
            .then_with(|| label(self).cmp(&label(other)))
    }
}

fn broken(block: &KpiBlock) -> Vec<Rank> {
    let rank = |group, cell: &Cell, change, status, assessment: Option<&Assessment>, parts| {
        (status >= Status::Warning).then(|| Rank {
            beyond: cell.outcome.value().map_or(0.0, |value| beyond(value, status, &block.threshold, block.better)),
            parts,
            breach: Breach {
                kpi: block.id.clone(),
                title: block.title.clone(),
                unit: block.unit,
                better: block.better,
                group,
                status,
                cell: cell.clone(),
                threshold: block.threshold,
                change,
                judged: assessment.map(|assessment| assessment.judged.clone()),
            },
        })
    };
    let total = rank(None, &block.cell, block.change, block.status, block.assessment.as_ref(), 1);
    let groups = block.breakdowns.iter().filter(|table| !table.is_of_the_total(block)).flat_map(|table| {
        let parts = table.rows.len().max(2);
        table.rows.iter().filter_map(move |row| {
            let head = GroupHead { dimension: table.dimension.clone(), group: row.group.clone() };
            rank(Some(head), &row.cell, row.change, row.status, row.assessment.as_ref(), parts)
        })
    });
    total.into_iter().chain(groups).collect()
}

fn worst_of(breaches: &[Rank], sections: &[Section]) -> Status {
    let totals = sections.iter().flat_map(|section| &section.kpis);
    let totals = totals.filter(|block| !block.may_be_chance()).map(|block| block.status);
    let groups = sections.iter().flat_map(|section| &section.kpis).flat_map(|block| &block.breakdowns);
    let groups = groups.flat_map(|table| &table.rows).filter(|row| !row.may_be_chance()).map(|row| row.status);
    let sure = |rank: &&Rank| !rank.breach.may_be_chance();
    let first = breaches.iter().find(sure).map(|rank| rank.breach.status);
    first.or_else(|| totals.chain(groups).max()).unwrap_or(Status::Unjudged)
}

#[cfg(test)]
mod tests;
