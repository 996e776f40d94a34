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

    fn read(&self, counts: &[u64]) -> Reading {
        Reading::of_count(counts.iter().sum())
    }
}

impl Rule<1> for Distinct {
    type State = FxHashSet<u64>;

    fn add(&self, seen: &mut FxHashSet<u64>, [value]: [f64; 1]) {
        seen.insert(value.to_bits());
    }

    fn read(&self, seen: &[FxHashSet<u64>]) -> Reading {
        let different = match seen {
            [] => 0,
            [alone] => alone.len(),
            [first, others @ ..] => {
                let mut all = first.clone();
                for set in others {
                    all.extend(set);
                }
                all.len()
            }
        };
        Reading::of_count(different as u64)
    }
}
