//! What the states of a measure say about each period and group.

use super::states::States;
use crate::data::cell::Group;
use crate::measure::aggregate::accumulator::Reading;
use crate::measure::aggregate::spread::{Around, Spread};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// The readings of one measure in one breakdown.
pub struct Readings<'a> {
    states: &'a States<'a>,
    /// How many slices of time there are.
    slices: usize,
    /// Those that make up each period.
    periods: &'a [Range<usize>],
    /// Those of each group: one, or one for each class of its rows, and those of states that were kept.
    lines: FxHashMap<Vec<Group>, Vec<usize>>,
}

impl<'a> Readings<'a> {
    /// The readings of states kept by `slices` slices of time, with the slices that make up each period and the
    /// lines of each group.
    pub fn new(
        (slices, periods): (usize, &'a [Range<usize>]),
        lines: impl Iterator<Item = (Vec<Group>, Vec<usize>)>,
        states: &'a States<'a>,
    ) -> Readings<'a> {
        let mut of_groups: FxHashMap<Vec<Group>, Vec<usize>> = FxHashMap::default();
        lines.for_each(|(group, lines)| of_groups.entry(group).or_default().extend(lines));
        Readings { states, slices, periods, lines: of_groups }
    }

    /// Every group in which the measure saw a row of its table.
    pub fn groups(&self) -> impl Iterator<Item = &Vec<Group>> {
        self.lines.keys()
    }

    /// The lines of a group, for [`Readings::over`]; none if the measure saw no row of it.
    pub fn lines(&self, group: &[Group]) -> &[usize] {
        self.lines.get(group).map_or(&[], Vec::as_slice)
    }

    /// The measure's figure for the periods with these indices together and the group at these lines; `None` where the
    /// periods do not follow each other, slice by slice. One does.
    pub fn over(&self, periods: &[usize], lines: &[usize]) -> Option<Reading> {
        Some(self.states.read(self.slots(periods, lines)?))
    }

    /// How many of the rows behind that figure have a value without a date; none where [`Readings::over`] has no figure.
    pub fn undated(&self, periods: &[usize], lines: &[usize]) -> u64 {
        // Mostly there are none at all.
        let slots = if self.states.are_dated() { None } else { self.slots(periods, lines) };
        slots.map_or(0, |slots| self.states.undated(slots))
    }

    /// How the values behind that figure lie around their mean, in the unit that rows store; `None` where the measure is
    /// no mean or there are fewer than two.
    pub fn spread(&self, periods: &[usize], lines: &[usize]) -> Option<Spread> {
        self.states.spread(self.slots(periods, lines)?)
    }

    /// How many of the values behind that figure lie on either side of a mark, in the unit that rows store; `None` where
    /// the measure is no percentile.
    pub fn around(&self, periods: &[usize], lines: &[usize], mark: f64) -> Option<Around> {
        self.states.around(self.slots(periods, lines)?, mark)
    }

    /// Where the states of a group lie for these periods.
    fn slots<'b>(&self, periods: &[usize], lines: &'b [usize]) -> Option<impl Iterator<Item = Range<usize>> + use<'b>> {
        let slices = |period: &usize| &self.periods[*period];
        let follow = periods.windows(2).all(|pair| slices(&pair[0]).end == slices(&pair[1]).start);
        let (first, last) = periods.first().zip(periods.last()).filter(|_| follow)?;
        let (slices, start, end) = (self.slices, slices(first).start, slices(last).end);
        Some(lines.iter().map(move |line| line * slices + start..line * slices + end))
    }
}
