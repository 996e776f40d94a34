//! Dates and times as people write them.

use crate::months::in_english;
use jiff::civil::{Date, DateTime, Time, date};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use std::borrow::Cow;

/// One way of writing a date, with or without a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateFormat {
    /// `2018-02-26`, `2018-02-26 19:58`, `2018-02-26T19:58:00Z`, `2026-03-05T14:15:33+01:00`, `2026-03-05 14:15:33 +0100`,
    /// `2026-03-05 13:15:33 UTC`.
    Iso,
    /// Days since 1899-12-30, as spreadsheets count: `45631`, `45631.5`.
    Excel,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMilliseconds,
    /// Directives of strftime: `%m/%d/%Y %H:%M`.
    Pattern(String),
}

/// When something was: an instant, or what a clock showed that is yet to be put into a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Instant(Timestamp),
    Local(DateTime),
}

/// A date before or after these years is a slip: `2/26/18` read with a four-digit year is the year 18.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

impl DateFormat {
    /// The format of that name, or written in directives.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn new(text: &str) -> Result<DateFormat, String> {
        match text {
            "iso" => Ok(DateFormat::Iso),
            "excel" => Ok(DateFormat::Excel),
            "unix" => Ok(DateFormat::Unix),
            "unix_ms" => Ok(DateFormat::UnixMilliseconds),
            _ if !text.contains('%') => Err(format!(
                "“{text}” is not a date format: write iso, excel, unix, unix_ms or directives such as %d.%m.%Y %H:%M"
            )),
            _ => {
                SAMPLES.into_iter().try_for_each(|sample| reads_back(text, sample))?;
                Ok(DateFormat::Pattern(text.to_owned()))
            }
        }
    }

    /// What the text says in this format, if all of it is in this format. A date without a time is its midnight.
    pub fn parse(&self, text: &str) -> Option<When> {
        let when = match self {
            DateFormat::Iso => iso(text),
            DateFormat::Excel => excel(text).map(When::Local),
            DateFormat::Unix => Timestamp::from_second(text.parse().ok()?).ok().map(When::Instant),
            DateFormat::UnixMilliseconds => {
                let milliseconds = text.parse().ok().filter(|number| *number >= LEAST_MILLISECONDS)?;
                Timestamp::from_millisecond(milliseconds).ok().map(When::Instant)
            }
            DateFormat::Pattern(pattern) => by_pattern(pattern, text),
        }?;
        let year = match when {
            When::Instant(instant) => instant.to_zoned(TimeZone::UTC).year(),
            When::Local(local) => local.year(),
        };
        YEARS.contains(&year).then_some(when)
    }

    /// The first day of the month that the text names, with a day or without one (`2026-03`, `March 2026`).
    pub fn parse_month(&self, text: &str, zone: &TimeZone) -> Option<Date> {
        if let Some(when) = self.parse(text) {
            return Some(when.day(zone).first_of_month());
        }
        let parsed = match self {
            DateFormat::Iso if text.len() == "2026-03".len() => BrokenDownTime::parse("%Y-%m", text).ok()?,
            DateFormat::Pattern(pattern) => broken_down(pattern, text)?,
            DateFormat::Iso | DateFormat::Excel | DateFormat::Unix | DateFormat::UnixMilliseconds => return None,
        };
        let first = Date::new(parsed.year()?, parsed.month()?, 1).ok()?;
        (parsed.day().is_none() && YEARS.contains(&first.year())).then_some(first)
    }

    /// The same with day and month the other way round; `None` where they have no order.
    pub(crate) fn exchanged(&self) -> Option<DateFormat> {
        let pattern = match self {
            // Nobody writes times behind such days; those without one tell.
            DateFormat::Iso => "%Y-%m-%d",
            DateFormat::Pattern(pattern) => pattern,
            DateFormat::Excel | DateFormat::Unix | DateFormat::UnixMilliseconds => return None,
        };
        (pattern.contains("%d") && pattern.contains("%m"))
            .then(|| DateFormat::Pattern(pattern.replace("%d", "\0").replace("%m", "%d").replace('\0', "%m")))
    }

    /// A text that one of two formats writes and both read, as different days or months.
    pub(crate) fn two_meanings(&self, other: &DateFormat) -> Option<String> {
        let texts = SAMPLES.into_iter().flat_map(|sample| [self.write(sample), other.write(sample)]);
        texts.flatten().find(|text| {
            let read = |format: &DateFormat| {
                let (when, month) = (format.parse(text), format.parse_month(text, &TimeZone::UTC));
                month.map(|month| (when.map(When::written), month))
            };
            let differ = |((day, month), (other_day, other_month)): ((Option<Date>, Date), (Option<Date>, Date))| {
                day.zip(other_day).map_or(month != other_month, |(day, other)| day != other)
            };
            read(self).zip(read(other)).is_some_and(differ)
        })
    }

    fn write(&self, sample: DateTime) -> Option<String> {
        match self {
            DateFormat::Iso => Some(sample.date().to_string()),
            DateFormat::Excel => Some(sample.date().duration_since(SERIAL_ZERO).as_hours().div_euclid(24).to_string()),
            DateFormat::Unix => Some(sample.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second().to_string()),
            DateFormat::UnixMilliseconds => {
                Some(sample.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond().to_string())
            }
            DateFormat::Pattern(pattern) => written(pattern, sample).ok(),
        }
    }

    /// Whether it names a month and no day.
    pub fn is_of_months(&self) -> bool {
        let DateFormat::Pattern(pattern) = self else { return false };
        let written = |month, day| {
            let sample = date(2000, month, day).at(13, 2, 3, 0).to_zoned(TimeZone::UTC).ok()?;
            BrokenDownTime::from(&sample).to_string(pattern).ok()
        };
        written(1, 1) == written(1, 31) && written(1, 1) != written(2, 1)
    }
}

