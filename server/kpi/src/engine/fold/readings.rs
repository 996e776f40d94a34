//! What the states of a measure say about each period and group.

use super::states::States;
use crate::data::cell::Group;
use crate::measure::aggregate::accumulator::Reading;
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

    /// The line of a group, for [`Readings::get`]; `None` if the measure saw no row of it.
    pub fn line(&self, group: &[Group]) -> Option<usize> {
        self.lines.get(group).copied()
    }

    /// The measure's figure for the period with that index and the group at a line.
    pub fn get(&self, period: usize, line: Option<usize>) -> Reading {
        self.states.read(self.slots(&self.periods[period], line))
    }

    /// Its figure for several periods together; `None` where they do not follow each other, slice by slice.
    pub fn over(&self, periods: &[usize], line: Option<usize>) -> Option<Reading> {
        let periods: Vec<&Range<usize>> = periods.iter().map(|period| &self.periods[*period]).collect();
        let (first, last) = (periods.first()?, periods.last()?);
        let follow = periods.windows(2).all(|pair| pair[0].end == pair[1].start);
        follow.then(|| self.states.read(self.slots(&(first.start..last.end), line)))
    }

    /// Where the states of a group lie for these slices.
    fn slots(&self, slices: &Range<usize>, line: Option<usize>) -> Range<usize> {
        line.map_or(0..0, |line| {
            let first = line * self.slices;
            first + slices.start..first + slices.end
        })
    }
}
