//! Aggregates that keep every value, since they depend on the order of all of them.

use super::accumulator::{Reading, Rule};
use super::spread::Around;
use super::totals::Total;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The value below which that share of the values lies.
pub struct Percentile(pub f64);

/// The share of the sum that falls to that share of the rows with most.
pub struct TopShare(pub f64);

/// All values of a slot. They are written down in order, so that whoever reads them need not look for one of them.
#[derive(Default)]
pub struct Values {
    all: Vec<f64>,
    in_order: bool,
}

impl Values {
    fn push(&mut self, value: f64) {
        self.all.push(value);
        self.in_order = false;
    }
}

/// Values as they are written down, in order.
#[derive(Serialize, Deserialize)]
enum Written {
    /// Whole ones (seconds, cents): the least, and the steps from each to the next, which are small.
    Whole(i64, Vec<u64>),
    Any(Vec<f64>),
    None,
}

impl Written {
    fn of(all: &[f64]) -> Written {
        let whole: Option<Vec<i64>> = all.iter().copied().map(whole).collect();
        match whole.as_deref() {
            None => Written::Any(all.to_vec()),
            Some([]) => Written::None,
            Some(whole @ [least, ..]) => {
                Written::Whole(*least, whole.windows(2).map(|pair| pair[0].abs_diff(pair[1])).collect())
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "they were such numbers")]
    fn values(self) -> Vec<f64> {
        match self {
            Written::None => Vec::new(),
            Written::Any(values) => values,
            Written::Whole(least, steps) => {
                let mut all = Vec::with_capacity(steps.len() + 1);
                all.push(least as f64);
                let further = steps.into_iter().scan(least, |at, step| {
                    *at = at.saturating_add_unsigned(step);
                    Some(*at as f64)
                });
                all.extend(further);
                all
            }
        }
    }
}

/// A value as a whole number, if it is one.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "it is compared with what comes out")]
fn whole(value: f64) -> Option<i64> {
    let whole = value as i64;
    (value.abs() < 1e15 && (whole as f64).to_bits() == value.to_bits()).then_some(whole)
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = self.all.clone();
        all.sort_unstable_by(f64::total_cmp);
        Written::of(&all).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Values, D::Error> {
        Ok(Values { all: Written::deserialize(deserializer)?.values(), in_order: true })
    }
}

impl Rule<1> for Percentile {
    type State = Values;

    fn add(&self, values: &mut Values, [value]: [f64; 1]) {
        values.push(value);
    }

    fn read<'a>(&self, values: impl Iterator<Item = &'a Values> + Clone) -> Reading {
        let mut of_slots = values.clone().filter(|values| !values.all.is_empty());
        if let (Some(Values { all, in_order: true }), None) = (of_slots.next(), of_slots.next()) {
            let two = |below: usize| (all[below], all.get(below + 1).copied());
            return Reading::over(all.len() as u64, percentile(all.len(), self.0, two));
        }
        let mut values = together(values);
        let count = values.len();
        Reading::over(count as u64, percentile(count, self.0, |below| two_in_order(&mut values, below)))
    }

    fn around<'a>(&self, values: impl Iterator<Item = &'a Values>, mark: f64) -> Option<Around> {
        Some(Around::of(values.flat_map(|values| &values.all).copied(), mark))
    }
}

impl Rule<1> for TopShare {
    type State = Values;

    fn add(&self, values: &mut Values, [value]: [f64; 1]) {
        values.push(value);
    }

    fn read<'a>(&self, values: impl Iterator<Item = &'a Values> + Clone) -> Reading {
        let mut values = together(values);
        let share = top_share(&mut values, self.0);
        Reading { value: Some(share).filter(|share| share.is_finite()), rows: values.len() as u64, left_out: 0 }
    }
}

fn together<'a>(values: impl Iterator<Item = &'a Values> + Clone) -> Vec<f64> {
    let mut all = Vec::with_capacity(values.clone().map(|values| values.all.len()).sum());
    values.for_each(|values| all.extend_from_slice(&values.all));
    all
}

/// The value below which `share` of so many values lies; NaN of none. `two` gives the value at a place in their order, and
/// the one after it, if there is one.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
fn percentile(count: usize, share: f64, two: impl FnOnce(usize) -> (f64, Option<f64>)) -> f64 {
    if count == 0 {
        return f64::NAN;
    }
    let rank = share * (count - 1) as f64;
    let (at, next) = two(rank.floor() as usize);
    at + (next.unwrap_or(at) - at) * (rank - rank.floor())
}

/// The value at a place in the order of all, and the one after it. Reorders the values.
fn two_in_order(values: &mut [f64], below: usize) -> (f64, Option<f64>) {
    let (_, at, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    (*at, above.iter().copied().min_by(f64::total_cmp))
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

    fn of(values: &[f64]) -> Values {
        Values { all: values.to_vec(), in_order: false }
    }

    fn percentile_of(slots: &[Values], share: f64) -> f64 {
        Percentile(share).read(slots.iter()).value.unwrap()
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert!((percentile_of(&[of(&[4.0, 1.0, 3.0, 2.0])], 0.5) - 2.5).abs() < f64::EPSILON);
        assert!((percentile_of(&[of(&[7.0])], 0.5) - 7.0).abs() < f64::EPSILON);
        assert!((percentile_of(&[of(&[5.0, 1.0]), of(&[]), of(&[9.0])], 0.9) - 8.2).abs() < 1e-12);
        assert_eq!(Percentile(0.5).read([of(&[])].iter()), Reading { value: None, rows: 0, left_out: 0 });
    }

    #[test]
    fn values_that_were_written_down_give_the_same_percentiles() {
        let values = [of(&[5.0, 1.0, 9.0, 2.0]), of(&[4.0, -3.0]), of(&[]), of(&[0.5, -0.0, f64::MAX])];
        let written = |values: &Values| postcard::to_allocvec(values).unwrap();
        let mut back: Vec<Values> = values.iter().map(|of| postcard::from_bytes(&written(of)).unwrap()).collect();
        assert_eq!(back[0].all, [1.0, 2.0, 5.0, 9.0]);
        let same = |slots: &[Values], others: &[Values]| {
            let of = |slots, share| percentile_of(slots, share).to_bits();
            [0.0, 0.3, 0.5, 0.9, 1.0].into_iter().all(|share| of(slots, share) == of(others, share))
        };
        assert!(same(&back, &values) && same(&back[1..], &values[1..]));
        (0..4).filter(|at| *at != 2).for_each(|at| assert!(same(&back[at..=at], &values[at..=at])));
        assert!(written(&of(&[1_800_000_000.0, 1_800_000_090.0])).len() < 9, "steps are short");
        back[0].push(0.0);
        assert!((percentile_of(&back[..1], 0.0) - 0.0).abs() < f64::EPSILON, "it is not in order any more");
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
