//! Aggregates: how many rows become one figure.
//!
//! A new aggregate does not compile until it is complete: what it reads of a row, whether it counts, whether it adds up
//! and which rule it follows are matches without `_` in this file. The rule says what it keeps of the rows
//! ([`accumulator`]); rules that keep the same share a file: `counts`, `totals`, `extremes`, `values`,
//! `picked`. [`spread`] is what more of them can say for a test against a mark. What scripts may apply it to, and the kind of the figure, are in `script::datasets`.

pub mod accumulator;
mod counts;
mod extremes;
mod picked;
pub mod spread;
mod totals;
mod values;

use accumulator::{Accumulator, Reading};

/// How many rows become one figure; `E` is what is read of each row.
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
            Aggregate::Distinct(of)
            | Aggregate::Sum(of)
            | Aggregate::Mean(of)
            | Aggregate::Percentile(of, _)
            | Aggregate::Min(of)
            | Aggregate::Max(of)
            | Aggregate::TopShare(of, _) => vec![of],
            Aggregate::Picked { by, value, .. } => vec![by, value],
        }
    }

    /// The same aggregate of something else.
    pub fn map<F>(self, mut with: impl FnMut(E) -> F) -> Aggregate<F> {
        match self {
            Aggregate::Count => Aggregate::Count,
            Aggregate::Distinct(of) => Aggregate::Distinct(with(of)),
            Aggregate::Sum(of) => Aggregate::Sum(with(of)),
            Aggregate::Mean(of) => Aggregate::Mean(with(of)),
            Aggregate::Percentile(of, share) => Aggregate::Percentile(with(of), share),
            Aggregate::Min(of) => Aggregate::Min(with(of)),
            Aggregate::Max(of) => Aggregate::Max(with(of)),
            Aggregate::TopShare(of, share) => Aggregate::TopShare(with(of), share),
            Aggregate::Picked { by, value, last } => Aggregate::Picked { by: with(by), value: with(value), last },
        }
    }

    /// Whether it counts: over no rows a count is 0, where other figures are absent.
    pub fn counts(&self) -> bool {
        match self {
            Aggregate::Count | Aggregate::Distinct(_) => true,
            Aggregate::Sum(_)
            | Aggregate::Mean(_)
            | Aggregate::Percentile(..)
            | Aggregate::Min(_)
            | Aggregate::Max(_)
            | Aggregate::TopShare(..)
            | Aggregate::Picked { .. } => false,
        }
    }

    /// Whether it adds values up: a script may take it for granted that there is a sum.
    pub fn is_sum(&self) -> bool {
        matches!(self, Aggregate::Sum(_))
    }

    /// Whether it is a count or a sum: it grows with every row.
    pub fn is_amount(&self) -> bool {
        match self {
            Aggregate::Count | Aggregate::Distinct(_) | Aggregate::Sum(_) => true,
            Aggregate::Mean(_)
            | Aggregate::Percentile(..)
            | Aggregate::Min(_)
            | Aggregate::Max(_)
            | Aggregate::TopShare(..)
            | Aggregate::Picked { .. } => false,
        }
    }

    /// Whether it is the median.
    pub fn is_median(&self) -> bool {
        matches!(self, Aggregate::Percentile(_, share) if share.total_cmp(&0.5).is_eq())
    }

    /// Whether the figures of parts of a period add up to that of the period.
    pub fn adds_up(&self) -> bool {
        match self {
            Aggregate::Count | Aggregate::Sum(_) => true,
            // Who buys in two weeks is one customer of both.
            Aggregate::Distinct(_)
            | Aggregate::Mean(_)
            | Aggregate::Percentile(..)
            | Aggregate::Min(_)
            | Aggregate::Max(_)
            | Aggregate::TopShare(..)
            | Aggregate::Picked { .. } => false,
        }
    }

    /// The running aggregate, before any row.
    pub fn begin(&self) -> Accumulator {
        match self {
            Aggregate::Count => Accumulator::by(counts::Count),
            Aggregate::Distinct(_) => Accumulator::by(counts::Distinct),
            Aggregate::Sum(_) => Accumulator::by(totals::Sum),
            Aggregate::Mean(_) => Accumulator::by(totals::Mean),
            Aggregate::Percentile(_, share) => Accumulator::by(values::Percentile(*share)),
            Aggregate::Min(_) => Accumulator::by(extremes::Min),
            Aggregate::Max(_) => Accumulator::by(extremes::Max),
            Aggregate::TopShare(_, share) => Accumulator::by(values::TopShare(*share)),
            Aggregate::Picked { last, .. } => Accumulator::by(picked::Picked { last: *last }),
        }
    }

    /// The figure over no rows at all.
    pub fn of_nothing(&self) -> Reading {
        self.begin().read(0..0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    /// Over 10 in one slot and 20 and 20 in another, both read together; the rows come in the order 1, 2, 3.
    fn over_two_slots(aggregate: &Aggregate<()>) -> Reading {
        let mut accumulator = aggregate.begin();
        accumulator.grow(2);
        let (values, order) = (Cow::Borrowed(&[10.0, 20.0, 20.0][..]), Cow::Borrowed(&[1.0, 2.0, 3.0][..]));
        let operands = if aggregate.operands().len() == 2 { vec![order, values] } else { vec![values] };
        accumulator.add(&[0, 1, 2], &[0, 1, 1], &operands);
        accumulator.read(0..2)
    }

    #[test]
    fn slots_that_are_read_together_give_the_figure_of_all_their_rows() {
        let read = |aggregate| {
            let Reading { value, rows, .. } = over_two_slots(&aggregate);
            (value.unwrap(), rows)
        };
        assert_eq!(read(Aggregate::Count), (3.0, 3));
        assert_eq!(read(Aggregate::Distinct(())), (2.0, 2));
        assert_eq!(read(Aggregate::Sum(())), (50.0, 3));
        assert_eq!(read(Aggregate::Mean(())), (50.0 / 3.0, 3));
        assert_eq!(read(Aggregate::Percentile((), 0.5)), (20.0, 3));
        assert_eq!(read(Aggregate::Min(())), (10.0, 3));
        assert_eq!(read(Aggregate::Max(())), (20.0, 3));
        assert_eq!(read(Aggregate::TopShare((), 0.2)), (0.4, 3));
        assert_eq!(read(Aggregate::Picked { by: (), value: (), last: false }), (10.0, 1));
        assert_eq!(read(Aggregate::Picked { by: (), value: (), last: true }), (20.0, 1));
    }

    #[test]
    fn over_no_rows_counts_and_sums_are_zero_and_everything_else_is_absent() {
        assert_eq!(Aggregate::<()>::Count.of_nothing().value, Some(0.0));
        assert_eq!(Aggregate::Distinct(()).of_nothing().value, Some(0.0));
        assert_eq!(Aggregate::Sum(()).of_nothing().value, Some(0.0));
        assert_eq!(Aggregate::Mean(()).of_nothing().value, None);
        assert_eq!(Aggregate::Percentile((), 0.5).of_nothing().value, None);
        assert_eq!(Aggregate::Min(()).of_nothing().value, None);
        assert_eq!(Aggregate::Max(()).of_nothing().value, None);
        assert_eq!(Aggregate::TopShare((), 0.2).of_nothing().value, None);
        assert_eq!(Aggregate::Picked { by: (), value: (), last: true }.of_nothing().value, None);
    }

    #[test]
    fn rows_in_which_the_value_is_missing_are_counted_by_counts_alone() {
        let over = |aggregate: Aggregate<()>| {
            let mut accumulator = aggregate.begin();
            accumulator.grow(1);
            accumulator.add(&[0, 1], &[0, 0], &[Cow::Borrowed(&[f64::NAN, 4.0])]);
            accumulator.read(0..1)
        };
        assert_eq!(over(Aggregate::Count), Reading { value: Some(2.0), rows: 2, left_out: 0 });
        assert_eq!(over(Aggregate::Mean(())), Reading { value: Some(4.0), rows: 1, left_out: 0 });
        assert_eq!(over(Aggregate::Distinct(())), Reading { value: Some(1.0), rows: 1, left_out: 0 });
    }

    #[test]
    fn a_sum_over_rows_without_a_value_is_absent_and_over_no_rows_it_is_zero() {
        let mut accumulator = Aggregate::Sum(()).begin();
        accumulator.grow(3);
        accumulator.add(&[0, 1], &[0, 1], &[Cow::Borrowed(&[f64::NAN, 4.0])]);
        assert_eq!(accumulator.read(0..1), Reading { value: None, rows: 0, left_out: 0 });
        assert_eq!(accumulator.read(0..2), Reading { value: Some(4.0), rows: 1, left_out: 0 });
        assert_eq!(accumulator.read(2..3), Reading { value: Some(0.0), rows: 0, left_out: 0 });
    }

    #[test]
    fn what_is_below_zero_and_cannot_be_is_left_out_and_counted() {
        let over = |aggregate: Aggregate<()>, values: &[f64]| {
            let mut accumulator = aggregate.begin().leaving_out_negatives();
            accumulator.grow(2);
            accumulator.add(&[0, 1, 2, 3], &[0, 1, 0, 1], &[Cow::Borrowed(values)]);
            (accumulator.read(0..2), accumulator.read(0..1).left_out, accumulator.read(2..2).left_out)
        };
        let reading = |value, rows| Reading { value: Some(value), rows, left_out: 2 };
        let values = &[-14.0, 14.0, 0.0, -1.0];
        assert_eq!(over(Aggregate::Mean(()), values), (reading(7.0, 2), 1, 0));
        assert_eq!(over(Aggregate::Sum(()), values), (reading(14.0, 2), 1, 0));
        assert_eq!(over(Aggregate::Min(()), values), (reading(0.0, 2), 1, 0));
        assert_eq!(over(Aggregate::Max(()), values), (reading(14.0, 2), 1, 0));
        assert_eq!(over(Aggregate::Percentile((), 0.5), values), (reading(7.0, 2), 1, 0));
        let (none, ..) = over(Aggregate::Mean(()), &[-1.0, f64::NAN, -2.0, -3.0]);
        assert_eq!(none, Reading { value: None, rows: 0, left_out: 3 });
    }
}
