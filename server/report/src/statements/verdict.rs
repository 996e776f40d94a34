//! How many figures keep their thresholds, break them, or were not judged.

use super::seen::{self, Seen, is_broken};
use crate::numbers::Numbers;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::judgement::judged::Unjudged;
use serde::{Deserialize, Serialize};

/// How the figures that have a threshold stand: totals, and the groups in which something happened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Verdict {
    pub kept: usize,
    /// More than chance.
    pub broken: usize,
    pub may_be_chance: usize,
    /// How many were not judged for which reason, the most frequent first.
    pub not_judged: Vec<(Unjudged, usize)>,
    /// How many tables that it draws on have never held anything.
    pub empty_tables: usize,
}

impl Verdict {
    /// That of an edition.
    pub fn of(numbers: &Numbers) -> Verdict {
        let mut verdict = Verdict::default();
        for seen in seen::all(numbers) {
            match seen.status {
                status if is_broken(status) && seen.may_be_chance() => verdict.may_be_chance += 1,
                status if is_broken(status) => verdict.broken += 1,
                Status::Ok => verdict.kept += 1,
                _ => verdict.count(unjudged(&seen)),
            }
        }
        verdict.empty_tables = numbers.data_up_to.iter().filter(|table| table.empty).count();
        verdict.not_judged.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
        verdict
    }

    /// Whether there was anything to keep, all of it was judged and all of it kept.
    pub fn all_kept(&self) -> bool {
        let all_judged = self.not_judged.is_empty() && self.empty_tables == 0;
        self.kept > 0 && self.broken == 0 && self.may_be_chance == 0 && all_judged
    }

    /// Whether not one figure was judged.
    pub fn none_judged(&self) -> bool {
        self.kept == 0 && self.broken == 0 && self.may_be_chance == 0
    }

    fn count(&mut self, reason: Option<Unjudged>) {
        let Some(reason) = reason else { return };
        match self.not_judged.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => self.not_judged.push((reason, 1)),
        }
    }
}

/// Why a figure was not judged that should have been; `None` where there is nothing to judge.
fn unjudged(seen: &Seen) -> Option<Unjudged> {
    let reason = seen.reason().or_else(|| of_outcome(seen))?;
    let nothing_there = matches!(reason, Unjudged::NoRows | Unjudged::ZeroDenominator);
    (reason != Unjudged::NoMarks && !(nothing_there && seen.group.is_some())).then_some(reason)
}

/// The same in editions older than reasons.
fn of_outcome(seen: &Seen) -> Option<Unjudged> {
    let has_marks = seen.block.better != Better::Neutral && seen.block.threshold != Threshold::default();
    Unjudged::of(&seen.cell.outcome).filter(|_| has_marks)
}
