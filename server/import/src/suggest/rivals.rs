//! Columns that a table's column could as well be made of.

use super::making::{Making, Planned};
use pegel_kpi::data::model::Kind;

/// A heading that fits less is no rival.
const FITTING: u32 = 90;

impl Making<'_> {
    /// Marks what another column could hold, if that says something else.
    pub fn rivals(&mut self) {
        let doubts: Vec<Option<String>> = self.plan.columns.iter().map(|planned| self.rival(planned)).collect();
        for (planned, doubt) in self.plan.columns.iter_mut().zip(doubts) {
            if let Some(doubt) = doubt {
                planned.doubt(&doubt);
            }
        }
    }

    fn rival(&self, planned: &Planned) -> Option<String> {
        let [at] = planned.at.as_slice() else { return None };
        let of = format!("{}.{}", self.assigned.table.name, planned.column);
        let product = self.seen.product.map(|product| product.word.as_str());
        let is_reference = self.assigned.table.references.iter().any(|one| *one.column.name == *planned.column);
        let kind = if is_reference { Kind::Text } else { planned.kind };
        let fits = |other: &usize| {
            let (column, contents) = (self.column(*other), self.contents(*other));
            let pairs = self.column(*at).cells.iter().zip(&column.cells);
            let differ = pairs.filter(|(a, b)| !b.is_empty() && a != b).count();
            !column.twice
                && contents.filled > 0
                && contents.fit(kind)
                && differ > 0
                && self.seen.headings.fit(&column.heading, &of, None, product) >= FITTING
                && !self.is_used(*other)
        };
        let rivals: Vec<String> = (0..self.seen.sample.columns.len())
            .filter(fits)
            .map(|other| {
                let column = self.column(other);
                let first = column.filled().next().unwrap_or_default();
                format!("“{}” (such as “{}”)", column.heading, crate::shown::shown(first))
            })
            .collect();
        (!rivals.is_empty()).then(|| format!("it could as well be {}: take the one that is meant", rivals.join(" or ")))
    }
}
