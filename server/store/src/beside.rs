//! A second connection that sees the same facts as a first one, so that two threads can read them.
//!
//! `PostgreSQL` answers in a process of its own, while we read the rows. `SQLite` is a part of this one: what it takes to
//! find rows, and to hand them over, is divided here.

use crate::StoreError;
use crate::connection::{Conn, Connections, Purpose, Transaction};
use crate::sql::last_id;
use crate::{together, touched};
use pegel_kpi::data::model::Table;
use pegel_kpi::data::scan::{Scan, Window};
use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// Fewer rows are read before another thread has begun.
const MANY: i64 = 50_000;

/// Further apart than any two dates of facts: where time has no bounds, nobody knows where its middle is.
const ENDLESS: i64 = 1 << 40;

/// A second connection, once it was wanted.
#[derive(Default)]
pub(crate) struct Beside {
    wanted: bool,
    /// `None` as well if there is none to be had, or facts were written meanwhile.
    transaction: Option<Transaction>,
    /// The greatest id of each table, by its name.
    last_ids: HashMap<Arc<str>, i64>,
}

impl Beside {
    /// A scan in two halves, if it is of use to read them side by side: by dates where time has a middle, else by ids,
    /// if it is about most rows of a table.
    pub(crate) fn halves(&mut self, first: &mut Transaction, scan: &Scan) -> Result<Option<[Half; 2]>, StoreError> {
        if !matches!(first.conn(), Conn::Sqlite(_)) || self.last_id(first, &scan.table)? < MANY {
            return Ok(None);
        }
        let ids = match length(scan) {
            Some(..2) => return Ok(None),
            Some(..ENDLESS) => return Ok(Some(by_dates(scan))),
            Some(_) => together::ids(first, scan)?,
            None => Some(1..=self.last_id(first, &scan.table)?),
        };
        Ok(ids.map(|ids| by_ids(scan, ids)))
    }

    /// The second connection, which sees the facts of that generation.
    pub(crate) fn second(
        &mut self,
        connections: &Connections,
        generation: i64,
    ) -> Result<Option<&mut Transaction>, StoreError> {
        if !self.wanted {
            self.wanted = true;
            self.transaction = same_facts(connections, generation)?;
        }
        Ok(self.transaction.as_mut())
    }

    fn last_id(&mut self, first: &mut Transaction, table: &Table) -> Result<i64, StoreError> {
        if let Some(known) = self.last_ids.get(&table.name) {
            return Ok(*known);
        }
        let last = last_id(first.conn(), "reading how many rows there are", &table.name)?;
        self.last_ids.insert(table.name.clone(), last);
        Ok(last)
    }
}

/// A transaction that sees the facts of that generation, if they are still the latest.
fn same_facts(connections: &Connections, generation: i64) -> Result<Option<Transaction>, StoreError> {
    let Some(mut transaction) = Transaction::begin_if_at_hand(connections, Purpose::Read)? else { return Ok(None) };
    let same = touched::generation(transaction.conn())? == generation;
    Ok(same.then_some(transaction))
}

/// A half of a scan.
pub(crate) struct Half {
    pub scan: Scan,
    /// Between which ids its rows lie, where they are read in the order of these.
    pub ids: Option<RangeInclusive<i64>>,
}

/// How much time the window of a scan is about; `None` if it has none.
fn length(scan: &Scan) -> Option<i64> {
    let ranges = &scan.window.as_ref()?.ranges;
    Some(ranges.iter().map(length_of).fold(0, i64::saturating_add))
}

fn length_of(range: &Range<i64>) -> i64 {
    range.end.saturating_sub(range.start)
}

fn by_ids(scan: &Scan, ids: RangeInclusive<i64>) -> [Half; 2] {
    let middle = ids.start().midpoint(*ids.end());
    [*ids.start()..=middle, middle + 1..=*ids.end()].map(|ids| Half { scan: scan.clone(), ids: Some(ids) })
}

fn by_dates(scan: &Scan) -> [Half; 2] {
    let (mut earlier, mut later, mut left) = (Vec::new(), Vec::new(), length(scan).unwrap_or(0) / 2);
    for range in scan.window.iter().flat_map(|window| &window.ranges) {
        let middle = range.start + left.min(length_of(range));
        left -= middle - range.start;
        earlier.extend((range.start < middle).then_some(range.start..middle));
        later.extend((middle < range.end).then_some(middle..range.end));
    }
    [earlier, later].map(|ranges| {
        let window = scan.window.clone().map(|window| Window { ranges, ..window });
        Half { scan: Scan { window, ..scan.clone() }, ids: None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_kpi::data::model::Model;
    use pegel_kpi::data::scope::Scope;

    fn scan(ranges: &[Range<i64>]) -> Scan {
        let table = Model::built_in().table("leads").unwrap();
        let window = Window { path: table.path(&["created_at"]).unwrap(), ranges: ranges.to_vec(), lasting: None };
        Scan { table, columns: Vec::new(), window: Some(window), scope: Scope::everything() }
    }

    /// `0..5 | 5..10`
    fn halves_of(ranges: &[Range<i64>]) -> String {
        let written = |half: Half| {
            half.scan.window.unwrap().ranges.iter().map(|range| format!("{range:?}")).collect::<Vec<_>>().join(" ")
        };
        by_dates(&scan(ranges)).map(written).join(" | ")
    }

    #[test]
    fn both_halves_are_as_long_and_nothing_is_lost() {
        assert_eq!(halves_of(&[10..20, 30..40]), "10..20 | 30..40");
        assert_eq!(halves_of(&[0..3, 10..11]), "0..2 | 2..3 10..11");
        assert_eq!(halves_of(std::slice::from_ref(&(0..10))), "0..5 | 5..10");
        let ids = |ids| by_ids(&scan(&[]), ids).map(|half| half.ids.unwrap());
        assert_eq!(ids(1..=5), [1..=3, 4..=5]);
        let [one, other] = ids(7..=7);
        assert!(one == (7..=7) && other.is_empty());
    }

    #[test]
    fn time_without_bounds_has_no_middle() {
        for range in [i64::MIN..10, -(1 << 53)..10] {
            assert!(length(&scan(&[range])) >= Some(ENDLESS));
        }
    }
}
