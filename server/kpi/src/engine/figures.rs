//! KPIs, periods and breakdowns in; figures and their comparisons out.

use crate::data::cell::{Breakdown, Cell, Group, Outcome};
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::definition::declaration::Lag;
use crate::engine::comparison::{self, Compared, Comparison};
use crate::engine::fold::Fold;
use crate::engine::fold::plan::Plan;
use crate::engine::fold::readings::Readings;
use crate::measure::Measure;
use crate::measure::aggregate::accumulator::Reading;
use crate::script::kpi::Kpi;
use crate::time::period::Period;
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One KPI and the breakdowns wanted. The total is the empty breakdown, `vec![]`.
pub struct Request<'a> {
    pub kpi: &'a Kpi,
    /// Check each with [`Kpi::check_breakdown`] first: if a table lacks the dimension, all its rows count as missing
    /// it.
    pub breakdowns: Vec<Breakdown>,
    /// What the figures of the last period are compared with.
    pub comparison: Comparison,
}

/// The figures of one KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// In the order of the request's breakdowns.
    pub breakdowns: Vec<Grouped>,
    pub cost: Cost,
}

impl Figures {
    /// The row of the total, if that was the first breakdown asked for.
    pub fn into_total(self) -> Option<Row> {
        self.breakdowns.into_iter().next()?.rows.into_iter().next()
    }
}

/// What figures took to compute. KPIs share scans, so their costs do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Rows of all scans that the KPI uses.
    pub rows: u64,
    /// The time these scans and the evaluation of its cells took.
    pub time: Duration,
}

/// The figures of one KPI in one breakdown.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouped {
    pub by: Breakdown,
    /// Sorted by group, the missing one last. The total has exactly one row, with no groups. Groups without rows in any
    /// of the periods are left out, unless they have a target.
    pub rows: Vec<Row>,
}

/// The figures of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// One group for each dimension of the breakdown.
    pub groups: Vec<Group>,
    /// One cell per period, in the order of the periods asked for.
    pub cells: Vec<Cell>,
    /// What the last of them is compared with.
    pub compared: Compared,
}

/// Computes all figures, in the order of the requests, with one scan per table and date for all of them. A period that
/// is running at `now` is counted up to `now`.
///
/// # Errors
/// What the source answers when it cannot be read.
pub fn compute<S: Source>(
    requests: &[Request],
    periods: &[Period],
    scope: &Scope,
    now: Timestamp,
    source: &mut S,
) -> Result<Vec<Figures>, S::Error> {
    let mut refreshed_at = HashMap::new();
    for kpi in requests.iter().map(|request| request.kpi).filter(|kpi| kpi.declaration.stale_after.is_some()) {
        for table in kpi.tables() {
            if let Some(at) = source.refreshed_at(table)? {
                refreshed_at.insert(table.name.clone(), at);
            }
        }
    }
    let money = crate::data::currency::units(source.money_digits()?);
    let targets: Vec<Option<Kpi>> = requests.iter().map(Request::target).collect();
    let timetable = Timetable::new(requests, periods, now);
    let (mut folds, mut costs) = (Vec::new(), Vec::new());
    for plan in plans(requests, &targets, &timetable.periods) {
        let began = Instant::now();
        let fold = Fold::run(plan, scope, source)?;
        costs.push(Cost { rows: fold.rows, time: began.elapsed() });
        folds.push(fold);
    }
    let evaluation = Evaluation { timetable: &timetable, folds: &folds, now, refreshed_at: &refreshed_at, money };
    let figures = |(request, target): (&Request, &Option<Kpi>)| {
        let began = Instant::now();
        let breakdowns = request.breakdowns.iter().map(|by| evaluation.grouped(request, target.as_ref(), by)).collect();
        let read = folds.iter().zip(&costs).filter(|(fold, _)| draws_on(request.kpi, fold));
        let cost = read.fold(Cost { rows: 0, time: began.elapsed() }, |sum, (_, cost)| Cost {
            rows: sum.rows + cost.rows,
            time: sum.time + cost.time,
        });
        Figures { breakdowns, cost }
    };
    Ok(requests.iter().zip(&targets).map(figures).collect())
}

