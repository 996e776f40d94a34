//! What the measures of a KPI read, in groups and periods, and the cells that are made of it.

use super::fold::Fold;
use super::fold::readings::Readings;
use super::reach::{Reach, Reaches};
use super::sight::Sight;
use super::timetable::{Sighted, Stop, Timetable};
use crate::data::cell::{Breakdown, Cell, Group, Outcome};
use crate::data::scope::Scope;
use crate::definition::declaration::Lag;
use crate::judgement::significance::Sample;
use crate::measure::aggregate::Aggregate;
use crate::measure::aggregate::accumulator::Reading;
use crate::measure::aggregate::spread::{Around, Spread};
use crate::measure::{Measure, Quantity};
use crate::script::kpi::Kpi;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What cells are made of.
pub struct Evaluation<'a> {
    pub timetable: &'a Timetable,
    pub folds: &'a [Fold<'a>],
    /// The scope for which they are made, and its index among all for which the folds were made.
    pub scope: (usize, &'a Scope),
    pub now: Timestamp,
    pub reaches: &'a Reaches,
    /// The cells of its KPI that were made before.
    pub cells: &'a Cells,
    /// How many stored units of money make one whole unit of the currency, which is what scripts use.
    pub money: f64,
}

/// Cells by what they are made of: small groups of many scopes read the same.
#[derive(Default)]
pub struct Cells(Mutex<FxHashMap<MadeOf, Cell>>);

/// So many cells are remembered; then it begins anew.
const REMEMBERED: usize = 4096;

/// Where a KPI lies (it, or the one that is its target), and its readings, bit by bit: value, rows and rows left out.
type MadeOf = (usize, Vec<[u64; 3]>);

impl Cells {
    /// The cell of these readings, as `make` makes it of them.
    fn of(&self, kpi: &Kpi, seen: &Seen, make: impl FnOnce() -> Cell) -> Cell {
        if kpi.runs_no_script() {
            // To make it takes less than to look it up.
            return make();
        }
        let bits = |reading: &Reading| {
            // No figure has the bits of this NaN.
            [reading.value.map_or(u64::MAX, f64::to_bits), reading.rows, reading.left_out]
        };
        let readings = seen.readings.iter().chain(seen.before.iter().flatten()).map(bits).collect();
        let key = (std::ptr::from_ref(kpi).addr(), readings);
        if let Some(known) = self.known().get(&key) {
            return known.clone();
        }
        let cell = make();
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, cell.clone());
        cell
    }

    fn known(&self) -> MutexGuard<'_, FxHashMap<MadeOf, Cell>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The readings of a KPI's measures in one breakdown, as they are seen.
pub struct Measured<'a> {
    kpi: &'a Kpi,
    /// In the order of its measures.
    own: Vec<Readings<'a>>,
    /// Those from which the period before is read, if it looks back.
    previous: Option<Vec<Readings<'a>>>,
    reach: Reach,
    evaluation: &'a Evaluation<'a>,
}

/// The same in one group: where each measure keeps it.
#[derive(Clone)]
pub struct InGroup<'a> {
    measured: &'a Measured<'a>,
    own: Vec<&'a [usize]>,
    previous: Option<Vec<&'a [usize]>>,
}

/// The readings of a KPI's measures; there is seldom more than a numerator and a denominator.
type OfMeasures = SmallVec<[Reading; 2]>;

/// What a KPI's measures read in one group and period, in whole units of the currency.
pub struct Seen {
    /// The indices of the periods that are seen together; mostly one.
    pub periods: SmallVec<[usize; 1]>,
    pub readings: OfMeasures,
    /// Those of the period before, where the KPI looks back.
    pub before: Option<OfMeasures>,
    /// How many rows of the measure that has the most of them have a value without a date.
    pub undated: u64,
}

impl Seen {
    pub fn has_rows(&self) -> bool {
        self.readings.iter().chain(self.before.iter().flatten()).any(|reading| reading.rows > 0)
    }
}

