//! When things happen: the days of the demo, their seasons, and working hours.
//!
//! Everything counts in days since the first one and in UTC seconds; the time zone is looked up once per day.

use super::dice::{Dice, real};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Unit};
use pegel_kpi::time::zone::days_since_1970;
use std::f64::consts::TAU;

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// The relative number of enquiries on a Monday, …, a Sunday.
const WEEK: [f64; 7] = [1.25, 1.15, 1.05, 1.0, 0.9, 0.45, 0.3];
/// Days on which nobody works, as (month, day); the movable feasts are left out.
const HOLIDAYS: [(i8, i8); 6] = [(1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26)];

/// The days of the demo, and the instant at which it ends.
#[derive(Debug)]
pub struct Calendar {
    days: Vec<Day>,
    /// The first instant after the last day, UTC seconds: nothing happens from here on.
    pub end: i64,
}

#[derive(Debug)]
struct Day {
    date: Date,
    /// Its first instant, UTC seconds.
    starts_at: i64,
    /// Twelve hours before noon, UTC seconds: midnight, except on the two days of a clock change, where it is an hour
    /// off so that daytime hours are right.
    midnight: i64,
    /// Monday is 0.
    weekday: usize,
    holiday: bool,
}

/// A calendar month, in days since 1970, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    pub first_day: i64,
    pub last_day: i64,
}

impl Calendar {
    /// The 18 months that end with `last_day`.
    pub fn new(last_day: Date, zone: &TimeZone) -> Calendar {
        let first_day = last_day.saturating_sub(18.months()).saturating_add(1.day());
        let days: Vec<Day> = first_day
            .series(1.day())
            .take_while(|date| *date <= last_day)
            .map(|date| Day {
                date,
                starts_at: instant(date, 0, zone),
                midnight: instant(date, 12, zone) - 12 * HOUR,
                weekday: usize::try_from(date.weekday().to_monday_zero_offset()).expect("0 to 6"),
                holiday: HOLIDAYS.contains(&(date.month(), date.day())),
            })
            .collect();
        Calendar { days, end: instant(last_day.saturating_add(1.day()), 0, zone) }
    }

    /// How many days there are.
    pub fn length(&self) -> i64 {
        i64::try_from(self.days.len()).expect("about 549")
    }

    /// The date of a day, in days since 1970.
    pub fn date(&self, day: i64) -> i64 {
        days_since_1970(self.days[0].date) + day
    }

    /// The year of a day and its month (1 to 12).
    pub fn year_and_month(&self, day: i64) -> (i16, i8) {
        let date = self.day(day).date;
        (date.year(), date.month())
    }

    /// A time of day, in seconds after midnight, as an instant. Days before the first are allowed.
    pub fn at(&self, day: i64, second: i64) -> i64 {
        match usize::try_from(day) {
            Ok(index) if index < self.days.len() => self.days[index].midnight + second,
            Ok(_) => self.end + (day - self.length()) * DAY + second,
            Err(_) => self.days[0].midnight + day * DAY + second,
        }
    }

    /// The day of an instant; 0 for all before, and the day after the last one for all later.
    pub fn day_of(&self, instant: i64) -> i64 {
        if instant >= self.end {
            return self.length();
        }
        let begun = self.days.partition_point(|day| day.starts_at <= instant);
        i64::try_from(begun).expect("about 549").max(1) - 1
    }

    /// The number of enquiries on a day relative to an average one: by weekday, season (most in spring), growth,
    /// holidays.
    pub fn season(&self, day: i64) -> f64 {
        let date = self.day(day).date;
        let weekday = WEEK[self.day(day).weekday];
        let holiday = match (date.month(), date.day()) {
            _ if self.day(day).holiday => 0.4,
            (12, 22..) | (1, ..=6) => 0.65,
            _ => 1.0,
        };
        weekday * holiday * self.wave(day)
    }

    /// The part of [`Calendar::season`] that changes slowly.
    pub fn wave(&self, day: i64) -> f64 {
        let year = real(i64::from(self.day(day).date.day_of_year())) / 365.0;
        (1.0 + 0.15 * (TAU * (year - 0.3)).cos()) * (1.0 + 0.3 * real(day) / real(self.length()))
    }

    /// Monday to Friday, except holidays.
    pub fn is_working_day(&self, day: i64) -> bool {
        !self.day(day).holiday && self.day(day).weekday < 5
    }

    /// Monday is 0.
    pub fn weekday(&self, day: i64) -> usize {
        self.day(day).weekday
    }

    /// When the office gets to what arrives at `instant`: at once in opening hours (Monday to Friday 8 to 18, Saturday
    /// 9 to 13), otherwise within two hours of the next opening.
    pub fn office(&self, instant: i64, dice: &mut Dice) -> i64 {
        let today = self.day_of(instant);
        if let Some((opens, closes)) = self.opening(today) {
            if instant < self.at(today, opens) {
                return self.at(today, opens + dice.between(0, 2 * HOUR));
            }
            if instant < self.at(today, closes) {
                return instant;
            }
        }
        let next = (today + 1..self.length()).find_map(|day| self.opening(day).map(|(opens, _)| (day, opens)));
        next.map_or(self.end, |(day, opens)| self.at(day, opens + dice.between(0, 2 * HOUR)))
    }

    fn opening(&self, day: i64) -> Option<(i64, i64)> {
        if self.is_working_day(day) {
            Some((8 * HOUR, 18 * HOUR))
        } else {
            (day < self.length() && !self.day(day).holiday && self.weekday(day) == 5).then_some((9 * HOUR, 13 * HOUR))
        }
    }

