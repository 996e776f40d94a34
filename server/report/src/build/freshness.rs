//! Up to when the data reaches that an edition draws on.

use crate::numbers::TableFreshness;
use jiff::Timestamp;
use pegel_kpi::data::model::Table;
use pegel_kpi::data::scan::{Begins, Source};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;
use std::collections::BTreeMap;

/// How many periods tell how long it may be quiet in a table.
const PERIODS: usize = 13;

/// Of each table that these KPIs read, by its name. What is quiet is told by the last of the periods.
///
/// # Errors
/// What the source answers when it cannot be read.
pub fn of_tables<S: Source>(
    kpis: &[&Kpi],
    periods: &[Period],
    now: Timestamp,
    source: &mut S,
) -> Result<Vec<TableFreshness>, S::Error> {
    let tables: BTreeMap<&str, &Table> =
        kpis.iter().flat_map(|kpi| kpi.tables()).map(|table| (&*table.name, table)).collect();
    let first = periods[periods.len().saturating_sub(PERIODS)..].first();
    let since = first.map_or(i64::MAX, |period| period.instants().start);
    let of_table = |(name, table): (&str, &Table)| {
        let milestones = source.milestones(table, since, now.as_second())?;
        let recent = milestones.iter().copied().filter(|at| *at >= since);
        let complete_until = source.refreshed_at(table)?;
        // After the data ends nothing is known, and nothing is quiet.
        let until = complete_until.map_or(now.as_second(), |complete| complete.min(now.as_second()));
        Ok(TableFreshness {
            table: name.to_owned(),
            complete_until,
            newest_milestone: milestones.last().copied(),
            gap: is_quiet(&recent.collect::<Vec<_>>(), &milestones, until),
            empty: complete_until.is_none() && source.begins(table)? == Begins::Never,
        })
    };
    tables.into_iter().map(of_table).collect()
}

/// Whether nothing has happened for longer than ever between two of the recent milestones. Where there are fewer than
/// two, something did happen before.
fn is_quiet(recent: &[i64], all: &[i64], now: i64) -> bool {
    let longest = recent.windows(2).map(|pair| pair[1] - pair[0]).max();
    match (longest, recent.last()) {
        (Some(longest), Some(newest)) => now - newest > longest,
        _ => recent.is_empty() && !all.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_quiet_when_nothing_happened_for_longer_than_before() {
        assert!(!is_quiet(&[10, 20, 50], &[10, 20, 50], 80), "as long as the longest gap");
        assert!(is_quiet(&[10, 20, 50], &[10, 20, 50], 81));
        assert!(!is_quiet(&[50], &[50], 1000), "one milestone says nothing about gaps");
        assert!(is_quiet(&[], &[1], 1000), "nothing in all these periods, but before");
        assert!(!is_quiet(&[], &[], 1000), "a table of plans has no milestones");
    }
}
