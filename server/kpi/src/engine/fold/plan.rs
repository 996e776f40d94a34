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
use crate::engine::known::Known;
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
        let zone = Zoned(periods.first().map_or(jiff::tz::TimeZone::UTC, Period::zone));
        let (table, membership) = (measure.table.clone(), measure.membership.clone());
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
        let wanted = Grouping::new(by, measure, &self.zone);
        let mut groupings = self.measures[at].groupings.iter();
        Some((at, groupings.position(|grouping| self.groupings[*grouping].is_like(&wanted))?))
    }

    fn position(&self, measure: &Measure, filter: Option<&Condition>, sight: &Sight) -> Option<usize> {
        let seen_like = |known: &Planned| self.sights[known.sight] == *sight;
        let like = |known: &Planned| known.measure == measure && known.filter.as_ref() == filter && seen_like(known);
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

    /// The rows that any of the measures counts in any of the periods.
    pub fn window(&self) -> Option<Window> {
        match &self.membership {
            Membership::All => None,
            Membership::Dated(dated) => {
                let ranges = self.timelines.iter().flat_map(|(_, timeline)| timeline.ranges()).collect();
                Some(Window { path: dated.by.clone(), ranges: joined(ranges), lasting: None })
            }
            Membership::Existing(life, _) => {
                let first = self.periods.iter().map(|period| life.bounds(period).start).min().unwrap_or(0);
                let last = self.periods.iter().map(|period| life.bounds(period).end).max().unwrap_or(0);
                let until = life.ends();
                let lasting = (!until.is_empty()).then_some(Lasting { until, at: first });
                let came_before = i64::MIN..last;
                Some(Window { path: life.from.clone(), ranges: Vec::from([came_before]), lasting })
            }
        }
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
