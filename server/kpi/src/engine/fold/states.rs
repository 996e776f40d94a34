//! What a measure keeps of the rows added to it, by slot.

use crate::engine::rows::Rows;
use crate::measure::aggregate::accumulator::{self, Accumulator, Reading, arrange, within};
use crate::measure::aggregate::spread::{Around, Spread};
use crate::measure::{Latest, Measure};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

/// The slot in which the latest rows are aggregated.
const FIRST: &[Range<usize>] = std::slice::from_ref(&(0..1));

/// The states of one measure in one breakdown.
pub struct States<'a> {
    kept: Kept<'a>,
    /// How many of the rows have a value without a date, by place; shorter than the states where none follows.
    undated: Vec<u64>,
    places: Places,
}

/// For which slots there are states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// For all: they are quick to find, and can be written back.
    All,
    /// For those that rows were added to; so many slots are a line.
    WhereRowsAre { slices: usize },
}

/// Where the states of slots lie.
enum Places {
    /// In the order of the slots.
    All,
    AsAdded(AsAdded),
    InOrder(InOrder),
}

/// States in the order in which rows were added.
struct AsAdded {
    /// The place of each slot.
    known: FxHashMap<u32, u32>,
    /// How many slots a line has.
    slices: usize,
}

/// States in the order of their slots, once all rows were added.
struct InOrder {
    slots: Vec<u32>,
    slices: usize,
    /// Where the states of each line begin, and where those of the last one end.
    lines: Vec<u32>,
}

/// What is kept of the rows themselves.
enum Kept<'a> {
    /// Every row counts, and is added to the aggregate at once.
    All(Accumulator),
    /// Only the latest row of each series counts, so they are kept until they are read.
    Latest(LatestRows<'a>),
}

