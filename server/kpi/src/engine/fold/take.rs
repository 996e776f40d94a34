//! Adds one batch of rows to the states of every measure.

use super::plan::{Plan, Planned, Slices};
use super::states::States;
use crate::engine::grouping::Grouping;
use crate::engine::rows::{Rows, row_numbers};
use crate::measure::expr::{Condition, Part};
use crate::measure::membership::{Lifetime, Membership, Moment};
use crate::time::period::Period;
use crate::time::timeline::Timeline;
use std::borrow::Cow;
use std::sync::Arc;

/// Adds the rows of a batch to the states of each measure in each of its groupings.
pub fn take(plan: &mut Plan, states: &mut [Vec<States>], rows: Rows) {
    let Plan { groupings, measures, timelines, membership, periods, .. } = plan;
    let fixed = |grouping: &mut Grouping| {
        if grouping.depends_on_period() { Groups::default() } else { Groups::of(grouping, &rows) }
    };
    let groups: Vec<Groups> = groupings.iter_mut().map(fixed).collect();
    let dates = membership.date().map_or(&[][..], |date| rows.dates(date));
    let stretches: Vec<Stretches> =
        timelines.iter().map(|(_, timeline)| Stretches::of(timeline, &groups, dates)).collect();
    let mut selections = Selections { rows, known: Vec::new() };
    let ends = ends(membership, &rows);
    for (planned, states) in measures.iter().zip(states) {
        match planned.slices {
            Slices::Stretches(timeline) => {
                let selected = selections.of(timeline, &stretches[timeline], planned.filter.as_ref());
                let groups: Vec<&Groups> = planned.groupings.iter().map(|grouping| &groups[*grouping]).collect();
                add(planned, states, &rows, &selected, &groups, &Slice::Stretch(&stretches[timeline]));
            }
            Slices::Periods => {
                let by_period = ByPeriod { planned, rows: &rows, periods, ends: ends.as_deref() };
                by_period.take(states, groupings, &groups);
            }
        }
    }
}

/// A measure for which rows are looked at once for each period.
struct ByPeriod<'a, 'p> {
    planned: &'a Planned<'p>,
    rows: &'a Rows<'a>,
    periods: &'a [Period],
    /// When each row ceases to exist.
    ends: Option<&'a [f64]>,
}

impl ByPeriod<'_, '_> {
    /// `groups` are those of all groupings that do not depend on the period.
    fn take(&self, states: &mut [States], groupings: &mut [Grouping], groups: &[Groups]) {
        let ByPeriod { planned, rows, periods, ends } = *self;
        // Only a filter that names the period is evaluated for each of them.
        let fixed = planned.filter.as_ref().filter(|filter| !Part::Condition(filter).needs_period());
        let fixed = fixed.map(|filter| rows.mask(filter));
        for (index, period) in periods.iter().enumerate() {
            let rows = rows.counted_for(index, period);
            let mut mask = match &planned.measure.membership {
                Membership::All => vec![true; rows.batch.len()],
                Membership::Dated(dated) => rows.dated(dated, period),
                Membership::Existing(life, moment) => existing(life, *moment, period, ends, &rows),
            };
            match (&fixed, &planned.filter) {
                (Some(passes), _) => restrict(&mut mask, passes),
                (None, Some(filter)) => restrict(&mut mask, &rows.mask(filter)),
                (None, None) => {}
            }
            let mut own = |at: &usize| {
                let grouping = &mut groupings[*at];
                grouping.depends_on_period().then(|| Groups::of(grouping, &rows))
            };
            let own: Vec<Option<Groups>> = planned.groupings.iter().map(&mut own).collect();
            let of_all = planned.groupings.iter().map(|grouping| &groups[*grouping]);
            let groups: Vec<&Groups> = own.iter().zip(of_all).map(|(own, all)| own.as_ref().unwrap_or(all)).collect();
            let slice = Slice::Period { index, of: periods.len() };
            add(planned, states, &rows, &selected(&mask), &groups, &slice);
        }
    }
}

/// Adds the selected rows to the states of a measure in each grouping; `groups` are those of its groupings.
fn add(planned: &Planned, states: &mut [States], rows: &Rows, selected: &[u32], groups: &[&Groups], slice: &Slice) {
    if selected.is_empty() {
        return;
    }
    let contributions = rows.contributions(&planned.measure.aggregate);
    for ((grouping, groups), states) in planned.groupings.iter().zip(groups).zip(states) {
        states.grow(groups.count * slice.count());
        states.add(rows, selected, &slice.slots(*grouping, groups), &contributions);
    }
}

