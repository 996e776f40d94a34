//! Units that headings name: `Umsatz (T€)` holds thousands.

use super::making::{Making, Planned};
use crate::decimal;
use pegel_kpi::data::model::Kind;

impl Making<'_> {
    /// Multiplies numbers by what their headings say that they are in.
    pub fn units(&mut self) {
        let found: Vec<_> = self.plan.columns.iter().map(|planned| self.unit(planned)).collect();
        for (planned, found) in self.plan.columns.iter_mut().zip(found) {
            let Some((reason, scale)) = found else { continue };
            if let Some(scale) = scale {
                planned.also(&format!("scale = \"{scale}\""));
            }
            planned.doubt(&reason);
        }
    }

    /// What the heading of a column says that its numbers are in, and by what that multiplies them.
    fn unit(&self, planned: &Planned) -> Option<(String, Option<String>)> {
        let [at] = *planned.at else { return None };
        let of = match planned.kind {
            Kind::Money => "money".to_owned(),
            Kind::Number | Kind::Integer => format!("{}.{}", self.assigned.table.name, planned.column),
            _ => return None,
        };
        let column = self.column(at);
        let (word, unit) = self.seen.headings.unit(&column.heading, &of)?;
        let mark = self.seen.mark.before_decimals;
        let says_so = |cell: &str| decimal::parse(cell, mark).is_some_and(|number| number.times.is_some());
        if column.filled().any(says_so) {
            return None;
        }
        let reason = match &unit.scale {
            Some(scale) => format!("“{word}” in its heading says {}: all are multiplied by {scale}", unit.name),
            None => format!("“{word}” in its heading says {}, and {} are meant", unit.name, planned.column),
        };
        Some((reason, unit.scale.clone()))
    }
}
