//! What tells whether a broken mark is more than chance: a test of what the figure is made of, where there is one.

use super::assessor::Assessor;
use crate::data::cell::Cell;
use crate::definition::threshold::{Status, Threshold};
use crate::engine::measured::{InGroup, Seen};
use crate::judgement::expected::Expected;
use crate::judgement::significance::{LEAST_ROWS, Sample};
use crate::measure::aggregate::accumulator::Reading;
use crate::measure::made_of::{MadeOf, Terms};

/// What tells whether a broken mark is more than chance.
pub enum Proof {
    /// The figure is not drawn by chance: a count, a sum, a stock. It is surely at least this bad; what is expected may
    /// come to be better than its figure says.
    AsItStands(Status),
    /// The p-values of the tests against warning and critical mark, where there is one and there are enough rows.
    Tested([Option<f64>; 2]),
    /// The figure will come to lie in a range that reaches the good side of the mark.
    Open,
}

/// A figure with what it was made of.
pub struct Figure<'a> {
    pub group: &'a InGroup<'a>,
    pub cell: &'a Cell,
    pub seen: Seen,
}

impl Assessor<'_> {
    /// What tells whether a figure's broken mark is more than chance.
    pub fn proof(&self, figure: &Figure, value: f64, marks: &Threshold) -> Proof {
        let as_it_stands = || Proof::AsItStands(self.status(value, marks));
        match self.kpi.made_of() {
            MadeOf::Share { numerator, denominator } => {
                let of = |terms| rows_of(terms, &figure.seen.readings);
                self.tested(&|_| Some(Sample::Share { hits: of(numerator)?, rows: of(denominator)? }), marks)
            }
            MadeOf::Measure(at) if figure.group.is_sampled(*at) => {
                self.tested(&|mark| figure.group.sample(&figure.seen, *at, mark), marks)
            }
            _ if self.kpi.is_amount() => as_it_stands(),
            // There is no test of what it is made of, but of few rows each counts for much.
            _ if figure.cell.sample.is_some_and(|rows| rows < LEAST_ROWS) => Proof::Tested([None; 2]),
            _ => as_it_stands(),
        }
    }

    /// What tells whether a broken mark is more than chance where the figure is what is expected. Its range says how far
    /// that may be off; whether so few rows prove anything is another question.
    pub fn proof_of_expected(&self, expected: &Expected, seen: &Seen, cell: &Cell, marks: &Threshold) -> Proof {
        let surely = self.status(expected.low, marks).min(self.status(expected.high, marks));
        if surely < Status::Warning {
            return Proof::Open;
        }
        match self.kpi.made_of() {
            MadeOf::Share { denominator, .. } => {
                let sample = |_| {
                    let rows = rows_of(denominator, &seen.readings)?;
                    #[expect(clippy::cast_precision_loss, reason = "row counts are far below 2^53")]
                    let hits = expected.value * rows as f64;
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of rows")]
                    Some(Sample::Share { hits: hits.round() as u64, rows })
                };
                match self.tested(&sample, marks) {
                    Proof::Tested([warning, _]) if surely < Status::Critical => Proof::Tested([warning, None]),
                    tested => tested,
                }
            }
            _ if cell.sample.is_some_and(|rows| rows < LEAST_ROWS) && !self.kpi.is_amount() => Proof::Tested([None; 2]),
            _ => Proof::AsItStands(surely),
        }
    }

    fn tested(&self, sample: &dyn Fn(f64) -> Option<Sample>, marks: &Threshold) -> Proof {
        let better = self.kpi.declaration.better;
        let p_value = |mark: Option<f64>| mark.and_then(|mark| sample(mark)?.p_value(mark, better));
        Proof::Tested([p_value(marks.warning), p_value(marks.critical)])
    }
}

/// How many rows these measures count together.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole, and below 2^53")]
fn rows_of(terms: &Terms, readings: &[Reading]) -> Option<u64> {
    let sum = |of: &[usize]| of.iter().map(|at| readings[*at].value).sum::<Option<f64>>();
    let rows = sum(&terms.plus)? - sum(&terms.minus)?;
    (rows >= 0.0).then_some(rows as u64)
}
