//! What a source keeps of what was computed, so that rows are read only once: the states of a measure, in a breakdown,
//! over a slice of time.
//!
//! What was kept holds as long as nothing was written that it rests on. Whoever keeps it knows what was written
//! ([`Touched`]), whoever computes it says on what it rests ([`RestsOn`]).

use crate::time::zone::UTC_DAY;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Range, RangeInclusive};
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
    /// As they are seen at any of these instants (UTC seconds).
    pub seen_at: RangeInclusive<i64>,
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touched {
    pub table: String,
    /// The date of the row that is meant, as [`RowsOf::by`]; [`SUMMARY`] of every row that was written, whatever its
    /// dates.
    pub by: String,
    /// The day of that date, since 1970 in UTC.
    pub day: i64,
    /// The column that is another now; [`CAME_OR_WENT`] or [`ANYTHING`].
    pub what: String,
    /// Who wrote it: the later, the greater.
    pub generation: i64,
}

/// What stands for all rows of a table in place of a date; the day is then 0.
pub const SUMMARY: &str = "";
/// A row counts now that did not, or no longer.
pub const CAME_OR_WENT: &str = "";
/// Anything may have become of the rows of a table.
pub const ANYTHING: &str = "*";

/// All that was written, to be looked up by table and date.
#[derive(Debug, Default)]
pub struct Written(HashMap<String, HashMap<String, OfDate>>);

/// By what was touched, the days with who touched them.
type OfDate = HashMap<String, Vec<(i64, i64)>>;

impl Written {
    /// Adds something that was written.
    pub fn add(&mut self, touched: Touched) {
        let Touched { table, by, day, what, generation } = touched;
        let of_date = self.0.entry(table).or_default().entry(by).or_default();
        of_date.entry(what).or_default().push((day, generation));
    }

    /// What of it matters to states.
    pub fn mattering<'a>(&self, rests_on: &'a RestsOn) -> Mattering<'a> {
        let mut mattering = Mattering { rests_on, always: i64::MIN, by_day: BTreeMap::new() };
        for rows in &rests_on.rows {
            let Some(dates) = self.0.get(&*rows.table) else { continue };
            let newest =
                |of: Option<&Vec<(i64, i64)>>| of.into_iter().flatten().map(|(_, generation)| *generation).max();
            mattering.is_touched(newest(dates.get(SUMMARY).and_then(|summary| summary.get(ANYTHING))));
            let Some(touched) = dates.get(rows.by.as_deref().unwrap_or(SUMMARY)) else { continue };
            let columns = rows.columns.iter().map(|column| &**column);
            for what in columns.chain(rows.counted.then_some(CAME_OR_WENT)) {
                match (&rows.by, touched.get(what)) {
                    (None, touched) => mattering.is_touched(newest(touched)),
                    (Some(_), touched) => mattering.are_touched(touched.into_iter().flatten()),
                }
            }
        }
        mattering
    }
}

/// What was written of the rows on which states rest.
#[derive(Debug)]
pub struct Mattering<'a> {
    rests_on: &'a RestsOn,
    /// Who touched last what matters to all slices.
    always: i64,
    /// Who touched a day last.
    by_day: BTreeMap<i64, i64>,
}

impl Mattering<'_> {
    fn is_touched(&mut self, generation: Option<i64>) {
        self.always = self.always.max(generation.unwrap_or(i64::MIN));
    }

    fn are_touched<'a>(&mut self, days: impl Iterator<Item = &'a (i64, i64)>) {
        for (day, generation) in days {
            let newest = self.by_day.entry(*day).or_insert(*generation);
            *newest = (*newest).max(*generation);
        }
    }

    /// Who last wrote something by which the states over a slice may be others; `i64::MIN` if nobody did.
    pub fn newest(&self, slice: &Range<i64>) -> i64 {
        let Range { start, end } = self.rests_on.days(slice);
        let start = if self.rests_on.since_ever { i64::MIN } else { start };
        let of_days =
            if start < end { self.by_day.range(start..end).map(|(_, generation)| *generation).max() } else { None };
        self.always.max(of_days.unwrap_or(i64::MIN))
    }
}

