//! Aggregates that keep every value, since they depend on the order of all of them.

use super::accumulator::{Reading, Rule};
use super::spread::Around;
use super::totals::Total;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;
use std::borrow::Cow;

/// The value below which that share of the values lies.
pub struct Percentile(pub f64);

/// The share of the sum that falls to that share of the rows with most.
pub struct TopShare(pub f64);

/// All values of a slot. They are written down in order, so that whoever reads them need not look for one of them.
#[derive(Default)]
pub struct Values {
    /// Most slots of small groups have one or two.
    all: SmallVec<[f64; 2]>,
    in_order: bool,
}

impl Values {
    fn push(&mut self, value: f64) {
        self.all.push(value);
        self.in_order = false;
    }

    fn put_in_order(&mut self) {
        if !self.in_order {
            self.all.sort_unstable_by(f64::total_cmp);
            self.in_order = true;
        }
    }
}

/// Values as they are written down, in order.
#[derive(Serialize, Deserialize)]
enum Written<'a> {
    /// Whole ones (seconds, cents): the least, and the steps from each to the next, which are small: each in so many
    /// bytes, the low one first.
    Whole(i64, u8, #[serde(borrow)] Cow<'a, [u8]>),
    Any(Vec<f64>),
    None,
}

impl Written<'_> {
    fn of(all: &[f64]) -> Written<'static> {
        let whole: Option<Vec<i64>> = all.iter().copied().map(whole).collect();
        match whole.as_deref() {
            None => Written::Any(all.to_vec()),
            Some([]) => Written::None,
            Some(whole @ [least, ..]) => {
                let steps = || whole.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
                let bytes = bytes_of(steps().max().unwrap_or(0));
                let steps = steps().flat_map(|step| step.to_le_bytes().into_iter().take(bytes.into()));
                Written::Whole(*least, bytes, steps.collect())
            }
        }
    }

    /// The values; `None` if they are none that were written down.
    fn values(self) -> Option<Vec<f64>> {
        match self {
            Written::None => Some(Vec::new()),
            Written::Any(values) => Some(values),
            Written::Whole(least, 1, steps) => Some(climb::<1>(least, &steps)),
            Written::Whole(least, 2, steps) => Some(climb::<2>(least, &steps)),
            Written::Whole(least, 3, steps) => Some(climb::<3>(least, &steps)),
            Written::Whole(least, 4, steps) => Some(climb::<4>(least, &steps)),
            Written::Whole(least, 8, steps) => Some(climb::<8>(least, &steps)),
            Written::Whole(..) => None,
        }
    }
}

/// In how many bytes steps are written of which this is the greatest. That all take as many makes them quick to read.
fn bytes_of(greatest: u64) -> u8 {
    [1, 2, 3, 4].into_iter().find(|bytes| greatest >> (8 * bytes) == 0).unwrap_or(8)
}

/// The numbers that are reached from the least one by steps of so many bytes.
#[expect(clippy::cast_precision_loss, reason = "they were such numbers")]
fn climb<const BYTES: usize>(least: i64, steps: &[u8]) -> Vec<f64> {
    let mut all = Vec::with_capacity(steps.len() / BYTES + 1);
    all.push(least as f64);
    let (steps, _) = steps.as_chunks::<BYTES>();
    all.extend(steps.iter().scan(least, |at, step| {
        let mut wide = [0; 8];
        wide[..BYTES].copy_from_slice(step);
        *at = at.saturating_add_unsigned(u64::from_le_bytes(wide));
        Some(*at as f64)
    }));
    all
}

/// A value as a whole number, if it is one.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "it is compared with what comes out")]
fn whole(value: f64) -> Option<i64> {
    let whole = value as i64;
    (value.abs() < 1e15 && (whole as f64).to_bits() == value.to_bits()).then_some(whole)
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.in_order {
            return Written::of(&self.all).serialize(serializer);
        }
        let mut in_order = Values { all: self.all.clone(), in_order: false };
        in_order.put_in_order();
        Written::of(&in_order.all).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Values, D::Error> {
        let all = Written::deserialize(deserializer)?.values();
        Ok(Values { all: all.ok_or_else(|| D::Error::custom("no values"))?.into(), in_order: true })
    }
}

impl Rule<1> for Percentile {
    type State = Values;

    fn add(&self, values: &mut Values, [value]: [f64; 1]) {
        values.push(value);
    }

