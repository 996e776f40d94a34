//! Dates, instants and periods as a reader's locale writes them.

use crate::numbers::PeriodHead;
use crate::words::Wording;
use icu::calendar::Gregorian;
use icu::datetime::FixedCalendarDateTimeFormatter;
use icu::datetime::fieldsets::{YM, YMD, YMDT};
use icu::datetime::input::{Date, DateTime, Time};
use icu::locale::Locale;
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

const WITH_DATA: &str = "the data of all locales is compiled in";

/// Writes dates for one locale and zone.
pub struct Dates {
    words: &'static Wording,
    zone: TimeZone,
    zone_name: String,
    day: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    month: FixedCalendarDateTimeFormatter<Gregorian, YM>,
    instant: FixedCalendarDateTimeFormatter<Gregorian, YMDT>,
}

impl Dates {
    /// A writer for a locale; instants in the IANA zone, UTC where it is none.
    pub fn new(locale: &Locale, words: &'static Wording, zone: &str) -> Dates {
        let known = TimeZone::get(zone).ok();
        Dates {
            words,
            zone_name: known.as_ref().map_or("UTC", |_| zone).to_owned(),
            zone: known.unwrap_or(TimeZone::UTC),
            day: FixedCalendarDateTimeFormatter::try_new(locale.into(), YMD::long()).expect(WITH_DATA),
            month: FixedCalendarDateTimeFormatter::try_new(locale.into(), YM::long()).expect(WITH_DATA),
            instant: FixedCalendarDateTimeFormatter::try_new(locale.into(), YMD::long().with_time_hm())
                .expect(WITH_DATA),
        }
    }

    /// `Week 46 · 9–15 November 2026`, `November 2026`; what is no ISO date is shown as it is.
    pub fn period(&self, period: &PeriodHead) -> String {
        let name = capitalised(&self.period_name(period));
        match self.range(period) {
            Some(days) if week_number(&period.name).is_some() || is_quarter(&period.name) => {
                format!("{name} · {days}")
            }
            Some(days) if period.name.contains("..") => days,
            _ => name,
        }
    }

    /// `week 46`, `November 2026`, to stand within a sentence.
    pub fn period_name(&self, period: &PeriodHead) -> String {
        if let Some(week) = week_number(&period.name) {
            return format!("{}\u{a0}{week}", self.words.week);
        }
        if is_quarter(&period.name) || period.name.len() == 4 {
            return period.name.clone();
        }
        let is_month = period.name.len() == 7;
        let text = if is_month {
            first_day(period).map(|day| self.month.format(&day).to_string())
        } else {
            self.range(period)
        };
        text.unwrap_or_else(|| period.name.clone())
    }

    /// A date, a time and the zone, from UTC seconds; the seconds themselves where they lie beyond the calendar.
    pub fn instant(&self, seconds: i64) -> String {
        let written = || {
            let local = Timestamp::from_second(seconds).ok()?.to_zoned(self.zone.clone()).datetime();
            let hour = u8::try_from(local.hour()).ok()?;
            let time = Time::try_new(hour, u8::try_from(local.minute()).ok()?, 0, 0).ok()?;
            let at = DateTime { date: gregorian(local.date())?, time };
            Some(format!("{} ({})", self.instant.format(&at), self.zone_name))
        };
        written().unwrap_or_else(|| seconds.to_string())
    }

    fn range(&self, period: &PeriodHead) -> Option<String> {
        let (first, last): (civil::Date, civil::Date) = (period.first_day.parse().ok()?, period.last_day.parse().ok()?);
        let written = |day| Some(self.day.format(&gregorian(day)?).to_string());
        let (from, to) = (written(first)?, written(last)?);
        Some(if first == last {
            to
        } else if first.year() != last.year() {
            format!("{from} – {to}")
        } else {
            joined(&from, &to, first.month() == last.month())
        })
    }
}

/// Two days of one year as a span, what they share written once: `9.–15. November 2026`, `November 9–15, 2026`,
/// `30 March – 5 April 2026`.
fn joined(from: &str, to: &str, same_month: bool) -> String {
    let (from, to) = (tokens(from), tokens(to));
    let behind = from.iter().rev().zip(to.iter().rev()).take_while(|(one, other)| one == other).count();
    // In another month, a day of the same number is a coincidence.
    let shared = from.iter().zip(&to).take_while(|(one, other)| same_month && one == other).count();
    let dash = if same_month { "–" } else { " – " };
    let (start, end) = (&from[..from.len() - behind], &to[shared..]);
    format!("{}{dash}{}", start.concat(), end.concat())
}

/// Runs of letters and digits, with a full stop that belongs to them, and what stands between.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = first.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != word && !(word && c == '.')).unwrap_or(rest.len());
        tokens.push(&rest[..end]);
        rest = &rest[end..];
    }
    tokens
}

fn first_day(period: &PeriodHead) -> Option<Date<Gregorian>> {
    gregorian(period.first_day.parse().ok()?)
}

fn gregorian(day: civil::Date) -> Option<Date<Gregorian>> {
    Date::try_new_gregorian(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs()).ok()
}

/// 46 of `2026-W46`, 1 of `2026-W01`.
fn week_number(name: &str) -> Option<u8> {
    name.split_once("-W")?.1.parse().ok()
}

fn is_quarter(name: &str) -> bool {
    name.contains("-Q")
}

/// The same with a capital at the start.
pub(crate) fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