fn draws_on(kpi: &Kpi, fold: &Fold) -> bool {
    kpi.measures.iter().any(|(_, measure)| fold.reads(measure))
}

impl Request<'_> {
    /// The KPI whose value is the target of this one, if that is asked for and can be computed.
    fn target(&self) -> Option<Kpi> {
        self.comparison.target.then(|| self.kpi.target()).flatten()
    }
}

/// Brings together the measures that read the same table by the same date.
fn plans<'a>(requests: &'a [Request], targets: &'a [Option<Kpi>], periods: &'a [Period]) -> Vec<Plan<'a>> {
    let mut plans: Vec<Plan> = Vec::new();
    let mut want = |kpi: &'a Kpi, by: &Breakdown| {
        for (_, measure) in &kpi.measures {
            let at = plans.iter().position(|plan| plan.reads(measure)).unwrap_or_else(|| {
                plans.push(Plan::like(measure, periods));
                plans.len() - 1
            });
            plans[at].want(measure, by);
        }
    };
    for (request, target) in requests.iter().zip(targets) {
        for by in &request.breakdowns {
            want(request.kpi, by);
            target.iter().filter(|target| target.check_breakdown(by).is_ok()).for_each(|target| want(target, by));
        }
    }
    plans
}

/// All periods for which rows are folded, each once: those asked for, those they are compared with, and the one before
/// each where a KPI looks back.
struct Timetable {
    periods: Vec<Period>,
    /// In the order in which they are asked for.
    asked: Vec<Stop>,
    before: Option<Stop>,
    year_before: Option<Stop>,
}

/// Where a period stands in the timetable, and where the one before it, if a KPI looks back.
#[derive(Clone, Copy)]
struct Stop {
    period: usize,
    before: Option<usize>,
}

impl Timetable {
    fn new(requests: &[Request], asked: &[Period], now: Timestamp) -> Timetable {
        let looks_back = requests.iter().any(|request| request.kpi.looks_back());
        let wanted = requests.iter().fold(Comparison::NONE, |all, request| all.or(request.comparison));
        let asked: Vec<Period> = asked.iter().map(|period| period.as_of(now)).collect();
        let mut periods = Vec::new();
        let mut place = |period: Period| {
            periods.iter().position(|known| *known == period).unwrap_or_else(|| {
                periods.push(period);
                periods.len() - 1
            })
        };
        let mut stop = |period: &Period| Stop {
            period: place(period.clone()),
            before: looks_back.then(|| comparison::before(period)).flatten().map(&mut place),
        };
        let stops = asked.iter().map(&mut stop).collect();
        let last = asked.last();
        let before = last.filter(|_| wanted.before).and_then(comparison::before);
        let year_before = last.filter(|_| wanted.year_before).and_then(comparison::year_before);
        let (before, year_before) = (before.as_ref().map(&mut stop), year_before.as_ref().map(&mut stop));
        Timetable { asked: stops, before, year_before, periods }
    }
}

/// What cells are made of.
struct Evaluation<'a> {
    timetable: &'a Timetable,
    folds: &'a [Fold<'a>],
    now: Timestamp,
    /// Up to when each table is complete, in UTC seconds, where that matters and is known.
    refreshed_at: &'a HashMap<Arc<str>, i64>,
    /// How many stored units of money make one whole unit of the currency, which is what scripts use.
    money: f64,
}