impl<'a> Measured<'a> {
    pub fn new(
        kpi: &'a Kpi,
        by: &Breakdown,
        sighted: &Sighted,
        reach: Reach,
        evaluation: &'a Evaluation<'a>,
    ) -> Measured<'a> {
        let readings = |sight: &Sight| {
            let of = |(_, measure): &'a (String, Measure)| {
                let fold = evaluation.folds.iter().find(|fold| fold.reads(measure));
                fold.expect("every measure was planned").readings(measure, by, sight, evaluation.scope)
            };
            kpi.measures.iter().map(of).collect()
        };
        let (own, previous) = (readings(&sighted.own), sighted.previous(kpi).map(readings));
        Measured { kpi, own, previous, reach, evaluation }
    }

    pub fn groups(&self) -> impl Iterator<Item = &Vec<Group>> {
        // Some had rows in the period before alone.
        self.own.iter().chain(self.previous.iter().flatten()).flat_map(Readings::groups)
    }

    pub fn in_group<'b>(&'b self, groups: &[Group]) -> InGroup<'b> {
        let lines = |readings: &'b [Readings]| readings.iter().map(|readings| readings.lines(groups)).collect();
        InGroup { measured: self, own: lines(&self.own), previous: self.previous.as_deref().map(lines) }
    }

    /// What the measures read over these periods together; `None` where their slices do not follow each other.
    fn read(&self, readings: &[Readings], lines: &[&[usize]], periods: &[usize]) -> Option<OfMeasures> {
        let measures = self.kpi.measures.iter().zip(readings.iter().zip(lines));
        let read = |((_, measure), (readings, lines)): (&(String, Measure), (&Readings, &&[usize]))| {
            Some(measure.in_whole_units(readings.over(periods, lines)?, self.evaluation.money))
        };
        measures.map(read).collect()
    }

    /// The cell, marked provisional if it can still change, and incomplete if the data does not reach to its end; without
    /// its figure, if the data is too old or begins later.
    pub fn cell(&self, seen: &Seen) -> Cell {
        let Evaluation { timetable, now, reaches, cells, .. } = *self.evaluation;
        let (declared, period) = (&self.kpi.declaration, &timetable.periods[seen.periods[seen.periods.len() - 1]]);
        // Of what the data does not reach nothing is known, not that nothing happened.
        if self.reach.lacks(period, now) {
            return Cell::of(Outcome::NoData);
        }
        let needed = period.instants().end.min(now.as_second());
        let too_old = declared.stale_after.is_some_and(|after| reaches.is_older(self.kpi, after, needed));
        if too_old || self.reach.ends_before(period, now) {
            return Cell::of(Outcome::Stale);
        }
        let mut cell = cells.of(self.kpi, seen, || self.kpi.cell(&seen.readings, seen.before.as_deref()));
        let settled = declared.settles_after.map_or(0, Lag::seconds);
        cell.provisional = period.is_running(now) || self.reach.as_of < period.instants().end + settled;
        cell.incomplete = self.reach.cuts(period, now);
        cell.undated = seen.undated;
        cell
    }
}

impl InGroup<'_> {
    pub fn seen(&self, stop: Stop) -> Seen {
        let InGroup { measured, own, previous } = self;
        let read = |readings: &Vec<Readings>, lines: &Vec<&[usize]>, period: usize| {
            measured.read(readings, lines, &[period]).expect("one period follows itself")
        };
        let before = stop.before.zip(measured.previous.as_ref().zip(previous.as_ref()));
        Seen {
            periods: smallvec![stop.period],
            readings: read(&measured.own, own, stop.period),
            before: before.map(|(period, (readings, lines))| read(readings, lines, period)),
            undated: self.undated(&[stop.period]),
        }
    }

    pub fn cell(&self, stop: Stop) -> Cell {
        self.measured.cell(&self.seen(stop))
    }

    /// The cell of what was seen.
    pub fn cell_of(&self, seen: &Seen) -> Cell {
        self.measured.cell(seen)
    }

    /// What the measures read over several periods together, as if they were one; `None` where they cannot: what they
    /// count is not cut into periods, and a row would count in each.
    pub fn over(&self, stops: &[Stop]) -> Option<Seen> {
        let InGroup { measured, own, .. } = self;
        let periods: SmallVec<_> = stops.iter().map(|stop| stop.period).collect();
        let kpi = measured.kpi;
        if kpi.looks_back() || !kpi.measures.iter().all(|(_, measure)| measure.is_cut_into_periods()) {
            return None;
        }
        let readings = measured.read(&measured.own, own, &periods)?;
        let undated = self.undated(&periods);
        (!periods.is_empty()).then_some(Seen { periods, readings, before: None, undated })
    }

    /// A row that several measures read is the same row.
    fn undated(&self, periods: &[usize]) -> u64 {
        let InGroup { measured, own, .. } = self;
        let of_measures = measured.own.iter().zip(own).map(|(readings, lines)| readings.undated(periods, lines));
        of_measures.max().unwrap_or(0)
    }

    /// Whether the measure with that index is a mean or a median, of which the values can be tested.
    pub fn is_sampled(&self, at: usize) -> bool {
        let aggregate = &self.measured.kpi.measures[at].1.aggregate;
        matches!(aggregate, Aggregate::Mean(_)) || aggregate.is_median()
    }

    /// What a test needs of the measure with that index against a mark: how its values lie around their mean, or around
    /// the mark. `None` where the measure is neither a mean nor a median.
    pub fn sample(&self, seen: &Seen, at: usize, mark: f64) -> Option<Sample> {
        let (_, measure) = &self.measured.kpi.measures[at];
        let unit = if measure.quantity == Quantity::Money { self.measured.evaluation.money } else { 1.0 };
        let (readings, lines) = (&self.measured.own[at], self.own[at]);
        match &measure.aggregate {
            Aggregate::Mean(_) => {
                let Spread { rows, mean, variance } = readings.spread(&seen.periods, lines)?.over(unit);
                Some(Sample::Mean { rows, mean, variance })
            }
            median if median.is_median() => {
                let Around { below, above } = readings.around(&seen.periods, lines, mark * unit)?;
                Some(Sample::Median { below, above })
            }
            _ => None,
        }
    }
}
