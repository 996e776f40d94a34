//! Aggregates that count.

use super::accumulator::{Reading, Rule};
use rustc_hash::FxHashSet;

/// How many rows.
pub struct Count;

/// How many different values, told apart by their bits.
pub struct Distinct;

impl Rule<0> for Count {
    type State = u64;

    fn add(&self, count: &mut u64, []: [f64; 0]) {
        *count += 1;
    }

    fn read<'a>(&self, counts: impl Iterator<Item = &'a u64> + Clone) -> Reading {
        Reading::of_count(counts.sum())
    }
}

impl Rule<1> for Distinct {
    type State = FxHashSet<u64>;

    fn add(&self, seen: &mut FxHashSet<u64>, [value]: [f64; 1]) {
        seen.insert(value.to_bits());
    }

    fn read<'a>(&self, seen: impl Iterator<Item = &'a FxHashSet<u64>> + Clone) -> Reading {
        let mut seen = seen.filter(|values| !values.is_empty());
        let different = match (seen.next(), seen.next()) {
            (None, _) => 0,
            (Some(alone), None) => alone.len(),
            (Some(first), Some(second)) => {
                let mut all = first.clone();
                for set in std::iter::once(second).chain(seen) {
                    all.extend(set);
                }
                all.len()
            }
        };
        Reading::of_count(different as u64)
    }
}
