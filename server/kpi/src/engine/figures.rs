//! KPIs, periods and breakdowns in; figures and their comparisons out.

use super::assess::{Assessor, Figures as OfGroup, factors};
use super::comparison::{Compared, Comparison, Earlier};
use super::fold::Fold;
use super::fold::plan::Plan;
use super::gate::Scopes;
use super::measured::{Cells, Evaluation, InGroup, Measured, Seen};
use super::reach::{Reach, Reaches};
use super::request::Request;
use super::side_by_side;
use super::sight::Sight;
use super::timetable::{Sights, Stop, Timetable};
use crate::data::cell::{Breakdown, Cell, Group};
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::definition::declaration::Lag;
use crate::judgement::expected::Factors;
use crate::judgement::judged::Assessment;
use crate::measure::Measure;
use crate::script::kpi::Kpi;
use crate::time::period::Period;
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

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
    /// When the data ends, in UTC seconds, where the last period of the first row ends later.
    pub fn data_ends(&self) -> Option<i64> {
        let last = self.breakdowns.first()?.rows.first()?.cells.last()?;
        last.lacks_data().then_some(self.as_of)
    }

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
    /// How many slices of time of its measures, in all breakdowns, were computed of these rows.
    pub computed: u64,
    /// And how many the source had kept.
    pub kept: u64,
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
    /// Whether it has rows in the last period or in one that this is compared with, or a target. The total always is.
    pub is_recent: bool,
    /// The same at other ages, if the KPI's figures can change after their period.
    pub aged: Option<Aged>,
    /// What the last of them is compared with.
    pub compared: Compared,
    /// What may be said about the last of them, if that was asked for.
    pub assessment: Option<Assessment>,
}

/// Figures of periods at ages other than their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Aged {
    /// As long after the end of each period as the last one is seen after its own.
    pub same_age: Vec<Cell>,
    /// Of the total: when each period is settled; those that are not yet are provisional.
    pub settled: Vec<Cell>,
}

/// Computes all figures, in the order of the requests, with one scan per table and date for all of them. A period that
/// is running at `now` is counted up to `now`, or up to when the tables that the KPIs read were last complete; what
/// happened later is not known.
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
    let figures = compute_for(requests, periods, std::slice::from_ref(scope), now, source)?;
    Ok(figures.into_iter().next().unwrap_or_default())
}

/// Computes the same for each of these scopes, in their order; still with one scan per table and date, in which each row
/// is read once, however many scopes see it.
///
/// # Errors
/// What the source answers when it cannot be read.
pub fn compute_for<S: Source>(
    requests: &[Request],
    periods: &[Period],
    scopes: &[Scope],
    now: Timestamp,
    source: &mut S,
) -> Result<Vec<Vec<Figures>>, S::Error> {
    let computation = Computation::new(requests, periods, scopes, now, source)?;
    let read = computation.read(source)?;
    Ok(side_by_side::map((0..scopes.len()).collect(), |scope| read.figures(scope)))
}

/// Figures that are to be computed for some scopes: how rows are seen, and how far they reach.
pub struct Computation<'a> {
    asked: Vec<Asked<'a>>,
    timetable: Timetable,
    reaches: Reaches,
    now: Timestamp,
    /// How many stored units of money make one whole unit of the currency.
    money: f64,
    scopes: Different,
}

impl<'a> Computation<'a> {
    /// What [`compute_for`] computes, in two steps: first all rows are [read](Computation::read), then the figures of each
    /// scope are made of them, so that those of all scopes need not be there at once.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn new<S: Source>(
        requests: &'a [Request<'a>],
        periods: &[Period],
        scopes: &[Scope],
        now: Timestamp,
        source: &mut S,
    ) -> Result<Computation<'a>, S::Error> {
        let kpis = || requests.iter().map(|request| request.kpi);
        let reaches = Reaches::of(kpis(), source)?;
        let now = reaches.cut(kpis(), periods.last(), now);
        let money = crate::data::currency::units(source.money_digits()?);
        let timetable = Timetable::new(requests, periods, now);
        let asked = requests.iter().map(|request| Asked::new(request, &timetable, now, &reaches)).collect();
        Ok(Computation { asked, timetable, reaches, now, money, scopes: Different::of(scopes) })
    }

    /// Reads all rows, each once.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn read<S: Source>(&self, source: &mut S) -> Result<Read<'_>, S::Error> {
        let scopes = Scopes::new(&self.scopes.scopes);
        let ran = Fold::run(plans(&self.asked, &self.timetable.periods, &scopes.kinds()), &scopes, source)?;
        let (mut folds, took): (Vec<Fold>, Vec<Duration>) = ran.into_iter().unzip();
        if source.keeps() {
            source.keep(folds.iter_mut().flat_map(|fold| std::mem::take(&mut fold.to_keep)).collect())?;
        }
        let costs = self.asked.iter().map(|asked| cost_of_reading(asked.request.kpi, &folds, &took)).collect();
        let cells = self.asked.iter().map(|_| Cells::default()).collect();
        Ok(Read { computation: self, folds, costs, cells })
    }
}

