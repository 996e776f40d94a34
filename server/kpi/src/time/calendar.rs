//! Working hours: when people work, and how much working time lies between two instants.

use super::zone::{Zoned, exact, whole};
use jiff::ToSpan;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

/// The days for which working time is known: 1970 to 2099.
const YEARS: Range<i16> = 1970..2100;

/// Working hours and holidays.
pub struct Calendar {
    zone: Zoned,
    /// The working hours of each day, from Monday to Sunday.
    week: [Vec<Range<Time>>; 7],
    /// On these days nobody works.
    holidays: BTreeSet<Date>,
    /// A search index over the same; built when first needed.
    index: OnceLock<Index>,
}

#[derive(Debug)]
struct Index {
    /// Each stretch of working time in UTC seconds, with the working seconds before it.
    stretches: Vec<(Range<i64>, i64)>,
    /// For each day since 1970, the working days up to and including it.
    days: Vec<i64>,
}

/// Without the index, which may be there or not.
impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Calendar { zone, week, holidays, index: _ } = self;
        write!(f, "Calendar({:?}, {week:?}, {holidays:?})", zone.zone().iana_name())
    }
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        self.zone.zone() == other.zone.zone() && self.week == other.week && self.holidays == other.holidays
    }
}

impl Calendar {
    /// A calendar; `week` from Monday to Sunday, each day's hours sorted and disjoint.
    pub fn new(zone: TimeZone, week: [Vec<Range<Time>>; 7], holidays: BTreeSet<Date>) -> Calendar {
        Calendar { zone: Zoned::new(zone), week, holidays, index: OnceLock::new() }
    }

    /// Monday to Friday from nine to five, without holidays.
    pub fn nine_to_five(zone: TimeZone) -> Calendar {
        let hours = jiff::civil::time(9, 0, 0, 0)..jiff::civil::time(17, 0, 0, 0);
        let week = std::array::from_fn(|day| if day < 5 { vec![hours.clone()] } else { Vec::new() });
        Calendar::new(zone, week, BTreeSet::new())
    }

    /// Whether anybody works on a day.
    pub fn is_working(&self, day: Date) -> bool {
        let of_week = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
        !self.holidays.contains(&day) && !self.week[of_week].is_empty()
    }

    /// Working seconds from one instant to another, both in UTC seconds; negative if the second is the earlier one.
    pub fn seconds_between(&self, from: f64, to: f64) -> f64 {
        self.worked_before(to) - self.worked_before(from)
    }

    /// Working days after the day of the first instant, up to and including that of the second: 0 on the same day, 1 on
    /// the next working day.
    pub fn days_between(&self, from: f64, to: f64) -> f64 {
        self.days_until(to) - self.days_until(from)
    }

    fn worked_before(&self, instant: f64) -> f64 {
        let stretches = &self.index().stretches;
        if instant.is_nan() {
            return f64::NAN;
        }
        let after = stretches.partition_point(|(stretch, _)| exact(stretch.start) <= instant);
        let Some((stretch, before)) = after.checked_sub(1).map(|last| &stretches[last]) else { return 0.0 };
        exact(*before) + instant.min(exact(stretch.end)) - exact(stretch.start)
    }

    fn days_until(&self, instant: f64) -> f64 {
        let days = &self.index().days;
        let Some(day) = whole(self.zone.day_of(instant)) else { return f64::NAN };
        let last = i64::try_from(days.len()).unwrap_or(i64::MAX) - 1;
        usize::try_from(day.min(last)).map_or(0.0, |day| exact(days[day]))
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index { stretches: Vec::new(), days: Vec::new() };
            let (mut worked, mut days) = (0, 0);
            for day in date(YEARS.start, 1, 1).series(1.day()).take_while(|day| day.year() < YEARS.end) {
                let stretches = self.stretches(day);
                days += i64::from(!stretches.is_empty());
                index.days.push(days);
                for stretch in stretches {
                    let length = stretch.end - stretch.start;
                    index.stretches.push((stretch, worked));
                    worked += length;
                }
            }
            index
        })
    }

    fn stretches(&self, day: Date) -> Vec<Range<i64>> {
        if self.holidays.contains(&day) {
            return Vec::new();
        }
        let hours = &self.week[usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0)];
        let instant =
            |time: Time| Some(day.to_datetime(time).to_zoned(self.zone.zone().clone()).ok()?.timestamp().as_second());
        hours.iter().filter_map(|hours| Some(instant(hours.start)?..instant(hours.end)?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn at(text: &str) -> f64 {
        exact(text.parse::<Timestamp>().unwrap().as_second())
    }

    fn berlin() -> Calendar {
        let mut calendar = Calendar::nine_to_five(crate::time::period::zone("Europe/Berlin").unwrap());
        calendar.holidays.insert(date(2026, 12, 25));
        calendar
    }

    #[test]
    fn nights_weekends_and_holidays_do_not_count() {
        let calendar = berlin();
        let hours = |from, to| calendar.seconds_between(at(from), at(to)) / 3600.0;
        // Thursday 16:00 to Monday 10:00, with Christmas on the Friday between.
        assert!((hours("2026-12-24T15:00Z", "2026-12-28T09:00Z") - 2.0).abs() < 1e-9);
        assert!((hours("2026-11-02T08:00Z", "2026-11-02T08:30Z") - 0.5).abs() < 1e-9);
        assert!(hours("2026-11-07T08:00Z", "2026-11-08T18:00Z").abs() < 1e-9);
        assert!(calendar.seconds_between(f64::NAN, 0.0).is_nan());
    }

    #[test]
    fn an_hour_worked_is_an_hour_on_both_sides_of_a_clock_change() {
        let calendar = berlin();
        let monday_to_monday = calendar.seconds_between(at("2026-03-23T06:00Z"), at("2026-03-30T06:00Z"));
        assert!((monday_to_monday - 5.0 * 8.0 * 3600.0).abs() < 1e-9);
    }

    #[test]
    fn working_days_are_counted_after_the_first_day() {
        let calendar = berlin();
        let days = |from, to| calendar.days_between(at(from), at(to));
        assert!(days("2026-11-02T22:00Z", "2026-11-02T22:30Z").abs() < 1e-9);
        assert!((days("2026-11-02T08:00Z", "2026-11-09T15:00Z") - 5.0).abs() < 1e-9);
        assert!(days("2026-11-06T08:00Z", "2026-11-08T15:00Z").abs() < 1e-9);
    }
}
