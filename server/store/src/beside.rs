//! A second connection that sees the same facts as a first one, so that two threads can read them.
//!
//! `PostgreSQL` answers in a process of its own, while we read the rows. `SQLite` is a part of this one: what it takes to
//! find rows, and to hand them over, is divided here.

use crate::StoreError;
use crate::connection::{Conn, Connections, Purpose, Transaction};
use crate::sql::last_id;
use crate::touched;
use pegel_kpi::data::model::Table;
use pegel_kpi::data::scan::{Scan, Window};
use std::collections::HashMap;
use std::ops::Range;
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
    /// The second connection, if it is of use for a table. `first` sees the facts of `generation`.
    pub(crate) fn of_use(
        &mut self,
        connections: &Connections,
        (first, generation): (&mut Transaction, i64),
        table: &Table,
    ) -> Result<Option<&mut Transaction>, StoreError> {
        if !matches!(first.conn(), Conn::Sqlite(_)) || self.last_id(first, table)? < MANY {
            return Ok(None);
        }
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

/// A scan in two halves, by its dates; `None` where these have no middle.
pub(crate) fn halves(scan: &Scan) -> Option<[Scan; 2]> {
    let window = scan.window.as_ref()?;
    let length = |range: &Range<i64>| range.end.saturating_sub(range.start);
    let all = window.ranges.iter().map(length).fold(0, i64::saturating_add);
    if !(2..ENDLESS).contains(&all) {
        return None;
    }
    let (mut earlier, mut later, mut left) = (Vec::new(), Vec::new(), all / 2);
    for range in &window.ranges {
        let middle = range.start + left.min(length(range));
        left -= middle - range.start;
        earlier.extend((range.start < middle).then_some(range.start..middle));
        later.extend((middle < range.end).then_some(middle..range.end));
    }
    let half = |ranges| Scan { window: Some(Window { ranges, ..window.clone() }), ..scan.clone() };
    Some([half(earlier), half(later)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_kpi::data::model::Model;
    use pegel_kpi::data::scope::Scope;

    /// `0..5 | 5..10`
    fn halves_of(ranges: &[Range<i64>]) -> Option<String> {
        let table = Model::built_in().table("leads").unwrap();
        let window = Window { path: table.path(&["created_at"]).unwrap(), ranges: ranges.to_vec(), lasting: None };
        let scan = Scan { table, columns: Vec::new(), window: Some(window), scope: Scope::everything() };
        let written =
            |half: Scan| half.window.unwrap().ranges.iter().map(|range| format!("{range:?}")).collect::<Vec<_>>();
        halves(&scan).map(|halves| halves.map(|half| written(half).join(" ")).join(" | "))
    }

    #[test]
    fn both_halves_are_as_long_and_nothing_is_lost() {
        assert_eq!(halves_of(&[10..20, 30..40]).unwrap(), "10..20 | 30..40");
        assert_eq!(halves_of(&[0..3, 10..11]).unwrap(), "0..2 | 2..3 10..11");
        assert_eq!(halves_of(std::slice::from_ref(&(0..10))).unwrap(), "0..5 | 5..10");
    }

    #[test]
    fn time_without_bounds_has_no_middle() {
        for range in [i64::MIN..10, -(1 << 53)..10, 0..1] {
            assert_eq!(halves_of(&[range]), None);
        }
    }
}