/// All rows that figures are made of, folded.
pub struct Read<'a> {
    computation: &'a Computation<'a>,
    folds: Vec<Fold<'a>>,
    /// Of each KPI, what reading its rows took.
    costs: Vec<Cost>,
    /// Of each KPI, those that were made for any scope.
    cells: Vec<Cells>,
}

impl Read<'_> {
    /// The figures of the scope with that index among those asked for, in the order of the requests.
    ///
    /// # Panics
    /// If there is no such scope.
    pub fn figures(&self, scope: usize) -> Vec<Figures> {
        let Computation { asked, scopes, .. } = self.computation;
        let scope = scopes.of[scope];
        let each: Vec<(&Asked, &Cells)> = asked.iter().zip(&self.cells).collect();
        let growths =
            side_by_side::map(each.clone(), |(asked, cells)| timed(|| self.evaluation(scope, cells).growth(asked)));
        let wanted = each.iter().zip(&growths).flat_map(|((asked, cells), (growth, _))| {
            asked.request.breakdowns.iter().map(move |by| (*asked, *cells, growth.as_ref(), by))
        });
        let grouped = side_by_side::map(wanted.collect(), |(asked, cells, growth, by)| {
            timed(|| self.evaluation(scope, cells).grouped(asked, by, growth))
        });
        let mut grouped = grouped.into_iter();
        let figures = |((asked, cost), (_, took)): ((&Asked, &Cost), &(_, Duration))| {
            let of_breakdowns = grouped.by_ref().take(asked.request.breakdowns.len());
            let (breakdowns, times): (Vec<Grouped>, Vec<Duration>) = of_breakdowns.unzip();
            let time = cost.time + *took + times.iter().sum::<Duration>();
            Figures { as_of: asked.reach.as_of, breakdowns, cost: Cost { time, ..*cost } }
        };
        asked.iter().zip(&self.costs).zip(&growths).map(figures).collect()
    }

    fn evaluation<'b>(&'b self, scope: usize, cells: &'b Cells) -> Evaluation<'b> {
        let Computation { timetable, reaches, now, money, scopes, .. } = self.computation;
        let scope = (scope, &scopes.scopes[scope]);
        Evaluation { timetable, folds: &self.folds, scope, now: *now, reaches, cells, money: *money }
    }
}

/// What `make` makes, and how long that took.
fn timed<T>(make: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    (make(), began.elapsed())
}

/// Scopes of which no two see the same.
struct Different {
    scopes: Vec<Scope>,
    /// The index of the one that each of those asked for is like.
    of: Vec<usize>,
}

impl Different {
    fn of(asked: &[Scope]) -> Different {
        let (mut scopes, mut known) = (Vec::new(), HashMap::new());
        let place = |scope: &Scope| {
            *known.entry(scope.clone().in_order()).or_insert_with_key(|scope| {
                scopes.push(scope.clone());
                scopes.len() - 1
            })
        };
        let of = asked.iter().map(place).collect();
        Different { scopes, of }
    }
}

/// What it took to read and fold the rows of a KPI, for all scopes together.
fn cost_of_reading(kpi: &Kpi, folds: &[Fold], took: &[Duration]) -> Cost {
    let own = |measure: &Measure| kpi.measures.iter().any(|(_, own)| own == measure);
    let read = folds.iter().zip(took).filter(|(fold, _)| draws_on(kpi, fold));
    read.fold(Cost::default(), |sum, (fold, time)| {
        let (computed, kept) = fold.slices(own);
        Cost {
            rows: sum.rows + fold.rows,
            computed: sum.computed + computed,
            kept: sum.kept + kept,
            time: sum.time + *time,
        }
    })
}

fn draws_on(kpi: &Kpi, fold: &Fold) -> bool {
    kpi.measures.iter().any(|(_, measure)| fold.reads(measure))
}

/// A request, with what else it takes to answer it.
struct Asked<'a> {
    request: &'a Request<'a>,
    /// The KPI whose value is the target of this one, if that is asked for and can be computed.
    target: Option<Kpi>,
    reach: Reach,
    sights: Sights,
}