impl When {
    /// The day of the month that was written.
    pub fn day_of_month(self) -> i8 {
        self.written().day()
    }

    /// Where only a day is meant: what was written of it, at midnight. Systems that know no days write them as
    /// midnight in UTC, which in the west is the day before.
    #[must_use]
    pub fn as_day(self) -> When {
        When::Local(self.written().to_datetime(Time::midnight()))
    }

    fn written(self) -> Date {
        match self {
            When::Instant(instant) => instant.to_zoned(TimeZone::UTC).date(),
            When::Local(local) => local.date(),
        }
    }

    /// In UTC seconds. A time that a clock change skips is moved on by what it skips; of a time that comes twice, the
    /// first is meant.
    pub fn instant(self, zone: &TimeZone) -> Option<i64> {
        match self {
            When::Instant(instant) => Some(instant.as_second()),
            When::Local(local) => Some(zone.to_ambiguous_timestamp(local).compatible().ok()?.as_second()),
        }
    }

    /// The day in the zone.
    pub fn day(self, zone: &TimeZone) -> Date {
        match self {
            When::Instant(instant) => instant.to_zoned(zone.clone()).date(),
            When::Local(local) => local.date(),
        }
    }
}

/// Every format must read what it writes of these: before and after noon, with a day that could be a month, and with a
/// year that could be either.
const SAMPLES: [DateTime; 3] =
    [date(2026, 3, 4).at(1, 2, 3, 0), date(2026, 3, 4).at(13, 2, 3, 0), date(2011, 10, 9).at(1, 2, 3, 0)];

fn written(pattern: &str, sample: DateTime) -> Result<String, jiff::Error> {
    BrokenDownTime::from(&sample.to_zoned(TimeZone::UTC)?).to_string(pattern)
}

