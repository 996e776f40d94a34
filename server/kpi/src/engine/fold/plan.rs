//! What a fold reads, and where the states of its measures lie.

use crate::data::cell::Breakdown;
use crate::data::dimension::Dimension;
use crate::data::model::{Level, Table};
use crate::data::path::{Path, Projection};
use crate::data::scan::{Lasting, Scan, Source, Window};
use crate::data::scope::Scope;
use crate::engine::grouping::Grouping;
use crate::measure::Measure;
use crate::measure::expr::{Condition, Expr, Origin, Part};
use crate::measure::membership::Membership;
use crate::time::period::{Period, Reach};
use crate::time::timeline::{Timeline, joined};
use crate::time::zone::Zoned;
use std::ops::Range;
use std::sync::Arc;

/// All measures that read the same table by the same dates, in all breakdowns in which one of them is wanted.
pub struct Plan<'a> {
    table: Table,
    /// That of the first measure; the rows of the others are found by the same dates.
    pub membership: Membership,
    pub periods: &'a [Period],
    /// The zone of the periods.
    pub zone: Zoned,
    /// The spans of time around the periods that are wanted, each cut at every boundary of a period.
    pub timelines: Vec<(Reach, Timeline)>,
    pub measures: Vec<Planned<'a>>,
    pub groupings: Vec<Grouping>,
}

/// One measure, and where its states lie.
pub struct Planned<'a> {
    pub measure: &'a Measure,
    /// The measure's own filter; for targets and forecasts, also the level at which they are read.
    pub filter: Option<Condition>,
    pub slices: Slices,
    /// The index of each grouping in which it is wanted.
    pub groupings: Vec<usize>,
}

/// The slices of time by which the states of one group are kept apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slices {
    /// The stretches of the timeline of that index: a row is added once, however many periods it belongs to.
    Stretches(usize),
    /// The periods: what a row contributes depends on the period.
    Periods,
}

impl<'a> Plan<'a> {
    /// A plan for measures that read the same rows as this one, still empty.
    pub fn like(measure: &Measure, periods: &'a [Period]) -> Plan<'a> {
        let zone = Zoned(periods.first().map_or(jiff::tz::TimeZone::UTC, Period::zone));
        let (table, membership) = (measure.table.clone(), measure.membership.clone());
        let (timelines, measures, groupings) = (Vec::new(), Vec::new(), Vec::new());
        Plan { table, membership, periods, zone, timelines, measures, groupings }
    }

    /// Whether a measure belongs in this plan.
    pub fn reads(&self, measure: &Measure) -> bool {
        self.table == measure.table && self.membership.is_found_like(&measure.membership)
    }

    /// Adds a measure in a breakdown; if the plan has them already, they are shared.
    pub fn want(&mut self, measure: &'a Measure, by: &Breakdown) {
        let grouping = self.grouping(measure, by);
        let filter = read_at_level(measure, by);
        let at = self.position(measure, filter.as_ref()).unwrap_or_else(|| {
            let slices = self.sliced(measure);
            self.measures.push(Planned { measure, filter, slices, groupings: Vec::new() });
            self.measures.len() - 1
        });
        let groupings = &mut self.measures[at].groupings;
        if !groupings.contains(&grouping) {
            groupings.push(grouping);
        }
    }

    /// The index of a measure, and among its groupings the one of a breakdown.
    pub fn find(&self, measure: &Measure, by: &Breakdown) -> Option<(usize, usize)> {
        let at = self.position(measure, read_at_level(measure, by).as_ref())?;
        let wanted = Grouping::new(by, measure, &self.zone);
        let mut groupings = self.measures[at].groupings.iter();
        Some((at, groupings.position(|grouping| self.groupings[*grouping].is_like(&wanted))?))
    }

    fn position(&self, measure: &Measure, filter: Option<&Condition>) -> Option<usize> {
        self.measures.iter().position(|known| known.measure == measure && known.filter.as_ref() == filter)
    }

    fn grouping(&mut self, measure: &Measure, by: &Breakdown) -> usize {
        let wanted = Grouping::new(by, measure, &self.zone);
        self.groupings.iter().position(|grouping| grouping.is_like(&wanted)).unwrap_or_else(|| {
            self.groupings.push(wanted);
            self.groupings.len() - 1
        })
    }

    fn sliced(&mut self, measure: &Measure) -> Slices {
        let Membership::Dated(dated) = &measure.membership else { return Slices::Periods };
        let at = self.timelines.iter().position(|(known, _)| *known == dated.reach).unwrap_or_else(|| {
            self.timelines.push((dated.reach, dated.timeline(self.periods)));
            self.timelines.len() - 1
        });
        if measure.needs_period() { Slices::Periods } else { Slices::Stretches(at) }
    }

    /// How many slices of time a measure has, and which of them make up each period.
    pub fn slices(&self, planned: &Planned) -> (usize, Vec<Range<usize>>) {
        let periods = 0..self.periods.len();
        match planned.slices {
            Slices::Stretches(timeline) => {
                let (_, timeline) = &self.timelines[timeline];
                (timeline.stretches(), periods.map(|period| timeline.period(period)).collect())
            }
            Slices::Periods => (periods.len(), periods.map(|period| period..period + 1).collect()),
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

    /// Everything that the measures and groupings read, within a window; `with_id` adds the ids of the rows.
    pub fn scan(&self, window: Option<Window>, scope: &Scope, with_id: bool) -> Scan {
        let mut columns: Vec<Projection> = self.membership.date().cloned().map(Projection::of).into_iter().collect();
        // A scan has at least one column, and all() asks for none.
        if with_id || columns.is_empty() {
            columns.push(self.id());
        }
        let levels = self.measures.iter().filter_map(|planned| planned.filter.as_ref());
        let levels = levels.flat_map(|filter| Part::Condition(filter).columns()).map(|(_, column)| column);
        let read = self.measures.iter().flat_map(|planned| planned.measure.columns());
        for column in self.groupings.iter().flat_map(Grouping::columns).chain(levels).chain(read) {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        Scan { table: self.table.clone(), columns, window, scope: scope.clone() }
    }

    /// The column of the rows' ids.
    pub fn id(&self) -> Projection {
        Projection::of(Path::own(self.table.id()))
    }
}

/// The measure's filter; for targets and forecasts, with the level at which they are read: a total is read from those
/// that name nobody, a breakdown by rep from those that name one.
fn read_at_level(measure: &Measure, by: &Breakdown) -> Option<Condition> {
    let Some(levels) = &measure.table.levels else { return measure.filter.clone() };
    let origin = Origin { table: measure.table.clone(), depth: 0 };
    let named = |level: &Level| {
        let column = level.column.as_ref()?;
        Some(Condition::IsSet(Expr::Column(origin.clone(), Projection::of(Path::own(column)))))
    };
    let level = |dimension: &Dimension| levels.iter().find(|level| level.dimension == *dimension);
    let wanted: Vec<&Level> = by.iter().filter_map(level).collect();
    let conditions: Vec<Condition> = if wanted.is_empty() {
        levels.iter().filter_map(named).map(|named| Condition::Not(Arc::new(named))).collect()
    } else {
        wanted.into_iter().filter_map(named).collect()
    };
    measure.filter.iter().cloned().chain(conditions).reduce(Condition::and)
}
