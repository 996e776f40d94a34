//! Aggregates that add values up.

use super::accumulator::{Reading, Rule};
use super::spread::{Deviations, Spread, exact};
use serde::{Deserialize, Serialize};

/// The sum of all values; 0 over no rows, absent over rows of which none has a value.
pub struct Sum;

/// What a sum keeps.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Summed {
    total: Total,
    /// Whether the value of a row was missing.
    missed: bool,
}

/// The sum of all values divided by their number.
pub struct Mean;

/// What a mean keeps.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Averaged {
    total: Total,
    deviations: Deviations,
}

/// A compensated sum, independent of the order of its terms (Neumaier 1974, “Rundungsfehleranalyse einiger Verfahren
/// zur Summation endlicher Summen”), so that both databases print the same.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Total {
    sum: f64,
    lost: f64,
    rows: u64,
}

impl Total {
    /// The sum of these values.
    pub fn of(values: &[f64]) -> f64 {
        Total::over(values).value()
    }

    fn over(values: &[f64]) -> Total {
        let mut total = Total::default();
        for value in values {
            total.add(*value);
        }
        total
    }

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

impl Rule<1> for Sum {
    type State = Summed;

    fn add(&self, sum: &mut Summed, [value]: [f64; 1]) {
        sum.total.add(value);
    }

    fn miss(&self, sum: &mut Summed) {
        sum.missed = true;
    }

    fn read<'a>(&self, mut sums: impl Iterator<Item = &'a Summed> + Clone) -> Reading {
        let total = sums.clone().map(|sum| &sum.total).fold(Total::default(), Total::merge);
        let known = total.rows > 0 || !sums.any(|sum| sum.missed);
        Reading { value: known.then(|| total.value()), rows: total.rows, left_out: 0 }
    }
}

impl Rule<1> for Mean {
    type State = Averaged;

    fn add(&self, state: &mut Averaged, [value]: [f64; 1]) {
        state.total.add(value);
        state.deviations.add(value);
    }

    fn read<'a>(&self, states: impl Iterator<Item = &'a Averaged> + Clone) -> Reading {
        let total = states.map(|state| &state.total).fold(Total::default(), Total::merge);
        Reading::over(total.rows, total.value() / exact(total.rows))
    }

    fn spread<'a>(&self, states: impl Iterator<Item = &'a Averaged>) -> Option<Spread> {
        let deviations = states.map(|state| &state.deviations);
        deviations.fold(Deviations::default(), Deviations::merge).spread()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_depend_on_the_order_of_its_terms() {
        assert!((Total::of(&[1.0, 1e100, 1.0, -1e100]) - 2.0).abs() < f64::EPSILON);
        assert!((Total::of(&[1e100, 1.0, -1e100, 1.0]) - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_sum_loses_nothing_where_parts_are_put_together() {
        let merged =
            [Total::over(&[-1e100]), Total::over(&[1.0])].iter().fold(Total::over(&[1e100, 1.0]), Total::merge);
        assert!((merged.value() - 2.0).abs() < f64::EPSILON);
        assert_eq!(merged.rows, 4);
    }
}