/// Whether a pattern reads what it writes of a moment.
fn reads_back(pattern: &str, sample: DateTime) -> Result<(), String> {
    let wrong = |why: String| format!("the date format “{pattern}” is wrong: {why}");
    // What the format cannot write has a wrong directive.
    let text = written(pattern, sample).map_err(|error| wrong(error.to_string()))?;
    if let Some(reason) = said_twice(pattern) {
        return Err(wrong(reason));
    }
    let has = |directives: &[&str]| directives.iter().any(|directive| pattern.contains(directive));
    let (hours, half_days) = (["%H", "%k", "%R", "%T", "%s"], ["%I", "%l"]);
    if has(&hours) && has(&["%p", "%P"]) {
        return Err(wrong(
            "%H counts to 23 and %p says which half of the day: write %I with %p, or %H alone".to_owned(),
        ));
    }
    if has(&half_days) && !has(&["%p", "%P"]) {
        return Err(wrong(format!("{text} could be in the morning or after noon: write %H, or %p behind the time")));
    }
    if has(&["%S", "%p", "%P"]) && !has(&hours) && !has(&half_days) {
        return Err(wrong("it has seconds or a half of the day, and no hour: write %H, or %I with %p".to_owned()));
    }
    if let Some(behind) = hours.iter().chain(&half_days).find_map(|hour| pattern.split_once(hour))
        && behind.1.get(1..3) == Some("%m")
    {
        return Err(wrong("it has the month behind the hour: did you mean %M, the minutes?".to_owned()));
    }
    if has(&["%M"]) && !has(&hours) && !has(&half_days) {
        return Err(wrong("it has minutes and no hour: write %H, or %m for the month".to_owned()));
    }
    let Some(read) = by_pattern(pattern, &text) else {
        // A month without a day is for columns that are read as months.
        let is_month = DateFormat::Pattern(pattern.to_owned()).is_of_months();
        return if is_month { Ok(()) } else { Err(wrong(format!("it writes {text} and cannot read that"))) };
    };
    if read.day_of_month() == sample.day() { Ok(()) } else { Err(wrong(format!("{text} would be another day"))) }
}

/// What of a date a pattern says twice: of `2026-03-04 08:15`, `%Y-%m-%d %H:%m` takes the minutes for the month.
fn said_twice(pattern: &str) -> Option<String> {
    const PARTS: [(&str, &[&str]); 6] = [
        ("year", &["Y", "y", "F", "D"]),
        ("month", &["m", "b", "B", "h", "F", "D"]),
        ("day", &["d", "e", "F", "D"]),
        ("hour", &["H", "I", "k", "l", "R", "T"]),
        ("minute", &["M", "R", "T"]),
        ("second", &["S", "T"]),
    ];
    let plain = pattern.replace("%%", "");
    let directives = plain.split('%').skip(1).map(|rest| rest.trim_start_matches(['-', '_', '0', '^', '#']));
    let directives: Vec<&str> = directives.filter_map(|directive| directive.get(..1)).collect();
    let times = |of: &[&str]| directives.iter().filter(|directive| of.contains(directive)).count();
    let (part, _) = PARTS.iter().find(|(_, of)| times(of) > 1)?;
    let minutes = *part == "month" && times(&["M", "R", "T"]) == 0 && times(&["m"]) > 0;
    let hint = if minutes { ": did you mean %M, the minutes?" } else { "" };
    Some(format!("it has the {part} twice{hint}"))
}

/// ISO 8601 as systems write it; minutes are enough.
fn iso(text: &str) -> Option<When> {
    if let Some(local) = plain(text) {
        return Some(When::Local(local));
    }
    if let Ok(instant) = joined(text).parse::<Timestamp>() {
        return Some(When::Instant(instant));
    }
    // jiff would read `20180226` and drop an offset that it cannot use; neither is what is meant here.
    let well_formed = text.get(4..5) == Some("-") && !text.ends_with('Z') && !text.contains(['+', '[']);
    text.parse::<DateTime>().ok().filter(|_| well_formed).map(When::Local)
}

/// What stands behind a blank says how far from UTC it is: `2026-03-05 14:15:33 +0100` becomes `2026-03-05 14:15:33+0100`.
fn joined(text: &str) -> Cow<'_, str> {
    match text.rsplit_once(' ') {
        Some((time, "UTC" | "GMT")) => Cow::Owned(format!("{time}Z")),
        Some((time, offset)) if offset.starts_with(['+', '-']) => Cow::Owned(format!("{time}{offset}")),
        _ => Cow::Borrowed(text),
    }
}

