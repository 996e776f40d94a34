//! How values lie around their mean, or around a mark: what a test against a mark needs.

use serde::{Deserialize, Serialize};

/// Values around their mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// How many values; at least 2.
    pub rows: u64,
    pub mean: f64,
    /// Of the sample: the squared deviations over `rows - 1`, in squares of the values' unit.
    pub variance: f64,
}

impl Spread {
    /// The same in another unit, of which each is `units` of this one.
    #[must_use]
    pub fn over(self, units: f64) -> Spread {
        Spread { mean: self.mean / units, variance: self.variance / (units * units), ..self }
    }
}

/// How many values lie below a mark and above it. Those on it are neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around {
    pub below: u64,
    pub above: u64,
}

impl Around {
    /// Counts values around a mark.
    pub fn of(values: impl Iterator<Item = f64>, mark: f64) -> Around {
        values.fold(Around::default(), |Around { below, above }, value| Around {
            below: below + u64::from(value < mark),
            above: above + u64::from(value > mark),
        })
    }
}

/// Squared deviations from the mean as values come in (Welford 1962, “Note on a Method for Calculating Corrected Sums of
/// Squares and Products”), merged as by Chan, Golub and `LeVeque` 1983, “Algorithms for Computing the Sample Variance”.
/// Nothing is lost where values are large and lie close together.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Deviations {
    rows: u64,
    mean: f64,
    squared: f64,
}

impl Deviations {
    pub fn add(&mut self, value: f64) {
        self.rows += 1;
        let before = value - self.mean;
        self.mean += before / exact(self.rows);
        self.squared += before * (value - self.mean);
    }

    #[must_use]
    pub fn merge(self, other: &Deviations) -> Deviations {
        if self.rows == 0 {
            return *other;
        }
        let rows = self.rows + other.rows;
        let (apart, share) = (other.mean - self.mean, exact(other.rows) / exact(rows));
        let between = apart * apart * exact(self.rows) * share;
        Deviations { rows, mean: self.mean + apart * share, squared: self.squared + other.squared + between }
    }

    /// The spread of the values; `None` of fewer than two.
    pub fn spread(&self) -> Option<Spread> {
        let Deviations { rows, mean, squared } = *self;
        (rows > 1).then(|| Spread { rows, mean, variance: squared / exact(rows - 1) })
    }
}

#[expect(clippy::cast_precision_loss, reason = "no table has 2^53 rows")]
pub(super) fn exact(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(values: &[f64]) -> Deviations {
        let mut deviations = Deviations::default();
        for value in values {
            deviations.add(*value);
        }
        deviations
    }

    fn is(spread: Option<Spread>, rows: u64, mean: f64, variance: f64) {
        let found = spread.unwrap();
        let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * expected.abs();
        assert!(found.rows == rows && near(found.mean, mean) && near(found.variance, variance), "{found:?}");
    }

    #[test]
    fn the_variance_is_that_of_the_sample() {
        // Worked by hand: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 over 7.
        is(over(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).spread(), 8, 5.0, 32.0 / 7.0);
        assert_eq!(over(&[7.0]).spread(), None);
        assert_eq!(over(&[]).spread(), None);
    }

    #[test]
    fn values_that_are_large_and_lie_close_together_keep_their_variance() {
        let base = 1_793_000_000_000.0;
        is(over(&[base + 4.0, base + 7.0, base + 13.0, base + 16.0]).spread(), 4, base + 10.0, 30.0);
    }

    #[test]
    fn parts_that_are_put_together_spread_as_the_whole_does() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        for at in 0..=values.len() {
            let (first, second) = values.split_at(at);
            is(over(first).merge(&over(second)).spread(), 8, 5.0, 32.0 / 7.0);
        }
    }

    #[test]
    fn a_value_on_the_mark_is_neither_below_nor_above_it() {
        assert_eq!(Around::of([1.0, 2.0, 2.0, 5.0, 6.0].into_iter(), 2.0), Around { below: 1, above: 2 });
    }
}
