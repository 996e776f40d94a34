//! What a fold reads, and where the states of its measures lie.

use crate::data::cell::Breakdown;
use crate::data::dimension::Dimension;
use crate::data::model::{Level, Table};
use crate::data::path::{Path, Projection};
use crate::data::scan::{Lasting, Scan, Source, Window};
use crate::data::scope::Scope;
use crate::engine::by_parent::Wanted;
use crate::engine::gate::Gate;
use crate::engine::grouping::Grouping;
use crate::engine::known::{Known, Next};
use crate::engine::place::place;
use crate::engine::sight::{Sight, View};
use crate::measure::Measure;
use crate::measure::dated::Dated;
use crate::measure::expr::{Condition, Expr, Origin, Part};
use crate::measure::membership::Membership;
use crate::time::period::{Period, Reach};
use crate::time::timeline::{Timeline, joined};
use crate::time::zone::Zoned;
use std::ops::Range;
use std::sync::Arc;

/// All measures that read the same table by the same dates, in all breakdowns in which one of them is wanted.
pub struct Plan<'a> {
    pub table: Table,
    /// That of the first measure; the rows of the others are found by the same dates.
    pub membership: Membership,
    pub periods: &'a [Period],
    /// The zone of the periods.
    pub zone: Zoned,
    /// The spans of time around the periods that are wanted, each cut at every boundary of a period.
    pub timelines: Vec<(Reach, Timeline)>,
    /// The instants at which rows are seen, as they were asked for.
    sights: Vec<Sight>,
    /// The same, as rows are looked at.
    pub views: Vec<View>,
    /// What must be known of a row; complete once the plan has made its scan.
    pub known: Known,
    pub measures: Vec<Planned<'a>>,
    pub groupings: Vec<Grouping>,
}

/// One measure, and where its states lie.
pub struct Planned<'a> {
    pub measure: &'a Measure,
    /// The measure's own filter; for targets and forecasts, also the level at which they are read.
    pub filter: Option<Condition>,
    /// The index of the sight in which it is wanted.
    sight: usize,
    pub slices: Slices,
    /// The index of each grouping in which it is wanted.
    pub groupings: Vec<usize>,
}

impl Planned<'_> {
    /// The index of the view in which a slice is seen; `None` where nobody asks for it.
    pub fn view(&self, slice: usize) -> Option<usize> {
        match &self.slices {
            Slices::Stretches { view, .. } => Some(*view),
            Slices::Periods(views) => views[slice],
        }
    }
}

/// A measure of another plan that is computed in this one.
#[derive(Default)]
pub struct Left {
    /// Its index here.
    pub measure: usize,
    /// The slices that are computed.
    pub computed: Vec<bool>,
}

/// The slices of time by which the states of one group are kept apart.
#[derive(Debug, Clone, PartialEq)]
pub enum Slices {
    /// The stretches of the timeline of that index, seen in the view of that index: a row is added once, however many
    /// periods it belongs to.
    Stretches { timeline: usize, view: usize },
    /// The periods, each with the index of its view, if it is asked for: what a row contributes depends on the period.
    Periods(Vec<Option<usize>>),
}

