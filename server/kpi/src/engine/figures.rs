//! KPIs, periods and breakdowns in, figures out.

use crate::data::cell::{Breakdown, Cell, Group, Outcome};
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::definition::declaration::Lag;
use crate::engine::fold::{Fold, Readings};
use crate::measure::aggregate::Reading;
use crate::measure::measure::Measure;
use crate::script::kpi::Kpi;
use crate::time::period::Period;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// One KPI and how it is wanted. The total is the breakdown by nothing, `vec![]`.
pub struct Request<'a> {
    pub kpi: &'a Kpi,
    /// Check each with [`Kpi::check_breakdown`] first: where a table lacks a dimension, all its rows lack it.
    pub breakdowns: Vec<Breakdown>,
}

/// The figures of one KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// In the order of the request's breakdowns.
    pub breakdowns: Vec<Broken>,
    pub cost: Cost,
}

/// What figures took to compute. Scans are shared: those of several KPIs are no sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Rows of all scans that the KPI draws on.
    pub rows: u64,
    /// Of these scans, and of evaluating its cells.
    pub time: Duration,
}

/// The figures of one KPI in one breakdown.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    pub by: Breakdown,
    /// Sorted by group, the missing one last. The total has exactly one row, with no groups.
    pub rows: Vec<Row>,
}

/// The figures of one group, one cell a period, in the order of the periods asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// One group for each dimension of the breakdown.
    pub groups: Vec<Group>,
    pub cells: Vec<Cell>,
}

/// Computes all figures, with one scan per table and date for all of them. In the order of the requests. A period that
/// is running at `now` is counted up to that.
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
    let asks = requests.iter().any(|request| request.kpi.declaration.stale_after.is_some());
    let refreshed_at = if asks { source.refreshed_at()? } else { None };
    let money = crate::data::currency::units(source.money_digits()?);
    let course = Course { money, ..Course::new(requests, periods, now, refreshed_at) };
    let mut folds = plan(requests, &course.periods);
    let mut costs = Vec::with_capacity(folds.len());
    for fold in &mut folds {
        let began = Instant::now();
        fold.run(scope, source)?;
        costs.push(Cost { rows: fold.rows(), time: began.elapsed() });
    }
    let figures = |request: &Request| {
        let began = Instant::now();
        let breakdowns = request.breakdowns.iter().map(|by| course.broken(request.kpi, by, &folds)).collect();
        let read = folds.iter().zip(&costs).filter(|(fold, _)| draws_on(request.kpi, fold));
        let cost = read.fold(Cost { rows: 0, time: began.elapsed() }, |sum, (_, cost)| Cost {
            rows: sum.rows + cost.rows,
            time: sum.time + cost.time,
        });
        Figures { breakdowns, cost }
    };
    Ok(requests.iter().map(figures).collect())
}

fn draws_on(kpi: &Kpi, fold: &Fold) -> bool {
    kpi.measures.iter().any(|(_, measure)| fold.reads(measure))
}

/// Brings together the measures that read the same table by the same date.
fn plan<'a>(requests: &'a [Request], periods: &'a [Period]) -> Vec<Fold<'a>> {
    let mut folds: Vec<Fold> = Vec::new();
    for request in requests {
        for (_, measure) in &request.kpi.measures {
            let at = folds.iter().position(|fold| fold.reads(measure)).unwrap_or_else(|| {
                folds.push(Fold::like(measure, periods));
                folds.len() - 1
            });
            request.breakdowns.iter().for_each(|by| folds[at].want(measure, by));
        }
    }
    folds
}

/// The periods that are asked for, and those before them where a KPI looks back.
struct Course {
    periods: Vec<Period>,
    /// For each period asked for, its place, and that of the one before.
    asked: Vec<(usize, Option<usize>)>,
    now: Timestamp,
    /// When the data was last brought up to date, in UTC seconds.
    refreshed_at: Option<i64>,
    /// How many stored units of money make one of the currency, in which scripts speak.
    money: f64,
}

impl Course {
    fn new(requests: &[Request], asked: &[Period], now: Timestamp, refreshed_at: Option<i64>) -> Course {
        let mut periods: Vec<Period> = asked.iter().map(|period| period.as_of(now)).collect();
        let looks_back = requests.iter().any(|request| request.kpi.looks_back());
        let mut place = |index: usize| {
            let period = periods[index].clone();
            let before = looks_back.then(|| period.before().ok()).flatten()?.elapsed_like(&period);
            Some(periods.iter().position(|known| *known == before).unwrap_or_else(|| {
                periods.push(before);
                periods.len() - 1
            }))
        };
        let asked = (0..asked.len()).map(|index| (index, place(index))).collect();
        Course { periods, asked, now, refreshed_at, money: 1.0 }
    }

    fn broken(&self, kpi: &Kpi, by: &Breakdown, folds: &[Fold]) -> Broken {
        let readings: Vec<Readings> = kpi
            .measures
            .iter()
            .map(|(_, measure)| {
                let fold = folds.iter().find(|fold| fold.reads(measure));
                fold.expect("every measure was planned").readings(measure, by)
            })
            .collect();
        let groups: BTreeSet<&Vec<Group>> = readings.iter().flat_map(Readings::groups).collect();
        let row = |groups: &Vec<Group>| {
            let places: Vec<Option<usize>> = readings.iter().map(|reading| reading.place(groups)).collect();
            let of_period = |period: usize| -> Vec<Reading> {
                let measures = kpi.measures.iter().zip(readings.iter().zip(&places));
                let whole = |reading: Reading, measure: &Measure| measure.in_whole_units(reading, self.money);
                measures
                    .map(|((_, measure), (reading, place))| whole(reading.get(measure, period, *place), measure))
                    .collect()
            };
            let cells: Vec<_> = self
                .asked
                .iter()
                .map(|(period, before)| (*period, of_period(*period), before.map(of_period)))
                .collect();
            // A group in which nothing of this KPI happened is another KPI's group.
            let happened = by.is_empty()
                || cells.iter().any(|(_, readings, before)| {
                    let before = before.iter().flatten().filter(|_| kpi.looks_back());
                    readings.iter().chain(before).any(|reading| reading.rows > 0)
                });
            let cell = |(period, readings, before): &(usize, Vec<Reading>, Option<Vec<Reading>>)| {
                self.dated(kpi, &self.periods[*period], kpi.cell(readings, before.as_deref()))
            };
            happened.then(|| Row { groups: groups.clone(), cells: cells.iter().map(cell).collect() })
        };
        Broken { by: by.clone(), rows: groups.into_iter().filter_map(row).collect() }
    }

    /// The cell with whether it can still change; without its figure, if the data is too old for it.
    fn dated(&self, kpi: &Kpi, period: &Period, cell: Cell) -> Cell {
        let needed = period.instants().end.min(self.now.as_second());
        let too_old = |after: Lag| self.refreshed_at.is_some_and(|refreshed| refreshed < needed - after.seconds());
        if kpi.declaration.stale_after.is_some_and(too_old) {
            return Cell::of(Outcome::Stale);
        }
        let settled = kpi.declaration.settles_after.map_or(0, Lag::seconds);
        let provisional = period.is_running(self.now) || self.now.as_second() < period.instants().end + settled;
        Cell { provisional, ..cell }
    }
}
