//! Aggregates that keep the smallest or the greatest value.

use super::accumulator::{Reading, Rule};
use serde::{Deserialize, Serialize};

/// The smallest value.
pub struct Min;

/// The greatest value.
pub struct Max;

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Extreme {
    /// Nothing while there are no rows.
    value: f64,
    rows: u64,
}

impl Extreme {
    fn add(&mut self, value: f64, beats: impl Fn(f64, f64) -> bool) {
        if self.rows == 0 || beats(value, self.value) {
            self.value = value;
        }
        self.rows += 1;
    }

    fn read<'a>(extremes: impl Iterator<Item = &'a Extreme> + Clone, better: impl Fn(f64, f64) -> f64) -> Reading {
        let seen = extremes.filter(|extreme| extreme.rows > 0);
        let rows = seen.clone().map(|extreme| extreme.rows).sum();
        Reading { value: seen.map(|extreme| extreme.value).reduce(better), rows, left_out: 0 }
    }
}

impl Rule<1> for Min {
    type State = Extreme;

    fn add(&self, least: &mut Extreme, [value]: [f64; 1]) {
        least.add(value, |value, known| value < known);
    }

    fn read<'a>(&self, least: impl Iterator<Item = &'a Extreme> + Clone) -> Reading {
        Extreme::read(least, f64::min)
    }
}

impl Rule<1> for Max {
    type State = Extreme;

    fn add(&self, greatest: &mut Extreme, [value]: [f64; 1]) {
        greatest.add(value, |value, known| value >= known);
    }

    fn read<'a>(&self, greatest: impl Iterator<Item = &'a Extreme> + Clone) -> Reading {
        Extreme::read(greatest, f64::max)
    }
}
