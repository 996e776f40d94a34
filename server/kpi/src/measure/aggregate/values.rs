//! Aggregates that keep every value, since they depend on the order of all of them.

use super::accumulator::{Reading, Rule};
use super::spread::Around;
use super::totals::Total;

/// The value below which that share of the values lies.
pub struct Percentile(pub f64);

/// The share of the sum that falls to that share of the rows with most.
pub struct TopShare(pub f64);

impl Rule<1> for Percentile {
    type State = Vec<f64>;

    fn add(&self, values: &mut Vec<f64>, [value]: [f64; 1]) {
        values.push(value);
    }

    fn read<'a>(&self, values: impl Iterator<Item = &'a Vec<f64>> + Clone) -> Reading {
        let mut values = together(values);
        Reading::over(values.len() as u64, percentile(&mut values, self.0))
    }

    fn around<'a>(&self, values: impl Iterator<Item = &'a Vec<f64>>, mark: f64) -> Option<Around> {
        Some(Around::of(values.flatten().copied(), mark))
    }
}

impl Rule<1> for TopShare {
    type State = Vec<f64>;

    fn add(&self, values: &mut Vec<f64>, [value]: [f64; 1]) {
        values.push(value);
    }

    fn read<'a>(&self, values: impl Iterator<Item = &'a Vec<f64>> + Clone) -> Reading {
        let mut values = together(values);
        let share = top_share(&mut values, self.0);
        Reading { value: Some(share).filter(|share| share.is_finite()), rows: values.len() as u64, left_out: 0 }
    }
}

fn together<'a>(values: impl Iterator<Item = &'a Vec<f64>> + Clone) -> Vec<f64> {
    let mut all = Vec::with_capacity(values.clone().map(Vec::len).sum());
    values.for_each(|values| all.extend_from_slice(values));
    all
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

/// The share of the sum that falls to the greatest values: a fraction `share` of all, rounded up. NaN if the sum is not
/// positive. Reorders the values.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
fn top_share(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    // A fifth of 5 is 1, though 5 × 0.2 is a little more.
    let top = (values.len() as f64 * share - 1e-9).ceil().max(0.0) as usize;
    let all = Total::of(values);
    // With negative values among them, no share of the sum makes sense.
    let shared = values.last().is_some_and(|least| *least >= 0.0);
    if all > 0.0 && shared { Total::of(&values[..top.min(values.len())]) / all } else { f64::NAN }
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
    fn the_top_fifth_of_five_is_one() {
        assert!((top_share(&mut [10.0, 50.0, 20.0, 10.0, 10.0], 0.2) - 0.5).abs() < 1e-12);
        assert!((top_share(&mut [10.0, 50.0, 20.0, 10.0, 10.0, 0.0], 0.2) - 0.7).abs() < 1e-12);
    }

    #[test]
    fn nobody_has_a_share_of_nothing_or_of_what_others_took_away() {
        assert!(top_share(&mut [], 0.2).is_nan());
        assert!(top_share(&mut [0.0, 0.0], 0.2).is_nan());
        assert!(top_share(&mut [30.0, -10.0], 0.5).is_nan());
    }
}
