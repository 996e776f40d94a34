//! Whether a broken mark is more than chance: one-sided tests of a figure against its mark, and how the tests of many
//! groups are taken together.

use crate::definition::threshold::Better;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

#[cfg(test)]
mod tests;

/// A breach is sure if chance alone brings about one as large in at most this part of all cases.
pub const LEVEL: f64 = 0.05;

/// Fewer rows than these prove nothing.
pub const LEAST_ROWS: u64 = 10;

/// What a figure rests on, as its test needs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sample {
    /// A share of rows: `hits` of `rows`.
    Share { hits: u64, rows: u64 },
    /// A mean; the variance is that of a sample, Σ (x − mean)² ÷ (rows − 1).
    Mean { rows: u64, mean: f64, variance: f64 },
    /// A median: how many rows lie below the mark and above it. Those on it say nothing.
    Median { below: u64, above: u64 },
}

/// The side of the mark on which figures are bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bad {
    Below,
    Above,
}

impl Sample {
    /// A mean from what a fold keeps: the number of rows, their sum and the sum of their squares.
    #[expect(clippy::cast_precision_loss, reason = "row counts are far below 2^53")]
    pub fn mean(rows: u64, sum: f64, squares: f64) -> Sample {
        let mean = sum / rows as f64;
        // Where all rows are alike, rounding may leave a little less than nothing.
        let variance = (squares - sum * mean).max(0.0) / (rows as f64 - 1.0);
        Sample::Mean { rows, mean, variance }
    }

    /// How likely a figure at least as bad is by chance, where the truth lies on the mark: the one-sided p-value of the
    /// exact binomial test for shares, of Student's t-test for means, of the sign test for medians. `None` below
    /// [`LEAST_ROWS`], where no side is bad, and where the numbers are none of such a sample.
    pub fn p_value(self, mark: f64, better: Better) -> Option<f64> {
        let bad = match better {
            Better::Higher => Bad::Below,
            Better::Lower => Bad::Above,
            Better::Neutral => return None,
        };
        match self {
            Sample::Share { rows, .. } | Sample::Mean { rows, .. } if rows < LEAST_ROWS => None,
            Sample::Share { hits, rows } => binomial(hits, rows, mark, bad),
            Sample::Mean { rows, mean, variance } => student(rows, mean - mark, variance, bad),
            Sample::Median { below, above } if below + above < LEAST_ROWS => None,
            // Half of the rows lie above the median: too few above a mark are as bad as a low share.
            Sample::Median { below, above } => binomial(above, below + above, 0.5, bad),
        }
    }
}

/// The exact binomial test of `hits` of `rows` against a share.
fn binomial(hits: u64, rows: u64, share: f64, bad: Bad) -> Option<f64> {
    if hits > rows {
        return None;
    }
    let chance = Binomial::new(share, rows).ok()?;
    Some(match bad {
        Bad::Below => chance.cdf(hits),
        // P(X ≥ hits)
        Bad::Above => hits.checked_sub(1).map_or(1.0, |fewer| chance.sf(fewer)),
    })
}

/// Student's t-test of a mean that lies `above` the mark, by that much (Student 1908, “The Probable Error of a Mean”).
#[expect(clippy::cast_precision_loss, reason = "row counts are far below 2^53")]
fn student(rows: u64, above: f64, variance: f64, bad: Bad) -> Option<f64> {
    let worse = match bad {
        Bad::Below => -above,
        Bad::Above => above,
    };
    if variance == 0.0 {
        return Some(if worse > 0.0 { 0.0 } else { 1.0 });
    }
    let t = worse / (variance / rows as f64).sqrt();
    let chance = StudentsT::new(0.0, 1.0, rows as f64 - 1.0).ok()?;
    (!t.is_nan()).then(|| chance.sf(t))
}

/// Which of many tests at once say more than chance: of those named, at most the part `level` is wrong on average
/// (Benjamini & Hochberg 1995, “Controlling the False Discovery Rate”). In the order of the p-values.
#[expect(clippy::cast_precision_loss, reason = "groups are far fewer than 2^53")]
pub fn discoveries(p_values: &[f64], level: f64) -> Vec<bool> {
    let mut sorted = p_values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let bound = |rank: usize| level * rank as f64 / sorted.len() as f64;
    let last = sorted.iter().enumerate().rev().find(|(before, p)| **p <= bound(before + 1));
    p_values.iter().map(|p| last.is_some_and(|(_, last)| p <= last)).collect()
}
