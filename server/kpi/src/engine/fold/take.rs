//! Adds one batch of rows to the states of every measure.

use super::plan::{Plan, Planned, Slices};
use super::states::States;
use crate::engine::gate::Admitted;
use crate::engine::grouping::Grouping;
use crate::engine::known::{Next, Seen};
use crate::engine::rows::{Rows, row_numbers};
use crate::engine::sight::View;
use crate::measure::expr::{Condition, Part};
use crate::measure::membership::{Lifetime, Membership, Moment};
use crate::time::period::Period;
use crate::time::timeline::Timeline;
use std::borrow::Cow;
use std::sync::Arc;

/// Adds the rows of a batch to the states of each measure in each of its groupings; where there are several scopes,
/// those that some of them see, each to the states of its class.
pub fn take(plan: &mut Plan, states: &mut [Vec<States>], next: &mut [Next], rows: Rows, admitted: Option<&Admitted>) {
    let Plan { groupings, measures, timelines, membership, periods, views, known, .. } = plan;
    let classes = admitted.map(|admitted| &admitted.classes[..]);
    let fixed = |grouping: &mut Grouping| {
        if grouping.depends_on_period() { Groups::default() } else { Groups::of(grouping, &rows, classes) }
    };
    let groups: Vec<Groups> = groupings.iter_mut().map(fixed).collect();
    let dates = membership.date().map_or(&[][..], |date| rows.dates(date));
    let stretches: Vec<Stretches> =
        timelines.iter().map(|(_, timeline)| Stretches::of(timeline, &groups, dates)).collect();
    let of_rows: Vec<&[Option<usize>]> = stretches.iter().map(|stretches| &stretches.of_rows[..]).collect();
    let undated = known.undated(&rows);
    let seen = |(view, next): (&View, &mut Next)| {
        let mut seen = known.seen(&rows, view, &of_rows, next);
        if let Some(admitted) = admitted {
            seen.restrict(&admitted.there);
        }
        seen
    };
    let seen: Vec<Seen> = views.iter().zip(next).map(seen).collect();
    let views: Vec<Viewed> =
        seen.iter().enumerate().map(|(index, seen)| Viewed::new(rows, membership, index, seen)).collect();
    let mut selections = Selections::default();
    for (planned, states) in measures.iter().zip(states) {
        let undated = undated.of(&planned.measure.columns(), &rows);
        let add = Add { planned, undated: undated.as_deref() };
        match &planned.slices {
            Slices::Stretches { timeline, view } => {
                let (stretches, viewed) = (&stretches[*timeline], &views[*view]);
                let selected = selections.of((*timeline, stretches), (*view, viewed), planned.filter.as_ref());
                let groups: Vec<&Groups> = planned.groupings.iter().map(|grouping| &groups[*grouping]).collect();
                add.to(states, &viewed.rows, &selected, &groups, &Slice::Stretch(stretches));
            }
            Slices::Periods(of_periods) => {
                let by_period = ByPeriod { add, views: &views, of_periods, periods, classes };
                by_period.take(states, groupings, &groups);
            }
        }
    }
}

/// The rows of a batch in one view.
pub struct Viewed<'a> {
    pub rows: Rows<'a>,
    /// As they are now. The date by which a row belongs to a period, and its group, are the same whenever it is seen.
    plain: Rows<'a>,
    /// Which of them are there; `None`: all.
    there: Option<&'a [bool]>,
    /// When each row ceases to exist, NaN if it does not; `None` where none does.
    ends: Option<Cow<'a, [f64]>>,
}

impl<'a> Viewed<'a> {
    /// The rows in the view of that index.
    pub fn new(rows: Rows<'a>, membership: &'a Membership, index: usize, seen: &'a Seen) -> Viewed<'a> {
        let (plain, rows) = (rows, rows.seen(index, &seen.masked));
        let ends = match membership {
            Membership::Existing(life, _) => life.until.as_ref().map(|until| rows.numbers(until)),
            Membership::Dated(_) | Membership::All => None,
        };
        Viewed { rows, plain, there: seen.there.as_deref(), ends }
    }

    /// Which rows are there and belong to a period.
    pub fn belonging(&self, membership: &Membership, period: &Period) -> Vec<bool> {
        let Viewed { plain, there, ends, .. } = self;
        let mut mask = match membership {
            Membership::All => vec![true; plain.batch.len()],
            Membership::Dated(dated) => plain.within(&dated.by, &dated.span(period)),
            Membership::Existing(life, moment) => existing(life, *moment, period, ends.as_deref(), plain),
        };
        if let Some(there) = there {
            restrict(&mut mask, there);
        }
        mask
    }
}

/// A measure for which rows are looked at once for each period.
struct ByPeriod<'a, 'p> {
    add: Add<'a, 'p>,
    views: &'a [Viewed<'a>],
    /// The index of the view of each period that is asked for.
    of_periods: &'a [Option<usize>],
    periods: &'a [Period],
    classes: Option<&'a [u32]>,
}

