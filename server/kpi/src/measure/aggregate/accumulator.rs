//! A running aggregate: what it keeps of the rows of each slot, and the figure over several slots together.
//!
//! A slot is wherever rows are kept apart from others: a group in a stretch of time, or the rows of one parent.

use super::spread::{Around, Spread, exact};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// A figure and how many rows it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// `None` over no rows, unless it is a count or a sum; a sum is absent where there are rows and none has a value.
    pub value: Option<f64>,
    pub rows: u64,
    /// How many rows do not count, since their value cannot be: a duration below zero.
    pub left_out: u64,
}

impl Reading {
    /// A figure that is absent over no rows.
    pub(super) fn over(rows: u64, value: f64) -> Reading {
        Reading { value: (rows > 0).then_some(value), rows, left_out: 0 }
    }

    /// A count, of what it rests on.
    pub(super) fn of_count(rows: u64) -> Reading {
        Reading { value: Some(exact(rows)), rows, left_out: 0 }
    }
}

/// How an aggregate takes in rows; it reads that many `OPERANDS` of each.
pub(super) trait Rule<const OPERANDS: usize>: Send + Sync {
    /// What it keeps of the rows of one slot. It may be written down and read by a later program of the same version.
    type State: Default + Serialize + DeserializeOwned + Send + Sync;

    /// Takes in a row in which the first operand is not missing.
    fn add(&self, state: &mut Self::State, row: [f64; OPERANDS]);

    /// Takes notice of a row in which the first operand is missing.
    fn miss(&self, _state: &mut Self::State) {}

    /// Makes a state quicker to read, once all rows were added to it.
    fn put_in_order(&self, _state: &mut Self::State) {}

    /// The figure over the rows of all these states together.
    fn read<'a>(&self, states: impl Iterator<Item = &'a Self::State> + Clone) -> Reading
    where
        Self::State: 'a;

    /// How the values of all these states lie around their mean, where that is kept.
    fn spread<'a>(&self, _states: impl Iterator<Item = &'a Self::State>) -> Option<Spread>
    where
        Self::State: 'a,
    {
        None
    }

    /// How many values of all these states lie on either side of a mark, where they are kept.
    fn around<'a>(&self, _states: impl Iterator<Item = &'a Self::State>, _mark: f64) -> Option<Around>
    where
        Self::State: 'a,
    {
        None
    }
}

/// A running aggregate: a state for each slot.
pub struct Accumulator {
    states: Box<dyn Slots>,
    /// How many rows were left out of each slot; `None` if none ever is.
    left_out: Option<Vec<u64>>,
}

trait Slots: Send + Sync {
    fn grow(&mut self, slots: usize);
    fn add(&mut self, selected: &[u32], slots: &[u32], operands: &[Cow<[f64]>]);
    fn put_in_order(&mut self);
    fn arrange(&mut self, places: &[u32]);
    fn over(&self, slots: &[Range<usize>]) -> Reading;
    fn spread(&self, slots: &[Range<usize>]) -> Option<Spread>;
    fn around(&self, slots: &[Range<usize>], mark: f64) -> Option<Around>;
    fn written(&self, slot: usize) -> Option<Vec<u8>>;
    fn write_back(&mut self, slot: usize, written: &[u8]) -> Option<()>;
}

/// A rule and its states, by slot.
struct Ruled<R: Rule<OPERANDS>, const OPERANDS: usize> {
    rule: R,
    states: Vec<R::State>,
    /// A state to which no row was added, written down.
    empty: Vec<u8>,
}

impl Accumulator {
    pub(super) fn by<const OPERANDS: usize>(rule: impl Rule<OPERANDS> + 'static) -> Accumulator {
        Accumulator { states: Box::new(Ruled::new(rule)), left_out: None }
    }

    /// The same, but values below zero are missing, and counted.
    #[must_use]
    pub fn leaving_out_negatives(self) -> Accumulator {
        Accumulator { left_out: Some(Vec::new()), ..self }
    }

    /// Makes room for that many slots.
    pub fn grow(&mut self, slots: usize) {
        self.states.grow(slots);
        self.left_out.iter_mut().for_each(|left_out| left_out.resize(slots.max(left_out.len()), 0));
    }

    /// Takes in the selected rows: `slots` says where each row belongs, `operands` what it contributes (by row, in the
    /// order of the aggregate's operands; NaN is missing).
    ///
    /// # Panics
    /// If there is no room for a slot, or an operand is missing.
    pub fn add(&mut self, selected: &[u32], slots: &[u32], operands: &[Cow<[f64]>]) {
        let Some(left_out) = &mut self.left_out else { return self.states.add(selected, slots, operands) };
        let negative = |row: &u32| operands[0][*row as usize] < 0.0;
        if !selected.iter().any(negative) {
            return self.states.add(selected, slots, operands);
        }
        let without = operands[0].iter().map(|value| if *value < 0.0 { f64::NAN } else { *value }).collect();
        selected.iter().filter(|row| negative(row)).for_each(|row| left_out[slots[*row as usize] as usize] += 1);
        self.states.add(selected, slots, &[Cow::Owned(without)]);
    }