    fn read<'a>(&self, values: impl Iterator<Item = &'a Values> + Clone) -> Reading {
        let count = values.clone().map(|values| values.all.len()).sum();
        let of_slots = values.clone().filter(|values| !values.all.is_empty());
        let percentile = if of_slots.clone().all(|values| values.in_order) {
            let runs: Runs = of_slots.map(|values| &values.all[..]).collect();
            percentile(count, self.0, |below| {
                (nth(runs.clone(), below), (below + 1 < count).then(|| nth(runs, below + 1)))
            })
        } else {
            percentile(count, self.0, |below| two_in_order(&mut together(values), below))
        };
        Reading::over(count as u64, percentile)
    }

    fn put_in_order(&self, values: &mut Values) {
        values.put_in_order();
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

/// Values of several slots, each in order and none of them empty; mostly a few.
type Runs<'a> = SmallVec<[&'a [f64]; 16]>;

/// The value at a place in the order of all of these together. None of them is moved: from step to step, what lies on the
/// other side of a value in the middle is left out.
///
/// # Panics
/// If there are not so many values.
fn nth(mut runs: Runs, mut below: usize) -> f64 {
    loop {
        if let [run] = runs[..] {
            return run[below];
        }
        let longest = runs.iter().max_by_key(|run| run.len()).expect("there are more values");
        let middle = longest[longest.len() / 2];
        let is_less = |value: &f64| value.total_cmp(&middle).is_lt();
        let less: SmallVec<[usize; 16]> = runs.iter().map(|run| run.partition_point(is_less)).collect();
        let all_less = less.iter().sum();
        if below < all_less {
            runs.iter_mut().zip(less).for_each(|(run, less)| *run = &run[..less]);
        } else {
            let same = |run: &[f64]| run.partition_point(|value| value.to_bits() == middle.to_bits());
            runs.iter_mut().zip(less).for_each(|(run, less)| *run = &run[less..]);
            below -= all_less;
            let all_same = runs.iter().map(|run| same(run)).sum();
            if below < all_same {
                return middle;
            }
            runs.iter_mut().for_each(|run| *run = &run[same(run)..]);
            below -= all_same;
        }
        runs.retain(|run| !run.is_empty());
    }
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
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn of(values: &[f64]) -> Values {
        Values { all: values.into(), in_order: false }
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
        assert_eq!(back[0].all[..], [1.0, 2.0, 5.0, 9.0]);
        let same = |slots: &[Values], others: &[Values]| {
            let of = |slots, share| percentile_of(slots, share).to_bits();
            [0.0, 0.3, 0.5, 0.9, 1.0].into_iter().all(|share| of(slots, share) == of(others, share))
        };
        assert!(same(&back, &values) && same(&back[1..], &values[1..]));
        (0..4).filter(|at| *at != 2).for_each(|at| assert!(same(&back[at..=at], &values[at..=at])));
        assert!(written(&of(&[1_800_000_000.0, 1_800_000_090.0])).len() < 10, "steps are short");
        for step in [200.0, 60_000.0, 1e7, 4e9, 1e14] {
            let back: Values = postcard::from_bytes(&written(&of(&[step - 7.0, -7.0, -6.0]))).unwrap();
            assert_eq!(back.all[..], [-7.0, -6.0, step - 7.0]);
        }
        back[0].push(0.0);
        assert!((percentile_of(&back[..1], 0.0) - 0.0).abs() < f64::EPSILON, "it is not in order any more");
    }

    #[test]
    fn values_in_order_are_found_where_all_of_them_together_have_them() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for most in [1, 2, 3, 40] {
            let slot = |random: &mut ChaCha8Rng| {
                let values: Vec<f64> =
                    (0..random.random_range(0..=most)).map(|_| random.random_range(-3..9)).map(f64::from).collect();
                of(&values)
            };
            let mut slots: Vec<Values> = (0..most).map(|_| slot(&mut random)).chain([of(&[2.0])]).collect();
            let shares = [0.0, 0.1, 0.5, 0.77, 1.0];
            let before = shares.map(|share| percentile_of(&slots, share).to_bits());
            slots.iter_mut().for_each(Values::put_in_order);
            assert_eq!(shares.map(|share| percentile_of(&slots, share).to_bits()), before, "{most}");
        }
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