impl<'a> Asked<'a> {
    fn new(request: &'a Request<'a>, timetable: &Timetable, now: Timestamp, reaches: &Reaches) -> Asked<'a> {
        let target = request.comparison.target.then(|| request.kpi.target()).flatten();
        let reach = reaches.of_kpi(request.kpi, now);
        Asked { request, target, reach, sights: Sights::new(request.kpi, timetable, now, &reach) }
    }

    /// The target in a breakdown, where it can be broken down.
    fn target(&self, by: &Breakdown) -> Option<&Kpi> {
        self.target.as_ref().filter(|target| target.check_breakdown(by).is_ok())
    }
}

/// Brings together the measures that read the same table by the same date, as they are read in each kind of scope.
fn plans<'a>(asked: &'a [Asked<'a>], periods: &'a [Period], scopes: &[&Scope]) -> Vec<Plan<'a>> {
    let mut plans: Vec<Plan> = Vec::new();
    let mut want = |kpi: &'a Kpi, by: &Breakdown, sight: &Sight| {
        for (_, measure) in &kpi.measures {
            let at = plans.iter().position(|plan| plan.reads(measure)).unwrap_or_else(|| {
                plans.push(Plan::like(measure, periods));
                plans.len() - 1
            });
            for scope in scopes {
                plans[at].want(measure, by, sight, scope);
            }
        }
    };
    for asked in asked {
        // Groups are judged by how the total grows.
        let total = asked.request.assess.then(Vec::new);
        for by in asked.request.breakdowns.iter().chain(&total) {
            let kpi = asked.request.kpi;
            for sighted in asked.sights.all() {
                sighted.of(kpi).for_each(|sight| want(kpi, by, sight));
            }
            if let Some(target) = asked.target(by) {
                asked.sights.known.of(target).for_each(|sight| want(target, by, sight));
            }
        }
    }
    plans
}

/// The readings of a KPI in one breakdown, in every way in which they are seen.
struct InBreakdown<'a> {
    known: Measured<'a>,
    /// At the age of the last period, and when they are settled.
    aged: Option<(Measured<'a>, Measured<'a>)>,
    target: Option<Measured<'a>>,
}

impl<'a> InBreakdown<'a> {
    fn new(asked: &'a Asked, by: &Breakdown, evaluation: &'a Evaluation<'a>) -> InBreakdown<'a> {
        let sights = &asked.sights;
        let measured = |kpi, sighted| Measured::new(kpi, by, sighted, asked.reach, evaluation);
        // Much is planned before there is anything.
        let planned = Reach::ever(asked.reach.as_of);
        let kpi = asked.request.kpi;
        InBreakdown {
            known: measured(kpi, &sights.known),
            aged: sights.aged.as_ref().map(|(same_age, settled)| (measured(kpi, same_age), measured(kpi, settled))),
            target: asked.target(by).map(|target| Measured::new(target, by, &sights.known, planned, evaluation)),
        }
    }

    fn groups(&self) -> BTreeSet<&Vec<Group>> {
        self.known.groups().chain(self.target.iter().flat_map(Measured::groups)).collect()
    }

    /// A row as it is judged.
    fn to_judge<'b>(&'b self, row: &'b Row) -> OfGroup<'b> {
        let (at_age, settled) = self.aged(&row.groups).unzip();
        let at_age = at_age.unwrap_or_else(|| self.known.in_group(&row.groups));
        OfGroup { groups: &row.groups, at_age, settled, cells: row.at_age() }
    }

    /// A group at the age of the last period, and settled.
    fn aged(&self, groups: &[Group]) -> Option<(InGroup<'_>, InGroup<'_>)> {
        self.aged.as_ref().map(|(same_age, settled)| (same_age.in_group(groups), settled.in_group(groups)))
    }
}

/// How long after its end a period of a KPI is settled, in seconds.
fn lag(kpi: &Kpi) -> i64 {
    kpi.declaration.settles_after.map_or(0, Lag::seconds)
}

impl Evaluation<'_> {
    /// `growth` is that of the total.
    fn grouped(&self, asked: &Asked, by: &Breakdown, growth: Option<&Factors>) -> Grouped {
        let readings = InBreakdown::new(asked, by, self);
        let wanted = asked.request.comparison;
        let mut rows: Vec<Row> =
            readings.groups().into_iter().filter_map(|groups| self.row(&readings, groups, wanted)).collect();
        if let Some(assessor) = self.assessor(asked, by, growth) {
            let groups: Vec<OfGroup> = rows.iter().map(|row| readings.to_judge(row)).collect();
            let assessments = assessor.assess(&groups, by.is_empty());
            rows.iter_mut().zip(assessments).for_each(|(row, assessment)| row.assessment = Some(assessment));
        }
        Grouped { by: by.clone(), rows }
    }

