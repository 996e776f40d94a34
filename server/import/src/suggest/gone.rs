//! Rows that the system has deleted or put away.

use super::contents::FEW;
use super::headings::is_among;
use super::making::Making;
use super::suggestion::Setting;
use super::toml::{list, quoted};
use crate::words::truth;
use std::collections::BTreeSet;

impl Making<'_> {
    /// Leaves out orders that were cancelled, where nothing says when.
    pub fn without_cancelled(&mut self) {
        if self.kind_of("cancelled_at").is_none() || self.is_planned("cancelled_at") || self.plan.when.is_some() {
            return;
        }
        let words = &self.seen.headings.cancelled;
        let sample = self.seen.sample;
        let found = sample.columns.iter().filter(|column| !column.twice).find_map(|column| {
            let distinct = column.distinct(FEW)?;
            let cancelled: Vec<(&str, usize)> =
                distinct.into_iter().filter(|(word, _)| is_among(word, words)).collect();
            (!cancelled.is_empty()).then_some((&column.heading, cancelled))
        });
        let Some((heading, cancelled)) = found else { return };
        let rows: usize = cancelled.iter().map(|(_, rows)| rows).sum();
        let words: Vec<&str> = cancelled.into_iter().map(|(word, _)| word).collect();
        let why = format!(
            "{rows} of {} rows are left out: by “{heading}” they were cancelled, and nothing says when",
            sample.rows
        );
        let condition = format!("{{ column = {}, not_in = {} }}", quoted(heading), list(words));
        self.plan.when = Some(Setting::check("when", condition, why));
    }

    /// Leaves them out, where a column says which they are.
    pub fn without_deleted(&mut self) {
        let (sample, known) = (self.seen.sample, &self.seen.headings.deleted);
        for (column, contents) in sample.columns.iter().zip(self.seen.contents) {
            if column.twice || contents.filled == 0 || !is_among(&column.heading, known) {
                continue;
            }
            let heading = quoted(&column.heading);
            let yes: Vec<&str> = column.filled().filter(|cell| truth(cell) == Some(true)).collect();
            let (count, condition) = if column.filled().all(|cell| truth(cell).is_some()) {
                let words: BTreeSet<&str> = yes.iter().copied().collect();
                (yes.len(), format!("{{ column = {heading}, not_in = {} }}", list(words)))
            } else if contents.are_dates() {
                (contents.filled, format!("{{ column = {heading}, missing = true }}"))
            } else {
                continue;
            };
            if count > 0 {
                let why = format!("{count} of {} rows are left out: “{}” says so", sample.rows, column.heading);
                self.plan.when = Some(Setting::check("when", condition, why));
                return;
            }
        }
    }
}
