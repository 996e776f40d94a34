//! What the states of a measure say about each period and group.

use super::states::States;
use crate::data::cell::Group;
use crate::measure::aggregate::accumulator::Reading;
use std::collections::HashMap;
use std::ops::Range;

/// The readings of one measure in one breakdown.
pub struct Readings<'a> {
    states: &'a States<'a>,
    /// How many columns the states have.
    columns: usize,
    /// The columns of each period.
    periods: Vec<Range<usize>>,
    lines: HashMap<Vec<Group>, usize>,
}

impl<'a> Readings<'a> {
    /// The readings of states with so many columns, of which these belong to each period, and a line for each group.
    pub fn new(
        (columns, periods): (usize, Vec<Range<usize>>),
        groups: Vec<Vec<Group>>,
        states: &'a States<'a>,
    ) -> Readings<'a> {
        let lines = groups.into_iter().enumerate().map(|(line, group)| (group, line)).collect();
        Readings { states, columns, periods, lines }
    }

    /// Every group in which the measure saw a row of its table.
    pub fn groups(&self) -> impl Iterator<Item = &Vec<Group>> {
        self.lines.keys()
    }

    /// The line of a group, for [`Readings::get`]; `None` if the measure saw no row of it.
    pub fn line(&self, group: &[Group]) -> Option<usize> {
        self.lines.get(group).copied()
    }

    /// The measure's figure for the period of that index and the group of a line.
    pub fn get(&self, period: usize, line: Option<usize>) -> Reading {
        let columns = &self.periods[period];
        let slots = line.map_or(0..0, |line| {
            let first = line * self.columns;
            first + columns.start..first + columns.end
        });
        self.states.read(slots)
    }
}
