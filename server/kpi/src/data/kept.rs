//! What a source keeps of what was computed, so that rows are read only once: the states of a measure, in a breakdown,
//! over a slice of time.
//!
//! What was kept holds as long as nothing was written that it rests on. Whoever keeps it knows what was written
//! ([`Touched`]), whoever computes it says on what it rests ([`RestsOn`]).

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Tells what is kept apart: two are alike only where all is alike by which states are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark(pub u128);

/// The states of all groups over one slice of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub mark: Mark,
    /// The dates of its rows, half-open: seconds for an instant, days for a date.
    pub slice: Range<i64>,
    /// The states are the same at whichever of these instants the rows are seen (UTC seconds, half-open).
    pub seen: Range<i64>,
    pub states: Vec<u8>,
}

/// What kept states are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub mark: Mark,
    /// Slices within these dates are of use.
    pub within: Range<i64>,
    pub rests_on: RestsOn,
}

/// On what states rest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RestsOn {
    /// Whether slices are days, and not seconds.
    pub in_days: bool,
    /// Whether rows of any time before a slice matter as well: they may still be there.
    pub since_ever: bool,
    pub rows: Vec<RowsOf>,
}

/// Rows of a table on which states rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsOf {
    pub table: Arc<str>,
    /// The date by which they lie in the slice, as [`Path`](super::path::Path)s are written; without it, all rows
    /// matter.
    pub by: Option<String>,
    /// The columns that matter.
    pub columns: BTreeSet<Arc<str>>,
    /// Whether it matters which rows there are. Where others lead to them, those tell which.
    pub counted: bool,
}

/// Something that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    pub table: String,
    /// The date of the row that is meant; empty of every row that was written.
    pub by: String,
    /// The day of that date, since 1970 in UTC.
    pub day: i64,
    /// The column that is another now; [`CAME_OR_WENT`] or [`ANYTHING`].
    pub what: String,
}

/// A row counts now that did not, or no longer.
pub const CAME_OR_WENT: &str = "";
/// Anything may have become of the rows of a table.
pub const ANYTHING: &str = "*";

const DAY: i64 = 24 * 60 * 60;

impl RestsOn {
    /// Whether states over a slice may be others after this was written.
    pub fn is_touched_by(&self, touched: &Touched, slice: &Range<i64>) -> bool {
        self.rows.iter().filter(|rows| *rows.table == *touched.table).any(|rows| {
            touched.what == ANYTHING
                || (rows.matters(&touched.what) && self.lies_in(slice, rows.by.as_deref(), touched))
        })
    }

    fn lies_in(&self, slice: &Range<i64>, by: Option<&str>, touched: &Touched) -> bool {
        let Some(by) = by else { return touched.by.is_empty() };
        let days = self.days(slice);
        touched.by == by && touched.day < days.end && (self.since_ever || days.start <= touched.day)
    }

    /// The days that a slice touches.
    fn days(&self, slice: &Range<i64>) -> Range<i64> {
        if self.in_days {
            return slice.clone();
        }
        slice.start.div_euclid(DAY)..slice.end.saturating_add(DAY - 1).div_euclid(DAY)
    }
}

impl RowsOf {
    fn matters(&self, what: &str) -> bool {
        if what == CAME_OR_WENT { self.counted } else { self.columns.contains(what) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leads by region, by when they were created.
    fn leads_by_region() -> RestsOn {
        let rows = |table: &str, by: Option<&str>, columns: &[&str], counted| RowsOf {
            table: table.into(),
            by: by.map(str::to_owned),
            columns: columns.iter().map(|column| Arc::from(*column)).collect(),
            counted,
        };
        let leads = rows("leads", Some("created_at"), &["created_at", "region", "partner_id"], true);
        RestsOn { rows: vec![leads, rows("partners", None, &["region"], false)], ..RestsOn::default() }
    }

    fn touched(table: &str, by: &str, day: i64, what: &str) -> Touched {
        Touched { table: table.to_owned(), by: by.to_owned(), day, what: what.to_owned() }
    }

    #[test]
    fn a_row_matters_by_its_date_and_by_what_of_it_is_another_now() {
        let slice = 10 * DAY..17 * DAY;
        let touches = |what: Touched| leads_by_region().is_touched_by(&what, &slice);
        assert!(touches(touched("leads", "created_at", 10, "region")));
        assert!(touches(touched("leads", "created_at", 16, CAME_OR_WENT)));
        assert!(!touches(touched("leads", "created_at", 17, "region")), "it was created later");
        assert!(!touches(touched("leads", "created_at", 9, "region")), "it was created before");
        assert!(!touches(touched("leads", "created_at", 10, "amount")), "nobody asks for its amount");
        assert!(!touches(touched("leads", "closed_at", 10, "region")), "that is when it was closed");
        assert!(!touches(touched("orders", "created_at", 10, CAME_OR_WENT)));
    }

    #[test]
    fn of_rows_that_others_lead_to_only_what_is_read_of_them_matters() {
        let touches = |what: Touched| leads_by_region().is_touched_by(&what, &(0..DAY));
        assert!(touches(touched("partners", "", 0, "region")));
        assert!(!touches(touched("partners", "", 0, "name")));
        assert!(!touches(touched("partners", "", 0, CAME_OR_WENT)), "no lead leads to a new partner");
        assert!(touches(touched("partners", "", 0, ANYTHING)));
    }

    #[test]
    fn what_came_before_a_slice_may_still_be_there_in_it() {
        let open = RestsOn { since_ever: true, ..leads_by_region() };
        assert!(open.is_touched_by(&touched("leads", "created_at", 1, "region"), &(10 * DAY..17 * DAY)));
        assert!(!open.is_touched_by(&touched("leads", "created_at", 17, "region"), &(10 * DAY..17 * DAY)));
    }

    #[test]
    fn a_slice_that_begins_within_a_day_rests_on_that_day() {
        let touches = |day| leads_by_region().is_touched_by(&touched("leads", "created_at", day, "region"), &(-5..5));
        assert_eq!([-2, -1, 0, 1].map(touches), [false, true, true, false]);
    }
}
