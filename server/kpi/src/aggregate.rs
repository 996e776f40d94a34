//! Measures: what is aggregated over which rows; and the states in which aggregation goes on row by row, and which can
//! be merged.

use crate::expr::{Condition, Expr};
use crate::model::{Path, Reference, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

/// How many rows become one figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    Count,
    /// How many different values.
    Distinct(Expr),
    Sum(Expr),
    Mean(Expr),
    /// The value below which that share of the values lies, between 0 and 1, interpolated linearly between the two
    /// nearest (the definition that spreadsheets call inclusive); 0.5 is the median.
    Percentile(Expr, f64),
    Min(Expr),
    Max(Expr),
}

impl Aggregate {
    /// What is aggregated; a count needs nothing of its rows.
    pub fn operand(&self) -> Option<&Expr> {
        match self {
            Aggregate::Count => None,
            Aggregate::Distinct(expr)
            | Aggregate::Sum(expr)
            | Aggregate::Mean(expr)
            | Aggregate::Percentile(expr, _)
            | Aggregate::Min(expr)
            | Aggregate::Max(expr) => Some(expr),
        }
    }

    /// Whether it counts: over no rows a count is 0, where other figures are absent.
    pub fn counts(&self) -> bool {
        matches!(self, Aggregate::Count | Aggregate::Distinct(_))
    }
}

/// A figure of a KPI: an aggregate over the rows of a table that a date puts into the period.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    pub table: &'static Table,
    pub dated_by: Path,
    pub filter: Option<Condition>,
    pub aggregate: Aggregate,
    /// Whether the figure is an amount of money, and so arrives in minor units.
    pub is_money: bool,
}

impl Measure {
    /// Calls `visit` with every expression in it.
    pub fn expressions<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        expressions(self.filter.as_ref(), &self.aggregate, visit);
    }
}

/// A figure over the rows of another table that belong to one row (the opportunities of a lead).
#[derive(Debug, Clone, PartialEq)]
pub struct ChildMeasure {
    pub table: &'static Table,
    /// The foreign key by which its rows belong to their parent.
    pub parent: &'static Reference,
    pub filter: Option<Condition>,
    pub aggregate: Aggregate,
}

impl ChildMeasure {
    /// Calls `visit` with every expression in it.
    pub fn expressions<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        expressions(self.filter.as_ref(), &self.aggregate, visit);
    }
}

fn expressions<'a>(filter: Option<&'a Condition>, aggregate: &'a Aggregate, visit: &mut dyn FnMut(&'a Expr)) {
    if let Some(filter) = filter {
        filter.expressions(visit);
    }
    if let Some(operand) = aggregate.operand() {
        visit(operand);
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
}

/// An aggregate at work.
#[derive(Debug)]
pub struct Accumulator {
    aggregate: Aggregate,
    states: States,
}

impl Accumulator {
    /// Nothing seen yet.
    pub fn new(aggregate: &Aggregate) -> Accumulator {
        let states = match aggregate {
            Aggregate::Count => States::Counts(Vec::new()),
            Aggregate::Distinct(_) => States::Distinct(Vec::new()),
            Aggregate::Sum(_) | Aggregate::Mean(_) => States::Totals(Vec::new()),
            Aggregate::Percentile(..) => States::Values(Vec::new()),
            Aggregate::Min(_) | Aggregate::Max(_) => States::Extremes(Vec::new()),
        };
        Accumulator { aggregate: aggregate.clone(), states }
    }

    /// Makes room for that many slots.
    pub fn grow(&mut self, slots: usize) {
        match &mut self.states {
            States::Counts(states) => states.resize(slots.max(states.len()), 0),
            States::Distinct(states) => states.resize_with(slots.max(states.len()), FxHashSet::default),
            States::Totals(states) => states.resize(slots.max(states.len()), Total::default()),
            States::Values(states) => states.resize_with(slots.max(states.len()), Vec::new),
            States::Extremes(states) => states.resize(slots.max(states.len()), Extreme::default()),
        }
    }

    /// Takes in the selected rows: `slots` says where each row belongs, `operands` what it contributes (by row; NaN is
    /// left out). A count needs no operands.
    ///
    /// # Panics
    /// If there is no room for a slot.
    pub fn add(&mut self, selected: &[u32], slots: &[u32], operands: Option<&[f64]>) {
        let rows = selected.iter().map(|row| *row as usize);
        let pairs = |operands| {
            let operands: &[f64] = operands;
            rows.clone().map(move |row| (slots[row] as usize, operands[row])).filter(|(_, value)| !value.is_nan())
        };
        match (&mut self.states, operands) {
            (States::Counts(states), _) => rows.for_each(|row| states[slots[row] as usize] += 1),
            (States::Distinct(states), Some(operands)) => {
                pairs(operands).for_each(|(slot, value)| _ = states[slot].insert(value.to_bits()));
            }
            (States::Totals(states), Some(operands)) => {
                pairs(operands).for_each(|(slot, value)| states[slot].add(value));
            }
            (States::Values(states), Some(operands)) => {
                pairs(operands).for_each(|(slot, value)| states[slot].push(value));
            }
            (States::Extremes(states), Some(operands)) => {
                let smaller = matches!(self.aggregate, Aggregate::Min(_));
                for (slot, value) in pairs(operands) {
                    let state = &mut states[slot];
                    if state.rows == 0 || (value < state.value) == smaller {
                        state.value = value;
                    }
                    state.rows += 1;
                }
            }
            (_, None) => unreachable!("only a count has no operand"),
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
                let Aggregate::Percentile(_, share) = self.aggregate else {
                    unreachable!("only percentiles keep values")
                };
                some(values.len() as u64, percentile(&mut values, share))
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
        let column = crate::model::table("orders").unwrap().column("amount").unwrap();
        let amount = Expr::Column(crate::scan::Projection::of(Path::own(column)));
        let read = |aggregate| {
            let mut accumulator = Accumulator::new(&aggregate);
            accumulator.grow(2);
            accumulator.add(&[0, 1, 2], &[0, 1, 1], Some(&[10.0, 20.0, 20.0]));
            accumulator.read(0..2)
        };
        assert_eq!(read(Aggregate::Sum(amount.clone())), Reading { value: Some(50.0), rows: 3 });
        assert_eq!(read(Aggregate::Distinct(amount.clone())), Reading { value: Some(2.0), rows: 2 });
        assert_eq!(read(Aggregate::Percentile(amount.clone(), 0.5)), Reading { value: Some(20.0), rows: 3 });
        assert_eq!(read(Aggregate::Min(amount)), Reading { value: Some(10.0), rows: 3 });
    }

    #[test]
    fn over_no_rows_a_count_is_zero_and_a_mean_is_absent() {
        let column = crate::model::table("orders").unwrap().column("amount").unwrap();
        let amount = Expr::Column(crate::scan::Projection::of(Path::own(column)));
        assert_eq!(Accumulator::new(&Aggregate::Count).read(0..1).value, Some(0.0));
        assert_eq!(Accumulator::new(&Aggregate::Mean(amount)).read(0..1).value, None);
    }
}
