//! Aggregates: how many rows become one figure, and the states in which that goes on row by row, and which can be merged.

use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::ops::Range;

/// How many rows become one figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate<E> {
    Count,
    /// How many different values.
    Distinct(E),
    Sum(E),
    Mean(E),
    /// The value below which that share of the values lies, between 0 and 1, interpolated linearly between the two
    /// nearest (the definition that spreadsheets call inclusive); 0.5 is the median.
    Percentile(E, f64),
    Min(E),
    Max(E),
    /// The share of the sum that falls to that share of the rows with most, the number of rows rounded up: how much of
    /// the revenue comes from the top fifth of the customers.
    TopShare(E, f64),
    /// `value` of the row in which `by` is smallest, or greatest.
    Picked {
        by: E,
        value: E,
        last: bool,
    },
}

impl<E> Aggregate<E> {
    /// What is read of each row: nothing for a count, and the order first for a picked value.
    pub fn operands(&self) -> Vec<&E> {
        match self {
            Aggregate::Count => vec![],
            Aggregate::Distinct(expr)
            | Aggregate::Sum(expr)
            | Aggregate::Mean(expr)
            | Aggregate::Percentile(expr, _)
            | Aggregate::Min(expr)
            | Aggregate::Max(expr)
            | Aggregate::TopShare(expr, _) => vec![expr],
            Aggregate::Picked { by, value, .. } => vec![by, value],
        }
    }

    /// The same without what is read.
    fn shape(&self) -> Aggregate<()> {
        match self {
            Aggregate::Count => Aggregate::Count,
            Aggregate::Distinct(_) => Aggregate::Distinct(()),
            Aggregate::Sum(_) => Aggregate::Sum(()),
            Aggregate::Mean(_) => Aggregate::Mean(()),
            Aggregate::Percentile(_, share) => Aggregate::Percentile((), *share),
            Aggregate::Min(_) => Aggregate::Min(()),
            Aggregate::Max(_) => Aggregate::Max(()),
            Aggregate::TopShare(_, share) => Aggregate::TopShare((), *share),
            Aggregate::Picked { last, .. } => Aggregate::Picked { by: (), value: (), last: *last },
        }
    }

    /// Whether it counts: over no rows a count is 0, where other figures are absent.
    pub fn counts(&self) -> bool {
        matches!(self, Aggregate::Count | Aggregate::Distinct(_))
    }
}

/// The figures over related rows, by the id of the row they belong to.
#[derive(Debug)]
pub struct ByParent {
    figures: FxHashMap<u64, f64>,
    /// The figure of a row without related rows.
    absent: f64,
}

impl ByParent {
    /// The figure of the row with that id; NaN is missing.
    pub fn get(&self, id: f64) -> f64 {
        self.figures.get(&id.to_bits()).copied().unwrap_or(self.absent)
    }
}

/// A figure and how many rows it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// `None` over no rows, unless it is a count or a sum.
    pub value: Option<f64>,
    pub rows: u64,
}

/// A sum that loses nothing to the order of its terms (Neumaier 1974, “Rundungsfehleranalyse einiger Verfahren zur
/// Summation endlicher Summen”), so that both databases print the same.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    sum: f64,
    lost: f64,
    rows: u64,
}