    /// How the total of a KPI grows until it is settled, if its figures are judged and that can be told.
    fn growth(&self, asked: &Asked) -> Option<Factors> {
        let kpi = asked.request.kpi;
        let stops = &self.timetable.asked;
        let last = stops.last().filter(|_| asked.request.assess)?;
        if self.timetable.periods[last.period].is_running(self.now) {
            return None;
        }
        let total = InBreakdown::new(asked, &Vec::new(), self);
        let (at_age, when_settled) = total.aged(&[])?;
        factors(kpi, &at_age, &when_settled, &stops[..self.over_for(asked, lag(kpi))])
    }

    /// How many of the periods asked for were over so many seconds before the end of what is known.
    fn over_for(&self, asked: &Asked, seconds: i64) -> usize {
        let Timetable { asked: stops, periods, .. } = self.timetable;
        let over = |stop: &&Stop| periods[stop.period].instants().end + seconds <= asked.reach.as_of;
        stops.iter().take_while(over).count()
    }

    /// What the figures of a KPI are judged by, if they are.
    fn assessor<'a>(
        &'a self,
        asked: &'a Asked,
        by: &'a Breakdown,
        growth: Option<&'a Factors>,
    ) -> Option<Assessor<'a>> {
        let kpi = asked.request.kpi;
        let Timetable { asked: stops, periods, .. } = self.timetable;
        let last = &periods[stops.last().filter(|_| asked.request.assess)?.period];
        let running = last.is_running(self.now);
        let settled = self.over_for(asked, lag(kpi));
        Some(Assessor {
            kpi,
            by,
            scope: self.scope.1,
            periods: stops.iter().map(|stop| &periods[stop.period]).collect(),
            stops,
            running,
            complete: self.over_for(asked, 0),
            settled: if running { settled.min(stops.len() - 1) } else { settled },
            factors: growth,
        })
    }

    /// The figures of a group. `None` if none of this KPI's rows are in it: another KPI brought it in. But a group with
    /// a target and no rows is shown: it is the one to look at.
    fn row(&self, readings: &InBreakdown, groups: &[Group], wanted: Comparison) -> Option<Row> {
        let Timetable { asked, before, year_before, .. } = self.timetable;
        let target = readings
            .target
            .as_ref()
            .zip(asked.last())
            .and_then(|(target, stop)| target.in_group(groups).cell(*stop).outcome.value());
        let group = readings.known.in_group(groups);
        let seen: Vec<Seen> = asked.iter().map(|stop| group.seen(*stop)).collect();
        let (before, year_before) = (before.filter(|_| wanted.before), year_before.filter(|_| wanted.year_before));
        let of = |stop: Option<Stop>| stop.map(|stop| group.seen(stop));
        let (seen_before, seen_year_before) = (of(before), of(year_before));
        let last = seen.last().into_iter();
        let is_recent = groups.is_empty()
            || target.is_some()
            || last.chain(&seen_before).chain(&seen_year_before).any(Seen::has_rows);
        if !is_recent && !seen.iter().any(Seen::has_rows) {
            return None;
        }
        let aged = readings.aged(groups);
        let compared = |stop: Option<Stop>, seen: Option<Seen>| {
            Some(Earlier {
                cell: group.cell_of(&seen?),
                at_the_same_age: aged.as_ref().zip(stop).map(|((same_age, _), stop)| same_age.cell(stop)),
            })
        };
        let cells = |group: &InGroup| asked.iter().map(|stop| group.cell(*stop)).collect::<Vec<Cell>>();
        Some(Row {
            groups: groups.to_vec(),
            cells: seen.iter().map(|seen| group.cell_of(seen)).collect(),
            is_recent,
            compared: Compared {
                before: compared(before, seen_before),
                year_before: compared(year_before, seen_year_before),
                target,
            },
            aged: aged.as_ref().map(|(same_age, settled)| Aged {
                same_age: cells(same_age),
                settled: if groups.is_empty() { cells(settled) } else { Vec::new() },
            }),
            assessment: None,
        })
    }
}

impl Row {
    /// One cell per period, each at the age of the last one.
    pub fn at_age(&self) -> &[Cell] {
        self.aged.as_ref().map_or(&self.cells, |aged| &aged.same_age)
    }
}