    /// Makes all slots quicker to read and to write down, once all rows were added.
    pub fn put_in_order(&mut self) {
        self.states.put_in_order();
    }

    /// Puts the states in another order: those that lie at these places.
    pub fn arrange(&mut self, places: &[u32]) {
        self.states.arrange(places);
        self.left_out.iter_mut().for_each(|left_out| arrange(left_out, places));
    }

    /// The figure over slots that follow each other; those that were never reached hold no rows.
    pub fn read(&self, slots: Range<usize>) -> Reading {
        self.over(&[slots])
    }

    /// The figure over all these slots together.
    pub fn over(&self, slots: &[Range<usize>]) -> Reading {
        let left_out = self.left_out.as_ref().map_or(0, |left_out| within(left_out, slots).sum());
        Reading { left_out, ..self.states.over(slots) }
    }

    /// How the values in all these slots lie around their mean, for a mean of at least two.
    pub fn spread(&self, slots: &[Range<usize>]) -> Option<Spread> {
        self.states.spread(slots)
    }

    /// How many values in all these slots lie on either side of a mark, for a percentile.
    pub fn around(&self, slots: &[Range<usize>], mark: f64) -> Option<Around> {
        self.states.around(slots, mark)
    }

    /// What is kept in a slot, for [`Accumulator::write_back`]; `None` if no row was added to it.
    pub fn written(&self, slot: usize) -> Option<Written<'static>> {
        let left_out = self.left_out.as_ref().and_then(|left_out| left_out.get(slot)).copied().unwrap_or(0);
        let state = self.states.written(slot);
        (state.is_some() || left_out > 0).then(|| Written { state: Cow::Owned(state.unwrap_or_default()), left_out })
    }

    /// Puts what was written down of another accumulator of the same aggregate into a slot that no row was added to;
    /// `None` if it is none of that.
    pub fn write_back(&mut self, slot: usize, written: &Written) -> Option<()> {
        self.grow(slot + 1);
        if let Some(left_out) = &mut self.left_out {
            left_out[slot] = written.left_out;
        }
        if written.state.is_empty() { Some(()) } else { self.states.write_back(slot, &written.state) }
    }
}

/// What an accumulator keeps in one slot, written down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Written<'a> {
    /// Empty if no row was added.
    #[serde(borrow)]
    state: Cow<'a, [u8]>,
    left_out: u64,
}

impl<R: Rule<OPERANDS>, const OPERANDS: usize> Ruled<R, OPERANDS> {
    fn new(rule: R) -> Self {
        Ruled { rule, states: Vec::new(), empty: Self::bytes_of(&R::State::default()) }
    }

    fn bytes_of(state: &R::State) -> Vec<u8> {
        postcard::to_allocvec(state).expect("states are plain data")
    }
}

impl<R: Rule<OPERANDS>, const OPERANDS: usize> Slots for Ruled<R, OPERANDS> {
    fn grow(&mut self, slots: usize) {
        self.states.resize_with(slots.max(self.states.len()), R::State::default);
    }

    fn add(&mut self, selected: &[u32], slots: &[u32], operands: &[Cow<[f64]>]) {
        let operands: [&[f64]; OPERANDS] = std::array::from_fn(|at| &*operands[at]);
        for row in selected.iter().map(|row| *row as usize) {
            let contributed = operands.map(|operand| operand[row]);
            let state = &mut self.states[slots[row] as usize];
            if contributed.first().is_none_or(|first| !first.is_nan()) {
                self.rule.add(state, contributed);
            } else {
                self.rule.miss(state);
            }
        }
    }

    fn put_in_order(&mut self) {
        self.states.iter_mut().for_each(|state| self.rule.put_in_order(state));
    }

    fn arrange(&mut self, places: &[u32]) {
        arrange(&mut self.states, places);
    }

    fn over(&self, slots: &[Range<usize>]) -> Reading {
        self.rule.read(within(&self.states, slots))
    }

    fn spread(&self, slots: &[Range<usize>]) -> Option<Spread> {
        self.rule.spread(within(&self.states, slots))
    }

    fn around(&self, slots: &[Range<usize>], mark: f64) -> Option<Around> {
        self.rule.around(within(&self.states, slots), mark)
    }

    fn written(&self, slot: usize) -> Option<Vec<u8>> {
        let written = self.states.get(slot).map(Self::bytes_of)?;
        (written != self.empty).then_some(written)
    }

    fn write_back(&mut self, slot: usize, written: &[u8]) -> Option<()> {
        self.states[slot] = postcard::from_bytes(written).ok()?;
        Some(())
    }
}

/// Puts what lies at these places in their order, and nothing else.
pub fn arrange<T: Default>(all: &mut Vec<T>, places: &[u32]) {
    let taken =
        places.iter().map(|place| all.get_mut(*place as usize).map(std::mem::take).unwrap_or_default()).collect();
    *all = taken;
}

/// What is kept in those slots that were ever reached.
pub fn within<'a, T>(states: &'a [T], slots: &'a [Range<usize>]) -> impl Iterator<Item = &'a T> + Clone {
    slots.iter().flat_map(|slots| &states[slots.start.min(states.len())..slots.end.min(states.len())])
}
