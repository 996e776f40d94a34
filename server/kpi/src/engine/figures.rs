//! KPIs, periods and breakdowns in; figures and their comparisons out.

use crate::data::cell::{Breakdown, Cell, Group, Outcome};
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::definition::declaration::Lag;
use crate::engine::comparison::{self, Compared, Comparison, Earlier};
use crate::engine::fold::Fold;
use crate::engine::fold::plan::Plan;
use crate::engine::fold::readings::Readings;
use crate::engine::sight::Sight;
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
    /// Up to when everything that they rest on is known, in UTC seconds.
    pub as_of: i64,
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
    /// One cell per period, in the order of the periods asked for, as they are known.
    pub cells: Vec<Cell>,
    /// The same at other ages, if the KPI's figures can change after their period.
    pub aged: Option<Aged>,
    /// What the last of them is compared with.
    pub compared: Compared,
}

/// Figures of periods at ages other than their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Aged {
    /// As long after the end of each period as the last one is seen after its own.
    pub same_age: Vec<Cell>,
    /// When each period is settled; those that are not yet are provisional.
    pub settled: Vec<Cell>,
}

/// Computes all figures, in the order of the requests, with one scan per table and date for all of them. A period that
/// is running at `now` is counted up to `now`; what happened after it, or after the tables that a KPI reads were last
/// complete, is not known.
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
    let mut complete_until = HashMap::new();
    for table in requests.iter().flat_map(|request| request.kpi.tables()) {
        if let Some(at) = source.refreshed_at(table)? {
            complete_until.insert(table.name.clone(), at);
        }
    }
    let money = crate::data::currency::units(source.money_digits()?);
    let timetable = Timetable::new(requests, periods, now);
    let asked: Vec<Asked> =
        requests.iter().map(|request| Asked::new(request, &timetable, now, &complete_until)).collect();
    let (mut folds, mut costs) = (Vec::new(), Vec::new());
    for plan in plans(&asked, &timetable.periods) {
        let began = Instant::now();
        let fold = Fold::run(plan, scope, source)?;
        costs.push(Cost { rows: fold.rows, time: began.elapsed() });
        folds.push(fold);
    }
    let evaluation = Evaluation { timetable: &timetable, folds: &folds, now, complete_until: &complete_until, money };
    let figures = |asked: &Asked| {
        let began = Instant::now();
        let kpi = asked.request.kpi;
        let breakdowns = asked.request.breakdowns.iter().map(|by| evaluation.grouped(asked, by)).collect();
        let read = folds.iter().zip(&costs).filter(|(fold, _)| draws_on(kpi, fold));
        let cost = read.fold(Cost { rows: 0, time: began.elapsed() }, |sum, (_, cost)| Cost {
            rows: sum.rows + cost.rows,
            time: sum.time + cost.time,
        });
        Figures { as_of: asked.sights.as_of, breakdowns, cost }
    };
    Ok(asked.iter().map(figures).collect())
}

fn draws_on(kpi: &Kpi, fold: &Fold) -> bool {
    kpi.measures.iter().any(|(_, measure)| fold.reads(measure))
}

/// A request, with what else it takes to answer it.
struct Asked<'a> {
    request: &'a Request<'a>,
    /// The KPI whose value is the target of this one, if that is asked for and can be computed.
    target: Option<Kpi>,
    sights: Sights,
}

impl<'a> Asked<'a> {
    fn new(
        request: &'a Request<'a>,
        timetable: &Timetable,
        now: Timestamp,
        complete_until: &HashMap<Arc<str>, i64>,
    ) -> Asked<'a> {
        let target = request.comparison.target.then(|| request.kpi.target()).flatten();
        let complete = request.kpi.tables().filter_map(|table| complete_until.get(&table.name)).min();
        let as_of = complete.map_or(now.as_second(), |complete| now.as_second().min(*complete));
        Asked { request, target, sights: Sights::new(request.kpi, timetable, as_of) }
    }

    /// The target in a breakdown, where it can be broken down.
    fn target(&self, by: &Breakdown) -> Option<&Kpi> {
        self.target.as_ref().filter(|target| target.check_breakdown(by).is_ok())
    }
}

