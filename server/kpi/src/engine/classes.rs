//! Classes of rows, where figures are computed for many scopes: the rows of a *class* are seen by the same scopes.
//!
//! A row is folded once, into the states of its class; the figures of a scope are read from the states of all classes
//! that it sees, as a period is read from its stretches.

use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Some of the scopes: a bit for each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Set(Arc<[u64]>);

impl Set {
    /// Those of so many scopes that it holds.
    pub fn of(scopes: usize, holds: impl Fn(usize) -> bool) -> Set {
        let bits = |word: usize| {
            let numbers = (word * 64)..scopes.min(word * 64 + 64);
            numbers.filter(|number| holds(*number)).fold(0, |bits, number| bits | 1 << (number % 64))
        };
        Set((0..scopes.div_ceil(64)).map(bits).collect())
    }

    /// Word by word with another one.
    #[must_use]
    pub fn zipped(&self, other: &Set, with: impl Fn(u64, u64) -> u64) -> Set {
        Set(self.0.iter().zip(&*other.0).map(|(own, other)| with(*own, *other)).collect())
    }

    pub fn holds(&self, scope: usize) -> bool {
        self.0[scope / 64] & (1 << (scope % 64)) != 0
    }

    /// The first of them.
    pub fn first(&self) -> Option<usize> {
        self.each().next()
    }

    /// All of them, in order.
    pub fn each(&self) -> impl Iterator<Item = usize> {
        let bits = |bits: u64| {
            std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1))).take_while(|bits| *bits != 0)
        };
        let of_word =
            move |(word, all): (usize, &u64)| bits(*all).map(move |bits| word * 64 + bits.trailing_zeros() as usize);
        self.0.iter().enumerate().flat_map(of_word)
    }
}

/// The classes that were seen, numbered.
#[derive(Debug, Default)]
pub struct Classes {
    sets: Vec<Set>,
    known: FxHashMap<Set, u32>,
}

impl Classes {
    /// The number of the class that these scopes see.
    pub fn number(&mut self, set: Set) -> u32 {
        *self.known.entry(set).or_insert_with_key(|set| {
            self.sets.push(set.clone());
            u32::try_from(self.sets.len() - 1).expect("fewer than 2^32 classes")
        })
    }

    /// The scopes that see the rows of a class.
    pub fn scopes(&self, class: u32) -> &Set {
        &self.sets[class as usize]
    }

    /// Of each of so many scopes, the classes of rows that it sees.
    pub fn of_scopes(&self, scopes: usize) -> Vec<Vec<u32>> {
        let mut of_scopes = vec![Vec::new(); scopes];
        for (class, set) in (0..).zip(&self.sets) {
            set.each().for_each(|scope| of_scopes[scope].push(class));
        }
        of_scopes
    }
}
