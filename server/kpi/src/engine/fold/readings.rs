//! What the states of a measure say about each period and group.

use super::states::States;
use crate::data::cell::Group;
use crate::measure::aggregate::accumulator::Reading;
use crate::measure::aggregate::spread::{Around, Spread};
use std::collections::HashMap;
use std::ops::Range;

/// The readings of one measure in one breakdown.
pub struct Readings<'a> {
    states: &'a States<'a>,
    /// How many slices of time there are.
    slices: usize,
    /// Those that make up each period.
    periods: Vec<Range<usize>>,
    lines: HashMap<Vec<Group>, usize>,
}

impl<'a> Readings<'a> {
    /// The readings of states kept by `slices` slices of time, with the slices that make up each period and a line for
    /// each group.
    pub fn new(
        (slices, periods): (usize, Vec<Range<usize>>),
        groups: Vec<Vec<Group>>,
        states: &'a States<'a>,
    ) -> Readings<'a> {
        let lines = groups.into_iter().enumerate().map(|(line, group)| (group, line)).collect();
        Readings { states, slices, periods, lines }
    }

    /// Every group in which the measure saw a row of its table.
    pub fn groups(&self) -> impl Iterator<Item = &Vec<Group>> {
        self.lines.keys()
    }

    /// The line of a group, for [`Readings::over`]; `None` if the measure saw no row of it.
    pub fn line(&self, group: &[Group]) -> Option<usize> {
        self.lines.get(group).copied()
    }

    /// The measure's figure for the periods with these indices together and the group at a line; `None` where the periods
    /// do not follow each other, slice by slice. One does.
    pub fn over(&self, periods: &[usize], line: Option<usize>) -> Option<Reading> {
        Some(self.states.read(self.slots(periods, line)?))
    }

    /// How the values behind that figure lie around their mean, in the unit that rows store; `None` where the measure is
    /// no mean or there are fewer than two.
    pub fn spread(&self, periods: &[usize], line: Option<usize>) -> Option<Spread> {
        self.states.spread(self.slots(periods, line)?)
    }

    /// How many of the values behind that figure lie on either side of a mark, in the unit that rows store; `None` where
    /// the measure is no percentile.
    pub fn around(&self, periods: &[usize], line: Option<usize>, mark: f64) -> Option<Around> {
        self.states.around(self.slots(periods, line)?, mark)
    }

    /// Where the states of a group lie for these periods.
    fn slots(&self, periods: &[usize], line: Option<usize>) -> Option<Range<usize>> {
        let slices = |period: &usize| &self.periods[*period];
        let follow = periods.windows(2).all(|pair| slices(&pair[0]).end == slices(&pair[1]).start);
        let (first, last) = periods.first().zip(periods.last()).filter(|_| follow)?;
        let in_line = |line: usize| line * self.slices + slices(first).start..line * self.slices + slices(last).end;
        Some(line.map_or(0..0, in_line))
    }
}