impl<'a> Plan<'a> {
    /// A plan for measures that read the same rows as this one, still empty.
    pub fn like(measure: &Measure, periods: &'a [Period]) -> Plan<'a> {
        let zone = Zoned::new(periods.first().map_or(jiff::tz::TimeZone::UTC, Period::zone));
        Plan::empty(measure.table.clone(), measure.membership.clone(), periods, zone)
    }

    fn empty(table: Table, membership: Membership, periods: &'a [Period], zone: Zoned) -> Plan<'a> {
        let (timelines, measures, groupings) = (Vec::new(), Vec::new(), Vec::new());
        let (sights, views, known) = (Vec::new(), Vec::new(), Known::default());
        Plan { table, membership, periods, zone, timelines, sights, views, known, measures, groupings }
    }

    /// Whether a measure belongs in this plan.
    pub fn reads(&self, measure: &Measure) -> bool {
        self.table == measure.table && self.membership.is_found_like(&measure.membership)
    }

    /// Adds a measure in a breakdown, as it is seen in a scope; if the plan has them already, they are shared. Of the
    /// scope only the dimensions matter.
    pub fn want(&mut self, measure: &'a Measure, by: &Breakdown, sight: &Sight, scope: &Scope) {
        let grouping = self.grouping(measure, by);
        let filter = read_at_level(measure, by, scope);
        let at = self.position(measure, filter.as_ref(), sight).unwrap_or_else(|| {
            let sight = place(&mut self.sights, sight.clone());
            let slices = self.sliced(measure, sight);
            self.measures.push(Planned { measure, filter, sight, slices, groupings: Vec::new() });
            self.measures.len() - 1
        });
        let groupings = &mut self.measures[at].groupings;
        if !groupings.contains(&grouping) {
            groupings.push(grouping);
        }
    }

    /// The index of a measure as it is seen, and among its groupings the one of a breakdown.
    pub fn find(&self, measure: &Measure, by: &Breakdown, sight: &Sight, scope: &Scope) -> Option<(usize, usize)> {
        let at = self.position(measure, read_at_level(measure, by, scope).as_ref(), sight)?;
        // Those of one measure read a dimension alike.
        let mut groupings = self.measures[at].groupings.iter();
        Some((at, groupings.position(|grouping| self.groupings[*grouping].by() == by)?))
    }

    fn position(&self, measure: &Measure, filter: Option<&Condition>, sight: &Sight) -> Option<usize> {
        let seen_like = |known: &Planned| self.sights[known.sight] == *sight;
        // Mostly it is the very same, and that is quick to tell.
        let same = |known: &Measure| std::ptr::eq(known, measure) || known == measure;
        let like = |known: &Planned| seen_like(known) && same(known.measure) && known.filter.as_ref() == filter;
        self.measures.iter().position(like)
    }

    fn grouping(&mut self, measure: &Measure, by: &Breakdown) -> usize {
        let wanted = Grouping::new(by, measure, &self.zone);
        self.groupings.iter().position(|grouping| grouping.is_like(&wanted)).unwrap_or_else(|| {
            self.groupings.push(wanted);
            self.groupings.len() - 1
        })
    }

    fn sliced(&mut self, measure: &Measure, sight: usize) -> Slices {
        if let Membership::Dated(dated) = &measure.membership {
            let timeline = self.timeline(dated);
            let instants = self.sights[sight].of_stretches(&self.timelines[timeline].1);
            if let Some(instants) = instants.filter(|_| !measure.needs_period()) {
                let view = place(&mut self.views, View::of_stretches(timeline, &instants));
                return Slices::Stretches { timeline, view };
            }
        }
        self.by_period(measure, sight)
    }

    fn by_period(&mut self, measure: &Measure, sight: usize) -> Slices {
        if let Membership::Dated(dated) = &measure.membership {
            // Its rows lie on it, too.
            self.timeline(dated);
        }
        let views = &mut self.views;
        let view = |instant: &Option<i64>| instant.map(|instant| place(views, View::At(instant)));
        Slices::Periods(self.sights[sight].0.iter().map(view).collect())
    }

    fn timeline(&mut self, dated: &Dated) -> usize {
        self.timelines.iter().position(|(known, _)| *known == dated.reach).unwrap_or_else(|| {
            self.timelines.push((dated.reach, dated.timeline(self.periods)));
            self.timelines.len() - 1
        })
    }

    /// The instant at which each slice of a measure is seen; `None` where nobody asks for it.
    pub fn instants(&self, planned: &Planned) -> Vec<Option<i64>> {
        let sight = &self.sights[planned.sight];
        match &planned.slices {
            Slices::Stretches { timeline, .. } => {
                let instants = sight.of_stretches(&self.timelines[*timeline].1);
                instants.expect("else the slices would be periods")
            }
            Slices::Periods(_) => sight.0.clone(),
        }
    }

    /// Whether each slice of each measure is asked for.
    pub fn asked(&self) -> Vec<Vec<bool>> {
        let asked = |planned| self.instants(planned).into_iter().map(|instant| instant.is_some()).collect();
        self.measures.iter().map(asked).collect()
    }

    /// The same plan for what of it is to be computed, by measure and slice; with the index there of each measure that
    /// is in it, and the slices that it computes. What lies on the same timeline is computed together.
    pub fn left(&self, missing: &[Vec<bool>]) -> (Plan<'a>, Vec<Option<Left>>) {
        let covered = self.covered(missing);
        let mut left = Plan::empty(self.table.clone(), self.membership.clone(), self.periods, self.zone.clone());
        let mut of_measures = Vec::with_capacity(self.measures.len());
        for (planned, missing) in self.measures.iter().zip(missing) {
            if !missing.contains(&true) {
                of_measures.push(None);
                continue;
            }
            let asked = self.instants(planned).into_iter().map(|instant| instant.is_some());
            let computed = match &planned.slices {
                Slices::Stretches { timeline, .. } => {
                    asked.zip(&covered[*timeline]).map(|(asked, covered)| asked && *covered).collect()
                }
                Slices::Periods(_) => missing.clone(),
            };
            left.take_over(self, planned, &computed);
            of_measures.push(Some(Left { measure: left.measures.len() - 1, computed }));
        }
        for (reach, timeline) in &mut left.timelines {
            let at = self.timelines.iter().position(|(known, _)| known == reach);
            timeline.cover_only(&covered[at.expect("it is one of those of this plan")]);
        }
        (left, of_measures)
    }

    /// A measure of this plan in one breakdown, in a plan of its own.
    pub fn alone(&self, planned: &Planned<'a>, grouping: usize) -> Plan<'a> {
        let mut alone = Plan::empty(self.table.clone(), self.membership.clone(), self.periods, self.zone.clone());
        let (slices, _) = self.slices(planned);
        let Planned { measure, filter, sight, slices: of, .. } = planned;
        let (filter, sight, of) = (filter.clone(), *sight, of.clone());
        let planned = Planned { measure, filter, sight, slices: of, groupings: vec![grouping] };
        alone.take_over(self, &planned, &vec![true; slices]);
        alone
    }

    /// For each timeline the stretches that any measure must compute.
    fn covered(&self, missing: &[Vec<bool>]) -> Vec<Vec<bool>> {
        let mut covered: Vec<Vec<bool>> =
            self.timelines.iter().map(|(_, timeline)| vec![false; timeline.stretches()]).collect();
        for (planned, missing) in self.measures.iter().zip(missing) {
            let missing = missing.iter().enumerate().filter(|(_, missing)| **missing);
            let stretches = missing.filter_map(|(slice, _)| self.stretches(planned, slice));
            stretches.for_each(|(timeline, stretches)| covered[timeline][stretches].fill(true));
        }
        covered
    }

    /// Adds a measure of another plan, in all of its breakdowns, for these slices alone.
    fn take_over(&mut self, other: &Plan<'a>, planned: &Planned<'a>, slices: &[bool]) {
        let (_, of_periods) = other.slices(planned);
        let sight = &other.sights[planned.sight];
        let wanted = sight
            .0
            .iter()
            .zip(of_periods)
            .map(|(instant, of_period)| instant.filter(|_| slices[of_period].contains(&true)));
        let sight = place(&mut self.sights, Sight(wanted.collect()));
        let measure = planned.measure;
        let slices = match planned.slices {
            Slices::Stretches { .. } => self.sliced(measure, sight),
            Slices::Periods(_) => self.by_period(measure, sight),
        };
        let groupings =
            planned.groupings.iter().map(|grouping| self.grouping(measure, other.groupings[*grouping].by()));
        let groupings = groupings.collect();
        self.measures.push(Planned { measure, filter: planned.filter.clone(), sight, slices, groupings });
    }

    /// How many slices of time a measure has, and which of them make up each period.
    pub fn slices(&self, planned: &Planned) -> (usize, Vec<Range<usize>>) {
        let periods = 0..self.periods.len();
        match &planned.slices {
            Slices::Stretches { timeline, .. } => {
                let (_, timeline) = &self.timelines[*timeline];
                (timeline.stretches(), periods.map(|period| timeline.period(period)).collect())
            }
            Slices::Periods(_) => (periods.len(), periods.map(|period| period..period + 1).collect()),
        }
    }

    /// The stretches in which the rows of a slice lie, with the index of their timeline; `None` if they may have any
    /// date.
    pub fn stretches(&self, planned: &Planned, slice: usize) -> Option<(usize, Range<usize>)> {
        match (&planned.slices, &planned.measure.membership) {
            (Slices::Stretches { timeline, .. }, _) => Some((*timeline, slice..slice + 1)),
            (Slices::Periods(_), Membership::Dated(dated)) => {
                let at = self.timelines.iter().position(|(reach, _)| *reach == dated.reach);
                let at = at.expect("it was made for this measure");
                Some((at, self.timelines[at].1.period(slice)))
            }
            (Slices::Periods(_), Membership::Existing(..) | Membership::All) => None,
        }
    }

    /// For each view, when rows would next be seen otherwise, as long as none was looked at.
    pub fn next(&self) -> Vec<Next> {
        let timelines = || self.timelines.iter().map(|(_, timeline)| timeline.stretches());
        self.views.iter().map(|_| Next::new(timelines())).collect()
    }

    /// The rows that any of the measures counts in any of the periods.
    pub fn window(&self) -> Option<Window> {
        match &self.membership {
            Membership::All => None,
            Membership::Dated(dated) => {
                let ranges = self.timelines.iter().flat_map(|(_, timeline)| timeline.ranges()).collect();
                Some(Window { path: dated.by.clone(), ranges: joined(ranges), lasting: None })
            }
            Membership::Existing(life, _) => {
                let first = self.periods_asked().map(|period| life.bounds(period).start).min().unwrap_or(0);
                let last = self.periods_asked().map(|period| life.bounds(period).end).max().unwrap_or(0);
                let until = life.ends();
                let lasting = (!until.is_empty()).then_some(Lasting { until, at: first });
                let came_before = i64::MIN..last;
                Some(Window { path: life.from.clone(), ranges: Vec::from([came_before]), lasting })
            }
        }
    }

    /// The periods that any sight asks for.
    fn periods_asked(&self) -> impl Iterator<Item = &'a Period> {
        let asked = |at: &usize| self.sights.iter().any(|sight| sight.0[*at].is_some());
        (0..self.periods.len()).filter(asked).map(|at| &self.periods[at])
    }

    /// Asks a source what rows held before by which they are grouped.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn ask<S: Source>(&mut self, source: &mut S) -> Result<(), S::Error> {
        self.groupings.iter_mut().try_for_each(|grouping| grouping.ask(&self.table, source))
    }

    /// Everything that the measures and groupings read, and what tells since when it is known, within a window;
    /// `with_id` adds the ids of the rows, `gate` what tells scopes apart.
    pub fn scan(&mut self, window: Option<Window>, scope: &Scope, with_id: bool, gate: Option<&Gate>) -> Scan {
        let mut columns: Vec<Projection> = self.membership.date().cloned().map(Projection::of).into_iter().collect();
        // A scan has at least one column, and all() asks for none.
        if with_id || columns.is_empty() {
            columns.push(self.id());
        }
        let levels = self.measures.iter().filter_map(|planned| planned.filter.as_ref());
        let levels = levels.flat_map(|filter| Part::Condition(filter).columns()).map(|(_, column)| column);
        let read = self.measures.iter().flat_map(|planned| planned.measure.columns());
        let gates = gate.into_iter().flat_map(Gate::columns);
        for column in self.groupings.iter().flat_map(Grouping::columns).chain(levels).chain(read).chain(gates) {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        if self.views.iter().any(|view| !view.is_of_everything()) {
            let read: Vec<&Projection> = self.measures.iter().flat_map(|planned| planned.measure.columns()).collect();
            self.known = Known::of(&self.table, self.membership.date(), &read, &mut columns);
        }
        Scan { table: self.table.clone(), columns, window, scope: scope.clone() }
    }

    /// Asks a source what the columns of the scan held before they were changed.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn ask_past<S: Source>(&mut self, source: &mut S) -> Result<(), S::Error> {
        self.known.ask(&self.table, &self.views, source)
    }

    /// The figures over related rows that the measures read, as they are seen, each once.
    pub fn related(&self) -> Vec<Wanted> {
        let mut related: Vec<Wanted> = Vec::new();
        for planned in &self.measures {
            for measure in planned.measure.parts().into_iter().flat_map(Part::children) {
                let wanted = |view, period: Option<usize>| Wanted {
                    measure: measure.clone(),
                    view,
                    period: period.filter(|_| measure.needs_period()),
                };
                match &planned.slices {
                    Slices::Stretches { view, .. } => _ = place(&mut related, wanted(*view, None)),
                    Slices::Periods(views) => {
                        let asked = views.iter().enumerate().filter_map(|(period, view)| Some((period, (*view)?)));
                        asked.for_each(|(period, view)| _ = place(&mut related, wanted(view, Some(period))));
                    }
                }
            }
        }
        related
    }

    /// The column of the rows' ids.
    pub fn id(&self) -> Projection {
        Projection::of(Path::own(self.table.id()))
    }
}

/// The measure's filter; for targets and forecasts, with the level at which they are read: a total is read from those
/// that name nobody, a breakdown by rep from those that name one. What is not broken down by a level is read, in a
/// scope, at the level of its restriction, the lowest of several: what its regions planned is its total.
fn read_at_level(measure: &Measure, by: &Breakdown, scope: &Scope) -> Option<Condition> {
    let Some(levels) = &measure.table.levels else { return measure.filter.clone() };
    let origin = Origin { table: measure.table.clone(), depth: 0 };
    let named = |level: &Level| {
        let column = level.column.as_ref()?;
        Some(Condition::IsSet(Expr::Column(origin.clone(), Projection::of(Path::own(column)))))
    };
    let level = |dimension: &Dimension| levels.iter().find(|level| level.dimension == *dimension);
    let restricts = |level: &&Level| scope.texts(&level.dimension).is_some();
    let mut wanted: Vec<&Level> = by.iter().filter_map(level).collect();
    if wanted.is_empty() {
        wanted.extend(levels.iter().find(restricts));
    }
    let conditions: Vec<Condition> = if wanted.is_empty() {
        levels.iter().filter_map(named).map(|named| Condition::Not(Arc::new(named))).collect()
    } else {
        wanted.into_iter().filter_map(named).collect()
    };
    measure.filter.iter().cloned().chain(conditions).reduce(Condition::and)
}