    /// A working hour on that day or the next working one, and after `earlier`.
    pub fn working_hour(&self, day: i64, earlier: i64, dice: &mut Dice) -> i64 {
        let day = (day..self.length()).find(|day| self.is_working_day(*day)).unwrap_or(day.max(self.length()));
        let hour = self.at(day, dice.between(8 * HOUR + 30 * MINUTE, 17 * HOUR + 30 * MINUTE));
        if hour > earlier { hour } else { earlier + dice.between(20 * MINUTE, 90 * MINUTE) }
    }

    /// The instant itself, or the next morning if it falls into the night.
    pub fn awake(&self, instant: i64, dice: &mut Dice) -> i64 {
        let morning = self.at(self.day_of(instant), 7 * HOUR);
        if instant < morning { morning + dice.between(0, HOUR) } else { instant }
    }

    /// How many weeks (Monday to Sunday) the week of an instant lies before the last complete one; 0 for that week and
    /// for the current one.
    pub fn weeks_back(&self, instant: i64) -> usize {
        let last = self.length() - 1;
        let days_under_way = (self.weekday(last) + 1) % 7;
        let last_sunday = last - i64::try_from(days_under_way).expect("0 to 6");
        usize::try_from((last_sunday - self.day_of(instant)).max(0) / 7).expect("not negative")
    }

    /// The months from that of the first day to the third after that of the last.
    pub fn months(&self) -> Vec<Month> {
        let first = self.days[0].date.first_of_month();
        let last = self.days[self.days.len() - 1].date.first_of_month().saturating_add(3.months());
        let months = first.series(1.month()).take_while(|month| *month <= last);
        months
            .map(|month| Month { first_day: days_since_1970(month), last_day: days_since_1970(month.last_of_month()) })
            .collect()
    }

    /// The position in [`Calendar::months`] of a day's month.
    pub fn month_of(&self, day: i64) -> usize {
        let since = (Unit::Month, self.days[0].date.first_of_month());
        let months = self.day(day).date.first_of_month().since(since).expect("two civil dates are always comparable");
        usize::try_from(months.get_months()).expect("no day lies before the first")
    }

    fn day(&self, day: i64) -> &Day {
        let last = self.days.len() - 1;
        &self.days[usize::try_from(day).unwrap_or(0).min(last)]
    }
}

fn instant(date: Date, hour: i8, zone: &TimeZone) -> i64 {
    let there = date.at(hour, 0, 0, 0).to_zoned(zone.clone());
    there.expect("the demo ends near today, far from the calendar's ends").timestamp().as_second()
}

#[cfg(test)]
mod tests {
    use super::super::dice::Part;
    use super::*;
    use jiff::civil::date;
    use pegel_kpi::time::period::{Period, zone};

    fn calendar(last_day: Date) -> Calendar {
        Calendar::new(last_day, &zone("Europe/Berlin").unwrap())
    }

    #[test]
    fn eighteen_months_end_with_the_last_day() {
        let calendar = calendar(date(2026, 11, 22));
        assert_eq!(calendar.date(0), days_since_1970(date(2025, 5, 23)));
        assert_eq!(calendar.date(calendar.length() - 1), days_since_1970(date(2026, 11, 22)));
        assert_eq!(calendar.end, "2026-11-22T23:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second());
    }

    #[test]
    fn every_hour_lies_on_its_day_also_around_clock_changes() {
        let calendar = calendar(date(2026, 11, 22));
        for day in 0..calendar.length() {
            for hour in 3..24 {
                assert_eq!(calendar.day_of(calendar.at(day, hour * HOUR)), day);
            }
        }
        // On 29 March 2026 the clock goes forward at two: nine o'clock is seven in UTC, not eight.
        let day = days_since_1970(date(2026, 3, 29)) - calendar.date(0);
        let nine = "2026-03-29T07:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        assert_eq!(calendar.at(day, 9 * HOUR), nine);
    }

    #[test]
    fn the_last_complete_week_is_the_one_that_reports_call_so() {
        let berlin = zone("Europe/Berlin").unwrap();
        for last_day in date(2026, 11, 16).series(1.day()).take(14) {
            let calendar = calendar(last_day);
            let morning_after = calendar.end + 7 * HOUR;
            let now = jiff::Timestamp::from_second(morning_after).unwrap();
            let week = Period::parse("last-week", now, &berlin).unwrap();
            let inside = [week.instants().start, week.instants().end - 1];
            assert_eq!(inside.map(|instant| calendar.weeks_back(instant)), [0, 0], "{last_day}");
            assert_eq!(calendar.weeks_back(week.instants().start - 1), 1, "{last_day}");
            assert_eq!(calendar.weeks_back(calendar.end - 1), 0, "{last_day}");
        }
    }

    #[test]
    fn the_office_is_shut_at_night_and_on_sundays() {
        let calendar = calendar(date(2026, 11, 22));
        let mut dice = Dice::of(1, Part::Desk);
        let saturday = calendar.length() - 9;
        assert_eq!(calendar.office(calendar.at(saturday, 10 * HOUR), &mut dice), calendar.at(saturday, 10 * HOUR));
        let opens = calendar.office(calendar.at(saturday, 14 * HOUR), &mut dice);
        let monday = saturday + 2;
        assert!((calendar.at(monday, 8 * HOUR)..=calendar.at(monday, 10 * HOUR)).contains(&opens));
        assert!(calendar.working_hour(saturday, 0, &mut dice) > calendar.at(monday, 8 * HOUR));
    }
}
