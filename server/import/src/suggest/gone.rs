//! Rows that the system has deleted or put away.

use super::contents::FEW;
use super::headings::is_among;
use super::making::Making;
use super::numbers;
use super::suggestion::Setting;
use super::toml::{list, quoted};
use crate::words::truth;
use rust_decimal::Decimal;
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
            let is_flag = is_among(&column.heading, words) && column.filled().all(|cell| truth(cell).is_some());
            let says_so = |word: &str| if is_flag { truth(word) == Some(true) } else { is_among(word, words) };
            let cancelled: Vec<(&str, usize)> = distinct.into_iter().filter(|(word, _)| says_so(word)).collect();
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

    /// Says of orders that take back others that their amounts would be added.
    pub fn credits(&mut self) {
        let Some(amount) = self.plan.columns.iter().find(|planned| planned.column == "amount") else { return };
        if self.kind_of("cancelled_at").is_none() {
            return;
        }
        let (sample, amounts) = (self.seen.sample, amount.at.clone());
        let is_positive = |row: usize| {
            let mut cells = amounts.iter().map(|at| sample.columns[*at].cells[row].as_str());
            cells.all(|cell| {
                numbers::value(cell, self.seen.mark.before_decimals).is_some_and(|amount| amount > Decimal::ZERO)
            })
        };
        for column in sample.columns.iter().filter(|column| !column.twice && column.distinct(FEW).is_some()) {
            let credits = column.cells.iter().enumerate();
            let credits =
                credits.filter(|(row, cell)| is_among(cell, &self.seen.headings.credits) && is_positive(*row));
            let words: BTreeSet<&str> = credits.clone().map(|(_, cell)| cell.as_str()).collect();
            let rows = credits.count();
            if rows > 0 {
                let heading = quoted(&column.heading);
                self.plan.lacks.push(format!(
                    "by “{}”, {rows} of {} rows take back orders, and their amounts are above zero, so they would be added: leave \
                     them out with when = {{ column = {heading}, not_in = {} }}",
                    column.heading,
                    sample.rows,
                    list(words)
                ));
                return;
            }
        }
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