impl<'a> States<'a> {
    pub fn new(measure: &'a Measure, room: Room) -> States<'a> {
        let kept = match &measure.latest {
            Some(latest) => Kept::Latest(LatestRows { latest, measure, slots: Vec::new(), written: measure.begin() }),
            None => Kept::All(measure.begin()),
        };
        let places = match room {
            Room::All => Places::All,
            Room::WhereRowsAre { slices } => Places::AsAdded(AsAdded { known: FxHashMap::default(), slices }),
        };
        States { kept, undated: Vec::new(), places }
    }

    /// Where the states of the selected rows lie, by row of the batch, of which `slots` says where each belongs; there is
    /// room for them from then on. There are `count` slots so far.
    ///
    /// # Panics
    /// If the states were put in order before.
    pub fn places<'b>(&mut self, selected: &[u32], slots: &'b [u32], count: usize) -> Cow<'b, [u32]> {
        let (places, count) = match &mut self.places {
            Places::All => (Cow::Borrowed(slots), count),
            Places::AsAdded(AsAdded { known, .. }) => {
                let mut places = vec![0; slots.len()];
                for row in selected.iter().map(|row| *row as usize) {
                    let next = u32::try_from(known.len()).expect("fewer than 2^32 slots");
                    places[row] = *known.entry(slots[row]).or_insert(next);
                }
                (Cow::Owned(places), known.len())
            }
            Places::InOrder(_) => panic!("all rows were added before"),
        };
        match &mut self.kept {
            Kept::All(states) => states.grow(count),
            Kept::Latest(states) => states.grow(count),
        }
        places
    }

    /// Takes in the selected rows: `places` says where the state of each row of the batch lies, `contributions` what it
    /// contributes to the aggregate.
    pub fn add(&mut self, rows: &Rows, selected: &[u32], places: &[u32], contributions: &[Cow<[f64]>]) {
        match &mut self.kept {
            Kept::All(states) => states.add(selected, places, contributions),
            Kept::Latest(states) => states.add(rows, selected, places, contributions),
        }
    }

    /// Makes all slots quicker to read and to write down, once all rows were added.
    pub fn put_in_order(&mut self) {
        if let Kept::All(states) = &mut self.kept {
            states.put_in_order();
        }
        let Places::AsAdded(AsAdded { known, slices }) = &mut self.places else { return };
        let mut added: Vec<(u32, u32)> = std::mem::take(known).into_iter().collect();
        added.sort_unstable();
        let (slots, order): (Vec<u32>, Vec<u32>) = added.into_iter().unzip();
        match &mut self.kept {
            Kept::All(states) => states.arrange(&order),
            Kept::Latest(states) => arrange(&mut states.slots, &order),
        }
        arrange(&mut self.undated, &order);
        self.places = Places::InOrder(InOrder::new(slots, *slices));
    }

    /// Counts those of the selected rows that have a value without a date.
    pub fn add_undated(&mut self, undated: &[bool], selected: &[u32], places: &[u32]) {
        for row in selected.iter().map(|row| *row as usize).filter(|row| undated[*row]) {
            let place = places[row] as usize;
            self.undated.resize(self.undated.len().max(place + 1), 0);
            self.undated[place] += 1;
        }
    }

    /// Where the states of these slots lie, once they are in order.
    fn lying(&self, slots: impl Iterator<Item = Range<usize>>) -> SmallVec<[Range<usize>; 2]> {
        match &self.places {
            Places::InOrder(known) => {
                slots.map(|slots| known.lying(&slots)).filter(|places| !places.is_empty()).collect()
            }
            _ => slots.collect(),
        }
    }

    /// What is kept in a slot, for [`States::write_back`]; `None` if no row was added to it. Where there is room for all.
    pub fn written(&self, slot: usize) -> Option<Written<'static>> {
        let undated = self.undated.get(slot).copied().unwrap_or(0);
        let written = match &self.kept {
            Kept::All(states) => states.written(slot),
            Kept::Latest(states) => states.aggregated(std::slice::from_ref(&(slot..slot + 1))).written(0),
        };
        // A row without a value may be one of those without a date.
        (written.is_some() || undated > 0).then(|| Written { aggregate: written.unwrap_or_default(), undated })
    }

    /// Puts what was written down of the states of the same measure into a slot that no row was added to, where there is
    /// room for all; `None` if it is none of that.
    pub fn write_back(&mut self, slot: usize, Written { aggregate, undated }: &Written) -> Option<()> {
        if *undated > 0 {
            self.undated.resize(self.undated.len().max(slot + 1), 0);
            self.undated[slot] = *undated;
        }
        match &mut self.kept {
            Kept::All(states) => states.write_back(slot, aggregate),
            Kept::Latest(states) => states.written.write_back(slot, aggregate),
        }
    }

    /// Whether no row of any slot has a value without a date.
    pub fn are_dated(&self) -> bool {
        self.undated.is_empty()
    }

    /// How many rows of these slots have a value without a date.
    pub fn undated(&self, slots: impl Iterator<Item = Range<usize>>) -> u64 {
        within(&self.undated, &self.lying(slots)).sum()
    }

    /// The figure over all these slots together.
    pub fn read(&self, slots: impl Iterator<Item = Range<usize>>) -> Reading {
        match &self.kept {
            Kept::All(states) => states.over(&self.lying(slots)),
            Kept::Latest(states) => states.aggregated(&self.lying(slots)).read(0..1),
        }
    }

    /// See [`Accumulator::spread`].
    pub fn spread(&self, slots: impl Iterator<Item = Range<usize>>) -> Option<Spread> {
        match &self.kept {
            Kept::All(states) => states.spread(&self.lying(slots)),
            Kept::Latest(states) => states.aggregated(&self.lying(slots)).spread(FIRST),
        }
    }

    /// See [`Accumulator::around`].
    pub fn around(&self, slots: impl Iterator<Item = Range<usize>>, mark: f64) -> Option<Around> {
        match &self.kept {
            Kept::All(states) => states.around(&self.lying(slots), mark),
            Kept::Latest(states) => states.aggregated(&self.lying(slots)).around(FIRST, mark),
        }
    }
}

