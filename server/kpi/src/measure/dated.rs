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

    /// The spans of all these periods on one axis. Those that reach far back are cut where periods begin, so that what
    /// is computed of them now is of use for later periods.
    pub fn timeline(&self, periods: &[Period]) -> Timeline {
        let spans: Vec<Range<i64>> = periods.iter().map(|period| self.span(period)).collect();
        let begins = |period: &Period| if in_days(&self.by) { period.days().start } else { period.instants().start };
        let cuts = match self.reach {
            Reach::Within | Reach::Ahead(_) | Reach::From(_) => Vec::new(),
            Reach::UpTo(_) => periods.iter().map(begins).collect(),
            Reach::Trailing(_) => {
                let since = spans.iter().map(|span| span.start).min().unwrap_or(i64::MAX);
                let earliest = periods.iter().min_by_key(|period| begins(period)).cloned();
                let earlier = std::iter::successors(earliest, |period| period.before().ok()).take(MOST_CUTS);
                let earlier = earlier.map(|period| begins(&period)).take_while(|begins| *begins > since);
                periods.iter().map(begins).chain(earlier).collect()
            }
        };
        Timeline::cut(&spans, &cuts)
    }
}

/// Days of a year would be so many parts that to put them together takes longer than to read their rows.
const MOST_CUTS: usize = 130;

/// Whether a date is stored as a day, and not as an instant.
pub fn in_days(date: &Path) -> bool {
    date.column.kind == Kind::Date
}
