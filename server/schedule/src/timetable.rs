//! A rule by the clocks of a zone.
//!
//! Where clocks are put forward, a local time that does not exist is due at the first instant after the gap, as cron's
//! users expect: 02:30 is due when the clocks show 03:00. Where they are put back, a local time that comes twice is due
//! once, the first time. Two local times that fall on one instant are due once.

use crate::rule::Rule;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, ToSpan};
use pegel_kpi::time::calendar::Calendar;
use std::sync::Arc;

/// No calendar has more days off in a row.
const MOST_DAYS_OFF: i32 = 31;
/// Clocks of a zone are changed by no more than this: whole days were left out where the date line moved.
const CLOCKS: i32 = 2;
/// So many days are looked at: a rule that is not due in them never is.
const HORIZON: i32 = 8 * 366;
/// The longest stretch, in days, that is looked at at once.
const STRETCH: i32 = 512;

/// What becomes of days on which nobody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnHolidays {
    /// They are days as all others.
    #[default]
    AsAlways,
    /// What is due on them is due on the next working day, at the same time of day.
    NextWorkingDay,
}

/// A rule by the clocks of a zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Timetable {
    pub rule: Rule,
    pub zone: TimeZone,
    /// The first day on which it holds; from ever, if it is missing.
    pub from: Option<Date>,
    /// The last one.
    pub until: Option<Date>,
    pub on_holidays: OnHolidays,
    /// On which days nobody works.
    pub calendar: Arc<Calendar>,
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    pub at: Timestamp,
    /// When it would be if nobody had the day off.
    pub nominal: Timestamp,
}

impl Timetable {
    /// When it is due after an instant, the earliest first.
    pub fn after(&self, after: Timestamp) -> impl Iterator<Item = Instant> {
        in_stretches(move |(from, until)| self.between(moved(after, from), moved(after, until))).flatten()
    }

    /// When it was due up to an instant, that included, the latest first.
    pub fn up_to(&self, last: Timestamp) -> impl Iterator<Item = Instant> {
        let found = in_stretches(move |(from, until)| self.between(moved(last, -until), moved(last, -from)));
        found.flat_map(|found| found.into_iter().rev())
    }

    /// When it is due after one instant and up to another, the earliest first.
    pub fn between(&self, after: Timestamp, last: Timestamp) -> Vec<Instant> {
        let local = |at: Timestamp, days: i32| {
            let local = at.to_zoned(self.zone.clone()).datetime();
            local.saturating_add(Span::new().days(days))
        };
        let before = if self.on_holidays == OnHolidays::NextWorkingDay { MOST_DAYS_OFF + CLOCKS } else { CLOCKS };
        let begin = self.from.map_or(DateTime::MIN, |from| from.at(0, 0, 0, 0));
        let end = self.until.map_or(DateTime::MAX, |until| until.at(23, 59, 59, 0));
        let (from, until) = (local(after, -before).max(begin), local(last, CLOCKS).min(end));
        let times = self.rule.times(from, until, &self.calendar).into_iter();
        let mut due: Vec<Instant> = times.filter_map(|at| self.instant(at)).collect();
        due.retain(|due| after < due.at && due.at <= last);
        due.sort();
        due.dedup_by_key(|due| due.at);
        due
    }

    fn instant(&self, at: DateTime) -> Option<Instant> {
        let day = match self.on_holidays {
            OnHolidays::AsAlways => at.date(),
            OnHolidays::NextWorkingDay => next_working_day(at.date(), &self.calendar)?,
        };
        Some(Instant { at: first(day.to_datetime(at.time()), &self.zone)?, nominal: first(at, &self.zone)? })
    }
}

/// When the clocks of a zone first show a local time; where they skip it, the instant at which they do.
fn first(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
        AmbiguousOffset::Gap { .. } => {
            // As much later as the clocks were put forward: the gap has just ended by then.
            let later = ambiguous.later().ok()?;
            let following = later.checked_add(1.second()).ok()?;
            zone.preceding(following).next().map(|transition| transition.timestamp())
        }
    }
}

fn next_working_day(day: Date, calendar: &Calendar) -> Option<Date> {
    let most = usize::try_from(MOST_DAYS_OFF).unwrap_or_default();
    day.series(1.day()).take(most).find(|day| calendar.is_working(*day))
}

/// What is found in stretches of days, each as long as all before it: what is due often is found in the first of them.
/// Ends where nothing was due for so long that nothing ever will be.
fn in_stretches(mut found: impl FnMut((i32, i32)) -> Vec<Instant>) -> impl Iterator<Item = Vec<Instant>> {
    let further = |(from, until): &(i32, i32)| Some((*until, until + ((until - from) * 2).min(STRETCH)));
    let mut latest = 0;
    std::iter::successors(Some((0, 2)), further).map_while(move |(from, until)| {
        let found = found((from, until));
        if !found.is_empty() {
            latest = until;
        }
        (from - latest < HORIZON).then_some(found)
    })
}

fn moved(at: Timestamp, days: i32) -> Timestamp {
    at.saturating_add(Span::new().hours(i64::from(days) * 24)).unwrap_or(at)
}

#[cfg(test)]
mod tests;