impl InOrder {
    fn new(slots: Vec<u32>, slices: usize) -> InOrder {
        let mut lines = vec![0];
        for (place, slot) in (0..).zip(&slots) {
            lines.resize(lines.len().max(*slot as usize / slices + 1), place);
        }
        lines.push(u32::try_from(slots.len()).expect("fewer than 2^32 slots"));
        InOrder { slots, slices, lines }
    }

    /// Where the states of some slots of one line lie.
    fn lying(&self, slots: &Range<usize>) -> Range<usize> {
        let line = slots.start / self.slices;
        let Some(&[begin, end]) = self.lines.get(line..line + 2) else { return 0..0 };
        let of_line = &self.slots[begin as usize..end as usize];
        let place = |slot: usize| begin as usize + of_line.partition_point(|known| (*known as usize) < slot);
        place(slots.start)..place(slots.end)
    }
}

/// What is kept in one slot, written down.
#[derive(Serialize, Deserialize)]
pub struct Written<'a> {
    #[serde(borrow)]
    aggregate: accumulator::Written<'a>,
    undated: u64,
}

/// The latest row of each series, by slot.
pub struct LatestRows<'a> {
    latest: &'a Latest,
    measure: &'a Measure,
    slots: Vec<FxHashMap<Box<[u64]>, LatestRow>>,
    /// Slots that were aggregated before; no rows are added to these.
    written: Accumulator,
}

#[derive(Debug, PartialEq, PartialOrd)]
struct LatestRow {
    by: f64,
    /// What it contributes to the aggregate; `None` if it is the latest, but does not count.
    contributions: Option<Vec<f64>>,
}

impl LatestRows<'_> {
    fn grow(&mut self, slots: usize) {
        self.slots.resize_with(slots.max(self.slots.len()), FxHashMap::default);
    }

    /// Rows come in any order: of two with the same date, the one with the greater contributions is kept.
    fn add(&mut self, rows: &Rows, selected: &[u32], slots: &[u32], contributions: &[Cow<[f64]>]) {
        let series: Vec<Vec<u64>> = self.latest.series.iter().map(|column| rows.codes(column)).collect();
        let by = rows.numbers(&self.latest.by);
        let passes = self.latest.filter.as_ref().map(|filter| rows.mask(filter));
        for row in selected.iter().map(|row| *row as usize) {
            let key: Box<[u64]> = series.iter().map(|codes| codes[row]).collect();
            let counts = passes.as_ref().is_none_or(|passes| passes[row]);
            let contributions = counts.then(|| contributions.iter().map(|values| values[row]).collect());
            let found = LatestRow { by: by[row], contributions };
            let known = &mut self.slots[slots[row] as usize];
            if known.get(&key).is_none_or(|known| found.partial_cmp(known) == Some(Ordering::Greater)) {
                known.insert(key, found);
            }
        }
    }

    /// The latest rows of all these slots, aggregated in one.
    fn aggregated(&self, slots: &[Range<usize>]) -> Accumulator {
        let mut latest: FxHashMap<&[u64], &LatestRow> = FxHashMap::default();
        for (key, row) in within(&self.slots, slots).flatten() {
            let known = latest.entry(&**key).or_insert(row);
            if row.partial_cmp(known) == Some(Ordering::Greater) {
                *known = row;
            }
        }
        let rows: Vec<&Vec<f64>> = latest.values().filter_map(|row| row.contributions.as_ref()).collect();
        let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
        let operands = 0..self.measure.aggregate.operands().len();
        let contributions: Vec<Cow<[f64]>> = operands.map(|at| Cow::Owned(column(at))).collect();
        let mut accumulator = self.measure.begin();
        accumulator.grow(1);
        let selected: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
        accumulator.add(&selected, &vec![0; rows.len()], &contributions);
        // Of all slots that are read together, rows of one are the latest.
        if let Some(written) = slots.iter().cloned().flatten().find_map(|slot| self.written.written(slot)) {
            accumulator.write_back(0, &written).expect("it was written by the same aggregate");
        }
        accumulator
    }
}
