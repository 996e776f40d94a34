//! Repeatable random numbers, and the few conversions between whole and real numbers that they need.

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;

/// The parts of the data. Each has its own random stream, so that a change in one leaves the others as they are.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    Cast,
    Arrival,
    Desk,
    Feedback,
    Course,
    Customers,
    Opportunities,
    Orders,
    Activities,
    Surveys,
    Targets,
    Forecasts,
    Costs,
    Observations,
}

/// A seeded random number generator.
#[derive(Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice for one part of the data.
    pub fn of(seed: u64, part: Part) -> Dice {
        let mut chacha = ChaCha8Rng::seed_from_u64(seed);
        chacha.set_stream(part as u64);
        Dice(chacha)
    }

    /// True with that probability.
    pub fn chance(&mut self, share: f64) -> bool {
        self.0.random::<f64>() < share
    }

    /// A whole number between two, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// A number at most `spread` from the middle, uniformly distributed.
    pub fn around(&mut self, middle: f64, spread: f64) -> f64 {
        middle + spread * (2.0 * self.0.random::<f64>() - 1.0)
    }

    /// A log-normal number, as amounts and durations tend to be; the mean is `median · exp(sigma²/2)`.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        // The Box–Muller transform of two uniform numbers into a normal one; 1 − x is never 0.
        let (radius, turn): (f64, f64) = (1.0 - self.0.random::<f64>(), self.0.random());
        let normal = (-2.0 * radius.ln()).sqrt() * (TAU * turn).cos();
        median * (sigma * normal).exp()
    }

    /// One of several, all equally likely.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        of.choose(&mut self.0).expect("the demo picks from lists that are not empty")
    }

    /// The position of one of several, with probabilities in proportion to the weights.
    pub fn weighted(&mut self, weights: impl IntoIterator<Item = u32, IntoIter: Clone>) -> usize {
        let weights = weights.into_iter();
        let mut left = self.0.random_range(0..weights.clone().sum::<u32>());
        for (position, weight) in weights.enumerate() {
            if left < weight {
                return position;
            }
            left -= weight;
        }
        unreachable!("what is left is less than the sum of the weights")
    }

    pub fn shuffle<T>(&mut self, cards: &mut [T]) {
        cards.shuffle(&mut self.0);
    }
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "amounts, seconds and days of the demo are far below 2^53")]
pub fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// The number as a float.
#[expect(clippy::cast_precision_loss, reason = "amounts, seconds and days of the demo are far below 2^53")]
pub fn real(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_and_each_part_its_own() {
        let throw = |seed, part| {
            let mut dice = Dice::of(seed, part);
            (0..8).map(|_| dice.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7, Part::Cast), throw(7, Part::Cast));
        assert_ne!(throw(7, Part::Cast), throw(7, Part::Desk));
        assert_ne!(throw(7, Part::Cast), throw(8, Part::Cast));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::of(1, Part::Cast);
        let mut thrown = [0_i32; 3];
        for _ in 0..10_000 {
            thrown[dice.weighted([1, 0, 3])] += 1;
        }
        assert_eq!(thrown[1], 0);
        assert!((2_300..2_700).contains(&thrown[0]), "{thrown:?}");
    }
}
