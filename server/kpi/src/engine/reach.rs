//! How far the data reaches: since when there is any, and up to when all of it is there.

use crate::data::model::Table;
use crate::data::scan::{Begins, Source};
use crate::definition::declaration::Lag;
use crate::script::kpi::Kpi;
use crate::time::period::Period;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How far the data of tables reaches, by their names.
pub struct Reaches {
    tables: HashMap<Arc<str>, OfTable>,
    /// KPIs that need a column of which nothing was ever known, by id.
    blind: HashSet<String>,
}

struct OfTable {
    begins: Begins,
    complete_until: Option<i64>,
}

/// How far all that a KPI reads reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Before that, in UTC seconds, one of the tables whose rows it counts holds nothing, or nothing at all is known of a
    /// column that it needs.
    begins_at: i64,
    /// The same of tables whose rows are dated by days, in days since 1970.
    begins_on: i64,
    /// Up to when everything is known, in UTC seconds.
    pub as_of: i64,
}

impl Reaches {
    /// Of all that these KPIs read.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn of<'a, S: Source>(kpis: impl Iterator<Item = &'a Kpi>, source: &mut S) -> Result<Reaches, S::Error> {
        let mut reaches = Reaches { tables: HashMap::new(), blind: HashSet::new() };
        for kpi in kpis {
            for table in kpi.tables() {
                if !reaches.tables.contains_key(&table.name) {
                    let (begins, complete_until) = (source.begins(table)?, source.refreshed_at(table)?);
                    reaches.tables.insert(table.name.clone(), OfTable { begins, complete_until });
                }
            }
            if reaches.lacks_column(kpi, source)? {
                reaches.blind.insert(kpi.id().to_owned());
            }
        }
        Ok(reaches)
    }

    /// Whether nothing was ever known of a column without which a KPI has no figure, though its table holds rows: nobody
    /// delivers it, and what was never recorded is not zero.
    fn lacks_column<S: Source>(&self, kpi: &Kpi, source: &mut S) -> Result<bool, S::Error> {
        let Some(model) = kpi.tables().next().map(Table::model) else { return Ok(false) };
        for one_of in kpi.needs() {
            let mut is_known = false;
            for (table, column) in &one_of {
                let is_empty = self.tables.get(table).is_some_and(|of| of.begins == Begins::Never);
                let held = |table: Table| source.holds(&table, column);
                is_known |= is_empty || model.table(table).map_or(Ok(true), held)?;
            }
            if !is_known {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Of all that a KPI reads, asked at `now`. Plans and partners are not brought by the day, and limit nothing.
    pub fn of_kpi(&self, kpi: &Kpi, now: Timestamp) -> Reach {
        // That a row has no others that belong to it is a figure: nobody need keep such.
        let counted = kpi.counted().filter(|table| table.tells_what_happened());
        let begins = counted.filter_map(|table| self.tables.get(&table.name)).map(|table| table.begins);
        let blind = self.blind.contains(kpi.id()).then_some(Begins::Never);
        let dated = self.read_by(kpi, |table| table.tells_what_happened());
        let as_of = dated.filter_map(|table| table.complete_until).fold(now.as_second(), i64::min);
        begins.chain(blind).fold(Reach::ever(as_of), Reach::not_before)
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
        kpi.tables().filter(move |table| wanted(table)).filter_map(|table| self.tables.get(&table.name))
    }
}

impl Reach {
    /// Of data that has always been there.
    pub fn ever(as_of: i64) -> Reach {
        Reach { begins_at: i64::MIN, begins_on: i64::MIN, as_of }
    }

    /// It begins then, unless it begins later.
    fn not_before(self, begins: Begins) -> Reach {
        match begins {
            Begins::Always => self,
            Begins::At(instant) => Reach { begins_at: self.begins_at.max(instant), ..self },
            Begins::On(day) => Reach { begins_on: self.begins_on.max(day), ..self },
            Begins::Never => Reach { begins_at: i64::MAX, ..self },
        }
    }

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
        instants.end <= self.begins_at || period.days().end <= self.begins_on || now.as_second() < instants.start
    }
}
