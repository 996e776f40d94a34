//! What two editions say differently, and why: number by number. Pure: numbers and sources in, changes out.
//!
//! `side` finds the numbers of an edition, `said` tells when two are the same, `why` gives the reasons, `written` puts them
//! into a reader's words. Of rows that are listed one by one it is told whether they are the same; scorecards and
//! contributions follow from the numbers.

use crate::numbers::{Changed, KpiBlock, RowList, Said, Why};
use pegel_catalog::lines::unified;
use pegel_kpi::definition::threshold::Status;
use serde::Serialize;
use side::{Number, Side};
use std::cmp::Reverse;
use why::{Causes, Half};

mod said;
mod side;
mod why;
mod written;

pub use side::Compared;
pub use why::ChangedFile;
pub use written::Written;

/// What differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// What breaks a threshold in one of them alone first; then totals before groups, and those before pairs of groups; else in the order of the newer
    /// edition, what only the older one has last.
    pub changes: Vec<Changed>,
    /// How many numbers are the same in both.
    pub same: usize,
    /// Whether other rows are listed one by one.
    pub lists: bool,
    /// The files that changes are explained by, once each.
    pub files: Vec<ChangedFile>,
}

impl Changed {
    fn of(number: &Number, [old, new]: [Option<&Said>; 2], why: Vec<Why>) -> Changed {
        let [group, and] = number.groups.clone();
        let KpiBlock { id, title, unit, threshold, .. } = number.block;
        Changed {
            kpi: id.clone(),
            title: title.clone(),
            group,
            and,
            unit: *unit,
            threshold: *threshold,
            old: old.cloned(),
            new: new.cloned(),
            why,
            files: Vec::new(),
        }
    }

    /// What comes first is smallest.
    fn rank(&self) -> (Reverse<Option<Status>>, bool, usize) {
        let breaks = |said: &Said| match said.state() {
            (_, true) => Status::Ok,
            (status, false) => status,
        };
        let states = self.old.as_ref().zip(self.new.as_ref()).map(|(old, new)| [breaks(old), breaks(new)]);
        let worst = states.filter(|[old, new]| old != new).map(|[old, new]| old.max(new));
        let became_worse = states.is_some_and(|[old, new]| new > old);
        let groups = [&self.group, &self.and].into_iter().flatten().count();
        (Reverse(worst.filter(|worst| *worst >= Status::Warning)), !became_worse, groups)
    }
}

impl Diff {
    fn add(&mut self, mut changed: Changed, files: Vec<ChangedFile>) {
        for file in files {
            if !changed.files.contains(&file.name) {
                changed.files.push(file.name.clone());
            }
            if !self.files.contains(&file) {
                self.files.push(file);
            }
        }
        self.changes.push(changed);
    }

    /// The same with the lines that differ in its files. `text` gives the text of that SHA-256, if it is kept.
    ///
    /// # Errors
    /// The first that `text` answers with.
    pub fn with_lines<E>(mut self, text: impl Fn(&str) -> Result<Option<String>, E>) -> Result<Diff, E> {
        // A file that an edition was made without is an empty one.
        let read = |sha256: &Option<String>| sha256.as_deref().map_or(Ok(Some(String::new())), &text);
        for file in &mut self.files {
            if let (Some(old), Some(new)) = (read(&file.old)?, read(&file.new)?) {
                file.lines = unified(&old, &new);
            }
        }
        Ok(self)
    }
}

/// What `new` says differently from `old`.
pub fn diff(old: Compared, new: Compared) -> Diff {
    let (before, now) = (Side::of(old.numbers), Side::of(new.numbers));
    let causes = Causes::of(old, new);
    let there = now.numbers.iter().map(|number| (number, before.same_as(number), Some(number)));
    let gone = before.numbers.iter().filter(|former| now.same_as(former).is_none());
    let gone = gone.map(|former| (former, Some(former), None));
    let lists = !lists(&old).eq(lists(&new));
    let mut found = Diff { changes: Vec::new(), same: 0, lists, files: Vec::new() };
    for (number, former, current) in there.chain(gone) {
        let [old, new] = [former, current].map(|number| number.map(|number| &number.said));
        let halves = before.block_of(number).zip(now.block_of(number));
        // Other marks are told once, beside the total, and beside each number whose state is another one.
        let is_total = number.groups == [None, None];
        let has_other_marks = is_total && halves.is_some_and(|(was, is)| was.threshold != is.threshold);
        if !has_other_marks && old.zip(new).is_some_and(|(old, new)| old.is_like(new)) {
            found.same += 1;
            continue;
        }
        let half = |block, said| Half { block, said, is_total };
        let (why, files) = match halves {
            Some((was, is)) => causes.of_number(half(was, old), half(is, new)),
            None => ([causes.of_all(), vec![Why::Shown]].concat(), Vec::new()),
        };
        found.add(Changed::of(number, [old, new], why), files);
    }
    found.changes.sort_by_key(Changed::rank);
    found
}

/// The rows that an edition lists one by one.
fn lists<'a>(edition: &Compared<'a>) -> impl Iterator<Item = &'a RowList> + use<'a> {
    edition.numbers.sections.iter().flat_map(|section| &section.lists)
}

#[cfg(test)]
mod tests;