impl Total {
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        self.sum = sum;
        self.rows += 1;
    }

    fn merge(mut self, other: &Total) -> Total {
        let rows = self.rows + other.rows;
        self.add(other.sum);
        self.lost += other.lost;
        self.rows = rows;
        self
    }

    fn value(&self) -> f64 {
        self.sum + self.lost
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Extreme {
    value: f64,
    rows: u64,
}

/// The states of one aggregate, one for each slot (a group in a stretch of time).
#[derive(Debug)]
enum States {
    Counts(Vec<u64>),
    Distinct(Vec<FxHashSet<u64>>),
    Totals(Vec<Total>),
    Values(Vec<Vec<f64>>),
    Extremes(Vec<Extreme>),
    /// The order and the value of the row picked so far.
    Picked(Vec<Option<(f64, f64)>>),
}

/// An aggregate at work.
#[derive(Debug)]
pub struct Accumulator {
    aggregate: Aggregate<()>,
    states: States,
}

impl Accumulator {
    /// Nothing seen yet.
    pub fn new<E>(aggregate: &Aggregate<E>) -> Accumulator {
        let states = match aggregate {
            Aggregate::Count => States::Counts(Vec::new()),
            Aggregate::Distinct(_) => States::Distinct(Vec::new()),
            Aggregate::Sum(_) | Aggregate::Mean(_) => States::Totals(Vec::new()),
            Aggregate::Percentile(..) | Aggregate::TopShare(..) => States::Values(Vec::new()),
            Aggregate::Min(_) | Aggregate::Max(_) => States::Extremes(Vec::new()),
            Aggregate::Picked { .. } => States::Picked(Vec::new()),
        };
        Accumulator { aggregate: aggregate.shape(), states }
    }

    /// Makes room for that many slots.
    pub fn grow(&mut self, slots: usize) {
        match &mut self.states {
            States::Counts(states) => states.resize(slots.max(states.len()), 0),
            States::Distinct(states) => states.resize_with(slots.max(states.len()), FxHashSet::default),
            States::Totals(states) => states.resize(slots.max(states.len()), Total::default()),
            States::Values(states) => states.resize_with(slots.max(states.len()), Vec::new),
            States::Extremes(states) => states.resize(slots.max(states.len()), Extreme::default()),
            States::Picked(states) => states.resize(slots.max(states.len()), None),
        }
    }

    /// Takes in the selected rows: `slots` says where each row belongs, `operands` what it contributes (by row, in the
    /// order of [`Aggregate::operands`]; NaN is left out).
    ///
    /// # Panics
    /// If there is no room for a slot, or an operand is missing.
    pub fn add(&mut self, selected: &[u32], slots: &[u32], operands: &[Cow<[f64]>]) {
        let rows = selected.iter().map(|row| *row as usize);
        let pairs = |operands| {
            let operands: &[f64] = operands;
            rows.clone().map(move |row| (slots[row] as usize, operands[row])).filter(|(_, value)| !value.is_nan())
        };
        match (&mut self.states, operands) {
            (States::Counts(states), _) => rows.for_each(|row| states[slots[row] as usize] += 1),
            (States::Distinct(states), [operands]) => {
                pairs(operands).for_each(|(slot, value)| _ = states[slot].insert(value.to_bits()));
            }
            (States::Totals(states), [operands]) => {
                pairs(operands).for_each(|(slot, value)| states[slot].add(value));
            }
            (States::Values(states), [operands]) => {
                pairs(operands).for_each(|(slot, value)| states[slot].push(value));
            }
            (States::Extremes(states), [operands]) => {
                let smaller = matches!(self.aggregate, Aggregate::Min(_));
                for (slot, value) in pairs(operands) {
                    let state = &mut states[slot];
                    if state.rows == 0 || (value < state.value) == smaller {
                        state.value = value;
                    }
                    state.rows += 1;
                }
            }
            (States::Picked(states), [by, values]) => {
                let last = matches!(self.aggregate, Aggregate::Picked { last: true, .. });
                for row in rows.filter(|row| !by[*row].is_nan()) {
                    let state = &mut states[slots[row] as usize];
                    let found = (by[row], values[row]);
                    if state.is_none_or(|known| comes_before(found, known, last)) {
                        *state = Some(found);
                    }
                }
            }
            _ => unreachable!("every aggregate gets its operands"),
        }
    }

    /// The figure over all these slots together.
    pub fn read(&self, slots: Range<usize>) -> Reading {
        let some = |rows: u64, value: f64| Reading { value: (rows > 0).then_some(value), rows };
        match &self.states {
            States::Counts(states) => {
                let count: u64 = within(states, slots).iter().sum();
                Reading { value: Some(exact(count)), rows: count }
            }
            States::Distinct(states) => {
                let mut sets = within(states, slots).iter();
                let first = sets.next().cloned().unwrap_or_default();
                let union = sets.fold(first, |mut union, set| {
                    union.extend(set);
                    union
                });
                Reading { value: Some(exact(union.len() as u64)), rows: union.len() as u64 }
            }
            States::Totals(states) => {
                let total = within(states, slots).iter().fold(Total::default(), Total::merge);
                match self.aggregate {
                    Aggregate::Mean(_) => some(total.rows, total.value() / exact(total.rows)),
                    _ => Reading { value: Some(total.value()), rows: total.rows },
                }
            }
            States::Values(states) => {
                let mut values: Vec<f64> = within(states, slots).iter().flatten().copied().collect();
                let rows = values.len() as u64;
                match self.aggregate {
                    Aggregate::Percentile(_, share) => some(rows, percentile(&mut values, share)),
                    Aggregate::TopShare(_, share) => {
                        let value = top_share(&mut values, share);
                        Reading { value: Some(value).filter(|value| value.is_finite()), rows }
                    }
                    _ => unreachable!("only these keep values"),
                }
            }
            States::Picked(states) => {
                let picked = within(states, slots).iter().flatten();
                let last = matches!(self.aggregate, Aggregate::Picked { last: true, .. });
                let found = picked.copied().reduce(|a, b| if comes_before(b, a, last) { b } else { a });
                let value = found.map(|(_, value)| value).filter(|value| !value.is_nan());
                Reading { value, rows: u64::from(found.is_some()) }
            }
            States::Extremes(states) => {
                let seen = within(states, slots).iter().filter(|state| state.rows > 0);
                let rows = seen.clone().map(|state| state.rows).sum();
                let values = seen.map(|state| state.value);
                let value = match self.aggregate {
                    Aggregate::Min(_) => values.reduce(f64::min),
                    _ => values.reduce(f64::max),
                };
                Reading { value, rows }
            }
        }
    }

    /// The figures of all slots, as those of the rows with these ids.
    pub fn by_parent(&self, ids: &[u64]) -> ByParent {
        let figure = |slot| self.read(slot..slot + 1).value.unwrap_or(f64::NAN);
        let figures = ids.iter().enumerate().map(|(slot, id)| (*id, figure(slot))).collect();
        let absent = Accumulator::new(&self.aggregate).read(0..0).value.unwrap_or(f64::NAN);
        ByParent { figures, absent }
    }
}

/// Whether a row, as its order and value, is picked rather than another one. Rows come in any order: of two alike the
/// greater value is picked.
fn comes_before(row: (f64, f64), other: (f64, f64), last: bool) -> bool {
    let order = row.0.total_cmp(&other.0);
    let order = if last { order.reverse() } else { order };
    order.then(other.1.total_cmp(&row.1)).is_lt()
}

/// The latest row of each series, one set of them for each slot.
#[derive(Debug, Default)]
pub struct LatestRows(Vec<FxHashMap<Box<[u64]>, LatestRow>>);

#[derive(Debug, PartialEq, PartialOrd)]
struct LatestRow {
    by: f64,
    /// What it contributes to the aggregate; `None` if it is the latest, but does not count.
    operands: Option<Vec<f64>>,
}

impl LatestRows {
    /// Makes room for that many slots.
    pub fn grow(&mut self, slots: usize) {
        self.0.resize_with(slots.max(self.0.len()), FxHashMap::default);
    }

    /// Takes in the selected rows: `series` says which rows belong together, `by` which of them is the latest, `passes`
    /// whether that one counts. Rows come in any order: of two dated alike the greater one stays.
    pub fn add(
        &mut self,
        selected: &[u32],
        slots: &[u32],
        series: &[Vec<u64>],
        by: &[f64],
        passes: Option<&[bool]>,
        operands: &[Cow<[f64]>],
    ) {
        for row in selected.iter().map(|row| *row as usize) {
            let key: Box<[u64]> = series.iter().map(|codes| codes[row]).collect();
            let counts = passes.is_none_or(|passes| passes[row]);
            let operands = counts.then(|| operands.iter().map(|operands| operands[row]).collect());
            let found = LatestRow { by: by[row], operands };
            let known = &mut self.0[slots[row] as usize];
            if known.get(&key).is_none_or(|known| found.partial_cmp(known).is_some_and(std::cmp::Ordering::is_gt)) {
                known.insert(key, found);
            }
        }
    }

    /// The figure over the latest rows in these slots.
    pub fn read<E>(&self, aggregate: &Aggregate<E>, slots: Range<usize>) -> Reading {
        let rows = within(&self.0, slots).iter().flat_map(FxHashMap::values);
        let rows: Vec<&Vec<f64>> = rows.filter_map(|row| row.operands.as_ref()).collect();
        let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
        let operands: Vec<Cow<[f64]>> = (0..aggregate.operands().len()).map(|at| Cow::Owned(column(at))).collect();
        let mut accumulator = Accumulator::new(aggregate);
        accumulator.grow(1);
        let selected: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
        accumulator.add(&selected, &vec![0; rows.len()], &operands);
        accumulator.read(0..1)
    }
}

/// The states of those slots that were ever reached.
fn within<T>(states: &[T], slots: Range<usize>) -> &[T] {
    &states[slots.start.min(states.len())..slots.end.min(states.len())]
}

#[expect(clippy::cast_precision_loss, reason = "no table has 2^53 rows")]
fn exact(count: u64) -> f64 {
    count as f64
}

/// The value below which `share` of the values lies; NaN of none. Reorders the values.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
fn percentile(values: &mut [f64], share: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let rank = share * (values.len() - 1) as f64;
    let below = rank.floor() as usize;
    let (_, at, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let at = *at;
    let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(at);
    at + (next - at) * (rank - rank.floor())
}

/// The share of the sum that falls to `share` of the values, the greatest, their number rounded up; NaN where the sum is
/// not positive, since a share of nothing is none. Reorders the values.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
fn top_share(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    let sum = |values: &[f64]| {
        let mut total = Total::default();
        for value in values {
            total.add(*value);
        }
        total.value()
    };
    // A fifth of 5 is 1, though 5 × 0.2 is a little more.
    let top = (values.len() as f64 * share - 1e-9).ceil().max(0.0) as usize;
    let all = sum(values);
    // What some brought in was taken away by others: then nobody has a share of it.
    let shared = values.last().is_some_and(|least| *least >= 0.0);
    if all > 0.0 && shared { sum(&values[..top.min(values.len())]) / all } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert!((percentile(&mut [4.0, 1.0, 3.0, 2.0], 0.5) - 2.5).abs() < f64::EPSILON);
        assert!((percentile(&mut [7.0], 0.5) - 7.0).abs() < f64::EPSILON);
        assert!((percentile(&mut [5.0, 1.0, 9.0], 0.9) - 8.2).abs() < 1e-12);
    }

    #[test]
    fn a_sum_does_not_depend_on_the_order_of_its_terms() {
        let sum = |terms: &[f64]| {
            let mut total = Total::default();
            for term in terms {
                total.add(*term);
            }
            total.value()
        };
        assert!((sum(&[1.0, 1e100, 1.0, -1e100]) - 2.0).abs() < f64::EPSILON);
        assert!((sum(&[1e100, 1.0, -1e100, 1.0]) - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn states_of_several_slots_are_merged() {
        let read = |aggregate: Aggregate<()>| {
            let mut accumulator = Accumulator::new(&aggregate);
            accumulator.grow(2);
            accumulator.add(&[0, 1, 2], &[0, 1, 1], &[Cow::Borrowed(&[10.0, 20.0, 20.0])]);
            accumulator.read(0..2)
        };
        assert_eq!(read(Aggregate::Sum(())), Reading { value: Some(50.0), rows: 3 });
        assert_eq!(read(Aggregate::Distinct(())), Reading { value: Some(2.0), rows: 2 });
        assert_eq!(read(Aggregate::Percentile((), 0.5)), Reading { value: Some(20.0), rows: 3 });
        assert_eq!(read(Aggregate::TopShare((), 0.2)), Reading { value: Some(0.4), rows: 3 });
        assert_eq!(read(Aggregate::Min(())), Reading { value: Some(10.0), rows: 3 });
    }

    #[test]
    fn the_top_fifth_of_five_is_one() {
        assert!((top_share(&mut [10.0, 50.0, 20.0, 10.0, 10.0], 0.2) - 0.5).abs() < 1e-12);
        assert!((top_share(&mut [10.0, 50.0, 20.0, 10.0, 10.0, 0.0], 0.2) - 0.7).abs() < 1e-12);
        assert!(top_share(&mut [], 0.2).is_nan());
    }

    #[test]
    fn over_no_rows_a_count_is_zero_and_a_mean_is_absent() {
        assert_eq!(Accumulator::new(&Aggregate::<()>::Count).read(0..1).value, Some(0.0));
        assert_eq!(Accumulator::new(&Aggregate::Mean(())).read(0..1).value, None);
    }
}
