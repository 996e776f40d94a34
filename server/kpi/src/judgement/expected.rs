//! What figures that are not settled will come to: the chain-ladder method of actuaries (Mack 1993, “Distribution-Free
//! Calculation of the Standard Error of Chain Ladder Reserve Estimates”).
//!
//! What is extrapolated are measures: the counts and sums that a figure is computed from. A measure comes to its value at
//! this age × its factor, and the factor is how much it grew from this age on in periods that are settled. Each of these
//! is also predicted from the others; by how much that missed says how far the expectation can be trusted.

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// How many of the newest settled periods are looked at.
pub const PERIODS: usize = 26;

/// How many there must be.
pub const LEAST_PERIODS: usize = 8;

/// On how many rows a measure must rest at this age, over all periods.
const LEAST_PAST_ROWS: u64 = 30;

/// On how many rows a measure must rest in the period to be extrapolated.
const LEAST_ROWS: u64 = 5;

/// The share of outcomes below the range, and above it.
const OUTSIDE: f64 = 0.1;

/// What a provisional figure will probably come to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    pub value: f64,
    /// Eight of ten such expectations of the past were right within this range.
    pub low: f64,
    pub high: f64,
    /// How many settled periods it rests on.
    pub periods: usize,
}

/// A count or a sum that is not settled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Absent, such as a sum over nothing, counts as 0.
    pub value: Option<f64>,
    /// How many rows it rests on.
    pub rows: u64,
}

/// The measures of a settled period, in one order for all periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// As they stood at the age of the period in question.
    pub at_age: Vec<Measure>,
    /// As they stood when they were settled.
    pub settled: Vec<Option<f64>>,
}

/// A measure that counts some of what another counts, by their places among the measures: it cannot exceed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartOf {
    pub part: usize,
    pub whole: usize,
}

/// How measures grow from one age on until they are settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    growth: Vec<f64>,
    parts: Vec<PartOf>,
    /// For each period that the others can predict, how far off that was for each measure.
    errors: Vec<Vec<Error>>,
    periods: usize,
}

/// How far a measure came to lie from its prediction.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Error {
    by: f64,
    /// The mean size of prediction and outcome.
    volume: f64,
}

impl Factors {
    /// The factors of these settled periods, oldest first; all have the same measures. A factor is Σ settled ÷ Σ at this
    /// age. `None` with fewer than [`LEAST_PERIODS`], and where a measure has no factor: it rests on too few rows, or on
    /// values that add up to nothing.
    pub fn of(courses: &[Course], parts: &[PartOf]) -> Option<Factors> {
        let courses = &courses[courses.len().saturating_sub(PERIODS)..];
        if courses.len() < LEAST_PERIODS {
            return None;
        }
        let totals = totals(courses.iter());
        if totals.iter().any(|total| total.rows < LEAST_PAST_ROWS) {
            return None;
        }
        let errors = (0..courses.len()).filter_map(|period| errors(courses, period, parts)).collect();
        Some(Factors { growth: factors(&totals)?, parts: parts.to_vec(), errors, periods: courses.len() })
    }

    /// What the figure of these measures will come to; `value` computes it from theirs. `None` where a measure rests on
    /// fewer than five rows, and where `value` gives no figure.
    ///
    /// The range holds the outcomes if the measures missed their expectation as they did in each settled period. Misses
    /// grow with the square root of the volume (Mack's variance). So a group, which has the factors of its total, gets
    /// a range that is wider than the total's in proportion to its figure.
    pub fn expect(&self, present: &[Measure], value: impl Fn(&[f64]) -> Option<f64>) -> Option<Expected> {
        if present.iter().any(|measure| measure.rows < LEAST_ROWS) {
            return None;
        }
        let measures = grown(present, &self.growth, &self.parts);
        let expected = value(&measures)?;
        let mut outcomes: Vec<f64> =
            self.errors.iter().filter_map(|errors| value(&self.outcome(&measures, errors))).collect();
        if outcomes.len() < LEAST_PERIODS {
            return None;
        }
        outcomes.sort_by(f64::total_cmp);
        Some(Expected {
            value: expected,
            low: quantile(&outcomes, OUTSIDE).min(expected),
            high: quantile(&outcomes, 1.0 - OUTSIDE).max(expected),
            periods: self.periods,
        })
    }

    /// The measures if they missed their expectation as in one period of the past.
    fn outcome(&self, expected: &[f64], errors: &[Error]) -> Vec<f64> {
        let missed = |(expected, error): (&f64, &Error)| {
            let scale = if error.volume > 0.0 { (expected.abs() / error.volume).sqrt() } else { 0.0 };
            let outcome = expected + error.by * scale;
            // A count does not fall below nothing.
            if *expected >= 0.0 { outcome.max(0.0) } else { outcome }
        };
        capped(expected.iter().zip(errors).map(missed).collect(), &self.parts)
    }
}

/// A measure over many periods.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    at_age: f64,
    settled: f64,
    rows: u64,
}

/// All measures over these periods.
fn totals<'a>(courses: impl Iterator<Item = &'a Course>) -> Vec<Total> {
    let mut totals = Vec::new();
    for course in courses {
        totals.resize(course.at_age.len(), Total::default());
        for ((total, at_age), settled) in totals.iter_mut().zip(&course.at_age).zip(&course.settled) {
            total.at_age += at_age.value.unwrap_or(0.0);
            total.settled += settled.unwrap_or(0.0);
            total.rows += at_age.rows;
        }
    }
    totals
}

/// Their factors; `None` where one has none.
fn factors(totals: &[Total]) -> Option<Vec<f64>> {
    let factor =
        |total: &Total| Some(total.settled / total.at_age).filter(|factor| factor.is_finite() && *factor >= 0.0);
    totals.iter().map(factor).collect()
}

/// The measures at that age, grown by their factors.
fn grown(at_age: &[Measure], factors: &[f64], parts: &[PartOf]) -> Vec<f64> {
    let grown = at_age.iter().zip(factors).map(|(measure, factor)| measure.value.unwrap_or(0.0) * factor);
    capped(grown.collect(), parts)
}

/// How far off the prediction of a period from all others is. `None` where these have no factors.
fn errors(courses: &[Course], period: usize, parts: &[PartOf]) -> Option<Vec<Error>> {
    let others = courses[..period].iter().chain(&courses[period + 1..]);
    let predicted = grown(&courses[period].at_age, &factors(&totals(others))?, parts);
    let settled = courses[period].settled.iter().map(|settled| settled.unwrap_or(0.0));
    let error = |(predicted, settled): (f64, f64)| Error {
        by: settled - predicted,
        volume: f64::midpoint(predicted.abs(), settled.abs()),
    };
    Some(predicted.into_iter().zip(settled).map(error).collect())
}

/// The measures, no part larger than its whole.
fn capped(mut measures: Vec<f64>, parts: &[PartOf]) -> Vec<f64> {
    for PartOf { part, whole } in parts {
        measures[*part] = measures[*part].min(measures[*whole]);
    }
    measures
}

/// The quantile of sorted values between which the next one falls as often as said: the value at `share` × (n + 1)
/// (definition 6 of Hyndman & Fan 1996, “Sample Quantiles in Statistical Packages”), at most the outermost.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few values")]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (share * (sorted.len() as f64 + 1.0) - 1.0).clamp(0.0, sorted.len() as f64 - 1.0);
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}