/// Brings together the measures that read the same table by the same date.
fn plans<'a>(asked: &'a [Asked<'a>], periods: &'a [Period]) -> Vec<Plan<'a>> {
    let mut plans: Vec<Plan> = Vec::new();
    let mut want = |kpi: &'a Kpi, by: &Breakdown, sight: &Sight| {
        for (_, measure) in &kpi.measures {
            let at = plans.iter().position(|plan| plan.reads(measure)).unwrap_or_else(|| {
                plans.push(Plan::like(measure, periods));
                plans.len() - 1
            });
            plans[at].want(measure, by, sight);
        }
    };
    for asked in asked {
        for by in &asked.request.breakdowns {
            let kpi = asked.request.kpi;
            for Sighted { own, previous } in asked.sights.all() {
                want(kpi, by, own);
                previous.iter().for_each(|previous| want(kpi, by, previous));
            }
            asked.target(by).into_iter().for_each(|target| want(target, by, &asked.sights.known.own));
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

/// The instants at which the figures of a KPI are seen.
struct Sights {
    /// Up to when everything is known, in UTC seconds.
    as_of: i64,
    known: Sighted,
    /// If its figures can change after their period: the same age for every period, and when it is settled.
    aged: Option<(Sighted, Sighted)>,
}

/// How the rows of periods are seen, and those of the period before each, if a KPI looks back: at the same instant.
struct Sighted {
    own: Sight,
    previous: Option<Sight>,
}

impl Sights {
    fn new(kpi: &Kpi, timetable: &Timetable, as_of: i64) -> Sights {
        let Timetable { asked, before, year_before, periods } = timetable;
        let end = |stop: &Stop| periods[stop.period].instants().end;
        let all: Vec<Stop> = asked.iter().chain(before).chain(year_before).copied().collect();
        let seen = |instant: &dyn Fn(&Stop) -> i64| {
            let at = |stop: &Stop| instant(stop).min(as_of);
            let sight = |stops: &mut dyn Iterator<Item = (usize, i64)>| {
                let mut sight = vec![None; periods.len()];
                stops.for_each(|(period, instant)| sight[period] = Some(instant));
                Sight(sight)
            };
            let own = sight(&mut all.iter().map(|stop| (stop.period, at(stop))));
            let previous =
                kpi.looks_back().then(|| sight(&mut all.iter().filter_map(|stop| Some((stop.before?, at(stop))))));
            Sighted { own, previous }
        };
        let known = seen(&|_| as_of);
        let changes = kpi.declaration.settles_after.zip(asked.last()).filter(|_| as_of < Timestamp::MAX.as_second());
        let aged = changes.map(|(lag, last)| {
            let age = as_of - end(last);
            (seen(&|stop| end(stop) + age), seen(&|stop| end(stop) + lag.seconds()))
        });
        Sights { as_of, known, aged }
    }

    fn all(&self) -> impl Iterator<Item = &Sighted> {
        let aged = self.aged.iter().flat_map(|(same_age, settled)| [same_age, settled]);
        std::iter::once(&self.known).chain(aged)
    }
}

/// What cells are made of.
struct Evaluation<'a> {
    timetable: &'a Timetable,
    folds: &'a [Fold<'a>],
    now: Timestamp,
    /// Up to when each table is complete, in UTC seconds, where that is known.
    complete_until: &'a HashMap<Arc<str>, i64>,
    /// How many stored units of money make one whole unit of the currency, which is what scripts use.
    money: f64,
}

impl Evaluation<'_> {
    fn grouped(&self, asked: &Asked, by: &Breakdown) -> Grouped {
        let Asked { request, sights, .. } = asked;
        let measured = |kpi, sighted| Measured::new(kpi, by, sighted, sights.as_of, self);
        let known = measured(request.kpi, &sights.known);
        let aged = sights
            .aged
            .as_ref()
            .map(|(same_age, settled)| (measured(request.kpi, same_age), measured(request.kpi, settled)));
        let target = asked.target(by).map(|target| measured(target, &sights.known));
        let groups: BTreeSet<&Vec<Group>> = known.groups().chain(target.iter().flat_map(Measured::groups)).collect();
        let row = |groups: &Vec<Group>| {
            let target = target.as_ref().zip(self.timetable.asked.last()).and_then(|(target, stop)| {
                let seen = target.in_group(groups).seen(*stop);
                target.cell(&seen).outcome.value()
            });
            self.row(&known, aged.as_ref(), groups, request.comparison, target)
        };
        Grouped { by: by.clone(), rows: groups.into_iter().filter_map(row).collect() }
    }

    /// The figures of a group. `None` if none of this KPI's rows are in it: another KPI brought it in. But a group with
    /// a target and no rows is shown: it is the one to look at.
    fn row(
        &self,
        known: &Measured,
        aged: Option<&(Measured, Measured)>,
        groups: &[Group],
        wanted: Comparison,
        target: Option<f64>,
    ) -> Option<Row> {
        let Timetable { asked, before, year_before, .. } = self.timetable;
        let group = known.in_group(groups);
        let seen: Vec<Seen> = asked.iter().map(|stop| group.seen(*stop)).collect();
        let (before, year_before) = (before.filter(|_| wanted.before), year_before.filter(|_| wanted.year_before));
        let of = |stop: Option<Stop>| stop.map(|stop| group.seen(stop));
        let (seen_before, seen_year_before) = (of(before), of(year_before));
        let happened = || seen.iter().chain(&seen_before).chain(&seen_year_before).any(Seen::has_rows);
        if !(groups.is_empty() || target.is_some() || happened()) {
            return None;
        }
        let same_age = aged.map(|(same_age, _)| same_age.in_group(groups));
        let compared = |stop: Option<Stop>, seen: Option<Seen>| {
            Some(Earlier {
                cell: known.cell(&seen?),
                at_the_same_age: same_age.as_ref().zip(stop).map(|(group, stop)| group.cell(stop)),
            })
        };
        let cells = |group: &InGroup| asked.iter().map(|stop| group.cell(*stop)).collect::<Vec<Cell>>();
        Some(Row {
            groups: groups.to_vec(),
            cells: seen.iter().map(|seen| known.cell(seen)).collect(),
            compared: Compared {
                before: compared(before, seen_before),
                year_before: compared(year_before, seen_year_before),
                target,
            },
            aged: same_age.as_ref().zip(aged).map(|(same_age, (_, settled))| Aged {
                same_age: cells(same_age),
                settled: cells(&settled.in_group(groups)),
            }),
        })
    }
}

