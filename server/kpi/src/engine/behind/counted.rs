//! Which rows the measures of a list count, and which of these are listed. Of the latest row of each series, and of
//! different values, that is known only when all rows have been seen.

use super::sides::Wanted;
use crate::measure::Measure;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// A set of measures, one bit for each: a KPI has at most 100.
pub type Measures = u128;

/// The set of one measure, by its index.
pub fn only(measure: usize) -> Measures {
    1 << measure
}

/// Decides which rows are listed.
pub struct Decision<'a> {
    weights: &'a [i32],
    /// The measures that speak for a row.
    speaking: Measures,
    /// If the measures count values: which of them count each value, by its bits.
    values: Option<FxHashMap<u64, Measures>>,
}

impl<'a> Decision<'a> {
    pub fn new(wanted: &'a Wanted) -> Decision<'a> {
        let weighted = wanted.weights.iter().enumerate().filter(|(_, weight)| **weight > 0);
        let speaking = weighted.fold(0, |all, (measure, _)| all | only(measure));
        Decision { weights: &wanted.weights, speaking, values: wanted.counts_values().then(FxHashMap::default) }
    }

    /// Whether rows can be decided about one by one.
    pub fn is_simple(&self) -> bool {
        self.values.is_none()
    }

    /// Notes which measures count a value.
    pub fn note(&mut self, value: u64, counted: Measures) {
        if let Some(values) = &mut self.values {
            *values.entry(value).or_default() |= counted;
        }
    }

    /// Whether a row that is counted by these measures, with that value, is listed.
    pub fn lists(&self, value: u64, counted: Measures) -> bool {
        let whole = self.values.as_ref().map_or(counted, |values| values.get(&value).copied().unwrap_or(counted));
        let weights = self.weights.iter().enumerate().filter(|(measure, _)| whole & only(*measure) != 0);
        counted & self.speaking != 0 && weights.map(|(_, weight)| weight).sum::<i32>() > 0
    }
}

/// The latest row of each series seen so far.
#[derive(Default)]
pub struct LatestRows(FxHashMap<Box<[u64]>, Candidate>);

/// A row that may be the latest; compared as the fold compares them.
#[derive(PartialEq)]
pub struct Candidate {
    pub by: f64,
    /// What it contributes; `None` if it is the latest, but does not count.
    pub contributions: Option<Vec<f64>>,
    /// Which row it is.
    pub row: usize,
}

impl LatestRows {
    pub fn add(&mut self, series: Box<[u64]>, found: Candidate) {
        let known = self.0.get(&series);
        if known.is_none_or(|known| found.partial_cmp(known) == Some(Ordering::Greater)) {
            self.0.insert(series, found);
        }
    }

    /// The rows that the measure counts.
    pub fn counted_by<'a>(&'a self, measure: &'a Measure) -> impl Iterator<Item = usize> {
        let counts = |candidate: &&Candidate| {
            let contributed = candidate.contributions.as_ref();
            contributed.is_some_and(|values| measure.counts(values.iter().copied()))
        };
        self.0.values().filter(counts).map(|candidate| candidate.row)
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Candidate) -> Option<Ordering> {
        (self.by, &self.contributions).partial_cmp(&(other.by, &other.contributions))
    }
}