impl RestsOn {
    /// Adds what others rest on whose slices are found by the same date.
    pub fn add(&mut self, other: &RestsOn) {
        for rows in &other.rows {
            match self.rows.iter_mut().find(|known| known.table == rows.table && known.by == rows.by) {
                Some(known) => {
                    known.columns.extend(rows.columns.iter().cloned());
                    known.counted |= rows.counted;
                }
                None => self.rows.push(rows.clone()),
            }
        }
    }

    /// The days that a slice touches.
    fn days(&self, slice: &Range<i64>) -> Range<i64> {
        if self.in_days {
            return slice.clone();
        }
        slice.start.div_euclid(UTC_DAY)..slice.end.saturating_add(UTC_DAY - 1).div_euclid(UTC_DAY)
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

    /// Whether what was written matters to states over a slice.
    fn touches(rests_on: &RestsOn, slice: Range<i64>, (table, by, day, what): (&str, &str, i64, &str)) -> bool {
        let [table, by, what] = [table, by, what].map(str::to_owned);
        let mut written = Written::default();
        written.add(Touched { table, by, day, what, generation: 7 });
        written.mattering(rests_on).newest(&slice) == 7
    }

    #[test]
    fn a_row_matters_by_its_date_and_by_what_of_it_is_another_now() {
        let touches = |what| touches(&leads_by_region(), 10 * UTC_DAY..17 * UTC_DAY, what);
        assert!(touches(("leads", "created_at", 10, "region")));
        assert!(touches(("leads", "created_at", 16, CAME_OR_WENT)));
        assert!(!touches(("leads", "created_at", 17, "region")), "it was created later");
        assert!(!touches(("leads", "created_at", 9, "region")), "it was created before");
        assert!(!touches(("leads", "created_at", 10, "amount")), "nobody asks for its amount");
        assert!(!touches(("leads", "closed_at", 10, "region")), "that is when it was closed");
        assert!(!touches(("orders", "created_at", 10, CAME_OR_WENT)));
    }

    #[test]
    fn of_rows_that_others_lead_to_only_what_is_read_of_them_matters() {
        let touches = |what| touches(&leads_by_region(), 0..UTC_DAY, what);
        assert!(touches(("partners", SUMMARY, 0, "region")));
        assert!(!touches(("partners", SUMMARY, 0, "name")));
        assert!(!touches(("partners", SUMMARY, 0, CAME_OR_WENT)), "no lead leads to a new partner");
        assert!(touches(("partners", SUMMARY, 0, ANYTHING)));
        assert!(touches(("leads", SUMMARY, 0, ANYTHING)));
    }

    #[test]
    fn what_came_before_a_slice_may_still_be_there_in_it() {
        let open = RestsOn { since_ever: true, ..leads_by_region() };
        assert!(touches(&open, 10 * UTC_DAY..17 * UTC_DAY, ("leads", "created_at", 1, "region")));
        assert!(!touches(&open, 10 * UTC_DAY..17 * UTC_DAY, ("leads", "created_at", 17, "region")));
    }

    #[test]
    fn a_slice_that_begins_within_a_day_rests_on_that_day() {
        let touches = |day| touches(&leads_by_region(), -5..5, ("leads", "created_at", day, "region"));
        assert_eq!([-2, -1, 0, 1].map(touches), [false, true, true, false]);
    }

    #[test]
    fn the_last_one_who_wrote_counts() {
        let mut written = Written::default();
        for (day, generation) in [(3, 5), (4, 9), (5, 6)] {
            let [table, by, what] = ["leads", "created_at", "region"].map(str::to_owned);
            written.add(Touched { table, by, day, what, generation });
        }
        let rests_on = leads_by_region();
        let newest =
            |days: Range<i64>| written.mattering(&rests_on).newest(&(days.start * UTC_DAY..days.end * UTC_DAY));
        assert_eq!([newest(3..6), newest(5..6), newest(0..3)], [9, 6, i64::MIN]);
    }
}