impl ByPeriod<'_, '_> {
    /// `groups` are those of all groupings that do not depend on the period.
    fn take(&self, states: &mut [States], groupings: &mut [Grouping], groups: &[Groups]) {
        let ByPeriod { add, views, of_periods, periods, classes } = *self;
        let planned = add.planned;
        // Only a filter that names the period is evaluated for each of them.
        let fixed = planned.filter.as_ref().filter(|filter| !Part::Condition(filter).needs_period());
        let mut passes: Vec<Option<Vec<bool>>> = vec![None; views.len()];
        let asked = periods.iter().enumerate().zip(of_periods).filter_map(|(period, view)| Some((period, (*view)?)));
        for ((index, period), view) in asked {
            let rows = views[view].rows.counted_for(index, period);
            let mut mask = views[view].belonging(&planned.measure.membership, period);
            match (fixed, &planned.filter) {
                (Some(fixed), _) => restrict(&mut mask, passes[view].get_or_insert_with(|| rows.mask(fixed))),
                (None, Some(filter)) => restrict(&mut mask, &rows.mask(filter)),
                (None, None) => {}
            }
            let mut own = |at: &usize| {
                let grouping = &mut groupings[*at];
                let plain = views[view].plain.counted_for(index, period);
                grouping.depends_on_period().then(|| Groups::of(grouping, &plain, classes))
            };
            let own: Vec<Option<Groups>> = planned.groupings.iter().map(&mut own).collect();
            let of_all = planned.groupings.iter().map(|grouping| &groups[*grouping]);
            let groups: Vec<&Groups> = own.iter().zip(of_all).map(|(own, all)| own.as_ref().unwrap_or(all)).collect();
            let slice = Slice::Period { index, of: periods.len() };
            add.to(states, &rows, &selected(&mask), &groups, &slice);
        }
    }
}

/// Adds rows to the states of a measure.
#[derive(Clone, Copy)]
struct Add<'a, 'p> {
    planned: &'a Planned<'p>,
    /// The rows of which it reads a value that has no date, if there are any.
    undated: Option<&'a [bool]>,
}

impl Add<'_, '_> {
    /// Adds the selected rows to the states in each grouping; `groups` are those of its groupings.
    fn to(&self, states: &mut [States], rows: &Rows, selected: &[u32], groups: &[&Groups], slice: &Slice) {
        if selected.is_empty() {
            return;
        }
        let Add { planned, undated } = *self;
        let contributions = rows.contributions(&planned.measure.aggregate);
        for ((grouping, groups), states) in planned.groupings.iter().zip(groups).zip(states) {
            let slots = slice.slots(*grouping, groups);
            let places = states.places(selected, &slots, groups.count * slice.count());
            states.add(rows, selected, &places, &contributions);
            if let Some(undated) = undated {
                states.add_undated(undated, selected, &places);
            }
        }
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

/// Keeps the rows that both let through.
pub fn restrict(mask: &mut [bool], by: &[bool]) {
    mask.iter_mut().zip(by).for_each(|(mask, by)| *mask &= *by);
}

fn selected(mask: &[bool]) -> Vec<u32> {
    row_numbers(mask.len()).filter(|row| mask[*row as usize]).collect()
}

/// The line of states of each row of a batch: that of its group, or of its group and class.
#[derive(Default)]
struct Groups {
    of_rows: Vec<u32>,
    /// How many lines there are so far.
    count: usize,
}

impl Groups {
    fn of(grouping: &mut Grouping, rows: &Rows, classes: Option<&[u32]>) -> Groups {
        let of_rows = grouping.lines(rows, classes);
        Groups { of_rows, count: grouping.len() }
    }
}

/// The stretches of a timeline in which the rows of a batch lie.
struct Stretches {
    count: usize,
    /// That of each row, if any holds it.
    of_rows: Vec<Option<usize>>,
    /// For each grouping, the slot of each row.
    slots: Vec<Vec<u32>>,
}

impl Stretches {
    fn of(timeline: &Timeline, groups: &[Groups], dates: &[f64]) -> Stretches {
        let of_rows: Vec<Option<usize>> = dates.iter().map(|date| timeline.stretch(*date)).collect();
        let count = timeline.stretches();
        let slots = |groups: &Groups| {
            let pairs = groups.of_rows.iter().zip(&of_rows);
            pairs.map(|(line, stretch)| slot(*line, count, stretch.unwrap_or(0))).collect()
        };
        let slots = groups.iter().map(slots).collect();
        Stretches { count, of_rows, slots }
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
#[derive(Default)]
struct Selections<'a>(Vec<Selection<'a>>);

/// The rows that a filter lets through, on the timeline and in the view of these indices.
struct Selection<'a> {
    timeline: usize,
    view: usize,
    filter: Option<&'a Condition>,
    rows: Arc<[u32]>,
}

impl<'a> Selections<'a> {
    fn of(
        &mut self,
        (timeline, stretches): (usize, &Stretches),
        (view, viewed): (usize, &Viewed<'a>),
        filter: Option<&'a Condition>,
    ) -> Arc<[u32]> {
        let same = |known: &&Selection| known.timeline == timeline && known.view == view && known.filter == filter;
        if let Some(known) = self.0.iter().find(same) {
            return known.rows.clone();
        }
        let mut mask: Vec<bool> = stretches.of_rows.iter().map(Option::is_some).collect();
        viewed.there.iter().for_each(|there| restrict(&mut mask, there));
        if let Some(filter) = filter {
            restrict(&mut mask, &viewed.rows.mask(filter));
        }
        let rows: Arc<[u32]> = selected(&mask).into();
        self.0.push(Selection { timeline, view, filter, rows: rows.clone() });
        rows
    }
}
