//! Rows that belong to a period by one date.

use crate::data::model::Kind;
use crate::data::path::Path;
use crate::time::period::{Period, Reach};
use crate::time::timeline::Timeline;
use std::ops::Range;

/// The rows whose date lies in a span around the period.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated {
    pub by: Path,
    pub reach: Reach,
}

impl Dated {
    /// The dates that belong to a period, half-open, as rows store them: seconds for an instant, days for a date.
    pub fn span(&self, period: &Period) -> Range<i64> {
        period.reach(self.reach, in_days(&self.by))
    }

    /// The spans of all these periods on one axis.
    pub fn timeline(&self, periods: &[Period]) -> Timeline {
        let spans: Vec<Range<i64>> = periods.iter().map(|period| self.span(period)).collect();
        Timeline::new(&spans)
    }
}

/// Whether a date is stored as a day, and not as an instant.
pub fn in_days(date: &Path) -> bool {
    date.column.kind == Kind::Date
}
