//! How far the data reaches: since when there is any, and up to when all of it is there.

use crate::data::model::Table;
use crate::data::scan::Source;
use crate::definition::declaration::Lag;
use crate::script::kpi::Kpi;
use crate::time::period::Period;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// How far the data of tables reaches, by their names.
pub struct Reaches(HashMap<Arc<str>, OfTable>);

struct OfTable {
    begins: i64,
    complete_until: Option<i64>,
}

/// How far all that a KPI reads reaches, in UTC seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Before that, one of the tables whose rows it counts holds nothing.
    pub begins: i64,
    /// Up to when everything is known.
    pub as_of: i64,
}

impl Reaches {
    /// Of these tables.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn of<'a, S: Source>(tables: impl Iterator<Item = &'a Table>, source: &mut S) -> Result<Reaches, S::Error> {
        let mut reaches = HashMap::new();
        for table in tables {
            if !reaches.contains_key(&table.name) {
                let (begins, complete_until) = (source.begins_at(table)?, source.refreshed_at(table)?);
                reaches.insert(table.name.clone(), OfTable { begins, complete_until });
            }
        }
        Ok(Reaches(reaches))
    }

    /// Of all that a KPI reads, asked at `now`. Plans and partners are not brought by the day, and limit nothing.
    pub fn of_kpi(&self, kpi: &Kpi, now: Timestamp) -> Reach {
        let counted = kpi.measures.iter().map(|(_, measure)| &measure.table);
        // That a row has no others that belong to it is a figure: nobody need keep such.
        let begins = counted.filter(|table| table.tells_what_happened()).filter_map(|table| self.0.get(&table.name));
        let dated = self.read_by(kpi, |table| table.tells_what_happened());
        Reach {
            begins: begins.map(|table| table.begins).max().unwrap_or(i64::MIN),
            as_of: dated.filter_map(|table| table.complete_until).fold(now.as_second(), i64::min),
        }
    }

    /// Whether a table that a KPI reads was last complete longer than that before an instant.
    pub fn is_older(&self, kpi: &Kpi, than: Lag, before: i64) -> bool {
        let complete = self.read_by(kpi, |_| true).filter_map(|table| table.complete_until);
        complete.min().is_some_and(|complete| complete < before - than.seconds())
    }

    /// When a running period is counted up to by these KPIs: what is asked at `now` is known up to then in none of them
    /// that know anything of the period.
    pub fn cut<'a>(&self, kpis: impl Iterator<Item = &'a Kpi>, last: Option<&Period>, now: Timestamp) -> Timestamp {
        let Some(period) = last.filter(|period| period.is_running(now)) else { return now };
        let known = kpis.map(|kpi| self.of_kpi(kpi, now).as_of).filter(|as_of| *as_of > period.instants().start);
        known.min().and_then(|as_of| Timestamp::from_second(as_of).ok()).map_or(now, |as_of| as_of.min(now))
    }

    fn read_by(&self, kpi: &Kpi, wanted: impl Fn(&Table) -> bool) -> impl Iterator<Item = &OfTable> {
        kpi.tables().filter(move |table| wanted(table)).filter_map(|table| self.0.get(&table.name))
    }
}

impl Reach {
    /// Whether a period that is over at `now` ends after the data does.
    pub fn cuts(&self, period: &Period, now: Timestamp) -> bool {
        !period.is_running(now) && self.as_of < period.instants().end
    }

    /// Whether the data ends before a period begins, or just then, though at `now` there could be more.
    pub fn ends_before(&self, period: &Period, now: Timestamp) -> bool {
        self.as_of <= period.instants().start && self.as_of < now.as_second()
    }

    /// Whether there is no data of a period: it is over before there is any, or has yet to begin.
    pub fn lacks(&self, period: &Period, now: Timestamp) -> bool {
        let instants = period.instants();
        instants.end <= self.begins || now.as_second() < instants.start
    }
}
