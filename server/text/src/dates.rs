//! Dates, instants and periods as a reader's region writes them: each in the same way everywhere.

use crate::numbers::WITH_DATA;
use crate::words::{Words, capitalised};
use icu::calendar::Gregorian;
use icu::datetime::FixedCalendarDateTimeFormatter;
use icu::datetime::fieldsets::{YM, YMD, YMDT};
use icu::datetime::input::{Date, DateTime, Time};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

/// The kinds of periods, by how they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// ISO week.
    Week,
    Month,
    Quarter,
    Year,
    /// One or more days.
    Days,
}

/// Writes dates for one locale and zone.
pub struct Dates {
    words: Words,
    zone: TimeZone,
    zone_name: String,
    day: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    month: FixedCalendarDateTimeFormatter<Gregorian, YM>,
    short_month: FixedCalendarDateTimeFormatter<Gregorian, YM>,
    instant: FixedCalendarDateTimeFormatter<Gregorian, YMDT>,
}

impl Dates {
    /// A writer with the words of a locale; instants are in the IANA zone, or in UTC if it is unknown.
    ///
    /// # Panics
    /// Never: the data of all locales is compiled in.
    pub fn new(words: &Words, zone: &str) -> Dates {
        let icu = words.locale().icu();
        let known = TimeZone::get(zone).ok();
        Dates {
            words: words.clone(),
            zone_name: known.as_ref().map_or("UTC", |_| zone).to_owned(),
            zone: known.unwrap_or(TimeZone::UTC),
            day: FixedCalendarDateTimeFormatter::try_new(icu.into(), YMD::long()).expect(WITH_DATA),
            month: FixedCalendarDateTimeFormatter::try_new(icu.into(), YM::long()).expect(WITH_DATA),
            short_month: FixedCalendarDateTimeFormatter::try_new(icu.into(), YM::medium()).expect(WITH_DATA),
            instant: FixedCalendarDateTimeFormatter::try_new(icu.into(), YMD::long().with_time_hm()).expect(WITH_DATA),
        }
    }

    /// `Week 46 · 9–15 November 2026`, `November 2026`, for use on its own.
    pub fn period(&self, kind: Kind, first: civil::Date, last: civil::Date) -> String {
        let name = capitalised(&self.period_name(kind, first, last));
        match kind {
            Kind::Week | Kind::Quarter => format!("{name} · {}", self.days(first, last)),
            Kind::Month | Kind::Year | Kind::Days => name,
        }
    }

    /// `week 46`, `November 2026`, for use within a sentence.
    pub fn period_name(&self, kind: Kind, first: civil::Date, last: civil::Date) -> String {
        match kind {
            Kind::Week => self.words.say("week_name", [("number", week_number(first).into())]),
            Kind::Month => written(first, |day| self.month.format(day).to_string()),
            Kind::Quarter => {
                let (year, quarter) = (first.year().to_string(), (first.month() + 2) / 3);
                self.words.say("quarter_name", [("year", year.into()), ("quarter", quarter.into())])
            }
            Kind::Year => first.year().to_string(),
            Kind::Days => self.days(first, last),
        }
    }

    /// `W46`, `Nov 2026`: a period where there is little room.
    pub fn short_period(&self, kind: Kind, first: civil::Date, last: civil::Date) -> String {
        match kind {
            Kind::Week => self.words.say("week_short", [("number", week_number(first).into())]),
            Kind::Month => written(first, |day| self.short_month.format(day).to_string()),
            Kind::Quarter | Kind::Year | Kind::Days => self.period_name(kind, first, last),
        }
    }

    /// A date, a time and the zone, from UTC seconds; the bare seconds if they lie beyond the calendar.
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

    /// `18 November 2026`: the day of an instant, from UTC seconds; the bare seconds if they lie beyond the calendar.
    pub fn day(&self, seconds: i64) -> String {
        let local = Timestamp::from_second(seconds).ok().map(|at| at.to_zoned(self.zone.clone()).date());
        local.map_or_else(|| seconds.to_string(), |day| self.date(day))
    }

    /// `18 November 2026`
    pub fn date(&self, day: civil::Date) -> String {
        self.days(day, day)
    }

    fn days(&self, first: civil::Date, last: civil::Date) -> String {
        let day = |day| written(day, |day| self.day.format(day).to_string());
        let (from, to) = (day(first), day(last));
        if first == last {
            to
        } else if first.year() != last.year() {
            format!("{from} – {to}")
        } else {
            joined(&from, &to, first.month() == last.month())
        }
    }
}