impl Evaluation<'_> {
    fn grouped(&self, request: &Request, target: Option<&Kpi>, by: &Breakdown) -> Grouped {
        let own = Measured::new(request.kpi, by, self);
        let target = target.filter(|target| target.check_breakdown(by).is_ok());
        let target = target.map(|target| Measured::new(target, by, self));
        let groups: BTreeSet<&Vec<Group>> = own.groups().chain(target.iter().flat_map(Measured::groups)).collect();
        let row = |groups: &Vec<Group>| {
            let target = target.as_ref().zip(self.timetable.asked.last()).and_then(|(target, stop)| {
                let seen = target.seen(&target.lines(groups), *stop);
                target.cell(&seen).outcome.value()
            });
            self.row(&own, groups, request.comparison, target)
        };
        Grouped { by: by.clone(), rows: groups.into_iter().filter_map(row).collect() }
    }

    /// The figures of a group. `None` if none of this KPI's rows are in it: another KPI brought it in. But a group with
    /// a target and no rows is shown: it is the one to look at.
    fn row(&self, kpi: &Measured, groups: &[Group], wanted: Comparison, target: Option<f64>) -> Option<Row> {
        let lines = kpi.lines(groups);
        let Timetable { asked, before, year_before, .. } = self.timetable;
        let asked: Vec<Seen> = asked.iter().map(|stop| kpi.seen(&lines, *stop)).collect();
        let before = before.filter(|_| wanted.before).map(|stop| kpi.seen(&lines, stop));
        let year_before = year_before.filter(|_| wanted.year_before).map(|stop| kpi.seen(&lines, stop));
        let happened = || asked.iter().chain(&before).chain(&year_before).any(Seen::has_rows);
        (groups.is_empty() || target.is_some() || happened()).then(|| Row {
            groups: groups.to_vec(),
            cells: asked.iter().map(|seen| kpi.cell(seen)).collect(),
            compared: Compared {
                before: before.map(|seen| kpi.cell(&seen)),
                year_before: year_before.map(|seen| kpi.cell(&seen)),
                target,
            },
        })
    }
}

/// The readings of a KPI's measures in one breakdown.
struct Measured<'a> {
    kpi: &'a Kpi,
    /// In the order of its measures.
    readings: Vec<Readings<'a>>,
    evaluation: &'a Evaluation<'a>,
}

/// What a KPI's measures read in one group and period, in whole units of the currency.
struct Seen {
    /// The index of the period.
    period: usize,
    readings: Vec<Reading>,
    /// Those of the period before, where the KPI looks back.
    before: Option<Vec<Reading>>,
}

impl Seen {
    fn has_rows(&self) -> bool {
        self.readings.iter().chain(self.before.iter().flatten()).any(|reading| reading.rows > 0)
    }
}

impl<'a> Measured<'a> {
    fn new(kpi: &'a Kpi, by: &Breakdown, evaluation: &'a Evaluation<'a>) -> Measured<'a> {
        let readings = kpi.measures.iter().map(|(_, measure)| {
            let fold = evaluation.folds.iter().find(|fold| fold.reads(measure));
            fold.expect("every measure was planned").readings(measure, by)
        });
        Measured { kpi, readings: readings.collect(), evaluation }
    }

    fn groups(&self) -> impl Iterator<Item = &Vec<Group>> {
        self.readings.iter().flat_map(Readings::groups)
    }

    /// The line at which each measure keeps a group.
    fn lines(&self, groups: &[Group]) -> Vec<Option<usize>> {
        self.readings.iter().map(|readings| readings.line(groups)).collect()
    }

    fn seen(&self, lines: &[Option<usize>], stop: Stop) -> Seen {
        let of_period = |period: usize| {
            let measures = self.kpi.measures.iter().zip(self.readings.iter().zip(lines));
            let read = |((_, measure), (readings, line)): (&(String, Measure), (&Readings, &Option<usize>))| {
                measure.in_whole_units(readings.get(period, *line), self.evaluation.money)
            };
            measures.map(read).collect()
        };
        let before = stop.before.filter(|_| self.kpi.looks_back());
        Seen { period: stop.period, readings: of_period(stop.period), before: before.map(of_period) }
    }

    /// The cell, marked provisional if it can still change; stale, without its figure, if the data is too old.
    fn cell(&self, seen: &Seen) -> Cell {
        let Evaluation { timetable, now, refreshed_at, .. } = *self.evaluation;
        let (declared, period) = (&self.kpi.declaration, &timetable.periods[seen.period]);
        let needed = period.instants().end.min(now.as_second());
        let known = || self.kpi.tables().filter_map(|table| refreshed_at.get(&table.name));
        let too_old = |after: Lag| known().any(|refreshed| *refreshed < needed - after.seconds());
        if declared.stale_after.is_some_and(too_old) {
            return Cell::of(Outcome::Stale);
        }
        let cell = self.kpi.cell(&seen.readings, seen.before.as_deref());
        let settled = declared.settles_after.map_or(0, Lag::seconds);
        let provisional = period.is_running(now) || now.as_second() < period.instants().end + settled;
        Cell { provisional, ..cell }
    }
}