/// The readings of a KPI's measures in one breakdown, as they are seen.
struct Measured<'a> {
    kpi: &'a Kpi,
    /// In the order of its measures.
    own: Vec<Readings<'a>>,
    /// Those from which the period before is read, if it looks back.
    previous: Option<Vec<Readings<'a>>>,
    /// Up to when everything is known, in UTC seconds.
    as_of: i64,
    evaluation: &'a Evaluation<'a>,
}

/// The same in one group: where each measure keeps it.
struct InGroup<'a> {
    measured: &'a Measured<'a>,
    own: Vec<Option<usize>>,
    previous: Option<Vec<Option<usize>>>,
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
    fn new(
        kpi: &'a Kpi,
        by: &Breakdown,
        sighted: &Sighted,
        as_of: i64,
        evaluation: &'a Evaluation<'a>,
    ) -> Measured<'a> {
        let readings = |sight: &Sight| {
            let of = |(_, measure): &'a (String, Measure)| {
                let fold = evaluation.folds.iter().find(|fold| fold.reads(measure));
                fold.expect("every measure was planned").readings(measure, by, sight)
            };
            kpi.measures.iter().map(of).collect()
        };
        let (own, previous) = (readings(&sighted.own), sighted.previous.as_ref().map(readings));
        Measured { kpi, own, previous, as_of, evaluation }
    }

    fn groups(&self) -> impl Iterator<Item = &Vec<Group>> {
        self.own.iter().flat_map(Readings::groups)
    }

    fn in_group(&self, groups: &[Group]) -> InGroup<'_> {
        let lines = |readings: &Vec<Readings>| readings.iter().map(|readings| readings.line(groups)).collect();
        InGroup { measured: self, own: lines(&self.own), previous: self.previous.as_ref().map(lines) }
    }

    fn read(&self, readings: &[Readings], lines: &[Option<usize>], period: usize) -> Vec<Reading> {
        let measures = self.kpi.measures.iter().zip(readings.iter().zip(lines));
        let read = |((_, measure), (readings, line)): (&(String, Measure), (&Readings, &Option<usize>))| {
            measure.in_whole_units(readings.get(period, *line), self.evaluation.money)
        };
        measures.map(read).collect()
    }

    /// The cell, marked provisional if it can still change; stale, without its figure, if the data is too old.
    fn cell(&self, seen: &Seen) -> Cell {
        let Evaluation { timetable, now, complete_until, .. } = *self.evaluation;
        let (declared, period) = (&self.kpi.declaration, &timetable.periods[seen.period]);
        let needed = period.instants().end.min(now.as_second());
        let known = || self.kpi.tables().filter_map(|table| complete_until.get(&table.name));
        let too_old = |after: Lag| known().any(|complete| *complete < needed - after.seconds());
        if declared.stale_after.is_some_and(too_old) {
            return Cell::of(Outcome::Stale);
        }
        let cell = self.kpi.cell(&seen.readings, seen.before.as_deref());
        let settled = declared.settles_after.map_or(0, Lag::seconds);
        let provisional = period.is_running(now) || self.as_of < period.instants().end + settled;
        Cell { provisional, ..cell }
    }
}

impl InGroup<'_> {
    fn seen(&self, stop: Stop) -> Seen {
        let InGroup { measured, own, previous } = self;
        let read =
            |readings: &Vec<Readings>, lines: &Vec<Option<usize>>, period| measured.read(readings, lines, period);
        let before = stop.before.zip(measured.previous.as_ref().zip(previous.as_ref()));
        Seen {
            period: stop.period,
            readings: read(&measured.own, own, stop.period),
            before: before.map(|(period, (readings, lines))| read(readings, lines, period)),
        }
    }

    fn cell(&self, stop: Stop) -> Cell {
        self.measured.cell(&self.seen(stop))
    }
}