/// Two days of one year as a span that writes common parts once: `9.–15. November 2026`, `November 9–15, 2026`,
/// `30 March – 5 April 2026`.
fn joined(from: &str, to: &str, same_month: bool) -> String {
    let (from, to) = (tokens(from), tokens(to));
    let behind = from.iter().rev().zip(to.iter().rev()).take_while(|(one, other)| one == other).count();
    // If the months differ, equal days are not a common part.
    let shared = from.iter().zip(&to).take_while(|(one, other)| same_month && one == other).count();
    let dash = if same_month { "–" } else { " – " };
    let (start, end) = (&from[..from.len() - behind], &to[shared..]);
    format!("{}{dash}{}", start.concat(), end.concat())
}

/// Splits a text into runs of letters and digits, with the full stop that belongs to them, and what lies between.
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

fn week_number(first: civil::Date) -> i8 {
    first.iso_week_date().week()
}

/// A day as the locale writes it; in ISO form if it lies beyond the calendar.
fn written(day: civil::Date, format: impl Fn(&Date<Gregorian>) -> String) -> String {
    gregorian(day).map_or_else(|| day.to_string(), |day| format(&day))
}

fn gregorian(day: civil::Date) -> Option<Date<Gregorian>> {
    Date::try_new_gregorian(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Locale;
    use jiff::civil::date;

    fn dates(tag: &str) -> Dates {
        Dates::new(&Words::of(&Locale::parse(tag).unwrap()), "Europe/Berlin")
    }

    fn shown(text: &str) -> String {
        text.replace(['\u{a0}', '\u{202f}'], "~")
    }

    /// A period in four locales.
    fn periods(kind: Kind, first: civil::Date, last: civil::Date) -> [String; 4] {
        ["en-GB", "en-US", "de-DE", "fr-FR"].map(|tag| shown(&dates(tag).period(kind, first, last)))
    }

    #[test]
    fn a_period_is_named_and_its_days_share_what_they_have_in_common() {
        assert_eq!(
            periods(Kind::Week, date(2026, 11, 9), date(2026, 11, 15)),
            [
                "Week~46 · 9–15 November 2026",
                "Week~46 · November 9–15, 2026",
                "KW~46 · 9.–15. November 2026",
                "Semaine~46 · 9–15 novembre 2026"
            ]
        );
        assert_eq!(
            periods(Kind::Week, date(2026, 3, 30), date(2026, 4, 5)),
            [
                "Week~14 · 30 March – 5 April 2026",
                "Week~14 · March 30 – April 5, 2026",
                "KW~14 · 30. März – 5. April 2026",
                "Semaine~14 · 30 mars – 5 avril 2026"
            ]
        );
        assert_eq!(
            periods(Kind::Week, date(2026, 12, 28), date(2027, 1, 3))[2],
            "KW~53 · 28. Dezember 2026 – 3. Januar 2027"
        );
        assert_eq!(
            periods(Kind::Month, date(2026, 11, 1), date(2026, 11, 30)),
            ["November 2026", "November 2026", "November 2026", "Novembre 2026"]
        );
        assert_eq!(
            periods(Kind::Quarter, date(2026, 7, 1), date(2026, 9, 30))[3],
            "T3~2026 · 1 juillet – 30 septembre 2026"
        );
        assert_eq!(periods(Kind::Year, date(2026, 1, 1), date(2026, 12, 31))[0], "2026");
        assert_eq!(periods(Kind::Days, date(2026, 11, 9), date(2026, 12, 9))[2], "9. November – 9. Dezember 2026");
        assert_eq!(periods(Kind::Days, date(2026, 11, 9), date(2026, 11, 9))[0], "9 November 2026");
    }

    #[test]
    fn a_name_stands_within_a_sentence_or_where_there_is_little_room() {
        let week = date(2026, 11, 9);
        let name = |tag: &str| shown(&dates(tag).period_name(Kind::Week, week, week));
        assert_eq!((name("en-GB"), name("fr-FR")), ("week~46".to_owned(), "semaine~46".to_owned()));
        let short = |kind| ["en-GB", "de-DE", "fr-FR"].map(|tag| shown(&dates(tag).short_period(kind, week, week)));
        assert_eq!(short(Kind::Week), ["W46", "KW 46", "S46"]);
        assert_eq!(short(Kind::Month), ["Nov 2026", "11/2026", "nov. 2026"]);
        assert_eq!(short(Kind::Quarter), ["Q4~2026", "Q4~2026", "T4~2026"]);
    }

    #[test]
    fn an_instant_falls_on_a_day_of_the_zone() {
        // Half an hour before midnight UTC.
        assert_eq!(dates("en-GB").day(1_795_476_600), "24 November 2026");
    }

    #[test]
    fn an_instant_says_its_zone() {
        assert_eq!(shown(&dates("de-DE").instant(1_795_413_600)), "23. November 2026 um 07:00 (Europe/Berlin)");
        assert_eq!(shown(&dates("fr-FR").instant(1_795_413_600)), "23 novembre 2026 à 07:00 (Europe/Berlin)");
    }
}
