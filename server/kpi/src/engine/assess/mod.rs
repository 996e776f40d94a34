//! What may be said about the last figures of a breakdown: judged by what, surely or perhaps by chance, for how long,
//! against which usual variation. The figures of all its groups are judged together.
//!
//! Figures that can still change are judged by what they will come to, or by the last that are settled. Groups that are
//! not sure are judged again over several periods together. An [`assessor`](Assessor) knows the periods and how figures
//! grow (`growth`), a `basis` is what of a group is compared with its marks, its `proof` what tells a broken mark from
//! `chance`.

mod assessor;
mod basis;
mod chance;
mod growth;
mod proof;

pub use assessor::{Assessor, Figures};
pub use growth::factors;

use crate::definition::judging::Counting;
use crate::definition::threshold::{Status, Threshold};
use crate::judgement::judged::{Assessment, By, Judged, Since, Unjudged};
use crate::judgement::significance::LEVEL;
use assessor::figures;
use basis::Basis;
use chance::surely;

/// At which level a second look takes a figure beyond the worse of two marks to break the other one: a second chance to
/// be named, and by another mark, asks for more.
const SECOND_LOOK: f64 = LEVEL / 50.0;

impl Assessor<'_> {
    /// What may be said about each group; `total` is the only one of its breakdown and has rules of its own.
    pub fn assess(&self, groups: &[Figures], total: bool) -> Vec<Assessment> {
        let marks: Vec<Threshold> = groups.iter().map(|group| self.marks(group, total)).collect();
        let judged = self.judge(groups, &marks, total, 0);
        let had_before = !self.running && self.periods.len() > 1;
        let mut before = had_before.then(|| self.judge(groups, &marks, total, 1)).into_iter().flatten();
        let groups = groups.iter().zip(marks).zip(judged);
        let assessment = |((group, marks), judged): ((&Figures, Threshold), Judged)| Assessment {
            since: self.since(group, &marks, &judged),
            judged,
            marks,
            expected: self.expected(group),
            signal: self.signal(group, total, 0),
            before: before.next(),
        };
        groups.map(assessment).collect()
    }

    /// The marks of a group. One that derives from the KPI's own past belongs to the total.
    fn marks(&self, group: &Figures, total: bool) -> Threshold {
        if !total {
            return self.declared(group).after(&[], None);
        }
        // A period that is running has no course; the last one that is settled is judged by its own.
        let over = group.cells.len() - usize::from(self.running && group.cells.len() > 1);
        let last = self.periods[self.periods.len() - 1];
        self.kpi.marks(&figures(&group.cells[..over]), &self.place(group, last))
    }

    /// How the figures of the period that many before the last one are judged, all groups together.
    fn judge(&self, groups: &[Figures], marks: &[Threshold], total: bool, back: usize) -> Vec<Judged> {
        let compared: Vec<Result<Basis, Unjudged>> =
            groups.iter().zip(marks).map(|(group, marks)| self.basis(group, marks, back)).collect();
        let (surely, counting) = (surely(&compared, LEVEL), self.counting(total));
        let judged = groups.iter().zip(compared).zip(surely).map(|((group, basis), surely)| match basis {
            // Marks that derive from the past are none of a group.
            Err(Unjudged::NoPast) if !total => unjudged(Unjudged::NoMarks),
            Err(reason) => unjudged(reason),
            Ok(basis) if basis.status < Status::Warning || surely >= basis.status => judged(basis),
            Ok(basis) if basis.is_of_the_period() && self.is_unusually_bad(group, total, back) => {
                // What it will come to is what was judged, though it is its figure that stands out.
                let by = if basis.by == By::Value { By::Signal } else { basis.by };
                judged(Basis { by, ..basis })
            }
            // Below the lower of two marks by chance, it may be below the upper one surely.
            Ok(basis) if counting == Counting::Sure && surely >= Status::Warning => {
                judged(Basis { status: surely, ..basis })
            }
            Ok(basis) => Judged { sure: Some(false), chance: counting == Counting::Sure, ..judged(basis) },
        });
        let mut judged: Vec<Judged> = judged.collect();
        if self.is_group(total) {
            self.judge_again(groups, marks, back, &mut judged);
        }
        judged
    }

    /// Judges groups that are not sure again, over several periods together.
    fn judge_again(&self, groups: &[Figures], marks: &[Threshold], back: usize, judged: &mut [Judged]) {
        let open = |judged: &Judged| judged.sure != Some(true) || judged.status < Status::Warning;
        let again: Vec<usize> = (0..groups.len()).filter(|group| open(&judged[*group])).collect();
        let compared = again.iter().map(|group| self.over_periods(&groups[*group], &marks[*group], back));
        let compared: Vec<Result<Basis, Unjudged>> = compared.map(|basis| basis.ok_or(Unjudged::NoRows)).collect();
        let surely = surely(&compared, SECOND_LOOK);
        for ((group, basis), surely) in again.into_iter().zip(compared).zip(surely) {
            // What counts as it stands is not made light of.
            let tells = surely >= Status::Warning && (judged[group].chance || surely >= judged[group].status);
            if let Ok(basis) = basis
                && tells
            {
                judged[group] = self::judged(Basis { status: surely, ..basis });
            }
        }
    }

    /// Whether what the total is of is itself a part: what a reader sees who does not see everything.
    pub(super) fn is_group(&self, total: bool) -> bool {
        !total || self.is_of_a_part()
    }

    /// Which breaches count.
    fn counting(&self, total: bool) -> Counting {
        let judging = &self.kpi.declaration.judging;
        if self.is_group(total) { judging.groups } else { judging.total }
    }

    /// Since when a breach that counts goes on: with the periods before it that break a mark as well, by the same measure.
    fn since(&self, group: &Figures, marks: &Threshold, judged: &Judged) -> Option<Since> {
        let by = judged.by.as_ref().filter(|_| judged.status >= Status::Warning && !judged.chance)?;
        let newest = self.stops.len() - 1;
        // The period it is about, and how many before it can be looked at.
        let (last, reach) = match by {
            By::LookBack { periods, .. } => (newest, (newest + 1).saturating_sub(*periods)),
            By::Settled { .. } => (self.last_settled(0)?, self.last_settled(0)?),
            By::Value | By::Signal | By::Expected { .. } => (newest, newest),
        };
        // Whether so many periods before it are broken; `None` where nobody knows.
        let is_broken = |back: usize| match by {
            By::LookBack { .. } => Some(self.over_periods(group, marks, back).is_some_and(|basis| basis.is_broken())),
            By::Settled { .. } => self.was_broken_when_settled(group, marks, last - back),
            By::Value | By::Signal | By::Expected { .. } => match self.basis(group, marks, back) {
                Err(Unjudged::NoData) => None,
                basis => Some(basis.is_ok_and(|basis| basis.is_broken())),
            },
        };
        let reach = if self.running { 0 } else { reach };
        let before = (1..=reach).take_while(|back| is_broken(*back) == Some(true)).count();
        let at_least = before > 0 && (before == reach || is_broken(before + 1).is_none());
        Some(Since { period: self.periods[last - before].to_string(), periods: before + 1, at_least })
    }
}

impl Basis {
    fn is_broken(&self) -> bool {
        self.status >= Status::Warning
    }

    /// Whether it is about the period itself, and not about others that stand for it.
    fn is_of_the_period(&self) -> bool {
        matches!(self.by, By::Value | By::Expected { .. })
    }
}

/// Judged for sure.
fn judged(basis: Basis) -> Judged {
    Judged { status: basis.status, sure: Some(true), chance: false, by: Some(basis.by), reason: None }
}

fn unjudged(reason: Unjudged) -> Judged {
    Judged { status: Status::Unjudged, sure: None, chance: false, by: None, reason: Some(reason) }
}