/// The most common of these forms, `2018-02-26`, `2018-02-26 19:58` and `2018-02-26 19:58:00`, read without detours.
fn plain(text: &str) -> Option<DateTime> {
    const FORM: &[u8] = b"0000-00-00 00:00:00";
    let bytes = text.as_bytes();
    let fits = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    if ![10, 16, 19].contains(&bytes.len()) || !bytes.iter().zip(FORM).all(fits) {
        return None;
    }
    let number = |at: usize| {
        bytes.get(at..at + 2).map_or(0, |two| two.iter().fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0')))
    };
    let [month, day, hour, minute, second] = [5, 8, 11, 14, 17].map(|at| i8::try_from(number(at)).unwrap_or(i8::MAX));
    DateTime::new(number(0) * 100 + number(2), month, day, hour, minute, second, 0).ok()
}

/// The day from which spreadsheets count.
const SERIAL_ZERO: Date = date(1899, 12, 30);

/// A day number below this one, which is 1954-10-03, is a year, an hour or an amount: `2026` would be in 1905.
const LEAST_SERIAL: i64 = 20_000;

/// Fewer milliseconds, up to March 1973, are seconds.
const LEAST_MILLISECONDS: i64 = 100_000_000_000;

fn excel(text: &str) -> Option<DateTime> {
    let serial: Decimal = text.parse().ok()?;
    let days: i64 = serial.trunc().try_into().ok().filter(|days| *days >= LEAST_SERIAL)?;
    let seconds: i64 = (serial.fract() * Decimal::from(86_400)).round().try_into().ok()?;
    let since = SignedDuration::from_secs(days.checked_mul(86_400)?.checked_add(seconds)?);
    SERIAL_ZERO.to_datetime(Time::midnight()).checked_add(since).ok()
}

/// What a text says by a pattern, with the names of months in any of the languages that are known.
fn broken_down(pattern: &str, text: &str) -> Option<BrokenDownTime> {
    let parsed = |text: &str| BrokenDownTime::parse(pattern, text).ok();
    parsed(text).or_else(|| parsed(&in_english(text, pattern)?))
}

fn by_pattern(pattern: &str, text: &str) -> Option<When> {
    let parsed = broken_down(pattern, text)?;
    if parsed.offset().is_some() || parsed.timestamp().is_some() {
        return parsed.to_timestamp().ok().map(When::Instant);
    }
    let time = if parsed.hour().is_some() { parsed.to_time().ok()? } else { Time::midnight() };
    Some(When::Local(parsed.to_date().ok()?.to_datetime(time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(format: &str, text: &str) -> Option<String> {
        match DateFormat::new(format).unwrap().parse(text)? {
            When::Local(local) => Some(local.to_string()),
            When::Instant(instant) => Some(instant.to_string()),
        }
    }

    #[test]
    fn an_hour_may_lack_its_zero() {
        assert_eq!(local("%Y.%m.%d %H:%M", "2018.02.26 19:58").unwrap(), "2018-02-26T19:58:00");
        assert_eq!(local("%Y.%m.%d %H:%M", "2017.12.05 2:00").unwrap(), "2017-12-05T02:00:00");
        assert_eq!(local("%m/%d/%Y %H:%M", "2/26/2018 19:58").unwrap(), "2018-02-26T19:58:00");
        assert_eq!(local("%m/%d/%Y, %I:%M %p", "3/4/2025, 10:22 PM").unwrap(), "2025-03-04T22:22:00");
        assert_eq!(local("%d-%b-%Y", "05-Mar-2026").unwrap(), "2026-03-05T00:00:00");
    }

    #[test]
    fn months_have_names_in_german_and_french_too() {
        for (format, text) in [
            ("%d. %B %Y", "5. März 2026"),
            ("%d. %b %Y", "5. Mrz 2026"),
            ("%d %B %Y", "5 mars 2026"),
            ("%d-%b-%Y", "05-MÄR-2026"),
        ] {
            assert_eq!(local(format, text).unwrap(), "2026-03-05T00:00:00", "{text}");
        }
        assert_eq!(local("%d %B %Y %H:%M", "31 décembre 2026 8:15").unwrap(), "2026-12-31T08:15:00");
        assert_eq!(local("%d. %B %Y", "5. Merz 2026"), None);
    }

    #[test]
    fn iso_dates_come_with_and_without_time_and_offset() {
        assert_eq!(local("iso", "2018-02-26").unwrap(), "2018-02-26T00:00:00");
        assert_eq!(local("iso", "2018-02-26 19:58").unwrap(), "2018-02-26T19:58:00");
        assert_eq!(local("iso", "2025-03-04T10:22:00Z").unwrap(), "2025-03-04T10:22:00Z");
        for text in ["2026-03-05T14:15:33+01:00", "2026-03-05 14:15:33 +0100", "2026-03-05 13:15:33 UTC"] {
            assert_eq!(local("iso", text).unwrap(), "2026-03-05T13:15:33Z", "{text}");
        }
    }

    #[test]
    fn programs_count_seconds_and_thousandths_of_them() {
        assert_eq!(local("unix", "1772716533").unwrap(), "2026-03-05T13:15:33Z");
        assert_eq!(local("unix_ms", "1772716533000").unwrap(), "2026-03-05T13:15:33Z");
        // Seconds taken for thousandths, and the other way round.
        assert_eq!(local("unix", "1772716533000"), None);
        assert_eq!(local("unix_ms", "1772716533"), None);
    }

    #[test]
    fn spreadsheets_count_days() {
        assert_eq!(local("excel", "45631").unwrap(), "2024-12-05T00:00:00");
        assert_eq!(local("excel", "45631.75").unwrap(), "2024-12-05T18:00:00");
        // Years, days written as one number, and seconds are no day numbers.
        for text in ["2026", "3.11", "20261103", "1793660400", "9223372036854775807", "-45631"] {
            assert_eq!(local("excel", text), None, "{text}");
        }
    }

    #[test]
    fn a_date_must_be_all_there_is_and_of_a_likely_year() {
        for (format, text) in [
            ("%m/%d/%Y", "2/26/18"),
            ("%m/%d/%Y", "2/26/2018 19:58"),
            ("%m/%d/%Y", "26/2/2018"),
            ("%Y-%m-%d", "2018-02-30"),
            ("iso", "20180226"),
            ("iso", "2018-02-26 CET"),
            ("iso", "TBD"),
            ("excel", "TBD"),
            ("iso", ""),
        ] {
            assert_eq!(local(format, text), None, "{text} as {format}");
        }
        assert!(DateFormat::new("dd.mm.yyyy").is_err());
        assert!(DateFormat::new("%d.%m.%!").is_err());
    }

    #[test]
    fn clock_changes_have_a_rule() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let instant = |text: &str| {
            let seconds = DateFormat::Iso.parse(text).unwrap().instant(&berlin).unwrap();
            Timestamp::from_second(seconds).unwrap().to_string()
        };
        // 2:30 does not exist on that day: it becomes 3:30.
        assert_eq!(instant("2026-03-29 02:30"), "2026-03-29T01:30:00Z");
        // 2:30 comes twice on that day: the first is meant.
        assert_eq!(instant("2026-10-25 02:30"), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn a_part_of_a_date_is_said_once() {
        for (format, part) in [
            ("%Y-%m-%d %H:%m", "month twice: did you mean %M"),
            ("%d.%b.%Y %H:%m", "month twice: did you mean %M"),
            ("%Y-%m-%d %d %m %Y", "year twice"),
            ("%F %d", "day twice"),
            ("%m/%-m/%Y %H:%M", "month twice"),
        ] {
            let wrong = DateFormat::new(format).unwrap_err();
            assert!(wrong.contains(part), "{wrong}");
        }
        assert!(DateFormat::new("%d.%m.%Y %H:%M:%S").is_ok());
    }

    #[test]
    fn two_formats_that_read_one_text_otherwise_are_known() {
        let meanings = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|format| DateFormat::new(format).unwrap());
            assert_eq!(one.two_meanings(&other).is_some(), other.two_meanings(&one).is_some());
            one.two_meanings(&other)
        };
        assert_eq!(meanings("%d/%m/%Y", "%m/%d/%Y").unwrap(), "04/03/2026");
        assert_eq!(meanings("unix", "%Y%m%d").unwrap(), "20260304");
        assert_eq!(meanings("excel", "unix").unwrap(), "46085");
        assert_eq!(meanings("%m/%y", "%y/%m").unwrap(), "10/11");
        assert_eq!(meanings("%Y-%d-%m", "iso").unwrap(), "2026-04-03");
        assert_eq!(meanings("%m.%d.%y", "%y.%d.%m").unwrap(), "10.09.11");
        for (one, other) in [
            ("%d.%m.%Y", "%d.%m.%Y %H:%M"),
            ("%d.%m.%Y", "iso"),
            ("%d.%m.%Y", "excel"),
            ("%d.%m.%Y", "%m.%Y"),
            ("%Y-%m", "iso"),
            ("%Y%m%d", "%d%m%Y"),
            ("%Y%m%d", "excel"),
            ("%d.%m.%y", "%d.%m.%Y"),
            ("iso", "unix"),
            ("unix", "unix_ms"),
        ] {
            assert_eq!(meanings(one, other), None, "{one} and {other}");
        }
    }
}