/// When each row ceases to exist, NaN if it does not; `None` where none does.
fn ends<'a>(membership: &'a Membership, rows: &Rows<'a>) -> Option<Cow<'a, [f64]>> {
    match membership {
        Membership::Existing(life, _) => life.until.as_ref().map(|until| rows.numbers(until)),
        Membership::Dated(_) | Membership::All => None,
    }
}

/// Which rows exist at a moment of a period.
#[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
fn existing(life: &Lifetime, moment: Moment, period: &Period, ends: Option<&[f64]>, rows: &Rows) -> Vec<bool> {
    let span = moment.of(life.bounds(period));
    let (start, end) = (span.start as f64, span.end as f64);
    let came = rows.dates(&life.from).iter().map(|from| *from < end);
    match ends {
        None => came.collect(),
        Some(ends) => came.zip(ends).map(|(came, end)| came && (end.is_nan() || *end >= start)).collect(),
    }
}

fn restrict(mask: &mut [bool], by: &[bool]) {
    mask.iter_mut().zip(by).for_each(|(mask, by)| *mask &= *by);
}

fn selected(mask: &[bool]) -> Vec<u32> {
    row_numbers(mask.len()).filter(|row| mask[*row as usize]).collect()
}

/// The group of each row of a batch: the line of its states.
#[derive(Default)]
struct Groups {
    of_rows: Vec<u32>,
    /// How many groups have been seen so far.
    count: usize,
}

impl Groups {
    fn of(grouping: &mut Grouping, rows: &Rows) -> Groups {
        let of_rows = grouping.assign(rows);
        Groups { of_rows, count: grouping.len() }
    }
}

/// The stretches of a timeline in which the rows of a batch lie.
struct Stretches {
    count: usize,
    /// Whether any stretch holds the row.
    holds: Vec<bool>,
    /// For each grouping, the slot of each row.
    slots: Vec<Vec<u32>>,
}

impl Stretches {
    fn of(timeline: &Timeline, groups: &[Groups], dates: &[f64]) -> Stretches {
        let found: Vec<Option<usize>> = dates.iter().map(|date| timeline.stretch(*date)).collect();
        let count = timeline.stretches();
        let slots = |groups: &Groups| {
            let pairs = groups.of_rows.iter().zip(&found);
            pairs.map(|(line, stretch)| slot(*line, count, stretch.unwrap_or(0))).collect()
        };
        let holds = found.iter().map(Option::is_some).collect();
        Stretches { count, holds, slots: groups.iter().map(slots).collect() }
    }
}

/// The slice of time to which rows are added.
enum Slice<'a> {
    /// For each row the stretch in which it lies.
    Stretch(&'a Stretches),
    /// The same period for all rows.
    Period { index: usize, of: usize },
}

impl<'a> Slice<'a> {
    /// How many slices there are.
    fn count(&self) -> usize {
        match self {
            Slice::Stretch(stretches) => stretches.count,
            Slice::Period { of, .. } => *of,
        }
    }

    /// The slot of each row.
    fn slots(&self, grouping: usize, groups: &Groups) -> Cow<'a, [u32]> {
        match self {
            Slice::Stretch(stretches) => Cow::Borrowed(&stretches.slots[grouping]),
            Slice::Period { index, of } => groups.of_rows.iter().map(|line| slot(*line, *of, *index)).collect(),
        }
    }
}

/// The place of a state among all states of a measure in one grouping.
fn slot(line: u32, slices: usize, slice: usize) -> u32 {
    u32::try_from(line as usize * slices + slice).expect("fewer than 2^32 cells")
}

/// The rows that each filter lets through, computed once for all measures that share it.
struct Selections<'a> {
    rows: Rows<'a>,
    known: Vec<Selection<'a>>,
}

/// The rows that a filter lets through, on the timeline of that index.
struct Selection<'a> {
    timeline: usize,
    filter: Option<&'a Condition>,
    rows: Arc<[u32]>,
}

impl<'a> Selections<'a> {
    fn of(&mut self, timeline: usize, stretches: &Stretches, filter: Option<&'a Condition>) -> Arc<[u32]> {
        let same = |known: &&Selection| known.timeline == timeline && known.filter == filter;
        if let Some(known) = self.known.iter().find(same) {
            return known.rows.clone();
        }
        let mut mask = stretches.holds.clone();
        if let Some(filter) = filter {
            restrict(&mut mask, &self.rows.mask(filter));
        }
        let rows: Arc<[u32]> = selected(&mask).into();
        self.known.push(Selection { timeline, filter, rows: rows.clone() });
        rows
    }
}
